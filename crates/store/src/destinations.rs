//! Table `destinations`: the mail budget of each destination, and what was held back.

use model::budget::MailTimes;
use model::digest::Digest;
use model::fault::Fault;
use model::time::Time;

use crate::tx::{Later, Reader, Tx};
use crate::value::{Row, args};
use crate::walk::{self, Walk};

/// What is known of a destination. The default is that of one never mailed.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// When mails left on the request of unknown browsers.
    pub times: MailTimes,
    /// When mails left on the request of known browsers.
    pub known_times: MailTimes,
    /// When mails left on the request of unknown browsers that brought what the owner's gate asks for.
    pub admitted_times: MailTimes,
    /// How many requests were not mailed since the last digest, and the first of them.
    pub suppressed: Held,
    /// How many of these have no event of their own yet, and the first of them.
    pub uncounted: Held,
    /// The UTC day that `recorded` counts.
    pub recorded_day: i64,
    /// How many suppressed requests have an event of their own on that day.
    pub recorded: i64,
    /// When the last digest was queued.
    pub digest_at: Option<Time>,
    /// Until when mail asked for by unknown browsers is muted.
    pub muted_until: Option<Time>,
    /// How many requests a gate stopped, or guesses missed, since the last weekly summary, and the first of them.
    pub gated: Held,
    /// Whether whoever reads it wants no mail from here ([`crate::refusing_mail`]); not written with the rest.
    pub refuses: bool,
}

/// A number of requests held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many.
    pub count: i64,
    /// The first of them; none when there are none.
    pub since: Option<Time>,
}

impl Held {
    /// One more, at `now`.
    pub fn add(&mut self, now: Time) {
        self.count = self.count.saturating_add(1);
        self.since.get_or_insert(now);
    }
}

macro_rules! columns {
    () => {
        "d.times, d.known_times, d.suppressed, d.suppressed_since, d.uncounted, d.uncounted_since, d.recorded_day,
         d.recorded, d.digest_at, d.muted_until, d.admitted_times, d.gated, d.gated_since"
    };
}

fn read(mut row: Row) -> Result<Destination, Fault> {
    let refuses = row.maybe_int(13)?.is_some();
    let Some(times) = row.maybe_bytes(0)? else {
        return Ok(Destination { refuses, ..Destination::default() });
    };
    Ok(Destination {
        refuses,
        times: MailTimes::from_bytes(&times),
        known_times: MailTimes::from_bytes(&row.bytes(1)?),
        suppressed: Held { count: row.int(2)?, since: row.maybe_time(3)? },
        uncounted: Held { count: row.int(4)?, since: row.maybe_time(5)? },
        recorded_day: row.int(6)?,
        recorded: row.int(7)?,
        digest_at: row.maybe_time(8)?,
        muted_until: row.maybe_time(9)?,
        admitted_times: MailTimes::from_bytes(&row.maybe_bytes(10)?.unwrap_or_default()),
        gated: Held { count: row.int(11)?, since: row.maybe_time(12)? },
    })
}

/// A destination taken in hand: until the transaction ends nobody else takes it, so that what is decided on
/// it holds when it is written. Only [`take`] makes one, and only with one can a destination be written.
#[must_use = "a destination is locked by this"]
pub struct Taken {
    key: Digest,
    /// What is known of it.
    pub state: Destination,
}

impl Taken {
    /// Whose it is.
    #[must_use]
    pub const fn key(&self) -> &Digest {
        &self.key
    }
}

/// Takes `destination` in hand.
///
/// # Errors
/// A fault of the database.
pub fn take(tx: &mut Tx<'_>, destination: &Digest) -> Result<Taken, Fault> {
    ask_take(tx, destination)?.get(tx)
}

/// [`take`], looked at later. What is asked after it is read under the lock as well.
///
/// # Errors
/// A fault of the database.
pub fn ask_take(tx: &mut Tx<'_>, destination: &Digest) -> Result<Later<Taken>, Fault> {
    tx.db.lock(destination.bytes())?;
    let key = *destination;
    let asked = tx.db.ask(FIND, args![key.bytes()])?;
    Ok(Later::new(asked, move |rows| Ok(Taken { key, state: found(rows)? })))
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", (SELECT since FROM refusing_mail WHERE destination = $1)
     FROM (SELECT 1 AS one) AS always LEFT JOIN destinations d ON d.destination = $1"
);

fn found(rows: Vec<Row>) -> Result<Destination, Fault> {
    Ok(rows.into_iter().next().map(read).transpose()?.unwrap_or_default())
}

