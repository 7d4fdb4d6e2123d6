//! Tables of records: a heading line that says what each column is, then one record a line, which may be many lines long
//! where cells hold JSON.
//!
//! Implements: RFC 4180 §2, for tables of any length and with cells of any length; the strict reader is [`crate::csv`].

use super::arena::Arena;
use super::key::{self, Key};
use super::moment::{self, DateOrder};
use super::record::{Draft, Read};
use super::walk::{Member, Take};
use crate::Malformed;

const WHAT: &str = "row of a table";
/// Most columns.
const MOST_COLUMNS: usize = 512;

/// What the columns of a table are, and how its dates are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Key>,
    separator: u8,
    order: DateOrder,
    /// Whether nothing in the table told the order of its dates, so far.
    guessed: bool,
}

impl Table {
    /// Reads a heading line; none where it is not the heading of any export that is known.
    #[must_use]
    pub fn heading(line: &[u8]) -> Option<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|separator| line.iter().filter(|byte| *byte == separator).count())
            .unwrap_or(b',');
        let text = str::from_utf8(line).ok()?;
        let arena = Arena::default();
        let cells = cells(text.trim_end_matches(['\n', '\r']), separator, &arena).ok()?;
        let columns: Vec<Key> = cells.iter().map(|heading| key::column(heading)).collect();
        let has = |keys: &[Key]| keys.iter().any(|key| columns.contains(key));
        let timed =
            has(&[Key::Created, Key::Generated, Key::CreationDate, Key::ActivityTime, Key::CreationTime]);
        let known = has(&[Key::AuditData])
            || timed && has(&[Key::Upn, Key::UserId, Key::InitiatedBy, Key::Operation]);
        known.then_some(Self { columns, separator, order: DateOrder::default(), guessed: true })
    }

    /// Looks at some rows to learn in which order the dates have day and month.
    #[must_use]
    pub fn with_order_of(mut self, rows: &[&[u8]]) -> Self {
        let arena = Arena::default();
        let mut dates = Vec::new();
        for row in rows {
            let Some(cells) =
                str::from_utf8(row).ok().and_then(|row| cells(row, self.separator, &arena).ok())
            else {
                continue;
            };
            for (column, cell) in self.columns.iter().zip(cells) {
                if matches!(column, Key::Created | Key::Generated | Key::CreationDate | Key::ActivityTime) {
                    dates.push(cell);
                }
            }
        }
        if let Some(order) = moment::order_of(dates) {
            (self.order, self.guessed) = (order, false);
        }
        self
    }

    /// Reads one row.
    ///
    /// # Errors
    /// [`Malformed`] for what is no row in UTF-8, and for one whose time cannot be read.
    pub fn read<'a>(&self, row: &'a [u8], arena: &'a Arena) -> Result<Read<'a>, Malformed> {
        let text = str::from_utf8(row).map_err(|error| Malformed {
            what: WHAT,
            at: error.valid_up_to(),
            expected: "UTF-8",
        })?;
        let cells = cells(text.trim_end_matches(['\n', '\r']), self.separator, arena)?;
        let mut draft = Draft { cells: true, ..Draft::default() };
        for (column, cell) in self.columns.iter().zip(cells) {
            if *column == Key::Unknown || cell.is_empty() {
                continue;
            }
            // A cell that is not what its column promises leaves nothing behind.
            let _ = draft.take(*column, Member::cell(cell, arena));
        }
        let mut read = draft.finish(self.order)?;
        if let Read::Row(row) = &mut read {
            row.ambiguous &= self.guessed;
        }
        Ok(read)
    }
}

/// The cells of one record.
fn cells<'a>(line: &'a str, separator: u8, arena: &'a Arena) -> Result<Vec<&'a str>, Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    let mut all = Vec::with_capacity(80);
    let mut at = 0_usize;
    loop {
        if all.len() == MOST_COLUMNS {
            return Err(refuse(at, "at most 512 cells"));
        }
        let rest = line.get(at..).unwrap_or_default();
        let taken = match rest.strip_prefix('"') {
            Some(inner) => {
                let (length, doubled) = quoted(inner).ok_or(refuse(at, "a closing quote"))?;
                let text = inner.get(..length).unwrap_or_default();
                all.push(if doubled { arena.keep(text.replace("\"\"", "\"")) } else { text });
                length.saturating_add(2)
            }
            None => {
                let length = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
                all.push(rest.get(..length).unwrap_or_default());
                length
            }
        };
        at = at.saturating_add(taken);
        match line.as_bytes().get(at) {
            None => return Ok(all),
            Some(byte) if *byte == separator => at = at.saturating_add(1),
            Some(_) => return Err(refuse(at, "a separator after the closing quote")),
        }
    }
}

/// How long the text is that ends at the next lone quote, and whether there are doubled ones in it.
fn quoted(text: &str) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let (mut at, mut doubled) = (0_usize, false);
    loop {
        at = at.checked_add(memchr::memchr(b'"', bytes.get(at..)?)?)?;
        if bytes.get(at.checked_add(1)?) != Some(&b'"') {
            return Some((at, doubled));
        }
        doubled = true;
        at = at.checked_add(2)?;
    }
}
