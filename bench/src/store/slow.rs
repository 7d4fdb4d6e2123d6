//! A slower disk: every flush takes at least so long, for both sides, the raw disk and PostgreSQL alike. The disks that
//! databases run on need one to five milliseconds for a flush that survives the loss of power; that of a build machine
//! often answers in thirty microseconds.
//!
//! This program starts itself once more with a small C library before it, which waits before `fdatasync` and `fsync`.

use std::path::Path;
use std::process::Command;

use crate::trouble::Trouble;

/// Set in the environment of the second start.
const SLOW: &str = "BENCH_FLUSH_SLOWED";

const LIBRARY: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
static void wait_first(void) {
  static long nanoseconds = -1;
  if (nanoseconds < 0) {
    const char *text = getenv("BENCH_FLUSH_SLOWED");
    nanoseconds = text ? atol(text) * 1000 : 0;
  }
  struct timespec length = { nanoseconds / 1000000000, nanoseconds % 1000000000 };
  if (nanoseconds > 0) nanosleep(&length, 0);
}
int fdatasync(int file) {
  wait_first();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
int fsync(int file) {
  wait_first();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}
"#;

/// Starts this program again on the slower disk and says how that ended; none if it is the second start, or nothing is
/// to be slowed.
///
/// # Errors
/// What keeps the library from being built (Debian: gcc), or the program from being started.
pub(crate) fn again(microseconds: u32) -> Result<Option<bool>, Trouble> {
    if microseconds == 0 || std::env::var_os(SLOW).is_some() {
        return Ok(None);
    }
    let directory = std::env::temp_dir().join(format!("bidden-bench-slow-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(Trouble::system("making a directory"))?;
    let outcome = started(&directory, microseconds);
    let _ = std::fs::remove_dir_all(&directory);
    outcome.map(Some)
}

fn started(directory: &Path, microseconds: u32) -> Result<bool, Trouble> {
    let (source, library) = (directory.join("slow.c"), directory.join("slow.so"));
    std::fs::write(&source, LIBRARY).map_err(Trouble::system("writing the library"))?;
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl")
        .status()
        .map_err(Trouble::system("running `cc` (Debian: gcc)"))?;
    if !built.success() {
        return Err(Trouble::Unexpected("the library that slows flushes cannot be built".to_owned()));
    }
    let program = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
    let status = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SLOW, microseconds.to_string())
        .env("LD_PRELOAD", &library)
        .status()
        .map_err(Trouble::system("starting this program again"))?;
    Ok(status.success())
}
