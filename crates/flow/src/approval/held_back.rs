//! What browsers that an account does not know ask for with its password, beyond what its owner is shown in a day.
//!
//! Whoever asks gets a number and a page that waits, as ever. Nobody sees more of it than two lines of the activity: that it begins,
//! and a day later how many they were. What known browsers ask is never counted.
//!
//! Implements: RFC 10027 §6.1.11, `threats.md` §5.2 rows 3, 12 and 15, by the rule of [`model::approval_budget`].

use model::approval_budget::{Slot, WINDOW};
use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::fault::Fault;
use model::id::AccountId;
use model::source::Source;
use store::{Tx, approval_budgets};

/// Counts one more that an unknown browser asks for with the password of an account. Says whether it is held back, and what is then
/// to be recorded.
pub(super) fn count(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, source): (AccountId, Source),
) -> Result<Option<Vec<Event>>, Fault> {
    let mut budget = approval_budgets::take(tx, account)?;
    let slot = budget.ask(cx.now, cx.policy.approvals);
    approval_budgets::put(tx, account, (&budget, cx.now))?;
    match slot {
        Slot::Free => Ok(None),
        Slot::Taken { first: false, .. } => Ok(Some(Vec::new())),
        Slot::Taken { first: true, until } => {
            let kind = EventKind::ApprovalsHeldBack { until, count: None };
            let event = Event::new(cx, Subject::Account(account), kind)?;
            Ok(Some(vec![event.by(Actor::Visitor, Some(source.kept(cx.policy.keep_addresses)))]))
        }
    }
}

/// Whether what an unknown browser asks for next with the password of an account is held back.
pub(crate) fn is_spent(tx: &mut Tx<'_>, cx: &Cx, account: AccountId) -> Result<bool, Fault> {
    Ok(approval_budgets::find(tx, account)?.is_spent(cx.now, cx.policy.approvals))
}

/// Tells in sum what was held back within a day that is over, of at most `limit` accounts; says how many accounts there were.
pub(super) fn tell(tx: &mut Tx<'_>, cx: &mut Cx, limit: i64) -> Result<(Vec<Event>, usize), Fault> {
    let due = approval_budgets::list_held(tx, cx.now - WINDOW, limit)?;
    let mut events = Vec::new();
    for account in &due {
        let mut budget = approval_budgets::take(tx, *account)?;
        let Some(held) = budget.close(cx.now) else { continue };
        approval_budgets::put(tx, *account, (&budget, cx.now))?;
        // Of one alone the first line has told.
        if held.count > 1 {
            let kind = EventKind::ApprovalsHeldBack { until: held.since + WINDOW, count: Some(held.count) };
            events.push(Event::new(cx, Subject::Account(*account), kind)?);
        }
    }
    Ok((events, due.len()))
}
