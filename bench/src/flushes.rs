//! How many flushes of the disk a sign-in costs: counted by `perf` during the closed loop, which costs the server
//! nothing, or where that is not possible by `strace` in a phase of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::trouble::Trouble;

/// The kernel's own counters of the two calls that flush a file.
const COUNTERS: &str = "syscalls:sys_enter_fdatasync,syscalls:sys_enter_fsync";

/// A count by `perf` that is under way.
#[derive(Debug)]
pub(crate) struct Counter(Child);

impl Counter {
    /// Counts the calls of a process for so many seconds. `None` where `perf` may not do that.
    #[must_use]
    pub(crate) fn start(pid: u32, seconds: u32) -> Option<Self> {
        let mut command = Command::new("perf");
        command.args([
            "stat",
            "-x",
            ",",
            "-e",
            COUNTERS,
            "-p",
            &pid.to_string(),
            "sleep",
            &seconds.to_string(),
        ]);
        command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().ok().map(Self)
    }

    /// What was counted, after waiting for the end of it. `None` where `perf` could not count.
    #[must_use]
    pub(crate) fn finish(self) -> Option<u64> {
        let output = self.0.wait_with_output().ok().filter(|output| output.status.success())?;
        counted(&String::from_utf8_lossy(&output.stderr))
    }
}

/// The sum of the counters; each is a line of fields, the first its value, or a word when it was not counted.
fn counted(text: &str) -> Option<u64> {
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("syscalls:sys_enter_f")).collect();
    let values = lines.iter().map(|line| line.split(',').next()?.parse::<u64>().ok());
    if lines.is_empty() { None } else { values.sum() }
}

/// Whether `strace` is here and may trace.
#[must_use]
pub(crate) fn can_trace() -> bool {
    let mut command = Command::new("strace");
    command.args(["-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync", "-o", "/dev/null", "true"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// How many calls the log of `strace` holds by now.
///
/// # Errors
/// It cannot be read.
pub(crate) fn count(log: &Path) -> Result<u64, Trouble> {
    let text = std::fs::read_to_string(log).map_err(Trouble::system(format!("reading {}", log.display())))?;
    Ok(calls(&text))
}

/// One call is one line, or two when others came between: `fdatasync(7 <unfinished ...>` and
/// `<... fdatasync resumed>) = 0`. Only the first of these has the bracket after the name.
fn calls(log: &str) -> u64 {
    log.lines().filter(|line| line.contains("fdatasync(") || line.contains(" fsync(")).map(|_| 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_perf_are_added_up_and_a_missing_one_is_no_zero() {
        let both =
            "120,,syscalls:sys_enter_fdatasync,500,100.00,,\n3,,syscalls:sys_enter_fsync,500,100.00,,\n";
        assert_eq!(counted(both), Some(123));
        let missing =
            "<not counted>,,syscalls:sys_enter_fdatasync,0,0.00,,\n3,,syscalls:sys_enter_fsync,5,1.0,,\n";
        assert_eq!(counted(missing), None);
        assert_eq!(counted("event syntax error"), None);
    }

    #[test]
    fn a_call_that_was_interrupted_in_the_log_counts_once() {
        let log = "12 fdatasync(7) = 0\n13 fsync(8 <unfinished ...>\n12 fdatasync(7 <unfinished ...>\n\
                   13 <... fsync resumed>) = 0\n12 <... fdatasync resumed>) = 0\n12 +++ exited with 0 +++\n";
        assert_eq!(calls(log), 3);
        assert_eq!(calls(""), 0);
    }
}
