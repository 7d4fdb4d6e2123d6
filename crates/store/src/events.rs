//! Table `events`: the record.

use model::event::{Event, EventKind, NotSent};
use model::fault::Fault;
use model::id::{AccountId, EventId, RequestId};
use model::time::Time;

use crate::tx::{Reader, Tx};
use crate::value::{Arg, Row, args};

mod body;
mod raw;
pub use body::body;
pub(crate) use body::{event_columns, read};
pub use raw::{decode, delete, find_raw, list_of_the_future, raw_tail};

/// How far somebody has read the record. Larger was committed later: first by the transaction, where several
/// can be open at once, then by the place within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub(crate) tx: i64,
    pub(crate) place: i64,
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self { tx: 0, place: 0 };
    /// Before everything that a row can say, of those too that bidden never wrote.
    pub const LOWEST: Self = Self { tx: i64::MIN, place: i64::MIN };

    /// The sixteen bytes, as stored.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (to, from) in
            bytes.iter_mut().zip(self.tx.to_be_bytes().into_iter().chain(self.place.to_be_bytes()))
        {
            *to = from;
        }
        bytes
    }

    /// What [`Self::to_bytes`] made. Eight bytes are a place alone, as it was written by 0.1.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8]| bytes.try_into().ok().map(i64::from_be_bytes);
        match bytes.len() {
            8 => Some(Self { tx: 0, place: number(bytes)? }),
            16 => bytes
                .split_at_checked(8)
                .and_then(|(tx, place)| Some(Self { tx: number(tx)?, place: number(place)? })),
            _ => None,
        }
    }
}

/// An event with its position in commit order.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The position.
    pub position: Position,
    /// The event.
    pub event: Event,
}

/// The statement that finds events: its columns are those of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", event_columns!(), " FROM events ", $rest)
    };
}

fn all(rows: Vec<Row>) -> Result<Vec<Event>, Fault> {
    rows.into_iter().map(|mut row| read(&mut row, 0)).collect()
}

/// How many events one statement writes at most.
const TOGETHER: usize = 4;

macro_rules! insert {
    ($($rows:literal),+) => { concat!("INSERT INTO events (id, at, subject, request, kind, body) VALUES ", $($rows),+) };
}

const INSERT: [&str; TOGETHER] = [
    insert!("($1, $2, $3, $4, $5, $6)"),
    insert!("($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)"),
    insert!("($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12), ($13, $14, $15, $16, $17, $18)"),
    insert!(
        "($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12), ($13, $14, $15, $16, $17, $18),
         ($19, $20, $21, $22, $23, $24)"
    ),
];

/// Puts events on the record, in their order. Only [`Tx::record`] calls this.
pub(crate) fn insert(tx: &mut Tx<'_>, events: &[Event]) -> Result<(), Fault> {
    for events in events.chunks(TOGETHER) {
        let mut bodies = Vec::with_capacity(events.len());
        for event in events {
            tx.db.make_room(event.id.time())?;
            bodies.push((event.subject.key(), body(event)?));
        }
        let mut args: Vec<Arg<'_>> = Vec::with_capacity(events.len() * 6);
        for (event, (subject, body)) in events.iter().zip(&bodies) {
            let event: [Arg<'_>; 6] = [
                event.id.bytes().into(),
                event.at.into(),
                subject.as_ref().into(),
                event.request.as_ref().map(RequestId::bytes).into(),
                event.kind.name().into(),
                body.into(),
            ];
            args.extend(event);
        }
        if let Some(sql) = INSERT.get(events.len().saturating_sub(1)) {
            tx.db.put(sql, &args)?;
        }
    }
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
        select!("WHERE subject = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4"),
        args![account.bytes(), from.bytes(), to.bytes(), limit],
    )?;
    all(rows)
}

/// All events of one request, in the order in which they were committed.
///
/// # Errors
/// A fault of the database.
pub fn list_request(reader: &mut Reader<'_>, request: RequestId) -> Result<Vec<Event>, Fault> {
    // Nothing was recorded about a request before it was made: where the record is kept by the month, the
    // months before are not looked at.
    let rows = reader.db.query(
        select!("WHERE request = $1 AND id >= $2 ORDER BY position"),
        args![request.bytes(), EventId::at(request.time()).bytes()],
    )?;
    all(rows)
}

/// Looks where the next event about `subject` will be put.
///
/// # Errors
/// A fault of the database.
pub fn look(reader: &mut Reader<'_>, subject: &[u8; 16]) -> Result<(), Fault> {
    reader
        .db
        .one("SELECT 1 FROM events WHERE subject = $1 ORDER BY id DESC LIMIT 1", args![subject])
        .map(|_| ())
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
         FROM events WHERE subject = $1 AND id >= $2 GROUP BY at / 86400000000",
        args![account.bytes(), start.bytes()],
    )?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    rows.into_iter().map(|mut row| Ok((row.int(0)?, count(row.int(1)?), count(row.int(2)?)))).collect()
}

/// How many codes were asked for, used and denied since `start`.
///
/// # Errors
/// A fault of the database.
pub fn count_of(
    reader: &mut Reader<'_>,
    account: AccountId,
    start: EventId,
) -> Result<(u32, u32, u32), Fault> {
    let row = reader.db.one(
        "SELECT COALESCE(SUM(CASE WHEN kind = 'sign_in_code_requested' THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN kind = 'sign_in_code_redeemed' THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN kind = 'sign_in_code_denied' THEN 1 ELSE 0 END), 0)
         FROM events WHERE subject = $1 AND id >= $2",
        args![account.bytes(), start.bytes()],
    )?;
    let Some(mut row) = row else { return Ok((0, 0, 0)) };
    let mut count = |n| row.int(n).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    Ok((count(0)?, count(1)?, count(2)?))
}

