//! What can be asked of every measurement in rounds.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::trouble::Trouble;
use crate::workplace::Workplace;

/// The options that measurements of the built program in rounds have in common.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Frame {
    /// How often the sides take turns; the round in the middle counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// The product's program [default: `bidden` beside this program].
    #[arg(long, value_name = "PATH")]
    #[serde(skip)]
    pub(crate) bidden: Option<PathBuf>,
    /// Where a directory is made, and removed afterwards [default: beside this program].
    #[arg(long, value_name = "DIRECTORY")]
    #[serde(skip)]
    pub(crate) dir: Option<PathBuf>,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    #[serde(skip)]
    pub(crate) json: bool,
    /// Set when this program runs on its own core already.
    #[arg(long, hide = true)]
    #[serde(skip)]
    pub(crate) pinned: bool,
}

impl Frame {
    /// The program and a directory for the measurement of this name.
    ///
    /// # Errors
    /// There is no such program, or the directory cannot be made.
    pub(crate) fn place(&self, name: &str) -> Result<Workplace, Trouble> {
        Workplace::new(name, (self.bidden.as_ref(), self.dir.as_ref()))
    }

    /// One round, for tests.
    #[cfg(test)]
    pub(crate) const fn once() -> Self {
        Self { rounds: 1, bidden: None, dir: None, json: false, pinned: true }
    }
}
