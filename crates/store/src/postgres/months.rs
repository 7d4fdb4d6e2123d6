//! The record is kept by the month: a part is made when its first event comes, and dropped as a whole when all of
//! it is too old. The month of an event is that of its identifier, which begins with its time.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::fault::Fault;
use model::id::EventId;
use model::time::Time;

use super::link::Link;
use super::settings::Settings;

const WHAT: &str = "the record's part for a month";

/// The parts that are known to be there.
pub(crate) struct Months {
    settings: Settings,
    known: Mutex<BTreeSet<Date>>,
}

impl Months {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, known: Mutex::new(BTreeSet::new()) }
    }

    /// Makes the part for events of the time of `at`, if it is not there. On a connection of its own: a part that
    /// was made in a transaction would be unknown to all others until it ends.
    pub(crate) fn make(&self, at: Time) -> Result<(), Fault> {
        let first = month(at)?;
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&first) {
            return Ok(());
        }
        let end = next(first)?;
        let (name, from, to) = (name(first), bound(first)?, bound(end)?);
        let mut link = Link::open(&self.settings)?;
        // Attached, not created in place: that would wait for every reader of the record, and make them wait.
        let made =
            link.batch(WHAT, &format!("CREATE TABLE IF NOT EXISTS {name} (LIKE events INCLUDING DEFAULTS)"));
        let attached = link.batch(
            WHAT,
            &format!(
                "ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('\\x{from}') TO ('\\x{to}')"
            ),
        );
        // Somebody else may have been faster with either step, which is an error of that step (`IF NOT EXISTS` or
        // not). All that counts is whether the part is there in the end.
        let there = link.batch(
            WHAT,
            &format!("SELECT 1 / COUNT(*) FROM pg_inherits WHERE inhrelid = to_regclass('{name}')"),
        );
        if there.is_err() {
            return made.and(attached).and(there);
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(first);
        Ok(())
    }

    /// Looks for every part again before the next event.
    pub(crate) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Drops the part `name` if all of its events are from before `before`. If somebody is reading it just now, it
    /// stays until the next time: nobody has to wait.
    pub(crate) fn drop_if_before(&self, part: &str, before: Time) -> Result<(), Fault> {
        let Some(first) = named(part) else { return Ok(()) };
        if start(next(first)?)? > before {
            return Ok(());
        }
        let mut link = Link::open(&self.settings)?;
        let dropped =
            link.batch(WHAT, &format!("SET lock_timeout = 200; DROP TABLE IF EXISTS {}", name(first)));
        // After it: whoever made sure of the part before it was dropped has to look again.
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&first);
        match dropped {
            Err(fault) if fault.may_pass() => Ok(()),
            outcome => outcome,
        }
    }
}

/// The first day of the month of `at`, in UTC.
fn month(at: Time) -> Result<Date, Fault> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).map_err(|error| Fault::new(WHAT, error))?;
    Ok(at.to_zoned(TimeZone::UTC).date().first_of_month())
}

fn next(first: Date) -> Result<Date, Fault> {
    first.checked_add(jiff::Span::new().months(1)).map_err(|error| Fault::new(WHAT, error))
}

fn start(day: Date) -> Result<Time, Fault> {
    let zoned = day.to_zoned(TimeZone::UTC).map_err(|error| Fault::new(WHAT, error))?;
    Ok(Time::from_micros(zoned.timestamp().as_microsecond()))
}

fn bound(day: Date) -> Result<String, Fault> {
    Ok(wire::token::hex(EventId::at(start(day)?).bytes()))
}

fn name(first: Date) -> String {
    format!("events_{:04}_{:02}", first.year(), first.month())
}

fn named(part: &str) -> Option<Date> {
    let (year, month) = part.strip_prefix("events_")?.split_once('_')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_belongs_to_the_month_of_its_time() {
        // 2026-11-30 23:59:59.999999 and the microsecond after it.
        let last = Time::from_micros(1_796_083_199_999_999);
        let first = Time::from_micros(1_796_083_200_000_000);
        assert_eq!(name(month(last).unwrap()), "events_2026_11");
        assert_eq!(name(month(first).unwrap()), "events_2026_12");
        assert_eq!(start(month(first).unwrap()).unwrap(), first);
        assert_eq!(bound(month(first).unwrap()).unwrap(), wire::token::hex(EventId::at(first).bytes()));
    }

    #[test]
    fn a_part_is_known_by_its_name_and_nothing_else_is() {
        let november = month(Time::from_micros(1_796_083_199_999_999)).unwrap();
        assert_eq!(named(&name(november)), Some(november));
        for other in ["events", "events_2026", "events_2026_13", "accounts_2026_11", "events_2026_11_x"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
