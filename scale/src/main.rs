//! `bidden-scale`: the first pass over records that are more than one machine holds (`docs/scale.md`).
//!
//! 1. [`shards`] finds the files of records and looks at what they are, by [`columns`].
//! 2. [`plan`] says what is to be done with them, in the words of the engine.
//! 3. [`pass`] has it done, here or by way of [`cluster`], and takes what comes back.
//! 4. [`fold`] makes one row of those that are alike, and [`parts`] writes them.
//!
//! [`serve`] is the scheduler and the executors of such a cluster.

mod cli;
mod cluster;
mod columns;
mod fold;
mod noise;
mod parts;
mod pass;
mod plan;
mod serve;
mod shards;
#[cfg(test)]
mod testing;
mod trouble;

use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use cli::{Cli, Task};
use trouble::Trouble;

/// Plans are walked by recursion, also those that come in.
const STACK: usize = 16 << 20;

fn main() -> ExitCode {
    let asked = Cli::parse();
    noise::let_through(asked.verbose, !matches!(asked.task, Task::Pass(_)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let done = match runtime {
        Ok(runtime) => {
            // On a thread of the runtime, for its stack.
            let done = runtime.block_on(async { tokio::spawn(run(asked)).await });
            done.unwrap_or_else(|error| Err(Trouble::Failed(error.to_string())))
        }
        Err(error) => Err(Trouble::Failed(error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            // The engine breaks its lines where it likes; this is one.
            let text = trouble.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("bidden-scale: {}: {text}", trouble.code());
            ExitCode::from(trouble.status())
        }
    }
}

async fn run(asked: Cli) -> Result<(), Trouble> {
    match &asked.task {
        Task::Pass(asked) => pass::run(asked).await,
        Task::Scheduler(asked) => serve::scheduler(asked).await,
        Task::Executor(asked) => serve::executor(asked).await,
    }
}

/// Waits until somebody stops the command.
async fn stopped() {
    let Ok(mut asked) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = asked.recv() => {}
    }
}
