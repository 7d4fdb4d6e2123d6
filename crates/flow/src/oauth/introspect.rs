//! A service asks about a token.
//!
//! Implements: RFC 7662 §2 and §4 (who asks has proved itself; about what is not for it, nothing is said), RFC 9701 §4 and §5
//! (the signed answer), OpenID Connect Core §8 (a service learns the name under which it knows the person itself).

use model::access_token::seconds;
use model::bearer::{Bearer, BearerKind};
use model::client::{ClientKind, Registered};
use model::cx::Cx;
use model::fault::Fault;
use model::grant_refusal::GrantRefusal;
use model::nearness::Nearness;
use model::refresh_token::RefreshState;
use store::{Store, Tx, grants, refresh_tokens};
use wire::json::Value;
use wire::oauth::introspection::{self, Active};
use wire::oauth::revocation::NamedToken;

use super::Answered;
use super::client::Proved;
use super::issue::sign;
use super::keys::Keyring;
use super::once::claim_all;
use super::presented::{self, Live};
use super::provider::Provider;
use super::token::whole_session;

/// The type of the signed answer (RFC 9701 §5), and with `application/` before it that of its body.
pub const TYPE: &str = "token-introspection+jwt";

/// What the service is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// As JSON.
    Json(String),
    /// Signed, for this service.
    Signed(String),
}

/// Looks. `signed`: the service asks for the signed form; one that has registered it gets it in any case.
///
/// # Errors
/// A fault of the store or of a key; [`wire::oauth::error::OauthError`] for a client that can keep no secret: everybody could
/// ask in its name.
pub fn look(
    store: &Store,
    cx: &Cx,
    (ring, provider): (&Keyring, &Provider),
    (proved, named, signed): (&Proved, &NamedToken, bool),
) -> Result<Result<Told, wire::oauth::error::OauthError>, Fault> {
    let asker = &proved.registered;
    if asker.client.kind() == ClientKind::Public {
        return Ok(Err(GrantRefusal::ClientUnproved.error()));
    }
    let text = named.token.expose();
    let answer = if let Some(bearer) = Bearer::read(BearerKind::RefreshToken, text) {
        refresh(store, cx, provider, (asker, &bearer))?
    } else {
        match presented::live(store, cx, (ring, provider), text)? {
            Some(live) if is_for(asker, &live) => access(store, provider, (asker, &live)),
            Some(_) | None => introspection::answer(None),
        }
    };
    let kind = asker.introspection_signing.or(signed.then_some(asker.client.signing));
    Ok(Ok(match kind {
        None => Told::Json(answer.to_string()),
        Some(kind) => {
            let claims = introspection::claims(provider.issuer(), &asker.client.id, seconds(cx.now), &answer);
            Told::Signed(sign(ring, kind, TYPE, &claims)?)
        }
    }))
}

/// Whether the service is one that the token is for, or the client that has it.
fn is_for(asker: &Registered, live: &Live) -> bool {
    let own = &asker.client.resources;
    live.token.client == asker.client.id
        || own
            .iter()
            .any(|resource| live.token.audiences.iter().any(|audience| audience == resource.as_str()))
}

fn access(store: &Store, provider: &Provider, (asker, live): (&Registered, &Live)) -> Value {
    let token = &live.token;
    let account = live.kept.as_ref().and_then(|kept| kept.grant.account);
    let subject = match account {
        Some(account) if token.client != asker.client.id => asker.client.subject(account, store.keys()),
        Some(_) | None => token.subject.clone(),
    };
    let audiences: Vec<&str> = token.audiences.iter().map(String::as_str).collect();
    introspection::answer(Some(&Active {
        issuer: provider.issuer(),
        subject: Some(&subject),
        client_id: &token.client,
        scopes: &token.scopes,
        audiences: &audiences,
        issued: seconds(token.issued_at),
        expires: seconds(token.expires_at),
        key: token.key,
        acr: token.signed_in.as_ref().map(|(acr, _)| acr.as_str()),
        auth_time: token.signed_in.as_ref().map(|(_, at)| seconds(*at)),
        id: Some(&token.id.to_string()),
        origin: token.origin.code(),
        context: token.context.map(Nearness::code),
        provisional: token.provisional,
    }))
}

/// A refresh token is nobody's business but its own client's.
fn refresh(
    store: &Store,
    cx: &Cx,
    provider: &Provider,
    (asker, bearer): (&Registered, &Bearer),
) -> Result<Value, Fault> {
    let digest = bearer.digest(store.keys());
    let found = store.read(|reader| {
        let Some(token) = refresh_tokens::find_by_digest(reader, &digest)? else { return Ok(None) };
        let Some(kept) = grants::find(reader, token.token.grant)? else { return Ok(None) };
        let whole = whole_session(reader, &kept.grant)?.is_ok();
        Ok(whole.then_some((token.token, kept.grant)))
    })?;
    let found = found.filter(|(token, grant)| {
        let own = grant.client == asker.client.id;
        own && asker.was_given(grant) && token.state == RefreshState::Live && grant.over(cx.now).is_none()
    });
    let Some((token, grant)) = found else { return Ok(introspection::answer(None)) };
    let subject = grant.account.map(|account| asker.client.subject(account, store.keys()));
    // What the next token would have.
    let scopes = grant.token_scopes(&asker.client, None, cx.now).unwrap_or_default();
    Ok(introspection::answer(Some(&Active {
        issuer: provider.issuer(),
        subject: subject.as_deref(),
        client_id: &grant.client,
        scopes: &scopes,
        audiences: &[provider.issuer()],
        issued: seconds(token.issued_at),
        expires: seconds(grant.ends_at()),
        key: grant.key,
        acr: None,
        auth_time: None,
        id: None,
        origin: grant.origin.code(),
        context: grant.context.map(Nearness::code),
        provisional: grant.is_provisional(cx.now),
    })))
}

/// Takes the statement by which the service proved itself, where it came by one.
///
/// # Errors
/// A fault of the store; [`wire::oauth::error::OauthError`] when it was shown before.
pub fn claim(tx: &mut Tx<'_>, proved: &Proved) -> Answered<()> {
    let outcome = claim_all(tx, &proved.once)?;
    Ok(tx.unrecorded("a look at a token is no event", outcome))
}
