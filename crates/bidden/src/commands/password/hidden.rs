//! A line of standard input that is not shown while it is typed.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Most bytes of a line; more than any password.
const MOST: u64 = 8192;

/// Reads a line: after `prompt` and without echo from a terminal, as it is from anything else.
///
/// # Errors
/// Standard input cannot be read, or is not UTF-8.
pub(crate) fn line(prompt: &str) -> io::Result<Zeroizing<String>> {
    let terminal = io::stdin().is_terminal();
    let quiet = if terminal { Some(Quiet::start(prompt)?) } else { None };
    let mut line = Zeroizing::new(String::with_capacity(usize::try_from(MOST).unwrap_or_default()));
    let read = io::stdin().lock().take(MOST).read_line(&mut line);
    drop(quiet);
    read?;
    let length = line.trim_end_matches('\n').trim_end_matches('\r').len();
    line.truncate(length);
    Ok(line)
}

/// A terminal that does not show what is typed, until this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn start(prompt: &str) -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        // The line break that ends it is shown, or the next line would stand beside the prompt.
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        let quiet = Self(before);
        let mut err = io::stderr().lock();
        err.write_all(prompt.as_bytes())?;
        err.flush()?;
        Ok(quiet)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // Nothing more can be done about a terminal that is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
