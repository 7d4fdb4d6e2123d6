//! A gate word, as a person types it: letters of any script, digits, and one dash where they put dashes, spaces or dots.
//!
//! Case, composition and what stands between the parts make no difference, so that `Amber falcon` is `amber-falcon`.

use crate::Malformed;
use crate::invisible::is_invisible;
use crate::mail::local_part;

/// Fewest characters.
pub const SHORTEST: usize = 6;
/// Most characters.
pub const LONGEST: usize = 64;

const WHAT: &str = "gate word";

/// A gate word in the form in which it is compared. It is a secret, and cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct GateWord(String);

impl GateWord {
    /// Reads a word; white space around it is taken off.
    ///
    /// # Errors
    /// [`Malformed`] with a byte of `text` as it was given.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        let between = |c: char| matches!(c, ' ' | '-' | '.' | '_');
        let typed = text.trim();
        let start = text.find(typed).unwrap_or(0);
        let fits = |c: char| !is_invisible(c) && (c.is_alphanumeric() || between(c));
        if let Some((at, _)) = typed.char_indices().find(|(_, c)| !fits(*c)) {
            return Err(refuse(start.saturating_add(at), "a letter, a digit or '-'"));
        }
        let parts: Vec<&str> = typed.split(between).filter(|part| !part.is_empty()).collect();
        let word = local_part::identity(&parts.join("-"));
        match word.chars().count() {
            short if short < SHORTEST => Err(refuse(text.len(), "at least 6 characters")),
            long if long > LONGEST => Err(refuse(text.len(), "at most 64 characters")),
            _ => Ok(Self(word)),
        }
    }

    /// The word, for a digest.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Option<String> {
        GateWord::parse(text).ok().map(|word| word.0)
    }

    #[test]
    fn case_and_what_stands_between_the_parts_make_no_difference() {
        for typed in ["amber-falcon", "Amber falcon", "  AMBER - FALCON ", "amber.falcon", "amber__falcon-"] {
            assert_eq!(word(typed).as_deref(), Some("amber-falcon"), "{typed:?}");
        }
        assert_eq!(word("Grüße an alle").as_deref(), Some("grüße-an-alle"));
        assert_eq!(word("янтарь"), Some("янтарь".to_owned()));
    }

    #[test]
    fn what_is_too_short_or_cannot_be_typed_again_is_no_word() {
        for bad in ["", "dog", "a-b-c", "amber\nfalcon", "amber\u{200b}falcon", "amber!falcon", "a@b.example"]
        {
            assert_eq!(word(bad), None, "{bad:?}");
        }
        assert_eq!(word(&"a".repeat(65)), None);
        assert!(word(&"a".repeat(64)).is_some());
        assert_eq!(GateWord::parse(" amber!falcon").err().map(|bad| bad.at), Some(6));
    }
}
