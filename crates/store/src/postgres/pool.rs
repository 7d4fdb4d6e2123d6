//! Connections for reads: a thread takes one, reads on it, and puts it back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use model::fault::Fault;

use super::link::Link;
use super::settings::Settings;

/// How long somebody waits for a connection before being told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many may wait at once; whoever comes beyond that is told to come back at once.
const CROWD: usize = 256;

/// The way to new connections. While the database cannot be reached, one after the other tries, not all at once:
/// the others are told what the last one heard.
pub(crate) struct Gate {
    settings: Settings,
    shut: Mutex<Option<(tokio::time::Instant, String)>>,
}

/// How long a failed attempt counts for all.
const SHUT: Duration = Duration::from_millis(500);

impl Gate {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, shut: Mutex::new(None) }
    }

    /// A new connection.
    pub(crate) fn open(&self) -> Result<Link, Fault> {
        {
            let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((since, heard)) = &*shut {
                if since.elapsed() < SHUT {
                    return Err(Fault::new("the database cannot be reached", heard.clone()).passing());
                }
                // This one tries; until it knows more the others go on believing the last answer.
                let heard = heard.clone();
                *shut = Some((tokio::time::Instant::now(), heard));
            }
        }
        let outcome = Link::open(&self.settings);
        let mut shut = self.shut.lock().unwrap_or_else(PoisonError::into_inner);
        *shut = outcome.as_ref().err().map(|fault| (tokio::time::Instant::now(), fault.chain()));
        outcome.map_err(Fault::passing)
    }
}

/// The connections.
pub(crate) struct Pool {
    gate: std::sync::Arc<Gate>,
    state: Mutex<State>,
    free: Condvar,
    most: usize,
    waiting: AtomicUsize,
}

struct State {
    idle: Vec<Link>,
    out: usize,
}

impl Pool {
    pub(crate) fn new(gate: std::sync::Arc<Gate>, most: usize) -> Self {
        Self {
            gate,
            state: Mutex::new(State { idle: Vec::new(), out: 0 }),
            free: Condvar::new(),
            most,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Runs `work` on a connection.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Link) -> T) -> Result<T, Fault> {
        let mut link = Borrowed { pool: self, link: self.take()? };
        let out = link.link.as_mut().map(work);
        out.ok_or(Fault::plain("a connection was lost on the way"))
    }

    fn take(&self) -> Result<Option<Link>, Fault> {
        const BUSY: &str = "all connections to the database are in use";
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= CROWD {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Fault::plain(BUSY).passing());
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.free.wait_timeout_while(state, PATIENCE, |state| state.out >= self.most);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        if timeout.timed_out() && state.out >= self.most {
            return Err(Fault::plain(BUSY).passing());
        }
        state.out += 1;
        let idle = state.idle.pop();
        drop(state);
        if let Some(mut link) = idle
            && link.alive()
        {
            return Ok(Some(link));
        }
        match self.gate.open() {
            Ok(link) => Ok(Some(link)),
            Err(fault) => {
                self.put_back(None);
                Err(fault)
            }
        }
    }

    fn put_back(&self, link: Option<Link>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.out = state.out.saturating_sub(1);
        state.idle.extend(link);
        drop(state);
        self.free.notify_one();
    }
}

/// A connection on loan: it comes back however the work ends.
struct Borrowed<'a> {
    pool: &'a Pool,
    link: Option<Link>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        // A panic may have left a transaction open on it.
        let link = if std::thread::panicking() { None } else { self.link.take() };
        self.pool.put_back(link);
    }
}
