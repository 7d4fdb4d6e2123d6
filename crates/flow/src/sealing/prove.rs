//! Proofs that entries stand on the record, for whoever wants to show them to others.

use model::fault::Fault;
use model::id::{AccountId, EventId};
use model::merkle::{self, Hash};
use store::checkpoints::{self, Kept};
use store::record_leaves::{self, Leaf};
use store::record_nodes::Tree;
use store::{Reader, Store, events};
use wire::record::checkpoint::Checkpoint;
use wire::record::note::{Note, VerifierKeys};
use wire::record::proof::{Head, Proven};

/// How many entries are proven in one read.
const AT_ONCE: i64 = 100;

/// The newest checkpoint; none before the first.
///
/// # Errors
/// A fault of the store.
pub fn newest(store: &Store) -> Result<Option<Kept>, Fault> {
    store.read(checkpoints::newest)
}

/// Why an entry is not proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// There is no such entry, or not any more.
    Unknown,
    /// It is not under a checkpoint yet.
    NotYet,
}

/// The proof of one entry below `head`.
///
/// # Errors
/// A fault of the store.
pub fn entry(store: &Store, event: EventId, head: &Kept) -> Result<Result<Proven, Unproven>, Fault> {
    store.read(|reader| {
        let Some(leaf) = record_leaves::find(reader, event)? else {
            let there = events::find_raw(reader, event)?.is_some();
            return Ok(Err(if there { Unproven::NotYet } else { Unproven::Unknown }));
        };
        if leaf.n >= head.size {
            return Ok(Err(Unproven::NotYet));
        }
        Ok(proven(reader, &leaf, head)?.ok_or(Unproven::Unknown))
    })
}

fn proven(reader: &mut Reader<'_>, leaf: &Leaf, head: &Kept) -> Result<Option<Proven>, Fault> {
    let (Some(event), Some(nonce)) = (leaf.event, leaf.nonce) else { return Ok(None) };
    let Some(entry) = events::find_raw(reader, event)? else { return Ok(None) };
    let path = merkle::inclusion(&mut Tree(reader), leaf.n, head.size)?;
    Ok(Some(Proven { index: leaf.n, nonce, entry, path }))
}

/// Up to where somebody has gone through the entries of an account.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    after: EventId,
    over: bool,
}

/// Goes through all sealed entries about an account.
pub struct Proofs<'a> {
    store: &'a Store,
    account: AccountId,
    head: Kept,
    after: EventId,
    over: bool,
    /// How many entries could not be proven yet.
    pub not_yet: u64,
}

impl<'a> Proofs<'a> {
    /// Of `account`, below `head`.
    #[must_use]
    pub const fn new(store: &'a Store, account: AccountId, head: Kept) -> Self {
        let after = EventId::from_bytes([0; 16]);
        Self { store, account, head, after, over: false, not_yet: 0 }
    }

    /// Goes on from a [`Self::place`]; none is the start.
    #[must_use]
    pub fn after(store: &'a Store, account: AccountId, (head, place): (Kept, Option<Reached>)) -> Self {
        let mut proofs = Self::new(store, account, head);
        if let Some(Reached { after, over }) = place {
            (proofs.after, proofs.over) = (after, over);
        }
        proofs
    }

    /// Up to where it has come.
    #[must_use]
    pub const fn place(&self) -> Reached {
        Reached { after: self.after, over: self.over }
    }

    /// The first line of the file.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { checkpoint: self.head.note.clone() }
    }

    /// The next proofs; none at the end.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn page(&mut self) -> Result<Option<Vec<Proven>>, Fault> {
        if self.over {
            return Ok(None);
        }
        let store = self.store;
        store.read(|reader| {
            let leaves = record_leaves::list_account(reader, self.account, self.after, AT_ONCE)?;
            self.over = i64::try_from(leaves.len()).unwrap_or(0) < AT_ONCE;
            let mut page = Vec::with_capacity(leaves.len());
            for leaf in &leaves {
                self.after = leaf.event.unwrap_or(self.after);
                if leaf.n >= self.head.size {
                    self.not_yet += 1;
                } else {
                    page.extend(proven(reader, leaf, &self.head)?);
                }
            }
            Ok(Some(page))
        })
    }
}

/// Why two checkpoints are not shown to be of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// The older covers more entries than the newer.
    Backwards,
    /// The newer covers more than there is.
    Beyond,
    /// What was there then is not known in full any more: retention took the leaves.
    TooOld,
}

/// What shows that the record went on from an older checkpoint to a newer one (RFC 9162 §2.1.4.1): whoever has both checks it by
/// [`check_consistency`]. It is worked out from what there is, and shows nothing where that does not have these roots.
///
/// # Errors
/// A fault of the store.
pub fn consistency(
    store: &Store,
    (older, newer): (&Checkpoint, &Checkpoint),
) -> Result<Result<Vec<Hash>, Apart>, Fault> {
    if older.size > newer.size {
        return Ok(Err(Apart::Backwards));
    }
    store.read(|reader| {
        if newer.size > record_leaves::size(reader)? {
            return Ok(Err(Apart::Beyond));
        }
        Ok(merkle::consistency(&mut Tree(reader), older.size, newer.size).map_err(|_| Apart::TooOld))
    })
}

/// Whether `path` shows that the record went on from an older checkpoint to a newer one (RFC 9162 §2.1.4.2).
///
/// # Errors
/// [`Wrong::OtherRecord`], [`Wrong::NotConsistent`].
pub fn check_consistency(older: &Checkpoint, newer: &Checkpoint, path: &[Hash]) -> Result<(), Wrong> {
    if older.origin != newer.origin {
        return Err(Wrong::OtherRecord);
    }
    let fits = merkle::is_consistent((older.size, &older.root), (newer.size, &newer.root), path);
    if fits { Ok(()) } else { Err(Wrong::NotConsistent) }
}

/// What is wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The checkpoint is not signed by any of the keys.
    #[error("the checkpoint is not signed by a key that was given")]
    Unsigned,
    /// It is signed and says nothing that can be read.
    #[error("the checkpoint cannot be read")]
    Unreadable,
    /// The entry does not lead to the root.
    #[error("the entry does not belong to the checkpoint")]
    NotIncluded,
    /// The two checkpoints are of two records.
    #[error("the checkpoints are of two records with different names")]
    OtherRecord,
    /// The newer checkpoint does not go on from the older.
    #[error(
        "the record of the newer checkpoint does not begin with that of the older: one of them was forked"
    )]
    NotConsistent,
}

/// The checkpoint that a note says, if it is signed by one of `keys` in its own name.
///
/// # Errors
/// [`Wrong`].
pub fn read_checkpoint(note: &str, keys: &VerifierKeys) -> Result<Checkpoint, Wrong> {
    let note = Note::parse(note).map_err(|_| Wrong::Unreadable)?;
    let signer = note.signer(keys).ok_or(Wrong::Unsigned)?;
    let said = Checkpoint::parse(&note.text).map_err(|_| Wrong::Unreadable)?;
    if said.origin == signer.name() { Ok(said) } else { Err(Wrong::Unsigned) }
}

/// Whether an entry stands below a checkpoint, by its proof alone.
///
/// # Errors
/// [`Wrong::NotIncluded`].
pub fn check(proven: &Proven, checkpoint: &Checkpoint) -> Result<(), Wrong> {
    let leaf = merkle::leaf(&proven.entry.commitment(&proven.nonce));
    let root = merkle::root_above(proven.index, checkpoint.size, &leaf, &proven.path);
    if root == Some(checkpoint.root) { Ok(()) } else { Err(Wrong::NotIncluded) }
}
