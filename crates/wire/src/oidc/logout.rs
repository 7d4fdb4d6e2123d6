//! Signing out: asked for by a client, and told to clients.
//!
//! Implements: OpenID Connect RP-Initiated Logout §2 (request), Back-Channel Logout §2.2 (where a client is told), §2.4 (logout
//! token: no `nonce`, a `jti`, `sub` or `sid` or both) and §2.5 (how it travels).

use serde_json::{Map, Value, json};

use crate::http::url::Url;
use crate::jose::jws;
use crate::oauth::authorization::{LONGEST_CLIENT_ID, MOST_WORDS};
use crate::oauth::error::{ErrorCode, OauthError};
use crate::oauth::parameters::Parameters;
use crate::oauth::redirect_uri::RedirectUri;

/// What the header of a logout token says that it is.
pub const TYPE: &str = "logout+jwt";
/// The one member of `events`.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Reads where a client wants to be told: https to a host by name, or http on the machine itself, by the rules for redirect
/// URIs. A scheme of private use leads to nobody whom a server could ask.
///
/// # Errors
/// `invalid_redirect_uri` with what is wrong.
pub fn uri(text: &str) -> Result<Url, OauthError> {
    let refuse = || {
        let description = "A client is told by https and a host by name, or by http on the loopback.";
        OauthError::new(ErrorCode::InvalidRedirectUri, description)
    };
    let read = RedirectUri::parse(text)?;
    if read.host().is_none() && !read.is_loopback() {
        return Err(refuse());
    }
    Url::parse(text).map_err(|_| refuse())
}

/// A request to sign out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LogoutRequest {
    /// An ID token of the person; signed by us, even long ago, or it says nothing.
    pub id_token_hint: Option<String>,
    /// The client that asks.
    pub client_id: Option<String>,
    /// Where the person goes afterwards, once it was compared.
    pub redirect_uri: Option<String>,
    /// What the client gets back unchanged.
    pub state: Option<String>,
    /// Whom the client takes the person for.
    pub hint: Option<String>,
    /// The languages that the person reads, best first.
    pub ui_locales: Vec<String>,
}

impl LogoutRequest {
    /// Reads a query or a body.
    ///
    /// # Errors
    /// `invalid_request` for a parameter that stands twice, is too long or has control characters.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        parameters.each_once()?;
        let one = |name| parameters.one(name).map(|value| value.map(str::to_owned));
        let short = |name| parameters.bounded(name, LONGEST_CLIENT_ID).map(|value| value.map(str::to_owned));
        let locales: Vec<String> = parameters
            .one("ui_locales")?
            .unwrap_or_default()
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        if locales.len() > MOST_WORDS {
            return Err(OauthError::new(ErrorCode::InvalidRequest, "`ui_locales` has more than 16 words."));
        }
        Ok(Self {
            id_token_hint: parameters.bounded("id_token_hint", jws::LONGEST)?.map(str::to_owned),
            client_id: short("client_id")?,
            redirect_uri: one("post_logout_redirect_uri")?,
            state: one("state")?,
            hint: short("logout_hint")?,
            ui_locales: locales,
        })
    }

    /// Where the person goes afterwards: only where the client has registered it, and nowhere when nothing was asked for.
    #[must_use]
    pub fn goes_to(&self, registered: &[RedirectUri]) -> Option<String> {
        let asked = self.redirect_uri.as_deref()?;
        registered.iter().any(|uri| uri.matches(asked)).then(|| match &self.state {
            Some(state) => RedirectUri::with(asked, &[("state", state)]),
            None => asked.to_owned(),
        })
    }
}

/// What a client is told. Times are whole seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`: the client.
    pub client_id: &'a str,
    /// `iat`.
    pub issued: i64,
    /// `exp`: two minutes later at the most.
    pub expires: i64,
    /// `jti`.
    pub id: &'a str,
    /// `sub`, as this client knows the person.
    pub subject: &'a str,
    /// `sid`, as this client knows the session; none ends all sessions of the person.
    pub session: Option<&'a str>,
}

