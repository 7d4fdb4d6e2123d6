//! Clients that register themselves, by a token that an operator made, and change or end their registration by one of their
//! own.
//!
//! Implements: RFC 7591 §3 (registration), RFC 7592 §2 (management), OpenID Connect Dynamic Client Registration §3 and §4. An
//! operator vouches for nothing that was registered so; what is asked for beyond what there is, is left out and the answer
//! says so (RFC 7591 §2: "the authorization server MAY reject or replace any of the client's requested metadata values").

use model::bearer::{Bearer, BearerKind};
use model::client::{Client, ClientOrigin, ClientPages, Lifetimes, Registered, SubjectType, TokenFormat};
use model::cx::Cx;
use model::digest::Keys;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::provisional::default_scopes;
use model::secret::Secret;
use model::signing_key::KeyKind;
use model::source::Source;
use model::time::{SECOND, Time};
use store::{Recorded, Store, Tx, clients, initial_access_tokens};
use wire::http::url::Url;
use wire::jose::algorithm::Algorithm;
use wire::mail::mailbox::Mailbox;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::presented_token::{PresentedToken, Scheme};
use wire::oauth::registration::{self, ClientMetadata, Keys as ClientKeys, Pages, Signing};
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use super::{Answered, clients as operated, ending, person};

/// Where clients register; below it each has a place of its own.
pub const REGISTER: &str = "/oauth/register";

/// The words of every refused token, so that nobody learns which part was wrong.
fn refused() -> OauthError {
    OauthError::new(ErrorCode::InvalidToken, "The token is not known, or it has ended.")
}

/// A token of this kind that came as a Bearer token.
fn bearer(token: Option<&PresentedToken>, kind: BearerKind) -> Result<Bearer, OauthError> {
    let token = token.filter(|token| token.scheme == Scheme::Bearer);
    token.and_then(|token| Bearer::read(kind, token.token.expose())).ok_or_else(refused)
}

/// A client that wants to register, with all that was drawn for it.
pub struct Prepared {
    opened_by: Bearer,
    client: Registered,
    handed: Handed,
    source: Source,
}

/// What is handed out once.
#[derive(Clone)]
struct Handed {
    secret: Option<Bearer>,
    token: Bearer,
}

/// What a client is told about itself.
pub struct Told {
    client: Registered,
    secret: Option<Secret<String>>,
    token: Secret<String>,
}

impl Told {
    /// The answer, with the places of this provider in it.
    #[must_use]
    pub fn json(&self, issuer: &str) -> String {
        let uri = format!("{issuer}{REGISTER}/{}", self.client.client.id);
        metadata(&self.client).answer(&registration::Registered {
            client_id: &self.client.client.id,
            issued: self.client.made_at.micros().div_euclid(SECOND),
            secret: self.secret.as_ref().map(|secret| secret.expose().as_str()),
            management: Some((&uri, self.token.expose())),
        })
    }

    /// `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.client.client.id
    }
}

/// Makes a client of what it says about itself. Nothing is written yet.
///
/// # Errors
/// A fault when the system gives no random bytes; `invalid_token`, `invalid_client_metadata`.
pub fn prepare(
    keys: &Keys,
    cx: &mut Cx,
    (token, metadata): (Option<&PresentedToken>, &ClientMetadata),
    source: Source,
) -> Result<Result<Prepared, OauthError>, Fault> {
    let opened_by = match bearer(token, BearerKind::InitialAccessToken) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error)),
    };
    let id = format!("r_{}", wire::token::encode(&cx.entropy.bytes::<16>()?));
    let mut client = match registered(&id, ClientOrigin::Registration, metadata, cx.now) {
        Ok(client) => client,
        Err(error) => return Ok(Err(error)),
    };
    let token = Bearer::draw(&mut cx.entropy, BearerKind::RegistrationToken)?;
    client.registration_token = Some(token.digest(keys));
    let secret = if operated::has_secret(&client) { Some(operated::draw_secret(cx)?) } else { None };
    let kept = secret.iter().map(|secret| operated::kept_secret(keys, secret.expose(), cx.now));
    client.secrets = kept.collect();
    Ok(Ok(Prepared { opened_by, client, handed: Handed { secret, token }, source }))
}

