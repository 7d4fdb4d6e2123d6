//! What several nodes do: a table for people, and JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::latency::Summary;
use crate::report::share;

/// From this share of all cores on, the machine had nothing left to give.
const BUSY_PERCENT: f64 = 90.0;
/// More than this by others, and the numbers are theirs.
const OTHERS_PERCENT: f64 = 5.0;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// One node on the embedded store.
    Embedded,
    /// So many nodes on one PostgreSQL.
    Shared(u32),
}

impl Display for Who {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded store"),
            Self::Shared(1) => f.write_str("PostgreSQL, 1 node"),
            Self::Shared(nodes) => write!(f, "PostgreSQL, {nodes} nodes"),
        }
    }
}

/// Shares of all cores, in percent.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Shares {
    /// All nodes together.
    pub(crate) nodes: f64,
    /// The database's processes, where they can be seen.
    pub(crate) database: f64,
    /// The browsers.
    pub(crate) generator: f64,
    /// Everybody else, and what the machine below took.
    pub(crate) others: f64,
}

impl Shares {
    fn whole(&self) -> f64 {
        self.nodes + self.database + self.generator + self.others
    }
}

/// One run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ran {
    /// Who was measured.
    pub(crate) who: Who,
    /// Whole sign-ins in the measured time.
    pub(crate) sign_ins: usize,
    /// The same a second.
    pub(crate) per_second: f64,
    /// How long one took.
    pub(crate) time: Summary,
    /// CPU time of all nodes for one, in milliseconds.
    pub(crate) nodes_ms: f64,
    /// CPU time of the database for one, in milliseconds.
    pub(crate) database_ms: Option<f64>,
    /// CPU time of the generator for one, in milliseconds.
    pub(crate) generator_ms: f64,
    /// Flushes of the database's log for one.
    pub(crate) flushes: Option<f64>,
    /// Who had the cores.
    pub(crate) shares: Shares,
    /// Sign-ins that failed.
    pub(crate) failures: u32,
    /// What the first of them was.
    pub(crate) first_failure: Option<String>,
    /// Browsers whose accounts were all at the mail budget.
    pub(crate) out_of_accounts: u32,
}

impl Ran {
    /// What kept it from being faster.
    fn limit(&self) -> String {
        let Shares { nodes, database, generator, others } = self.shares;
        let busy = self.shares.whole();
        let all = format!(
            "nodes {nodes:.0} %, database {database:.0} %, generator {generator:.0} %, others {others:.0} %"
        );
        let what = if busy >= BUSY_PERCENT {
            let largest = if nodes >= database.max(generator) {
                "the nodes take most of it"
            } else if database >= generator {
                "the database takes most of it"
            } else {
                "the GENERATOR takes most of it"
            };
            format!("CPU of this machine, {busy:.0} % of all cores busy; {largest}")
        } else {
            format!("waiting (disk, round trips, locks): only {busy:.0} % of all cores busy")
        };
        format!("{what} ({all})")
    }

    fn counts(&self) -> bool {
        self.failures == 0 && self.out_of_accounts == 0 && self.sign_ins > 0
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// What the program calls itself.
    pub(crate) server: String,
    /// The version of PostgreSQL.
    pub(crate) postgres: String,
    /// Cores that all of them share.
    pub(crate) cores: usize,
    /// Browsers.
    pub(crate) browsers: u32,
    /// Seconds of each run.
    pub(crate) seconds: u32,
    /// Rounds.
    pub(crate) rounds: u32,
    /// The run with the median rate of everybody, in the order in which they took turns.
    pub(crate) ran: Vec<Ran>,
}

impl Report {
    /// Of several runs of the same, the one in the middle.
    #[must_use]
    pub(crate) fn middle(mut runs: Vec<Ran>) -> Option<Ran> {
        // One that failed must not hide behind others.
        if let Some(failed) = runs.iter().position(|ran| !ran.counts()) {
            return Some(runs.swap_remove(failed));
        }
        runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        let middle = runs.len().saturating_sub(1) / 2;
        runs.into_iter().nth(middle)
    }

    /// Whether the numbers mean what they say.
    #[must_use]
    pub(crate) fn counts(&self) -> bool {
        self.ran.iter().all(Ran::counts)
    }

