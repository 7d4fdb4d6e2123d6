//! Walks through a large table in its key's order, a few rows at a time, for what has no index of its own: an index on a
//! time that every sign-in changes would cost each of them more than the walk costs all of them together.

use model::fault::Fault;

use crate::meta;
use crate::tx::Tx;
use crate::value::args;

/// A table to walk through, and what to delete on the way.
pub(crate) struct Walk {
    /// Under which name the place of the walk is kept in `meta`.
    pub(crate) name: &'static str,
    /// The greatest key among the next `$2` rows after the key `$1`, if there are any.
    pub(crate) next: &'static str,
    /// Deletes what is to go with keys after `$1` up to and with `$2`; `$3` is given by the caller.
    pub(crate) delete: &'static str,
}

/// Goes on by up to `limit` rows; says how many were deleted, none when the end was reached and the next call begins
/// again at the start.
pub(crate) fn step(tx: &mut Tx<'_>, walk: &Walk, given: i64, limit: i64) -> Result<Option<u64>, Fault> {
    let from = meta::find(tx, walk.name)?.unwrap_or_default();
    let next = tx.db.one(walk.next, args![&from, limit])?.map_or(Ok(None), |mut row| row.maybe_bytes(0))?;
    let deleted = match &next {
        Some(to) => Some(tx.db.execute(walk.delete, args![&from, to, given])?),
        None => None,
    };
    // The same place again is not written again: an idle server leaves its disk alone.
    let to = next.unwrap_or_default();
    if to != from {
        meta::put(tx, walk.name, &to)?;
    }
    Ok(deleted)
}
