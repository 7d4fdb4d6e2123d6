//! The disk by itself: how many writes a second one thread gets onto it, one after the other.

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
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
    let (appended, appended_per_second) = flushes(&path, time / 2, None)?;
    let (in_place, in_place_per_second) = flushes(&path, time / 2, Some(BLOCKS_IN_PLACE))?;
    std::fs::remove_file(&path).map_err(Trouble::system(format!("removing {}", path.display())))?;
    Ok(Disk {
        appended_per_second,
        appended: appended.summary(),
        in_place_per_second,
        in_place: in_place.summary(),
    })
}

fn flushes(path: &Path, time: Duration, in_place: Option<u32>) -> Result<(Samples, f64), Trouble> {
    let told = |error| Trouble::System { what: format!("writing {}", path.display()), error };
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(path).map_err(told)?;
    for _ in 0..in_place.unwrap_or(0) {
        file.write_all(&BLOCK).map_err(told)?;
    }
    file.sync_all().map_err(told)?;
    let (mut samples, began, mut next) = (Samples::default(), Instant::now(), 0);
    while began.elapsed() < time {
        if let Some(blocks) = in_place {
            if next % blocks == 0 {
                file.seek(SeekFrom::Start(0)).map_err(told)?;
            }
            next += 1;
        }
        let one = Instant::now();
        file.write_all(&BLOCK).map_err(told)?;
        file.sync_data().map_err(told)?;
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
