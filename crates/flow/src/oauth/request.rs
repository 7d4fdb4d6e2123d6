//! A request for authorization: whose it is, whether the client may ask so, and where it is kept while a person decides.
//!
//! Implements: RFC 6749 §4.1.1 and §4.1.2.1 (what is shown to the person and what is answered to the client), RFC 9126 §2 and
//! §4, RFC 9207 §2, RFC 9449 §10.1, FAPI 2.0 Security Profile §5.3.2.2 (a reference is used up by the answer, not by the look
//! of a page).
//!
//! 1. The client, and the redirect URI: until both are known to be right nothing is sent anywhere ([`Refused::Person`]).
//! 2. Everything else, answered to the client ([`Refused::Client`]).
//! 3. What cannot be answered at once gets an address of its own, to which the person comes back from wherever the sign-in
//!    leads: a pushed request by its reference, any other by what it says, sealed ([`super::waiting_request`]). No address of
//!    anybody else's travels along, and nothing is kept for whoever never answers.

use std::time::Duration;

use model::bearer::{Bearer, BearerKind};
use model::client::Registered;
use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::grant_refusal::GrantRefusal;
use model::time::Time;
use store::pushed_requests::{self, PushedRequest};
use store::{Store, Tx};
use wire::jose::jwk::Thumbprint;
use wire::oauth::authorization::{self, Request, ResponseMode, Target};
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::parameters::Parameters;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use super::Answered;
use super::client::{self, Proved};
use super::mine;
use super::once::{Once, claim_all};
use super::proof::HeldKey;
use super::provider::Provider;
use super::waiting_request::{self, Spent, Waiting};

/// How long the reference to a pushed request may be on its way (RFC 9126 §2.2: 5 to 600 seconds).
pub const ON_ITS_WAY: Duration = Duration::from_secs(90);

/// How long a person may take for it altogether.
pub const WAITS: Duration = Duration::from_secs(30 * 60);

/// What is not kept of a pushed request.
const SECRETS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// What goes back to a client through the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where to: registered, as the request named it.
    pub redirect: String,
    /// How.
    pub mode: ResponseMode,
    /// What.
    pub parameters: Vec<(String, String)>,
}

impl Answer {
    /// The address with everything in its query.
    #[must_use]
    pub fn location(&self) -> String {
        let pairs: Vec<(&str, &str)> =
            self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        RedirectUri::with(&self.redirect, &pairs)
    }
}

/// Why a request goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody knows where an answer could go: a page for the person.
    Person(OauthError),
    /// The client is answered.
    Client(Answer),
}

/// A request that its client may make.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The client.
    pub registered: Registered,
    /// What it asks for.
    pub request: Request,
    /// When it asked.
    pub made_at: Time,
    pub(super) redirect: String,
    pub(super) redirect_named: bool,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
    pub(super) claims: Option<String>,
    /// The key that the code will be bound to.
    pub(super) key: Option<Thumbprint>,
    kept: Kept,
    parameters: Parameters,
}

impl Asked {
    /// The answer that says no.
    #[must_use]
    pub fn refusal(&self, provider: &Provider, error: &OauthError) -> Answer {
        let list = error.parameters(self.state.as_deref(), provider.issuer());
        let parameters = list.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { redirect: self.redirect.clone(), mode: self.mode, parameters }
    }

    /// The answer that carries a code (RFC 9207 §2: together with `iss`).
    pub(super) fn success(&self, provider: &Provider, code: &Bearer) -> Answer {
        let mut parameters = vec![("code".to_owned(), code.expose().to_owned())];
        parameters.extend(self.state.clone().map(|state| ("state".to_owned(), state)));
        parameters.push(("iss".to_owned(), provider.issuer().to_owned()));
        Answer { redirect: self.redirect.clone(), mode: self.mode, parameters }
    }

    /// The host that an answer goes to, for the person to see; none where it goes to an app on the same device.
    #[must_use]
    pub fn redirect_host(&self) -> Option<String> {
        let uri = RedirectUri::parse(&self.redirect).ok()?;
        uri.host().map(str::to_owned)
    }

    /// What the client gets if the person says yes: what it may do, and the scopes of claims that it asks for one by one.
    #[must_use]
    pub fn reach(&self) -> Scopes {
        mine::reach(&self.registered.client, &self.request.scopes, self.claims.as_deref())
    }

