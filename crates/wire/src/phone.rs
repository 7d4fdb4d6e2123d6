//! A telephone number as a person types it: made one E.164 number, or refused at its place.
//!
//! Implements: ITU-T E.164 §6 (country code and national number, at most 15 digits), ITU-T E.123 (how numbers are
//! written down), RFC 3966 §3 (`tel:` and its visual separators; extensions and contexts are refused).

mod codes;
mod prefix;
mod ranges;

use std::fmt;

use crate::{Malformed, invisible::is_invisible};
pub use prefix::Prefix;

/// Longest text, in bytes, in which a number is looked for.
pub const LONGEST_INPUT: usize = 100;
/// Fewest and most digits of a number, country code included. The most is that of E.164 §6; no mobile number that
/// messages can be sent to has fewer than the least.
const FEWEST: usize = 8;
const MOST: usize = 15;
/// Digits after the country code of the North American Numbering Plan.
const NORTH_AMERICAN: usize = 10;

const WHAT: &str = "telephone number";

/// A number in its one form: `+`, the country code, the national number, digits only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    text: String,
    code: usize,
}

/// A country or territory, as ISO 3166-1 alpha-2 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

/// What a number is, as far as its first digits tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// A fixed or mobile line, or what is not known as something else.
    Line,
    /// Whoever calls or writes pays the owner.
    Premium,
    /// Caller and owner share the cost, or the number stands for a whole company.
    SharedCost,
    /// A number that follows its owner, at a price of its own.
    Personal,
    /// The owner pays; nobody carries it about.
    Free,
    /// A satellite telephone.
    Satellite,
    /// A network of no country.
    Network,
}

/// A digit and where it stood.
#[derive(Clone, Copy)]
struct Digit {
    at: usize,
    value: char,
}

impl Phone {
    /// Reads a number that a person typed or copied: with `+` or `00` and the country code, with white space, dashes,
    /// dots, slashes and parentheses anywhere, in decimal digits of several scripts, perhaps after `tel:`. One trunk
    /// zero after the country code (`+49 (0) 151 …`) is left out where it is none of the number; in Italy, for
    /// example, it is one. All spellings of one number give the same value.
    ///
    /// # Errors
    /// [`Malformed`] with the byte of `text`: a number without its country code, a code that is not assigned, an
    /// extension, a letter, fewer than 8 or more than 15 digits, after +1 anything but ten of its numbering plan.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST_INPUT {
            return Err(refuse(LONGEST_INPUT, "at most 100 bytes"));
        }
        let digits = international(text)?;
        let (code, digits) = split(&digits, text.len())?;
        let national = without_trunk_zero(code, digits)?;
        let count = code.len().saturating_add(national.len());
        if let Some(digit) = national.get(MOST.saturating_sub(code.len())) {
            return Err(refuse(digit.at, "at most 15 digits"));
        }
        if count < FEWEST {
            return Err(refuse(text.len(), "more digits"));
        }
        if code == "1" {
            check_north_american(national, text.len())?;
        }
        let national: String = national.iter().map(|digit| digit.value).collect();
        Ok(Self { text: format!("+{code}{national}"), code: code.len() })
    }

    /// The number as it is sent to and kept: `+4915123456789`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same without `+`, as some gateways want it.
    pub fn digits(&self) -> &str {
        self.text.get(1..).unwrap_or_default()
    }

    /// The country code: `49`.
    pub fn country_code(&self) -> &str {
        self.digits().get(..self.code).unwrap_or_default()
    }

    /// What follows the country code.
    pub fn national(&self) -> &str {
        self.digits().get(self.code..).unwrap_or_default()
    }

    /// Whose numbering plan it belongs to; `None` where that is no country, or nobody can say which.
    pub fn country(&self) -> Option<Country> {
        let (code, national) = (self.country_code(), self.national());
        let part = codes::PARTS
            .iter()
            .find(|(_, of, parts)| *of == code && parts.iter().any(|part| national.starts_with(part)));
        let country = match part {
            Some((country, ..)) => country,
            None => codes::COUNTRIES.iter().find(|(of, _)| *of == code).map(|(_, country)| country)?,
        };
        (!country.is_empty()).then_some(Country(country))
    }

    /// What it is, as far as its first digits tell.
    pub fn range(&self) -> Range {
        let (code, national) = (self.country_code(), self.national());
        let global = ranges::GLOBAL.iter().find(|(of, _)| *of == code).map(|(_, range)| *range);
        let in_country = || {
            ranges::NATIONAL
                .iter()
                .find(|(of, _, parts)| *of == code && parts.iter().any(|part| national.starts_with(part)))
                .map(|(_, range, _)| *range)
        };
        global.or_else(in_country).unwrap_or(Range::Line)
    }

    /// Enough to be recognised by whoever knows it: `+49 … 89`.
    pub fn masked(&self) -> String {
        let national = self.national();
        let end = national.get(national.len().saturating_sub(2)..).unwrap_or_default();
        format!("+{} … {end}", self.country_code())
    }
}

