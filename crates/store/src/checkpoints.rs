//! Table `checkpoints`: the signed heads of the record.

use model::fault::Fault;
use model::time::Time;

use crate::record_leaves::{counted, number};
use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A checkpoint as it is kept. Size and time are repeated from the note, which has the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How many entries it covers.
    pub size: u64,
    /// When it was signed.
    pub at: Time,
    /// The signed note.
    pub note: String,
}

fn kept(row: &mut Row) -> Result<Kept, Fault> {
    Ok(Kept { size: number(row.int(0)?)?, at: row.time(1)?, note: row.text(2)? })
}

fn first(row: Option<Row>) -> Result<Option<Kept>, Fault> {
    row.map(|mut row| kept(&mut row)).transpose()
}

/// Keeps a checkpoint. Another one of the same size is a fault.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, new: &Kept) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO checkpoints (size, at, note) VALUES ($1, $2, $3)",
        args![counted(new.size)?, new.at, &new.note],
    )
}

/// The newest one.
///
/// # Errors
/// A fault of the database.
pub fn newest(reader: &mut Reader<'_>) -> Result<Option<Kept>, Fault> {
    first(reader.db.one("SELECT size, at, note FROM checkpoints ORDER BY size DESC LIMIT 1", args![])?)
}

/// The newest one that was signed by `at`.
///
/// # Errors
/// A fault of the database.
pub fn newest_by(reader: &mut Reader<'_>, at: Time) -> Result<Option<Kept>, Fault> {
    first(
        reader.db.one(
            "SELECT size, at, note FROM checkpoints WHERE at <= $1 ORDER BY size DESC LIMIT 1",
            args![at],
        )?,
    )
}

/// Those with more than `size` entries, in order.
///
/// # Errors
/// A fault of the database.
pub fn page(reader: &mut Reader<'_>, size: i64, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = reader.db.query(
        "SELECT size, at, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2",
        args![size, limit],
    )?;
    rows.into_iter().map(|mut row| kept(&mut row)).collect()
}

/// Deletes those with fewer than `size` entries, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, size: u64, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM checkpoints WHERE size IN (
           SELECT size FROM checkpoints WHERE size < $1 ORDER BY size LIMIT $2)",
        args![counted(size)?, limit],
    )
}
