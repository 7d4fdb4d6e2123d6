//! Table `logouts`: clients that have to be told that something ended (OpenID Connect Back-Channel Logout). A row is written
//! with the event that it follows from; workers lease rows, so that no two of them tell the same at once.
//!
//! What is said, and where, is looked up when it is said: a row has no address and no token in it.

use std::time::Duration;

use model::fault::Fault;
use model::id::{AccountId, LogoutId, SessionId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// For how long a client that did not answer is left alone with all else that waits for it.
const REST: Duration = Duration::from_secs(60);

/// What a client has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logout {
    /// Its identifier.
    pub id: LogoutId,
    /// Which client: `client_id`.
    pub client: String,
    /// Who was signed in.
    pub account: AccountId,
    /// In which browser session; none where there was none.
    pub session: Option<SessionId>,
}

/// The same, in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// What has to be said.
    pub logout: Logout,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// When it was queued.
    pub queued_at: Time,
}

fn read(row: &mut Row) -> Result<Leased, Fault> {
    let logout = Logout {
        id: LogoutId::from_bytes(row.sixteen(0)?),
        client: row.text(1)?,
        account: AccountId::from_bytes(row.sixteen(2)?),
        session: row.maybe_sixteen(3)?.map(SessionId::from_bytes),
    };
    Ok(Leased { logout, attempt: row.int(4)?, queued_at: row.time(5)? })
}

/// Queues one; workers are woken once the transaction is durable.
///
/// # Errors
/// A fault of the database.
pub fn enqueue(tx: &mut Tx<'_>, logout: &Logout, now: Time) -> Result<(), Fault> {
    tx.mail = true;
    tx.db.put(
        "INSERT INTO logouts (id, client, account, session, attempts, next_at, lease_until, queued_at)
         VALUES ($1, $2, $3, $4, 0, $5, 0, $5)",
        args![
            logout.id.bytes(),
            &logout.client,
            logout.account.bytes(),
            logout.session.as_ref().map(SessionId::bytes),
            now
        ],
    )
}

/// Leases up to `limit` due ones until `until`, as [`crate::outbox::lease`] does.
///
/// # Errors
/// A fault of the database.
pub fn lease(tx: &mut Tx<'_>, now: Time, until: Time, limit: i64) -> Result<Vec<Leased>, Fault> {
    let rows = tx.db.query(
        "UPDATE logouts SET lease_until = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM logouts WHERE next_at <= $1 AND lease_until <= $1 ORDER BY next_at LIMIT $3)
           AND next_at <= $1 AND lease_until <= $1
         RETURNING id, client, account, session, attempts, queued_at",
        args![now, until, limit],
    )?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// Takes one away of which the client was told: a claim, the answer says whether it was still waiting. Whoever has told it
/// has done so whether the lease is another's by now or not.
///
/// # Errors
/// A fault of the database.
pub fn claim_done(tx: &mut Tx<'_>, id: LogoutId) -> Result<bool, Fault> {
    let rows = tx.db.execute("DELETE FROM logouts WHERE id = $1", args![id.bytes()])?;
    Ok(rows == 1)
}

/// Takes one away of which the client will not be told: a claim, the answer says whether `attempt` was still the one that
/// holds the lease.
///
/// # Errors
/// A fault of the database.
pub fn claim_given_up(tx: &mut Tx<'_>, id: LogoutId, attempt: i64) -> Result<bool, Fault> {
    let rows =
        tx.db.execute("DELETE FROM logouts WHERE id = $1 AND attempts = $2", args![id.bytes(), attempt])?;
    Ok(rows == 1)
}

/// Gives the lease back and says when to try next: a claim, the answer says whether it was still this worker's. All else that
/// waits for the same client waits for a minute with it, so that one who does not answer keeps nobody else waiting.
///
/// # Errors
/// A fault of the database.
pub fn put_off(tx: &mut Tx<'_>, leased: &Leased, (now, next_at): (Time, Time)) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE logouts SET next_at = $3, lease_until = 0 WHERE id = $1 AND attempts = $2",
        args![leased.logout.id.bytes(), leased.attempt, next_at],
    )?;
    if rows == 1 {
        let rested = next_at.min(now + REST);
        tx.db.put(
            "UPDATE logouts SET next_at = $2 WHERE client = $1 AND next_at < $2 AND lease_until <= $3",
            args![&leased.logout.client, rested, now],
        )?;
    }
    Ok(rows == 1)
}

/// Ends all leases: at start, when the only worker that can have held them is gone.
///
/// # Errors
/// A fault of the database.
pub fn release_all(tx: &mut Tx<'_>) -> Result<u64, Fault> {
    tx.db.execute("UPDATE logouts SET lease_until = 0 WHERE lease_until > 0", args![])
}

/// When the next one is due (or its lease ends); none when nothing waits.
///
/// # Errors
/// A fault of the database.
pub fn next_due(reader: &mut Reader<'_>) -> Result<Option<Time>, Fault> {
    let row = reader.db.one(
        "SELECT MIN(CASE WHEN next_at > lease_until THEN next_at ELSE lease_until END) FROM logouts",
        args![],
    )?;
    row.map_or(Ok(None), |mut row| row.maybe_time(0))
}

/// One that waits, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which client has to be told.
    pub client: String,
    /// When it was queued.
    pub queued_at: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Time,
}

/// What waits, the next to be tried first.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Waiting>, Fault> {
    let rows = reader.db.query(
        "SELECT client, queued_at, attempts, next_at FROM logouts ORDER BY next_at, id LIMIT $1",
        args![limit],
    )?;
    rows.into_iter().map(waits).collect()
}

/// What waits that is about an account, the next to be tried first. Looks at everything that waits.
///
/// # Errors
/// A fault of the database.
pub fn list_waiting_of(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Waiting>, Fault> {
    let rows = reader.db.query(
        "SELECT client, queued_at, attempts, next_at FROM logouts WHERE account = $1 ORDER BY next_at, id LIMIT 1000",
        args![account.bytes()],
    )?;
    rows.into_iter().map(waits).collect()
}

fn waits(mut row: Row) -> Result<Waiting, Fault> {
    Ok(Waiting {
        client: row.text(0)?,
        queued_at: row.time(1)?,
        attempts: row.int(2)?,
        next_at: row.time(3)?,
    })
}

/// How many wait.
///
/// # Errors
/// A fault of the database.
pub fn waiting(reader: &mut Reader<'_>) -> Result<i64, Fault> {
    let row = reader.db.one("SELECT COUNT(*) FROM logouts", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0))
}
