//! What a client shows to a service, and for how long.
//!
//! Implements: RFC 9700 §2.3 (an audience always), §4.10 (bound to a key); the signed form is written by
//! [`wire::oauth::access_token`].

use wire::jose::jwk::Thumbprint;
use wire::oauth::access_token::AccessClaims;
use wire::oauth::presented_token::Scheme;
use wire::oauth::scope::Scopes;

use crate::client::Client;
use crate::grant::{Grant, GrantOrigin};
use crate::grant_refusal::GrantRefusal;
use crate::id::{AccessTokenId, GrantId};
use crate::nearness::Nearness;
use crate::time::{SECOND, Time};

/// An access token without its text. The opaque form is stored so; the signed one carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Its identifier: `jti`.
    pub id: AccessTokenId,
    /// The grant that it came of; none for a client that acts for itself.
    pub grant: Option<GrantId>,
    /// The client that has it.
    pub client: String,
    /// Under which name the client and the services know the person; the client's own where there is none.
    pub subject: String,
    /// The services that it is for; never empty.
    pub audiences: Vec<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// How the grant came about.
    pub origin: GrantOrigin,
    /// Where the device was, seen from the person who answered for it.
    pub context: Option<Nearness>,
    /// Whether the grant was provisional when it was issued: then it has fewer scopes than were granted.
    pub provisional: bool,
    /// The key that it is bound to.
    pub key: Option<Thumbprint>,
    /// How the person signed in, and when.
    pub signed_in: Option<(String, Time)>,
    /// When it was issued.
    pub issued_at: Time,
    /// When it ends.
    pub expires_at: Time,
}

/// When a token of this client ends that is issued at `now`: after its lifetime, and never after its grant. To the second, as
/// the signed form says it.
#[must_use]
pub fn expires_at(client: &Client, grant: Option<&Grant>, now: Time) -> Time {
    let end = now + client.lifetimes.access_token;
    let end = grant.map_or(end, |grant| end.min(grant.expires_at));
    Time::from_micros(end.micros().div_euclid(SECOND).saturating_mul(SECOND))
}

impl AccessToken {
    /// Whether it holds at `now`, its grant left aside.
    #[must_use]
    pub fn holds(&self, now: Time) -> bool {
        now < self.expires_at
    }

    /// That it came as it has to: one that is bound to a key with a proof of that key, and under the scheme that says so (RFC
    /// 9449 §7.2: "MUST NOT" be taken as a Bearer token); one that is not bound as a Bearer token.
    ///
    /// # Errors
    /// [`GrantRefusal::KeyMissing`] or [`GrantRefusal::KeyOther`].
    pub fn comes_rightly(&self, scheme: Scheme, proved: Option<Thumbprint>) -> Result<(), GrantRefusal> {
        match (self.key, scheme, proved) {
            (None, Scheme::Bearer, _) => Ok(()),
            (Some(own), Scheme::Dpop, Some(proved)) if own == proved => Ok(()),
            (Some(_), Scheme::Dpop, Some(_)) | (None, Scheme::Dpop, _) => Err(GrantRefusal::KeyOther),
            (Some(_), Scheme::Bearer, _) | (Some(_), Scheme::Dpop, None) => Err(GrantRefusal::KeyMissing),
        }
    }

    /// The whole seconds that are left at `now`: `expires_in`.
    #[must_use]
    pub fn seconds_left(&self, now: Time) -> u64 {
        self.expires_at.since(now).as_secs()
    }

    /// The claims of the signed form.
    #[must_use]
    pub fn claims(&self, issuer: &str) -> String {
        AccessClaims {
            issuer,
            subject: &self.subject,
            audiences: &self.audiences,
            client_id: &self.client,
            id: &self.id.to_string(),
            issued: seconds(self.issued_at),
            expires: seconds(self.expires_at),
            scopes: &self.scopes,
            origin: self.origin.code(),
            context: self.context.map(Nearness::code),
            provisional: self.provisional,
            signed_in: self.signed_in.as_ref().map(|(acr, at)| (acr.as_str(), seconds(*at))),
            key: self.key,
        }
        .json()
    }
}

/// Whole seconds since the epoch, cut off.
#[must_use]
pub const fn seconds(time: Time) -> i64 {
    time.micros().div_euclid(SECOND)
}

#[cfg(test)]
#[path = "access_token/tests.rs"]
mod tests;
