//! An account ends for good: by its owner, or by an operator. What it can be entered by goes, what waits is dropped, and
//! everybody is told before the addresses go. The record stays for as long as records are kept.
//!
//! Implements: OWASP ASVS 5.0 7.4.2; NIST SP 800-63B-4 §4.5 (what an account was bound to ends with it).

use model::account::{Account, AccountState, Role};
use model::address::masked;
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::notice::What;
use model::refusal::Refusal;
use model::session::SessionEnd;
use model::source::Source;
use store::{
    Store, Tx, account_changes, accounts, authenticators, browsers, gates, notices, outbox, recovery_codes,
};

use super::end_codes;
use crate::notice::{self, Telling, Whom};
use crate::session::{Visitor, end_all};
use crate::{Outcome, entry};

/// Whether nobody but this account could operate the site.
///
/// # Errors
/// A fault of the store.
pub fn is_last_operator(store: &Store, account: &Account) -> Result<bool, Fault> {
    if account.role != Role::Operator {
        return Ok(false);
    }
    store.read(|reader| Ok(!accounts::has_other_operator(reader, account.id)?))
}

/// The owner closes the account, after a fresh proof of who is there.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::LastOperator`], [`Refusal::AccountState`].
pub fn by_owner(tx: &mut Tx<'_>, cx: &mut Cx, by: &Visitor, source: Source) -> Outcome<()> {
    let account = &by.account;
    if account.role == Role::Operator {
        // In hand: of two operators who close at the same moment, the second sees that the first is gone.
        accounts::take_operators(tx)?;
        if !accounts::has_other_operator(tx, account.id)? {
            return Ok(tx.unrecorded("nobody would be left to operate the site", Err(Refusal::LastOperator)));
        }
    }
    if !accounts::claim_state(tx, account.id, AccountState::Open, AccountState::Closed)? {
        return Ok(tx.unrecorded("locked or closed meanwhile", Err(Refusal::AccountState)));
    }
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(account.id), EventKind::AccountClosed)?;
    let mut events = vec![event.by(Actor::Owner, kept).within(by.session.id)];
    events.extend(end_all(tx, cx, account.id, (None, SessionEnd::AccountUnavailable))?);
    end_codes(tx, cx, account.id, &mut events)?;
    let closed = entry::close_all(tx, cx, account.id)?;
    events.extend(closed.into_iter().map(|event| event.by(Actor::Owner, kept).within(by.session.id)));
    outbox::drop_of(tx, account.id, cx.now)?;
    notice::tell(tx, cx, account.id, Telling::of(What::AccountClosed).from(source), Whom::Everybody)?;
    clear(tx, cx, account)?;
    tx.record(&events, Ok(()))
}

/// Takes everything away that belongs to the account, but its record. Only after everybody was told.
pub(super) fn clear(tx: &mut Tx<'_>, cx: &Cx, account: &Account) -> Result<(), Fault> {
    authenticators::remove_all(tx, account.id, None)?;
    recovery_codes::forget(tx, account.id)?;
    browsers::forget_all(tx, account.id)?;
    gates::forget(tx, account.id)?;
    notices::forget(tx, account.id)?;
    account_changes::forget(tx, account.id)?;
    accounts::claim_name(tx, account.id, (None, cx.now))?;
    let (local, domain) = account.address.split_once('@').unwrap_or((&account.address, ""));
    accounts::free_address(tx, account.id, &masked(local, domain), cx.now)
}
