//! What a person has to do before a client gets its code, and the code.
//!
//! Implements: OpenID Connect Core §3.1.2.1 (`prompt`, `max_age`, `acr_values`, `id_token_hint`), §3.1.2.3, §3.1.2.4
//! (consent), §5.5.1.1 (`acr` as an essential claim), §11 (offline access is consented to), RFC 6749 §4.1.2, RFC 9700 §2.1,
//! threats.md §5.2 row 35.
//!
//! 1. Is anybody signed in, and the one who is meant?
//! 2. Was it proved lately enough, and surely enough?
//! 3. Does a consent hold, or has the person to be asked?
//! 4. A grant and its code are one transaction, and a kept request is used up by it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use model::assurance::{Aal, Assurance};
use model::authorization_code::AuthorizationCode;
use model::bearer::{Bearer, BearerKind};
use model::client::{Client, ClientKind};
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::grant::{Grant, GrantOrigin};
use model::id::{AuthorizationCodeId, GrantId};
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, authorization_codes, grants, sessions};
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::scope::Scopes;

use super::keys::Keyring;
use super::provider::Provider;
use super::request::{self, Answer, Asked};
use super::{Answered, hint, mine};
use crate::methods;
use crate::reauth::{self, Ways};
use crate::session::Visitor;

/// Where a browser is of which nobody knows that.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Somebody has to sign in.
    SignIn,
    /// Whoever is signed in has to prove it once more, or more surely.
    Confirm,
    /// Whoever is signed in has proved nothing that the client takes, and has nothing to prove it with in this session; or the
    /// session is provisional.
    Lacking,
    /// The person is asked.
    Ask,
    /// A consent holds: the code can go out.
    Give,
    /// The client is told no.
    Refuse(OauthError),
}

/// Decides.
///
/// # Errors
/// A fault of the store.
pub fn decide(
    store: &Store,
    cx: &Cx,
    (ring, provider): (&Keyring, &Provider),
    (asked, visitor): (&Asked, Option<&Visitor>),
) -> Result<Due, Fault> {
    let prompt = asked.request.prompt;
    let quietly = |otherwise: Due, code: ErrorCode, sentence: &str| {
        if prompt.none { Due::Refuse(OauthError::new(code, sentence)) } else { otherwise }
    };
    let Some(visitor) = visitor else {
        return Ok(quietly(Due::SignIn, ErrorCode::LoginRequired, "Nobody is signed in."));
    };
    let subject = asked.registered.client.subject(visitor.account.id, store.keys());
    if meant(ring, provider, asked).iter().any(|meant| *meant != subject) {
        let sentence = "Somebody else is signed in than the request names.";
        return Ok(Due::Refuse(OauthError::new(ErrorCode::LoginRequired, sentence)));
    }
    if visitor.session.doubted_at.is_some() {
        let sentence = "The session of the person is provisional.";
        return Ok(quietly(Due::Lacking, ErrorCode::LoginRequired, sentence));
    }
    let ways = methods::ways_to_client(&asked.registered, reauth::ways(store, cx, visitor)?);
    let Some(counted) = methods::at_client(&asked.registered, &visitor.session.assurance) else {
        let sentence = "The person signed in by no way that counts at this client.";
        return Ok(if ways.methods.is_empty() {
            quietly(Due::Lacking, ErrorCode::UnmetAuthenticationRequirements, sentence)
        } else {
            quietly(Due::Confirm, ErrorCode::LoginRequired, sentence)
        });
    };
    if is_stale(asked, &counted) {
        return Ok(quietly(Due::Confirm, ErrorCode::LoginRequired, "The sign-in is too long ago."));
    }
    match level(asked, &counted, ways) {
        Level::Met => {}
        Level::InReach => {
            let sentence = "A surer way of signing in has to be used.";
            return Ok(quietly(Due::Confirm, ErrorCode::LoginRequired, sentence));
        }
        Level::OutOfReach => {
            let sentence = "None of the demanded ways of signing in can be had with this account.";
            let error = OauthError::new(ErrorCode::UnmetAuthenticationRequirements, sentence);
            return Ok(Due::Refuse(error));
        }
    }
    let asks = prompt.consent || prompt.select_account || !consented(store, cx, (asked, visitor))?;
    Ok(if asks {
        quietly(Due::Ask, ErrorCode::ConsentRequired, "The person has to be asked.")
    } else {
        Due::Give
    })
}

