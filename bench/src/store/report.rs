//! The result of a comparison: medians side by side, as tables for people and as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::options::Engine;
use super::side::Figures;
use crate::report::share;

/// At so many tasks the aims about the rival are looked at.
const CROWD: u32 = 64;

/// What both sides and the disk gave in turn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Round {
    /// Flushes a second of 4 KiB in a file that was written before.
    pub(crate) raw_per_second: f64,
    /// bidden.
    pub(crate) ours: Figures,
    /// sqlx.
    pub(crate) rival: Figures,
}

/// One store at one number of tasks.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pair {
    /// Which store.
    pub(crate) engine: Engine,
    /// How many tasks.
    pub(crate) tasks: u32,
    /// The medians.
    pub(crate) median: Round,
    /// What they are the medians of.
    pub(crate) rounds: Vec<Round>,
}

impl Pair {
    /// Takes the medians, of each figure by itself.
    #[must_use]
    pub(crate) fn of(engine: Engine, tasks: u32, rounds: Vec<Round>) -> Self {
        let median = Round {
            raw_per_second: median(rounds.iter().map(|round| round.raw_per_second)),
            ours: medians(&rounds, |round| &round.ours),
            rival: medians(&rounds, |round| &round.rival),
        };
        Self { engine, tasks, median, rounds }
    }

    /// Redemptions a second, for each of the rival's.
    #[must_use]
    pub(crate) fn to_rival(&self) -> f64 {
        share(self.median.ours.per_second, self.median.rival.per_second)
    }

    /// Redemptions a second, for each flush of the raw disk.
    #[must_use]
    pub(crate) fn to_raw(&self) -> f64 {
        share(self.median.ours.per_second, self.median.raw_per_second)
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |n: usize| values.get(n).copied().unwrap_or(0.0);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

fn medians(rounds: &[Round], side: fn(&Round) -> &Figures) -> Figures {
    let all = || rounds.iter().map(side);
    let known = |get: fn(&Figures) -> Option<f64>| {
        let values: Option<Vec<f64>> = all().map(get).collect();
        values.filter(|values| !values.is_empty()).map(|values| median(values.into_iter()))
    };
    Figures {
        per_second: median(all().map(|figures| figures.per_second)),
        p50_ms: median(all().map(|figures| figures.p50_ms)),
        p99_ms: median(all().map(|figures| figures.p99_ms)),
        max_ms: median(all().map(|figures| figures.max_ms)),
        flushes: known(|figures| figures.flushes),
        bytes: known(|figures| figures.bytes),
        cpu_us: median(all().map(|figures| figures.cpu_us)),
        server_cpu_us: known(|figures| figures.server_cpu_us),
        retries: median(all().map(|figures| figures.retries)),
        errors: all().map(|figures| figures.errors).sum(),
        first_error: all().find_map(|figures| figures.first_error.clone()),
        used_up: all().any(|figures| figures.used_up),
        note: all().next_back().map(|figures| figures.note.clone()).unwrap_or_default(),
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// The machine's load average before and after: much above what the sides themselves make, and the numbers
    /// are those of somebody else.
    pub(crate) load_average: [String; 2],
    /// The version of PostgreSQL.
    pub(crate) postgres: Option<String>,
    /// Seconds that each side was measured in each round.
    pub(crate) seconds: u32,
    /// Each store at each number of tasks.
    pub(crate) pairs: Vec<Pair>,
}

impl Report {
    /// Whether the numbers mean what they say: nobody failed.
    #[must_use]
    pub(crate) fn counts(&self) -> bool {
        self.pairs.iter().all(|pair| {
            [&pair.median.ours, &pair.median.rival]
                .iter()
                .all(|side| side.errors == 0 && side.per_second > 0.0)
        })
    }

    fn find(&self, engine: Engine, tasks: u32) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.engine == engine && pair.tasks == tasks)
    }
}

fn row(f: &mut Formatter<'_>, what: &str, [ours, rival]: [Option<f64>; 2], digits: usize) -> fmt::Result {
    let number =
        |value: Option<f64>| value.map_or("not counted".to_owned(), |value| format!("{value:.digits$}"));
    let ratio = match (ours, rival) {
        (Some(ours), Some(rival)) if rival > 0.0 => format!("{:.3}", ours / rival),
        _ => String::new(),
    };
    let line = format!("  {what:<34}{:>14}{:>14}{ratio:>12}", number(ours), number(rival));
    writeln!(f, "{}", line.trim_end())
}

impl Display for Pair {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Round { ours, rival, raw_per_second } = &self.median;
        let name = match self.engine {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        };
        let both = |get: fn(&Figures) -> Option<f64>| [get(ours), get(rival)];
        let heading = format!("{name}, {} task{}", self.tasks, if self.tasks == 1 { "" } else { "s" });
        writeln!(f, "{heading:<36}{:>14}{:>14}{:>12}", "bidden", "sqlx", "ratio")?;
        row(f, "redemptions a second", both(|side| Some(side.per_second)), 0)?;
        row(f, "p50, ms", both(|side| Some(side.p50_ms)), 2)?;
        row(f, "p99, ms", both(|side| Some(side.p99_ms)), 2)?;
        row(f, "max, ms", both(|side| Some(side.max_ms)), 2)?;
        row(f, "flushes for one", both(|side| side.flushes), 3)?;
        let bytes = if self.engine == Engine::Sqlite {
            "bytes to the disk for one"
        } else {
            "bytes of the log for one"
        };
        row(f, bytes, both(|side| side.bytes), 0)?;
        row(f, "CPU for one, the program, µs", both(|side| Some(side.cpu_us)), 0)?;
        if self.engine == Engine::Postgres {
            row(f, "CPU for one, the server, µs", both(|side| side.server_cpu_us), 0)?;
        }
        row(f, "tried again, for one", both(|side| Some(side.retries)), 3)?;
        writeln!(
            f,
            "  raw fdatasync {raw_per_second:.0} a second; bidden does {:.3} of that; {}, sqlx: {}",
            self.to_raw(),
            ours.note,
            rival.note
        )?;
        for (side, who) in [(ours, "bidden"), (rival, "sqlx")] {
            if side.used_up {
                writeln!(f, "  {who}: the codes were used up before the time was (--codes)")?;
            }
            if let Some(error) = &side.first_error {
                writeln!(f, "  {who}: NOT VALID, {} failed, the first: {error}", side.errors)?;
            }
        }
        Ok(())
    }
}

