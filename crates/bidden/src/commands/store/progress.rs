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

    /// Tells, if it is time to.
    pub(crate) fn tell(&mut self, progress: Progress) -> ControlFlow<()> {
        let now = clock::now();
        let pause = if self.terminal { BLINK } else { LINE };
        if now.since(self.told) >= pause {
            self.told = now;
            self.write(progress, now.since(self.started));
        }
        ControlFlow::Continue(())
    }

    fn write(&mut self, progress: Progress, passed: Duration) {
        let line = line(progress, passed);
        // Nobody can be told that standard error is closed.
        let _ = if self.terminal {
            self.drawn = true;
            write!(io::stderr(), "\r\x1b[K{} {line}", bar(progress))
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

fn percent(progress: Progress) -> u64 {
    progress.done.saturating_mul(100).checked_div(progress.of).unwrap_or(100).min(100)
}

fn line(progress: Progress, passed: Duration) -> String {
    let (stage, unit) = match progress.stage {
        Stage::Copying => ("copying", "rows"),
        Stage::Verifying => ("reading back", "rows"),
        Stage::Writing => ("writing", "bytes"),
    };
    let Progress { table, done, of, .. } = progress;
    format!("{:>3} %  {stage} {table}: {done} of {of} {unit}, {} s", percent(progress), passed.as_secs())
}

fn bar(progress: Progress) -> String {
    let filled = percent(progress).saturating_mul(WIDTH) / 100;
    (0..WIDTH).map(|n| if n < filled { '█' } else { '░' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_done_and_how_far_it_has_come() {
        let progress = Progress { stage: Stage::Copying, table: "events", done: 25, of: 100 };
        assert_eq!(line(progress, Duration::from_secs(3)), " 25 %  copying events: 25 of 100 rows, 3 s");
        assert_eq!(bar(progress), "██████░░░░░░░░░░░░░░░░░░");
        let nothing = Progress { of: 0, done: 0, ..progress };
        assert_eq!(percent(nothing), 100);
    }
}
