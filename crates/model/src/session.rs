//! What a browser session is, and when it is over.

use serde::{Deserialize, Serialize};

use crate::assurance::Assurance;
use crate::id::{AccountId, BrowserId, SessionId};
use crate::policy::Policy;
use crate::source::Source;
use crate::time::Time;

/// Why a browser session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Its owner signed out.
    SignedOut,
    /// Its owner ended it from another session.
    EndedByOwner,
    /// A new sign-in in the same browser took its place.
    Replaced,
    /// It was not used for too long.
    Idle,
    /// It reached its absolute end.
    Absolute,
    /// The account was locked or closed.
    AccountUnavailable,
    /// An operator ended it.
    EndedByOperator,
    /// The account was recovered.
    Recovered,
}

impl SessionEnd {
    /// Whether clients that were used in the session are told by back-channel logout: somebody ended it. That it merely ran
    /// out is no word about the client, which decides for itself how long somebody stays.
    #[must_use]
    pub const fn is_told(self) -> bool {
        match self {
            Self::SignedOut
            | Self::EndedByOwner
            | Self::Replaced
            | Self::AccountUnavailable
            | Self::EndedByOperator
            | Self::Recovered => true,
            Self::Idle | Self::Absolute => false,
        }
    }
}

/// A browser session: one browser, signed in to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The browser it belongs to.
    pub browser: BrowserId,
    /// When it started.
    pub started_at: Time,
    /// When it was last used, to the minute.
    pub used_at: Time,
    /// Its absolute end.
    pub expires_at: Time,
    /// Where it was started from.
    pub source: Source,
    /// What was proved in it, and when last.
    pub assurance: Assurance,
}

impl Session {
    /// Why the session is over at `now`, if it is (NIST SP 800-63B-4 §5.2: both limits apply).
    #[must_use]
    pub fn over(&self, now: Time, policy: &Policy) -> Option<SessionEnd> {
        if now >= self.expires_at {
            Some(SessionEnd::Absolute)
        } else if now >= self.used_at + policy.session_idle {
            Some(SessionEnd::Idle)
        } else {
            None
        }
    }
}
