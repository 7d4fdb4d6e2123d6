//! How easily a password is guessed: by zxcvbn, which knows what people choose and is told what is known about this person.
//!
//! Implements: NIST SP 800-63B-4 §3.1.1.2 (context-specific words such as the name of the service and the username belong to
//! the blocklist), OWASP ASVS 5.0 6.2.11.

use zxcvbn::feedback::Warning;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Score};

use crate::password::Password;
use crate::password::choose::{Use, Weakness};

/// How many characters are judged. zxcvbn tries hundreds of spellings of every part of its input: the worst of 40 characters
/// take about as long as four hashes, and those of 100, where it stops by itself, six times that. A password whose beginning is
/// good enough does not need its end.
const JUDGED: usize = 40;
/// Most words about the person and the site.
const WORDS: usize = 32;
/// Shorter words say nothing: they stand in other words by chance.
const SHORTEST: usize = 3;

/// What whoever guesses would try first for this person here.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The name of the site.
    pub site_name: &'a str,
    /// Its host.
    pub site_host: &'a str,
    /// The addresses of the account.
    pub addresses: &'a [&'a str],
}

impl About<'_> {
    /// The names as they are, and the words in them.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let names = [self.site_name, self.site_host];
        let sides = self.addresses.iter().flat_map(|address| address.rsplit('@'));
        for name in names.into_iter().chain(sides) {
            let parts = name.split(|c: char| !c.is_alphanumeric());
            let whole: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            for word in [name, &whole].into_iter().chain(parts) {
                let word: String = word.to_lowercase().chars().take(JUDGED).collect();
                if word.chars().count() >= SHORTEST && !words.contains(&word) && words.len() < WORDS {
                    words.push(word);
                }
            }
        }
        words
    }
}

/// The least score that is taken. Alone: three, more than 10⁸ guesses. Beside another authenticator two, 10⁶: zxcvbn takes
/// each character that it knows nothing about for one of ten, so that eight drawn by a program have no more.
const fn least(role: Use) -> Score {
    match role {
        Use::Alone => Score::Three,
        Use::BesideAnother => Score::Two,
    }
}

/// What is weak about a password, if anything is.
#[must_use]
pub fn weakness(password: &Password, role: Use, about: &About<'_>) -> Option<Weakness> {
    let judged: String = password.expose().chars().take(JUDGED).collect();
    let judged = zeroize::Zeroizing::new(judged);
    let words = about.words();
    let personal: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = zxcvbn::zxcvbn(&judged, &personal);
    (found.score() < least(role)).then(|| reason(&found, &personal))
}

/// What the longest part of it is: that is what to change.
fn reason(found: &Entropy, personal: &[&str]) -> Weakness {
    let longest = found.sequence().iter().max_by_key(|part| part.token.chars().count());
    if let Some(MatchPattern::Dictionary(word)) = longest.map(|part| &part.pattern)
        && personal.contains(&word.matched_word.as_str())
    {
        return Weakness::Personal;
    }
    let Some(warning) = found.feedback().and_then(zxcvbn::feedback::Feedback::warning) else {
        return Weakness::Guessable;
    };
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Weakness::Keys
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Weakness::Repeated
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::Common,
        Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
        Warning::AWordByItselfIsEasyToGuess => Weakness::Word,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(typed: &str) -> Option<Weakness> {
        judged_for(typed, Use::Alone)
    }

    fn judged_for(typed: &str, role: Use) -> Option<Weakness> {
        let about = About {
            site_name: "Linden Library",
            site_host: "account.linden.example",
            addresses: &["quirine.vanderzwaluw@brouwersgracht.example"],
        };
        weakness(&Password::read(typed).unwrap(), role, &about)
    }

    #[test]
    fn what_people_choose_is_weak_for_a_reason_that_is_named() {
        for (typed, weakness) in [
            ("password123", Weakness::Common),
            ("P@ssw0rd", Weakness::Common),
            ("qwertyuiop[]", Weakness::Keys),
            ("zzzzzzzzzzzzzzzz", Weakness::Repeated),
            ("abcdefghijklmnop", Weakness::Sequence),
            ("25.12.1987", Weakness::Date),
            ("thunderstorms", Weakness::Word),
        ] {
            assert_eq!(judged(typed), Some(weakness), "{typed}");
        }
    }

    #[test]
    fn names_of_the_site_and_parts_of_the_address_are_weak_in_any_case() {
        for typed in [
            "lindenlibrary",
            "LindenLibrary1",
            "vanderzwaluw",
            "Brouwersgracht99",
            "quirinevanderzwaluw",
            "account.linden.example",
        ] {
            assert_eq!(judged(typed), Some(Weakness::Personal), "{typed}");
        }
    }

    #[test]
    fn what_a_program_draws_and_a_few_uncommon_words_are_strong() {
        for typed in
            ["kX9#vQ2mL7pR", "wander quietly beneath lanterns", "туман над причалом", "漢字かな交じり文だよ"]
        {
            assert_eq!(judged(typed), None, "{typed}");
        }
        assert_eq!(judged_for("kX9#vQ2m", Use::Alone), Some(Weakness::Guessable));
        assert_eq!(judged_for("kX9#vQ2m", Use::BesideAnother), None);
        assert_eq!(judged_for("lindenlibrary", Use::BesideAnother), Some(Weakness::Personal));
        assert_eq!(judged_for("P@ssw0rd", Use::BesideAnother), Some(Weakness::Common));
    }

    #[test]
    fn a_long_password_is_judged_by_its_beginning() {
        let tail = "kX9#vQ2mL7pR".repeat(16);
        assert_eq!(judged(&format!("{}{tail}", "a".repeat(40))), Some(Weakness::Repeated));
        assert_eq!(judged(&tail), judged(&tail.chars().take(JUDGED).collect::<String>()));
    }

    #[test]
    fn there_are_few_words_about_a_person_whatever_the_names_are() {
        let long = "a.b.cde.".repeat(500);
        let address = format!("{long}@{long}");
        let addresses = [address.as_str(); 40];
        let about = About { site_name: &long, site_host: &long, addresses: &addresses };
        let words = about.words();
        assert!(words.len() <= WORDS && words.iter().all(|word| word.chars().count() <= JUDGED), "{words:?}");
        assert!(words.contains(&"cde".to_owned()) && !words.contains(&"a".to_owned()));
    }
}
