//! What can be asked of a run.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::detectors::options as detectors;
use crate::discovery;
use crate::flood;
use crate::growth::options as growth;
use crate::investigate;
use crate::nodes::options as nodes;
use crate::passkeys;
use crate::passwords::options as passwords;
use crate::polls;
use crate::sealing;
use crate::store::options as store;
use crate::tenant::options as tenant;
use crate::tokens::options as tokens;

/// Whole sign-ins against a running `bidden serve`, and the limits of the machine, in one run.
#[derive(Parser, Clone, Debug)]
#[command(name = "bench", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Whole {
    /// Something else instead.
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
    /// How that is done.
    #[command(flatten)]
    pub(crate) options: Options,
}

/// What else can be measured.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Task {
    /// The redeem transaction of both stores, side by side with the same written with sqlx.
    Store(store::Options),
    /// Our side of that, once.
    #[command(hide = true)]
    StoreOneRun(store::OneRun),
    /// What many accounts and events cost: a grown store against a small one.
    Growth(growth::Options),
    /// The process that works on one of these.
    #[command(hide = true)]
    GrowthOneRun(growth::OneRun),
    /// Whole sign-ins against one, two and three nodes on one PostgreSQL, and against the embedded store.
    Nodes(nodes::Options),
    /// Sign-ins by passkey on the embedded store, beside the bare verification of the same signatures.
    Passkeys(passkeys::Options),
    /// Sign-ins by code and by passkey while a crowd tries passwords, against the same without the crowd.
    Flood(flood::Options),
    /// The metadata and the key set of the OpenID provider, against hyper with a fixed body of the same size.
    Discovery(discovery::Options),
    /// Tokens and introspections a second, beside bare signatures and flushes, and beside oidc-provider (npm).
    Tokens(tokens::Options),
    /// Devices that wait for their person and ask again at their interval, beside hyper.
    Polls(polls::Options),
    /// Entries of the record sealed a second, and sign-ins with sealing and detectors against sign-ins without.
    Sealing(sealing::Options),
    /// The bare work.
    #[command(hide = true)]
    TokensBare(tokens::Bare),
    /// Password hashes a second through the pool of the server, against argon2 by itself.
    Passwords(passwords::Options),
    /// The logs of an organisation that does not exist, with attacks among them.
    Tenant(tenant::Options),
    /// What each detector finds and misses in them, beside public rules, and how fast.
    Detectors(detectors::Options),
    /// Records of another system read and shown to all detectors, beside DuckDB with the same questions.
    Investigate(investigate::Options),
}

/// How sign-ins are measured.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How long the sign-ins are measured, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How many browsers sign in at the same time, each over a connection of its own.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) browsers: u32,
    /// How many accounts each browser signs in to in turn [default: enough for 16 sign-ins to
    /// each at 2,500 a second].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) accounts: Option<u32>,
    /// The server's program [default: `bidden` beside this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) bidden: Option<PathBuf>,
    /// Where the data directory is made, and removed afterwards; its disk is the one measured
    /// [default: beside this program].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: Option<PathBuf>,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Set when this program runs on its own core already.
    #[arg(long, hide = true)]
    pub(crate) pinned: bool,
    /// Be the server with a fixed body of so many bytes instead.
    #[arg(long, hide = true, value_name = "BYTES")]
    pub(crate) fixed_body: Option<usize>,
}

/// Seconds of sign-ins before the measurement begins.
pub(crate) const WARM_UP: u32 = 2;

/// Mails a day to known browsers: the upper bound of `budget.known_mails_per_day` (docs/config.md).
pub(crate) const MAILS_A_DAY: u32 = 100;

/// Sign-ins to one account in a run. Opening it takes a mail too, and one is left over.
pub(crate) const SIGN_INS_AN_ACCOUNT: u32 = MAILS_A_DAY - 2;

/// Sign-ins to one account that are planned for. Sessions whose cookie was thrown away stay open on the server,
/// and people do not have fifty of them: the account page would grow beyond what it is in life.
const SIGN_INS_PLANNED: u32 = 16;

/// Sign-ins a second that are planned for.
const RATE_PLANNED: u32 = 2500;

impl Options {
    /// How many accounts each browser gets: those asked for, or enough for the planned rate.
    #[must_use]
    pub(crate) fn accounts_each(&self) -> u32 {
        let planned = (self.seconds + WARM_UP) * RATE_PLANNED;
        self.accounts.unwrap_or_else(|| planned.div_ceil(SIGN_INS_PLANNED * self.browsers).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_subcommand_sign_ins_are_measured_and_with_one_its_own_options_are_taken() {
        let whole = Whole::parse_from(["bench", "--seconds", "5"]);
        assert!(whole.task.is_none() && whole.options.seconds == 5);
        let whole = Whole::parse_from(["bench", "store", "--seconds", "3", "--tasks", "1,64", "--json"]);
        let Some(Task::Store(store)) = whole.task else { panic!("another task") };
        assert_eq!((store.seconds, store.tasks, store.json), (3, vec![1, 64], true));
    }

    #[test]
    fn the_usual_run_has_accounts_for_few_sign_ins_to_each() {
        let options = Whole::parse_from(["bench"]).options;
        let accounts = options.accounts_each() * options.browsers;
        assert!(accounts * SIGN_INS_PLANNED >= 2500 * 22, "{accounts}");
        assert!(accounts * SIGN_INS_AN_ACCOUNT >= 10_000 * 22, "no budget is near: {accounts}");
        assert_eq!(Whole::parse_from(["bench", "--accounts", "3"]).options.accounts_each(), 3);
    }
}
