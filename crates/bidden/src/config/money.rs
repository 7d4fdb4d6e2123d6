//! Amounts of money: cents with at most two decimals, such as `7.5`.

use model::sms::Cost;

/// Reads an amount; nothing if it is none.
pub(super) fn parse(text: &str) -> Option<Cost> {
    let (cents, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(cents, 9) || !digits(fraction, 2) {
        return None;
    }
    format!("{cents}{fraction:0<2}").parse().ok().map(Cost::from_hundredths)
}

/// The amount in its shortest form.
pub(super) fn text(cost: Cost) -> String {
    let (cents, hundredths) = (cost.hundredths().div_euclid(100), cost.hundredths().rem_euclid(100));
    let text = format!("{cents}.{hundredths:02}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_read_exactly_and_written_shortly() {
        for (given, hundredths, written) in [
            ("0", 0, "0"),
            ("7", 700, "7"),
            ("10", 1000, "10"),
            ("7.5", 750, "7.5"),
            ("7.50", 750, "7.5"),
            ("0.79", 79, "0.79"),
            ("0.07", 7, "0.07"),
            ("100.00", 10_000, "100"),
        ] {
            let cost = parse(given).unwrap();
            assert_eq!((cost.hundredths(), text(cost).as_str()), (hundredths, written), "{given}");
        }
    }

    #[test]
    fn anything_else_is_no_amount() {
        for given in
            ["", ".", "7.", ".5", "7.555", "-1", "+1", "1e3", "7,5", "1_000", " 7", "9999999999", "seven"]
        {
            assert_eq!(parse(given), None, "{given}");
        }
    }
}
