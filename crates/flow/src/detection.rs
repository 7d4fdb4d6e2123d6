//! Follows the record for detectors, and puts what they conclude on the record.

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::finding::Finding;
use store::events::{self, Placed};
use store::{Recorded, Store, Tx, meta};

/// Under which name the position of the detectors is remembered.
const POSITION: &str = "detected up to";

/// Events of `wanted` kinds that the detectors have not seen yet, and up to where the record was looked at.
///
/// # Errors
/// A fault of the store.
pub fn unseen(
    store: &Store,
    after: i64,
    limit: i64,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(Vec<Placed>, i64), Fault> {
    store.read(|reader| events::tail_of(reader, after, limit, wanted))
}

/// Up to where the detectors have seen the record.
///
/// # Errors
/// A fault of the store.
pub fn position(store: &Store) -> Result<i64, Fault> {
    store.read(|reader| meta::number(reader, POSITION))
}

/// Records findings together with the position they were made at, so that none is lost or made twice.
///
/// # Errors
/// A fault of the store.
pub fn conclude(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    findings: Vec<(Subject, Finding)>,
    seen: i64,
) -> Result<Recorded<()>, Fault> {
    meta::put_number(tx, POSITION, seen)?;
    let mut raised = Vec::new();
    for (subject, finding) in findings {
        raised.push(Event::new(cx, subject, EventKind::FindingRaised { finding })?);
    }
    tx.record(&raised, ())
}
