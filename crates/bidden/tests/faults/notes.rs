//! What people remember of a bad day: everything that the server acknowledged, and everything that went wrong.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use model::id::{RequestId, SessionId};

use crate::person::GaveUp;

/// A sign-in that the server has acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) address: String,
    pub(crate) request: RequestId,
    pub(crate) session: SessionId,
    pub(crate) cookies: String,
}

/// Why a try came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// 503 with `Retry-After`.
    TurnedAway,
    /// The connection was refused, reset or closed.
    Broken,
}

/// A try that came to nothing.
#[derive(Clone, Debug)]
pub(crate) struct Disturbance {
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) trouble: Trouble,
    pub(crate) what: String,
}

/// Everything that was acknowledged, and everything that went wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct All {
    pub(crate) asked: Vec<RequestId>,
    pub(crate) signed_in: Vec<SignIn>,
    /// Requests whose code was redeemed by a try that was not answered.
    pub(crate) spent: Vec<RequestId>,
    /// Of these, how many were answered by 503 only.
    pub(crate) spent_though_turned_away: usize,
    pub(crate) disturbances: Vec<Disturbance>,
    pub(crate) odd: Vec<String>,
}

impl All {
    /// Adds what others remember.
    pub(crate) fn add(&mut self, other: Self) {
        self.asked.extend(other.asked);
        self.signed_in.extend(other.signed_in);
        self.spent.extend(other.spent);
        self.spent_though_turned_away += other.spent_though_turned_away;
        self.disturbances.extend(other.disturbances);
        self.odd.extend(other.odd);
    }
}

/// Notes that many people write at the same time.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    all: Mutex<All>,
    over: AtomicBool,
    people: AtomicUsize,
}

impl Notes {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    pub(crate) fn asked(&self, request: RequestId) {
        self.all.lock().unwrap().asked.push(request);
    }

    pub(crate) fn signed_in(&self, sign_in: SignIn) {
        self.all.lock().unwrap().signed_in.push(sign_in);
    }

    pub(crate) fn spent(&self, request: RequestId, outcomes: &[Trouble]) {
        let mut all = self.all.lock().unwrap();
        all.spent.push(request);
        all.spent_though_turned_away +=
            usize::from(outcomes.iter().all(|trouble| *trouble == Trouble::TurnedAway));
    }

    pub(crate) fn disturbed(&self, began: Instant, trouble: Trouble, what: &str) -> Trouble {
        let disturbance = Disturbance { began, ended: Instant::now(), trouble, what: what.to_owned() };
        self.all.lock().unwrap().disturbances.push(disturbance);
        trouble
    }

    /// Something that must not happen on any day.
    pub(crate) fn odd(&self, what: &str) {
        self.all.lock().unwrap().odd.push(what.to_owned());
    }

    /// Tells everybody to end as soon as what they wait for is answered.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub(crate) fn give_up_if_over(&self) -> Result<(), GaveUp> {
        if self.over.load(Ordering::SeqCst) { Err(GaveUp) } else { Ok(()) }
    }

    /// The number of the next person.
    pub(crate) fn next(&self) -> usize {
        self.people.fetch_add(1, Ordering::SeqCst)
    }

    /// How many sign-ins have been acknowledged so far.
    pub(crate) fn count(&self) -> usize {
        self.all.lock().unwrap().signed_in.len()
    }

    /// How many tries have come to nothing so far.
    pub(crate) fn troubles(&self) -> usize {
        self.all.lock().unwrap().disturbances.len()
    }

    pub(crate) fn all(&self) -> All {
        self.all.lock().unwrap().clone()
    }
}
