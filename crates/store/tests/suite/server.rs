//! Servers for tests that hurt them, and what is true of a store while they are hurt and afterwards.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::fault::Fault;
use model::time::Time;
use proving::postgres::{Cluster, Options, installed};
use store::{Settings, Store, events};

use crate::setting::{event, keys, noon, put_number, read_number, seconds, within};

/// A server that several tests use, each in a database of its own. It ends with the process.
pub(crate) struct Shared(OnceLock<Option<Cluster>>);

impl Shared {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// None where PostgreSQL is not installed.
    pub(crate) fn get(&self) -> Option<&Cluster> {
        self.0.get_or_init(|| start(Options::default())).as_ref()
    }
}

/// A server of a test's own; none where PostgreSQL is not installed.
pub(crate) fn start(options: Options) -> Option<Cluster> {
    installed().then(|| Cluster::start(options).unwrap())
}

/// A new database; its URL.
pub(crate) fn database(cluster: &Cluster) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("hurt_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.create_database(&name).unwrap();
    cluster.url(&name)
}

/// The name of the database in a URL.
pub(crate) fn name_in(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

/// The store, by settings that do not keep a test waiting: two seconds for all of an answer.
pub(crate) fn quick(url: &str, connections: usize) -> Settings {
    let half = Duration::from_millis(500);
    Settings::parse(url, connections).unwrap().with_timeouts(seconds(1), half, half)
}

pub(crate) fn connect(settings: Settings) -> Store {
    Store::connect(settings, keys(7), |_| {}).unwrap()
}

/// Writes `n` as a mark and an event, in one transaction of which nothing is looked at before the commit.
pub(crate) fn mark(store: &Store, n: u32) -> Result<(), Fault> {
    store.write_now(move |tx| {
        put_number(tx, &format!("mark {n}"), 1)?;
        tx.record(&[event(u64::from(n), noon(), n)], ())
    })
}

/// Which of the marks below `end` are there. Fails if one is there without its event, or an event twice.
pub(crate) fn marks(store: &Store, end: u32) -> Result<Vec<u32>, Fault> {
    let (marks, events) = store.read(|reader| {
        let mut marks = Vec::new();
        for n in 0..end {
            if read_number(reader, &format!("mark {n}"))? == 1 {
                marks.push(n);
            }
        }
        Ok((marks, events::count_by_kind(reader, Time::from_micros(0))?))
    })?;
    let events = events.iter().map(|(_, n)| *n).sum::<i64>();
    assert_eq!(events, i64::try_from(marks.len()).unwrap(), "a mark or an event without the other");
    Ok(marks)
}

/// Tries until it works: everything that fails meanwhile must be a fault that passes, and none may take long.
pub(crate) fn recovers<T>(mut work: impl FnMut() -> Result<T, Fault>) -> T {
    within(seconds(15), "recovery", || match soon(&mut work) {
        Ok(done) => Some(done),
        Err(fault) => {
            assert!(fault.may_pass(), "{}", fault.chain());
            None
        }
    })
}

/// Nobody is kept waiting: an answer or a fault comes within what [`quick`] allows for two attempts.
pub(crate) fn soon<T>(work: impl FnOnce() -> T) -> T {
    let started = tokio::time::Instant::now();
    let done = work();
    assert!(started.elapsed() < seconds(5), "that took {:?}", started.elapsed());
    done
}

/// A fault that passes, quickly.
pub(crate) fn refused<T: std::fmt::Debug>(work: impl FnOnce() -> Result<T, Fault>) -> String {
    let fault = soon(work).unwrap_err();
    assert!(fault.may_pass(), "{}", fault.chain());
    fault.chain()
}
