//! One input as a stream of events: a thread reads and cuts, others parse, and the order stays that of the file.
//!
//! A reader hands pieces to the parsers in turn, and whoever takes the events asks the parsers in the same turn. Every queue
//! has room for one, so that an input takes a dozen pieces of memory however large it is; and what a piece was read into is
//! read into again.

use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use model::event::Event;
use model::event::imported::Words;
use wire::columnar::Narrowed;
use wire::foreign::{Arena, Cut, Format, LONGEST, Read as Found, Splitter};

use super::atlas::Atlas;
use super::buffer::Buffer;
use super::input::{Bytes, Input};
use super::parquet;
use super::tally::{Bad, Tally};

/// An event, and which export told of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) event: Event,
    pub(super) format: Format,
}

/// How much an input may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// Threads that parse.
    pub(super) threads: usize,
    /// Bytes of a piece.
    pub(super) piece: usize,
}

/// What the whole run shares.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// Bytes taken from the disk so far.
    pub(super) taken: Arc<AtomicU64>,
    /// Whether everything is to end.
    pub(super) stop: Arc<AtomicBool>,
    /// What is known of addresses.
    atlas: Arc<Atlas>,
}

impl Shared {
    pub(super) fn new(atlas: Atlas) -> Self {
        Self { atlas: Arc::new(atlas), ..Self::default() }
    }
}

/// A piece of a file, cut at records.
pub(super) struct Piece {
    /// Where it begins in the unpacked file.
    at: u64,
    read: Buffer,
    objects: Vec<(usize, usize)>,
    cut: Arc<Cut>,
    /// Whether it is the last one, and the file does not end with a line end.
    ends_open: bool,
}

/// What is handed to whoever parses.
pub(super) enum Work {
    Piece(Piece),
    /// Rows of a file of records.
    Group(Box<wire::columnar::Group>),
}

/// The events of a piece, or the next ones of a group of rows.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) seen: Vec<Seen>,
    pub(super) tally: Tally,
    /// Whether the same thread has more of the same group.
    pub(super) more: bool,
    /// Why there are no more, where there should be.
    pub(super) broken: Option<String>,
}

/// How an input ended.
#[derive(Clone, Debug, Default)]
pub(super) struct End {
    /// Nothing in it was known.
    pub(super) unknown: bool,
    /// It could not be read to its end.
    pub(super) broken: Option<String>,
    /// It ends in the middle of a record.
    pub(super) half_written: bool,
    /// What a file of records tells of its originals beside the records: see `wire::columnar::Beside`.
    pub(super) beside: wire::columnar::Beside,
}

/// A stream of events.
pub(super) struct Source {
    /// What it is called.
    pub(super) name: String,
    from: Vec<Receiver<Parsed>>,
    turn: usize,
    ready: std::vec::IntoIter<Seen>,
    /// What has been read so far.
    pub(super) tally: Tally,
    /// How many events have come.
    pub(super) events: u64,
    threads: Vec<JoinHandle<()>>,
    broken: Option<String>,
    of_records: bool,
    end: Arc<Mutex<End>>,
}

impl Source {
    /// Begins to read.
    ///
    /// # Errors
    /// When the input cannot be opened, or no thread can be started.
    pub(super) fn start(input: &Input, effort: Effort, shared: &Shared) -> std::io::Result<Self> {
        let from = match input.records() {
            Some(path) => Open::Records(File::open(path)?),
            None => Open::Bytes(input.open(&shared.taken)?),
        };
        let end = Arc::<Mutex<End>>::default();
        let (mut ready, mut to, mut threads) = (Vec::new(), Vec::new(), Vec::new());
        let (used, spare) = channel::<Vec<u8>>();
        for _ in 0..effort.threads.max(1) {
            let (pieces, work) = sync_channel::<Work>(1);
            let (parsed, events) = sync_channel::<Parsed>(1);
            let worker = thread::Builder::new().name("parse".to_owned());
            let (used, atlas) = (used.clone(), Arc::clone(&shared.atlas));
            threads.push(worker.spawn(move || parse_all((&work, &parsed), &used, &atlas))?);
            to.push(pieces);
            ready.push(events);
        }
        let (ended, shared) = (Arc::clone(&end), shared.clone());
        let reader = thread::Builder::new().name("read".to_owned());
        threads.push(reader.spawn(move || {
            let ending = match from {
                Open::Bytes(bytes) => read_all(bytes, effort.piece, (&to, &spare), &shared.stop),
                Open::Records(file) => parquet::read_all(file, &to, &shared),
            };
            if let Ok(mut end) = ended.lock() {
                *end = ending;
            }
        })?);
        Ok(Self {
            name: input.name.clone(),
            from: ready,
            turn: 0,
            ready: Vec::new().into_iter(),
            tally: Tally::default(),
            events: 0,
            threads,
            broken: None,
            of_records: input.records().is_some(),
            end,
        })
    }

