//! What the engine says of itself, on standard error: its troubles where it serves, all of it where somebody asked.

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};

/// The line that was said last: an executor without a scheduler would say the same twenty times a second.
struct Noise(Mutex<String>);

static NOISE: Noise = Noise(Mutex::new(String::new()));

impl Log for Noise {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {}: {}", record.level(), record.target(), record.args());
        let Ok(mut last) = self.0.lock() else { return };
        if *last != line {
            eprintln!("{line}");
            *last = line;
        }
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
    if log::set_logger(&NOISE).is_ok() {
        log::set_max_level(level);
    }
}
