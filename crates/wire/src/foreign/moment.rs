//! Points in time as other systems and their portals write them: RFC 3339, the same without a zone, and dates of a locale.

use crate::rfc3339;

/// In which order a date of a locale has its day and its month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year: the portal in English (US).
    #[default]
    MonthFirst,
    /// Day, month, year: most others.
    DayFirst,
}

/// A point in time, and what was certain about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970-01-01T00:00:00Z; without a zone it is taken for UTC.
    pub micros: i64,
    /// Whether it was a date of a locale whose day and month could stand the other way round.
    pub ambiguous: bool,
}

impl Moment {
    /// Reads a time; `order` decides what a date of a locale leaves open.
    #[must_use]
    pub fn parse(text: &str, order: DateOrder) -> Option<Self> {
        let text = text.trim();
        if text.as_bytes().get(4) == Some(&b'-') {
            return iso(text).map(|micros| Self { micros, ambiguous: false });
        }
        locale(text, order)
    }
}

/// What the dates of a column say about their order: `None` while every one of them could be read both ways.
pub(super) fn order_of<'t>(dates: impl IntoIterator<Item = &'t str>) -> Option<DateOrder> {
    for date in dates {
        let date = date.trim();
        let mut parts = date.splitn(3, ['/', '.', '-']).map(str::parse::<u8>);
        let (Some(Ok(first)), Some(Ok(second))) = (parts.next(), parts.next()) else { continue };
        if first > 12 || date.contains('.') && date.find('.') < date.find(':') {
            return Some(DateOrder::DayFirst);
        }
        if second > 12 || date.ends_with("AM") || date.ends_with("PM") {
            return Some(DateOrder::MonthFirst);
        }
    }
    None
}

/// RFC 3339, also without a zone, and without seconds below one.
fn iso(text: &str) -> Option<i64> {
    if let Some(micros) = quick(text.as_bytes()) {
        return Some(micros);
    }
    if let Ok(micros) = rfc3339::parse(text) {
        return Some(micros);
    }
    // Panther and some data lakes write nine digits and no zone; a date alone is the beginning of its day.
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { format!("{text}Z") };
    rfc3339::parse(&whole).ok()
}

/// The form that almost every record has, `2026-09-01T00:03:52.880Z` with any number of digits, without a copy.
fn quick(text: &[u8]) -> Option<i64> {
    let (clock, rest) = text.split_at_checked(19)?;
    let (fraction, zone) = match rest {
        [b'.', after @ ..] => {
            after.split_at_checked(after.iter().position(|byte| !byte.is_ascii_digit())?)?
        }
        _ => (rest.get(..0)?, rest),
    };
    if !matches!(zone, b"Z" | b"+00:00") {
        return None;
    }
    let number = |from: usize, length: usize| {
        clock.get(from..from.checked_add(length)?)?.iter().try_fold(0_i64, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0'))))
        })
    };
    let sign = |at: usize| clock.get(at).copied();
    if (sign(4), sign(7), sign(10), sign(13), sign(16))
        != (Some(b'-'), Some(b'-'), Some(b'T'), Some(b':'), Some(b':'))
    {
        return None;
    }
    let date = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let clock = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let mut micros = 0_i64;
    for at in 0..6 {
        let digit = fraction.get(at).map_or(0, |digit| i64::from(digit.wrapping_sub(b'0')));
        micros = micros.wrapping_mul(10).wrapping_add(digit);
    }
    from_parts(date, clock, micros)
}

