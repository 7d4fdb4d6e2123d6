//! Typed identifiers: UUIDv7 (RFC 9562 §5.7), time-ordered, made from a [`Cx`].
//!
//! Time order is what keeps the store's pages hot: new rows go to the end of every index.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cx::Cx;
use crate::entropy::NoEntropy;
use crate::time::Time;

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the time and chance of `cx`.
            ///
            /// # Errors
            /// [`NoEntropy`] when the system gives no random bytes.
            pub fn new(cx: &mut Cx) -> Result<Self, NoEntropy> {
                // The twelve bits after the time count within one decision (RFC 9562 §6.2, method 1); 62 bits of
                // chance remain.
                let mut chance = cx.entropy.bytes::<10>()?;
                for (to, from) in chance.iter_mut().zip((cx.number() & 0x0fff).to_be_bytes()) {
                    *to = from;
                }
                Ok(Self(uuid::Builder::from_unix_timestamp_millis(cx.now.millis(), &chance).into_uuid()))
            }

            /// The smallest identifier that can have been made at `time`: a bound for range queries.
            #[must_use]
            pub fn at(time: Time) -> Self {
                let mut bytes = [0; 16];
                for (to, from) in bytes.iter_mut().zip(time.millis().to_be_bytes().iter().skip(2)) {
                    *to = *from;
                }
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes, as stored.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The identifier with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// When it was made, to the millisecond.
            #[must_use]
            pub fn time(&self) -> Time {
                let millis = self.0.as_bytes().iter().take(6).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
                Time::from_micros(millis.saturating_mul(1000))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            /// Only the canonical form: 36 characters, lower case.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )+};
}

identifiers! {
    /// One [`Event`](crate::event::Event).
    EventId,
    /// One account.
    AccountId,
    /// One request for a sign-in code; also the key of the code made for it.
    RequestId,
    /// One browser session.
    SessionId,
    /// One message in the outbox.
    MessageId,
    /// One invitation, the set-up link included.
    InvitationId,
    /// One browser that has signed in to an account.
    BrowserId,
    /// One tenant.
    TenantId,
    /// One authenticator.
    AuthenticatorId,
    /// One way in that opens later: a recovery, or a sign-in that waits.
    EntryId,
    /// One grant: what an account or a client allowed a client, with all tokens that came of it.
    GrantId,
    /// One authorization code.
    AuthorizationCodeId,
    /// One access token; its `jti`.
    AccessTokenId,
    /// One refresh token.
    RefreshTokenId,
    /// What one client is to be told of an end.
    LogoutId,
    /// One device that waits for its person.
    DeviceId,
    /// One window that a person opened for a device.
    PairingId,
    /// One setting of an account that its owner changed.
    ChangeId,
    /// One thing that the installation did by itself about a finding.
    ResponseId,
    /// One service that is told of findings.
    WebhookId,
    /// One thing that one service is to be told.
    WebhookCallId,
    /// One code by which a device becomes an approver.
    EnrolmentId,
    /// One question that an approver is to answer.
    ApprovalId,
    /// One doorbell: a device that rings.
    DoorbellId,
    /// One ring on its way to one doorbell.
    RingId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_one_decision_are_in_the_order_of_their_making() {
        let mut cx = Cx::simulated(Time::from_micros(1_795_297_599_123_456), 1);
        let made: Vec<EventId> = (0..100).map(|_| EventId::new(&mut cx).unwrap()).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn an_identifier_carries_its_time_and_survives_its_text_form() {
        let now = Time::from_micros(1_795_297_599_123_456);
        let id = EventId::new(&mut Cx::simulated(now, 1)).unwrap();
        assert_eq!(id.time().micros(), 1_795_297_599_123_000);
        assert_eq!(id.to_string().parse::<EventId>(), Ok(id));
        assert!(EventId::at(now) <= id);
        assert_eq!(id.to_string().to_uppercase().parse::<EventId>(), Err(NotAnId));
        assert_eq!(id.bytes()[6] >> 4, 7);
    }
}
