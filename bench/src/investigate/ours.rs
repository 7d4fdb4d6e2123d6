//! One run of `bidden investigate`, as it is shipped.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::proc;
use crate::trouble::Trouble;

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

/// Runs it over a file, on so many cores.
pub(super) fn measure(program: &Path, records: &Path, cores: u8) -> Result<Ours, Trouble> {
    let mut command = Command::new("taskset");
    command.args(["-c", &format!("0-{}", cores - 1)]).arg(program).arg("investigate").arg(records);
    command.args(["-q", "--json", "--threads", &cores.to_string()]);
    let (began, before) = (Instant::now(), proc::children()?);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Trouble::system("running `taskset` (Debian: util-linux)"))?;
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
    Ok(Ours {
        seconds: time.as_secs_f64(),
        cpu_seconds: proc::children()?.saturating_sub(before).as_secs_f64(),
        peak,
        records: said.read.records,
        incidents,
    })
}
