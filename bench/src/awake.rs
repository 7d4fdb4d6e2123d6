//! A generator that does not sleep, and what the server used meanwhile.

use std::time::Instant;

use crate::proc::{self, Used};
use crate::server::SERVER_CORE;
use crate::trouble::Trouble;

/// What the process used of the server's core from `warm` until `end`, while this thread stays awake.
///
/// # Errors
/// There is no such process.
pub(crate) async fn used(pid: u32, (warm, end): (Instant, Instant)) -> Result<Used, Trouble> {
    let awake = tokio::spawn(until(end));
    tokio::time::sleep_until(warm.into()).await;
    let before = proc::used(pid, SERVER_CORE)?;
    tokio::time::sleep_until(end.into()).await;
    awake.abort();
    Ok(proc::used(pid, SERVER_CORE)?.since(before))
}

/// Keeps this thread awake until `end`. A server that is slower than the generator would otherwise pay for waking it with each
/// answer, which costs more in a virtual machine than an answer from memory, and one that is faster would not.
async fn until(end: Instant) {
    while Instant::now() < end {
        tokio::task::yield_now().await;
    }
}
