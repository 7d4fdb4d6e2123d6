//! Durations as an operator writes them: a whole number and one of `s`, `m`, `h`, `d`.

use std::time::Duration;

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads `10m`; nothing for anything else, also for a number without a unit.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

/// Writes whole seconds in the largest unit that leaves no remainder, days only from two days on.
pub(super) fn text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    UNITS
        .into_iter()
        .find(|(name, size)| {
            let count = seconds.checked_div(*size).unwrap_or_default();
            seconds.checked_rem(*size) == Some(0) && count > u64::from(*name == 'd')
        })
        .map_or_else(
            || format!("{seconds}s"),
            |(name, size)| format!("{}{name}", seconds.checked_div(size).unwrap_or_default()),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read_and_written_back() {
        for (written, seconds) in [("30s", 30), ("10m", 600), ("24h", 86_400), ("30d", 2_592_000)] {
            assert_eq!(parse(written), Some(Duration::from_secs(seconds)));
            assert_eq!(text(Duration::from_secs(seconds)), written);
        }
        assert_eq!(parse("90s"), Some(Duration::from_secs(90)));
        assert_eq!(text(Duration::from_secs(0)), "0s");
    }

    #[test]
    fn a_number_without_a_unit_is_not_a_duration() {
        for wrong in
            ["", "600", "m", "-5m", "+5m", "1.5h", "10 m", "10M", "5min", "1h30m", "18446744073709551615d"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
