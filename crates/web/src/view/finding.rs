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

/// The texts that begin with this word.
macro_rules! words {
    ($name:literal) => {
        words!(@ $name, None)
    };
    ($name:literal, you) => {
        words!(@ $name, Some(concat!("finding-", $name, "-you")))
    };
    (@ $name:literal, $you:expr) => {
        Words {
            title: concat!("finding-", $name),
            what: concat!("finding-", $name, "-what"),
            or_else: concat!("finding-", $name, "-else"),
            to_do: concat!("finding-", $name, "-do"),
            you: $you,
        }
    };
}

impl Words {
    /// The texts about this one.
    #[must_use]
    pub const fn of(attack: Attack) -> Self {
        match attack {
            Attack::AddressEnumeration => words!("addresses"),
            Attack::MailboxFlood => words!("flood", you),
            Attack::NetworkFlood => words!("network"),
            Attack::CodeGuessing => words!("guessing", you),
            Attack::CodeSpraying => words!("spraying"),
            Attack::CompletionRatio => words!("completion"),
            Attack::ConsentPhishing => words!("consent"),
            Attack::DeviceCodePhishing => words!("device", you),
            Attack::MessagePumping => words!("pumping"),
            Attack::RefreshReplay => words!("refresh", you),
            Attack::PersistenceAfterAlarm => words!("persistence", you),
            Attack::SessionReplay => words!("session", you),
            Attack::Other => words!("other", you),
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
