//! What can be asked of a run.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Embedded, in a file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The redeem transaction, written with sqlx. Prints one line of JSON.
#[derive(Parser, Clone, Debug)]
#[command(name = "rival")]
pub(crate) struct Options {
    /// Which database.
    #[arg(long)]
    pub(crate) engine: Engine,
    /// The file, for SQLite; made if there is none.
    #[arg(long)]
    pub(crate) path: Option<PathBuf>,
    /// The server and database, for PostgreSQL.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// How many tasks redeem at the same time; 0: prepare and end.
    #[arg(long, default_value_t = 64)]
    pub(crate) tasks: usize,
    /// How long is measured.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// How long the loop runs before that, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    pub(crate) warm_up_ms: u64,
    /// Accounts are made, each with a live code, until there are so many live codes.
    #[arg(long, default_value_t = 0)]
    pub(crate) prepare: usize,
    /// Connections at most [default: 1 for SQLite, 64 for PostgreSQL].
    #[arg(long)]
    pub(crate) pool: Option<u32>,
    /// Prints "measuring" when the measured time begins.
    #[arg(long)]
    pub(crate) announce: bool,
}
