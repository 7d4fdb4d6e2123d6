//! A client gives a token back.
//!
//! Implements: RFC 7009 §2.1 and §2.2: a token that is unknown, over or another client's changes nothing and tells nothing. A
//! refresh token takes its grant along; an access token goes alone.

use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::GrantEnd;
use model::id::AccessTokenId;
use model::source::Source;
use store::{Store, Tx, access_tokens, grants, refresh_tokens};
use wire::oauth::revocation::NamedToken;

use super::client::Proved;
use super::keys::Keyring;
use super::once::claim_all;
use super::provider::Provider;
use super::{Answered, ending, presented};

/// What the client named.
pub struct Prepared {
    proved: Proved,
    source: Source,
    named: Named,
}

enum Named {
    Refresh(model::digest::Digest),
    Access(AccessTokenId),
    Nothing,
}

/// Finds out what was named, by what it looks like: a hint is not needed.
///
/// # Errors
/// A fault of the store.
pub fn prepare(
    store: &Store,
    (ring, provider): (&Keyring, &Provider),
    (proved, named, source): (Proved, &NamedToken, Source),
) -> Result<Prepared, Fault> {
    let text = named.token.expose();
    let named = if let Some(bearer) = Bearer::read(BearerKind::RefreshToken, text) {
        Named::Refresh(bearer.digest(store.keys()))
    } else {
        presented::find(store, (ring, provider), text)?
            .map_or(Named::Nothing, |token| Named::Access(token.id))
    };
    Ok(Prepared { proved, source, named })
}

/// Ends it.
///
/// # Errors
/// A fault of the store; [`wire::oauth::error::OauthError`] for a statement of the client that was shown before.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared) -> Answered<()> {
    if let Err(error) = claim_all(tx, &prepared.proved.once)? {
        return Ok(tx.unrecorded("shown before: nothing else was looked at", Err(error)));
    }
    let client = &prepared.proved.registered.client.id;
    let source = Some(prepared.source.kept(cx.policy.keep_addresses));
    let event = match &prepared.named {
        Named::Nothing => None,
        Named::Refresh(digest) => {
            let found = match refresh_tokens::find_by_digest(tx, digest)? {
                Some(token) => grants::find_held(tx, token.token.grant)?,
                None => None,
            };
            match found.filter(|kept| kept.grant.client == *client) {
                Some(kept) => ending::end(tx, cx, (&kept.grant, GrantEnd::Revoked))?,
                None => None,
            }
        }
        Named::Access(id) => access(tx, cx, (*id, client))?,
    };
    match event {
        Some(event) => tx.record(&[event.by(Actor::Client, source)], Ok(())),
        None => Ok(tx.unrecorded("nothing of this client's that was not over", Ok(()))),
    }
}

fn access(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, client): (AccessTokenId, &String),
) -> Result<Option<Event>, Fault> {
    let Some(token) = access_tokens::find(tx, id)?.filter(|token| token.client == *client) else {
        return Ok(None);
    };
    if !access_tokens::claim_end(tx, id)? {
        return Ok(None);
    }
    let account = match token.grant {
        Some(grant) => grants::find(tx, grant)?.and_then(|kept| kept.grant.account),
        None => None,
    };
    let kind = EventKind::TokenRevoked { grant: token.grant, client: client.clone() };
    Ok(Some(Event::new(cx, account.map_or(Subject::Site, Subject::Account), kind)?))
}
