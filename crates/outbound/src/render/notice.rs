//! A notice: what happened to an account, what it means, what to do, and how to say that it was somebody else.

use model::authenticator::AuthenticatorKind;
use model::event::{AddressKind, AddressRole, EntryKind, Removal};
use model::finding::{Attack, Severity};
use model::message::Message;
use model::nearness::Nearness;
use model::notice::{Notice, What};
use model::secret::Secret;
use model::time::Time;
use model::voice::Argument;

use super::layout::{Block, Content};
use super::words::Words;
use crate::letter::Unwritable;
use crate::letterhead::is_unprintable;

/// A notice with what belongs to it. See `model::message::Body::Notice` for the parts.
pub(super) struct Told<'a> {
    pub(super) notice: &'a Notice,
    pub(super) called: Option<&'a str>,
    pub(super) link: Option<&'a Secret<String>>,
}

impl Told<'_> {
    /// Whether every part has only the characters that it was made of.
    pub(super) fn check(&self) -> Result<(), Unwritable> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
        match self.link.map(Secret::expose) {
            Some(path) if !path.starts_with('/') || !path.bytes().all(plain) => {
                return Err(Unwritable::Part("link"));
            }
            Some(_) | None => {}
        }
        match &self.notice.what {
            What::GrantReplayed { app: Some(app) } | What::DevicesSuspended { app: Some(app) }
                if app.chars().any(is_unprintable) =>
            {
                Err(Unwritable::Part("app"))
            }
            _ => Ok(()),
        }
    }

    /// What must not be logged.
    pub(super) fn secrets(&self) -> Vec<Secret<String>> {
        self.link.cloned().into_iter().collect()
    }

    /// The mail.
    pub(super) fn content(&self, message: &Message, words: &Words<'_>) -> Result<Content, Unwritable> {
        let (name, then) = kind(&self.notice.what);
        let mut more: Vec<Argument<'_>> = Vec::new();
        let at = then.map(|at| words.moment(at)).transpose()?;
        if let Some(at) = &at {
            more.push(("at", at.as_str().into()));
        }
        if let Some(n) = count(&self.notice.what) {
            more.push(("n", n.into()));
        }
        if let What::GuessAlarm { one_in } = &self.notice.what {
            more.push(("one-in", (*one_in).into()));
        }
        let attack = if let What::Finding { attack, .. } = &self.notice.what {
            words.say(attacked(*attack))
        } else {
            String::new()
        };
        if !attack.is_empty() {
            more.push(("attack", attack.as_str().into()));
        }
        let mut blocks = vec![
            Block::Paragraph(words.fill(&format!("mail-notice-{name}"), &more)),
            self.facts(message, words)?,
        ];
        if self.notice.more > 0 {
            blocks.push(Block::Paragraph(words.fill("mail-notice-more", &[("n", self.notice.more.into())])));
        }
        blocks.push(Block::Paragraph(words.fill(meaning(&self.notice.what), &more)));
        let url = &words.head.public_url;
        let (why, link, path) = way(&self.notice.what, self.link.is_some());
        blocks.push(Block::Link {
            why: words.say(why),
            name: words.say(link),
            url: match self.link {
                Some(link) => format!("{url}{}", link.expose()),
                None => format!("{url}{path}"),
            },
        });
        Ok(Content { subject: words.fill(&format!("mail-subject-notice-{name}"), &more), blocks })
    }

    fn facts(&self, message: &Message, words: &Words<'_>) -> Result<Block, Unwritable> {
        let mut facts = vec![words.fact("mail-site", words.fill("mail-site-value", &[]))];
        match self.called {
            Some(called) => facts.push(words.fact("mail-account", called.to_owned())),
            None => facts.push(words.new_address(message)?),
        }
        if let What::GrantElsewhere { client: Some(client), .. } = &self.notice.what {
            facts.push(words.fact("mail-notice-app", client.clone()));
        }
        if let Some(address) = address(&self.notice.what) {
            facts.push(words.fact("mail-notice-address", address.to_owned()));
        }
        if let What::Finding { attack, severity, done } = &self.notice.what {
            facts.push(words.fact("mail-finding-attack", words.say(attacked(*attack))));
            facts.push(words.fact("mail-finding-severity", words.say(urgency(*severity))));
            facts.push(words.fact("mail-finding-done", words.say(answered(*done))));
        }
        if let What::GrantReplayed { app } | What::DevicesSuspended { app } = &self.notice.what {
            let unknown = || words.fill("mail-notice-app-unknown", &[]);
            facts.push(words.fact("mail-notice-app", app.clone().unwrap_or_else(unknown)));
        }
        facts.push(words.fact("mail-notice-when", words.moment(self.notice.at)?));
        if let Some(source) = &self.notice.source {
            facts.extend(words.whence(source));
            facts.push(words.fact("mail-browser", words.browser(source.browser)));
        }
        Ok(Block::Facts(facts))
    }
}

