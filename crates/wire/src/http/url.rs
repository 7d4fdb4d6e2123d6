//! URLs of services that are called: an origin, a path and perhaps a query.
//!
//! Implements: RFC 3986 §3 (scheme, authority, path and query; user information and fragments are refused), §2 (the
//! characters), RFC 9110 §4.2 (http and https), RFC 9112 §3.2.1 (origin-form).

use std::fmt;

use super::origin::Origin;
use crate::Malformed;

/// Longest URL, in bytes.
pub const LONGEST: usize = 2048;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Url {
    origin: Origin,
    target: String,
}

const WHAT: &str = "URL";

impl Url {
    /// Reads `https://sms.example.org/v1/send?route=2`.
    ///
    /// # Errors
    /// [`Malformed`] for anything else: another scheme, user information, a fragment, white space, a character that
    /// RFC 3986 wants percent-encoded, a percent sign without two hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        if text.len() > LONGEST {
            return Err(refuse(LONGEST, "at most 2048 bytes"));
        }
        let authority = text.find("://").map_or(0, |at| at.saturating_add(3));
        let end = text.get(authority..).and_then(|rest| rest.find(['/', '?', '#']));
        let (origin, rest) = text.split_at(end.map_or(text.len(), |end| authority.saturating_add(end)));
        let origin_read = Origin::parse(origin).map_err(|error| refuse(error.at, error.expected))?;
        let mut bytes = rest.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            let at = origin.len().saturating_add(at);
            match byte {
                b'%' => {
                    let hex =
                        |next: Option<(usize, u8)>| next.is_some_and(|(_, byte)| byte.is_ascii_hexdigit());
                    if !hex(bytes.next()) || !hex(bytes.next()) {
                        return Err(refuse(at, "two hexadecimal digits after '%'"));
                    }
                }
                b'#' => return Err(refuse(at, "no fragment")),
                byte if is_plain(byte) => {}
                _ => return Err(refuse(at, "a character of a URL; others are percent-encoded")),
            }
        }
        let slash = if rest.starts_with('/') { "" } else { "/" };
        Ok(Self { origin: origin_read, target: format!("{slash}{rest}") })
    }

    /// A page of an origin of ours; `path` begins with a slash and is plain.
    #[must_use]
    pub fn of(origin: Origin, path: &'static str) -> Self {
        Self { origin, target: path.to_owned() }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Path and query, as they stand in a request line.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The query without its `?`. It may hold a secret.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The URL with `…` in place of its query: fit to be shown.
    pub fn without_query(&self) -> String {
        match self.target.split_once('?') {
            Some((path, _)) => format!("{}{path}?…", self.origin),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.target)
    }
}

/// RFC 3986 §3.3 and §3.4: pchar, `/` and `?`.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b','
        )
        || matches!(byte, b';' | b'=' | b':' | b'@' | b'/' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_url_is_an_origin_and_a_target() {
        for (text, origin, target) in [
            ("https://sms.example.org", "https://sms.example.org", "/"),
            ("HTTPS://SMS.Example.org:443/v1/Send", "https://sms.example.org", "/v1/Send"),
            ("https://sms.example.org:8443/?key=a%2Fb", "https://sms.example.org:8443", "/?key=a%2Fb"),
            ("https://sms.example.org?key=b", "https://sms.example.org", "/?key=b"),
            ("http://[::1]:8080/a;b=c@d", "http://[::1]:8080", "/a;b=c@d"),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!((url.origin().to_string().as_str(), url.target()), (origin, target), "{text}");
        }
    }

    #[test]
    fn a_query_can_be_left_out_when_it_is_shown() {
        let url = Url::parse("https://sms.example.org/send?key=hunter2").unwrap();
        assert_eq!(
            (url.query(), url.without_query().as_str()),
            (Some("key=hunter2"), "https://sms.example.org/send?…")
        );
        assert_eq!(Url::parse("https://a.example/b").unwrap().without_query(), "https://a.example/b");
    }

    #[test]
    fn anything_else_is_refused_at_its_place() {
        for (text, at) in [
            ("", 0),
            ("sms.example.org/send", 0),
            ("ftp://sms.example.org/", 0),
            ("https://", 8),
            ("https:///send", 8),
            ("https://me:secret@sms.example.org/", 11),
            ("https://sms.example.org/a b", 25),
            ("https://sms.example.org/a\n", 25),
            ("https://sms.example.org/\u{e9}", 24),
            ("https://sms.example.org/#a", 24),
            ("https://sms.example.org#a", 23),
            ("https://sms.example.org/%2", 24),
            ("https://sms.example.org/%zz", 24),
            ("https://sms.example.org/{to}", 24),
            ("https://sms.example.org:0/", 24),
        ] {
            let error = Url::parse(text).unwrap_err();
            assert_eq!((error.what, error.at), ("URL", at), "{text:?} {error}");
        }
        let longest = format!("https://a.example/{}", "a".repeat(LONGEST - 18));
        assert!(Url::parse(&longest).is_ok());
        assert_eq!(Url::parse(&format!("{longest}a")).unwrap_err().at, LONGEST);
    }

    proptest! {
        #[test]
        fn what_is_read_can_be_read_again(text in "https?://[a-z0-9.]{1,9}(:[0-9]{1,5})?(/[ -~]{0,9})?(\\?[ -~]{0,9})?") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert_eq!(Url::parse(&url.to_string()), Ok(url.clone()));
                prop_assert!(url.target().starts_with('/') && !url.target().contains([' ', '#']));
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Err(error) = Url::parse(&text) {
                prop_assert!(error.at <= text.len());
            }
        }
    }
}
