//! The client's side of a cluster: hands a plan in, waits, and fetches what came of it, partition by partition.

use std::sync::Arc;
use std::sync::OnceLock;

use ballista_core::client::BallistaClient;
use ballista_core::config::BallistaConfig;
use ballista_core::error::BallistaError;
use ballista_core::extension::{SessionConfigExt, SessionConfigHelperExt};
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use ballista_core::serde::protobuf::execute_query_params::Query;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, CleanJobDataParams, ExecuteQueryParams, PartitionLocation,
};
use ballista_core::utils::{GrpcClientConfig, create_grpc_client_endpoint};
use ballista_core::version;
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream};
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;
use tonic::transport::Channel;

use crate::trouble::Trouble;

/// The port of a scheduler that names none.
pub(crate) const PORT: u16 = 50_050;

/// See the module.
#[derive(Clone)]
pub(crate) struct Cluster {
    url: String,
    scheduler: SchedulerGrpcClient<Channel>,
    config: BallistaConfig,
    /// The work, as the scheduler calls it, once it has it.
    job: Arc<OnceLock<String>>,
}

impl Cluster {
    /// Connects to a scheduler: `http://HOST:PORT`, or without the beginning, or without the port.
    ///
    /// # Errors
    /// When nobody answers there.
    pub(crate) async fn connect(at: &str, settings: &SessionConfig) -> Result<Self, Trouble> {
        let url = address(at)?;
        let config = settings.ballista_config();
        let told = |error: &dyn std::error::Error| Trouble::Unreachable(format!("{url}: {}", root(error)));
        let endpoint = create_grpc_client_endpoint(url.clone(), Some(&GrpcClientConfig::from(&config)));
        let channel =
            endpoint.map_err(|error| told(&error))?.connect().await.map_err(|error| told(&error))?;
        let most = config.grpc_client_max_message_size();
        let scheduler =
            SchedulerGrpcClient::new(channel).max_encoding_message_size(most).max_decoding_message_size(most);
        Ok(Self { url, scheduler, config, job: Arc::default() })
    }

