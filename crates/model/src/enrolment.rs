//! A code by which one browser becomes an approver of an account: shown to its owner, read by the other device from the screen.
//!
//! Implements: NIST SP 800-63B-4 §4.1.2.2 (binding codes: at least 112 bits, used once, ten minutes at the most).

use std::net::IpAddr;
use std::time::Duration;

use crate::digest::{Digest, Keys, Of};
use crate::id::{AccountId, AuthenticatorId, EnrolmentId, SessionId};
use crate::time::Time;

/// How long the code can be used.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// A code that was shown, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Its identifier.
    pub id: EnrolmentId,
    /// Whose approver it makes.
    pub account: AccountId,
    /// The browser session in which it was shown.
    pub session: SessionId,
    /// The whole address that it was shown at, for as long as this is kept.
    pub shown_at: Option<IpAddr>,
    /// Whether the browser in which it was shown is one that the owner is used to.
    pub known: bool,
    /// When it was made.
    pub made_at: Time,
    /// When its time is over.
    pub expires_at: Time,
    /// What came of it.
    pub approver: Option<AuthenticatorId>,
    /// When it was used or closed.
    pub ended_at: Option<Time>,
}

impl Enrolment {
    /// Whether it can be used at `now`.
    #[must_use]
    pub fn is_open(&self, now: Time) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

/// What is kept of an enrolment code.
#[must_use]
pub fn code_digest(keys: &Keys, code: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"enrolment code", code])
}

/// What is kept of what an approver's browser holds.
#[must_use]
pub fn cookie_digest(keys: &Keys, approver: AuthenticatorId, secret: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"cookie of an approver", approver.bytes(), secret])
}
