//! The token endpoint: a request, and the transaction in which it is answered.
//!
//! Implements: RFC 6749 §4.1.3, §4.4 and §6, §5.2, RFC 8628 §3.4. Whatever is verified or signed is so before the transaction ([`prepare`]);
//! what is decided is decided in it, by claims ([`commit`]). A token leaves when the event that says so is durable.

use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantEnd};
use model::grant_refusal::GrantRefusal;
use model::source::Source;
use store::{Reader, Recorded, Store, Tx, grants, sessions};
use wire::oauth::error::OauthError;
use wire::oauth::token::TokenRequest;

use super::client::Proved;
use super::issue::Tokens;
use super::keys::Keyring;
use super::once::{Once, claim_all};
use super::paces::Paces;
use super::proof::HeldKey;
use super::provider::Provider;
use super::{Answered, client_credentials, code, ending, poll, refresh};
use crate::response::tell;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The client.
    pub proved: Proved,
    /// The key that was proved.
    pub held: Option<HeldKey>,
    /// From where.
    pub source: Source,
}

impl Asker {
    /// What was shown and must not be shown again.
    pub(super) fn once(&self) -> impl Iterator<Item = &Once> {
        self.proved.once.iter().chain(self.held.as_ref().map(|held| &held.once))
    }
}

/// A request that is ready to be decided.
pub struct Prepared {
    asker: Asker,
    what: What,
}

enum What {
    Code(Box<code::Prepared>),
    Refresh(Box<refresh::Prepared>),
    ClientCredentials(Box<client_credentials::Prepared>),
    Poll(Box<poll::Prepared>),
}

/// Verifies what can be verified, and makes the tokens that may go out.
///
/// # Errors
/// A fault of the store or of a key; [`OauthError`] for what needs no transaction to be refused.
pub fn prepare(
    store: &Store,
    cx: &mut Cx,
    (ring, provider, paces): (&Keyring, &Provider, &Paces),
    (asker, request): (Asker, TokenRequest),
) -> Result<Result<Prepared, OauthError>, Fault> {
    let client = &asker.proved.registered.client;
    let allowed = client.may(request.grant_type()).and_then(|()| client.needs_key(asker.held.is_some()));
    if let Err(refusal) = allowed {
        return Ok(Err(refusal.error()));
    }
    let what = match request {
        TokenRequest::AuthorizationCode { code, redirect_uri, verifier, resources } => {
            let brought = code::Brought { code, redirect_uri, verifier, resources };
            What::Code(Box::new(code::prepare(store, cx, (ring, provider), (&asker, brought))?))
        }
        TokenRequest::RefreshToken { token, scopes, resources } => {
            let brought = refresh::Brought { token, scopes, resources };
            match refresh::prepare(store, cx, (ring, provider), (&asker, brought))? {
                Ok(prepared) => What::Refresh(Box::new(prepared)),
                Err(refusal) => return Ok(Err(refusal.error())),
            }
        }
        TokenRequest::ClientCredentials { scopes, resources } => {
            let prepared =
                client_credentials::prepare(store, cx, (ring, provider), (&asker, scopes, resources))?;
            match prepared {
                Ok(prepared) => What::ClientCredentials(Box::new(prepared)),
                Err(refusal) => return Ok(Err(refusal.error())),
            }
        }
        TokenRequest::DeviceCode { code } => {
            match poll::prepare(store, cx, (ring, provider, paces), (&asker, &code))? {
                Ok(prepared) => What::Poll(Box::new(prepared)),
                Err(refusal) => return Ok(Err(refusal.error())),
            }
        }
    };
    Ok(Ok(Prepared { asker, what }))
}

/// Decides, and lets the tokens out.
///
/// # Errors
/// A fault of the store; [`OauthError`] for the client.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared) -> Answered<Tokens> {
    let asker = &prepared.asker;
    if let Err(error) = claim_all(tx, asker.once())? {
        return Ok(tx.unrecorded("shown before: nothing else was looked at", Err(error)));
    }
    match &prepared.what {
        What::Code(code) => code::commit(tx, cx, (asker, code)),
        What::Refresh(refresh) => refresh::commit(tx, cx, (asker, refresh)),
        What::ClientCredentials(own) => client_credentials::commit(tx, cx, (asker, own)),
        What::Poll(poll) => poll::commit(tx, cx, (asker, poll)),
    }
}

/// An event at the hands of the client that asks.
pub(super) fn event(
    cx: &mut Cx,
    asker: &Asker,
    (subject, kind): (Subject, EventKind),
) -> Result<Event, Fault> {
    let source = asker.source.kept(cx.policy.keep_addresses);
    Ok(Event::new(cx, subject, kind)?.by(Actor::Client, Some(source)))
}

/// Whom a grant concerns.
pub(super) fn subject(kept: &grants::Kept) -> Subject {
    kept.grant.account.map_or(Subject::Site, Subject::Account)
}

/// Whether the session in which a grant was given is none that is provisional. A device goes on: it is no part of the browser in
/// which somebody answered for it.
///
/// # Errors
/// A fault of the store.
pub(super) fn whole_session(
    reader: &mut Reader<'_>,
    grant: &Grant,
) -> Result<Result<(), GrantRefusal>, Fault> {
    let doubted = sessions::ask_doubt_of(reader, grant.id)?.get(reader)?.is_some();
    Ok(if doubted { Err(GrantRefusal::SessionDoubted) } else { Ok(()) })
}

/// Refuses what belongs to a grant: that is on its owner's record, and where somebody has what nobody else should have, it is
/// the end of the grant.
///
/// # Errors
/// A fault of the store.
pub(super) fn refuse(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, kept): (&Asker, &grants::Kept),
    (refusal, end): (GrantRefusal, Option<GrantEnd>),
) -> Result<Recorded<Result<Tokens, OauthError>>, Fault> {
    let client = kept.grant.client.clone();
    let kind = EventKind::TokensRefused { grant: kept.grant.id, client, because: refusal };
    let mut events = vec![event(cx, asker, (subject(kept), kind))?];
    if let Some(why) = end {
        let source = asker.source.kept(cx.policy.keep_addresses);
        if let Some(ended) = ending::end(tx, cx, (&kept.grant, why))? {
            events.push(ended.by(Actor::Client, Some(source)));
            tell::of_grant(tx, cx, &kept.grant, |telling| telling.from(asker.source))?;
        }
    }
    tx.record(&events, Err(refusal.error()))
}
