//! The offline list of breached passwords: a file of truncated SHA-1 hashes in buckets by their first bits.
//!
//! Implements: NIST SP 800-63B-4 §3.1.1.2 (blocklist of compromised passwords), OWASP ASVS 5.0 6.2.12. The file is described
//! in `docs/breached-passwords.md`.
//!
//! A look-up is two reads at known places, of 24 bytes and of one bucket (about 4 KB of a list of a billion), whatever the
//! size of the file. Nothing of it stays in memory, and nothing leaves the machine.

pub mod build;
mod source;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use model::time::{SECOND, Time};
use wire::breached::{ENTRY, Entry, HEADER, Header, RECORD};

use crate::password::Password;

/// The bytes of the header with its digest.
const HEAD: u64 = 64;
/// Most records of one bucket: more are not the hashes of anything, since hashes spread evenly.
const MOST_IN_BUCKET: u64 = 65_535;
/// How many entries of the index are read at a time.
const ENTRIES: usize = 4096;

/// A file that was opened, and looked over as far as look-ups depend on it.
pub struct Breached {
    file: File,
    path: String,
    header: Header,
    bytes: u64,
}

/// What is known about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How many passwords are in it.
    pub records: u64,
    /// How often each of them was found at least.
    pub least_count: u64,
    /// When it was built.
    pub built_at: Time,
    /// Its size.
    pub bytes: u64,
    /// One in so many passwords that are not in it is taken for one that is.
    pub one_in: u64,
}

/// A file cannot be used; says why and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The system cannot read it.
    #[error("the breached-password file {path} cannot be read: {cause}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// It is something else, or of another version.
    #[error(
        "{path} is no breached-password file of this version ({detail}). Make one with `bidden password breached build`"
    )]
    Other {
        /// Which.
        path: String,
        /// What was expected where.
        detail: String,
    },
    /// A part of it is missing, or there is more.
    #[error(
        "the breached-password file {path} has {found} bytes in place of {expected}: it was not copied whole. Copy it again, \
         or build it anew"
    )]
    Cut {
        /// Which.
        path: String,
        /// Its size.
        found: u64,
        /// What its header promises.
        expected: u64,
    },
    /// Its bytes are not those that were written.
    #[error("the breached-password file {path} is damaged in its {part}. Copy it again, or build it anew")]
    Damaged {
        /// Which.
        path: String,
        /// Where.
        part: Part,
    },
}

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it begins with.
    Header,
    /// Where the buckets begin.
    Index,
    /// A bucket, by its number.
    Bucket(u64),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Index => f.write_str("index"),
            Self::Bucket(number) => write!(f, "bucket {number}"),
        }
    }
}

