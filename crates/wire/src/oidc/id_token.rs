//! The statement that a person signed in, as a client gets it.
//!
//! Implements: OpenID Connect Core §2 (claims), §3.1.3.6 (`at_hash`), §5.1 (claims about the person), Back-Channel Logout
//! §2.1 (`sid`).

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use serde_json::{Map, Value, json};

use crate::jose::algorithm::Algorithm;
use crate::token;

/// What the header says that it is.
pub const TYPE: &str = "JWT";

/// Claims that no claim about a person may take the place of.
const OWN: [&str; 13] =
    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid", "cnf"];

/// What the statement says. Times are whole seconds since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct IdTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `sub`, as this client knows the person.
    pub subject: &'a str,
    /// `aud`: the client.
    pub client_id: &'a str,
    /// `iat`.
    pub issued: i64,
    /// `exp`.
    pub expires: i64,
    /// `auth_time`, where it was asked for or the client needs it.
    pub signed_in: Option<i64>,
    /// `nonce`, as the request had it.
    pub nonce: Option<&'a str>,
    /// `acr`: how the person signed in.
    pub acr: Option<&'a str>,
    /// `amr`: by which means (RFC 8176).
    pub amr: &'a [&'a str],
    /// `sid`: the browser session, as this client knows it.
    pub session: Option<&'a str>,
    /// The access token that comes along, and the algorithm of this statement.
    pub access_token: Option<(&'a str, Algorithm)>,
    /// Claims about the person that were asked for by name. Those with a name from above are left out.
    pub person: &'a Map<String, Value>,
}

impl IdTokenClaims<'_> {
    /// The claims as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let mut claims: Map<String, Value> = self
            .person
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                claims.insert(name.to_owned(), value);
            }
        };
        put("iss", self.issuer.into());
        put("sub", self.subject.into());
        put("aud", self.client_id.into());
        put("iat", self.issued.into());
        put("exp", self.expires.into());
        put("auth_time", self.signed_in.into());
        put("nonce", self.nonce.into());
        put("acr", self.acr.into());
        put("amr", if self.amr.is_empty() { Value::Null } else { json!(self.amr) });
        put("sid", self.session.into());
        put("at_hash", self.access_token.map(|(text, algorithm)| at_hash(text, algorithm)).into());
        Value::Object(claims).to_string()
    }
}

/// The left half of the hash of the access token, by the hash of the algorithm; that of Ed25519 is SHA-512.
#[must_use]
pub fn at_hash(access_token: &str, algorithm: Algorithm) -> String {
    let hash = match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => &SHA256,
        Algorithm::EdDsa => &SHA512,
    };
    let hash = digest(hash, access_token.as_bytes());
    let half = hash.as_ref().len() / 2;
    token::encode(hash.as_ref().get(..half).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_that_of_the_standard() {
        // OpenID Connect Core §A.3, RS256.
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", Algorithm::Rs256),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
        assert_eq!(at_hash("a", Algorithm::EdDsa).len(), 43);
    }

    #[test]
    fn a_claim_about_the_person_never_takes_the_place_of_ours() {
        let mut person = Map::new();
        for name in OWN.iter().chain(&["email"]) {
            person.insert((*name).to_owned(), "evil".into());
        }
        let claims = IdTokenClaims {
            issuer: "https://id.example.org",
            subject: "anna",
            client_id: "c1",
            issued: 100,
            expires: 400,
            signed_in: Some(90),
            nonce: None,
            acr: None,
            amr: &[],
            session: None,
            access_token: None,
            person: &person,
        };
        assert_eq!(
            claims.json(),
            r#"{"aud":"c1","auth_time":90,"email":"evil","exp":400,"iat":100,"iss":"https://id.example.org","sub":"anna"}"#
        );
        let more = IdTokenClaims {
            nonce: Some("n"),
            acr: Some("urn:a"),
            amr: &["hwk", "user"],
            session: Some("s1"),
            access_token: Some(("a", Algorithm::Es256)),
            ..claims
        };
        for part in [r#""amr":["hwk","user"]"#, r#""nonce":"n""#, r#""sid":"s1""#, r#""at_hash":""#] {
            assert!(more.json().contains(part), "{part}");
        }
    }
}
