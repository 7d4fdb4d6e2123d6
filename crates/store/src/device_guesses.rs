//! Table `device_guesses`: how often somebody guessed at codes of devices, or asked for them, in one period of time.

use model::digest::Digest;
use model::fault::Fault;

use crate::tx::Tx;
use crate::value::args;

/// Counts one more; the answer is how many there are with it.
///
/// # Errors
/// A fault of the database.
pub fn add(tx: &mut Tx<'_>, period: i64, who: &Digest) -> Result<i64, Fault> {
    let row = tx.db.one(
        "INSERT INTO device_guesses (period, who, count) VALUES ($1, $2, 1)
         ON CONFLICT (period, who) DO UPDATE SET count = device_guesses.count + 1 RETURNING count",
        args![period, who.bytes()],
    )?;
    row.map_or(Ok(0), |mut row| row.int(0))
}

/// Takes one back that was counted in this transaction: it was no guess.
///
/// # Errors
/// A fault of the database.
pub fn take_back(tx: &mut Tx<'_>, period: i64, who: &Digest) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE device_guesses SET count = count - 1 WHERE period = $1 AND who = $2 AND count > 0",
        args![period, who.bytes()],
    )
}

/// Forgets periods before `period`, at most `limit` rows of them; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, period: i64, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM device_guesses WHERE (period, who) IN (
           SELECT period, who FROM device_guesses WHERE period < $1 ORDER BY period, who LIMIT $2)",
        args![period, limit],
    )
}
