//! What a browser brings to a client, and the client to us: good once, for a minute, for one client.
//!
//! Implements: RFC 6749 §4.1.2 ("MUST be short lived and single-use", "SHOULD revoke (when possible) all access tokens
//! previously issued based on that authorization code") and §4.1.3 (what is compared), RFC 7636 §4.6, RFC 9700 §4.8.2 (a
//! verifier without a challenge is a downgrade), RFC 9449 §10, threats.md §5.2 row 35.
//!
//! A code that went to the person's own machine and comes from another place is not refused: somebody may have been talked into
//! pasting it, and somebody else may have a tunnel. What comes of it is worth less ([`crate::provisional`]).

use std::net::IpAddr;

use wire::http::network::Network;
use wire::jose::jwk::Thumbprint;
use wire::oauth::pkce::{Challenge, Verifier};

use crate::grant_refusal::GrantRefusal;
use crate::id::{AuthorizationCodeId, GrantId};
use crate::nearness::{Nearness, nearness};
use crate::time::Time;

/// A code without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Its identifier.
    pub id: AuthorizationCodeId,
    /// The grant that it opens; given at consent, and without a token until the code is redeemed.
    pub grant: GrantId,
    /// The client that asked for it.
    pub client: String,
    /// Where it was sent, and whether the request said so.
    pub redirect_uri: String,
    /// Whether the request named the redirect URI; then the client has to name it again.
    pub redirect_named: bool,
    /// What the verifier has to match.
    pub challenge: Option<Challenge>,
    /// The key that the request named (`dpop_jkt`).
    pub key: Option<Thumbprint>,
    /// Where the browser was, for an answer that went to the person's own machine; 0.0.0.0 where nobody knows.
    pub loopback_from: Option<IpAddr>,
    /// When it ends.
    pub expires_at: Time,
    /// When it was redeemed.
    pub redeemed_at: Option<Time>,
}

/// What a client brings along with a code.
#[derive(Clone, Copy, Debug)]
pub struct Redemption<'a> {
    /// The client, once it is proved.
    pub client: &'a str,
    /// `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier`.
    pub verifier: Option<&'a Verifier>,
    /// The key of the proof that came with it.
    pub key: Option<Thumbprint>,
    /// Where the request came from.
    pub from: Option<IpAddr>,
    /// Private networks each of which is one place.
    pub own: &'a [Network],
}

impl AuthorizationCode {
    /// Whether the code may be redeemed so, and where the client is, seen from the browser, if both are to be on one machine. The caller has claimed it before: `redeemed_at` is what stood there until now.
    ///
    /// # Errors
    /// [`GrantRefusal`], the first that applies. A code of another client is unknown to it, whatever else is wrong, and is not
    /// spent by it; a code that was used before ends its grant, but only at the hands of its own client, so that nobody else
    /// can end what they cannot use.
    pub fn redeem(&self, with: &Redemption<'_>, now: Time) -> Result<Option<Nearness>, GrantRefusal> {
        if self.client != with.client {
            return Err(GrantRefusal::Unknown);
        }
        if self.redeemed_at.is_some() {
            return Err(GrantRefusal::CodeUsed);
        }
        if now >= self.expires_at {
            return Err(GrantRefusal::CodeExpired);
        }
        match with.redirect_uri {
            Some(named) if named != self.redirect_uri => return Err(GrantRefusal::CodeElsewhere),
            None if self.redirect_named => return Err(GrantRefusal::CodeElsewhere),
            Some(_) | None => {}
        }
        match (&self.challenge, with.verifier) {
            (None, None) => {}
            (None, Some(_)) => return Err(GrantRefusal::VerifierUnasked),
            (Some(_), None) => return Err(GrantRefusal::VerifierMissing),
            (Some(challenge), Some(verifier)) if challenge.matches(verifier) => {}
            (Some(_), Some(_)) => return Err(GrantRefusal::VerifierWrong),
        }
        match (self.key, with.key) {
            (Some(_), None) => return Err(GrantRefusal::KeyMissing),
            (Some(own), Some(proved)) if own != proved => return Err(GrantRefusal::KeyOther),
            _ => {}
        }
        Ok(self.loopback_from.map(|browser| nearness(Some(browser), with.from, with.own)))
    }
}

#[cfg(test)]
#[path = "authorization_code/tests.rs"]
mod tests;
