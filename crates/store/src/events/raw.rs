//! Entries of the record exactly as they are kept, whether they can be read or not: what is sealed, and what is verified.

use model::event::Event;
use model::fault::Fault;
use model::id::EventId;
use wire::record::entry::Entry;

use super::Position;
use crate::tx::{Reader, Tx};
use crate::value::{Cell, Row, args};

/// An entry from the columns id, at, subject, request, body and its kind.
fn entry(row: &mut Row, kind: usize, first: usize) -> Result<Entry, Fault> {
    let mut at = first..;
    let mut next = || at.next().unwrap_or(first);
    Ok(Entry {
        id: row.sixteen(next())?,
        at: row.int(next())?,
        subject: row.maybe_sixteen(next())?,
        request: row.maybe_sixteen(next())?,
        kind: row.text(kind)?,
        body: row.text(next())?,
    })
}

/// [`super::tail`] as it is kept.
///
/// # Errors
/// A fault of the database.
pub fn raw_tail(
    reader: &mut Reader<'_>,
    after: Position,
    limit: i64,
) -> Result<Vec<(Position, Entry)>, Fault> {
    let rows = reader.db.tail(after, limit)?;
    rows.into_iter()
        .map(|mut row| {
            let position = Position { tx: row.int(0)?, place: row.int(1)? };
            Ok((position, entry(&mut row, 2, 3)?))
        })
        .collect()
}

/// Entries that say they are of a transaction that nobody has begun yet: forged, so that the tail never comes to them.
///
/// # Errors
/// A fault of the database.
pub fn list_of_the_future(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<EventId>, Fault> {
    let rows = reader.db.of_the_future(limit)?;
    rows.into_iter().map(|mut row| Ok(EventId::from_bytes(row.sixteen(0)?))).collect()
}

/// An entry with its place. Looked for at its time, since identifiers have no index of their own.
///
/// # Errors
/// A fault of the database.
pub fn find_raw(reader: &mut Reader<'_>, id: EventId) -> Result<Option<Entry>, Fault> {
    let from = id.time().micros();
    let row = reader.db.one(
        "SELECT kind, id, at, subject, request, body FROM events WHERE at >= $1 AND at < $2 AND id = $3",
        args![from, from.saturating_add(MILLISECOND), id.bytes()],
    )?;
    row.map(|mut row| entry(&mut row, 0, 1)).transpose()
}

/// What an entry says.
///
/// # Errors
/// A fault when it is not as it was written.
pub fn decode(entry: &Entry) -> Result<Event, Fault> {
    let bytes = |bytes: Option<[u8; 16]>| bytes.map_or(Cell::Null, |bytes| Cell::Bytes(bytes.to_vec()));
    let cells = vec![
        bytes(Some(entry.id)),
        Cell::Int(entry.at),
        bytes(entry.subject),
        bytes(entry.request),
        Cell::Text(entry.body.clone()),
    ];
    super::read(&mut Row(cells), 0)
}

/// Deletes an entry whose content was erased by law; says whether it was there. Never the last one of the record: its
/// position is where the next one goes on.
///
/// # Errors
/// A fault of the database.
pub fn delete(tx: &mut Tx<'_>, id: EventId) -> Result<bool, Fault> {
    let from = id.time().micros();
    let rows = tx.db.execute(
        "DELETE FROM events WHERE at >= $1 AND at < $2 AND id = $3",
        args![from, from.saturating_add(MILLISECOND), id.bytes()],
    )?;
    Ok(rows == 1)
}

/// Identifiers know their time to the millisecond.
const MILLISECOND: i64 = 1000;
