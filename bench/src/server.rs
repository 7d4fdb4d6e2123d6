//! The server under measurement: started on its own core with the embedded store and no mail server.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use std::io::{Read as _, Write as _};

use crate::http::Site;
use crate::options::MAILS_A_DAY;
use crate::trouble::Trouble;

/// The core of the server; the generator has the other.
pub(crate) const SERVER_CORE: u8 = 0;
/// The core of the generator.
pub(crate) const CLIENT_CORE: u8 = 1;

/// A server that is not ready by then never will be.
const START: Duration = Duration::from_secs(20);
/// A server that has not ended by then is killed.
const END: Duration = Duration::from_secs(10);

/// Where and how the server is started, the same for every start in a run.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The program `bidden`.
    pub(crate) program: PathBuf,
    /// A directory of our own: the data directory and what the server writes go there.
    pub(crate) directory: PathBuf,
    /// Where it listens.
    pub(crate) site: Arc<Site>,
}

impl Setup {
    /// Chooses a free port.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn new(program: PathBuf, directory: PathBuf) -> Result<Self, Trouble> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(Trouble::system("looking for a free port"))?.port();
        Ok(Self { program, directory, site: Site::local(port) })
    }

    /// The data directory.
    #[must_use]
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// A command of the program `bidden` with the settings of this run and no others.
    fn settings(&self, command: &mut Command) {
        command.env_clear().current_dir(&self.directory).stdin(Stdio::null());
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("BIDDEN_DATA_DIR", self.data());
        command.env("BIDDEN_LISTEN", self.site.address.to_string());
        command.env("BIDDEN_BUDGET_KNOWN_MAILS_PER_DAY", MAILS_A_DAY.to_string());
    }

    /// What the program calls itself.
    ///
    /// # Errors
    /// It cannot be run.
    pub(crate) fn version(&self) -> Result<String, Trouble> {
        let mut command = Command::new(&self.program);
        self.settings(&mut command);
        let output =
            command.arg("--version").output().map_err(Trouble::system("running `bidden --version`"))?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(if text.is_empty() { "bidden".to_owned() } else { text })
    }

    /// Starts the server and waits until `/healthz` answers.
    ///
    /// # Errors
    /// It cannot be started, or does not become ready; with the end of what it wrote.
    pub(crate) fn start(&self) -> Result<Server, Trouble> {
        self.run(&[], true)
    }

    /// The same, and anybody may open an account.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn start_open(&self) -> Result<Server, Trouble> {
        self.run(&[("BIDDEN_REGISTRATION", "open")], true)
    }

    /// Starts it with further settings, on whatever core is free.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn start_anywhere(&self, more: &[(&str, &str)]) -> Result<Server, Trouble> {
        self.run(more, false)
    }

    /// The same, with further settings.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn start_with(&self, more: &[(&str, &str)]) -> Result<Server, Trouble> {
        self.run(more, true)
    }

    fn run(&self, more: &[(&str, &str)], pinned: bool) -> Result<Server, Trouble> {
        let mut command = Command::new(if pinned { Path::new("taskset") } else { &self.program });
        if pinned {
            command.arg("-c").arg(SERVER_CORE.to_string()).arg(&self.program);
        }
        self.settings(&mut command);
        command.envs(more.iter().copied());
        let wrote = self.directory.join("server.log");
        let log = File::create(&wrote).map_err(Trouble::system(format!("making {}", wrote.display())))?;
        let copy = log.try_clone().map_err(Trouble::system("a second handle of the log"))?;
        command.arg("serve");
        let began = Instant::now();
        let child =
            command.stdout(log).stderr(copy).spawn().map_err(Trouble::system("starting the server"))?;
        let pid = child.id();
        let mut server = Server { child, pid, ready_after: Duration::ZERO };
        server.wait_until_ready(self.site.address, began).map_err(|trouble| {
            let text = std::fs::read_to_string(&wrote).unwrap_or_default();
            let end: Vec<&str> = text.lines().rev().take(15).collect();
            let end: Vec<&str> = end.into_iter().rev().collect();
            Trouble::Unexpected(format!("{trouble}; the server wrote:\n{}", end.join("\n")))
        })?;
        Ok(server)
    }
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// The process of the server itself.
    pub(crate) pid: u32,
    /// From the start of the process until `/healthz` answered.
    pub(crate) ready_after: Duration,
}

impl Server {
    fn wait_until_ready(&mut self, address: SocketAddr, began: Instant) -> Result<(), Trouble> {
        while !healthy(address) {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Trouble::Unexpected(format!("the server ended by itself ({status})")));
            }
            if began.elapsed() > START {
                return Err(Trouble::Unexpected(format!("/healthz did not answer within {START:?}")));
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        self.ready_after = began.elapsed();
        Ok(())
    }

    /// Asks the server to end, and waits for it.
    ///
    /// # Errors
    /// It had to be killed.
    pub(crate) fn stop(mut self) -> Result<(), Trouble> {
        let asked = Command::new("kill").args(["-TERM", &self.pid.to_string()]).status();
        asked.map_err(Trouble::system("running `kill`"))?;
        let began = Instant::now();
        while began.elapsed() < END {
            if let Ok(Some(_)) = self.child.try_wait() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(Trouble::Unexpected(format!("the server did not end within {END:?} after SIGTERM")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that has been waited for is not signalled again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether `/healthz` answers 200 now.
fn healthy(address: SocketAddr) -> bool {
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let patience = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let request =
        format!("GET /healthz HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", address.port());
    if patience.is_err() || stream.write_all(request.as_bytes()).is_err() {
        return false;
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).is_ok() && answer == *b"HTTP/1.1 200"
}
