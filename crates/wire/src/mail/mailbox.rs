//! An e-mail address as a person types it: checked, and made ready to be sent to and compared.
//!
//! Implements: RFC 5321 §2.3.5 and §4.1.2 (domain and mailbox), §4.5.3.1 (sizes; RFC 3696 erratum 1690
//! for the 254 octets of the whole), RFC 6531 §3.3 (internationalised addresses), UTS 46 §4 (domain to
//! A-labels), RFC 6068 §2 (`mailto:`).

use std::fmt;

use idna::{
    AsciiDenyList,
    uts46::{DnsLength, Hyphens, Uts46},
};

use super::local_part;
use crate::{Malformed, http::host::is_number, invisible::is_invisible};

/// Longest text, in bytes, in which an address is looked for.
pub const LONGEST_INPUT: usize = 400;
/// Longest address, in bytes, in the form in which it is sent.
pub const LONGEST: usize = 254;

/// A mailbox that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    text: String,
    identity: String,
    shown: String,
}

const WHAT: &str = "e-mail address";

impl Mailbox {
    /// Reads an address that a person typed: white space around it, `<…>` and a leading `mailto:` are
    /// taken off. The domain becomes A-labels in lower case; it needs two labels unless it is `localhost`.
    ///
    /// Not taken, although RFC 5321 has them: quoted local parts and address literals. Control,
    /// zero-width and direction characters are refused everywhere.
    ///
    /// # Errors
    /// [`Malformed`] with the byte of `text` as it was given.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let refuse = |at, expected| Malformed { what: WHAT, at, expected };
        if text.len() > LONGEST_INPUT {
            return Err(refuse(LONGEST_INPUT, "at most 400 bytes"));
        }
        let (start, address) = unwrap(text)?;
        let at = |offset: usize| start.saturating_add(offset);
        if let Some((offset, _)) = address.char_indices().find(|(_, c)| is_invisible(*c)) {
            return Err(refuse(at(offset), "no invisible characters"));
        }
        let Some((local, domain)) = address.split_once('@') else {
            return Err(refuse(at(address.len()), "an '@', as in name@example.org"));
        };
        local_part::check(local).map_err(|(offset, expected)| refuse(at(offset), expected))?;
        let domain_at = at(local.len().saturating_add(1));
        let ascii = to_ascii(domain)
            .map_err(|(offset, expected)| refuse(domain_at.saturating_add(offset), expected))?;
        let text = format!("{local}@{ascii}");
        if text.len() > LONGEST {
            return Err(refuse(start, "at most 254 bytes in all"));
        }
        let identity = format!("{}@{ascii}", local_part::identity(local));
        Ok(Self { shown: shown(&ascii), identity, text })
    }

    /// The part before the `@`, exactly as typed.
    pub fn local(&self) -> &str {
        self.text.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`: A-labels in lower case, as the DNS has it.
    pub fn domain(&self) -> &str {
        self.text.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The domain for people: U-labels. Its letters may look like those of another domain.
    pub fn domain_shown(&self) -> &str {
        &self.shown
    }

    /// The address exactly as it is to be sent: the local part as typed, `@`, the domain as A-labels.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The identity with which its owner signs in: two spellings of one address (case, composed or
    /// decomposed letters, U-label or A-label) have the same, look-alikes do not. It is for comparing and
    /// not for sending to: another mailbox may answer there, and it may be longer than an address may be.
    pub fn identity(&self) -> &str {
        &self.identity
    }
}

impl fmt::Display for Mailbox {
    /// The address as it is to be sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Takes off white space, angle brackets and `mailto:`; answers where the rest starts, and the rest.
fn unwrap(text: &str) -> Result<(usize, &str), Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    let mut rest = text.trim_start();
    let mut start = text.len().saturating_sub(rest.len());
    rest = rest.trim_end();
    if let Some(inner) = rest.strip_prefix('<') {
        start = start.saturating_add(1);
        let Some(inner) = inner.strip_suffix('>') else {
            return Err(refuse(start.saturating_add(inner.len()), "'>' at the end"));
        };
        rest = inner;
    }
    if let Some((scheme, address)) = rest.split_at_checked("mailto:".len())
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        start = start.saturating_add(scheme.len());
        // RFC 6068 §2: header fields follow the '?'; nothing of them concerns the address.
        rest = address.split('?').next().unwrap_or_default();
        if let Some(at) = rest.find('%') {
            return Err(refuse(start.saturating_add(at), "an address without percent-encoding"));
        }
    }
    Ok((start, rest))
}

/// A domain in A-labels as people read it.
pub(crate) fn shown(ascii: &str) -> String {
    Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast).0.into_owned()
}

/// The domain as A-labels in lower case; an error is the byte where it goes wrong and what was expected.
pub(crate) fn to_ascii(domain: &str) -> Result<String, (usize, &'static str)> {
    if domain.starts_with('[') {
        return Err((0, "a domain name, not an address in brackets"));
    }
    for (at, c) in domain.char_indices() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.') {
            return Err((at, "a letter, a digit, '-' or '.'"));
        }
    }
    let mut at = 0_usize;
    for label in domain.split('.') {
        if label.is_empty() {
            return Err((at, "a domain such as example.org"));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err((at, "a name that neither starts nor ends with '-'"));
        }
        at = at.saturating_add(label.len()).saturating_add(1);
    }
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| (0, "a domain name that the DNS can hold"))?;
    match ascii.rsplit_once('.') {
        None if ascii != "localhost" => Err((domain.len(), "a dot and a top-level domain, such as .org")),
        Some((_, last)) if is_number(last) => Err((0, "a domain name, not an IP address")),
        _ => Ok(ascii.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mailbox(text: &str) -> Mailbox {
        Mailbox::parse(text).unwrap()
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for text in [
            "Ada.L@Example.ORG",
            "  Ada.L@example.org\r\n",
            "<Ada.L@example.org>",
            "mailto:Ada.L@example.org",
            "MAILTO:Ada.L@example.org?subject=hi%20there",
            " <mailto:Ada.L@example.org> ",
            "\u{A0}Ada.L@example.org\u{3000}",
        ] {
            assert_eq!(mailbox(text).as_str(), "Ada.L@example.org", "{text:?}");
            assert_eq!(mailbox(text).identity(), "ada.l@example.org", "{text:?}");
        }
        let parsed = mailbox("Ada.L@Example.ORG");
        assert_eq!(
            (parsed.local(), parsed.domain(), parsed.domain_shown()),
            ("Ada.L", "example.org", "example.org")
        );
        assert_eq!(parsed.to_string(), "Ada.L@example.org");
    }

    #[test]
    fn addresses_that_are_rare_but_right_are_taken() {
        for text in [
            "a@localhost",
            "o'neil+x@sub.example.co.uk",
            "a@1and1.example",
            "a@r3---sn-4g5e.example",
            "a@xn--bcher-kva.example",
            "1@2.de",
            "_@a-b.org",
            "a@b.c1",
        ] {
            assert_eq!(mailbox(text).as_str(), text);
        }
    }

    #[test]
    fn an_international_domain_is_sent_as_a_labels_and_shown_as_u_labels() {
        for text in [
            "a@b\u{fc}cher.example",
            "a@B\u{dc}CHER.example",
            "a@bu\u{308}cher.example",
            "a@xn--bcher-kva.example",
            "a@b\u{fc}cher\u{3002}example",
        ] {
            let parsed = mailbox(text);
            assert_eq!(parsed.as_str(), "a@xn--bcher-kva.example", "{text}");
            assert_eq!(parsed.domain_shown(), "b\u{fc}cher.example", "{text}");
        }
        assert_eq!(mailbox("a@fa\u{df}.de").domain(), "xn--fa-hia.de");
        assert_eq!(
            mailbox("\u{540d}@\u{4f8b}\u{3048}.\u{30c6}\u{30b9}\u{30c8}").domain(),
            "xn--r8jz45g.xn--zckzah"
        );
    }

    #[test]
    fn one_person_has_one_identity_and_look_alikes_have_another() {
        assert_eq!(
            mailbox("JOS\u{c9}@Example.org").identity(),
            mailbox("jose\u{301}@example.org").identity()
        );
        assert_ne!(mailbox("\u{430}da@example.org").identity(), mailbox("ada@example.org").identity());
        assert_ne!(mailbox("ada@ex\u{430}mple.org").identity(), mailbox("ada@example.org").identity());
        assert_ne!(mailbox("ada+x@example.org").identity(), mailbox("ada@example.org").identity());
    }

    #[test]
    fn anything_else_is_refused_at_its_place() {
        for (text, at) in [
            ("", 0),
            ("   ", 3),
            ("ada", 3),
            ("@example.org", 0),
            ("ada@", 4),
            ("a b@example.org", 1),
            ("a@b@example.org", 3),
            (".a@example.org", 0),
            ("a..b@example.org", 2),
            ("\"a b\"@example.org", 0),
            ("a@[192.0.2.1]", 2),
            ("a@[IPv6:::1]", 2),
            ("a@192.0.2.1", 2),
            ("a@example.0x7f", 2),
            ("a@example", 9),
            ("a@example.org.", 14),
            ("a@.example.org", 2),
            ("a@exa mple.org", 5),
            ("a@exa_mple.org", 5),
            ("a@-a.org", 2),
            ("a@b.a-.org", 4),
            ("a@xn--a.org", 2),
            ("a@xn--.org", 2),
            ("  a@b", 5),
            ("<a@example.org", 14),
            ("a@example.org>", 13),
            ("mailto:a%2Bb@example.org", 8),
            ("mailto:", 7),
            ("Ada <a@example.org>", 3),
            ("a@example.org, b@example.org", 13),
            ("a@example.org\r\nBcc: b@example.org", 13),
            ("a\0@example.org", 1),
            ("a\u{200B}@example.org", 1),
            ("a@exam\u{AD}ple.org", 6),
            ("a@\u{202E}gro.elpmaxe", 2),
            ("\u{FEFF}a@example.org", 0),
            ("\u{ff41}@example.org", 0),
            ("a\u{ff20}example.org", 1 + 3 + 11),
            ("a@ex\u{1F642}..org", 9),
            ("a@\u{301}x.org", 2),
            ("a@1\u{5d0}.org", 2),
        ] {
            let error = Mailbox::parse(text).unwrap_err();
            assert_eq!((error.what, error.at), ("e-mail address", at), "{text:?} {error}");
        }
    }

    #[test]
    fn sizes_are_taken_up_to_their_bounds_only() {
        let label = "d".repeat(63);
        let local = "l".repeat(64);
        let longest = format!("{local}@{label}.{label}.{}", "d".repeat(61));
        assert_eq!(longest.len(), 254);
        assert!(Mailbox::parse(&longest).is_ok());
        assert_eq!(Mailbox::parse(&format!("{longest}d")).unwrap_err().expected, "at most 254 bytes in all");
        assert!(Mailbox::parse(&format!("{}@example.org", "l".repeat(65))).is_err());
        assert!(Mailbox::parse(&format!("a@{label}d.org")).is_err());
        assert!(Mailbox::parse(&format!("{}a@b.org", " ".repeat(393))).is_ok());
        assert_eq!(Mailbox::parse(&format!("{}a@b.org", " ".repeat(394))).unwrap_err().at, 400);
    }

    #[test]
    fn the_error_does_not_repeat_the_input() {
        let error = Mailbox::parse("secretword").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secretword"));
    }

    proptest! {
        #[test]
        fn a_plain_address_is_sent_as_typed(text in "[A-Za-z0-9+_-]{1,20}(\\.[A-Za-z0-9]{1,9})?@([a-z0-9]{1,20}\\.){1,3}[a-z]{2,9}") {
            let parsed = mailbox(&text);
            prop_assert_eq!(parsed.as_str(), text.as_str());
            prop_assert_eq!(parsed.identity(), text.to_lowercase());
        }

        #[test]
        fn what_is_read_can_be_read_again(text in "[a-zA-Z0-9\u{c9}\u{df}\u{5d0}\u{627}\u{4e00}\u{301}\u{323}\u{130}\u{3a3}\u{3c2}\u{e33}\u{9df}\u{1e9e}\u{ff76}\u{ff9e}\u{1100}\u{1161}.+]{1,12}@[a-zA-Z0-9\u{e9}\u{df}\u{5d0}\u{627}\u{4e00}\u{301}\u{ff76}.-]{1,10}\\.(org|\u{440}\u{444}|\u{30c6}\u{30b9}\u{30c8})") {
            if let Ok(parsed) = Mailbox::parse(&text) {
                prop_assert_eq!(Mailbox::parse(parsed.as_str()), Ok(parsed.clone()));
                let identity = Mailbox::parse(parsed.identity()).unwrap();
                prop_assert_eq!(identity.identity(), parsed.identity());
                prop_assert!(parsed.domain().is_ascii() && parsed.as_str().len() <= LONGEST);
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Err(error) = Mailbox::parse(&text) {
                prop_assert!(error.at <= text.len());
            }
        }
    }
}
