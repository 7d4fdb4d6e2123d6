//! Databases that are asked in SQL, by `bench/rival/duckdb/ask.py` and `bench/rival/chdb/ask.py`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Who;
use crate::trouble::Trouble;

/// One way to ask one of them.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) who: Who,
    name: &'static str,
    /// What comes before the file.
    words: &'static [&'static str],
}

/// All ways.
pub(super) const LANES: [Lane; 3] = [
    Lane { who: Who::Duckdb, name: "DuckDB, loaded once, then asked", words: &["table"] },
    Lane { who: Who::Duckdb, name: "DuckDB, each question from the file", words: &["file"] },
    Lane { who: Who::Chdb, name: "chdb, loaded once, then asked", words: &[] },
];

impl Who {
    /// The folder of its questions, and the module of Python.
    const fn module(self) -> &'static str {
        match self {
            Self::Duckdb => "duckdb",
            Self::Chdb => "chdb",
        }
    }
}

/// What it took and answered, without the start of Python.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rival {
    #[serde(default)]
    pub(super) name: String,
    pub(super) version: String,
    pub(super) asked: Vec<Asked>,
    /// The most memory that it had at once, in bytes.
    pub(super) peak: u64,
}

/// One question, or the loading before them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) seconds: f64,
    pub(super) cpu: f64,
    /// Rows of the answer, or of the table.
    pub(super) rows: u64,
}

impl Rival {
    /// Everything together.
    pub(super) fn seconds(&self) -> f64 {
        self.asked.iter().map(|asked| asked.seconds).sum()
    }

    /// The same by the time of the processors.
    pub(super) fn cpu_seconds(&self) -> f64 {
        self.asked.iter().map(|asked| asked.cpu).sum()
    }
}

fn folder(who: Who) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rival").join(who.module())
}

/// Python with one of them, installed where that is needed.
pub(super) fn python(who: Who) -> Result<PathBuf, Trouble> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools").join(who.module());
    let python = home.join("bin/python");
    let mut there = Command::new(&python);
    there.args(["-c", &format!("import {}", who.module())]).stdout(Stdio::null()).stderr(Stdio::null());
    if !there.status().is_ok_and(|status| status.success()) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let wanted = folder(who).join("requirements.txt");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(wanted))?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), Trouble> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    if status.map_err(Trouble::system("running Python (Debian: python3-venv)"))?.success() {
        Ok(())
    } else {
        Err(Trouble::Unexpected("it cannot be installed; `--alone` leaves it out".to_owned()))
    }
}

/// Asks it about a file, on so many cores.
pub(super) fn measure(python: &Path, lane: &Lane, records: &Path, cores: u8) -> Result<Rival, Trouble> {
    let mut command = Command::new("taskset");
    command.args(["-c", &format!("0-{}", cores - 1)]).arg(python).arg(folder(lane.who).join("ask.py"));
    let output = command.args(lane.words).arg(records).arg(cores.to_string()).stdin(Stdio::null()).output();
    let output = output.map_err(Trouble::system("running Python"))?;
    let rival: Result<Rival, _> = serde_json::from_slice(&output.stdout);
    rival.map(|rival| Rival { name: lane.name.to_owned(), ..rival }).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().last().unwrap_or_default();
        Trouble::Unexpected(format!("{}: no answer: {last}", lane.name))
    })
}
