//! Numbers that people copy from one screen to another, digit by digit: the codes of an authenticator app.

use crate::Malformed;
use crate::base20::{LONGEST_INPUT, is_separator};

const WHAT: &str = "code of digits";

/// Where the decimal digits of keyboards begin that write others: Arabic-Indic, extended Arabic-Indic,
/// Devanagari, Bengali, full-width.
const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{FF10}'];

/// Reads exactly `length` digits as a person typed or pasted them, with dashes and white space (also
/// no-break and zero-width) anywhere. The answer has ASCII digits only.
///
/// # Errors
/// [`Malformed`] for a text over [`LONGEST_INPUT`] bytes, any other character, or another number of digits.
pub fn parse(text: &str, length: usize) -> Result<String, Malformed> {
    let refuse = |at, expected| Err(Malformed { what: WHAT, at, expected });
    if text.len() > LONGEST_INPUT {
        return refuse(LONGEST_INPUT, "at most 64 bytes");
    }
    let mut code = String::with_capacity(length.min(LONGEST_INPUT));
    for (at, c) in text.char_indices() {
        if is_separator(c) {
            continue;
        }
        let Some(digit) = digit(c) else { return refuse(at, "a digit") };
        if code.len() == length {
            return refuse(at, "no more digits");
        }
        code.push(digit);
    }
    if code.len() < length {
        return refuse(text.len(), "more digits");
    }
    Ok(code)
}

fn digit(c: char) -> Option<char> {
    let value = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10);
    ZEROS.into_iter().find_map(value).and_then(|value| char::from_digit(value, 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_read_as_people_type_them() {
        for text in
            ["123456", "123 456", " 123-456\n", "12\u{A0}34\u{200B}56", "١٢٣٤٥٦", "۱۲۳۴۵۶", "１２３ ４５６"]
        {
            assert_eq!(parse(text, 6).as_deref(), Ok("123456"), "{text:?}");
        }
        assert_eq!(parse("०९ ০৯", 4).as_deref(), Ok("0909"));
        assert_eq!(parse("007", 3).as_deref(), Ok("007"));
    }

    #[test]
    fn anything_else_is_refused_at_its_place() {
        for (text, at) in [
            ("12345", 5),
            ("1234567", 6),
            ("", 0),
            ("12345O", 5),
            ("+12345", 0),
            ("12.345", 2),
            ("1234½6", 4),
        ] {
            let error = parse(text, 6).unwrap_err();
            assert_eq!((error.at, error.what), (at, "code of digits"), "{text:?}");
        }
        assert_eq!(parse(&" ".repeat(65), 6).unwrap_err().at, 64);
    }

    proptest! {
        #[test]
        fn only_ascii_digits_ever_come_out(text in any::<String>(), length in 0usize..10) {
            match parse(&text, length) {
                Ok(code) => {
                    prop_assert!(code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit()));
                    prop_assert_eq!(parse(&code, length), Ok(code));
                }
                Err(error) => prop_assert!(error.at <= text.len()),
            }
        }
    }
}
