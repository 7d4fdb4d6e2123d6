//! Tokens, and questions about them: bidden on one core, beside the bare work and beside oidc-provider on the same core.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::frame::Frame;
use crate::report::share;
use crate::server::Setup;
use crate::told;
use crate::trouble::Trouble;
use lane::{Done, Held, Paths, Work};
use options::Options;

pub(crate) mod bare;
mod lane;
pub(crate) mod options;
mod rival;
pub(crate) mod seed;

/// By how much bidden is to be the faster one.
const AIM: f64 = 5.0;

const OURS: Paths = Paths { token: "/oauth/token", introspection: "/oauth/introspect" };
const THEIRS: Paths = Paths { token: "/token", introspection: "/token/introspection" };

/// Both sides, one after the other, and the bare work before them.
#[derive(Clone, Copy, Debug, Serialize)]
struct Round {
    /// The bare work a second, where there is any.
    bare: Option<f64>,
    ours: Done,
    theirs: Option<Done>,
}

/// One kind of request.
#[derive(Clone, Debug, Serialize)]
struct Measured {
    work: Work,
    median: Round,
    rounds: Vec<Round>,
}

#[derive(Serialize)]
struct Report {
    options: Options,
    node: Option<String>,
    load_average: [String; 2],
    work: Vec<Measured>,
}

/// Measures what was asked for and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("tokens")?;
    let setup = Setup::new(place.program.clone(), place.directory.clone())?;
    let report = measured(options, &place.this, &setup).await?;
    told::report(&report, options.frame.json)?;
    Ok(true)
}

async fn measured(options: &Options, this: &Path, setup: &Setup) -> Result<Report, Trouble> {
    let before = told::load_average();
    let file = setup.directory.join("bidden.toml");
    std::fs::write(&file, seed::clients()).map_err(Trouble::system("writing bidden.toml"))?;
    // Makes the store, the keys that sign, and the clients.
    setup.start()?.stop()?;
    let mut held = seed::grants(&setup.data(), options.connections)?;
    let server = setup.start()?;
    let mut other = if options.alone { None } else { Some(rival::start(options.connections)?) };
    let time = Duration::from_secs(options.seconds.into());
    let mut all = Vec::new();
    for work in Work::ALL {
        let mut rounds = Vec::new();
        for _ in 0..options.frame.rounds {
            let bare = work.signatures().map(|signatures| {
                bare::measure(this, signatures, &setup.directory, options.seconds.div_ceil(4))
            });
            let ours = lane::measure((&setup.site, server.pid), OURS, held, (work, time)).await?;
            held = ours.0;
            let theirs = match &mut other {
                None => None,
                Some((rival, theirs)) => {
                    let asked: Vec<Held> = std::mem::take(theirs);
                    let done = lane::measure((&rival.site, rival.pid), THEIRS, asked, (work, time)).await?;
                    *theirs = done.0;
                    Some(done.1)
                }
            };
            rounds.push(Round { bare: bare.transpose()?, ours: ours.1, theirs });
        }
        rounds.sort_by(|one, other| one.ours.per_cpu_second.total_cmp(&other.ours.per_cpu_second));
        let median = rounds.get(rounds.len() / 2).copied();
        let median = median.ok_or_else(|| Trouble::Unexpected("no round".to_owned()))?;
        all.push(Measured { work, median, rounds });
    }
    server.stop()?;
    let node = other.map(|(rival, _)| rival.node.clone());
    let load_average = [before, told::load_average()];
    Ok(Report { options: options.clone(), node, load_average, work: all })
}

fn side(f: &mut Formatter<'_>, name: &str, done: &Done) -> fmt::Result {
    writeln!(
        f,
        "  {name:<16} {:>8.0}/s  {:>8.0} in a second of its CPU time  p50 {:.2} ms  p99 {:.2} ms  others {:.0} %",
        done.per_second, done.per_cpu_second, done.latency.p50_ms, done.latency.p99_ms, done.others_percent
    )
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Options { seconds, connections, frame: Frame { rounds, .. }, .. } = self.options;
        writeln!(f, "{connections} connections, {rounds} rounds of {seconds} s on each side; medians")?;
        writeln!(f, "load average {} before, {} after", self.load_average[0], self.load_average[1])?;
        if let Some(node) = &self.node {
            writeln!(f, "oidc-provider on Node.js {node}, with a map in memory as its store")?;
        }
        for Measured { work, median: Round { bare, ours, theirs }, .. } in &self.work {
            writeln!(f, "\n{}", work.name())?;
            side(f, "bidden", ours)?;
            if let Some(bare) = bare {
                let (count, part) = (work.signatures().unwrap_or(0), share(ours.per_second, *bare));
                let plural = if count == 1 { "" } else { "s" };
                writeln!(
                    f,
                    "  bare             {bare:>8.0}/s  {count} signature{plural} and a flush, one after the other: \
                     bidden does {part:.2} of it"
                )?;
            }
            if let Some(theirs) = theirs {
                side(f, "oidc-provider", theirs)?;
                let ratio = share(ours.per_second, theirs.per_second);
                let by_cpu = share(ours.per_cpu_second, theirs.per_cpu_second);
                let met = if ratio >= AIM { "met" } else { "not met" };
                writeln!(f, "  {ratio:.1} times as many, {by_cpu:.1} by CPU time (aim {AIM:.0}: {met})")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::Summary;

    fn done(rate: f64) -> Done {
        Done { per_second: rate, per_cpu_second: rate, others_percent: 0.0, latency: Summary::default() }
    }

    #[test]
    fn ratios_and_the_part_of_the_bare_work_are_told() {
        let median = Round { bare: Some(200.0), ours: done(100.0), theirs: Some(done(10.0)) };
        let report = Report {
            options: Options { seconds: 1, connections: 1, alone: false, frame: Frame::once() },
            node: Some("v1".to_owned()),
            load_average: [String::new(), String::new()],
            work: vec![Measured { work: Work::Refresh, median, rounds: vec![median] }],
        };
        let text = report.to_string();
        assert!(
            text.contains("2 signatures and a flush") && text.contains("bidden does 0.50 of it"),
            "{text}"
        );
        assert!(text.contains("10.0 times as many") && text.contains("(aim 5: met)"), "{text}");
    }
}
