//! Builds the file of breached passwords from a downloaded list of any size, in one pass and a few megabytes of memory.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use model::time::{SECOND, Time};
use wire::breached::{Entry, Header, Line, PREFIX_BITS, RECORD};

use super::source::Source;
use super::{HEAD, MOST_IN_BUCKET, Unusable, size, sum};

/// How many records a bucket shall have in the mean.
const IN_BUCKET: u64 = 1024;
/// How often is told how far it has come, in lines.
const TELL: u64 = 16_384;
/// How much is written at a time.
const BUFFER: usize = 1024 * 1024;

/// What is to be built.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Only passwords that were found so often.
    pub least_count: u64,
    /// When.
    pub built_at: Time,
    /// Take a folder that lacks ranges.
    pub partial: bool,
}

/// How far it has come, in bytes of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So many have been read.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Lines that were read.
    pub lines: u64,
    /// Passwords that are in the file.
    pub records: u64,
    /// Lines left out, because the password was found too rarely.
    pub rare: u64,
    /// Ranges that the folder lacks.
    pub missing: u32,
}

/// The file was not built; says why and what to do. What stood at its place stands there still.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// The input cannot be read.
    #[error("{path} cannot be read: {cause}")]
    Reading {
        /// Which file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// The output cannot be written.
    #[error("{path} cannot be written: {cause}")]
    Writing {
        /// Which file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// The input is a device or a pipe.
    #[error("{path} is neither a file nor a folder")]
    NeitherFileNorFolder {
        /// Which.
        path: String,
    },
    /// The folder has no range in it.
    #[error("{path} has no file of a range, such as 00000.txt or FFFFF.txt")]
    NoRanges {
        /// Which.
        path: String,
    },
    /// The folder lacks ranges.
    #[error(
        "{missing} of 1,048,576 ranges are missing in {path}: passwords that begin with them would not be found. Download \
         them, or add --partial to build a file without them"
    )]
    Missing {
        /// The folder.
        path: String,
        /// How many.
        missing: u32,
    },
    /// A line is something else.
    #[error("line {line} of {path} is no line of a list: {expected} was expected")]
    Malformed {
        /// Which file.
        path: String,
        /// Which line.
        line: u64,
        /// What was expected.
        expected: &'static str,
    },
    /// A line stands before one that it should follow.
    #[error(
        "line {line} of {path} is out of order: the list must be ordered by hash (for example with `LC_ALL=C sort`)"
    )]
    OutOfOrder {
        /// Which file.
        path: String,
        /// Which line.
        line: u64,
    },
    /// Too many hashes begin alike.
    #[error(
        "more than 65,535 hashes of {path} begin with the same bits: they are not the SHA-1 of passwords"
    )]
    Crowded {
        /// Which file.
        path: String,
    },
    /// Nothing was left.
    #[error("no password of {path} was found {least_count} times or more")]
    Empty {
        /// Which.
        path: String,
        /// How often was asked for.
        least_count: u64,
    },
    /// Somebody stopped it.
    #[error("stopped; nothing was built")]
    Stopped,
    /// What was built cannot be opened.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

