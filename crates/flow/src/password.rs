//! Passwords: read, judged, hashed, verified; set, changed, and used.
//!
//! Implements: NIST SP 800-63B-4 §3.1.1.2 (length in code points, normalisation form C, verified as a whole, never cut),
//! OWASP ASVS 5.0 6.2.8 (not cut), 6.2.9 (64 characters and more).
//!
//! What takes long here takes a [`hash::Scratch`] and runs on the pool of `web::hashing`, never in a transaction.

pub mod attempt;
pub mod breached;
pub mod choose;
pub mod confirm;
pub mod halfway;
pub mod hash;
pub mod set;
pub mod sign_in;
pub mod strength;

use model::account::Account;
use model::method::{Method, Use};
use model::policy::Policy;
use model::secret::Secret;
use unicode_normalization::UnicodeNormalization;

use crate::methods;

/// Most characters of a password, in code points (NIST SP 800-63B-4 §3.1.1.2: "SHOULD permit a maximum password length of
/// at least 64 characters").
pub const MOST_CHARACTERS: usize = 256;
/// Most bytes of a password in UTF-8.
pub const MOST_BYTES: usize = 1024;

/// Whether a password of this account could be used for anything.
#[must_use]
pub fn is_open(policy: &Policy, account: &Account) -> bool {
    let open = methods::of_account(policy, account);
    [Use::SignIn, Use::StepUp].into_iter().any(|use_| methods::permit(&open, use_, Method::Password).is_ok())
}

/// Whether the sign-in page offers passwords: it does not know yet whose.
#[must_use]
pub fn signs_in(policy: &Policy) -> bool {
    methods::permit(&policy.methods, Use::SignIn, Method::Password).is_ok()
}

/// A password as it was typed: not trimmed, not cut, in normalisation form C.
#[derive(Clone)]
pub struct Password {
    normal: Secret<String>,
    /// As it was typed, where that is not in normalisation form C. Other systems do not normalise.
    typed: Option<Secret<String>>,
}

/// What was typed cannot be anybody's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Nothing was typed.
    Empty,
    /// More than [`MOST_CHARACTERS`] or [`MOST_BYTES`]. It is refused and never cut.
    TooLong,
    /// It has a character that no keyboard writes, such as a line break.
    Control,
}

impl Password {
    /// Takes what was typed into a password field.
    ///
    /// # Errors
    /// [`Unusable`], which is the same for every account.
    pub fn read(typed: &str) -> Result<Self, Unusable> {
        if typed.is_empty() {
            return Err(Unusable::Empty);
        }
        if typed.chars().any(char::is_control) {
            return Err(Unusable::Control);
        }
        if typed.len() > MOST_BYTES {
            return Err(Unusable::TooLong);
        }
        let normal = Secret::new(typed.nfc().collect::<String>());
        let typed = (typed != normal.expose()).then(|| Secret::new(typed.to_owned()));
        let password = Self { normal, typed };
        // Normalising makes some texts longer.
        let long = password.spellings().any(|text| text.len() > MOST_BYTES);
        if long || password.characters() > MOST_CHARACTERS { Err(Unusable::TooLong) } else { Ok(password) }
    }

    /// How many characters it has: "each Unicode code point SHALL be counted as a single character".
    #[must_use]
    pub fn characters(&self) -> usize {
        self.normal.expose().chars().count()
    }

    /// The text that is judged and hashed.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.normal.expose()
    }

    /// The text that is hashed, and the one that was typed where it differs.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.normal).chain(&self.typed).map(|text| text.expose().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<Password, Unusable> {
        Password::read(typed)
    }

    #[test]
    fn a_password_is_taken_as_it_is_typed_spaces_and_all() {
        for typed in ["  correct horse ", "пароль", "🦊🦊🦊", "'; DROP TABLE", " "] {
            assert_eq!(read(typed).unwrap().expose(), typed);
        }
    }

    #[test]
    fn two_ways_to_write_a_character_are_one_password_and_one_character() {
        let (composed, decomposed) = (read("caf\u{e9}").unwrap(), read("cafe\u{301}").unwrap());
        assert_eq!(composed.expose(), decomposed.expose());
        assert_eq!((composed.characters(), decomposed.characters()), (4, 4));
        assert_eq!((composed.spellings().count(), decomposed.spellings().count()), (1, 2));
        // Form C and not KC: what looks different stays different.
        assert_ne!(read("ﬁsh").unwrap().expose(), read("fish").unwrap().expose());
    }

    #[test]
    fn a_long_password_is_refused_and_never_cut() {
        let taken = |typed: String| read(&typed).map(|password| password.characters());
        assert_eq!(taken("x".repeat(256)), Ok(256));
        assert_eq!(taken("x".repeat(257)), Err(Unusable::TooLong));
        assert_eq!(taken("🦊".repeat(256)), Ok(256));
        assert_eq!(taken("🦊".repeat(257)), Err(Unusable::TooLong));
        assert_eq!(taken("x".repeat(1025)), Err(Unusable::TooLong));
        // U+1D160 is twelve bytes in form C.
        assert_eq!(taken("\u{1D160}".repeat(86)), Err(Unusable::TooLong));
        assert!(taken("\u{1D160}".repeat(85)).is_ok());
    }

    #[test]
    fn nothing_and_what_no_keyboard_writes_is_refused() {
        assert_eq!(read("").err(), Some(Unusable::Empty));
        for typed in ["a\0b", "a\nb", "a\tb", "\u{7f}", "\u{85}"] {
            assert_eq!(read(typed).err(), Some(Unusable::Control), "{typed:?}");
        }
    }
}
