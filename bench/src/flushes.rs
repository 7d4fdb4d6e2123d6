//! How often the disk is flushed: `perf` reads the kernel's counters during the closed loop, which costs the
//! server nothing. (`strace` would stop it at every call, and a slow server flushes at other times.)

use std::process::{Child, Command, Stdio};

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
}
