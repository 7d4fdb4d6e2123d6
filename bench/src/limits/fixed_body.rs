//! An HTTP server that does nothing: hyper answering every request with the same body.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Response;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::awake;
use crate::http::{Connection, Request, Site};
use crate::latency::{Samples, Summary};
use crate::report::per_second;
use crate::server::SERVER_CORE;
use crate::trouble::Trouble;

/// Bytes of the body: about a page of the server under measurement.
pub(crate) const BODY: usize = 4096;

/// What hyper does on the server's core, with the same client on the other.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct FixedBody {
    /// Answers a second.
    pub(crate) requests_per_second: f64,
    /// Answers in each second of its CPU time: higher than the above when the client was the slower one.
    pub(crate) requests_per_cpu_second: f64,
    /// How long one takes.
    pub(crate) latency: Summary,
}

/// Is that server until it is killed. Prints its port first.
///
/// # Errors
/// It cannot listen.
pub(crate) async fn serve(bytes: usize) -> Result<(), Trouble> {
    let listener =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(Trouble::system("listening"))?;
    let port = listener.local_addr().map_err(Trouble::system("listening"))?.port();
    println!("{port}");
    answer_on(listener, bytes).await
}

async fn answer_on(listener: tokio::net::TcpListener, bytes: usize) -> Result<(), Trouble> {
    let body = Bytes::from(vec![b'.'; bytes]);
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.map_err(Trouble::system("accepting"))?;
        stream.set_nodelay(true).map_err(Trouble::system("setting TCP_NODELAY"))?;
        let body = body.clone();
        let answer = service_fn(move |_| {
            let body = body.clone();
            async move { Ok::<_, Infallible>(Response::new(Full::new(body))) }
        });
        connections.spawn(async move {
            // A connection that breaks concerns nobody but its client, who counts.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

/// A child that is killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `program` as that server, pinned to the server's core, and asks it for `time`.
///
/// # Errors
/// It cannot be started, or answers wrongly.
pub(crate) async fn measure(program: &Path, connections: u32, time: Duration) -> Result<FixedBody, Trouble> {
    measure_of(program, BODY, connections, time).await
}

/// [`measure`], with a body of so many bytes.
///
/// # Errors
/// It cannot be started, or answers wrongly.
pub(crate) async fn measure_of(
    program: &Path,
    bytes: usize,
    connections: u32,
    time: Duration,
) -> Result<FixedBody, Trouble> {
    let mut command = Command::new("taskset");
    command.args(["-c", &SERVER_CORE.to_string()]).arg(program).args(["--fixed-body", &bytes.to_string()]);
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(Trouble::system("starting the fixed-body server"))?;
    let output = child.stdout.take();
    let running = Running(child);
    let mut line = String::new();
    if let Some(output) = output {
        BufReader::new(output).read_line(&mut line).map_err(Trouble::system("reading its port"))?;
    }
    let port = line.trim().parse();
    let port = port.map_err(|_| Trouble::Unexpected("the fixed-body server printed no port".to_owned()))?;
    ask(&Site::local(port), ("/", bytes), (connections, time), running.0.id()).await
}

/// Asks a server on the server's core for a path whose body has so many bytes, over so many connections, for so long.
///
/// # Errors
/// It answers wrongly.
pub(crate) async fn ask(
    site: &Arc<Site>,
    (path, bytes): (&'static str, usize),
    (connections, time): (u32, Duration),
    pid: u32,
) -> Result<FixedBody, Trouble> {
    let warm = Instant::now() + time / 10;
    let end = warm + time;
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let mut connection = Connection::new(Arc::clone(site));
        tasks.spawn(async move {
            let mut samples = Samples::default();
            let mut began = Instant::now();
            while began < end {
                let answer = connection.exchange(Request { path, cookies: "", form: None }).await?;
                if answer.status != 200 || answer.body.len() != bytes {
                    return Err(Trouble::Unexpected("the server answered something else".to_owned()));
                }
                let now = Instant::now();
                if began >= warm && now <= end {
                    samples.add(now - began);
                }
                began = now;
            }
            Ok(samples)
        });
    }
    let used = awake::used(pid, (warm, end)).await?;
    let mut all = Samples::default();
    while let Some(task) = tasks.join_next().await {
        all.extend(&task.map_err(|error| Trouble::Unexpected(error.to_string()))??);
    }
    Ok(FixedBody {
        requests_per_second: per_second(all.count(), time),
        requests_per_cpu_second: per_second(all.count(), used.cpu),
        latency: all.summary(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_counts_what_the_server_answers() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let site = Site::local(listener.local_addr().unwrap().port());
            let mut server = JoinSet::new();
            server.spawn(answer_on(listener, BODY));
            let found =
                ask(&site, ("/", BODY), (4, Duration::from_millis(400)), std::process::id()).await.unwrap();
            assert!(found.requests_per_second > 10.0, "{found:?}");
            assert!(found.latency.p50_ms <= found.latency.max_ms);
        });
    }

    #[test]
    fn another_body_is_noticed() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let site = Site::local(listener.local_addr().unwrap().port());
            let mut server = JoinSet::new();
            server.spawn(answer_on(listener, BODY - 1));
            assert!(
                ask(&site, ("/", BODY), (1, Duration::from_millis(50)), std::process::id()).await.is_err()
            );
        });
    }
}
