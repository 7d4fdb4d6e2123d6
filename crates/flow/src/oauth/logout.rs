//! A client sends a person here to sign out.
//!
//! Implements: OpenID Connect RP-Initiated Logout §2 (what is verified, and the question), §3 (where the person goes afterwards),
//! §4 (nothing that failed to be verified is used). Nothing changes before the person says so: docs/decisions/0019.
//!
//! 1. The request is read and verified ([`read`]). What is left of it, who asks and where the person goes, travels sealed in the
//!    path of the page that asks ([`Wish::seal`]), so that no ID token stands in an address or waits in a table.
//! 2. The person signs out ([`commit`]), and goes where the client has registered.

use std::time::Duration;

use model::client::Registered;
use model::cx::Cx;
use model::digest::Keys;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::refusal::Refusal;
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, seal};
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::parameters::{LARGEST, Parameters};
use wire::oidc::logout::LogoutRequest;

use super::keys::Keyring;
use super::provider::Provider;
use super::{client, hint};
use crate::Outcome;
use crate::session::{self, Visitor};

/// How long a page may ask before the answer comes too late.
pub const WAITS: Duration = Duration::from_secs(30 * 60);

const PLACE: &[u8] = b"wish to sign out";

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The client that asks, if it said or showed which it is.
    pub client: Option<String>,
    /// Where the person goes afterwards: registered, with the client's `state`.
    pub to: Option<String>,
    expires_at: Time,
}

fn no(sentence: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidRequest, sentence)
}

/// Reads and verifies a request. Only the person is told what is wrong with it: until it is right, nobody else has asked.
///
/// # Errors
/// A fault of the store; [`OauthError`] with what is wrong.
pub fn read(
    store: &Store,
    cx: &Cx,
    (ring, provider): (&Keyring, &Provider),
    parameters: &Parameters,
) -> Result<Result<Wish, OauthError>, Fault> {
    let request = match LogoutRequest::read(parameters) {
        Ok(request) => request,
        Err(error) => return Ok(Err(error)),
    };
    let shown = match &request.id_token_hint {
        None => None,
        Some(text) => match hint::client(ring, provider, text) {
            Some(client) => Some(client),
            None => return Ok(Err(no("`id_token_hint` is no ID token of this server, or its key is gone."))),
        },
    };
    // §2: "the OP MUST verify that the Client Identifier matches the one used when issuing the ID Token".
    if let (Some(shown), Some(said)) = (&shown, &request.client_id)
        && shown != said
    {
        return Ok(Err(no("`client_id` is not the client that the ID token was issued to.")));
    }
    let named = shown.is_some();
    let Some(id) = shown.or(request.client_id.clone()) else {
        // Nobody is proved to have asked: nobody gets the person back.
        return Ok(Ok(Wish { client: None, to: None, expires_at: cx.now + WAITS }));
    };
    let found = client::find(store, &id)?;
    if found.is_none() && !named {
        return Ok(Err(no("`client_id` is no client of this server.")));
    }
    Ok(goes_to(&request, found.as_ref()).map(|to| Wish {
        client: found.map(|registered| registered.client.id),
        to,
        expires_at: cx.now + WAITS,
    }))
}

/// §3: "The value … MUST have been previously registered", and §4: what was not ends the whole request.
fn goes_to(request: &LogoutRequest, client: Option<&Registered>) -> Result<Option<String>, OauthError> {
    if request.redirect_uri.is_none() {
        return Ok(None);
    }
    let registered = client.map_or(&[][..], |registered| &registered.post_logout_redirect_uris);
    match request.goes_to(registered) {
        Some(to) => Ok(Some(to)),
        None => Err(no("`post_logout_redirect_uri` is not registered for this client.")),
    }
}

impl Wish {
    /// What stands in the path of the page that asks. Not within a transaction.
    ///
    /// # Errors
    /// A fault of sealing.
    pub fn seal(&self, keys: &Keys, cx: &mut Cx) -> Result<String, Fault> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let plain =
            format!("{}\n{}\n{}", self.expires_at.micros(), or_empty(&self.client), or_empty(&self.to));
        let sealed = seal::seal(keys, &mut cx.entropy, PLACE, plain.as_bytes())?;
        Ok(wire::token::encode(&sealed))
    }

    /// Opens what [`Self::seal`] made, if it is not over.
    ///
    /// # Errors
    /// [`OauthError`] that says to begin anew.
    pub fn open(keys: &Keys, now: Time, sealed: &str) -> Result<Self, OauthError> {
        let over = || no("This page has been open for too long, or its address is not whole.");
        let sealed = wire::token::decode_at_most(sealed, LARGEST).map_err(|_| over())?;
        let plain = seal::open(keys, PLACE, &sealed).map_err(|_| over())?;
        let plain = String::from_utf8_lossy(plain.expose());
        // None of the three has a line break in it: parameters have no control characters.
        let mut lines = plain.split('\n');
        let mut next = || lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
        let until = next().and_then(|until| until.parse().ok()).map(Time::from_micros);
        let expires_at = until.filter(|until| now < *until).ok_or_else(over)?;
        Ok(Self { client: next(), to: next(), expires_at })
    }
}

/// The person signs out.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::SessionUnknown`], when the session has ended already.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, (wish, source): (&Wish, Source)) -> Outcome<()> {
    let mut events = Vec::new();
    // First, so that it stands first.
    if let Some(client) = wish.client.clone() {
        let kept = Some(source.kept(cx.policy.keep_addresses));
        let kind = EventKind::LogoutAsked { client };
        let asked = Event::new(cx, Subject::Account(by.account.id), kind)?;
        events.push(asked.by(Actor::Client, kept).within(by.session.id));
    }
    match session::end_one(tx, cx, by, (by.session.id, source))? {
        Some(ended) => {
            events.extend(ended);
            tx.record(&events, Ok(()))
        }
        None => Ok(tx.unrecorded("signed out already", Err(Refusal::SessionUnknown))),
    }
}
