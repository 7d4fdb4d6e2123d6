//! One, two and three nodes on one PostgreSQL, and one on the embedded store: the same sign-ins, on the same cores.

pub(crate) mod options;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use self::options::Options;
use self::report::{Ran, Report, Shares, Who};
use crate::http::Site;
use crate::load::{self, Browser, Tally, Window};
use crate::proc::{self, Used};
use crate::report::{per_second, real, share};
use crate::server::{Server as Node, Setup};
use crate::store::server::Server as Database;
use crate::told;
use crate::trouble::Trouble;
use crate::walk::Profile;

/// The database that the nodes share.
const DATABASE: &str = "bidden_bench_nodes";
/// What happens in this time is not counted.
const WARM_UP: Duration = Duration::from_secs(3);

/// Says on standard error what is being done.
fn tell(what: &str) {
    eprintln!("bench: {what}");
}

/// A directory that is removed when the run is over, however it ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Measures everybody in turns and prints it. Whether it is worth something.
///
/// # Errors
/// The first thing that keeps a run from being measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let this = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
    let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
    let program = options.bidden.clone().unwrap_or_else(|| beside.join("bidden"));
    let program = program.canonicalize().map_err(Trouble::system(format!(
        "looking for {} (build it with `cargo build --release -p bidden`, or say --bidden PATH)",
        program.display()
    )))?;
    let scratch = options.dir.clone().unwrap_or(beside).join(format!("bench-nodes-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(Trouble::system(format!("making {}", scratch.display())))?;
    let scratch =
        Scratch(scratch.canonicalize().map_err(Trouble::system("finding the directory just made"))?);
    let database = match &options.postgres {
        Some(url) => Database::given(url)?,
        None => {
            tell("starting a PostgreSQL of our own");
            Database::own()?
        }
    };
    let server = Setup::new(program.clone(), scratch.0.clone())?.version()?;
    let bench = Bench { options, program, scratch: &scratch.0, database: &database };
    let everybody =
        || [Who::Embedded].into_iter().chain(options.nodes.iter().map(|nodes| Who::Shared(*nodes)));
    let mut runs: Vec<Vec<Ran>> = everybody().map(|_| Vec::new()).collect();
    for round in 1..=options.rounds {
        for (who, runs) in everybody().zip(&mut runs) {
            let ran = bench.measure(who).await?;
            tell(&format!("round {round}, {who}: {:.0} sign-ins/s", ran.per_second));
            runs.push(ran);
        }
    }
    database.drop_database(DATABASE)?;
    let report = Report {
        server,
        postgres: database.version.clone(),
        cores: cores(),
        browsers: options.browsers,
        seconds: options.seconds,
        rounds: options.rounds,
        ran: runs.into_iter().filter_map(Report::middle).collect(),
    };
    told::report(&report, options.json)?;
    Ok(report.counts())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

struct Bench<'a> {
    options: &'a Options,
    program: PathBuf,
    scratch: &'a Path,
    database: &'a Database,
}

/// What everybody has used up to a moment.
#[derive(Clone, Copy, Default)]
struct Reading {
    nodes: Duration,
    database: Option<Duration>,
    generator: Duration,
    /// All cores, whoever worked on them; and what the machine below gave to others.
    busy: Duration,
    flushes: Option<u64>,
}

impl Bench<'_> {
    /// One run on a store of its own, which is empty in the beginning.
    async fn measure(&self, who: Who) -> Result<Ran, Trouble> {
        let place = self.scratch.join("run");
        // Nothing of the run before is read or written any more.
        let _ = std::fs::remove_dir_all(&place);
        let nodes = self.start(who, &place)?;
        let browsers = self.open(&nodes).await?;
        let from = Instant::now() + WARM_UP;
        let window = Window { from, to: from + Duration::from_secs(u64::from(self.options.seconds)) };
        let pids: Vec<u32> = nodes.iter().map(|(_, node)| node.pid).collect();
        let shared = who != Who::Embedded;
        let readings = async {
            tokio::time::sleep_until(window.from.into()).await;
            let before = self.reading(&pids, shared)?;
            tokio::time::sleep_until(window.to.into()).await;
            Ok::<_, Trouble>((before, self.reading(&pids, shared)?))
        };
        let (tally, (before, after)) = tokio::try_join!(sign_ins(browsers, window), readings)?;
        for (_, node) in nodes {
            node.stop()?;
        }
        Ok(ran(who, &tally, (before, after), window.to - window.from))
    }

    /// Starts the nodes: the first one makes the store and the keys.
    fn start(&self, who: Who, place: &Path) -> Result<Vec<(Arc<Site>, Node)>, Trouble> {
        let (count, url) = match who {
            Who::Embedded => (1, None),
            Who::Shared(nodes) => {
                self.database.make_database(DATABASE, None)?;
                (nodes, Some(self.database.url(DATABASE)))
            }
        };
        let keys = place.join("keys").display().to_string();
        let mut settings = vec![("BIDDEN_REGISTRATION", "open"), ("BIDDEN_KEYS_FILE", keys.as_str())];
        settings.extend(url.as_deref().map(|url| ("BIDDEN_STORE", url)));
        (0..count)
            .map(|n| {
                let directory = place.join(format!("node-{n}"));
                std::fs::create_dir_all(&directory)
                    .map_err(Trouble::system(format!("making {}", directory.display())))?;
                let setup = Setup::new(self.program.clone(), directory)?;
                Ok((Arc::clone(&setup.site), setup.start_anywhere(&settings)?))
            })
            .collect()
    }

    /// Opens the accounts of all browsers, each at the node that it keeps to.
    async fn open(&self, nodes: &[(Arc<Site>, Node)]) -> Result<Vec<(Arc<Site>, Vec<Browser>)>, Trouble> {
        let mut parts: Vec<(Arc<Site>, Vec<Browser>)> =
            nodes.iter().map(|(site, _)| (Arc::clone(site), Vec::new())).collect();
        let each = self.options.accounts;
        let turns = parts.len();
        for browser in 0..self.options.browsers {
            let numbers = browser * each..(browser + 1) * each;
            let profiles = numbers.map(|n| Profile::new(format!("reader-{n:06}@example.test"))).collect();
            let turn = usize::try_from(browser).unwrap_or(0) % turns.max(1);
            if let Some((_, browsers)) = parts.get_mut(turn) {
                browsers.push(profiles);
            }
        }
        let mut tasks = JoinSet::new();
        for (site, browsers) in parts {
            tasks.spawn(async move { Ok((Arc::clone(&site), load::open_accounts(&site, browsers).await?)) });
        }
        let mut opened = Vec::new();
        while let Some(task) = tasks.join_next().await {
            opened.push(task.map_err(|error| Trouble::Unexpected(error.to_string()))??);
        }
        Ok(opened)
    }

    fn reading(&self, nodes: &[u32], shared: bool) -> Result<Reading, Trouble> {
        let cores = u8::try_from(cores()).unwrap_or(u8::MAX);
        let own = std::process::id();
        let mut reading = Reading { generator: proc::used(own, 0)?.cpu, ..Reading::default() };
        for core in 0..cores {
            let Used { core, stolen, .. } = proc::used(own, core)?;
            reading.busy += core + stolen;
        }
        for node in nodes {
            reading.nodes += proc::used(*node, 0)?.cpu;
        }
        if shared {
            reading.database = self.database.cpu();
            reading.flushes = self.database.log()?.flushes;
        }
        Ok(reading)
    }
}

