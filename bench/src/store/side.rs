//! One measurement of one side: its process, and what is seen of it and of the server meanwhile.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde::Serialize;

use super::closed_loop::{BEGIN, Measured};
use super::server::Server;
use crate::flushes::Counter;
use crate::report::{real, share};
use crate::trouble::Trouble;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    /// bidden's flow on bidden's store.
    Ours,
    /// The same statements with sqlx.
    Rival,
}

impl Side {
    /// As in names of files and databases.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Rival => "rival",
        }
    }
}

/// What one measurement gave, for one redemption where that can be said.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// Redemptions a second.
    pub(crate) per_second: f64,
    /// Milliseconds that half of them took at most.
    pub(crate) p50_ms: f64,
    /// Milliseconds that 99 of 100 took at most.
    pub(crate) p99_ms: f64,
    /// Milliseconds of the longest.
    pub(crate) max_ms: f64,
    /// Flushes of the disk for one.
    pub(crate) flushes: Option<f64>,
    /// Bytes to the disk for one; with a server, bytes of its log.
    pub(crate) bytes: Option<f64>,
    /// CPU time of the process for one, in microseconds.
    pub(crate) cpu_us: f64,
    /// CPU time of the server for one, in microseconds.
    pub(crate) server_cpu_us: Option<f64>,
    /// How often a transaction was tried again, for one redemption.
    pub(crate) retries: f64,
    /// Redemptions that failed; none in a measurement that is worth something.
    pub(crate) errors: usize,
    /// What the first of them was.
    pub(crate) first_error: Option<String>,
    /// Whether the codes were used up before the time was.
    pub(crate) used_up: bool,
    /// What is particular to this measurement.
    pub(crate) note: String,
}

/// A child that is killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(command: &mut Command) -> Result<(Running, BufReader<ChildStdout>), Trouble> {
    let what = format!("starting {}", command.get_program().to_string_lossy());
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(Trouble::system(what))?;
    let output = child.stdout.take();
    let running = Running(child);
    let output = output.ok_or_else(|| Trouble::Unexpected("a child without output".to_owned()))?;
    Ok((running, BufReader::new(output)))
}

fn ended(mut running: Running) -> Result<(), Trouble> {
    let status = running.0.wait().map_err(Trouble::system("waiting for a side"))?;
    if status.success() { Ok(()) } else { Err(Trouble::Unexpected(format!("a side ended with {status}"))) }
}

/// Runs a side that only prepares.
///
/// # Errors
/// It cannot be started, or fails.
pub(crate) fn prepare(command: &mut Command) -> Result<(), Trouble> {
    let (running, _) = spawn(command)?;
    ended(running)
}

/// Measures a side that was told to announce itself.
///
/// # Errors
/// It cannot be started, or says something else.
pub(crate) fn measure(
    command: &mut Command,
    seconds: u32,
    server: Option<&Server>,
) -> Result<Figures, Trouble> {
    let log = server.map(Server::log).transpose()?;
    let (running, mut output) = spawn(command)?;
    let begin = line(&mut output)?;
    if begin != BEGIN {
        return Err(Trouble::Unexpected(format!("a side said {begin:?} instead of {BEGIN:?}")));
    }
    let cpu = server.and_then(Server::cpu);
    // A server does the flushing and counts it; what its client flushes is nothing.
    let counter = if server.is_none() { Counter::start(running.0.id(), seconds) } else { None };
    let last = line(&mut output)?;
    let cpu = server.and_then(Server::cpu).zip(cpu).map(|(after, before)| after.saturating_sub(before));
    let flushed = counter.and_then(Counter::finish);
    ended(running)?;
    let measured = parse(&last)?;
    let mut figures = figures(&measured, flushed, cpu);
    if let (Some(server), Some(before)) = (server, log) {
        let after = server.log()?;
        let whole = real(u64::try_from(measured.whole).unwrap_or(u64::MAX));
        let each = |after: u64, before: u64| share(real(after.saturating_sub(before)), whole);
        figures.bytes = Some(each(after.bytes, before.bytes));
        figures.flushes = after.flushes.zip(before.flushes).map(|(after, before)| each(after, before));
    }
    Ok(figures)
}

#[expect(clippy::disallowed_methods, reason = "not from outside: what our own child printed")]
fn parse(line: &str) -> Result<Measured, Trouble> {
    serde_json::from_str(line).map_err(|error| Trouble::Unexpected(format!("a side said {line:?}: {error}")))
}

fn line(output: &mut BufReader<ChildStdout>) -> Result<String, Trouble> {
    let mut line = String::new();
    output.read_line(&mut line).map_err(Trouble::system("reading what a side says"))?;
    Ok(line.trim().to_owned())
}

fn figures(measured: &Measured, flushed: Option<u64>, server_cpu: Option<Duration>) -> Figures {
    let count = real(u64::try_from(measured.operations).unwrap_or(u64::MAX));
    let whole = real(u64::try_from(measured.whole).unwrap_or(u64::MAX));
    let micros = |seconds: f64| share(seconds * 1e6, count);
    Figures {
        per_second: measured.per_second,
        p50_ms: f64::from(measured.p50_us) / 1e3,
        p99_ms: f64::from(measured.p99_us) / 1e3,
        max_ms: f64::from(measured.max_us) / 1e3,
        flushes: flushed.map(|flushed| share(real(flushed), count)),
        bytes: Some(share(real(measured.written), count)),
        cpu_us: micros(measured.cpu_seconds),
        server_cpu_us: server_cpu.map(|cpu| micros(cpu.as_secs_f64())),
        retries: share(real(measured.retries), whole),
        errors: measured.errors,
        first_error: measured.first_error.clone(),
        used_up: measured.used_up,
        note: measured.note.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"tasks":2,"seconds":2.0,"operations":100,"whole":200,"per_second":50.0,"p50_us":1500,"p99_us":2500,"max_us":4000,"cpu_seconds":0.01,"written":409600,"errors":0,"retries":20,"first_error":null,"used_up":false,"note":"n"}"#;

    fn shell(text: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        command
    }

    #[test]
    fn what_a_side_prints_is_told_for_one_redemption() {
        let figures = measure(&mut shell(&format!("echo measuring; echo '{LINE}'")), 1, None).unwrap();
        assert!((figures.p50_ms - 1.5).abs() < 1e-9 && (figures.cpu_us - 100.0).abs() < 1e-9);
        assert!((figures.bytes.unwrap() - 4096.0).abs() < 1e-9 && (figures.retries - 0.1).abs() < 1e-9);
        assert_eq!((figures.server_cpu_us, figures.errors, figures.note.as_str()), (None, 0, "n"));
    }

    #[test]
    fn a_side_that_fails_or_says_something_else_is_no_measurement() {
        assert!(measure(&mut shell("echo hello"), 1, None).is_err());
        assert!(measure(&mut shell("echo measuring; echo nonsense"), 1, None).is_err());
        assert!(measure(&mut shell(&format!("echo measuring; echo '{LINE}'; exit 3")), 1, None).is_err());
        assert!(prepare(&mut shell("exit 1")).is_err());
        assert!(prepare(&mut shell("exit 0")).is_ok());
    }
}
