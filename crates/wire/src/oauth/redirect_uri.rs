//! Where an answer goes: addresses of a client that were registered before, and are met exactly.
//!
//! Implements: RFC 6749 §3.1.2 (absolute, without a fragment), RFC 9700 §2.1 (exact comparison), RFC 8252 §7.1 (schemes of
//! private use), §7.2 (https), §7.3 (loopback: "MUST allow any port to be specified at the time of the request"), OpenID
//! Connect Registration §2 (what native and web clients may register).

use std::fmt;

use super::error::{ErrorCode, OauthError};
use crate::http::{origin::Scheme, url::Url};

/// The longest redirect URI, in bytes.
pub const LONGEST: usize = 1024;

/// A redirect URI that may be registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RedirectUri {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Https(Url),
    Loopback(Url),
    PrivateUse,
}

fn refuse(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidRedirectUri, description)
}

impl RedirectUri {
    /// Reads what somebody wants to register: `https://…`, `http://` on the machine itself (`127.0.0.1`, `[::1]`,
    /// `localhost`), or a scheme of private use that begins with a domain turned round (`com.example.app:/signed-in`).
    ///
    /// # Errors
    /// `invalid_redirect_uri` for anything else, and for what two readers may understand differently: a fragment, user
    /// information, dots that climb, a host that is not in its one spelling, an asterisk in host or path.
    pub fn parse(text: &str) -> Result<Self, OauthError> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(refuse("A redirect URI has 1 to 1024 bytes."));
        }
        if text.contains('#') {
            return Err(refuse("A redirect URI has no fragment."));
        }
        let (scheme, rest) = text.split_once(':').ok_or(refuse("A redirect URI begins with a scheme."))?;
        if scheme.contains('.') {
            return private_use(text, scheme, rest);
        }
        let url = Url::parse(text).map_err(|_| {
            refuse("A redirect URI is an https URL, an http URL of the loopback, or of a private scheme with a dot.")
        })?;
        // One host, one spelling: capitals, a default port and such are compared as they stand, so they may not stand.
        let after = text.strip_prefix(&url.origin().to_string());
        if !after.is_some_and(|after| after.is_empty() || after.starts_with(['/', '?'])) {
            return Err(refuse("The host of a redirect URI is in lower case, without the default port."));
        }
        let path = url.target().split('?').next().unwrap_or_default();
        let segments = || path.split('/').map(|segment| segment.to_ascii_lowercase().replace("%2e", "."));
        if segments().any(|segment| segment == "." || segment == "..") {
            return Err(refuse("The path of a redirect URI has no dots that climb."));
        }
        if path.contains('*') {
            return Err(refuse("A redirect URI is met exactly; there is no asterisk in it."));
        }
        let origin = url.origin();
        let kind = match origin.scheme() {
            Scheme::Https => Kind::Https(url),
            Scheme::Http if is_loopback(&url) => Kind::Loopback(url),
            Scheme::Http => return Err(refuse("Outside the loopback a redirect URI is https.")),
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Whether an answer may go to `requested`: the same text, or, on the loopback, the same but for the port.
    #[must_use]
    pub fn matches(&self, requested: &str) -> bool {
        if self.text == requested {
            return true;
        }
        let Kind::Loopback(own) = &self.kind else { return false };
        match Self::parse(requested) {
            Ok(Self { kind: Kind::Loopback(other), text }) => {
                let after =
                    |url: &Url, text: &str| text.get(url.origin().to_string().len()..).map(str::to_owned);
                own.origin().host() == other.origin().host() && after(own, &self.text) == after(&other, &text)
            }
            Ok(_) | Err(_) => false,
        }
    }

    /// As it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is on the machine of the person: then browser and client have to come from one place (row 35).
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        matches!(self.kind, Kind::Loopback(_))
    }

    /// Whether only an app that is installed can have it: loopback or a scheme of private use.
    #[must_use]
    pub const fn is_native(&self) -> bool {
        matches!(self.kind, Kind::Loopback(_) | Kind::PrivateUse)
    }

    /// The host of an https one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.kind {
            Kind::Https(url) => url.origin().host().domain(),
            Kind::Loopback(_) | Kind::PrivateUse => None,
        }
    }

    /// The address with the parameters of an answer behind what it has of its own (RFC 6749 §4.1.2).
    #[must_use]
    pub fn with(requested: &str, parameters: &[(&str, &str)]) -> String {
        let joint = match requested.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{requested}{joint}{}", crate::form::encode(parameters.iter().copied()))
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The addresses and the name that RFC 8252 §7.3 and §8.3 mean, and no name below `localhost`.
fn is_loopback(url: &Url) -> bool {
    let host = url.origin().host();
    match host.domain() {
        Some(name) => name == "localhost",
        None => {
            host.address().is_some_and(|address| ["127.0.0.1", "::1"].contains(&address.to_string().as_str()))
        }
    }
}

/// RFC 8252 §7.1: `com.example.app:/path`; one slash or none, so that there is no host to be mistaken.
fn private_use(text: &str, scheme: &str, rest: &str) -> Result<RedirectUri, OauthError> {
    let label = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && label.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if !scheme.split('.').all(label) || !scheme.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(refuse("A private scheme is a domain turned round, in lower case: com.example.app"));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()+,;=:@/?%".contains(&byte);
    let climbs = rest.split(['/', '?']).any(|segment| segment == "." || segment == "..");
    if !rest.bytes().all(plain) || rest.starts_with("//") || climbs {
        return Err(refuse("After a private scheme stands a path of plain characters, without a host."));
    }
    Ok(RedirectUri { text: text.to_owned(), kind: Kind::PrivateUse })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap()
    }

    #[test]
    fn three_kinds_may_be_registered() {
        assert_eq!(parse("https://app.example.org/cb?a=b").host(), Some("app.example.org"));
        assert!(!parse("https://app.example.org/cb").is_native());
        for text in ["http://127.0.0.1/cb", "http://[::1]:8000/", "http://localhost:3000/cb"] {
            assert!(
                parse(text).is_loopback() && parse(text).is_native() && parse(text).host().is_none(),
                "{text}"
            );
        }
        for text in ["com.example.app:/cb", "com.example.app:cb", "org.example.app-1:/a?b=c"] {
            assert!(parse(text).is_native() && !parse(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "app",
            "/cb",
            "//app.example.org/cb",
            "http://app.example.org/cb",
            "http://127.0.0.2/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "http://app.localhost/",
            "https://app.example.org/#a",
            "https://app.example.org/cb#",
            "https://app.example.org@evil.example/",
            "https://app.example.org\\@evil.example/",
            "https://App.example.org/",
            "https://app.example.org:443/",
            "https://app.example.org./cb",
            "https://*.example.org/cb",
            "https://app.example.org/*",
            "https://app.example.org/a/../b",
            "https://app.example.org/a/%2E%2e/b",
            "https://app.example.org/./b",
            "https://аpp.example.org/cb",
            "https://app.example.org/c b",
            "https://app.example.org/c\nb",
            "javascript:alert(1)",
            "data:text/html,a",
            "myapp:/cb",
            "Com.Example.App:/cb",
            "com.example.app://host/cb",
            "com..app:/cb",
            ".app:/cb",
            "1com.example:/cb",
            "com.example.app:/a/../b",
            "com.example.app:/\"",
            "urn:ietf:wg:oauth:2.0:oob",
        ] {
            assert_eq!(
                RedirectUri::parse(text).map_err(|error| error.code),
                Err(ErrorCode::InvalidRedirectUri),
                "{text:?}"
            );
        }
        assert!(RedirectUri::parse(&format!("https://a.example/{}", "a".repeat(LONGEST))).is_err());
    }

    #[test]
    fn an_address_is_met_exactly() {
        let registered = parse("https://app.example.org/cb");
        assert!(registered.matches("https://app.example.org/cb"));
        for other in [
            "https://app.example.org/cb/",
            "https://app.example.org/cb?a=b",
            "https://app.example.org/CB",
            "https://APP.example.org/cb",
            "https://app.example.org:443/cb",
            "https://app.example.org:8443/cb",
            "https://app.example.org/c%62",
            "https://app.example.org.evil.example/cb",
            "https://app.example.org/cb/../evil",
            "https://app.example.org%2eevil.example/cb",
            "http://app.example.org/cb",
            "https://app.example.org/cb#",
            " https://app.example.org/cb",
            "",
        ] {
            assert!(!registered.matches(other), "{other}");
        }
        assert!(!parse("com.example.app:/cb").matches("com.example.app:/cb2"));
    }

    #[test]
    fn on_the_loopback_the_port_is_free_and_nothing_else() {
        for registered in ["http://127.0.0.1/cb?a=b", "http://127.0.0.1:8000/cb?a=b"] {
            let registered = parse(registered);
            for port in ["", ":1", ":8000", ":65535"] {
                assert!(registered.matches(&format!("http://127.0.0.1{port}/cb?a=b")), "{port}");
            }
            for other in [
                "http://localhost:8000/cb?a=b",
                "http://[::1]:8000/cb?a=b",
                "https://127.0.0.1:8000/cb?a=b",
                "http://127.0.0.1:8000/cb",
                "http://127.0.0.1:8000/cb?a=c",
                "http://127.0.0.1:0/cb?a=b",
                "http://127.0.0.1:99999/cb?a=b",
                "http://127.0.0.1:8000@evil.example/cb?a=b",
                "http://127.0.0.1.evil.example/cb?a=b",
            ] {
                assert!(!registered.matches(other), "{other}");
            }
        }
        assert!(!parse("http://127.0.0.1").matches("http://127.0.0.1:9/"));
        assert!(parse("http://localhost/cb").matches("http://localhost:5173/cb"));
    }

    #[test]
    fn the_parameters_of_an_answer_follow_those_of_the_client() {
        let with = |text| RedirectUri::with(text, &[("code", "a b"), ("state", "c&d")]);
        assert_eq!(with("https://a.example/cb"), "https://a.example/cb?code=a+b&state=c%26d");
        assert_eq!(with("https://a.example/cb?x=y"), "https://a.example/cb?x=y&code=a+b&state=c%26d");
        assert_eq!(with("https://a.example/cb?"), "https://a.example/cb?code=a+b&state=c%26d");
        assert_eq!(with("com.example.app:/cb"), "com.example.app:/cb?code=a+b&state=c%26d");
    }

    proptest! {
        #[test]
        fn an_https_address_matches_itself_and_nothing_else(a in "https://[a-c.]{1,4}(:[1-9]{1,2})?/[a-c./%]{0,4}", b in "https://[a-c.]{1,4}(:[1-9]{1,2})?/[a-c./%]{0,4}") {
            if let Ok(registered) = RedirectUri::parse(&a) {
                prop_assert_eq!(registered.matches(&b), a == b);
            }
        }
    }
}
