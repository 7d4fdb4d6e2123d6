//! Web origins: scheme, host and port, compared as one.
//!
//! Implements: RFC 6454 §4 (what makes two origins equal), §6.2 (ASCII serialisation) and §7 (the
//! Origin header), for the schemes http and https.

use std::fmt;

use super::host::Host;
use crate::Malformed;

/// How a request came: with or without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Without TLS; default port 80.
    Http,
    /// With TLS; default port 443.
    Https,
}

impl Scheme {
    /// The scheme as it is written in a URL: "http" or "https".
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The scheme of this name in any case, or `None` for any other name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(name))
    }

    /// The port that is meant when none is written.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An origin; equal to another when scheme, host and port (written or not) are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: Host,
    port: u16,
}

const WHAT: &str = "origin";

impl Origin {
    /// Reads `https://example.org` or `http://localhost:8000`, as browsers write the Origin header.
    ///
    /// # Errors
    /// [`Malformed`] for anything else: `null`, several origins, a path (also a single `/`), user
    /// information, another scheme, a host that [`Host::parse`] refuses.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(refuse(0, "http:// or https://"));
        };
        let Some(scheme) = Scheme::from_name(scheme) else {
            return Err(refuse(0, "http:// or https://"));
        };
        let host = Host::parse(rest).map_err(|error| {
            let before = text.len().saturating_sub(rest.len());
            refuse(before.saturating_add(error.at), error.expected)
        })?;
        let port = host.port().unwrap_or(scheme.default_port());
        Ok(Self { scheme, host: host.without_port(), port })
    }

    /// http or https.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, without a port.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, also when it is the default one and was not written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the Host header of a request names this origin's host and port.
    pub fn is_host(&self, host: &Host) -> bool {
        host.port().unwrap_or(self.scheme.default_port()) == self.port
            && (host.domain(), host.address()) == (self.host.domain(), self.host.address())
    }
}

impl fmt::Display for Origin {
    /// RFC 6454 §6.2: the default port is not written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origin(text: &str) -> Origin {
        Origin::parse(text).unwrap()
    }

    #[test]
    fn an_origin_is_read_and_written() {
        for (text, shown, port) in [
            ("https://example.org", "https://example.org", 443),
            ("HTTPS://Example.ORG:443", "https://example.org", 443),
            ("http://localhost:8000", "http://localhost:8000", 8000),
            ("http://127.0.0.1", "http://127.0.0.1", 80),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443", 8443),
            ("http://a:443", "http://a:443", 443),
        ] {
            assert_eq!((origin(text).to_string().as_str(), origin(text).port()), (shown, port), "{text}");
        }
        assert_eq!(origin("https://a").scheme(), Scheme::Https);
        assert!(origin("http://localhost:8000").host().is_loopback());
    }

    #[test]
    fn origins_are_equal_when_scheme_host_and_port_are() {
        assert_eq!(origin("https://example.org"), origin("https://EXAMPLE.org:443"));
        for other in
            ["http://example.org", "https://example.org:80", "https://www.example.org", "https://example.com"]
        {
            assert_ne!(origin("https://example.org"), origin(other), "{other}");
        }
        assert_ne!(origin("http://localhost"), origin("http://127.0.0.1"));
    }

    #[test]
    fn anything_but_one_http_origin_is_refused_at_its_place() {
        for (text, at) in [
            ("", 0),
            ("null", 0),
            ("example.org", 0),
            ("ftp://example.org", 0),
            ("https:example.org", 0),
            ("https://", 8),
            ("https://example.org/", 19),
            ("https://user@example.org", 12),
            ("https://a https://b", 9),
            ("https://a#b", 9),
            ("https://a:", 10),
            ("https://a:99999", 10),
            (" https://a", 0),
            ("https://a ", 9),
            ("javascript://a", 0),
            ("https://ex\u{e4}mple", 10),
            ("https:///a", 8),
            ("https://a\\b", 9),
        ] {
            let error = Origin::parse(text).unwrap_err();
            assert_eq!((error.what, error.at), ("origin", at), "{text:?}");
        }
    }

    #[test]
    fn a_host_header_is_compared_with_the_default_port_filled_in() {
        let host = |text| Host::parse(text).unwrap();
        assert!(origin("https://example.org").is_host(&host("Example.org")));
        assert!(origin("https://example.org").is_host(&host("example.org:443")));
        assert!(origin("http://localhost:8000").is_host(&host("localhost:8000")));
        assert!(!origin("https://example.org").is_host(&host("example.org:80")));
        assert!(!origin("http://localhost:8000").is_host(&host("localhost")));
        assert!(!origin("http://localhost:8000").is_host(&host("127.0.0.1:8000")));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(https?://)?\\PC{0,40}") {
            match Origin::parse(&text) {
                Ok(origin) => prop_assert_eq!(Origin::parse(&origin.to_string()), Ok(origin)),
                Err(error) => prop_assert!(error.at <= text.len()),
            }
        }
    }
}
