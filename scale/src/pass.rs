//! The pass: files are looked at, the engine sorts and spreads them here or in a cluster, and what comes back is written.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::{
    BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, BALLISTA_SHUFFLE_SORT_BASED_BATCH_SIZE,
};
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::PartitionLocation;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{SendableRecordBatchStream, execute_stream_partitioned};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use tokio::task::JoinSet;

use crate::cli::Pass;
use crate::cluster::Cluster;
use crate::parts::{Out, Part, Written};
use crate::plan::plan;
use crate::shards::{Beside, Narrowed, Shards};
use crate::stopped;
use crate::trouble::Trouble;

/// Bytes of files for each task that reads, and how many such tasks there are at the least and at the most.
const TASK: u64 = 64 << 20;
const TASKS: [usize; 2] = [16, 512];
/// Rows that are handled at a time, and bytes that each sorter keeps for merging what it has set aside.
const BATCH: usize = 2_048;
const RESERVED: usize = 16 << 20;
/// How long the cluster may take to throw away what it has of the work.
const FAREWELL: Duration = Duration::from_secs(10);

/// Runs the command.
///
/// # Errors
/// When there is no whole result.
pub(crate) async fn run(asked: &Pass) -> Result<(), Trouble> {
    let narrowed = asked.narrowed()?;
    let shards = Shards::gather(&asked.from, narrowed.clone())?;
    let settings = settings(shards.bytes);
    let cluster = match &asked.scheduler {
        Some(at) => Some(Cluster::connect(at, &settings).await?),
        None => None,
    };
    let out = Out::prepare(&asked.out)?;
    let told = |text: &str| {
        if !asked.quiet {
            eprintln!("bidden-scale: {text}");
        }
    };
    told(&format!("{} files, {} rows, {} MB", shards.len(), shards.rows, shards.bytes / 1_000_000));
    let work = Work { asked, shards: &shards, narrowed: &narrowed, settings, into: out.hidden() };
    let written = match cluster {
        Some(cluster) => {
            let done = tokio::select! {
                done = work.in_cluster(cluster.clone(), &told) => done,
                () = stopped() => Err(Trouble::Interrupted),
            };
            if tokio::time::timeout(FAREWELL, cluster.forget(done.is_ok())).await.is_err() {
                log::warn!("the scheduler did not answer when it was told to throw the rest away");
            }
            done?
        }
        None => tokio::select! {
            done = work.here() => done?,
            () = stopped() => return Err(Trouble::Interrupted),
        },
    };
    let sum = sum(&written);
    // Nothing was left out, so that what came has to be what was there.
    if narrowed.is_all() && sum.taken != shards.rows {
        return Err(Trouble::Incomplete(format!("{} rows of {} came back", sum.taken, shards.rows)));
    }
    out.show()?;
    print(asked, written.len(), &sum);
    Ok(())
}

fn settings(bytes: u64) -> SessionConfig {
    let [least, most] = TASKS;
    let tasks = usize::try_from(bytes / TASK).unwrap_or(most).clamp(least, most);
    let settings = SessionConfig::new_with_ballista().with_target_partitions(tasks);
    settings
        // Statistics would be read for a plan that cannot be another one.
        .set_bool("datafusion.execution.collect_statistics", false)
        // A row has fifty columns: batches of the usual size would be a hundredth of the memory each.
        .with_batch_size(BATCH)
        .set_usize(BALLISTA_SHUFFLE_SORT_BASED_BATCH_SIZE, BATCH)
        .set_usize("datafusion.execution.sort_spill_reservation_bytes", RESERVED)
        // A task has the memory of the cores that it takes; several partitions in one would share that of one.
        .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
}

/// What is to be done, and where it goes.
struct Work<'a> {
    asked: &'a Pass,
    shards: &'a Shards,
    narrowed: &'a Narrowed,
    settings: SessionConfig,
    into: &'a Path,
}

