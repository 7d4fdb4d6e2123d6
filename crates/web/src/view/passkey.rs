//! What pages say about passkeys, and the form that the script fills.

use crate::view::moment::Moment;

/// What a page can offer here.
#[derive(Clone, Debug)]
pub enum Offer {
    /// A passkey can be used or made on this page.
    Here(PasskeyForm),
    /// Passkeys belong to the site's name; it was reached by another one. The address that they work at.
    Elsewhere(String),
    /// Passkeys are switched off, or the site has no name.
    Nowhere,
}

impl Offer {
    pub(crate) const fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    pub(crate) const fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Elsewhere(_))
    }
}

/// The form that carries the answer of the browser. It is hidden until the script knows that there is something to show.
#[derive(Clone, Debug)]
pub struct PasskeyForm {
    /// What it is for.
    pub deed: PasskeyDeed,
    /// For `navigator.credentials`, as JSON.
    pub options: String,
    /// The challenge, to be brought back.
    pub challenge: String,
    /// For how many seconds the challenge can be answered.
    pub seconds: u64,
    /// Where it goes on to; in a recovery, what waits already in this browser.
    pub to: Option<String>,
    /// What the new passkey is called unless its owner says otherwise.
    pub name: Option<String>,
    /// Whether the browser is not to suggest passkeys by itself: one was refused just now.
    pub quiet: bool,
    /// The identifier of a passkey that was presented and that nobody has: the browser can forget it.
    pub unknown: Option<String>,
    /// The end of the path that an approver's answer goes to: its approval, or the code that it was shown.
    pub about: String,
    /// The number that was typed, where that is what is signed.
    pub number: Option<String>,
}

/// What a passkey form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyDeed {
    /// Signing in.
    SignIn,
    /// Proving within a session who is there.
    Confirm,
    /// Making one.
    Add,
    /// Getting back into an account.
    Recover,
    /// Becoming an approver.
    Enrol,
    /// Answering as an approver.
    Approve,
}

impl PasskeyForm {
    /// Where it is posted to.
    #[must_use]
    pub fn action(&self) -> String {
        match self.deed {
            PasskeyDeed::SignIn => "/sign-in/passkey".to_owned(),
            PasskeyDeed::Confirm => "/account/confirm/passkey".to_owned(),
            PasskeyDeed::Add => "/account/authenticators/passkeys".to_owned(),
            PasskeyDeed::Recover => "/recover/passkey".to_owned(),
            PasskeyDeed::Enrol => format!("/approve/join/{}", self.about),
            PasskeyDeed::Approve => format!("/approve/{}/answer", self.about),
        }
    }

    /// The page with a fresh challenge.
    pub(crate) fn again(&self) -> String {
        match self.deed {
            PasskeyDeed::SignIn => "/sign-in".to_owned(),
            PasskeyDeed::Confirm => {
                let to = self.to.as_deref().unwrap_or_default();
                format!("/account/confirm?{}", wire::form::encode([("to", to)]))
            }
            PasskeyDeed::Add => "/account/authenticators/passkeys/new".to_owned(),
            PasskeyDeed::Recover => match &self.to {
                Some(entry) => format!("/recover?entry={entry}"),
                None => "/recover".to_owned(),
            },
            PasskeyDeed::Enrol => format!("/approve/join/{}", self.about),
            PasskeyDeed::Approve => format!("/approve/{}", self.about),
        }
    }

    pub(crate) const fn deed(&self) -> &'static str {
        match self.deed {
            PasskeyDeed::SignIn | PasskeyDeed::Confirm | PasskeyDeed::Recover | PasskeyDeed::Approve => "use",
            PasskeyDeed::Add | PasskeyDeed::Enrol => "make",
        }
    }

    /// The field in which browsers offer passkeys beside what was typed there before.
    pub(crate) fn field(&self) -> &'static str {
        if self.deed == PasskeyDeed::SignIn && !self.quiet { "address" } else { "" }
    }

    pub(crate) const fn button(&self) -> &'static str {
        match self.deed {
            PasskeyDeed::SignIn => "passkey-sign-in",
            PasskeyDeed::Confirm => "passkey-confirm",
            PasskeyDeed::Add => "passkey-add",
            PasskeyDeed::Recover => "passkey-recover",
            PasskeyDeed::Enrol => "join-button",
            PasskeyDeed::Approve => "approve-button",
        }
    }

    pub(crate) const fn name_label(&self) -> &'static str {
        match self.deed {
            PasskeyDeed::Enrol => "join-name-label",
            _ => "passkey-name-label",
        }
    }

    /// On the sign-in page it stands beside the button for a code.
    pub(crate) const fn button_class(&self) -> &'static str {
        match self.deed {
            PasskeyDeed::SignIn => "second",
            PasskeyDeed::Confirm | PasskeyDeed::Add | PasskeyDeed::Recover | PasskeyDeed::Enrol => "first",
            // "That is not me" is the first here.
            PasskeyDeed::Approve => "second",
        }
    }
}

impl PasskeyDeed {
    /// What is said when the browser gave nothing.
    pub(crate) const fn cancelled(self) -> &'static str {
        match self {
            Self::SignIn | Self::Confirm | Self::Recover => "passkey-cancelled",
            Self::Approve => "approve-cancelled",
            Self::Add | Self::Enrol => "passkey-not-made",
        }
    }
}

/// Why a passkey was refused.
#[derive(Clone, Debug)]
pub enum PasskeyRefused {
    /// It opens nothing here.
    Unknown,
    /// It is held.
    Held(Moment),
    /// Its counter does not go on.
    Copied,
    /// It took too long, or was answered before.
    Over,
    /// Passkeys are switched off for that.
    Off,
    /// The device made nothing that could be used.
    Unfit,
    /// It belongs to an account already.
    Known,
    /// There are as many as there can be.
    TooMany,
    /// The name cannot be read, or is too long.
    Name,
}

impl PasskeyRefused {
    /// The text that says so.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        match self {
            Self::Unknown => "passkey-refused-unknown",
            Self::Held(_) => "passkey-refused-held",
            Self::Copied => "passkey-refused-copied",
            Self::Over => "passkey-refused-over",
            Self::Off => "passkey-refused-off",
            Self::Unfit => "passkey-refused-unfit",
            Self::Known => "passkey-refused-known",
            Self::TooMany => "passkey-refused-too-many",
            Self::Name => "passkey-refused-name",
        }
    }

    /// Until when it is held.
    #[must_use]
    pub const fn until(&self) -> Option<&Moment> {
        match self {
            Self::Held(until) => Some(until),
            _ => None,
        }
    }
}