/// The microseconds of a civil date and time in UTC; none where the calendar has no such date.
fn from_parts((year, month, day): (i64, i64, i64), clock: (i64, i64, i64), micros: i64) -> Option<i64> {
    let (hour, minute, second) = clock;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || !(0..=23).contains(&hour) || minute > 59 || second > 59 {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some((day * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + micros)
}

/// `9/6/2026, 1:14:20.738 AM`, `06/09/2026, 13:14:20`, `06.09.2026 13:14`.
fn locale(text: &str, order: DateOrder) -> Option<Moment> {
    let (date, clock) = text.split_once([',', ' ', 'T'])?;
    let dotted = date.contains('.');
    let mut parts = date.split(['/', '.', '-']).map(|part| part.parse::<i64>().ok());
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(0..=9999).contains(&year) {
        return None;
    }
    let year = if year < 100 { year + 2000 } else { year };
    let day_first = dotted || first > 12 || (second <= 12 && order == DateOrder::DayFirst);
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    let (clock, micros) = clock_of(clock.trim())?;
    let ambiguous = !dotted && first <= 12 && second <= 12 && first != second;
    Some(Moment { micros: from_parts((year, month, day), clock, micros)?, ambiguous })
}

/// Hours, minutes and seconds; and the microseconds beside them.
type Clock = ((i64, i64, i64), i64);

fn clock_of(text: &str) -> Option<Clock> {
    let upper = text.to_ascii_uppercase();
    // Some locales put a narrow space before the letters.
    let bare = upper.trim_end_matches(['.', 'Z']).replace(['\u{202f}', '\u{a0}'], " ");
    let (digits, half) = match (bare.strip_suffix("AM"), bare.strip_suffix("PM")) {
        (Some(digits), _) => (digits.trim().to_owned(), Some(false)),
        (_, Some(digits)) => (digits.trim().to_owned(), Some(true)),
        _ => (bare.trim().to_owned(), None),
    };
    let (whole, fraction) = digits.split_once(['.']).unwrap_or((&digits, ""));
    let mut parts = whole.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        None => 0,
        Some(second) => second?,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    if parts.next().is_some() || minute < 0 || second < 0 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    Some(((hour, minute, second), micros.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        Moment::parse(text, DateOrder::MonthFirst).map(|moment| rfc3339::write(moment.micros))
    }

    #[test]
    fn times_of_every_export_are_read() {
        for (text, time) in [
            ("2026-09-01T00:03:52.880Z", "2026-09-01T00:03:52Z"),
            ("2023-10-24T20:01:11.9490387+00:00", "2023-10-24T20:01:11Z"),
            ("2023-10-24T22:01:11.9490387+02:00", "2023-10-24T20:01:11Z"),
            ("2026-09-01T19:56:43", "2026-09-01T19:56:43Z"),
            ("2025-01-15 14:20:35.456", "2025-01-15T14:20:35Z"),
            ("2022-12-11 02:57:48.693000000", "2022-12-11T02:57:48Z"),
            ("2022-12-11", "2022-12-11T00:00:00Z"),
            ("9/6/2026, 1:14:20.738 AM", "2026-09-06T01:14:20Z"),
            ("9/6/2026, 12:48:45.997 AM", "2026-09-06T00:48:45Z"),
            ("9/1/2026 7:56:43 PM", "2026-09-01T19:56:43Z"),
            ("25/09/2026, 13:14:20", "2026-09-25T13:14:20Z"),
            ("06.09.2026 13:14", "2026-09-06T13:14:00Z"),
            ("9/6/2026, 1:14:20\u{202f}PM", "2026-09-06T13:14:20Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in [
            "",
            "-",
            "yesterday",
            "2023-10-10T17:08:65",
            "13/13/2026, 1:00:00",
            "9/6/2026, 13:00 PM",
            "9/6/2026",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_date_leaves_open_is_decided_by_the_others_of_its_column() {
        let open = "06/09/2026, 13:14:20";
        let read = |order| Moment::parse(open, order).unwrap();
        assert!(read(DateOrder::MonthFirst).ambiguous);
        assert_eq!(rfc3339::write(read(DateOrder::DayFirst).micros), "2026-09-06T13:14:20Z");
        assert_eq!(rfc3339::write(read(DateOrder::MonthFirst).micros), "2026-06-09T13:14:20Z");
        assert_eq!(order_of([open, "13/09/2026, 13:14:20"]), Some(DateOrder::DayFirst));
        assert_eq!(order_of([open, "9/13/2026, 1:14:20 PM"]), Some(DateOrder::MonthFirst));
        assert_eq!(order_of(["06.09.2026, 13:14:20"]), Some(DateOrder::DayFirst));
        assert_eq!(order_of([open, ""]), None);
        assert!(!Moment::parse("9/9/2026 1:00", DateOrder::MonthFirst).unwrap().ambiguous);
    }

    proptest! {
        #[test]
        fn the_quick_way_and_the_careful_way_agree(text in "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|\\+00:00)") {
            prop_assert_eq!(quick(text.as_bytes()), rfc3339::parse(&text).ok());
        }

        #[test]
        fn any_text_is_answered(text in any::<String>(), date in "[0-9/., :APM-]{0,30}") {
            let _ = Moment::parse(&text, DateOrder::DayFirst);
            let _ = Moment::parse(&date, DateOrder::MonthFirst);
            let _ = order_of([text.as_str(), date.as_str()]);
        }
    }
}
