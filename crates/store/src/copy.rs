//! Makes one store equal to another, of whatever kind, while the first one may be at work.
//!
//! 1. The source is read in one view, table by table, in the order of the keys, a page at a time. So is the target.
//! 2. Where the two differ, the source's row is written, or the target's deleted. What is equal is only compared:
//!    a copy that was interrupted goes on where it stopped by being made again, and one that is made again brings
//!    over what has changed.
//! 3. After the last commit the target is read once more, and the number of rows and their digest must be those of
//!    the source.
//!
//! Both sides are read in one form, in which they can be compared ([`form`]): the position of an event is a number,
//! and what points to a position points to that number. Memory does not grow with the stores.

mod changes;
pub(crate) mod form;
pub mod marks;
mod pages;
pub(crate) mod side;
pub mod sums;

use std::ops::ControlFlow;

use model::fault::Fault;

use crate::Store;
use crate::tables::{EVENTS, Statements};
use changes::Changes;
use form::Form;
use pages::Pages;
use side::{Purpose, Side};
use sums::{Sum, Summing};

/// Which part of the work a [`Progress`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Rows are compared, and written where they differ.
    Copying,
    /// What was written is read back.
    Verifying,
    /// A file is written in one go; bytes are counted in place of rows.
    Writing,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// With what.
    pub stage: Stage,
    /// In which table.
    pub table: &'static str,
    /// Rows of all tables so far.
    pub done: u64,
    /// Rows of all tables together, about.
    pub of: u64,
}

/// Is told how far the work has come, every few thousand rows, and may end it there.
pub type Watch<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// One table after the copy.
#[derive(Clone, Debug)]
pub struct Copied {
    /// Its rows and their digest, on both sides.
    pub sum: Sum,
    /// How many rows were written or deleted to get there.
    pub changed: u64,
}

/// Copies the nouns and the record of `source` to `target`, which must be empty or a copy of the same installation
/// that nothing has worked on since; see [`marks`]. Both have the same keys, or they could not both be open with
/// them.
///
/// # Errors
/// A fault of either database; one that says so when `target` is something else, when `watch` ended the work, or
/// when what was read back is not what was written.
pub fn copy(source: &Store, target: &Store, watch: Watch<'_>) -> Result<Vec<Copied>, Fault> {
    marks::take_for_a_copy(target, &source.place_in_words())?;
    let mut from = Side::open(source, Purpose::View)?;
    let mut to = Side::open(target, Purpose::Fill)?;
    let mut of = 0_u64;
    for statements in from.statements() {
        of = of.saturating_add(from.about(statements)?);
    }
    let mut work = Work { from: &mut from, to: &mut to, watch, done: 0, of };
    let copied = work.all()?;
    work.verify(&copied)?;
    drop(to);
    marks::finish_a_copy(target, &source.place_in_words())?;
    Ok(copied)
}

struct Work<'a> {
    from: &'a mut Side,
    to: &'a mut Side,
    watch: Watch<'a>,
    done: u64,
    of: u64,
}

/// What becomes of rows of the target that the source does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Surplus {
    Goes,
    /// Others may still refer to them.
    Stays,
}

impl Work<'_> {
    fn all(&mut self) -> Result<Vec<Copied>, Fault> {
        let mut form = Form::read(self.from)?;
        let mut copied = Vec::new();
        let mut left = Vec::new();
        for (from, to) in self.from.statements().iter().zip(self.to.statements()) {
            if from.table.name == EVENTS {
                self.anchor(from, &mut form)?;
            }
            let surplus = if from.table.referred_to { Surplus::Stays } else { Surplus::Goes };
            let (sum, changed, stayed) = self.table((from, to), &mut form, surplus)?;
            if stayed > 0 {
                left.push((from, to));
            }
            copied.push(Copied { sum, changed });
        }
        for tables in left {
            let (_, changed, _) = self.table(tables, &mut Form::default(), Surplus::Goes)?;
            let name = tables.0.table.name;
            if let Some(copied) = copied.iter_mut().find(|copied| copied.sum.table == name) {
                copied.changed = copied.changed.saturating_add(changed);
            }
        }
        self.to.count_on(form.last())?;
        Ok(copied)
    }

    /// Numbers go on as an earlier copy gave them, even if the events before have been deleted since.
    fn anchor(&mut self, from: &'static Statements, form: &mut Form) -> Result<(), Fault> {
        let Some(first) = Pages::of(from).next(self.from)? else { return Ok(()) };
        if let Some(number) = form::number_of(self.to, &first)? {
            form.count_from(number);
        }
        Ok(())
    }

    /// Steps 1 and 2 for one table: its sum, how many rows changed, how many are left over.
    fn table(
        &mut self,
        (from, to): (&'static Statements, &'static Statements),
        form: &mut Form,
        surplus: Surplus,
    ) -> Result<(Sum, u64, u64), Fault> {
        let mut summing = Summing::new(from.table.name);
        let mut changes = Changes::of(to);
        let (mut source, mut target) = (Pages::of(from), Pages::of(to));
        let mut theirs = target.next(self.to)?;
        let mut stayed = 0_u64;
        loop {
            let ours = match source.next(self.from)? {
                Some(row) => Some(form.canonical(from, row)?),
                None => None,
            };
            let ours = ours.inspect(|row| summing.add(row)).map(|row| form::shaped(&row, to));
            // All that stands before this row on the other side.
            while let Some(row) = &theirs
                && ours.as_ref().is_none_or(|ours| form::before(row, ours, to.key))
            {
                if surplus == Surplus::Goes {
                    changes.delete(row)
                } else {
                    stayed = stayed.saturating_add(1)
                }
                theirs = target.next(self.to)?;
            }
            let Some(ours) = ours else { break };
            match theirs.take_if(|row| form::same_key(row, &ours, to.key)) {
                Some(row) => {
                    if row.0 != ours.0 {
                        changes.replace(ours);
                    }
                    theirs = target.next(self.to)?;
                }
                None => changes.insert(ours),
            }
            self.done = self.done.saturating_add(1);
            if changes.are_many() {
                changes.write(self.to)?;
            }
            if self.done.is_multiple_of(STEP) {
                self.tell(Stage::Copying, from.table.name)?;
            }
        }
        changes.write(self.to)?;
        self.tell(Stage::Copying, from.table.name)?;
        Ok((summing.end(), changes.made(), stayed))
    }

    /// Step 3.
    fn verify(&mut self, copied: &[Copied]) -> Result<(), Fault> {
        self.done = 0;
        self.of = copied.iter().map(|copied| copied.sum.rows).sum();
        let (of, watch) = (self.of, &mut *self.watch);
        let found = sums::of_side(self.to, &mut |table, done| {
            told(watch(Progress { stage: Stage::Verifying, table, done, of }))
        })?;
        for (copied, found) in copied.iter().zip(found) {
            if copied.sum != found {
                return Err(Fault::new(
                    "what was read back is not what was written",
                    format!("the table {} differs; run the copy again", found.table),
                ));
            }
        }
        Ok(())
    }

    fn tell(&mut self, stage: Stage, table: &'static str) -> Result<(), Fault> {
        let of = self.of.max(self.done);
        told((self.watch)(Progress { stage, table, done: self.done, of }))
    }
}

/// After how many rows somebody is told.
pub(crate) const STEP: u64 = 4096;

pub(crate) fn told(answer: ControlFlow<()>) -> Result<(), Fault> {
    match answer {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            Err(Fault::plain("the copy was ended before it was done; made again, it goes on from there"))
        }
    }
}
