//! Header fields that every request to the gateway has: one `Name: value` a line.
//!
//! Implements: RFC 9110 §5.1 (names) and §5.5 (values: visible ASCII, spaces and tabs).

use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use model::secret::Secret;

use super::template::{Blank, Filling, Piece, Unfit, pieces};

/// Most fields.
const MOST: usize = 20;

/// Header fields with blanks in their values. They hold credentials, so that they can be neither printed nor compared.
#[derive(Clone, Default)]
pub struct Headers(Vec<(HeaderName, Vec<Piece>)>);

impl Headers {
    /// Reads fields, one a line; empty lines are passed over. Blanks are those of the body, without the text.
    ///
    /// # Errors
    /// [`Unfit`] with the line and what to do; it repeats nothing of a value.
    pub fn parse(lines: &str) -> Result<Self, Unfit> {
        let mut fields: Vec<(HeaderName, Vec<Piece>)> = Vec::new();
        for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let unfit = |next: &str| Unfit(format!("Line {}: {next}", number.saturating_add(1)));
            let (name, pieces) = field(line).map_err(|Unfit(next)| unfit(&next))?;
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(unfit(&format!("{name} stands there twice; write it once.")));
            }
            if fields.len() == MOST {
                return Err(unfit("there are more than 20 fields."));
            }
            fields.push((name, pieces));
        }
        Ok(Self(fields))
    }

    /// Whether they say whom the message is for.
    #[must_use]
    pub fn has_number(&self) -> bool {
        self.has(|blank| matches!(blank, Blank::To | Blank::Digits))
    }

    /// Whether they have a blank for the secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.has(|blank| blank == Blank::Secret)
    }

    fn has(&self, wanted: impl Fn(Blank) -> bool) -> bool {
        self.0
            .iter()
            .flat_map(|(_, pieces)| pieces)
            .any(|piece| matches!(piece, Piece::Blank(blank) if wanted(*blank)))
    }

    /// What is written in the values, for the log to leave out.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Secret<String>> {
        self.0.iter().flat_map(|(_, pieces)| pieces).filter_map(|piece| match piece {
            Piece::Words(words) if !words.trim().is_empty() => Some(Secret::new(words.trim().to_owned())),
            Piece::Words(_) | Piece::Blank(_) => None,
        })
    }

    /// Puts the fields in place of those that are there already.
    pub(super) fn fill(&self, filling: &Filling<'_>, headers: &mut HeaderMap) -> Result<(), http::Error> {
        for (name, pieces) in &self.0 {
            let value: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Words(words) => words.as_str(),
                    Piece::Blank(blank) => filling.value(*blank),
                })
                .collect();
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(())
    }
}

fn field(line: &str) -> Result<(HeaderName, Vec<Piece>), Unfit> {
    let unfit = |next: &str| Unfit(next.to_owned());
    let Some((name, value)) = line.split_once(':') else {
        return Err(unfit("write a name, a colon and a value, as in Authorization: Bearer …"));
    };
    let name = HeaderName::try_from(name)
        .map_err(|_| unfit("write a name of letters, digits and dashes before the colon."))?;
    if [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&name) {
        return Err(Unfit(format!("leave out {name}; it follows from the request.")));
    }
    if name == CONTENT_TYPE {
        return Err(unfit("leave out content-type; it has its own setting."));
    }
    let value = value.trim_matches([' ', '\t']);
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t'))
    {
        return Err(unfit("write a value of ASCII characters after the colon."));
    }
    let pieces = pieces(value)?;
    if pieces.iter().any(|piece| matches!(piece, Piece::Blank(Blank::Text))) {
        return Err(unfit("write {text} in the body; a header field cannot hold it."));
    }
    Ok((name, pieces))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wire::phone::Phone;

    use super::*;

    fn filled(lines: &str) -> Vec<(String, String)> {
        let to = Phone::parse("+4915123456789").unwrap();
        let mut headers = HeaderMap::new();
        let filling = Filling { to: &to, text: "a", id: "0190-a", secret: "hunter2" };
        Headers::parse(lines).unwrap().fill(&filling, &mut headers).unwrap();
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }

    #[test]
    fn fields_are_read_one_a_line_and_filled_in() {
        let lines = "Authorization: Bearer abc:def\r\n\nX-Kannel-To:{to}\nx-n:  {digits} \nIdempotency-Key: {id}\nX-Key: <{secret}>";
        let expected = [
            ("authorization", "Bearer abc:def"),
            ("x-kannel-to", "+4915123456789"),
            ("x-n", "4915123456789"),
            ("idempotency-key", "0190-a"),
            ("x-key", "<hunter2>"),
        ];
        assert_eq!(filled(lines), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(filled("").is_empty());
        assert!(Headers::parse("X-To: {to}").is_ok_and(|headers| headers.has_number()));
        assert!(
            Headers::parse("X-Id: {id}").is_ok_and(|headers| !headers.has_number() && !headers.has_secret())
        );
        assert!(Headers::parse("X-Key: {secret}").is_ok_and(|headers| headers.has_secret()));
    }

    #[test]
    fn a_field_that_cannot_be_used_is_named_by_its_line_and_not_repeated() {
        for (lines, next) in [
            ("Authorization hunter2", "Line 1: write a name, a colon"),
            ("A: b\n\nB c: hunter2", "Line 3: write a name of letters"),
            (": hunter2", "Line 1: write a name of letters"),
            ("A:", "Line 1: write a value"),
            ("A: hunter2\u{e9}", "Line 1: write a value"),
            ("A: hunter2\u{7}", "Line 1: write a value"),
            ("A: hunter2\ra: b", "Line 1: write a value"),
            ("Host: hunter2", "Line 1: leave out host"),
            ("Content-Length: 5", "leave out content-length"),
            ("Transfer-Encoding: chunked", "leave out transfer-encoding"),
            ("Content-Type: text/xml", "its own setting"),
            ("A: hunter2\na: hunter3", "Line 2: a stands there twice"),
            ("A: hunter2 {text}", "write {text} in the body"),
            ("A: hunter2 {code}", "There is no {code}"),
        ] {
            let Err(unfit) = Headers::parse(lines) else { panic!("{lines}") };
            assert!(unfit.to_string().contains(next), "{lines}: {unfit}");
            assert!(!unfit.to_string().contains("hunter"), "{unfit}");
        }
        let many: String = (0..21).map(|n| format!("A{n}: b\n")).collect();
        assert!(Headers::parse(&many).is_err_and(|unfit| unfit.to_string().starts_with("Line 21")));
    }

    proptest! {
        #[test]
        fn any_fields_are_answered(lines in "([A-Za-z-]{0,9}:?[ -~\t\r\n\u{e9}{}]{0,20}\n){0,4}") {
            let _ = Headers::parse(&lines);
        }
    }
}
