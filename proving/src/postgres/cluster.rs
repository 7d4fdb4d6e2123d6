//! One PostgreSQL cluster: made, started, stopped, killed, filled, asked, and cleared away.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Trouble;
use crate::patience::wait_for;
use crate::postgres::disk::Disk;
use crate::postgres::home::{Home, kill_all_in, signal};
use crate::postgres::programs::{Programs, random_name};
use crate::postgres::{Mode, Options, certificate};
use crate::program::{finish, finish_with};

/// The superuser of every cluster, which the URLs name.
pub(super) const ROLE: &str = "bidden";
/// Recovery of much WAL on a busy machine takes long.
const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const LOG_TAIL_BYTES: u64 = 16 * 1024;

/// A private PostgreSQL server on 127.0.0.1, on a port that the system chose, running as the user `postgres` when we
/// are root and as ourselves otherwise. Dropping it ends the server and removes its directory and its disk; the same
/// happens when this process is killed.
///
/// All methods take `&self`: one thread may stop the server while others use it.
#[derive(Debug)]
pub struct Cluster {
    pub(super) options: Options,
    pub(super) programs: Programs,
    pub(super) data: PathBuf,
    pub(super) port: u16,
    pub(super) password: String,
    pub(super) authority: Option<PathBuf>,
    server: Mutex<Option<Child>>,
    disk: Option<Disk>,
    pub(super) home: Home,
}

impl Cluster {
    /// Makes a fresh cluster with the superuser `bidden`, and starts it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, the disk cannot be mounted, or the server does not come up.
    pub fn start(options: Options) -> Result<Self, Trouble> {
        let programs = Programs::find()?;
        let home = Home::make(&programs)?;
        let disk =
            options.disk.map(|megabytes| Disk::mount(&programs, home.path(), megabytes)).transpose()?;
        let data = disk.as_ref().map_or(home.path(), Disk::path).join("data");
        let password = random_name();
        initialise(&programs, home.path(), &data, &password, disk.is_some())?;
        let authority =
            if options.tls { Some(certificate::make(&programs, home.path(), &data)?) } else { None };
        let server = Mutex::new(None);
        let mut cluster = Self { options, programs, data, port: 0, password, authority, server, disk, home };
        cluster.configure()?;
        cluster.start_on_a_free_port()?;
        Ok(cluster)
    }

    /// Like [`Cluster::start`], of parts that exist: a data directory that was copied.
    pub(super) fn of_copy(of: &Self, home: Home, data: PathBuf) -> Result<Self, Trouble> {
        let mut cluster = Self {
            options: Options { disk: None, ..of.options.clone() },
            programs: of.programs.clone(),
            data,
            port: 0,
            password: of.password.clone(),
            authority: of.authority.clone(),
            server: Mutex::new(None),
            disk: None,
            home,
        };
        if let Some(authority) = &of.authority {
            // The standby may outlive its primary.
            let copy = cluster.home.path().join("ca.crt");
            std::fs::copy(authority, &copy).map_err(Trouble::while_trying("copy ca.crt"))?;
            cluster.authority = Some(copy);
        }
        cluster.start_on_a_free_port()?;
        Ok(cluster)
    }

