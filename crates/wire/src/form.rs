//! Form bodies and query strings: named values, each name once.
//!
//! Implements: WHATWG URL §5.1 (application/x-www-form-urlencoded parsing) and §5.2 (serialising),
//! with UTF-8 required instead of repaired, and bounds on size and number.

use std::fmt;

use crate::Malformed;

/// Largest form body, in bytes.
pub const LARGEST_BODY: usize = 16 * 1024;
/// Longest query string, in bytes.
pub const LONGEST_QUERY: usize = 4 * 1024;
/// Most fields in one form or query.
pub const MOST_FIELDS: usize = 32;

/// A form body as a browser posts it. Its `Debug` shows only how many fields there are, because their
/// values may be codes.
#[derive(Clone, PartialEq, Eq)]
pub struct Form(Fields);

impl Form {
    /// Reads the whole body of a POST.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LARGEST_BODY`] bytes or [`MOST_FIELDS`] fields, bytes that are not
    /// UTF-8 once decoded, or a name that occurs twice.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        Fields::parse("form", body, LARGEST_BODY, "at most 16 KiB").map(Self)
    }

    /// The value of a field, or `None` when the form does not have it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }
}

/// The part of a URL after `?`, read by the same rules as a form. Its `Debug` shows only how many
/// values there are.
#[derive(Clone, PartialEq, Eq)]
pub struct Query(Fields);

impl Query {
    /// Reads a query string without its `?`; an absent one has no values.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST_QUERY`] bytes or [`MOST_FIELDS`] values, bytes that are not
    /// UTF-8 once decoded, or a name that occurs twice.
    pub fn parse(query: Option<&str>) -> Result<Self, Malformed> {
        Fields::parse("query", query.unwrap_or_default().as_bytes(), LONGEST_QUERY, "at most 4 KiB").map(Self)
    }

    /// The value of a name, or `None` when the query does not have it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({} fields)", self.0.0.len())
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} values)", self.0.0.len())
    }
}

/// Writes names and values as a form body or query string (WHATWG URL §5.2).
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        escape(&mut text, name);
        text.push('=');
        escape(&mut text, value);
    }
    text
}

/// Writes one value as it stands in a form body.
pub fn encode_value(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    escape(&mut text, value);
    text
}