/// What is known of `destination`.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, destination: &Digest) -> Result<Destination, Fault> {
    found(reader.db.query(FIND, args![destination.bytes()])?)
}

/// Writes what is known of a destination.
///
/// # Errors
/// A fault of the database.
pub fn put(tx: &mut Tx<'_>, Taken { key, state }: &Taken, now: Time) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO destinations (destination, times, known_times, suppressed, suppressed_since, uncounted,
           uncounted_since, recorded_day, recorded, digest_at, muted_until, touched_at, admitted_times, gated, gated_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (destination) DO UPDATE SET times = excluded.times, known_times = excluded.known_times,
           suppressed = excluded.suppressed, suppressed_since = excluded.suppressed_since,
           uncounted = excluded.uncounted, uncounted_since = excluded.uncounted_since,
           recorded_day = excluded.recorded_day, recorded = excluded.recorded, digest_at = excluded.digest_at,
           muted_until = excluded.muted_until, touched_at = excluded.touched_at,
           admitted_times = excluded.admitted_times, gated = excluded.gated, gated_since = excluded.gated_since",
        args![
            key.bytes(),
            &state.times.to_bytes(),
            &state.known_times.to_bytes(),
            state.suppressed.count,
            state.suppressed.since,
            state.uncounted.count,
            state.uncounted.since,
            state.recorded_day,
            state.recorded,
            state.digest_at,
            state.muted_until,
            now,
            &state.admitted_times.to_bytes(),
            state.gated.count,
            state.gated.since,
        ],
    )
}

/// When a digest is due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// The time.
    pub now: Time,
    /// The first request was held back no later than this.
    pub gathered: Time,
    /// The last digest was queued no later than this.
    pub last: Time,
    /// The same for a destination that is muted.
    pub last_muted: Time,
}

/// Destinations with requests held back and a digest due, the longest waiting first. Those that had one
/// lately are left out here already: they would stand in the way of the others.
///
/// # Errors
/// A fault of the database.
pub fn list_suppressed(reader: &mut Reader<'_>, due: Due, limit: i64) -> Result<Vec<Digest>, Fault> {
    let rows = reader.db.query(
        "SELECT destination FROM destinations
         WHERE suppressed > 0 AND suppressed_since <= $1
           AND (digest_at IS NULL OR digest_at <= CASE WHEN muted_until > $2 THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END)
         ORDER BY suppressed_since LIMIT $5",
        args![due.gathered, due.now, due.last_muted, due.last, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(Digest::from_bytes)).collect()
}

/// Destinations whose uncounted requests began before `before`.
///
/// # Errors
/// A fault of the database.
pub fn list_uncounted(reader: &mut Reader<'_>, before: Time, limit: i64) -> Result<Vec<Digest>, Fault> {
    let rows = reader.db.query(
        "SELECT destination FROM destinations
         WHERE uncounted > 0 AND uncounted_since <= $1 ORDER BY uncounted_since LIMIT $2",
        args![before, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(Digest::from_bytes)).collect()
}

/// Destinations whose weekly summary is due: the first of what waits for it is no younger than `before`.
///
/// # Errors
/// A fault of the database.
pub fn list_gated(reader: &mut Reader<'_>, before: Time, limit: i64) -> Result<Vec<Digest>, Fault> {
    let rows = reader.db.query(
        "SELECT destination FROM destinations WHERE gated > 0 AND gated_since <= $1 ORDER BY gated_since LIMIT $2",
        args![before, limit],
    )?;
    rows.into_iter().map(|mut row| row.sixteen(0).map(Digest::from_bytes)).collect()
}

/// Forgets destinations that nothing happened to since `before` and that hold nothing back, among the next `limit`;
/// `None` once all were looked at.
///
/// # Errors
/// A fault of the database.
pub fn delete_idle(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<Option<u64>, Fault> {
    let walk = Walk {
        name: "walked destinations",
        next: "SELECT key FROM (SELECT destination AS key FROM destinations WHERE destination > $1
                 ORDER BY destination LIMIT $2) AS part ORDER BY key DESC LIMIT 1",
        delete: "DELETE FROM destinations WHERE destination > $1 AND destination <= $2 AND touched_at < $3
                   AND suppressed = 0 AND uncounted = 0 AND gated = 0 AND COALESCE(muted_until, 0) < $3",
    };
    walk::step(tx, &walk, before.micros(), limit)
}
