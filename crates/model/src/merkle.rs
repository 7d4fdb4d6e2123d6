//! The tree over the record: hashes of leaves in the order in which they came, to which leaves are only ever added.
//!
//! Implements: RFC 9162 §2.1 (Merkle tree hashes, inclusion and consistency proofs), SHA-256.
//!
//! Of the nodes within the tree every eighth level is kept ([`STEP`]); the others are computed from it when they are asked
//! for, from at most 256 kept ones each.

use aws_lc_rs::digest::{Context, SHA256};
pub use wire::record::Hash;

/// Levels of the tree between two that are kept.
pub const STEP: u32 = 8;
/// How many leaves stand below a kept node of the lowest level.
pub const TILE: u64 = 1 << STEP;

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = Hash::default();
    for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    hash
}

/// The hash of a leaf, which here is a commitment.
#[must_use]
pub fn leaf(commitment: &Hash) -> Hash {
    hash(&[LEAF, commitment])
}

/// The hash of two subtrees.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[NODE, left, right])
}

/// The root of a tree without a leaf.
#[must_use]
pub fn empty() -> Hash {
    hash(&[])
}

/// The greatest power of two that is not greater than `n`, as an exponent; `n` is not 0.
const fn height(n: u64) -> u32 {
    n.ilog2()
}

/// A full subtree that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which of the kept levels, from 1: one of 256 leaves, one of 65,536, ….
    pub level: u8,
    /// Which subtree of that level, from 0.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The right edge of a tree: all that has to be known to add leaves to it, and to know its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The full subtrees that make the tree, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and gives the subtrees that became full by it and are to be kept.
    pub fn push(&mut self, leaf: Hash) -> Vec<Kept> {
        let (mut carried, mut index, mut kept) = (leaf, self.size, Vec::new());
        for level in 1..=u64::BITS {
            if index & 1 == 0 {
                break;
            }
            let Some(left) = self.peaks.pop() else { break };
            carried = node(&left, &carried);
            index >>= 1;
            if level.is_multiple_of(STEP) {
                let level = u8::try_from(level / STEP).unwrap_or(u8::MAX);
                kept.push(Kept { level, index, hash: carried });
            }
        }
        self.peaks.push(carried);
        self.size = self.size.saturating_add(1);
        kept
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.peaks)
    }

    /// The edge of the tree of the first `size` leaves of `nodes`.
    ///
    /// # Errors
    /// Whatever `nodes` says.
    pub fn read<N: Nodes>(nodes: &mut N, size: u64) -> Result<Self, N::Error> {
        Ok(Self { size, peaks: peaks(nodes, (0, size))? })
    }
}

/// From right to left: the root above full subtrees.
fn fold(peaks: &[Hash]) -> Hash {
    let mut from_the_right = peaks.iter().rev();
    let Some(last) = from_the_right.next() else { return empty() };
    from_the_right.fold(*last, |right, left| node(left, &right))
}

/// Where the hashes of a tree are kept.
pub trait Nodes {
    /// What can go wrong.
    type Error;
    /// `count` hashes of a kept level from the `from`th on; of level 0 they are those of leaves. Whoever asks has looked
    /// whether they are there.
    ///
    /// # Errors
    /// Anything; also when there are fewer.
    fn row(&mut self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, Self::Error>;
}

/// The root of the full subtree of 2^`height` leaves with this index.
fn subtree<N: Nodes>(nodes: &mut N, height: u32, index: u64) -> Result<Hash, N::Error> {
    let (level, above) = (u8::try_from(height / STEP).unwrap_or(u8::MAX), height % STEP);
    let mut row = nodes.row(level, index << above, 1 << above)?;
    while row.len() > 1 {
        row = row.chunks(2).map(fold).collect();
    }
    Ok(row.first().copied().unwrap_or_else(empty))
}

/// The full subtrees that make up the leaves from `from` to `to`; `from` is a multiple of the largest of them.
fn peaks<N: Nodes>(nodes: &mut N, (mut from, to): (u64, u64)) -> Result<Vec<Hash>, N::Error> {
    let mut found = Vec::new();
    while from < to {
        let height = height(to - from);
        found.push(subtree(nodes, height, from >> height)?);
        from += 1 << height;
    }
    Ok(found)
}

fn range<N: Nodes>(nodes: &mut N, range: (u64, u64)) -> Result<Hash, N::Error> {
    Ok(fold(&peaks(nodes, range)?))
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// Whatever `nodes` says.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    range(nodes, (0, size))
}

/// The hashes beside the path of leaf `index` in the tree of the first `size` leaves, from the leaf upwards (RFC 9162
/// §2.1.3.1). `index` is less than `size`.
///
/// # Errors
/// Whatever `nodes` says.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to.saturating_sub(from) > 1 {
        let middle = from + (1 << height(to - from - 1));
        if index < middle {
            path.push(range(nodes, (middle, to))?);
            to = middle;
        } else {
            path.push(range(nodes, (from, middle))?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The root that `path` leads to from leaf `index` of a tree of `size` leaves (RFC 9162 §2.1.3.2); none when the path is not
/// as long as it must be.
#[must_use]
pub fn root_above(index: u64, size: u64, leaf: &Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut reached) = (index, size - 1, *leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            reached = node(beside, &reached);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            reached = node(&reached, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(reached)
}

/// What shows that the tree of the first `older` leaves is the beginning of that of the first `size` (RFC 9162 §2.1.4.1).
///
/// # Errors
/// Whatever `nodes` says.
pub fn consistency<N: Nodes>(nodes: &mut N, older: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    if older == 0 || older >= size {
        return Ok(Vec::new());
    }
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    let mut whole = true;
    while older != to {
        let middle = from + (1 << height(to - from - 1));
        if older <= middle {
            path.push(range(nodes, (middle, to))?);
            to = middle;
        } else {
            path.push(range(nodes, (from, middle))?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range(nodes, (from, to))?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `path` shows that the tree with `root` and `size` begins with the one of the older pair (RFC 9162 §2.1.4.2).
#[must_use]
pub fn is_consistent(older: (u64, &Hash), newer: (u64, &Hash), path: &[Hash]) -> bool {
    let ((older, old_root), (size, root)) = (older, newer);
    if older == 0 || older >= size {
        return path.is_empty() && (older == 0 || (older == size && old_root == root));
    }
    let whole = older.is_power_of_two();
    let mut steps = whole.then_some(old_root).into_iter().chain(path);
    let Some(first) = steps.next() else { return false };
    let (mut at, mut last) = (older - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*first, *first);
    for beside in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = node(beside, &old);
            new = node(beside, &new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == *old_root && new == *root
}

#[cfg(test)]
#[path = "merkle/tests.rs"]
mod tests;