/// Whom the client expects: by an ID token of ours, or by a subject that it names.
fn meant(ring: &Keyring, provider: &Provider, asked: &Asked) -> Vec<String> {
    let hinted = asked.request.id_token_hint.as_deref();
    let hinted = hinted.and_then(|text| hint::subject(ring, provider, (text, &asked.registered.client.id)));
    let claims = asked.request.claims.as_ref();
    let named =
        claims.and_then(|claims| claims.in_id_token("sub")).and_then(|sub| sub.values.first().cloned());
    hinted.into_iter().chain(named).collect()
}

/// Whether the last proof was given before the time that the request allows. It is counted from when the request was made, so
/// that whoever has just proved it is not asked again.
fn is_stale(asked: &Asked, assurance: &Assurance) -> bool {
    let oldest = asked.request.max_age.or(asked.registered.default_max_age);
    let oldest = if asked.request.prompt.login { Some(0) } else { oldest };
    oldest.is_some_and(|seconds| assurance.at + Duration::from_secs(u64::from(seconds)) < asked.made_at)
}

enum Level {
    Met,
    InReach,
    OutOfReach,
}

/// How the session stands to the ways of signing in that are wished for or demanded.
fn level(asked: &Asked, assurance: &Assurance, ways: Ways) -> Level {
    let claim = asked.request.claims.as_ref().and_then(|claims| claims.in_id_token("acr"));
    let demanded = claim.is_some_and(|claim| claim.essential && !claim.values.is_empty());
    let wished = match claim {
        Some(claim) if !claim.values.is_empty() => &claim.values,
        _ if asked.request.acr_values.is_empty() => &asked.registered.default_acr_values,
        _ => &asked.request.acr_values,
    };
    let known: Vec<Aal> = wished.iter().filter_map(|acr| Aal::from_acr(acr)).collect();
    let has = assurance.aal();
    let best = known.first().copied();
    if best.is_some_and(|best| has < best && ways.highest >= best) {
        return Level::InReach;
    }
    let enough = known.iter().any(|level| *level <= has);
    let reachable = known.iter().any(|level| *level <= ways.highest);
    match (demanded, enough, reachable) {
        (false, ..) | (true, true, _) => Level::Met,
        (true, false, true) => Level::InReach,
        (true, false, false) => Level::OutOfReach,
    }
}

/// Whether this person has allowed this client as much before, by a grant that still holds. A client of which nobody knows who
/// it is may not build on a consent that was given to whoever bears its name: it can prove no identity (RFC 8252 §8.6).
fn consented(store: &Store, cx: &Cx, (asked, visitor): (&Asked, &Visitor)) -> Result<bool, Fault> {
    let client = &asked.registered.client;
    if !client.verified && client.kind() == ClientKind::Public {
        return Ok(false);
    }
    let given = store.read(|reader| grants::list_to(reader, visitor.account.id, &client.id))?;
    let wanted = asked.reach();
    Ok(given.iter().any(|kept| {
        let grant = &kept.grant;
        let covers = wanted.is_within(&mine::reach(client, &grant.scopes, kept.claims.as_deref()));
        let reaches = asked.request.resources.iter().all(|resource| grant.resources.contains(resource));
        // What is doubted itself says nothing about anything else.
        let holds = grant.over(cx.now).is_none() && !grant.is_provisional(cx.now);
        covers && reaches && holds && asked.registered.was_given(grant)
    }))
}

/// A code that will go out.
pub struct Giving {
    asked: Asked,
    visitor: Visitor,
    source: Source,
    digest: Digest,
    remembered: bool,
    answer: Answer,
    /// Whether the provider itself is at the loopback, and the browser on its machine: then there is one machine, and nothing
    /// comes from another place.
    at_home: bool,
}

/// Prepares the code: whoever is signed in has said yes, now or before (`remembered`).
///
/// # Errors
/// A fault when the system gives no random bytes.
pub fn prepare(
    store: &Store,
    cx: &mut Cx,
    provider: &Provider,
    (asked, visitor, source, remembered): (Asked, Visitor, Source, bool),
) -> Result<Giving, Fault> {
    let code = Bearer::draw(&mut cx.entropy, BearerKind::AuthorizationCode)?;
    let digest = code.digest(store.keys());
    let answer = asked.success(provider, &code);
    let here = source.address.is_some_and(|address| address.to_canonical().is_loopback());
    let at_home = here && RedirectUri::parse(provider.issuer()).is_ok_and(|uri| uri.is_loopback());
    Ok(Giving { asked, visitor, source, digest, remembered, answer, at_home })
}

/// Until when a grant to this client lasts, used or not, if it is given at `now`.
#[must_use]
pub fn lasts(client: &Client, now: Time) -> Time {
    now + client.lifetimes.absolute
}

