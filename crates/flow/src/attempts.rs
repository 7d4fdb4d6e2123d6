//! How often a password or a code out of an app may be tried: an attempt is counted before anything is compared, and given
//! back only by what was right.
//!
//! 1. [`reserve`] counts it, or says until when none is compared. That is a transaction of its own where what follows takes
//!    long; what is compared without a turn is compared with nothing.
//! 2. [`succeeded`] forgets the count, [`failed`] says on the record what came of it, [`give_back`] undoes it where nothing was
//!    compared.
//!
//! A flood leaves no more on the record than the waits let through: an attempt that gets no turn has no event.
//!
//! Implements: NIST SP 800-63B-4 §3.2.2, OWASP ASVS 5.0 6.1.1, 6.3.1; `threats.md` §5.2 rows 3, 7, 8.

use model::attempts::{LONGEST, Limit};
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, NotProved, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::method::Method;
use model::source::Source;
use model::time::Time;
use store::attempts::{self, Place};
use store::{Recorded, Tx};

/// What came of [`reserve`].
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    place: Place,
    granted: Result<Granted, Time>,
}

/// An attempt that may be made.
#[derive(Clone, Copy, Debug)]
struct Granted {
    number: i64,
    /// Until when none is compared after it, unless it is right.
    blocked: Option<Time>,
}

impl Turn {
    /// Whether something may be compared.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        self.granted.is_ok()
    }

    /// Until when nothing is compared, where nothing may be.
    #[must_use]
    pub const fn blocked(&self) -> Option<Time> {
        match self.granted {
            Ok(_) => None,
            Err(until) => Some(until),
        }
    }

    /// Whether the browser is one that the account knows.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.place.known
    }
}

/// Step 1.
pub(crate) fn reserve(tx: &mut Tx<'_>, now: Time, place: Place) -> Result<Turn, Fault> {
    let limit = Limit::of(place.method);
    let Some(number) = attempts::claim(tx, &place, now, limit.most())? else {
        attempts::touch(tx, &place, now)?;
        let until = attempts::find(tx, &place)?.map_or(now, |count| count.blocked_until);
        // What has no end is told by the longest that has one.
        let until = if until > now { until } else { now + limit.wait(limit.most()) };
        return Ok(Turn { place, granted: Err(until) });
    };
    let wait = limit.wait(number);
    let blocked = (!wait.is_zero()).then_some(now + wait);
    if let Some(until) = blocked {
        attempts::block(tx, &place, until)?;
    }
    Ok(Turn { place, granted: Ok(Granted { number, blocked }) })
}

/// Step 2: it was right. Where strangers are shut out for good, their longest wait begins anew: they are let in no further
/// than that, however often the owner succeeds (row 8).
pub(crate) fn succeeded(tx: &mut Tx<'_>, now: Time, turn: &Turn) -> Result<(), Fault> {
    attempts::clear(tx, &turn.place)?;
    if turn.place.known {
        let strangers = Place { known: false, ..turn.place };
        let shut = Limit::of(turn.place.method).shut();
        attempts::lower(tx, &strangers, (shut, shut.saturating_sub(1)), now + LONGEST)?;
    }
    Ok(())
}

/// Step 2: it was not; what the owner reads about it. Nothing where it got no turn.
pub(crate) fn failed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    turn: &Turn,
    (subject, source, because): (&Subject, Source, NotProved),
) -> Result<Vec<Event>, Fault> {
    let Place { method, known, .. } = turn.place;
    let Ok(granted) = turn.granted else {
        // As much work as putting it on the record.
        attempts::touch(tx, &turn.place, cx.now)?;
        return Ok(Vec::new());
    };
    let mut event = |kind| -> Result<Event, Fault> {
        Ok(Event::new(cx, subject.clone(), kind)?.by(Actor::Visitor, Some(source)))
    };
    let mut events = vec![event(EventKind::ProofRefused { method, because, known })?];
    if let Some(until) = granted.blocked {
        events.push(event(EventKind::AttemptsBlocked { method, known, until })?);
    }
    Ok(events)
}

/// Step 2: nothing was compared, for a reason of ours.
///
/// # Errors
/// A fault of the store.
pub fn give_back(tx: &mut Tx<'_>, turn: &Turn) -> Result<Recorded<()>, Fault> {
    if let Ok(granted) = turn.granted {
        attempts::claim_back(tx, &turn.place, granted.number)?;
    }
    Ok(tx.unrecorded("nothing was compared", ()))
}

/// What was guessed at is another one, or gone.
pub(crate) fn forget(tx: &mut Tx<'_>, account: AccountId, method: Method) -> Result<(), Fault> {
    attempts::forget(tx, account, method)
}
