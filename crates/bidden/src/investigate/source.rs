//! One input as a stream of events: a thread reads and cuts, others parse, and the order stays that of the file.
//!
//! A reader hands pieces to the parsers in turn, and whoever takes the events asks the parsers in the same turn. Every queue
//! has room for one, so that an input takes a dozen pieces of memory however large it is.

use std::fs::File;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use model::event::Event;
use model::event::imported::Words;
use wire::foreign::{Arena, Cut, Format, LONGEST, Read as Found, Splitter};

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
}

/// A piece of a file, cut at records.
pub(super) struct Piece {
    /// Where it begins in the unpacked file.
    at: u64,
    bytes: Vec<u8>,
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
        for _ in 0..effort.threads.max(1) {
            let (pieces, work) = sync_channel::<Work>(1);
            let (parsed, events) = sync_channel::<Parsed>(1);
            let worker = thread::Builder::new().name("parse".to_owned());
            threads.push(worker.spawn(move || parse_all(&work, &parsed))?);
            to.push(pieces);
            ready.push(events);
        }
        let (ended, shared) = (Arc::clone(&end), shared.clone());
        let reader = thread::Builder::new().name("read".to_owned());
        threads.push(reader.spawn(move || {
            let ending = match from {
                Open::Bytes(bytes) => read_all(bytes, effort.piece, &to, &shared.stop),
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
    /// What was read.
    pub(super) tally: Tally,
}

/// What an input is read from.
enum Open {
    Bytes(Bytes),
    /// A file of records.
    Records(File),
}

/// Reads, cuts, and hands out in turn.
fn read_all(mut from: Bytes, piece: usize, to: &[SyncSender<Work>], stop: &AtomicBool) -> End {
    let mut end = End::default();
    let mut bytes = Vec::new();
    let mut whole = fill(&mut from, &mut bytes, piece, &mut end);
    if bytes.starts_with(wire::columnar::MAGIC) {
        let why = "a Parquet file has to be given by its name, as a file of its own".to_owned();
        return End { broken: Some(why), ..end };
    }
    let Some((cut, skip)) = Cut::of(&bytes, whole) else {
        end.unknown = !bytes.is_empty();
        return end;
    };
    let mut splitter = Splitter::new(cut.clone());
    let cut = Arc::new(cut);
    let mut at = u64::try_from(skip).unwrap_or(0);
    bytes.drain(..skip.min(bytes.len()));
    for receiver in to.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            return end;
        }
        let (used, objects) = splitter.next(&bytes, whole);
        let rest = bytes.split_off(used.min(bytes.len()));
        let ends_open = whole && !bytes.ends_with(b"\n") && *cut != Cut::Objects;
        let length = u64::try_from(bytes.len()).unwrap_or(0);
        let next = Work::Piece(Piece { at, bytes, objects, cut: Arc::clone(&cut), ends_open });
        at += length;
        // Nobody wants more.
        if receiver.send(next).is_err() {
            return end;
        }
        bytes = rest;
        if whole {
            end.half_written = splitter.within_object();
            return end;
        }
        // A record that is longer than a piece needs as much again, and again.
        let want = piece.max(bytes.len());
        whole = fill(&mut from, &mut bytes, want, &mut end);
        if bytes.len() > 2 * LONGEST {
            end.broken = Some("a record in it is longer than 32 MiB".to_owned());
            return end;
        }
    }
    end
}

/// Takes up to `more` bytes; says whether that was the end.
fn fill(from: &mut Bytes, into: &mut Vec<u8>, more: usize, end: &mut End) -> bool {
    into.reserve(more);
    let want = u64::try_from(more).unwrap_or(u64::MAX);
    match from.by_ref().take(want).read_to_end(into) {
        Ok(many) => many < more,
        Err(error) => {
            end.broken = Some(error.to_string());
            true
        }
    }
}

fn parse_all(from: &Receiver<Work>, to: &SyncSender<Parsed>) {
    let (mut words, mut arena) = (Words::default(), Arena::default());
    while let Ok(work) = from.recv() {
        let wanted = match work {
            Work::Piece(piece) => to.send(parse(&piece, &mut words, &mut arena)).is_ok(),
            Work::Group(group) => parquet::parse(*group, &mut words, &mut |parsed| to.send(parsed).is_ok()),
        };
        if !wanted {
            return;
        }
    }
}

/// Parses a piece.
fn parse(piece: &Piece, words: &mut Words, arena: &mut Arena) -> Parsed {
    let mut parsed = Parsed::default();
    let start = piece.bytes.as_ptr().addr();
    let end = start + piece.bytes.trim_ascii_end().len();
    piece.cut.records(&piece.bytes, &piece.objects, &mut |record| {
        let found = match &*piece.cut {
            Cut::Rows(table) => table.read(record, arena),
            Cut::Lines | Cut::Objects => wire::foreign::read(record, arena),
        };
        match found {
            Ok(Found::Row(row)) => {
                let event = words.event(&row);
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
    parsed.tally.bytes = u64::try_from(piece.bytes.len()).unwrap_or(0);
    parsed
}

/// An event of a server like this one, as `bidden event list --json` prints it.
pub(super) fn own(record: &[u8]) -> Option<Event> {
    #[expect(clippy::disallowed_methods, reason = "our own text, read back; `wire` has seen that it is JSON")]
    serde_json::from_slice(record).ok()
}
