//! The server under test: a process of its own, started, killed, started again.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::http::{Answer, Connection};

/// A server that is not ready by then never will be.
const START: Duration = Duration::from_secs(30);

/// A folder of its own for each test, removed when it is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bidden-faults-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The other tests go on; what is left of this one lies in the temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How a server is started.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// What it writes goes there.
    pub(crate) log: PathBuf,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The port that people use, where that is another.
    pub(crate) public_port: Option<u16>,
    /// Further settings, as names of environment variables without `BIDDEN_` and values.
    pub(crate) more: Vec<(&'static str, String)>,
}

impl Plan {
    /// A server with an embedded store in `data`.
    pub(crate) fn embedded(data: PathBuf) -> Self {
        let log = data.with_added_extension("log");
        Self { data, log, address: free_address(), public_port: None, more: Vec::new() }
    }

    /// One of several nodes on the database at `url`, with a directory and the keys in `folder`.
    pub(crate) fn shared(folder: &Folder, name: &str, url: &str) -> Self {
        let keys = keys_file(folder).display().to_string();
        Self::embedded(folder.path().join(name)).with("STORE", url).with("KEYS_FILE", &keys)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.more.push((name, value.to_owned()));
        self
    }

    pub(crate) fn behind(mut self, balancer: SocketAddr) -> Self {
        self.public_port = Some(balancer.port());
        self
    }
}

/// The keys that all nodes in `folder` share.
pub(crate) fn keys_file(folder: &Folder) -> PathBuf {
    folder.path().join("keys")
}

/// A running server; killed when dropped.
pub(crate) struct Node {
    pub(crate) plan: Plan,
    child: Child,
}

impl Node {
    /// Starts it and waits until it answers, and its store as well.
    #[track_caller]
    pub(crate) fn start(plan: Plan) -> Self {
        let began = Instant::now();
        let mut node = Self { child: spawn(&plan), plan };
        let mut probe = node.probe();
        while !probe.get("/readyz").is_ok_and(|answer| answer.status == 200) {
            if node.child.try_wait().unwrap().is_some() {
                // An outgoing connection of somebody else's may hold the port for a moment.
                assert!(node.log().contains("cannot listen"), "the server ended by itself:\n{}", node.log());
                node.child = spawn(&node.plan);
            }
            assert!(began.elapsed() < START, "not ready after {START:?}:\n{}", node.log());
            std::thread::sleep(Duration::from_millis(1));
        }
        node
    }

    /// `kill -9`, and again from the start.
    #[track_caller]
    pub(crate) fn kill_and_start(&mut self) {
        self.kill();
        let plan = self.plan.clone();
        *self = Self::start(plan);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asserts that the process is the one that was started: it has not ended.
    #[track_caller]
    pub(crate) fn expect_alive(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "the server ended by itself ({ended:?}):\n{}", self.log());
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.plan.address
    }

    /// A connection of nobody's.
    pub(crate) fn probe(&self) -> Connection {
        Connection::to(self.plan.address)
    }

    /// Waits until `path` is answered by `status`; says after how long.
    #[track_caller]
    pub(crate) fn await_status(&self, path: &str, status: u16, within: Duration) -> Duration {
        let began = Instant::now();
        let mut probe = self.probe();
        loop {
            let answer: Option<Answer> = probe.get(path).ok();
            if answer.as_ref().is_some_and(|answer| answer.status == status) {
                return began.elapsed();
            }
            assert!(
                began.elapsed() < within,
                "{path} after {within:?}: {answer:?}, not {status}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The end of what it wrote.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read(&self.plan.log).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(4000)..]).into_owned()
    }

    /// Asserts that `bidden store check` finds nothing.
    #[track_caller]
    pub(crate) fn expect_sound_store(&self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        set(command.args(["store", "check", "--full"]), &self.plan);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; nobody waits for it either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server at {} wrote:\n{}", self.plan.address, self.log());
        }
    }
}

fn spawn(plan: &Plan) -> Child {
    let log = File::options().create(true).append(true).open(&plan.log).unwrap();
    // It ends with the thread that started it, should the test be killed.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_bidden"), "serve"]);
    set(&mut command, plan);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

fn set(command: &mut Command, plan: &Plan) {
    let port = plan.public_port.unwrap_or(plan.address.port());
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(plan.data.parent().unwrap());
    command.env("BIDDEN_DATA_DIR", &plan.data).env("BIDDEN_LISTEN", plan.address.to_string());
    command.env("BIDDEN_PUBLIC_URL", format!("http://localhost:{port}"));
    command.env("BIDDEN_REGISTRATION", "open").env("BIDDEN_BUDGET_KNOWN_MAILS_PER_DAY", "100");
    for (name, value) in &plan.more {
        command.env(format!("BIDDEN_{name}"), value);
    }
}

/// An address that nobody listens on at this moment.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap()
}
