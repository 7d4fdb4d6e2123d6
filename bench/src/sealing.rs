//! What the record's guards cost: entries sealed and verified a second on one core, and sign-ins a second with sealing and
//! detectors, with one of them, and without both.

use std::fmt::{self, Display, Formatter};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use flow::Store;
use flow::sealing::verify::{self, Asked};
use flow::sealing::{self, key};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::policy::Policy;
use model::secret::Secret;
use model::time::Time;
use serde::Serialize;

use crate::frame::Frame;
use crate::load::{self, Browser, Window};
use crate::report::{per_second, share};
use crate::server::Setup;
use crate::told;
use crate::trouble::Trouble;
use crate::walk::Profile;
use crate::workplace::Workplace;

/// With sealing and detectors at least so much of the sign-ins without.
const AIM: f64 = 0.9;
/// Before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// Entries of one commit while the record is filled.
const TOGETHER: u32 = 200;

/// Entries sealed a second, and sign-ins with sealing and detectors against sign-ins without.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How many entries are sealed.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    pub(crate) entries: u32,
    /// How long each side is measured in each round, in seconds; 0 leaves the sign-ins out.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub(crate) seconds: u32,
    /// How many browsers sign in at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) browsers: u32,
    /// What is off on one side and on at the other.
    #[arg(long, value_enum, default_value = "both")]
    pub(crate) of: Guard,
    /// How many accounts each of them signs in to in turn.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) accounts: u32,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Guard {
    /// Sealing the record; the detectors look at it on both sides.
    Sealing,
    /// The detectors; the record is sealed on both sides.
    Detectors,
    /// Both together.
    Both,
}

impl Guard {
    /// The settings of a side.
    fn settings(self, side: &'static str) -> [(&'static str, &'static str); 2] {
        let seal = if self == Self::Detectors { "on" } else { side };
        let watch = if self == Self::Sealing { "on" } else { side };
        [("BIDDEN_RECORD_SEAL", seal), ("BIDDEN_RECORD_WATCH", watch)]
    }
}

#[derive(Clone, Debug, Default, Serialize)]
struct Work {
    sealed_per_second: f64,
    verified_per_second: f64,
    /// Bytes of the database, without and with the tree, for each entry.
    bytes_before: f64,
    bytes_after: f64,
}

/// The same people without and with.
#[derive(Clone, Debug, Default, Serialize)]
struct Round {
    off_per_second: f64,
    on_per_second: f64,
    failures: u32,
    first_failure: Option<String>,
}

impl Round {
    fn ratio(&self) -> f64 {
        share(self.on_per_second, self.off_per_second)
    }
}

#[derive(Serialize)]
struct Report {
    options: Options,
    load_average: [String; 2],
    work: Work,
    ratio: f64,
    rounds: Vec<Round>,
}

/// Measures what was asked for and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("sealing")?;
    let before = told::load_average();
    let work = work(&place.directory, options.entries).map_err(|fault| Trouble::Unexpected(fault.chain()))?;
    let mut rounds = if options.seconds == 0 { Vec::new() } else { sign_ins(options, &place).await? };
    rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let ratio = rounds.get(rounds.len() / 2).map_or(0.0, Round::ratio);
    let load_average = [before, told::load_average()];
    let report = Report { options: options.clone(), load_average, work, ratio, rounds };
    told::report(&report, options.frame.json)?;
    Ok(report.rounds.iter().all(|round| round.failures == 0 && round.on_per_second > 0.0))
}

fn cx(seed: u64, now: Time) -> Cx {
    Cx::new(now, Entropy::seeded(seed), Arc::new(Policy::default()))
}

/// Fills a record, seals it and verifies it, in this process and on this core.
fn work(directory: &Path, entries: u32) -> Result<Work, Fault> {
    let file = directory.join("sealing.db");
    let keys = Keys::derive(&Secret::new([7; 32])).map_err(|fault| Fault::new("keys", fault))?;
    let store = Store::open(&file, Arc::new(keys), |_| {})?;
    let now = Time::from_micros(1_795_297_599_000_000);
    key::settle(&store, cx(0, now), "bench.example.org/record")?;
    for commit in 0..entries.div_ceil(TOGETHER) {
        store.write_now(move |tx| {
            let mut cx = cx(u64::from(commit) + 1, now + Duration::from_millis(u64::from(commit)));
            let kind = |count| EventKind::SignInCodesSuppressed { count, since: now };
            let events = (0..TOGETHER).map(|n| Event::new(&mut cx, Subject::Site, kind(n)));
            let events = events.collect::<Result<Vec<_>, _>>()?;
            tx.record(&events, ())
        })?;
    }
    let bytes = || std::fs::metadata(&file).map_or(0.0, |found| crate::report::real(found.len()));
    let before = bytes();
    let began = Instant::now();
    let sealed = sealing::catch_up(&store, &|| cx(9, now))?;
    let sealing = began.elapsed();
    let began = Instant::now();
    let asked = Asked { keys: None, kept: &[], now, retention: Policy::default().retention };
    let found = verify::verify(&store, asked, &mut |_| ControlFlow::Continue(()))?;
    let verifying = began.elapsed();
    drop(store);
    if found.broken > 0 || found.verified != sealed {
        return Err(Fault::plain("the sealed record is not whole"));
    }
    let sealed = usize::try_from(sealed).unwrap_or(usize::MAX);
    Ok(Work {
        sealed_per_second: per_second(sealed, sealing),
        verified_per_second: per_second(sealed, verifying),
        bytes_before: share(before, f64::from(entries)),
        bytes_after: share(bytes(), f64::from(entries)),
    })
}

