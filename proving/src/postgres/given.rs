//! Databases of their own for tests, on the one server that the environment names.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::Trouble;
use crate::postgres::programs::{Programs, random_name};
use crate::postgres::{Cluster, Options};
use crate::program::finish_with;

/// The environment variable that names the server: a URL of its maintenance database, with a role that may create
/// databases. `proving postgres --run` sets it.
pub const SERVER: &str = "PROVING_POSTGRES";
/// The environment variable that, set to `1`, makes the lack of [`SERVER`] a failure instead of a skip.
pub const REQUIRED: &str = "PROVING_REQUIRE_POSTGRES";

/// The server on which tests may create databases.
#[derive(Clone, Debug)]
pub struct Given {
    url: String,
}

/// The server that [`SERVER`] names; `None` when it names none, which a test takes as its permission to be skipped.
///
/// # Panics
/// When [`REQUIRED`] is `1` and there is no server: then a skip is a failure.
#[must_use]
pub fn given() -> Option<Given> {
    Given::from(std::env::var(SERVER).ok(), required())
}

/// Whether [`Cluster::start`] finds PostgreSQL on this machine; `false` a test takes as its permission to be skipped.
///
/// # Panics
/// When [`REQUIRED`] is `1` and PostgreSQL is not installed.
#[must_use]
pub fn installed() -> bool {
    match Programs::find() {
        Ok(_) => true,
        Err(trouble) => {
            assert!(!required(), "{REQUIRED}=1, but {trouble}");
            false
        }
    }
}

fn required() -> bool {
    std::env::var(REQUIRED).is_ok_and(|value| value == "1")
}

impl Given {
    fn from(server: Option<String>, required: bool) -> Option<Self> {
        let url = server.filter(|url| !url.is_empty());
        assert!(
            url.is_some() || !required,
            "{REQUIRED}=1 wants this test to run on PostgreSQL, but {SERVER} names no server; \
             `cargo run -p proving -- postgres --run COMMAND` starts one for COMMAND"
        );
        url.map(|url| Self { url })
    }

    /// The URL of the maintenance database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Creates an empty database that is dropped with the returned value.
    ///
    /// It shares nothing with the others but the counter of transactions: `pg_snapshot_xmin` of one database waits
    /// for open writing transactions of *all* databases of the server. So what is read below it, the tail of events,
    /// may come later than it would in a database alone. A test that expects it at once takes [`Given::alone`].
    ///
    /// # Errors
    /// The server is not there, or does not permit it.
    pub fn database(&self) -> Result<Database, Trouble> {
        let name = format!("test_{}", random_name());
        let url = with_database(&self.url, &name).ok_or_else(|| Trouble::NoUrl(self.url.clone()))?;
        // No strategy and no template are named: the gain is below 10 ms, and only PostgreSQL from 15 on knows them.
        psql(&self.url, &format!("CREATE DATABASE {name}"))?;
        Ok(Database { name, url, server: Server::Shared(self.clone()) })
    }

    /// An empty database on a server of its own, where nobody else's transactions delay anything, as durable as
    /// [`Options::default`] says. To make the server takes most of a second, so one that nobody has any more is used again;
    /// all end with this process.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn alone(&self) -> Result<Database, Trouble> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let cluster = match idle {
            Some(cluster) => cluster,
            None => Cluster::start(Options::default())?,
        };
        let name = format!("test_{}", random_name());
        cluster.create_database(&name)?;
        Ok(Database { url: cluster.url(&name), name, server: Server::Own(Some(Box::new(cluster))) })
    }
}

/// A database that lasts as long as this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    server: Server,
}

/// What has to be cleared away with a database.
#[derive(Debug)]
enum Server {
    Shared(Given),
    /// None once it was taken out to be used again.
    Own(Option<Box<Cluster>>),
}

/// The servers of [`Given::alone`] that nobody has at the moment.
static IDLE: Mutex<Vec<Cluster>> = Mutex::new(Vec::new());

