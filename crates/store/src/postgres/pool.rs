//! Connections for reads: a thread takes one, reads on it, and puts it back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::fault::Fault;
use tokio::time::Instant;

use super::link::Link;
use super::settings::Settings;

/// How long somebody waits for a connection before being told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// The same for one that somebody else puts back, where no new one can be opened.
const ANOTHERS: Duration = Duration::from_secs(1);

/// How many may wait at once; whoever comes beyond that is told to come back at once.
const CROWD: usize = 256;

/// The way to new connections. While the database cannot be reached, one after the other tries, not all at once:
/// the others are told what the last one heard. Where one connection got no answer at all, the others are not asked
/// any more: each of them would take as long to find out the same.
pub(crate) struct Gate {
    settings: Settings,
    state: Mutex<Way>,
}

struct Way {
    shut: Option<Shut>,
    /// How many connections were opened.
    opened: u64,
    /// How often the server has fallen silent; connections from before that are not used any more.
    era: u64,
}

/// Why nobody gets through at the moment.
struct Shut {
    since: Instant,
    heard: String,
    /// Somebody is finding out whether that is still so.
    trying: bool,
}

/// How long a failed attempt counts for all.
const SHUT: Duration = Duration::from_millis(500);

/// After how long the next one tries while another still waits for what his attempt comes to.
const NEXT_TRY: Duration = Duration::from_secs(2);

impl Gate {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, state: Mutex::new(Way { shut: None, opened: 0, era: 0 }) }
    }

    fn state(&self) -> MutexGuard<'_, Way> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection.
    pub(crate) fn open(&self) -> Result<Link, Fault> {
        let (opened, era) = {
            let mut way = self.state();
            if let Some(shut) = &mut way.shut {
                if shut.since.elapsed() < if shut.trying { NEXT_TRY } else { SHUT } {
                    return Err(Fault::new("the database cannot be reached", shut.heard.clone()).passing());
                }
                // This one tries; until it knows more the others go on believing the last answer.
                shut.since = Instant::now();
                shut.trying = true;
            }
            (way.opened, way.era)
        };
        let outcome = Link::open(&self.settings);
        let mut way = self.state();
        match outcome {
            Ok(mut link) => {
                way.opened = way.opened.wrapping_add(1);
                way.shut = None;
                link.era = era;
                Ok(link)
            }
            Err(fault) => {
                // Not if somebody else got through meanwhile.
                if way.opened == opened {
                    way.shut = Some(Shut { since: Instant::now(), heard: fault.chain(), trying: false });
                }
                Err(fault.passing())
            }
        }
    }

    /// Whether a connection can be used: it is alive, and the server has not fallen silent since it was opened.
    pub(crate) fn lets_through(&self, link: &mut Link) -> bool {
        link.era == self.state().era && link.alive()
    }

    /// Looks at a connection after its use.
    pub(crate) fn look_at(&self, link: &Link) {
        let mut way = self.state();
        if link.silent && link.era == way.era {
            way.era = way.era.wrapping_add(1);
            let heard = "the database did not answer in time".to_owned();
            way.shut = Some(Shut { since: Instant::now(), heard, trying: false });
        }
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
            && self.gate.lets_through(&mut link)
        {
            return Ok(Some(link));
        }
        match self.gate.open() {
            Ok(link) => Ok(Some(link)),
            Err(fault) => {
                self.put_back(None);
                self.anothers().ok_or(fault).map(Some)
            }
        }
    }

    /// No new connection is to be had (the database has as many as it takes): one that somebody puts back, if there
    /// are any, in time.
    fn anothers(&self) -> Option<Link> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing_yet = |state: &mut State| state.idle.is_empty() && state.out > 0;
        let waited = self.free.wait_timeout_while(state, ANOTHERS, nothing_yet);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let mut link = state.idle.pop()?;
        if self.gate.lets_through(&mut link) {
            state.out += 1;
            return Some(link);
        }
        None
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
        if let Some(link) = &link {
            self.pool.gate.look_at(link);
        }
        self.pool.put_back(link);
    }
}