/// Two stores with the same people, one with the guards and one without; the sides take turns, and who is first changes.
async fn sign_ins(options: &Options, place: &Workplace) -> Result<Vec<Round>, Trouble> {
    let mut sides = Vec::new();
    for side in ["off", "on"] {
        let directory = place.directory.join(side);
        std::fs::create_dir_all(&directory).map_err(Trouble::system("making a directory"))?;
        let setup = Setup::new(place.program.clone(), directory)?;
        let [first, second] = options.of.settings(side);
        let server = setup.start_with(&[("BIDDEN_REGISTRATION", "open"), first, second])?;
        let address = |number| Profile::new(format!("reader-{number:06}@example.test"));
        let each = options.accounts;
        let browsers = (0..options.browsers).map(|n| (n * each..(n + 1) * each).map(address).collect());
        let browsers = load::open_accounts(&setup.site, browsers.collect()).await?;
        server.stop()?;
        sides.push((side, setup, browsers));
    }
    let mut rounds = Vec::new();
    for _ in 0..options.frame.rounds {
        let mut round = Round::default();
        for (side, setup, browsers) in &mut sides {
            let there = std::mem::take(browsers);
            let (back, rate) = measured(options, (setup, side), there, &mut round).await?;
            *browsers = back;
            if *side == "on" {
                round.on_per_second = rate;
            } else {
                round.off_per_second = rate;
            }
        }
        rounds.push(round);
        sides.reverse();
    }
    Ok(rounds)
}

async fn measured(
    options: &Options,
    (setup, side): (&Setup, &'static str),
    browsers: Vec<Browser>,
    round: &mut Round,
) -> Result<(Vec<Browser>, f64), Trouble> {
    let server = setup.start_with(&options.of.settings(side))?;
    let from = Instant::now() + WARM_UP;
    let window = Window { from, to: from + Duration::from_secs(u64::from(options.seconds)) };
    let (back, tally) = load::sign_ins(&setup.site, browsers, window).await?;
    server.stop()?;
    round.failures += tally.failures + tally.out_of_accounts;
    round.first_failure = round.first_failure.take().or(tally.first_failure);
    Ok((back, per_second(tally.whole.count(), window.to - window.from)))
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [before, after] = &self.load_average;
        let Work { sealed_per_second, verified_per_second, bytes_before, bytes_after } = &self.work;
        writeln!(
            f,
            "{} entries, one core; load average before: {before}; after: {after}\n",
            self.options.entries
        )?;
        writeln!(f, "  entries sealed a second     {sealed_per_second:>12.0}")?;
        writeln!(f, "  entries verified a second   {verified_per_second:>12.0}")?;
        writeln!(f, "  bytes an entry, before      {bytes_before:>12.0}")?;
        write!(f, "  bytes an entry, sealed      {bytes_after:>12.0}")?;
        for round in &self.rounds {
            let Round { off_per_second, on_per_second, .. } = round;
            write!(
                f,
                "\n  sign-ins a second, off {off_per_second:.1}, on {on_per_second:.1}: {:.3}",
                round.ratio()
            )?;
            if let Some(failure) = &round.first_failure {
                write!(f, "\n  NOT VALID: {} failures; the first: {failure}", round.failures)?;
            }
        }
        if self.rounds.is_empty() {
            return Ok(());
        }
        let met = if self.ratio >= AIM { "met" } else { "NOT met" };
        write!(
            f,
            "\naim at least {AIM} of the sign-ins without: {:.3} in the round in the middle ({:.3} to {:.3}), {met}",
            self.ratio,
            self.rounds.first().map_or(0.0, Round::ratio),
            self.rounds.last().map_or(0.0, Round::ratio)
        )
    }
}
