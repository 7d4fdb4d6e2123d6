//! Table `events`: the record.

use model::event::Event;
use model::fault::Fault;
use model::id::{AccountId, EventId, RequestId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

/// An event with its position in commit order.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The position: larger was committed later.
    pub position: i64,
    /// The event.
    pub event: Event,
}

#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
fn event(body: &str) -> Result<Event, Fault> {
    serde_json::from_str(body).map_err(|error| Fault::new("an event on the record cannot be read", error))
}

/// Puts an event on the record. Only [`Tx::record`] calls this.
pub(crate) fn insert(tx: &mut Tx<'_>, event: &Event) -> Result<(), Fault> {
    let body = serde_json::to_string(event).map_err(|error| Fault::new("writing an event", error))?;
    tx.db.execute(
        "INSERT INTO events (id, at, account, request, kind, body) VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            event.id.bytes(),
            event.at,
            event.subject.account().as_ref().map(AccountId::bytes),
            event.request.as_ref().map(RequestId::bytes),
            event.kind.name(),
            &body
        ],
    )?;
    Ok(())
}

/// An account's events with identifiers from `from` up to, not including, `to`, newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_account(
    reader: &mut Reader<'_>,
    account: AccountId,
    (from, to): (EventId, EventId),
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    let rows = reader.db.query(
        "SELECT body FROM events WHERE account = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        args![account.bytes(), from.bytes(), to.bytes(), limit],
    )?;
    rows.into_iter().map(|mut row| event(&row.text(0)?)).collect()
}

/// All events of one request, oldest first.
///
/// # Errors
/// A fault of the database.
pub fn list_request(reader: &mut Reader<'_>, request: RequestId) -> Result<Vec<Event>, Fault> {
    let rows =
        reader.db.query("SELECT body FROM events WHERE request = $1 ORDER BY id", args![request.bytes()])?;
    rows.into_iter().map(|mut row| event(&row.text(0)?)).collect()
}

/// How many codes were asked for and used on each UTC day since `start`: (day, asked, used).
///
/// # Errors
/// A fault of the database.
pub fn count_requests(
    reader: &mut Reader<'_>,
    account: AccountId,
    start: EventId,
) -> Result<Vec<(i64, u32, u32)>, Fault> {
    let rows = reader.db.query(
        "SELECT at / 86400000000, SUM(CASE WHEN kind = 'sign_in_code_requested' THEN 1 ELSE 0 END),
           SUM(CASE WHEN kind = 'sign_in_code_redeemed' THEN 1 ELSE 0 END)
         FROM events WHERE account = $1 AND id >= $2 GROUP BY at / 86400000000",
        args![account.bytes(), start.bytes()],
    )?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    rows.into_iter().map(|mut row| Ok((row.int(0)?, count(row.int(1)?), count(row.int(2)?)))).collect()
}

/// Events committed after `position`, oldest first: how workers follow the record. No event of a slow
/// committer is ever skipped.
///
/// # Errors
/// A fault of the database.
pub fn tail(reader: &mut Reader<'_>, position: i64, limit: i64) -> Result<Vec<Placed>, Fault> {
    reader.db.tail(position, limit)?.into_iter().map(placed).collect()
}

fn placed(mut row: Row) -> Result<Placed, Fault> {
    Ok(Placed { position: row.int(0)?, event: event(&row.text(3)?)? })
}

/// The newest events of the whole installation, newest first; `account_less` leaves out those of accounts.
///
/// # Errors
/// A fault of the database.
pub fn newest(reader: &mut Reader<'_>, account_less: bool, limit: i64) -> Result<Vec<Event>, Fault> {
    let sql = if account_less {
        "SELECT body FROM events WHERE account IS NULL ORDER BY id DESC LIMIT $1"
    } else {
        "SELECT body FROM events ORDER BY at DESC LIMIT $1"
    };
    let rows = reader.db.query(sql, args![limit])?;
    rows.into_iter().map(|mut row| event(&row.text(0)?)).collect()
}

/// When the newest event happened.
///
/// # Errors
/// A fault of the database.
pub fn newest_time(reader: &mut Reader<'_>) -> Result<Option<Time>, Fault> {
    let row = reader.db.one("SELECT MAX(at) FROM events", args![])?;
    row.map_or(Ok(None), |mut row| row.maybe_time(0))
}

/// How many events of each kind happened since `since`.
///
/// # Errors
/// A fault of the database.
pub fn count_by_kind(reader: &mut Reader<'_>, since: Time) -> Result<Vec<(String, i64)>, Fault> {
    let rows = reader.db.query(
        "SELECT kind, COUNT(*) FROM events WHERE at >= $1 GROUP BY kind ORDER BY kind",
        args![since],
    )?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// Deletes up to `limit` events from before `before`.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < $1 ORDER BY at LIMIT $2)",
        args![before, limit],
    )
}
