//! What kind of message it is, and the verdict that follows from that and from who wrote it.
//!
//! In this order: what asks the reader to do somebody else's sign-in comes first, whoever sends it; then what the words say,
//! and whether whom they speak for wrote them. Words that are not known decide nothing.

use super::account::{self, Relation};
use super::brand::{Brand, MICROSOFT};
use super::evidence::{Evidence, Form};
use super::lexicon as words;
use super::rules::Rules;
use super::said::{Said, Shape};
use super::sender::{Concluded, Reason};
use super::verdict::{Account, AnyoneIn, IsMfa, Kind, PasswordUsed, Risk, Role, Sender, Verdict};

/// Whether mail that speaks for a brand comes from elsewhere.
fn is_foreign(evidence: &Evidence, brand: &Brand) -> bool {
    evidence.form != Form::Short && !brand.sends_from(&evidence.from.domain)
}

/// Everything that is concluded.
pub(crate) fn verdict(evidence: &Evidence, said: &Said, concluded: &Concluded, rules: &Rules) -> Verdict {
    let mut sender = concluded.sender;
    let kind = kind(evidence, said, sender, rules);
    let unproved = matches!(sender, Sender::Unverifiable);
    let asks = matches!(kind, Kind::CodeRequest | Kind::MfaPromptLure);
    let gives_itself_away =
        evidence.form == Form::Short && matches!(kind, Kind::ForgedCode | Kind::PhishUnusualSignin);
    if unproved && (asks || gives_itself_away) {
        sender = Sender::Suspicious;
    }
    if matches!(kind, Kind::BiddenCode | Kind::BiddenNotice)
        && sender == Sender::AuthenticatedOtherDomain
        && rules.site(&evidence.from.address()).is_some()
    {
        // A site that says of itself where its mails come from.
        sender = Sender::Genuine;
    }
    let relation = account::relation(evidence);
    let mut verdict = of_kind(evidence, said, kind, (sender, &relation));
    let injected = concluded.reasons.iter().any(|reason| matches!(reason, Reason::Injected { .. }));
    if sender == Sender::Unverifiable && injected {
        verdict.risk = verdict.risk.max(Risk::Warn);
    }
    if sender == Sender::Replayed && kind.carries_code() {
        verdict =
            Verdict { role: Role::NotAddressed, anyone_in: AnyoneIn::NotYou, risk: Risk::Warn, ..verdict };
    }
    if sender == Sender::Forged && verdict.risk < Risk::Warn {
        verdict.risk = Risk::Warn;
    }
    let stranger = matches!(kind, Kind::BiddenCode | Kind::BiddenNotice)
        && !rules.sites.is_empty()
        && sender == Sender::AuthenticatedOtherDomain;
    if stranger {
        verdict.risk = verdict.risk.max(Risk::Warn);
    }
    let own = rules.owns(&evidence.from.domain);
    if kind.carries_code() && own && rules.never_mails_codes && evidence.form != Form::Short {
        verdict.risk = verdict.risk.max(Risk::Warn);
    }
    verdict
}

fn kind(evidence: &Evidence, said: &Said, sender: Sender, rules: &Rules) -> Kind {
    let proved = matches!(
        sender,
        Sender::Genuine | Sender::GenuineForwarded | Sender::GenuineInnerUnverified | Sender::Replayed
    );
    let own = rules.owns(&evidence.from.domain) && sender == Sender::AuthenticatedOtherDomain;
    if said.device.is_some() {
        let speaks = said.has_code || evidence.all.any(words::DEVICE);
        return if said.explains || (own && !said.has_code) || !speaks {
            Kind::DeviceCodeHowto
        } else {
            Kind::DeviceCodeLure
        };
    }
    if !proved && said.wants_code {
        return Kind::CodeRequest;
    }
    if !proved && !own && said.prompts {
        return Kind::MfaPromptLure;
    }
    let notice = matches!(said.shape, Shape::Unusual | Shape::Change | Shape::Notice);
    let bidden = matches!(said.shape, Shape::BiddenCode | Shape::BiddenNotice);
    if said.shape == Shape::Nothing {
        return Kind::NotACode;
    }
    let forged = if notice { Kind::PhishUnusualSignin } else { Kind::ForgedCode };
    if sender == Sender::Forged {
        return forged;
    }
    if let Some(brand) = said.brand.filter(|_| !bidden) {
        if is_foreign(evidence, brand) && own {
            // The organisation itself, about somebody else's codes.
            return if notice { Kind::OtherNotice } else { Kind::OtherCode };
        }
        if is_foreign(evidence, brand) && !proved {
            // Of the same house, or of a branch that no row knows: not from where it should be, and not a forgery either.
            return match (brand.owns(&evidence.from.domain) || is_branch(evidence, brand), sender) {
                (true, Sender::AuthenticatedOtherDomain) if notice => Kind::OtherNotice,
                (true, Sender::AuthenticatedOtherDomain) if brand == MICROSOFT => Kind::UnknownCode,
                (true, Sender::AuthenticatedOtherDomain) => Kind::OtherCode,
                _ => forged,
            };
        }
        let leads_away = !said.strange.is_empty() || (said.calls && brand == MICROSOFT);
        if !proved && evidence.form == Form::Short && leads_away {
            return forged;
        }
    }
    if sender == Sender::Unverifiable
        && evidence.form != Form::Short
        && rules.never_mails_codes
        && rules.owns(&evidence.from.domain)
        && !notice
    {
        return Kind::ForgedCode;
    }
    by_shape(said)
}

/// Whether the domain is called like the brand, under another top-level domain.
fn is_branch(evidence: &Evidence, brand: &Brand) -> bool {
    let registered = wire::mail::dmarc::organisation(&evidence.from.domain);
    let label = registered.split('.').next().unwrap_or_default();
    brand != MICROSOFT
        && brand
            .domains
            .iter()
            .any(|own| wire::mail::dmarc::organisation(own).split('.').next() == Some(label))
}

