//! The pool that hashes passwords: a few threads of the system, a short line before them, and "come back later" before
//! anybody stands in it for long. Codes and passkeys do not pass here, so that a flood of passwords leaves them alone.
//!
//! 1. Whoever comes joins the line, or is refused at once: it is full, or too many wait for the same account or from the
//!    same network already (`line`).
//! 2. A thread takes the next one, network by network in turn, and keeps its memory for the one after.
//! 3. Whoever has not had a turn within [`WAIT`] is refused, and whoever went away loses the place.

mod line;

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use flow::password::hash::Scratch;
use tokio::sync::oneshot;

use crate::error::Trouble;
use line::{Line, Ticket};

pub use line::Asker;

/// How long somebody may wait for a turn; then they are told to come back.
pub const WAIT: Duration = Duration::from_secs(2);
/// A thread that has had nothing to do for so long gives its memory back.
const IDLE: Duration = Duration::from_secs(10);

/// How large a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many threads hash at once.
    pub threads: NonZeroUsize,
    /// How many may wait for them in all.
    pub queue: NonZeroUsize,
}

impl Default for Settings {
    /// A thread for each core, and 64 who wait: about half a second's work for each core of two.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { threads, queue: NonZeroUsize::MIN.saturating_add(63) }
    }
}

/// Nothing was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTurn {
    /// Too many want to, or the server ends. It may be better in some seconds.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The job broke; the next one is not touched by it.
    #[error("a job of the hashing pool ended in a panic")]
    Broken,
}

impl From<NoTurn> for Trouble {
    fn from(turn: NoTurn) -> Self {
        match turn {
            NoTurn::Busy => Self::Busy,
            NoTurn::Broken => Self::Fault(turn.to_string()),
        }
    }
}

type Job = Box<dyn FnOnce(&mut Scratch) + Send>;

/// See the module. Threads are started when there is something to do; dropping the pool ends them.
pub struct Pool {
    shared: Arc<Shared>,
    wait: Duration,
}

struct Shared {
    state: Mutex<State>,
    /// Told when somebody has joined the line, and at the end.
    wake: Condvar,
    threads: usize,
}

struct State {
    line: Line<Job>,
    /// Threads that wait for work.
    idle: usize,
    started: Vec<JoinHandle<()>>,
    ended: bool,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Pool {
    /// A pool without threads yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::with_patience(settings, WAIT)
    }

    fn with_patience(settings: Settings, wait: Duration) -> Self {
        let line = Line::new(settings.queue.get());
        let state = State { line, idle: 0, started: Vec::new(), ended: false };
        let threads = settings.threads.get();
        Self { shared: Arc::new(Shared { state: Mutex::new(state), wake: Condvar::new(), threads }), wait }
    }

    /// Runs `job` on a thread of the pool, on behalf of `asker`. A future that is dropped before its turn gives up its
    /// place; one that is dropped later leaves the job to end by itself.
    ///
    /// # Errors
    /// [`NoTurn`].
    pub async fn run<T, J>(&self, asker: Asker, job: J) -> Result<T, NoTurn>
    where
        T: Send + 'static,
        J: FnOnce(&mut Scratch) -> T + Send + 'static,
    {
        let (answer, mut outcome) = oneshot::channel();
        let place = self.shared.join(
            asker,
            Box::new(move |scratch| {
                // Nobody listens any more if the person went away meanwhile.
                let _ = answer.send(job(scratch));
            }),
        )?;
        let outcome = match tokio::time::timeout(self.wait, &mut outcome).await {
            Ok(outcome) => outcome,
            Err(_) if place.leave() => return Err(NoTurn::Busy),
            // It has its turn, and is over in a moment.
            Err(_) => outcome.await,
        };
        outcome.map_err(|_| if self.shared.lock().ended { NoTurn::Busy } else { NoTurn::Broken })
    }

    /// Refuses all who wait and all who come, and waits for the passwords that are being hashed.
    pub fn end(&self) {
        let (waiting, started) = {
            let mut state = self.shared.lock();
            state.ended = true;
            (state.line.clear(), std::mem::take(&mut state.started))
        };
        self.shared.wake.notify_all();
        drop(waiting);
        for thread in started {
            // A thread catches what its jobs do.
            let _ = thread.join();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.end();
    }
}

/// A place in the line, given up when it is dropped.
struct Place<'a> {
    shared: &'a Shared,
    ticket: Ticket,
}

impl Place<'_> {
    /// Whether there was still a place to give up.
    fn leave(&self) -> bool {
        let job = self.shared.lock().line.leave(&self.ticket);
        // What the job holds is dropped where nobody waits for the lock.
        job.is_some()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing below panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(self: &Arc<Self>, asker: Asker, job: Job) -> Result<Place<'_>, NoTurn> {
        let mut state = self.lock();
        if state.ended {
            return Err(NoTurn::Busy);
        }
        let ticket = state.line.join(asker, job).ok_or(NoTurn::Busy)?;
        // Those that wait for work may have been called for somebody else already.
        if state.line.len() > state.idle && state.started.len() < self.threads {
            let shared = Arc::clone(self);
            let thread = std::thread::Builder::new().name("hashing".to_owned()).spawn(move || shared.work());
            match thread {
                Ok(thread) => state.started.push(thread),
                Err(error) if state.started.is_empty() => {
                    tracing::error!(%error, "no thread to hash passwords");
                    state.line.leave(&ticket);
                    return Err(NoTurn::Busy);
                }
                Err(error) => tracing::warn!(%error, "fewer threads to hash passwords than set"),
            }
        }
        drop(state);
        self.wake.notify_one();
        Ok(Place { shared: self, ticket })
    }

    /// What a thread does until the pool ends.
    fn work(&self) {
        stand_back();
        let mut scratch = Scratch::default();
        let mut state = self.lock();
        loop {
            if let Some(job) = state.line.next() {
                drop(state);
                let broke = catch_unwind(AssertUnwindSafe(|| job(&mut scratch))).is_err();
                if broke {
                    scratch = Scratch::default();
                }
                state = self.lock();
            } else if state.ended {
                return;
            } else {
                state.idle = state.idle.saturating_add(1);
                let (after, waited) =
                    self.wake.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
                state = after;
                state.idle = state.idle.saturating_sub(1);
                if waited.timed_out() && state.line.len() == 0 {
                    drop(state);
                    scratch = Scratch::default();
                    state = self.lock();
                }
            }
        }
    }
}

/// Lets everything else go first, where there is too little processor for all: hashing waits, pages do not.
fn stand_back() {
    // On Linux a priority belongs to a thread, as nowhere else.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::warn!(%error, "passwords are hashed with the priority of everything else");
    }
}

#[cfg(test)]
mod tests;
