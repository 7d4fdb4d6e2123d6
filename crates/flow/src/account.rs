//! What an operator does with accounts: list, show, lock, unlock, end sessions, reset, close.

pub mod close;
pub mod facts;
pub mod search;

use model::account::{Account, AccountState};
use model::address::Address;
use model::cx::Cx;
use model::event::{Event, EventKind, OperatorAct, Removal, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::method::{Method, MethodPolicy, Use};
use model::notice::What;
use model::refusal::Refusal;
use model::session::SessionEnd;
use model::sign_in_code::CodeState;
use store::{
    Store, Tx, accounts, attempts, authenticators, browsers, gates, outbox, recovery_codes, sign_in_codes,
};

use crate::by::By;
use crate::entry;
use crate::notice::{self, Telling, Whom};
use crate::session::end_all;
use crate::sign_in::submit::refund;
use crate::{Outcome, methods};

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
    /// For good: sessions end, whatever it can be entered by goes, the address is free. The record stays.
    Close,
    /// Every session and live code ends; the owner signs in again.
    EndSessions,
    /// Every authenticator and recovery code goes, and whatever the owner has switched off is open again: what is left
    /// is the address. Sessions end and known browsers are forgotten.
    Reset,
}

impl Change {
    const fn act(self) -> OperatorAct {
        match self {
            Self::Lock => OperatorAct::Lock,
            Self::Unlock => OperatorAct::Unlock,
            Self::Close => OperatorAct::Close,
            Self::EndSessions => OperatorAct::EndSessions,
            Self::Reset => OperatorAct::Reset,
        }
    }

    /// What stands on the record where no reason was given; none where a reason must be given.
    const fn plain(self) -> Option<EventKind> {
        match self {
            Self::Lock => Some(EventKind::AccountLocked),
            Self::Unlock => Some(EventKind::AccountUnlocked),
            Self::Close => Some(EventKind::AccountClosed),
            Self::EndSessions | Self::Reset => None,
        }
    }

    /// From which states it leads to which.
    const fn states(self, now: AccountState) -> Option<AccountState> {
        match (self, now) {
            (Self::Lock, AccountState::Open) => Some(AccountState::Locked),
            (Self::Unlock, AccountState::Locked) => Some(AccountState::Open),
            (Self::Close, AccountState::Open | AccountState::Locked) => Some(AccountState::Closed),
            (Self::EndSessions | Self::Reset, AccountState::Open | AccountState::Locked) => Some(now),
            (Self::Lock | Self::Unlock | Self::Close | Self::EndSessions | Self::Reset, _) => None,
        }
    }
}

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 200;

/// Does it, at the command line and without a reason.
///
/// # Errors
/// A fault of the store.
pub fn change(tx: &mut Tx<'_>, cx: &mut Cx, id: AccountId, change: Change) -> Outcome<()> {
    act(tx, cx, id, (change, None), &By::COMMAND)
}

