//! The first digits of telephone numbers, as a price list has them.

use std::fmt;

use super::{Phone, codes, refuse};
use crate::Malformed;

/// Most digits of a prefix: country code and area.
const LONGEST: usize = 9;

/// A country code, perhaps with first digits of the numbers behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Reads `+49` or `+1876`: `+` and digits, which begin with a whole country code.
    ///
    /// # Errors
    /// [`Malformed`] for anything else, also for digits that begin several country codes (`+4`).
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Some(digits) = text.strip_prefix('+') else {
            return Err(refuse(0, "'+' and digits, as in +49"));
        };
        if let Some((at, _)) = digits.bytes().enumerate().find(|(_, byte)| !byte.is_ascii_digit()) {
            return Err(refuse(at.saturating_add(1), "a digit"));
        }
        if digits.len() > LONGEST {
            return Err(refuse(LONGEST.saturating_add(1), "at most nine digits"));
        }
        let countries = codes::COUNTRIES.iter().map(|(code, _)| *code);
        if !countries.chain(codes::GLOBAL.iter().copied()).any(|code| digits.starts_with(code)) {
            return Err(refuse(1, "an assigned country code"));
        }
        Ok(Self(digits.to_owned()))
    }

    /// The country code of `phone`.
    pub fn of_country(phone: &Phone) -> Self {
        Self(phone.country_code().to_owned())
    }

    /// Whether `phone` begins with it.
    pub fn begins(&self, phone: &Phone) -> bool {
        phone.digits().starts_with(&self.0)
    }

    /// The digits, without `+`.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_begins_with_a_whole_country_code() {
        for text in ["+49", "+1", "+1876", "+4470", "+979", "+491512345"] {
            assert_eq!(Prefix::parse(text).unwrap().to_string(), text);
        }
        for (text, at) in [
            ("", 0),
            ("49", 0),
            ("0049", 0),
            ("+", 1),
            ("+4", 1),
            ("+999", 1),
            ("+4 9", 2),
            ("+49x", 3),
            ("+4915123456", 10),
        ] {
            assert_eq!(Prefix::parse(text).unwrap_err().at, at, "{text:?}");
        }
    }

    #[test]
    fn a_prefix_begins_the_numbers_behind_it() {
        let phone = Phone::parse("+1 876 555 2671").unwrap();
        for (prefix, begins) in
            [("+1", true), ("+1876", true), ("+18765", true), ("+1877", false), ("+49", false)]
        {
            assert_eq!(Prefix::parse(prefix).unwrap().begins(&phone), begins, "{prefix}");
        }
        assert_eq!(Prefix::of_country(&phone).to_string(), "+1");
    }
}
