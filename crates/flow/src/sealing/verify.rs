//! Walks along the record and the tree over it at the same time, and says where the two do not fit.
//!
//! Memory does not grow with the record: both sides are read a page at a time, and what does not fit is looked up.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use model::event::EventKind;
use model::fault::Fault;
use model::id::EventId;
use model::merkle::{self, Frontier, Hash};
use model::time::Time;
use store::Store;
use store::checkpoints::{self, Kept};
use store::events::{self, Position};
use store::record_leaves::{self, Leaf};
use store::record_nodes::{self, Tree};
use wire::record::checkpoint::Checkpoint;
use wire::record::entry::Entry;
use wire::record::note::{Note, VerifierKeys};

use super::{erase, hash_of, key, prove};

/// How many rows of each side are read at once.
const PAGE: i64 = 512;
/// How many entries of the future are told of one by one.
const MOST_FUTURE: i64 = 1000;
/// How many leaves one erasure may have; more are none of ours.
const MOST_ERASED: i64 = 10_000;

/// Something that does not fit. Entries are numbered in the order in which they were sealed, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// An entry that was sealed is gone, and is too young for that.
    Missing {
        /// Its number.
        n: u64,
        /// Its identifier.
        event: EventId,
    },
    /// An entry is not as it was sealed.
    Altered {
        /// Its number.
        n: u64,
        /// Its identifier.
        event: EventId,
    },
    /// An entry stands in another place than it was sealed in, or twice.
    Displaced {
        /// Its number.
        n: u64,
        /// Its identifier.
        event: EventId,
    },
    /// An entry that was never sealed stands before one that was.
    Inserted {
        /// Its identifier.
        event: EventId,
    },
    /// An entry says that it is of a transaction that nobody has begun yet: it was put there past bidden, and would never be sealed.
    Future {
        /// Its identifier.
        event: EventId,
    },
    /// Leaves of the tree are gone.
    LeavesGone {
        /// The first that is.
        from: u64,
        /// The next one that is there.
        to: u64,
    },
    /// A leaf is neither that of an entry nor that of an erased one.
    Leaf {
        /// Its number.
        n: u64,
    },
    /// An entry is marked as erased, and nothing on the record says by whom.
    ErasedSilently {
        /// Its number.
        n: u64,
    },
    /// An erasure says other entries than those that are erased.
    Erasure {
        /// The event.
        event: EventId,
    },
    /// A node within the tree is not the hash of what is below it.
    Node {
        /// The first entry below it.
        from: u64,
        /// The first entry after it.
        to: u64,
    },
    /// What is there does not have the root that was signed; the difference lies among these entries.
    Root {
        /// The first entry after the last checkpoint that fits.
        from: u64,
        /// The size that was signed.
        to: u64,
    },
    /// A checkpoint is not signed by any key that counts, or cannot be read.
    Checkpoint {
        /// Its size, as the store has it.
        size: u64,
    },
    /// A checkpoint does not follow from the one before it.
    Sequence {
        /// Its size.
        size: u64,
    },
    /// A checkpoint covers more than there is.
    Beyond {
        /// Its size.
        size: u64,
        /// How many entries there are.
        sealed: u64,
    },
    /// A checkpoint that somebody kept covers more than there is: the record has gone back.
    KeptBeyond {
        /// Its size.
        size: u64,
        /// How many entries there are.
        sealed: u64,
    },
    /// A checkpoint that somebody kept is not the beginning of this record: it was forked.
    KeptForked {
        /// Its size.
        size: u64,
    },
    /// A checkpoint that somebody kept is not signed by any key that counts.
    KeptUnsigned,
}

/// What is looked at, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The keys that count; none means those that the store holds.
    pub keys: Option<&'a VerifierKeys>,
    /// Checkpoints that somebody kept, as signed notes.
    pub kept: &'a [String],
    /// The time.
    pub now: Time,
    /// How long entries are kept.
    pub retention: Duration,
}

/// What was found along the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many entries were ever sealed.
    pub sealed: u64,
    /// How many of them are on the record, as they were sealed.
    pub verified: u64,
    /// How many retention took.
    pub forgotten: u64,
    /// How many were erased, and the record says so.
    pub erased: u64,
    /// How many entries are not sealed yet.
    pub unsealed: u64,
    /// How many are sealed and not under a checkpoint yet.
    pub uncovered: u64,
    /// How many checkpoints were verified.
    pub checkpoints: u64,
    /// The newest of them.
    pub newest: Option<Checkpoint>,
    /// Checkpoints that somebody kept and that are from before what the tree still knows in full: they were not compared.
    pub too_old: u64,
    /// How many things do not fit.
    pub broken: u64,
}

