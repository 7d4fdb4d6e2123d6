//! The words of a mail server or gateway made fit for the log: one line, of bounded length, and no secret in it.
//!
//! Servers quote: a filter the line that it did not like, an AUTH error the response that it was sent, a gateway the
//! request.

use crate::letterhead::is_unprintable;

/// Most characters of a detail.
const LONGEST: usize = 500;
/// So many characters in a row in common with a secret are part of it.
const IN_COMMON: usize = 4;

/// `words` without what they have in common with `secrets`, control characters escaped.
pub(crate) fn for_the_log<'a>(words: &str, secrets: impl Iterator<Item = &'a str>) -> String {
    let text: Vec<char> = words.chars().take(LONGEST).collect();
    let mut hidden = vec![false; text.len()];
    for secret in secrets {
        let secret: Vec<char> = secret.chars().collect();
        let width = IN_COMMON.min(secret.len()).max(1);
        for (at, window) in text.windows(width).enumerate() {
            let same = |part: &[char]| part.iter().zip(window).all(|(a, b)| a.eq_ignore_ascii_case(b));
            if secret.windows(width).any(same) {
                hidden.iter_mut().skip(at).take(width).for_each(|hidden| *hidden = true);
            }
        }
    }
    let mut clean = String::with_capacity(text.len());
    let mut before = false;
    for (c, hidden) in text.into_iter().zip(hidden) {
        match (hidden, before) {
            (true, false) => clean.push_str("[\u{2026}]"),
            (true, true) => {}
            (false, _) if is_unprintable(c) => clean.extend(c.escape_default()),
            (false, _) => clean.push(c),
        }
        before = hidden;
    }
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(words: &str) -> String {
        for_the_log(words, ["BCDFGHJK", "correct horse", "AGFkYQBob3JzZQ=="].into_iter())
    }

    #[test]
    fn the_log_gets_one_line_without_control_characters() {
        assert_eq!(clean("no\r\n\u{1b}[31m\u{202e}x"), "no\\r\\n\\u{1b}[31m\\u{202e}x");
        assert_eq!(clean(&"e\u{301}".repeat(9000)).chars().count(), LONGEST);
    }

    #[test]
    fn a_code_or_password_that_the_server_repeats_is_left_out() {
        for (words, expected) in [
            ("spam: @id.example.org #BCDFGHJK", "spam: @id.example.org #[\u{2026}]"),
            ("spam: bcdf-ghjk.", "spam: [\u{2026}]-[\u{2026}]."),
            ("bad 'Correct Horse'", "bad '[\u{2026}]'"),
            ("bad horse", "bad[\u{2026}]"),
            ("bad AUTH PLAIN AGFkYQBo", "bad AUTH PLAIN [\u{2026}]"),
            ("5.7.1 no", "5.7.1 no"),
        ] {
            assert_eq!(clean(words), expected);
        }
        assert_eq!(for_the_log("a xy b", ["xy", ""].into_iter()), "a [\u{2026}] b");
    }

    proptest! {
        #[test]
        fn no_four_characters_of_a_secret_survive(before in ".{0,20}", from in 0_usize..10, after in ".{0,20}") {
            let secret = "Tr0ub4dor&3xyz";
            let words = format!("{before}{}{after}", &secret[from..from + 4]);
            let logged = for_the_log(&words, std::iter::once(secret)).to_lowercase();
            let secret = secret.to_lowercase();
            prop_assert!((0..=10).all(|at| !logged.contains(&secret[at..at + 4])), "{logged}");
        }
    }
}
