//! Events in, findings out. A detector's clock is the event's clock; its state is bounded.
//!
//! One file for each detector, named after the attack. [`Bench`] runs them all over a stream of events: those of a server of
//! ours, and the records of other systems ([`model::event::imported`]). What is usual for whom is remembered once for all of
//! them (`foreign`); what they conclude goes into one book of incidents (`book`).

mod bench;
mod book;
mod foreign;
mod kept;
mod mark;
mod several;
mod window;

mod address_enumeration;
mod after_access;
mod approval_bombing;
mod code_flood;
mod code_guessing;
mod code_spraying;
mod completion_ratio;
mod consent_phishing;
mod device_code_phishing;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod invariants;
mod message_pumping;
mod password_guessing;
mod password_spray;
mod persistence_after_alarm;
mod refresh_replay;
mod rogue_device;
mod session_replay;
#[cfg(test)]
mod testing;

pub use bench::{Bench, all};
pub use kept::Memory;

use std::time::Duration;

use model::event::Event;
use model::event::imported::Act;

use crate::book::Book;
use crate::foreign::person::Person;
use crate::foreign::sight::{From, Sight};
use crate::foreign::tenant::Tenant;

/// What watches for one attack.
pub trait Detector {
    /// Its stable identifier.
    fn id(&self) -> &'static str;
    /// The question it answers, for the reference documentation.
    fn question(&self) -> &'static str;
    /// The ATT&CK technique it is about.
    fn technique(&self) -> &'static str;
    /// Whether it looks at events of this kind (by [`EventKind::name`](model::event::EventKind::name)); it is
    /// shown no others. Without a word of its own: the records of other systems.
    fn wants(&self, kind: &str) -> bool {
        kind == "imported"
    }
    /// How far back it remembers of our own record. What it has concluded from older events does not matter to what it
    /// concludes next. Records of other systems are read from their beginning, so that whoever looks at these alone needs none.
    fn horizon(&self) -> Duration {
        Duration::ZERO
    }
    /// How much it remembers, and how much it had to forget before its time.
    fn memory(&self) -> Memory;
}

/// How a detector is shown what happened. Events come in the order of the record; one that comes late by less than the window
/// that it is counted in is counted all the same.
pub(crate) trait Watcher: Detector {
    /// An event of ours.
    fn observe(&mut self, _: &Event, _: &mut Book) {}
    /// A sign-in in another system.
    fn sign_in(&mut self, _: &Sight<'_>, _: &mut Around<'_>) {}
    /// An act in another system.
    fn act(&mut self, _: &Deed<'_>, _: &mut Around<'_>) {}
}

/// What is known about a record of another system.
pub(crate) struct Around<'a> {
    /// The event itself.
    pub(crate) event: &'a Event,
    /// What is usual for the user.
    pub(crate) person: &'a mut Person,
    /// What is usual among colleagues.
    pub(crate) tenant: &'a Tenant,
    /// The open incidents.
    pub(crate) book: &'a mut Book,
    /// Whether a detector has an alarm about it: nobody learns from it what is usual.
    pub(crate) doubtful: bool,
    /// Whether it is a use of a device code that is usual from now on.
    pub(crate) learns_code: bool,
}

/// An act in another system.
pub(crate) struct Deed<'a> {
    /// What was done.
    pub(crate) act: &'a Act,
    /// From where.
    pub(crate) from: From,
    /// In which session, as a mark; 0 where it is not known.
    pub(crate) session: u64,
}
