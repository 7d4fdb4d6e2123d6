//! Claims about a person, for a client that has an access token.
//!
//! Implements: OpenID Connect Core §5.3 and §5.4, §5.3.2 (the signed answer), RFC 6750 §3.1, RFC 9449 §7.1.

use model::cx::Cx;
use model::fault::Fault;
use store::{Store, Tx};
use wire::json::{Map, Value};
use wire::oauth::claims::WantedClaims;
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::presented_token::PresentedToken;

use super::issue::sign;
use super::keys::Keyring;
use super::once::claim_all;
use super::person::{self, CLAIMS};
use super::proof::HeldKey;
use super::provider::Provider;
use super::{Answered, client, presented};

/// What the client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// As JSON.
    Json(String),
    /// Signed.
    Signed(String),
}

fn no(sentence: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidToken, sentence)
}

/// Looks. `held` is the key whose proof came along, made for this token.
///
/// # Errors
/// A fault of the store or of a key; `invalid_token` or `insufficient_scope`.
pub fn look(
    store: &Store,
    cx: &Cx,
    (ring, provider): (&Keyring, &Provider),
    (token, held): (&PresentedToken, Option<&HeldKey>),
) -> Result<Result<Told, OauthError>, Fault> {
    let live = presented::live(store, cx, (ring, provider), token.token.expose())?;
    let Some(live) = live else {
        return Ok(Err(no(
            "The access token is not known, it has ended, or the session that it came of is provisional.",
        )));
    };
    let proved = held.map(|held| held.thumbprint);
    if live.token.comes_rightly(token.scheme, proved).is_err() {
        return Ok(Err(no("The access token is bound to a key, and did not come with a proof of it.")));
    }
    let account = live.kept.as_ref().and_then(|kept| kept.grant.account);
    let (Some(account), Some(kept)) = (account, &live.kept) else {
        let sentence = "The access token is about nobody.";
        return Ok(Err(OauthError::new(ErrorCode::InsufficientScope, sentence)));
    };
    if !live.token.scopes.has("openid") {
        let sentence = "The access token lacks the scope openid.";
        return Ok(Err(OauthError::new(ErrorCode::InsufficientScope, sentence)));
    }
    let Some(registered) = client::find(store, &live.token.client)? else {
        return Ok(Err(no("The client of the access token is gone.")));
    };
    let asked = kept.claims.as_deref().filter(|_| !live.token.provisional);
    let asked = asked.and_then(|claims| WantedClaims::parse(claims).ok());
    let asked: Vec<String> =
        asked.into_iter().flat_map(|asked| asked.userinfo).map(|wanted| wanted.name).collect();
    let wanted = |name: &str| {
        let opened = CLAIMS.iter().any(|(claim, scope)| *claim == name && live.token.scopes.has(scope));
        let may = || person::scope_of(&registered.client, name).is_some();
        opened || (asked.iter().any(|asked| asked == name) && may())
    };
    let mut claims: Map<String, Value> = person::claims(store, account, wanted)?;
    claims.insert("sub".to_owned(), live.token.subject.as_str().into());
    Ok(Ok(match registered.userinfo_signing {
        None => Told::Json(Value::Object(claims).to_string()),
        Some(kind) => {
            claims.insert("iss".to_owned(), provider.issuer().into());
            claims.insert("aud".to_owned(), live.token.client.as_str().into());
            Told::Signed(sign(ring, kind, "JWT", &Value::Object(claims).to_string())?)
        }
    }))
}

/// Takes the proof that came along: it is good once.
///
/// # Errors
/// A fault of the store; [`OauthError`] when it was shown before.
pub fn claim(tx: &mut Tx<'_>, held: &HeldKey) -> Answered<()> {
    let outcome = claim_all(tx, [&held.once])?;
    Ok(tx.unrecorded("a look at one's own claims is no event", outcome))
}