    /// Hands a plan in, and waits until it is done. `told` hears how it goes. Gives where the partitions lie, in their order.
    ///
    /// # Errors
    /// When the scheduler does not take it, or gives it up.
    pub(crate) async fn run(
        &mut self,
        plan: Arc<dyn ExecutionPlan>,
        settings: &SessionConfig,
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<Vec<PartitionLocation>, Trouble> {
        let plan =
            PhysicalPlanNode::try_from_physical_plan(plan, &BallistaPhysicalExtensionCodec::default())?;
        let mut bytes = Vec::new();
        plan.try_encode(&mut bytes)?;
        // A session of its own: whoever asks at the same time has another one.
        let name = format!("bidden-scale-{}-{}", std::process::id(), time_of_day());
        let mut request = tonic::Request::new(ExecuteQueryParams {
            session_id: name.clone(),
            settings: settings.to_key_value_pairs(),
            operation_id: name,
            query: Some(Query::PhysicalPlan(bytes)),
        });
        version::insert_version_header(request.metadata_mut());
        let refused =
            |status: tonic::Status| Trouble::Unreachable(format!("{}: {}", self.url, status.message()));
        let answer = self.scheduler.execute_query_push(request).await.map_err(refused)?;
        let theirs = version::version_from_metadata(answer.metadata());
        version::check_compatibility(Some(ballista_core::BALLISTA_VERSION), theirs)
            .map_err(|why| Trouble::Unreachable(format!("{}: {why}", self.url)))?;
        told(&format!("handed to {}", self.url));
        let mut states = answer.into_inner();
        let mut before = "";
        while let Some(state) = states.message().await.map_err(refused)? {
            let Some(state) = state.status else { continue };
            // The first one to say it counts.
            let _ = self.job.set(state.job_id.clone());
            let now = match state.status {
                None => "taken by the scheduler",
                Some(Status::Queued(_)) => "waiting for executors",
                Some(Status::Running(_)) => "running",
                Some(Status::Failed(failed)) => {
                    return Err(Trouble::Failed(format!("{} gave it up: {}", self.url, failed.error)));
                }
                Some(Status::Successful(done)) => return Ok(ordered(done.partition_location)),
            };
            if now != before {
                told(&format!("{} at {}", now, self.url));
                before = now;
            }
        }
        Err(Trouble::Unreachable(format!("{}: it ended before the work did", self.url)))
    }

    /// Fetches a partition from where it lies.
    ///
    /// # Errors
    /// When the executor that has it does not give it.
    pub(crate) async fn fetch(&self, from: &PartitionLocation) -> Result<SendableRecordBatchStream, Trouble> {
        let missing = || Trouble::Incomplete("the scheduler does not say where a part of it lies".to_owned());
        let executor = from.executor_meta.as_ref().ok_or_else(missing)?;
        let partition = from.partition_id.clone().ok_or_else(missing)?;
        let port = u16::try_from(executor.port).map_err(|_| missing())?;
        let lost = |error: BallistaError| {
            Trouble::Lost(format!("the executor at {}:{} does not answer ({error})", executor.host, port))
        };
        let most = self.config.grpc_client_max_message_size();
        let client = BallistaClient::try_new(&executor.host, port, most, false, None, 3, 1000, 0, 0).await;
        let mut client = client.map_err(lost)?;
        let stream =
            client.fetch_partition(&executor.id, &partition.into(), from.file_id, from.layout(), true).await;
        stream.map_err(lost)
    }

    /// Ends the work if it is not done, and has everything thrown away that executors keep of it.
    pub(crate) async fn forget(mut self, done: bool) {
        let Some(job_id) = self.job.get().cloned() else { return };
        if !done {
            let cancel = CancelJobParams { job_id: job_id.clone() };
            if let Err(status) = self.scheduler.cancel_job(cancel).await {
                log::warn!("the work could not be ended at {}: {}", self.url, status.message());
            }
        }
        let clean = CleanJobDataParams { job_id, remove_stage_ids: Vec::new() };
        if let Err(status) = self.scheduler.clean_job_data(clean).await {
            log::warn!("what executors keep of it could not be thrown away: {}", status.message());
        }
    }
}

/// Partitions in their order, whichever was done first.
fn ordered(mut all: Vec<PartitionLocation>) -> Vec<PartitionLocation> {
    all.sort_by_key(|one| {
        one.partition_id.as_ref().map(|partition| (partition.partition_id, one.map_partition_id))
    });
    all
}

/// The address of a scheduler as somebody types it.
fn address(text: &str) -> Result<String, Trouble> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let wrong = || Trouble::Usage(format!("{text}: give the scheduler as http://HOST:PORT"));
    let url = url::Url::parse(&whole).map_err(|_| wrong())?;
    let plain = url.scheme() == "http" && matches!(url.path(), "" | "/") && url.username().is_empty();
    let host = url.host_str().filter(|_| plain).ok_or_else(wrong)?;
    Ok(format!("http://{host}:{}", url.port().unwrap_or(PORT)))
}

/// The innermost cause: the others say only that something failed.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Nanoseconds of this second: enough to tell two calls apart.
fn time_of_day() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| now.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduler_is_named_as_people_do() {
        for (text, url) in [
            ("http://cluster.example:7", "http://cluster.example:7"),
            ("cluster.example", "http://cluster.example:50050"),
            ("192.0.2.1:6000", "http://192.0.2.1:6000"),
            ("[2001:db8::1]:6000", "http://[2001:db8::1]:6000"),
        ] {
            assert_eq!(address(text).unwrap(), url);
        }
        for wrong in
            ["https://cluster.example", "http://cluster.example/jobs", "http://me@cluster.example", ""]
        {
            assert_eq!(address(wrong).unwrap_err().code(), "usage", "{wrong}");
        }
    }
}
