//! What clients learn before they ask for anything: `/.well-known/openid-configuration`,
//! `/.well-known/oauth-authorization-server` and `/oauth/jwks`.
//!
//! Implements: OpenID Connect Discovery §4, RFC 8414 §3, OpenID Connect Core §10.1. Each is one body that is written when the
//! keys change, since settings change at a start only.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use flow::oauth::keys::Keyring;
use flow::oauth::person::{CLAIMS, SCOPES};
use flow::oauth::provider;
use flow::oauth::register;
use http::{HeaderMap, Method, Request};
use model::assurance::Aal;
use model::signing_key::KeyKind;
use wire::jose::algorithm::Algorithm;
use wire::oauth::metadata::{Endpoints, Metadata};

use crate::app::App;
use crate::document::Document;
use crate::error::Trouble;
use crate::headers::is_for_us;

/// Where our keys are.
pub(crate) const JWKS: &str = "/oauth/jwks";

/// Where OpenID clients look for the metadata.
const OPENID: &str = "/.well-known/openid-configuration";

/// Where OAuth clients look for it.
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// Every endpoint that there is, but for the one that an operator may open: one that is added is announced by standing here, and
/// a test asks for each.
const ENDPOINTS: Endpoints<'static> = Endpoints {
    jwks: Some(JWKS),
    authorization: Some(provider::AUTHORIZE),
    token: Some(provider::TOKEN),
    userinfo: Some(provider::USERINFO),
    pushed: Some(provider::PUSHED),
    introspection: Some(provider::INTROSPECT),
    revocation: Some(provider::REVOKE),
    end_session: Some(provider::LOGOUT),
    registration: Some(register::REGISTER),
    device: None,
    pairing: Some(provider::PAIRING),
};

/// How long the metadata may be kept.
const METADATA_KEPT: &str = "public, max-age=300";

/// How long the keys may be kept: a quarter of the shortest time for which a key is published before it signs.
const KEYS_KEPT: &str = "public, max-age=900";

/// What there is to read, and the keys that it is about.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) keys: Arc<Keyring>,
    set: Document,
    metadata: Document,
}

impl Published {
    pub(crate) fn new(app: &App, keys: Arc<Keyring>) -> Self {
        let document = |text, kept| Document::new((app.store.keys(), app.https()), text, kept);
        Self {
            set: document(keys.public().json(), KEYS_KEPT),
            metadata: document(text(app), METADATA_KEPT),
            keys,
        }
    }
}

fn text(app: &App) -> String {
    let mut claims = vec!["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
    claims.extend(CLAIMS.map(|(name, _)| name));
    let signing: Vec<Algorithm> = KeyKind::ALL.into_iter().map(KeyKind::algorithm).collect();
    Metadata {
        issuer: &app.site.public_url,
        endpoints: Endpoints { device: app.user_codes.then_some(provider::DEVICE), ..ENDPOINTS },
        signing: &signing,
        scopes: &SCOPES,
        claims: &claims,
        acr_values: &[Aal::Aal2.acr(), Aal::Aal1.acr()],
        locales: &[&app.site.language],
        require_pushed: false,
        client_documents: app.client_documents,
        back_channel_logout: true,
    }
    .json()
}

/// The answer to a GET of a document at a host of ours: the handlers below give the same.
pub(crate) fn at_once<B>(app: &App, request: &Request<B>) -> Option<Response> {
    if request.method() != Method::GET {
        return None;
    }
    let document: fn(&Published) -> &Document = match request.uri().path() {
        OPENID | OAUTH => |published| &published.metadata,
        JWKS => |published| &published.set,
        _ => return None,
    };
    let published = app.published().filter(|_| is_for_us(request.uri().path(), request.headers(), app))?;
    Some(document(&published).answer(request.headers()))
}

/// `GET /.well-known/openid-configuration`, and the same where OAuth clients look for it.
pub(crate) async fn metadata(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Trouble> {
    app.published().map(|published| published.metadata.answer(&headers)).ok_or(Trouble::NotFound)
}

/// `GET /oauth/jwks`: the key set.
pub(crate) async fn keys(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Trouble> {
    app.published().map(|published| published.set.answer(&headers)).ok_or(Trouble::NotFound)
}
