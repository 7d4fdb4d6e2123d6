//! An access token of ours that somebody shows or names, in either form.
//!
//! Implements: RFC 9068 §4 (type, issuer, signature), RFC 7662 §4 ("if the token can be revoked, the authorization server MUST
//! check that"): whatever a token says of itself, it is looked up each time, and so are its grant and whether the session of that is
//! provisional (docs/decisions/0032): meanwhile it is as if there were none.

use model::access_token::AccessToken;
use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::fault::Fault;
use model::id::AccessTokenId;
use store::{Reader, Store, access_tokens, clients, grants, sessions};
use wire::oauth::access_token::TYPE;

use super::hint;
use super::keys::Keyring;
use super::provider::Provider;

/// What a text says that it is. Whether there is such a token is for the store to say.
enum Named {
    Opaque(Digest),
    Signed(AccessTokenId),
}

fn named(keys: &Keys, (ring, provider): (&Keyring, &Provider), text: &str) -> Option<Named> {
    if let Some(bearer) = Bearer::read(BearerKind::AccessToken, text) {
        return Some(Named::Opaque(bearer.digest(keys)));
    }
    let claims = hint::own(ring, provider, (text, TYPE))?;
    claims.id()?.parse().ok().map(Named::Signed)
}

fn kept(reader: &mut Reader<'_>, named: &Named) -> Result<Option<AccessToken>, Fault> {
    match named {
        Named::Opaque(digest) => access_tokens::find_by_digest(reader, digest),
        Named::Signed(id) => access_tokens::find_signed(reader, *id),
    }
}

/// The token of this text, whether it holds or not.
///
/// # Errors
/// A fault of the store.
pub(super) fn find(
    store: &Store,
    context: (&Keyring, &Provider),
    text: &str,
) -> Result<Option<AccessToken>, Fault> {
    let Some(named) = named(store.keys(), context, text) else { return Ok(None) };
    store.read(|reader| kept(reader, &named))
}

/// A token that holds, and its grant where it has one.
pub(super) struct Live {
    pub(super) token: AccessToken,
    pub(super) kept: Option<grants::Kept>,
}

/// [`find`], where token and grant hold and nobody doubts their session: all as they are at one moment.
///
/// # Errors
/// A fault of the store.
pub(super) fn live(
    store: &Store,
    cx: &Cx,
    context: (&Keyring, &Provider),
    text: &str,
) -> Result<Option<Live>, Fault> {
    let Some(named) = named(store.keys(), context, text) else { return Ok(None) };
    store.read(|reader| {
        let Some(token) = kept(reader, &named)?.filter(|token| token.holds(cx.now)) else { return Ok(None) };
        let made = clients::ask_made(reader, &token.client)?;
        let grant = token.grant.map(|grant| grants::ask(reader, grant)).transpose()?;
        let doubt = token.grant.map(|grant| sessions::ask_doubt_of(reader, grant)).transpose()?;
        // A token of a client that is gone is over, also where another has its name by now.
        if made.get(reader)?.is_none_or(|made| token.issued_at < made) {
            return Ok(None);
        }
        let Some((grant, doubt)) = grant.zip(doubt) else { return Ok(Some(Live { token, kept: None })) };
        let kept = grant.get(reader)?.filter(|kept| kept.grant.over(cx.now).is_none());
        if doubt.get(reader)?.is_some() {
            return Ok(None);
        }
        Ok(kept.map(|kept| Live { token, kept: Some(kept) }))
    })
}