    /// Where an answer goes.
    #[must_use]
    pub fn redirect(&self) -> &str {
        &self.redirect
    }
}

/// Where a request is kept until it is answered.
#[derive(Clone)]
enum Kept {
    /// Nowhere: a browser brings it, or a client pushes it just now.
    Not,
    /// In a row.
    Row { reference: Bearer, digest: Digest },
    /// In its address.
    Sealed(Spent),
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept(..)")
    }
}

/// How a request came, and when.
struct Came {
    pushed: bool,
    made_at: Time,
    key: Option<Thumbprint>,
    kept: Kept,
}

/// Reads the parameters of a request that a browser brought: all of them, or the reference to a pushed request.
///
/// # Errors
/// A fault of the store.
pub fn read(
    store: &Store,
    cx: &Cx,
    provider: &Provider,
    parameters: Parameters,
) -> Result<Result<Asked, Refused>, Fault> {
    match authorization::pushed(&parameters) {
        Err(error) => Ok(Err(Refused::Person(error))),
        Ok(None) => {
            let came = Came { pushed: false, made_at: cx.now, key: None, kept: Kept::Not };
            understand(store, provider, parameters, came)
        }
        Ok(Some(secret)) => {
            let named = parameters.one("client_id").ok().flatten().map(str::to_owned);
            let reference = Bearer::read(BearerKind::RequestUri, secret.expose());
            let Some(reference) = reference else { return Ok(Err(gone())) };
            kept(store, cx, provider, (&reference, Some(named.as_deref().unwrap_or_default())))
        }
    }
}

/// Reads the request that has this address.
///
/// # Errors
/// A fault of the store.
pub fn read_kept(
    store: &Store,
    cx: &Cx,
    provider: &Provider,
    reference: &str,
) -> Result<Result<Asked, Refused>, Fault> {
    if let Some(reference) = Bearer::read(BearerKind::RequestUri, reference) {
        return kept(store, cx, provider, (&reference, None));
    }
    match waiting(store, cx, reference)? {
        Some(Waiting { parameters, made_at, spent }) => {
            let came = Came { pushed: false, made_at, key: None, kept: Kept::Sealed(spent) };
            understand(store, provider, parameters, came)
        }
        None => Ok(Err(gone())),
    }
}

/// A sealed request that nobody has answered yet.
fn waiting(store: &Store, cx: &Cx, reference: &str) -> Result<Option<Waiting>, Fault> {
    let Some(waiting) = waiting_request::open(store.keys(), cx.now, reference) else { return Ok(None) };
    let spent = store.read(|reader| waiting.spent.is(reader))?;
    Ok((!spent).then_some(waiting))
}

/// Whether somebody who has signed in has a request to go back to.
///
/// # Errors
/// A fault of the store.
pub fn waits(store: &Store, cx: &Cx, reference: &str) -> Result<bool, Fault> {
    let Some(reference) = Bearer::read(BearerKind::RequestUri, reference) else {
        return Ok(waiting(store, cx, reference)?.is_some());
    };
    let digest = reference.digest(store.keys());
    let found = store.read(|reader| pushed_requests::find(reader, &digest))?;
    Ok(found.is_some_and(|found| found.used_at.is_none() && cx.now < found.expires_at))
}

fn gone() -> Refused {
    let sentence = "The request is not known, was answered already, or has waited for too long.";
    Refused::Person(OauthError::new(ErrorCode::InvalidRequestUri, sentence))
}

fn kept(
    store: &Store,
    cx: &Cx,
    provider: &Provider,
    (reference, client): (&Bearer, Option<&str>),
) -> Result<Result<Asked, Refused>, Fault> {
    let digest = reference.digest(store.keys());
    let found = store.read(|reader| pushed_requests::find(reader, &digest))?;
    let found = found.filter(|found| {
        let own = client.is_none_or(|client| found.client == client);
        own && found.used_at.is_none() && cx.now < found.expires_at
    });
    let Some(found) = found else { return Ok(Err(gone())) };
    let under = Kept::Row { reference: reference.clone(), digest };
    let came = Came { pushed: true, made_at: found.made_at, key: found.key, kept: under };
    understand(store, provider, Parameters::kept(found.parameters), came)
}

