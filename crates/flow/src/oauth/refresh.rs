//! A refresh token is used.
//!
//! Implements: RFC 6749 §6, RFC 9700 §4.14.2, threats.md §5.2 rows 29 to 31, by the steps of [`model::refresh_token`].
//!
//! Everything that happens to a family happens while its grant is held, and each step is one conditional statement besides: two
//! nodes that get the same token at the same moment come one after the other, and the second is decided by what the first did.

use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::grant::GrantEnd;
use model::grant_refusal::GrantRefusal;
use model::id::RefreshTokenId;
use model::refresh_token::RefreshState;
use store::{Store, Tx, access_tokens, grants, refresh_tokens};
use wire::oauth::credential::Credential;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use super::Answered;
use super::issue::{self, Minted, Order, Tokens};
use super::keys::Keyring;
use super::provider::Provider;
use super::token::{Asker, event, refuse, subject};

/// What the client brings.
pub(super) struct Brought {
    pub(super) token: Credential,
    pub(super) scopes: Option<Scopes>,
    pub(super) resources: Vec<Resource>,
}

/// The same, looked at.
pub(super) struct Prepared {
    digest: Digest,
    scopes: Option<Scopes>,
    resources: Vec<Resource>,
    minted: Option<Minted>,
}

pub(super) fn prepare(
    store: &Store,
    cx: &mut Cx,
    context: (&Keyring, &Provider),
    (asker, brought): (&Asker, Brought),
) -> Result<Result<Prepared, GrantRefusal>, Fault> {
    let Some(bearer) = Bearer::read(BearerKind::RefreshToken, brought.token.expose()) else {
        return Ok(Err(GrantRefusal::Unknown));
    };
    let digest = bearer.digest(store.keys());
    let found = store.read(|reader| {
        let Some(token) = refresh_tokens::find_by_digest(reader, &digest)? else { return Ok(None) };
        grants::find(reader, token.token.grant)
    })?;
    let found = found.filter(|kept| asker.proved.registered.was_given(&kept.grant));
    let Some(kept) = found else { return Ok(Err(GrantRefusal::Unknown)) };
    let Brought { scopes, resources, .. } = brought;
    let key = asker.held.map(|held| held.thumbprint);
    let mut prepared = Prepared { digest, scopes, resources, minted: None };
    let sound = kept
        .grant
        .holds(&asker.proved.registered.client.id, key, cx.now)
        .and_then(|()| {
            let client = &asker.proved.registered.client;
            kept.grant.token_scopes(client, prepared.scopes.as_ref(), cx.now)
        })
        .and_then(|scopes| Ok((scopes, kept.grant.resources_for(&prepared.resources)?)));
    if let Ok((scopes, resources)) = sound {
        let registered = &asker.proved.registered;
        let order = Order { registered, kept: Some(&kept), scopes, resources, key, nonce: None };
        prepared.minted = Some(issue::mint(store, cx, context, &order)?);
    }
    Ok(Ok(prepared))
}

pub(super) fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (asker, prepared): (&Asker, &Prepared),
) -> Answered<Tokens> {
    let unknown = |tx: &mut Tx<'_>| {
        Ok(tx.unrecorded("nothing of this client's was brought", Err(GrantRefusal::Unknown.error())))
    };
    let client = &asker.proved.registered.client;
    let Some(found) = refresh_tokens::find_by_digest(tx, &prepared.digest)? else { return unknown(tx) };
    let Some(kept) = grants::find_held(tx, found.token.grant)? else { return unknown(tx) };
    let grant = &kept.grant;
    let decided = grant
        .holds(&client.id, asker.held.map(|held| held.thumbprint), cx.now)
        .and_then(|()| grant.scopes_for(prepared.scopes.as_ref()))
        .and_then(|_| grant.resources_for(&prepared.resources));
    match decided {
        Ok(_) => {}
        Err(GrantRefusal::Unknown) => return unknown(tx),
        // Whoever has the token without its key has got hold of it somewhere (row 29).
        Err(refusal @ GrantRefusal::KeyOther) => {
            return refuse(tx, cx, (asker, &kept), (refusal, Some(GrantEnd::Replayed)));
        }
        Err(refusal) => return refuse(tx, cx, (asker, &kept), (refusal, None)),
    }
    let Some(minted) = &prepared.minted else {
        return Err(Fault::plain("a grant that did not hold a moment ago").conflict());
    };
    let Some(successor) = minted.refresh_id() else {
        return refuse(tx, cx, (asker, &kept), (GrantRefusal::GrantTypeUnregistered, None));
    };
    if !follow(tx, cx, found.token.id, successor)? {
        return refuse(tx, cx, (asker, &kept), (GrantRefusal::Replayed, Some(GrantEnd::Replayed)));
    }
    grants::touch(tx, grant, cx.now)?;
    minted.keep(tx)?;
    let event = event(cx, asker, (subject(&kept), minted.issued(true)))?;
    tx.record(&[event], Ok(minted.tokens()))
}

/// Puts `successor` behind the token that came, by the first of the steps that applies; `false` where the family has to end.
fn follow(tx: &mut Tx<'_>, cx: &Cx, token: RefreshTokenId, successor: RefreshTokenId) -> Result<bool, Fault> {
    if refresh_tokens::claim_use(tx, token, successor, cx.now)? {
        return Ok(true);
    }
    let Some(stands) = refresh_tokens::find(tx, token)? else { return Ok(false) };
    let (RefreshState::Used, Some(lost)) = (stands.token.state, stands.token.successor) else {
        return Ok(false);
    };
    if !refresh_tokens::claim_replace(tx, token, (lost, successor))? {
        return Ok(false);
    }
    // What went out with the answer that was lost ends as well.
    let lost = refresh_tokens::find(tx, lost)?.and_then(|lost| lost.access_token);
    if let Some(access) = lost {
        access_tokens::claim_end(tx, access)?;
    }
    Ok(true)
}
