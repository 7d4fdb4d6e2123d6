//! A verdict in words, each line with what it rests on.

use fluent_bundle::FluentValue;
use model::voice::Voice;
use serde::Serialize;

use super::account::{self, Relation};
use super::brand::MICROSOFT;
use super::code::Shape as CodeShape;
use super::evidence::{Evidence, Form};
use super::rules::Rules;
use super::said::Said;
use super::sender::Concluded;
use super::verdict::{Kind, Sender, Verdict, name};
use super::words::{number, quoted};

mod advice;
mod reasons;
mod receipts;

/// Everything that is said about one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    /// The answers in words of closed lists.
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// How the message came to be read: `whole`, `attached`, `inline`, `short`.
    pub(crate) form: &'static str,
    /// The answer in a line.
    pub(crate) headline: String,
    /// What identifies the message.
    pub(crate) message: About,
    /// The answer in full.
    pub(crate) sections: Vec<Section>,
}

/// What identifies a message, as it may be repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct About {
    /// Who it says it is from.
    pub(crate) from: String,
    /// Whose mailbox it came to.
    pub(crate) to: Option<String>,
    /// Its subject, with codes masked.
    pub(crate) subject: String,
    /// When it says it was written: RFC 3339, UTC.
    pub(crate) date: Option<String>,
    /// For whom it speaks, where that is somebody known here.
    pub(crate) brand: Option<&'static str>,
    /// The account that it names.
    pub(crate) account_named: Option<String>,
    /// The hosts of its links; none can be followed.
    pub(crate) links: Vec<String>,
    /// Whether it carries a code; which one is not repeated.
    pub(crate) has_code: bool,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    /// Which question: `who`, `what`, `account`, `follows`, `do`, `change`.
    pub(crate) id: &'static str,
    /// The question.
    pub(crate) title: String,
    /// The answer.
    pub(crate) lines: Vec<Line>,
}

/// One sentence or two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// What is said.
    pub(crate) text: String,
    /// What it rests on.
    pub(crate) because: Vec<String>,
}

/// Everything about a message from which words are made.
pub(crate) struct Case<'a> {
    pub(crate) evidence: &'a Evidence,
    pub(crate) said: &'a Said,
    pub(crate) concluded: &'a Concluded,
    pub(crate) verdict: Verdict,
    pub(crate) rules: &'a Rules,
    pub(crate) voice: &'a Voice,
}

