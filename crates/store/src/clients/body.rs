//! A client as JSON. Members are added with a default, so that what was written before stays readable.

use std::time::Duration;

use model::client::{
    Client, ClientOrigin, ClientPages, ClientSecret, Lifetimes, Registered, SubjectType, TokenFormat,
};
use model::digest::Digest;
use model::fault::Fault;
use model::method::MethodPolicy;
use model::provisional;
use model::signing_key::KeyKind;
use model::time::Time;
use serde::{Deserialize, Serialize};
use wire::jose::jwk_set::JwkSet;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

const ODD: &str = "a client cannot be read";

/// What is written.
#[derive(Serialize, Deserialize)]
struct Body {
    id: String,
    name: String,
    verified: bool,
    origin: ClientOrigin,
    authentication: String,
    grant_types: Vec<String>,
    redirect_uris: Vec<String>,
    scopes: String,
    resources: Vec<String>,
    token_format: TokenFormat,
    signing: String,
    sector: Option<String>,
    lifetimes: [u64; 4],
    without_pkce: bool,
    require_pushed: bool,
    dpop_bound: bool,
    unbound_refresh: bool,
    #[serde(default)]
    user_code_scopes: String,
    #[serde(default)]
    provisional_scopes: Option<String>,
    secrets: Vec<Secret>,
    keys: Option<String>,
    keys_at: Option<String>,
    post_logout_redirect_uris: Vec<String>,
    backchannel_logout: Option<String>,
    backchannel_session: bool,
    userinfo_signing: Option<String>,
    introspection_signing: Option<String>,
    default_max_age: Option<u32>,
    require_auth_time: bool,
    default_acr_values: Vec<String>,
    /// None is everything.
    #[serde(default)]
    methods: Option<String>,
    pages: [Option<String>; 5],
    contacts: Vec<String>,
    registration_token: Option<String>,
    made_at: Time,
    changed_at: Time,
}

/// The digest of a secret in hexadecimal, and its times.
#[derive(Serialize, Deserialize)]
struct Secret {
    digest: String,
    made_at: Time,
    expires_at: Option<Time>,
}

fn texts<'a, T: 'a>(list: &'a [T], text: impl Fn(&'a T) -> &'a str) -> Vec<String> {
    list.iter().map(|one| text(one).to_owned()).collect()
}

fn hex(digest: &Digest) -> String {
    wire::token::hex(digest.bytes())
}

/// The JSON of a client.
pub(super) fn text(registered: &Registered) -> Result<String, Fault> {
    let client = &registered.client;
    let times = &client.lifetimes;
    let pages = registered.pages.clone();
    let code = |kind: Option<KeyKind>| kind.map(|kind| kind.code().to_owned());
    let body = Body {
        id: client.id.clone(),
        name: client.name.clone(),
        verified: client.verified,
        origin: client.origin,
        authentication: client.authentication.name().to_owned(),
        grant_types: client.grant_types.iter().map(|kind| kind.name().to_owned()).collect(),
        redirect_uris: texts(&client.redirect_uris, RedirectUri::as_str),
        scopes: client.scopes.to_string(),
        resources: texts(&client.resources, Resource::as_str),
        token_format: client.token_format,
        signing: client.signing.code().to_owned(),
        sector: match &client.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise(sector) => Some(sector.clone()),
        },
        lifetimes: [times.code, times.access_token, times.idle, times.absolute].map(|time| time.as_secs()),
        without_pkce: client.without_pkce,
        require_pushed: client.require_pushed,
        dpop_bound: client.dpop_bound,
        unbound_refresh: client.unbound_refresh,
        user_code_scopes: client.user_code_scopes.to_string(),
        provisional_scopes: Some(client.provisional_scopes.to_string()),
        secrets: registered
            .secrets
            .iter()
            .map(|secret| Secret {
                digest: hex(&secret.digest),
                made_at: secret.made_at,
                expires_at: secret.expires_at,
            })
            .collect(),
        keys: registered.keys.as_ref().map(JwkSet::json),
        keys_at: registered.keys_at.clone(),
        post_logout_redirect_uris: texts(&registered.post_logout_redirect_uris, RedirectUri::as_str),
        backchannel_logout: registered.backchannel_logout.clone(),
        backchannel_session: registered.backchannel_session,
        userinfo_signing: code(registered.userinfo_signing),
        introspection_signing: code(registered.introspection_signing),
        default_max_age: registered.default_max_age,
        require_auth_time: registered.require_auth_time,
        default_acr_values: registered.default_acr_values.clone(),
        methods: (registered.methods != MethodPolicy::OPEN).then(|| registered.methods.text()),
        pages: [pages.home, pages.logo, pages.policy, pages.terms, pages.initiate_login],
        contacts: registered.contacts.clone(),
        registration_token: registered.registration_token.as_ref().map(hex),
        made_at: registered.made_at,
        changed_at: registered.changed_at,
    };
    serde_json::to_string(&body).map_err(|error| Fault::new("writing a client", error))
}

