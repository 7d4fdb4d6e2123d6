//! What can be asked of a measurement of tokens.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::frame::Frame;

/// Tokens and introspections a second, beside bare signatures and flushes, and beside oidc-provider (npm).
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How long each kind of request is asked on each side in each round, in seconds.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub(crate) seconds: u32,
    /// How many clients ask at the same time, each over a connection of its own and with a grant of its own.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub(crate) connections: u32,
    /// Leaves oidc-provider out, and with it Node.js.
    #[arg(long)]
    pub(crate) alone: bool,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// The bare work, on the core of the server.
#[derive(Args, Clone, Debug)]
pub(crate) struct Bare {
    /// How many signatures come before each flush.
    #[arg(long)]
    pub(crate) signatures: u32,
    /// Where the file lies.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: PathBuf,
    /// For how long, in seconds.
    #[arg(long)]
    pub(crate) seconds: u32,
}
