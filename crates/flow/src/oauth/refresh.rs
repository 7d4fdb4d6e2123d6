//! A refresh token is used.
//!
//! Implements: RFC 6749 §6, RFC 9700 §4.14.2, threats.md §5.2 rows 29 to 31, by the steps of [`model::refresh_token`].
//!
//! Everything that happens to a family happens while its grant is held, and each step is one conditional statement besides: two
//! nodes that get the same token at the same moment come one after the other, and the second is decided by what the first did.

use std::time::Duration;

use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::grant::GrantEnd;
use model::grant_refusal::GrantRefusal;
use model::id::RefreshTokenId;
use model::refresh_token::RefreshState;
use model::source::{Source, browser_code};
use store::{Store, Tx, access_tokens, grants, refresh_tokens};
use wire::oauth::credential::Credential;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use super::Answered;
use super::issue::{self, Minted, Order, Tokens};
use super::keys::Keyring;
use super::provider::Provider;
use super::token::{Asker, event, refuse, subject, whole_session};
use crate::methods;

/// How long one event tells of the refreshes of a grant that come from the same place (docs/decisions/0020).
const TOLD: Duration = Duration::from_secs(24 * 60 * 60);

/// What the client brings.
pub(super) struct Brought {
    pub(super) token: Credential,
    pub(super) scopes: Option<Scopes>,
    pub(super) resources: Vec<Resource>,
}

/// The same, looked at.
pub(super) struct Prepared {
    digest: Digest,
    /// Where the refresh comes from, as far as it may be kept.
    from: Source,
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
    let from = asker.source.kept(cx.policy.keep_addresses);
    let mut prepared = Prepared { digest, from, scopes, resources, minted: None };
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
    let whole = whole_session(tx, grant)?;
    let decided = grant
        .holds(&client.id, asker.held.map(|held| held.thumbprint), cx.now)
        .and(whole)
        .and_then(|()| methods::still_counts(&asker.proved.registered, kept.assurance.as_ref()))
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
    let Some(followed) = follow(tx, cx, found.token.id, successor)? else {
        return refuse(tx, cx, (asker, &kept), (GrantRefusal::Replayed, Some(GrantEnd::Replayed)));
    };
    minted.keep(tx)?;
    // What came a second time is on the record each time: it may be the first sign of a copy.
    let usual = followed == Followed::Live;
    let from = place(tx.keys(), &prepared.from, minted.access.provisional);
    if usual && grants::count_refresh(tx, grant, (cx.now, cx.now - TOLD), &from)? {
        return Ok(tx.unrecorded("counted; the next event of the grant says how many", Ok(minted.tokens())));
    }
    grants::touch(tx, grant, cx.now)?;
    let further = grants::further(tx, grant.id)?;
    grants::note(tx, grant.id, cx.now, &from)?;
    let event = event(cx, asker, (subject(&kept), minted.issued(true, further)))?;
    tx.record(&[event], Ok(minted.tokens()))
}

/// The digest of a place: two refreshes from the same one are told by one event, while the grant is worth the same.
fn place(keys: &Keys, source: &Source, provisional: bool) -> Digest {
    let address = source.address.map(|address| address.to_string()).unwrap_or_default();
    let browser = browser_code(source.browser);
    let worth: &[u8] = if provisional { b"provisional" } else { b"whole" };
    keys.digest(Of::Token, &[b"where a grant is refreshed", address.as_bytes(), browser.as_bytes(), worth])
}

/// What a successor was put behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Followed {
    /// The live token.
    Live,
    /// A used one, whose successor nobody had used.
    Used,
}

/// Puts `successor` behind the token that came, by the first of the steps that applies; none where the family has to end.
fn follow(
    tx: &mut Tx<'_>,
    cx: &Cx,
    token: RefreshTokenId,
    successor: RefreshTokenId,
) -> Result<Option<Followed>, Fault> {
    if refresh_tokens::claim_use(tx, token, successor, cx.now)? {
        return Ok(Some(Followed::Live));
    }
    let Some(stands) = refresh_tokens::find(tx, token)? else { return Ok(None) };
    let (RefreshState::Used, Some(lost)) = (stands.token.state, stands.token.successor) else {
        return Ok(None);
    };
    if !refresh_tokens::claim_replace(tx, token, (lost, successor))? {
        return Ok(None);
    }
    // What went out with the answer that was lost ends as well.
    let lost = refresh_tokens::find(tx, lost)?.and_then(|lost| lost.access_token);
    if let Some(access) = lost {
        access_tokens::claim_end(tx, access)?;
    }
    Ok(Some(Followed::Used))
}
