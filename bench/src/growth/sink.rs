//! Where rows go when a store is filled, and how far that has come.

use std::time::{Duration, Instant};

use model::time::Time;

use crate::trouble::Trouble;

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// None.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// A store that takes many rows at once: its indexes are made when all of them are there.
pub(crate) trait Sink {
    /// The rows that follow are of this table and have these columns, in the order of its key.
    fn begin(&mut self, table: &'static str, columns: &'static str) -> Result<(), Trouble>;
    /// The events that follow are of the month of `at`, or later.
    fn month(&mut self, at: Time) -> Result<(), Trouble>;
    /// One row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Trouble>;
    /// That was the last one of the table.
    fn end(&mut self) -> Result<(), Trouble>;
}

/// How often something is said.
const EVERY: Duration = Duration::from_secs(5);

/// Says on standard error, every few seconds, how far a long piece of work has come.
pub(crate) struct Progress {
    what: String,
    of: u64,
    done: u64,
    began: Instant,
    said: Instant,
}

impl Progress {
    /// Of `of` rows nothing is done yet.
    #[must_use]
    pub(crate) fn new(what: String, of: u64) -> Self {
        let now = Instant::now();
        Self { what, of, done: 0, began: now, said: now }
    }

    /// One more.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        // Looking at the clock for every row would cost more than some rows do.
        if self.done.is_multiple_of(4096) && self.said.elapsed() > EVERY {
            self.said = Instant::now();
            let rate = u128::from(self.done) * 1000 / self.began.elapsed().as_millis().max(1);
            let left = u128::from(self.of.saturating_sub(self.done)) / rate.max(1);
            eprintln!("bench:   {}: {} of {} rows, {rate}/s, {left} s left", self.what, self.done, self.of);
        }
    }
}
