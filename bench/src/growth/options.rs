//! What can be asked of `bench growth`, and of the process that it starts to measure.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::store::options::Engine;

/// What a store of many accounts and events costs, against a small one, in the same run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Accounts of the grown store.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    pub(crate) accounts: u32,
    /// Events of the grown store.
    #[arg(long, default_value_t = 100_000_000, value_parser = clap::value_parser!(u64).range(10_000..=1_000_000_000))]
    pub(crate) events: u64,
    /// Accounts of the small store; it has as many events for each as the grown one.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub(crate) small: u32,
    /// Which databases, one after the other.
    #[arg(long, value_delimiter = ',', default_values_t = [Engine::Sqlite, Engine::Postgres], value_enum)]
    pub(crate) engines: Vec<Engine>,
    /// How long sign-ins, and each kind of look-up, are measured in each round, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// How often the small and the grown store take turns; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How long old events are deleted at most, in seconds.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=36_000))]
    pub(crate) forget_seconds: u64,
    /// Everything that is written is drawn from this number.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A PostgreSQL server to use, as a superuser, with any database of it; the databases bidden_bench_small and
    /// bidden_bench_grown are made there [default: a server of our own, in the directory for temporary files].
    #[arg(long, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Where the files of SQLite are made [default: beside this program].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
    /// Empties the page cache before each measurement, so that everything comes from the disk: what it is like when the
    /// store is much larger than memory. Needs root.
    #[arg(long)]
    pub(crate) cold: bool,
    /// Looks ahead on SQLite although the store fits into memory.
    #[arg(long)]
    pub(crate) look_ahead: bool,
    /// Keeps what was made: the files of SQLite, the databases on a server that was given.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Prints the result as JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the measuring process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Phase {
    /// Makes the store, and where the record is kept by the month a part for each month.
    Make,
    /// Looks things up and signs people in.
    Measure,
    /// Deletes the oldest tenth of the record while somebody signs in.
    Forget,
    /// Counts rows and bytes.
    Sizes,
}

/// One process, on one store.
#[derive(Args, Clone, Debug)]
pub(crate) struct OneRun {
    /// What it does.
    #[arg(long)]
    pub(crate) phase: Phase,
    /// Which database.
    #[arg(long)]
    pub(crate) engine: Engine,
    /// The file, for SQLite.
    #[arg(long)]
    pub(crate) path: Option<PathBuf>,
    /// The server and database, for PostgreSQL.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Accounts in the store.
    #[arg(long)]
    pub(crate) accounts: u32,
    /// Events in the store.
    #[arg(long)]
    pub(crate) events: u64,
    /// What the store was drawn from.
    #[arg(long)]
    pub(crate) seed: u64,
    /// When it was filled, in microseconds since 1970.
    #[arg(long)]
    pub(crate) filled_at: i64,
    /// How long is measured.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Empties the page cache before it looks, and again before sign-ins.
    #[arg(long)]
    pub(crate) cold: bool,
    /// Looks ahead although the store fits into memory.
    #[arg(long)]
    pub(crate) look_ahead: bool,
    /// Which round it is: each signs in to other accounts.
    #[arg(long, default_value_t = 0)]
    pub(crate) round: u32,
}
