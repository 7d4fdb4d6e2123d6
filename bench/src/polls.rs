//! Devices that wait (RFC 8628): a hundred thousand of them, each asking again at its interval, on one core, beside hyper.

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use model::bearer::{Bearer, BearerKind};
use model::cx::Cx;
use model::device_authorization::{DeviceAuthorization, DeviceFlow, DeviceState, INTERVAL, WAITS};
use model::entropy::Entropy;
use model::fault::Fault;
use model::id::DeviceId;
use model::policy::Policy;
use model::source::{Source, browser_from_code};
use serde::Serialize;
use store::device_authorizations::{self, Kept};
use store::{Store, Tx};
use tokio::task::JoinSet;
use wire::oauth::device::DeviceKind;
use wire::oauth::scope::Scopes;

use crate::awake;
use crate::frame::Frame;
use crate::http::{Connection, Request, Site};
use crate::latency::{Samples, Summary};
use crate::limits::fixed_body::{self, FixedBody};
use crate::proc;
use crate::report::{per_second, share};
use crate::server::Setup;
use crate::tokens::seed;
use crate::told;
use crate::trouble::Trouble;

/// What a device that has to wait is told.
const PENDING: &str = "\"authorization_pending\"";
/// So many are made in one transaction.
const BATCH: u32 = 5_000;

/// The client that runs on all of them.
const CLIENT: &str = "[provider]\ndevice_authorization = \"on\"\n\n[[clients]]\nid = \"tv\"\nname = \"Television\"\n\
     authentication = \"none\"\ngrant_types = [\"urn:ietf:params:oauth:grant-type:device_code\"]\nscopes = [\"openid\"]\n\
     user_code_scopes = [\"openid\"]\n";

/// Devices that wait for their person and ask again at their interval, beside hyper with a fixed body of the same size.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Options {
    /// How many devices wait.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub(crate) devices: u32,
    /// How long each side is asked in each round, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) seconds: u32,
    /// Over how many connections they ask.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) connections: u32,
    /// How it is done.
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) frame: Frame,
}

/// Both sides, one after the other.
#[derive(Clone, Copy, Debug, Serialize)]
struct Round {
    ours: Polled,
    hyper: FixedBody,
}

impl Round {
    fn share(&self) -> f64 {
        share(self.ours.per_cpu_second, self.hyper.requests_per_cpu_second)
    }
}

/// What the server did.
#[derive(Clone, Copy, Debug, Serialize)]
struct Polled {
    per_second: f64,
    per_cpu_second: f64,
    /// Bytes that it wrote for each poll.
    written_per_poll: f64,
    latency: Summary,
}

#[derive(Serialize)]
struct Report {
    options: Options,
    load_average: [String; 2],
    /// Memory of the server at the end, in bytes.
    resident: u64,
    share: f64,
    median: Round,
    rounds: Vec<Round>,
}

/// Measures it and prints it. Whether it is worth something.
///
/// # Errors
/// A side cannot be measured at all.
pub(crate) async fn run(options: &Options) -> Result<bool, Trouble> {
    let place = options.frame.place("polls")?;
    let setup = Setup::new(place.program.clone(), place.directory.clone())?;
    let report = measured(options, &place.this, &setup).await?;
    told::report(&report, options.frame.json)?;
    Ok(true)
}

async fn measured(options: &Options, this: &Path, setup: &Setup) -> Result<Report, Trouble> {
    let before = told::load_average();
    let file = setup.directory.join("bidden.toml");
    std::fs::write(&file, CLIENT).map_err(Trouble::system("writing bidden.toml"))?;
    // Makes the store, the keys, and the client.
    setup.start()?.stop()?;
    let mut lanes = lanes(&setup.data(), options)?;
    let server = setup.start()?;
    let time = Duration::from_secs(options.seconds.into());
    let mut rounds = Vec::new();
    for _ in 0..options.frame.rounds {
        let (ours, bytes);
        (lanes, ours, bytes) = poll(&setup.site, server.pid, lanes, time).await?;
        let hyper = fixed_body::measure_of(this, bytes, options.connections, time).await?;
        rounds.push(Round { ours, hyper });
    }
    let resident = proc::resident(server.pid)?;
    server.stop()?;
    rounds.sort_by(|one, other| one.share().total_cmp(&other.share()));
    let median = rounds.get(rounds.len() / 2).copied();
    let median = median.ok_or_else(|| Trouble::Unexpected("no round".to_owned()))?;
    let load_average = [before, told::load_average()];
    Ok(Report { options: options.clone(), load_average, resident, share: median.share(), median, rounds })
}

