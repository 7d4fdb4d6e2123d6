//! A device that waits for its person: how it came, who answers for it, and what its polls are answered.
//!
//! Implements: RFC 8628 §3.2, §3.4 and §3.5 (`authorization_pending`, `slow_down`, `access_denied`, `expired_token`), RFC
//! 10027 §6.1.2 and §6.1.3 (short-lived, used once), RFC 9449 §10 by analogy (a code is bound to the key that it was asked
//! for with), threats.md §5.2 rows 20 to 28.
//!
//! 1. A device asks, and gets a device code. It came by a user code ([`DeviceFlow::UserCode`]), which a person still has to
//!    type; or it answered a person's window ([`DeviceFlow::Pairing`]) and is that person's from the start.
//! 2. A person has the device before them ([`DeviceState::Entered`]) and says yes or no, once.
//! 3. The device polls meanwhile ([`DeviceAuthorization::poll`]), and gets its tokens once.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::http::network::Network;
use wire::jose::jwk::Thumbprint;
use wire::oauth::device::DeviceKind;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;

use crate::digest::{Digest, Keys, Of};
use crate::grant_refusal::GrantRefusal;
use crate::id::{AccountId, DeviceId, GrantId, SessionId};
use crate::nearness::{Nearness, nearness};
use crate::time::Time;

/// How long a device that came by a user code may wait (RFC 8628 §6.1 and NIST SP 800-63B-4 §3.1.3.2: ten minutes).
pub const WAITS: Duration = Duration::from_secs(10 * 60);

/// How long an answer waits at the least until the device has come for it.
pub const FETCHED_WITHIN: Duration = Duration::from_secs(60);

/// How long lies between two polls at first (RFC 8628 §3.2).
pub const INTERVAL: Duration = Duration::from_secs(5);

/// By how much a poll that came too early makes the interval longer (RFC 8628 §3.5: "MUST be increased by 5 seconds for this
/// and all subsequent requests").
pub const SLOWER: Duration = Duration::from_secs(5);

/// By how much a poll may be early: networks are not even.
const JITTER: Duration = Duration::from_secs(1);

/// A device whose interval would have to be longer than this listens to nobody, and is not listened to any more.
pub const LONGEST_INTERVAL: Duration = Duration::from_secs(60);

/// How a device began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceFlow {
    /// It showed a code for a person to type: anybody's device can do that, and show it to anybody (RFC 8628).
    UserCode,
    /// A person had opened a window, and typed a code into it.
    Pairing,
}

impl DeviceFlow {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UserCode => "user_code",
            Self::Pairing => "pairing",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::UserCode, Self::Pairing].into_iter().find(|flow| flow.code() == code)
    }
}

/// How a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceState {
    /// It asked, and nobody has typed its user code.
    Asked,
    /// A person has it before them.
    Entered,
    /// The person said yes; the device has not fetched its tokens.
    Approved,
    /// The person said no.
    Denied,
    /// It has its tokens.
    Redeemed,
    /// Its time passed.
    Expired,
    /// It polled faster than it was told, again and again.
    PolledOut,
}

impl DeviceState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Asked,
        Self::Entered,
        Self::Approved,
        Self::Denied,
        Self::Redeemed,
        Self::Expired,
        Self::PolledOut,
    ];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Entered => "entered",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::PolledOut => "polled_out",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether something may still come of it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Asked | Self::Entered | Self::Approved)
    }
}

/// Who has a device before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The account.
    pub account: AccountId,
    /// The browser session, and no other.
    pub session: SessionId,
    /// Since when: a proof of who is there counts for this device only when it is newer.
    pub since: Time,
    /// Where the person was when they answered, or when they began.
    pub from: Option<IpAddr>,
}

/// A device that waits, without the texts of its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// Its identifier.
    pub id: DeviceId,
    /// How it began.
    pub flow: DeviceFlow,
    /// Which client runs on it.
    pub client: String,
    /// What it wants to do.
    pub scopes: Scopes,
    /// At which services.
    pub resources: Vec<Resource>,
    /// What it is, by its own account.
    pub kind: DeviceKind,
    /// The key that it asked with; nobody else can poll.
    pub key: Option<Thumbprint>,
    /// Where it asked from.
    pub asked_from: Option<IpAddr>,
    /// Where it polled from last.
    pub polled_from: Option<IpAddr>,
    /// When it asked.
    pub asked_at: Time,
    /// When its time is over.
    pub expires_at: Time,
    /// How long has to lie between two polls.
    pub interval: Duration,
    /// When it polled last.
    pub polled_at: Option<Time>,
    /// How it stands.
    pub state: DeviceState,
    /// Who has it before them.
    pub holder: Option<Holder>,
    /// What the person allowed.
    pub grant: Option<GrantId>,
}

