//! Running another program to its end.

use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::Trouble;

/// Runs a program without input; what it wrote, or [`Trouble::Failed`].
pub(crate) fn finish(command: &mut Command) -> Result<String, Trouble> {
    let output = command.stdin(Stdio::null()).output();
    judge(command, output)
}

/// Runs a program that holds `handle` as its standard input.
pub(crate) fn finish_holding(command: &mut Command, handle: OwnedFd) -> Result<String, Trouble> {
    let output = command.stdin(handle).output();
    judge(command, output)
}

/// Runs a program with `input` as its standard input.
pub(crate) fn finish_with(command: &mut Command, input: &str) -> Result<String, Trouble> {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let output = started.and_then(|mut child| {
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // Beside the reading below, so that neither waits for the other. A program that does not want its input
            // says why by its exit code.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
            child.wait_with_output()
        })
    });
    judge(command, output)
}

fn judge(command: &Command, output: std::io::Result<Output>) -> Result<String, Trouble> {
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = output.map_err(Trouble::while_trying(format!("run {program}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Trouble::Failed { program, status: output.status, said })
}
