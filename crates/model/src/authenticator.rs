//! What an account can prove itself with (NIST SP 800-63: authenticators bound to the subscriber account).
//!
//! Codes by mail and SMS are no authenticators: they prove the hold of an address.

pub mod recovery_code;
pub mod totp;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AuthenticatorId, SessionId};
use crate::method::Method;
use crate::time::Time;

/// Of which kind an authenticator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticatorKind {
    /// A passkey: several of them are usual.
    Passkey,
    /// A password: one at the most.
    Password,
    /// A secret shared with an app: one at the most.
    Totp,
    /// A browser that answers for what is asked elsewhere, by a passkey of its own that serves nothing else: several may be.
    Approver,
}

impl AuthenticatorKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::Password, Self::Totp, Self::Approver];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approver => "approver",
            Self::Passkey | Self::Password | Self::Totp => self.method().code(),
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The method that it serves.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Passkey => Method::Passkey,
            Self::Password => Method::Password,
            Self::Totp => Method::Totp,
            Self::Approver => Method::Approval,
        }
    }
}

/// An authenticator without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Its identifier.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub account: AccountId,
    /// Of which kind.
    pub kind: AuthenticatorKind,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Time,
    /// From when on it can be used: one that was added from an unknown browser is held for a day, so that its owner can
    /// object.
    pub usable_at: Time,
    /// When it was last used.
    pub used_at: Option<Time>,
    /// The browser session in which it was added.
    pub session: Option<SessionId>,
    /// What it counts: signatures (WebAuthn §6.1.1) or the last time step that was accepted (RFC 6238 §5.2). Of a
    /// password: [`BESIDE`] or nothing.
    pub counter: i64,
}

/// What stands in the place of a count for a password that was taken only because an app's code is asked for beside it: it
/// is shorter, or easier to guess, than one that lets in alone.
pub const BESIDE: i64 = 1;

impl Authenticator {
    /// Whether it can be used at `now`.
    #[must_use]
    pub fn is_usable(&self, now: Time) -> bool {
        now >= self.usable_at
    }
}