impl Database {
    /// Where to connect, with the role and the password of the server's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements with `psql`; the rows, as [`Cluster::psql`](crate::postgres::Cluster::psql) gives them.
    ///
    /// # Errors
    /// The server is not there, or refuses a statement; the message is the server's.
    pub fn psql(&self, sql: &str) -> Result<String, Trouble> {
        psql(&self.url, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Ends the connections that the test left open.
        let gone = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        match &mut self.server {
            Server::Shared(given) => {
                if let Err(trouble) = psql(&given.url, &gone) {
                    eprintln!("the database {} is left behind: {trouble}", self.name);
                }
            }
            Server::Own(cluster) => {
                // One that does not even do this is ended, and with it whatever is left in it.
                if let Some(cluster) =
                    cluster.take().filter(|cluster| cluster.psql("postgres", &gone).is_ok())
                {
                    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(*cluster);
                }
            }
        }
    }
}

fn psql(url: &str, sql: &str) -> Result<String, Trouble> {
    let place = std::env::temp_dir();
    // Debian's wrapper in /usr/bin takes longer than the statement; but the server may be another machine's, and only
    // the client be installed here.
    let mut command =
        Programs::find().map_or_else(|_| Command::new("psql"), |programs| programs.command("psql", &place));
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]);
    finish_with(&mut command, sql).map(|rows| rows.trim_end().to_owned())
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (base, query) = rest.split_once('?').map_or((rest, None), |(base, query)| (base, Some(query)));
    let (authority, _) = base.split_once('/')?;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{scheme}://{authority}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::{Given, installed, with_database};
    use crate::postgres::{Cluster, Options};

    #[test]
    fn a_url_keeps_everything_but_its_database() {
        assert_eq!(
            with_database("postgres://a:b@[::1]:5432/postgres?sslmode=require", "test_1").as_deref(),
            Some("postgres://a:b@[::1]:5432/test_1?sslmode=require")
        );
        assert_eq!(with_database("postgres://a@h/x", "y").as_deref(), Some("postgres://a@h/y"));
        assert_eq!(with_database("postgres://a@h", "y"), None);
        assert_eq!(with_database("host=h dbname=x", "y"), None);
    }

    #[test]
    fn without_a_server_a_test_is_skipped_unless_that_is_forbidden() {
        assert!(Given::from(None, false).is_none());
        assert!(Given::from(Some(String::new()), false).is_none());
        let refused = std::panic::catch_unwind(|| Given::from(None, true).is_some());
        let text = refused.unwrap_err().downcast::<String>().unwrap();
        assert!(text.contains("PROVING_POSTGRES names no server"), "{text}");
    }

    #[test]
    fn a_database_is_alone_and_goes_with_its_value_even_if_somebody_is_connected() {
        if !installed() {
            return;
        }
        let cluster = Cluster::start(Options::default()).unwrap();
        let given = Given::from(Some(cluster.url("postgres")), true).unwrap();
        let (one, other) = (given.database().unwrap(), given.database().unwrap());
        one.psql("CREATE TABLE here (n int)").unwrap();
        assert_eq!(one.psql("SELECT count(*) FROM here").unwrap(), "0");
        assert!(other.psql("SELECT count(*) FROM here").is_err());

        let (name, url) = (one.name().to_owned(), one.url().to_owned());
        let connected = std::thread::spawn(move || super::psql(&url, "SELECT pg_sleep(30)"));
        let seen = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
        while cluster.psql("postgres", &seen).unwrap() == "0" {}
        drop(one);
        let databases = cluster.psql("postgres", "SELECT datname FROM pg_database").unwrap();
        assert!(!databases.contains(&name) && databases.contains(other.name()), "{databases}");
        assert!(connected.join().unwrap().is_err());
    }

    #[test]
    fn a_server_that_is_used_again_has_nothing_of_whoever_had_it() {
        if !installed() {
            return;
        }
        let given = Given { url: "postgres://nobody@127.0.0.1:1/postgres".to_owned() };
        for _ in 0..3 {
            let alone = given.alone().unwrap();
            let databases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'test_%'";
            let others = "SELECT count(*) FROM pg_stat_activity
                          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            assert_eq!(alone.psql(databases).unwrap(), "1");
            assert_eq!(alone.psql(others).unwrap(), "0");
            assert!(alone.psql("SELECT * FROM here").is_err());
            alone.psql("CREATE TABLE here (n int)").unwrap();
            let url = alone.url().to_owned();
            let connected = std::thread::spawn(move || super::psql(&url, "SELECT pg_sleep(30)"));
            while alone.psql(others).unwrap() == "0" {}
            drop(alone);
            assert!(connected.join().unwrap().is_err());
        }
    }

    #[test]
    fn somebody_elses_transaction_delays_the_tail_of_a_shared_server_but_not_of_one_alone() {
        if !installed() {
            return;
        }
        let cluster = Cluster::start(Options::default()).unwrap();
        let given = Given::from(Some(cluster.url("postgres")), true).unwrap();
        let (slow, shared, alone) =
            (given.database().unwrap(), given.database().unwrap(), given.alone().unwrap());
        let url = slow.url().to_owned();
        let writer = std::thread::spawn(move || {
            super::psql(&url, "BEGIN; SELECT pg_current_xact_id(); SELECT pg_sleep(30); COMMIT")
        });
        while cluster.psql("postgres", "SELECT count(backend_xid) FROM pg_stat_activity").unwrap() == "0" {}
        for database in [&shared, &alone] {
            let table = "CREATE TABLE event (n int, tx xid8 DEFAULT pg_current_xact_id())";
            database.psql(&format!("{table}; INSERT INTO event VALUES (1)")).unwrap();
        }
        let tail = "SELECT count(*) FROM event WHERE tx < pg_snapshot_xmin(pg_current_snapshot())";
        assert_eq!(shared.psql(tail).unwrap(), "0");
        assert_eq!(alone.psql(tail).unwrap(), "1");
        drop(slow);
        assert!(writer.join().unwrap().is_err());
        assert_eq!(shared.psql(tail).unwrap(), "1");
    }
}
