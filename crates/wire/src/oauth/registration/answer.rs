//! What a client gets back when it has registered, and how its metadata is kept.
//!
//! Implements: RFC 7591 §3.2.1 ("The response contains … all registered metadata about this client"), RFC 7592 §3.

use serde_json::{Map, Value, json};

use super::{ClientMetadata, Keys};
use crate::http::url::Url;
use crate::json::Object;
use crate::oauth::redirect_uri::RedirectUri;
use crate::oauth::scope::Scopes;

/// What we add to the metadata. There is no `Debug`: it holds secrets.
#[derive(Clone, Copy)]
pub struct Registered<'a> {
    /// `client_id`.
    pub client_id: &'a str,
    /// When it registered, in whole seconds since the epoch.
    pub issued: i64,
    /// Its secret, if it gets one; it does not expire.
    pub secret: Option<&'a str>,
    /// Where and by which token it can change what it registered.
    pub management: Option<(&'a str, &'a str)>,
}

impl ClientMetadata {
    /// The metadata as JSON, which is read again as the same.
    #[must_use]
    pub fn json(&self) -> String {
        Value::Object(self.members()).to_string()
    }

    /// The metadata as a value, to stand inside another.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::Object(self.members())
    }

    /// The answer to a registration; it goes out with status 201 and `Cache-Control: no-store`.
    #[must_use]
    pub fn answer(&self, registered: &Registered<'_>) -> String {
        let mut members = self.members();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("client_id", registered.client_id.into());
        put("client_id_issued_at", registered.issued.into());
        if let Some(secret) = registered.secret {
            put("client_secret", secret.into());
            put("client_secret_expires_at", 0.into());
        }
        if let Some((uri, token)) = registered.management {
            put("registration_client_uri", uri.into());
            put("registration_access_token", token.into());
        }
        Value::Object(members).to_string()
    }

    fn members(&self) -> Map<String, Value> {
        let url = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
        let grants: Vec<&str> = self.grant_types.iter().map(|kind| kind.name()).collect();
        let responses: &[&str] = if self.redirect_uris.is_empty() { &[] } else { &["code"] };
        let contacts: Vec<&str> = self.contacts.iter().map(|contact| contact.as_str()).collect();
        let (here, at) = match &self.keys {
            Keys::None => (None, None),
            Keys::Here(set) => (Object::parse("keys", set.json().as_bytes(), super::LONGEST).ok(), None),
            Keys::At(url) => (None, Some(url.to_string())),
        };
        let mut members = Map::new();
        for (name, value) in [
            ("client_id", json!(self.id)),
            ("redirect_uris", json!(texts(&self.redirect_uris))),
            ("post_logout_redirect_uris", json!(texts(&self.post_logout_redirect_uris))),
            ("token_endpoint_auth_method", json!(self.authentication.name())),
            ("grant_types", json!(grants)),
            ("response_types", json!(responses)),
            ("application_type", json!(if self.native { "native" } else { "web" })),
            ("client_name", json!(self.name)),
            ("client_uri", json!(url(&self.pages.home))),
            ("logo_uri", json!(url(&self.pages.logo))),
            ("policy_uri", json!(url(&self.pages.policy))),
            ("tos_uri", json!(url(&self.pages.terms))),
            ("initiate_login_uri", json!(url(&self.pages.initiate_login))),
            ("contacts", json!(contacts)),
            ("scope", json!(self.scopes.as_ref().map(Scopes::to_string))),
            ("jwks", here.map_or(Value::Null, |set| Value::Object(set.members().clone()))),
            ("jwks_uri", json!(at)),
            ("subject_type", json!(if self.pairwise { "pairwise" } else { "public" })),
            ("sector_identifier_uri", json!(url(&self.sector))),
            ("id_token_signed_response_alg", json!(self.signing.id_token.map(|one| one.name()))),
            ("userinfo_signed_response_alg", json!(self.signing.userinfo.map(|one| one.name()))),
            ("introspection_signed_response_alg", json!(self.signing.introspection.map(|one| one.name()))),
            ("token_endpoint_auth_signing_alg", json!(self.signing.authentication.map(|one| one.name()))),
            ("default_max_age", json!(self.default_max_age)),
            ("require_auth_time", json!(self.require_auth_time)),
            ("default_acr_values", json!(self.default_acr_values)),
            ("backchannel_logout_uri", json!(url(&self.backchannel_logout))),
            ("backchannel_logout_session_required", json!(self.backchannel_session)),
            ("require_pushed_authorization_requests", json!(self.require_pushed)),
            ("dpop_bound_access_tokens", json!(self.dpop_bound)),
            ("software_id", json!(self.software.0)),
            ("software_version", json!(self.software.1)),
        ] {
            // What was not said is left out, lists that are empty as well; only these two mean something when empty.
            let empty = value.as_array().is_some_and(Vec::is_empty);
            if !value.is_null() && (!empty || matches!(name, "response_types" | "grant_types")) {
                members.insert(name.to_owned(), value);
            }
        }
        members
    }
}

fn texts(uris: &[RedirectUri]) -> Vec<&str> {
    uris.iter().map(RedirectUri::as_str).collect()
}
