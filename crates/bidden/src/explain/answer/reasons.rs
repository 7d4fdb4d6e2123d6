//! What a line rests on, in words.

use super::{Case, Relation};
use crate::explain::sender::Reason;
use crate::explain::verdict::{Kind, name};
use crate::explain::words::{number, quoted};

/// Most reasons of one line.
const MOST: usize = 8;

/// What the conclusion about the sender rests on.
pub(super) fn of_sender(case: &Case<'_>) -> Vec<String> {
    let mut list: Vec<String> = case.concluded.reasons.iter().map(|reason| sender(case, reason)).collect();
    list.dedup();
    list.truncate(MOST);
    list
}

fn sender(case: &Case<'_>, reason: &Reason) -> String {
    let say = |id: &str, arguments: &[(&str, &str)]| {
        let shown: Vec<(&str, String)> =
            arguments.iter().map(|(name, value)| (*name, quoted(value, 100))).collect();
        let shown: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
        case.say(&format!("explain-reason-{id}"), &shown)
    };
    match reason {
        Reason::Signed { domain, selector, weak } => {
            say(if *weak { "signed-weak" } else { "signed" }, &[("domain", domain), ("selector", selector)])
        }
        Reason::Broken { domain, body } => {
            say(if *body { "broken-body" } else { "broken" }, &[("domain", domain)])
        }
        Reason::NotVerified { domain } => say("not-verified", &[("domain", domain)]),
        Reason::NoSuchKey { domain } => say("no-such-key", &[("domain", domain)]),
        Reason::NotSigned => say("not-signed", &[]),
        Reason::Border { server, method, domain } => {
            say("border", &[("server", server), ("method", method), ("domain", domain)])
        }
        Reason::BorderFailed { server, method, result } => {
            say("border-failed", &[("server", server), ("method", method), ("result", result)])
        }
        Reason::Chain { sealer, domain } => say("chain", &[("sealer", sealer), ("domain", domain)]),
        Reason::Injected { .. } => say("injected", &[]),
        Reason::SeveralFrom { fields, addresses } => {
            let number = |count: usize| fluent_bundle::FluentValue::from(count);
            case.voice.fill(
                "explain-reason-several-from",
                &[("fields", number(*fields)), ("addresses", number(*addresses))],
            )
        }
        Reason::Policy { domain } => say("policy", &[("domain", domain)]),
        Reason::NotOf { domain, .. } => say("not-of", &[("domain", domain)]),
        Reason::SameHouse { domain, .. } => say("same-house", &[("domain", domain)]),
        Reason::LooksLike { domain, brand } => say("looks-like", &[("domain", domain), ("brand", brand)]),
        Reason::NameIsAddress { name } => say("name-is-address", &[("name", name)]),
        Reason::SenderField { domain } => say("sender-field", &[("domain", domain)]),
        Reason::UnsignedTail => say("unsigned-tail", &[]),
        Reason::OtherWay { server } => say("other-way", &[("server", server)]),
        Reason::SentOn { by } => say("sent-on", &[("by", by)]),
        Reason::AddressedTo { address } => say("addressed-to", &[("address", address)]),
        Reason::Old { days } => say("old", &[("days", &days.to_string())]),
        Reason::NoHeader => say("no-header", &[]),
        Reason::Attached => say("attached", &[]),
        Reason::Short { from } if from.is_empty() => say("short-unnamed", &[]),
        Reason::Short { from } => case.say("explain-reason-short", &[("from", &number(from))]),
        Reason::TooLarge => say("too-large", &[]),
    }
}

/// What the kind rests on.
pub(super) fn of_kind(case: &Case<'_>) -> Vec<String> {
    let mut list = Vec::new();
    let kind = case.verdict.kind;
    if let Some(page) = case.said.device {
        list.push(case.say("explain-reason-page", &[("page", &page.page.replace('.', "[.]"))]));
    }
    if let Some(site) = &case.evidence.bound_to {
        list.push(case.say("explain-reason-bound", &[("site", &quoted(site, 100))]));
    }
    if kind.carries_code() && kind != Kind::OtherCode && kind != Kind::UnknownCode {
        let what = case.say(&format!("explain-name-{}", name(kind)), &[]);
        list.push(case.say("explain-reason-words", &[("what", &what)]));
    }
    let shows_code = kind.carries_code() || matches!(kind, Kind::DeviceCodeLure | Kind::ForgedCode);
    if let Some((id, length)) = case.code().filter(|_| shows_code) {
        list.push(case.voice.fill(id, &[("n", fluent_bundle::FluentValue::from(length))]));
    }
    for host in case.said.strange.iter().take(3).filter(|_| kind != Kind::NotACode) {
        list.push(case.say("explain-reason-link", &[("host", &wire::mail::link::defanged_host(host))]));
    }
    if case.evidence.hidden > 0 && kind != Kind::NotACode {
        list.push(
            case.voice.fill(
                "explain-reason-hidden",
                &[("n", fluent_bundle::FluentValue::from(case.evidence.hidden))],
            ),
        );
    }
    list.truncate(MOST);
    list
}

/// What is said of the account rests on.
pub(super) fn of_account(case: &Case<'_>, relation: &Relation) -> Vec<String> {
    let mut list = Vec::new();
    if !case.verdict.kind.carries_code() {
        return list;
    }
    if let Some(named) = &relation.named {
        list.push(case.say("explain-reason-named", &[("account", &quoted(named, 120))]));
    }
    if let Some(recipient) = &case.evidence.recipient {
        list.push(case.say("explain-reason-recipient", &[("recipient", &quoted(recipient, 120))]));
    }
    list
}
