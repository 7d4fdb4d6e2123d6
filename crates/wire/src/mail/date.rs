//! Dates of messages.
//!
//! Implements: RFC 5322 §3.3, with the obsolete zones of §4.3.

/// Reads `Thu, 11 Jun 2026 09:14:06 +0000`; answers seconds since 1970, UTC. Comments and the day's name are passed over.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let bare = super::comment::without(text);
    let mut words = bare.split([' ', '\t', ',']).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())) {
        words.next();
    }
    let day: i64 = number(words.next()?, 2)?;
    let month = month(words.next()?)?;
    let year = year(words.next()?)?;
    let mut clock = words.next()?.split(':');
    let hour: i64 = number(clock.next()?, 2)?;
    let minute: i64 = number(clock.next()?, 2)?;
    let second: i64 = clock.next().map_or(Some(0), |second| number(second, 2))?;
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = zone(words.next().unwrap_or("+0000"))?;
    Some(days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - zone)
}

fn number(text: &str, most: usize) -> Option<i64> {
    (text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn month(name: &str) -> Option<i64> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = name.get(..3)?.to_ascii_lowercase();
    NAMES.iter().position(|known| *known == name).and_then(|at| i64::try_from(at).ok()).map(|at| at + 1)
}

/// RFC 5322 §4.3: two digits below 50 are of this century, the others and three digits count from 1900.
fn year(text: &str) -> Option<i64> {
    let year = number(text, 4)?;
    Some(match text.len() {
        2 if year < 50 => year + 2_000,
        2 | 3 => year + 1_900,
        _ => year,
    })
}

/// Seconds east of Greenwich.
fn zone(text: &str) -> Option<i64> {
    let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (None, Some(digits)) => (-1, digits),
        (None, None) => {
            return Some(match text.to_ascii_uppercase().as_str() {
                "EDT" => -4 * 3_600,
                "EST" | "CDT" => -5 * 3_600,
                "CST" | "MDT" => -6 * 3_600,
                "MST" | "PDT" => -7 * 3_600,
                "PST" => -8 * 3_600,
                _ => 0,
            });
        }
    };
    let all = number(digits, 4).filter(|_| digits.len() == 4)?;
    Some(sign * ((all / 100) * 3_600 + (all % 100) * 60))
}

/// Days from 1970-01-01 in the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 +0000", 0),
            ("Thu, 11 Jun 2026 09:14:04 +0000", 1_781_169_244),
            ("11 Jun 2026 11:14:04 +0200 (CEST)", 1_781_169_244),
            ("Thu, 11 Jun 26 02:14:04 PDT", 1_781_169_244),
            ("Thu, 11 Jun 2026 09:14 GMT", 1_781_169_240),
            ("Fri, 11 Jul 2003 21:00:37 -0700 (PDT)", 1_057_982_437),
            ("29 Feb 2000 12:00:00 -0000", 951_825_600),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
        for text in
            ["", "yesterday", "32 Jun 2026 00:00:00 +0000", "11 Foo 2026 00:00:00", "11 Jun 2026 25:00"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
