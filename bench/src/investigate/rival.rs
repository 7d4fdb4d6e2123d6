//! DuckDB, asked in SQL by `bench/rival/duckdb/ask.py`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// How it is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// Loaded into a table once, and then asked.
    Table,
    /// Every question reads the file.
    File,
}

/// What it took and answered, without the start of Python.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rival {
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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rival/duckdb")
}

/// Python with DuckDB: the one that was named, or one that is installed here.
pub(super) fn python(named: Option<&Path>) -> Result<PathBuf, Trouble> {
    if let Some(python) = named {
        return Ok(python.to_path_buf());
    }
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/duckdb");
    let python = home.join("bin/python");
    let there = |python: &Path| {
        let mut command = Command::new(python);
        command.args(["-c", "import duckdb"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !there(&python) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let wanted = folder().join("requirements.txt");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(wanted))?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), Trouble> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    if status.map_err(Trouble::system("running Python (Debian: python3-venv)"))?.success() {
        Ok(())
    } else {
        Err(Trouble::Unexpected("DuckDB cannot be installed; `--alone` leaves it out".to_owned()))
    }
}

/// Asks it about a file, on so many cores.
pub(super) fn measure(python: &Path, how: How, records: &Path, cores: u8) -> Result<Rival, Trouble> {
    let word = match how {
        How::Table => "table",
        How::File => "file",
    };
    let mut command = Command::new("taskset");
    command.args(["-c", &format!("0-{}", cores - 1)]).arg(python).arg(folder().join("ask.py"));
    let output = command.arg(word).arg(records).arg(cores.to_string()).stdin(Stdio::null()).output();
    let output = output.map_err(Trouble::system("running Python"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Trouble::Unexpected(format!("DuckDB did not answer: {}", said.lines().last().unwrap_or_default()))
    })
}
