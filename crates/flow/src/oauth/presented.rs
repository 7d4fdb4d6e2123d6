//! An access token of ours that somebody shows or names, in either form.
//!
//! Implements: RFC 9068 §4 (type, issuer, signature), RFC 7662 §4 ("if the token can be revoked, the authorization server MUST
//! check that"): whatever a token says of itself, it is looked up each time, and so is its grant.

use model::access_token::AccessToken;
use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::fault::Fault;
use model::id::AccessTokenId;
use store::{Store, access_tokens, clients, grants};
use wire::oauth::access_token::TYPE;

use super::hint;
use super::keys::Keyring;
use super::provider::Provider;

/// The token of this text, whether it holds or not.
///
/// # Errors
/// A fault of the store.
pub(super) fn find(
    store: &Store,
    (ring, provider): (&Keyring, &Provider),
    text: &str,
) -> Result<Option<AccessToken>, Fault> {
    if let Some(bearer) = Bearer::read(BearerKind::AccessToken, text) {
        let digest = bearer.digest(store.keys());
        return store.read(|reader| access_tokens::find_by_digest(reader, &digest));
    }
    let claims = hint::own(ring, provider, (text, TYPE));
    let id = claims.as_ref().and_then(|claims| claims.id()).and_then(|id| id.parse::<AccessTokenId>().ok());
    match id {
        Some(id) => store.read(|reader| access_tokens::find_signed(reader, id)),
        None => Ok(None),
    }
}

/// A token that holds, and its grant where it has one.
pub(super) struct Live {
    pub(super) token: AccessToken,
    pub(super) kept: Option<grants::Kept>,
}

/// [`find`], where token and grant hold.
///
/// # Errors
/// A fault of the store.
pub(super) fn live(
    store: &Store,
    cx: &Cx,
    context: (&Keyring, &Provider),
    text: &str,
) -> Result<Option<Live>, Fault> {
    let found = find(store, context, text)?.filter(|token| token.holds(cx.now));
    let Some(token) = found else { return Ok(None) };
    let (made, kept) = store.read(|reader| {
        let made = clients::ask_made(reader, &token.client)?;
        let kept = token.grant.map(|grant| grants::ask(reader, grant)).transpose()?;
        Ok((made.get(reader)?, kept.map(|kept| kept.get(reader)).transpose()?.flatten()))
    })?;
    // A token of a client that is gone is over, also where another has its name by now.
    if made.is_none_or(|made| token.issued_at < made) {
        return Ok(None);
    }
    match (token.grant, kept) {
        (None, _) => Ok(Some(Live { token, kept: None })),
        (Some(_), Some(kept)) if kept.grant.over(cx.now).is_none() => {
            Ok(Some(Live { token, kept: Some(kept) }))
        }
        (Some(_), _) => Ok(None),
    }
}
