//! What can be asked of `bench store`, and of the process that it starts for our side.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Engine {
    /// Embedded, in a file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// As it is given on a command line.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The redeem transaction of both stores, side by side with the same written with sqlx.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How long each side is measured in each round, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How often the two sides take turns; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many tasks redeem at the same time.
    #[arg(long, value_delimiter = ',', default_values_t = [1_u32, 8, 64, 512], value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) tasks: Vec<u32>,
    /// Which databases.
    #[arg(long, value_delimiter = ',', default_values_t = [Engine::Sqlite, Engine::Postgres], value_enum)]
    pub(crate) engines: Vec<Engine>,
    /// Live codes in each database when a measurement begins [default: 20,000 on SQLite and 6,000 on
    /// PostgreSQL for each second].
    #[arg(long)]
    pub(crate) codes: Option<u32>,
    /// A PostgreSQL server to use, as a superuser, with any database of it; databases whose names begin with
    /// bidden_bench are made there and dropped [default: a server of our own].
    #[arg(long, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Connections to PostgreSQL that our side holds for writes; by default as many as `bidden` does. For sqlx
    /// the better of 16 and 64 is taken.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) connections: u32,
    /// The program that is compared with [default: built from bench/rival].
    #[arg(long, value_name = "PATH")]
    pub(crate) rival: Option<PathBuf>,
    /// Where the SQLite files are made, and removed afterwards; the disk of the raw rate [default: beside this
    /// program].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
    /// Makes every flush take at least so many microseconds, as on a disk that is safe against the loss of power.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) flush_us: u32,
    /// Prints the result as JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
}

/// One run of our side: the same arguments as `rival` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct OneRun {
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
    /// Connections that are held for writes, to PostgreSQL.
    #[arg(long, default_value_t = 12)]
    pub(crate) connections: usize,
    /// Prints "measuring" when the measured time begins.
    #[arg(long)]
    pub(crate) announce: bool,
}
