//! One side of a copy: a database seen as pages of rows, on a connection of its own that may take its time.

use model::fault::Fault;
use rusqlite::Connection;

use crate::Store;
use crate::backend::Backend;
use crate::handle::Place;
use crate::migrate::Dialect;
use crate::postgres::link::{Answer, Link, Request};
use crate::postgres::months::Months;
use crate::postgres::settings::{Limits, Settings};
use crate::sqlite::{self, Sqlite};
use crate::tables::{self, Statements};
use crate::tx::Reader;
use crate::value::{Arg, Cell, Row, args};

/// What a side is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be read as it is at this moment.
    View,
    /// To be written.
    Fill,
}

/// See the module.
pub(crate) enum Side {
    File(Connection),
    Shared(Box<Shared>),
}

/// A PostgreSQL database.
pub(crate) struct Shared {
    pub(crate) link: Link,
    pub(crate) months: Months,
}

const WHAT: &str = "copying a store";

impl Side {
    pub(crate) fn open(store: &Store, purpose: Purpose) -> Result<Self, Fault> {
        let mut side = match store.place() {
            Place::File(file) => {
                let mode = match purpose {
                    Purpose::View => sqlite::Mode::Read,
                    Purpose::Fill => sqlite::Mode::Write,
                };
                Self::File(sqlite::open(file.path(), mode)?)
            }
            Place::Memory(_) => return Err(Fault::plain("a store in memory cannot be copied")),
            Place::Postgres(database) => {
                let settings = patient(database.settings());
                let months = Months::new(settings.clone());
                Self::Shared(Box::new(Shared { link: Link::open(&settings)?, months }))
            }
        };
        if purpose == Purpose::View {
            side.freeze()?;
        }
        Ok(side)
    }

    /// From here on all that is read is of one moment.
    fn freeze(&mut self) -> Result<(), Fault> {
        match self {
            Self::File(connection) => {
                let begin = connection.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema");
                begin.map_err(|error| sqlite::fault(WHAT, error))
            }
            Self::Shared(shared) => {
                shared.link.batch(WHAT, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1")
            }
        }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        match self {
            Self::File(_) => Dialect::Sqlite,
            Self::Shared(_) => Dialect::Postgres,
        }
    }

    pub(crate) fn statements(&self) -> &'static [Statements] {
        tables::statements(self.dialect())
    }

    pub(crate) fn query(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Fault> {
        match self {
            Self::File(connection) => Sqlite(connection).query(sql, args),
            Self::Shared(shared) => {
                let args = args.iter().map(|arg| Cell::from(*arg)).collect();
                let asked = Request { sql, args, rows: true };
                match shared.link.run(&[asked]).map_err(|failed| failed.fault)?.pop() {
                    Some(Answer::Rows(rows)) => Ok(rows),
                    Some(Answer::Count(_)) | None => Err(Fault::plain("no rows where some were asked for")),
                }
            }
        }
    }

    /// About how many rows a table has.
    pub(crate) fn about(&mut self, statements: &'static Statements) -> Result<u64, Fault> {
        let rows = self.query(&statements.count, args![])?;
        let count = rows.into_iter().next().map_or(Ok(0), |mut row| row.int(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// New events get places after `last`.
    pub(crate) fn count_on(&mut self, last: i64) -> Result<(), Fault> {
        match self {
            // The next place is the one after the last.
            Self::File(_) => Ok(()),
            Self::Shared(shared) => shared.link.batch(
                WHAT,
                &format!("SELECT setval('events_position', {}, false)", last.max(0).saturating_add(1)),
            ),
        }
    }
}

/// The same settings for work that takes long.
fn patient(settings: &Settings) -> Settings {
    settings.with_limits(Limits::PATIENT)
}

/// Runs `work` in one view that may take its time.
pub(crate) fn at_leisure<T>(
    store: &Store,
    work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let Place::Postgres(database) = store.place() else { return store.read(work) };
    let settings = patient(database.settings());
    let months = Months::new(settings.clone());
    crate::postgres::view(&mut Link::open(&settings)?, &months, store.keys(), work)
}