/// Spends the token and keeps the client.
///
/// # Errors
/// A fault of the store; `invalid_token`.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared) -> Answered<Told> {
    let digest = prepared.opened_by.digest(tx.keys());
    let Some(opening) = initial_access_tokens::claim(tx, &digest, cx.now)? else {
        return Ok(tx.unrecorded("a token that opens nothing", Err(refused())));
    };
    let mut client = prepared.client.clone();
    client.client.without_pkce =
        opening.without_pkce && client.client.authentication != AuthenticationMethod::None;
    if !clients::claim_insert(tx, &client)? {
        return Err(Fault::plain("a drawn name of a client is taken"));
    }
    let kind =
        EventKind::ClientAdded { client: client.client.id.clone(), origin: ClientOrigin::Registration };
    let source = prepared.source.kept(cx.policy.keep_addresses);
    let event = Event::new(cx, Subject::Site, kind)?.by(Actor::Visitor, Some(source));
    let told = told(client, &prepared.handed);
    tx.record(&[event], Ok(told))
}

fn told(client: Registered, handed: &Handed) -> Told {
    let text = |bearer: &Bearer| Secret::new(bearer.expose().to_owned());
    Told { client, secret: handed.secret.as_ref().map(text), token: text(&handed.token) }
}

/// The registration that a client asks for by its own token.
///
/// # Errors
/// A fault of the store; `invalid_token`, the same whether there is no such client or the token is not its.
pub fn look(
    store: &Store,
    (id, token): (&str, Option<&PresentedToken>),
) -> Result<Result<Told, OauthError>, Fault> {
    let token = match bearer(token, BearerKind::RegistrationToken) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error)),
    };
    let digest = token.digest(store.keys());
    let found = store.read(|reader| clients::find(reader, id))?;
    Ok(match found.filter(|client| is_its(client, &digest)) {
        Some(client) => Ok(told(client, &Handed { secret: None, token })),
        None => Err(refused()),
    })
}

fn is_its(client: &Registered, digest: &model::digest::Digest) -> bool {
    client.registration_token.is_some_and(|own| own.matches(digest))
}

/// A change that a client wants.
pub struct Change {
    id: String,
    said: Registered,
    handed: Handed,
    secrets: Vec<model::client::ClientSecret>,
    source: Source,
}

/// Reads what a client says about itself now (RFC 7592 §2.2: all of it, not only what differs).
///
/// # Errors
/// A fault when the system gives no random bytes; `invalid_token`, `invalid_client_metadata`.
pub fn prepare_change(
    keys: &Keys,
    cx: &mut Cx,
    (id, token, metadata): (&str, Option<&PresentedToken>, &ClientMetadata),
    source: Source,
) -> Result<Result<Change, OauthError>, Fault> {
    let token = match bearer(token, BearerKind::RegistrationToken) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error)),
    };
    if metadata.id.as_deref() != Some(id) {
        let sentence = "A change names the client in 'client_id'.";
        return Ok(Err(OauthError::new(ErrorCode::InvalidClientMetadata, sentence)));
    }
    let said = match registered(id, ClientOrigin::Registration, metadata, cx.now) {
        Ok(said) => said,
        Err(error) => return Ok(Err(error)),
    };
    // Drawn in case that it has none yet.
    let secret = if operated::has_secret(&said) { Some(operated::draw_secret(cx)?) } else { None };
    let kept = secret.iter().map(|secret| operated::kept_secret(keys, secret.expose(), cx.now));
    let secrets = kept.collect();
    Ok(Ok(Change { id: id.to_owned(), said, handed: Handed { secret, token }, secrets, source }))
}

/// Puts what a client says about itself in place of what it said before. Whether an operator vouches for it ends with the
/// change: what was looked at is not what is there any more.
///
/// # Errors
/// A fault of the store; `invalid_token`.
pub fn change(tx: &mut Tx<'_>, cx: &mut Cx, change: &Change) -> Answered<Told> {
    let digest = change.handed.token.digest(tx.keys());
    let Some(before) = clients::find_held(tx, &change.id)?.filter(|client| is_its(client, &digest)) else {
        return Ok(tx.unrecorded("not the client's token", Err(refused())));
    };
    let stays = operated::has_secret(&before) && operated::has_secret(&change.said);
    let mut client = Registered {
        secrets: if stays { before.secrets } else { change.secrets.clone() },
        registration_token: before.registration_token,
        // Which ways of signing in count there is the operator's to say, and stays.
        methods: before.methods,
        made_at: before.made_at,
        changed_at: cx.now,
        ..change.said.clone()
    };
    let public = client.client.authentication == AuthenticationMethod::None;
    client.client.without_pkce = before.client.without_pkce && !public;
    clients::put(tx, &client)?;
    let kind = EventKind::ClientChanged { client: change.id.clone() };
    let source = change.source.kept(cx.policy.keep_addresses);
    let event = Event::new(cx, Subject::Site, kind)?.by(Actor::Visitor, Some(source));
    let secret = if stays { None } else { change.handed.secret.clone() };
    let told = told(client, &Handed { secret, token: change.handed.token.clone() });
    tx.record(&[event], Ok(told))
}