impl Work<'_> {
    /// Does it in this process: the same plan, and nothing listens.
    async fn here(&self) -> Result<Vec<Written>, Trouble> {
        let memory = usize::try_from(u64::from(self.asked.memory) << 20).unwrap_or(usize::MAX);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
            .with_temp_file_path(self.into.join(".spilled"))
            .build_arc()?;
        let context = SessionContext::new_with_config_rt(self.settings.clone(), runtime);
        let plan = plan(&context, self.shards, self.narrowed, self.parts()).await?;
        let streams = execute_stream_partitioned(plan, context.task_ctx())?;
        let mut all = JoinSet::new();
        for (number, stream) in streams.into_iter().enumerate() {
            let part = self.part(number);
            all.spawn(async move { (number, write(stream, part, Trouble::from).await) });
        }
        let written = self.gather(all).await?;
        let spilled = self.into.join(".spilled");
        if spilled.exists() {
            std::fs::remove_dir_all(&spilled).map_err(Trouble::disk(&spilled))?;
        }
        Ok(written)
    }

    /// Has a cluster do it, and fetches what came of it.
    async fn in_cluster(
        &self,
        mut cluster: Cluster,
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<Vec<Written>, Trouble> {
        let context = SessionContext::new_with_config(self.settings.clone());
        let plan = plan(&context, self.shards, self.narrowed, self.parts()).await?;
        let places = cluster.run(plan, &self.settings, told).await?;
        told("fetching the parts");
        let mut all = JoinSet::new();
        for (number, place) in places.into_iter().enumerate() {
            let (part, cluster) = (self.part(number), cluster.clone());
            all.spawn(async move { (number, fetch(&cluster, &place, part).await) });
        }
        self.gather(all).await
    }

    fn parts(&self) -> usize {
        usize::from(self.asked.partitions)
    }

    fn part(&self, number: usize) -> Part {
        let first: Option<Beside> = (number == 0).then(|| self.shards.beside.clone());
        Part::new(self.into, number, (first, self.shards.beside.of_each()))
    }

    /// Waits for all parts; the first that fails ends the others.
    async fn gather(
        &self,
        mut all: JoinSet<(usize, Result<Written, Trouble>)>,
    ) -> Result<Vec<Written>, Trouble> {
        let mut written = Vec::new();
        while let Some(one) = all.join_next().await {
            let (number, one) = one.map_err(|error| Trouble::Failed(error.to_string()))?;
            written.push((number, one?));
        }
        if written.is_empty() {
            // Even of nothing there is a file, which says what was read beside the records.
            written.push((0, self.part(0).finish()?));
        }
        written.sort_by_key(|(number, _)| *number);
        Ok(written.into_iter().map(|(_, written)| written).collect())
    }
}

/// Writes all that a stream brings.
async fn write(
    mut stream: SendableRecordBatchStream,
    mut part: Part,
    failed: fn(DataFusionError) -> Trouble,
) -> Result<Written, Trouble> {
    while let Some(batch) = stream.next().await {
        part.push(&batch.map_err(failed)?)?;
    }
    part.finish()
}

async fn fetch(cluster: &Cluster, place: &PartitionLocation, part: Part) -> Result<Written, Trouble> {
    let stream = cluster.fetch(place).await?;
    let lost = |error: DataFusionError| Trouble::Lost(error.find_root().strip_backtrace());
    let written = write(stream, part, lost).await?;
    // What the executor said it had.
    let said = place.partition_stats.as_ref().and_then(|stats| u64::try_from(stats.num_rows).ok());
    match said {
        Some(said) if said != written.taken => {
            Err(Trouble::Incomplete(format!("{} rows of {said} came from an executor", written.taken)))
        }
        _ => Ok(written),
    }
}

fn sum(all: &[Written]) -> Written {
    all.iter().fold(Written::default(), |sum, one| Written {
        files: sum.files + one.files,
        taken: sum.taken + one.taken,
        records: sum.records + one.records,
        rows: sum.rows + one.rows,
        bytes: sum.bytes + one.bytes,
    })
}

fn print(asked: &Pass, parts: usize, sum: &Written) {
    let Written { files, records, rows, bytes, .. } = *sum;
    let folder = asked.out.display();
    if asked.json {
        let said = serde_json::json!({
            "folder": folder.to_string(), "parts": parts, "files": files, "records": records, "rows": rows, "bytes": bytes,
        });
        println!("{said}");
    } else {
        println!(
            "{records} records in {rows} rows, {parts} parts, {files} files, {} MB: {folder}\nNext: bidden investigate {folder}",
            bytes / 1_000_000
        );
    }
}
