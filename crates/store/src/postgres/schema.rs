//! The schema of a PostgreSQL database: migrations under a lock, and what must be true of the server.

use model::digest::Keys;
use model::fault::Fault;

use super::link::{Answer, Link, Request};
use super::months::Months;
use super::session::{Mode, Session};
use super::settings::{Limits, Settings};
use crate::backend::Backend;
use crate::migrate::{self, Dialect, Migrating};
use crate::tx::Tx;
use crate::value::{Row, args};

/// The oldest server with the functions that the tail of the record needs.
const OLDEST: i64 = 130_000;

/// Brings the database to this version's schema and makes sure that it belongs to `keys`. Of several nodes that
/// start at once, one does it and the others wait.
pub(crate) fn prepare(settings: &Settings, months: &Months, keys: &Keys) -> Result<(), Fault> {
    let mut link = Link::open(&settings.with_limits(Limits::PATIENT))?;
    suits(&mut link)?;
    // Two of these at the same moment can meet in the catalogue; whoever comes second finds it done.
    let made = (0..3).map(|_| link.batch("the list of migrations", MIGRATIONS)).find(Result::is_ok);
    made.unwrap_or(Err(Fault::plain("the list of migrations could not be made")))?;
    link.batch("locking the schema", "BEGIN; LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE")?;
    migrate::migrate(&mut Schema(&mut link))?;
    rebase(&mut link)?;
    link.batch("migrating the database", "COMMIT")?;
    let mut session = Session::new(&mut link, months, Mode::Write);
    // Whose database it is, is decided by one at a time.
    session.put("LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE", args![])?;
    let belongs = {
        let mut tx = Tx::new(&mut session, keys);
        crate::handle::keys_belong(&mut tx, keys)
    };
    match belongs {
        Ok(()) => session.commit().map_err(|lost| lost.fault),
        Err(fault) => {
            session.end();
            Err(fault)
        }
    }
}

const MIGRATIONS: &str =
    "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, checksum TEXT NOT NULL)";

/// A record that came from another server (a dump, a copy by rows) carries numbers of transactions that this
/// server has not reached: they would look unfinished for ever. From here on this server's numbers count from
/// above them.
fn rebase(link: &mut Link) -> Result<(), Fault> {
    let mut found = row(
        link,
        "SELECT COALESCE((SELECT MAX(tx) FROM events), 0), base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint
         FROM tx_base",
    )?;
    let (highest, next) = (found.int(0)?, found.int(1)?);
    if highest < next {
        return Ok(());
    }
    let base = highest.saturating_add(1);
    link.batch(
        "counting on from the record of another server",
        &format!(
            "UPDATE tx_base SET base = {base};
             ALTER TABLE events ALTER COLUMN tx SET DEFAULT pg_current_xact_id()::text::bigint + {base}"
        ),
    )
}

/// Whether there are tables of ours.
pub(crate) fn is_there(link: &mut Link) -> Result<bool, Fault> {
    Ok(row(link, "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('migrations')")?.int(0)? > 0)
}

fn suits(link: &mut Link) -> Result<(), Fault> {
    let version = row(link, "SELECT current_setting('server_version_num')::bigint")?.int(0)?;
    if version < OLDEST {
        return Err(Fault::plain("the database is older than PostgreSQL 13"));
    }
    Ok(())
}

fn row(link: &mut Link, sql: &'static str) -> Result<Row, Fault> {
    let asked = Request { sql, args: Vec::new(), rows: true };
    match link.run(&[asked]).map_err(|failed| failed.fault)?.pop() {
        Some(Answer::Rows(mut rows)) => rows.pop().ok_or(Fault::plain("the database gave no answer")),
        Some(Answer::Count(_)) | None => Err(Fault::plain("the database gave no answer")),
    }
}

struct Schema<'a>(&'a mut Link);

impl Migrating for Schema<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn batch(&mut self, sql: &str) -> Result<(), Fault> {
        self.0.batch("a migration", sql)
    }

    fn applied(&mut self) -> Result<Vec<(i64, String)>, Fault> {
        let asked = Request {
            sql: "SELECT number, checksum FROM migrations ORDER BY number",
            args: Vec::new(),
            rows: true,
        };
        match self.0.run(&[asked]).map_err(|failed| failed.fault)?.pop() {
            Some(Answer::Rows(rows)) => {
                rows.into_iter().map(|mut row| Ok((row.int(0)?, row.text(1)?))).collect()
            }
            Some(Answer::Count(_)) | None => Err(Fault::plain("reading the schema's version")),
        }
    }

    fn remember(&mut self, number: i64, checksum: &str) -> Result<(), Fault> {
        self.0.batch(
            "noting the schema's version",
            &format!("INSERT INTO migrations (number, checksum) VALUES ({number}, '{checksum}')"),
        )
    }
}
