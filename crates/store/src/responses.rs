//! Table `responses`: what is done about findings, and what was, or would have been.

use model::fault::Fault;
use model::id::{EventId, ResponseId};
use model::response::{Act, Over, Response, Scope};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Row, args};

macro_rules! columns {
    () => {
        "id, act, scope, since, until, finding, reason, simulated, ended_at, how"
    };
}

fn read(mut row: Row) -> Result<Response, Fault> {
    let ended = match (row.maybe_time(8)?, row.maybe_word(9, Over::from_code)?) {
        (Some(at), Some(how)) => Some((at, how)),
        _ => None,
    };
    Ok(Response {
        id: ResponseId::from_bytes(row.sixteen(0)?),
        act: row.word(1, Act::from_code)?,
        scope: row.word(2, Scope::parse)?,
        since: row.time(3)?,
        until: row.time(4)?,
        finding: row.maybe_sixteen(5)?.map(EventId::from_bytes),
        reason: row.text(6)?,
        simulated: row.flag(7)?,
        ended,
    })
}

/// Puts a new one there: a claim, `false` where the same is done to the same already.
///
/// # Errors
/// A fault of the database.
pub fn claim_insert(tx: &mut Tx<'_>, response: &Response) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "INSERT INTO responses (id, act, scope, since, until, finding, reason, simulated, ended_at, how)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        args![
            response.id.bytes(),
            response.act.code(),
            &response.scope.text(),
            response.since,
            response.until,
            response.finding.as_ref().map(EventId::bytes),
            &response.reason,
            response.simulated,
            response.ended.map(|(at, _)| at.micros()),
            response.ended.map(|(_, how)| how.code()),
        ],
    )?;
    Ok(rows == 1)
}

/// Ends one: a claim, `false` when it had ended before.
///
/// # Errors
/// A fault of the database.
pub fn claim_end(tx: &mut Tx<'_>, id: ResponseId, (now, how): (Time, Over)) -> Result<bool, Fault> {
    let rows = tx.db.execute(
        "UPDATE responses SET ended_at = $2, how = $3 WHERE id = $1 AND ended_at IS NULL",
        args![id.bytes(), now, how.code()],
    )?;
    Ok(rows == 1)
}

/// Ends the one of this kind that stands about this: a claim, the answer is the one that was ended.
///
/// # Errors
/// A fault of the database.
pub fn claim_end_of(
    tx: &mut Tx<'_>,
    (act, scope): (Act, &Scope),
    (now, how): (Time, Over),
) -> Result<Option<Response>, Fault> {
    let row = tx.db.one(
        concat!(
            "UPDATE responses SET ended_at = $3, how = $4
             WHERE scope = $1 AND act = $2 AND simulated = 0 AND ended_at IS NULL RETURNING ",
            columns!()
        ),
        args![&scope.text(), act.code(), now, how.code()],
    )?;
    row.map(read).transpose()
}

/// Whether this is done at this time to one of two scopes. What is only simulated is not done.
///
/// # Errors
/// A fault of the database.
pub fn is_in_force(
    reader: &mut Reader<'_>,
    act: Act,
    scopes: (&Scope, &Scope),
    now: Time,
) -> Result<bool, Fault> {
    let row = reader.db.one(
        "SELECT 1 FROM responses
         WHERE scope IN ($1, $2) AND act = $3 AND simulated = 0 AND ended_at IS NULL AND until > $4 LIMIT 1",
        args![&scopes.0.text(), &scopes.1.text(), act.code(), now],
    )?;
    Ok(row.is_some())
}

/// How many of the same were begun about the same since `since`, and how many in all have not ended.
///
/// # Errors
/// A fault of the database.
pub fn count(
    reader: &mut Reader<'_>,
    (act, scope, simulated): (Act, &Scope, bool),
    since: Time,
) -> Result<(i64, i64), Fault> {
    let row = reader.db.one(
        "SELECT (SELECT COUNT(*) FROM responses WHERE since > $4 AND scope = $1 AND act = $2 AND simulated = $3),
           (SELECT COUNT(*) FROM responses WHERE ended_at IS NULL)",
        args![&scope.text(), act.code(), simulated, since],
    )?;
    row.map_or(Ok((0, 0)), |mut row| Ok((row.int(0)?, row.int(1)?)))
}

/// The one with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: ResponseId) -> Result<Option<Response>, Fault> {
    let row =
        reader.db.one(concat!("SELECT ", columns!(), " FROM responses WHERE id = $1"), args![id.bytes()])?;
    row.map(read).transpose()
}

/// All, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Response>, Fault> {
    let rows = reader.db.query(
        concat!("SELECT ", columns!(), " FROM responses ORDER BY since DESC, id DESC LIMIT $1"),
        args![limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Those that answer a finding, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_of(reader: &mut Reader<'_>, finding: EventId) -> Result<Vec<Response>, Fault> {
    // None was begun before its finding was made.
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM responses WHERE since >= $2 AND finding = $1 ORDER BY since DESC, id DESC LIMIT 20"
        ),
        args![finding.bytes(), finding.time()],
    )?;
    rows.into_iter().map(read).collect()
}

/// Those that have not ended, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_standing(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Response>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM responses WHERE ended_at IS NULL ORDER BY since DESC, id DESC LIMIT $1"
        ),
        args![limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Those whose time is over, and that have not ended.
///
/// # Errors
/// A fault of the database.
pub fn list_over(reader: &mut Reader<'_>, now: Time, limit: i64) -> Result<Vec<Response>, Fault> {
    let rows = reader.db.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM responses WHERE ended_at IS NULL AND until <= $1 ORDER BY until, id LIMIT $2"
        ),
        args![now, limit],
    )?;
    rows.into_iter().map(read).collect()
}

/// Forgets those that began before `before` and have ended; at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.execute(
        "DELETE FROM responses WHERE id IN
           (SELECT id FROM responses WHERE since < $1 AND ended_at IS NOT NULL ORDER BY since LIMIT $2)",
        args![before, limit],
    )
}