/// Builds `output` from `input`, by way of a file beside it whose name ends in `.part`. `tell` hears how far it has come,
/// and may stop it.
///
/// # Errors
/// [`NotBuilt`].
pub fn build(
    input: &Path,
    output: &Path,
    plan: Plan,
    tell: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Built, NotBuilt> {
    let mut source = Source::open(input)?;
    let missing = source.missing();
    let path = || input.display().to_string();
    if missing > 0 && !plan.partial {
        return Err(NotBuilt::Missing { path: path(), missing });
    }
    let mut name = output.as_os_str().to_owned();
    name.push(".part");
    let part = Part(PathBuf::from(name));
    let mut writing = Writing::start(&part.0, source.estimate())?;
    let mut built = Built { lines: 0, records: 0, rare: 0, missing };
    let mut last: Option<[u8; 20]> = None;
    while let Some(Line { hash, count }) = source.next()? {
        if last.is_some_and(|last| last > hash) {
            let (path, line) = source.place();
            return Err(NotBuilt::OutOfOrder { path, line });
        }
        last = Some(hash);
        built.lines = built.lines.saturating_add(1);
        // A range is padded with hashes that were never found, so that its size says nothing.
        if count < plan.least_count.max(1) {
            built.rare = built.rare.saturating_add(1);
        } else {
            writing.put(&hash, path)?;
        }
        if built.lines.is_multiple_of(TELL) {
            told(tell, &source)?;
        }
    }
    told(tell, &source)?;
    built.records = writing.records;
    if built.records == 0 {
        return Err(NotBuilt::Empty { path: path(), least_count: plan.least_count.max(1) });
    }
    writing.finish(plan)?;
    // What the server would refuse is not put in place.
    super::Breached::open(&part.0)?;
    std::fs::rename(&part.0, output).map_err(|cause| written(output, cause))?;
    Ok(built)
}

fn told(tell: &mut dyn FnMut(Progress) -> ControlFlow<()>, source: &Source) -> Result<(), NotBuilt> {
    match tell(Progress { done: source.read, of: source.bytes }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(NotBuilt::Stopped),
    }
}

fn written(path: &Path, cause: io::Error) -> NotBuilt {
    NotBuilt::Writing { path: path.display().to_string(), cause }
}

/// The file under way; it is gone when it was not put in its place.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // It is not there when all went well.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Buckets that are filled one after the other.
struct Writing {
    path: PathBuf,
    file: BufWriter<File>,
    header: Header,
    index: Vec<u8>,
    /// The bucket that is being filled, and what is in it.
    bucket: u64,
    in_bucket: Vec<u8>,
    records: u64,
}

impl Writing {
    /// Leaves room for header and index, whose size follows from about how many records there will be.
    fn start(path: &Path, estimate: u64) -> Result<Self, NotBuilt> {
        let bits = (estimate / IN_BUCKET).max(1).next_power_of_two().trailing_zeros();
        let prefix_bits = bits.clamp(PREFIX_BITS.0, PREFIX_BITS.1);
        let header = Header { prefix_bits, records: 0, least_count: 0, built_at: 0, index_digest: [0; 16] };
        let opened = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        let mut file = opened.map_err(|cause| written(path, cause))?;
        let data = HEAD.saturating_add(header.index_size());
        file.seek(SeekFrom::Start(data)).map_err(|cause| written(path, cause))?;
        Ok(Self {
            path: path.to_path_buf(),
            file: BufWriter::with_capacity(BUFFER, file),
            header,
            index: Vec::with_capacity(usize::try_from(header.index_size()).unwrap_or_default()),
            bucket: 0,
            in_bucket: Vec::new(),
            records: 0,
        })
    }

    fn put(&mut self, hash: &[u8; 20], input: impl Fn() -> String) -> Result<(), NotBuilt> {
        let (bucket, record) = self.header.place(hash);
        self.close_up_to(bucket)?;
        // Two hashes in some millions have the same first bits.
        if self.in_bucket.last_chunk::<RECORD>() != Some(&record) {
            self.in_bucket.extend(record);
            self.records = self.records.saturating_add(1);
        }
        if size(self.in_bucket.len()) > MOST_IN_BUCKET.saturating_mul(size(RECORD)) {
            return Err(NotBuilt::Crowded { path: input() });
        }
        Ok(())
    }

    /// Writes the bucket that is being filled and the empty ones before `bucket`.
    fn close_up_to(&mut self, bucket: u64) -> Result<(), NotBuilt> {
        while self.bucket < bucket {
            let length = size(self.in_bucket.len()) / size(RECORD);
            let entry = Entry { start: self.records.saturating_sub(length), digest: sum(&self.in_bucket) };
            self.index.extend(entry.to_bytes());
            self.file.write_all(&self.in_bucket).map_err(|cause| written(&self.path, cause))?;
            self.in_bucket.clear();
            self.bucket = self.bucket.saturating_add(1);
        }
        Ok(())
    }

    /// Writes what is left, then index and header in front, and waits for the disk.
    fn finish(mut self, plan: Plan) -> Result<(), NotBuilt> {
        self.close_up_to(self.header.buckets())?;
        self.index.extend(Entry { start: self.records, digest: [0; 4] }.to_bytes());
        let seconds = u64::try_from(plan.built_at.micros() / SECOND).unwrap_or(0);
        let header = Header {
            records: self.records,
            least_count: plan.least_count.max(1),
            built_at: seconds,
            index_digest: sum(&self.index),
            ..self.header
        };
        let (path, index) = (self.path, self.index);
        let failed = |cause| written(&path, cause);
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        let said = header.to_bytes();
        file.write_all_at(&said, 0).map_err(failed)?;
        file.write_all_at(&sum::<8>(&said), size(said.len())).map_err(failed)?;
        file.write_all_at(&index, HEAD).map_err(failed)?;
        file.sync_all().map_err(failed)
    }
}
