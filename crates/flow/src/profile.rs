//! What the owner of an account wants to be called by apps. It opens nothing, and nobody is found by it.

use model::account::Profile;
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::source::Source;
use store::{Store, Tx, accounts};

use crate::Outcome;
use crate::session::Visitor;

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, account: AccountId) -> Result<Profile, Fault> {
    store.read(|reader| Ok(accounts::ask_profile(reader, account)?.get(reader)?.unwrap_or_default()))
}

/// Calls the owner so from now on, or leaves it open. `name` is a line of [`wire::line`].
///
/// # Errors
/// A fault of the store. Never refused.
pub fn set(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (name, source): (Option<&str>, Source),
) -> Outcome<()> {
    if !accounts::claim_name(tx, by.account.id, (name, cx.now))? {
        return Ok(tx.unrecorded("it is called so already", Ok(())));
    }
    let kind = EventKind::ProfileChanged { named: name.is_some() };
    let source = Some(source.kept(cx.policy.keep_addresses));
    let event = Event::new(cx, Subject::Account(by.account.id), kind)?;
    tx.record(&[event.by(Actor::Owner, source).within(by.session.id)], Ok(()))
}
