//! What growth cost: the small and the grown store side by side, as tables for people and as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::forget::Forgotten;
use super::measure::{Found, Line};
use super::one_run::Sizes;
use crate::latency::Summary;
use crate::report::{real, share};
use crate::store::options::Engine;

/// A grown store may take so many times as long as a small one, where somebody waits for what concerns him or her.
const AIM: f64 = 2.0;
/// What the store does for one page or one cookie may take so long, in milliseconds, however large it is.
const STORE_MS: f64 = 1.0;
/// What is about everybody may take so long, in milliseconds: an operator waits for it.
const OPERATOR_MS: f64 = 250.0;
/// A step of the sweep may take so long, in milliseconds: others wait for the writer meanwhile.
const SWEEP_MS: f64 = 50.0;
/// Nobody waits longer than this for old rows to go, in milliseconds.
const STALL_MS: f64 = 250.0;

/// The line of the disk by itself, just before each of the others was measured.
pub(crate) const DISK: &str = "the disk: 4 KiB and fdatasync";

/// One thing on both stores: the medians of the rounds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pair {
    /// What.
    pub(crate) what: String,
    /// How long on the small one.
    pub(crate) small: Summary,
    /// How long on the grown one.
    pub(crate) grown: Summary,
}

impl Pair {
    /// Grown to small: the half, and 99 of 100.
    #[must_use]
    pub(crate) fn ratios(&self) -> [f64; 2] {
        [share(self.grown.p50_ms, self.small.p50_ms), share(self.grown.p99_ms, self.small.p99_ms)]
    }

    /// Whether the two are so far from each other, either way, that the disk was not the same.
    fn apart(&self) -> bool {
        let [half, most] = self.ratios();
        !(0.5..=2.0).contains(&half) || !(0.25..=4.0).contains(&most)
    }

    /// What is aimed at, and whether it is met.
    fn aim(&self) -> String {
        let most = |limit: f64| format!("p99 below {limit:.0}: {}", said(self.grown.p99_ms < limit));
        match self.what.split_once(':') {
            Some(("operator", _)) => most(OPERATOR_MS),
            Some(("sweep", _)) => most(SWEEP_MS),
            Some(("store", _)) => most(STORE_MS),
            Some(("the disk", _)) if self.apart() => {
                "NOT THE SAME DISK: sign-ins cannot be compared".to_owned()
            }
            Some(("the disk", _)) => String::new(),
            _ => format!("p50 within {AIM:.0}×: {}", said(self.ratios()[0] <= AIM)),
        }
    }
}

/// One store.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Grown {
    /// Which.
    pub(crate) engine: Engine,
    /// How long filling took, in seconds.
    pub(crate) filled_in: f64,
    /// What was measured.
    pub(crate) pairs: Vec<Pair>,
    /// Resident memory of the measuring processes: small and grown, each when the store was open, after the look-ups,
    /// and after the sign-ins.
    pub(crate) resident: [[u64; 3]; 2],
    /// Small and grown on the disk.
    pub(crate) sizes: [Sizes; 2],
    /// Deleting.
    pub(crate) forgotten: Forgotten,
    /// A sign-in that failed.
    pub(crate) failed: Option<String>,
}

impl Grown {
    /// Puts the rounds together.
    #[must_use]
    pub(crate) fn pairs_of(small: &[Found], grown: &[Found]) -> Vec<Pair> {
        let names = small.first().map(|found| found.lines.iter().map(|line| line.what.clone()));
        names
            .into_iter()
            .flatten()
            .map(|what| Pair { small: medians(small, &what), grown: medians(grown, &what), what })
            .collect()
    }
}

