//! May a code go live and its message leave? The budgets, decided in one place (`threats.md` §5.1).

use std::borrow::Cow;

use model::budget::Slot;
use model::event::NotSent;
use model::fault::Fault;
use model::ledger::{self, Choice, Spent};
use model::policy::Policy;
use model::sms::{Held, Sums};
use model::time::Time;
use store::Tx;
use store::destinations::Destination;
use store::sms_spending::{self, Spending};
use wire::phone::Phone;

/// How many suppressed requests of a destination get an event of their own each day; the rest are summed up.
const RECORDED_A_DAY: i64 = 100;

/// Who asks, as far as budgets care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Anybody.
    Stranger,
    /// An unknown browser that brought what the owner's gate asks for. The ledger counts it with strangers; its slots are
    /// those of nobody else, so that no flood uses them up.
    Admitted,
    /// A browser that has signed in to the account before, or holds an invitation to it. It has slots of
    /// its own, which no stranger can use up.
    Known,
}

/// What a text message is decided on beside its destination. Taken in hand like the destination, and after it.
#[derive(Clone, Debug)]
pub struct Fare {
    phone: Phone,
    spending: Spending,
    /// Whether the code is longer than most, so that its message may have more parts.
    longer: bool,
}

impl Fare {
    /// Takes in hand what messages have cost lately; none where no text message leaves at all.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn take(tx: &mut Tx<'_>, policy: &Policy, phone: &Phone) -> Result<Option<Self>, Fault> {
        let Some(rules) = policy.text_messages() else { return Ok(None) };
        let spending = sms_spending::take(tx, &rules.tariff(phone).prefix)?;
        Ok(Some(Self { phone: phone.clone(), spending, longer: false }))
    }

    /// Takes note of how many letters the code in the message has.
    pub const fn carries(&mut self, policy: &Policy, letters: u8) {
        self.longer = letters > policy.code_length;
    }

    /// Writes it.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn put(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        sms_spending::put(tx, &self.spending)
    }
}

/// Who asks, and what a text message costs, where it would be one.
#[derive(Debug)]
pub struct Way<'a> {
    /// Who asks.
    pub standing: Standing,
    /// None for a mail.
    pub fare: Option<&'a mut Fare>,
}

impl Way<'_> {
    /// As a mail.
    #[must_use]
    pub const fn mail(standing: Standing) -> Self {
        Self { standing, fare: None }
    }
}

/// Whether a new code may go live and leave, and how long it is then. Its slots are taken when it may.
///
/// # Errors
/// Why not; nothing was taken.
pub fn reserve(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    way: Way<'_>,
    spent: Spent,
) -> Result<Choice, NotSent> {
    if destination.refuses {
        return Err(NotSent::MailRefused);
    }
    let left = policy.limits(way.standing == Standing::Known).left(spent);
    let choice = ledger::choose(left, policy.code_guesses, policy.lengths()).ok_or(NotSent::GuessLedger)?;
    let Way { standing, mut fare } = way;
    if let Some(fare) = &mut fare {
        fare.carries(policy, choice.letters);
    }
    take_message_slot(policy, now, destination, Way { standing, fare })?;
    Ok(choice)
}

/// Whether one more message may leave for this destination. The slot is taken when it may.
///
/// # Errors
/// Why not; nothing was taken.
pub fn take_message_slot(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    way: Way<'_>,
) -> Result<(), NotSent> {
    if destination.refuses {
        return Err(NotSent::MailRefused);
    }
    take_slot(policy, now, destination, way)
}

/// [`take_message_slot`], for the one mail that goes to whoever refuses mail as well: the answer to "what do you hold?".
///
/// # Errors
/// Why not; nothing was taken.
pub fn take_slot(
    policy: &Policy,
    now: Time,
    destination: &mut Destination,
    way: Way<'_>,
) -> Result<(), NotSent> {
    let (times, allowance) = match way.standing {
        Standing::Stranger if destination.muted_until.is_some_and(|until| now < until) => {
            return Err(NotSent::Muted);
        }
        Standing::Stranger => (&mut destination.times, policy.mails),
        Standing::Admitted => (&mut destination.admitted_times, policy.mails),
        Standing::Known => (&mut destination.known_times, policy.known_mails),
    };
    if let (Some(Fare { phone, spending, longer }), Some(rules)) = (way.fare, policy.text_messages()) {
        let rules = if *longer { Cow::Owned(rules.with_longer_code()) } else { Cow::Borrowed(rules) };
        let allowance = match way.standing {
            Standing::Stranger | Standing::Admitted => rules.messages,
            Standing::Known => rules.known_messages,
        };
        let Spending { of_prefix: prefix, in_all, .. } = spending;
        let mut sums = Sums { destination: times, prefix, in_all };
        return rules.reserve(now, phone, allowance, &mut sums).map(|_| ()).map_err(held);
    }
    match times.slot(now, allowance) {
        Slot::Free => {
            times.take(now);
            Ok(())
        }
        Slot::TakenUntil(_) => Err(NotSent::MailBudget),
    }
}

const fn held(why: Held) -> NotSent {
    match why {
        // No longer among those that the operator lets messages go to.
        Held::Country | Held::Range => NotSent::MethodOff,
        Held::Destination(_) => NotSent::MailBudget,
        Held::Budget(_) => NotSent::SmsBudget,
    }
}

/// Counts a request that is not mailed. Says whether it gets an event of its own: the first hundred of a
/// day do, a flood beyond that is summed up by the sweep, so that the record stays readable and finite.
pub fn count_suppressed(destination: &mut Destination, now: Time) -> bool {
    destination.suppressed.add(now);
    count_told(destination, now)
}

/// Counts a request that a gate stopped, for the weekly summary. Says whether it gets an event of its own, as in
/// [`count_suppressed`].
pub fn count_gated(destination: &mut Destination, now: Time) -> bool {
    destination.gated.add(now);
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
