//! The record against itself, and what points into it.

use model::event::{Event, EventKind};
use model::fault::Fault;
use model::id::AccountId;

use super::{Finding, identifier, seek, sought};
use crate::accounts;
use crate::events::{self, Position, event_columns};
use crate::meta;
use crate::tx::Reader;
use crate::value::{Row, args};

/// How many of the newest events are looked at one by one, unless all are.
const SAMPLE: i64 = 100_000;

/// How many are fetched at once.
const PAGE: i64 = 2000;

pub(crate) fn look(reader: &mut Reader<'_>, shared: bool, full: bool) -> Result<Vec<Finding>, Fault> {
    let mut found = one_by_one(reader, full)?;
    if full {
        found.push(seek(
            reader,
            Finding::of("redeemed-twice-ever", "no request on the whole record was redeemed more than once"),
            &sought!(
                "SELECT request FROM events WHERE request IS NOT NULL AND kind = 'sign_in_code_redeemed'
                 GROUP BY request HAVING COUNT(*) > 1"
            ),
            args![],
        )?);
    }
    found.push(beyond(reader, shared)?);
    if shared {
        found.push(seek(
            reader,
            Finding::of(
                "events-of-the-future",
                "no event is of a transaction that this server has not begun yet",
            ),
            &sought!(
                "SELECT id FROM events WHERE tx >= (
                   SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM tx_base)"
            ),
            args![],
        )?);
    }
    Ok(found)
}

/// Events from the newest to the oldest: readable, filed under what they say, about accounts that there are.
fn one_by_one(reader: &mut Reader<'_>, full: bool) -> Result<Vec<Finding>, Fault> {
    let mut readable = Finding::of("events-readable", "every event can be read");
    let mut filed =
        Finding::of("events-filed", "every event is found under the subject and kind that it names");
    let mut owned =
        Finding::of("events-without-account", "every event of an account's life is of one that there is");
    let mut from = (i64::MAX, vec![0xff; 16]);
    let mut seen = 0;
    while full || seen < SAMPLE {
        let rows = reader.db.query(
            concat!(
                "SELECT kind, ",
                event_columns!(),
                " FROM events WHERE at <= $1 AND (at < $1 OR id < $2) ORDER BY at DESC, id DESC LIMIT $3"
            ),
            args![from.0, &from.1, PAGE],
        )?;
        let last = i64::try_from(rows.len()).unwrap_or(0) < PAGE;
        for mut row in rows {
            let event = events::read(&mut Row(row.0.clone()), 1);
            let (id, at, subject) = (row.bytes(1)?, row.int(2)?, row.maybe_bytes(3)?);
            from = (at, id.clone());
            seen += 1;
            let name = || identifier(Row(vec![crate::value::Cell::Bytes(id.clone())]));
            let Ok(event) = event else {
                readable.breaks(name);
                continue;
            };
            let same = event.subject.key().as_ref().map(<[u8; 16]>::as_slice) == subject.as_deref()
                && event.kind.name() == row.text(0)?;
            if !same {
                filed.breaks(name);
            }
            if let Some(account) = whose_life(&event)
                && accounts::find(reader, account)?.is_none()
            {
                owned.breaks(name);
            }
        }
        if last {
            break;
        }
    }
    Ok(vec![readable, filed, owned])
}

/// The account, where the event can only have happened to one that there is. A request may be for one that is not
/// opened yet, and never will be.
const fn whose_life(event: &Event) -> Option<AccountId> {
    match event.kind {
        EventKind::SessionStarted { .. }
        | EventKind::SessionEnded { .. }
        | EventKind::SessionRaised { .. }
        | EventKind::AccountOpened { .. }
        | EventKind::AccountLocked
        | EventKind::AccountUnlocked
        | EventKind::AccountClosed => event.subject.account(),
        _ => None,
    }
}

/// Places that are kept must not lie beyond the newest event that there can be: events would be passed over.
fn beyond(reader: &mut Reader<'_>, shared: bool) -> Result<Finding, Fault> {
    let mut finding = Finding::of("places-beyond-the-record", "nobody has read further than the record goes");
    let end = if shared {
        // The next number of a transaction: none has written anything from there on.
        let row = reader.db.one(
            "SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM tx_base",
            args![],
        )?;
        Position { tx: row.map_or(Ok(0), |mut row| row.int(0))?.saturating_sub(1), place: i64::MAX }
    } else {
        let row = reader.db.one("SELECT COALESCE(MAX(position), 0) FROM events", args![])?;
        Position { tx: 0, place: row.map_or(Ok(0), |mut row| row.int(0))? }
    };
    for name in meta::POSITIONS {
        let found = meta::find(reader, name)?;
        match found.as_deref().map(Position::from_bytes) {
            None => {}
            Some(Some(position)) if position <= end => {}
            Some(_) => finding.breaks(|| name.to_owned()),
        }
    }
    Ok(finding)
}
