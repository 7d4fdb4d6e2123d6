//! Numbers as text, quickly: a hundred million lines are written.

use model::time::{DAY, HOUR, MINUTE, SECOND};

use crate::tenant::names::Guid;

const HEX: [u8; 16] = *b"0123456789abcdef";

fn nibble(of: u64, shift: u32) -> u8 {
    usize::try_from(of >> shift & 15).ok().and_then(|at| HEX.get(at)).copied().unwrap_or(b'0')
}

/// A GUID with its hyphens.
pub(crate) fn guid(out: &mut Vec<u8>, (high, low): Guid) {
    let mut text = [b'-'; 36];
    let digits =
        (0..16_u32).map(|n| nibble(high, 60 - 4 * n)).chain((0..16_u32).map(|n| nibble(low, 60 - 4 * n)));
    let mut places = text.iter_mut().enumerate().filter(|(at, _)| !matches!(at, 8 | 13 | 18 | 23));
    for digit in digits {
        if let Some((_, place)) = places.next() {
            *place = digit;
        }
    }
    out.extend_from_slice(&text);
}

/// The same as a text of its own.
pub(crate) fn guid_text(of: Guid) -> String {
    let mut out = Vec::with_capacity(36);
    guid(&mut out, of);
    String::from_utf8(out).unwrap_or_default()
}

/// A number in decimals.
pub(crate) fn number(out: &mut Vec<u8>, mut number: u64) {
    let mut text = [b'0'; 20];
    let mut used = 1;
    for place in text.iter_mut().rev() {
        *place = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
        used += 1;
    }
    out.extend_from_slice(text.get(20_usize.saturating_sub(used)..).unwrap_or_default());
}

/// Tenths as a decimal fraction.
pub(crate) fn tenths(out: &mut Vec<u8>, tenths: i32) {
    if tenths < 0 {
        out.push(b'-');
    }
    let whole = u64::from(tenths.unsigned_abs());
    number(out, whole / 10);
    out.push(b'.');
    number(out, whole % 10);
}

/// An IPv4 address.
pub(crate) fn address(out: &mut Vec<u8>, ip: u32) {
    for (at, part) in ip.to_be_bytes().into_iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        number(out, u64::from(part));
    }
}

/// Writes times; the day is worked out once.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    day: i64,
    date: String,
}

impl Clock {
    /// A time of the day in RFC 3339, to the millisecond, without its zone.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>, at: i64) {
        let day = at.div_euclid(DAY);
        if self.date.is_empty() || day != self.day {
            self.day = day;
            self.date = wire::rfc3339::write(day * DAY).chars().take(11).collect();
        }
        let rest = at.rem_euclid(DAY);
        out.extend_from_slice(self.date.as_bytes());
        for (unit, most, after) in [(HOUR, 24, b':'), (MINUTE, 60, b':'), (SECOND, 60, b'.')] {
            two(out, rest / unit % most);
            out.push(after);
        }
        let millis = rest / 1000 % 1000;
        out.push(b'0' + u8::try_from(millis / 100).unwrap_or(0));
        two(out, millis % 100);
    }
}

fn two(out: &mut Vec<u8>, number: i64) {
    out.push(b'0' + u8::try_from(number / 10 % 10).unwrap_or(0));
    out.push(b'0' + u8::try_from(number % 10).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_written_as_everybody_writes_them() {
        assert_eq!(
            text(|out| guid(out, (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210))),
            "01234567-89ab-cdef-fedc-ba9876543210"
        );
        assert_eq!(text(|out| number(out, 0)), "0");
        assert_eq!(text(|out| number(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(text(|out| tenths(out, -977)), "-97.7");
        assert_eq!(text(|out| address(out, 0xc000_0201)), "192.0.2.1");
        let at = 1_795_297_599_123_000;
        assert_eq!(text(|out| Clock::default().write(out, at)), "2026-11-21T21:46:39.123");
    }
}
