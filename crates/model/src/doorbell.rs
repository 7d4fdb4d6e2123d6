//! The doorbell: when the telephone of somebody who wants that may ring, so that nobody can make it a nuisance.
//!
//! Implements: threats.md §5.1 ("Prompts": one outstanding, at least 60 s apart, three unanswered or refused in 24 hours), §5.2
//! row 15.
//!
//! 1. A ring waits until somebody answers, or until what it rang for is over. As long as one waits no other one rings.
//! 2. Between two there are at least [`APART`].
//! 3. Whoever was rung [`MOST_IN_VAIN`] times in vain within [`WINDOW`] is not rung again before a ring of those has left the
//!    window, whatever anybody does.
//! 4. The bell falls quiet as well, and stays so beyond the window until its owner wants it back: by approving something, or by
//!    saying so.

use std::time::Duration;

use crate::time::Time;

/// The least time between two rings.
pub const APART: Duration = Duration::from_secs(60);
/// How often somebody is rung in vain at most within [`WINDOW`].
pub const MOST_IN_VAIN: usize = 3;
/// The time within which that counts.
pub const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// How a ring was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What it rang for was approved.
    Approved,
    /// It was not: "that is not me", or a wrong number.
    Refused,
}

impl Answer {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Approved, Self::Refused].into_iter().find(|answer| answer.code() == code)
    }
}

/// A ring that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// When.
    pub at: Time,
    /// When what it rang for ends by itself.
    pub until: Time,
    /// How it was answered, if it was.
    pub answer: Option<Answer>,
}

impl Rung {
    fn waits(&self, now: Time) -> bool {
        self.answer.is_none() && now < self.until
    }

    /// Whether it is in vain so far or for good: whatever still waits may be, and none is let out before that is known.
    fn is_in_vain(&self) -> bool {
        self.answer != Some(Answer::Approved)
    }
}

/// The bell of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bell {
    /// What was rung within [`WINDOW`]; older rings count for nothing.
    pub rung: Vec<Rung>,
    /// Since when it is quiet, if it is.
    pub quiet_since: Option<Time>,
    /// When its owner last wanted it back.
    pub wanted_at: Option<Time>,
}

/// Why a bell does not ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Still {
    /// It rang for something that is waiting.
    Waiting,
    /// It rang a moment ago.
    TooSoon,
    /// It rang in vain as often as it may within [`WINDOW`].
    Enough,
    /// The same, and it is quiet from now on.
    FallsQuiet,
    /// It is quiet.
    Quiet,
}

impl Bell {
    /// Whether it rings at `now`, and why not.
    ///
    /// # Errors
    /// [`Still`].
    pub fn rings(&self, now: Time) -> Result<(), Still> {
        if self.quiet_since.is_some() {
            Err(Still::Quiet)
        } else if self.rung.iter().any(|rung| rung.waits(now)) {
            Err(Still::Waiting)
        } else if self.falls_quiet(now) {
            Err(Still::FallsQuiet)
        } else if self.rung.iter().any(|rung| now < rung.at + APART) {
            Err(Still::TooSoon)
        } else if self.free_at(now) > now {
            Err(Still::Enough)
        } else {
            Ok(())
        }
    }

    /// Whether it is quiet from now on: [`MOST_IN_VAIN`] were in vain within [`WINDOW`] since its owner last wanted it back.
    #[must_use]
    pub fn falls_quiet(&self, now: Time) -> bool {
        let counts = |rung: &&Rung| {
            rung.is_in_vain()
                && !rung.waits(now)
                && now < rung.at + WINDOW
                && self.wanted_at.is_none_or(|wanted| wanted < rung.at)
        };
        self.quiet_since.is_none() && self.rung.iter().filter(counts).count() >= MOST_IN_VAIN
    }

    /// From when on fewer than [`MOST_IN_VAIN`] rings in vain are within [`WINDOW`], if none follows: `now` where that is so.
    #[must_use]
    pub fn free_at(&self, now: Time) -> Time {
        let mut in_vain: Vec<Time> =
            self.rung.iter().filter(|rung| rung.is_in_vain()).map(|rung| rung.at).collect();
        in_vain.sort_unstable();
        let last = in_vain.len().checked_sub(MOST_IN_VAIN).and_then(|n| in_vain.get(n));
        last.map_or(now, |at| (*at + WINDOW).max(now))
    }
}

#[cfg(test)]
#[path = "doorbell/tests.rs"]
mod tests;
