//! What an operator does with accounts: list, show, lock, unlock, close.

use model::account::{Account, AccountState};
use model::address::{Address, masked};
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::notice::What;
use model::refusal::{Refusal, Verdict};
use model::session::SessionEnd;
use model::sign_in_code::CodeState;
use store::{Recorded, Store, Tx, accounts, browsers, notices, outbox, sign_in_codes};

use crate::notice::{self, Telling, Whom};
use crate::session::end_all;
use crate::sign_in::submit::refund;

/// The account with this address.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, address: &Address) -> Result<Option<Account>, Fault> {
    store.read(|reader| accounts::find_by_identity(reader, &address.identity()))
}

/// The account with this identifier.
///
/// # Errors
/// A fault of the store.
pub fn find_by_id(store: &Store, id: AccountId) -> Result<Option<Account>, Fault> {
    store.read(|reader| accounts::find(reader, id))
}

/// Accounts in the order in which they were opened.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>, Fault> {
    store.read(|reader| accounts::list(reader, after, limit))
}

/// What to do with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// No sign-in any more, until unlocked; sessions end.
    Lock,
    /// Sign-in again.
    Unlock,
    /// For good: sessions end, known browsers are forgotten, the address is free. The record stays.
    Close,
}

/// Does it.
///
/// # Errors
/// A fault of the store.
pub fn change(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    id: AccountId,
    change: Change,
) -> Result<Recorded<Verdict<()>>, Fault> {
    let Some(account) = accounts::find(tx, id)? else {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    };
    let (from, to, kind) = match (change, account.state) {
        (Change::Lock, AccountState::Open) => {
            (AccountState::Open, AccountState::Locked, EventKind::AccountLocked)
        }
        (Change::Unlock, AccountState::Locked) => {
            (AccountState::Locked, AccountState::Open, EventKind::AccountUnlocked)
        }
        (Change::Close, AccountState::Open | AccountState::Locked) => {
            (account.state, AccountState::Closed, EventKind::AccountClosed)
        }
        (Change::Lock | Change::Unlock | Change::Close, _) => {
            return Ok(tx.unrecorded("not in that state", Err(Refusal::AccountState)));
        }
    };
    if !accounts::claim_state(tx, id, from, to)? {
        return Ok(tx.unrecorded("somebody was faster", Err(Refusal::AccountState)));
    }
    let mut events = vec![Event::new(cx, Subject::Account(id), kind)?.by(Actor::Operator, None)];
    if to != AccountState::Open {
        events.extend(end_all(tx, cx, id, (None, SessionEnd::AccountUnavailable))?);
        end_codes(tx, cx, id, &mut events)?;
    }
    let what = match to {
        AccountState::Open => What::AccountUnlocked,
        AccountState::Locked => What::AccountLocked,
        AccountState::Closed => What::AccountClosed,
    };
    notice::tell(tx, cx, id, Telling::of(what), Whom::Everybody)?;
    if to == AccountState::Closed {
        browsers::forget_all(tx, id)?;
        notices::forget(tx, id)?;
        let (local, domain) = account.address.split_once('@').unwrap_or((&account.address, ""));
        accounts::free_address(tx, id, &masked(local, domain), cx.now)?;
    }
    tx.record(&events, Ok(()))
}

fn end_codes(tx: &mut Tx<'_>, cx: &mut Cx, id: AccountId, events: &mut Vec<Event>) -> Result<(), Fault> {
    for request in sign_in_codes::list_live_of(tx, id)? {
        if let Some(kept) = sign_in_codes::claim_end(tx, request, CodeState::Expired, cx.now)? {
            refund(tx, &kept)?;
            outbox::drop_for(tx, request, cx.now)?;
            events.push(crate::sweep::expired(cx, &kept)?);
        }
    }
    Ok(())
}