/// Does it. `reason` is a line of [`wire::line`].
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AccountUnknown`], [`Refusal::AccountState`], [`Refusal::ReasonMissing`].
pub fn act(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    id: AccountId,
    (change, reason): (Change, Option<&str>),
    by: &By,
) -> Outcome<()> {
    let Some(account) = accounts::find(tx, id)? else {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    };
    let kind = match reason {
        Some(reason) => Some(EventKind::OperatorActed { act: change.act(), reason: reason.to_owned() }),
        None => change.plain(),
    };
    let Some(kind) = kind else {
        return Ok(tx.unrecorded("without a reason", Err(Refusal::ReasonMissing)));
    };
    let (from, Some(to)) = (account.state, change.states(account.state)) else {
        return Ok(tx.unrecorded("not in that state", Err(Refusal::AccountState)));
    };
    if !accounts::claim_state(tx, id, from, to)? {
        return Ok(tx.unrecorded("somebody was faster", Err(Refusal::AccountState)));
    }
    let mut events = vec![by.sign(Event::new(cx, Subject::Account(id), kind)?)];
    if change != Change::Unlock {
        let why = match change {
            Change::EndSessions | Change::Reset => SessionEnd::EndedByOperator,
            Change::Lock | Change::Unlock | Change::Close => SessionEnd::AccountUnavailable,
        };
        events.extend(end_all(tx, cx, id, (None, why))?);
        end_codes(tx, cx, id, &mut events)?;
    }
    if !matches!(change, Change::Unlock | Change::EndSessions) {
        events.extend(entry::close_all(tx, cx, id)?.into_iter().map(|event| by.sign(event)));
    }
    if change == Change::Reset {
        reset(tx, cx, (&account, by), &mut events)?;
    }
    if change == Change::Close {
        outbox::drop_of(tx, id, cx.now)?;
    }
    for what in told(change, &events) {
        notice::tell(tx, cx, id, Telling::of(what), Whom::Everybody)?;
    }
    if to == AccountState::Closed {
        close::clear(tx, cx, &account)?;
    }
    tx.record(&events, Ok(()))
}

/// Sets the layer of methods of one account; none leaves everything to its tenant and the installation.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AccountUnknown`], [`Refusal::PolicyFlawed`].
pub fn set_methods(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    id: AccountId,
    methods: Option<MethodPolicy>,
    by: &By,
) -> Outcome<()> {
    let Some(account) = accounts::find(tx, id)? else {
        return Ok(tx.unrecorded("no such account", Err(Refusal::AccountUnknown)));
    };
    let open = methods::of_account(&cx.policy, &Account { methods, ..account });
    if let Some(flaw) = open.flaw() {
        return Ok(tx.unrecorded("it could not work", Err(Refusal::PolicyFlawed { flaw })));
    }
    accounts::put_methods(tx, id, methods.as_ref())?;
    let kind = EventKind::MethodsChanged { sign_in: open.open(Use::SignIn) };
    let event = Event::new(cx, Subject::Account(id), kind)?;
    notice::tell(tx, cx, id, Telling::of(What::MethodsChanged), Whom::Everybody)?;
    tx.record(&[by.sign(event)], Ok(()))
}

/// What the owner is told of it, at every address.
fn told(change: Change, events: &[Event]) -> Vec<What> {
    match change {
        Change::Lock => vec![What::AccountLocked],
        Change::Unlock => vec![What::AccountUnlocked],
        Change::Close => vec![What::AccountClosed],
        Change::EndSessions => vec![ended(events)],
        Change::Reset => {
            let mut told: Vec<What> = Vec::new();
            for event in events {
                let what = match event.kind {
                    EventKind::AuthenticatorRemoved { kind, why, .. } => {
                        What::AuthenticatorRemoved { kind, why }
                    }
                    EventKind::MethodsChanged { .. } => What::MethodsChanged,
                    _ => continue,
                };
                if !told.contains(&what) {
                    told.push(what);
                }
            }
            if told.is_empty() { vec![ended(events)] } else { told }
        }
    }
}

fn ended(events: &[Event]) -> What {
    let ended = events.iter().filter(|event| matches!(event.kind, EventKind::SessionEnded { .. })).count();
    What::SessionsEnded { count: u32::try_from(ended).unwrap_or(u32::MAX) }
}

/// What [`Change::Reset`] takes away.
fn reset(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, by): (&Account, &By),
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let id = account.id;
    for kept in authenticators::list(tx, id)? {
        let own = kept.authenticator;
        if authenticators::claim_remove(tx, id, own.id)? {
            let kind = EventKind::AuthenticatorRemoved {
                authenticator: own.id,
                kind: own.kind,
                why: Removal::ByOperator,
            };
            events.push(by.sign(Event::new(cx, Subject::Account(id), kind)?));
        }
    }
    // A list has an end, this has not.
    authenticators::remove_all(tx, id, None)?;
    recovery_codes::forget(tx, id)?;
    for method in [Method::Password, Method::Totp] {
        attempts::forget(tx, id, method)?;
    }
    browsers::forget_all(tx, id)?;
    gates::forget(tx, id)?;
    if account.methods.is_some() {
        accounts::put_methods(tx, id, None)?;
        let open = methods::of_account(&cx.policy, &Account { methods: None, ..account.clone() });
        let kind = EventKind::MethodsChanged { sign_in: open.open(Use::SignIn) };
        events.push(by.sign(Event::new(cx, Subject::Account(id), kind)?));
    }
    Ok(())
}

/// Ends the live codes of an account.
pub(crate) fn end_codes(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    id: AccountId,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    for request in sign_in_codes::list_live_of(tx, id)? {
        if let Some(kept) = sign_in_codes::claim_end(tx, request, CodeState::Expired, cx.now)? {
            refund(tx, &kept)?;
            outbox::drop_for(tx, request, cx.now)?;
            events.push(crate::sweep::expired(cx, &kept)?);
        }
    }
    Ok(())
}
