//! The clock of a running server: never goes back, whatever the system's clock does.
//!
//! It starts at the later of the system's time and the newest event on the record, and from then on follows a
//! monotonic counter. A system clock that is set back is ignored; one that is set forward is followed, since
//! ending a code too early is the safe direction.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use model::time::{SECOND, Time, micros};

/// See the module.
pub(crate) struct Clock {
    state: Mutex<State>,
    read: fn() -> (Time, Instant),
}

struct State {
    last: Time,
    counter: Instant,
}

/// How far the system's clock may be ahead of ours before we follow it: less is drift of the counter.
const AHEAD: i64 = SECOND;

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
fn system() -> (Time, Instant) {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    (Time::from_micros(micros(since_epoch)), Instant::now())
}

/// The system's time.
pub(crate) fn now() -> Time {
    system().0
}

impl Clock {
    /// A clock that starts no earlier than `newest`; also says by how much the system's clock is behind it.
    pub(crate) fn start(newest: Option<Time>) -> (Self, Option<Duration>) {
        Self::with(newest, system)
    }

    fn with(newest: Option<Time>, read: fn() -> (Time, Instant)) -> (Self, Option<Duration>) {
        let (wall, counter) = read();
        let last = newest.map_or(wall, |newest| newest.max(wall));
        let behind = last.since(wall);
        let state = Mutex::new(State { last, counter });
        (Self { state, read }, (behind > Duration::from_secs(1)).then_some(behind))
    }

    /// The time.
    pub(crate) fn now(&self) -> Time {
        let (wall, counter) = (self.read)();
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let steady = state.last + counter.saturating_duration_since(state.counter);
        let ahead = wall.micros().saturating_sub(steady.micros());
        state.last = if ahead > AHEAD { wall } else { steady };
        state.counter = counter;
        state.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static WALL: Cell<i64> = const { Cell::new(0) };
        static COUNTER: Cell<Option<Instant>> = const { Cell::new(None) };
    }

    fn simulated() -> (Time, Instant) {
        let counter = COUNTER.get().unwrap_or_else(|| {
            let start = system().1;
            COUNTER.set(Some(start));
            start
        });
        (Time::from_micros(WALL.get()), counter)
    }

    fn pass(wall_seconds: i64, real_seconds: u64) {
        WALL.set(WALL.get() + wall_seconds * SECOND);
        COUNTER.set(Some(simulated().1 + Duration::from_secs(real_seconds)));
    }

    /// threats.md §5.2 row 51: a clock that steps back gives no code more time.
    #[test]
    fn row_51_a_clock_that_steps_back_is_not_followed_and_one_that_steps_forward_is() {
        WALL.set(1_000_000 * SECOND);
        let (clock, behind) = Clock::with(None, simulated);
        assert_eq!(behind, None);
        let start = clock.now();
        pass(-3600, 10);
        assert_eq!(clock.now(), start + Duration::from_secs(10));
        pass(5, 5);
        assert_eq!(clock.now(), start + Duration::from_secs(15));
        pass(7200, 1);
        assert_eq!(clock.now(), Time::from_micros(WALL.get()));
    }

    #[test]
    fn row_51_a_restart_with_a_clock_behind_the_record_goes_on_from_the_record() {
        WALL.set(500 * SECOND);
        let newest = Time::from_micros(900 * SECOND);
        let (clock, behind) = Clock::with(Some(newest), simulated);
        assert_eq!(behind, Some(Duration::from_secs(400)));
        assert!(clock.now() >= newest);
    }
}
