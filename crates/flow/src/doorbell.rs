//! The doorbell of an approver: switched on and off on its page, and kept quiet where somebody made it a nuisance.
//!
//! Implements: threats.md §5.1 ("Prompts"), §5.2 rows 15 and 18, §6 idea 18; RFC 8030 §4, RFC 8292 §4 (a subscription that is
//! restricted to our key).
//!
//! 1. A browser that is an approver subscribes with our key, and its page brings what it got ([`switch_on`]).
//! 2. Something is asked that the approver can see, and the bell's rule lets it ring ([`ring`]): a row for each doorbell, in the
//!    same transaction.
//! 3. A worker leases the row and hands it to the push service ([`deliver`]). It has no content and approves nothing: whoever hears
//!    it opens the page, which is there without it as well.

pub mod deliver;
pub mod key;
pub(crate) mod ring;

use model::cx::Cx;
use model::doorbell::Bell;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, DoorbellId};
use model::refusal::Refusal;
use model::source::Source;
use model::time::Time;
pub use store::doorbells::Doorbell;
use store::{Recorded, Store, Tx, bells, doorbells};
use wire::push::subscription::Subscription;

use crate::Outcome;

/// The approver whose browser acts, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// Whose approver it is.
    pub account: AccountId,
    /// Which.
    pub approver: AuthenticatorId,
    /// Where its browser is.
    pub source: Source,
}

impl Here {
    fn event(&self, cx: &mut Cx, on: bool) -> Result<Event, Fault> {
        let kind = EventKind::DoorbellSwitched { approver: self.approver, on };
        let source = self.source.kept(cx.policy.keep_addresses);
        Ok(Event::new(cx, Subject::Account(self.account), kind)?.by(Actor::Owner, Some(source)))
    }
}

/// A doorbell that is to be set, sealed.
pub struct Prepared {
    doorbell: Doorbell,
    sealed: Vec<u8>,
}

/// Seals where the browser is reached.
///
/// # Errors
/// A fault when there is no chance to be had or sealing fails.
pub fn prepare(
    store: &Store,
    cx: &mut Cx,
    here: &Here,
    subscription: &Subscription,
) -> Result<Prepared, Fault> {
    let id = DoorbellId::new(cx)?;
    let sealed = doorbells::seal(store.keys(), &mut cx.entropy, id, &subscription.json())?;
    let doorbell = Doorbell {
        id,
        approver: here.approver,
        account: here.account,
        service: subscription.endpoint().origin().to_string(),
        made_at: cx.now,
        refused_at: None,
    };
    Ok(Prepared { doorbell, sealed })
}

/// Lets an approver ring from now on, where its browser was reached until now or not.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::MethodOff`] where the operator wants none, [`Refusal::AuthenticatorUnknown`].
pub fn switch_on(tx: &mut Tx<'_>, cx: &mut Cx, here: &Here, prepared: &Prepared) -> Outcome<()> {
    if !cx.policy.doorbell {
        return Ok(tx.unrecorded("no doorbell rings here", Err(Refusal::MethodOff)));
    }
    if !doorbells::set(tx, &prepared.doorbell, &prepared.sealed)? {
        return Ok(tx.unrecorded("the approver is gone", Err(Refusal::AuthenticatorUnknown)));
    }
    let event = here.event(cx, true)?;
    tx.record(&[event], Ok(()))
}

/// Lets it ring no more; what waits is seen on its page as before.
///
/// # Errors
/// A fault of the store.
pub fn switch_off(tx: &mut Tx<'_>, cx: &mut Cx, here: &Here) -> Result<Recorded<()>, Fault> {
    if !doorbells::claim_remove_of(tx, here.approver)? {
        return Ok(tx.unrecorded("it did not ring", ()));
    }
    let event = here.event(cx, false)?;
    tx.record(&[event], ())
}

/// The owner wants the bell back that fell quiet.
///
/// # Errors
/// A fault of the store.
pub fn want_back(tx: &mut Tx<'_>, cx: &mut Cx, here: &Here) -> Result<Recorded<()>, Fault> {
    if !bells::claim_wanted(tx, here.account, cx.now)? {
        return Ok(tx.unrecorded("it is not quiet", ()));
    }
    let event = here.event(cx, true)?;
    tx.record(&[event], ())
}

/// What an approver's page shows of its doorbell.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Our key, which the browser subscribes with; none where no doorbell rings here.
    pub key: Option<String>,
    /// The doorbell of this approver, if it has one.
    pub doorbell: Option<Doorbell>,
    /// Since when the bell of the account is quiet, if it is.
    pub quiet_since: Option<Time>,
    /// From when on it can ring.
    pub free_at: Time,
}

/// The doorbells of an account, for an operator who asks which of its approvers ring.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, account: AccountId) -> Result<Vec<Doorbell>, Fault> {
    store.read(|reader| doorbells::list(reader, account))
}

/// How the doorbell of an approver stands.
///
/// # Errors
/// A fault of the store, or of our key.
pub fn standing(
    store: &Store,
    cx: &Cx,
    (account, approver): (AccountId, AuthenticatorId),
) -> Result<Standing, Fault> {
    let key = if cx.policy.doorbell { key::find(store)?.map(|key| key.public()) } else { None };
    store.read(|reader| {
        let bell: Bell = bells::find(reader, account, cx.now)?;
        let doorbell = doorbells::find_of(reader, approver)?;
        Ok(Standing {
            key: key.clone(),
            doorbell,
            quiet_since: bell.quiet_since,
            free_at: bell.free_at(cx.now),
        })
    })
}
