//! The record is sealed: what was committed gets a place in a tree of hashes, in the order in which it was committed, and
//! every so often a signed checkpoint says how long the tree is and what its root is.
//!
//! Implements: RFC 9162 §2.1 over blinded leaves, C2SP tlog-checkpoint. docs/sealed-record.md says what it proves.
//!
//! 1. One node at a time reads the record's tail, which skips nothing of a slow committer, and so appoints the order.
//! 2. Nonces are drawn and hashes made before the transaction ([`Sealer::prepare`]).
//! 3. The transaction ([`commit`]) renews the lease, sees that the tree is as long as this node believes, and adds leaves,
//!    nodes, the place reached and perhaps a checkpoint. Two nodes cannot add the same leaf: its number is a key.
//!
//! Whoever writes an event does nothing for this.

pub mod erase;
pub mod key;
pub mod prove;
pub mod receipt;
pub mod verify;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use model::cx::Cx;
use model::fault::Fault;
use model::id::EventId;
use model::merkle::{self, Frontier, Hash, Kept as Node};
use model::record_key::RecordKey;
use model::time::Time;
use store::checkpoints::{self, Kept};
use store::events::{self, Position};
use store::record_leaves::New;
use store::record_nodes::Tree;
use store::{Reader, Recorded, Store, Tx, meta, record_leaves, record_nodes};
use wire::record::checkpoint::Checkpoint;
use wire::record::note::Note;

use crate::lease::{self, Job, Node as Server};

/// How many entries are sealed in one transaction.
pub const BATCH: i64 = 256;
/// A checkpoint is signed after so many entries, however little time has passed.
const ENTRIES: u64 = 10_000;

const NOT_AS_SIGNED: &str = "the tree over the record is not the one that was signed last; `bidden log verify` says more. Nothing is sealed";

/// The newest checkpoint, as the next one needs it.
#[derive(Clone, Debug)]
struct Last {
    size: u64,
    at: Time,
    text: Hash,
}

/// What a node knows of the tree while it is its turn to seal.
#[derive(Debug)]
pub struct Sealer {
    key: RecordKey,
    frontier: Frontier,
    at: Position,
    last: Option<Last>,
}

/// What is to be written in one transaction.
#[derive(Debug)]
pub struct Batch {
    first: u64,
    leaves: Vec<New>,
    nodes: Vec<Node>,
    checkpoint: Option<Kept>,
    after: (Frontier, Position, Option<Last>),
    full: bool,
}

impl Batch {
    /// Whether more may wait to be sealed.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full
    }
}

/// What is signed by a name that a public URL gives: its host and port, and that it is about the record.
#[must_use]
pub fn name(public_url: &str) -> String {
    let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
    format!("{}/record", host.trim_end_matches('/'))
}

impl Sealer {
    /// Takes up the work where the store says that it was left.
    ///
    /// # Errors
    /// A fault of the store; one, too, when there is no key ([`key::settle`]), or when what was signed last is not what the
    /// store holds: nothing is ever signed on top of that.
    pub fn load(store: &Store) -> Result<Self, Fault> {
        let key = key::active(store)?.ok_or(Fault::plain("the record has no key"))?;
        store.read(|reader| {
            let size = record_leaves::size(reader)?;
            let frontier = Frontier::read(&mut Tree(reader), size)?;
            let last = match checkpoints::newest(reader)? {
                Some(kept) => Some(signed_last(reader, &kept, size)?),
                None => None,
            };
            let at = meta::position(reader, meta::SEALED_UP_TO)?;
            Ok(Self { key, frontier, at, last })
        })
    }

    /// How many entries are sealed.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Hashes what was committed since, at most `limit` entries, and signs a checkpoint if one is due; none when there is
    /// nothing to write.
    ///
    /// # Errors
    /// A fault of the store, of a key, or when the system gives no random bytes.
    pub fn prepare(&self, store: &Store, cx: &mut Cx, limit: i64) -> Result<Option<Batch>, Fault> {
        let found = store.read(|reader| events::raw_tail(reader, self.at, limit))?;
        let full = i64::try_from(found.len()).unwrap_or(0) >= limit;
        let (mut frontier, mut at) = (self.frontier.clone(), self.at);
        let (mut leaves, mut nodes) = (Vec::with_capacity(found.len()), Vec::new());
        for (position, entry) in found {
            let nonce = cx.entropy.bytes()?;
            let commitment = entry.commitment(&nonce);
            nodes.extend(frontier.push(merkle::leaf(&commitment)));
            leaves.push(New { event: EventId::from_bytes(entry.id), nonce, commitment });
            at = position;
        }
        let checkpoint = self.checkpoint(&frontier, cx, full)?;
        if leaves.is_empty() && checkpoint.is_none() {
            return Ok(None);
        }
        let (checkpoint, last) = match checkpoint {
            Some((kept, last)) => (Some(kept), Some(last)),
            None => (None, self.last.clone()),
        };
        let first = self.frontier.size();
        Ok(Some(Batch { first, leaves, nodes, checkpoint, after: (frontier, at, last), full }))
    }

