//! What a resource is told about a token.
//!
//! Implements: RFC 7662 §2.2 (answer; about a token that does not hold nothing is said but that), RFC 9449 §6.2 (`cnf`),
//! RFC 9701 §5 (the same inside a JWT: the member `token_introspection`).

use serde_json::{Map, Value, json};

use super::scope::Scopes;
use crate::jose::jwk::Thumbprint;

/// A token that holds. Times are whole seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active<'a> {
    /// Who issued it: ourselves.
    pub issuer: &'a str,
    /// Whom it is about, as the asking resource knows them.
    pub subject: Option<&'a str>,
    /// The client that has it.
    pub client_id: &'a str,
    /// What it may do.
    pub scopes: &'a Scopes,
    /// The services that it is for.
    pub audiences: &'a [&'a str],
    /// When it was issued.
    pub issued: i64,
    /// When it ends.
    pub expires: i64,
    /// The key that it is bound to.
    pub key: Option<Thumbprint>,
    /// How the person signed in (RFC 9470 §6.2).
    pub acr: Option<&'a str>,
    /// When the person signed in (RFC 9470 §6.2).
    pub auth_time: Option<i64>,
    /// Its identifier.
    pub id: Option<&'a str>,
    /// `origin_flow`: how the grant came about.
    pub origin: &'a str,
    /// `origin_ctx`: where the device was, seen from the person who answered for it.
    pub context: Option<&'a str>,
    /// `provisional`: whether it is worth less than what was granted; said where it is.
    pub provisional: bool,
}

/// The answer about a token; none holds.
#[must_use]
pub fn answer(active: Option<&Active<'_>>) -> Value {
    let Some(token) = active else { return json!({"active": false}) };
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    };
    put("active", true.into());
    put("iss", token.issuer.into());
    put("sub", token.subject.into());
    put("client_id", token.client_id.into());
    put("scope", token.scopes.to_string().into());
    put("aud", token.audiences.into());
    put("iat", token.issued.into());
    put("exp", token.expires.into());
    put("token_type", if token.key.is_some() { "DPoP" } else { "Bearer" }.into());
    put("cnf", token.key.map_or(Value::Null, |key| json!({"jkt": key.to_string()})));
    put("acr", token.acr.into());
    put("auth_time", token.auth_time.into());
    put("jti", token.id.into());
    put("origin_flow", token.origin.into());
    put("origin_ctx", token.context.into());
    put("provisional", if token.provisional { true.into() } else { Value::Null });
    Value::Object(members)
}

/// The claims of the signed answer, for the resource that asked.
#[must_use]
pub fn claims(issuer: &str, audience: &str, issued: i64, answer: &Value) -> String {
    json!({"iss": issuer, "aud": audience, "iat": issued, "token_introspection": answer}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_about_a_token_that_does_not_hold() {
        assert_eq!(answer(None).to_string(), r#"{"active":false}"#);
    }

    #[test]
    fn a_token_that_holds_is_described_without_empty_members() {
        let scopes = Scopes::parse("read write").unwrap();
        let token = Active {
            issuer: "https://id.example.org",
            subject: None,
            client_id: "c1",
            scopes: &scopes,
            audiences: &["https://api.example.org"],
            issued: 1,
            expires: 301,
            key: Some(Thumbprint::from_bytes([0; 32])),
            acr: None,
            auth_time: None,
            id: None,
            origin: "device",
            context: Some("elsewhere"),
            provisional: true,
        };
        let said = answer(Some(&token));
        assert_eq!(
            said.to_string(),
            r#"{"active":true,"aud":["https://api.example.org"],"client_id":"c1","cnf":{"jkt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"exp":301,"iat":1,"iss":"https://id.example.org","origin_ctx":"elsewhere","origin_flow":"device","provisional":true,"scope":"read write","token_type":"DPoP"}"#
        );
        let signed = claims("https://id.example.org", "https://api.example.org", 2, &said);
        assert!(signed.contains(r#""token_introspection":{"active":true"#) && !signed.contains("sub"));
    }
}
