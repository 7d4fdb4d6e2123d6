//! Something waits for an approver, and the bell rings or does not.

use model::approval::Approval;
use model::cx::Cx;
use model::doorbell::{Still, WINDOW};
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, RingId};
use store::{Tx, bells, doorbells, rings};

/// Queues a ring to each doorbell of the account, if its bell may ring; says what is to be recorded of it. Whether it rings
/// changes nothing of what waits: that is seen on every approver all the same.
///
/// # Errors
/// A fault of the store.
pub(crate) fn ring(tx: &mut Tx<'_>, cx: &mut Cx, approval: &Approval) -> Result<Vec<Event>, Fault> {
    let account = approval.account;
    if !cx.policy.doorbell || approval.decoy {
        return Ok(Vec::new());
    }
    let all = doorbells::list_usable(tx, account, cx.now)?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    match bells::find(tx, account, cx.now)?.rings(cx.now) {
        Ok(()) => {}
        Err(Still::FallsQuiet) => {
            let silenced = bells::claim_quiet(tx, account, cx.now)?;
            let event = Event::new(cx, Subject::Account(account), EventKind::DoorbellSilenced)?;
            return Ok(if silenced { vec![event] } else { Vec::new() });
        }
        Err(Still::Waiting | Still::TooSoon | Still::Enough | Still::Quiet) => return Ok(Vec::new()),
    }
    // Whatever two transactions believe at once, one of them rings.
    if bells::claim_ring(tx, (account, approval.id), (cx.now, approval.expires_at))? {
        for doorbell in all {
            rings::enqueue(tx, (RingId::new(cx)?, doorbell.id, approval.id), cx.now)?;
        }
    }
    Ok(Vec::new())
}

/// The owner approved something: the bell that had fallen quiet is wanted back.
///
/// # Errors
/// A fault of the store.
pub(crate) fn approved(tx: &mut Tx<'_>, cx: &Cx, account: AccountId) -> Result<(), Fault> {
    bells::claim_wanted(tx, account, cx.now).map(|_| ())
}

/// Forgets what counts for nothing any more, at most `limit` of each kind; says how many there were of the one with the most.
///
/// # Errors
/// A fault of the store.
pub(crate) fn forget(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<u64, Fault> {
    let rung = bells::delete_rung(tx, cx.now - WINDOW * 2, limit)?;
    Ok(rung.max(doorbells::delete_orphaned(tx, limit)?).max(bells::delete_orphaned(tx, limit)?))
}
