//! A client acts for itself.
//!
//! Implements: RFC 6749 §4.4: a confidential client, no refresh token, nobody's account.

use model::cx::Cx;
use model::event::Subject;
use model::fault::Fault;
use model::grant_refusal::GrantRefusal;
use store::{Store, Tx};
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use super::Answered;
use super::issue::{self, Minted, Order, Tokens};
use super::keys::Keyring;
use super::provider::Provider;
use super::token::{Asker, event};

/// Scopes that are about a person, and so about nobody here.
const PERSONAL: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Tokens, made.
pub(super) struct Prepared {
    minted: Minted,
}

pub(super) fn prepare(
    store: &Store,
    cx: &mut Cx,
    context: (&Keyring, &Provider),
    (asker, scopes, resources): (&Asker, Option<Scopes>, Vec<Resource>),
) -> Result<Result<Prepared, GrantRefusal>, Fault> {
    let registered = &asker.proved.registered;
    let client = &registered.client;
    let scopes = match scopes {
        Some(scopes) if scopes.iter().any(|scope| PERSONAL.contains(&scope)) => {
            return Ok(Err(GrantRefusal::ScopeUnregistered));
        }
        Some(scopes) => scopes,
        None => client.scopes.without(&PERSONAL),
    };
    if let Err(refusal) = client.asks_for(&scopes).and_then(|()| client.asks_at(&resources)) {
        return Ok(Err(refusal));
    }
    let key = asker.held.map(|held| held.thumbprint);
    let order = Order { registered, kept: None, scopes, resources: &resources, key, nonce: None };
    Ok(Ok(Prepared { minted: issue::mint(store, cx, context, &order)? }))
}

pub(super) fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, prepared): (&Asker, &Prepared),
) -> Answered<Tokens> {
    prepared.minted.keep(tx)?;
    let event = event(cx, asker, (Subject::Site, prepared.minted.issued(false, 0)))?;
    tx.record(&[event], Ok(prepared.minted.tokens()))
}