fn by_shape(said: &Said) -> Kind {
    match said.shape {
        Shape::SingleUse => Kind::MsaSingleUseCode,
        Shape::Security => Kind::MsaSecurityCode,
        Shape::NewAccount => Kind::MsaNewAccount,
        Shape::Unusual => Kind::MsaUnusualSignin,
        Shape::Change => Kind::MsaSecurityChange,
        Shape::SecondStep => Kind::OrgMfaCode,
        Shape::Reset => Kind::OrgResetCode,
        Shape::Guest => Kind::GuestOtp,
        Shape::BiddenCode => Kind::BiddenCode,
        Shape::BiddenNotice => Kind::BiddenNotice,
        Shape::Code if said.brand == Some(MICROSOFT) => Kind::UnknownCode,
        Shape::Code => Kind::OtherCode,
        Shape::Notice => Kind::OtherNotice,
        Shape::Nothing => Kind::NotACode,
    }
}

/// The answers that a kind of message has.
fn of_kind(evidence: &Evidence, said: &Said, kind: Kind, (sender, relation): (Sender, &Relation)) -> Verdict {
    let short = evidence.form == Form::Short;
    let role = match relation.is_own {
        _ if short => Role::Phone,
        Some(false) => Role::Recovery,
        None if evidence.recipient.is_none() => Role::Unknown,
        Some(true) | None => Role::PrimaryOrAlias,
    };
    let code = |account, is_mfa, password_used, risk| Verdict {
        kind,
        sender,
        account,
        role,
        is_mfa,
        password_used,
        anyone_in: AnyoneIn::NotUnlessCodeUsed,
        risk,
    };
    let nothing = |risk| Verdict {
        kind,
        sender,
        account: Account::None,
        role: Role::NotApplicable,
        is_mfa: IsMfa::No,
        password_used: PasswordUsed::No,
        anyone_in: AnyoneIn::Unknown,
        risk,
    };
    match kind {
        Kind::MsaSingleUseCode => code(Account::Personal, IsMfa::No, PasswordUsed::No, Risk::Info),
        Kind::MsaSecurityCode => code(Account::Personal, IsMfa::Unknown, PasswordUsed::Unknown, Risk::Info),
        Kind::MsaNewAccount => Verdict {
            role: Role::NewAccount,
            ..code(Account::Personal, IsMfa::No, PasswordUsed::No, Risk::Info)
        },
        Kind::GuestOtp => code(Account::Guest, IsMfa::No, PasswordUsed::No, Risk::Info),
        Kind::OrgMfaCode => code(Account::Organisation, IsMfa::Yes, PasswordUsed::Yes, Risk::Act),
        Kind::OrgResetCode => code(Account::Organisation, IsMfa::No, PasswordUsed::No, Risk::Info),
        Kind::BiddenCode => code(bidden_account(evidence), IsMfa::No, PasswordUsed::No, Risk::Info),
        Kind::OtherCode | Kind::UnknownCode => other(said, code),
        Kind::MsaUnusualSignin | Kind::MsaSecurityChange => Verdict {
            anyone_in: AnyoneIn::Possible,
            ..code(Account::Personal, IsMfa::No, PasswordUsed::Likely, Risk::Act)
        },
        Kind::OtherNotice | Kind::BiddenNotice => Verdict {
            anyone_in: AnyoneIn::Possible,
            account: if said.brand.is_some() { Account::Personal } else { Account::Unknown },
            ..code(
                Account::Unknown,
                IsMfa::Unknown,
                PasswordUsed::Unknown,
                if sender == Sender::Genuine { Risk::Act } else { Risk::Warn },
            )
        },
        Kind::DeviceCodeLure | Kind::DeviceCodeHowto => Verdict {
            account: if said.device.is_none_or(|page| page.organisation) {
                Account::Organisation
            } else {
                Account::Personal
            },
            role: Role::Target,
            is_mfa: IsMfa::Bypasses,
            anyone_in: AnyoneIn::IfEntered,
            ..nothing(if kind == Kind::DeviceCodeLure { Risk::Danger } else { Risk::Warn })
        },
        Kind::MfaPromptLure => Verdict {
            account: Account::Organisation,
            role: Role::Target,
            is_mfa: IsMfa::Yes,
            password_used: PasswordUsed::Yes,
            anyone_in: AnyoneIn::IfEntered,
            ..nothing(Risk::Danger)
        },
        Kind::CodeRequest | Kind::ForgedCode | Kind::PhishUnusualSignin => nothing(Risk::Danger),
        Kind::NotACode => nothing(Risk::None),
    }
}

/// A code of somebody of whom no more is known than the name, if that.
fn other(said: &Said, code: impl Fn(Account, IsMfa, PasswordUsed, Risk) -> Verdict) -> Verdict {
    let account = match said.brand {
        Some(brand) if brand == MICROSOFT => Account::Unknown,
        Some(_) => Account::Personal,
        None => Account::Unknown,
    };
    if said.after_password {
        return code(account, IsMfa::Yes, PasswordUsed::Yes, Risk::Act);
    }
    let risk =
        if said.calls || !said.strange.is_empty() && said.brand.is_some() { Risk::Warn } else { Risk::Info };
    code(account, IsMfa::Unknown, PasswordUsed::Unknown, risk)
}

fn bidden_account(evidence: &Evidence) -> Account {
    if evidence.text.any(&["a personal account"]) {
        Account::Personal
    } else if evidence.text.any(&["an account of "]) {
        Account::Organisation
    } else {
        Account::Unknown
    }
}
