//! The owner answers on an approver: yes by the number and the passkey, or "that is not me".
//!
//! 1. What waits is opened ([`open`]).
//! 2. The number is typed; the page asks the passkey for what covers the approval, what was shown, and the number ([`ask`]).
//! 3. Before the transaction: verify the gesture, and compare the number ([`prepare`]).
//! 4. Claim the challenge; look at the account, the approver, the policy and the counter; then claim the only try that there is
//!    ([`commit`]). Of two approvers that answer at once one is first.
//! 5. "That is not me" asks for no gesture: it ends the attempt and opens nothing ([`deny`]).
//!
//! Implements: OWASP ASVS 5.0 6.6.4; WebAuthn Level 3 §7.2; `threats.md` §5.2 rows 16 and 18.

use model::account::AccountState;
use model::approval::{Approval, ApprovalState, DIGITS, NotApproved, TAKE, Wanted, consent, is_number};
use model::cx::Cx;
use model::enrolment::cookie_digest;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::ApprovalId;
use model::method::Method;
use model::nearness::{Nearness, nearness};
use model::refusal::{Refusal, Verdict};
use model::source::Source;
use store::approvals::{self, Answer as Answered};
use store::{Store, Tx, accounts, authenticators};
use wire::digits;
use wire::passkey::Assertion;

use super::approver::{self, Approver};
use super::use_of;
use crate::Outcome;
use crate::doorbell::ring;
use crate::methods;
use crate::passkey::RelyingParty;
use crate::passkey::answer::Asked;
use crate::passkey::approver::{self as ceremony, Proof};

/// Step 1: notes that somebody looks, the first time.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ApprovalOver`].
pub fn open(tx: &mut Tx<'_>, cx: &mut Cx, (by, id, source): (&Approver, ApprovalId, Source)) -> Outcome<()> {
    let found = approvals::find(tx, id)?.filter(|found| !found.decoy && found.account == by.account.id);
    let Some(found) = found.filter(|found| found.state_at(cx.now) == ApprovalState::Waiting) else {
        return Ok(tx.unrecorded("nothing waits there", Err(Refusal::ApprovalOver)));
    };
    if !approvals::claim_open(tx, found.id, (found.account, cx.now))? {
        return Ok(tx.unrecorded("opened before", Ok(())));
    }
    let kind = EventKind::ApprovalOpened { approval: id, approver: by.own().id };
    let event = mine(cx, (by, source), kind)?;
    tx.record(&[event], Ok(()))
}

fn mine(cx: &mut Cx, (by, source): (&Approver, Source), kind: EventKind) -> Result<Event, Fault> {
    let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
    Ok(event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses))))
}

/// What was typed, to be signed.
pub struct Signing {
    /// What waits.
    pub approval: Approval,
    /// The number as it was read.
    pub number: String,
    /// What the passkey is asked.
    pub asked: Asked,
}

/// Step 2.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::CodeMalformed`], for which no try is spent; [`Refusal::ApprovalOver`], or
/// [`Refusal::AuthenticatorHeld`].
pub fn ask(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    half: &[u8; 16],
    (by, id, typed): (&Approver, ApprovalId, &str),
) -> Result<Verdict<Signing>, Fault> {
    if !by.own().is_usable(cx.now) {
        return Ok(Err(Refusal::AuthenticatorHeld { at: by.own().usable_at }));
    }
    let Ok(number) = digits::parse(typed, DIGITS) else { return Ok(Err(Refusal::CodeMalformed)) };
    let found = approver::look(store, by, id)?;
    let waits = |found: &Approval| found.state_at(cx.now) == ApprovalState::Waiting;
    let Some(approval) = found.filter(waits) else { return Ok(Err(Refusal::ApprovalOver)) };
    let about = consent(store.keys(), &approval, (by.own().id, &number));
    let asked = ceremony::ask(store, party, cx, half, (&about, &by.kept))?;
    Ok(Ok(Signing { approval, number, asked }))
}

/// What an approver's browser brought back.
pub struct Answer {
    /// Whoever holds the approver.
    pub by: Approver,
    /// What is answered.
    pub id: ApprovalId,
    /// The number that was typed.
    pub typed: String,
    /// The challenge, as the page carried it.
    pub challenge: String,
    /// What the authenticator signed.
    pub assertion: Assertion,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
}

/// An answer with everything that can be found out before the transaction.
pub struct Prepared {
    by: Approver,
    approval: Approval,
    proof: Proof,
    right: bool,
    source: Source,
}