/// The forms of the devices that share a connection, and when each asked last.
struct Lane {
    devices: Vec<(String, Option<Instant>)>,
    next: usize,
}

/// Makes the devices, as if each had asked a moment ago.
fn lanes(data: &Path, options: &Options) -> Result<Vec<Lane>, Trouble> {
    let (store, now) = seed::opened(data)?;
    let count = usize::try_from(options.connections).unwrap_or(1);
    let mut lanes: Vec<Lane> = (0..count).map(|_| Lane { devices: Vec::new(), next: 0 }).collect();
    let mut made = 0;
    while made < options.devices {
        let batch = BATCH.min(options.devices - made);
        let mut cx = Cx::new(now, Entropy::system(), Arc::new(Policy::default()));
        let forms = store.write_now(move |tx| {
            let forms: Result<Vec<String>, Fault> = (0..batch).map(|_| waiting(tx, &mut cx)).collect();
            Ok(tx.unrecorded("made for a measurement", forms?))
        });
        let forms = forms.map_err(|fault| Trouble::Unexpected(fault.chain()))?;
        for (form, lane) in forms.into_iter().zip((0..count).cycle()) {
            if let Some(lane) = lanes.get_mut(lane) {
                lane.devices.push((form, None));
            }
        }
        made += batch;
    }
    drop::<Store>(store);
    Ok(lanes)
}

