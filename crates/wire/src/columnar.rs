//! Records of other systems as columns: files in the Parquet format, of one schema.
//!
//! Implements: Apache Parquet format 2.x (by the crate `parquet`), of which a file of records uses flat columns alone. What a
//! file claims of itself is looked at before anything is allocated for it (`shape`), and the foreign parser runs guarded: a
//! file that it trips over is a file that cannot be read, and ends nothing.

mod layout;
mod read;
mod schema;
mod shape;
#[cfg(test)]
mod tests;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::Malformed;
use crate::foreign::Row;

pub use read::{Footer, Group, MOST_COPIES, Span, TAIL, tail};
pub use schema::{COLUMNS, Column, Kind};
pub use write::Writer;

/// The first bytes of a file, and the last.
pub const MAGIC: &[u8; 4] = b"PAR1";
/// The version of the schema, as a file carries it.
pub const VERSION: &str = "1";
/// Under which name a file carries that version.
pub const VERSION_KEY: &str = "bidden.records";
/// Under which name a file carries what was read beside the records ([`Beside`]).
pub const BESIDE_KEY: &str = "bidden.beside";
/// A column that a file may have beside [`COLUMNS`]: for how many records that are alike a row stands.
pub const COPIES: &str = "copies";

/// Largest description of a file that is read, in bytes.
pub const LARGEST_FOOTER: usize = 32 << 20;
/// Largest group of rows that is read, in bytes as they stand in the file.
pub const LARGEST_GROUP: usize = 64 << 20;
/// Largest group of rows once it is unpacked, in bytes.
const LARGEST_UNPACKED: usize = 256 << 20;
/// Longest text, in bytes; a longer one is cut when it is written, and refused when it is read.
pub const LONGEST_TEXT: usize = 1 << 20;

const WHAT: &str = "file of records";

/// One record.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "handed on one at a time, and never kept")]
pub enum Record<'a> {
    /// Of another system.
    Row(Row<'a>),
    /// An event of a server of ours, as its JSON.
    Own {
        /// When: microseconds since 1970-01-01T00:00:00Z.
        at: i64,
        /// The event.
        event: &'a str,
    },
}

/// What was read beside the records: without it, a report on a file would not know what the originals could not show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Records that are of no person, or of no kind that is known.
    #[serde(default)]
    pub other: u64,
    /// Rows that could not be read.
    #[serde(default)]
    pub bad: u64,
    /// Inputs that end in the middle of a record.
    #[serde(default)]
    pub half_written: u64,
    /// Dates whose day and month could stand the other way round.
    #[serde(default)]
    pub ambiguous: u64,
    /// Names of inputs that have as many records as exports stop at, and how many.
    #[serde(default)]
    pub capped: Vec<(String, u64)>,
    /// Names of inputs that could not be read to their end, and why.
    #[serde(default)]
    pub broken: Vec<(String, String)>,
    /// What was left out of the records on purpose, each way of it once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed: Vec<Narrowed>,
}

/// To what records were narrowed before they were written: the others are not there to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowed {
    /// Records from then on: microseconds since 1970-01-01T00:00:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Records until then, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Records of these users, or about them; `*` stands for anything. Of everybody where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
}

const fn refuse(expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at: 0, expected }
}

/// Runs the foreign parser.
fn guarded<T>(look: impl FnOnce() -> parquet::errors::Result<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(look)).ok().and_then(Result::ok)
}
