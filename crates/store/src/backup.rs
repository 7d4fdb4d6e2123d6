//! A backup: the whole store in one SQLite file of its own, whatever the store is kept in, made while it is at work.
//!
//! It holds every table as it was at one moment and, in the tables `backup` and `backup_tables`, when it was made, of
//! what, by which version, and how many rows with which digest each table has, all marked with the keys, which are not
//! in it.

mod compact;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::time::Time;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::Store;
use crate::copy::marks::{COPY_OF, MOVED_TO};
use crate::copy::sums::Summing;
use crate::copy::{self, Progress, STEP, Stage, Watch, told};
use crate::handle::Place;
use crate::migrate::Dialect;
use crate::sqlite;
use crate::tables::{self, TABLES};
use crate::value::{Cell, Row};

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When it was made.
    pub made_at: Time,
    /// By which version of bidden.
    pub version: String,
    /// Of what: `sqlite` or `postgres`.
    pub source: String,
    /// When its newest event happened.
    pub newest_event: Option<Time>,
    /// How many rows each table has.
    pub tables: Vec<(String, u64)>,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Makes a backup of `store` in `file`, which must not exist. Nothing is there under that name until it is whole,
/// on the disk, and has been looked through.
///
/// # Errors
/// A fault of either database or of the disk. What was begun is removed.
pub fn make(
    store: &Store,
    keys: &Arc<Keys>,
    file: &Path,
    (now, version): (Time, &str),
    watch: Watch<'_>,
) -> Result<Backup, Fault> {
    let unfinished = Unfinished::at(file)?;
    let source = match store.place() {
        Place::File(from) => {
            compact::compact(from.path(), &unfinished.0, watch)?;
            "sqlite"
        }
        Place::Memory(_) => return Err(Fault::plain("a store in memory has no backup")),
        Place::Postgres(_) => {
            let target = Store::open(&unfinished.0, Arc::clone(keys), |_| {})?;
            copy::copy(store, &target, watch)?;
            "postgres"
        }
    };
    seal(&unfinished.0, keys, (now, version, source), watch)?;
    let made = verify(&unfinished.0, Some(keys), watch)?;
    unfinished.rename(file)?;
    Ok(made)
}

/// Strips what belongs to the old place, sums up, and closes the file for good.
fn seal(
    file: &Path,
    keys: &Keys,
    (now, version, source): (Time, &str, &str),
    watch: Watch<'_>,
) -> Result<(), Fault> {
    let failed = |error| sqlite::fault("closing the backup", error);
    let connection = Connection::open(file).map_err(failed)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN;
             DELETE FROM leases; DELETE FROM meta WHERE name IN ('{COPY_OF}', '{MOVED_TO}');
             CREATE TABLE backup (made_at BIGINT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, mark BYTEA NOT NULL);
             CREATE TABLE backup_tables (
               name TEXT PRIMARY KEY NOT NULL, columns TEXT NOT NULL, key BIGINT NOT NULL, rows BIGINT NOT NULL,
               digest BYTEA NOT NULL);"
        ))
        .map_err(failed)?;
    let mut of = 0_u64;
    for statements in tables::statements(Dialect::Sqlite) {
        let count =
            connection.query_row(&statements.count, [], |row| row.get::<_, i64>(0)).map_err(failed)?;
        of = of.saturating_add(u64::try_from(count).unwrap_or(0));
    }
    let mut adding = Adding { connection: &connection, watch, done: 0, of };
    for table in TABLES {
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let (rows, digest) = adding.table(table.name, &columns, table.key)?;
        let key = i64::try_from(table.key).unwrap_or(1);
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        connection
            .execute(
                "INSERT INTO backup_tables VALUES (?1, ?2, ?3, ?4, ?5)",
                (table.name, columns.join(" "), key, rows, digest.as_slice()),
            )
            .map_err(failed)?;
    }
    let mark = mark(keys, &kept(&connection)?, (now, version, source));
    connection
        .execute(
            "INSERT INTO backup VALUES (?1, ?2, ?3, ?4)",
            (now.micros(), version, source, mark.bytes().as_slice()),
        )
        .map_err(failed)?;
    connection.execute_batch("COMMIT").map_err(failed)?;
    connection.close().map_err(|(_, error)| failed(error))?;
    flush(file)
}