/// Looks at everything, tells `tell` of what does not fit, and stops when it says so.
///
/// # Errors
/// A fault of the store.
pub fn verify(
    store: &Store,
    asked: Asked<'_>,
    tell: &mut dyn FnMut(Broken) -> ControlFlow<()>,
) -> Result<Report, Fault> {
    let own;
    let keys = match asked.keys {
        Some(keys) => keys,
        None => {
            own = key::verifying(store)?;
            &own
        }
    };
    let (size, first) = store
        .read(|reader| Ok((record_leaves::size(reader)?, record_leaves::first(reader)?.unwrap_or(0))))?;
    // Retention takes whole tiles; what stands before the first leaf is known by its nodes.
    let frontier = store.read(|reader| Ok(Frontier::read(&mut Tree(reader), first).ok()))?;
    let mut walk = Walk {
        store,
        keys,
        cutoff: asked.now - asked.retention,
        size,
        tell: Teller { tell, over: false },
        report: Report { sealed: size, forgotten: first, ..Report::default() },
        entries: Side::new(Position::LOWEST),
        leaves: Side::new(first),
        expected: first,
        first,
        frontier,
        fits: first,
        heads: Heads::default(),
    };
    if walk.frontier.is_none() {
        walk.say(Broken::Node { from: 0, to: first });
    }
    walk.compare_kept(asked.kept, size)?;
    walk.run()?;
    Ok(walk.report)
}

/// One side of the walk: what was read and not looked at yet, and where to read on.
struct Side<T, P> {
    waiting: VecDeque<T>,
    next: P,
}

impl<T, P> Side<T, P> {
    const fn new(next: P) -> Self {
        Self { waiting: VecDeque::new(), next }
    }
}

struct Teller<'a> {
    tell: &'a mut dyn FnMut(Broken) -> ControlFlow<()>,
    over: bool,
}

/// The checkpoints along the way.
#[derive(Default)]
struct Heads {
    waiting: VecDeque<Kept>,
    read_to: Option<i64>,
    last: Option<(Checkpoint, Hash)>,
    /// The time of the last one that was passed.
    passed: Option<Time>,
}

struct Walk<'a> {
    store: &'a Store,
    keys: &'a VerifierKeys,
    cutoff: Time,
    size: u64,
    tell: Teller<'a>,
    report: Report,
    entries: Side<Entry, Position>,
    leaves: Side<Leaf, u64>,
    /// The number of the next leaf.
    expected: u64,
    /// The number of the first leaf that is kept.
    first: u64,
    /// None once a leaf is missing: nothing can be said of roots then.
    frontier: Option<Frontier>,
    /// Up to where the tree has a root that was signed.
    fits: u64,
    heads: Heads,
}