impl Case<'_> {
    /// The whole answer.
    pub(crate) fn answer(&self) -> Answer {
        Answer {
            verdict: self.verdict,
            form: match self.evidence.form {
                Form::Whole => "whole",
                Form::Attached => "attached",
                Form::Inline => "inline",
                Form::Short => "short",
            },
            headline: self.headline(),
            message: self.about(),
            sections: vec![
                self.section("who", self.who()),
                self.section("what", self.what()),
                self.section("account", self.account()),
                self.section("follows", self.follows()),
                self.section("do", advice::to_do(self)),
                self.section("change", advice::would_change(self)),
            ],
        }
    }

    fn section(&self, id: &'static str, lines: Vec<Line>) -> Section {
        Section { id, title: self.say(&format!("explain-title-{id}"), &[]), lines }
    }

    /// A text with its arguments.
    pub(crate) fn say(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: Vec<(&str, FluentValue<'_>)> =
            arguments.iter().map(|(name, value)| (*name, FluentValue::from((*value).to_owned()))).collect();
        self.voice.fill(id, &arguments)
    }

    pub(crate) fn line(&self, id: &str, arguments: &[(&str, &str)]) -> Line {
        Line { text: self.say(id, arguments), because: Vec::new() }
    }

    /// The text with a name in it, or the one for when there is none.
    pub(crate) fn named(&self, id: &str, argument: &str, value: Option<&str>) -> Line {
        match value {
            Some(value) => self.line(id, &[(argument, value)]),
            None => self.line(&format!("{id}-unnamed"), &[]),
        }
    }

    pub(crate) fn brand(&self) -> Option<&'static str> {
        self.said.brand.map(|brand| brand.name)
    }

    /// Who it says it is from, as it may be repeated.
    fn who_it_says(&self) -> String {
        let from = &self.evidence.from;
        if self.evidence.form == Form::Short && !from.name.is_empty() {
            return number(&from.name);
        }
        let shown =
            if from.name.is_empty() { from.address() } else { format!("{} <{}>", from.name, from.address()) };
        let shown = if from.is_address() { shown } else { from.name.clone() };
        let shown = quoted(&shown, 120);
        if shown.is_empty() { self.say("explain-nobody", &[]) } else { shown }
    }

    /// The domain it comes from, in letters that hide nothing.
    pub(crate) fn domain(&self) -> String {
        quoted(&self.evidence.from.domain, 100)
    }

    fn headline(&self) -> String {
        let kind = self.verdict.kind;
        let id = format!("explain-head-{}", name(kind));
        match kind {
            Kind::DeviceCodeLure
            | Kind::DeviceCodeHowto
            | Kind::MfaPromptLure
            | Kind::CodeRequest
            | Kind::NotACode => self.say(&id, &[]),
            Kind::ForgedCode | Kind::PhishUnusualSignin => self.named(&id, "brand", self.brand()).text,
            Kind::MsaSingleUseCode
            | Kind::MsaSecurityCode
            | Kind::MsaNewAccount
            | Kind::MsaUnusualSignin
            | Kind::MsaSecurityChange
            | Kind::OrgMfaCode
            | Kind::OrgResetCode
            | Kind::GuestOtp
            | Kind::BiddenCode
            | Kind::BiddenNotice
            | Kind::OtherCode
            | Kind::OtherNotice
            | Kind::UnknownCode => self.headline_of_named(),
        }
    }

    fn headline_of_named(&self) -> String {
        let what = self.say(&format!("explain-name-{}", name(self.verdict.kind)), &[]);
        let capital = |text: String| {
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        };
        match self.verdict.sender {
            Sender::Genuine | Sender::GenuineForwarded | Sender::GenuineInnerUnverified => {
                let who = self.brand().map_or_else(|| self.domain(), str::to_owned);
                capital(self.say("explain-head-proved", &[("what", &what), ("who", &who)]))
            }
            Sender::Replayed => capital(self.say("explain-head-replayed", &[("what", &what)])),
            Sender::AuthenticatedOtherDomain => {
                self.say("explain-head-other", &[("what", &what), ("domain", &self.domain())])
            }
            Sender::Forged | Sender::Suspicious | Sender::Unverifiable => {
                self.say("explain-head-unproved", &[("what", &what)])
            }
        }
    }

    fn about(&self) -> About {
        let mut links: Vec<String> =
            self.evidence.links.iter().map(|(link, _)| wire::mail::link::defanged_host(&link.host)).collect();
        links.sort();
        links.dedup();
        links.truncate(20);
        About {
            from: self.who_it_says(),
            to: self.evidence.recipient.as_deref().map(|to| quoted(to, 120)),
            subject: quoted(&self.evidence.subject, 120),
            date: self.evidence.date.map(|seconds| wire::rfc3339::write(seconds.saturating_mul(1_000_000))),
            brand: self.brand(),
            account_named: account::relation(self.evidence).named.map(|named| quoted(&named, 120)),
            links,
            has_code: self.said.has_code && self.verdict.kind != Kind::NotACode,
        }
    }

    fn who(&self) -> Vec<Line> {
        let who = self.brand().map_or_else(|| self.domain(), str::to_owned);
        let domain = self.domain();
        let says = self.who_it_says();
        let foreign = self.said.brand.filter(|brand| !brand.sends_from(&self.evidence.from.domain));
        let id = format!("explain-sender-{}", name(self.verdict.sender));
        let mut line = match self.verdict.sender {
            Sender::Genuine
            | Sender::GenuineForwarded
            | Sender::GenuineInnerUnverified
            | Sender::Replayed => self.line(&id, &[("who", &who), ("domain", &domain)]),
            Sender::AuthenticatedOtherDomain => match foreign {
                Some(brand) if brand.owns(&self.evidence.from.domain) => {
                    self.line("explain-sender-same_house", &[("brand", brand.name), ("domain", &domain)])
                }
                Some(brand) => {
                    self.line("explain-sender-not_of", &[("brand", brand.name), ("domain", &domain)])
                }
                None => self.line(&id, &[("domain", &domain)]),
            },
            Sender::Forged => match self.brand() {
                Some(brand) => self.line("explain-sender-forged-brand", &[("who", &says), ("brand", brand)]),
                None => self.line(&id, &[("who", &says)]),
            },
            Sender::Suspicious => self.line(&id, &[]),
            Sender::Unverifiable => match self.evidence.form {
                Form::Short => self.line("explain-sender-unverifiable-short", &[]),
                Form::Inline => self.line("explain-sender-unverifiable-inline", &[]),
                Form::Whole | Form::Attached => self.line(&id, &[("who", &says)]),
            },
        };
        line.because = reasons::of_sender(self);
        let mut lines = vec![line];
        if let (Some(brand), Sender::Unverifiable) =
            (foreign.filter(|_| self.evidence.from.is_address()), self.verdict.sender)
        {
            lines.push(self.line("explain-sender-not_of", &[("brand", brand.name), ("domain", &domain)]));
        }
        lines.extend(receipts::lines(self));
        lines
    }

    fn what(&self) -> Vec<Line> {
        let kind = self.verdict.kind;
        let id = format!("explain-what-{}", name(kind));
        let mut line = match kind {
            Kind::GuestOtp => {
                self.named(&id, "organisation", account::organisation(self.evidence).as_deref())
            }
            Kind::DeviceCodeLure | Kind::DeviceCodeHowto => {
                self.line(&id, &[("whose", self.said.device.map_or(MICROSOFT.name, |page| page.whose))])
            }
            Kind::ForgedCode | Kind::PhishUnusualSignin => self.named(&id, "brand", self.brand()),
            Kind::OtherCode => match (&self.evidence.bound_to, self.brand()) {
                (Some(site), None) => {
                    self.line("explain-what-other_code-bound", &[("site", &quoted(site, 100))])
                }
                (_, brand) => self.named(&id, "brand", brand),
            },
            Kind::UnknownCode => self.line(&id, &[("brand", self.brand().unwrap_or(MICROSOFT.name))]),
            _ => self.line(&id, &[]),
        };
        line.because = reasons::of_kind(self);
        let mut lines = vec![line];
        if self.verdict.sender == Sender::Unverifiable
            && (kind.carries_code() || kind == Kind::MsaUnusualSignin)
        {
            lines.insert(0, self.line("explain-what-if", &[]));
        }
        if self.said.after_password && kind == Kind::OtherCode {
            lines.push(self.line("explain-what-after-password", &[]));
        }
        if self.evidence.hidden > 0
            && matches!(kind, Kind::DeviceCodeLure | Kind::ForgedCode | Kind::PhishUnusualSignin)
        {
            lines.push(self.line("explain-what-obfuscated", &[]));
        }
        if self.evidence.cut {
            lines.push(self.line("explain-what-cut", &[]));
        }
        if !self.evidence.unread.is_empty() {
            lines.push(self.line("explain-what-unread", &[]));
        }
        lines
    }

    fn account(&self) -> Vec<Line> {
        let relation = account::relation(self.evidence);
        let mut lines = advice::account_lines(self, &relation);
        if let Some(first) = lines.first_mut() {
            first.because = reasons::of_account(self, &relation);
        }
        lines
    }

    fn follows(&self) -> Vec<Line> {
        if matches!(
            self.verdict.kind,
            Kind::NotACode | Kind::ForgedCode | Kind::PhishUnusualSignin | Kind::CodeRequest
        ) {
            return vec![self.line(&format!("explain-in-{}", name(self.verdict.anyone_in)), &[])];
        }
        let mut lines =
            vec![self.line(&format!("explain-password-{}", name(self.verdict.password_used)), &[])];
        if self.verdict.kind.carries_code() || self.verdict.kind == Kind::DeviceCodeLure {
            lines.push(self.line(&format!("explain-mfa-{}", name(self.verdict.is_mfa)), &[]));
        }
        lines.push(self.line(&format!("explain-in-{}", name(self.verdict.anyone_in)), &[]));
        if let Some(id) = self.log() {
            lines.push(self.line(id, &[]));
        }
        lines
    }

    /// What the record of the account will show.
    const fn log(&self) -> Option<&'static str> {
        match self.verdict.kind {
            Kind::MsaSingleUseCode | Kind::MsaSecurityCode | Kind::MsaNewAccount => match self.verdict.sender
            {
                Sender::Replayed => None,
                _ => Some("explain-log-unused"),
            },
            Kind::MsaUnusualSignin | Kind::MsaSecurityChange => Some("explain-log-shows"),
            Kind::OrgMfaCode | Kind::OrgResetCode => Some("explain-log-organisation"),
            Kind::DeviceCodeLure => Some("explain-log-device"),
            Kind::BiddenCode => Some("explain-log-bidden"),
            _ => None,
        }
    }

    /// Whom to tell.
    pub(crate) fn help(&self) -> Option<&str> {
        self.rules.help_desk.as_deref()
    }

    /// What can be a code in it: how many signs of which sort.
    pub(crate) fn code(&self) -> Option<(&'static str, usize)> {
        let letters = self.evidence.codes.iter().find(|code| code.shape == CodeShape::Letters);
        let first =
            letters.filter(|_| self.verdict.kind == Kind::DeviceCodeLure).or(self.evidence.codes.first())?;
        Some(match first.shape {
            CodeShape::Letters | CodeShape::Mixed => ("explain-reason-code-letters", first.text.len()),
            CodeShape::Digits => ("explain-reason-code-digits", first.text.len()),
        })
    }
}
