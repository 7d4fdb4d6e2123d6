//! Table `attempts`: wrong passwords and wrong codes out of apps in a row.
//!
//! An attempt is counted before anything is compared, and the count goes when it was a right one: a crash in between, or a
//! person who went away, leaves a wrong one, and no guess is ever free.

use model::fault::Fault;
use model::id::AccountId;
use model::method::Method;
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;
use crate::walk::{self, Walk};

/// Whose attempts, by what, and whether in browsers that the account knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account, or a key that none has.
    pub account: AccountId,
    /// The method.
    pub method: Method,
    /// Known browsers are counted apart.
    pub known: bool,
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many wrong ones in a row, or not decided yet.
    pub failures: i64,
    /// Until when none is compared.
    pub blocked_until: Time,
}

/// Counts an attempt: a claim. The answer is its number, or nothing where none may be made now: the place is blocked, or
/// there were `most` already.
///
/// # Errors
/// A fault of the database.
pub fn claim(tx: &mut Tx<'_>, place: &Place, now: Time, most: i64) -> Result<Option<i64>, Fault> {
    let rows = tx.db.query(
        "INSERT INTO attempts (account, method, known, failures, last_at, blocked_until) VALUES ($1, $2, $3, 1, $4, 0)
         ON CONFLICT (account, method, known) DO UPDATE
           SET failures = attempts.failures + 1, last_at = excluded.last_at
           WHERE attempts.blocked_until <= excluded.last_at AND attempts.failures < $5
         RETURNING failures",
        args![place.account.bytes(), place.method.code(), place.known, now, most],
    )?;
    rows.into_iter().next().map(|mut row| row.int(0)).transpose()
}

/// Blocks a place until then. Only after [`claim`], in the same transaction.
///
/// # Errors
/// A fault of the database.
pub fn block(tx: &mut Tx<'_>, place: &Place, until: Time) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE attempts SET blocked_until = $4 WHERE account = $1 AND method = $2 AND known = $3",
        args![place.account.bytes(), place.method.code(), place.known, until],
    )
}

/// Notes that somebody tried while it was blocked: as much work as an attempt.
///
/// # Errors
/// A fault of the database.
pub fn touch(tx: &mut Tx<'_>, place: &Place, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE attempts SET last_at = $4 WHERE account = $1 AND method = $2 AND known = $3",
        args![place.account.bytes(), place.method.code(), place.known, now],
    )
}

/// What stands in a place.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, place: &Place) -> Result<Option<Count>, Fault> {
    let row = reader.db.one(
        "SELECT failures, blocked_until FROM attempts WHERE account = $1 AND method = $2 AND known = $3",
        args![place.account.bytes(), place.method.code(), place.known],
    )?;
    row.map(|mut row| Ok(Count { failures: row.int(0)?, blocked_until: row.time(1)? })).transpose()
}

/// Gives back the attempt with this number, which came to nothing: a claim. It stays spent where another one followed it.
///
/// # Errors
/// A fault of the database.
pub fn claim_back(tx: &mut Tx<'_>, place: &Place, number: i64) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE attempts SET failures = failures - 1, blocked_until = 0
         WHERE account = $1 AND method = $2 AND known = $3 AND failures = $4",
        args![place.account.bytes(), place.method.code(), place.known, number],
    )?;
    Ok(rows == 1)
}

/// Forgets a place: something right came.
///
/// # Errors
/// A fault of the database.
pub fn clear(tx: &mut Tx<'_>, place: &Place) -> Result<(), Fault> {
    tx.db.put(
        "DELETE FROM attempts WHERE account = $1 AND method = $2 AND known = $3",
        args![place.account.bytes(), place.method.code(), place.known],
    )
}

/// Lowers a count of `from` or more to `to`, blocked no longer than `until`.
///
/// # Errors
/// A fault of the database.
pub fn lower(tx: &mut Tx<'_>, place: &Place, (from, to): (i64, i64), until: Time) -> Result<(), Fault> {
    tx.db.put(
        "UPDATE attempts SET failures = $5, blocked_until = $6
         WHERE account = $1 AND method = $2 AND known = $3 AND failures >= $4",
        args![place.account.bytes(), place.method.code(), place.known, from, to, until],
    )
}

/// Forgets what was counted for a method of an account: what was guessed at is gone.
///
/// # Errors
/// A fault of the database.
pub fn forget(tx: &mut Tx<'_>, account: AccountId, method: Method) -> Result<(), Fault> {
    tx.db
        .put("DELETE FROM attempts WHERE account = $1 AND method = $2", args![account.bytes(), method.code()])
}

/// Forgets what was counted for addresses without an account, and for accounts that are closed, where nobody has tried
/// since `before`, among the next `limit` rows; `None` once all were looked at.
///
/// # Errors
/// A fault of the database.
pub fn delete_idle(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked attempts",
        next: "SELECT key FROM (SELECT account AS key FROM attempts WHERE account > $1 ORDER BY account LIMIT $2)
                 AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM attempts WHERE account > $1 AND account <= $2 AND last_at < $3
                   AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = attempts.account AND a.state <> 'closed')",
    };
    walk::step(tx, &walk, before.micros(), limit)
}
