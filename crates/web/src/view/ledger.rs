//! The guess ledger in words: how small the chance is that anybody guessed a code, and what that number is made of.

use model::voice::grouped;

use crate::view::frame::Frame;

/// What a sum of guesses is made of.
#[derive(Clone, Debug, Default)]
pub struct LedgerFacts {
    /// The chance is at most one in so many; none if there was none to guess.
    pub odds: Option<i64>,
    /// Codes by length, and by whether the browser that asked was known.
    pub lines: Vec<LedgerLine>,
    /// Unknown browsers never come to more than one in so many.
    pub limit: i64,
    /// The same for known browsers.
    pub limit_known: i64,
}

/// Codes of one length.
#[derive(Clone, Copy, Debug)]
pub struct LedgerLine {
    /// Whether the browsers that asked were known to the account.
    pub known: bool,
    /// How many letters the codes have.
    pub letters: u8,
    /// How many codes.
    pub codes: u32,
    /// How many guesses were made at them, or can still be made.
    pub guesses: u32,
    /// The chance that one of these was right is at most one in so many; none if there was no guess.
    pub odds: Option<i64>,
}

impl LedgerLine {
    /// "9 guesses at 14 codes of 8 letters for new browsers: at most 1 in 2.8 billion".
    pub(crate) fn sentence(&self, frame: &Frame<'_>) -> String {
        let id = match (self.known, self.odds) {
            (false, Some(_)) => "ledger-line-new",
            (true, Some(_)) => "ledger-line-known",
            (false, None) => "ledger-line-new-none",
            (true, None) => "ledger-line-known-none",
        };
        let odds = self.odds.map_or_else(String::new, |odds| in_words(frame, odds));
        let arguments = [
            ("letters", self.letters.into()),
            ("codes", self.codes.into()),
            ("guesses", self.guesses.into()),
            ("odds", odds.as_str().into()),
        ];
        frame.fill(id, &arguments)
    }
}

impl LedgerFacts {
    /// The sentence `id` with the chance in it, or `none` where nothing could be guessed.
    pub(crate) fn chance(&self, frame: &Frame<'_>, (id, none): (&'static str, &'static str)) -> String {
        match self.odds {
            None => frame.say(none).into_owned(),
            Some(odds) => frame.with(id, "odds", in_words(frame, odds)),
        }
    }

    /// What there may be at the most.
    pub(crate) fn limits(&self, frame: &Frame<'_>, id: &'static str) -> String {
        let (new, known) = (in_words(frame, self.limit), in_words(frame, self.limit_known));
        frame.fill(id, &[("new", new.as_str().into()), ("known", known.as_str().into())])
    }
}

/// "1 in 8.5 billion", the number rounded down: the true chance is never larger than what the page says.
pub(crate) fn in_words(frame: &Frame<'_>, odds: i64) -> String {
    let (id, number) = rounded(odds);
    frame.with(id, "n", number)
}

fn rounded(odds: i64) -> (&'static str, String) {
    let (id, unit) = match odds {
        1_000_000_000_000.. => ("odds-trillion", 1_000_000_000_000),
        1_000_000_000.. => ("odds-billion", 1_000_000_000),
        1_000_000.. => ("odds-million", 1_000_000),
        _ => ("odds-plain", 1),
    };
    let whole = odds / unit;
    let tenth = if unit == 1 || whole >= 100 { 0 } else { odds % unit / (unit / 10) };
    let said = whole.to_string();
    (id, if tenth == 0 { grouped(&said).into_owned() } else { format!("{said}.{tenth}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_is_never_said_to_be_smaller_than_it_is() {
        assert_eq!(rounded(1_365_333_333_333_333), ("odds-trillion", "1365".to_owned()));
        assert_eq!(rounded(8_533_333_333), ("odds-billion", "8.5".to_owned()));
        assert_eq!(rounded(8_599_999_999), ("odds-billion", "8.5".to_owned()));
        assert_eq!(rounded(256_900_000_000), ("odds-billion", "256".to_owned()));
        assert_eq!(rounded(1_000_000), ("odds-million", "1".to_owned()));
        assert_eq!(rounded(999_999), ("odds-plain", "999\u{202f}999".to_owned()));
        assert_eq!(rounded(1), ("odds-plain", "1".to_owned()));
    }
}