/// The name in the identifiers of its texts, and the time that these mention.
const fn kind(what: &What) -> (&'static str, Option<Time>) {
    use AuthenticatorKind::{Approver, Passkey, Password, Totp};
    match what {
        What::NewBrowser => ("new-browser", None),
        What::SessionsEnded { .. } => ("sessions-ended", None),
        What::AccountLocked => ("account-locked", None),
        What::AccountUnlocked => ("account-unlocked", None),
        What::AccountClosed => ("account-closed", None),
        What::AuthenticatorAdded { kind, usable_at: None } => match kind {
            Passkey => ("passkey-added", None),
            Password => ("password-added", None),
            Totp => ("totp-added", None),
            Approver => ("approver-added", None),
        },
        What::AuthenticatorAdded { kind, usable_at: Some(at) } => match kind {
            Passkey => ("passkey-held", Some(*at)),
            Password => ("password-held", Some(*at)),
            Totp => ("totp-held", Some(*at)),
            Approver => ("approver-held", Some(*at)),
        },
        What::AuthenticatorChanged { kind } => match kind {
            Passkey => ("passkey-changed", None),
            Password => ("password-changed", None),
            Totp => ("totp-changed", None),
            Approver => ("approver-changed", None),
        },
        What::AuthenticatorRemoved { kind, .. } => match kind {
            Passkey => ("passkey-removed", None),
            Password => ("password-removed", None),
            Totp => ("totp-removed", None),
            Approver => ("approver-removed", None),
        },
        What::MethodsChanged => ("methods-changed", None),
        What::GateChanged => ("gate-changed", None),
        What::Stopped { since, .. } => ("stopped", Some(*since)),
        What::RecoveryCodesMade { .. } => ("recovery-codes-made", None),
        What::RecoveryCodeUsed { .. } => ("recovery-code-used", None),
        What::AddressAdded { kind: AddressKind::Name, .. } => ("name-added", None),
        What::AddressAdded { role: AddressRole::SignIn, .. } => ("address-added", None),
        What::AddressAdded { role: AddressRole::Recovery, .. } => ("recovery-added", None),
        What::AddressRemoved { kind: AddressKind::Name, .. } => ("name-removed", None),
        What::AddressRemoved { role: AddressRole::SignIn, .. } => ("address-removed", None),
        What::AddressRemoved { role: AddressRole::Recovery, why: Removal::ByRecipient, .. } => {
            ("recovery-detached", None)
        }
        What::AddressRemoved { role: AddressRole::Recovery, .. } => ("recovery-removed", None),
        What::AddressMadeMain { .. } => ("made-main", None),
        What::AddressSwitched { sign_in: true, .. } => ("switched-on", None),
        What::AddressSwitched { sign_in: false, .. } => ("switched-off", None),
        What::DetachingAsked { at, .. } => ("detaching-asked", Some(*at)),
        What::EntryAsked { kind: EntryKind::Recovery, opens_at } => ("recovery-asked", Some(*opens_at)),
        What::EntryAsked { kind: EntryKind::SignIn, opens_at } => ("entry-asked", Some(*opens_at)),
        What::EntryCancelled { kind: EntryKind::Recovery } => ("recovery-cancelled", None),
        What::EntryCancelled { kind: EntryKind::SignIn } => ("entry-cancelled", None),
        What::EntryUsed { kind: EntryKind::Recovery } => ("recovery-used", None),
        What::EntryUsed { kind: EntryKind::SignIn } => ("entry-used", None),
        What::GrantReplayed { .. } => ("grant-replayed", None),
        What::SessionSuspected { until } => match until {
            None => ("session-suspected", None),
            Some(until) => ("session-provisional", Some(*until)),
        },
        What::ApprovedElsewhere { until } => ("approved-elsewhere", Some(*until)),
        What::DevicesSuspended { .. } => ("devices-suspended", None),
        What::Finding { .. } => ("finding", None),
        What::GrantElsewhere { device: true, nearness: Nearness::Nearby, .. } => ("device-nearby", None),
        What::GrantElsewhere { device: true, nearness: Nearness::Elsewhere, .. } => {
            ("device-elsewhere", None)
        }
        What::GrantElsewhere { device: true, nearness: Nearness::Unknown, .. } => ("device-unknown", None),
        What::GrantElsewhere { device: false, nearness: Nearness::Elsewhere, .. } => {
            ("program-elsewhere", None)
        }
        What::GrantElsewhere { device: false, .. } => ("program-unknown", None),
        What::Undone { .. } => ("undone", None),
        What::WantedElsewhere => ("wanted-elsewhere", None),
        What::AddressWanted { .. } => ("address-wanted", None),
        What::GuessAlarm { .. } => ("guess-alarm", None),
        What::Holdings { until } => ("holdings", Some(*until)),
    }
}

