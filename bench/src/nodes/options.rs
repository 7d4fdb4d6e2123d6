//! What can be asked of `bench nodes`.

use std::path::PathBuf;

use clap::Args;

/// Whole sign-ins against one, two and three nodes on one PostgreSQL, and against the embedded store.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How long each is measured in each round, in seconds.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How often all of them take turns; the run with the median rate counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many nodes.
    #[arg(long, value_delimiter = ',', default_values_t = [1_u32, 2, 3], value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) nodes: Vec<u32>,
    /// How many browsers sign in at the same time, spread evenly over the nodes.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) browsers: u32,
    /// How many accounts each browser signs in to in turn.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) accounts: u32,
    /// The program of the nodes [default: `bidden` beside this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) bidden: Option<PathBuf>,
    /// A PostgreSQL server to use, as a superuser; the database bidden_bench_nodes is made there and dropped
    /// [default: a server of our own].
    #[arg(long, value_name = "URL")]
    pub(crate) postgres: Option<String>,
    /// Where the data directories are made, and removed afterwards [default: beside this program].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}