fn digest(text: &str) -> Result<Digest, Fault> {
    let bytes = u128::from_str_radix(text, 16).map_err(|error| Fault::new(ODD, error))?;
    Ok(Digest::from_bytes(bytes.to_be_bytes()))
}

fn all<T, E>(list: &[String], read: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>, Fault>
where
    E: std::error::Error + Send + Sync + 'static,
{
    list.iter().map(|text| read(text).map_err(|error| Fault::new(ODD, error))).collect()
}

fn kind(code: Option<&String>) -> Result<Option<KeyKind>, Fault> {
    code.map(|code| KeyKind::from_code(code).ok_or(Fault::plain(ODD))).transpose()
}

/// Reads what [`text`] wrote.
#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
pub(super) fn read(text: &str) -> Result<Registered, Fault> {
    let body: Body = serde_json::from_str(text).map_err(|error| Fault::new(ODD, error))?;
    let [code, access_token, idle, absolute] = body.lifetimes.map(Duration::from_secs);
    let grant_types = body.grant_types.iter().map(|name| GrantType::from_name(name).ok_or(Fault::plain(ODD)));
    let client = Client {
        id: body.id,
        name: body.name,
        verified: body.verified,
        origin: body.origin,
        authentication: AuthenticationMethod::from_name(&body.authentication).ok_or(Fault::plain(ODD))?,
        grant_types: grant_types.collect::<Result<_, _>>()?,
        redirect_uris: all(&body.redirect_uris, RedirectUri::parse)?,
        scopes: Scopes::stored(&body.scopes).map_err(|error| Fault::new(ODD, error))?,
        resources: all(&body.resources, Resource::parse)?,
        token_format: body.token_format,
        signing: KeyKind::from_code(&body.signing).ok_or(Fault::plain(ODD))?,
        subject_type: body.sector.map_or(SubjectType::Public, SubjectType::Pairwise),
        lifetimes: Lifetimes { code, access_token, idle, absolute },
        without_pkce: body.without_pkce,
        require_pushed: body.require_pushed,
        dpop_bound: body.dpop_bound,
        unbound_refresh: body.unbound_refresh,
        user_code_scopes: Scopes::stored(&body.user_code_scopes).map_err(|error| Fault::new(ODD, error))?,
        provisional_scopes: match body.provisional_scopes {
            None => provisional::default_scopes(),
            Some(scopes) => Scopes::stored(&scopes).map_err(|error| Fault::new(ODD, error))?,
        },
    };
    let secret = |secret: &Secret| {
        let (made_at, expires_at) = (secret.made_at, secret.expires_at);
        digest(&secret.digest).map(|digest| ClientSecret { digest, made_at, expires_at })
    };
    let keys = body.keys.map(|keys| JwkSet::parse(keys.as_bytes())).transpose();
    let [home, logo, policy, terms, initiate_login] = body.pages;
    Ok(Registered {
        client,
        secrets: body.secrets.iter().map(secret).collect::<Result<_, _>>()?,
        keys: keys.map_err(|error| Fault::new(ODD, error))?,
        keys_at: body.keys_at,
        post_logout_redirect_uris: all(&body.post_logout_redirect_uris, RedirectUri::parse)?,
        backchannel_logout: body.backchannel_logout,
        backchannel_session: body.backchannel_session,
        userinfo_signing: kind(body.userinfo_signing.as_ref())?,
        introspection_signing: kind(body.introspection_signing.as_ref())?,
        default_max_age: body.default_max_age,
        require_auth_time: body.require_auth_time,
        default_acr_values: body.default_acr_values,
        methods: match body.methods.as_deref() {
            None => MethodPolicy::OPEN,
            Some(text) => MethodPolicy::from_text(text).ok_or(Fault::plain(ODD))?,
        },
        pages: ClientPages { home, logo, policy, terms, initiate_login },
        contacts: body.contacts,
        registration_token: body.registration_token.as_deref().map(digest).transpose()?,
        made_at: body.made_at,
        changed_at: body.changed_at,
    })
}
