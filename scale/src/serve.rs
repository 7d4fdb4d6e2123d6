//! The two that a cluster is made of. They are Ballista's own; what is ours is that they listen to this machine alone unless they
//! are told otherwise, and that an executor leaves nothing behind.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;

use crate::cli::{Executor, Scheduler};
use crate::stopped;
use crate::trouble::Trouble;

/// Executors ask for work. Where the scheduler hands it out it keeps count of who has room, and loses count of an executor whose
/// work it calls back because another one was lost: nobody would be given that work any more, and the pass would wait for ever.
const WORK: TaskSchedulingPolicy = TaskSchedulingPolicy::PullStaged;
/// Seconds for which an executor waits for its scheduler.
const PATIENCE: u16 = 60;
/// MiB that a core needs for sorting at the least.
const MIB_EACH: u32 = 256;
/// Seconds for which executors keep a result that nobody has fetched.
const KEPT: u64 = 24 * 3600;

/// Runs a scheduler.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn scheduler(asked: &Scheduler) -> Result<(), Trouble> {
    let host = match &asked.host {
        Some(host) => host.clone(),
        None if asked.bind.is_unspecified() => {
            let text = "with every address to listen at, --host has to say which one executors know";
            return Err(Trouble::Usage(text.to_owned()));
        }
        None => literal(asked.bind),
    };
    warn(asked.bind);
    let config = SchedulerConfig {
        bind_host: asked.bind.to_string(),
        bind_port: asked.port,
        // Executors answer to this name, whichever one they called.
        external_host: host,
        scheduling_policy: WORK,
        executor_timeout_seconds: asked.lost_after,
        expire_dead_executor_interval_seconds: (asked.lost_after / 4).max(1),
        no_executors_grace_period_seconds: asked.lost_after,
        finished_job_data_clean_up_interval_seconds: KEPT,
        finished_job_state_clean_up_interval_seconds: KEPT,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(failed)?;
    let at = SocketAddr::new(asked.bind, asked.port);
    eprintln!("bidden-scale: scheduler at http://{at}");
    tokio::select! {
        ended = start_server(cluster, at, Arc::new(config)) => ended.map_err(|error| at_address(at, &error)),
        () = stopped() => Ok(()),
    }
}

/// Runs an executor.
///
/// # Errors
/// When it cannot listen, or does not find its scheduler.
pub(crate) async fn executor(asked: &Executor) -> Result<(), Trouble> {
    let cores = match asked.cores {
        Some(cores) => usize::from(cores),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let least = u32::try_from(cores).unwrap_or(u32::MAX).saturating_mul(MIB_EACH);
    if asked.memory.is_some_and(|mib| mib < least) {
        return Err(Trouble::Usage(format!(
            "--memory: {cores} cores need {least} MiB at the least; or give fewer --cores"
        )));
    }
    warn(asked.bind);
    let within = asked.work.clone().unwrap_or_else(std::env::temp_dir);
    let told = Trouble::disk(&within);
    let folder = tempfile::Builder::new().prefix("bidden-executor-").tempdir_in(&within).map_err(&told)?;
    let config = ExecutorProcessConfig {
        bind_host: literal(asked.bind),
        external_host: asked.host.clone(),
        port: asked.port,
        task_scheduling_policy: WORK,
        scheduler_host: asked.scheduler.clone(),
        scheduler_port: asked.scheduler_port,
        scheduler_connect_timeout_seconds: PATIENCE,
        vcores: cores,
        work_dir: Some(path(folder.path())?),
        memory_pool_size: asked.memory.map(|mib| u64::from(mib) << 20),
        ..ExecutorProcessConfig::default()
    };
    eprintln!("bidden-scale: executor at {}, for {}:{}", asked.bind, asked.scheduler, asked.scheduler_port);
    // Signals are its own: it tells the scheduler before it ends.
    let ended = start_executor_process(Arc::new(config)).await;
    folder.close().map_err(told)?;
    ended.map_err(failed)
}

/// An address as it stands before a port.
fn literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

fn path(folder: &Path) -> Result<String, Trouble> {
    let text = folder.to_str().map(ToOwned::to_owned);
    text.ok_or_else(|| Trouble::Usage(format!("{}: give a folder whose name is in UTF-8", folder.display())))
}

fn failed(error: BallistaError) -> Trouble {
    match error {
        BallistaError::GrpcConnectionError(why) => Trouble::Unreachable(why),
        error => Trouble::Failed(error.to_string()),
    }
}

fn at_address(at: SocketAddr, error: &BallistaError) -> Trouble {
    Trouble::Failed(format!("{at}: {error}"))
}

fn warn(bind: IpAddr) {
    if !bind.is_loopback() {
        eprintln!(
            "bidden-scale: whoever reaches {bind} can have work done here and read what it reads: keep it to a network of \
             machines that you trust"
        );
    }
}
