//! What an operator types to find an account: an address, one that is masked, a domain, or the start of an identifier.

use crate::mail::domain::Domain;
use crate::mail::mailbox::Mailbox;
use crate::{Malformed, invisible::is_invisible};

/// Longest search, in bytes.
pub const LONGEST: usize = 400;
/// Fewest digits of an identifier.
const FEWEST_DIGITS: usize = 8;

const WHAT: &str = "search";

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSearch {
    /// Everything.
    All,
    /// One address.
    Address(Mailbox),
    /// Addresses that are shown as this: `a…@example.org`.
    Masked {
        /// What the local part begins with.
        start: String,
        /// The domain, in A-labels.
        domain: String,
    },
    /// Every address of a domain, in A-labels.
    Domain(String),
    /// Identifiers between these two, as when the first digits of one are known.
    Identifier {
        /// The first.
        from: [u8; 16],
        /// The last.
        to: [u8; 16],
    },
}

impl AccountSearch {
    /// Reads what was typed. Nothing at all looks for everything.
    ///
    /// # Errors
    /// [`Malformed`] for anything that is none of these.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        if text.len() > LONGEST {
            return Err(refuse(LONGEST, "at most 400 bytes"));
        }
        if let Some((at, _)) = text.trim_end().char_indices().find(|(_, c)| is_invisible(*c)) {
            return Err(refuse(at, "no invisible characters"));
        }
        let bare = text.trim();
        if bare.is_empty() {
            return Ok(Self::All);
        }
        if let Some((from, to)) = digits(bare) {
            return Ok(Self::Identifier { from, to });
        }
        match bare.split_once('@') {
            None | Some(("", _)) => Domain::parse(bare).map(|domain| Self::Domain(domain.to_string())),
            Some((local, domain)) => match local.split_once(['…', '•', '*']) {
                None => Mailbox::parse(bare).map(Self::Address),
                Some((start, rest)) if rest.chars().all(|c| matches!(c, '…' | '•' | '*')) => {
                    let domain = Domain::parse(domain)?;
                    Ok(Self::Masked { start: start.to_lowercase(), domain: domain.to_string() })
                }
                Some(_) => Err(refuse(0, "nothing between the mask and the '@'")),
            },
        }
    }
}

/// The identifiers that begin with these hexadecimal digits; dashes stand where they like.
fn digits(text: &str) -> Option<([u8; 16], [u8; 16])> {
    let hex: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    if !(FEWEST_DIGITS..=32).contains(&hex.len()) {
        return None;
    }
    let mut value = 0_u128;
    for byte in &hex {
        let digit = char::from(*byte).to_digit(16)?;
        value = (value << 4) | u128::from(digit);
    }
    let missing = u32::try_from(hex.len()).map_or(0, |count| 32_u32.saturating_sub(count).saturating_mul(4));
    // With all 32 digits nothing is shifted, so the shift stays below the width.
    let from = value << missing;
    let to = from | !(u128::MAX << missing);
    Some((from.to_be_bytes(), to.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_name_an_account_is_understood() {
        let parse = |text| AccountSearch::parse(text).unwrap();
        assert_eq!(parse("  "), AccountSearch::All);
        let AccountSearch::Address(mailbox) = parse("Ada@Example.org") else { panic!() };
        assert_eq!(mailbox.as_str(), "Ada@example.org");
        let masked = AccountSearch::Masked { start: "a".to_owned(), domain: "example.org".to_owned() };
        for text in ["A…@Example.org", "a•••@example.org", "a*@example.org"] {
            assert_eq!(parse(text), masked, "{text}");
        }
        for text in ["@example.org", "example.org"] {
            assert_eq!(parse(text), AccountSearch::Domain("example.org".to_owned()), "{text}");
        }
    }

    #[test]
    fn the_first_digits_of_an_identifier_stand_for_all_that_begin_with_them() {
        let Ok(AccountSearch::Identifier { from, to }) = AccountSearch::parse("0196c1d2-7a3e") else {
            panic!()
        };
        assert_eq!(
            (from[..6].to_vec(), from[6..].to_vec()),
            (vec![1, 0x96, 0xc1, 0xd2, 0x7a, 0x3e], vec![0; 10])
        );
        assert_eq!(to[6..], [0xff; 10]);
        let whole = "0196c1d2-7a3e-7c11-9d20-5b3f0c6f1a77";
        let Ok(AccountSearch::Identifier { from, to }) = AccountSearch::parse(whole) else { panic!() };
        assert_eq!(from, to);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["ada", "a…b@example.org", "0196c1d", "a b@example.org", "a@", "ada\u{202e}@example.org"]
        {
            assert!(AccountSearch::parse(text).is_err(), "{text}");
        }
        assert!(AccountSearch::parse(&"a".repeat(401)).is_err());
    }
}
