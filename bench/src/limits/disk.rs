//! The disk by itself: how many writes a second one thread gets onto it, one after the other.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::latency::{Samples, Summary};
use crate::report::per_second;
use crate::trouble::Trouble;

/// One page of the store, and one block of the file system.
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// How many blocks are written over and over: as much as a write-ahead log holds before it begins again.
const BLOCKS_IN_PLACE: u32 = 1000;

/// `fdatasync` after each 4 KiB, in a loop, by one thread.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Disk {
    /// Each block makes the file longer, so the file system's journal is written too.
    pub(crate) appended_per_second: f64,
    /// How long one of these takes.
    pub(crate) appended: Summary,
    /// Each block was there before, as in a write-ahead log that was grown at the start.
    pub(crate) in_place_per_second: f64,
    /// How long one of these takes.
    pub(crate) in_place: Summary,
}

/// Measures in a file of its own in `directory`, half the time each way.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn measure(directory: &Path, time: Duration) -> Result<Disk, Trouble> {
    let path = directory.join("flush.tmp");
    let mut file = opened(&path)?;
    let (appended, appended_per_second) = flushes(time / 2, || flush(&mut file, &path))?;
    let mut file = InPlace::new(&path)?;
    let (in_place, in_place_per_second) = flushes(time / 2, || file.flush())?;
    std::fs::remove_file(&path).map_err(Trouble::system(format!("removing {}", path.display())))?;
    Ok(Disk {
        appended_per_second,
        appended: appended.summary(),
        in_place_per_second,
        in_place: in_place.summary(),
    })
}

/// A file whose blocks are there already, each of which is written and flushed in turn.
pub(crate) struct InPlace {
    file: File,
    path: PathBuf,
    next: u32,
}

impl InPlace {
    /// Makes the file.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn new(path: &Path) -> Result<Self, Trouble> {
        let (file, path) = (opened(path)?, path.to_owned());
        let mut this = Self { file, path, next: 0 };
        for _ in 0..BLOCKS_IN_PLACE {
            this.file.write_all(&BLOCK).map_err(told(&this.path))?;
        }
        this.file.sync_all().map_err(told(&this.path))?;
        Ok(this)
    }

    /// Writes the next block and waits until the disk has it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Trouble> {
        if self.next.is_multiple_of(BLOCKS_IN_PLACE) {
            self.file.seek(SeekFrom::Start(0)).map_err(told(&self.path))?;
        }
        self.next = self.next.wrapping_add(1);
        flush(&mut self.file, &self.path)
    }
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> Trouble + Copy {
    move |error| Trouble::System { what: format!("writing {}", path.display()), error }
}

fn opened(path: &Path) -> Result<File, Trouble> {
    OpenOptions::new().create(true).truncate(true).write(true).open(path).map_err(told(path))
}

fn flush(file: &mut File, path: &Path) -> Result<(), Trouble> {
    file.write_all(&BLOCK).map_err(told(path))?;
    file.sync_data().map_err(told(path))
}

fn flushes(
    time: Duration,
    mut flush: impl FnMut() -> Result<(), Trouble>,
) -> Result<(Samples, f64), Trouble> {
    let (mut samples, began) = (Samples::default(), Instant::now());
    while began.elapsed() < time {
        let one = Instant::now();
        flush()?;
        samples.add(one.elapsed());
    }
    let rate = per_second(samples.count(), began.elapsed());
    Ok((samples, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_measurement_counts_flushes_and_leaves_nothing_behind() {
        let directory = std::env::temp_dir().join(format!("bidden-bench-disk-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let disk = measure(&directory, Duration::from_millis(60)).unwrap();
        assert!(disk.appended_per_second > 0.0 && disk.in_place_per_second > 0.0);
        assert!(disk.appended.p50_ms <= disk.appended.p99_ms);
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
