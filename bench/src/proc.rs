//! What the kernel says about a process and about the cores: CPU time, memory, bytes written.

use std::fs::read_to_string;
use std::time::Duration;

use crate::trouble::Trouble;

/// One tick of `/proc`: the kernel shows user space hundredths of a second (`USER_HZ`, proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// What a process has used up to now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used {
    /// In user and in kernel mode, all threads.
    pub(crate) cpu: Duration,
    /// Bytes sent to the disk.
    pub(crate) written: u64,
    /// Time that the core has worked for anybody, without interrupts.
    pub(crate) core: Duration,
    /// Time that the machine below gave to others while the core had work.
    pub(crate) stolen: Duration,
}

impl Used {
    /// What was used since `before`.
    #[must_use]
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            written: self.written.saturating_sub(before.written),
            core: self.core.saturating_sub(before.core),
            stolen: self.stolen.saturating_sub(before.stolen),
        }
    }
}

/// Reads all of it for a process and the core it is pinned to.
///
/// # Errors
/// The process is gone.
pub(crate) fn used(pid: u32, core: u8) -> Result<Used, Trouble> {
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // Without permission to trace the process this file cannot be read; then nothing is said about bytes.
    let io = read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
    let (core, stolen) = core_ticks(&read("/proc/stat")?, core);
    Ok(Used { cpu: process_ticks(&stat), written: line(&io, "write_bytes:"), core, stolen })
}

/// Resident memory in bytes (`VmRSS`).
///
/// # Errors
/// The process is gone.
pub(crate) fn resident(pid: u32) -> Result<u64, Trouble> {
    Ok(line(&read(&format!("/proc/{pid}/status"))?, "VmRSS:") * 1024)
}

/// The most memory in bytes that a process had at once, up to now (`VmHWM`).
///
/// # Errors
/// The process is gone.
pub(crate) fn peak(pid: u32) -> Result<u64, Trouble> {
    Ok(line(&read(&format!("/proc/{pid}/status"))?, "VmHWM:") * 1024)
}

/// CPU time of all children of this process that have ended, theirs included.
///
/// # Errors
/// There is no `/proc`.
pub(crate) fn children() -> Result<Duration, Trouble> {
    Ok(fields_of(&read("/proc/self/stat")?, 13))
}

fn read(path: &str) -> Result<String, Trouble> {
    read_to_string(path).map_err(Trouble::system(format!("reading {path}")))
}

fn line(text: &str, name: &str) -> u64 {
    let found =
        text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    found.unwrap_or(0)
}

fn ticks(number: u64) -> Duration {
    Duration::from_millis(number * u64::try_from(TICK.as_millis()).unwrap_or(10))
}

/// Fields 14 and 15 of proc_pid_stat(5). The second field may hold spaces and brackets, so counting starts
/// after its last bracket.
fn process_ticks(stat: &str) -> Duration {
    fields_of(stat, 11)
}

/// Two fields behind so many behind the name, together.
fn fields_of(stat: &str, skipped: usize) -> Duration {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    ticks(rest.split_whitespace().skip(skipped).take(2).filter_map(|field| field.parse::<u64>().ok()).sum())
}

/// User, nice and system time of a core, and its stolen time.
fn core_ticks(stat: &str, core: u8) -> (Duration, Duration) {
    let name = format!("cpu{core} ");
    let fields: Vec<u64> = stat
        .lines()
        .find_map(|line| line.strip_prefix(&name))
        .map(|rest| rest.split_whitespace().filter_map(|field| field.parse().ok()).collect())
        .unwrap_or_default();
    (ticks(fields.iter().take(3).sum()), ticks(fields.get(7).copied().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_past_a_name_with_spaces_and_brackets() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 4 0";
        assert_eq!(process_ticks(stat), Duration::from_secs(2));
        let children = "42 (a) S 1 2 3 4 5 6 7 8 9 10 150 50 300 1 20 0 4 0";
        assert_eq!(fields_of(children, 13), Duration::from_millis(3010));
    }

    #[test]
    fn a_core_is_not_mistaken_for_another() {
        let stat =
            "cpu  9 9 9 9 9 9 9 9\ncpu0 100 0 100 900 1 2 3 50 0 0\ncpu1 1 1 1 1 1 1 1 1\ncpu10 7 7 7\n";
        assert_eq!(core_ticks(stat, 0), (Duration::from_secs(2), Duration::from_millis(500)));
        assert_eq!(core_ticks(stat, 1), (Duration::from_millis(30), Duration::from_millis(10)));
        assert_eq!(core_ticks(stat, 3), (Duration::ZERO, Duration::ZERO));
    }

    #[test]
    fn this_process_has_memory_and_has_used_time() {
        let pid = std::process::id();
        assert!(resident(pid).unwrap() > 100 * 1024);
        let before = used(pid, 0).unwrap();
        let began = std::time::Instant::now();
        let worked = || used(pid, 0).unwrap().since(before).cpu >= Duration::from_millis(20);
        while !worked() {
            assert!(began.elapsed() < Duration::from_secs(30), "no CPU time was seen");
        }
    }
}
