//! Parameters of a request, from a query string or a form body, each looked at under the rules of OAuth.
//!
//! Implements: RFC 6749 §3.1 and §3.2 ("Parameters sent without a value MUST be treated as if they were omitted",
//! "parameters MUST NOT be included more than once"), appendix B (encoding), RFC 8707 §2 (`resource` may stand several
//! times), RFC 9126 §2.3 (too large is 413).
//!
//! Unlike [`crate::form`], a doubled name does not spoil the whole: who sent the request, and where the answer goes, has
//! to be known before anything else may be said about it.

use std::fmt;

use super::error::{ErrorCode, OauthError};

/// The largest body or query, in bytes.
pub const LARGEST: usize = 32 * 1024;
/// The most parameters, unknown ones included.
pub const MOST: usize = 64;
/// The longest value, in bytes, where nothing else is said.
pub const LONGEST_VALUE: usize = 2048;
/// The one parameter that may be repeated.
const REPEATED: &str = "resource";

/// Named values in their order. `Debug` shows only how many.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Parameters(Vec<(String, String)>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({})", self.0.len())
    }
}

fn refuse(description: impl Into<String>) -> OauthError {
    OauthError::new(ErrorCode::InvalidRequest, description)
}

impl Parameters {
    /// Reads a query string without its `?`, or a body of `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// `invalid_request` for more than [`LARGEST`] bytes or [`MOST`] parameters, a percent sign without two hexadecimal
    /// digits, bytes that are not UTF-8 once decoded, or control characters.
    pub fn parse(bytes: &[u8]) -> Result<Self, OauthError> {
        if bytes.len() > LARGEST {
            return Err(refuse("The request is larger than 32 KiB."));
        }
        let mut list = Vec::new();
        for piece in bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
            if list.len() == MOST {
                return Err(refuse("The request has more than 64 parameters."));
            }
            let mut parts = piece.splitn(2, |byte| *byte == b'=');
            let name = decode(parts.next().unwrap_or_default())?;
            let value = decode(parts.next().unwrap_or_default())?;
            if name.len() > LONGEST_VALUE || name.chars().any(char::is_control) {
                return Err(refuse("The name of a parameter is too long or has control characters."));
            }
            list.push((name, value));
        }
        Ok(Self(list))
    }

    /// The parameters of a pushed request, put together from what was kept of it.
    #[must_use]
    pub fn kept(list: Vec<(String, String)>) -> Self {
        Self(list)
    }

    /// All of them in their order, to be kept.
    #[must_use]
    pub fn list(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value of a parameter of at most [`LONGEST_VALUE`] bytes; one without a value counts as absent.
    ///
    /// # Errors
    /// `invalid_request` when it stands twice, is too long or has control characters.
    pub fn one(&self, name: &str) -> Result<Option<&str>, OauthError> {
        self.bounded(name, LONGEST_VALUE)
    }

    /// As [`Self::one`], with another bound.
    ///
    /// # Errors
    /// As [`Self::one`].
    pub fn bounded(&self, name: &str, longest: usize) -> Result<Option<&str>, OauthError> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            return Err(refuse(format!("The parameter `{name}` stands there twice.")));
        }
        match first {
            None | Some("") => Ok(None),
            Some(value) => Self::checked(name, value, longest).map(Some),
        }
    }

    /// As [`Self::one`], for a parameter that has to be there.
    ///
    /// # Errors
    /// As [`Self::one`], and `invalid_request` when it is missing.
    pub fn required(&self, name: &str) -> Result<&str, OauthError> {
        self.one(name)?.ok_or_else(|| refuse(format!("The parameter `{name}` is missing.")))
    }

    /// The values of a parameter that may stand several times.
    ///
    /// # Errors
    /// `invalid_request` when one is too long or has control characters.
    pub fn many(&self, name: &str) -> Result<Vec<&str>, OauthError> {
        let values = self.0.iter().filter(|(other, value)| other == name && !value.is_empty());
        values.map(|(_, value)| Self::checked(name, value, LONGEST_VALUE)).collect()
    }

    /// That no parameter stands twice, the unknown ones included; `resource` may.
    ///
    /// # Errors
    /// `invalid_request` for the first that does.
    pub fn each_once(&self) -> Result<(), OauthError> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let mut pairs = names.iter().zip(names.iter().skip(1));
        if pairs.any(|(one, other)| one == other && *one != REPEATED) {
            Err(refuse("A parameter stands there twice; only `resource` may."))
        } else {
            Ok(())
        }
    }

    fn checked<'a>(name: &str, value: &'a str, longest: usize) -> Result<&'a str, OauthError> {
        if value.len() > longest {
            Err(refuse(format!("The parameter `{name}` is longer than {longest} bytes.")))
        } else if value.chars().any(char::is_control) {
            Err(refuse(format!("The parameter `{name}` has control characters.")))
        } else {
            Ok(value)
        }
    }
}

