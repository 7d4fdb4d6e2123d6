//! Where text messages may go and what they may cost (`threats.md` §5.1 and §5.2 row 41).
//!
//! Whoever earns at the far end of a message has every reason to ask for many: numbers in ranges that pay their owner,
//! or in a country where an operator shares what it takes. So three things must allow a message, and nobody is asked
//! for more than is left: the operator's list of countries, an allowance per destination like that of mail, and what
//! messages may cost in 24 hours, per dialling prefix and in all.

use std::time::Duration;

use wire::phone::{Country, Phone, Prefix, Range};

use crate::budget::{MailAllowance, MailTimes, Slot};
use crate::time::{HOUR, Time};

/// The hours that a sum looks back over. Amounts are kept by the hour and count until the whole of their hour lies
/// 24 hours back, so that no 24 hours anywhere cost more than they may.
const HOURS: i64 = 24;

/// An amount of money, in hundredths of a cent of whatever currency the operator counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cost(i64);

/// What text messages may go where and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsRules {
    /// Whose numbers messages may go to.
    pub countries: Vec<Country>,
    /// What one part of a message costs behind which prefix; the longest prefix that fits decides.
    pub prices: Vec<(Prefix, Cost)>,
    /// The same behind all others.
    pub price: Cost,
    /// How many parts the longest of our messages has.
    pub parts: u32,
    /// The same when the code in it is longer than most ([`crate::ledger`]).
    pub parts_longer: u32,
    /// What messages behind one prefix may cost in any 24 hours.
    pub per_prefix: Cost,
    /// What all messages may cost in any 24 hours.
    pub in_all: Cost,
    /// Messages to one destination on the request of unknown browsers.
    pub messages: MailAllowance,
    /// The same on the request of known browsers.
    pub known_messages: MailAllowance,
}

/// What one message costs, and which sum it counts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// The dialling prefix: the one of the price list, or the country code.
    pub prefix: Prefix,
    /// What the message costs at most.
    pub cost: Cost,
}

/// What messages have cost lately.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Spent(Vec<(i64, Cost)>);

/// The sums that one message counts in.
#[derive(Debug)]
pub struct Sums<'a> {
    /// When messages left for the destination, on the request of the same kind of browser.
    pub destination: &'a mut MailTimes,
    /// What messages behind its prefix have cost.
    pub prefix: &'a mut Spent,
    /// What all messages have cost.
    pub in_all: &'a mut Spent,
}

/// Why a text message may not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The number is of a country that is not on the list, or of none.
    Country,
    /// The number is no line of a person: premium rate, satellite, and the like.
    Range,
    /// The destination has had as many as it may get, until then.
    Destination(Time),
    /// Its prefix, or all together, have cost as much as they may, until then.
    Budget(Time),
}

impl Cost {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// From hundredths of a cent; less than nothing is nothing.
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(if hundredths < 0 { 0 } else { hundredths })
    }

    /// In hundredths of a cent.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// The sum of two.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times as much.
    #[must_use]
    pub fn times(self, n: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(n)))
    }
}

impl Spent {
    /// Reads what [`Self::to_bytes`] wrote; bytes beyond the last whole entry are ignored.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let numbers: Vec<i64> =
            bytes.as_chunks::<8>().0.iter().map(|chunk| i64::from_be_bytes(*chunk)).collect();
        Self(
            numbers
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[hour, cost]| (*hour, Cost::from_hundredths(*cost)))
                .collect(),
        )
    }

    /// For the store: sixteen bytes an hour with something in it, of which there are at most 25.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(hour, cost)| [*hour, cost.0]).flat_map(i64::to_be_bytes).collect()
    }

    /// What counts at `now`.
    #[must_use]
    pub fn sum(&self, now: Time) -> Cost {
        self.counting(now).fold(Cost::NONE, |sum, (_, cost)| sum.plus(cost))
    }

    /// Whether `cost` more may be spent at `now` without more than `budget` in any 24 hours.
    #[must_use]
    pub fn slot(&self, now: Time, cost: Cost, budget: Cost) -> Slot {
        let mut sum = self.sum(now).plus(cost);
        if sum <= budget {
            return Slot::Free;
        }
        // Oldest first: the slot opens when enough of them have left.
        for (hour, left) in self.counting(now) {
            sum = Cost::from_hundredths(sum.0.saturating_sub(left.0));
            if sum <= budget {
                return Slot::TakenUntil(start_of(hour.saturating_add(HOURS + 1)));
            }
        }
        Slot::TakenUntil(start_of(hour_of(now).saturating_add(HOURS + 1)))
    }

    /// Writes down that `cost` was spent at `now`, and forgets what counts no more.
    pub fn take(&mut self, now: Time, cost: Cost) {
        self.0 = self.counting(now).collect();
        match self.0.last_mut() {
            Some((hour, spent)) if *hour == hour_of(now) => *spent = spent.plus(cost),
            _ => self.0.push((hour_of(now), cost)),
        }
    }

    fn counting(&self, now: Time) -> impl Iterator<Item = (i64, Cost)> {
        let first = hour_of(now).saturating_sub(HOURS);
        self.0.iter().copied().filter(move |(hour, _)| *hour >= first)
    }
}

