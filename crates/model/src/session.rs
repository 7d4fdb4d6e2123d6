//! What a browser session is, and when it is over.

use serde::{Deserialize, Serialize};

use crate::assurance::Assurance;
use crate::digest::Digest;
use crate::id::{AccountId, AuthenticatorId, BrowserId, SessionId};
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
    /// It was undone with everything that came about with it.
    Undone,
    /// Another browser used it, and the installation ended it by itself; or it was provisional, and nobody said for so long that it
    /// was their own.
    Suspected,
}

/// What the last proof in a session was given by: an address to which a code went, or authenticators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestsOn(Vec<[u8; 16]>);

impl RestsOn {
    /// A code, by the identity of the address that it was asked for by.
    #[must_use]
    pub fn address(identity: &Digest) -> Self {
        Self(vec![*identity.bytes()])
    }

    /// Authenticators, all of which it took.
    #[must_use]
    pub fn authenticators(ids: impl IntoIterator<Item = AuthenticatorId>) -> Self {
        Self(ids.into_iter().map(|id| *id.bytes()).collect())
    }

    /// Each of them.
    pub fn ids(&self) -> impl Iterator<Item = &[u8; 16]> {
        self.0.iter()
    }

    /// As stored; nothing where nobody noted it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// Reads [`Self::bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.as_chunks::<16>().0.to_vec())
    }
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
            | Self::Recovered
            | Self::Undone
            | Self::Suspected => true,
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
    /// Its absolute end; while it is provisional, the end of that.
    pub expires_at: Time,
    /// Since when it is provisional, if it is.
    pub doubted_at: Option<Time>,
    /// Where it was started from.
    pub source: Source,
    /// What was proved in it, and when last.
    pub assurance: Assurance,
    /// What the last proof was given by.
    pub rests_on: RestsOn,
}

impl Session {
    /// Whether it is provisional from its beginning: the approval by which it began may have been relayed. What another browser
    /// used as well is so only later.
    #[must_use]
    pub fn began_provisional(&self) -> bool {
        self.doubted_at == Some(self.started_at)
    }

    /// Why the session is over at `now`, if it is (NIST SP 800-63B-4 §5.2: both limits apply).
    #[must_use]
    pub fn over(&self, now: Time, policy: &Policy) -> Option<SessionEnd> {
        if now >= self.expires_at {
            Some(if self.doubted_at.is_some() { SessionEnd::Suspected } else { SessionEnd::Absolute })
        } else if now >= self.used_at + policy.session_idle {
            Some(SessionEnd::Idle)
        } else {
            None
        }
    }
}
