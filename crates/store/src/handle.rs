//! The handle of an open store: the way in for every read and write.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use model::digest::{Digest, Keys};
use model::fault::Fault;

use crate::embedded::{File, Memory};
use crate::meta;
use crate::postgres::Database;
use crate::postgres::settings::Settings;
use crate::tx::{Reader, Recorded, Tx};
use crate::writer::{Job, Ran};

/// An open store. Cheap to share; ends its writers when the last handle is dropped.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    keys: Arc<Keys>,
    place: Place,
}

/// Where a store is kept.
pub(crate) enum Place {
    File(File),
    Memory(Memory),
    Postgres(Box<Database>),
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
        let place = Place::File(File::open(file, &keys, Arc::new(hook))?);
        Ok(Self::new(keys, place))
    }

    /// Opens the store in a PostgreSQL database, which several nodes may share, making its tables if there are
    /// none. `hook` is called after every commit of this node.
    ///
    /// # Errors
    /// A fault when the database cannot be reached, was made by a newer version, or belongs to other keys.
    pub fn connect(
        settings: Settings,
        keys: Arc<Keys>,
        hook: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        let place = Place::Postgres(Box::new(Database::open(settings, &keys, Arc::new(hook))?));
        Ok(Self::new(keys, place))
    }

    /// A store without a file, without threads: for tests. Everything else is the same.
    ///
    /// # Errors
    /// A fault of the database library.
    pub fn in_memory(keys: Arc<Keys>) -> Result<Self, Fault> {
        let place = Place::Memory(Memory::open(&keys)?);
        Ok(Self::new(keys, place))
    }

    fn new(keys: Arc<Keys>, place: Place) -> Self {
        Self(Arc::new(Inner { keys, place }))
    }

    /// The keys of this installation.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Where the store is kept, for people: a file, or a database and its hosts without user and password.
    #[must_use]
    pub fn place_in_words(&self) -> String {
        match &self.0.place {
            Place::File(file) => file.path().display().to_string(),
            Place::Memory(_) => "memory".to_owned(),
            Place::Postgres(database) => database.settings().place().to_owned(),
        }
    }

    /// Whether other nodes may work on the same store at the same time.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.0.place, Place::Postgres(_))
    }

    /// Runs `work` in a transaction and calls `answer` once the outcome is durable (or lost). A refusal is
    /// part of `T` and commits; a [`Fault`] rolls back. Where several write at once, `work` is run again when
    /// another transaction was in its way and nothing of it was kept.
    pub fn write<T, W, A>(&self, work: W, answer: A)
    where
        T: Send + 'static,
        W: FnMut(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
        A: FnOnce(Result<T, Fault>) + Send + 'static,
    {
        let job: Box<dyn Job> = Box::new(Closure { work, outcome: None, answer });
        match &self.0.place {
            Place::File(file) => file.write(job),
            Place::Memory(memory) => memory.write(&self.0.keys, job),
            Place::Postgres(database) => database.write(job),
        }
    }

    /// [`Self::write`], for work whose rows can be named beforehand: `look` reads them. On an embedded store that is
    /// larger than memory it is done first, by one of several threads, so that the one writer does not wait for the disk;
    /// elsewhere it is not done at all.
    pub fn write_after<T, L, W, A>(&self, look: L, work: W, answer: A)
    where
        T: Send + 'static,
        L: FnOnce(&mut Reader<'_>) -> Result<(), Fault> + Send + 'static,
        W: FnMut(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
        A: FnOnce(Result<T, Fault>) + Send + 'static,
    {
        match &self.0.place {
            Place::File(file) => {
                let job: Box<dyn Job> = Box::new(Closure { work, outcome: None, answer });
                file.write_after(&self.0.keys, Box::new(look), job);
            }
            Place::Memory(_) | Place::Postgres(_) => self.write(work, answer),
        }
    }

    /// Looks ahead from now on, however small the store is: for tests and measurements.
    #[doc(hidden)]
    pub fn look_ahead(&self) {
        if let Place::File(file) = &self.0.place {
            file.look_ahead();
        }
    }

    /// [`Self::write`], waiting for the answer: for commands, workers and tests.
    ///
    /// # Errors
    /// What `work` returns, or the fault that kept it from being durable.
    pub fn write_now<T, W>(&self, work: W) -> Result<T, Fault>
    where
        T: Send + 'static,
        W: FnMut(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send + 'static,
    {
        let (sender, receiver) = sync_channel(1);
        self.write(work, move |outcome| {
            // Nobody waits any more if the receiver is gone.
            let _ = sender.send(outcome);
        });
        receiver.recv().map_err(|error| Fault::new("the writer ended", error))?
    }

    /// Runs `work` on a reader: everything it reads is of one moment.
    ///
    /// # Errors
    /// What `work` returns, or a fault of opening the reader.
    pub fn read<T>(&self, work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        match &self.0.place {
            Place::File(file) => file.read(&self.0.keys, work),
            Place::Memory(memory) => memory.read(&self.0.keys, work),
            Place::Postgres(database) => database.read(&self.0.keys, work),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        match &self.place {
            Place::File(file) => file.close(),
            Place::Memory(_) => {}
            Place::Postgres(database) => database.close(),
        }
    }
}

/// Whether the database belongs to these keys; a new one does from now on.
pub(crate) fn keys_belong(tx: &mut Tx<'_>, keys: &Keys) -> Result<(), Fault> {
    let own = keys.check();
    match meta::find(tx, "keys")? {
        None => meta::put(tx, "keys", own.bytes()),
        Some(known) => match <[u8; 16]>::try_from(known) {
            Ok(known) if Digest::from_bytes(known).matches(&own) => Ok(()),
            Ok(_) | Err(_) => Err(Fault::plain("the key file does not belong to this database")),
        },
    }
}

struct Closure<T, W, A> {
    work: W,
    outcome: Option<Result<T, Fault>>,
    answer: A,
}

impl<T, W, A> Job for Closure<T, W, A>
where
    T: Send,
    W: FnMut(&mut Tx<'_>) -> Result<Recorded<T>, Fault> + Send,
    A: FnOnce(Result<T, Fault>) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        // Not the outcome of an earlier run, should this one panic.
        self.outcome = None;
        let outcome = (self.work)(tx).map(Recorded::into_inner);
        let ran = match &outcome {
            Ok(_) => Ran::Kept,
            Err(fault) if fault.is_conflict() => Ran::InTheWay,
            Err(_) => Ran::Undone,
        };
        self.outcome = Some(outcome);
        ran
    }

    fn answer(self: Box<Self>, lost: Option<&Fault>) {
        let outcome = match (self.outcome, lost) {
            // A fault of its own says more than the fate of the transaction.
            (Some(Err(fault)), _) => Err(fault),
            (_, Some(lost)) => {
                let what = if lost.is_unsure() { "not known to be kept" } else { "nothing was kept" };
                let fault = Fault::new(what, lost.chain());
                let fault = if lost.is_unsure() { fault.unsure() } else { fault };
                Err(if lost.may_pass() { fault.passing() } else { fault })
            }
            (Some(outcome), None) => outcome,
            (None, None) => Err(Fault::plain("the work ended unexpectedly")),
        };
        (self.answer)(outcome);
    }
}
