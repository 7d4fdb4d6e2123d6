//! Table `record_nodes`: the full subtrees of the tree over the record, on every eighth level.

use model::fault::Fault;
use model::merkle::{self, Hash, Kept, Nodes};

use crate::record_leaves::{counted, page};
use crate::tx::{Reader, Tx};
use crate::value::args;

const GONE: &str = "a part of the tree over the record is not there";

/// Keeps a subtree. One that is there already is a fault.
///
/// # Errors
/// A fault of the database.
pub fn insert(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), Fault> {
    tx.db.put(
        "INSERT INTO record_nodes (level, n, hash) VALUES ($1, $2, $3)",
        args![kept.level, counted(kept.index)?, &kept.hash],
    )
}

/// A subtree.
///
/// # Errors
/// A fault of the database.
pub fn find(reader: &mut Reader<'_>, level: u8, index: u64) -> Result<Option<Hash>, Fault> {
    let row = reader
        .db
        .one("SELECT hash FROM record_nodes WHERE level = $1 AND n = $2", args![level, counted(index)?])?;
    row.map_or(Ok(None), |mut row| row.maybe_thirty_two(0))
}

/// The tree as it is kept, within one read.
pub struct Tree<'a, 'b>(pub &'a mut Reader<'b>);

impl Nodes for Tree<'_, '_> {
    type Error = Fault;

    fn row(&mut self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, Fault> {
        let hashes: Vec<Hash> = if level == 0 {
            let leaves = page(self.0, (from, from.saturating_add(count)), counted(count)?)?;
            leaves.iter().map(|leaf| merkle::leaf(&leaf.commitment)).collect()
        } else {
            let rows = self.0.db.query(
                "SELECT hash FROM record_nodes WHERE level = $1 AND n >= $2 AND n < $3 ORDER BY n",
                args![level, counted(from)?, counted(from.saturating_add(count))?],
            )?;
            let hashes = rows.into_iter().map(|mut row| row.maybe_thirty_two(0)?.ok_or(Fault::plain(GONE)));
            hashes.collect::<Result<_, _>>()?
        };
        if u64::try_from(hashes.len()) == Ok(count) { Ok(hashes) } else { Err(Fault::plain(GONE)) }
    }
}
