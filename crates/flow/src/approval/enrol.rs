//! A browser becomes an approver of an account, by a code that its owner shows it.
//!
//! 1. Whoever has proved within the last minutes who is there shows the code ([`open`]). It works once, for ten minutes.
//! 2. The other browser says for which account it is, and makes a passkey ([`find`], [`offer`]).
//! 3. Before the transaction: verify what was made ([`prepare`]). Then the code is claimed, and everybody is told ([`commit`]).
//!
//! Somebody else may have read the code from the screen. So the approver is held for a day, and can be taken back by the link of
//! the notice, unless it is near the owner's browser, or a browser that the account has known for a day; and always where the
//! owner's own browser is new ([0030](../../../docs/decisions/0030-approvals-are-fetched.md)).
//!
//! Implements: NIST SP 800-63B-4 §4.1.2, §4.1.2.2; RFC 10027 §6.1.1, §6.1.15; `threats.md` §5.2 row 27.

use model::account::{Account, AccountState};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::Digest;
use model::enrolment::{Enrolment, LIFETIME, code_digest, cookie_digest};
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::EnrolmentId;
use model::nearness::{Nearness, nearness};
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::source::Source;
use store::authenticators::{self, New as Row};
use store::{Reader, Store, Tx, accounts, browsers, enrolments, sessions};
use wire::passkey::Attestation;

use super::is_open;
use crate::Outcome;
use crate::authenticator::{self, MOST, cancel_digest};
use crate::passkey::add::is_browser_known;
use crate::passkey::answer::Asked;
use crate::passkey::approver::{self, New};
use crate::passkey::{HOLD, RelyingParty};
use crate::reauth::{self, Needed};
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;

/// A code that will be shown.
pub struct Opening {
    id: EnrolmentId,
    code: [u8; 16],
    digest: Digest,
    by: Visitor,
    source: Source,
}

/// A code that is shown: for the browser that asked for it, and kept nowhere else.
pub struct Opened {
    /// Which.
    pub id: EnrolmentId,
    /// What the other browser has to bring.
    pub code: Secret<[u8; 16]>,
}

/// Draws the code.
///
/// # Errors
/// A fault when the system gives no random bytes.
pub fn prepare_open(store: &Store, cx: &mut Cx, (by, source): (Visitor, Source)) -> Result<Opening, Fault> {
    let code: [u8; 16] = cx.entropy.bytes()?;
    Ok(Opening { id: EnrolmentId::new(cx)?, digest: code_digest(store.keys(), &code), code, by, source })
}

/// Step 1. A code that the account had shown before is worth nothing any more.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::DeviceUnproved`], [`Refusal::MethodOff`], [`Refusal::TooMany`], or
/// [`Refusal::WindowTaken`] where somebody else was faster.
pub fn open(tx: &mut Tx<'_>, cx: &mut Cx, opening: &Opening) -> Outcome<Opened> {
    let (by, source) = (&opening.by, opening.source);
    let needed = Needed::to_change(reauth::within(tx, cx, by)?);
    let refusal = if !needed.is_met(by, cx) {
        Some(Refusal::DeviceUnproved)
    } else if !is_open(&cx.policy, &by.account) {
        Some(Refusal::MethodOff)
    } else if authenticators::list(tx, by.account.id)?.len() >= MOST {
        Some(Refusal::TooMany)
    } else {
        None
    };
    if let Some(refusal) = refusal {
        return Ok(tx.unrecorded("nothing was shown", Err(refusal)));
    }
    enrolments::close(tx, by.account.id, cx.now)?;
    let new = Enrolment {
        id: opening.id,
        account: by.account.id,
        session: by.session.id,
        shown_at: source.address,
        known: is_browser_known(tx, cx.now, by)?,
        made_at: cx.now,
        expires_at: cx.now + LIFETIME,
        approver: None,
        ended_at: None,
    };
    if !enrolments::insert(tx, &opening.digest, &new)? {
        return Ok(tx.unrecorded("somebody was faster", Err(Refusal::WindowTaken)));
    }
    let kind = EventKind::EnrolmentOpened { until: new.expires_at };
    let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
    let event = event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses))).within(by.session.id);
    tx.record(&[event], Ok(Opened { id: new.id, code: Secret::new(opening.code) }))
}