impl LogoutClaims<'_> {
    /// The claims as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let mut events = Map::new();
        events.insert(EVENT.to_owned(), json!({}));
        let mut claims = json!({
            "iss": self.issuer, "aud": self.client_id, "iat": self.issued, "exp": self.expires, "jti": self.id,
            "sub": self.subject, "events": Value::Object(events),
        });
        if let (Some(session), Some(members)) = (self.session, claims.as_object_mut()) {
            members.insert("sid".to_owned(), session.into());
        }
        claims.to_string()
    }

    /// The body of the request that carries a signed logout token.
    #[must_use]
    pub fn body(token: &str) -> String {
        crate::form::encode([("logout_token", token)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LogoutRequest, OauthError> {
        LogoutRequest::read(&Parameters::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_person_goes_only_where_the_client_has_registered() {
        let registered = [RedirectUri::parse("https://app.example.org/bye").unwrap()];
        let to = |text: &str| read(text).unwrap().goes_to(&registered);
        let uri = "post_logout_redirect_uri=https%3A%2F%2Fapp.example.org%2Fbye";
        assert_eq!(to(uri).as_deref(), Some("https://app.example.org/bye"));
        assert_eq!(
            to(&format!("{uri}&state=a%26b")).as_deref(),
            Some("https://app.example.org/bye?state=a%26b")
        );
        assert_eq!(to(&format!("{uri}%2F..%2Fevil")), None);
        assert_eq!(to("post_logout_redirect_uri=https://evil.example/"), None);
        assert_eq!(to(""), None);
    }

    #[test]
    fn a_request_is_read_within_its_bounds() {
        let request = read("id_token_hint=a.b.c&client_id=c1&logout_hint=anna&ui_locales=de+fr&x=1").unwrap();
        assert_eq!((request.id_token_hint.as_deref(), request.ui_locales.len()), (Some("a.b.c"), 2));
        for text in ["state=a&state=b", "client_id=a%00", &format!("logout_hint={}", "a".repeat(513))] {
            assert_eq!(read(text).unwrap_err().code, ErrorCode::InvalidRequest, "{text:.40}");
        }
        assert!(read(&format!("ui_locales={}", "de+".repeat(17))).is_err());
    }

    #[test]
    fn a_client_is_told_at_a_name_or_on_the_machine_itself() {
        for text in [
            "https://app.example.org/out?tenant=1",
            "https://app.example.org:8443/out",
            "http://localhost:3000/out",
            "http://127.0.0.1:3000/out",
            "http://[::1]/out",
        ] {
            assert!(uri(text).is_ok(), "{text}");
        }
        for text in [
            "http://app.example.org/out",
            "https://10.0.0.1/out",
            "https://app.example.org/out#a",
            "https://me@app.example.org/out",
            "https://APP.example.org/out",
            "https://app.example.org/a/../out",
            "org.example.app:/out",
            "http://localhost.example.org/out",
            "ftp://app.example.org/",
            "",
        ] {
            assert!(uri(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_logout_token_says_what_ended_and_has_no_nonce() {
        let claims = LogoutClaims {
            issuer: "https://id.example.org",
            client_id: "c1",
            issued: 100,
            expires: 220,
            id: "j1",
            subject: "anna",
            session: Some("s1"),
        };
        assert_eq!(
            claims.json(),
            r#"{"aud":"c1","events":{"http://schemas.openid.net/event/backchannel-logout":{}},"exp":220,"iat":100,"iss":"https://id.example.org","jti":"j1","sid":"s1","sub":"anna"}"#
        );
        assert!(!LogoutClaims { session: None, ..claims }.json().contains("sid"));
        assert_eq!(LogoutClaims::body("a.b-c_d"), "logout_token=a.b-c_d");
    }
}