impl Breached {
    /// Opens a file and looks at its header, its size and its index. A bucket is looked at when it is read.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        let path_text = path.display().to_string();
        let unreadable = |cause| Unusable::Unreadable { path: path_text.clone(), cause };
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let header = header(&file, &path_text, bytes)?;
        let breached = Self { file, path: path_text, header, bytes };
        breached.look_at_index()?;
        Ok(breached)
    }

    /// What is known about it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let Header { records, least_count, built_at, .. } = self.header;
        let seconds = i64::try_from(built_at).unwrap_or(i64::MAX);
        Facts {
            records,
            least_count,
            built_at: Time::from_micros(seconds.saturating_mul(SECOND)),
            bytes: self.bytes,
            // Each record is one of 2³² values, and a bucket holds this many of them in the mean.
            one_in: self.header.buckets().saturating_mul(1 << 32) / records.max(1),
        }
    }

    /// Whether a password is on the list, in any of its spellings.
    ///
    /// # Errors
    /// [`Unusable`] when the file has changed or broken since it was opened.
    pub fn holds(&self, password: &Password) -> Result<bool, Unusable> {
        for spelling in password.spellings() {
            let mut hash = [0; 20];
            let made = digest(&SHA1_FOR_LEGACY_USE_ONLY, spelling.as_bytes());
            for (to, from) in hash.iter_mut().zip(made.as_ref()) {
                *to = *from;
            }
            if self.holds_hash(&hash)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The same for a SHA-1 hash.
    ///
    /// # Errors
    /// As [`Self::holds`].
    pub fn holds_hash(&self, hash: &[u8; 20]) -> Result<bool, Unusable> {
        let (bucket, record) = self.header.place(hash);
        let mut entries = [0; 2 * ENTRY];
        let at = bucket.saturating_mul(size(ENTRY)).saturating_add(HEAD);
        self.read(&mut entries, at)?;
        let mut entries = entries.as_chunks().0.iter().map(Entry::from_bytes);
        let (Some(entry), Some(next)) = (entries.next(), entries.next()) else { return Ok(false) };
        let records = self.bucket(bucket, entry, next)?;
        Ok(records.as_chunks().0.contains(&record))
    }

    /// Reads everything and compares it with its digests. `tell` hears how many records have been.
    ///
    /// # Errors
    /// [`Unusable`] for the first damage.
    pub fn look_at_all(&self, tell: &mut dyn FnMut(u64)) -> Result<(), Unusable> {
        self.look_at_index()?;
        self.entries(&mut |bucket, entry, next| {
            let records = self.bucket(bucket, entry, next)?;
            if !records.as_chunks::<RECORD>().0.is_sorted_by(|a, b| a < b) {
                return Err(self.damaged(Part::Bucket(bucket)));
            }
            tell(next.start);
            Ok(())
        })
    }

    /// The records of a bucket, which begins at `entry` and ends where the next one begins.
    fn bucket(&self, number: u64, entry: Entry, next: Entry) -> Result<Vec<u8>, Unusable> {
        let damaged = || self.damaged(Part::Bucket(number));
        let records = next.start.checked_sub(entry.start).ok_or_else(damaged)?;
        if records > MOST_IN_BUCKET {
            return Err(damaged());
        }
        let length = records.saturating_mul(size(RECORD));
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        let before = entry.start.saturating_mul(size(RECORD));
        self.read(&mut bytes, HEAD.saturating_add(self.header.index_size()).saturating_add(before))?;
        if sum::<4>(&bytes) == entry.digest { Ok(bytes) } else { Err(damaged()) }
    }

    /// The digest of the index, and that its buckets follow one another up to the last record.
    fn look_at_index(&self) -> Result<(), Unusable> {
        let mut whole = aws_lc_rs::digest::Context::new(&SHA256);
        let mut rest = self.header.index_size();
        let mut at = HEAD;
        let mut bytes = vec![0; ENTRIES.saturating_mul(ENTRY)];
        while rest > 0 {
            let length = rest.min(size(bytes.len()));
            let part = bytes.get_mut(..usize::try_from(length).unwrap_or_default()).unwrap_or_default();
            self.read(part, at)?;
            whole.update(part);
            rest = rest.saturating_sub(length);
            at = at.saturating_add(length);
        }
        let damaged = || self.damaged(Part::Index);
        if whole.finish().as_ref().first_chunk() != Some(&self.header.index_digest) {
            return Err(damaged());
        }
        let mut last = 0;
        self.entries(&mut |_, entry, next| {
            let follows =
                entry.start == last && next.start.checked_sub(last).is_some_and(|n| n <= MOST_IN_BUCKET);
            last = next.start;
            if follows { Ok(()) } else { Err(damaged()) }
        })?;
        if last == self.header.records { Ok(()) } else { Err(damaged()) }
    }

    /// Every bucket with the entry that begins it and the one that ends it.
    fn entries(
        &self,
        each: &mut dyn FnMut(u64, Entry, Entry) -> Result<(), Unusable>,
    ) -> Result<(), Unusable> {
        let mut bytes = vec![0; ENTRIES.saturating_add(1).saturating_mul(ENTRY)];
        let mut bucket = 0;
        while bucket < self.header.buckets() {
            let count = self.header.buckets().saturating_sub(bucket).min(size(ENTRIES));
            let length = count.saturating_add(1).saturating_mul(size(ENTRY));
            let part = bytes.get_mut(..usize::try_from(length).unwrap_or_default()).unwrap_or_default();
            self.read(part, bucket.saturating_mul(size(ENTRY)).saturating_add(HEAD))?;
            let entries = part.as_chunks().0;
            for pair in entries.windows(2) {
                let [entry, next] = pair else { continue };
                each(bucket, Entry::from_bytes(entry), Entry::from_bytes(next))?;
                bucket = bucket.saturating_add(1);
            }
        }
        Ok(())
    }

    fn read(&self, bytes: &mut [u8], at: u64) -> Result<(), Unusable> {
        let unreadable = |cause| Unusable::Unreadable { path: self.path.clone(), cause };
        self.file.read_exact_at(bytes, at).map_err(unreadable)
    }

    fn damaged(&self, part: Part) -> Unusable {
        Unusable::Damaged { path: self.path.clone(), part }
    }
}

/// Reads the header of a file of so many bytes, and whether the bytes are as many as it says.
fn header(file: &File, path: &str, bytes: u64) -> Result<Header, Unusable> {
    let path = || path.to_owned();
    let mut head = [0; 64];
    let there = head.get_mut(..usize::try_from(bytes.min(HEAD)).unwrap_or_default()).unwrap_or_default();
    file.read_exact_at(there, 0).map_err(|cause| Unusable::Unreadable { path: path(), cause })?;
    let (Some(said), Some(sum_of_it)) = (head.first_chunk::<HEADER>(), head.last_chunk::<8>()) else {
        return Err(Unusable::Damaged { path: path(), part: Part::Header });
    };
    let header =
        Header::parse(said).map_err(|error| Unusable::Other { path: path(), detail: error.to_string() })?;
    if bytes >= HEAD && sum::<8>(said) != *sum_of_it {
        return Err(Unusable::Damaged { path: path(), part: Part::Header });
    }
    let records = header.records.saturating_mul(size(RECORD));
    let expected = HEAD.saturating_add(header.index_size()).saturating_add(records);
    if bytes == expected { Ok(header) } else { Err(Unusable::Cut { path: path(), found: bytes, expected }) }
}

/// The first bytes of the SHA-256 of something.
fn sum<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let whole = digest(&SHA256, bytes);
    whole.as_ref().first_chunk().copied().unwrap_or([0; N])
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
