//! What a client was allowed, by whom, and until when. All tokens belong to a grant and end with it.
//!
//! Implements: RFC 6749 §6 ("The requested scope MUST NOT include any scope not originally granted"), RFC 8707 §2.2, RFC
//! 9700 §4.14.2 (refresh tokens SHOULD expire when not used), threats.md §5.2 row 31 (an end that nothing moves).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::jose::jwk::Thumbprint;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use crate::grant_refusal::GrantRefusal;
use crate::id::{AccountId, GrantId, SessionId};
use crate::nearness::Nearness;
use crate::time::Time;

/// How a grant came about. It sticks to every token that comes of it (threats.md §1, protocol tracking).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantOrigin {
    /// A person consented in the browser that signed in.
    Browser,
    /// A person answered for a device elsewhere.
    Device,
    /// A client acts for itself.
    Client,
}

impl GrantOrigin {
    /// As stored, and as in the claim `origin_flow`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Device => "device",
            Self::Client => "client",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Browser, Self::Device, Self::Client].into_iter().find(|origin| origin.code() == code)
    }
}

/// Why a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantEnd {
    /// The person ended it.
    EndedByOwner,
    /// An operator ended it.
    EndedByOperator,
    /// The client gave it back (RFC 7009).
    Revoked,
    /// The browser session that it was made in ended.
    SessionEnded,
    /// A used refresh token came once more than can be explained by a lost answer.
    Replayed,
    /// Its authorization code came twice.
    CodeReplayed,
    /// The way of signing in was changed, or somebody said "that was not me".
    CredentialChanged,
    /// The account was locked or closed.
    AccountUnavailable,
    /// The client was removed.
    ClientRemoved,
    /// It was not used for too long.
    Idle,
    /// It reached its absolute end.
    Absolute,
    /// The device that it was given to did not come for its tokens.
    Unfetched,
    /// Somebody who reads mail of the account said that it is not theirs.
    NotMine,
    /// It was undone with everything that came about with it.
    Undone,
    /// Somebody else may have its tokens, and the installation ended it by itself.
    Suspected,
}

impl GrantEnd {
    const ALL: [Self; 15] = [
        Self::EndedByOwner,
        Self::EndedByOperator,
        Self::Revoked,
        Self::SessionEnded,
        Self::Replayed,
        Self::CodeReplayed,
        Self::CredentialChanged,
        Self::AccountUnavailable,
        Self::ClientRemoved,
        Self::Idle,
        Self::Absolute,
        Self::Unfetched,
        Self::NotMine,
        Self::Undone,
        Self::Suspected,
    ];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EndedByOwner => "ended_by_owner",
            Self::EndedByOperator => "ended_by_operator",
            Self::Revoked => "revoked",
            Self::SessionEnded => "session_ended",
            Self::Replayed => "replayed",
            Self::CodeReplayed => "code_replayed",
            Self::CredentialChanged => "credential_changed",
            Self::AccountUnavailable => "account_unavailable",
            Self::ClientRemoved => "client_removed",
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::Unfetched => "unfetched",
            Self::NotMine => "not_mine",
            Self::Undone => "undone",
            Self::Suspected => "suspected",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.code() == code)
    }

    /// Whether the client is told by back-channel logout: somebody ended it, and not the client. What time brings about a
    /// client sees for itself; of a session that ends it is told by [`SessionEnd::is_told`].
    ///
    /// [`SessionEnd::is_told`]: crate::session::SessionEnd::is_told
    #[must_use]
    pub const fn is_told(self) -> bool {
        match self {
            Self::EndedByOwner
            | Self::EndedByOperator
            | Self::Replayed
            | Self::CodeReplayed
            | Self::CredentialChanged
            | Self::AccountUnavailable
            | Self::NotMine
            | Self::Undone
            | Self::Suspected => true,
            // What nobody fetched has no tokens with anybody.
            Self::Revoked
            | Self::SessionEnded
            | Self::ClientRemoved
            | Self::Unfetched
            | Self::Idle
            | Self::Absolute => false,
        }
    }
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its identifier; the family of refresh tokens has the same.
    pub id: GrantId,
    /// Who gave it; none when a client acts for itself.
    pub account: Option<AccountId>,
    /// To whom: `client_id`.
    pub client: String,
    /// What may be done.
    pub scopes: Scopes,
    /// At which services.
    pub resources: Vec<Resource>,
    /// How it came about.
    pub origin: GrantOrigin,
    /// Where the device was, seen from the person who answered for it; of a program on the person's own machine, where it
    /// brought its code from, seen from the browser. It is never seen nearer later on.
    pub context: Option<Nearness>,
    /// The browser session that it was given in.
    pub session: Option<SessionId>,
    /// The key that its refresh tokens are bound to.
    pub key: Option<Thumbprint>,
    /// When it was given.
    pub granted_at: Time,
    /// When a token of it was last got.
    pub used_at: Time,
    /// How long it may lie unused once it is whole.
    pub idle: Duration,
    /// Its absolute end. Nothing moves it.
    pub expires_at: Time,
    /// When its owner confirmed it, where it was provisional ([`crate::provisional`]).
    pub confirmed_at: Option<Time>,
    /// When it becomes whole by itself; none as long as too few mailboxes were told of it.
    pub quiet_until: Option<Time>,
    /// When and why somebody ended it.
    pub ended: Option<(Time, GrantEnd)>,
}