/// What only the holder of the keys can say of the sums of a backup: that they are those of the day it was made.
fn mark(keys: &Keys, tables: &[Kept], (now, version, source): (Time, &str, &str)) -> Digest {
    let head = format!("{} {version} {source}", now.micros());
    let mut parts = vec![b"backup".to_vec(), head.into_bytes()];
    for (table, columns, key, rows, digest) in tables {
        parts.push(format!("{table} {columns} {key} {rows}").into_bytes());
        parts.push(digest.to_vec());
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    keys.digest(Of::Token, &parts)
}

/// Whether the file belongs to `keys` and what it says of itself was said by their holder.
fn belongs(connection: &Connection, keys: &Keys, backup: &Backup, mark_there: [u8; 16]) -> Result<(), Fault> {
    let known: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = 'keys'", [], |row| row.get(0))
        .optional()
        .map_err(|error| sqlite::fault("reading the backup", error))?;
    let known = known.and_then(|known| <[u8; 16]>::try_from(known).ok());
    if !known.is_some_and(|known| Digest::from_bytes(known).matches(&keys.check())) {
        return Err(Fault::new(UNUSABLE, "the key file is not the one that it was made with"));
    }
    let own = mark(keys, &kept(connection)?, (backup.made_at, &backup.version, &backup.source));
    if !Digest::from_bytes(mark_there).matches(&own) {
        return Err(Fault::new(UNUSABLE, "what it says of itself was changed after it was made"));
    }
    Ok(())
}

const UNUSABLE: &str = "the backup cannot be used";

/// Looks through a backup: whether the file is sound, holds what it held when it was made, and (if given) belongs to
/// `keys`. The file is not changed.
///
/// # Errors
/// What is wrong with it, or that it cannot be read.
pub fn verify(file: &Path, keys: Option<&Keys>, watch: Watch<'_>) -> Result<Backup, Fault> {
    let failed = |error| sqlite::fault("reading the backup", error);
    let bad = |why: String| Err(Fault::new(UNUSABLE, why));
    let bytes = std::fs::metadata(file).map_err(|error| Fault::new("reading the backup", error))?.len();
    let access = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, access).map_err(failed)?;
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).map_err(failed);
    if !connection.table_exists(None, "backup_tables").map_err(failed)? {
        return bad("it is a database, but no backup that bidden has made".to_owned());
    }
    let said = one("PRAGMA integrity_check")?;
    if said != "ok" {
        return bad(format!("the file is damaged: {said}"));
    }
    let broken =
        connection.query_row("PRAGMA foreign_key_check", [], |row| row.get::<_, String>(0)).optional();
    if let Some(table) = broken.map_err(failed)? {
        return bad(format!("a row of {table} refers to one that is not there"));
    }
    let strange = "SELECT COUNT(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')";
    if connection.query_row(strange, [], |row| row.get::<_, i64>(0)).map_err(failed)? > 0 {
        return bad("it holds statements that bidden has not put there".to_owned());
    }
    let all = "SELECT made_at, version, source, (SELECT MAX(at) FROM events), mark FROM backup";
    let (mut backup, mark_there) = connection
        .query_row(all, [], |row| {
            let backup = Backup {
                made_at: Time::from_micros(row.get(0)?),
                version: row.get(1)?,
                source: row.get(2)?,
                newest_event: row.get::<_, Option<i64>>(3)?.map(Time::from_micros),
                tables: Vec::new(),
                bytes,
            };
            Ok((backup, row.get::<_, [u8; 16]>(4)?))
        })
        .map_err(failed)?;
    if let Some(keys) = keys {
        belongs(&connection, keys, &backup, mark_there)?;
    }
    let tables = kept(&connection)?;
    let of = tables.iter().map(|(_, _, _, rows, _)| *rows).sum();
    let mut adding = Adding { connection: &connection, watch, done: 0, of };
    for (table, columns, key, rows, digest) in tables {
        let names: Vec<&str> = columns.split(' ').collect();
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !plain(&table) || !names.iter().all(|name| plain(name)) {
            return bad("it names tables that bidden does not have".to_owned());
        }
        let found = adding.table(&table, &names, key)?;
        if found != (rows, digest) {
            return bad(format!("the rows of {table} are not those that were there when it was made"));
        }
        backup.tables.push((table, rows));
    }
    Ok(backup)
}