/// What became of a code, for the browser session in which it was shown.
///
/// # Errors
/// A fault of the store.
pub fn look(
    store: &Store,
    by: &Visitor,
    id: EnrolmentId,
) -> Result<Option<(Enrolment, Option<Authenticator>)>, Fault> {
    store.read(|reader| {
        let own = enrolments::find(reader, id)?.filter(|own| own.session == by.session.id);
        let Some(own) = own else { return Ok(None) };
        let all = authenticators::list(reader, by.account.id)?.into_iter().map(|kept| kept.authenticator);
        let made = all.into_iter().find(|one| Some(one.id) == own.approver);
        Ok(Some((own, made)))
    })
}

/// Step 2: what a code would make of the browser that brings it. Looking changes nothing.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cx: &Cx, code: &[u8; 16]) -> Result<Option<(Enrolment, Account)>, Fault> {
    let digest = code_digest(store.keys(), code);
    store.read(|reader| {
        let Some(found) = enrolments::find_by_code(reader, &digest)? else { return Ok(None) };
        let account = owner(reader, cx, &found)?;
        Ok(account.filter(|_| found.is_open(cx.now)).map(|account| (found, account)))
    })
}

/// The account that an approver is made for, if it may have one, and the session in which the code was shown goes on.
fn owner(reader: &mut Reader<'_>, cx: &Cx, enrolment: &Enrolment) -> Result<Option<Account>, Fault> {
    let session = sessions::find(reader, enrolment.session)?;
    let goes_on = session.is_some_and(|(session, _)| session.over(cx.now, &cx.policy).is_none());
    let account = accounts::find(reader, enrolment.account)?;
    let may = |account: &Account| account.state == AccountState::Open && is_open(&cx.policy, account);
    Ok(account.filter(|account| goes_on && may(account)))
}

/// Step 2: what the browser is asked; `called` is what its device will show beside the name of the site.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EnrolmentOver`].
pub fn offer(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (code, half): (&[u8; 16], &[u8; 16]),
    called: &str,
) -> Result<Verdict<Asked>, Fault> {
    let Some((enrolment, _)) = find(store, cx, code)? else { return Ok(Err(Refusal::EnrolmentOver)) };
    let about = code_digest(store.keys(), code);
    approver::offer(store, party, cx, half, (&about, enrolment.account, called)).map(Ok)
}

/// What a browser brought that is to become an approver.
pub struct Made {
    /// The code.
    pub code: [u8; 16],
    /// The challenge, as the page carried it.
    pub challenge: String,
    /// What its authenticator made.
    pub attestation: Attestation,
    /// What its owner calls it, after [`crate::authenticator::name`].
    pub name: String,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
}

/// An approver with everything that can be made before the transaction.
pub struct Prepared {
    new: New,
    code: Digest,
    cookie: [u8; 16],
    cancel: [u8; 16],
    browser: Digest,
    name: String,
    source: Source,
}

/// A browser that has become an approver.
pub struct Enrolled {
    /// What it is on the account's list.
    pub approver: Authenticator,
    /// Whether it is held at first.
    pub held: bool,
    /// The secret for its cookie.
    pub cookie: Secret<[u8; 16]>,
}

/// Step 3, before the transaction.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::EnrolmentOver`], [`Refusal::ChallengeOver`], [`Refusal::PasskeyUnfit`].
pub fn prepare(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    made: Made,
) -> Result<Verdict<Prepared>, Fault> {
    let Some((enrolment, _)) = find(store, cx, &made.code)? else {
        return Ok(Err(Refusal::EnrolmentOver));
    };
    let code = code_digest(store.keys(), &made.code);
    let brought = (made.challenge.as_str(), &made.browser_half, &made.attestation);
    let new = match approver::made(store, party, cx, brought, (&code, enrolment.account))? {
        Ok(new) => new,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Prepared {
        new,
        code,
        cookie: cx.entropy.bytes()?,
        cancel: cx.entropy.bytes()?,
        browser: browser_digest(store.keys(), &made.browser_half),
        name: made.name,
        source: made.source,
    }))
}