const fn hour_of(time: Time) -> i64 {
    time.micros().div_euclid(HOUR)
}

fn start_of(hour: i64) -> Time {
    Time::from_micros(0) + Duration::from_hours(u64::try_from(hour).unwrap_or(0))
}

impl SmsRules {
    /// Whether messages may go to `phone` at all. Nothing is to be asked of the store before this.
    ///
    /// # Errors
    /// [`Held::Range`] or [`Held::Country`].
    pub fn admit(&self, phone: &Phone) -> Result<(), Held> {
        match phone.range() {
            Range::Line => {}
            Range::Premium
            | Range::SharedCost
            | Range::Personal
            | Range::Free
            | Range::Satellite
            | Range::Network => return Err(Held::Range),
        }
        match phone.country() {
            Some(country) if self.countries.contains(&country) => Ok(()),
            Some(_) | None => Err(Held::Country),
        }
    }

    /// The same rules for a message whose code is longer than most.
    #[must_use]
    pub fn with_longer_code(&self) -> Self {
        Self { parts: self.parts_longer, ..self.clone() }
    }

    /// What one message to `phone` costs, and where it counts.
    #[must_use]
    pub fn tariff(&self, phone: &Phone) -> Tariff {
        let listed = self
            .prices
            .iter()
            .filter(|(prefix, _)| prefix.begins(phone))
            .max_by_key(|(prefix, _)| prefix.digits().len());
        let (prefix, price) = match listed {
            Some((prefix, price)) => (prefix.clone(), *price),
            None => (Prefix::of_country(phone), self.price),
        };
        Tariff { prefix, cost: price.times(self.parts) }
    }

    /// Whether a message may leave for `phone` at `now`. Its place in all three sums is taken when it may.
    ///
    /// # Errors
    /// Why not; nothing was taken.
    pub fn reserve(
        &self,
        now: Time,
        phone: &Phone,
        allowance: MailAllowance,
        sums: &mut Sums<'_>,
    ) -> Result<Tariff, Held> {
        self.admit(phone)?;
        if let Slot::TakenUntil(until) = sums.destination.slot(now, allowance) {
            return Err(Held::Destination(until));
        }
        let tariff = self.tariff(phone);
        let slots = [
            sums.prefix.slot(now, tariff.cost, self.per_prefix),
            sums.in_all.slot(now, tariff.cost, self.in_all),
        ];
        let latest = slots.into_iter().filter_map(|slot| match slot {
            Slot::Free => None,
            Slot::TakenUntil(until) => Some(until),
        });
        if let Some(until) = latest.max() {
            return Err(Held::Budget(until));
        }
        sums.destination.take(now);
        sums.prefix.take(now, tariff.cost);
        sums.in_all.take(now, tariff.cost);
        Ok(tariff)
    }
}

/// The form of a number that its budget belongs to: what networks may take for the same number is merged. As with mail
/// (`model::address`), merging too much only makes messages scarcer for strangers.
#[must_use]
pub fn canonical_destination(phone: &Phone) -> String {
    let (code, national) = (phone.country_code(), phone.national().trim_start_matches('0'));
    let national = match (code, national.len()) {
        // Argentina writes a 9 before a mobile number that is called from abroad, Mexico wrote a 1 until 2019.
        ("54", 11) => national.strip_prefix('9').unwrap_or(national),
        ("52", 11) => national.strip_prefix('1').unwrap_or(national),
        _ => national,
    };
    format!("+{code}{national}")
}

#[cfg(test)]
mod tests;