/// Step 3.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::CodeMalformed`], [`Refusal::ApprovalOver`] also for what is another account's, or
/// [`Refusal::ChallengeOver`] where the challenge is about something else than this.
pub fn prepare(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    answer: Answer,
) -> Result<Verdict<Prepared>, Fault> {
    let Ok(number) = digits::parse(&answer.typed, DIGITS) else { return Ok(Err(Refusal::CodeMalformed)) };
    let Some(approval) = approver::look(store, &answer.by, answer.id)? else {
        return Ok(Err(Refusal::ApprovalOver));
    };
    let about = consent(store.keys(), &approval, (answer.by.own().id, &number));
    let brought = (answer.challenge.as_str(), &answer.browser_half, &answer.assertion);
    let proof = match ceremony::prove(store, party, cx, brought, (&about, &answer.by.kept))? {
        Ok(proof) => proof,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let right = is_number(store.keys(), approval.drawn, &number);
    Ok(Ok(Prepared { by: answer.by, approval, proof, right, source: answer.source }))
}

/// Records that an answer named what is no question to this account: [`prepare`] and [`ask`] found nothing.
///
/// # Errors
/// A fault of the store.
pub fn refuse_foreign(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (by, id, source): (&Approver, ApprovalId, Source),
) -> Outcome<()> {
    let foreign = approvals::find(tx, id)?.is_some_and(|found| found.account != by.account.id);
    if !foreign {
        return Ok(tx.unrecorded("what became of it is on the record", Err(Refusal::ApprovalOver)));
    }
    let kind = EventKind::ApprovalRefused { approver: by.own().id, because: NotApproved::Foreign };
    let event = mine(cx, (by, source), kind)?;
    tx.record(&[event], Err(Refusal::ApprovalOver))
}

/// Step 4. Where the browser is that asked, seen from the approver.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ApprovalNumberWrong`], [`Refusal::ApprovalOver`], [`Refusal::ApproverUnknown`],
/// [`Refusal::ChallengeOver`], [`Refusal::PasskeyUnknown`], [`Refusal::PasskeyCopied`], [`Refusal::AuthenticatorHeld`],
/// [`Refusal::MethodOff`], [`Refusal::AccountState`].
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, answer: &Prepared) -> Outcome<Nearness> {
    let who = (&answer.by, answer.source);
    if !answer.proof.answered.claim(tx, cx.now)? {
        return Ok(tx.unrecorded("answered before", Err(Refusal::ChallengeOver)));
    }
    if let Err((because, refusal)) = judge(tx, cx, answer)? {
        let kind = EventKind::ApprovalRefused { approver: answer.by.own().id, because };
        let event = mine(cx, who, kind)?;
        return tx.record(&[event], Err(refusal));
    }
    let (approval, approver) = (answer.approval.id, answer.by.own().id);
    let (state, take_until) = if answer.right {
        (ApprovalState::Approved, Some(cx.now + TAKE))
    } else {
        (ApprovalState::WrongNumber, None)
    };
    let near = nearness(answer.source.address, answer.approval.asked_from, &cx.policy.nearby_networks);
    let given = Answered { approver, state, take_until, nearness: near };
    if !approvals::claim_answer(tx, (approval, answer.by.account.id), (&given, cx.now))? {
        let kind = EventKind::ApprovalRefused { approver, because: NotApproved::Over };
        let event = mine(cx, who, kind)?;
        return tx.record(&[event], Err(Refusal::ApprovalOver));
    }
    if !answer.right {
        let event = mine(cx, who, EventKind::ApprovalNumberRefused { approval, approver })?;
        return tx.record(&[event], Err(Refusal::ApprovalNumberWrong));
    }
    ring::approved(tx, cx, answer.by.account.id)?;
    let event = mine(cx, who, EventKind::ApprovalMatched { approval, approver, nearness: near })?;
    tx.record(&[event], Ok(near))
}

type Judged = Result<(), (NotApproved, Refusal)>;

/// Whether this approver may answer now, and its passkey did: as it is at this moment, whatever it was when it was read.
fn judge(tx: &mut Tx<'_>, cx: &Cx, answer: &Prepared) -> Result<Judged, Fault> {
    let account = accounts::ask_held(tx, answer.by.account.id)?.get(tx)?;
    let (id, secret) = answer.by.cookie;
    let cookie = cookie_digest(tx.keys(), id, &secret);
    let Some(kept) = authenticators::find_approver(tx, id, &cookie)? else {
        return Ok(Err((NotApproved::Removed, Refusal::ApproverUnknown)));
    };
    let now = kept.authenticator;
    let Some(account) = account.filter(|account| account.state == AccountState::Open) else {
        return Ok(Err((NotApproved::Locked, Refusal::AccountState)));
    };
    let open = methods::of_account(&cx.policy, &account);
    if let Err(refusal) = methods::permit(&open, use_of(answer.approval.wanted), Method::Approval) {
        return Ok(Err((NotApproved::MethodOff, refusal)));
    }
    if !now.is_usable(cx.now) {
        return Ok(Err((NotApproved::Held, Refusal::AuthenticatorHeld { at: now.usable_at })));
    }
    let Some(counter) = answer.proof.counter else {
        return Ok(Err((NotApproved::Unproved, Refusal::PasskeyUnknown)));
    };
    // WebAuthn §7.2 step 22: where either counts, it must go on.
    let counts = counter != 0 || now.counter != 0;
    if (counts && counter <= now.counter)
        || !authenticators::claim_use(tx, id, (now.counter, counter), cx.now)?
    {
        return Ok(Err((NotApproved::Unproved, Refusal::PasskeyCopied)));
    }
    if let Some(sealed) = &answer.proof.sealed {
        authenticators::put_sealed(tx, id, sealed)?;
    }
    Ok(Ok(()))
}

/// Step 5. The answer says what it was for, so that the page can say what to do next.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::ApprovalOver`], [`Refusal::ApproverUnknown`].
pub fn deny(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (by, id, source): (&Approver, ApprovalId, Source),
) -> Outcome<Wanted> {
    let (approver, secret) = by.cookie;
    let cookie = cookie_digest(tx.keys(), approver, &secret);
    let there = authenticators::find_approver(tx, approver, &cookie)?;
    if !there.is_some_and(|kept| kept.authenticator.is_usable(cx.now)) {
        return Ok(tx.unrecorded("taken away, or held", Err(Refusal::ApproverUnknown)));
    }
    let Some(denied) = approvals::claim_deny(tx, (id, by.account.id), (approver, cx.now))? else {
        return Ok(tx.unrecorded("over already", Err(Refusal::ApprovalOver)));
    };
    let event = mine(cx, (by, source), EventKind::ApprovalDenied { approval: id, approver })?;
    tx.record(&[event], Ok(denied.wanted))
}