impl fmt::Display for Phone {
    /// The number as it is sent to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Country {
    /// The country of this code, in any case; `None` if no number can be known as one of its.
    pub fn from_code(code: &str) -> Option<Self> {
        let countries = codes::COUNTRIES.iter().map(|(_, country)| *country);
        let parts = codes::PARTS.iter().map(|(country, ..)| *country);
        let mut all = countries.chain(parts).filter(|country| !country.is_empty());
        all.find(|country| country.eq_ignore_ascii_case(code)).map(Self)
    }

    /// Its code: two capital letters.
    pub fn code(self) -> &'static str {
        self.0
    }
}

fn refuse(at: usize, expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at, expected }
}

/// The digits behind `+` or `00`.
fn international(text: &str) -> Result<Vec<Digit>, Malformed> {
    const EXAMPLE: &str = "'+' and the country code, as in +49 151 23456789";
    let (mut plus, mut digits) = (false, Vec::with_capacity(MOST));
    let trimmed = text.trim_start();
    let start = match trimmed.split_at_checked("tel:".len()) {
        Some((scheme, number)) if scheme.eq_ignore_ascii_case("tel:") => {
            text.len().saturating_sub(number.len())
        }
        _ => 0,
    };
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start) {
        match c {
            '+' | '\u{FF0B}' if !plus && digits.is_empty() => plus = true,
            c if is_separator(c) => {}
            // RFC 3966 §5.3 and §5.1.5, and what people write in their place.
            '#' | '*' | ';' | ',' | 'e' | 'E' | 'x' | 'X' if !digits.is_empty() => {
                return Err(refuse(at, "no extension: a message goes to a whole number"));
            }
            c => digits.push(Digit { at, value: decimal(c).ok_or_else(|| refuse(at, "a digit"))? }),
        }
    }
    if plus {
        return Ok(digits);
    }
    match digits.as_slice() {
        [Digit { value: '0', .. }, Digit { value: '0', .. }, rest @ ..] => Ok(rest.to_vec()),
        [first, ..] => Err(refuse(first.at, EXAMPLE)),
        [] => Err(refuse(text.len(), EXAMPLE)),
    }
}

/// The country code and the digits after it.
fn split(digits: &[Digit], end: usize) -> Result<(&'static str, &[Digit]), Malformed> {
    let begins = |code: &str| {
        digits.len() >= code.len() && code.chars().zip(digits).all(|(digit, typed)| digit == typed.value)
    };
    let countries = codes::COUNTRIES.iter().map(|(code, _)| *code);
    match (countries.chain(codes::GLOBAL.iter().copied()).find(|code| begins(code)), digits) {
        (Some(code), digits) => Ok((code, digits.get(code.len()..).unwrap_or_default())),
        (None, [first, _, _, ..]) => Err(refuse(first.at, "an assigned country code")),
        (None, _) => Err(refuse(end, "more digits")),
    }
}

/// E.123: a trunk prefix is not dialled from abroad. A second zero is nobody's habit, and whoever adds zeros to
/// make one number look like many is not to succeed.
fn without_trunk_zero<'a>(code: &str, digits: &'a [Digit]) -> Result<&'a [Digit], Malformed> {
    if codes::ZERO_BELONGS.contains(&code) || codes::GLOBAL.contains(&code) {
        return Ok(digits);
    }
    match digits {
        [Digit { value: '0', .. }, Digit { value: '0', at }, ..] => Err(refuse(*at, "a digit other than 0")),
        [Digit { value: '0', .. }, rest @ ..] => Ok(rest),
        _ => Ok(digits),
    }
}

/// The North American Numbering Plan: three digits of area, three of exchange, neither beginning with 0 or 1, and four.
fn check_north_american(digits: &[Digit], end: usize) -> Result<(), Malformed> {
    for begin in [0, 3] {
        if let Some(Digit { at, value: '0' | '1' }) = digits.get(begin) {
            return Err(refuse(*at, "a digit from 2 to 9"));
        }
    }
    match digits.get(NORTH_AMERICAN) {
        Some(digit) => Err(refuse(digit.at, "ten digits after +1")),
        None if digits.len() < NORTH_AMERICAN => Err(refuse(end, "ten digits after +1")),
        None => Ok(()),
    }
}

/// What stands between digits and means nothing, and what address books add unseen.
fn is_separator(c: char) -> bool {
    matches!(
        c,
        '-' | '.' | '/' | '(' | ')' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}'
    ) || c.is_whitespace()
        || (is_invisible(c) && !c.is_ascii_control())
}

/// The decimal digit that `c` is, in the scripts whose keyboards have digits of their own.
fn decimal(c: char) -> Option<char> {
    // Arabic, Persian, Devanagari, Bengali, Thai, full width.
    const ZEROS: [char; 6] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}', '\u{FF10}'];
    if c.is_ascii_digit() {
        return Some(c);
    }
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

#[cfg(test)]
mod tests;
