//! One run of `bidden investigate`, as it is shipped.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::proc;
use crate::tenant::{self, stream::Wanted};
use crate::trouble::Trouble;

use super::Records;

/// Between two looks at its memory.
const LOOK: Duration = Duration::from_millis(5);

/// What it took, and what it found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Ours {
    pub(super) seconds: f64,
    /// Of all its threads.
    pub(super) cpu_seconds: f64,
    /// The most memory that it had at once, in bytes.
    pub(super) peak: u64,
    pub(super) records: u64,
    /// Incidents by detector.
    pub(super) incidents: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Said {
    read: ReadUp,
    incidents: Vec<Incident>,
}

#[derive(Deserialize)]
struct ReadUp {
    records: u64,
}

#[derive(Deserialize)]
struct Incident {
    detector: String,
}

/// What it reads.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A file.
    File(PathBuf),
    /// At most so many records, made while they are read.
    Stream(Wanted, u64),
}

/// Runs it, on so many cores; with what was made for it, where that was not there before.
pub(super) fn measure(program: &Path, input: &Input, cores: u8) -> Result<(Ours, Option<Records>), Trouble> {
    let mut command = Command::new("taskset");
    command.args(["-c", &format!("0-{}", cores - 1)]).arg(program).arg("investigate");
    match input {
        Input::File(path) => command.arg(path).stdin(Stdio::null()),
        Input::Stream(..) => command.arg("-").stdin(Stdio::piped()),
    };
    command.args(["-q", "--json", "--threads", &cores.to_string()]);
    let (began, before) = (Instant::now(), proc::children()?);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Trouble::system("running `taskset` (Debian: util-linux)"))?;
    let making = match (input, child.stdin.take()) {
        (Input::Stream(wanted, most), Some(mut to)) => {
            let (wanted, most) = (*wanted, *most);
            Some(std::thread::spawn(move || tenant::write_to(&wanted, most, &mut to)))
        }
        _ => None,
    };
    let output = child.stdout.take();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        output.map(|mut output| output.read_to_string(&mut text)).transpose().map(|_| text)
    });
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(Trouble::system("waiting for `bidden investigate`"))? {
            break status;
        }
        // Gone between the two looks.
        peak = proc::peak(child.id()).unwrap_or(peak).max(peak);
        std::thread::sleep(LOOK);
    };
    let time = began.elapsed();
    let made = making.map(std::thread::JoinHandle::join).transpose();
    let made = made.map_err(|_| Trouble::Unexpected("who made the records ended".to_owned()))?;
    let text =
        reading.join().map_err(|_| Trouble::Unexpected("the reader of its output ended".to_owned()))?;
    let text = text.map_err(Trouble::system("reading its output"))?;
    // 1 and 2: nothing was read. What was found is 0 or 10 and more.
    if !matches!(status.code(), Some(0 | 10 | 20 | 30)) {
        return Err(Trouble::Unexpected(format!("`bidden investigate` ended with {status}")));
    }
    let said: Said = serde_json::from_str(&text)
        .map_err(|error| Trouble::Unexpected(format!("`bidden investigate` printed no report: {error}")))?;
    let mut incidents = BTreeMap::new();
    for incident in said.incidents {
        *incidents.entry(incident.detector).or_default() += 1;
    }
    let made = made.transpose()?.map(|(many, bytes)| Records { many: Some(many), bytes });
    let ours = Ours {
        seconds: time.as_secs_f64(),
        cpu_seconds: proc::children()?.saturating_sub(before).as_secs_f64(),
        peak,
        records: said.read.records,
        incidents,
    };
    Ok((ours, made))
}
