//! The time, and a bit of chance: handed in with every step, so that each can be tried with any.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::Error;

/// When a step is taken, and the random bytes that it may use up.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The wall clock, for proofs and for when tokens end. It may be wrong and may jump.
    pub wall: SystemTime,
    /// The clock that only goes on, for how long to wait.
    pub at: Instant,
    /// Random bytes that were never used before.
    pub random: [u8; 16],
}

impl Moment {
    /// Now, with bytes of the system's random source.
    ///
    /// # Errors
    /// [`Error::Key`] when the system gives no random bytes.
    pub fn now() -> Result<Self, Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Error::Key(error.into()))?;
        Ok(Self { wall: SystemTime::now(), at: Instant::now(), random })
    }

    /// Seconds since 1970 by the wall clock, 0 before.
    pub(crate) fn seconds(&self) -> i64 {
        seconds(self.wall)
    }
}

pub(crate) fn seconds(wall: SystemTime) -> i64 {
    let since = wall.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
