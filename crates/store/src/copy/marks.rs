//! What a store says about itself: that it is a copy, finished or not, or that its contents have moved elsewhere.
//!
//! These marks stay with their store and are never copied. A server asks [`may_serve`] when it starts.

use model::fault::Fault;

use crate::copy::side::{Purpose, Side};
use crate::tables::{META, TABLES};
use crate::tx::{Reader, Tx};
use crate::value::args;
use crate::{Store, meta};

/// Set while a copy is made, and when it is done: a byte, then from where.
pub(crate) const COPY_OF: &str = "copy of";
/// Set when another store has taken over: where that is.
pub(crate) const MOVED_TO: &str = "moved to";

const UNFINISHED: u8 = 0;
const FINISHED: u8 = 1;

/// Whether an entry of `meta` is one of these.
pub(crate) fn is_one(name: &str) -> bool {
    name == COPY_OF || name == MOVED_TO
}

/// What a store is, as far as others are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known against it.
    Own,
    /// A copy that is not finished: parts are missing. From where.
    Unfinished(String),
    /// A copy that nobody has worked on yet. From where.
    Copied(String),
    /// Its contents were moved: what is here is old. Where to.
    Moved(String),
}

/// How the store stands.
///
/// # Errors
/// A fault of the database.
pub fn standing(reader: &mut Reader<'_>) -> Result<Standing, Fault> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let Some(place) = meta::find(reader, MOVED_TO)? {
        return Ok(Standing::Moved(text(&place)));
    }
    Ok(match meta::find(reader, COPY_OF)?.as_deref().and_then(<[u8]>::split_first) {
        None => Standing::Own,
        Some((&FINISHED, place)) => Standing::Copied(text(place)),
        Some((_, place)) => Standing::Unfinished(text(place)),
    })
}

/// How the store stands for a server that is about to start. A finished copy is a store of its own from then on,
/// which no later copy may overwrite.
///
/// # Errors
/// A fault of the database.
pub fn may_serve(store: &Store) -> Result<Standing, Fault> {
    let found = store.read(standing)?;
    if matches!(found, Standing::Copied(_)) {
        store.write_now(|tx| {
            remove(tx, COPY_OF)?;
            Ok(tx.unrecorded("where a store came from is no event", ()))
        })?;
    }
    Ok(found)
}

/// Marks `store` as one whose contents are now at `place`.
///
/// # Errors
/// A fault of the database.
pub fn mark_as_moved(store: &Store, place: &str) -> Result<(), Fault> {
    let place = place.to_owned();
    store.write_now(move |tx| {
        meta::put(tx, MOVED_TO, place.as_bytes())?;
        Ok(tx.unrecorded("where a store is kept is no event", ()))
    })
}

/// Takes [`mark_as_moved`] back.
///
/// # Errors
/// A fault of the database.
pub fn unmark_as_moved(store: &Store) -> Result<(), Fault> {
    store.write_now(|tx| {
        remove(tx, MOVED_TO)?;
        Ok(tx.unrecorded("where a store is kept is no event", ()))
    })
}

/// Makes sure that a copy may be written into `target`, and marks it as unfinished.
pub(crate) fn take_for_a_copy(target: &Store, from: &str) -> Result<(), Fault> {
    let from = from.to_owned();
    target.write_now(move |tx| {
        if standing(tx)? == Standing::Own && !is_empty(tx)? {
            return Err(Fault::plain(
                "it holds an installation that works on its own, which a copy would overwrite. Name an empty place, \
                 or move that one away",
            ));
        }
        remove(tx, MOVED_TO)?;
        mark(tx, UNFINISHED, &from)?;
        Ok(tx.unrecorded("a copy is no event", ()))
    })
}

/// Marks `target` as a finished copy.
pub(crate) fn finish_a_copy(target: &Store, from: &str) -> Result<(), Fault> {
    let from = from.to_owned();
    target.write_now(move |tx| {
        mark(tx, FINISHED, &from)?;
        Ok(tx.unrecorded("a copy is no event", ()))
    })
}

/// Empties the PostgreSQL store `target` to the last row, all at once, so that it can be filled by
/// [`copy`](super::copy()): until that is done it is an unfinished copy of `from`.
///
/// # Errors
/// A fault of the database, or that it is none.
pub fn empty_for_a_copy(target: &Store, from: &str) -> Result<(), Fault> {
    let Side::Shared(mut shared) = Side::open(target, Purpose::Fill)? else {
        return Err(Fault::plain("only a shared store is emptied; a file is moved away"));
    };
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).filter(|name| *name != META).collect();
    let mut value = vec![UNFINISHED];
    value.extend_from_slice(from.as_bytes());
    shared.link.batch(
        "emptying the store",
        &format!(
            "BEGIN; TRUNCATE {}, leases; DELETE FROM meta WHERE name <> 'keys';
             INSERT INTO meta (name, value) VALUES ('{COPY_OF}', '\\x{}'); COMMIT",
            names.join(", "),
            wire::token::hex(&value)
        ),
    )
}

/// Whether there is nothing in the store yet.
///
/// # Errors
/// A fault of the database.
pub fn is_empty(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    const ANY: [&str; 11] = [
        "SELECT 1 FROM accounts LIMIT 1",
        "SELECT 1 FROM addresses LIMIT 1",
        "SELECT 1 FROM browsers LIMIT 1",
        "SELECT 1 FROM sessions LIMIT 1",
        "SELECT 1 FROM invitations LIMIT 1",
        "SELECT 1 FROM sign_in_codes LIMIT 1",
        "SELECT 1 FROM guess_ledger LIMIT 1",
        "SELECT 1 FROM destinations LIMIT 1",
        "SELECT 1 FROM outbox LIMIT 1",
        "SELECT 1 FROM inbox LIMIT 1",
        "SELECT 1 FROM events LIMIT 1",
    ];
    for sql in ANY {
        if reader.db.one(sql, args![])?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn mark(tx: &mut Tx<'_>, state: u8, from: &str) -> Result<(), Fault> {
    let mut value = vec![state];
    value.extend_from_slice(from.as_bytes());
    meta::put(tx, COPY_OF, &value)
}

fn remove(tx: &mut Tx<'_>, name: &str) -> Result<(), Fault> {
    tx.db.put("DELETE FROM meta WHERE name = $1", args![name])
}
