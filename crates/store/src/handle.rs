//! The handle of an open store: the way in for every read and write.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use model::digest::{Digest, Keys};
use model::fault::Fault;
use rusqlite::Connection;

use crate::meta;
use crate::sqlite::{self, Mode, Sqlite};
use crate::tx::{Reader, Recorded, Tx};
use crate::writer::{self, Hook, Job};

thread_local! {
    /// Readers are used inline on whatever thread asks, so every thread has its own, one for each store.
    static READERS: RefCell<HashMap<u64, Connection>> = RefCell::new(HashMap::new());
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// An open store. Cheap to share; ends its writer when the last handle is dropped.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    number: u64,
    keys: Arc<Keys>,
    place: Place,
}

enum Place {
    File { path: PathBuf, jobs: Mutex<Option<Sender<Box<dyn Job>>>>, writer: Mutex<Option<JoinHandle<()>>> },
    Memory { connection: Mutex<Connection>, hook: Hook },
}

impl Store {
    /// Opens the store in `file`, making it if there is none, and starts its writer. `hook` is called
    /// after every commit; its argument says whether a message was queued.
    ///
    /// # Errors
    /// A fault when the file cannot be opened, was made by a newer version, or belongs to other keys.
    pub fn open(
        file: &Path,
        keys: Arc<Keys>,
        hook: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        let connection = sqlite::open(file, Mode::Write)?;
        check_keys(&connection, &keys)?;
        let (sender, jobs) = channel();
        let hook: Hook = Arc::new(hook);
        let writers_keys = Arc::clone(&keys);
        let writer = std::thread::Builder::new()
            .name("store writer".to_owned())
            .spawn(move || writer::run(&connection, &writers_keys, &jobs, &hook))
            .map_err(|error| Fault::new("starting the writer", error))?;
        let place = Place::File {
            path: file.to_owned(),
            jobs: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
        };
        Ok(Self::new(keys, place))
    }

    /// A store without a file, without threads: for tests. Everything else is the same.
    ///
    /// # Errors
    /// A fault of the database library.
    pub fn in_memory(keys: Arc<Keys>) -> Result<Self, Fault> {
        let connection = sqlite::in_memory()?;
        check_keys(&connection, &keys)?;
        Ok(Self::new(keys, Place::Memory { connection: Mutex::new(connection), hook: Arc::new(|_| {}) }))
    }

    fn new(keys: Arc<Keys>, place: Place) -> Self {
        Self(Arc::new(Inner { number: NEXT.fetch_add(1, Ordering::Relaxed), keys, place }))
    }

