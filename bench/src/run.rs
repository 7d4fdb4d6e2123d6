//! One run, phase by phase: the limits, the accounts, the starts, the closed loop, the disk again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::flushes::Counter;
use crate::limits::{disk, fixed_body};
use crate::load::{self, Browser, Tally, Window};
use crate::options::{Options, WARM_UP};
use crate::proc::{self, Used};
use crate::report::{
    DURABLE_OPERATIONS, Flushes, Load, Ratios, Report, Start, Step, per_second, real, share,
};
use crate::server::{CLIENT_CORE, SERVER_CORE, Server, Setup};
use crate::trouble::Trouble;
use crate::walk::{Profile, STEPS};

/// How often the server is started for its start time.
const STARTS: usize = 7;

/// A directory that is removed when the run is over, however it ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Says on standard error what is being done.
fn tell(what: &str) {
    eprintln!("bench: {what}");
}

/// Measures everything.
///
/// # Errors
/// The first thing that keeps a phase from being measured at all.
pub(crate) async fn run(options: &Options) -> Result<Report, Trouble> {
    let this = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
    let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
    let program = options.bidden.clone().unwrap_or_else(|| beside.join("bidden"));
    let program = program.canonicalize().map_err(Trouble::system(format!(
        "looking for {} (build it with `cargo build --release -p bidden`, or say --bidden PATH)",
        program.display()
    )))?;
    let scratch = options.dir.clone().unwrap_or(beside).join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(Trouble::system(format!("making {}", scratch.display())))?;
    let scratch =
        Scratch(scratch.canonicalize().map_err(Trouble::system("finding the directory just made"))?);
    let setup = Setup::new(program, scratch.0.clone())?;
    let server = setup.version()?;

    tell("the disk by itself");
    let before = disk::measure(&scratch.0, Duration::from_secs(4))?;
    tell(&format!(
        "  {:.0} flushes/s appended, {:.0} in place",
        before.appended_per_second, before.in_place_per_second
    ));
    tell("hyper with a fixed body");
    let fixed_body = fixed_body::measure(&this, options.browsers, Duration::from_secs(5)).await?;

    tell(&format!(
        "  {:.0} requests/s, {:.0} in a second of its CPU time",
        fixed_body.requests_per_second, fixed_body.requests_per_cpu_second
    ));
    let each = options.accounts_each();
    tell(&format!("opening {} accounts", each * options.browsers));
    let browsers = accounts(&setup, options.browsers, each).await?;

    tell("starting the server several times");
    let start = starts(&setup).await?;

    tell(&format!("{} s of sign-ins", WARM_UP + options.seconds));
    let running = setup.start()?;
    let (browsers, load, flushes) = closed_loop(&setup, &running, browsers, options.seconds).await?;
    let loaded = proc::resident(running.pid)?;
    let load =
        Load { inbox_cpu_ms: inbox_cpu(&setup, &running, &browsers, load.looks_per_sign_in).await?, ..load };
    running.stop()?;

    tell("the disk by itself, once more");
    let after = disk::measure(&scratch.0, Duration::from_secs(4))?;

    Ok(Report {
        server,
        browsers: options.browsers,
        accounts: each * options.browsers,
        seconds: options.seconds,
        load,
        durable_operations_per_second: 0.0,
        flushes,
        start,
        loaded_mib: mib(loaded),
        disk: [before, after],
        fixed_body,
        ratios: Ratios::default(),
    }
    .with_ratios())
}

/// Accounts that are opened by registering, while the setting allows it. (Inviting each by a command would take
/// longer than all the rest.)
async fn accounts(setup: &Setup, browsers: u32, each: u32) -> Result<Vec<Browser>, Trouble> {
    let server = setup.start_open()?;
    let address = |number| Profile::new(format!("reader-{number:06}@example.test"));
    let browsers = (0..browsers).map(|browser| (browser * each..(browser + 1) * each).map(address).collect());
    let opened = load::open_accounts(&setup.site, browsers.collect()).await?;
    server.stop()?;
    Ok(opened)
}