/// One more device that waits; what it posts.
fn waiting(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<String, Fault> {
    let code = Bearer::draw(&mut cx.entropy, BearerKind::DeviceCode)?;
    let user_code = Bearer::draw(&mut cx.entropy, BearerKind::DeviceCode)?;
    let here = Source { address: Some([127, 0, 0, 1].into()), browser: browser_from_code("other/other") };
    let device = DeviceAuthorization {
        id: DeviceId::new(cx)?,
        flow: DeviceFlow::UserCode,
        client: "tv".to_owned(),
        scopes: Scopes::stored("openid").map_err(|_| Fault::plain("a scope"))?,
        resources: Vec::new(),
        kind: DeviceKind::from_name("television"),
        key: None,
        asked_from: here.address,
        polled_from: None,
        asked_at: cx.now,
        expires_at: cx.now + WAITS,
        interval: INTERVAL,
        polled_at: None,
        state: DeviceState::Asked,
        holder: None,
        grant: None,
    };
    let kept = Kept { device, source: here, entry: None };
    let digests = (code.digest(tx.keys()), user_code.digest(tx.keys()));
    device_authorizations::insert(tx, (&digests.0, Some(&digests.1)), &kept)?;
    let kind = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
    Ok(format!("client_id=tv&{kind}&device_code={}", code.expose()))
}

impl Lane {
    /// Lets its devices ask one after the other, none before its interval is over; how long the answers took that ended between
    /// `warm` and `end`, and how long they are.
    async fn work(
        mut self,
        site: Arc<Site>,
        (warm, end): (Instant, Instant),
    ) -> Result<(Self, Samples, usize), Trouble> {
        let (mut connection, mut samples, mut bytes) = (Connection::new(site), Samples::default(), 0);
        let count = self.devices.len();
        while let Some((form, last)) = self.devices.get_mut(self.next) {
            if let Some(due) = last.map(|last| last + INTERVAL).filter(|due| *due > Instant::now()) {
                tokio::time::sleep_until(due.min(end).into()).await;
            }
            let began = Instant::now();
            if began >= end {
                break;
            }
            let request = Request { path: "/oauth/token", cookies: "", form: Some(form.as_str()) };
            let answer = connection.exchange(request).await?;
            if answer.status != 400 || !answer.body.contains(PENDING) {
                let told = format!("a device was told {} {}", answer.status, answer.body);
                return Err(Trouble::Unexpected(told));
            }
            bytes = answer.body.len();
            let now = Instant::now();
            *last = Some(now);
            if began >= warm && now <= end {
                samples.add(now - began);
            }
            self.next = (self.next + 1) % count;
        }
        Ok((self, samples, bytes))
    }
}

/// Lets all of them ask for so long; what the server did, and how long an answer is.
async fn poll(
    site: &Arc<Site>,
    pid: u32,
    lanes: Vec<Lane>,
    time: Duration,
) -> Result<(Vec<Lane>, Polled, usize), Trouble> {
    let warm = Instant::now() + time / 8;
    let end = warm + time;
    let mut tasks = JoinSet::new();
    for lane in lanes {
        tasks.spawn(lane.work(Arc::clone(site), (warm, end)));
    }
    let used = awake::used(pid, (warm, end)).await?;
    let (mut all, mut lanes, mut bytes) = (Samples::default(), Vec::new(), 0);
    while let Some(task) = tasks.join_next().await {
        let (lane, samples, length) = task.map_err(|error| Trouble::Unexpected(error.to_string()))??;
        all.extend(&samples);
        lanes.push(lane);
        bytes = bytes.max(length);
    }
    let count = u32::try_from(all.count()).unwrap_or(u32::MAX);
    let polled = Polled {
        per_second: per_second(all.count(), time),
        per_cpu_second: per_second(all.count(), used.cpu),
        written_per_poll: bytes_of(used.written) / f64::from(count.max(1)),
        latency: all.summary(),
    };
    Ok((lanes, polled, bytes))
}

fn bytes_of(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Options { seconds, connections, devices, frame: Frame { rounds, .. }, .. } = self.options;
        let Round { ours, hyper } = &self.median;
        writeln!(
            f,
            "{devices} devices wait; {connections} connections, {rounds} rounds of {seconds} s on each side"
        )?;
        writeln!(f, "load average {} before, {} after\n", self.load_average[0], self.load_average[1])?;
        for (side, rate, by_cpu, latency) in [
            ("bidden, not yet", ours.per_second, ours.per_cpu_second, ours.latency),
            ("hyper, fixed body", hyper.requests_per_second, hyper.requests_per_cpu_second, hyper.latency),
        ] {
            writeln!(
                f,
                "  {side:<18} {rate:>8.0}/s  {by_cpu:>8.0} in a second of its CPU time  p50 {:.2} ms  p99 {:.2} ms",
                latency.p50_ms, latency.p99_ms
            )?;
        }
        let interval = INTERVAL.as_secs_f64();
        writeln!(f, "  {:.1} % of hyper by CPU time", self.share * 100.0)?;
        writeln!(
            f,
            "  a core hears {:.0} devices that ask every {interval:.0} s; {:.1} bytes written a poll, {} MiB of memory",
            ours.per_cpu_second * interval,
            ours.written_per_poll,
            self.resident >> 20
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_core_can_hear_is_told() {
        let latency = Summary::default();
        let ours = Polled { per_second: 5_000.0, per_cpu_second: 10_000.0, written_per_poll: 0.0, latency };
        let hyper = FixedBody { requests_per_second: 9.0, requests_per_cpu_second: 40_000.0, latency };
        let median = Round { ours, hyper };
        let options = Options { devices: 100, seconds: 1, connections: 1, frame: Frame::once() };
        let load_average = [String::new(), String::new()];
        let rounds = vec![median];
        let report =
            Report { options, load_average, resident: 1 << 20, share: median.share(), median, rounds };
        let text = report.to_string();
        assert!(text.contains("25.0 % of hyper") && text.contains("hears 50000 devices"), "{text}");
    }
}