/// All browsers at all nodes.
async fn sign_ins(parts: Vec<(Arc<Site>, Vec<Browser>)>, window: Window) -> Result<Tally, Trouble> {
    let mut tasks = JoinSet::new();
    for (site, browsers) in parts {
        tasks.spawn(async move { load::sign_ins(&site, browsers, window).await });
    }
    let mut all = Tally::default();
    while let Some(task) = tasks.join_next().await {
        let (_, tally) = task.map_err(|error| Trouble::Unexpected(error.to_string()))??;
        all.merge(tally);
    }
    Ok(all)
}

fn ran(who: Who, tally: &Tally, (before, after): (Reading, Reading), time: Duration) -> Ran {
    let count = tally.whole.count();
    let sign_ins = real(u64::try_from(count).unwrap_or(u64::MAX));
    let each = |cpu: Duration| share(cpu.as_secs_f64() * 1000.0, sign_ins);
    let capacity = time.as_secs_f64() * real(u64::try_from(cores()).unwrap_or(1));
    let percent = |cpu: Duration| share(cpu.as_secs_f64(), capacity) * 100.0;
    let nodes = after.nodes.saturating_sub(before.nodes);
    let generator = after.generator.saturating_sub(before.generator);
    let database = after.database.zip(before.database).map(|(after, before)| after.saturating_sub(before));
    let ours = nodes + generator + database.unwrap_or_default();
    let others = after.busy.saturating_sub(before.busy).saturating_sub(ours);
    let flushes = after.flushes.zip(before.flushes).map(|(after, before)| after.saturating_sub(before));
    Ran {
        who,
        sign_ins: count,
        per_second: per_second(count, time),
        time: tally.whole.summary(),
        nodes_ms: each(nodes),
        database_ms: database.map(each),
        generator_ms: each(generator),
        flushes: flushes.map(|flushes| share(real(flushes), sign_ins)),
        shares: Shares {
            nodes: percent(nodes),
            database: percent(database.unwrap_or_default()),
            generator: percent(generator),
            others: percent(others),
        },
        failures: tally.failures,
        first_failure: tally.first_failure.clone(),
        out_of_accounts: tally.out_of_accounts,
    }
}