/// Ends a registration, with all that people had allowed the client (RFC 7592 §2.3).
///
/// # Errors
/// A fault of the store; `invalid_token`.
pub fn end(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, token, source): (&str, Option<&PresentedToken>, Source),
) -> Answered<()> {
    let token = match bearer(token, BearerKind::RegistrationToken) {
        Ok(token) => token,
        Err(error) => return Ok(tx.unrecorded("no token", Err(error))),
    };
    let digest = token.digest(tx.keys());
    let Some(client) = clients::find_held(tx, id)?.filter(|client| is_its(client, &digest)) else {
        return Ok(tx.unrecorded("not the client's token", Err(refused())));
    };
    let source = source.kept(cx.policy.keep_addresses);
    // Whoever holds the token of the client did it, and no operator.
    let event = ending::remove_client(tx, cx, &client.client)?.by(Actor::Visitor, Some(source));
    tx.record(&[event], Ok(()))
}

/// The client that metadata describe.
///
/// # Errors
/// `invalid_client_metadata` for what cannot be here.
pub fn registered(
    id: &str,
    origin: ClientOrigin,
    metadata: &ClientMetadata,
    now: Time,
) -> Result<Registered, OauthError> {
    // What anybody may ask for who registers, and what is meant where nothing is said.
    let known = Scopes::parse(&person::SCOPES.join(" "))?;
    let kind = |algorithm: Option<Algorithm>| {
        algorithm.and_then(|algorithm| KeyKind::ALL.into_iter().find(|kind| kind.algorithm() == algorithm))
    };
    let client = Client {
        id: id.to_owned(),
        name: metadata.name.clone().unwrap_or_else(|| id.to_owned()),
        verified: false,
        origin,
        authentication: metadata.authentication,
        grant_types: metadata
            .grant_types
            .iter()
            .copied()
            .filter(|kind| *kind != GrantType::DeviceCode)
            .collect(),
        redirect_uris: metadata.redirect_uris.clone(),
        scopes: metadata.scopes.as_ref().map_or_else(|| known.clone(), |asked| asked.within(&known)),
        resources: Vec::new(),
        token_format: TokenFormat::Jwt,
        // OpenID Connect Dynamic Client Registration §2: "The default, if omitted, is RS256".
        signing: kind(metadata.signing.id_token).unwrap_or(KeyKind::Rs256),
        subject_type: subject_type(metadata)?,
        lifetimes: Lifetimes::default(),
        without_pkce: false,
        require_pushed: metadata.require_pushed,
        dpop_bound: metadata.dpop_bound,
        unbound_refresh: false,
        user_code_scopes: Scopes::default(),
        provisional_scopes: default_scopes(),
    };
    let (keys, keys_at) = match &metadata.keys {
        ClientKeys::None => (None, None),
        ClientKeys::Here(set) => (Some(set.clone()), None),
        ClientKeys::At(url) => (None, Some(url.to_string())),
    };
    Ok(Registered {
        keys,
        keys_at,
        post_logout_redirect_uris: metadata.post_logout_redirect_uris.clone(),
        backchannel_logout: metadata.backchannel_logout.as_ref().map(Url::to_string),
        backchannel_session: metadata.backchannel_session,
        userinfo_signing: kind(metadata.signing.userinfo),
        introspection_signing: kind(metadata.signing.introspection),
        default_max_age: metadata.default_max_age.and_then(|seconds| u32::try_from(seconds).ok()),
        require_auth_time: metadata.require_auth_time,
        default_acr_values: metadata.default_acr_values.clone(),
        pages: own_pages(metadata),
        contacts: metadata.contacts.iter().map(|contact| contact.as_str().to_owned()).collect(),
        ..Registered::new(client, now)
    })
}

/// OpenID Connect Core §8.1. A sector elsewhere would have to be asked whether these redirect URIs are its; one that has the
/// host of all of them need not be.
fn subject_type(metadata: &ClientMetadata) -> Result<SubjectType, OauthError> {
    let host = |url: &Url| url.origin().host().domain().map(str::to_owned);
    let own = metadata.redirect_uris.first().and_then(|uri| uri.host().map(str::to_owned));
    let sector = metadata.sector.as_ref().and_then(host).or(own);
    let same = metadata.redirect_uris.iter().all(|uri| uri.host() == sector.as_deref());
    match (metadata.pairwise, sector) {
        (_, _) if metadata.sector.is_some() && !same => Err(OauthError::new(
            ErrorCode::InvalidClientMetadata,
            "The host of 'sector_identifier_uri' is that of all redirect URIs here.",
        )),
        (true, Some(sector)) => Ok(SubjectType::Pairwise(sector)),
        (true, None) => Err(OauthError::new(
            ErrorCode::InvalidClientMetadata,
            "Pairwise subjects need a redirect URI with https.",
        )),
        (false, _) => Ok(SubjectType::Public),
    }
}

