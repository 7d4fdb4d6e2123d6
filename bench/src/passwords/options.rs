//! What can be asked of `bench passwords`.

use std::num::NonZeroUsize;

use clap::Args;
use serde::Serialize;

/// Password hashes a second through the pool of the server, against argon2 by itself.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How long each side is measured in each round, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How often the sides take turns; the round with the median ratio counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many threads hash [default: one for each core].
    #[arg(long)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// How many people ask for each thread.
    #[arg(long, default_value = "4")]
    pub(crate) askers: NonZeroUsize,
    /// How many people ask in the flood.
    #[arg(long, default_value = "512")]
    pub(crate) flood: NonZeroUsize,
    /// How many may wait, as the setting `password.queue`.
    #[arg(long, default_value = "64")]
    pub(crate) queue: NonZeroUsize,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    #[serde(skip)]
    pub(crate) json: bool,
}
