//! The one writer of an embedded store: takes all that is queued, gives each job a savepoint, commits
//! once, then answers. No timer: a lone job commits at once, a crowd shares one flush of the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use model::digest::Keys;
use model::fault::Fault;
use rusqlite::Connection;

use crate::log::Log;
use crate::sqlite::{Sqlite, fault};
use crate::tx::Tx;

/// How many jobs share one commit at most, so that the first of them does not wait for ever.
const BATCH: usize = 256;

/// Work for a writer: runs in a transaction, or a savepoint of one, and is told afterwards whether that is durable.
pub(crate) trait Job: Send {
    /// Does the work. It may be done again if nothing of it was kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Answers: `None` when the commit succeeded, the reason when nothing was kept.
    fn answer(self: Box<Self>, lost: Option<&Fault>);
}

/// What a job wants done with what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// Keep it.
    Kept,
    /// Roll it back, and leave others alone.
    Undone,
    /// Roll it back; another transaction was in the way, so it may be run again.
    InTheWay,
}

/// Called after every commit; the argument says whether a message was queued.
pub(crate) type Hook = Arc<dyn Fn(bool) + Send + Sync>;

/// Runs until every sender is gone.
pub(crate) fn run(
    connection: &Connection,
    keys: &Keys,
    jobs: &Receiver<Box<dyn Job>>,
    hook: &Hook,
    mut log: Log,
) {
    while let Ok(first) = jobs.recv() {
        let (done, lost, mail) = batch(connection, keys, first, jobs, &mut log);
        // A panic in an answer must not leave the others of the batch, or all later work, without one.
        for job in done {
            let _ = catch_unwind(AssertUnwindSafe(|| job.answer(lost.as_ref())));
        }
        if lost.is_none() {
            let _ = catch_unwind(AssertUnwindSafe(|| hook(mail)));
        }
        // After the answers: nobody of this batch waits for it. After a lost batch too: a log that starts over makes
        // room on a full disk.
        log.committed(connection);
    }
}

fn batch(
    connection: &Connection,
    keys: &Keys,
    first: Box<dyn Job>,
    jobs: &Receiver<Box<dyn Job>>,
    log: &mut Log,
) -> (Vec<Box<dyn Job>>, Option<Fault>, bool) {
    let mut done = Vec::new();
    let mut mail = false;
    let mut next = Some(first);
    let mut waited = false;
    if let Err(error) = statement(connection, "BEGIN IMMEDIATE") {
        // Everybody who waits behind this one would wait as long again, one by one.
        done.extend(next.take());
        done.extend(jobs.try_iter().take(BATCH - 1));
        return (done, Some(fault("starting a transaction", error)), false);
    }
    log.make_room();
    while let Some(mut job) = next.take() {
        let outcome = within_savepoint(connection, keys, job.as_mut());
        done.push(job);
        match outcome {
            Ok(queued) => mail |= queued,
            Err(error) => {
                // The savepoint itself failed (a full disk): nothing of this batch can be trusted.
                let _ = statement(connection, "ROLLBACK");
                return (done, Some(fault("a savepoint", error)), false);
            }
        }
        if done.len() < BATCH {
            next = jobs.try_recv().ok();
            if next.is_none() && !waited {
                waited = true;
                next = after_others(jobs);
            }
        }
    }
    match statement(connection, "COMMIT") {
        Ok(()) => (done, None, mail),
        Err(error) => {
            let _ = statement(connection, "ROLLBACK");
            (done, Some(fault("a commit", error)), false)
        }
    }
}

/// Lets whoever is ready to run go first, once, and looks again: whatever they queue shares this commit.
/// With nobody else on this core that costs one system call; there is no timer to wait for.
fn after_others(jobs: &Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
    std::thread::yield_now();
    jobs.try_recv().ok()
}

/// Runs one job; returns whether it queued a message.
fn within_savepoint(
    connection: &Connection,
    keys: &Keys,
    job: &mut dyn Job,
) -> Result<bool, rusqlite::Error> {
    statement(connection, "SAVEPOINT job")?;
    let mut db = Sqlite(connection);
    let mut tx = Tx::new(&mut db, keys);
    // A panic in one job must not take the others, or the writer, with it.
    let kept = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or(Ran::Undone) == Ran::Kept;
    let mail = kept && tx.mail;
    if !kept {
        statement(connection, "ROLLBACK TO job")?;
    }
    statement(connection, "RELEASE job")?;
    Ok(mail)
}

fn statement(connection: &Connection, sql: &'static str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}
