//! What the engine says of itself, on standard error: its troubles where it serves, all of it where somebody asked.

use log::{LevelFilter, Log, Metadata, Record};

struct Noise;

impl Log for Noise {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        eprintln!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// Lets through what is wanted.
pub(crate) fn let_through(all: bool, troubles: bool) {
    let level = match (all, troubles) {
        (true, _) => LevelFilter::Info,
        (false, true) => LevelFilter::Warn,
        // What it means for the result is said at the end, once.
        (false, false) => LevelFilter::Off,
    };
    // There is no other.
    if log::set_logger(&Noise).is_ok() {
        log::set_max_level(level);
    }
}
