//! Events in the order of time, however many there are and however they come: parts are sorted in memory, set aside on disk,
//! and merged.
//!
//! A part is kept as bytes from the beginning, so that an event takes a few hundred of them; the file of a part has no name
//! from the moment it is open, and is gone with this process whatever happens to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use model::event::imported::{Imported, System, Word};
use model::event::{Event, Subject};
use model::id::EventId;
use model::source::Source as From;
use model::time::Time;
use serde::{Deserialize, Serialize};
use wire::foreign::Format;
use wire::http::user_agent::Browser;

use super::order::place;
use super::source::Seen;

/// Bytes by which each part is read when parts are merged, at the least.
const LEAST_BUFFER: usize = 8 * 1024;

/// An event as it is set aside. A record of another system goes field by field; an event of ours as its JSON.
#[derive(Serialize, Deserialize)]
enum Kept {
    Imported {
        at: i64,
        system: System,
        user: Word,
        address: Option<IpAddr>,
        record: Box<Imported>,
        format: u8,
    },
    Own(String),
}

const FORMATS: [Format; 8] = [
    Format::UnifiedAuditLog,
    Format::PortalCsv,
    Format::LogAnalytics,
    Format::AzureMonitor,
    Format::Graph,
    Format::Okta,
    Format::Google,
    Format::Own,
];

fn keep(seen: Seen) -> Option<Kept> {
    let (at, address) = (seen.event.at.micros(), seen.event.address());
    match (seen.event.subject, seen.event.kind) {
        (Subject::Foreign { system, user }, model::event::EventKind::Imported { record }) => {
            let format = FORMATS.iter().position(|format| *format == seen.format)?;
            Some(Kept::Imported { at, system, user, address, record, format: u8::try_from(format).ok()? })
        }
        (subject, kind) => {
            let event = Event { subject, kind, ..seen.event };
            serde_json::to_string(&event).ok().map(Kept::Own)
        }
    }
}

fn take(kept: Kept) -> Option<Seen> {
    Some(match kept {
        Kept::Imported { at, system, user, address, record, format } => {
            let browser = Browser::parse("");
            let source = address.map(|address| From { address: Some(address), browser });
            let event = Event::imported(Time::from_micros(at), (system, user), source, *record);
            Seen { event, format: *FORMATS.get(usize::from(format))? }
        }
        Kept::Own(text) => {
            #[expect(clippy::disallowed_methods, reason = "our own text, read back")]
            let event = serde_json::from_str(&text).ok()?;
            Seen { event, format: Format::Own }
        }
    })
}

/// How much memory sorting may take, and where what does not fit goes.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// Bytes of a part, and of all buffers when parts are merged.
    pub(super) bytes: usize,
    /// A folder for parts.
    pub(super) folder: PathBuf,
}

/// Takes events in any order.
pub(super) struct Sorter {
    room: Room,
    bytes: Vec<u8>,
    /// Time and identifier, order of arrival, and where the event stands.
    index: Vec<((i64, EventId), u32, u32)>,
    parts: Vec<File>,
    /// Bytes that went to disk.
    pub(super) spilled: u64,
}

impl Sorter {
    pub(super) fn new(room: Room) -> Self {
        Self { room, bytes: Vec::new(), index: Vec::new(), parts: Vec::new(), spilled: 0 }
    }

    /// Takes an event.
    ///
    /// # Errors
    /// When a part cannot be written.
    pub(super) fn push(&mut self, seen: Seen) -> io::Result<()> {
        let at = place(&seen);
        let Some(kept) = keep(seen) else { return Ok(()) };
        let start = self.bytes.len();
        self.bytes = postcard::to_extend(&kept, std::mem::take(&mut self.bytes)).map_err(io::Error::other)?;
        let end = self.bytes.len();
        let number = u32::try_from(self.index.len()).map_err(io::Error::other)?;
        self.index.push((at, number, u32::try_from(start).map_err(io::Error::other)?));
        if end + self.index.len() * 32 > self.room.bytes {
            self.set_aside()?;
        }
        Ok(())
    }

