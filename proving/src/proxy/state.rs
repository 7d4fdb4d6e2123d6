//! What the threads of a proxy share: the weather, the servers, and the connections that stand.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::proxy::link::{Link, Way};

/// What happens to bytes and connections at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    Fine,
    Cut,
    CutAnswers,
    Refusing,
    Over,
}

impl Weather {
    /// Whether bytes that go this way have to wait.
    pub(super) fn holds_back(self, way: Way) -> bool {
        match self {
            Self::Cut => true,
            Self::CutAnswers => way == Way::ToClient,
            Self::Fine | Self::Refusing | Self::Over => false,
        }
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) weather: Weather,
    pub(super) upstreams: Vec<SocketAddr>,
    pub(super) links: HashMap<u64, Arc<Link>>,
    pub(super) next_upstream: usize,
    pub(super) accepted: u64,
    pub(super) open: usize,
    pub(super) listening: bool,
}

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Notified after every change of the weather, of `open` and of `listening`.
    pub(super) changed: Condvar,
    pub(super) delay_nanoseconds: AtomicU64,
    pub(super) bytes: AtomicU64,
}

impl Shared {
    pub(super) fn new(upstreams: Vec<SocketAddr>) -> Self {
        let state = State {
            weather: Weather::Fine,
            upstreams,
            links: HashMap::new(),
            next_upstream: 0,
            accepted: 0,
            open: 0,
            listening: true,
        };
        let (delay_nanoseconds, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { state: Mutex::new(state), changed: Condvar::new(), delay_nanoseconds, bytes }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn weather(&self) -> Weather {
        self.state().weather
    }

    /// Changes the weather for everybody. When this returns, no write is under way that the new one forbids.
    pub(super) fn set(&self, weather: Weather) {
        let mut state = self.state();
        state.weather = weather;
        let links: Vec<Arc<Link>> = state.links.values().cloned().collect();
        drop(state);
        if matches!(weather, Weather::Refusing | Weather::Over) {
            links.iter().for_each(|link| link.reset());
        }
        self.changed.notify_all();
        links.iter().for_each(|link| link.await_writes());
    }

    /// Waits as long as the weather is as described.
    pub(super) fn wait_while(&self, holds: impl Fn(Weather) -> bool) {
        let waited = self.changed.wait_while(self.state(), |state| holds(state.weather));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// The servers in the order in which the next connection tries them.
    pub(super) fn in_turn(&self) -> Vec<SocketAddr> {
        let mut state = self.state();
        let turn = state.next_upstream;
        state.next_upstream = turn.wrapping_add(1);
        let mut upstreams = state.upstreams.clone();
        if let Some(first) = turn.checked_rem(upstreams.len()) {
            upstreams.rotate_left(first);
        }
        upstreams
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay_nanoseconds.load(std::sync::atomic::Ordering::Relaxed))
    }
}
