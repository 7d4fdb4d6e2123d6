//! Waiting for something outside this process, with an end.

use std::time::{Duration, Instant};

/// Asks `question` every few milliseconds until it has an answer or `limit` is over; `None` then.
pub(crate) fn wait_for<T, E>(
    limit: Duration,
    mut question: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let started = Instant::now();
    loop {
        if let Some(answer) = question()? {
            return Ok(Some(answer));
        }
        if started.elapsed() >= limit {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(4));
    }
}