fn understand(
    store: &Store,
    provider: &Provider,
    parameters: Parameters,
    came: Came,
) -> Result<Result<Asked, Refused>, Fault> {
    let target = match Target::read(&parameters) {
        Ok(target) => target,
        Err(error) => return Ok(Err(Refused::Person(error))),
    };
    let Some(registered) = client::find(store, &target.client_id)? else {
        let sentence = "There is no client of this name.";
        return Ok(Err(Refused::Person(OauthError::new(ErrorCode::InvalidClient, sentence))));
    };
    Ok(judge(provider, registered, parameters, (target, came)))
}

/// Whether the client may ask so.
fn judge(
    provider: &Provider,
    registered: Registered,
    parameters: Parameters,
    (target, came): (Target, Came),
) -> Result<Asked, Refused> {
    let scope = parameters.one("scope").ok().flatten().unwrap_or_default();
    let openid = scope.split(' ').any(|word| word == "openid");
    let redirect = registered
        .client
        .redirect(target.redirect_uri.as_deref(), openid)
        .map_err(|refusal| Refused::Person(refusal.error()))?
        .to_owned();
    let answer = |error: &OauthError| {
        let list = error.parameters(target.state.as_deref(), provider.issuer());
        let parameters = list.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Refused::Client(Answer { redirect: redirect.clone(), mode: target.mode, parameters })
    };
    let request = Request::read(&parameters).map_err(|error| answer(&error))?;
    let client = &registered.client;
    let fits = client
        .may(GrantType::AuthorizationCode)
        .and_then(|()| client.comes_rightly(came.pushed, request.challenge.is_some()))
        .and_then(|()| client.asks_for(&request.scopes))
        .and_then(|()| client.asks_at(&request.resources))
        .and_then(|()| match (request.dpop_key, came.key) {
            (Some(named), Some(proved)) if named != proved => Err(GrantRefusal::KeyOther),
            _ => Ok(()),
        });
    fits.map_err(|refusal| answer(&refusal.error()))?;
    let claims = parameters.bounded("claims", wire::oauth::claims::LONGEST).ok().flatten().map(str::to_owned);
    let key = request.dpop_key.or(came.key);
    Ok(Asked {
        request,
        made_at: came.made_at,
        redirect_named: target.redirect_uri.is_some(),
        redirect,
        mode: target.mode,
        state: target.state,
        claims,
        key,
        kept: came.kept,
        parameters,
        registered,
    })
}

/// A request that will be kept.
pub struct Keeping {
    reference: Bearer,
    digest: Digest,
    request: PushedRequest,
    once: Vec<Once>,
    /// It is kept already, and only gets more time.
    extends: bool,
}

impl Keeping {
    /// The reference, for the one answer that carries it.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.reference.expose()
    }
}

/// Prepares the request of a client that pushes it. The client has proved itself.
///
/// # Errors
/// A fault when the system gives no random bytes; [`OauthError`] for whatever the endpoint would not take from a browser
/// either, as RFC 9126 §2.3 has it.
pub fn prepare_push(
    store: &Store,
    cx: &mut Cx,
    provider: &Provider,
    (proved, held, parameters): (&Proved, Option<&HeldKey>, &Parameters),
) -> Result<Result<Keeping, OauthError>, Fault> {
    let list = parameters.list().iter().filter(|(name, _)| !SECRETS.contains(&name.as_str())).cloned();
    let mut list: Vec<(String, String)> = list.collect();
    if !list.iter().any(|(name, _)| name == "client_id") {
        list.push(("client_id".to_owned(), proved.registered.client.id.clone()));
    }
    let parameters = Parameters::kept(list);
    let read = authorization::is_whole(&parameters).and_then(|()| Target::read(&parameters));
    let target = match read {
        Ok(target) => target,
        Err(error) => return Ok(Err(error)),
    };
    let key = held.map(|held| held.thumbprint);
    let came = Came { pushed: true, made_at: cx.now, key, kept: Kept::Not };
    let asked = match judge(provider, proved.registered.clone(), parameters, (target, came)) {
        Ok(asked) => asked,
        Err(Refused::Person(error)) => return Ok(Err(error)),
        Err(Refused::Client(answer)) => return Ok(Err(told(&answer))),
    };
    let reference = Bearer::draw(&mut cx.entropy, BearerKind::RequestUri)?;
    let digest = reference.digest(store.keys());
    let once = proved.once.iter().chain(held.map(|held| &held.once)).copied().collect();
    Ok(Ok(Keeping { reference, digest, request: row(&asked, cx.now + ON_ITS_WAY), once, extends: false }))
}

