//! The embedded database: one connection, its statements, its settings.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::fault::Fault;
use model::time::Time;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::backend::{Asked, Backend};
use crate::events::{Position, event_columns};
use crate::migrate::{self, Dialect, Migrating};
use crate::value::{Arg, Cell, Row, args};

/// How long a statement waits for another process (a command beside a running server).
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// How often an empty file is tried to be made a database while others do the same.
const OPENINGS: u32 = 500;

/// A connection seen as a [`Backend`].
pub(crate) struct Sqlite<'a>(pub(crate) &'a Connection);

/// What the connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Read,
    /// Copies the log into the database beside the writer.
    Copy,
}

/// Opens `path`; a writer creates and migrates what is missing.
pub(crate) fn open(path: &Path, mode: Mode) -> Result<Connection, Fault> {
    let access = match mode {
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Mode::Read | Mode::Copy => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| fault("opening the database", error))?;
    settle(&connection, mode)?;
    if mode == Mode::Write {
        prepare(&connection)?;
    }
    Ok(connection)
}

/// A database that lives as long as its connection, for tests. The migrations make the first one; the others are copies of
/// it, which takes a thirtieth of the time.
pub(crate) fn in_memory() -> Result<Connection, Fault> {
    static FIRST: Mutex<Option<Connection>> = Mutex::new(None);
    let failed = |error| fault("opening a database", error);
    let mut connection = Connection::open_in_memory().map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let made = match first.take() {
        Some(made) => made,
        None => {
            let made = Connection::open_in_memory().map_err(failed)?;
            prepare(&made)?;
            made
        }
    };
    // All pages in one step.
    let copied = Backup::new(&made, &mut connection).and_then(|copy| copy.step(-1)).map_err(failed)?;
    if copied != StepResult::Done {
        return Err(Fault::plain("a database in memory was not copied whole"));
    }
    *first = Some(made);
    Ok(connection)
}

fn settle(connection: &Connection, mode: Mode) -> Result<(), Fault> {
    let failed = |error| fault("setting up the database", error);
    connection.busy_timeout(BUSY).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    // FULL: a commit is on the disk before anybody hears of it, and the log before it is copied. A commit copies the
    // log at 64 MB: the longer it is, the more often a page was rewritten in it before it is copied, once, to its
    // place. The writer of a store leaves that to `log.rs`.
    if mode == Mode::Write {
        into_log_mode(connection).map_err(failed)?;
    }
    let text = match mode {
        Mode::Write => {
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 32000;
             PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
        }
        Mode::Copy => "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;",
        Mode::Read => "PRAGMA query_only = ON; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;",
    };
    connection.execute_batch(text).map_err(failed)?;
    // Without this a statement that might use a partial index is compiled anew for every set of arguments.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    Ok(())
}

/// Of several that open an empty file at once one makes it, and SQLite refuses the others here without waiting: they
/// wait for their turn by asking for a transaction, which waits for [`BUSY`], and try again.
fn into_log_mode(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.execute_batch("PRAGMA page_size = 2048")?;
    let mut tries = 0;
    loop {
        tries += 1;
        match connection.execute_batch("PRAGMA journal_mode = WAL") {
            Err(error)
                if tries < OPENINGS
                    && matches!(
                        error.sqlite_error_code(),
                        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
                    ) =>
            {
                let _ = connection.execute_batch("BEGIN IMMEDIATE; COMMIT");
                std::thread::yield_now();
            }
            outcome => return outcome,
        }
    }
}

fn prepare(connection: &Connection) -> Result<(), Fault> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| fault("locking the database", error))?;
    let outcome = migrate::migrate(&mut Schema(connection));
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute_batch(end).map_err(|error| fault("migrating the database", error))?;
    outcome
}

/// A fault of the database; the ones that pass by themselves are marked.
pub(crate) fn fault(what: &'static str, error: rusqlite::Error) -> Fault {
    let passing = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
        )
    );
    let fault = Fault::new(what, error);
    if passing { fault.passing() } else { fault }
}

/// Text as it was written: valid, so the lossy way is for a damaged file alone.
fn text(value: &[u8]) -> String {
    String::from_utf8(value.to_vec()).unwrap_or_else(|_| String::from_utf8_lossy(value).into_owned())
}

fn bound<'a>(arg: &Arg<'a>) -> ToSqlOutput<'a> {
    ToSqlOutput::Borrowed(match *arg {
        Arg::Null => ValueRef::Null,
        Arg::Int(value) => ValueRef::Integer(value),
        Arg::Text(value) => ValueRef::Text(value.as_bytes()),
        Arg::Bytes(value) => ValueRef::Blob(value),
    })
}