const fn count(what: &What) -> Option<u32> {
    match what {
        What::SessionsEnded { count }
        | What::RecoveryCodesMade { count }
        | What::Stopped { count, .. }
        | What::Undone { count } => Some(*count),
        What::RecoveryCodeUsed { left } => Some(*left),
        _ => None,
    }
}

fn address(what: &What) -> Option<&str> {
    match what {
        What::AddressAdded { address, .. }
        | What::AddressRemoved { address, .. }
        | What::AddressMadeMain { address }
        | What::AddressSwitched { address, .. }
        | What::AddressWanted { address }
        | What::DetachingAsked { address, .. } => Some(address),
        _ => None,
    }
}

/// What it means and what to do.
const fn meaning(what: &What) -> &'static str {
    match what {
        What::NewBrowser => "mail-notice-meaning-new-browser",
        What::Stopped { .. } => "mail-notice-meaning-stopped",
        What::AccountLocked | What::AccountClosed | What::MethodsChanged => "mail-notice-meaning-operator",
        What::AccountUnlocked => "mail-notice-meaning-unlocked",
        What::GrantElsewhere { nearness: Nearness::Nearby, .. } => "mail-notice-meaning-device",
        What::GrantElsewhere { .. } => "mail-notice-meaning-provisional",
        What::AddressRemoved { why: Removal::ByRecipient, .. } | What::DetachingAsked { .. } => {
            "mail-notice-meaning-detaching"
        }
        What::EntryAsked { .. } => "mail-notice-meaning-entry",
        What::EntryCancelled { .. } => "mail-notice-meaning-cancelled",
        What::GrantReplayed { .. } => "mail-notice-meaning-replayed",
        What::WantedElsewhere | What::AddressWanted { .. } => "mail-notice-meaning-elsewhere",
        What::SessionSuspected { until: None } => "mail-notice-meaning-suspected",
        What::SessionSuspected { until: Some(_) } => "mail-notice-meaning-session-provisional",
        What::ApprovedElsewhere { .. } => "mail-notice-meaning-approved-elsewhere",
        What::DevicesSuspended { .. } => "mail-notice-meaning-devices-suspended",
        What::Finding { .. } => "mail-notice-meaning-finding",
        What::GuessAlarm { .. } => "mail-notice-meaning-guess-alarm",
        What::Holdings { .. } => "mail-notice-meaning-holdings",
        What::SessionsEnded { .. }
        | What::AuthenticatorAdded { .. }
        | What::AuthenticatorChanged { .. }
        | What::AuthenticatorRemoved { .. }
        | What::RecoveryCodesMade { .. }
        | What::RecoveryCodeUsed { .. }
        | What::AddressAdded { .. }
        | What::AddressRemoved { .. }
        | What::AddressMadeMain { .. }
        | What::AddressSwitched { .. }
        | What::GateChanged
        | What::Undone { .. }
        | What::EntryUsed { .. } => "mail-notice-meaning-change",
    }
}

