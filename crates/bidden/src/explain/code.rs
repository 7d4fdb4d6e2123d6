//! Which of the words of a message can be a code.

use wire::base20;

/// A word that can be a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// The code without spaces and dashes.
    pub(crate) text: String,
    /// The code as it stands.
    pub(crate) raw: String,
    /// What it is made of.
    pub(crate) shape: Shape,
    /// Where it stands: bytes from the start of the text.
    pub(crate) at: usize,
}

/// What a code is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Digits alone.
    Digits,
    /// Large letters and digits, eight or nine of them: as codes of devices are.
    Letters,
    /// Large letters and digits, fewer of them.
    Mixed,
}

/// The words that can be codes, in order. `shown` is a text as it reads.
pub(crate) fn find(shown: &str) -> Vec<Code> {
    let mut found = Vec::new();
    let words = words(shown);
    let mut skip = 0_usize;
    for (place, (at, word)) in words.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let before = place.checked_sub(1).and_then(|place| words.get(place)).map_or("", |(_, word)| word);
        let next = words.get(place + 1).map_or("", |(_, word)| *word);
        if let Some((text, shape, more)) = code(before, word, next) {
            let raw = if more > 0 { format!("{word} {next}") } else { (*word).to_owned() };
            found.push(Code { text, raw, shape, at: *at });
            skip = more;
        }
        if found.len() >= 50 {
            break;
        }
    }
    found
}

/// Words with their places, the marks around them taken off.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    for word in text.split(char::is_whitespace) {
        let inner = word.trim_start_matches(|c: char| {
            !c.is_alphanumeric() && !matches!(c, '+' | '$' | '€' | '£' | '#' | '@')
        });
        let inner =
            inner.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '$' | '€' | '£'));
        if !inner.is_empty() {
            // Both are parts of `text`.
            words.push((offset(text, inner), inner));
        }
    }
    words
}

fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// The code that begins with `word`, and how many words after it belong to it.
fn code(before: &str, word: &str, next: &str) -> Option<(String, Shape, usize)> {
    let word = word.strip_prefix("G-").or_else(|| word.strip_prefix("FB-")).unwrap_or(word);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(word) {
        // `123 456`: two groups, and no third one, which would make a telephone number of it.
        if (3..=4).contains(&word.len())
            && digits(next)
            && next.len() == word.len()
            && !digits(before)
            && !before.starts_with('+')
        {
            return Some((format!("{word}{next}"), Shape::Digits, 1));
        }
        let alone = !digits(before)
            && !digits(next)
            && !before.starts_with('+')
            && !before.ends_with(['$', '€', '£']);
        let year = word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && (is_month(before) || is_before_year(before));
        let zip =
            word.len() == 5 && before.len() == 2 && before.bytes().all(|byte| byte.is_ascii_uppercase());
        return ((4..=9).contains(&word.len()) && alone && !year && !zip)
            .then(|| (word.to_owned(), Shape::Digits, 0));
    }
    let compact = word.replace(['-', '\u{2011}'], "");
    if let Some((one, other)) = word.split_once('-') {
        let grouped = one.len() == other.len() && (3..=4).contains(&one.len());
        if grouped && digits(one) && digits(other) && !before.starts_with('+') && !digits(before) {
            return Some((compact, Shape::Digits, 0));
        }
    }
    if is_long(&compact) || is_letters(&compact) && (word == compact || is_grouped(word)) {
        return Some((compact, Shape::Letters, 0));
    }
    // `HK4T MR7QP`: cut in two.
    let joined = format!("{compact}{next}");
    let mixed = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    if (3..=5).contains(&compact.len())
        && (3..=5).contains(&next.len())
        && is_letters(&joined)
        && mixed(&joined)
        && (mixed(&compact) || mixed(next))
    {
        return Some((joined, Shape::Letters, 1));
    }
    if word == compact && is_mixed(word) {
        return Some((compact, Shape::Mixed, 0));
    }
    None
}

