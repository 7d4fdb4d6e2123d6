//! How far a long command has come: a bar on a terminal, a line every few seconds anywhere else. On standard error,
//! so that what the command prints can be read by a program.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use model::time::Time;
use store::copy::{Progress, Stage};

use crate::clock;

/// How often a terminal is told.
const BLINK: Duration = Duration::from_millis(100);
/// How often anything else is.
const LINE: Duration = Duration::from_secs(5);
/// How wide a bar is.
const WIDTH: u64 = 24;

/// How far something has come.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) doing: &'a str,
    pub(crate) what: &'a str,
    pub(crate) done: u64,
    pub(crate) of: u64,
    pub(crate) unit: &'a str,
}

/// See the module.
pub(crate) struct Bar {
    terminal: bool,
    started: Time,
    told: Time,
    drawn: bool,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let now = clock::now();
        Self { terminal: io::stderr().is_terminal(), started: now, told: now, drawn: false }
    }

    /// Tells how far a copy, a backup or a list has come, if it is time to.
    pub(crate) fn tell(&mut self, progress: Progress) -> ControlFlow<()> {
        let (doing, unit) = match progress.stage {
            Stage::Copying => ("copying", "rows"),
            Stage::Verifying => ("reading back", "rows"),
            Stage::Writing => ("writing", "bytes"),
        };
        let Progress { table, done, of, .. } = progress;
        self.show(Step { doing, what: table, done, of, unit });
        ControlFlow::Continue(())
    }

    /// Tells how far something has come, if it is time to.
    pub(crate) fn show(&mut self, step: Step<'_>) {
        let now = clock::now();
        let pause = if self.terminal { BLINK } else { LINE };
        if now.since(self.told) >= pause {
            self.told = now;
            self.write(step, now.since(self.started));
        }
    }

    fn write(&mut self, step: Step<'_>, passed: Duration) {
        let line = line(step, passed);
        // Nobody can be told that standard error is closed.
        let _ = if self.terminal {
            self.drawn = true;
            write!(io::stderr(), "\r\x1b[K{} {line}", bar(step))
        } else {
            writeln!(io::stderr(), "{line}")
        };
    }

    /// Clears the terminal's line.
    pub(crate) fn end(&mut self) {
        if self.drawn {
            self.drawn = false;
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    /// How long it took.
    pub(crate) fn seconds(&self) -> u64 {
        clock::now().since(self.started).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end();
    }
}

fn percent(step: Step<'_>) -> u64 {
    step.done.saturating_mul(100).checked_div(step.of).unwrap_or(100).min(100)
}

fn line(step: Step<'_>, passed: Duration) -> String {
    let Step { doing, what, done, of, unit } = step;
    format!("{:>3} %  {doing} {what}: {done} of {of} {unit}, {} s", percent(step), passed.as_secs())
}

fn bar(step: Step<'_>) -> String {
    let filled = percent(step).saturating_mul(WIDTH) / 100;
    (0..WIDTH).map(|n| if n < filled { '█' } else { '░' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_done_and_how_far_it_has_come() {
        let step = Step { doing: "copying", what: "events", done: 25, of: 100, unit: "rows" };
        assert_eq!(line(step, Duration::from_secs(3)), " 25 %  copying events: 25 of 100 rows, 3 s");
        assert_eq!(bar(step), "██████░░░░░░░░░░░░░░░░░░");
        let nothing = Step { of: 0, done: 0, ..step };
        assert_eq!(percent(nothing), 100);
    }
}
