//! Table `removed_clients`: what clients were called that are gone, and whether grants of theirs may be left.

use model::client::Shown;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// Keeps what a client was called that is taken away at `at`, and that its grants are to be ended.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, (id, shown): (&str, &Shown), at: Time) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO removed_clients (id, name, verified, host, ending, removed_at) VALUES ($1, $2, $3, $4, 1, $5)
         ON CONFLICT (id) DO UPDATE SET name = $2, verified = $3, host = $4, ending = 1, removed_at = $5",
        args![id, &shown.name, shown.verified, shown.host.as_ref(), at],
    )
}

/// What a client was called that is gone.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: &str) -> Result<Option<Shown>, Fault> {
    let row = reader.db.one("SELECT name, verified, host FROM removed_clients WHERE id = $1", args![id])?;
    row.map(|mut row| Ok(Shown { name: row.text(0)?, verified: row.flag(1)?, host: row.maybe_text(2)? }))
        .transpose()
}

/// One whose grants may not all have ended yet, with the time of its removal.
///
/// # Errors
/// A fault of the database.
pub fn next_ending(reader: &mut Reader<'_>) -> Result<Option<(String, Time)>, Fault> {
    let row = reader.db.one(
        "SELECT id, removed_at FROM removed_clients WHERE ending = 1 ORDER BY removed_at LIMIT 1",
        args![],
    )?;
    row.map(|mut row| Ok((row.text(0)?, row.time(1)?))).transpose()
}

/// Notes that all grants have ended that were given to a client before it was taken away at `at`.
///
/// # Errors
/// A fault of the database.
pub fn put_ended(tx: &mut Tx<'_>, id: &str, at: Time) -> Result<(), Fault> {
    tx.db.put("UPDATE removed_clients SET ending = 0 WHERE id = $1 AND removed_at = $2", args![id, at])
}

/// Forgets those that are gone since before `before`.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: Time) -> Result<u64, Fault> {
    tx.db.execute("DELETE FROM removed_clients WHERE ending = 0 AND removed_at < $1", args![before])
}
