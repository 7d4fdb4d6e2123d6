//! The result: everything measured, as a table for people and as JSON.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::latency::Summary;
use crate::limits::disk::Disk;
use crate::limits::fixed_body::FixedBody;

/// Writes of one sign-in that a browser waits for until they are on the disk: the request, and the code used.
/// What becomes of the mail is written too, many mails at once, and is left out: nobody is told more than is so.
pub(crate) const DURABLE_OPERATIONS: u32 = 2;

/// One time, of one step.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    /// Which.
    pub(crate) name: &'static str,
    /// How long it took.
    #[serde(flatten)]
    pub(crate) time: Summary,
}

/// The server under the closed loop.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Load {
    /// Whole sign-ins that ended within the measured time.
    pub(crate) sign_ins: usize,
    /// The same a second.
    pub(crate) sign_ins_per_second: f64,
    /// HTTP requests of these, a second.
    pub(crate) requests_per_second: f64,
    /// HTTP requests of one sign-in.
    pub(crate) requests_per_sign_in: f64,
    /// How many of these looked for the mail before it was there.
    pub(crate) early_looks_per_sign_in: f64,
    /// How many of these looked for the mail at all.
    pub(crate) looks_per_sign_in: f64,
    /// HTTP requests in each second of the server's CPU time.
    pub(crate) requests_per_cpu_second: f64,
    /// A whole sign-in.
    pub(crate) whole: Summary,
    /// Its steps.
    pub(crate) steps: Vec<Step>,
    /// CPU time of the server for one sign-in, in milliseconds.
    pub(crate) cpu_ms_per_sign_in: f64,
    /// How much of that the inbox took in place of a mail program, measured by itself.
    pub(crate) inbox_cpu_ms: f64,
    /// How busy the server kept its core, in percent.
    pub(crate) server_core_percent: f64,
    /// How busy the generator kept its core, in percent.
    pub(crate) client_core_percent: f64,
    /// What others took of the server's core, the machine below included, in percent.
    pub(crate) server_core_others_percent: f64,
    /// The same of the generator's core.
    pub(crate) client_core_others_percent: f64,
    /// Bytes sent to the disk for one sign-in.
    pub(crate) disk_bytes_per_sign_in: f64,
    /// Bytes of the largest account page that was seen.
    pub(crate) account_page_bytes: usize,
    /// Sign-ins that did not go as they should; none in a run that is worth something.
    pub(crate) failures: u32,
    /// What the first of them was.
    pub(crate) first_failure: Option<String>,
    /// Browsers that stopped early because all of their accounts were at the mail budget.
    pub(crate) out_of_accounts: u32,
}

/// How often the disk was flushed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Flushes {
    /// Calls of `fdatasync` and `fsync` for one sign-in.
    pub(crate) per_sign_in: f64,
    /// The same for one durable operation.
    pub(crate) per_operation: f64,
}

/// How the server starts, on a store that has accounts in it.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Start {
    /// From the start of the process until `/healthz` answers; the median of several, in milliseconds.
    pub(crate) median_ms: f64,
    /// The shortest.
    pub(crate) min_ms: f64,
    /// The longest.
    pub(crate) max_ms: f64,
    /// How often.
    pub(crate) runs: usize,
    /// Resident memory a second after that, nobody having asked for anything, in MiB; the median.
    pub(crate) idle_mib: f64,
}

/// What the server does, as part of what the machine could.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Ratios {
    /// HTTP requests a second, to hyper with a fixed body.
    pub(crate) requests_to_fixed_body: f64,
    /// The same for a second of CPU time.
    pub(crate) requests_to_fixed_body_cpu: f64,
    /// Durable operations a second, to flushes a second of a file that grows, before and after.
    pub(crate) operations_to_appended: [f64; 2],
    /// Durable operations a second, to flushes a second in place, before and after.
    pub(crate) operations_to_in_place: [f64; 2],
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// What the server calls itself.
    pub(crate) server: String,
    /// Browsers that signed in at the same time.
    pub(crate) browsers: u32,
    /// Accounts that they signed in to.
    pub(crate) accounts: u32,
    /// Seconds that were measured.
    pub(crate) seconds: u32,
    /// The closed loop.
    pub(crate) load: Load,
    /// Durable operations a second in it.
    pub(crate) durable_operations_per_second: f64,
    /// Flushes, if they could be counted.
    pub(crate) flushes: Option<Flushes>,
    /// Starting.
    pub(crate) start: Start,
    /// Resident memory at the end of the closed loop, in MiB.
    pub(crate) loaded_mib: f64,
    /// The disk before and after.
    pub(crate) disk: [Disk; 2],
    /// hyper with a fixed body.
    pub(crate) fixed_body: FixedBody,
    /// The comparisons.
    pub(crate) ratios: Ratios,
}