/// Why to follow the link, its name, and its path where the notice carries none of its own.
const fn way(what: &What, own: bool) -> (&'static str, &'static str, &'static str) {
    match (what, own) {
        (What::Holdings { .. }, _) => {
            ("mail-notice-holdings-why", "mail-notice-holdings-link", "/about-this-address")
        }
        (What::GuessAlarm { .. }, _) => {
            ("mail-notice-guess-alarm-why", "mail-notice-guess-alarm-link", "/operator#guesses")
        }
        (What::Finding { .. }, _) => {
            ("mail-notice-finding-why", "mail-notice-finding-link", "/operator/watch")
        }
        (What::SessionSuspected { until: Some(_) } | What::ApprovedElsewhere { .. }, _) => {
            ("mail-notice-session-why", "mail-notice-session-link", "/account/sessions")
        }
        (What::WantedElsewhere | What::AccountClosed, _) => {
            ("mail-notice-about-why", "mail-notice-about-link", "/about-this-address")
        }
        (What::GrantElsewhere { .. }, true) => {
            ("mail-notice-app-why", "mail-notice-cancel-link", "/account/grants")
        }
        (What::GrantElsewhere { .. } | What::DevicesSuspended { .. }, false) => {
            ("mail-notice-apps", "mail-notice-apps-link", "/account/grants")
        }
        (_, true) => ("mail-notice-cancel-why", "mail-notice-cancel-link", "/account/activity"),
        (_, false) => ("mail-notice-look", "mail-digest-link", "/account/activity"),
    }
}

/// What a finding is about, in a few words.
const fn attacked(attack: Attack) -> &'static str {
    match attack {
        Attack::AddressEnumeration => "mail-finding-address-enumeration",
        Attack::MailboxFlood => "mail-finding-mailbox-flood",
        Attack::NetworkFlood => "mail-finding-network-flood",
        Attack::CodeGuessing => "mail-finding-code-guessing",
        Attack::CodeSpraying => "mail-finding-code-spraying",
        Attack::CompletionRatio => "mail-finding-completion-ratio",
        Attack::ConsentPhishing => "mail-finding-consent-phishing",
        Attack::DeviceCodePhishing => "mail-finding-device-code-phishing",
        Attack::MessagePumping => "mail-finding-message-pumping",
        Attack::RefreshReplay => "mail-finding-refresh-replay",
        Attack::PersistenceAfterAlarm => "mail-finding-persistence-after-alarm",
        Attack::SessionReplay => "mail-finding-session-replay",
        Attack::Other => "mail-finding-other",
    }
}

const fn urgency(severity: Severity) -> &'static str {
    match severity {
        Severity::Info | Severity::Medium => "mail-finding-medium",
        Severity::High => "mail-finding-high",
        Severity::Critical => "mail-finding-critical",
    }
}

const fn answered(done: Option<bool>) -> &'static str {
    match done {
        None => "mail-finding-done-nothing",
        Some(false) => "mail-finding-done-simulated",
        Some(true) => "mail-finding-done-acted",
    }
}
