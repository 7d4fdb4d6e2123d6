//! `application/x-www-form-urlencoded` (URL Standard §5), in which requests are written and a QR code is read.

use std::fmt::Write;

/// Writes pairs of a name and a value.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        part(&mut text, name);
        text.push('=');
        part(&mut text, value);
    }
    text
}

fn part(text: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte))
            }
            b' ' => text.push('+'),
            // Writing to a String does not fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
}

/// Reads pairs of a name and a value; none where a part is no text.
pub(crate) fn decode(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((plain(name)?, plain(value)?))
        })
        .collect()
}

fn plain(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let pairs = [("scope", "openid shelf.read"), ("resource", "https://a.example/ü?x=1&y=%")];
        let text = encode(pairs);
        assert_eq!(
            text,
            "scope=openid+shelf.read&resource=https%3A%2F%2Fa.example%2F%C3%BC%3Fx%3D1%26y%3D%25"
        );
        let read = decode(&text).unwrap();
        assert_eq!(read, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        for text in ["a=%", "a=%4", "a=%zz", "a=%FF", "%=1"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("&a&&b=").unwrap(), [("a".into(), "".into()), ("b".into(), String::new())]);
    }
}