impl Report {
    /// Works out the comparisons.
    #[must_use]
    pub(crate) fn with_ratios(mut self) -> Self {
        self.durable_operations_per_second = self.load.sign_ins_per_second * f64::from(DURABLE_OPERATIONS);
        let operations = self.durable_operations_per_second;
        self.ratios = Ratios {
            requests_to_fixed_body: share(self.load.requests_per_second, self.fixed_body.requests_per_second),
            requests_to_fixed_body_cpu: share(
                self.load.requests_per_cpu_second,
                self.fixed_body.requests_per_cpu_second,
            ),
            operations_to_appended: self.disk.map(|disk| share(operations, disk.appended_per_second)),
            operations_to_in_place: self.disk.map(|disk| share(operations, disk.in_place_per_second)),
        };
        self
    }

    /// Whether the numbers mean what they say.
    #[must_use]
    pub(crate) fn counts(&self) -> bool {
        self.load.failures == 0 && self.load.out_of_accounts == 0 && self.load.sign_ins > 0
    }
}

/// A count that may be any size, as a number to divide with.
#[must_use]
pub(crate) fn real(count: u64) -> f64 {
    let half = |part: u64| f64::from(u32::try_from(part & u64::from(u32::MAX)).unwrap_or(u32::MAX));
    half(count >> 32) * 4_294_967_296.0 + half(count)
}

/// So many in so long.
#[must_use]
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    share(real(u64::try_from(count).unwrap_or(u64::MAX)), time.as_secs_f64())
}

/// `part / whole`; nothing of nothing is nothing.
#[must_use]
pub(crate) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// A line of the table: what, how much, and a remark.
fn row(f: &mut Formatter<'_>, what: &str, value: impl Display, remark: impl Display) -> fmt::Result {
    let line = format!("  {what:<40}{:>14}  {remark}", value.to_string());
    writeln!(f, "{}", line.trim_end())
}

fn aim(met: bool, aim: &str) -> String {
    format!("aim {aim}: {}", if met { "met" } else { "NOT met" })
}

fn times(f: &mut Formatter<'_>, what: &str, time: &Summary) -> fmt::Result {
    writeln!(f, "  {what:<30}{:>12.2}{:>12.2}{:>12.2}", time.p50_ms, time.p99_ms, time.max_ms)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (load, ratios) = (&self.load, &self.ratios);
        writeln!(
            f,
            "{}: {} browsers, {} accounts, {} s measured; server on core 0, generator on core 1\n",
            self.server, self.browsers, self.accounts, self.seconds
        )?;
        writeln!(f, "Whole sign-ins, each on the disk")?;
        let rate = load.sign_ins_per_second;
        row(f, "sign-ins a second", format!("{rate:.0}"), aim(rate >= 2000.0, "2,000"))?;
        row(f, "HTTP requests a second", format!("{:.0}", load.requests_per_second), "")?;
        row(
            f,
            "HTTP requests a sign-in",
            format!("{:.2}", load.requests_per_sign_in),
            format!("of these {:.2} looked for a mail that was not there yet", load.early_looks_per_sign_in),
        )?;
        row(
            f,
            "server CPU a sign-in, ms",
            format!("{:.3}", load.cpu_ms_per_sign_in),
            format!("of these {:.3} for the inbox, which stands in for a mail program", load.inbox_cpu_ms),
        )?;
        row(f, "disk bytes a sign-in", format!("{:.0}", load.disk_bytes_per_sign_in), "")?;
        row(f, "largest account page, bytes", load.account_page_bytes, "")?;
        row(
            f,
            "server / generator busy, % of a core",
            format!("{:.0} / {:.0}", load.server_core_percent, load.client_core_percent),
            if load.client_core_percent > 95.0 { "THE GENERATOR WAS THE LIMIT" } else { "" },
        )?;
        let (on_server, on_client) = (load.server_core_others_percent, load.client_core_others_percent);
        row(
            f,
            "cores taken by others, %",
            format!("{on_server:.1} / {on_client:.1}"),
            if on_server.max(on_client) > 5.0 {
                "THE MACHINE WAS NOT QUIET: all rates are too low"
            } else {
                ""
            },
        )?;
        row(f, "failures", load.failures, load.first_failure.as_deref().unwrap_or(""))?;
        if load.out_of_accounts > 0 {
            row(
                f,
                "browsers out of accounts",
                load.out_of_accounts,
                "NOT VALID: run again with more --accounts",
            )?;
        }
        writeln!(f, "\n  {:<30}{:>12}{:>12}{:>12}", "times, ms", "p50", "p99", "max")?;
        times(f, "whole sign-in", &load.whole)?;
        for step in &load.steps {
            times(f, step.name, &step.time)?;
        }
        self.server_lines(f)?;

        writeln!(f, "\nLimits of this machine, in the same run")?;
        for (disk, when) in self.disk.iter().zip(["before", "after"]) {
            row(
                f,
                &format!("fdatasync/s, 4 KiB appended, {when}"),
                format!("{:.0}", disk.appended_per_second),
                "",
            )?;
            row(
                f,
                &format!("fdatasync/s, 4 KiB in place, {when}"),
                format!("{:.0}", disk.in_place_per_second),
                "",
            )?;
        }
        let fixed = &self.fixed_body;
        row(
            f,
            "hyper, fixed body, requests/s",
            format!("{:.0}", fixed.requests_per_second),
            format!("{:.0} in a second of its CPU time", fixed.requests_per_cpu_second),
        )?;

        writeln!(f, "\nCompared")?;
        row(
            f,
            "HTTP requests / hyper, fixed body",
            format!("{:.3}", ratios.requests_to_fixed_body),
            format!("{:.3} by CPU time", ratios.requests_to_fixed_body_cpu),
        )?;
        for (name, [before, after]) in [
            ("durable operations / fdatasync appended", ratios.operations_to_appended),
            ("durable operations / fdatasync in place", ratios.operations_to_in_place),
        ] {
            let apart =
                if before.max(after) > 2.0 * before.min(after) { "; the disk itself changed" } else { "" };
            row(f, name, format!("{before:.2} / {after:.2}"), format!("to the disk before / after{apart}"))?;
        }
        Ok(())
    }
}

