//! The page of what a new browser must bring before a code is mailed.

use askama::Template;
use model::gate::Gate;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/account/gate`.
#[derive(Clone, Debug, Template)]
#[template(path = "gate.html", whitespace = "minimize")]
pub struct GatePage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The text that says what happened before this page was shown, and whether it was done.
    pub notice: Option<(&'static str, bool)>,
    /// Whether it was proved lately who is there; otherwise nothing can be changed yet but the window.
    pub confirmed: bool,
    /// What holds.
    pub gate: Gate,
    /// What the owner says.
    pub own: Option<Gate>,
    /// What the owner may choose.
    pub allowed: Vec<Gate>,
    /// Since when there is a gate word.
    pub word_since: Option<Moment>,
    /// A gate word that was drawn just now: shown once.
    pub drawn: Option<&'a str>,
    /// Whether there is a private name.
    pub name: bool,
    /// Until when somebody is expected who types the words of a window.
    pub open_until: Option<Moment>,
    /// The word of a window that was opened just now: shown once.
    pub announced: Option<&'a str>,
    /// Whether there is a passkey to sign in by.
    pub passkey: bool,
    /// Whether there is a password to sign in by.
    pub password: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// What can have happened before the page was shown: the word in the address of the page, the text, whether it was done.
pub const NOTICES: [(&str, &str, bool); 10] = [
    ("changed", "gate-notice-changed", true),
    ("word-set", "gate-notice-word-set", true),
    ("word-removed", "gate-notice-word-removed", true),
    ("taken-back", "gate-notice-taken-back", true),
    ("loose", "gate-notice-loose", false),
    ("nameless", "gate-notice-nameless", false),
    ("wordless", "gate-notice-wordless", false),
    ("needed", "gate-notice-needed", false),
    ("locks-out", "gate-notice-locks-out", false),
    ("malformed", "gate-notice-malformed", false),
];

/// The text for a word, and whether it was done.
#[must_use]
pub fn notice(word: &str) -> Option<(&'static str, bool)> {
    NOTICES.iter().find(|(known, ..)| *known == word).map(|(_, text, good)| (*text, *good))
}

impl GatePage<'_> {
    /// What a new browser must bring, in a sentence.
    const fn says(&self) -> &'static str {
        match self.gate {
            Gate::Open => "gate-says-open",
            Gate::PrivateName => "gate-says-private-name",
            Gate::GateWord => "gate-says-gate-word",
            Gate::SolicitedOnly => "gate-says-solicited-only",
        }
    }

    /// The same as something to choose.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    const fn choice(&self, gate: &Gate) -> &'static str {
        match gate {
            Gate::Open => "gate-choice-open",
            Gate::PrivateName => "gate-choice-private-name",
            Gate::GateWord => "gate-choice-gate-word",
            Gate::SolicitedOnly => "gate-choice-solicited-only",
        }
    }

    fn chose(&self, gate: &Gate) -> bool {
        self.own.as_ref() == Some(gate)
    }

    /// Whether what holds is what the owner says.
    fn is_own(&self) -> bool {
        self.chose(&self.gate)
    }

    /// Whether nothing but mail lets anybody in from a new browser.
    const fn is_alone(&self) -> bool {
        !self.passkey && !self.password && self.recovery_codes == 0
    }

    /// What the owner lacks of what the gate asks for.
    fn lacks(&self) -> Option<&'static str> {
        match self.gate {
            Gate::PrivateName if !self.name => Some("gate-lacks-name"),
            Gate::GateWord if self.word_since.is_none() => Some("gate-lacks-word"),
            Gate::Open | Gate::PrivateName | Gate::GateWord | Gate::SolicitedOnly => None,
        }
    }
}
