//! Table `rings`: rings on their way to a doorbell. A row is written with the approval that it is for; workers lease rows, so that
//! no two of them ring the same at once.

use model::fault::Fault;
use model::id::{AccountId, ApprovalId, AuthenticatorId, DoorbellId, RingId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::args;

/// A ring in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its identifier.
    pub id: RingId,
    /// Which doorbell.
    pub doorbell: DoorbellId,
    /// What for.
    pub approval: ApprovalId,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// When it was queued.
    pub queued_at: Time,
}

/// Queues a ring; those that wait for the same doorbell give way to it.
///
/// # Errors
/// A fault of the database.
pub fn enqueue(
    tx: &mut Tx<'_>,
    (id, doorbell, approval): (RingId, DoorbellId, ApprovalId),
    now: Time,
) -> Result<(), Fault> {
    tx.mail = true;
    tx.db.execute("DELETE FROM rings WHERE doorbell = $1", args![doorbell.bytes()])?;
    tx.db
        .execute(
            "INSERT INTO rings (id, doorbell, approval, attempts, next_at, lease_until, queued_at)
             VALUES ($1, $2, $3, 0, $4, 0, $4) ON CONFLICT DO NOTHING",
            args![id.bytes(), doorbell.bytes(), approval.bytes(), now],
        )
        .map(|_| ())
}

/// Leases up to `limit` due ones until `until`, as [`crate::outbox::lease`] does.
///
/// # Errors
/// A fault of the database.
pub fn lease(tx: &mut Tx<'_>, now: Time, until: Time, limit: i64) -> Result<Vec<Leased>, Fault> {
    let rows = tx.db.query(
        "UPDATE rings SET lease_until = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM rings WHERE next_at <= $1 AND lease_until <= $1 ORDER BY next_at LIMIT $3)
           AND next_at <= $1 AND lease_until <= $1
         RETURNING id, doorbell, approval, attempts, queued_at",
        args![now, until, limit],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Leased {
                id: RingId::from_bytes(row.sixteen(0)?),
                doorbell: DoorbellId::from_bytes(row.sixteen(1)?),
                approval: ApprovalId::from_bytes(row.sixteen(2)?),
                attempt: row.int(3)?,
                queued_at: row.time(4)?,
            })
        })
        .collect()
}

/// Where a ring goes.
#[derive(Debug)]
pub struct Whereto {
    /// Whose it is.
    pub account: AccountId,
    /// Whose doorbell it is.
    pub approver: AuthenticatorId,
    /// Where its browser is reached, as it is sealed.
    pub sealed: Vec<u8>,
    /// When what it rings for ends by itself.
    pub until: Time,
}

/// Where a ring goes, as long as its doorbell and its approver are there and the approval waits at `now`.
///
/// # Errors
/// A fault of the database.
pub fn whereto(reader: &mut Reader<'_>, leased: &Leased, now: Time) -> Result<Option<Whereto>, Fault> {
    let row = reader.db.one(
        "SELECT doorbells.approver, doorbells.sealed, approvals.expires_at, doorbells.account
         FROM doorbells JOIN authenticators ON authenticators.id = doorbells.approver
           JOIN approvals ON approvals.account = doorbells.account
         WHERE doorbells.id = $1 AND approvals.id = $2 AND approvals.state = 'waiting' AND approvals.expires_at > $3",
        args![leased.doorbell.bytes(), leased.approval.bytes(), now],
    )?;
    row.map(|mut row| {
        Ok(Whereto {
            approver: AuthenticatorId::from_bytes(row.sixteen(0)?),
            sealed: row.bytes(1)?,
            until: row.time(2)?,
            account: AccountId::from_bytes(row.sixteen(3)?),
        })
    })
    .transpose()
}

/// Takes one away that was rung: a claim, the answer says whether it was still waiting.
///
/// # Errors
/// A fault of the database.
pub fn claim_done(tx: &mut Tx<'_>, id: RingId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM rings WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Takes one away that will not be rung: a claim, the answer says whether `attempt` was still the one that holds the lease.
///
/// # Errors
/// A fault of the database.
pub fn claim_given_up(tx: &mut Tx<'_>, id: RingId, attempt: i64) -> Result<bool, Fault> {
    let rows =
        tx.db.execute("DELETE FROM rings WHERE id = $1 AND attempts = $2", args![id.bytes(), attempt])?;
    Ok(rows == 1)
}

/// Gives the lease back and says when to try next: a claim, the answer says whether it was still this worker's.
///
/// # Errors
/// A fault of the database.
pub fn put_off(tx: &mut Tx<'_>, id: RingId, attempt: i64, next_at: Time) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE rings SET next_at = $3, lease_until = 0 WHERE id = $1 AND attempts = $2",
        args![id.bytes(), attempt, next_at],
    )?;
    Ok(rows == 1)
}

/// Ends all leases: at start, when the only worker that can have held them is gone.
///
/// # Errors
/// A fault of the database.
pub fn release_all(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    tx.db.execute("UPDATE rings SET lease_until = 0 WHERE lease_until > 0", args![])
}

/// When the next one is due (or its lease ends); none when nothing waits.
///
/// # Errors
/// A fault of the database.
pub fn next_due(reader: &mut Reader<'_>) -> Result<Option<Time>, Fault> {
    let row = reader.db.one(
        "SELECT MIN(CASE WHEN next_at > lease_until THEN next_at ELSE lease_until END) FROM rings",
        args![],
    )?;
    row.map_or(Ok(None), |mut row| row.maybe_time(0))
}

/// A ring that waits, as an operator sees it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The origin of the push service.
    pub service: String,
    /// Since when.
    pub queued_at: Time,
    /// Attempts so far.
    pub attempts: i64,
    /// When the next one is due.
    pub next_at: Time,
}

/// What waits, the next to be tried first.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Waiting>, Fault> {
    let rows = reader.db.query(
        "SELECT service, queued_at, attempts, next_at FROM rings JOIN doorbells ON doorbells.id = doorbell
         ORDER BY next_at, rings.id LIMIT $1",
        args![limit],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Waiting {
                service: row.text(0)?,
                queued_at: row.time(1)?,
                attempts: row.int(2)?,
                next_at: row.time(3)?,
            })
        })
        .collect()
}

/// How many wait.
///
/// # Errors
/// A fault of the database.
pub fn waiting(reader: &mut Reader<'_>) -> Result<i64, Fault> {
    let row =
        reader.db.one("SELECT COUNT(*) FROM rings JOIN doorbells ON doorbells.id = doorbell", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}
