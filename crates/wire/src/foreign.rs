//! What the records of other sign-in systems say, in words of ours: closed lists, and one row that every format is read into.
//!
//! The formats differ in spelling and in what they leave out; what they say is the same. A row keeps the difference between
//! "no" and "not told".

mod arena;
mod google;
mod key;
mod moment;
mod names;
mod okta;
mod parts;
pub(crate) mod record;
pub(crate) mod row;
pub(crate) mod scan;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod walk;

pub use arena::Arena;
pub use moment::{DateOrder, Moment};
pub use record::{Read, read};
pub use row::{Act, Device, Format, Row, SignIn, What};
pub use split::{Cut, LONGEST, Splitter};
pub use table::Table;

use serde::{Deserialize, Serialize};

/// Whose records they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Microsoft Entra ID and Microsoft 365, in all their exports.
    Microsoft,
    /// Okta.
    Okta,
    /// Google Workspace.
    Google,
}

impl System {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Okta => "okta",
            Self::Google => "google",
        }
    }
}

/// How a sign-in, or one step of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It succeeded.
    Success,
    /// Something more was asked for: a second factor, a consent, another account. Never a failure by itself.
    Interrupt,
    /// The page "Are you trying to sign in to …?" was shown (50199), as in the middle of a device-code sign-in.
    ConfirmApp,
    /// The password was wrong.
    WrongPassword,
    /// There is no such user.
    UnknownUser,
    /// The password was right, and has expired.
    PasswordExpired,
    /// The user or the network address is locked for a while.
    LockedOut,
    /// The account is disabled.
    Disabled,
    /// The person declined the second factor.
    FactorDenied,
    /// Nobody answered the request for the second factor.
    FactorUnanswered,
    /// The person chose a wrong number, or typed one that did not match.
    FactorWrongNumber,
    /// A code of an app, a message or a call was wrong.
    FactorWrongCode,
    /// The person reported a request for the second factor as fraud.
    FactorReported,
    /// The second factor failed in another way, or in one that is not told.
    FactorFailed,
    /// A rule of access stopped it after the person had proved who they are.
    Blocked,
    /// A device code had expired, or was not one.
    DeviceCodeInvalid,
    /// A token was expired or revoked.
    TokenRefused,
    /// A consent was refused, or is not the user's to give.
    ConsentRefused,
    /// It failed in another way.
    Failed,
}

impl Outcome {
    /// Whether the second factor was asked for and not given.
    #[must_use]
    pub const fn is_factor(self) -> bool {
        matches!(
            self,
            Self::FactorDenied
                | Self::FactorUnanswered
                | Self::FactorWrongNumber
                | Self::FactorWrongCode
                | Self::FactorReported
                | Self::FactorFailed
        )
    }

    /// Whether a guess of a password was refused: wrong, of nobody, or not looked at any more.
    #[must_use]
    pub const fn is_guess(self) -> bool {
        matches!(self, Self::WrongPassword | Self::UnknownUser | Self::LockedOut | Self::Disabled)
    }

    /// Whether the sign-in goes on: success is not among these.
    #[must_use]
    pub const fn is_interrupt(self) -> bool {
        matches!(self, Self::Interrupt | Self::ConfirmApp)
    }
}

/// By which protocol somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// None of the special ones.
    None,
    /// A device code (RFC 8628).
    DeviceCode,
    /// A password that the client itself handed over (RFC 6749 §4.3).
    Ropc,
    /// Another one.
    Other,
}

/// How a session first got from one device to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transfer {
    /// It did not.
    None,
    /// By a device code: every later sign-in of that session says so, the victim's own too.
    DeviceCode,
    /// In another way (authentication transfer by QR code).
    Other,
}

/// What was presented for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// Nothing: the person signed in.
    Nothing,
    /// A refresh token.
    RefreshToken,
    /// The token of a device that vouches for its user (primary refresh token).
    PrimaryRefreshToken,
    /// Another one.
    Other,
}

/// What the rules of access came to (conditional access).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Every rule that applied was met.
    Met,
    /// One was not.
    NotMet,
    /// None applied.
    NoneApplied,
}

/// How doubtful the other system held a sign-in to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Not at all.
    None,
    /// A little, or it does not say how much.
    Low,
    /// Fairly.
    Medium,
    /// Very.
    High,
}

/// What was done in a directory, a mailbox or a store of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A device was registered or joined, or got an owner.
    DeviceRegistered,
    /// A device was removed or disabled.
    DeviceRemoved,
    /// A way to prove oneself was added.
    MethodAdded,
    /// A way to prove oneself was changed: another telephone, another default.
    MethodChanged,
    /// A way to prove oneself was removed.
    MethodRemoved,
    /// An application was allowed something.
    ConsentGiven,
    /// An application, or its principal, was added.
    AppAdded,
    /// A secret or a certificate was added to an application.
    AppCredentialAdded,
    /// Somebody got a role.
    RoleGiven,
    /// A password was changed by its owner.
    PasswordChanged,
    /// A password was reset.
    PasswordReset,
    /// Sessions or tokens were revoked.
    SessionsRevoked,
    /// A user was disabled or removed.
    UserDisabled,
    /// A user was added, or invited as a guest.
    UserAdded,
    /// Somebody reported a request for the second factor as fraud.
    FraudReported,
    /// A rule of a mailbox was made or changed.
    InboxRule,
    /// A mailbox forwards, or others were let into it.
    MailboxOpened,
    /// Mail was read.
    MailRead,
    /// Mail was sent.
    MailSent,
    /// Mail was deleted or moved away.
    MailDeleted,
    /// A file was read or downloaded.
    FileRead,
    /// A file, or a folder, was shared.
    FileShared,
    /// A rule of access was changed.
    AccessRuleChanged,
    /// Something else; its name says what.
    Other,
}
