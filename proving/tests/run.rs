//! The command `proving postgres --run`, from outside.
#![expect(clippy::disallowed_methods, reason = "waits for the end of processes that it started")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proving::postgres::installed;

/// The program, told to run a script of the shell.
fn run(script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proving"));
    command.args(["postgres", "--run", "sh", "-c", script]);
    command
}

/// Where the server of a URL listens.
fn address(url: &str) -> &str {
    let (_, rest) = url.trim().split_once('@').unwrap_or_default();
    rest.split('/').next().unwrap_or_default()
}

#[test]
fn the_command_finds_a_server_and_its_exit_code_comes_back() {
    if !installed() {
        return;
    }
    let script = "psql -XAtwc 'CREATE DATABASE mine' $PROVING_POSTGRES && echo $PROVING_POSTGRES; exit 42";
    let output = run(script).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(42), "{errors}");
    let url = said.strip_prefix("CREATE DATABASE\n").unwrap_or_else(|| panic!("{said}{errors}"));
    assert!(url.starts_with("postgres://bidden:") && url.ends_with("/postgres\n"), "{url}");
    assert!(TcpStream::connect(address(url)).is_err(), "the server is still there");
}

#[test]
fn wrong_usage_and_a_command_that_is_not_there_are_told() {
    if !installed() {
        return;
    }
    let usage = Command::new(env!("CARGO_BIN_EXE_proving")).args(["postgres", "--run"]).output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&usage.stderr).starts_with("usage: proving postgres --run"));
    let missing = ["postgres", "--run", "/no/such/command"];
    let missing = Command::new(env!("CARGO_BIN_EXE_proving")).args(missing).output().unwrap();
    assert_eq!(missing.status.code(), Some(126));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot run /no/such/command"));
}

#[test]
fn the_server_ends_when_the_command_is_killed() {
    if !installed() {
        return;
    }
    let mut child =
        run("echo $PROVING_POSTGRES; cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert!(TcpStream::connect(address(&url)).is_ok(), "{url}");
    child.kill().unwrap();
    child.wait().unwrap();
    let started = Instant::now();
    while TcpStream::connect(address(&url)).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(10), "the server is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}
