//! How far a run has come: a bar on a terminal, a line every few seconds anywhere else.

use std::cell::RefCell;
use std::sync::atomic::Ordering;

use crate::commands::store::progress::{Bar, Step};

use super::atlas::Atlas;
use super::blind::number;
use super::source::Shared;

const MEGABYTE: u64 = 1_000_000;

/// See the module.
pub(super) struct Progress {
    bar: Option<RefCell<Bar>>,
    bytes: Option<u64>,
    shared: Shared,
}

impl Progress {
    /// Nothing is shown.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        Self { bar: None, bytes: None, shared: Shared::default() }
    }

    /// A bar over so many bytes; where these are not known, only what has been done is told.
    pub(super) fn new(bytes: Option<u64>, wanted: bool, atlas: Atlas) -> Self {
        Self { bar: wanted.then(|| RefCell::new(Bar::new())), bytes, shared: Shared::new(atlas) }
    }

    /// What readers write to.
    pub(super) fn shared(&self) -> Shared {
        self.shared.clone()
    }

    /// So many records have been seen.
    pub(super) fn at(&self, records: u64) {
        self.tell("reading", records);
    }

    /// So many of all records have come out of the sort.
    pub(super) fn sorted(&self, records: u64) {
        self.tell("sorting", records);
    }

    /// It begins again.
    pub(super) fn again(&self) {
        self.shared.taken.store(0, Ordering::Relaxed);
        self.tell("reading again, to sort", 0);
    }

    fn tell(&self, doing: &str, records: u64) {
        let Some(mut bar) = self.bar.as_ref().and_then(|bar| bar.try_borrow_mut().ok()) else { return };
        let taken = self.shared.taken.load(Ordering::Relaxed);
        let rate = taken / bar.seconds().max(1);
        let left = self.bytes.map(|all| all.saturating_sub(taken) / rate.max(1));
        let left = left.map_or_else(String::new, |left| format!(", {left} s left"));
        let what = format!("{} records, {} MB/s{left}", number(records), rate / MEGABYTE);
        let (done, of) = (taken / MEGABYTE, self.bytes.unwrap_or(taken) / MEGABYTE);
        bar.show(Step { doing, what: &what, done, of, unit: "MB" });
    }

    /// The bar goes.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.borrow_mut().end();
        }
    }
}