impl Walk<'_> {
    fn say(&mut self, broken: Broken) {
        self.report.broken = self.report.broken.saturating_add(1);
        if !self.tell.over && (self.tell.tell)(broken).is_break() {
            self.tell.over = true;
        }
    }

    /// Whether the beginning of the tree is what somebody kept the head of.
    fn compare_kept(&mut self, kept: &[String], sealed: u64) -> Result<(), Fault> {
        for note in kept {
            let Ok(said) = prove::read_checkpoint(note, self.keys) else {
                self.say(Broken::KeptUnsigned);
                continue;
            };
            if said.size > sealed {
                self.say(Broken::KeptBeyond { size: said.size, sealed });
                continue;
            }
            match self.store.read(|reader| Ok(merkle::root(&mut Tree(reader), said.size).ok()))? {
                Some(root) if root == said.root => {}
                Some(_) => self.say(Broken::KeptForked { size: said.size }),
                None if said.size < self.expected => self.report.too_old += 1,
                None => self.say(Broken::LeavesGone { from: self.expected, to: said.size }),
            }
        }
        Ok(())
    }

    /// What the tail never comes to.
    fn future(&mut self) -> Result<(), Fault> {
        for event in self.store.read(|reader| events::list_of_the_future(reader, MOST_FUTURE))? {
            self.say(Broken::Future { event });
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), Fault> {
        self.future()?;
        self.heads_up_to(self.expected)?;
        while !self.tell.over {
            self.fill()?;
            let Some(leaf) = self.leaves.waiting.front().cloned() else { break };
            if leaf.n != self.expected {
                self.say(Broken::LeavesGone { from: self.expected, to: leaf.n });
                self.frontier = None;
                self.expected = leaf.n;
            }
            match self.entries.waiting.front().map(|entry| EventId::from_bytes(entry.id)) {
                Some(id) if leaf.event == Some(id) => {
                    let entry = self.entries.waiting.pop_front();
                    if let Some(entry) = entry {
                        self.compare(&leaf, id, &entry)?;
                    }
                    self.pass(&leaf)?;
                }
                Some(id) if leaf.event.is_some() => self.unlike(&leaf, id)?,
                _ => self.alone(&leaf)?,
            }
        }
        if self.tell.over {
            return Ok(());
        }
        if self.expected < self.size {
            self.say(Broken::LeavesGone { from: self.expected, to: self.size });
        }
        self.rest()
    }

    /// The next entry is another one than the leaf's: one of the two is left behind.
    fn unlike(&mut self, leaf: &Leaf, id: EventId) -> Result<(), Fault> {
        match self.store.read(|reader| record_leaves::find(reader, id))? {
            None => {
                self.say(Broken::Inserted { event: id });
                self.entries.waiting.pop_front();
            }
            Some(other) if other.n < leaf.n => {
                self.say(Broken::Displaced { n: other.n, event: id });
                self.entries.waiting.pop_front();
            }
            Some(_) => self.alone(leaf)?,
        }
        Ok(())
    }

    /// A leaf whose entry does not stand where the leaf says.
    fn alone(&mut self, leaf: &Leaf) -> Result<(), Fault> {
        match (leaf.event, leaf.erased_by) {
            (Some(id), None) => match self.store.read(|reader| events::find_raw(reader, id))? {
                Some(entry) => self.compare(leaf, id, &entry)?,
                None if self.may_be_forgotten(leaf.n, id)? => self.report.forgotten += 1,
                None => self.say(Broken::Missing { n: leaf.n, event: id }),
            },
            (None, Some(by)) if leaf.nonce.is_none() => {
                let said = self.store.read(|reader| events::find_raw(reader, by))?;
                let is_there = said.is_some_and(|entry| entry.kind == ERASED);
                if is_there || by.time() < self.cutoff {
                    self.report.erased += 1;
                } else {
                    self.say(Broken::ErasedSilently { n: leaf.n });
                }
            }
            _ => self.say(Broken::Leaf { n: leaf.n }),
        }
        self.pass(leaf)
    }

    fn compare(&mut self, leaf: &Leaf, id: EventId, entry: &Entry) -> Result<(), Fault> {
        match leaf.nonce {
            Some(nonce) if entry.commitment(&nonce) == leaf.commitment => self.report.verified += 1,
            Some(_) => self.say(Broken::Altered { n: leaf.n, event: id }),
            None => self.say(Broken::Leaf { n: leaf.n }),
        }
        if entry.kind == ERASED {
            self.compare_erasure(id, entry)?;
        }
        Ok(())
    }

    /// Whether an erasure says exactly the leaves that are erased by it.
    fn compare_erasure(&mut self, id: EventId, entry: &Entry) -> Result<(), Fault> {
        let leaves = self.store.read(|reader| record_leaves::list_erased(reader, id, MOST_ERASED))?;
        let fits = match events::decode(entry).map(|event| event.kind) {
            Ok(EventKind::EntriesErased { entries, leaves: said }) => {
                // Some of them may be older than what the tree still knows in full.
                let fewer = leaves.len() < usize::try_from(entries).unwrap_or(usize::MAX);
                said == erase::digest_of(&leaves) || (fewer && self.is_trimmed())
            }
            _ => false,
        };
        if !fits {
            self.say(Broken::Erasure { event: id });
        }
        Ok(())
    }

    /// Whether retention has taken leaves.
    const fn is_trimmed(&self) -> bool {
        self.first > 0
    }

    /// An entry that is gone may be: it is old, by what its identifier says and by when it was sealed.
    fn may_be_forgotten(&mut self, n: u64, id: EventId) -> Result<bool, Fault> {
        if id.time() >= self.cutoff {
            return Ok(false);
        }
        if self.heads.passed.is_some_and(|at| at < self.cutoff) {
            return Ok(true);
        }
        self.fill_heads()?;
        let next = self.heads.waiting.iter().find(|kept| kept.size > n);
        // What was there before the first checkpoint was sealed all at once, however old it was.
        Ok(next.is_none_or(|kept| kept.at < self.cutoff || is_first(kept)))
    }

    /// The leaf is done with: it goes into the tree, and checkpoints that end here are compared.
    fn pass(&mut self, leaf: &Leaf) -> Result<(), Fault> {
        self.leaves.waiting.pop_front();
        self.expected = leaf.n.saturating_add(1);
        let nodes = self.frontier.as_mut().map(|tree| tree.push(merkle::leaf(&leaf.commitment)));
        for node in nodes.unwrap_or_default() {
            let kept = self.store.read(|reader| record_nodes::find(reader, node.level, node.index))?;
            if kept != Some(node.hash) {
                let below = 1_u64 << (u32::from(node.level) * merkle::STEP);
                let from = node.index.saturating_mul(below);
                self.say(Broken::Node { from, to: from.saturating_add(below) });
            }
        }
        self.heads_up_to(self.expected)
    }

    /// Looks at all checkpoints of at most `size` entries that were not looked at yet.
    fn heads_up_to(&mut self, size: u64) -> Result<(), Fault> {
        loop {
            self.fill_heads()?;
            let Some(kept) = self.heads.waiting.pop_front_if(|kept| kept.size <= size) else { return Ok(()) };
            self.head(&kept)?;
        }
    }

    fn head(&mut self, kept: &Kept) -> Result<(), Fault> {
        let Ok(said) = prove::read_checkpoint(&kept.note, self.keys) else {
            self.say(Broken::Checkpoint { size: kept.size });
            return Ok(());
        };
        if said.size != kept.size || said.at != kept.at.micros() {
            self.say(Broken::Checkpoint { size: kept.size });
        }
        let text = hash_of(&said.text());
        let follows = match &self.heads.last {
            Some((last, hash)) => said.previous == Some(*hash) && said.at >= last.at && said.size > last.size,
            // The first that is kept: those before it may have gone by retention, the very first has none before it.
            None => said.previous.is_none() || self.is_trimmed(),
        };
        if !follows {
            self.say(Broken::Sequence { size: said.size });
        }
        if let Some(tree) = self.frontier.as_ref().filter(|tree| tree.size() == said.size) {
            if tree.root() == said.root {
                self.fits = said.size;
                self.report.checkpoints += 1;
                self.report.newest = Some(said.clone());
            } else {
                self.say(Broken::Root { from: self.fits, to: said.size });
            }
        }
        self.heads.passed = Some(Time::from_micros(said.at));
        self.heads.last = Some((said, text));
        Ok(())
    }

    /// After the last leaf: checkpoints over nothing, and entries that wait to be sealed.
    fn rest(&mut self) -> Result<(), Fault> {
        let (sealed, mut beyond) = (self.size, self.report.newest.as_ref().map_or(0, |newest| newest.size));
        self.report.uncovered = sealed.saturating_sub(beyond);
        loop {
            self.fill_heads()?;
            let Some(kept) = self.heads.waiting.pop_front() else { break };
            beyond = kept.size;
            // Signed while this was looked at, if the tree has grown so far.
            if self.store.read(record_leaves::size)? < beyond {
                self.say(Broken::Beyond { size: beyond, sealed });
            }
        }
        loop {
            while let Some(entry) = self.entries.waiting.pop_front() {
                let id = EventId::from_bytes(entry.id);
                match self.store.read(|reader| record_leaves::find(reader, id))? {
                    Some(leaf) if leaf.n < sealed => self.say(Broken::Displaced { n: leaf.n, event: id }),
                    // Sealed while this was looked at.
                    Some(_) => {}
                    None => self.report.unsealed += 1,
                }
            }
            self.fill_entries()?;
            if self.entries.waiting.is_empty() || self.tell.over {
                return Ok(());
            }
        }
    }

    fn fill(&mut self) -> Result<(), Fault> {
        if self.leaves.waiting.is_empty() {
            let range = (self.expected, self.size);
            self.leaves.waiting = self.store.read(|reader| record_leaves::page(reader, range, PAGE))?.into();
        }
        if self.entries.waiting.is_empty() {
            self.fill_entries()?;
        }
        Ok(())
    }

    fn fill_entries(&mut self) -> Result<(), Fault> {
        let from = self.entries.next;
        for (position, entry) in self.store.read(|reader| events::raw_tail(reader, from, PAGE))? {
            self.entries.next = position;
            self.entries.waiting.push_back(entry);
        }
        Ok(())
    }

    fn fill_heads(&mut self) -> Result<(), Fault> {
        if self.heads.waiting.is_empty() {
            let from = self.heads.read_to.unwrap_or(-1);
            let page = self.store.read(|reader| checkpoints::page(reader, from, PAGE))?;
            if let Some(last) = page.last() {
                self.heads.read_to = i64::try_from(last.size).ok();
            }
            self.heads.waiting = page.into();
        }
        Ok(())
    }
}

/// The name of the event that says that entries were erased.
const ERASED: &str = "entries_erased";

fn is_first(kept: &Kept) -> bool {
    let said = Note::parse(&kept.note).and_then(|note| Checkpoint::parse(&note.text));
    said.is_ok_and(|said| said.previous.is_none())
}