/// `$1` is a *named* parameter to SQLite: binding by position would follow the order of appearance.
const NAMES: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16",
    "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28", "$29", "$30", "$31",
    "$32",
];

fn bind(statement: &mut rusqlite::CachedStatement<'_>, args: &[Arg<'_>]) -> Result<(), rusqlite::Error> {
    for (name, arg) in NAMES.iter().zip(args) {
        match statement.parameter_index(name)? {
            Some(index) => statement.raw_bind_parameter(index, bound(arg))?,
            None => return Err(rusqlite::Error::InvalidParameterName((*name).to_owned())),
        }
    }
    Ok(())
}

impl Backend for Sqlite<'_> {
    fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Fault> {
        let run = || {
            let mut statement = self.0.prepare_cached(sql)?;
            bind(&mut statement, args)?;
            statement.raw_execute()
        };
        run().map(|rows| u64::try_from(rows).unwrap_or(u64::MAX)).map_err(|error| fault(sql, error))
    }

    fn query(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Fault> {
        let run = || {
            let mut statement = self.0.prepare_cached(sql)?;
            bind(&mut statement, args)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let mut cells = Vec::with_capacity(columns);
                for n in 0..columns {
                    cells.push(match row.get_ref(n)? {
                        ValueRef::Null => Cell::Null,
                        ValueRef::Integer(value) => Cell::Int(value),
                        ValueRef::Text(value) => Cell::Text(text(value)),
                        ValueRef::Blob(value) => Cell::Bytes(value.to_vec()),
                        // No column holds fractions; a row that does is reported by its reader.
                        ValueRef::Real(_) => Cell::Null,
                    });
                }
                out.push(Row(cells));
            }
            Ok(out)
        };
        run().map_err(|error| fault(sql, error))
    }

    fn put(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), Fault> {
        self.execute(sql, args).map(|_| ())
    }

    fn ask(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Asked, Fault> {
        self.query(sql, args).map(Asked::Here)
    }

    fn answer(&mut self, asked: Asked) -> Result<Vec<Row>, Fault> {
        match asked {
            Asked::Here(rows) => Ok(rows),
            Asked::Later(_) => Err(Fault::plain("an answer of another database")),
        }
    }

    fn lock(&mut self, _: &[u8; 16]) -> Result<(), Fault> {
        Ok(())
    }

    fn tail(&mut self, after: Position, limit: i64) -> Result<Vec<Row>, Fault> {
        // One writer at a time: positions are handed out in commit order.
        self.query(
            concat!(
                "SELECT 0, position, kind, ",
                event_columns!(),
                " FROM events WHERE position > $1 ORDER BY position LIMIT $2"
            ),
            args![after.place, limit],
        )
    }

    fn of_the_future(&mut self, _: i64) -> Result<Vec<Row>, Fault> {
        // There are no transactions beside each other, and the tail shows every row.
        Ok(Vec::new())
    }

    fn place_before(&mut self, time: Time) -> Result<Option<Row>, Fault> {
        self.one("SELECT 0, position FROM events WHERE at < $1 ORDER BY at DESC LIMIT 1", args![time])
    }

    fn make_room(&mut self, _: Time) -> Result<(), Fault> {
        Ok(())
    }

    fn forget_events(&mut self, before: Time, limit: i64) -> Result<u64, Fault> {
        // Never the last one: its position is where the next one goes on.
        self.execute(
            "DELETE FROM events WHERE position IN (
               SELECT position FROM events WHERE at < $1 AND position < (SELECT MAX(position) FROM events)
               ORDER BY at LIMIT $2)",
            args![before, limit],
        )
    }
}

struct Schema<'a>(&'a Connection);

impl Migrating for Schema<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn batch(&mut self, sql: &str) -> Result<(), Fault> {
        self.0.execute_batch(sql).map_err(|error| fault("a migration", error))
    }

    fn applied(&mut self) -> Result<Vec<(i64, String)>, Fault> {
        let read = || {
            self.0.execute_batch(
                "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL)",
            )?;
            let mut statement = self.0.prepare("SELECT number, checksum FROM migrations ORDER BY number")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error| fault("reading the schema's version", error))
    }

    fn remember(&mut self, number: i64, checksum: &str) -> Result<(), Fault> {
        self.0
            .execute("INSERT INTO migrations (number, checksum) VALUES (?1, ?2)", (number, checksum))
            .map(|_| ())
            .map_err(|error| fault("noting the schema's version", error))
    }
}
