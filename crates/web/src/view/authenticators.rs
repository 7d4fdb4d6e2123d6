//! What an account can prove itself with: the page that lists it, and those that add and remove.

use askama::Template;

use crate::view::approve::ApproverSection;
use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::view::recover::CodesSection;
use crate::view::set_password::{AppSection, PasswordSection};

/// GET `/account/authenticators`. Each kind has a section of its own.
#[derive(Debug, Template)]
#[template(path = "authenticators.html", whitespace = "minimize")]
pub struct Authenticators<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What happened before this page was shown.
    pub notice: Option<AuthenticatorsNotice>,
    /// Whether to offer to end all other sessions: something by which they could have begun has changed.
    pub others: bool,
    /// The passkeys.
    pub passkeys: PasskeySection,
    /// The password.
    pub password: PasswordSection,
    /// The app.
    pub app: AppSection,
    /// The devices that approve.
    pub approvers: ApproverSection,
    /// The recovery codes.
    pub codes: CodesSection,
}

/// What happened before the page was shown.
#[derive(Clone, Debug)]
pub enum AuthenticatorsNotice {
    /// A passkey was added.
    Added,
    /// A passkey was added, and is held.
    AddedHeld,
    /// One has another name.
    Renamed,
    /// One was taken away.
    Removed,
    /// The name could not be taken.
    NameUnfit,
    /// A password was set.
    PasswordSet,
    /// A password was set, and is held.
    PasswordHeld,
    /// A password was changed.
    PasswordChanged,
    /// The password was taken away.
    PasswordRemoved,
    /// An app was added.
    AppAdded,
    /// An app was added, and is held.
    AppHeld,
    /// The app was taken away.
    AppRemoved,
    /// A device that approves was taken away.
    ApproverRemoved,
    /// The account was recovered just now.
    Recovered,
    /// One that was held was taken back.
    Cancelled,
}

impl AuthenticatorsNotice {
    /// The text that says so.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        match self {
            Self::Added => "passkey-notice-added",
            Self::AddedHeld => "passkey-notice-held",
            Self::Renamed => "passkey-notice-renamed",
            Self::Removed => "passkey-notice-removed",
            Self::NameUnfit => "passkey-refused-name",
            Self::PasswordSet => "password-notice-set",
            Self::PasswordHeld => "password-notice-held",
            Self::PasswordChanged => "password-notice-changed",
            Self::PasswordRemoved => "password-notice-removed",
            Self::AppAdded => "app-notice-added",
            Self::AppHeld => "app-notice-held",
            Self::AppRemoved => "app-notice-removed",
            Self::ApproverRemoved => "approver-notice-removed",
            Self::Recovered => "authenticators-recovered",
            Self::Cancelled => "authenticators-cancelled",
        }
    }

    /// The word in the address of the page.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "added" => Self::Added,
            "held" => Self::AddedHeld,
            "renamed" => Self::Renamed,
            "removed" => Self::Removed,
            "name" => Self::NameUnfit,
            "password-set" => Self::PasswordSet,
            "password-held" => Self::PasswordHeld,
            "password-changed" => Self::PasswordChanged,
            "password-removed" => Self::PasswordRemoved,
            "app-added" => Self::AppAdded,
            "app-held" => Self::AppHeld,
            "app-removed" => Self::AppRemoved,
            "approver-removed" => Self::ApproverRemoved,
            "recovered" => Self::Recovered,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }

    /// Whether something by which a session can begin has changed (OWASP ASVS 5.0 7.4.3).
    pub(crate) const fn is_change(&self) -> bool {
        !matches!(self, Self::Renamed | Self::NameUnfit | Self::Recovered | Self::Cancelled)
    }

    const fn class(&self) -> &'static str {
        match self {
            Self::NameUnfit => "bad",
            _ => "good",
        }
    }
}

/// The section about passkeys.
#[derive(Clone, Debug)]
pub struct PasskeySection {
    /// Each of them, the oldest first.
    pub lines: Vec<PasskeyLine>,
    /// Whether one can be added.
    pub open: bool,
}

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyLine {
    /// Its identifier, as in the paths that change it.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// Until when it is held.
    pub held: Option<Moment>,
}

/// GET `/account/authenticators/passkeys/new`.
#[derive(Debug, Template)]
#[template(path = "passkey_new.html", whitespace = "minimize")]
pub struct NewPasskey<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The form, or where it could be had.
    pub passkey: Offer,
    /// Why the last try came to nothing.
    pub refused: Option<PasskeyRefused>,
}

/// GET `/account/authenticators/<id>/remove`.
#[derive(Debug, Template)]
#[template(path = "passkey_remove.html", whitespace = "minimize")]
pub struct RemovePasskey<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Its identifier.
    pub id: &'a str,
    /// What its owner calls it.
    pub name: &'a str,
    /// Whether it is the last one.
    pub last: bool,
}
