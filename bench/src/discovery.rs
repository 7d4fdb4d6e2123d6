//! The metadata and the key set of the OpenID provider, against hyper with a fixed body of the same size on the same core.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::frame::Frame;
use crate::http::{Connection, Request, Site};
use crate::limits::fixed_body::{self, FixedBody};
use crate::report::share;
use crate::server::Setup;
use crate::told;
use crate::trouble::Trouble;

/// The least share of what hyper does by itself.
const AIM: f64 = 0.7;

/// What is read.
const PATHS: [&str; 2] = ["/.well-known/openid-configuration", "/oauth/jwks"];

/// The metadata and the key set, against hyper with a fixed body of the same size.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How long each side is asked in each round, in seconds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// How many connections ask at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) connections: u32,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// Both sides, one after the other.
#[derive(Clone, Copy, Debug, Serialize)]
struct Round {
    ours: FixedBody,
    hyper: FixedBody,
}

impl Round {
    /// By the CPU time of the server: the client, which has a core too, may be the slower one.
    fn share(&self) -> f64 {
        share(self.ours.requests_per_cpu_second, self.hyper.requests_per_cpu_second)
    }
}

/// One document.
#[derive(Clone, Debug, Serialize)]
struct Read {
    path: &'static str,
    bytes: usize,
    /// Of the median round, by the CPU time of the server.
    share: f64,
    median: Round,
    rounds: Vec<Round>,
}

#[derive(Serialize)]
struct Report {
    options: Options,
    load_average: [String; 2],
    documents: Vec<Read>,
}

/// Measures what was asked for and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("discovery")?;
    let setup = Setup::new(place.program.clone(), place.directory.clone())?;
    let report = measured(options, &place.this, setup).await?;
    told::report(&report, options.frame.json)?;
    Ok(true)
}

async fn measured(options: &Options, this: &Path, setup: Setup) -> Result<Report, Trouble> {
    let before = told::load_average();
    let server = setup.start()?;
    let (time, connections) = (Duration::from_secs(options.seconds.into()), options.connections);
    let mut documents = Vec::new();
    for path in PATHS {
        let bytes = length(&setup.site, path).await?;
        let mut rounds = Vec::new();
        for _ in 0..options.frame.rounds {
            let ours = fixed_body::ask(&setup.site, (path, bytes), (connections, time), server.pid).await?;
            let hyper = fixed_body::measure_of(this, bytes, connections, time).await?;
            rounds.push(Round { ours, hyper });
        }
        rounds.sort_by(|one, other| one.share().total_cmp(&other.share()));
        let median = rounds.get(rounds.len() / 2).copied();
        let median = median.ok_or_else(|| Trouble::Unexpected("no round".to_owned()))?;
        documents.push(Read { path, bytes, share: median.share(), median, rounds });
    }
    server.stop()?;
    Ok(Report { options: options.clone(), load_average: [before, told::load_average()], documents })
}

/// How long the document is.
async fn length(site: &Arc<Site>, path: &str) -> Result<usize, Trouble> {
    let mut connection = Connection::new(Arc::clone(site));
    let answer = connection.exchange(Request { path, cookies: "", form: None }).await?;
    if answer.status == 200 {
        Ok(answer.body.len())
    } else {
        Err(Trouble::Unexpected(format!("GET {path}: {}", answer.status)))
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Options { seconds, connections, frame: Frame { rounds, .. }, .. } = self.options;
        writeln!(f, "{connections} connections, {rounds} rounds of {seconds} s on each side; medians")?;
        writeln!(f, "load average {} before, {} after", self.load_average[0], self.load_average[1])?;
        for Read { path, bytes, share, median, .. } in &self.documents {
            writeln!(f, "\n{path}, {bytes} bytes")?;
            for (side, found) in [("bidden", &median.ours), ("hyper, fixed body", &median.hyper)] {
                writeln!(
                    f,
                    "  {side:<18} {:>8.0}/s  {:>8.0} in a second of its CPU time  p50 {:.2} ms  p99 {:.2} ms",
                    found.requests_per_second,
                    found.requests_per_cpu_second,
                    found.latency.p50_ms,
                    found.latency.p99_ms
                )?;
            }
            let met = if *share >= AIM { "met" } else { "not met" };
            writeln!(f, "  {:.1} % of hyper by CPU time (aim {:.0} %: {met})", share * 100.0, AIM * 100.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::Summary;

    fn found(rate: f64) -> FixedBody {
        FixedBody { requests_per_second: rate, requests_per_cpu_second: rate, latency: Summary::default() }
    }

    #[test]
    fn the_share_is_ours_of_hypers_and_the_aim_is_told() {
        let round = Round { ours: found(75.0), hyper: found(100.0) };
        let options = Options { seconds: 1, connections: 1, frame: Frame::once() };
        let read =
            Read { path: PATHS[0], bytes: 9, share: round.share(), median: round, rounds: vec![round] };
        let report = Report { options, load_average: [String::new(), String::new()], documents: vec![read] };
        let text = report.to_string();
        assert!(text.contains("75.0 % of hyper by CPU time (aim 70 %: met)"), "{text}");
    }
}
