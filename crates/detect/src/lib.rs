//! Events in, findings out. A detector's clock is the event's clock; its state is bounded.
//!
//! One file for each detector, named after the attack. [`Bench`] runs them all over a stream of events.

mod bench;
mod code_flood;
mod window;

pub use bench::{Bench, all};
pub use code_flood::CodeFlood;

use std::time::Duration;

use model::event::{Event, Subject};
use model::finding::Finding;

/// Watches for one attack.
pub trait Detector {
    /// Its stable identifier.
    fn id(&self) -> &'static str;
    /// The question it answers, for the reference documentation.
    fn question(&self) -> &'static str;
    /// The ATT&CK technique it is about.
    fn technique(&self) -> &'static str;
    /// Whether it looks at events of this kind (by [`EventKind::name`](model::event::EventKind::name)); it is
    /// shown no others.
    fn wants(&self, kind: &str) -> bool;
    /// How far back it remembers. What it has concluded from older events does not matter to what it concludes next.
    fn horizon(&self) -> Duration;
    /// Looks at the next event; events come in the order of the record.
    fn observe(&mut self, event: &Event) -> Vec<(Subject, Finding)>;
}
