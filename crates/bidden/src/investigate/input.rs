//! Where records come from: files, folders, patterns, archives, standard input; unpacked, and in UTF-8.

use std::fs::{self, File};
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Failed;

mod pattern;
mod utf16;

/// Bytes at the beginning that say how something is packed.
const MAGIC: usize = 4;

/// One thing that is read from its beginning to its end.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// What a report calls it.
    pub(crate) name: String,
    place: Place,
    /// How many bytes it takes on disk; not known of standard input.
    pub(crate) size: Option<u64>,
}

#[derive(Clone, Debug)]
enum Place {
    Standard,
    File(PathBuf),
    Member(PathBuf, usize),
}

impl Input {
    /// Everything that the words of a command line name, in the order of names within a folder.
    ///
    /// # Errors
    /// When there is nothing of that name, or an archive cannot be read.
    pub(crate) fn gather(words: &[String]) -> Result<Vec<Self>, Failed> {
        let mut all = Vec::new();
        for word in words {
            if word == "-" {
                all.push(Self { name: "standard input".to_owned(), place: Place::Standard, size: None });
                continue;
            }
            let before = all.len();
            for path in pattern::expand(word).map_err(|error| Failed(format!("{word}: {error}")))? {
                add(&path, &mut all)?;
            }
            if all.len() == before {
                return Err(Failed(format!("{word}: there is nothing of that name")));
            }
        }
        Ok(all)
    }

    /// Whether it can be read a second time.
    pub(crate) const fn can_be_read_again(&self) -> bool {
        !matches!(self.place, Place::Standard)
    }

    /// Opens it; `read` counts the bytes that are taken from the disk.
    ///
    /// # Errors
    /// When the system cannot open it.
    pub(crate) fn open(&self, read: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
        let counted = |from| Counted { from, read: Arc::clone(read) };
        match &self.place {
            Place::Standard => text(unpacked(Counted { from: io::stdin(), read: Arc::clone(read) })?),
            Place::File(path) => text(unpacked(counted(File::open(path)?))?),
            Place::Member(path, n) => {
                let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
                let start = archive.by_index(*n)?.data_start();
                drop(start);
                text(member(path, *n, counted)?)
            }
        }
    }

    /// The last bytes of a plain file, for a look at where it ends.
    pub(crate) fn end(&self, bytes: u64) -> Option<Vec<u8>> {
        let Place::File(path) = &self.place else { return None };
        let mut file = File::open(path).ok()?;
        let mut magic = [0; MAGIC];
        file.read_exact(&mut magic).ok()?;
        if is_packed(&magic) || magic.starts_with(b"\xff\xfe") || magic.starts_with(b"\xfe\xff") {
            return None;
        }
        let from = self.size?.checked_sub(bytes)?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(from)).ok()?;
        let mut end = Vec::new();
        file.take(bytes).read_to_end(&mut end).ok()?;
        Some(end)
    }
}