/// Pages on a host of the client's; others are left out, since anybody can name anybody's.
fn own_pages(metadata: &ClientMetadata) -> ClientPages {
    let own = |page: &Option<Url>| page.as_ref().filter(|page| metadata.is_own(page)).map(Url::to_string);
    ClientPages {
        home: own(&metadata.pages.home),
        logo: own(&metadata.pages.logo),
        policy: own(&metadata.pages.policy),
        terms: own(&metadata.pages.terms),
        initiate_login: own(&metadata.pages.initiate_login),
    }
}

/// What is kept of a client, as metadata.
#[must_use]
pub fn metadata(client: &Registered) -> ClientMetadata {
    let url = |text: &Option<String>| text.as_ref().and_then(|text| Url::parse(text).ok());
    let keys = match (&client.keys, &client.keys_at) {
        (Some(set), _) => ClientKeys::Here(set.clone()),
        (None, Some(text)) => Url::parse(text).map_or(ClientKeys::None, ClientKeys::At),
        (None, None) => ClientKeys::None,
    };
    ClientMetadata {
        id: Some(client.client.id.clone()),
        redirect_uris: client.client.redirect_uris.clone(),
        post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
        authentication: client.client.authentication,
        grant_types: client.client.grant_types.clone(),
        native: client.client.redirect_uris.iter().any(|uri| uri.is_native()),
        name: Some(client.client.name.clone()),
        pages: Pages {
            home: url(&client.pages.home),
            logo: url(&client.pages.logo),
            policy: url(&client.pages.policy),
            terms: url(&client.pages.terms),
            initiate_login: url(&client.pages.initiate_login),
        },
        contacts: client.contacts.iter().filter_map(|text| Mailbox::parse(text).ok()).collect(),
        scopes: Some(client.client.scopes.clone()),
        keys,
        pairwise: matches!(client.client.subject_type, SubjectType::Pairwise(_)),
        sector: None,
        signing: Signing {
            id_token: Some(client.client.signing.algorithm()),
            userinfo: client.userinfo_signing.map(KeyKind::algorithm),
            introspection: client.introspection_signing.map(KeyKind::algorithm),
            authentication: None,
        },
        default_max_age: client.default_max_age.map(u64::from),
        require_auth_time: client.require_auth_time,
        default_acr_values: client.default_acr_values.clone(),
        backchannel_logout: url(&client.backchannel_logout),
        backchannel_session: client.backchannel_session,
        require_pushed: client.client.require_pushed,
        dpop_bound: client.client.dpop_bound,
        software: (None, None),
    }
}

/// Keeps a client that is named by the URL of a document about itself, as the document describes it now. An operator who vouched
/// for it vouched for what was there then.
///
/// # Errors
/// A fault of the store.
pub fn keep_document(tx: &mut Tx<'_>, cx: &mut Cx, client: &Registered) -> Result<Recorded<()>, Fault> {
    let id = &client.client.id;
    let Some(before) = clients::find_held(tx, id)? else {
        if !clients::claim_insert(tx, client)? {
            return Ok(tx.unrecorded("somebody else has kept it meanwhile", ()));
        }
        let kind = EventKind::ClientAdded { client: id.clone(), origin: ClientOrigin::Document };
        let event = Event::new(cx, Subject::Site, kind)?;
        return tx.record(&[event], ());
    };
    if before.client.origin != ClientOrigin::Document || is_same(&before, client)? {
        return Ok(tx.unrecorded("nothing to change", ()));
    }
    let (made_at, methods) = (before.made_at, before.methods);
    clients::put(tx, &Registered { made_at, methods, changed_at: cx.now, ..client.clone() })?;
    let event = Event::new(cx, Subject::Site, EventKind::ClientChanged { client: id.clone() })?;
    tx.record(&[event], ())
}

/// Whether the client is kept as its document describes it.
///
/// # Errors
/// A fault of the store.
pub fn is_kept(store: &Store, client: &Registered) -> Result<bool, Fault> {
    let found = store.read(|reader| clients::find(reader, &client.client.id))?;
    found.map_or(Ok(false), |found| {
        Ok(found.client.origin != ClientOrigin::Document || is_same(&found, client)?)
    })
}

/// Whether a document still says the same, whatever an operator says of the client.
fn is_same(before: &Registered, client: &Registered) -> Result<bool, Fault> {
    let mut client = client.clone();
    client.client.verified = before.client.verified;
    client.methods = before.methods;
    clients::are_same(before, &client)
}
