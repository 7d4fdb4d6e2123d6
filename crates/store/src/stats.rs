//! How large a store is: rows and bytes of each table, the record's parts, its oldest and its newest event.

use model::fault::Fault;
use model::time::Time;

use crate::Store;
use crate::copy::side::at_leisure;
use crate::handle::Place;
use crate::migrate::Dialect;
use crate::tables::{self, EVENTS};
use crate::tx::Reader;
use crate::value::args;

/// How many rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// So many.
    Exactly(u64),
    /// About so many: as the database last estimated, or as the places in the record say.
    About(u64),
    /// More than so many; nobody counted on.
    MoreThan(u64),
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its rows.
    pub rows: Rows,
    /// Its bytes with its indexes, where the database can say that.
    pub bytes: Option<u64>,
}

/// A month of the record, where it is kept by the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of its table, which ends in year and month.
    pub name: String,
    /// Its rows, about.
    pub rows: u64,
    /// Its bytes with its indexes.
    pub bytes: u64,
}

/// The figures of a store.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Bytes of the whole database, without the log.
    pub bytes: u64,
    /// Of these, bytes of a file that are free for new rows.
    pub free: u64,
    /// Bytes of the log of an embedded store; those of a server are not ours to know.
    pub log: Option<u64>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The parts of the record.
    pub parts: Vec<Part>,
    /// When the oldest event happened.
    pub oldest: Option<Time>,
    /// When the newest event happened.
    pub newest: Option<Time>,
}

/// How much effort the figures are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A glance: nothing that takes longer with a larger store.
    Glance,
    /// The bytes of each table as well, which means a look at every page of a file.
    Look,
    /// Every row counted.
    Count,
}

/// Up to so many rows are counted at a glance.
const COUNTED: i64 = 10_000;

/// The figures of `store`.
///
/// # Errors
/// A fault of the database.
pub fn figures(store: &Store, effort: Effort) -> Result<Figures, Fault> {
    let shared = matches!(store.place(), Place::Postgres(_));
    let work = |reader: &mut Reader<'_>| {
        let (bytes, free) = if shared { (database(reader)?, 0) } else { pages(reader)? };
        let sizes = match (shared, effort) {
            (true, _) => relations(reader)?,
            (false, Effort::Glance) => Vec::new(),
            (false, Effort::Look | Effort::Count) => trees(reader)?,
        };
        let parts = if shared { parts(reader)? } else { Vec::new() };
        let mut found = Vec::new();
        for table in tables::TABLES {
            let of = |(name, _, _): &&(String, u64, u64)| name == table.name;
            let size = sizes.iter().find(of);
            let bytes = match (table.name, shared) {
                (EVENTS, true) => Some(parts.iter().map(|part| part.bytes).sum()),
                _ => size.map(|(_, _, bytes)| *bytes),
            };
            let estimate = match (table.name, shared) {
                (EVENTS, true) => Some(parts.iter().map(|part| part.rows).sum()),
                (_, true) => size.map(|(_, rows, _)| *rows),
                (_, false) => None,
            };
            let rows = rows(reader, (table.name, shared), estimate, effort)?;
            found.push(Table { name: table.name, rows, bytes });
        }
        let mut span = reader.db.query("SELECT MIN(at) FROM events", args![])?;
        let oldest = span.pop().map_or(Ok(None), |mut row| row.maybe_time(0))?;
        let newest = crate::events::newest_time(reader)?;
        Ok(Figures { bytes, free, log: None, tables: found, parts, oldest, newest })
    };
    let mut figures = if effort == Effort::Glance { store.read(work)? } else { at_leisure(store, work)? };
    if let Place::File(file) = store.place() {
        let mut log = file.path().as_os_str().to_owned();
        log.push("-wal");
        figures.log = Some(std::fs::metadata(log).map_or(0, |log| log.len()));
    }
    Ok(figures)
}