impl Grant {
    /// Why it is over at `now`, if it is.
    #[must_use]
    pub fn over(&self, now: Time) -> Option<GrantEnd> {
        match self.ended {
            Some((_, end)) => Some(end),
            None if now >= self.expires_at => Some(GrantEnd::Absolute),
            None if now >= self.idle_until() => Some(GrantEnd::Idle),
            None => None,
        }
    }

    /// When it ends if it is not used any more: what the person is shown.
    #[must_use]
    pub fn ends_at(&self) -> Time {
        self.expires_at.min(self.idle_until())
    }

    /// That it holds for this client and this key at `now`.
    ///
    /// # Errors
    /// [`GrantRefusal::Unknown`] for another client, [`GrantRefusal::GrantOver`], [`GrantRefusal::KeyMissing`] or
    /// [`GrantRefusal::KeyOther`].
    pub fn holds(&self, client: &str, key: Option<Thumbprint>, now: Time) -> Result<(), GrantRefusal> {
        if self.client != client {
            return Err(GrantRefusal::Unknown);
        }
        if self.over(now).is_some() {
            return Err(GrantRefusal::GrantOver);
        }
        match (self.key, key) {
            (Some(_), None) => Err(GrantRefusal::KeyMissing),
            (Some(own), Some(proved)) if own != proved => Err(GrantRefusal::KeyOther),
            _ => Ok(()),
        }
    }

    /// The scopes of a token: those that were granted, or fewer where the client says so. Asking for fewer takes nothing away
    /// from the next token (RFC 6749 §6).
    ///
    /// # Errors
    /// [`GrantRefusal::ScopeWider`].
    pub fn scopes_for(&self, asked: Option<&Scopes>) -> Result<Scopes, GrantRefusal> {
        match asked {
            None => Ok(self.scopes.clone()),
            Some(asked) if asked.is_within(&self.scopes) => Ok(asked.clone()),
            Some(_) => Err(GrantRefusal::ScopeWider),
        }
    }

    /// The resources of a token, by the same rule; none said is all.
    ///
    /// # Errors
    /// [`GrantRefusal::ResourceWider`].
    pub fn resources_for<'a>(&'a self, asked: &'a [Resource]) -> Result<&'a [Resource], GrantRefusal> {
        if asked.is_empty() {
            Ok(&self.resources)
        } else if asked.iter().all(|resource| self.resources.contains(resource)) {
            Ok(asked)
        } else {
            Err(GrantRefusal::ResourceWider)
        }
    }
}

#[cfg(test)]
#[path = "grant/tests.rs"]
pub(crate) mod tests;