    /// The keys of this installation.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Runs `work` in a transaction and calls `answer` once the outcome is durable (or lost). A refusal is
    /// part of `T` and commits; a [`Fault`] rolls back.
    pub fn write<T, W, A>(&self, work: W, answer: A)
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
        A: FnOnce(Result<T, Fault>) + Send + 'static,
    {
        let mut job: Box<dyn Job> = Box::new(Closure { work: Some(work), outcome: None, answer });
        match &self.0.place {
            Place::File { jobs, .. } => {
                let sent = match jobs.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                    Some(sender) => sender.send(job).map_err(|unsent| unsent.0),
                    None => Err(job),
                };
                if let Err(job) = sent {
                    job.answer(Some(&Fault::plain("the store is closed")));
                }
            }
            Place::Memory { connection, hook } => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let (lost, mail) = alone(&connection, &self.0.keys, job.as_mut());
                drop(connection);
                job.answer(lost.as_ref());
                hook(mail);
            }
        }
    }

    /// [`Self::write`], waiting for the answer: for commands, workers and tests.
    ///
    /// # Errors
    /// What `work` returns, or the fault that kept it from being durable.
    pub fn write_now<T, W>(&self, work: W) -> Result<T, Fault>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
    {
        let (sender, receiver) = sync_channel(1);
        self.write(work, move |outcome| {
            // Nobody waits any more if the receiver is gone.
            let _ = sender.send(outcome);
        });
        receiver.recv().map_err(|error| Fault::new("the writer ended", error))?
    }

    /// Runs `work` on this thread's reader: everything it reads is of one moment.
    ///
    /// # Errors
    /// What `work` returns, or a fault of opening the reader.
    pub fn read<T>(&self, work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let with = |connection: &Connection| snapshot(connection, &self.0.keys, work);
        match &self.0.place {
            Place::Memory { connection, .. } => {
                with(&connection.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Place::File { path, .. } => READERS.with_borrow_mut(|readers| {
                if let Some(connection) = readers.get(&self.0.number) {
                    return with(connection);
                }
                let connection = sqlite::open(path, Mode::Read)?;
                with(readers.entry(self.0.number).or_insert(connection))
            }),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        READERS.with_borrow_mut(|readers| readers.remove(&self.number));
        if let Place::File { jobs, writer, .. } = &self.place {
            drop(jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
            let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
            // The last handle may be dropped by the writer itself, in an answer; it cannot wait for itself.
            if let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id())
            {
                let _ = writer.join();
            }
        }
    }
}

/// Looks and writes under one lock: of two processes that make a database, one decides whose it is.
fn check_keys(connection: &Connection, keys: &Keys) -> Result<(), Fault> {
    let failed = |error| sqlite::fault("checking the keys", error);
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    let outcome = keys_belong(connection, keys);
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(failed)?;
    outcome
}

fn keys_belong(connection: &Connection, keys: &Keys) -> Result<(), Fault> {
    let mut db = Sqlite(connection);
    let mut tx = Tx::new(&mut db, keys);
    let own = keys.check();
    match meta::find(&mut tx, "keys")? {
        None => meta::put(&mut tx, "keys", own.bytes()),
        Some(known) => match <[u8; 16]>::try_from(known) {
            Ok(known) if Digest::from_bytes(known).matches(&own) => Ok(()),
            Ok(_) | Err(_) => Err(Fault::plain("the key file does not belong to this database")),
        },
    }
}

/// Reads in one transaction: a consistent view, and one look at the log for all of its statements.
fn snapshot<T>(
    connection: &Connection,
    keys: &Keys,
    work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let statement = |sql| -> Result<(), Fault> {
        let run = || connection.prepare_cached(sql)?.execute([]);
        run().map(|_| ()).map_err(|error| sqlite::fault("a view of the database", error))
    };
    statement("BEGIN")?;
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut Reader::new(&mut Sqlite(connection), keys))));
    statement("COMMIT")?;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// One job in a transaction of its own.
fn alone(connection: &Connection, keys: &Keys, job: &mut dyn Job) -> (Option<Fault>, bool) {
    let failed = |error| (Some(sqlite::fault("a transaction", error)), false);
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return failed(error);
    }
    let mut db = Sqlite(connection);
    let mut tx = Tx::new(&mut db, keys);
    // As in the writer: a job that panics is rolled back and answered, and spoils nothing for the next.
    let kept = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or(false);
    let mail = kept && tx.mail;
    match connection.execute_batch(if kept { "COMMIT" } else { "ROLLBACK" }) {
        Ok(()) => (None, mail),
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            failed(error)
        }
    }
}

struct Closure<T, W, A> {
    work: Option<W>,
    outcome: Option<Result<T, Fault>>,
    answer: A,
}

impl<T, W, A> Job for Closure<T, W, A>
where
    T: Send,
    W: FnOnce(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send,
    A: FnOnce(Result<T, Fault>) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let outcome = self.work.take().map(|work| work(tx).map(Recorded::into_inner));
        let kept = matches!(outcome, Some(Ok(_)));
        self.outcome = outcome;
        kept
    }

    fn answer(self: Box<Self>, lost: Option<&Fault>) {
        let outcome = match (self.outcome, lost) {
            // A fault of its own says more than the fate of the batch.
            (Some(Err(fault)), _) => Err(fault),
            (_, Some(lost)) => {
                let fault = Fault::new("nothing was kept", lost.chain());
                Err(if lost.may_pass() { fault.passing() } else { fault })
            }
            (Some(outcome), None) => outcome,
            (None, None) => Err(Fault::plain("the work ended unexpectedly")),
        };
        (self.answer)(outcome);
    }
}