/// The median of each figure by itself.
fn medians(rounds: &[Found], what: &str) -> Summary {
    let all = || rounds.iter().flat_map(|found| &found.lines).filter(|line| line.what == what);
    let median = |get: fn(&Line) -> f64| {
        let mut values: Vec<f64> = all().map(get).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
    };
    Summary {
        p50_ms: median(|line| line.time.p50_ms),
        p99_ms: median(|line| line.time.p99_ms),
        max_ms: median(|line| line.time.max_ms),
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Accounts of the small and of the grown store.
    pub(crate) accounts: [u64; 2],
    /// Events of both.
    pub(crate) events: [u64; 2],
    /// The machine's load average before and after.
    pub(crate) load_average: [String; 2],
    /// Each store.
    pub(crate) stores: Vec<Grown>,
}

impl Report {
    /// Whether the numbers mean what they say: nobody failed.
    #[must_use]
    pub(crate) fn counts(&self) -> bool {
        self.stores.iter().all(|store| store.failed.is_none() && store.forgotten.failed.is_none())
    }
}

fn bytes(count: u64) -> String {
    flow::operator::size(count)
}

fn said(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}

impl Display for Grown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = match self.engine {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        };
        writeln!(f, "{name}, filled in {:.0} s", self.filled_in)?;
        writeln!(
            f,
            "  {:<34}{:>10}{:>10}{:>8}{:>10}{:>10}{:>8}  aim",
            "ms", "small p50", "grown p50", "ratio", "small p99", "grown p99", "ratio"
        )?;
        for pair in &self.pairs {
            let ([half, most], aim) = (pair.ratios(), pair.aim());
            writeln!(
                f,
                "  {:<34}{:>10.3}{:>10.3}{half:>8.2}{:>10.3}{:>10.3}{most:>8.2}  {aim}",
                pair.what, pair.small.p50_ms, pair.grown.p50_ms, pair.small.p99_ms, pair.grown.p99_ms,
            )?;
        }
        let [small, grown] =
            self.resident.map(|three| three.map(|each| format!("{:.1}", real(each) / 1_048_576.0)));
        writeln!(
            f,
            "  resident, MiB (open, looked up, signed in): small {}, grown {}",
            small.join(" "),
            grown.join(" ")
        )?;
        writeln!(
            f,
            "  on the disk: small {}, grown {}",
            bytes(self.sizes[0].bytes),
            bytes(self.sizes[1].bytes)
        )?;
        for size in &self.sizes[1].tables {
            let of = size.bytes.map_or_else(String::new, bytes);
            let each = share(real(size.bytes.unwrap_or(0)), real(size.rows));
            writeln!(f, "    {:<20}{:>14} rows{of:>10}{each:>8.0} bytes a row", size.table, size.rows)?;
        }
        let gone = &self.forgotten;
        writeln!(
            f,
            "  forgetting: {} events in {:.1} s and {} steps{}",
            gone.events,
            gone.seconds,
            gone.steps,
            if gone.done { "" } else { ", time was over before all were gone" }
        )?;
        let Summary { p50_ms, p99_ms, max_ms } = gone.step;
        writeln!(f, "    a step, ms: p50 {p50_ms:.2}, p99 {p99_ms:.2}, max {max_ms:.2}")?;
        let Summary { p50_ms, p99_ms, max_ms } = gone.sign_in;
        writeln!(
            f,
            "    {} sign-ins meanwhile, ms: p50 {p50_ms:.2}, p99 {p99_ms:.2}, max {max_ms:.2}; aim below {STALL_MS:.0}: {}",
            gone.sign_ins,
            said(max_ms < STALL_MS)
        )?;
        for failed in self.failed.iter().chain(&gone.failed) {
            writeln!(f, "  NOT VALID, a sign-in failed: {failed}")?;
        }
        Ok(())
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ([few, many], [short, long]) = (self.accounts, self.events);
        writeln!(f, "{few} accounts and {short} events against {many} accounts and {long} events\n")?;
        for store in &self.stores {
            writeln!(f, "{store}")?;
        }
        let [before, after] = &self.load_average;
        write!(f, "load average: {before} before, {after} after")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(p50_ms: f64) -> Found {
        let time = Summary { p50_ms, p99_ms: 4.0 * p50_ms, max_ms: 9.0 * p50_ms };
        Found { lines: vec![Line { what: "a page".to_owned(), count: 5, time }], ..Found::default() }
    }

    fn report(grown: f64, failed: Option<&str>) -> Report {
        let pairs = Grown::pairs_of(&[found(1.0), found(2.0), found(90.0)], &[found(grown)]);
        let forgotten = Forgotten { failed: failed.map(str::to_owned), ..Forgotten::default() };
        let store = Grown {
            engine: Engine::Sqlite,
            filled_in: 1.0,
            pairs,
            resident: [[0; 3]; 2],
            sizes: [Sizes::default(), Sizes::default()],
            forgotten,
            failed: None,
        };
        let load = String::new();
        Report { accounts: [1, 2], events: [3, 4], load_average: [load.clone(), load], stores: vec![store] }
    }

    #[test]
    fn the_median_of_the_rounds_is_compared_and_twice_as_long_is_still_good() {
        let good = report(4.0, None).to_string();
        assert!(good.contains("2.000     4.000    2.00") && !good.contains("NOT met"), "{good}");
        let bad = report(4.1, None).to_string();
        assert!(bad.contains("NOT met"), "{bad}");
    }

    #[test]
    fn a_disk_that_changed_is_said() {
        let time = |p50_ms| Summary { p50_ms, p99_ms: 2.0 * p50_ms, max_ms: 3.0 * p50_ms };
        let disk = |grown| Pair { what: DISK.to_owned(), small: time(1.0), grown: time(grown) };
        assert_eq!(disk(1.9).aim(), "");
        assert!(disk(2.1).aim().starts_with("NOT THE SAME DISK"));
        assert!(disk(0.4).aim().starts_with("NOT THE SAME DISK"));
    }

    #[test]
    fn a_run_in_which_a_sign_in_failed_does_not_count() {
        assert!(report(1.0, None).counts());
        let failed = report(1.0, Some("locked"));
        assert!(!failed.counts() && failed.to_string().contains("NOT VALID, a sign-in failed: locked"));
    }
}