/// Events committed after `position`, oldest first: how workers follow the record. No event of a slow
/// committer is ever skipped.
///
/// # Errors
/// A fault of the database.
pub fn tail(reader: &mut Reader<'_>, position: Position, limit: i64) -> Result<Vec<Placed>, Fault> {
    let (found, _) = tail_of(reader, position, limit, &|_| true)?;
    Ok(found)
}

/// [`tail`] for whoever looks at some kinds only: the others are passed over unread. Also says up to where.
///
/// # Errors
/// A fault of the database.
pub fn tail_of(
    reader: &mut Reader<'_>,
    position: Position,
    limit: i64,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(Vec<Placed>, Position), Fault> {
    let (mut found, mut last) = (Vec::new(), position);
    for mut row in reader.db.tail(position, limit)? {
        last = Position { tx: row.int(0)?, place: row.int(1)? };
        if wanted(&row.text(2)?) {
            found.push(Placed { position: last, event: read(&mut row, 3)? });
        }
    }
    Ok((found, last))
}

/// About where in the record `time` is: everything after it was committed later, or at the same time, or a little before.
///
/// # Errors
/// A fault of the database.
pub fn position_at(reader: &mut Reader<'_>, time: Time) -> Result<Position, Fault> {
    let Some(mut row) = reader.db.place_before(time)? else { return Ok(Position::START) };
    Ok(Position { tx: row.int(0)?, place: row.int(1)? })
}

/// Where a page of the whole record begins: just before this time and identifier.
pub type Before = (Time, EventId);

/// Events of the whole installation before `before`, newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_all(reader: &mut Reader<'_>, (at, id): Before, limit: i64) -> Result<Vec<Event>, Fault> {
    let rows = reader.db.query(
        select!("WHERE at <= $1 AND (at < $1 OR id < $2) ORDER BY at DESC, id DESC LIMIT $3"),
        args![at, id.bytes(), limit],
    )?;
    all(rows)
}

/// The event with this identifier.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, id: EventId) -> Result<Option<Event>, Fault> {
    // An identifier says to the millisecond when it was made, and there is an index by time.
    let from = id.time();
    let rows = reader.db.query(
        select!("WHERE at >= $1 AND at < $2 AND id = $3"),
        args![from, from.micros().saturating_add(1000), id.bytes()],
    )?;
    Ok(all(rows)?.into_iter().next())
}

/// What detectors concluded before `before`, the newest first.
///
/// # Errors
/// A fault of the database.
pub fn list_findings(reader: &mut Reader<'_>, (at, id): Before, limit: i64) -> Result<Vec<Event>, Fault> {
    let rows = reader.db.query(
        select!(
            "WHERE kind = 'finding_raised' AND at <= $1 AND (at < $1 OR id < $2) ORDER BY at DESC, id DESC LIMIT $3"
        ),
        args![at, id.bytes(), limit],
    )?;
    all(rows)
}

/// How many events of each kind there were since `since`, in steps of so many microseconds: (step, kind, count).
///
/// # Errors
/// A fault of the database.
pub fn count_by_step(
    reader: &mut Reader<'_>,
    since: Time,
    step: i64,
) -> Result<Vec<(i64, String, i64)>, Fault> {
    let rows = reader.db.query(
        "SELECT at / $2, kind, COUNT(*) FROM events WHERE at >= $1
         AND kind IN ('sign_in_code_requested', 'sign_in_code_redeemed', 'sign_in_code_refused', 'proof_refused',
           'sign_in_codes_suppressed', 'session_started', 'finding_raised')
         GROUP BY at / $2, kind ORDER BY 1, 2",
        args![since, step],
    )?;
    rows.into_iter().map(|mut row| Ok((row.int(0)?, row.text(1)?, row.int(2)?))).collect()
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

/// How many requests were held back by a budget since `since`, the summed-up ones included.
///
/// # Errors
/// A fault of the database.
pub fn count_suppressed(reader: &mut Reader<'_>, since: Time) -> Result<i64, Fault> {
    let rows = reader.db.query(
        select!(
            "WHERE at >= $1 AND kind IN ('sign_in_code_requested', 'sign_in_codes_suppressed')
             AND (body LIKE '%\"not_sent\":%' OR kind = 'sign_in_codes_suppressed') ORDER BY at DESC LIMIT 100000"
        ),
        args![since],
    )?;
    let mut sum = 0_i64;
    for mut row in rows {
        sum = sum.saturating_add(match read(&mut row, 0)?.kind {
            EventKind::SignInCodesSuppressed { count, .. } => i64::from(count),
            EventKind::SignInCodeRequested { not_sent: Some(why), .. } => {
                i64::from(why != NotSent::NoAccount)
            }
            _ => 0,
        });
    }
    Ok(sum)
}

/// Deletes events from before `before` in one small step, at most `limit` rows; says how many, 0 when it is
/// done. On PostgreSQL whole months go, and are not counted.
///
/// # Errors
/// A fault of the database.
pub fn delete_before(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<u64, Fault> {
    tx.db.forget_events(before, limit)
}