/// Copies the backup `file` to `to`, which must not exist, as a store that can be opened.
///
/// # Errors
/// A fault of the disk or the database. What was begun is removed.
pub fn unpack(file: &Path, to: &Path) -> Result<(), Fault> {
    const WHAT: &str = "unpacking the backup";
    let failed = |error: io::Error| Fault::new(WHAT, error);
    let unfinished = Unfinished::at(to)?;
    let mut into = OpenOptions::new().write(true).open(&unfinished.0).map_err(failed)?;
    io::copy(&mut File::open(file).map_err(failed)?, &mut into).map_err(failed)?;
    into.flush().map_err(failed)?;
    drop(into);
    let connection = Connection::open(&unfinished.0).map_err(|error| sqlite::fault(WHAT, error))?;
    connection
        .execute_batch("DROP TABLE backup; DROP TABLE backup_tables")
        .map_err(|error| sqlite::fault(WHAT, error))?;
    connection.close().map_err(|(_, error)| sqlite::fault(WHAT, error))?;
    flush(&unfinished.0)?;
    unfinished.rename(to)
}

/// What the backup says of a table: name, columns, how many of them are the key, rows, digest.
type Kept = (String, String, usize, u64, [u8; 32]);

/// What the backup says of its tables.
fn kept(connection: &Connection) -> Result<Vec<Kept>, Fault> {
    let read = || {
        let mut statement = connection
            .prepare("SELECT name, columns, key, rows, digest FROM backup_tables ORDER BY rowid")?;
        let rows = statement.query_map([], |row| {
            let key = usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
            let rows = u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0);
            Ok((row.get(0)?, row.get(1)?, key, rows, row.get(4)?))
        })?;
        rows.collect::<Result<Vec<_>, _>>()
    };
    read().map_err(|error| sqlite::fault("reading the backup", error))
}

/// Sums up the tables of a file, one after the other.
struct Adding<'a, 'w> {
    connection: &'a Connection,
    watch: &'a mut (dyn FnMut(Progress) -> ControlFlow<()> + 'w),
    done: u64,
    of: u64,
}

impl Adding<'_, '_> {
    /// Rows and digest of one, whatever version it was made by.
    fn table(&mut self, table: &str, columns: &[&str], key: usize) -> Result<(u64, [u8; 32]), Fault> {
        let failed = |error| sqlite::fault("summing up a backup", error);
        let name = TABLES.iter().find(|known| known.name == table).map_or("a table", |known| known.name);
        let order = columns.iter().take(key).copied().collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {} FROM {table} ORDER BY {order}", columns.join(", "));
        let mut summing = Summing::new(name);
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut cells = Vec::with_capacity(columns.len());
            for n in 0..columns.len() {
                cells.push(match row.get_ref(n).map_err(failed)? {
                    ValueRef::Null | ValueRef::Real(_) => Cell::Null,
                    ValueRef::Integer(value) => Cell::Int(value),
                    ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
                });
            }
            summing.add(&Row(cells));
            self.done = self.done.saturating_add(1);
            if self.done.is_multiple_of(STEP) {
                let (done, of) = (self.done, self.of.max(self.done));
                told((self.watch)(Progress { stage: Stage::Verifying, table: name, done, of }))?;
            }
        }
        let sum = summing.end();
        Ok((sum.rows, sum.digest))
    }
}

/// A file under a name that says it is not finished; removed, with what SQLite puts beside it, unless it is renamed.
struct Unfinished(PathBuf);

impl Unfinished {
    fn at(file: &Path) -> Result<Self, Fault> {
        const WHAT: &str = "making the file";
        let path = file.with_added_extension("unfinished");
        let unfinished = Self(path);
        unfinished.remove();
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished.0)
            .map_err(|error| Fault::new(WHAT, format!("{}: {error}", unfinished.0.display())))?;
        Ok(unfinished)
    }

    fn remove(&self) {
        for beside in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(beside);
            // It is usually not there.
            let _ = std::fs::remove_file(PathBuf::from(name));
        }
    }

    fn rename(self, to: &Path) -> Result<(), Fault> {
        let failed = |error: io::Error| Fault::new("naming the file", error);
        std::fs::rename(&self.0, to).map_err(failed)?;
        let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.remove();
    }
}

fn flush(file: &Path) -> Result<(), Fault> {
    let flushed = OpenOptions::new().read(true).write(true).open(file).and_then(|file| file.sync_all());
    flushed.map_err(|error| Fault::new("flushing the file", error))
}
