//! Everything that happens is an [`Event`]; who understands this file can read the rest in any order.
//!
//! The activity page is events, a detector is a fold over events, a finding names events as its evidence
//! and is itself recorded as one. An event holds facts and never a secret.

use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::digest::Digest;
use crate::entropy::NoEntropy;
use crate::id::{AccountId, EventId, RequestId, SessionId};
use crate::source::Source;
use crate::time::Time;

use imported::{System, Word};

mod change;
pub mod imported;
mod kind;
pub use change::{AddressKind, AddressRole, EntryKind, NotEntered, NotProved, OperatorAct, Removal};
pub use kind::{EventKind, NotSent, WrongBecause};

/// Where the event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Here.
    Here,
    /// Made by a drill.
    Drill,
    /// In another system, whose records were brought; such an event is never recorded here.
    Imported {
        /// In which.
        system: System,
    },
}

/// Whom the event concerns (in the sense of RFC 9493).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An account of ours.
    Account(AccountId),
    /// An address that has no account here: its keyed digest in hex and its masked form.
    Address {
        /// Keyed digest of the canonical destination, in hex.
        destination: String,
        /// Enough to be recognised by whoever knows it.
        masked: String,
    },
    /// A user of another system (RFC 9493 §3.2.3: issuer and subject), by the name or the identifier that its records use.
    Foreign {
        /// Which system.
        system: System,
        /// The user there, in small letters.
        user: Word,
    },
    /// The installation as a whole.
    Site,
}

impl Subject {
    /// An address without an account.
    #[must_use]
    pub fn address(destination: &Digest, masked: String) -> Self {
        Self::Address { destination: wire::token::hex(destination.bytes()), masked }
    }

    /// Sixteen bytes by which the record is searched: an account's identifier, or the digest of a destination.
    /// Both are spread alike, so that an event of one kind costs the store as much as one of the other.
    #[must_use]
    pub fn key(&self) -> Option<[u8; 16]> {
        match self {
            Self::Account(id) => Some(*id.bytes()),
            Self::Address { destination, .. } => {
                u128::from_str_radix(destination, 16).ok().map(u128::to_be_bytes)
            }
            Self::Foreign { .. } | Self::Site => None,
        }
    }

    /// The account, where it is one.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Address { .. } | Self::Foreign { .. } | Self::Site => None,
        }
    }
}

/// Who did it. Never assumed to be the subject: in an attack they are two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Somebody in a browser who has not proved anything.
    Visitor,
    /// The owner of the account, signed in.
    Owner,
    /// Whoever holds the link in a mail.
    Recipient,
    /// An operator, at the command line or on the operator's pages.
    Operator,
    /// A client, at an endpoint that it calls directly, or by sending a person to one.
    Client,
    /// The server itself: time passed, a worker acted.
    Server,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Time-ordered.
    pub id: EventId,
    /// When.
    pub at: Time,
    /// Where it happened.
    pub origin: Origin,
    /// Whom it concerns.
    pub subject: Subject,
    /// Who did it.
    pub actor: Actor,
    /// From where, if somebody asked for it over the network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    /// The request for a code that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request: Option<RequestId>,
    /// The browser session that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<SessionId>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    /// A new event at `cx.now`, by the server, without a source.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn new(cx: &mut Cx, subject: Subject, kind: EventKind) -> Result<Self, NoEntropy> {
        Ok(Self {
            id: EventId::new(cx)?,
            at: cx.now,
            origin: Origin::Here,
            subject,
            actor: Actor::Server,
            source: None,
            request: None,
            session: None,
            kind,
        })
    }

    /// Says who did it and from where.
    #[must_use]
    pub const fn by(mut self, actor: Actor, source: Option<Source>) -> Self {
        self.actor = actor;
        self.source = source;
        self
    }

    /// Says which request for a code it belongs to.
    #[must_use]
    pub const fn of(mut self, request: RequestId) -> Self {
        self.request = Some(request);
        self
    }

    /// Says which browser session it belongs to.
    #[must_use]
    pub const fn within(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_an_address_is_its_destination() {
        let digest = Digest::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(Subject::address(&digest, String::new()).key(), Some(*digest.bytes()));
        assert_eq!(Subject::Site.key(), None);
    }
}
