//! Table `answered_challenges`: challenges that were answered, until they would have ended anyway.

use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::Tx;
use crate::value::args;

/// Answers a challenge: a claim, true for the first answer and never again.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, challenge: &Digest, expires_at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO answered_challenges (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![challenge.bytes(), expires_at],
    )?;
    Ok(rows == 1)
}

/// Forgets those that ended before `before`, at most `limit` of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_expired(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM answered_challenges WHERE digest IN (
           SELECT digest FROM answered_challenges WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        args![before, limit],
    )
}
