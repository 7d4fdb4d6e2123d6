//! The lines of a downloaded list, in order: of one file with all hashes, or of a folder with a file for each range.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use wire::breached::{LONGEST_LINE, Line};

use super::build::NotBuilt;
use super::size;

/// How many ranges there are: one for each five hexadecimal digits.
pub(super) const RANGES: u32 = 1 << 20;
/// How much is read at a time.
const BUFFER: usize = 1024 * 1024;

/// Where lines come from.
pub(super) struct Source {
    ranges: Option<Ranges>,
    reading: Option<Reading>,
    line: Vec<u8>,
    /// Bytes of all files.
    pub(super) bytes: u64,
    /// Bytes that were read.
    pub(super) read: u64,
}

/// A folder of files whose names are the five digits that all their hashes begin with.
struct Ranges {
    folder: PathBuf,
    /// Which ranges are there, one bit each.
    there: Vec<u64>,
    ending: &'static str,
    next: u32,
}

/// The file that is being read.
struct Reading {
    lines: BufReader<File>,
    path: PathBuf,
    prefix: String,
    number: u64,
}

impl Source {
    /// Looks at what there is to read.
    pub(super) fn open(input: &Path) -> Result<Self, NotBuilt> {
        let found = std::fs::metadata(input).map_err(NotBuilt::reading(input))?;
        let mut source = Self { ranges: None, reading: None, line: Vec::new(), bytes: found.len(), read: 0 };
        if found.is_dir() {
            let (ranges, bytes) = Ranges::find(input)?;
            source.bytes = bytes;
            source.ranges = Some(ranges);
        } else if found.is_file() {
            source.reading = Some(Reading::open(input.to_path_buf(), String::new())?);
        } else {
            return Err(NotBuilt::NeitherFileNorFolder { path: input.display().to_string() });
        }
        Ok(source)
    }

    /// How many ranges a folder lacks.
    pub(super) fn missing(&self) -> u32 {
        let there = |ranges: &Ranges| ranges.there.iter().map(|bits| bits.count_ones()).sum();
        self.ranges.as_ref().map_or(0, |ranges| RANGES.saturating_sub(there(ranges)))
    }

    /// About how many lines there are: none is shorter than the suffix of a hash and a digit.
    pub(super) fn estimate(&self) -> u64 {
        self.bytes / if self.ranges.is_some() { 37 } else { 42 }
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> Result<Option<Line>, NotBuilt> {
        loop {
            let Some(reading) = &mut self.reading else {
                match self.ranges.as_mut().map(Ranges::open_next).transpose()?.flatten() {
                    Some(next) => self.reading = Some(next),
                    None => return Ok(None),
                }
                continue;
            };
            self.line.clear();
            let most = size(LONGEST_LINE).saturating_add(1);
            let read = reading.lines.by_ref().take(most).read_until(b'\n', &mut self.line);
            let read = read.map_err(NotBuilt::reading(&reading.path))?;
            self.read = self.read.saturating_add(size(read));
            reading.number = reading.number.saturating_add(1);
            if read == 0 {
                self.reading = None;
            } else if !self.line.trim_ascii().is_empty() {
                return Line::parse(&reading.prefix, &self.line).map(Some).map_err(|error| {
                    let (path, line) = self.place();
                    NotBuilt::Malformed { path, line, expected: error.expected }
                });
            }
        }
    }

    /// Where the last line stood.
    pub(super) fn place(&self) -> (String, u64) {
        let place = |reading: &Reading| (reading.path.display().to_string(), reading.number);
        self.reading.as_ref().map(place).unwrap_or_default()
    }
}

impl Ranges {
    /// Which ranges are in `folder`, and how many bytes they have.
    fn find(folder: &Path) -> Result<(Self, u64), NotBuilt> {
        let words = usize::try_from(RANGES / u64::BITS).unwrap_or_default();
        let mut ranges =
            Self { folder: folder.to_path_buf(), there: vec![0; words], ending: ".txt", next: 0 };
        let mut bytes = 0_u64;
        let mut bare = false;
        for entry in std::fs::read_dir(folder).map_err(NotBuilt::reading(folder))? {
            let entry = entry.map_err(NotBuilt::reading(folder))?;
            let name = entry.file_name();
            let Some((range, ending)) = name.to_str().and_then(range) else { continue };
            bare |= ending.is_empty();
            if let Some(word) = ranges.there.get_mut(usize::try_from(range / u64::BITS).unwrap_or_default()) {
                *word |= 1 << (range % u64::BITS);
            }
            bytes = bytes.saturating_add(entry.metadata().map_err(NotBuilt::reading(folder))?.len());
        }
        if bare {
            ranges.ending = "";
        }
        if bytes == 0 {
            return Err(NotBuilt::NoRanges { path: folder.display().to_string() });
        }
        Ok((ranges, bytes))
    }

    fn open_next(&mut self) -> Result<Option<Reading>, NotBuilt> {
        while self.next < RANGES {
            let range = self.next;
            self.next = range.saturating_add(1);
            let word = self.there.get(usize::try_from(range / u64::BITS).unwrap_or_default());
            if word.is_some_and(|word| word >> (range % u64::BITS) & 1 == 1) {
                let prefix = format!("{range:05X}");
                let path = self.folder.join(format!("{prefix}{}", self.ending));
                return Reading::open(path, prefix).map(Some);
            }
        }
        Ok(None)
    }
}

/// The range that a file name stands for, and what follows it.
fn range(name: &str) -> Option<(u32, &str)> {
    let (digits, ending) = name.split_at_checked(5)?;
    let upper = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    let range = u32::from_str_radix(digits, 16).ok().filter(|_| upper)?;
    matches!(ending, "" | ".txt").then_some((range, ending))
}

impl Reading {
    fn open(path: PathBuf, prefix: String) -> Result<Self, NotBuilt> {
        let file = File::open(&path).map_err(NotBuilt::reading(&path))?;
        // A range is some forty kilobytes; a whole list is read in large pieces.
        let buffer = if prefix.is_empty() { BUFFER } else { BUFFER / 16 };
        Ok(Self { lines: BufReader::with_capacity(buffer, file), path, prefix, number: 0 })
    }
}

impl NotBuilt {
    /// What the system said about reading `path`.
    fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |cause| Self::Reading { path, cause }
    }
}
