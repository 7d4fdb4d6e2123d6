//! Encoded words: `=?utf-8?B?…?=` in header fields.
//!
//! Implements: RFC 2047 §2, §4, §6.2 (white space between two of them is not part of the text), RFC 2231 §5 (language).

use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;

use super::charset;

/// Standard base64 that does not mind missing padding or bits left over, as mail does not.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// The text with every encoded word decoded; what is none stays as it is.
#[must_use]
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        match word(from) {
            Some((decoded, length)) => {
                if !(after_word && before.chars().all(char::is_whitespace)) {
                    out.push_str(before);
                }
                out.push_str(&decoded);
                rest = from.get(length..).unwrap_or_default();
                after_word = true;
            }
            None => {
                out.push_str(before);
                out.push_str("=?");
                rest = from.get(2..).unwrap_or_default();
                after_word = false;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The encoded word at the start of `text`, decoded, and how long it is.
fn word(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix("=?")?;
    let (label, rest) = inner.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, _) = rest.split_once("?=")?;
    if label.is_empty() || label.len() > 64 || !label.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => {
            let packed: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            LENIENT.decode(packed).ok()?
        }
        "Q" | "q" => quoted(content),
        _ => return None,
    };
    let label = label.split('*').next().unwrap_or_default();
    // "=?" label "?" encoding "?" content "?="
    let length = [label_length(inner), encoding.len(), content.len(), 6].iter().sum();
    Some((charset::decode(label, &bytes), length))
}

fn label_length(inner: &str) -> usize {
    inner.find('?').unwrap_or_default()
}

/// The "Q" encoding: `_` is a space.
fn quoted(text: &str) -> Vec<u8> {
    let spaced: Vec<u8> = text.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
    escapes(&spaced)
}

/// `=XX` as the byte; anything else stays.
pub(super) fn escapes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at.saturating_add(offset)).and_then(|digit| nibble(*digit));
        match (*byte == b'=').then(|| (hex(1), hex(2))) {
            Some((Some(high), Some(low))) => {
                out.push((high << 4) | low);
                at = at.saturating_add(3);
            }
            _ => {
                out.push(*byte);
                at = at.saturating_add(1);
            }
        }
    }
    out
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_and_joined() {
        for (coded, text) in [
            ("=?utf-8?B?w6k=?=", "é"),
            ("=?UTF-8?Q?Ol=C3=A1_mundo?= x", "Olá mundo x"),
            ("=?iso-8859-1?q?caf=E9?=", "café"),
            ("=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=", "ab"),
            ("=?utf-8?B?YQ==?=\t =?utf-8?Q?b?=", "ab"),
            ("a =?utf-8?B?YQ==?= b", "a a b"),
            ("=?utf-8*en?Q?a?=", "a"),
            ("=?utf-8?B?YQ?=", "a"),
        ] {
            assert_eq!(decode(coded), text, "{coded}");
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for text in ["", "a =? b", "=?utf-8?X?a?=", "=?utf-8?B?a", "=??B?YQ==?=", "=?utf-8?B?!!!?="] {
            assert_eq!(decode(text), text);
        }
    }
}
