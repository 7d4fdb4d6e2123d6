//! Proofs of keys: whether one holds, and the nonces that it has to carry.
//!
//! Implements: RFC 9449 §8 and §9. A nonce is worked out from the time and a key that all nodes share, so that nothing is
//! kept for whoever never comes back; the one of now holds, and the one before it.

use std::time::Duration;

use model::cx::Cx;
use model::digest::{Keys, Of};
use model::time::Time;
use wire::http::url::Url;
use wire::jose::jwk::Thumbprint;
use wire::oauth::dpop::{Expected, Proof};
use wire::oauth::error::{ErrorCode, OauthError};

use super::client::{SKEW, micros};
use super::once::Once;

/// How long one nonce is given out.
const NONCE_PERIOD: Duration = Duration::from_secs(2 * 60);

/// How far behind the time of a proof may lie.
const AGE: Duration = Duration::from_secs(5 * 60);

/// A key that was proved.
#[derive(Clone, Copy, Debug)]
pub struct HeldKey {
    /// Which.
    pub thumbprint: Thumbprint,
    pub(super) once: Once,
}

/// Where a proof came, and what with.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The values of the header `DPoP`.
    pub headers: &'a [&'a [u8]],
    /// The method of the request.
    pub method: &'a str,
    /// The endpoint.
    pub url: &'a Url,
    /// The access token that came along.
    pub access_token: Option<&'a str>,
}

fn nonce_of(keys: &Keys, period: i64) -> String {
    let digest = keys.digest(Of::Token, &[b"nonce for proofs", &period.to_be_bytes()]);
    wire::token::encode(digest.bytes())
}

/// The nonce that is given out at `now`.
#[must_use]
pub fn nonce(keys: &Keys, now: Time) -> String {
    nonce_of(keys, period(now))
}

fn period(now: Time) -> i64 {
    now.micros().div_euclid(micros(NONCE_PERIOD))
}

/// Checks the proof of a request, if there is one.
///
/// # Errors
/// `invalid_dpop_proof`, or `use_dpop_nonce` where the nonce is missing or too old.
pub fn check(keys: &Keys, cx: &Cx, shown: Shown<'_>) -> Result<Option<HeldKey>, OauthError> {
    let Some(text) = Proof::header(shown.headers)? else { return Ok(None) };
    let now = period(cx.now);
    let (this, before) = (nonce_of(keys, now), nonce_of(keys, now.saturating_sub(1)));
    let expected = Expected {
        method: shown.method,
        url: shown.url,
        now: cx.now.micros(),
        age: micros(AGE),
        skew: micros(SKEW),
        nonces: Some(&[&this, &before]),
        access_token: shown.access_token,
    };
    let proof = Proof::check(text, &expected)?;
    let [key, id] = proof.replay_parts();
    let once = Once {
        digest: keys.digest(Of::Token, &[b"proof of a key", key, id]),
        until: Time::from_micros(proof.kept_until(&expected)),
        code: ErrorCode::InvalidDpopProof,
    };
    Ok(Some(HeldKey { thumbprint: proof.thumbprint, once }))
}
