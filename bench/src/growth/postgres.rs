//! Fills a database that the product has made: `COPY` in binary form through `psql`, straight into the parts of the
//! record.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use model::time::Time;
use proving::postgres::{Cluster, Options};

use super::people::{People, keys};
use super::rows;
use super::sink::{Cell, Sink};
use crate::store::server::Server;
use crate::trouble::Trouble;

/// A server of our own, durable, which writes no log for tables that are filled in the transaction that emptied them.
///
/// # Errors
/// There is no PostgreSQL on this machine, or it does not start.
pub(crate) fn own() -> Result<(Server, Cluster), Trouble> {
    let extra = [
        ("shared_buffers", "512MB"),
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "15min"),
        ("wal_buffers", "16MB"),
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
    ];
    let extra = extra.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let cluster = Cluster::start(Options { max_connections: 160, extra, ..Options::default() });
    let cluster = cluster.map_err(|error| Trouble::Unexpected(error.to_string()))?;
    Ok((Server::given(&cluster.url("postgres"))?, cluster))
}

/// Fills `database`: rows in the order of their keys, and the indexes when all rows are there.
///
/// # Errors
/// What the server says.
pub(crate) fn fill(server: &Server, database: &str, people: People, events: u64) -> Result<(), Trouble> {
    let indexes = server.ask(
        database,
        "SELECT i.indexrelid::regclass || '|' || replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
           AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
    )?;
    let indexes: Vec<(&str, &str)> = indexes.lines().filter_map(|line| line.split_once('|')).collect();
    for (name, _) in &indexes {
        server.ask(database, &format!("DROP INDEX {name}"))?;
    }
    let parts = server.ask(database, "SELECT inhrelid::regclass FROM pg_inherits")?;
    let parts = parts.lines().map(str::to_owned).collect();
    let url = server.url(database);
    rows::fill(
        people,
        events,
        &keys()?,
        &mut Rows { url: &url, parts, part: String::new(), columns: "", copy: None },
    )?;
    for (name, sql) in &indexes {
        eprintln!("bench:   index {name}");
        server.ask(database, &format!("SET maintenance_work_mem = '1GB'; {sql}"))?;
    }
    eprintln!("bench:   analyzing");
    server.ask(database, "ANALYZE")?;
    server.ask(database, "CHECKPOINT").map(|_| ())
}

/// What every binary copy begins with: a signature, no flags, no extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
const END: [u8; 2] = (-1_i16).to_be_bytes();

struct Copy {
    child: Child,
    to: BufWriter<ChildStdin>,
}

struct Rows<'a> {
    url: &'a str,
    /// The tables of the record's months that are still to be filled.
    parts: BTreeSet<String>,
    part: String,
    columns: &'static str,
    copy: Option<Copy>,
}

impl Rows<'_> {
    fn start(&mut self, table: &str) -> Result<(), Trouble> {
        let columns = self.columns;
        let mut child = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"])
            // References are right by construction; looking each up takes longer than the rest.
            .args(["--command", "SET session_replication_role = replica"])
            .args(["--command", &format!("TRUNCATE {table} CASCADE")])
            .args(["--command", &format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary, FREEZE)")])
            .arg(self.url)
            .env("PGOPTIONS", "--client-min-messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(Trouble::system("running `psql` (Debian: postgresql-client)"))?;
        let input = child.stdin.take();
        let input = input.ok_or_else(|| Trouble::Unexpected("psql takes no input".to_owned()))?;
        let mut copy = Copy { child, to: BufWriter::with_capacity(1 << 18, input) };
        copy.to.write_all(SIGNATURE).map_err(Trouble::system("writing to psql"))?;
        self.copy = Some(copy);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Trouble> {
        let Some(Copy { mut child, mut to }) = self.copy.take() else { return Ok(()) };
        let written = to.write_all(&END).and_then(|()| to.flush());
        drop(to);
        let status = child.wait().map_err(Trouble::system("waiting for psql"))?;
        if !status.success() {
            return Err(Trouble::Unexpected(format!("psql ended with {status}")));
        }
        written.map_err(Trouble::system("writing to psql"))
    }
}

/// The name of the part that holds events of the month of `at`.
fn part(at: Time) -> String {
    let date = at.to_string();
    let mut words = date.split('-');
    format!("events_{}_{}", words.next().unwrap_or(""), words.next().unwrap_or(""))
}

impl Sink for Rows<'_> {
    fn begin(&mut self, table: &'static str, columns: &'static str) -> Result<(), Trouble> {
        self.columns = columns;
        // The parts of the record are begun one after the other, by their months.
        if table == "events" { Ok(()) } else { self.start(table) }
    }

    fn month(&mut self, at: Time) -> Result<(), Trouble> {
        let part = part(at);
        if part == self.part {
            return Ok(());
        }
        self.finish()?;
        // None twice: the second time would empty it.
        if !self.parts.remove(&part) {
            return Err(Trouble::Unexpected(format!(
                "the store has no part {part}, or it was filled before"
            )));
        }
        self.start(&part)?;
        self.part = part;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Trouble> {
        let Some(copy) = &mut self.copy else {
            return Err(Trouble::Unexpected("a row of no table".to_owned()));
        };
        encode(cells, &mut copy.to).map_err(Trouble::system("writing to psql"))
    }

    fn end(&mut self) -> Result<(), Trouble> {
        self.finish()
    }
}

/// A row: how many values, and each with its length before it.
fn encode(cells: &[Cell<'_>], to: &mut impl std::io::Write) -> std::io::Result<()> {
    to.write_all(&i16::try_from(cells.len()).unwrap_or(0).to_be_bytes())?;
    for cell in cells {
        let number;
        let bytes = match cell {
            Cell::Null => {
                to.write_all(&(-1_i32).to_be_bytes())?;
                continue;
            }
            Cell::Int(value) => {
                number = value.to_be_bytes();
                number.as_slice()
            }
            Cell::Text(text) => text.as_bytes(),
            Cell::Bytes(bytes) => bytes,
        };
        to.write_all(&i32::try_from(bytes.len()).unwrap_or(0).to_be_bytes())?;
        to.write_all(bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_as_postgresql_reads_it() {
        let mut out = Vec::new();
        encode(&[Cell::Int(258), Cell::Null, Cell::Text("é"), Cell::Bytes(&[7])], &mut out).unwrap();
        let expected: &[&[u8]] = &[
            &[0, 4],
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2],
            &[255, 255, 255, 255],
            &[0, 0, 0, 2, 0xc3, 0xa9],
            &[0, 0, 0, 1, 7],
        ];
        assert_eq!(out, expected.concat());
        assert_eq!(SIGNATURE.len(), 19);
    }

    #[test]
    fn an_event_goes_to_the_part_of_its_month() {
        // 2026-11-30 23:59:59.999999 and the microsecond after it.
        assert_eq!(part(Time::from_micros(1_796_083_199_999_999)), "events_2026_11");
        assert_eq!(part(Time::from_micros(1_796_083_200_000_000)), "events_2026_12");
    }
}
