//! Somebody uses a passkey: to sign in, to prove within a session who is there, or in a recovery ([`crate::recover::passkey`]).
//!
//! 1. The page carries what the browser is asked ([`ask`], [`ask_within`]); nothing is kept.
//! 2. Before the transaction: open the challenge, find the credential, verify the signature ([`prepare`]). A credential
//!    that nobody has is verified against a key that nobody has.
//! 3. Claim the challenge; only then look at the account, the policy, the hold and the counter.
//! 4. Move the counter on by a second claim ([`take`]), and start or raise a session.
//!
//! Implements: WebAuthn Level 3 §7.2, §6.1.1 (signature counter); OWASP ASVS 5.0 6.3.3, 6.6.2; `threats.md` §5.2 rows 43
//! and 47.

use model::account::{Account, AccountState};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, NotProved, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::method::{Method, Use};
use model::refusal::{Refusal, Verdict};
use model::session::RestsOn;
use model::source::Source;
use store::{Store, Tx, accounts, answered_challenges, authenticators, browsers};
use wire::passkey::{Assertion, Request};

use super::challenge::{self, Challenge, Purpose};
use super::{RelyingParty, Shown, read, timeout, write};
use crate::Outcome;
use crate::methods::{self, Permit};
use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;
use crate::sign_in::finish::{self, Started};

/// What the page carries: the options for the browser, as JSON, and the challenge for the answer.
pub struct Asked {
    /// For `navigator.credentials`.
    pub options: String,
    /// To be posted with the answer.
    pub challenge: String,
}

/// The digest under which a credential is found.
pub(super) fn credential_digest(keys: &Keys, id: &[u8]) -> Digest {
    keys.digest(Of::Token, &[b"credential", id])
}

/// Step 1, for the sign-in page: any passkey that the browser finds.
///
/// # Errors
/// A fault when there is no chance to be had.
pub fn ask(store: &Store, party: &RelyingParty, cx: &mut Cx, half: &[u8; 16]) -> Result<Asked, Fault> {
    let drawn = challenge::draw(store, cx, (Purpose::SignIn, half), None)?;
    Ok(asked(party, drawn, &[]))
}

/// Step 1, for whoever has lost other ways in: any passkey that the browser finds.
///
/// # Errors
/// A fault when there is no chance to be had.
pub fn ask_recovery(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    half: &[u8; 16],
) -> Result<Asked, Fault> {
    let drawn = challenge::draw(store, cx, (Purpose::Recovery, half), None)?;
    Ok(asked(party, drawn, &[]))
}

/// Step 1, within a session: the passkeys of its account.
///
/// # Errors
/// A fault of the store.
pub fn ask_within(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (visitor, half): (&Visitor, &[u8; 16]),
) -> Result<Asked, Fault> {
    let own = super::add::own_ids(store, visitor.account.id, Some(cx.now))?;
    let drawn = challenge::draw(store, cx, (Purpose::StepUp, half), Some(visitor))?;
    Ok(asked(party, drawn, &own))
}

fn asked(party: &RelyingParty, drawn: challenge::Drawn, allow: &[Vec<u8>]) -> Asked {
    let request = Request { relying_party: &party.id, challenge: &drawn.bytes, allow, timeout: timeout() };
    Asked { options: request.json(), challenge: drawn.sealed }
}

/// What a browser brought back.
pub struct Answer {
    /// The challenge, as the page carried it.
    pub challenge: String,
    /// What the authenticator signed.
    pub assertion: Assertion,
    /// The half that the answering browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in in the same browser.
    pub current: Option<Visitor>,
    /// From where.
    pub source: Source,
}

/// What was found out about an answer before the transaction.
enum Proof {
    /// Nobody has this credential.
    Nobody,
    /// Somebody has it, and what it signed does not hold.
    Wrong(Authenticator),
    /// It holds.
    Right {
        passkey: Authenticator,
        counter: i64,
        /// What verifies it from now on, where that changed.
        sealed: Option<Vec<u8>>,
    },
}

/// An answer with everything that can be found out before the transaction.
pub struct Prepared {
    challenge: Challenge,
    answered: Digest,
    proof: Proof,
    pub(crate) browser: Digest,
    current: Option<Visitor>,
    pub(crate) source: Source,
}

impl Prepared {
    /// Whether nobody has the credential.
    #[must_use]
    pub const fn is_nobodys(&self) -> bool {
        matches!(self.proof, Proof::Nobody)
    }

    /// Whether somebody has the credential and what it signed holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self.proof, Proof::Right { .. })
    }
}

