//! The words in which changes of an account are recorded.

use serde::{Deserialize, Serialize};

/// What kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// A mailbox.
    Mail,
    /// A phone that takes SMS.
    Phone,
    /// A private name to sign in by; nothing is sent to it.
    Name,
}

impl AddressKind {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Name => "name",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Mail, Self::Phone, Self::Name].into_iter().find(|kind| kind.code() == code)
    }
}

/// What an address of an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressRole {
    /// To sign in by.
    SignIn,
    /// To get back in, and for nothing else.
    Recovery,
}

/// Why an authenticator, or an address, is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// Its owner took it away.
    ByOwner,
    /// Somebody followed the link of the notice about it.
    Cancelled,
    /// A recovery took it away.
    ByRecovery,
    /// An operator took it away.
    ByOperator,
    /// Whoever the address belongs to wanted no part in this account.
    ByRecipient,
    /// It was undone with everything that came about with it.
    Undone,
}

/// Why a password, a code out of an app or a passkey was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotProved {
    /// It did not match.
    Mismatch,
    /// It was used before: the same time step, or a counter that does not go on (a copy of a passkey).
    Repeated,
    /// It was added from an unknown browser and is still held.
    Held,
    /// Too many wrong ones; nothing was compared.
    Blocked,
    /// The method is off.
    MethodOff,
    /// The account is locked.
    Locked,
}

/// Why nothing came of a code that was typed for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEntered {
    /// No device waits with it: mistyped, guessed, too late, or somebody typed it before.
    Unknown,
    /// Another browser or session than the one that typed it wanted to answer.
    ForeignBrowser,
}

/// What waits before it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A recovery with one proof.
    Recovery,
    /// A sign-in by code from an unknown browser, to an account that has a passkey.
    SignIn,
}

impl EntryKind {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::SignIn => "sign_in",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Recovery, Self::SignIn].into_iter().find(|kind| kind.code() == code)
    }
}

/// What an operator did with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAct {
    /// Locked it.
    Lock,
    /// Unlocked it.
    Unlock,
    /// Ended all its sessions.
    EndSessions,
    /// Took all its authenticators away.
    Reset,
    /// Closed it for good.
    Close,
    /// Took one of its approvers away.
    RemoveApprover,
}
