//! Which attack a finding is about, and what of it somebody could do something about: read from what the detector said.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Fact, Finding};
use crate::id::{GrantId, SessionId};

/// An attack as people are told of it. What is found in the records of other systems has other words
/// (`bidden investigate`), and is no finding of this installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attack {
    /// Somebody tries out which addresses have an account.
    AddressEnumeration,
    /// Many codes are asked for one mailbox.
    MailboxFlood,
    /// One network asks for codes for many mailboxes.
    NetworkFlood,
    /// Somebody tries codes of one account.
    CodeGuessing,
    /// Somebody tries a few codes or passwords with many accounts.
    CodeSpraying,
    /// Far fewer codes are used than usual.
    CompletionRatio,
    /// A new client collects consents.
    ConsentPhishing,
    /// People are asked to let in devices that are not theirs.
    DeviceCodePhishing,
    /// Somebody earns by text messages.
    MessagePumping,
    /// A token came that was used up, or that belongs to another key.
    RefreshReplay,
    /// Something was added to an account after an alarm.
    PersistenceAfterAlarm,
    /// A session is used by another browser.
    SessionReplay,
    /// Something that this version has no words for.
    Other,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::AddressEnumeration,
        Self::MailboxFlood,
        Self::NetworkFlood,
        Self::CodeGuessing,
        Self::CodeSpraying,
        Self::CompletionRatio,
        Self::ConsentPhishing,
        Self::DeviceCodePhishing,
        Self::MessagePumping,
        Self::RefreshReplay,
        Self::PersistenceAfterAlarm,
        Self::SessionReplay,
        Self::Other,
    ];
}

/// What a finding is about, apart from its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// Whoever is behind this network address.
    Source(IpAddr),
    /// Text messages to numbers of this dialling code.
    Country(&'a str),
    /// A client (`client_id`).
    Client(&'a str),
    /// A browser session.
    Session(SessionId),
    /// A grant.
    Grant(GrantId),
    /// No more than its subject says.
    Subject,
}

impl Finding {
    /// Which attack it is about.
    #[must_use]
    pub fn attack(&self) -> Attack {
        match self.detector.as_str() {
            "address_enumeration" => Attack::AddressEnumeration,
            "code_flood" if self.rests_on(Fact::ManyRecipients) => Attack::NetworkFlood,
            "code_flood" => Attack::MailboxFlood,
            "code_guessing" => Attack::CodeGuessing,
            "code_spraying" => Attack::CodeSpraying,
            "completion_ratio" => Attack::CompletionRatio,
            "consent_phishing" => Attack::ConsentPhishing,
            "device_code_phishing" => Attack::DeviceCodePhishing,
            "message_pumping" => Attack::MessagePumping,
            "refresh_replay" => Attack::RefreshReplay,
            "persistence_after_alarm" => Attack::PersistenceAfterAlarm,
            "session_replay" => Attack::SessionReplay,
            _ => Attack::Other,
        }
    }

    /// What it is about, apart from its subject.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        let Some((what, which)) = self.key.split_once(' ') else { return About::Subject };
        let found = match what {
            "source" => which.parse().ok().map(About::Source),
            "country" => Some(About::Country(which)),
            "client" => Some(About::Client(which)),
            "session" => which.parse().ok().map(About::Session),
            "grant" => which.parse().ok().map(About::Grant),
            _ => None,
        };
        found.unwrap_or(About::Subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Reason, Severity};

    fn finding(detector: &str, key: &str) -> Finding {
        Finding::new(detector, Severity::High, key.to_owned())
    }

    #[test]
    fn what_a_finding_is_about_is_read_from_its_key() {
        let source = finding("code_flood", "source 2001:db8::1");
        assert_eq!(source.about(), About::Source("2001:db8::1".parse().unwrap()));
        assert_eq!(finding("consent_phishing", "client a b").about(), About::Client("a b"));
        assert_eq!(finding("message_pumping", "country +371").about(), About::Country("+371"));
        for nothing in ["site", "everywhere", "recipient 00ff", "session x", "network 12", "source nowhere"] {
            assert_eq!(finding("code_flood", nothing).about(), About::Subject, "{nothing}");
        }
    }

    #[test]
    fn a_flood_of_one_mailbox_is_another_attack_than_one_network_that_asks_for_many() {
        let mut flood = finding("code_flood", "recipient 00ff");
        assert_eq!(flood.attack(), Attack::MailboxFlood);
        flood.reasons.push(Reason::counted(Fact::ManyRecipients, 25));
        assert_eq!(flood.attack(), Attack::NetworkFlood);
        assert_eq!(finding("of a later version", "").attack(), Attack::Other);
    }
}
