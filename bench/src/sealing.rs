//! What sealing the record costs: entries sealed and verified a second on one core, and sign-ins a second with it and without.

use std::fmt::{self, Display, Formatter};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
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

use crate::load::{self, Browser, Window};
use crate::report::{per_second, share};
use crate::server::Setup;
use crate::told;
use crate::trouble::Trouble;
use crate::walk::Profile;
use crate::workplace::Workplace;

/// With sealing at least so much of the sign-ins without.
const AIM: f64 = 0.9;
/// Before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);
/// Entries of one commit while the record is filled.
const TOGETHER: u32 = 200;

/// Entries sealed a second, and sign-ins with sealing against sign-ins without.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How many entries are sealed.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000_000))]
    pub(crate) entries: u32,
    /// How long each side is measured in each round, in seconds; 0 leaves the sign-ins out.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub(crate) seconds: u32,
    /// How often the sides take turns; the round with the median ratio counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) rounds: u32,
    /// How many browsers sign in at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) browsers: u32,
    /// How many accounts each of them signs in to in turn.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) accounts: u32,
    /// The server's program [default: `bidden` beside this program].
    #[arg(long, value_name = "PATH")]
    #[serde(skip)]
    pub(crate) bidden: Option<PathBuf>,
    /// Prints the result as JSON instead of a table.
    #[arg(long)]
    #[serde(skip)]
    pub(crate) json: bool,
    /// Set when this program runs on its own core already.
    #[arg(long, hide = true)]
    #[serde(skip)]
    pub(crate) pinned: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Work {
    sealed_per_second: f64,
    verified_per_second: f64,
    /// Bytes of the database, without and with the tree, for each entry.
    bytes_before: f64,
    bytes_after: f64,
}

/// The same people without sealing and with it.
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
    let place = Workplace::new("sealing", (options.bidden.as_ref(), None))?;
    let before = told::load_average();
    let work = work(&place.directory, options.entries).map_err(|fault| Trouble::Unexpected(fault.chain()))?;
    let mut rounds = if options.seconds == 0 { Vec::new() } else { sign_ins(options, &place).await? };
    rounds.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()));
    let ratio = rounds.get(rounds.len() / 2).map_or(0.0, Round::ratio);
    let load_average = [before, told::load_average()];
    let report = Report { options: options.clone(), load_average, work, ratio, rounds };
    told::report(&report, options.json)?;
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

/// Two stores with the same people, one sealed and one not; the sides take turns.
async fn sign_ins(options: &Options, place: &Workplace) -> Result<Vec<Round>, Trouble> {
    let mut sides = Vec::new();
    for seal in ["off", "on"] {
        let directory = place.directory.join(seal);
        std::fs::create_dir_all(&directory).map_err(Trouble::system("making a directory"))?;
        let setup = Setup::new(place.program.clone(), directory)?;
        let server = setup.start_with(&[("BIDDEN_REGISTRATION", "open"), ("BIDDEN_RECORD_SEAL", seal)])?;
        let address = |number| Profile::new(format!("reader-{number:06}@example.test"));
        let each = options.accounts;
        let browsers = (0..options.browsers).map(|n| (n * each..(n + 1) * each).map(address).collect());
        let browsers = load::open_accounts(&setup.site, browsers.collect()).await?;
        server.stop()?;
        sides.push((seal, setup, browsers));
    }
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        let mut round = Round::default();
        for (seal, setup, browsers) in &mut sides {
            let there = std::mem::take(browsers);
            let (back, rate) = side(options, (setup, seal), there, &mut round).await?;
            *browsers = back;
            if *seal == "on" {
                round.on_per_second = rate;
            } else {
                round.off_per_second = rate;
            }
        }
        rounds.push(round);
    }
    Ok(rounds)
}

async fn side(
    options: &Options,
    (setup, seal): (&Setup, &str),
    browsers: Vec<Browser>,
    round: &mut Round,
) -> Result<(Vec<Browser>, f64), Trouble> {
    let server = setup.start_with(&[("BIDDEN_RECORD_SEAL", seal)])?;
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
            "\naim at least {AIM} of the sign-ins without: {:.3} in the median round, {met}",
            self.ratio
        )
    }
}
