//! The discovery document: what this provider can do and where, said once.
//!
//! Implements: OpenID Connect Discovery §3 and §4, RFC 8414 §2 and §3 (one document serves both), RFC 7591 §3, RFC 7662
//! §4, RFC 8628 §4, RFC 9126 §5, RFC 9207 §3, RFC 9449 §5.1, RFC 9701 §7, OpenID Connect RP-Initiated Logout §2.1,
//! Back-Channel Logout §2.1.

use serde_json::{Map, Value, json};

use super::authorization::ResponseMode;
use super::client_authentication::AuthenticationMethod;
use super::dpop;
use super::token::GrantType;
use crate::jose::algorithm::Algorithm;

/// Where OpenID clients look for the document, below the issuer.
pub const OPENID_PATH: &str = "/.well-known/openid-configuration";
/// Where OAuth clients look for it, between host and path of the issuer (RFC 8414 §3.1).
pub const OAUTH_PATH: &str = "/.well-known/oauth-authorization-server";

/// Paths below the issuer; each begins with a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoints<'a> {
    /// Where a person is sent.
    pub authorization: &'a str,
    /// Where tokens are got.
    pub token: &'a str,
    /// Our keys.
    pub jwks: &'a str,
    /// Claims about a person.
    pub userinfo: &'a str,
    /// Where requests are pushed.
    pub pushed: &'a str,
    /// Where tokens are looked at.
    pub introspection: &'a str,
    /// Where tokens are ended.
    pub revocation: &'a str,
    /// Where a person is sent to sign out.
    pub end_session: &'a str,
    /// Where clients register, where that is open.
    pub registration: Option<&'a str>,
    /// Where a device begins, where that is open.
    pub device: Option<&'a str>,
}

/// What the document says.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'a> {
    /// The issuer: an https URL without a slash at its end, without a query and a fragment.
    pub issuer: &'a str,
    /// Where everything is.
    pub endpoints: Endpoints<'a>,
    /// The algorithms that we sign with, the default first. RS256 is among them wherever OpenID clients are served.
    pub signing: &'a [Algorithm],
    /// Scopes that anybody may know of.
    pub scopes: &'a [&'a str],
    /// Claims that can be had.
    pub claims: &'a [&'a str],
    /// Ways of signing in, as in `acr`.
    pub acr_values: &'a [&'a str],
    /// Languages of the pages.
    pub locales: &'a [&'a str],
    /// Whether every client has to push its requests.
    pub require_pushed: bool,
    /// Whether clients may be named by the URL of a metadata document.
    pub client_documents: bool,
}

