//! Points in time as text.
//!
//! Implements: RFC 3339 §5.6 (date-time), without leap seconds: 60 is refused, as no system here counts it.

use crate::Malformed;

const WHAT: &str = "time";
const EXPECTED: &str = "a time such as 2026-11-21T21:46:39Z";

/// Reads a time; the answer is in microseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// [`Malformed`] for anything else, and for a date that the calendar has not.
pub fn parse(text: &str) -> Result<i64, Malformed> {
    read(text).ok_or(Malformed { what: WHAT, at: 0, expected: EXPECTED })
}

/// Writes a time in UTC, to the second.
pub fn write(micros: i64) -> String {
    let second = micros.div_euclid(1_000_000);
    let (day, clock) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn number(text: &str, from: usize, length: usize) -> Option<i64> {
    let digits = text.get(from..from.checked_add(length)?)?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

fn read(text: &str) -> Option<i64> {
    let (year, month, day) = (number(text, 0, 4)?, number(text, 5, 2)?, number(text, 8, 2)?);
    let (hour, minute, second) = (number(text, 11, 2)?, number(text, 14, 2)?, number(text, 17, 2)?);
    let signs = [(4_usize, "-"), (7, "-"), (13, ":"), (16, ":")];
    let in_place = signs.iter().all(|(at, sign)| text.get(*at..at.saturating_add(1)) == Some(*sign));
    // A space in place of the T: "applications may choose" it, and databases do.
    let parted = matches!(text.get(10..11), Some("T" | "t" | " "));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !in_place || !parted || !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, zone) = fraction(text.get(19..)?)?;
    let offset = offset(zone)?;
    // Days to the civil date by era arithmetic: years that begin in March end with the day that leap years have more.
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// The fraction of a second in microseconds, what is finer cut off; and what stands after it.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Some((0, text)) };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, zone) = digits.split_at_checked(end)?;
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    let micros: String = digits.chars().chain(std::iter::repeat('0')).take(6).collect();
    Some((micros.parse().ok()?, zone))
}

/// How many minutes the zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (hours, minutes) = (number(zone, 1, 2)?, number(zone, 4, 2)?);
    if zone.len() != 6 || zone.get(3..4) != Some(":") || hours > 23 || minutes > 59 {
        return None;
    }
    let ahead = hours * 60 + minutes;
    match zone.get(..1) {
        Some("+") => Some(ahead),
        Some("-") => Some(-ahead),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_rfc_3339_are_read() {
        for (text, micros) in [
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29 00:00:00z", 951_782_400_000_000),
            ("2026-11-21T21:46:39Z", 1_795_297_599_000_000),
        ] {
            assert_eq!(parse(text), Ok(micros), "{text}");
        }
    }

    #[test]
    fn what_no_calendar_or_clock_has_is_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T21:46:39",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "1990-12-31T23:59:60Z",
            "2026-11-21T21:46:39.Z",
            "2026-11-21T21:46:39+1:00",
            "2026-11-21T21:46:39Z ",
            "+026-11-21T21:46:39Z",
            "2026/11/21T21:46:39Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn a_day_later_is_a_day_more(year in 1..9999_u16, month in 1..=12_u8, day in 1..28_u8) {
            let at = |day| parse(&format!("{year:04}-{month:02}-{day:02}T00:00:00Z")).unwrap();
            prop_assert_eq!(at(day + 1) - at(day), 86_400_000_000);
        }

        #[test]
        fn what_is_written_is_read_back(seconds in -62_000_000_000_i64..253_000_000_000) {
            prop_assert_eq!(parse(&write(seconds * 1_000_000)), Ok(seconds * 1_000_000));
        }
    }
}