fn row(asked: &Asked, expires_at: Time) -> PushedRequest {
    PushedRequest {
        client: asked.registered.client.id.clone(),
        parameters: asked.parameters.list().to_vec(),
        key: asked.key,
        made_at: asked.made_at,
        expires_at,
        used_at: None,
    }
}

/// The error of an answer, for whoever is told it directly.
fn told(answer: &Answer) -> OauthError {
    let value =
        |wanted: &str| answer.parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let code = value("error").and_then(|code| ErrorCode::ALL.into_iter().find(|one| one.code() == code));
    let description = value("error_description").cloned().unwrap_or_default();
    OauthError::new(code.unwrap_or(ErrorCode::InvalidRequest), description)
}

/// How a request waits for a person.
pub enum Waits {
    /// Under an address that says everything: nothing is kept.
    Sealed(String),
    /// Under the reference that it has already, with more time.
    Kept(Keeping),
}

/// Lets a request wait for a person.
///
/// # Errors
/// A fault when the system gives no random bytes; [`OauthError`], for the client, when the request is too long for an address.
pub fn wait(store: &Store, cx: &mut Cx, asked: &Asked) -> Result<Result<Waits, OauthError>, Fault> {
    if let Kept::Row { reference, digest } = &asked.kept {
        let (reference, request) = (reference.clone(), row(asked, asked.made_at + WAITS));
        let keeping = Keeping { reference, digest: *digest, request, once: Vec::new(), extends: true };
        return Ok(Ok(Waits::Kept(keeping)));
    }
    let sealed = waiting_request::seal(store, cx, (&asked.parameters, asked.made_at))?;
    let too_long = "The request is too long to wait in a browser: push it (RFC 9126).";
    Ok(sealed.map(Waits::Sealed).ok_or_else(|| OauthError::new(ErrorCode::InvalidRequest, too_long)))
}

/// Keeps it.
///
/// # Errors
/// A fault of the store; [`OauthError`] for a proof or a statement that was shown before.
pub fn keep(tx: &mut Tx<'_>, cx: &mut Cx, keeping: &Keeping) -> Answered<()> {
    if let Err(error) = claim_all(tx, &keeping.once)? {
        return Ok(tx.unrecorded("shown before: nothing was kept", Err(error)));
    }
    if keeping.extends {
        pushed_requests::extend(tx, &keeping.digest, (cx.now, keeping.request.expires_at))?;
    } else {
        pushed_requests::insert(tx, &keeping.digest, &keeping.request)?;
    }
    Ok(tx.unrecorded("a question is no event: the answer to it will be", Ok(())))
}

/// Forgets requests that nobody can answer any more.
///
/// # Errors
/// A fault of the store.
pub(crate) fn forget(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<u64, Fault> {
    pushed_requests::delete_expired(tx, cx.now, limit)
}

/// Uses up what a person answers: a claim, where the request has an address of its own.
pub(super) fn claim(tx: &mut Tx<'_>, cx: &Cx, asked: &Asked) -> Result<bool, Fault> {
    match &asked.kept {
        Kept::Row { digest, .. } => pushed_requests::claim(tx, digest, cx.now),
        Kept::Sealed(spent) => spent.claim(tx, asked.made_at),
        Kept::Not => Ok(true),
    }
}

/// Uses up what is answered without a person: only of what is kept in any case, so that nobody fills a table by it.
pub(super) fn claim_kept(tx: &mut Tx<'_>, cx: &Cx, asked: &Asked) -> Result<bool, Fault> {
    match &asked.kept {
        Kept::Row { .. } => claim(tx, cx, asked),
        Kept::Sealed(_) | Kept::Not => Ok(true),
    }
}

/// [`gone`], for whoever answers a second time.
pub(super) fn answered_before() -> OauthError {
    match gone() {
        Refused::Person(error) => error,
        Refused::Client(answer) => told(&answer),
    }
}
