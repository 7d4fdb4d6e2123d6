//! Rings leave: lease, compose, say what became of it. The sending itself is `outbound`'s.
//!
//! Implements: RFC 8291 §4 and §7 (a message of one length, so that its size says nothing).

use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::push::{KEPT, Pushed};
use model::time::Time;
pub use store::rings::Leased;
use store::{Recorded, Store, Tx, doorbells, rings};
use wire::http::url::Url;
use wire::push::encryption::{Once, encrypt};
use wire::push::subscription::Subscription;

use crate::deliver::{LEASE, growing};

/// The bytes that every ring is padded to. It says nothing: the words that it shows are the worker's on the device.
const LENGTH: usize = 32;
/// The longest time between two attempts, in seconds.
const LONGEST_PAUSE: u64 = 30;
/// How often a private half is drawn: one in 2³² is no number of the curve.
const DRAWS: u32 = 4;
const ODD: &str = "a doorbell is not as it was written";

/// Leases what is due.
///
/// # Errors
/// A fault of the store.
pub fn lease(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Recorded<Vec<Leased>>, Fault> {
    let leased = rings::lease(tx, cx.now, cx.now + LEASE, limit)?;
    Ok(tx.unrecorded("a lease is no event; what becomes of the ring is", leased))
}

/// Ends the leases of a worker that is gone.
///
/// # Errors
/// A fault of the store.
pub fn release_all(tx: &mut Tx<'_>) -> Result<Recorded<u64>, Fault> {
    let count = rings::release_all(tx)?;
    Ok(tx.unrecorded("a lease is no event", count))
}

/// When the next one is due; none when nothing waits.
///
/// # Errors
/// A fault of the store.
pub fn next_due(store: &Store) -> Result<Option<Time>, Fault> {
    store.read(rings::next_due)
}

/// A ring on its way.
#[derive(Debug)]
pub struct Ring {
    /// Whose.
    pub account: AccountId,
    /// Which approver rings.
    pub approver: AuthenticatorId,
    /// Where to. Whoever knows it can spend the browser's time.
    pub endpoint: Url,
    /// What the browser alone can read, although it says nothing.
    pub content: Vec<u8>,
    /// How long a push service may keep it.
    pub kept: Duration,
}

/// Writes a ring, to be sent at once; none when the doorbell is gone, or nothing waits any more.
///
/// # Errors
/// A fault of the store, of sealing, or when there is no chance to be had.
pub fn compose(store: &Store, cx: &mut Cx, leased: &Leased) -> Result<Option<Ring>, Fault> {
    let now = cx.now;
    let found = store.read(|reader| rings::whereto(reader, leased, now))?;
    let Some(whereto) = found.filter(|_| cx.policy.doorbell) else { return Ok(None) };
    let reached = doorbells::open(store.keys(), leased.doorbell, &whereto.sealed)?;
    let text = str::from_utf8(reached.expose()).map_err(|error| Fault::new(ODD, error))?;
    let subscription = Subscription::parse(text).map_err(|error| Fault::new(ODD, error))?;
    let mut content = Err(Fault::plain("a ring cannot be encrypted"));
    for _ in 0..DRAWS {
        let once = Once { private: cx.entropy.bytes()?, salt: cx.entropy.bytes()? };
        if let Ok(encrypted) = encrypt(&subscription, &once, b"", LENGTH) {
            content = Ok(encrypted);
            break;
        }
    }
    Ok(Some(Ring {
        account: whereto.account,
        approver: whereto.approver,
        endpoint: subscription.endpoint().clone(),
        content: content?,
        kept: whereto.until.since(now).min(KEPT),
    }))
}

/// Records what became of an attempt: rung, put off, given up; that the push service knows nothing of the browser any more, or
/// refuses it. The last is recorded once, until a ring is taken: the doorbell stays, since what stands in the way may be ours.
///
/// # Errors
/// A fault of the store.
pub fn settle(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (leased, account, approver): (&Leased, AccountId, AuthenticatorId),
    pushed: Pushed,
) -> Result<Recorded<()>, Fault> {
    let (id, attempt) = (leased.id, leased.attempt);
    let kind = match pushed {
        Pushed::Taken if rings::claim_done(tx, id)? => {
            doorbells::note_taken(tx, leased.doorbell)?;
            EventKind::DoorbellRung { approval: leased.approval, approver }
        }
        Pushed::Gone if rings::claim_done(tx, id)? && doorbells::claim_remove(tx, leased.doorbell)? => {
            EventKind::DoorbellGone { approver }
        }
        Pushed::Taken | Pushed::Gone => {
            return Ok(tx.unrecorded("settled before, or rung at another place meanwhile", ()));
        }
        Pushed::Refused { why } => {
            let ended = rings::claim_given_up(tx, id, attempt)?;
            let own = doorbells::find_of(tx, approver)?.filter(|own| ended && own.id == leased.doorbell);
            match own {
                Some(own) if doorbells::claim_refused(tx, own.id, cx.now)? => {
                    EventKind::DoorbellRefused { approver, service: own.service, why }
                }
                Some(_) | None => {
                    return Ok(tx.unrecorded("known already, or it is another one meanwhile", ()));
                }
            }
        }
        Pushed::Later { after, .. } => {
            let next = cx.now + growing(attempt, LONGEST_PAUSE).max(after.unwrap_or_default());
            if next < leased.queued_at + KEPT {
                rings::put_off(tx, id, attempt, next)?;
            } else {
                rings::claim_given_up(tx, id, attempt)?;
            }
            return Ok(
                tx.unrecorded("it may ring in a moment, or not at all; what waits is seen all the same", ())
            );
        }
    };
    let event = Event::new(cx, Subject::Account(account), kind)?;
    tx.record(&[event], ())
}

/// Takes a ring away that nobody needs any more.
///
/// # Errors
/// A fault of the store.
pub fn forget(tx: &mut Tx<'_>, leased: &Leased) -> Result<Recorded<()>, Fault> {
    rings::claim_done(tx, leased.id)?;
    Ok(tx.unrecorded("the doorbell is gone, or nothing waits any more", ()))
}
