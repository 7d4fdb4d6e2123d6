//! The closed loop that both sides run in, so that both are measured alike: the same file is compiled into `bench`
//! and into `bench/rival`.

use std::fs::read_to_string;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

/// What a side prints when its measured time begins, if it was asked to.
pub(crate) const BEGIN: &str = "measuring";

/// How the loop is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many tasks redeem one code after the other.
    pub(crate) tasks: usize,
    /// What happens in this time is not counted.
    pub(crate) warm_up: Duration,
    /// What ends within this time is counted.
    pub(crate) time: Duration,
    /// How many live codes there are. Each is used once; when none is left the measured time is over.
    pub(crate) codes: usize,
    /// Whether [`BEGIN`] is printed.
    pub(crate) announce: bool,
}

/// What one redemption came to: how often it was tried again, or why it failed for good.
pub(crate) type Outcome = Result<u32, String>;

/// What a run came to: the one line of JSON that a side prints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Tasks that ran at the same time.
    pub(crate) tasks: usize,
    /// Seconds that were measured.
    pub(crate) seconds: f64,
    /// Redemptions that ended, durable, within them.
    pub(crate) operations: usize,
    /// The same with those of the warm-up and those that ended after the measured time.
    pub(crate) whole: usize,
    /// Redemptions a second.
    pub(crate) per_second: f64,
    /// Half of them took at most so many microseconds.
    pub(crate) p50_us: u32,
    /// 99 of 100.
    pub(crate) p99_us: u32,
    /// All.
    pub(crate) max_us: u32,
    /// CPU time of this process in the measured time, in seconds.
    pub(crate) cpu_seconds: f64,
    /// Bytes that this process sent to the disk in the measured time.
    pub(crate) written: u64,
    /// Redemptions that failed for good, in all of the run.
    pub(crate) errors: usize,
    /// Transactions that were tried again because another was in the way, in all of the run.
    pub(crate) retries: u64,
    /// What the first error was.
    pub(crate) first_error: Option<String>,
    /// Whether the codes were used up before the time was.
    pub(crate) used_up: bool,
    /// What is particular to this run.
    pub(crate) note: String,
}

#[derive(Default)]
struct Tally {
    /// When each ended, since the start, and how many microseconds it took.
    done: Vec<(Duration, u32)>,
    errors: usize,
    retries: u64,
    first_error: Option<String>,
}

/// Runs `operation` on one code after the other in each of the tasks. Must be called within a runtime.
pub(crate) async fn run<F, W>(plan: Plan, operation: F) -> Measured
where
    F: Fn(usize) -> W + Send + Sync + 'static,
    W: Future<Output = Outcome> + Send + 'static,
{
    let start = Instant::now();
    let (begin, end) = (start + plan.warm_up, start + plan.warm_up + plan.time);
    let (operation, next) = (Arc::new(operation), Arc::new(AtomicUsize::new(0)));
    let used_up: Arc<OnceLock<Instant>> = Arc::default();
    let mut tasks = JoinSet::new();
    for _ in 0..plan.tasks {
        let (operation, next, used_up) = (Arc::clone(&operation), Arc::clone(&next), Arc::clone(&used_up));
        tasks.spawn(async move {
            let mut tally = Tally::default();
            while Instant::now() < end {
                let code = next.fetch_add(1, Ordering::Relaxed);
                if code >= plan.codes {
                    used_up.get_or_init(Instant::now);
                    break;
                }
                let one = Instant::now();
                match operation(code).await {
                    Ok(retries) => {
                        let took = u32::try_from(one.elapsed().as_micros()).unwrap_or(u32::MAX);
                        tally.done.push((start.elapsed(), took));
                        tally.retries += u64::from(retries);
                    }
                    Err(error) => {
                        tally.errors += 1;
                        tally.first_error.get_or_insert(error);
                    }
                }
            }
            tally
        });
    }
    tokio::time::sleep_until(begin.into()).await;
    if plan.announce {
        println!("{BEGIN}");
    }
    let before = (cpu(), written());
    tokio::time::sleep_until(end.into()).await;
    let used = (cpu().saturating_sub(before.0), written().saturating_sub(before.1));
    let mut all = Tally::default();
    while let Some(task) = tasks.join_next().await {
        let Ok(task) = task else {
            all.errors += 1;
            all.first_error.get_or_insert("a task panicked".to_owned());
            continue;
        };
        all.done.extend(task.done);
        all.errors += task.errors;
        all.retries += task.retries;
        all.first_error = all.first_error.or(task.first_error);
    }
    let until = used_up.get().map_or(end, |at| (*at).min(end));
    summed_up(plan, &all, until.saturating_duration_since(begin), used)
}

fn summed_up(plan: Plan, all: &Tally, time: Duration, used: (Duration, u64)) -> Measured {
    let window = plan.warm_up..=plan.warm_up + time;
    let counted = all.done.iter().filter(|(at, _)| window.contains(at));
    let mut times: Vec<u32> = counted.map(|(_, took)| *took).collect();
    times.sort_unstable();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(rank).copied().unwrap_or(0)
    };
    let seconds = time.as_secs_f64();
    let count = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    Measured {
        tasks: plan.tasks,
        seconds,
        operations: times.len(),
        whole: all.done.len(),
        per_second: if seconds > 0.0 { count / seconds } else { 0.0 },
        p50_us: at(50),
        p99_us: at(99),
        max_us: at(100),
        cpu_seconds: used.0.as_secs_f64(),
        written: used.1,
        errors: all.errors,
        retries: all.retries,
        first_error: all.first_error.clone(),
        used_up: time < plan.time,
        note: String::new(),
    }
}

/// CPU time of this process: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
fn cpu() -> Duration {
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Bytes that this process sent to the disk (proc_pid_io(5)).
fn written() -> u64 {
    let io = read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan {
        tasks: 4,
        warm_up: Duration::from_millis(100),
        time: Duration::from_millis(300),
        codes: 1_000_000,
        announce: false,
    };

    fn measure(plan: Plan, outcome: fn(usize) -> Outcome) -> Measured {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(plan, move |code| async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            outcome(code)
        }))
    }

    #[test]
    fn only_what_ends_in_the_measured_time_is_counted() {
        let measured = measure(PLAN, |_| Ok(2));
        assert!(measured.operations > 4 && measured.operations < measured.whole, "{measured:?}");
        // Four tasks of 5 ms each cannot do more than 800 a second.
        assert!(measured.per_second <= 820.0 && measured.p50_us >= 5000, "{measured:?}");
        assert_eq!(measured.retries, 2 * u64::try_from(measured.whole).unwrap());
        assert!((measured.errors, measured.used_up) == (0, false) && measured.p50_us <= measured.p99_us);
    }

    #[test]
    fn the_time_ends_early_when_no_code_is_left() {
        let measured = measure(Plan { codes: 120, ..PLAN }, |_| Ok(0));
        assert_eq!(measured.whole, 120);
        assert!(measured.used_up && measured.seconds < 0.3, "{measured:?}");
    }

    #[test]
    fn a_failure_is_no_operation_and_is_told() {
        let measured =
            measure(
                Plan { codes: 10, ..PLAN },
                |code| {
                    if code == 3 { Err("locked".to_owned()) } else { Ok(0) }
                },
            );
        assert_eq!((measured.whole, measured.errors), (9, 1));
        assert_eq!(measured.first_error.as_deref(), Some("locked"));
    }
}
