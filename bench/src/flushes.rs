//! How many flushes of the disk a sign-in costs, counted in a phase of its own under `strace`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::trouble::Trouble;

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
    fn a_call_that_was_interrupted_in_the_log_counts_once() {
        let log = "12 fdatasync(7) = 0\n13 fsync(8 <unfinished ...>\n12 fdatasync(7 <unfinished ...>\n\
                   13 <... fsync resumed>) = 0\n12 <... fdatasync resumed>) = 0\n12 +++ exited with 0 +++\n";
        assert_eq!(calls(log), 3);
        assert_eq!(calls(""), 0);
    }
}