/// Starts and ends the server several times on a store that is there already.
async fn starts(setup: &Setup) -> Result<Start, Trouble> {
    let (mut times, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = setup.start()?;
        times.push(server.ready_after.as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_secs(1)).await;
        idle.push(mib(proc::resident(server.pid)?));
        server.stop()?;
    }
    times.sort_by(f64::total_cmp);
    idle.sort_by(f64::total_cmp);
    let at = |list: &[f64], place: usize| list.get(place).copied().unwrap_or(0.0);
    Ok(Start {
        median_ms: at(&times, STARTS / 2),
        min_ms: at(&times, 0),
        max_ms: at(&times, STARTS - 1),
        runs: STARTS,
        idle_mib: at(&idle, STARTS / 2),
    })
}

/// The main phase.
async fn closed_loop(
    setup: &Setup,
    server: &Server,
    browsers: Vec<Browser>,
    seconds: u32,
) -> Result<(Vec<Browser>, Load, Option<Flushes>), Trouble> {
    let window = window(seconds);
    let (pid, own) = (server.pid, std::process::id());
    let readings = async {
        tokio::time::sleep_until(window.from.into()).await;
        let counter = Counter::start(pid, seconds);
        let before = (proc::used(pid, SERVER_CORE)?, proc::used(own, CLIENT_CORE)?);
        tokio::time::sleep_until(window.to.into()).await;
        let after = (proc::used(pid, SERVER_CORE)?, proc::used(own, CLIENT_CORE)?);
        let flushes = counter.and_then(Counter::finish);
        Ok::<_, Trouble>((after.0.since(before.0), after.1.since(before.1), flushes))
    };
    let (done, readings) = tokio::try_join!(load::sign_ins(&setup.site, browsers, window), readings)?;
    let (browsers, tally) = done;
    let (server, client, flushes) = readings;
    let time = window.to - window.from;
    let percent = |part: Duration| share(part.as_secs_f64(), time.as_secs_f64()) * 100.0;
    let count = tally.whole.count();
    let sign_ins = real(u64::try_from(count).unwrap_or(u64::MAX));
    let others = |used: Used| percent(used.core.saturating_sub(used.cpu) + used.stolen);
    let steps =
        STEPS.iter().zip(&tally.steps).map(|(name, times)| Step { name, time: times.summary() }).collect();
    let Tally { requests, early_looks, account_bytes, failures, first_failure, out_of_accounts, .. } = tally;
    let load = Load {
        sign_ins: count,
        sign_ins_per_second: per_second(count, time),
        requests_per_second: share(real(requests), time.as_secs_f64()),
        requests_per_sign_in: share(real(requests), sign_ins),
        early_looks_per_sign_in: share(real(early_looks), sign_ins),
        looks_per_sign_in: share(real(early_looks), sign_ins) + 1.0,
        inbox_cpu_ms: 0.0,
        requests_per_cpu_second: share(real(requests), server.cpu.as_secs_f64()),
        whole: tally.whole.summary(),
        steps,
        cpu_ms_per_sign_in: share(server.cpu.as_secs_f64() * 1000.0, sign_ins),
        server_core_percent: percent(server.cpu),
        client_core_percent: percent(client.cpu),
        server_core_others_percent: others(server),
        client_core_others_percent: others(client),
        disk_bytes_per_sign_in: share(real(server.written), sign_ins),
        account_page_bytes: account_bytes,
        failures,
        first_failure,
        out_of_accounts,
    };
    let flushes = flushes.map(|count| {
        let per_sign_in = share(real(count), sign_ins);
        Flushes { per_sign_in, per_operation: per_sign_in / f64::from(DURABLE_OPERATIONS) }
    });
    Ok((browsers, load, flushes))
}

/// What the looks into the inbox add to the CPU time of a sign-in, in milliseconds: a phase of nothing else.
async fn inbox_cpu(setup: &Setup, server: &Server, browsers: &[Browser], looks: f64) -> Result<f64, Trouble> {
    let before = proc::used(server.pid, SERVER_CORE)?;
    let count = load::looks(&setup.site, browsers, Instant::now() + Duration::from_secs(2)).await?;
    let used = proc::used(server.pid, SERVER_CORE)?.since(before);
    Ok(share(used.cpu.as_secs_f64() * 1000.0, real(count)) * looks)
}

fn window(seconds: u32) -> Window {
    let from = Instant::now() + Duration::from_secs(u64::from(WARM_UP));
    Window { from, to: from + Duration::from_secs(u64::from(seconds)) }
}

fn mib(bytes: u64) -> f64 {
    real(bytes) / 1_048_576.0
}
