//! Runs a command with a PostgreSQL server beside it that is there for this command only.
//!
//! `proving postgres --run COMMAND…` starts a cluster from Debian's packages, names it to the command in
//! `PROVING_POSTGRES`, ends it afterwards and returns the command's exit code.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode, ExitStatus};

use proving::postgres::{Cluster, Options, SERVER};

const USAGE: &str = "usage: proving postgres --run COMMAND [ARGUMENT…]";
/// The shell's codes for a command that cannot be run, and for wrong usage.
const CANNOT_RUN: u8 = 126;
const USAGE_CODE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [subject, run, command, rest @ ..] = arguments.as_slice() else { return complain(USAGE, USAGE_CODE) };
    if subject != "postgres" || run != "--run" {
        return complain(USAGE, USAGE_CODE);
    }
    // Nobody can take the power from a server that all tests share, and a database costs each of them 50 ms instead of
    // 200 without the flushes. Who proves durability starts a cluster of its own.
    let extra = ["fsync", "full_page_writes"].map(|name| (name.to_owned(), "off".to_owned())).to_vec();
    // Room for many tests at once, each with a pool of its own.
    let cluster = match Cluster::start(Options { max_connections: 400, extra, ..Options::default() }) {
        Ok(cluster) => cluster,
        Err(trouble) => return complain(&trouble.to_string(), CANNOT_RUN),
    };
    match Command::new(command).args(rest).env(SERVER, cluster.url("postgres")).status() {
        Ok(status) => ExitCode::from(code_of(status)),
        Err(error) => complain(&format!("cannot run {}: {error}", command.display()), CANNOT_RUN),
    }
}

fn complain(text: &str, code: u8) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(code)
}

/// As the shell says it: the code, or 128 and the signal.
fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::code_of;
    use std::process::Command;

    fn shell(script: &str) -> u8 {
        code_of(Command::new("sh").args(["-c", script]).status().unwrap())
    }

    #[test]
    fn the_exit_code_is_that_of_the_command_or_tells_its_signal() {
        assert_eq!(shell("exit 0"), 0);
        assert_eq!(shell("exit 42"), 42);
        assert_eq!(shell("kill -KILL $$"), 137);
    }
}
