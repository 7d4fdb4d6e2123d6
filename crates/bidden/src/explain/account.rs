//! Which account a message is about, and what the recipient's address is to it.

use wire::mail::address_list;

use super::evidence::Evidence;

/// What was found about the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relation {
    /// The account as the message names it: an address, perhaps with stars.
    pub(crate) named: Option<String>,
    /// Whether that is the recipient's own address; `None` when either is not known.
    pub(crate) is_own: Option<bool>,
}

/// Reads the relation of an account to the recipient.
pub(crate) fn relation(evidence: &Evidence) -> Relation {
    let sender = evidence.from.address();
    let named = evidence.named.iter().find(|named| {
        let party = address_list::one(named);
        !party.is(&sender) && !is_contact(named) && party.domain != evidence.from.domain
    });
    let own = |named: &String| evidence.recipient.as_deref().map(|recipient| is_same(named, recipient));
    Relation { named: named.cloned(), is_own: named.and_then(own) }
}

/// Whether an address is one to write to and not an account: help desks, and what nobody reads.
fn is_contact(named: &str) -> bool {
    let local = named.split('@').next().unwrap_or_default().to_ascii_lowercase();
    [
        "help",
        "support",
        "noreply",
        "no-reply",
        "donotreply",
        "security",
        "abuse",
        "phishing",
        "postmaster",
        "info",
        "privacy",
    ]
    .contains(&local.as_str())
}

/// Whether an address as a message names it can be this one; stars stand for any letters.
pub(crate) fn is_same(named: &str, address: &str) -> bool {
    let (named, address) = (address_list::one(named), address_list::one(address));
    if !named.is_address() || !address.is_address() {
        return false;
    }
    fits(&named.local.to_lowercase(), &address.local.to_lowercase()) && fits(&named.domain, &address.domain)
}

/// Whether a text fits a pattern in which runs of stars stand for at least one letter.
fn fits(pattern: &str, text: &str) -> bool {
    let star = |c: char| matches!(c, '*' | '•');
    if !pattern.contains(star) {
        return pattern == text;
    }
    let mut pieces = pattern.split(star).filter(|piece| !piece.is_empty());
    let begins = !pattern.starts_with(star);
    let ends = !pattern.ends_with(star);
    let mut rest = text;
    if begins {
        let Some(after) = pieces.next().and_then(|first| rest.strip_prefix(first)) else { return false };
        rest = after;
    }
    let mut middle: Vec<&str> = pieces.collect();
    let last = if ends { middle.pop() } else { None };
    for piece in middle {
        match rest.split_once(piece) {
            Some((before, after)) if !before.is_empty() => rest = after,
            _ => return false,
        }
    }
    match last {
        Some(last) => rest.strip_suffix(last).is_some_and(|between| !between.is_empty()),
        None => !rest.is_empty(),
    }
}

/// The organisation whose guest somebody is, as a message names it: `Your Fabrikam account verification code`,
/// `Fabrikam (via Microsoft)`.
pub(crate) fn organisation(evidence: &Evidence) -> Option<String> {
    let name = evidence.from.name.as_str();
    let lower = name.to_lowercase();
    for mark in ["(via microsoft)", "via microsoft"] {
        if let Some(at) = lower.find(mark) {
            return bounded(name.get(..at).unwrap_or_default());
        }
    }
    for (before, after) in [
        ("microsoft on behalf of ", ""),
        ("your ", " account verification code"),
        ("", " account email verification code"),
        ("your ", " account email verification code"),
    ] {
        for text in [name, evidence.subject.as_str()] {
            if let Some(found) = between(text, before, after) {
                return bounded(found);
            }
        }
    }
    None
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    // Small letters of ASCII only, so that places stay the same.
    let lower = text.to_ascii_lowercase();
    let start = lower.find(before).filter(|at| before.is_empty() || *at == 0)? + before.len();
    let end = if after.is_empty() { text.len() } else { start + lower.get(start..)?.find(after)? };
    text.get(start..end).filter(|found| !found.trim().is_empty())
}

fn bounded(name: &str) -> Option<String> {
    let name = super::words::quoted(name.trim().trim_matches('"'), 60);
    (!name.is_empty() && !name.eq_ignore_ascii_case("microsoft")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::evidence::of_mail;

    #[test]
    fn masked_addresses_are_compared_by_what_is_left_of_them() {
        for (named, address) in [
            ("ay**5@hotmail.example", "ay145@hotmail.example"),
            ("ab*****@x.example", "abcd@x.example"),
            ("*d@x.example", "abcd@x.example"),
            ("a@X.example", "A@x.example"),
            ("a•••d@x.example", "abcd@x.example"),
        ] {
            assert!(is_same(named, address), "{named} {address}");
        }
        for (named, address) in [
            ("ay**5@hotmail.example", "ay146@hotmail.example"),
            ("ab*@y.example", "abc@x.example"),
            ("ab*@x.example", "ab@x.example"),
            ("a@x.example", "b@x.example"),
            ("", ""),
            ("x", "x"),
        ] {
            assert!(!is_same(named, address), "{named} {address}");
        }
    }

    #[test]
    fn the_account_is_the_address_in_the_text() {
        let mail = |text: &str| {
            of_mail(format!("From: x@y.example\nTo: me@z.example\n\n{text}").as_bytes(), &(), None)
        };
        assert_eq!(relation(&mail("Hi me@z.example,")).is_own, Some(true));
        assert_eq!(
            relation(&mail("Hi o***r@live.example,")),
            Relation { named: Some("o***r@live.example".to_owned()), is_own: Some(false) }
        );
        assert_eq!(relation(&mail("Hi, write to help@z.example or x@y.example")), Relation::default());
    }

    #[test]
    fn an_organisation_is_named_by_sender_or_subject() {
        let named = |from: &str, subject: &str| {
            organisation(&of_mail(
                format!("From: {from} <a@b.example>\nSubject: {subject}\n\nx").as_bytes(),
                &(),
                None,
            ))
        };
        assert_eq!(named("Fabrikam (via Microsoft)", "x").as_deref(), Some("Fabrikam"));
        assert_eq!(named("Microsoft on behalf of Contoso", "x").as_deref(), Some("Contoso"));
        assert_eq!(
            named("x", "Your Fabrikam Ltd account verification code").as_deref(),
            Some("Fabrikam Ltd")
        );
        assert_eq!(named("x", "CONTOSO account email verification code").as_deref(), Some("CONTOSO"));
        assert_eq!(named("x", "Your Microsoft account verification code"), None);
    }
}
