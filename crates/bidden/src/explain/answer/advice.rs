//! What to do, in order; what is said of the account; and what would change the answer.
//!
//! Advice follows what really ran: no new password where none was used, and never only "leave it" where a code may have been
//! entered already.

use super::{Case, Line, Relation};
use crate::explain::account;
use crate::explain::brand::MICROSOFT;
use crate::explain::evidence::Form;
use crate::explain::verdict::{Account, Kind, PasswordUsed, Role, Sender};
use crate::explain::words::quoted;

/// What is said of the account.
pub(super) fn account_lines(case: &Case<'_>, relation: &Relation) -> Vec<Line> {
    let named = relation.named.as_deref().map(|named| quoted(named, 120));
    if case.verdict.role == Role::NotAddressed {
        return vec![case.named("explain-account-not-addressed", "account", named.as_deref())];
    }
    match case.verdict.kind {
        Kind::MsaSingleUseCode
        | Kind::MsaSecurityCode
        | Kind::MsaNewAccount
        | Kind::MsaUnusualSignin
        | Kind::MsaSecurityChange => {
            let own = case
                .evidence
                .recipient
                .as_deref()
                .and_then(|to| to.rsplit_once('@'))
                .is_some_and(|(_, domain)| case.rules.owns(domain));
            let organisation = case.rules.name.as_deref().filter(|_| own && case.rules.never_mails_codes);
            let first = match organisation {
                Some(organisation) => {
                    case.line("explain-account-personal-organisation", &[("organisation", organisation)])
                }
                None => case.line("explain-account-personal", &[]),
            };
            vec![first, relation_line(case, named.as_deref())]
        }
        Kind::GuestOtp => vec![case.named(
            "explain-account-guest",
            "organisation",
            account::organisation(case.evidence).as_deref(),
        )],
        Kind::OrgMfaCode | Kind::OrgResetCode => {
            let organisation = account::organisation(case.evidence);
            let first = match organisation.as_deref() {
                Some(organisation) => {
                    case.line("explain-account-organisation-named", &[("organisation", organisation)])
                }
                None => case.line("explain-account-organisation", &[]),
            };
            match case.verdict.role {
                Role::Recovery | Role::Phone => vec![first, relation_line(case, named.as_deref())],
                _ => vec![first],
            }
        }
        Kind::DeviceCodeLure | Kind::DeviceCodeHowto => {
            vec![match (case.verdict.account, case.said.device) {
                (Account::Personal, Some(page)) => {
                    case.line("explain-account-target-personal", &[("whose", page.whose)])
                }
                _ => case.line("explain-account-target", &[]),
            }]
        }
        Kind::MfaPromptLure => vec![case.line("explain-account-target", &[])],
        Kind::CodeRequest | Kind::ForgedCode | Kind::PhishUnusualSignin => {
            vec![case.line("explain-account-none", &[])]
        }
        Kind::BiddenCode | Kind::BiddenNotice => vec![case.line("explain-account-bidden", &[])],
        Kind::OtherCode | Kind::OtherNotice | Kind::UnknownCode => match (case.brand(), case.verdict.account)
        {
            (Some(brand), Account::Personal) => vec![case.line("explain-account-other", &[("brand", brand)])],
            _ => vec![case.line("explain-account-unknown", &[])],
        },
        Kind::NotACode => vec![case.line("explain-account-no", &[])],
    }
}

fn relation_line(case: &Case<'_>, named: Option<&str>) -> Line {
    match (case.verdict.role, named) {
        (Role::NewAccount, _) => case.line("explain-account-new", &[]),
        (Role::Phone, _) => case.line("explain-account-phone", &[]),
        (Role::Recovery, Some(named)) => case.line("explain-account-recovery", &[("account", named)]),
        (Role::Unknown, Some(named)) => case.line("explain-account-named", &[("account", named)]),
        (_, Some(named)) => case.line("explain-account-own", &[("account", named)]),
        _ => case.line("explain-account-likely-own", &[]),
    }
}

