//! Somebody types a recovery code that was saved, and names the account. The same steps, statements and answer whether or
//! not there is such an account.
//!
//! Codes have 69 bits, so that guessing needs no throttle of its own (NIST SP 800-63B-4 §3.1.2.2 asks for one below 64);
//! of what is wrong the first hundred of a day are put on the record.
//!
//! Implements: NIST SP 800-63B-4 §4.2.1.1 (saved recovery codes).

use model::account::AccountState;
use model::authenticator::recovery_code::RecoveryCode;
use model::cx::Cx;
use model::digest::Digest;
use model::event::{Actor, EntryKind, Event, EventKind, NotProved, Subject};
use model::fault::Fault;
use model::id::{AccountId, EntryId};
use model::method::{Method, Use};
use model::refusal::Refusal;
use model::source::Source;
use store::{Store, Tx, accounts, browsers, destinations, recovery_codes};

use super::Named;
use crate::entry::{self, Asking};
use crate::sign_in::ask::browser_digest;
use crate::{Outcome, budget, methods};

/// What was typed.
pub struct Typed {
    /// The account.
    pub named: Named,
    /// The code.
    pub code: RecoveryCode,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// From where.
    pub source: Source,
}

/// The same with everything that can be computed before the transaction.
pub struct Prepared {
    named: Named,
    /// The account; one that does not exist where nobody was named.
    account: AccountId,
    exists: bool,
    code: Digest,
    browser: Digest,
    source: Source,
}

/// Looks whose account it is and computes the digest of the code there.
///
/// # Errors
/// A fault of the store.
pub fn prepare(store: &Store, cx: &mut Cx, typed: Typed) -> Result<Prepared, Fault> {
    let nobody = AccountId::new(cx)?;
    let found = store.read(|reader| accounts::ask_address(reader, &typed.named.identity())?.get(reader))?;
    let account = found.map_or(nobody, |found| found.account);
    Ok(Prepared {
        account,
        exists: found.is_some(),
        code: typed.code.digest(store.keys(), account),
        browser: browser_digest(store.keys(), &typed.browser_half),
        source: typed.source.kept(cx.policy.keep_addresses),
        named: typed.named,
    })
}

/// Takes the proof. The way in that waits, or is open now, is the answer.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::RecoveryCodeWrong`], whatever was wrong.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, typed: &Prepared) -> Outcome<EntryId> {
    let destination = typed.named.address().destination();
    let mut destination = destinations::take(tx, &destination)?;
    let account = accounts::ask_held(tx, typed.account)?;
    let known = browsers::ask(tx, typed.account, &typed.browser)?;
    let (account, known) = (account.get(tx)?, known.get(tx)?.is_some());
    let open = account.filter(|account| account.state == AccountState::Open);
    let permit = open.and_then(|account| {
        let open = methods::of_account(&cx.policy, &account);
        methods::permit(&open, Use::Recovery, Method::RecoveryCode).ok()
    });
    // Nobody's code where it could prove nothing: none is used up for that, and the work is the same.
    let code = if permit.is_some() { typed.code } else { typed.browser };
    let claimed = recovery_codes::claim_use(tx, typed.account, &code)?;
    let Some(permit) = permit.filter(|_| claimed) else {
        let told = budget::count_told(&mut destination.state, cx.now);
        destinations::put(tx, &destination, cx.now)?;
        return wrong(tx, cx, typed, (known, told));
    };
    let left = recovery_codes::left(tx, typed.account)?.map_or(0, |left| left.count);
    let kind = EventKind::RecoveryCodeUsed { left };
    let used = Event::new(cx, Subject::Account(typed.account), kind)?;
    let mut events = vec![used.by(Actor::Visitor, Some(typed.source))];
    let asking = Asking {
        account: typed.account,
        kind: EntryKind::Recovery,
        browser: typed.browser,
        proofs: methods::proved(&[permit]),
        source: typed.source,
    };
    let entry = entry::ask(tx, cx, &mut events, asking)?;
    tx.record(&events, Ok(entry.id))
}

fn wrong(tx: &mut Tx<'_>, cx: &mut Cx, typed: &Prepared, (known, told): (bool, bool)) -> Outcome<EntryId> {
    if !told {
        let why = "counted in `destinations`; a flood leaves a hundred events a day";
        return Ok(tx.unrecorded(why, Err(Refusal::RecoveryCodeWrong)));
    }
    let address = typed.named.address();
    let subject = if typed.exists {
        Subject::Account(typed.account)
    } else {
        Subject::address(&address.destination(), address.masked())
    };
    let (method, because) = (Method::RecoveryCode, NotProved::Mismatch);
    let event = Event::new(cx, subject, EventKind::ProofRefused { method, because, known })?;
    tx.record(&[event.by(Actor::Visitor, Some(typed.source))], Err(Refusal::RecoveryCodeWrong))
}
