//! Somebody who is signed in, and has just proved it again, adds an authenticator app.
//!
//! 1. The page carries a fresh secret: drawn for the eye, and sealed for the way back ([`offer`]). Nothing is kept of it.
//! 2. The first code shows that the app has it. Before the transaction: open, compare, seal ([`prepare`]).
//! 3. Claim the secret, write it down with the step of its first code, which is used up by that ([`commit`]). From a browser
//!    that the account has not known for a day it is held for a day.
//!
//! Implements: NIST SP 800-63B-4 §4.1.2, RFC 6238 §5.2.

use std::time::Duration;

use model::authenticator::AuthenticatorKind;
use model::authenticator::totp::{Step, Totp};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::id::AuthenticatorId;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, answered_challenges, authenticators, seal};

use crate::Outcome;
use crate::authenticator::bind::{self, Added, Binding};
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;

/// How long a secret may wait for its first code.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

const PLACE: &[u8] = b"app secret";
/// Browser, session, end, hash function and digits, secret.
const PLAIN: usize = 16 + 16 + 8 + 2 + 20;
const SEALED: usize = PLAIN + 12 + 16;

/// A secret that waits for its first code.
pub struct Offered {
    /// It.
    pub totp: Totp,
    /// The same for the way back.
    pub sealed: String,
}

/// Step 1.
///
/// # Errors
/// A fault when there is no chance to be had.
pub fn offer(store: &Store, cx: &mut Cx, (visitor, half): (&Visitor, &[u8; 16])) -> Result<Offered, Fault> {
    let totp = Totp::draw(&mut cx.entropy)?;
    let mut plain = Vec::with_capacity(PLAIN);
    plain.extend(browser_digest(store.keys(), half).bytes());
    plain.extend(visitor.session.id.bytes());
    plain.extend((cx.now + LIFETIME).micros().to_be_bytes());
    plain.extend(super::write(&totp));
    let sealed = seal::seal(store.keys(), &mut cx.entropy, PLACE, &plain)?;
    Ok(Offered { totp, sealed: wire::token::encode(&sealed) })
}

/// The secret that a page carried, for the same page once more: what somebody has scanned is not to be scanned again.
///
/// # Errors
/// [`Refusal::ChallengeOver`].
pub fn reopen(
    keys: &Keys,
    now: Time,
    (sealed, half): (&str, &[u8; 16]),
    visitor: &Visitor,
) -> Verdict<Offered> {
    let (totp, _) = unseal(keys, now, (sealed, half), visitor)?;
    Ok(Offered { totp, sealed: sealed.to_owned() })
}

fn unseal(
    keys: &Keys,
    now: Time,
    (sealed, half): (&str, &[u8; 16]),
    visitor: &Visitor,
) -> Verdict<(Totp, Time)> {
    let over = Refusal::ChallengeOver;
    let bytes = wire::token::decode::<SEALED>(sealed).map_err(|_| over)?;
    let plain = seal::open(keys, PLACE, &bytes).map_err(|_| over)?;
    let (browser, rest) = plain.expose().split_first_chunk::<16>().ok_or(over)?;
    let (session, rest) = rest.split_first_chunk::<16>().ok_or(over)?;
    let (end, rest) = rest.split_first_chunk::<8>().ok_or(over)?;
    let expires_at = Time::from_micros(i64::from_be_bytes(*end));
    let own = Digest::from_bytes(*browser).matches(&browser_digest(keys, half))
        && session == visitor.session.id.bytes();
    let totp = super::read(&Secret::new(rest.to_vec())).ok_or(over)?;
    if own && now < expires_at { Ok((totp, expires_at)) } else { Err(over) }
}

/// What came back.
pub struct Made {
    /// The secret, as the page carried it.
    pub sealed: String,
    /// The first code, as it was typed.
    pub code: String,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in.
    pub visitor: Visitor,
    /// From where.
    pub source: Source,
}

/// An app with everything that can be made before the transaction.
pub struct Prepared {
    answered: Digest,
    expires_at: Time,
    id: AuthenticatorId,
    step: Step,
    sealed: Vec<u8>,
    cancel: [u8; 16],
    visitor: Visitor,
    source: Source,
}

/// Step 2.
///
/// # Errors
/// A fault of sealing. Refused: [`Refusal::ChallengeOver`], [`Refusal::CodeMalformed`], [`Refusal::AppCodeWrong`].
pub fn prepare(store: &Store, cx: &mut Cx, made: Made) -> Result<Verdict<Prepared>, Fault> {
    let keys = store.keys();
    let carried = (made.sealed.as_str(), &made.browser_half);
    let (totp, expires_at) = match unseal(keys, cx.now, carried, &made.visitor) {
        Ok(opened) => opened,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Ok(typed) = totp.read(&made.code) else { return Ok(Err(Refusal::CodeMalformed)) };
    let Some(step) = totp.accept(&typed, cx.now, None) else { return Ok(Err(Refusal::AppCodeWrong)) };
    let id = AuthenticatorId::new(cx)?;
    Ok(Ok(Prepared {
        answered: keys.digest(Of::Token, &[b"app secret", totp.secret().expose()]),
        expires_at,
        id,
        step,
        sealed: authenticators::seal(keys, &mut cx.entropy, id, &super::write(&totp))?,
        cancel: cx.entropy.bytes()?,
        visitor: made.visitor,
        source: made.source,
    }))
}

/// Step 3.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ChallengeOver`], [`Refusal::AccountState`], [`Refusal::MethodOff`],
/// [`Refusal::TooMany`] where there is one already.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, made: &Prepared) -> Outcome<Added> {
    let owner = bind::owner(tx, &made.visitor)?;
    let fresh = cx.now < made.expires_at && answered_challenges::claim(tx, &made.answered, made.expires_at)?;
    if !fresh {
        return Ok(tx.unrecorded("brought back before", Err(Refusal::ChallengeOver)));
    }
    match owner {
        Err(refusal) => return Ok(tx.unrecorded("locked or closed meanwhile", Err(refusal))),
        Ok(account) if !super::is_open(&cx.policy, &account) => {
            return Ok(tx.unrecorded("it could be used for nothing", Err(Refusal::MethodOff)));
        }
        Ok(_) => {}
    }
    let binding = Binding {
        id: made.id,
        kind: AuthenticatorKind::Totp,
        counter: i64::try_from(made.step.number()).unwrap_or(i64::MAX),
        sealed: &made.sealed,
        cancel: &made.cancel,
        by: &made.visitor,
        source: made.source,
    };
    match bind::add(tx, cx, &binding)? {
        Ok((added, event)) => tx.record(&[event], Ok(added)),
        Err(refusal) => Ok(tx.unrecorded("nothing was added", Err(refusal))),
    }
}