impl Metadata<'_> {
    /// The document as JSON, the same every time.
    #[must_use]
    pub fn json(&self) -> String {
        let mut members = Map::new();
        self.places(&mut members);
        self.abilities(&mut members);
        Value::Object(members).to_string()
    }

    fn places(&self, members: &mut Map<String, Value>) {
        let at = &self.endpoints;
        let mut put = |name: &str, path: Option<&str>| {
            let url = path.map(|path| format!("{}{path}", self.issuer));
            members.extend(url.map(|url| (name.to_owned(), Value::from(url))));
        };
        put("issuer", Some(""));
        put("authorization_endpoint", Some(at.authorization));
        put("token_endpoint", Some(at.token));
        put("jwks_uri", Some(at.jwks));
        put("userinfo_endpoint", Some(at.userinfo));
        put("pushed_authorization_request_endpoint", Some(at.pushed));
        put("introspection_endpoint", Some(at.introspection));
        put("revocation_endpoint", Some(at.revocation));
        put("end_session_endpoint", Some(at.end_session));
        put("registration_endpoint", at.registration);
        put("device_authorization_endpoint", at.device);
    }

    fn abilities(&self, members: &mut Map<String, Value>) {
        let names =
            |list: &[Algorithm]| Value::from(list.iter().map(|one| one.name()).collect::<Vec<&str>>());
        let device = |kind: &GrantType| *kind != GrantType::DeviceCode || self.endpoints.device.is_some();
        let grants: Vec<&str> =
            GrantType::ALL.iter().filter(|kind| device(kind)).map(|kind| kind.name()).collect();
        let methods: Vec<&str> = AuthenticationMethod::ALL.iter().map(|method| method.name()).collect();
        // Whoever looks at tokens has to prove itself (RFC 7662 §2.1).
        let proving: Vec<&str> = methods.iter().copied().filter(|name| *name != "none").collect();
        let modes = [ResponseMode::Query.name(), ResponseMode::FormPost.name()];
        for (name, value) in [
            ("response_types_supported", json!(["code"])),
            ("response_modes_supported", json!(modes)),
            ("grant_types_supported", json!(grants)),
            ("subject_types_supported", json!(["public", "pairwise"])),
            ("id_token_signing_alg_values_supported", names(self.signing)),
            ("userinfo_signing_alg_values_supported", names(self.signing)),
            ("introspection_signing_alg_values_supported", names(self.signing)),
            ("token_endpoint_auth_methods_supported", json!(methods)),
            ("token_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
            ("introspection_endpoint_auth_methods_supported", json!(proving)),
            ("introspection_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
            ("revocation_endpoint_auth_methods_supported", json!(methods)),
            ("revocation_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
            ("dpop_signing_alg_values_supported", names(&dpop::ALGORITHMS)),
            ("code_challenge_methods_supported", json!(["S256"])),
            ("scopes_supported", json!(self.scopes)),
            ("claims_supported", json!(self.claims)),
            ("acr_values_supported", json!(self.acr_values)),
            ("ui_locales_supported", json!(self.locales)),
            ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
            ("claim_types_supported", json!(["normal"])),
            ("claims_parameter_supported", json!(true)),
            ("request_parameter_supported", json!(false)),
            // OpenID Connect Discovery §3: absent means true.
            ("request_uri_parameter_supported", json!(false)),
            ("require_request_uri_registration", json!(false)),
            ("require_pushed_authorization_requests", json!(self.require_pushed)),
            ("authorization_response_iss_parameter_supported", json!(true)),
            ("backchannel_logout_supported", json!(true)),
            ("backchannel_logout_session_supported", json!(true)),
            ("client_id_metadata_document_supported", json!(self.client_documents)),
        ] {
            members.insert(name.to_owned(), value);
        }
    }
}

/// Where OAuth clients look for the document of an issuer that has a path (RFC 8414 §3.1): the well-known part stands
/// between host and path.
#[must_use]
pub fn oauth_path(issuer_path: &str) -> String {
    format!("{OAUTH_PATH}{}", issuer_path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    fn document(device: Option<&str>) -> Object {
        let endpoints = Endpoints {
            authorization: "/oauth/authorize",
            token: "/oauth/token",
            jwks: "/oauth/jwks",
            userinfo: "/oauth/userinfo",
            pushed: "/oauth/par",
            introspection: "/oauth/introspect",
            revocation: "/oauth/revoke",
            end_session: "/oauth/logout",
            registration: None,
            device,
        };
        let metadata = Metadata {
            issuer: "https://id.example.org",
            endpoints,
            signing: &[Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256],
            scopes: &["openid"],
            claims: &["sub"],
            acr_values: &[],
            locales: &["en"],
            require_pushed: false,
            client_documents: true,
        };
        assert_eq!(metadata.json(), metadata.json());
        Object::parse("document", metadata.json().as_bytes(), 8192).unwrap()
    }

    #[test]
    fn the_document_says_what_there_is_and_nothing_else() {
        let read = document(None);
        assert_eq!(read.text("issuer", ""), Ok(Some("https://id.example.org")));
        assert_eq!(read.text("token_endpoint", ""), Ok(Some("https://id.example.org/oauth/token")));
        for name in ["registration_endpoint", "device_authorization_endpoint"] {
            assert!(!read.has(name), "{name}");
        }
        let text = Value::Object(read.members().clone()).to_string();
        for never in ["HS256", "\"none\"]", "implicit", "plain", "password", "device_code"] {
            assert!(!text.contains(never), "{never}");
        }
        assert_eq!(read.flag("request_uri_parameter_supported", ""), Ok(false));
        assert!(read.has("request_uri_parameter_supported"));
    }

    #[test]
    fn a_device_is_named_where_it_is_open() {
        let read = document(Some("/oauth/device"));
        assert!(read.has("device_authorization_endpoint"));
        assert_eq!(read.texts("grant_types_supported", 9, "").unwrap().unwrap().len(), 4);
    }

    #[test]
    fn the_path_of_an_issuer_stands_behind_the_well_known_part() {
        assert_eq!(oauth_path(""), "/.well-known/oauth-authorization-server");
        assert_eq!(oauth_path("/tenant/"), "/.well-known/oauth-authorization-server/tenant");
    }
}