/// What to do, in order.
pub(super) fn to_do(case: &Case<'_>) -> Vec<Line> {
    let plain = |ids: &[&str]| ids.iter().map(|id| case.line(id, &[])).collect::<Vec<_>>();
    let help = |id: &str| case.named(id, "help", case.help());
    if case.verdict.sender == Sender::Replayed && case.verdict.kind.carries_code() {
        return plain(&["explain-do-replayed", "explain-do-share"]);
    }
    let mut lines = match case.verdict.kind {
        Kind::MsaSingleUseCode => {
            let mut lines = plain(&["explain-do-only-asked"]);
            if case.verdict.role == Role::Recovery {
                lines.extend(plain(&["explain-do-recovery"]));
            } else {
                lines.extend(plain(&["explain-do-stop-mails"]));
            }
            lines
        }
        Kind::MsaSecurityCode if case.verdict.role == Role::Recovery => {
            plain(&["explain-do-only-asked", "explain-do-recovery"])
        }
        Kind::MsaSecurityCode | Kind::UnknownCode | Kind::OtherCode
            if case.verdict.password_used != PasswordUsed::Yes =>
        {
            plain(&["explain-do-only-asked"])
        }
        Kind::OtherCode | Kind::UnknownCode | Kind::MsaSecurityCode => {
            plain(&["explain-do-only-asked", "explain-do-change-password"])
        }
        Kind::MsaNewAccount => plain(&["explain-do-new-account", "explain-do-share"]),
        Kind::GuestOtp => vec![
            case.named("explain-do-guest", "organisation", account::organisation(case.evidence).as_deref()),
            case.line("explain-do-share", &[]),
        ],
        Kind::OrgMfaCode => {
            let mut lines = plain(&["explain-do-deny", "explain-do-change-password"]);
            lines.push(help("explain-do-tell-it"));
            lines.extend(plain(&["explain-do-share"]));
            lines
        }
        Kind::OrgResetCode => vec![help("explain-do-reset")],
        Kind::DeviceCodeLure => match (case.verdict.account, case.said.device) {
            (Account::Personal, Some(page)) => vec![
                case.line("explain-do-device-entered-personal", &[("whose", page.whose)]),
                case.line("explain-do-device-not", &[]),
            ],
            _ => vec![help("explain-do-device-entered"), case.line("explain-do-device-not", &[])],
        },
        Kind::DeviceCodeHowto => plain(&["explain-do-device-howto"]),
        Kind::MfaPromptLure => {
            let mut lines = plain(&["explain-do-no-number"]);
            lines.push(help("explain-do-number-typed"));
            lines.extend(plain(&["explain-do-password-known"]));
            lines
        }
        Kind::CodeRequest => plain(&["explain-do-never-give", "explain-do-gave"]),
        Kind::ForgedCode | Kind::PhishUnusualSignin => forged(case),
        Kind::MsaUnusualSignin | Kind::MsaSecurityChange => {
            plain(&["explain-do-activity", "explain-do-if-you", "explain-do-if-not-you"])
        }
        Kind::OtherNotice | Kind::BiddenNotice => plain(&["explain-do-notice"]),
        Kind::BiddenCode => plain(&["explain-do-bidden", "explain-do-share"]),
        Kind::NotACode => plain(&["explain-do-nothing"]),
    };
    if let (Some(brand), true) = (
        case.brand(),
        case.verdict.kind.carries_code()
            && !case.said.strange.is_empty()
            && case.verdict.sender != Sender::Genuine,
    ) {
        lines.push(case.line("explain-do-strange-link", &[("brand", brand)]));
    }
    if case.said.calls && matches!(case.verdict.kind, Kind::OtherCode | Kind::UnknownCode | Kind::OtherNotice)
    {
        lines.push(case.line("explain-do-no-call", &[]));
    }
    if case.verdict.sender == Sender::Unverifiable
        && matches!(case.evidence.form, Form::Inline | Form::Whole)
        && case.verdict.kind.carries_code()
    {
        lines.push(case.line("explain-do-original", &[]));
    }
    if let Some(help) = case.help().filter(|_| {
        case.verdict.kind.carries_code()
            && case.verdict.kind != Kind::OrgMfaCode
            && case.verdict.kind != Kind::OrgResetCode
    }) {
        lines.push(case.line("explain-do-ask", &[("help", help)]));
    }
    lines
}

fn forged(case: &Case<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if !case.evidence.links.is_empty() {
        lines.push(case.line("explain-do-no-link", &[]));
    }
    if case.said.calls {
        lines.push(case.line("explain-do-no-call", &[]));
    }
    lines.push(case.line("explain-do-no-code", &[]));
    lines.push(case.line("explain-do-report", &[]));
    lines.push(case.named("explain-do-followed", "help", case.help()));
    lines
}

/// What would change the answer.
pub(super) fn would_change(case: &Case<'_>) -> Vec<Line> {
    let kind = case.verdict.kind;
    let mut ids: Vec<&str> = Vec::new();
    if case.verdict.sender == Sender::Unverifiable {
        let keyless = case.evidence.dkim.iter().any(|one| one.outcome == wire::mail::dkim::Outcome::NoKey);
        ids.push(match case.evidence.form {
            Form::Short => "explain-change-short",
            Form::Inline => "explain-change-original",
            _ if keyless => "explain-change-key",
            _ => "explain-change-original",
        });
    }
    match kind {
        Kind::DeviceCodeLure | Kind::DeviceCodeHowto => ids.push("explain-change-entered"),
        Kind::MfaPromptLure => ids.push("explain-change-number"),
        Kind::ForgedCode | Kind::PhishUnusualSignin | Kind::CodeRequest => ids.push("explain-change-form"),
        Kind::NotACode => ids.push("explain-change-template"),
        _ if case.verdict.role == Role::NotAddressed => ids.push("explain-change-recipient"),
        _ if kind.carries_code() => {
            ids.push("explain-change-asked");
            ids.push("explain-change-used");
            if case.evidence.recipient.is_none() && case.evidence.form != Form::Short {
                ids.push("explain-change-recipient");
            }
            if kind == Kind::MsaSingleUseCode {
                ids.push("explain-change-many");
            }
        }
        _ => {}
    }
    if matches!(kind, Kind::UnknownCode) {
        ids.push("explain-change-template");
    }
    if ids.is_empty() {
        ids.push("explain-change-nothing");
    }
    let mut lines: Vec<Line> = ids.into_iter().map(|id| case.line(id, &[])).collect();
    let own = case.rules.owns(&case.evidence.from.domain);
    let about_own = own
        || case
            .evidence
            .recipient
            .as_deref()
            .and_then(|to| to.rsplit_once('@'))
            .is_some_and(|(_, domain)| case.rules.owns(domain));
    if case.rules.never_mails_codes && about_own && kind.carries_code() && case.said.brand != Some(MICROSOFT)
    {
        let organisation =
            case.rules.name.clone().or_else(|| case.rules.domains.first().cloned()).unwrap_or_default();
        lines.insert(0, case.line("explain-rule-never", &[("organisation", &organisation)]));
    }
    lines
}
