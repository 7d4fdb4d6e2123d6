//! May a code go live and its mail leave? The two budgets, decided in one place (`threats.md` §5.1).

use model::budget::{Chance, Slot, ledger_allows};
use model::event::NotSent;
use model::policy::Policy;
use model::time::Time;
use store::destinations::Destination;

/// How many suppressed requests of a destination get an event of their own each day; the rest are summed up.
const RECORDED_A_DAY: i64 = 100;

/// Who asks, as far as budgets care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Anybody.
    Stranger,
    /// A browser that has signed in to the account before, or holds an invitation to it. It has slots of
    /// its own, which no stranger can use up.
    Known,
}

/// Whether a new code may go live and be mailed. The mail slot is taken when it may.
///
/// # Errors
/// Why not; nothing was taken.
pub fn reserve(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    standing: Standing,
    (spent, wanted): (Chance, Chance),
) -> Result<(), NotSent> {
    if destination.refuses {
        return Err(NotSent::MailRefused);
    }
    let epsilon = match standing {
        Standing::Stranger => policy.epsilon,
        Standing::Known => policy.epsilon_known,
    };
    if !ledger_allows(spent, wanted, epsilon) {
        return Err(NotSent::GuessLedger);
    }
    take_mail_slot(policy, now, destination, standing)
}

/// Whether one more mail may leave for this destination. The slot is taken when it may.
///
/// # Errors
/// Why not; nothing was taken.
pub fn take_mail_slot(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    standing: Standing,
) -> Result<(), NotSent> {
    if destination.refuses {
        return Err(NotSent::MailRefused);
    }
    take_slot(policy, now, destination, standing)
}

/// [`take_mail_slot`], for the one mail that goes to whoever refuses mail as well: the answer to "what do you hold?".
///
/// # Errors
/// Why not; nothing was taken.
pub fn take_slot(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    standing: Standing,
) -> Result<(), NotSent> {
    let (times, allowance) = match standing {
        Standing::Stranger if destination.muted_until.is_some_and(|until| now < until) => {
            return Err(NotSent::Muted);
        }
        Standing::Stranger => (&mut destination.times, policy.mails),
        Standing::Known => (&mut destination.known_times, policy.known_mails),
    };
    match times.slot(now, allowance) {
        Slot::Free => {
            times.take(now);
            Ok(())
        }
        Slot::TakenUntil(_) => Err(NotSent::MailBudget),
    }
}

/// Counts a request that is not mailed. Says whether it gets an event of its own: the first hundred of a
/// day do, a flood beyond that is summed up by the sweep, so that the record stays readable and finite.
pub fn count_suppressed(destination: &mut Destination, now: Time) -> bool {
    destination.suppressed.add(now);
    count_told(destination, now)
}

/// Counts something that happens to a destination at a stranger's will. Says whether it gets an event of
/// its own, as in [`count_suppressed`].
pub fn count_told(destination: &mut Destination, now: Time) -> bool {
    if destination.recorded_day != now.day() {
        destination.recorded_day = now.day();
        destination.recorded = 0;
    }
    if destination.recorded < RECORDED_A_DAY {
        destination.recorded += 1;
        true
    } else {
        destination.uncounted.add(now);
        false
    }
}
