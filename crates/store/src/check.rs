//! Looks whether what must always hold does hold, in one view of a store, beside whoever works on it.
//!
//! What is looked for is in [`rules`] (statements over the nouns), [`ledger`] (sums) and [`record`] (the events, one
//! by one). A rule that is broken names up to three examples by identifier, never by anything secret.

mod engine;
mod ledger;
mod record;
mod rules;

use model::fault::Fault;
use model::id::EventId;
use model::time::Time;

use crate::copy::side::at_leisure;
use crate::events;
use crate::handle::Place;
use crate::tx::Reader;
use crate::value::{Arg, Cell, Row};
use crate::{Store, copy};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The time.
    pub now: Time,
    /// The jobs that there are leases for.
    pub jobs: &'a [&'a str],
    /// All events one by one, not only the newest 100,000, and every page of a file with all its indexes.
    pub full: bool,
}

/// One rule, looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its stable name.
    pub name: &'static str,
    /// What must hold.
    pub meaning: &'static str,
    /// How many rows break it.
    pub broken: u64,
    /// Up to three of them.
    pub examples: Vec<String>,
}

/// How many examples are named.
const EXAMPLES: usize = 3;

impl Finding {
    /// A rule that holds as far as anybody has seen yet.
    const fn of(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, broken: 0, examples: Vec::new() }
    }

    /// One more row that breaks it.
    fn breaks(&mut self, example: impl FnOnce() -> String) {
        self.broken = self.broken.saturating_add(1);
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }
}

/// Looks at everything.
///
/// # Errors
/// A fault of the database: then nothing is known.
pub fn check(store: &Store, asked: Asked<'_>) -> Result<Vec<Finding>, Fault> {
    let shared = matches!(store.place(), Place::Postgres(_));
    at_leisure(store, |reader| {
        // What time has brought is judged by the last sign of life: a server that stood still did nothing wrong.
        let newest = events::newest_time(reader)?;
        let awake = newest.unwrap_or(asked.now).min(asked.now);
        let now = newest.map_or(asked.now, |newest| newest.max(asked.now));
        let mut found = engine::look(reader, shared, asked.full)?;
        found.extend(rules::look(reader, awake, asked.jobs)?);
        found.extend(ledger::look(reader, now.day())?);
        found.extend(record::look(reader, shared, asked.full)?);
        Ok(found)
    })
}

/// A statement in two forms: how many rows it finds, and some of them by identifier.
struct Sought {
    count: &'static str,
    some: &'static str,
}

/// Both forms of a statement that selects one identifier for every row that breaks a rule.
macro_rules! sought {
    ($($sql:expr),+ $(,)?) => {
        $crate::check::Sought {
            count: concat!("SELECT COUNT(*) FROM (", $($sql),+, ") AS found"),
            some: concat!($($sql),+, " LIMIT 3"),
        }
    };
}
use sought;

/// The finding of a rule that a statement looks for.
fn seek(
    reader: &mut Reader<'_>,
    mut finding: Finding,
    sought: &Sought,
    args: &[Arg<'_>],
) -> Result<Finding, Fault> {
    let count = reader.db.one(sought.count, args)?.map_or(Ok(0), |mut row| row.int(0))?;
    finding.broken = finding.broken.saturating_add(u64::try_from(count).unwrap_or(0));
    if count > 0 {
        let room = EXAMPLES.saturating_sub(finding.examples.len());
        let rows = reader.db.query(sought.some, args)?;
        finding.examples.extend(rows.into_iter().take(room).map(identifier));
    }
    Ok(finding)
}

/// The first column of a row, for people: identifiers as everywhere else, other bytes in hexadecimal.
fn identifier(row: Row) -> String {
    match row.0.into_iter().next() {
        None | Some(Cell::Null) => "none".to_owned(),
        Some(Cell::Int(value)) => value.to_string(),
        Some(Cell::Text(text)) => text,
        Some(Cell::Bytes(bytes)) => match <[u8; 16]>::try_from(bytes.as_slice()) {
            // A UUID of version 7, as all identifiers are.
            Ok(id) if id.get(6).is_some_and(|byte| byte >> 4 == 7) => EventId::from_bytes(id).to_string(),
            Ok(_) | Err(_) => wire::token::hex(&bytes),
        },
    }
}

/// Whether the store is a copy that is not finished, or one whose contents have moved: then it is not one to judge.
///
/// # Errors
/// A fault of the database.
pub fn standing(store: &Store) -> Result<copy::marks::Standing, Fault> {
    store.read(copy::marks::standing)
}