/// Step 2.
///
/// # Errors
/// A fault of the store. The refusal is [`Refusal::ChallengeOver`].
pub fn prepare(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    answer: Answer,
) -> Result<Verdict<Prepared>, Fault> {
    prepare_for(store, party, cx, (answer, &[Purpose::SignIn, Purpose::StepUp]))
}

/// Step 2, where only an answer for one of `purposes` counts.
pub(crate) fn prepare_for(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (answer, purposes): (Answer, &[Purpose]),
) -> Result<Verdict<Prepared>, Fault> {
    let keys = store.keys();
    let carried = (answer.challenge.as_str(), &answer.browser_half);
    let challenge = match Challenge::open(keys, cx.now, carried, purposes) {
        Ok(challenge) => challenge,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Prepared {
        proof: prove(store, party, cx, (&answer.assertion, &challenge))?,
        answered: challenge.digest(keys),
        browser: browser_digest(keys, &answer.browser_half),
        current: answer.current,
        source: answer.source.kept(cx.policy.keep_addresses),
        challenge,
    }))
}

fn prove(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (assertion, challenge): (&Assertion, &Challenge),
) -> Result<Proof, Fault> {
    let digest = credential_digest(store.keys(), &assertion.raw_id);
    let Some(kept) = store.read(|reader| authenticators::find_by_credential(reader, &digest))? else {
        party.verify_nobody(assertion, challenge)?;
        return Ok(Proof::Nobody);
    };
    let mut credential = read(store.keys(), &kept)?;
    let passkey = kept.authenticator;
    if passkey.kind != AuthenticatorKind::Passkey {
        // That of an approver, which answers for what is asked elsewhere and opens nothing here.
        party.verify(assertion, &credential, challenge)?;
        return Ok(Proof::Wrong(passkey));
    }
    let shown = party.verify(assertion, &credential, challenge)?;
    // §7.2 step 6: whom the authenticator names must own the credential; where nobody was asked for by name, it must
    // name somebody.
    let named = assertion.get_user_unique_id();
    let owner = named.map_or(challenge.purpose == Purpose::StepUp, |named| named == passkey.account.bytes());
    let Some(Shown { counter, backed_up }) = shown.filter(|_| owner) else {
        return Ok(Proof::Wrong(passkey));
    };
    let sealed = if backed_up == credential.backup_state {
        None
    } else {
        credential.backup_state = backed_up;
        Some(authenticators::seal(store.keys(), &mut cx.entropy, passkey.id, &write(&credential)?)?)
    };
    Ok(Proof::Right { passkey, counter, sealed })
}

/// Steps 3 and 4.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, prepared: &Prepared) -> Outcome<Started> {
    match take(tx, cx, prepared)? {
        Ok(proved) => finish(tx, cx, prepared, proved),
        Err(refused) => refused.record(tx),
    }
}

/// Why an answer was no proof, and what its owner reads of it.
pub(crate) struct Refused {
    event: Option<Event>,
    refusal: Refusal,
}

impl Refused {
    const fn untold(refusal: Refusal) -> Self {
        Self { event: None, refusal }
    }

    /// Puts it on the record, where it concerns somebody and was not there before.
    pub(crate) fn record<T>(self, tx: &mut Tx<'_>) -> Outcome<T> {
        match self.event {
            Some(event) => tx.record(&[event], Err(self.refusal)),
            None => {
                let why = "it concerns nobody, or was answered before: what came of that is on the record";
                Ok(tx.unrecorded(why, Err(self.refusal)))
            }
        }
    }
}

/// Step 3, and the claim of step 4: whose passkey it is, with a permit for what it was asked for.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    prepared: &Prepared,
) -> Result<Result<(Account, Permit), Refused>, Fault> {
    let passkey = match &prepared.proof {
        Proof::Nobody => return Ok(Err(Refused::untold(Refusal::PasskeyUnknown))),
        Proof::Wrong(passkey) | Proof::Right { passkey, .. } => passkey,
    };
    let account = accounts::ask_held(tx, passkey.account)?;
    let kept = authenticators::ask(tx, passkey.account)?;
    let fresh = cx.now < prepared.challenge.expires_at
        && answered_challenges::claim(tx, &prepared.answered, prepared.challenge.expires_at)?;
    let (account, kept) = (account.get(tx)?, kept.get(tx)?);
    if !fresh {
        return Ok(Err(Refused::untold(Refusal::ChallengeOver)));
    }
    // As it is now: its count may have moved since, and it may be gone.
    let now = kept.into_iter().map(|kept| kept.authenticator).find(|one| one.id == passkey.id);
    let (Some(account), Some(now)) = (account, now) else {
        return Ok(Err(Refused::untold(Refusal::PasskeyUnknown)));
    };
    match judge(tx, cx, prepared, (&account, &now))? {
        Ok(permit) => Ok(Ok((account, permit))),
        Err((because, refusal)) => {
            let event = Some(refused(tx, cx, prepared, (account.id, because))?);
            Ok(Err(Refused { event, refusal }))
        }
    }
}

