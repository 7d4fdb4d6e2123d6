//! Scopes: what a client may do, as a set of words.
//!
//! Implements: RFC 6749 §3.3 (the grammar; order does not matter), OpenID Connect Core §5.4 and §11 (`openid`, …).

use std::collections::BTreeSet;
use std::fmt;

use super::error::{ErrorCode, OauthError};

/// The longest list, in bytes.
pub const LONGEST: usize = 1024;
/// The most words in a list.
pub const MOST: usize = 32;

/// A set of scopes, perhaps empty; written in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads words with one space between them. A word that stands twice counts once.
    ///
    /// # Errors
    /// `invalid_scope` for more than [`LONGEST`] bytes or [`MOST`] words, an empty text, two spaces, or other characters
    /// than RFC 6749 §3.3 allows.
    pub fn parse(text: &str) -> Result<Self, OauthError> {
        let refuse = |description| OauthError::new(ErrorCode::InvalidScope, description);
        if text.len() > LONGEST {
            return Err(refuse("`scope` is longer than 1024 bytes."));
        }
        let mut words = BTreeSet::new();
        for word in text.split(' ') {
            if word.is_empty() || !word.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)) {
                return Err(refuse(
                    "`scope` is a list of words of visible ASCII, with one space between them.",
                ));
            }
            words.insert(word.to_owned());
        }
        if words.len() > MOST { Err(refuse("`scope` has more than 32 words.")) } else { Ok(Self(words)) }
    }

    /// Reads what [`fmt::Display`] wrote, where nothing is none.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn stored(text: &str) -> Result<Self, OauthError> {
        if text.is_empty() { Ok(Self::default()) } else { Self::parse(text) }
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether each of them is among `others`.
    #[must_use]
    pub fn is_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Those that are among `others` as well.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        Self(self.0.intersection(&others.0).cloned().collect())
    }

    /// These and `others`.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// These but for `others`.
    #[must_use]
    pub fn without(&self, others: &[&str]) -> Self {
        Self(self.0.iter().filter(|scope| !others.contains(&scope.as_str())).cloned().collect())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::stored(text).unwrap()
    }

    #[test]
    fn scopes_are_a_set_of_words() {
        let read = scopes("profile openid email openid");
        assert_eq!(read.to_string(), "email openid profile");
        assert!(read.has("openid") && !read.has("OpenID") && !read.is_empty());
        assert!(scopes("openid").is_within(&read) && !read.is_within(&scopes("openid")));
        assert_eq!(read.within(&scopes("openid phone")), scopes("openid"));
        assert_eq!(scopes("").with(&scopes("a")), scopes("a"));
        assert_eq!(read.iter().count(), 3);
    }

    #[test]
    fn anything_else_is_an_invalid_scope() {
        for text in ["", " ", "a  b", " a", "a ", "a\tb", "a\"", "a\\b", "é", "a\u{a0}b"] {
            assert_eq!(Scopes::parse(text).unwrap_err().code, ErrorCode::InvalidScope, "{text:?}");
        }
        let words = |count: usize| (0..count).map(|n| format!("s{n}")).collect::<Vec<_>>().join(" ");
        assert!(Scopes::parse(&words(MOST)).is_ok() && Scopes::parse(&words(MOST + 1)).is_err());
        assert!(Scopes::parse(&"a".repeat(LONGEST + 1)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_sets_obey_their_laws(a in "[a-d]( [a-d]){0,4}", b in "[a-d]( [a-d]){0,4}") {
            let (a, b) = (scopes(&a), scopes(&b));
            prop_assert_eq!(&scopes(&a.to_string()), &a);
            prop_assert!(a.within(&b).is_within(&a) && a.is_within(&a.with(&b)));
            prop_assert_eq!(a.is_within(&b), a.within(&b) == a);
        }
    }
}
