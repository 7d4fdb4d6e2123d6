//! A private name to sign in by, as a person types it.
//!
//! Letters of any script in their plain form, digits, and `-`, `.`, `_` between them. What compatibility normalisation
//! (NFKC, Unicode UAX 15) would change is refused and not changed, so that what is compared is what was typed but for case
//! and composition.

use crate::Malformed;
use crate::invisible::is_invisible;
use crate::mail::local_part;

/// Fewest characters.
pub const SHORTEST: usize = 8;
/// Most characters.
pub const LONGEST: usize = 64;

const WHAT: &str = "sign-in name";

/// A name in the form in which it is compared and shown: lower case, composed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Reads a name; white space around it is taken off.
    ///
    /// # Errors
    /// [`Malformed`] with the byte of `text` as it was given.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        let name = text.trim();
        let start = text.find(name).unwrap_or(0);
        let allowed = |c: char| {
            !is_invisible(c) && (c.is_alphanumeric() || matches!(c, '-' | '.' | '_') || !c.is_ascii())
        };
        if let Some((at, _)) = name.char_indices().find(|(_, c)| !allowed(*c)) {
            return Err(refuse(start.saturating_add(at), "a letter, a digit, '-', '.' or '_'"));
        }
        local_part::check(name).map_err(|(at, expected)| refuse(start.saturating_add(at), expected))?;
        let name = local_part::identity(name);
        let length = name.chars().count();
        if length < SHORTEST {
            return Err(refuse(text.len(), "at least 8 characters"));
        }
        if length > LONGEST {
            return Err(refuse(text.len(), "at most 64 characters"));
        }
        if !name.chars().any(char::is_alphabetic) {
            return Err(refuse(text.len(), "a letter: a name looks like no telephone number"));
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_case_and_shown_as_it_is_compared() {
        for (typed, name) in [
            ("Amber-Falcon-4711", "amber-falcon-4711"),
            ("  amber.falcon_1 ", "amber.falcon_1"),
            ("Übergröße", "übergröße"),
            ("янтарный-сокол", "янтарный-сокол"),
        ] {
            assert_eq!(Name::parse(typed).map(|name| name.0).as_deref(), Ok(name));
        }
    }

    #[test]
    fn what_could_be_an_address_or_is_no_plain_letter_is_no_name() {
        for bad in [
            "",
            "short",
            "amber@falcon",
            "amber falcon",
            "amber\u{200b}falcon",
            "ａmber-falcon",
            "ﬁnest-falcon",
            "amber..falcon",
            ".amberfalcon",
            "amber!falcon",
            "amber\nfalcon",
            &"a".repeat(65),
        ] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
    }
}