/// Rows of a table: counted as far as the effort goes.
fn rows(
    reader: &mut Reader<'_>,
    (name, shared): (&'static str, bool),
    estimate: Option<u64>,
    effort: Effort,
) -> Result<Rows, Fault> {
    let count = |reader: &mut Reader<'_>, sql, args: &[crate::value::Arg<'_>]| {
        let counted = reader.db.one(sql, args)?.map_or(Ok(0), |mut row| row.int(0))?;
        Ok::<u64, Fault>(u64::try_from(counted).unwrap_or(0))
    };
    let Some(statements) = SQL.iter().find(|sql| sql.table == name) else { return Ok(Rows::Exactly(0)) };
    if effort == Effort::Count {
        return count(reader, statements.all, args![]).map(Rows::Exactly);
    }
    let few = count(reader, statements.few, args![COUNTED])?;
    let limit = u64::try_from(COUNTED).unwrap_or(0);
    if few < limit {
        return Ok(Rows::Exactly(few));
    }
    if name == EVENTS && !shared {
        // Places are given one after the other, and taken back from the oldest on.
        let all = tables::statements(Dialect::Sqlite).iter().find(|one| one.table.name == EVENTS);
        return match all {
            Some(all) => count(reader, &all.count, args![]).map(Rows::About),
            None => Ok(Rows::MoreThan(limit)),
        };
    }
    Ok(match estimate {
        Some(rows) => Rows::About(rows.max(limit)),
        None if effort == Effort::Look => Rows::Exactly(count(reader, statements.all, args![])?),
        None => Rows::MoreThan(limit),
    })
}

/// How a table is counted.
struct Counting {
    table: &'static str,
    all: &'static str,
    few: &'static str,
}

macro_rules! counting {
    ($($table:literal),+ $(,)?) => {
        [$(Counting {
            table: $table,
            all: concat!("SELECT COUNT(*) FROM ", $table),
            few: concat!("SELECT COUNT(*) FROM (SELECT 1 FROM ", $table, " LIMIT $1) AS few"),
        }),+]
    };
}

static SQL: &[Counting] = &counting!(
    "accounts",
    "addresses",
    "browsers",
    "sessions",
    "invitations",
    "sign_in_codes",
    "guess_ledger",
    "destinations",
    "outbox",
    "inbox",
    "events",
    "meta",
    "tenants",
    "domains",
    "recovery_addresses",
    "refusing_mail",
    "authenticators",
    "recovery_codes",
    "attempts",
    "answered_challenges",
    "entries",
    "clients",
    "pushed_requests",
    "grants",
    "authorization_codes",
    "refresh_tokens",
    "access_tokens",
    "seen_ids",
    "logouts",
    "device_authorizations",
    "pairings",
    "enrolments",
    "approvals",
    "approval_budgets",
    "device_guesses",
    "responses",
    "acknowledgements",
    "webhooks",
    "webhook_calls",
    "doorbells",
    "bells",
    "rung",
    "rings",
    "gates",
    "gate_guesses",
);

fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Bytes of a file, and of its pages that hold nothing.
fn pages(reader: &mut Reader<'_>) -> Result<(u64, u64), Fault> {
    let row = reader.db.one(
        "SELECT page_count * page_size, freelist_count * page_size
         FROM pragma_page_count, pragma_page_size, pragma_freelist_count",
        args![],
    )?;
    let Some(mut row) = row else { return Ok((0, 0)) };
    Ok((whole(row.int(0)?), whole(row.int(1)?)))
}

/// Bytes of each table of a file with its indexes; none if this SQLite cannot say.
fn trees(reader: &mut Reader<'_>) -> Result<Vec<(String, u64, u64)>, Fault> {
    let known = reader.db.query("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'", args![])?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let rows = reader.db.query(
        "SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
         WHERE d.aggregate = TRUE GROUP BY s.tbl_name",
        args![],
    )?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, 0, whole(row.int(1)?)))).collect()
}

fn database(reader: &mut Reader<'_>) -> Result<u64, Fault> {
    let row = reader.db.one("SELECT pg_database_size(current_database())", args![])?;
    row.map_or(Ok(0), |mut row| row.int(0).map(whole))
}

/// Tables of a server: name, rows as last estimated, bytes with indexes.
fn relations(reader: &mut Reader<'_>) -> Result<Vec<(String, u64, u64)>, Fault> {
    let rows = reader.db.query(
        "SELECT c.relname::text, GREATEST(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
         FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
           AND NOT c.relispartition",
        args![],
    )?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, whole(row.int(1)?), whole(row.int(2)?)))).collect()
}

fn parts(reader: &mut Reader<'_>) -> Result<Vec<Part>, Fault> {
    let rows = reader.db.query(
        "SELECT c.relname::text, GREATEST(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = to_regclass('events') ORDER BY c.relname",
        args![],
    )?;
    rows.into_iter()
        .map(|mut row| Ok(Part { name: row.text(0)?, rows: whole(row.int(1)?), bytes: whole(row.int(2)?) }))
        .collect()
}