fn aim(f: &mut Formatter<'_>, what: &str, found: Option<f64>, least: f64) -> fmt::Result {
    match found {
        Some(found) => {
            let met = if found >= least { "met" } else { "NOT met" };
            writeln!(f, "aim {what} at least {least}: {found:.2}, {met}")
        }
        None => writeln!(f, "aim {what} at least {least}: not measured"),
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rounds = self.pairs.first().map_or(0, |pair| pair.rounds.len());
        writeln!(
            f,
            "the redeem transaction; medians of {rounds} rounds of {} s a side, in turns",
            self.seconds
        )?;
        if let Some(version) = &self.postgres {
            writeln!(f, "PostgreSQL {version}")?;
        }
        let [before, after] = &self.load_average;
        writeln!(f, "load average before: {before}; after: {after}\n")?;
        for pair in &self.pairs {
            writeln!(f, "{pair}")?;
        }
        let crowd = |engine| self.find(engine, CROWD).map(Pair::to_rival);
        aim(f, "SQLite to sqlx-sqlite at 64 tasks", crowd(Engine::Sqlite), 20.0)?;
        aim(f, "PostgreSQL to sqlx-postgres at 64 tasks", crowd(Engine::Postgres), 1.3)?;
        aim(f, "SQLite to raw fdatasync at one task", self.find(Engine::Sqlite, 1).map(Pair::to_raw), 0.9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(ours: f64, rival: f64, raw: f64) -> Round {
        let side = |per_second| Figures { per_second, flushes: Some(0.5), ..Figures::default() };
        Round { raw_per_second: raw, ours: side(ours), rival: side(rival) }
    }

    fn report(pairs: Vec<Pair>) -> Report {
        Report { load_average: ["1".to_owned(), "2".to_owned()], postgres: None, seconds: 1, pairs }
    }

    #[test]
    fn the_median_counts_and_not_the_mean() {
        let rounds = vec![round(90.0, 5.0, 100.0), round(1000.0, 4.0, 90.0), round(80.0, 3.0, 110.0)];
        let pair = Pair::of(Engine::Sqlite, 64, rounds);
        assert!((pair.to_rival() - 22.5).abs() < 1e-9 && (pair.to_raw() - 0.9).abs() < 1e-9);
        assert_eq!((pair.median.ours.flushes, pair.median.ours.server_cpu_us), (Some(0.5), None));
        assert!((median([1.0, 2.0].into_iter()) - 1.5).abs() < 1e-9);
    }

    #[test]
    fn an_aim_is_told_as_met_not_met_or_not_measured() {
        let text = report(vec![Pair::of(Engine::Sqlite, 64, vec![round(90.0, 5.0, 100.0)])]).to_string();
        assert!(text.contains("sqlx-sqlite at 64 tasks at least 20: 18.00, NOT met"), "{text}");
        assert!(text.contains("sqlx-postgres at 64 tasks at least 1.3: not measured"), "{text}");
        let text = report(vec![Pair::of(Engine::Sqlite, 1, vec![round(90.0, 5.0, 100.0)])]).to_string();
        assert!(text.contains("raw fdatasync at one task at least 0.9: 0.90, met"), "{text}");
    }

    #[test]
    fn a_comparison_in_which_somebody_failed_does_not_count() {
        let mut failed = round(90.0, 5.0, 100.0);
        failed.rival.errors = 1;
        failed.rival.first_error = Some("locked".to_owned());
        let good = || Pair::of(Engine::Sqlite, 8, vec![round(90.0, 5.0, 100.0)]);
        assert!(report(vec![good()]).counts());
        let report = report(vec![good(), Pair::of(Engine::Sqlite, 64, vec![failed])]);
        assert!(!report.counts());
        assert!(report.to_string().contains("sqlx: NOT VALID, 1 failed, the first: locked"));
    }
}