    /// To the rate of one node.
    fn ratio(&self, ran: &Ran) -> f64 {
        let one = self.ran.iter().find(|ran| ran.who == Who::Shared(1));
        one.map_or(0.0, |one| share(ran.per_second, one.per_second))
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} browsers, {} s, the middle of {} rounds; nodes, PostgreSQL {} and the generator share {} cores\n",
            self.server, self.browsers, self.seconds, self.rounds, self.postgres, self.cores
        )?;
        writeln!(
            f,
            "  {:<22}{:>11}{:>9}{:>9}{:>9}{:>9}{:>11}{:>11}{:>11}{:>9}",
            "", "sign-ins/s", "to one", "p50, ms", "p99", "max", "nodes, ms", "db, ms", "gen., ms", "flushes"
        )?;
        for ran in &self.ran {
            let known = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
            writeln!(
                f,
                "  {:<22}{:>11.0}{:>9.2}{:>9.1}{:>9.1}{:>9.1}{:>11.3}{:>11}{:>11.3}{:>9}",
                ran.who.to_string(),
                ran.per_second,
                self.ratio(ran),
                ran.time.p50_ms,
                ran.time.p99_ms,
                ran.time.max_ms,
                ran.nodes_ms,
                known(ran.database_ms),
                ran.generator_ms,
                known(ran.flushes)
            )?;
        }
        writeln!(f, "\n  what kept each from being faster:")?;
        for ran in &self.ran {
            writeln!(f, "  {:<22}{}", ran.who.to_string(), ran.limit())?;
        }
        for ran in &self.ran {
            if ran.shares.others > OTHERS_PERCENT {
                writeln!(f, "  {}: THE MACHINE WAS NOT QUIET: all rates are too low", ran.who)?;
            }
            if let Some(why) = &ran.first_failure {
                writeln!(f, "  {}: NOT VALID, {} failed, the first: {why}", ran.who, ran.failures)?;
            }
            if ran.out_of_accounts > 0 {
                writeln!(f, "  {}: NOT VALID, run again with more --accounts", ran.who)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(who: Who, per_second: f64) -> Ran {
        Ran {
            who,
            sign_ins: 100,
            per_second,
            time: Summary::default(),
            nodes_ms: 0.5,
            database_ms: Some(0.7),
            generator_ms: 0.2,
            flushes: None,
            shares: Shares { nodes: 40.0, database: 45.0, generator: 10.0, others: 1.0 },
            failures: 0,
            first_failure: None,
            out_of_accounts: 0,
        }
    }

    fn report(ran: Vec<Ran>) -> Report {
        let (server, postgres) = ("bidden 0.1.0".to_owned(), "15".to_owned());
        Report { server, postgres, cores: 2, browsers: 64, seconds: 15, rounds: 3, ran }
    }

    #[test]
    fn every_rate_is_compared_with_that_of_one_node_and_its_limit_is_named() {
        let report =
            report(vec![ran(Who::Embedded, 900.0), ran(Who::Shared(1), 300.0), ran(Who::Shared(3), 450.0)]);
        let table = report.to_string();
        assert!(table.contains("3.00") && table.contains("1.50"), "{table}");
        assert!(table.contains("96 % of all cores busy; the database takes most of it"), "{table}");
        assert!(report.counts());
    }

    #[test]
    fn cores_that_are_idle_are_no_limit() {
        let mut waiting = ran(Who::Shared(1), 300.0);
        waiting.shares = Shares { nodes: 20.0, database: 10.0, generator: 5.0, others: 20.0 };
        let table = report(vec![waiting]).to_string();
        assert!(table.contains("only 55 % of all cores busy") && table.contains("NOT QUIET"), "{table}");
    }

    #[test]
    fn of_several_rounds_the_middle_one_counts_and_one_that_failed_is_never_hidden() {
        let rounds = || [5.0, 1.0, 3.0].map(|rate| ran(Who::Embedded, rate)).to_vec();
        assert!((Report::middle(rounds()).unwrap().per_second - 3.0).abs() < 1e-9);
        let mut one_failed = rounds();
        one_failed[0].failures = 1;
        one_failed[0].first_failure = Some("503".to_owned());
        let report = report(Report::middle(one_failed).into_iter().collect());
        assert!(!report.counts() && report.to_string().contains("NOT VALID, 1 failed, the first: 503"));
    }
}
