//! Whoever holds an approver: what its browser may see, and nothing else. It is no session.
//!
//! Implements: OWASP ASVS 5.0 7.4.1 (what was taken away is over at once).

use model::account::{Account, AccountState};
use model::approval::{Approval, ApprovalState};
use model::authenticator::Authenticator;
use model::cx::Cx;
use model::enrolment::cookie_digest;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use store::authenticators::{self, Kept};
use store::{Store, accounts, approvals};

/// What the cookie of an approver's browser holds.
pub type Cookie = (AuthenticatorId, [u8; 16]);

/// Whoever holds an approver.
pub struct Approver {
    pub(crate) kept: Kept,
    /// The account that it answers for.
    pub account: Account,
    pub(crate) cookie: Cookie,
}

impl Approver {
    /// What it is on the account's list.
    #[must_use]
    pub const fn own(&self) -> &Authenticator {
        &self.kept.authenticator
    }
}

/// Whoever holds this cookie, if the approver was not taken away and its account is open.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, cookie: &Cookie) -> Result<Option<Approver>, Fault> {
    let (id, secret) = cookie;
    let digest = cookie_digest(store.keys(), *id, secret);
    store.read(|reader| {
        let Some(kept) = authenticators::find_approver(reader, *id, &digest)? else { return Ok(None) };
        let account = accounts::find(reader, kept.authenticator.account)?;
        let account = account.filter(|account| account.state == AccountState::Open);
        Ok(account.map(|account| Approver { kept, account, cookie: *cookie }))
    })
}

/// What waits for an approver: nothing as long as it is held.
///
/// # Errors
/// A fault of the store.
pub fn waiting(store: &Store, cx: &Cx, by: &Approver) -> Result<Option<Approval>, Fault> {
    if !by.own().is_usable(cx.now) {
        return Ok(None);
    }
    let found = store.read(|reader| approvals::find_live(reader, by.account.id))?;
    Ok(found.filter(|found| !found.decoy && found.state_at(cx.now).is_live()))
}

/// The approval of this name, if it is this approver's to see; whether it is over or not.
///
/// # Errors
/// A fault of the store.
pub fn look(store: &Store, by: &Approver, id: model::id::ApprovalId) -> Result<Option<Approval>, Fault> {
    let found = store.read(|reader| approvals::find(reader, id))?;
    Ok(found.filter(|found| !found.decoy && found.account == by.account.id))
}

/// Whether an account waits for an answer of one of its approvers.
///
/// # Errors
/// A fault of the store.
pub fn waits(store: &Store, cx: &Cx, account: AccountId) -> Result<bool, Fault> {
    let found = store.read(|reader| approvals::find_live(reader, account))?;
    Ok(found.is_some_and(|found| !found.decoy && found.state_at(cx.now) == ApprovalState::Waiting))
}
