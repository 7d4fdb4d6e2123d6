//! How long a service wants to be left alone.
//!
//! Implements: RFC 9110 §10.2.3 (`Retry-After`), in seconds alone. A date is read as nothing: it is meant for clocks that agree,
//! and for services that are away for longer than a ring waits.

/// The longest wait that is told from no end at all, in seconds: a day.
pub const LONGEST: u32 = 24 * 60 * 60;

/// Reads the seconds, those beyond [`LONGEST`] as that; none for anything but digits.
#[must_use]
pub fn seconds(text: &str) -> Option<u32> {
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() || text.len() > 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let read = text.bytes().fold(0_u32, |sum, digit| {
        sum.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')))
    });
    Some(read.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_and_nothing_else_is() {
        for (text, read) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7\t", Some(7)),
            ("86401", Some(LONGEST)),
            ("99999999999999999999", Some(LONGEST)),
            ("999999999999999999999", None),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1 2", None),
            ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ] {
            assert_eq!(seconds(text), read, "{text:?}");
        }
    }
}