/// Gives the grant and its code.
///
/// # Errors
/// A fault of the store; [`OauthError`], for the person, when the request was answered before, or the session ended meanwhile.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, giving: &Giving) -> Answered<Answer> {
    let (asked, visitor) = (&giving.asked, &giving.visitor);
    let client = &asked.registered.client;
    if !request::claim(tx, cx, asked)? {
        return Ok(tx.unrecorded("answered before", Err(request::answered_before())));
    }
    let Some(assurance) = methods::at_client(&asked.registered, &visitor.session.assurance) else {
        let error =
            OauthError::new(ErrorCode::LoginRequired, "What was proved does not count at this client.");
        return Ok(tx.unrecorded("nothing was proved that counts: nothing was given", Err(error)));
    };
    // Whoever ends the session waits for this, and finds the grant.
    if !sessions::claim_use(tx, visitor.session.id, cx.now)? {
        let error = OauthError::new(ErrorCode::LoginRequired, "The session has ended, or is provisional.");
        return Ok(tx.unrecorded("the session has ended, or is provisional: nothing was given", Err(error)));
    }
    let source = giving.source.kept(cx.policy.keep_addresses);
    let grant = Grant {
        id: GrantId::new(cx)?,
        account: Some(visitor.account.id),
        client: client.id.clone(),
        scopes: asked.request.scopes.clone(),
        resources: asked.request.resources.clone(),
        origin: GrantOrigin::Browser,
        context: None,
        session: Some(visitor.session.id),
        key: None,
        granted_at: cx.now,
        used_at: cx.now,
        idle: client.lifetimes.idle,
        expires_at: lasts(client, cx.now),
        confirmed_at: None,
        quiet_until: None,
        ended: None,
    };
    let event = given(cx, (&grant, &asked.request.scopes), giving.remembered)?;
    let event = event.by(Actor::Owner, Some(source)).within(visitor.session.id);
    let loopback = !giving.at_home && RedirectUri::parse(&asked.redirect).is_ok_and(|uri| uri.is_loopback());
    let code = AuthorizationCode {
        id: AuthorizationCodeId::new(cx)?,
        grant: grant.id,
        client: client.id.clone(),
        redirect_uri: asked.redirect.clone(),
        redirect_named: asked.redirect_named,
        challenge: asked.request.challenge,
        key: asked.key,
        loopback_from: loopback.then(|| giving.source.address.unwrap_or(UNKNOWN)),
        expires_at: cx.now + client.lifetimes.code,
        redeemed_at: None,
    };
    let kept = grants::Kept {
        grant,
        assurance: Some(assurance),
        claims: asked.claims.clone(),
        source: Some(source),
    };
    grants::insert(tx, &kept)?;
    let nonce = asked.request.nonce.clone();
    authorization_codes::insert(tx, &giving.digest, &authorization_codes::Kept { code, nonce })?;
    tx.record(&[event], Ok(giving.answer.clone()))
}

fn given(cx: &mut Cx, (grant, scopes): (&Grant, &Scopes), remembered: bool) -> Result<Event, Fault> {
    let subject = grant.account.map_or(Subject::Site, Subject::Account);
    let kind = EventKind::GrantGiven {
        grant: grant.id,
        client: grant.client.clone(),
        scopes: scopes.to_string(),
        remembered,
    };
    Ok(Event::new(cx, subject, kind)?)
}

/// Says no in the name of the person.
///
/// # Errors
/// A fault of the store; [`OauthError`], for the person, when the request was answered before.
pub fn deny(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    provider: &Provider,
    (asked, visitor, source): (&Asked, &Visitor, Source),
) -> Answered<Answer> {
    if !request::claim(tx, cx, asked)? {
        return Ok(tx.unrecorded("answered before", Err(request::answered_before())));
    }
    let kind = EventKind::GrantDenied { client: asked.registered.client.id.clone() };
    let event = Event::new(cx, Subject::Account(visitor.account.id), kind)?;
    let event = event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses)));
    let error = OauthError::new(ErrorCode::AccessDenied, "The person said no.");
    tx.record(&[event.within(visitor.session.id)], Ok(asked.refusal(provider, &error)))
}

/// Uses a pushed request up that the client is told no about, so that the same answer goes out once.
///
/// # Errors
/// A fault of the store; [`OauthError`], for the person, when it was answered before.
pub fn refuse(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    provider: &Provider,
    (asked, error): (&Asked, &OauthError),
) -> Answered<Answer> {
    if request::claim_kept(tx, cx, asked)? {
        let answer = asked.refusal(provider, error);
        Ok(tx.unrecorded("a question that nobody was asked", Ok(answer)))
    } else {
        Ok(tx.unrecorded("answered before", Err(request::answered_before())))
    }
}