    /// The next event, in the order of the file.
    pub(super) fn next(&mut self) -> Option<Seen> {
        loop {
            if let Some(seen) = self.ready.next() {
                self.events += 1;
                return Some(seen);
            }
            let count = self.from.len().max(1);
            let parsed = self.from.get(self.turn % count)?.recv().ok()?;
            if !parsed.more {
                self.turn = (self.turn + 1) % count;
            }
            self.tally.add(parsed.tally);
            if let Some(why) = parsed.broken {
                // Nothing after it: what came then would be out of its place.
                self.broken = Some(why);
                self.from.clear();
            }
            self.ready = parsed.seen.into_iter();
        }
    }

    /// How it ended; to be asked when no event comes any more.
    pub(super) fn finish(&mut self) -> Ending {
        self.from.clear();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; what it did not read is missing from the counts of nobody.
            let _ = thread.join();
        }
        let end = self.end.lock().map(|end| end.clone()).unwrap_or_default();
        let beside = end.beside;
        self.tally.half_written += u64::from(end.half_written) + beside.half_written;
        self.tally.other += beside.other;
        self.tally.bad += beside.bad;
        self.tally.ambiguous += beside.ambiguous;
        Ending {
            name: std::mem::take(&mut self.name),
            events: self.events,
            unknown: end.unknown,
            broken: self.broken.take().or(end.broken),
            of_records: self.of_records,
            capped: beside.capped,
            were_broken: beside.broken,
            narrowed: beside.narrowed,
            tally: std::mem::take(&mut self.tally),
        }
    }
}

/// What is known of an input once it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Ending {
    /// What it is called.
    pub(super) name: String,
    /// How many events it had.
    pub(super) events: u64,
    /// Nothing in it was known.
    pub(super) unknown: bool,
    /// Why it could not be read to its end.
    pub(super) broken: Option<String>,
    /// Whether it is a file of records, and no export.
    pub(super) of_records: bool,
    /// Of a file of records: its originals that have as many records as exports stop at.
    pub(super) capped: Vec<(String, u64)>,
    /// The same: its originals that could not be read to their end, and why.
    pub(super) were_broken: Vec<(String, String)>,
    /// The same: to what they were narrowed before they were written.
    pub(super) narrowed: Vec<Narrowed>,
    /// What was read.
    pub(super) tally: Tally,
}

/// What an input is read from.
enum Open {
    Bytes(Bytes),
    /// A file of records.
    Records(File),
}

/// Reads, cuts, and hands out in turn; takes back what was read into before.
fn read_all(
    mut from: Bytes,
    piece: usize,
    (to, spare): (&[SyncSender<Work>], &Receiver<Vec<u8>>),
    stop: &AtomicBool,
) -> End {
    let mut end = End::default();
    let mut read = Buffer::default();
    let mut whole = fill(&mut from, &mut read, piece, &mut end);
    if read.read().starts_with(wire::columnar::MAGIC) {
        let why = "a Parquet file has to be given by its name, as a file of its own".to_owned();
        return End { broken: Some(why), ..end };
    }
    let Some((cut, skip)) = Cut::of(read.read(), whole) else {
        end.unknown = read.length > 0;
        return end;
    };
    let mut splitter = Splitter::new(cut.clone());
    let cut = Arc::new(cut);
    let mut at = u64::try_from(skip).unwrap_or(0);
    let beginning = read.read().get(skip..).unwrap_or_default().to_vec();
    read.begin_with(&beginning);
    for receiver in to.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            return end;
        }
        let (used, objects) = splitter.next(read.read(), whole);
        // One that had to be as large as a long record is not kept.
        let again = spare.try_iter().find(|bytes| bytes.len() <= 2 * piece);
        let mut rest = Buffer { bytes: again.unwrap_or_default(), length: 0 };
        rest.begin_with(read.read().get(used..).unwrap_or_default());
        read.length = used.min(read.length);
        let ends_open = whole && !read.read().ends_with(b"\n") && *cut != Cut::Objects;
        let length = u64::try_from(read.length).unwrap_or(0);
        let next = Work::Piece(Piece { at, read, objects, cut: Arc::clone(&cut), ends_open });
        at += length;
        // Nobody wants more.
        if receiver.send(next).is_err() {
            return end;
        }
        read = rest;
        if whole {
            end.half_written = splitter.within_object();
            return end;
        }
        // A record that is longer than a piece needs as much again, and again.
        let want = piece.max(read.length);
        whole = fill(&mut from, &mut read, want, &mut end);
        if read.length > 2 * LONGEST {
            end.broken = Some("a record in it is longer than 32 MiB".to_owned());
            return end;
        }
    }
    end
}