type Judged = Result<Permit, (NotProved, Refusal)>;

/// Step 3, once the challenge is ours.
fn judge(
    tx: &mut Tx<'_>,
    cx: &Cx,
    prepared: &Prepared,
    (account, now): (&Account, &Authenticator),
) -> Result<Judged, Fault> {
    let Proof::Right { counter, sealed, .. } = &prepared.proof else {
        return Ok(Err((NotProved::Mismatch, Refusal::PasskeyUnknown)));
    };
    let use_ = match prepared.challenge.purpose {
        Purpose::StepUp => Use::StepUp,
        Purpose::Recovery => Use::Recovery,
        Purpose::SignIn | Purpose::Add | Purpose::Enrol | Purpose::Approve => Use::SignIn,
    };
    if !is_of_session(prepared, account.id) {
        return Ok(Err((NotProved::Mismatch, Refusal::PasskeyUnknown)));
    }
    if account.state != AccountState::Open {
        return Ok(Err((NotProved::Locked, Refusal::PasskeyUnknown)));
    }
    let permit = match methods::permit(&methods::of_account(&cx.policy, account), use_, Method::Passkey) {
        Ok(permit) => permit,
        Err(refusal) => return Ok(Err((NotProved::MethodOff, refusal))),
    };
    if !now.is_usable(cx.now) {
        return Ok(Err((NotProved::Held, Refusal::PasskeyHeld { at: now.usable_at })));
    }
    // §7.2 step 22: where either counts, it must go on; an authenticator that does not count says 0 each time.
    let counts = *counter != 0 || now.counter != 0;
    if (counts && *counter <= now.counter)
        || !authenticators::claim_use(tx, now.id, (now.counter, *counter), cx.now)?
    {
        return Ok(Err((NotProved::Repeated, Refusal::PasskeyCopied)));
    }
    if let Some(sealed) = sealed {
        authenticators::put_sealed(tx, now.id, sealed)?;
    }
    Ok(Ok(permit))
}

/// A proof within a session counts for the account of that session, in that session, and for nobody else.
fn is_of_session(prepared: &Prepared, owner: AccountId) -> bool {
    match (prepared.challenge.purpose, &prepared.current) {
        (Purpose::StepUp, Some(visitor)) => visitor.account.id == owner && prepared.challenge.is_of(visitor),
        (Purpose::StepUp, None) => false,
        (Purpose::SignIn | Purpose::Add | Purpose::Recovery | Purpose::Enrol | Purpose::Approve, _) => true,
    }
}

/// Step 4.
fn finish(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    prepared: &Prepared,
    (account, permit): (Account, Permit),
) -> Outcome<Started> {
    let (source, proved, mut events) = (prepared.source, vec![permit], Vec::new());
    let own = match &prepared.proof {
        Proof::Right { passkey, .. } | Proof::Wrong(passkey) => Some(passkey.id),
        Proof::Nobody => None,
    };
    let rests_on = RestsOn::authenticators(own);
    let started = match (prepared.challenge.purpose, &prepared.current) {
        (Purpose::StepUp, Some(visitor)) => {
            let raise = finish::Raise { visitor: visitor.clone(), request: None, proved, rests_on, source };
            finish::raise(tx, cx, &mut events, raise)?
        }
        (Purpose::StepUp, None) => Err(Refusal::SessionUnknown),
        (Purpose::SignIn | Purpose::Add | Purpose::Recovery | Purpose::Enrol | Purpose::Approve, current) => {
            let (browser, current) = (prepared.browser, current.as_ref().map(Visitor::held));
            let start = finish::Start { account, request: None, proved, rests_on, browser, current, source };
            finish::start(tx, cx, &mut events, start)?
        }
    };
    tx.record(&events, started)
}

fn refused(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    prepared: &Prepared,
    (account, because): (AccountId, NotProved),
) -> Result<Event, Fault> {
    let known = browsers::find(tx, account, &prepared.browser)?.is_some();
    let kind = EventKind::ProofRefused { method: Method::Passkey, because, known };
    let event = Event::new(cx, Subject::Account(account), kind)?;
    Ok(event.by(Actor::Visitor, Some(prepared.source)))
}
