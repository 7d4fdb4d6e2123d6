//! The writers of a PostgreSQL store: a few threads, each with a connection, that take jobs from one queue. What
//! meets another transaction in its way is run again; what waited too long is answered instead of run.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use model::digest::Keys;
use model::fault::Fault;
use tokio::time::Instant;

use super::link::Link;
use super::months::Months;
use super::pool::Gate;
use super::session::{Mode, Session};
use crate::tx::Tx;
use crate::writer::{Hook, Job, Ran};

/// How often a job is run again that others get in the way of.
const TRIES: u32 = 20;

/// How long a writer without a connection leaves the jobs to those that have one, before it tries again.
const WITHOUT: Duration = Duration::from_millis(500);

/// How long a job may wait for its turn. Longer than that nobody waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The queue and what the writers share.
pub(crate) struct Writers {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    come: Condvar,
    /// How many writers hold a connection, and what one without waits at while others do.
    linked: AtomicUsize,
    back: Condvar,
    keys: Arc<Keys>,
    gate: Arc<Gate>,
    months: Arc<Months>,
    hook: Hook,
}

struct Queue {
    jobs: VecDeque<(Instant, Box<dyn Job>)>,
    closed: bool,
}

impl Writers {
    /// Starts `count` writers.
    pub(crate) fn start(
        count: usize,
        keys: Arc<Keys>,
        (gate, months): (Arc<Gate>, Arc<Months>),
        hook: Hook,
    ) -> Result<Self, Fault> {
        let queue = Mutex::new(Queue { jobs: VecDeque::new(), closed: false });
        let shared = Arc::new(Shared {
            queue,
            come: Condvar::new(),
            linked: AtomicUsize::new(0),
            back: Condvar::new(),
            keys,
            gate,
            months,
            hook,
        });
        let mut threads = Vec::with_capacity(count);
        for n in 0..count {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new()
                .name(format!("store writer {n}"))
                .spawn(move || shared.work())
                .map_err(|error| Fault::new("starting a writer", error))?;
            threads.push(thread);
        }
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    /// Queues a job.
    pub(crate) fn push(&self, job: Box<dyn Job>) {
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            drop(queue);
            job.answer(Some(&Fault::plain("the store is closed")));
            return;
        }
        queue.jobs.push_back((Instant::now(), job));
        drop(queue);
        self.shared.come.notify_one();
    }

    /// Lets the writers finish what is queued and waits for them.
    pub(crate) fn close(&self) {
        self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.come.notify_all();
        self.shared.back.notify_all();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // The last handle may be dropped by a writer itself, in an answer; it cannot wait for itself.
        let own = std::thread::current().id();
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != own) {
            let _ = thread.join();
        }
    }
}

/// What came of one run of a job.
enum Outcome {
    /// It is durable, or the job rolled itself back. Whether a message was queued.
    Done(bool),
    /// Nothing was kept, because of others: it may be run again.
    Again(Fault),
    /// Nothing is known to be kept.
    Lost(Fault),
}

impl Shared {
    fn work(&self) {
        let mut link = None;
        while let Some((since, job)) = self.next() {
            if since.elapsed() > PATIENCE {
                job.answer(Some(&Fault::plain("too many writes are waiting for the database").passing()));
                continue;
            }
            if let Err(fault) = self.connect(&mut link) {
                if self.linked.load(Ordering::Acquire) == 0 {
                    job.answer(Some(&fault));
                } else {
                    self.hand_back((since, job));
                }
                continue;
            }
            self.run(&mut link, job);
        }
        self.note(link.is_some(), false);
    }

    /// Makes sure of a connection that can be used.
    fn connect(&self, held: &mut Option<Link>) -> Result<(), Fault> {
        let had = held.is_some();
        if held.as_mut().is_some_and(|link| self.gate.lets_through(link)) {
            return Ok(());
        }
        *held = None;
        let opened = self.gate.open();
        self.note(had, opened.is_ok());
        *held = Some(opened?);
        Ok(())
    }

    fn note(&self, had: bool, has: bool) {
        match (had, has) {
            (false, true) => self.linked.fetch_add(1, Ordering::AcqRel),
            (true, false) => self.linked.fetch_sub(1, Ordering::AcqRel),
            _ => 0,
        };
    }

    /// No connection is to be had for this writer (the database has as many as it takes), but others have theirs: the
    /// job goes to one of them, and this one waits a little.
    fn hand_back(&self, job: (Instant, Box<dyn Job>)) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.jobs.push_front(job);
        self.come.notify_one();
        let _ = self.back.wait_timeout_while(queue, WITHOUT, |queue| !queue.closed);
    }

    fn next(&self) -> Option<(Instant, Box<dyn Job>)> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(next) = queue.jobs.pop_front() {
                return Some(next);
            }
            if queue.closed {
                return None;
            }
            queue = self.come.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, link: &mut Option<Link>, mut job: Box<dyn Job>) {
        let mut tries = 0;
        let (lost, mail) = loop {
            tries += 1;
            let outcome = self.once(link, job.as_mut());
            if let Some(link) = link {
                self.gate.look_at(link);
            }
            match outcome {
                Outcome::Done(mail) => break (None, mail),
                Outcome::Again(_) if tries < TRIES => {}
                Outcome::Again(fault) | Outcome::Lost(fault) => break (Some(fault.passing()), false),
            }
        };
        // A panic in an answer must not take the writer with it.
        let _ = catch_unwind(AssertUnwindSafe(|| job.answer(lost.as_ref())));
        if lost.is_none() {
            let _ = catch_unwind(AssertUnwindSafe(|| (self.hook)(mail)));
        }
    }

    fn once(&self, held: &mut Option<Link>, job: &mut dyn Job) -> Outcome {
        if let Err(fault) = self.connect(held) {
            return Outcome::Lost(fault);
        }
        let Some(link) = held else { return Outcome::Lost(Fault::plain("no connection").passing()) };
        let mut session = Session::new(link, &self.months, Mode::Write);
        let mut tx = Tx::new(&mut session, &self.keys);
        let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or(Ran::Undone);
        let mail = tx.mail;
        match ran {
            Ran::Kept => match session.commit() {
                Ok(()) => Outcome::Done(mail),
                Err(lost) if lost.undone && lost.fault.is_conflict() => Outcome::Again(lost.fault),
                Err(lost) if lost.undone => Outcome::Lost(lost.fault),
                Err(lost) => Outcome::Lost(lost.fault.unsure()),
            },
            Ran::Undone => {
                session.end();
                Outcome::Done(false)
            }
            Ran::InTheWay => {
                session.end();
                Outcome::Again(Fault::plain("others were in the way every time"))
            }
        }
    }
}
