//! What a domain asks of mails that say they are from it.
//!
//! Implements: RFC 7489 §3.1 (alignment), §6.3 (records), §6.6.3 (where the record stands). The organisation's domain is found
//! by walking up the names that are known, not by a list of public suffixes.

use super::dkim::{Keys, is_within};
use super::tags::Tags;

/// What is asked for when neither check passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Nothing.
    None,
    /// To put them aside.
    Quarantine,
    /// To refuse them.
    Reject,
}

/// The record that holds for a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The domain at which it stands.
    pub domain: String,
    /// What it asks for, for the domain that was asked about.
    pub policy: Policy,
    /// Whether signatures must be of the very same domain.
    pub strict: bool,
}

/// Finds the record for a domain; `None` when nothing is known, or there is none.
#[must_use]
pub fn look_up(domain: &str, keys: &dyn Keys) -> Option<Record> {
    let mut name = domain;
    // RFC 9989 §4.10 (tree walk): no more than eight names.
    for _ in 0..8 {
        let records = keys.text(&format!("_dmarc.{name}")).unwrap_or_default();
        if let Some(record) = records.iter().find_map(|record| read(record, name, name == domain)) {
            return Some(record);
        }
        name = name.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'))?;
    }
    None
}

fn read(record: &str, domain: &str, own: bool) -> Option<Record> {
    let tags = Tags::parse(record).ok()?;
    if tags.leading() != Some(("v", "DMARC1")) {
        return None;
    }
    let of_parent = if own { None } else { tags.get("sp") };
    let policy = match of_parent.or(tags.get("p"))?.to_ascii_lowercase().as_str() {
        "reject" => Policy::Reject,
        "quarantine" => Policy::Quarantine,
        _ => Policy::None,
    };
    Some(Record { domain: domain.to_owned(), policy, strict: tags.get("adkim") == Some("s") })
}

/// Whether a domain that was proved speaks for the one that a mail says it is from. Both must be the same or one lie below
/// the other; a domain of one label, or a shared suffix of two as in `co.uk`, speaks for nobody.
#[must_use]
pub fn aligned(from: &str, proved: &str) -> bool {
    if from == proved {
        return !from.is_empty();
    }
    let (lower, upper) = if from.len() > proved.len() { (from, proved) } else { (proved, from) };
    is_within(lower, upper) && organisation(upper) == organisation(lower)
}

/// The part of a domain that somebody registered: its last two labels, or three where the second level is shared.
#[must_use]
pub fn organisation(domain: &str) -> &str {
    let shared = |second: &str, top: &str| {
        top.len() == 2
            && matches!(
                second,
                "co" | "com"
                    | "net"
                    | "org"
                    | "ac"
                    | "edu"
                    | "gov"
                    | "gob"
                    | "gouv"
                    | "or"
                    | "ne"
                    | "go"
                    | "nom"
            )
    };
    let mut dots = domain.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return domain };
    let top = domain.get(last + 1..).unwrap_or_default();
    let label = domain.get(second + 1..last).unwrap_or_default();
    let start = if shared(label, top) { dots.next().map_or(0, |at| at + 1) } else { second + 1 };
    domain.get(start..).unwrap_or(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Some3;

    impl Keys for Some3 {
        fn text(&self, name: &str) -> Option<Vec<String>> {
            Some(match name {
                "_dmarc.example.org" => {
                    vec!["v=spf1 x".to_owned(), "v=DMARC1; p=reject; sp=quarantine".to_owned()]
                }
                "_dmarc.own.example.com" => vec!["v=DMARC1;p=none;adkim=s".to_owned()],
                _ => return None,
            })
        }
    }

    #[test]
    fn the_record_of_a_domain_or_of_its_parent_holds() {
        let found = |domain| look_up(domain, &Some3).map(|record| (record.domain, record.policy));
        assert_eq!(found("example.org"), Some(("example.org".to_owned(), Policy::Reject)));
        assert_eq!(found("a.b.example.org"), Some(("example.org".to_owned(), Policy::Quarantine)));
        assert!(look_up("own.example.com", &Some3).is_some_and(|record| record.strict));
        assert_eq!(found("example.com"), None);
        assert_eq!(found(&"a.".repeat(200)), None);
    }

    #[test]
    fn domains_of_one_house_are_aligned() {
        for (from, proved) in [
            ("example.org", "example.org"),
            ("mail.example.org", "example.org"),
            ("example.org", "mail.example.org"),
            ("a.example.co.uk", "example.co.uk"),
        ] {
            assert!(aligned(from, proved), "{from} {proved}");
        }
        for (from, proved) in [
            ("example.org", "org"),
            ("example.co.uk", "co.uk"),
            ("badexample.org", "example.org"),
            ("", ""),
            ("a.example.org", "b.example.org"),
        ] {
            assert!(!aligned(from, proved), "{from} {proved}");
        }
        assert_eq!(organisation("a.b.example.com.au"), "example.com.au");
        assert_eq!(organisation("localhost"), "localhost");
        assert_eq!(organisation("co.uk"), "co.uk");
    }
}