/// Appendix B: `+` is a space, `%` takes two hexadecimal digits, and the outcome is UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Result<String, OauthError> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        plain.push(match (byte, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => {
                let (Some(high), Some(low)) = (nibble(*high), nibble(*low)) else {
                    return Err(refuse("A percent sign is not followed by two hexadecimal digits."));
                };
                rest = after;
                high << 4 | low
            }
            (b'%', _) => return Err(refuse("A percent sign is not followed by two hexadecimal digits.")),
            (other, _) => *other,
        });
    }
    String::from_utf8(plain).map_err(|_| refuse("A parameter is not in UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(result: Result<Option<&str>, OauthError>) -> String {
        match result {
            Ok(value) => value.unwrap_or("-").to_owned(),
            Err(error) => error.description,
        }
    }

    #[test]
    fn each_way_to_be_wrong_has_a_sentence_of_its_own() {
        let long = format!("a={}", "x".repeat(LONGEST_VALUE + 1));
        for (query, expected) in [
            ("a=b&c=d", "b"),
            ("a=b+c%2B%C3%A4", "b c+ä"),
            ("c=d", "-"),
            ("a=&c=d", "-"),
            ("a", "-"),
            ("a=b=c", "b=c"),
            ("a=b&a=b", "The parameter 'a' stands there twice."),
            ("a=&a=b", "The parameter 'a' stands there twice."),
            ("a=b%00", "The parameter 'a' has control characters."),
            (long.as_str(), "The parameter 'a' is longer than 2048 bytes."),
        ] {
            assert_eq!(said(Parameters::parse(query.as_bytes()).unwrap().one("a")), expected, "{query:.40}");
        }
        let empty = Parameters::parse(b"").unwrap();
        assert_eq!(empty.required("a").unwrap_err().description, "The parameter 'a' is missing.");
    }

    #[test]
    fn what_cannot_be_read_at_all_is_refused() {
        for query in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%FF", b"a=\xff", b"%00=a"] {
            assert_eq!(Parameters::parse(query).unwrap_err().code, ErrorCode::InvalidRequest, "{query:?}");
        }
        assert!(Parameters::parse(&vec![b'a'; LARGEST + 1]).is_err());
        assert!(Parameters::parse("a=1&".repeat(MOST).as_bytes()).is_ok());
        assert!(Parameters::parse("a=1&".repeat(MOST + 1).as_bytes()).is_err());
    }

    #[test]
    fn only_resource_may_be_repeated() {
        let read = |text: &str| Parameters::parse(text.as_bytes()).unwrap();
        assert_eq!(read("resource=a&resource=b&resource=").many("resource"), Ok(vec!["a", "b"]));
        assert!(read("resource=a&resource=b&c=d").each_once().is_ok());
        assert!(read("x=a&resource=b&x=d").each_once().is_err());
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(name in "[a-z_]{1,9}", value in "\\PC{0,40}") {
            let text = crate::form::encode([(name.as_str(), value.as_str())]);
            let read = Parameters::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(read.list(), &[(name, value)][..]);
        }
    }
}