    fn set_aside(&mut self) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 18, unnamed(&self.room.folder)?);
        for place in self.sorted() {
            let bytes = self.bytes.get(place.0..place.1).unwrap_or_default();
            file.write_all(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes())?;
            file.write_all(bytes)?;
            self.spilled += u64::try_from(bytes.len()).unwrap_or(0) + 4;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.parts.push(file);
        self.bytes.clear();
        self.index.clear();
        Ok(())
    }

    /// From where to where each event stands, in the order of time.
    fn sorted(&self) -> Vec<(usize, usize)> {
        let mut ends: Vec<u32> = self.index.iter().skip(1).map(|(.., start)| *start).collect();
        ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        let mut all: Vec<_> = self
            .index
            .iter()
            .zip(ends)
            .map(|((at, number, start), end)| (*at, *number, *start, end))
            .collect();
        all.sort_unstable();
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        all.into_iter().map(|(.., start, end)| (place(start), place(end))).collect()
    }

    /// What was taken, part by part, each in the order of time.
    ///
    /// # Errors
    /// When the last part cannot be written.
    pub(super) fn finish(mut self) -> io::Result<Vec<Part>> {
        if self.parts.is_empty() {
            let places = self.sorted();
            return Ok(vec![Part::Memory { bytes: self.bytes, places: places.into_iter() }]);
        }
        if !self.index.is_empty() {
            self.set_aside()?;
        }
        let buffer = (self.room.bytes / 2 / self.parts.len().max(1)).clamp(LEAST_BUFFER, 1 << 18);
        Ok(self.parts.into_iter().map(|file| Part::File(BufReader::with_capacity(buffer, file))).collect())
    }
}

/// Events in the order of time.
pub(super) enum Part {
    /// That never left memory.
    Memory { bytes: Vec<u8>, places: std::vec::IntoIter<(usize, usize)> },
    /// That were set aside.
    File(BufReader<File>),
}

impl Part {
    /// The next event.
    ///
    /// # Errors
    /// When the disk does not give back what it took.
    pub(super) fn next(&mut self) -> io::Result<Option<Seen>> {
        match self {
            Self::Memory { bytes, places } => {
                let Some((from, to)) = places.next() else { return Ok(None) };
                read(bytes.get(from..to).unwrap_or_default()).map(Some)
            }
            Self::File(file) => {
                let mut length = [0; 4];
                match file.read_exact(&mut length) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                    Err(error) => return Err(error),
                }
                let mut bytes =
                    vec![0; usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?];
                file.read_exact(&mut bytes)?;
                read(&bytes).map(Some)
            }
        }
    }
}

fn read(bytes: &[u8]) -> io::Result<Seen> {
    let kept = postcard::from_bytes(bytes).map_err(io::Error::other)?;
    take(kept).ok_or_else(|| io::Error::other("what was set aside cannot be read back"))
}

/// A file that nobody else can open.
fn unnamed(folder: &Path) -> io::Result<File> {
    for number in 0..1000_u32 {
        let path = folder.join(format!("bidden-sort-{}-{number}", std::process::id()));
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io::Error::other(format!("{}: {error}", folder.display()))),
        }
    }
    Err(io::Error::other(format!("{}: no name is free for a file", folder.display())))
}

#[cfg(test)]
mod tests {
    use model::cx::Cx;
    use model::event::EventKind;
    use model::event::imported::{Did, Handle, Outcome, SignIn};

    use super::*;

    fn seen(at: i64) -> Seen {
        let record =
            Imported::new(Handle::new(&format!("r{at}")), Did::SignIn(SignIn::new(Outcome::Success)));
        let source = From { address: "192.0.2.1".parse().ok(), browser: Browser::parse("") };
        let user = (System::Microsoft, Word::new("a@b.example"));
        let event = Event::imported(Time::from_micros(at), user, Some(source), record);
        Seen { event, format: Format::Graph }
    }

    fn all(sorter: Sorter) -> Vec<Vec<Seen>> {
        let parts = sorter.finish().unwrap();
        parts.into_iter().map(|mut part| std::iter::from_fn(|| part.next().unwrap()).collect()).collect()
    }

    #[test]
    fn events_come_back_in_the_order_of_time_from_memory_and_from_disk() {
        for bytes in [1 << 20, 2000] {
            let mut sorter = Sorter::new(Room { bytes, folder: std::env::temp_dir() });
            for at in (0..500).rev() {
                sorter.push(seen(at)).unwrap();
            }
            assert_eq!(sorter.spilled > 0, bytes == 2000);
            let parts = all(sorter);
            assert_eq!(parts.len() > 1, bytes == 2000);
            let mut back: Vec<Seen> = parts.into_iter().flatten().collect();
            back.sort_by_key(|seen| seen.event.at);
            assert_eq!(back, (0..500).map(seen).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_event_of_ours_comes_back_as_it_was() {
        let mut cx = Cx::simulated(Time::from_micros(1_795_297_599_000_000), 1);
        let event = Event::new(&mut cx, Subject::Site, EventKind::AccountLocked).unwrap();
        let own = Seen { event, format: Format::Own };
        let mut sorter = Sorter::new(Room { bytes: 1 << 20, folder: std::env::temp_dir() });
        sorter.push(own.clone()).unwrap();
        assert_eq!(all(sorter), [[own]]);
    }
}
