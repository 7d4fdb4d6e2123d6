//! What a detector concluded, in words: what happened, what else it may be, and what to do.

use model::finding::{Attack, Severity};

/// The texts about one attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is, in a line.
    pub title: &'static str,
    /// What happened.
    pub what: &'static str,
    /// What else it may be.
    pub or_else: &'static str,
    /// What an operator can do.
    pub to_do: &'static str,
    /// What the owner of an account can do; none where it concerns no single account.
    pub you: Option<&'static str>,
}

impl Words {
    /// The texts about this one.
    #[must_use]
    pub const fn of(attack: Attack) -> Self {
        match attack {
            Attack::AddressEnumeration => Self {
                title: "finding-addresses",
                what: "finding-addresses-what",
                or_else: "finding-addresses-else",
                to_do: "finding-addresses-do",
                you: None,
            },
            Attack::MailboxFlood => Self {
                title: "finding-flood",
                what: "finding-flood-what",
                or_else: "finding-flood-else",
                to_do: "finding-flood-do",
                you: Some("finding-flood-you"),
            },
            Attack::NetworkFlood => Self {
                title: "finding-network",
                what: "finding-network-what",
                or_else: "finding-network-else",
                to_do: "finding-network-do",
                you: None,
            },
            Attack::CodeGuessing => Self {
                title: "finding-guessing",
                what: "finding-guessing-what",
                or_else: "finding-guessing-else",
                to_do: "finding-guessing-do",
                you: Some("finding-guessing-you"),
            },
            Attack::CodeSpraying => Self {
                title: "finding-spraying",
                what: "finding-spraying-what",
                or_else: "finding-spraying-else",
                to_do: "finding-spraying-do",
                you: None,
            },
            Attack::CompletionRatio => Self {
                title: "finding-completion",
                what: "finding-completion-what",
                or_else: "finding-completion-else",
                to_do: "finding-completion-do",
                you: None,
            },
            Attack::ConsentPhishing => Self {
                title: "finding-consent",
                what: "finding-consent-what",
                or_else: "finding-consent-else",
                to_do: "finding-consent-do",
                you: None,
            },
            Attack::DeviceCodePhishing => Self {
                title: "finding-device",
                what: "finding-device-what",
                or_else: "finding-device-else",
                to_do: "finding-device-do",
                you: Some("finding-device-you"),
            },
            Attack::MessagePumping => Self {
                title: "finding-pumping",
                what: "finding-pumping-what",
                or_else: "finding-pumping-else",
                to_do: "finding-pumping-do",
                you: None,
            },
            Attack::RefreshReplay => Self {
                title: "finding-refresh",
                what: "finding-refresh-what",
                or_else: "finding-refresh-else",
                to_do: "finding-refresh-do",
                you: Some("finding-refresh-you"),
            },
            Attack::PersistenceAfterAlarm => Self {
                title: "finding-persistence",
                what: "finding-persistence-what",
                or_else: "finding-persistence-else",
                to_do: "finding-persistence-do",
                you: Some("finding-persistence-you"),
            },
            Attack::SessionReplay => Self {
                title: "finding-session",
                what: "finding-session-what",
                or_else: "finding-session-else",
                to_do: "finding-session-do",
                you: Some("finding-session-you"),
            },
            Attack::Other => Self {
                title: "finding-other",
                what: "finding-other-what",
                or_else: "finding-other-else",
                to_do: "finding-other-do",
                you: Some("finding-other-you"),
            },
        }
    }
}

/// How urgent it is, in words.
#[must_use]
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "finding-critical",
        Severity::High => "finding-high",
        Severity::Medium => "finding-medium",
        Severity::Info => "finding-info",
    }
}
