//! Fills the file of an embedded store that the product has made, without its log and without waiting for the disk.

use std::path::Path;

use model::time::Time;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement};

use super::people::{People, keys};
use super::rows;
use super::sink::{Cell, Sink};
use crate::trouble::Trouble;

fn failed(error: rusqlite::Error) -> Trouble {
    Trouble::Unexpected(format!("SQLite: {error}"))
}

/// Rows of one transaction.
const TOGETHER: u64 = 2_000_000;

/// Where this process puts aside what it sorts for an index, if the variable names a directory (`unixTempFileDir`).
pub(crate) const SORTING: &str = "SQLITE_TMPDIR";

/// Fills `path`: rows in the order of their keys in large transactions, and the indexes when all rows are there.
///
/// # Errors
/// What SQLite says.
pub(crate) fn fill(path: &Path, people: People, events: u64) -> Result<(), Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE; PRAGMA threads = 2;",
        )
        .map_err(failed)?;
    let indexes = indexes(&connection)?;
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX {name}")).map_err(failed)?;
    }
    rows::fill(people, events, &keys()?, &mut Rows { connection: &connection, insert: None, open: 0 })?;
    for (name, sql) in &indexes {
        eprintln!("bench:   index {name}");
        connection.execute_batch(sql).map_err(failed)?;
    }
    connection.execute_batch("PRAGMA journal_mode = WAL").map_err(failed)?;
    connection.close().map_err(|(_, error)| failed(error))
}

/// The indexes that have a text of their own, and their texts.
fn indexes(connection: &Connection) -> Result<Vec<(String, String)>, Trouble> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
        .map_err(failed)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

struct Rows<'a> {
    connection: &'a Connection,
    insert: Option<Statement<'a>>,
    open: u64,
}

impl Rows<'_> {
    fn run(&self, sql: &str) -> Result<(), Trouble> {
        self.connection.execute_batch(sql).map_err(failed)
    }
}

impl Sink for Rows<'_> {
    fn begin(&mut self, table: &'static str, columns: &'static str) -> Result<(), Trouble> {
        let places = vec!["?"; columns.split(',').count()].join(", ");
        let sql = format!("INSERT INTO {table} ({columns}) VALUES ({places})");
        self.insert = Some(self.connection.prepare(&sql).map_err(failed)?);
        self.run("BEGIN")
    }

    fn month(&mut self, _: Time) -> Result<(), Trouble> {
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Trouble> {
        let Some(insert) = &mut self.insert else {
            return Err(Trouble::Unexpected("a row of no table".to_owned()));
        };
        for (cell, place) in cells.iter().zip(1..) {
            let value = match *cell {
                Cell::Null => ValueRef::Null,
                Cell::Int(number) => ValueRef::Integer(number),
                Cell::Text(text) => ValueRef::Text(text.as_bytes()),
                Cell::Bytes(bytes) => ValueRef::Blob(bytes),
            };
            insert.raw_bind_parameter(place, ToSqlOutput::Borrowed(value)).map_err(failed)?;
        }
        insert.raw_execute().map_err(failed)?;
        self.open += 1;
        if self.open.is_multiple_of(TOGETHER) {
            self.run("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Trouble> {
        self.insert = None;
        self.run("COMMIT")
    }
}