/// Who polls.
#[derive(Clone, Copy, Debug)]
pub struct Polling<'a> {
    /// The client, once it is proved.
    pub client: &'a str,
    /// The key of the proof that came with it.
    pub key: Option<Thumbprint>,
}

/// How often a device that waits has to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// When it polled last.
    pub polled_at: Time,
    /// How long has to lie between two polls.
    pub interval: Duration,
}

/// What a poll comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// The person said yes: this is the grant.
    Redeem(GrantId),
    /// Nobody has answered yet.
    Pending,
    /// It was too early: from now on so long lies between two.
    TooFast(Duration),
    /// It was too early once too often: the device code ends.
    PolledOut,
    /// Nothing comes of it.
    Refused(GrantRefusal),
}

impl DeviceAuthorization {
    /// How it stands at `now`: time ends it even before the sweep has seen it.
    #[must_use]
    pub fn state_at(&self, now: Time) -> DeviceState {
        if self.state.is_live() && now >= self.expires_at { DeviceState::Expired } else { self.state }
    }

    /// What a poll comes to. A device code of another client is unknown to it, and one that is bound to a key is nothing
    /// without that key: neither changes anything.
    #[must_use]
    pub fn poll(&self, by: &Polling<'_>, now: Time) -> Polled {
        if self.client != by.client {
            return Polled::Refused(GrantRefusal::Unknown);
        }
        match (self.key, by.key) {
            (Some(_), None) => return Polled::Refused(GrantRefusal::KeyMissing),
            (Some(own), Some(proved)) if own != proved => return Polled::Refused(GrantRefusal::KeyOther),
            _ => {}
        }
        match (self.state_at(now), self.grant) {
            (DeviceState::Approved, Some(grant)) => Polled::Redeem(grant),
            (DeviceState::Asked | DeviceState::Entered | DeviceState::Approved, _) => self.pace(now),
            (DeviceState::Denied, _) => Polled::Refused(GrantRefusal::Denied),
            (DeviceState::Redeemed, _) => Polled::Refused(GrantRefusal::CodeUsed),
            (DeviceState::Expired | DeviceState::PolledOut, _) => {
                Polled::Refused(GrantRefusal::DeviceExpired)
            }
        }
    }

    /// The same, where somebody knows of a later poll than is kept.
    #[must_use]
    pub fn paced(mut self, pace: Option<Pace>) -> Self {
        if let Some(later) = pace.filter(|pace| self.polled_at.is_none_or(|kept| pace.polled_at >= kept)) {
            self.polled_at = Some(later.polled_at);
            self.interval = self.interval.max(later.interval);
        }
        self
    }

    /// Where it was seen last.
    #[must_use]
    pub fn seen_from(&self) -> Option<IpAddr> {
        self.polled_from.or(self.asked_from)
    }

    fn pace(&self, now: Time) -> Polled {
        let early = self.polled_at.is_some_and(|last| now + JITTER < last + self.interval);
        let longer = self.interval + SLOWER;
        if !early {
            Polled::Pending
        } else if longer > LONGEST_INTERVAL {
            Polled::PolledOut
        } else {
            Polled::TooFast(longer)
        }
    }

    /// How near it is to a person at this address: everywhere it was seen counts, and the most doubtful place decides.
    #[must_use]
    pub fn nearness_to(&self, person: Option<IpAddr>, own: &[Network]) -> Nearness {
        let asked = nearness(person, self.asked_from, own);
        match self.polled_from {
            Some(polled) => asked.and(nearness(person, Some(polled), own)),
            None => asked,
        }
    }

    /// Whether this session of this account has it before it at `now`, and may answer.
    #[must_use]
    pub fn is_before(&self, (account, session): (AccountId, SessionId), now: Time) -> bool {
        let held = self.holder.is_some_and(|holder| holder.account == account && holder.session == session);
        held && self.state_at(now) == DeviceState::Entered
    }

    /// When it ends once it was answered at `now`.
    #[must_use]
    pub fn fetched_until(&self, now: Time) -> Time {
        self.expires_at.max(now + FETCHED_WITHIN)
    }
}

/// What is kept of a user code.
#[must_use]
pub fn user_code_digest(keys: &Keys, code: &str) -> Digest {
    keys.digest(Of::Token, &[b"user code", code.as_bytes()])
}

/// What is kept of the text that the browser got which typed the user code.
#[must_use]
pub fn entry_digest(keys: &Keys, secret: &[u8; 32]) -> Digest {
    keys.digest(Of::Token, &[b"device before a browser", secret])
}

#[cfg(test)]
#[path = "device_authorization/tests.rs"]
pub(crate) mod tests;
