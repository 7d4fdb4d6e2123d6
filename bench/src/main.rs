//! Closed-loop measurements: bidden against the limits of the machine, in one run (bench/README.md).
#![expect(
    clippy::disallowed_methods,
    reason = "this program measures wall time and stands outside the product"
)]

mod awake;
mod detectors;
mod discovery;
#[cfg(test)]
mod fake;
mod flood;
mod flushes;
mod frame;
mod growth;
mod http;
mod investigate;
mod jar;
mod latency;
mod limits;
mod load;
mod nodes;
mod options;
mod passkeys;
mod passwords;
mod polls;
mod proc;
mod report;
mod run;
mod sealing;
mod server;
mod store;
mod tenant;
mod tokens;
mod told;
mod trouble;
mod walk;
mod workplace;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser as _;

use crate::options::{Options, Task, Whole};
use crate::server::CLIENT_CORE;
use crate::trouble::Trouble;

/// As in `bidden`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let whole = Whole::parse();
    let outcome = match &whole.task {
        Some(Task::Store(options)) => {
            let options = options.clone();
            apart(move |interrupted| store::run(&options, interrupted))
        }
        Some(Task::Growth(options)) => {
            let options = options.clone();
            apart(move |interrupted| growth::run(&options, interrupted))
        }
        Some(Task::GrowthOneRun(options)) => growth::one_run::run(options).map(|()| true),
        Some(Task::StoreOneRun(options)) => store::ours::run(options).map(|()| true),
        Some(Task::Nodes(options)) => several(options),
        Some(Task::Passkeys(options)) => passkeys::run(options),
        Some(Task::Flood(options)) => floods(options),
        Some(Task::Discovery(options)) => pinned(options.frame.pinned, discovery::run(options)),
        Some(Task::Tokens(options)) => pinned(options.frame.pinned, tokens::run(options)),
        Some(Task::Polls(options)) => pinned(options.frame.pinned, polls::run(options)),
        Some(Task::Sealing(options)) => pinned(options.frame.pinned, sealing::run(options)),
        Some(Task::TokensBare(options)) => tokens::bare::run(options),
        Some(Task::Tenant(options)) => tenant::run(options),
        Some(Task::Detectors(options)) => detectors::run(options),
        Some(Task::Investigate(options)) => investigate::run(options),
        Some(Task::Passwords(options)) => {
            let options = options.clone();
            apart(move |interrupted| passwords::run(&options, interrupted))
        }
        None => start(&whole.options),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("bench: {trouble}");
            ExitCode::from(2)
        }
    }
}

/// Whether the run is worth something.
fn start(options: &Options) -> Result<bool, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    if let Some(bytes) = options.fixed_body {
        return runtime.block_on(limits::fixed_body::serve(bytes)).map(|()| true);
    }
    if !options.pinned {
        return Err(pin());
    }
    let report = runtime.block_on(until_interrupted(run::run(options)))?;
    told::report(&report, options.json)?;
    Ok(report.counts())
}

/// Several nodes. Nobody has a core of its own.
fn several(options: &nodes::options::Options) -> Result<bool, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    runtime.block_on(until_interrupted(nodes::run(options)))
}

/// A crowd that tries passwords. The server has a core of its own.
fn floods(options: &flood::Options) -> Result<bool, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    runtime.block_on(until_interrupted(flood::run(options)))
}

/// What has a core of its own for the server, and one for the generator.
fn pinned(already: bool, run: impl Future<Output = Result<bool, Trouble>>) -> Result<bool, Trouble> {
    if !already {
        return Err(pin());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
    runtime.block_on(until_interrupted(run))
}

/// Work on a thread of its own, which is told when it is interrupted and then ends what it has started.
fn apart(work: impl FnOnce(&AtomicBool) -> Result<bool, Trouble> + Send + 'static) -> Result<bool, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Trouble::system("starting the runtime"))?.block_on(async {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        let mut work = tokio::task::spawn_blocking(move || work(&flag));
        let outcome = until_interrupted(async { Ok((&mut work).await) }).await;
        if outcome.is_err() {
            interrupted.store(true, Ordering::Relaxed);
            // What it was doing does not matter any more; that it tidies up does.
            let _ = work.await;
        }
        outcome?.map_err(|error| Trouble::Unexpected(error.to_string()))?
    })
}

/// An interrupted run drops what it has started: the server ends and the data directory goes.
async fn until_interrupted<T>(run: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    let mut terminated = terminated.map_err(Trouble::system("listening for signals"))?;
    tokio::select! {
        outcome = run => outcome,
        _ = tokio::signal::ctrl_c() => Err(Trouble::Unexpected("interrupted".to_owned())),
        _ = terminated.recv() => Err(Trouble::Unexpected("told to end".to_owned())),
    }
}

/// Becomes the same program on its own core. Returns only when that is not possible.
fn pin() -> Trouble {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores < 2 {
        return Trouble::Unexpected(
            "two cores are needed: one for the server, one for the generator".to_owned(),
        );
    }
    let this = match std::env::current_exe() {
        Ok(this) => this,
        Err(error) => return Trouble::System { what: "finding this program".to_owned(), error },
    };
    let mut command = Command::new("taskset");
    command
        .arg("-c")
        .arg(CLIENT_CORE.to_string())
        .arg(this)
        .args(std::env::args_os().skip(1))
        .arg("--pinned");
    let error = command.exec();
    Trouble::System { what: "running `taskset` (Debian: util-linux)".to_owned(), error }
}
