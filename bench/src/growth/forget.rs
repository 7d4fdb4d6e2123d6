//! The oldest tenth of the record is deleted while one sign-in comes after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flow::{Store, sweep};
use model::policy::Policy;
use model::time::{DAY, Time, micros};
use serde::{Deserialize, Serialize};
use store::stats::{self, Effort};

use super::measure::{policy, sign_in};
use super::people::{People, RECORD_DAYS};
use crate::latency::{Samples, Summary};
use crate::store::ready::{cx, told};
use crate::trouble::Trouble;

/// What became of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Forgotten {
    /// Steps, each a transaction.
    pub(crate) steps: usize,
    /// How long a step took.
    pub(crate) step: Summary,
    /// How long all of them took, in seconds.
    pub(crate) seconds: f64,
    /// Whether nothing was left to delete when the time was over.
    pub(crate) done: bool,
    /// Events that were deleted, about: as many as there were before what is now the oldest.
    pub(crate) events: u64,
    /// How many sign-ins there were meanwhile.
    pub(crate) sign_ins: usize,
    /// How long they took.
    pub(crate) sign_in: Summary,
    /// Why the first one that failed did.
    pub(crate) failed: Option<String>,
}

/// A tenth of the record is older than this many days.
const KEPT_DAYS: u64 = RECORD_DAYS.unsigned_abs() * 9 / 10;

/// How many steps the sweep takes in a row at most; every so often the oldest event is looked at.
const STEPS: usize = 200;

/// Deletes for at most `most` on a store that was filled with `events`.
///
/// # Errors
/// A fault of the store.
pub(crate) fn forget(
    store: &Store,
    (people, events): (People, u64),
    most: Duration,
) -> Result<Forgotten, Trouble> {
    let over = AtomicBool::new(false);
    let mut found = Forgotten::default();
    let deleted = std::thread::scope(|scope| {
        let deleting = scope.spawn(|| {
            let deleted = delete(store, people, most);
            over.store(true, Ordering::Relaxed);
            deleted
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(Trouble::system("starting the runtime"))?;
        let (mut samples, rules) = (Samples::default(), policy());
        let mut k = 7_000_003;
        while !over.load(Ordering::Relaxed) || samples.count() == 0 {
            let began = Instant::now();
            let done = runtime.block_on(sign_in(store, people, &rules, people.scattered(k)));
            samples.add(began.elapsed());
            k += 1;
            if let Err(why) = done {
                found.failed.get_or_insert(why);
            }
        }
        (found.sign_ins, found.sign_in) = (samples.count(), samples.summary());
        deleting.join().map_err(|_| Trouble::Unexpected("deleting panicked".to_owned()))?
    })?;
    let gone = micros(oldest(store)?.since(people.record_begins()));
    let whole = i128::from(RECORD_DAYS * DAY);
    found.events = u64::try_from(i128::from(gone) * i128::from(events) / whole).unwrap_or(0);
    (found.steps, found.step) = (deleted.steps.count(), deleted.steps.summary());
    (found.seconds, found.done) = (deleted.seconds, deleted.done);
    Ok(found)
}

struct Deleted {
    steps: Samples,
    seconds: f64,
    done: bool,
}

/// As the sweep does it, step after step, until the oldest event is young enough; where whole months go, all of them do
/// so in the first steps.
fn delete(store: &Store, people: People, most: Duration) -> Result<Deleted, Trouble> {
    let retention = Duration::from_secs(KEPT_DAYS * 24 * 60 * 60);
    let rules = Arc::new(Policy { retention, ..Policy::default() });
    let (mut steps, began) = (Samples::default(), Instant::now());
    loop {
        for _ in 0..STEPS {
            let now = cx(&rules);
            let step = Instant::now();
            let more = store.write_now(move |tx| sweep::forget(tx, &now)).map_err(told)?;
            steps.add(step.elapsed());
            if !more {
                break;
            }
        }
        let done = store.is_shared() || oldest(store)? >= people.now - retention;
        if done || began.elapsed() > most {
            return Ok(Deleted { steps, seconds: began.elapsed().as_secs_f64(), done });
        }
    }
}

/// When the oldest event happened.
fn oldest(store: &Store) -> Result<Time, Trouble> {
    let figures = stats::figures(store, Effort::Glance).map_err(told)?;
    figures.oldest.ok_or_else(|| Trouble::Unexpected("the record is empty".to_owned()))
}
