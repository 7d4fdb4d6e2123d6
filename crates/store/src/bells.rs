//! Tables `bells` and `rung`: how the bell of an account stands, and what it rang for lately. How that was answered is read from
//! `approvals`.

use model::approval::ApprovalState;
use model::doorbell::{APART, Answer, Bell, Rung, WINDOW};
use model::fault::Fault;
use model::id::{AccountId, ApprovalId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// A time before all others: a bell that never rang.
const NEVER: i64 = 0;

/// How an account's bell stands at `now`.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, account: AccountId, now: Time) -> Result<Bell, Fault> {
    let row = reader
        .db
        .one("SELECT quiet_since, wanted_at FROM bells WHERE account = $1", args![account.bytes()])?;
    let (quiet_since, wanted_at) = match row {
        Some(mut row) => (row.maybe_time(0)?, row.maybe_time(1)?),
        None => (None, None),
    };
    let rows = reader.db.query(
        "SELECT rung.at, rung.until, state, approver, ended_at
         FROM rung LEFT JOIN approvals ON approvals.id = approval WHERE rung.account = $1 AND rung.at > $2 ORDER BY rung.at",
        args![account.bytes(), now - WINDOW],
    )?;
    let rung = rows.into_iter().map(|mut row| rung(&mut row)).collect::<Result<_, _>>()?;
    Ok(Bell { rung, quiet_since, wanted_at })
}

fn rung(row: &mut Row) -> Result<Rung, Fault> {
    let (at, until) = (row.time(0)?, row.time(1)?);
    let state = row.maybe_text(2)?.as_deref().and_then(ApprovalState::from_code);
    let (answered, ended_at) = (row.maybe_sixteen(3)?.is_some(), row.maybe_time(4)?);
    let answer = match state {
        Some(ApprovalState::Approved | ApprovalState::Used) => Some(Answer::Approved),
        // It was approved, and the browser that had asked did not come for it.
        Some(ApprovalState::Lapsed) if answered => Some(Answer::Approved),
        Some(ApprovalState::Denied | ApprovalState::WrongNumber) => Some(Answer::Refused),
        Some(ApprovalState::Waiting | ApprovalState::Lapsed | ApprovalState::Withdrawn) | None => None,
    };
    Ok(Rung { at, until: ended_at.map_or(until, |ended| ended.min(until)), answer })
}

/// Lets the bell of an account ring for an approval: a claim, `false` where it is quiet, rang less than [`APART`] ago, or rang for
/// that very approval.
///
/// # Errors
/// A fault of the database.
pub fn claim_ring(
    tx: &mut Tx<'_>,
    (account, approval): (AccountId, ApprovalId),
    (now, until): (Time, Time),
) -> Result<bool, Fault> {
    tx.db.execute(
        "INSERT INTO bells (account, rung_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![account.bytes(), NEVER],
    )?;
    let rows = tx.db.execute(
        "UPDATE bells SET rung_at = $2 WHERE account = $1 AND quiet_since IS NULL AND rung_at <= $3",
        args![account.bytes(), now, now - APART],
    )?;
    if rows != 1 {
        return Ok(false);
    }
    let rows = tx.db.execute(
        "INSERT INTO rung (approval, account, at, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![approval.bytes(), account.bytes(), now, until],
    )?;
    Ok(rows == 1)
}

/// Makes a bell quiet: a claim, `false` where it is.
///
/// # Errors
/// A fault of the database.
pub fn claim_quiet(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE bells SET quiet_since = $2 WHERE account = $1 AND quiet_since IS NULL",
        args![account.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Its owner wants it back: a claim, `false` where it is not quiet.
///
/// # Errors
/// A fault of the database.
pub fn claim_wanted(tx: &mut Tx<'_>, account: AccountId, now: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE bells SET quiet_since = NULL, wanted_at = $2 WHERE account = $1 AND quiet_since IS NOT NULL",
        args![account.bytes(), now],
    )?;
    Ok(rows == 1)
}

/// Forgets at most `limit` rings from before `before`; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_rung(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM rung WHERE approval IN (SELECT approval FROM rung WHERE at < $1 ORDER BY at LIMIT $2)",
        args![before, limit],
    )
}

/// Forgets at most `limit` bells of accounts that are not there any more; says how many.
///
/// # Errors
/// A fault of the database.
pub fn delete_orphaned(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM bells WHERE account IN (
           SELECT account FROM bells LEFT JOIN accounts ON accounts.id = account WHERE accounts.id IS NULL LIMIT $1)",
        args![limit],
    )
}
