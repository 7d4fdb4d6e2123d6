//! The result: pool and bare argon2 side by side, and what a flood does, as a table for people and as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::options::Options;
use crate::latency::Summary;
use crate::report::share;

/// At least so much of bare argon2 must be left.
const AIM: f64 = 0.9;

/// What so many people saw of the pool.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Side {
    /// How many asked, each again and again.
    pub(crate) askers: usize,
    /// Passwords verified in a second.
    pub(crate) per_second: f64,
    /// How long whoever was answered had waited.
    pub(crate) wait: Summary,
    /// How often somebody was refused.
    pub(crate) refused: usize,
    /// How long that took.
    pub(crate) refusal: Summary,
    /// Answers that were neither; there are none.
    pub(crate) wrong: usize,
}

/// The sides in turn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Round {
    /// Hashes a second of argon2 by itself.
    pub(crate) bare_per_second: f64,
    /// The pool with a few people for each thread.
    pub(crate) pool: Side,
    /// The pool in a flood.
    pub(crate) flood: Side,
}

impl Round {
    /// Hashes of the pool, for each of bare argon2.
    pub(crate) fn ratio(&self) -> f64 {
        share(self.pool.per_second, self.bare_per_second)
    }

    fn flood_ratio(&self) -> f64 {
        share(self.flood.per_second, self.bare_per_second)
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    options: Options,
    threads: usize,
    load_average: [String; 2],
    /// The median round's.
    ratio: f64,
    /// The median round, by its ratio.
    median: Round,
    rounds: Vec<Round>,
}

impl Report {
    /// Takes the median of rounds, of which there is one at least.
    #[must_use]
    pub(crate) fn of(
        options: &Options,
        threads: usize,
        load_average: [String; 2],
        mut rounds: Vec<Round>,
    ) -> Self {
        rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
        let none = || Side {
            askers: 0,
            per_second: 0.0,
            wait: Summary::default(),
            refused: 0,
            refusal: Summary::default(),
            wrong: 0,
        };
        let median = rounds.get(rounds.len() / 2).cloned();
        let median = median.unwrap_or_else(|| Round { bare_per_second: 0.0, pool: none(), flood: none() });
        Self { options: options.clone(), threads, load_average, ratio: median.ratio(), median, rounds }
    }

    /// Whether the numbers mean what they say.
    #[must_use]
    pub(crate) fn counts(&self) -> bool {
        let fine = |side: &Side| side.wrong == 0 && side.per_second > 0.0;
        !self.rounds.is_empty()
            && self
                .rounds
                .iter()
                .all(|round| fine(&round.pool) && fine(&round.flood) && round.pool.refused == 0)
    }
}

fn times(summary: &Summary) -> String {
    format!("{:.1} / {:.1} / {:.1} ms", summary.p50_ms, summary.p99_ms, summary.max_ms)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Round { bare_per_second, pool, flood } = &self.median;
        let [before, after] = &self.load_average;
        writeln!(
            f,
            "argon2id of 19 MiB, 2 passes, 1 lane; {} rounds of {} s a side, in turns; the median round of {} threads",
            self.rounds.len(),
            self.options.seconds,
            self.threads
        )?;
        writeln!(f, "load average before: {before}; after: {after}\n")?;
        writeln!(f, "{:<44}{:>12}{:>12}{:>12}", "", "pool", "bare", "ratio")?;
        let row = |f: &mut Formatter<'_>, what: &str, side: &Side, ratio: f64| {
            writeln!(f, "  {what:<42}{:>12.1}{bare_per_second:>12.1}{ratio:>12.3}", side.per_second)
        };
        row(f, &format!("hashes a second, {} people", pool.askers), pool, self.median.ratio())?;
        row(f, &format!("the same in a flood of {}", flood.askers), flood, self.median.flood_ratio())?;
        writeln!(f, "  a password waits, p50 / p99 / max           {}", times(&pool.wait))?;
        writeln!(f, "  in the flood                                {}", times(&flood.wait))?;
        writeln!(f, "  a refusal in the flood ({} of them)     {}", flood.refused, times(&flood.refusal))?;
        let ratios: Vec<String> = self.rounds.iter().map(|round| format!("{:.3}", round.ratio())).collect();
        writeln!(f, "  ratios of all rounds: {}", ratios.join(", "))?;
        if !self.counts() {
            writeln!(f, "  NOT VALID: somebody got a wrong answer, or was refused outside the flood")?;
        }
        let met = if self.ratio >= AIM { "met" } else { "NOT met" };
        write!(f, "aim pool to bare argon2 at least {AIM}: {:.3}, {met}", self.ratio)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::{Task, Whole};

    fn options() -> Options {
        match Whole::parse_from(["bench", "passwords"]).task {
            Some(Task::Passwords(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    fn round(pool: f64) -> Round {
        let side = |per_second| Side {
            askers: 8,
            per_second,
            wait: Summary::default(),
            refused: 0,
            refusal: Summary::default(),
            wrong: 0,
        };
        Round { bare_per_second: 100.0, pool: side(pool), flood: side(pool) }
    }

    fn report(rounds: Vec<Round>) -> Report {
        Report::of(&options(), 2, ["1".to_owned(), "2".to_owned()], rounds)
    }

    #[test]
    fn the_median_round_counts_and_the_aim_is_told() {
        let met = report(vec![round(99.0), round(10.0), round(95.0)]);
        assert!((met.ratio - 0.95).abs() < 1e-9 && met.counts());
        assert!(met.to_string().contains("at least 0.9: 0.950, met"), "{met}");
        assert!(report(vec![round(80.0)]).to_string().contains("0.800, NOT met"));
    }

    #[test]
    fn a_run_with_a_wrong_answer_or_a_refusal_outside_the_flood_does_not_count() {
        let mut wrong = round(95.0);
        wrong.flood.wrong = 1;
        let mut refused = round(95.0);
        refused.pool.refused = 1;
        for bad in [wrong, refused] {
            let report = report(vec![bad]);
            assert!(!report.counts() && report.to_string().contains("NOT VALID"));
        }
        assert!(!report(Vec::new()).counts());
    }
}
