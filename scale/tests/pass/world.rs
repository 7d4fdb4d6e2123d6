//! What the tests work with: logs of an organisation that does not exist, spread over machines; the commands; a cluster.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at another process.
const LOOK: Duration = Duration::from_millis(20);

/// A program that is handed over: it is built in the workspace beside this one.
fn program(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from);
    path.unwrap_or_else(|| panic!("{variable} is not set: run `./test scale`, or name the program"))
}

pub(crate) fn scale() -> Command {
    Command::new(env!("CARGO_BIN_EXE_bidden-scale"))
}

/// What `bidden investigate` reports: its JSON as it was printed, and read.
pub(crate) struct Report {
    text: String,
    value: Value,
}

impl Report {
    /// The incidents, byte for byte.
    pub(crate) fn incidents(&self) -> &str {
        let from = self.text.find("\"incidents\": [").unwrap();
        let to = self.text.rfind("\"forgotten\": [").unwrap();
        &self.text[from..to]
    }

    pub(crate) fn many(&self) -> usize {
        self.value["incidents"].as_array().unwrap().len()
    }

    pub(crate) fn read(&self, name: &str) -> &Value {
        &self.value["read"][name]
    }

    /// The report but for the names of files, and whether they had to be sorted.
    pub(crate) fn said(&self) -> Value {
        let mut said = self.value.clone();
        let read = said["read"].as_object_mut().unwrap();
        for name in ["inputs", "first_bad", "sorted"] {
            read.remove(name);
        }
        said
    }

    pub(crate) fn blind(&self, code: &str) -> bool {
        self.value["blind_spots"].as_array().unwrap().iter().any(|spot| spot["code"] == code)
    }
}

pub(crate) fn investigate(paths: &[&Path], more: &[&str]) -> Report {
    let mut command = Command::new(program("SCALE_BIDDEN"));
    command.arg("investigate").args(paths).args(["--json", "--quiet"]).args(more);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let read = serde_json::from_str(&text);
    let value = read.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Report { text, value }
}

/// Logs on three machines, and where they write their records to.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    /// What three machines collected from one organisation: two overlap in Azure Monitor's lines, of which one has the newest
    /// first; one of them has half a line at its end and a line that is none; the third has other exports of the same events.
    pub(crate) fn new(people: u32, days: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let status = Command::new(program("SCALE_BENCH"))
            .args(["tenant", "--shape", "azure,beta,unified,audits", "--seed", "7", "--each", "1"])
            .args(["--people", &people.to_string(), "--days", &days.to_string(), "--out"])
            .arg(&made)
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        let world = Self { folder };
        for machine in ["a", "b", "c"] {
            fs::create_dir_all(world.logs(machine)).unwrap();
        }
        let text = fs::read_to_string(made.join("azure_monitor.ndjson")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (early, late) = (lines.len() * 3 / 5, lines.len() * 2 / 5);
        let first = format!("{}\nno record\n{{\"half", lines[..early].join("\n"));
        fs::write(world.logs("a").join("monitor.ndjson"), first).unwrap();
        let second: Vec<&str> = lines[late..].iter().rev().copied().collect();
        fs::write(world.logs("b").join("monitor.ndjson"), second.join("\n") + "\n").unwrap();
        for file in ["graph_beta_signIns.json", "ual_export.csv", "graph_directoryAudits.json"] {
            fs::rename(made.join(file), world.logs("c").join(file)).unwrap();
        }
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn logs(&self, machine: &str) -> PathBuf {
        self.path("logs").join(machine)
    }

    /// Has each of these machines write its records, as it would by itself.
    pub(crate) fn normalise(&self, machines: &[&str]) -> PathBuf {
        let shards = self.path("records");
        for machine in machines {
            let to = shards.join(machine);
            let words = ["--records-only", "--to-parquet", to.to_str().unwrap()];
            let mut command = Command::new(program("SCALE_BIDDEN"));
            command.arg("investigate").arg(self.logs(machine)).arg("--quiet").args(words);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        shards
    }

    /// Runs a pass into a folder of this name.
    pub(crate) fn pass(&self, from: &Path, to: &str, more: &[&str]) -> (PathBuf, Output) {
        let to = self.path(to);
        let output =
            scale().args(["pass", "--in"]).arg(from).arg("--out").arg(&to).args(more).output().unwrap();
        (to, output)
    }

    /// What is left in the folder that nobody asked for.
    pub(crate) fn left_over(&self) -> Vec<String> {
        let all = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        all.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with('.')).collect()
    }
}

/// How it ended and what it said, for a test that fails.
pub(crate) fn whole(output: &Output) {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// A program that ends with the test.
pub(crate) struct Running {
    child: Child,
    /// Whoever listens to it, for its last line.
    listener: Option<JoinHandle<String>>,
}

impl Running {
    /// One that is listened to.
    pub(crate) fn heard(command: &mut Command) -> Self {
        Self::begin(command.stderr(Stdio::piped()))
    }

    fn start(command: &mut Command) -> Self {
        Self::begin(command.stderr(Stdio::null()))
    }

    fn begin(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        Self { child, listener: None }
    }

    /// Waits until it says something on standard error.
    pub(crate) fn says(&mut self, what: &str) {
        let from = self.child.stderr.take().unwrap();
        let mut lines = BufReader::new(from).lines();
        let mut heard = Vec::new();
        loop {
            let line =
                lines.next().unwrap_or_else(|| panic!("it ended without {what:?}: {heard:?}")).unwrap();
            if line.contains(what) {
                break;
            }
            heard.push(line);
        }
        // Somebody has to go on listening: it would stop at a pipe that is full.
        self.listener =
            Some(std::thread::spawn(move || lines.map_while(Result::ok).last().unwrap_or_default()));
    }

    /// The last line that it said on standard error, once it has ended.
    pub(crate) fn last_words(&mut self) -> String {
        self.listener.take().unwrap().join().unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    pub(crate) fn wait(&mut self) -> Option<i32> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A scheduler and executors, each a process with ports of its own.
pub(crate) struct Cluster {
    pub(crate) url: String,
    pub(crate) executors: Vec<Running>,
    pub(crate) work: TempDir,
    _scheduler: Running,
}

impl Cluster {
    /// With so many executors, each of which is given up after ten seconds of silence.
    pub(crate) fn start(executors: usize) -> Self {
        Self::patient(executors, 10)
    }

    /// The same with another number of seconds.
    pub(crate) fn patient(executors: usize, seconds: u64) -> Self {
        let work = tempfile::tempdir().unwrap();
        let port = free();
        let at = port.to_string();
        let patience = seconds.to_string();
        let scheduler = Running::start(scale().args(["scheduler", "--lost-after", &patience, "--port", &at]));
        listens(port);
        let executors = (0..executors).map(|_| {
            let own = free();
            let running = Running::start(
                scale()
                    .args(["executor", "--scheduler", "127.0.0.1", "--cores", "1", "--memory", "256"])
                    .args(["--scheduler-port", &at, "--port", &own.to_string(), "--work"])
                    .arg(work.path()),
            );
            // It has found the scheduler when it listens here.
            listens(own);
            running
        });
        let executors = executors.collect();
        Self { url: format!("http://127.0.0.1:{port}"), executors, work, _scheduler: scheduler }
    }
}

/// Waits until it is so.
pub(crate) fn comes_true(what: &str, is: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < until, "{what} does not come true");
        std::thread::sleep(LOOK);
    }
}

/// A port that nobody has.
pub(crate) fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn listens(port: u16) {
    comes_true(&format!("that somebody listens at {port}"), || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
}
