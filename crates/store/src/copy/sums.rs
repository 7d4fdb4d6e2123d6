//! How many rows a table has and the digest of them all: what two stores are compared by, and a backup by itself.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use model::fault::Fault;

use crate::Store;
use crate::copy::form::Form;
use crate::copy::pages::Pages;
use crate::copy::side::{Purpose, Side};
use crate::copy::{Progress, Stage, Watch};
use crate::copy::{STEP, told};
use crate::value::{Cell, Row};

/// One table, summed up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over all cells in the order of the key.
    pub digest: [u8; 32],
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows, {}", self.table, self.rows, wire::token::hex(&self.digest))
    }
}

/// The sum of a table on the way.
pub(crate) struct Summing {
    table: &'static str,
    rows: u64,
    context: Context,
}

impl Summing {
    pub(crate) fn new(table: &'static str) -> Self {
        Self { table, rows: 0, context: Context::new(&SHA256) }
    }

    pub(crate) fn add(&mut self, row: &Row) {
        self.rows = self.rows.saturating_add(1);
        for cell in &row.0 {
            match cell {
                Cell::Null => self.context.update(&[0]),
                Cell::Int(value) => {
                    self.context.update(&[1]);
                    self.context.update(&value.to_be_bytes());
                }
                Cell::Text(text) => self.sized(2, text.as_bytes()),
                Cell::Bytes(bytes) => self.sized(3, bytes),
            }
        }
    }

    fn sized(&mut self, kind: u8, bytes: &[u8]) {
        self.context.update(&[kind]);
        self.context.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.context.update(bytes);
    }

    pub(crate) fn end(self) -> Sum {
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(self.context.finish().as_ref()) {
            *to = *from;
        }
        Sum { table: self.table, rows: self.rows, digest }
    }
}

/// The sums of all tables of a store, read in one view: two stores with the same sums hold the same.
///
/// # Errors
/// A fault of the database, or that `watch` ended it.
pub fn sums(store: &Store, watch: Watch<'_>) -> Result<Vec<Sum>, Fault> {
    let mut side = Side::open(store, Purpose::View)?;
    let mut of = 0_u64;
    for statements in side.statements() {
        of = of.saturating_add(side.about(statements)?);
    }
    of_side(&mut side, &mut |table, done| {
        told(watch(Progress { stage: Stage::Verifying, table, done, of: of.max(done) }))
    })
}

/// The sums of one side; `told` hears how many rows of which table it has come to.
pub(crate) fn of_side(
    side: &mut Side,
    told: &mut dyn FnMut(&'static str, u64) -> Result<(), Fault>,
) -> Result<Vec<Sum>, Fault> {
    let mut form = Form::read(side)?;
    let mut done = 0_u64;
    let mut sums = Vec::new();
    for statements in side.statements() {
        let mut summing = Summing::new(statements.table.name);
        let mut pages = Pages::of(statements);
        while let Some(row) = pages.next(side)? {
            summing.add(&form.canonical(statements, row)?);
            done = done.saturating_add(1);
            if done.is_multiple_of(STEP) {
                told(statements.table.name, done)?;
            }
        }
        told(statements.table.name, done)?;
        sums.push(summing.end());
    }
    Ok(sums)
}
