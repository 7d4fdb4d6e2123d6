//! PostgreSQL, and what speaks its protocol: one database for many nodes.
//!
//! Every thread that works on it holds a connection with a small runtime of its own ([`link`]): a statement is sent,
//! and its answer read, on the thread that waits for it, without a hand-over to another. A transaction
//! ([`session`]) keeps back what nobody waits for and sends it together with the next statement or the commit, so
//! that it costs as many round trips as it has answers to look at. Transactions are `READ COMMITTED`; what is decided
//! on what was read is locked first ([`Backend::lock`](crate::backend::Backend::lock)), what is claimed is one
//! conditional statement, and what still meets another transaction in its way (40001, 40P01, 23505) is run again.

pub(crate) mod link;
mod merged;
pub(crate) mod months;
pub(crate) mod pool;
pub(crate) mod schema;
pub(crate) mod scratch;
pub(crate) mod session;
pub(crate) mod settings;
mod tls;
mod types;
pub(crate) mod writers;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use model::digest::Keys;
use model::fault::Fault;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::tx::Reader;
use crate::writer::{Hook, Job};
use link::Link;
use months::Months;
use pool::{Gate, Pool};
use session::{Mode, Session};
use settings::Settings;
use writers::Writers;

/// A PostgreSQL store, opened.
pub(crate) struct Database {
    settings: Settings,
    months: Arc<Months>,
    readers: Pool,
    writers: Writers,
}

impl Database {
    /// Connects, migrates, and starts the writers.
    pub(crate) fn open(settings: Settings, keys: &Arc<Keys>, hook: Hook) -> Result<Self, Fault> {
        let months = Arc::new(Months::new(settings.clone()));
        schema::prepare(&settings, &months, keys)?;
        let gate = Arc::new(Gate::new(settings.clone()));
        let writers = Writers::start(
            settings.connections,
            Arc::clone(keys),
            (Arc::clone(&gate), Arc::clone(&months)),
            hook,
        )?;
        let readers = Pool::new(gate, settings.connections);
        Ok(Self { settings, months, readers, writers })
    }

    pub(crate) fn write(&self, job: Box<dyn Job>) {
        self.writers.push(job);
    }

    pub(crate) fn close(&self) {
        self.writers.close();
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Runs `work` in one view. Inside an async runtime the thread is taken out of it meanwhile.
    pub(crate) fn read<T>(
        &self,
        keys: &Keys,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let on_link = |link: &mut Link| view(link, &self.months, keys, work);
        let run = || self.readers.with(on_link)?;
        match Handle::try_current() {
            Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
                tokio::task::block_in_place(run)
            }
            Ok(_) | Err(_) => run(),
        }
    }
}

/// Reads in one transaction.
pub(crate) fn view<T>(
    link: &mut Link,
    months: &Months,
    keys: &Keys,
    work: impl FnOnce(&mut Reader<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut session = Session::new(link, months, Mode::Read);
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut Reader::new(&mut session, keys))));
    session.end();
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// What a database error means for the transaction that met it.
pub(crate) fn fault(what: &'static str, error: Error) -> Fault {
    let state = error.code().cloned();
    let closed = error.is_closed() || state.is_none();
    let fault = Fault::new(what, in_words(error));
    let Some(state) = state else {
        return if closed { fault.passing() } else { fault };
    };
    // Another transaction was in the way: a serialization failure, a deadlock, the same key at the same moment.
    if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION]
        .contains(&state)
    {
        return fault.conflict();
    }
    // Connections (08), resources (53), locks (55), operators at work (57), the system (58); a standby (25006).
    let passing = ["08", "53", "55", "57", "58"].iter().any(|class| state.code().starts_with(class))
        || state == SqlState::READ_ONLY_SQL_TRANSACTION;
    if passing { fault.passing() } else { fault }
}

/// Whether the connection is of no use any more after this error.
pub(crate) fn ends_the_link(error: &Error) -> bool {
    match error.code() {
        None => true,
        Some(state) => {
            ["08", "57P"].iter().any(|class| state.code().starts_with(class))
                || *state == SqlState::READ_ONLY_SQL_TRANSACTION
        }
    }
}

/// The library's own text is "db error"; what the server said is a level deeper, and may carry values of rows in
/// its detail, which do not belong in a log.
fn in_words(error: Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()).into(),
        None => Box::new(error),
    }
}
