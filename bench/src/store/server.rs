//! The PostgreSQL server of a comparison: databases on it, its write-ahead log, its CPU time.

use std::process::Command;
use std::time::Duration;

use proving::postgres::{Cluster, Options};

use crate::trouble::Trouble;

/// A server that both sides are measured on.
pub(crate) struct Server {
    /// With the name of a database at its end.
    url: String,
    /// Its first process, where it runs on this machine and says so.
    pid: Option<u32>,
    /// Its version.
    pub(crate) version: String,
    /// Ended when this is dropped, if it is one of our own.
    _own: Option<Cluster>,
}

/// What a server has written to its log up to now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Log {
    /// Bytes (`pg_stat_wal.wal_bytes`).
    pub(crate) bytes: u64,
    /// Flushes (`pg_stat_wal.wal_sync`); the counter is elsewhere from PostgreSQL 18 on.
    pub(crate) flushes: Option<u64>,
}

impl Server {
    /// Starts one of our own, durable, with room for the data and 128 connections.
    ///
    /// # Errors
    /// There is no PostgreSQL on this machine, or it does not start.
    pub(crate) fn own() -> Result<Self, Trouble> {
        let extra = [
            ("shared_buffers", "512MB"),
            ("max_wal_size", "4GB"),
            ("checkpoint_timeout", "15min"),
            ("wal_buffers", "16MB"),
        ];
        let extra = extra.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let cluster = Cluster::start(Options { max_connections: 160, extra, ..Options::default() });
        let cluster = cluster.map_err(|error| Trouble::Unexpected(error.to_string()))?;
        let server = Self::given(&cluster.url("postgres"))?;
        Ok(Self { _own: Some(cluster), ..server })
    }

    /// Uses a server that somebody else started.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn given(url: &str) -> Result<Self, Trouble> {
        let version = psql(url, "SHOW server_version")?;
        let pid = psql(url, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        let pid = pid.ok().and_then(|pid| pid.trim().parse().ok());
        Ok(Self { url: url.to_owned(), pid: pid.filter(|pid| named_postgres(*pid)), version, _own: None })
    }

    /// The address of one of its databases.
    #[must_use]
    pub(crate) fn url(&self, database: &str) -> String {
        with_database(&self.url, database)
    }

    /// Runs one statement in one of its databases.
    ///
    /// # Errors
    /// The server says no.
    pub(crate) fn ask(&self, database: &str, sql: &str) -> Result<String, Trouble> {
        psql(&self.url(database), sql)
    }

    /// Makes a database anew, empty or as a copy of another.
    ///
    /// # Errors
    /// The server says no.
    pub(crate) fn make_database(&self, name: &str, like: Option<&str>) -> Result<(), Trouble> {
        self.drop_database(name)?;
        let like = like.map(|like| format!(" TEMPLATE {like}")).unwrap_or_default();
        psql(&self.url, &format!("CREATE DATABASE {name}{like}")).map(|_| ())
    }

    /// Drops a database, whoever is connected to it, if there is one.
    ///
    /// # Errors
    /// The server says no.
    pub(crate) fn drop_database(&self, name: &str) -> Result<(), Trouble> {
        psql(&self.url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).map(|_| ())
    }

    /// What it has written to its log. Exact once all connections are closed: each tells its share when it ends.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn log(&self) -> Result<Log, Trouble> {
        let bytes = psql(&self.url, "SELECT wal_bytes FROM pg_stat_wal")?;
        let flushes = psql(&self.url, "SELECT wal_sync FROM pg_stat_wal").ok();
        let bytes = bytes.trim().parse();
        Ok(Log {
            bytes: bytes.map_err(|_| Trouble::Unexpected("pg_stat_wal holds no number".to_owned()))?,
            flushes: flushes.and_then(|number| number.trim().parse().ok()),
        })
    }

    /// CPU time of all of its processes up to now, the ended ones included; `None` where that cannot be seen.
    #[must_use]
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let first = self.pid?;
        let mut all = Duration::ZERO;
        for entry in std::fs::read_dir("/proc").ok()?.filter_map(Result::ok) {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // Gone since the directory was read: its time is among those waited for.
            let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            all += share_of(&stat, pid, first);
        }
        Some(all)
    }
}

fn named_postgres(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim().starts_with("postgres"))
}

/// What a process adds: the first its own time and that of children that ended, its children their own.
/// Fields 4 and 14 to 17 of proc_pid_stat(5), in hundredths of a second.
fn share_of(stat: &str, pid: u32, first: u32) -> Duration {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let parent: Option<u32> = fields.get(1).and_then(|field| field.parse().ok());
    let counted = match (pid == first, parent == Some(first)) {
        (true, _) => 4,
        (false, true) => 2,
        (false, false) => 0,
    };
    let ticks = fields.iter().skip(11).take(counted).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

fn with_database(url: &str, database: &str) -> String {
    let (place, query) = url.split_once('?').map_or((url, None), |(place, query)| (place, Some(query)));
    let host = place.find("://").map_or(0, |at| at + 3);
    let end = place.get(host..).and_then(|rest| rest.find('/')).map_or(place.len(), |at| host + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", place.get(..end).unwrap_or(place))
}

fn psql(url: &str, sql: &str) -> Result<String, Trouble> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--command",
            sql,
            url,
        ])
        .env("PGOPTIONS", "--client-min-messages=warning")
        .output()
        .map_err(Trouble::system("running `psql` (Debian: postgresql-client)"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(Trouble::Unexpected(format!("{sql}: {}", String::from_utf8_lossy(&output.stderr).trim())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_database_is_replaced_and_nothing_else() {
        let change = |url| with_database(url, "run");
        assert_eq!(change("postgres://a:b@h:1/postgres"), "postgres://a:b@h:1/run");
        assert_eq!(change("postgres://h?sslmode=require"), "postgres://h/run?sslmode=require");
        assert_eq!(change("postgres://h/x?host=/run/pg"), "postgres://h/run?host=/run/pg");
    }

    #[test]
    fn a_servers_time_is_its_own_its_childrens_and_that_of_those_who_ended() {
        let stat = |pid: u32, parent: u32| {
            format!("{pid} (postgres: a) b) S {parent} 1 1 0 -1 0 0 0 0 0 100 20 3 4 20 0 1 0")
        };
        assert_eq!(share_of(&stat(7, 1), 7, 7), Duration::from_millis(1270));
        assert_eq!(share_of(&stat(8, 7), 8, 7), Duration::from_millis(1200));
        assert_eq!(share_of(&stat(9, 8), 9, 7), Duration::ZERO);
    }
}
