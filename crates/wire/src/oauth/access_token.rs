//! The claims of an access token that services read by themselves.
//!
//! Implements: RFC 9068 §2.1 and §2.2 (header and claims), RFC 9449 §6.1 (`cnf`), RFC 9470 §6.1 (how the person signed in).

use serde_json::{Map, Value, json};

use super::scope::Scopes;
use crate::jose::jwk::Thumbprint;

/// What the header says that it is (RFC 9068 §2.1).
pub const TYPE: &str = "at+jwt";

/// What the token says. Times are whole seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `sub`.
    pub subject: &'a str,
    /// `aud`; one is written as a string.
    pub audiences: &'a [String],
    /// `client_id`.
    pub client_id: &'a str,
    /// `jti`.
    pub id: &'a str,
    /// `iat`.
    pub issued: i64,
    /// `exp`.
    pub expires: i64,
    /// `scope`.
    pub scopes: &'a Scopes,
    /// `origin_flow`: how the grant came about.
    pub origin: &'a str,
    /// `origin_ctx`: where the device was, seen from the person who answered for it.
    pub context: Option<&'a str>,
    /// `provisional`: whether it is worth less than what was granted; said where it is.
    pub provisional: bool,
    /// `acr` and `auth_time`.
    pub signed_in: Option<(&'a str, i64)>,
    /// `cnf`: the key that it is bound to.
    pub key: Option<Thumbprint>,
}

impl AccessClaims<'_> {
    /// The claims as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| {
            claims.insert(name.to_owned(), value);
        };
        put("iss", self.issuer.into());
        put("sub", self.subject.into());
        put("aud", if let [one] = self.audiences { json!(one) } else { json!(self.audiences) });
        put("client_id", self.client_id.into());
        put("jti", self.id.into());
        put("iat", self.issued.into());
        put("exp", self.expires.into());
        put("scope", self.scopes.to_string().into());
        put("origin_flow", self.origin.into());
        if let Some(context) = self.context {
            put("origin_ctx", context.into());
        }
        if self.provisional {
            put("provisional", true.into());
        }
        if let Some((acr, at)) = self.signed_in {
            put("acr", acr.into());
            put("auth_time", at.into());
        }
        if let Some(key) = self.key {
            put("cnf", json!({"jkt": key.to_string()}));
        }
        Value::Object(claims).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::jwt::Claims;

    #[test]
    fn the_claims_are_those_of_rfc_9068_and_can_be_read() {
        let scopes = Scopes::parse("read write").unwrap();
        let one = ["https://api.example.org".to_owned()];
        let claims = AccessClaims {
            issuer: "https://id.example.org",
            subject: "anna",
            audiences: &one,
            client_id: "c1",
            id: "j1",
            issued: 100,
            expires: 400,
            scopes: &scopes,
            origin: "browser",
            context: None,
            provisional: false,
            signed_in: None,
            key: None,
        };
        assert_eq!(
            claims.json(),
            r#"{"aud":"https://api.example.org","client_id":"c1","exp":400,"iat":100,"iss":"https://id.example.org","jti":"j1","origin_flow":"browser","scope":"read write","sub":"anna"}"#
        );
        let two = ["https://a.example".to_owned(), "https://b.example".to_owned()];
        let key = Some(Thumbprint::from_bytes([0; 32]));
        let more = AccessClaims {
            audiences: &two,
            signed_in: Some(("urn:a", 90)),
            key,
            context: Some("elsewhere"),
            provisional: true,
            ..claims
        }
        .json();
        let read = Claims::parse(more.as_bytes()).unwrap();
        assert_eq!((read.audiences(), read.string("acr")), (&two[..], Some("urn:a")));
        assert!(more.contains(r#""auth_time":90"#) && more.contains(r#""origin_ctx":"elsewhere""#));
        assert!(more.contains(r#""provisional":true"#));
        assert!(more.contains(r#""cnf":{"jkt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#));
    }
}
