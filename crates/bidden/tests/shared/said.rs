//! What a command said, by how it had to end.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::process::Output;

/// What the command prints; it must have succeeded.
pub(crate) fn done(words: &[&str], output: Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complains of; it must have failed with 1.
pub(crate) fn refused(words: &[&str], output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words:?}: {complaint}");
    complaint
}
