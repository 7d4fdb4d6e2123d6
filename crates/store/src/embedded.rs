//! The embedded store: a SQLite file with its one writer thread, and readers inline on whatever thread asks; or the
//! same in memory, for tests.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use model::digest::Keys;
use model::fault::Fault;
use rusqlite::Connection;

use crate::ahead::{Ahead, Look};
use crate::handle::keys_belong;
use crate::log::{self, Log};
use crate::sqlite::{self, Mode, Sqlite};
use crate::tx::{Reader, Tx};
use crate::writer::{self, Hook, Job, Ran};

thread_local! {
    /// Readers are used inline on whatever thread asks, so every thread has its own, one for each store.
    static READERS: RefCell<HashMap<u64, Connection>> = RefCell::new(HashMap::new());
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A database file with its writer.
pub(crate) struct File {
    number: u64,
    path: PathBuf,
    jobs: Mutex<Option<Sender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    ahead: Ahead,
}

impl File {
    pub(crate) fn open(path: &Path, keys: &Arc<Keys>, hook: Hook) -> Result<Self, Fault> {
        let connection = sqlite::open(path, Mode::Write)?;
        check_keys(&connection, keys)?;
        let log = Log::open(path, &connection, log::COPY_AT)?;
        let (sender, jobs) = channel();
        let writers_keys = Arc::clone(keys);
        let writer = std::thread::Builder::new()
            .name("store writer".to_owned())
            .spawn(move || writer::run(&connection, &writers_keys, &jobs, &hook, log))
            .map_err(|error| Fault::new("starting the writer", error))?;
        Ok(Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            path: path.to_owned(),
            jobs: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
            ahead: Ahead::new(path),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn write(&self, job: Box<dyn Job>) {
        let sent = match self.jobs.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(sender) => sender.send(job).map_err(|unsent| unsent.0),
            None => Err(job),
        };
        if let Err(job) = sent {
            job.answer(Some(&Fault::plain("the store is closed")));
        }
    }

    /// [`Self::write`], once `look` has read what it needs, if this store is larger than memory.
    pub(crate) fn write_after(&self, keys: &Arc<Keys>, look: Look, job: Box<dyn Job>) {
        if !self.ahead.is_wanted() {
            return self.write(job);
        }
        let writer = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match writer {
            Some(writer) => self.ahead.send(look, job, &writer, keys),
            None => self.write(job),
        }
    }

    pub(crate) fn look_ahead(&self) {
        self.ahead.want();
    }

    pub(crate) fn read<T>(
        &self,
        keys: &Keys,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        READERS.with_borrow_mut(|readers| {
            if let Some(connection) = readers.get(&self.number) {
                return snapshot(connection, keys, work);
            }
            let connection = sqlite::open(&self.path, Mode::Read)?;
            snapshot(readers.entry(self.number).or_insert(connection), keys, work)
        })
    }

    pub(crate) fn close(&self) {
        READERS.with_borrow_mut(|readers| readers.remove(&self.number));
        self.ahead.close();
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last handle may be dropped by the writer itself, in an answer; it cannot wait for itself.
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id()) {
            let _ = writer.join();
        }
    }
}

/// A database that lives as long as its handle, without threads.
pub(crate) struct Memory(Mutex<Connection>);

impl Memory {
    pub(crate) fn open(keys: &Keys) -> Result<Self, Fault> {
        let connection = sqlite::in_memory()?;
        check_keys(&connection, keys)?;
        Ok(Self(Mutex::new(connection)))
    }

    pub(crate) fn write(&self, keys: &Keys, mut job: Box<dyn Job>) {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = alone(&connection, keys, job.as_mut());
        drop(connection);
        job.answer(lost.as_ref());
    }

    pub(crate) fn read<T>(
        &self,
        keys: &Keys,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        snapshot(&self.0.lock().unwrap_or_else(PoisonError::into_inner), keys, work)
    }
}

/// Looks and writes under one lock: of two processes that make a database, one decides whose it is.
fn check_keys(connection: &Connection, keys: &Keys) -> Result<(), Fault> {
    let failed = |error| sqlite::fault("checking the keys", error);
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    let outcome = keys_belong(&mut Tx::new(&mut Sqlite(connection), keys), keys);
    connection.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(failed)?;
    outcome
}

/// Reads in one transaction: a consistent view, and one look at the log for all of its statements.
pub(crate) fn snapshot<T>(
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
fn alone(connection: &Connection, keys: &Keys, job: &mut dyn Job) -> Option<Fault> {
    let failed = |error| Some(sqlite::fault("a transaction", error));
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return failed(error);
    }
    let mut db = Sqlite(connection);
    let mut tx = Tx::new(&mut db, keys);
    // As in the writer: a job that panics is rolled back and answered, and spoils nothing for the next.
    let kept = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or(Ran::Undone) == Ran::Kept;
    match connection.execute_batch(if kept { "COMMIT" } else { "ROLLBACK" }) {
        Ok(()) => None,
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            failed(error)
        }
    }
}
