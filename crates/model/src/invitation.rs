//! An invitation to open an account; the set-up link of a new installation is one as well.

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::id::InvitationId;
use crate::time::Time;

/// What brought an account about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    /// The set-up link printed at the first start.
    SetUp,
    /// An operator's invitation.
    Invitation,
    /// Registration, where policy allows it.
    Registration,
    /// An operator brought it from elsewhere.
    Import,
}

impl Opening {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::Invitation => "invitation",
            Self::Registration => "registration",
            Self::Import => "import",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::SetUp, Self::Invitation, Self::Registration, Self::Import]
            .into_iter()
            .find(|opening| opening.code() == code)
    }
}

/// An open or used invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its identifier.
    pub id: InvitationId,
    /// The set-up link or an operator's invitation.
    pub opening: Opening,
    /// What the account opened by it may do.
    pub role: Role,
    /// The one address it is for; any address when empty (set-up link).
    pub address: Option<String>,
    /// Until when it can be used.
    pub expires_at: Time,
    /// When an account was opened by it.
    pub used_at: Option<Time>,
}