fn escape(text: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b' ' => text.push('+'),
            b'*' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                text.push(char::from(byte))
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Fields(Vec<(String, String)>);

impl Fields {
    /// WHATWG URL §5.1 steps 1 to 3; `what`, `largest` and `size` name the thing and its bound.
    fn parse(
        what: &'static str,
        bytes: &[u8],
        largest: usize,
        size: &'static str,
    ) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what, at, expected };
        if bytes.len() > largest {
            return Err(refuse(largest, size));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut next = 0_usize;
        for piece in bytes.split(|byte| *byte == b'&') {
            let at = next;
            next = at.saturating_add(piece.len()).saturating_add(1);
            // Step 3.1: empty sequences, as in "a=1&&b=2", are skipped.
            if piece.is_empty() {
                continue;
            }
            if fields.len() == MOST_FIELDS {
                return Err(refuse(at, "at most 32 fields"));
            }
            // Steps 3.2 and 3.3: everything after the first '=' is the value.
            let mut parts = piece.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default();
            let value = parts.next().unwrap_or_default();
            let decoded = (decode(name).ok(), decode(value).ok());
            let (Some(name), Some(value)) = decoded else {
                return Err(refuse(at, "UTF-8"));
            };
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(refuse(at, "each name once"));
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Steps 3.4 and 3.5: '+' is a space; a '%' that no two hexadecimal digits follow stays itself.
fn decode(bytes: &[u8]) -> Result<String, std::string::FromUtf8Error> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        plain.push(match byte {
            b'+' => b' ',
            b'%' => match tail {
                [high, low, after @ ..] => match (nibble(*high), nibble(*low)) {
                    (Some(high), Some(low)) => {
                        rest = after;
                        high << 4 | low
                    }
                    _ => b'%',
                },
                _ => b'%',
            },
            other => *other,
        });
    }
    String::from_utf8(plain)
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(body: &[u8], name: &str) -> Option<String> {
        Form::parse(body).unwrap().get(name).map(str::to_owned)
    }

    #[test]
    fn fields_are_read_as_the_url_standard_says() {
        let table: &[(&[u8], &str, Option<&str>)] = &[
            (b"", "a", None),
            (b"a=b", "a", Some("b")),
            (b"a=b&c=d", "c", Some("d")),
            (b"a", "a", Some("")),
            (b"a=", "a", Some("")),
            (b"=b", "", Some("b")),
            (b"a=b=c", "a", Some("b=c")),
            (b"&&a=b&&", "a", Some("b")),
            (b"a=one+two", "a", Some("one two")),
            (b"a=one%2Btwo", "a", Some("one+two")),
            (b"a=%E2%82%AC", "a", Some("\u{20AC}")),
            ("a=\u{20AC}".as_bytes(), "a", Some("\u{20AC}")),
            (b"%61=b", "a", Some("b")),
            (b"a=%", "a", Some("%")),
            (b"a=%4", "a", Some("%4")),
            (b"a=%zz", "a", Some("%zz")),
            (b"a=%2525", "a", Some("%25")),
            (b"a=%25%34%31", "a", Some("%41")),
            (b"a=x;b=y", "a", Some("x;b=y")),
            (b"A=b", "a", None),
        ];
        for (body, name, expected) in table {
            assert_eq!(value(body, name).as_deref(), *expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_name_that_occurs_twice_is_refused_at_its_second_place() {
        for (body, at) in [("code=1&code=2", 7), ("code=1&code=1", 7), ("a=1&b=2&%61=3", 8), ("a&a", 2)] {
            let error = Form::parse(body.as_bytes()).unwrap_err();
            assert_eq!((error.at, error.expected), (at, "each name once"), "{body}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        for body in [&b"a=1&b=\xFF"[..], b"a=1&b=%FF", b"a=1&%C3=b", b"a=1&b=%ED%A0%80", b"a=1&b=%C0%80"] {
            let error = Form::parse(body).unwrap_err();
            assert_eq!((error.what, error.at, error.expected), ("form", 4, "UTF-8"));
        }
    }

    #[test]
    fn thirty_two_fields_are_read_and_thirty_three_refused() {
        let fields = |n: usize| (0..n).map(|i| format!("f{i}=x")).collect::<Vec<_>>().join("&");
        assert!(Form::parse(fields(32).as_bytes()).is_ok());
        assert_eq!(Form::parse(fields(33).as_bytes()).unwrap_err().expected, "at most 32 fields");
    }

    #[test]
    fn sixteen_kibibytes_are_read_and_one_more_refused() {
        let body = |n: usize| format!("a={}", "x".repeat(n - 2)).into_bytes();
        assert!(Form::parse(&body(16 * 1024)).is_ok());
        assert_eq!(Form::parse(&body(16 * 1024 + 1)).unwrap_err().at, 16 * 1024);
    }

    #[test]
    fn a_query_is_read_by_the_same_rules_up_to_2_kibibytes() {
        assert_eq!(Query::parse(None).unwrap().get("a"), None);
        assert_eq!(Query::parse(Some("")).unwrap().get("a"), None);
        assert_eq!(Query::parse(Some("a=%41+b")).unwrap().get("a"), Some("A b"));
        assert_eq!(Query::parse(Some("a=1&a=2")).unwrap_err().what, "query");
        assert!(Query::parse(Some(&"x".repeat(LONGEST_QUERY))).is_ok());
        assert_eq!(Query::parse(Some(&"x".repeat(LONGEST_QUERY + 1))).unwrap_err().at, LONGEST_QUERY);
    }

    #[test]
    fn neither_debug_nor_the_error_shows_a_value() {
        let form = Form::parse(b"code=BCDFGHJK").unwrap();
        assert_eq!(format!("{form:?}"), "Form(1 fields)");
        let error = Form::parse(b"code=BCDFGHJK&code=%FF").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("BCDF"));
    }

    #[test]
    fn values_are_written_as_a_browser_would() {
        assert_eq!(encode([("a b", "c&d=é*-._~"), ("e", "")]), "a+b=c%26d%3D%C3%A9*-._%7E&e=");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(fields in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..8)) {
            let body = encode(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            prop_assume!(body.len() <= LARGEST_BODY);
            let form = Form::parse(body.as_bytes()).unwrap();
            for (name, value) in &fields {
                prop_assert_eq!(form.get(name), Some(value.as_str()));
            }
        }

        #[test]
        fn any_bytes_are_answered(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            if let Err(error) = Form::parse(&body) {
                prop_assert!(error.at <= body.len());
            }
        }
    }
}