    /// A checkpoint over `frontier`, if one is due. The first one waits until all that was there before it is sealed, so
    /// that whatever comes after it was committed after its time.
    fn checkpoint(&self, frontier: &Frontier, cx: &Cx, full: bool) -> Result<Option<(Kept, Last)>, Fault> {
        let size = frontier.size();
        let due = match &self.last {
            None => size > 0 && !full,
            Some(last) if size == last.size => false,
            Some(last) => size - last.size >= ENTRIES || cx.now.since(last.at) >= cx.policy.checkpoint_every,
        };
        if !due {
            return Ok(None);
        }
        // To the second, as it is written; never before the one before it.
        let second = Time::from_micros(cx.now.micros().div_euclid(1_000_000).saturating_mul(1_000_000));
        let at = self.last.as_ref().map_or(second, |last| last.at.max(second));
        let checkpoint = Checkpoint {
            origin: self.key.public().name().to_owned(),
            size,
            root: frontier.root(),
            at: at.micros(),
            previous: self.last.as_ref().map(|last| last.text),
        };
        let signed = self.key.sign_checkpoint(&checkpoint);
        let note = signed.map_err(|fault| Fault::new("signing a checkpoint", fault))?;
        let last = Last { size, at, text: hash_of(&checkpoint.text()) };
        Ok(Some((Kept { size, at, note }, last)))
    }

    /// Goes on after `batch`, which was committed.
    pub fn took(&mut self, batch: &Batch) {
        (self.frontier, self.at, self.last) = batch.after.clone();
    }
}

/// The SHA-256 of a checkpoint's text, by which the next one names it.
fn hash_of(text: &str) -> Hash {
    let mut hash = Hash::default();
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
        *to = *from;
    }
    hash
}

fn signed_last(reader: &mut Reader<'_>, kept: &Kept, size: u64) -> Result<Last, Fault> {
    let odd = || Fault::plain(NOT_AS_SIGNED);
    let note = Note::parse(&kept.note).map_err(|_| odd())?;
    let said = Checkpoint::parse(&note.text).map_err(|_| odd())?;
    if said.size != kept.size || said.size > size || merkle::root(&mut Tree(reader), said.size)? != said.root
    {
        return Err(odd());
    }
    Ok(Last { size: said.size, at: Time::from_micros(said.at), text: hash_of(&note.text) })
}

/// Writes a batch; `false` when it is another node's turn, or another one was there first. Nothing was written then, and
/// whoever goes on loads the tree anew.
///
/// # Errors
/// A fault of the store; one, too, when an entry of the batch is sealed already.
pub fn commit(
    tx: &mut Tx<'_>,
    cx: &Cx,
    batch: &Batch,
    server: Option<&Server>,
) -> Result<Recorded<bool>, Fault> {
    if let Some(server) = server
        && !lease::claim(tx, cx, Job::Seal, server)?
    {
        return Ok(tx.unrecorded("another node seals now", false));
    }
    if record_leaves::size(tx)? != batch.first {
        return Ok(tx.unrecorded("the tree has grown meanwhile", false));
    }
    record_leaves::insert(tx, batch.first, &batch.leaves)?;
    for node in &batch.nodes {
        record_nodes::insert(tx, node)?;
    }
    if !batch.leaves.is_empty() {
        meta::put_position(tx, meta::SEALED_UP_TO, batch.after.1)?;
    }
    if let Some(checkpoint) = &batch.checkpoint {
        checkpoints::insert(tx, checkpoint)?;
    }
    Ok(tx.unrecorded("sealing what happened is nothing that happens", true))
}

/// Seals everything that there is, one transaction after the other, waiting for each: for tests and commands. Says how many
/// entries were sealed.
///
/// # Errors
/// A fault of the store, or when the system gives no random bytes.
pub fn catch_up(store: &Store, context: &dyn Fn() -> Cx) -> Result<u64, Fault> {
    let mut sealer = Sealer::load(store)?;
    let before = sealer.size();
    while let Some(batch) = sealer.prepare(store, &mut context(), BATCH)? {
        let (batch, cx) = (Arc::new(batch), context());
        let ours = Arc::clone(&batch);
        if !store.write_now(move |tx| commit(tx, &cx, &ours, None))? {
            return Err(Fault::plain("somebody else seals at the same time"));
        }
        sealer.took(&batch);
    }
    Ok(sealer.size().saturating_sub(before))
}

/// Deletes what the tree keeps of entries that retention took long ago: leaves, a whole tile at a time, and checkpoints
/// before the one that covers them. The nodes above them stay, so that the tree can be verified as before. Says how many
/// rows went.
///
/// # Errors
/// A fault of the store.
pub(crate) fn forget(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<u64, Fault> {
    let Some(kept) = checkpoints::newest_by(tx, cx.now - cx.policy.retention - LONGER)? else { return Ok(0) };
    let tiles = kept.size / merkle::TILE * merkle::TILE;
    let leaves = record_leaves::delete_before(tx, tiles, limit)?;
    Ok(leaves.max(checkpoints::delete_before(tx, kept.size, limit)?))
}

/// So much longer than an entry its leaf is kept: on PostgreSQL an entry may stay a month longer than it has to.
const LONGER: Duration = Duration::from_secs(62 * 24 * 60 * 60);