    /// Where a client connects: `postgres://bidden:PASSWORD@127.0.0.1:PORT/database`, with `?sslmode=require` when the
    /// cluster speaks TLS only. The password is checked with SCRAM-SHA-256.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let Self { password, port, .. } = self;
        let query = if self.options.tls { "?sslmode=require" } else { "" };
        format!("postgres://{ROLE}:{password}@127.0.0.1:{port}/{database}{query}")
    }

    /// The certificate, in PEM, that vouches for the server; `None` without [`Options::tls`].
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// The port on 127.0.0.1. It stays the same over restarts.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The data directory. Its WAL is in `pg_wal`.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// The server is not there, or has one of that name.
    pub fn create_database(&self, name: &str) -> Result<(), Trouble> {
        self.psql("postgres", &format!("CREATE DATABASE \"{name}\"")).map(drop)
    }

    /// Runs statements with `psql`, each in a transaction of its own unless they say otherwise, and returns the rows:
    /// a line each, columns separated by `|`, without the last line's end. Stops at the first error.
    ///
    /// # Errors
    /// The server is not there, or refuses a statement; the message is the server's.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, Trouble> {
        let mut command = self.programs.command("psql", self.home.path());
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]);
        finish_with(self.as_client(&mut command), sql).map(|rows| rows.trim_end().to_owned())
    }

    /// Tells a client program of PostgreSQL where the server is.
    pub(super) fn as_client<'a>(
        &self,
        command: &'a mut std::process::Command,
    ) -> &'a mut std::process::Command {
        command.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string());
        command.env("PGUSER", ROLE).env("PGPASSWORD", &self.password).env("PGCONNECT_TIMEOUT", "10");
        if let Some(authority) = &self.authority {
            command.env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", authority);
        }
        command
    }

    /// Ends the server and waits until it is gone. No error if it is gone already.
    ///
    /// # Errors
    /// It does not end within 30 seconds.
    pub fn stop(&self, mode: Mode) -> Result<(), Trouble> {
        let mut server = self.server();
        let Some(child) = server.as_mut() else { return Ok(()) };
        match mode {
            Mode::Fast => signal("INT", &[child.id()])?,
            Mode::Immediate => signal("QUIT", &[child.id()])?,
            Mode::Kill => kill_all_in(&self.data)?,
        }
        let waiting = Trouble::while_trying("wait for PostgreSQL");
        let ended = wait_for(STOP_LIMIT, || child.try_wait()).map_err(waiting)?;
        ended.ok_or_else(|| self.late("PostgreSQL to end"))?;
        *server = None;
        Ok(())
    }

    /// Starts the server after it ended, on the same port, and waits until it takes connections.
    ///
    /// # Errors
    /// [`Trouble::Running`] if it did not end; otherwise it does not come up.
    pub fn start_again(&self) -> Result<(), Trouble> {
        // Somebody's outgoing connection may hold the port for a moment.
        let started = wait_for(Duration::from_secs(5), || match self.launch() {
            Err(Trouble::PortTaken(_)) => Ok(None),
            done => done.map(Some),
        })?;
        started.ok_or(Trouble::PortTaken(self.port))
    }

    /// [`Cluster::stop`], then [`Cluster::start_again`].
    ///
    /// # Errors
    /// As those two.
    pub fn restart(&self, mode: Mode) -> Result<(), Trouble> {
        self.stop(mode)?;
        self.start_again()
    }

    /// The number of the server's first process; `None` when it is not running.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        let mut server = self.server();
        let child = server.as_mut()?;
        matches!(child.try_wait(), Ok(None)).then(|| child.id())
    }

    /// The end of the server's log, at most 16 KB.
    #[must_use]
    pub fn log(&self) -> String {
        let length = std::fs::metadata(self.log_file()).map_or(0, |file| file.len());
        self.log_from(length.saturating_sub(LOG_TAIL_BYTES))
    }

    /// Takes all the space on the disk that [`Options::disk`] asked for.
    ///
    /// # Errors
    /// [`Trouble::NoDisk`] without such a disk.
    pub fn fill_disk(&self) -> Result<(), Trouble> {
        self.disk.as_ref().ok_or(Trouble::NoDisk)?.fill()
    }

    /// Gives back what [`Cluster::fill_disk`] took. A server that ended for want of space is started with
    /// [`Cluster::stop`] and [`Cluster::start_again`], as an operator would.
    ///
    /// # Errors
    /// [`Trouble::NoDisk`] without such a disk.
    pub fn free_disk(&self) -> Result<(), Trouble> {
        self.disk.as_ref().ok_or(Trouble::NoDisk)?.free()
    }

    fn configure(&self) -> Result<(), Trouble> {
        let mut lines = format!(
            "\nmax_connections = {}\nfsync = on\nsynchronous_commit = on\nshared_buffers = 16MB\njit = off\n\
             log_line_prefix = '%m [%p] '\n\
             # In the data directory, so that nothing is left in /dev/shm by a server that was killed.\n\
             dynamic_shared_memory_type = mmap\n",
            self.options.max_connections
        );
        if self.disk.is_none() {
            // A standby that was away for a while still finds what it missed.
            lines.push_str("wal_keep_size = 256MB\n");
        }
        if self.options.tls {
            lines.push_str("ssl = on\n");
        }
        for (name, value) in &self.options.extra {
            lines.push_str(&format!("{name} = '{}'\n", value.replace('\'', "''")));
        }
        let host = if self.options.tls { "hostssl" } else { "host" };
        let access = format!(
            "{host} all all 127.0.0.1/32 scram-sha-256\n{host} replication all 127.0.0.1/32 scram-sha-256\n"
        );
        File::options()
            .append(true)
            .open(self.data.join("postgresql.conf"))
            .and_then(|mut file| file.write_all(lines.as_bytes()))
            .and_then(|()| std::fs::write(self.data.join("pg_hba.conf"), access))
            .map_err(Trouble::while_trying("write the configuration"))
    }

    fn start_on_a_free_port(&mut self) -> Result<(), Trouble> {
        let mut attempts_left = 10;
        loop {
            self.port = free_port()?;
            attempts_left -= 1;
            match self.launch() {
                Err(Trouble::PortTaken(_)) if attempts_left > 0 => {}
                done => return done,
            }
        }
    }

    /// Starts the server and waits until it takes connections (a standby: read-only ones).
    fn launch(&self) -> Result<(), Trouble> {
        let mut server = self.server();
        if let Some(child) = server.as_mut() {
            if matches!(child.try_wait(), Ok(None)) {
                return Err(Trouble::Running);
            }
            *server = None;
            // What a server that was killed leaves running would hold the next one off.
            kill_all_in(&self.data)?;
        }
        let log = File::options().create(true).append(true).open(self.log_file());
        let log = log.map_err(Trouble::while_trying("open the log"))?;
        let log_start = log.metadata().map_or(0, |file| file.len());
        let errors = log.try_clone().map_err(Trouble::while_trying("open the log"))?;
        let mut child = self
            .programs
            .command("postgres", &self.data)
            .arg("-D")
            .arg(&self.data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", &format!("port={}", self.port)])
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            // Ctrl-C at the terminal is for the test, which decides what becomes of the server.
            .process_group(0)
            .spawn()
            .map_err(Trouble::while_trying("start PostgreSQL"))?;
        let ready = wait_for(START_LIMIT, || {
            let waiting = Trouble::while_trying("wait for PostgreSQL");
            if let Some(status) = child.try_wait().map_err(waiting)? {
                let log = self.log_from(log_start);
                let clash =
                    log.contains("could not bind") || log.contains("could not create any TCP/IP sockets");
                return Err(if clash {
                    Trouble::PortTaken(self.port)
                } else {
                    Trouble::EndedEarly { status, log }
                });
            }
            Ok(self.takes_connections(child.id()).then_some(()))
        })?;
        *server = Some(child);
        ready.ok_or_else(|| self.late("PostgreSQL to take connections"))
    }

    /// What `pg_ctl` looks at: the first line of the lock file is the process, the eighth its state.
    fn takes_connections(&self, process: u32) -> bool {
        let lock = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = lock.lines().map(str::trim);
        lines.next() == Some(process.to_string().as_str())
            && matches!(lines.nth(6), Some("ready" | "standby"))
    }

    pub(super) fn late(&self, awaited: &str) -> Trouble {
        Trouble::Late { awaited: awaited.to_owned(), log: self.log() }
    }

    fn log_file(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn log_from(&self, start: u64) -> String {
        let mut bytes = Vec::new();
        let read = File::open(self.log_file()).and_then(|mut file| {
            file.seek(SeekFrom::Start(start))?;
            file.read_to_end(&mut bytes)
        });
        read.map_or_else(
            |error| format!("(no log: {error})"),
            |_| String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    fn server(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    /// Only tells the server to hurry; the rest is the watcher's work when `home` goes.
    fn drop(&mut self) {
        if let Err(trouble) = self.stop(Mode::Immediate) {
            eprintln!("{trouble}");
        }
    }
}

/// Makes the data directory, with a password for [`ROLE`].
fn initialise(
    programs: &Programs,
    home: &Path,
    data: &Path,
    password: &str,
    small: bool,
) -> Result<(), Trouble> {
    let secret = home.join("password");
    std::fs::write(&secret, password).map_err(Trouble::while_trying("write the password"))?;
    programs.hand_over(&secret)?;
    let mut command = programs.command("initdb", home);
    command.arg("-D").arg(data).args(["-U", ROLE, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"]);
    // Whether the empty cluster survives a power cut of the machine is not what anybody tests.
    command.args(["--no-sync", "--no-instructions", "--pwfile"]).arg(&secret);
    if small {
        command.args(["--wal-segsize", "1"]);
    }
    finish(&mut command).map(drop)
}

/// A port that nobody has at this moment. The kernel gives odd ones to listeners and even ones to outgoing
/// connections while there are any, so a restart meets a clash next to never.
fn free_port() -> Result<u16, Trouble> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Trouble::while_trying("find a free port"))
}
