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

/// Paths below the issuer, each of which begins with a slash; none for what is not open. What hangs on an endpoint is said
/// only where there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endpoints<'a> {
    /// Our keys.
    pub jwks: Option<&'a str>,
    /// Where a person is sent.
    pub authorization: Option<&'a str>,
    /// Where tokens are got.
    pub token: Option<&'a str>,
    /// Claims about a person.
    pub userinfo: Option<&'a str>,
    /// Where requests are pushed.
    pub pushed: Option<&'a str>,
    /// Where tokens are looked at.
    pub introspection: Option<&'a str>,
    /// Where tokens are ended.
    pub revocation: Option<&'a str>,
    /// Where a person is sent to sign out.
    pub end_session: Option<&'a str>,
    /// Where clients register.
    pub registration: Option<&'a str>,
    /// Where a device begins that makes a code for a person (RFC 8628).
    pub device: Option<&'a str>,
    /// Where a device begins that a person gave a code (docs/pairing.md): `pairing_endpoint`, a name of ours.
    pub pairing: Option<&'a str>,
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
    /// Whether clients are told when a person signs out.
    pub back_channel_logout: bool,
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
        put("jwks_uri", at.jwks);
        put("authorization_endpoint", at.authorization);
        put("token_endpoint", at.token);
        put("userinfo_endpoint", at.userinfo);
        put("pushed_authorization_request_endpoint", at.pushed);
        put("introspection_endpoint", at.introspection);
        put("revocation_endpoint", at.revocation);
        put("end_session_endpoint", at.end_session);
        put("registration_endpoint", at.registration);
        put("device_authorization_endpoint", at.device);
        put("pairing_endpoint", at.pairing);
    }

    fn abilities(&self, members: &mut Map<String, Value>) {
        let at = &self.endpoints;
        let mut put = |open: bool, said: &[(&str, Value)]| {
            let said = said.iter().filter(|_| open);
            members.extend(said.map(|(name, value)| ((*name).to_owned(), value.clone())));
        };
        let names =
            |list: &[Algorithm]| Value::from(list.iter().map(|one| one.name()).collect::<Vec<&str>>());
        let methods: Vec<&str> = AuthenticationMethod::ALL.iter().map(|method| method.name()).collect();
        // Whoever looks at tokens has to prove itself (RFC 7662 §2.1).
        let proving: Vec<&str> = methods.iter().copied().filter(|name| *name != "none").collect();
        put(
            true,
            &[
                ("scopes_supported", json!(self.scopes)),
                ("claims_supported", json!(self.claims)),
                ("claim_types_supported", json!(["normal"])),
                ("subject_types_supported", json!(["public", "pairwise"])),
                ("id_token_signing_alg_values_supported", names(self.signing)),
                ("ui_locales_supported", json!(self.locales)),
                ("grant_types_supported", json!(self.grant_types())),
                ("response_types_supported", json!(["code"])),
                ("backchannel_logout_supported", json!(self.back_channel_logout)),
                ("backchannel_logout_session_supported", json!(self.back_channel_logout)),
                ("client_id_metadata_document_supported", json!(self.client_documents)),
            ],
        );
        put(
            at.authorization.is_some(),
            &[
                (
                    "response_modes_supported",
                    json!([ResponseMode::Query.name(), ResponseMode::FormPost.name()]),
                ),
                ("code_challenge_methods_supported", json!(["S256"])),
                ("acr_values_supported", json!(self.acr_values)),
                ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
                ("claims_parameter_supported", json!(true)),
                ("request_parameter_supported", json!(false)),
                // OpenID Connect Discovery §3: absent means true.
                ("request_uri_parameter_supported", json!(false)),
                ("require_request_uri_registration", json!(false)),
                ("authorization_response_iss_parameter_supported", json!(true)),
            ],
        );
        put(
            at.token.is_some(),
            &[
                ("token_endpoint_auth_methods_supported", json!(methods)),
                ("token_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
                ("dpop_signing_alg_values_supported", names(&dpop::ALGORITHMS)),
            ],
        );
        put(at.pushed.is_some(), &[("require_pushed_authorization_requests", json!(self.require_pushed))]);
        put(at.userinfo.is_some(), &[("userinfo_signing_alg_values_supported", names(self.signing))]);
        put(
            at.introspection.is_some(),
            &[
                ("introspection_signing_alg_values_supported", names(self.signing)),
                ("introspection_endpoint_auth_methods_supported", json!(proving)),
                ("introspection_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
            ],
        );
        put(
            at.revocation.is_some(),
            &[
                ("revocation_endpoint_auth_methods_supported", json!(methods)),
                ("revocation_endpoint_auth_signing_alg_values_supported", names(&Algorithm::ALL)),
            ],
        );
    }

    fn grant_types(&self) -> Vec<&'static str> {
        let at = &self.endpoints;
        let open = |kind: &GrantType| {
            at.token.is_some()
                && match kind {
                    GrantType::AuthorizationCode => at.authorization.is_some(),
                    GrantType::DeviceCode => at.device.or(at.pairing).is_some(),
                    GrantType::RefreshToken | GrantType::ClientCredentials => true,
                }
        };
        GrantType::ALL.iter().filter(|kind| open(kind)).map(|kind| kind.name()).collect()
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

    const ALL_OPEN: Endpoints<'static> = Endpoints {
        jwks: Some("/oauth/jwks"),
        authorization: Some("/oauth/authorize"),
        token: Some("/oauth/token"),
        userinfo: Some("/oauth/userinfo"),
        pushed: Some("/oauth/par"),
        introspection: Some("/oauth/introspect"),
        revocation: Some("/oauth/revoke"),
        end_session: Some("/oauth/logout"),
        registration: None,
        device: None,
        pairing: None,
    };

    fn document(endpoints: Endpoints<'_>) -> Object {
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
            back_channel_logout: false,
        };
        assert_eq!(metadata.json(), metadata.json());
        Object::parse("document", metadata.json().as_bytes(), 8192).unwrap()
    }

    #[test]
    fn the_document_says_what_there_is_and_nothing_else() {
        let read = document(ALL_OPEN);
        assert_eq!(read.text("issuer", ""), Ok(Some("https://id.example.org")));
        assert_eq!(read.text("token_endpoint", ""), Ok(Some("https://id.example.org/oauth/token")));
        for name in ["registration_endpoint", "device_authorization_endpoint", "pairing_endpoint"] {
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
        let device = Endpoints { device: Some("/oauth/device_authorization"), ..ALL_OPEN };
        let pairing = Endpoints { pairing: Some("/oauth/pairing"), ..ALL_OPEN };
        for (at, there, not) in [
            (device, "device_authorization_endpoint", "pairing_endpoint"),
            (pairing, "pairing_endpoint", "device_authorization_endpoint"),
        ] {
            let read = document(at);
            assert!(read.has(there) && !read.has(not));
            assert_eq!(read.texts("grant_types_supported", 9, "").unwrap().unwrap().len(), 4);
        }
    }

    #[test]
    fn what_hangs_on_an_endpoint_is_not_said_without_it() {
        let read = document(Endpoints { jwks: ALL_OPEN.jwks, ..Endpoints::default() });
        let said: Vec<&str> = read.members().keys().map(String::as_str).collect();
        for name in &said {
            let of = ["token", "dpop", "code_challenge", "introspection", "revocation", "userinfo", "pushed"];
            assert!(!of.iter().any(|word| name.contains(word) && !name.starts_with("id_token")), "{name}");
        }
        assert_eq!(read.texts("grant_types_supported", 9, ""), Ok(Some(Vec::new())));
        assert_eq!(read.text("jwks_uri", ""), Ok(Some("https://id.example.org/oauth/jwks")));
    }

    #[test]
    fn the_path_of_an_issuer_stands_behind_the_well_known_part() {
        assert_eq!(oauth_path(""), "/.well-known/oauth-authorization-server");
        assert_eq!(oauth_path("/tenant/"), "/.well-known/oauth-authorization-server/tenant");
    }
}