/// Eight or nine large letters and digits that are no word and no number.
fn is_letters(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let vowels = text.bytes().filter(|byte| b"AEIOU".contains(byte)).count();
    (8..=9).contains(&text.len())
        && letters + digits == text.len()
        && letters > 0
        && (digits > 0 || vowels == 0)
}

/// Groups of four of the letters that codes like ours are made of, more than two: `BCDF-GHJK-LMNP`.
fn is_long(text: &str) -> bool {
    (12..=24).contains(&text.len())
        && text.len().is_multiple_of(4)
        && base20::parse(text, text.len()).as_deref() == Ok(text)
}

/// Five to seven large letters and digits, both of them.
fn is_mixed(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (5..=7).contains(&text.len()) && letters + digits == text.len() && letters > 0 && digits > 0
}

/// `ABCD-EFGH`.
fn is_grouped(word: &str) -> bool {
    word.split_once('-').is_some_and(|(one, other)| one.len() == 4 && (4..=5).contains(&other.len()))
}

fn is_before_year(word: &str) -> bool {
    ["in", "since", "of", "from", "until", "by", "im", "en", "de", "copyright", "(c)"]
        .contains(&word.to_ascii_lowercase().as_str())
}

fn is_month(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.']).to_ascii_lowercase();
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    digits && !word.is_empty()
        || ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "©"]
            .iter()
            .any(|month| word.starts_with(month))
}

/// A word with its digits masked, if there are enough of them to be a code; or all of it, if it is one of letters.
pub(crate) fn masked(word: &str) -> String {
    let digits = word.chars().filter(|c| c.is_numeric()).count();
    let compact: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    if is_letters(&compact) || is_long(&compact) || is_mixed(&compact) {
        return word.chars().map(|c| if c.is_alphanumeric() { '•' } else { c }).collect();
    }
    if digits < 3 {
        return word.to_owned();
    }
    word.chars().map(|c| if c.is_numeric() { '•' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(shown: &str) -> Vec<String> {
        find(shown).into_iter().map(|code| code.text).collect()
    }

    #[test]
    fn codes_are_found_in_every_shape() {
        for (text, code) in [
            ("Your code is: 258798", "258798"),
            ("Use 3420 as code", "3420"),
            ("G-482913 is your code", "482913"),
            ("code 123 456.", "123456"),
            ("code 123-456", "123456"),
            ("enter HK4TMR7QP at", "HK4TMR7QP"),
            ("enter HK4T-MR7QP now", "HK4TMR7QP"),
            ("enter HK4T MR7QP now", "HK4TMR7QP"),
            ("BCDF-GHJK", "BCDFGHJK"),
            ("BCDF-GHJK-LMNP", "BCDFGHJKLMNP"),
            ("BCDF-GHJK-LMNP-QRST", "BCDFGHJKLMNPQRST"),
            ("code:\n84013795\n", "84013795"),
            ("«117392»", "117392"),
            ("code is R4T9K", "R4T9K"),
        ] {
            assert_eq!(texts(text), [code], "{text}");
        }
    }

    #[test]
    fn other_numbers_and_words_are_none() {
        for text in [
            "call +1 (888) 555-0100",
            "on 11 June 2026 at 09:14",
            "Redmond, WA 98052",
            "for 59.99 or $1234",
            "http://x.example/123456",
            "MICROSOFT PASSWORD",
            "IMPORTANT",
            "a1b2c3",
            "42",
            "192.0.2.1",
        ] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text}");
        }
        assert!(find(&"123456 x ".repeat(1_000)).len() <= 50);
    }

    #[test]
    fn codes_are_masked_whole() {
        assert_eq!((masked("123456").as_str(), masked("G-482913").as_str()), ("••••••", "•-••••••"));
        assert_eq!((masked("HK4T-MR7QP").as_str(), masked("room12").as_str()), ("••••-•••••", "room12"));
    }
}
