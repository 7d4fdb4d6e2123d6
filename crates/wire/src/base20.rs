//! The twenty letters that codes for people are written in, and how a typed code is read.
//!
//! Implements: RFC 8628 §6.1 (user code recommendations: a base-20 character set without vowels,
//! so that no word arises, compared without regard to case, with punctuation left out).

use crate::{Malformed, invisible::is_invisible};

/// The letters of RFC 8628 §6.1, in its order; a code of n letters is one of 20ⁿ.
pub const ALPHABET: [char; 20] =
    ['B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];

/// Longest text, in bytes, in which a code is looked for.
pub const LONGEST_INPUT: usize = 64;

const WHAT: &str = "code";

/// Reads a code of exactly `length` letters as a person typed or pasted it: in any case, with dashes
/// and white space (also no-break and zero-width) anywhere. The answer has upper-case letters only.
///
/// RFC 8628 §6.1 asks to ignore punctuation and case. Vowels and digits are not ignored: they are
/// somebody's guess at a misread letter, and the person is told where.
///
/// # Errors
/// [`Malformed`] for a text over [`LONGEST_INPUT`] bytes, any other character, or another number of
/// letters.
pub fn parse(text: &str, length: usize) -> Result<String, Malformed> {
    let code = letters(text, length)?;
    if code.len() < length {
        return Err(Malformed { what: WHAT, at: text.len(), expected: "more letters" });
    }
    Ok(code)
}

/// [`parse`], for a code of at most so many letters: whoever calls it knows how many it may have.
///
/// # Errors
/// As of [`parse`].
pub fn letters(text: &str, most: usize) -> Result<String, Malformed> {
    let refuse = |at, expected| Err(Malformed { what: WHAT, at, expected });
    if text.len() > LONGEST_INPUT {
        return refuse(LONGEST_INPUT, "at most 64 bytes");
    }
    let mut code = String::with_capacity(most.min(LONGEST_INPUT));
    for (at, c) in text.char_indices() {
        if is_separator(c) {
            continue;
        }
        let letter = c.to_ascii_uppercase();
        if !ALPHABET.contains(&letter) {
            return refuse(at, "one of the letters BCDFGHJKLMNPQRSTVWXZ");
        }
        if code.len() == most {
            return refuse(at, "no more letters");
        }
        code.push(letter);
    }
    Ok(code)
}

/// Writes a code in groups of four with a dash between them, as it is shown to people: "BCDF-GHJK".
pub fn group(code: &str) -> String {
    let mut shown = String::with_capacity(code.len().saturating_add(code.len() / 4));
    for (count, letter) in code.chars().enumerate() {
        if count > 0 && count % 4 == 0 {
            shown.push('-');
        }
        shown.push(letter);
    }
    shown
}

/// Dashes of every length, white space of every width, and what mail programs add unseen.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || c.is_whitespace()
        || (is_invisible(c) && !c.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_alphabet_is_the_one_of_rfc_8628() {
        assert_eq!(ALPHABET.iter().collect::<String>(), "BCDFGHJKLMNPQRSTVWXZ");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let typed = [
            "BCDFGHJK",
            "BCDF-GHJK",
            "bcdf-ghjk",
            "  bcdf ghjk\n",
            "BcDf\u{2013}gHjK",
            "BCDF\u{2014}GHJK",
            "BCDF\u{A0}GHJK",
            "BCDF\u{200B}GHJK\u{FEFF}",
            "B C D F G H J K",
            "\u{202A}BCDF\u{2011}GHJK\u{202C}",
            "-BCDF--GHJK-",
            "BCDF\u{3000}GHJK",
        ];
        for text in typed {
            assert_eq!(parse(text, 8).as_deref(), Ok("BCDFGHJK"), "{text:?}");
        }
    }

    #[test]
    fn another_character_is_refused_at_its_place() {
        for (text, at) in [
            ("BCDA", 3),
            ("0CDF", 0),
            ("BC,DF", 2),
            ("BC\0DF", 2),
            ("ＢCDF", 0),
            ("BCDé", 3),
            ("BC-İDF", 3),
            ("Bſ", 1),
        ] {
            let error = parse(text, 4).unwrap_err();
            assert_eq!((error.at, error.what), (at, "code"), "{text:?}");
            assert!(error.expected.contains("BCDFGHJKLMNPQRSTVWXZ"));
        }
    }

    #[test]
    fn too_few_and_too_many_letters_are_refused() {
        assert_eq!(parse("", 8).unwrap_err().at, 0);
        assert_eq!(parse("BCDFGHJ", 8).unwrap_err().at, 7);
        assert_eq!(parse("BCDF-GHJKL", 8).unwrap_err().at, 9);
        assert_eq!(parse("---", 8).unwrap_err().expected, "more letters");
    }

    #[test]
    fn a_code_of_any_length_is_read_up_to_the_longest() {
        assert_eq!(letters("bcdf-ghjk-lmnp", 16).as_deref(), Ok("BCDFGHJKLMNP"));
        assert_eq!(letters("bcdf ghjk lmnp qrst", 16).as_deref(), Ok("BCDFGHJKLMNPQRST"));
        assert_eq!(letters("BCDF-GHJK-LMNP-QRST-V", 16).unwrap_err().at, 20);
        assert_eq!(letters("", 16).as_deref(), Ok(""));
    }

    #[test]
    fn a_text_over_64_bytes_is_refused_before_it_is_read() {
        let spaces = " ".repeat(56);
        assert!(parse(&format!("{spaces}BCDFGHJK"), 8).is_ok());
        assert_eq!(parse(&format!("{spaces} BCDFGHJK"), 8).unwrap_err().at, 64);
    }

    #[test]
    fn a_code_is_shown_in_groups_of_four() {
        for (code, shown) in [
            ("", ""),
            ("BCD", "BCD"),
            ("BCDF", "BCDF"),
            ("BCDFGHJK", "BCDF-GHJK"),
            ("BCDFGHJKLM", "BCDF-GHJK-LM"),
        ] {
            assert_eq!(group(code), shown);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(code in "[BCDFGHJKLMNPQRSTVWXZ]{1,32}") {
            prop_assert_eq!(parse(&group(&code), code.len()), Ok(code.clone()));
            prop_assert_eq!(parse(&group(&code).to_lowercase(), code.len()), Ok(code));
        }

        #[test]
        fn only_letters_of_the_alphabet_ever_come_out(text in any::<String>(), length in 0usize..20) {
            if let Ok(code) = parse(&text, length) {
                prop_assert_eq!(code.len(), length);
                prop_assert!(code.chars().all(|c| ALPHABET.contains(&c)));
            }
        }
    }
}
