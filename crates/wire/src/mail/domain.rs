//! The domain of mail addresses, as somebody types it by itself: `example.edu`, perhaps with the `@` before it.
//!
//! Implements: RFC 5321 §2.3.5 (domain), UTS 46 §4 (to A-labels).

use std::fmt;

use super::mailbox::{shown, to_ascii};
use crate::{Malformed, invisible::is_invisible};

/// Longest text, in bytes, in which a domain is looked for.
pub const LONGEST_INPUT: usize = 300;

const WHAT: &str = "domain";

/// A domain that mail addresses can have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain {
    ascii: String,
    shown: String,
}

impl Domain {
    /// Reads a domain that a person typed: white space around it and one `@` before it are taken off. It becomes
    /// A-labels in lower case, the same as in [`super::mailbox::Mailbox::domain`].
    ///
    /// # Errors
    /// [`Malformed`] with the byte of `text` as it was given.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        if text.len() > LONGEST_INPUT {
            return Err(refuse(LONGEST_INPUT, "at most 300 bytes"));
        }
        let trimmed = text.trim_start();
        let bare = trimmed.strip_prefix('@').unwrap_or(trimmed);
        let start = text.len().saturating_sub(bare.len());
        let bare = bare.trim_end();
        if let Some((offset, _)) = bare.char_indices().find(|(_, c)| is_invisible(*c)) {
            return Err(refuse(start.saturating_add(offset), "no invisible characters"));
        }
        let ascii =
            to_ascii(bare).map_err(|(offset, expected)| refuse(start.saturating_add(offset), expected))?;
        Ok(Self { shown: shown(&ascii), ascii })
    }

    /// As the DNS has it: A-labels in lower case.
    pub fn as_str(&self) -> &str {
        &self.ascii
    }

    /// For people: U-labels. Its letters may look like those of another domain.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl fmt::Display for Domain {
    /// As the DNS has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ascii)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mailbox::Mailbox;
    use proptest::prelude::*;

    #[test]
    fn a_domain_is_read_as_people_type_it_and_becomes_what_the_dns_has() {
        for (text, ascii) in [
            ("example.edu", "example.edu"),
            (" @Example.EDU\n", "example.edu"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(Domain::parse(text).unwrap().as_str(), ascii, "{text}");
        }
        assert_eq!(Domain::parse("xn--bcher-kva.example").unwrap().shown(), "bücher.example");
    }

    #[test]
    fn what_is_no_domain_is_refused_where_it_goes_wrong() {
        for (text, at) in [
            ("", 0),
            ("edu", 3),
            ("a@example.edu", 1),
            ("@@example.edu", 1),
            ("exa mple.edu", 3),
            ("example..edu", 8),
            ("192.0.2.1", 0),
            ("[192.0.2.1]", 0),
            ("exa\u{200b}mple.edu", 3),
        ] {
            assert_eq!(Domain::parse(text).unwrap_err().at, at, "{text}");
        }
        assert!(Domain::parse(&"a".repeat(301)).is_err());
    }

    proptest! {
        #[test]
        fn it_is_the_domain_of_an_address_with_it(text in "\\PC{0,40}") {
            let alone = Domain::parse(&text).map(|domain| domain.as_str().to_owned());
            if let Ok(mailbox) = Mailbox::parse(&format!("a@{text}")) {
                prop_assert_eq!(alone.as_deref(), Ok(mailbox.domain()));
            }
        }
    }
}
