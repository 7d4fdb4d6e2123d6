//! `--to-parquet`: the records as they come in the order of time, as files of columns (`wire::columnar`) in one folder.
//!
//! Files are hidden while they are written, and get their names when all of them are whole: what lies there is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use model::event::imported::row;
use serde::Serialize;
use wire::columnar::{Beside, Record, Writer};
use wire::foreign::Arena;

use crate::Failed;

use super::source::{Seen, Shared};

/// Bytes after which another file is begun.
const LARGE: usize = 128 << 20;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Written {
    pub(super) folder: String,
    pub(super) files: usize,
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// Whether nothing else was wanted.
    pub(super) records_only: bool,
}

/// See the module.
pub(super) struct Archive {
    folder: PathBuf,
    open: Option<Writer<BufWriter<File>>>,
    files: usize,
    records: u64,
    arena: Arena,
    /// Why nothing is written any more.
    failed: Option<io::Error>,
    shared: Shared,
}

impl Archive {
    /// Makes sure that there is such a folder, with no records in it.
    ///
    /// # Errors
    /// When there is none and none can be made, or it has Parquet files.
    pub(super) fn prepare(folder: &Path) -> Result<(), Failed> {
        let told = |error: io::Error| Failed(format!("{}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(told)?;
        for entry in fs::read_dir(folder).map_err(told)? {
            let name = entry.map_err(told)?.file_name();
            let name = name.to_string_lossy();
            if name.ends_with(".parquet") && !name.starts_with('.') {
                let text = format!(
                    "{}: it has Parquet files already ({name}); name another folder.",
                    folder.display()
                );
                return Err(Failed(text));
            }
        }
        Ok(())
    }

    /// Begins, and begins anew where it was begun before.
    pub(super) fn new(folder: &Path, shared: Shared) -> Self {
        Self {
            folder: folder.to_owned(),
            open: None,
            files: 0,
            records: 0,
            arena: Arena::default(),
            failed: None,
            shared,
        }
    }

    /// Takes a record. What goes wrong stops the reading, and is told at the end.
    pub(super) fn push(&mut self, seen: &Seen) {
        if self.failed.is_none()
            && let Err(error) = self.write(seen)
        {
            self.failed = Some(error);
            self.shared.stop.store(true, Ordering::Relaxed);
        }
    }

    fn write(&mut self, seen: &Seen) -> io::Result<()> {
        let writer = match &mut self.open {
            Some(writer) => writer,
            None => self.open.insert(begin(&self.path(self.files, false))?),
        };
        match row(&seen.event, seen.format, &self.arena) {
            Some(row) => writer.push(&Record::Row(row))?,
            None => {
                let event = serde_json::to_string(&seen.event)?;
                writer.push(&Record::Own { at: seen.event.at.micros(), event: &event })?;
            }
        }
        self.arena.clear();
        self.records += 1;
        if writer.written() >= LARGE { self.end(&Beside::default()) } else { Ok(()) }
    }

    fn end(&mut self, beside: &Beside) -> io::Result<()> {
        let Some(writer) = self.open.take() else { return Ok(()) };
        writer.finish(beside)?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        self.files += 1;
        Ok(())
    }

    fn path(&self, number: usize, whole: bool) -> PathBuf {
        let dot = if whole { "" } else { "." };
        self.folder.join(format!("{dot}records-{number:05}.parquet"))
    }

    /// Ends the last file, and gives all of them their names.
    ///
    /// # Errors
    /// When a file could not be written.
    pub(super) fn finish(mut self, beside: &Beside, records_only: bool) -> Result<Written, Failed> {
        let folder = self.folder.display().to_string();
        let told = |error: io::Error| Failed(format!("{folder}: {error}"));
        if let Some(error) = self.failed.take() {
            return Err(told(error));
        }
        if self.open.is_none() {
            // Also where nothing was read: what was read beside it is known then.
            self.open = Some(begin(&self.path(self.files, false)).map_err(told)?);
        }
        self.end(beside).map_err(told)?;
        let mut bytes = 0;
        for number in 0..self.files {
            let whole = self.path(number, true);
            fs::rename(self.path(number, false), &whole).map_err(told)?;
            bytes += fs::metadata(&whole).map_err(told)?.len();
        }
        Ok(Written { folder: folder.clone(), files: self.files, records: self.records, bytes, records_only })
    }
}

fn begin(path: &Path) -> io::Result<Writer<BufWriter<File>>> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    Writer::new(BufWriter::with_capacity(1 << 18, file))
}
