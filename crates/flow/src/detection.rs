//! Follows the record for detectors, and puts what they conclude on the record.

use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::finding::Finding;
use model::time::Time;
pub use store::events::Position;
use store::events::{self, Placed};
use store::{Recorded, Store, Tx, meta};

use crate::lease::{self, Job, Node};
use crate::{response, webhook};

/// Under which name the position of the detectors is remembered.
const POSITION: &str = meta::DETECTED_UP_TO;

/// Events of `wanted` kinds that the detectors have not seen yet, and up to where the record was looked at.
///
/// # Errors
/// A fault of the store.
pub fn unseen(
    store: &Store,
    after: Position,
    limit: i64,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(Vec<Placed>, Position), Fault> {
    store.read(|reader| events::tail_of(reader, after, limit, wanted))
}

/// Up to where the detectors have seen the record.
///
/// # Errors
/// A fault of the store.
pub fn position(store: &Store) -> Result<Position, Fault> {
    store.read(|reader| meta::position(reader, POSITION))
}

/// Where detectors that know nothing yet begin to look, so that they know what those before them knew: `horizon` before
/// now, but not after what was seen already.
///
/// # Errors
/// A fault of the store.
pub fn recall(store: &Store, now: Time, horizon: Duration) -> Result<(Position, Position), Fault> {
    store.read(|reader| {
        let seen = meta::position(reader, POSITION)?;
        Ok((events::position_at(reader, now - horizon)?.min(seen), seen))
    })
}

/// Records findings together with the position they were made at, so that none is lost or made twice; with what the rules do
/// about them, and what operators and services are to be told of them. With a `node`
/// only while it holds the lease; `false`: another one has taken the job over, and nothing was written.
///
/// # Errors
/// A fault of the store.
pub fn conclude(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (findings, seen): (&[(Subject, Finding)], Position),
    node: Option<&Node>,
) -> Result<Recorded<bool>, Fault> {
    if let Some(node) = node
        && !lease::claim(tx, cx, Job::Detect, node)?
    {
        return Ok(tx.unrecorded("another node looks now", false));
    }
    meta::put_position(tx, POSITION, seen)?;
    let mut raised = Vec::new();
    for (subject, finding) in findings {
        let event = Event::new(cx, subject.clone(), EventKind::FindingRaised { finding: finding.clone() })?;
        let done = response::answer(tx, cx, (finding, &event))?;
        response::tell::of_finding(tx, cx, finding, &done)?;
        webhook::queue(tx, cx, event.id)?;
        raised.push(event);
        raised.extend(done);
    }
    tx.record(&raised, true)
}