impl Report {
    fn server_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe server")?;
        let start = &self.start;
        row(
            f,
            "start until /healthz answers, ms",
            format!("{:.1}", start.median_ms),
            format!(
                "{:.1} to {:.1} in {} starts; {}",
                start.min_ms,
                start.max_ms,
                start.runs,
                aim(start.median_ms <= 50.0, "50")
            ),
        )?;
        row(
            f,
            "resident when idle, MiB",
            format!("{:.1}", start.idle_mib),
            aim(start.idle_mib < 25.0, "below 25"),
        )?;
        row(f, "resident at the end, MiB", format!("{:.1}", self.loaded_mib), "")?;
        row(f, "durable operations a second", format!("{:.0}", self.durable_operations_per_second), "")?;
        match &self.flushes {
            Some(flushes) => row(
                f,
                "flushes a durable operation",
                format!("{:.4}", flushes.per_operation),
                format!(
                    "{:.4} a sign-in; {}",
                    flushes.per_sign_in,
                    aim(flushes.per_operation < 0.1, "below 0.1")
                ),
            ),
            None => row(
                f,
                "flushes a durable operation",
                "not counted",
                "perf is missing, or may not count (be root)",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(rate: f64) -> Disk {
        Disk {
            appended_per_second: rate,
            appended: Summary::default(),
            in_place_per_second: 2.0 * rate,
            in_place: Summary::default(),
        }
    }

    fn report() -> Report {
        Report {
            server: "bidden 0.1.0".to_owned(),
            browsers: 64,
            accounts: 128,
            seconds: 20,
            load: Load {
                sign_ins: 10,
                sign_ins_per_second: 1000.0,
                requests_per_second: 6000.0,
                requests_per_cpu_second: 6600.0,
                ..Load::default()
            },
            durable_operations_per_second: 0.0,
            flushes: None,
            start: Start::default(),
            loaded_mib: 30.0,
            disk: [disk(400.0), disk(1000.0)],
            fixed_body: FixedBody {
                requests_per_second: 60_000.0,
                requests_per_cpu_second: 66_000.0,
                latency: Summary::default(),
            },
            ratios: Ratios::default(),
        }
        .with_ratios()
    }

    #[test]
    fn the_comparisons_are_what_they_are_called() {
        let report = report();
        assert!((report.durable_operations_per_second - 2000.0).abs() < 1e-9);
        assert!((report.ratios.requests_to_fixed_body - 0.1).abs() < 1e-9);
        assert!((report.ratios.requests_to_fixed_body_cpu - 0.1).abs() < 1e-9);
        let near =
            |found: [f64; 2], wanted: [f64; 2]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(near(report.ratios.operations_to_appended, [5.0, 2.0]));
        assert!(near(report.ratios.operations_to_in_place, [2.5, 1.0]));
    }

    #[test]
    fn the_table_says_when_an_aim_is_not_met_and_when_the_run_is_not_valid() {
        let mut report = report();
        assert!(report.counts());
        let table = report.to_string();
        assert!(
            table.contains("5.00 / 2.00  to the disk before / after; the disk itself changed"),
            "{table}"
        );
        assert!(table.contains("aim 2,000: NOT met") && table.contains("not counted"), "{table}");
        report.load.sign_ins_per_second = 2500.0;
        report.load.out_of_accounts = 1;
        report.load.client_core_others_percent = 20.0;
        let table = report.to_string();
        assert!(table.contains("aim 2,000: met") && table.contains("NOT VALID"), "{table}");
        assert!(table.contains("NOT QUIET"), "{table}");
        assert!(!report.counts());
        report.load = Load { sign_ins: 10, failures: 1, ..Load::default() };
        assert!(!report.counts());
        assert!(!Report { load: Load::default(), ..report }.counts());
    }

    #[test]
    fn counts_of_any_size_become_numbers() {
        assert!((real(5_000_000_000) - 5e9).abs() < 1.0);
        assert!(share(1.0, 0.0).abs() < f64::EPSILON);
    }
}
