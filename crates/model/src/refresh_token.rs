//! How one refresh token follows another, and what it means when one comes twice.
//!
//! Implements: RFC 6749 §6, RFC 9700 §4.14.2 (rotation; a replay ends the family), threats.md §5.2 row 30.
//!
//! Who is right is decided by what happened, not by a clock:
//!
//! 1. The live token of a family is used: it is *used* from then on, and its successor is live.
//! 2. A used token comes again, and its successor was never used: the answer may have been lost. The successor is *revoked*
//!    and another one issued in its place.
//! 3. A used token comes again, and its successor was used: two hold the family. It ends.
//! 4. A revoked token comes: the answer was not lost, somebody has it. The family ends.
//!
//! So there is one live token in a family at any time, or none. Access tokens that went out with a revoked token end with
//! it where they can be looked up.

use serde::{Deserialize, Serialize};

use crate::id::{GrantId, RefreshTokenId};
use crate::time::Time;

/// How a refresh token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshState {
    /// It can be used.
    Live,
    /// It was used, and has a successor.
    Used,
    /// Another one took its place before it was used, or its family ended.
    Revoked,
}

impl RefreshState {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Used => "used",
            Self::Revoked => "revoked",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Live, Self::Used, Self::Revoked].into_iter().find(|state| state.code() == code)
    }
}

/// A refresh token without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its identifier.
    pub id: RefreshTokenId,
    /// Its family.
    pub grant: GrantId,
    /// How it stands.
    pub state: RefreshState,
    /// What followed it last; set by each use.
    pub successor: Option<RefreshTokenId>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it was first used.
    pub used_at: Option<Time>,
}

/// What follows from a token that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It is used now; a successor is issued.
    Rotate,
    /// This successor is revoked, and another one issued in its place.
    Reissue {
        /// The one that nobody has used.
        revoke: RefreshTokenId,
    },
    /// The family ends, and its owner is told.
    EndFamily,
}

impl RefreshToken {
    /// What follows when this token comes; `successor` is how the one stands that followed it last.
    ///
    /// In the store each branch is one conditional statement, in this order, and its row count is the answer: use the token
    /// where it is live; else revoke its successor where that is live; else end the family. This function says the same of
    /// rows that were read, for tests and for whoever wants to understand a record.
    #[must_use]
    pub const fn presented(&self, successor: Option<RefreshState>) -> Refresh {
        match (self.state, self.successor, successor) {
            (RefreshState::Live, _, _) => Refresh::Rotate,
            (RefreshState::Used, Some(revoke), Some(RefreshState::Live)) => Refresh::Reissue { revoke },
            (RefreshState::Used | RefreshState::Revoked, _, _) => Refresh::EndFamily,
        }
    }
}

#[cfg(test)]
#[path = "refresh_token/tests.rs"]
mod tests;