/// Step 3.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ChallengeOver`], [`Refusal::EnrolmentOver`], [`Refusal::TooMany`],
/// [`Refusal::PasskeyKnown`].
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, made: &Prepared) -> Outcome<Enrolled> {
    if !made.new.answered.claim(tx, cx.now)? {
        return Ok(tx.unrecorded("answered before", Err(Refusal::ChallengeOver)));
    }
    let Some(enrolment) = enrolments::claim(tx, &made.code, (made.new.id, cx.now))? else {
        return Ok(tx.unrecorded("used, closed, or too late", Err(Refusal::EnrolmentOver)));
    };
    accounts::ask_held(tx, enrolment.account)?.get(tx)?;
    if owner(tx, cx, &enrolment)?.is_none() {
        return Ok(tx.unrecorded("its account or session is over", Err(Refusal::EnrolmentOver)));
    }
    if authenticators::list(tx, enrolment.account)?.len() >= MOST {
        return Ok(tx.unrecorded("nothing was added", Err(Refusal::TooMany)));
    }
    let held = !is_trusted(tx, cx, made, &enrolment)?;
    let approver = Authenticator {
        id: made.new.id,
        account: enrolment.account,
        kind: AuthenticatorKind::Approver,
        name: made.name.clone(),
        added_at: cx.now,
        usable_at: if held { cx.now + HOLD } else { cx.now },
        used_at: None,
        session: Some(enrolment.session),
        counter: 0,
    };
    let row = Row {
        authenticator: &approver,
        credential: Some(made.new.credential),
        sealed: &made.new.sealed,
        cancel: held.then(|| cancel_digest(tx.keys(), approver.id, &made.cancel)),
        cookie: Some(cookie_digest(tx.keys(), approver.id, &made.cookie)),
    };
    if !authenticators::claim_insert(tx, &row)? {
        return Ok(tx.unrecorded("it is somebody's already", Err(Refusal::PasskeyKnown)));
    }
    let event = authenticator::added(tx, cx, &approver, (&made.cancel, made.source))?;
    tx.record(&[event], Ok(Enrolled { approver, held, cookie: Secret::new(made.cookie) }))
}

/// Ends at most `limit` codes that nobody brought in time: whoever showed one reads that nothing came of it. Says how many.
pub(super) fn expire(tx: &mut Tx<'_>, cx: &mut Cx, limit: i64) -> Result<(Vec<Event>, usize), Fault> {
    let over = enrolments::claim_lapsed(tx, cx.now, limit)?;
    let mut events = Vec::with_capacity(over.len());
    for one in &over {
        events.push(Event::new(cx, Subject::Account(one.account), EventKind::EnrolmentLapsed)?);
    }
    Ok((events, over.len()))
}

/// Whether the owner is surely there: the code was shown in a browser that the account is used to, and the new approver is in
/// the same network, or such a browser itself.
fn is_trusted(tx: &mut Tx<'_>, cx: &Cx, made: &Prepared, enrolment: &Enrolment) -> Result<bool, Fault> {
    if !enrolment.known {
        return Ok(false);
    }
    let near = nearness(enrolment.shown_at, made.source.address, &cx.policy.nearby_networks);
    if near == Nearness::Nearby {
        return Ok(true);
    }
    let Some(own) = browsers::find(tx, enrolment.account, &made.browser)? else { return Ok(false) };
    let all = browsers::list(tx, enrolment.account)?;
    Ok(all.into_iter().any(|browser| browser.id == own && browser.first_used + HOLD <= cx.now))
}