/// Takes up to `more` bytes; says whether that was the end, as it is when no more can be read.
fn fill(from: &mut Bytes, into: &mut Buffer, more: usize, end: &mut End) -> bool {
    into.fill(from, more).unwrap_or_else(|error| {
        end.broken = Some(error.to_string());
        true
    })
}

fn parse_all((from, to): (&Receiver<Work>, &SyncSender<Parsed>), used: &Sender<Vec<u8>>, atlas: &Atlas) {
    let (mut words, mut arena) = (Words::default(), Arena::default());
    let mut many = 0;
    while let Ok(work) = from.recv() {
        let wanted = match work {
            Work::Piece(piece) => {
                let mut parsed = Parsed { seen: Vec::with_capacity(many + many / 16), ..Parsed::default() };
                parse(&piece, &mut parsed, atlas, (&mut words, &mut arena));
                many = parsed.seen.len();
                // The reader may have come to its end.
                let _ = used.send(piece.read.bytes);
                to.send(parsed).is_ok()
            }
            Work::Group(group) => {
                parquet::parse(*group, (&mut words, atlas), &mut |parsed| to.send(parsed).is_ok())
            }
        };
        if !wanted {
            return;
        }
    }
}

/// Parses a piece.
fn parse(piece: &Piece, parsed: &mut Parsed, atlas: &Atlas, (words, arena): (&mut Words, &mut Arena)) {
    let bytes = piece.read.read();
    let start = bytes.as_ptr().addr();
    let end = start + bytes.trim_ascii_end().len();
    piece.cut.records(bytes, &piece.objects, &mut |record| {
        let found = match &*piece.cut {
            Cut::Rows(table) => table.read(record, arena),
            Cut::Lines | Cut::Objects => wire::foreign::read(record, arena),
        };
        match found {
            Ok(Found::Row(row)) => {
                let mut event = words.event(&row);
                atlas.tell(&mut event);
                parsed.tally.ambiguous += u64::from(row.ambiguous);
                parsed.tally.count(&event, row.format);
                parsed.seen.push(Seen { event, format: row.format });
            }
            Ok(Found::Own) => match own(record) {
                Some(event) => {
                    parsed.tally.count(&event, Format::Own);
                    parsed.seen.push(Seen { event, format: Format::Own });
                }
                None => parsed.tally.other += 1,
            },
            Ok(Found::Other) => parsed.tally.other += 1,
            Err(error) => {
                let within = record.as_ptr().addr().saturating_sub(start);
                // Whoever wrote the file had not come to the end of its last line.
                if piece.ends_open && start + within + record.len() >= end {
                    parsed.tally.half_written += 1;
                } else {
                    let at = piece.at + u64::try_from(within).unwrap_or(0);
                    parsed.tally.set_aside(Bad::new(at, error.to_string(), record));
                }
            }
        }
        arena.clear();
    });
    parsed.tally.bytes = u64::try_from(bytes.len()).unwrap_or(0);
}

/// An event of a server like this one, as `bidden event list --json` prints it.
pub(super) fn own(record: &[u8]) -> Option<Event> {
    #[expect(clippy::disallowed_methods, reason = "our own text, read back; `wire` has seen that it is JSON")]
    serde_json::from_slice(record).ok()
}
