//! Table `seen_ids`: proofs of keys and statements of clients that were shown, and requests that a person has answered, for as
//! long as they would hold.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// Notes what was shown: a claim, true for the first who shows it and never again.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, shown: &Digest, expires_at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO seen_ids (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![shown.bytes(), expires_at],
    )?;
    Ok(rows == 1)
}

/// Whether it was shown.
///
/// # Errors
/// A fault of the database.
pub fn has(reader: &mut Reader<'_>, shown: &Digest) -> Result<bool, Fault> {
    Ok(reader.db.one("SELECT 1 FROM seen_ids WHERE digest = $1", args![shown.bytes()])?.is_some())
}

/// Forgets those that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM seen_ids WHERE digest IN (
           SELECT digest FROM seen_ids WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
