//! Proofs that a client holds a key, one for each request.
//!
//! Implements: RFC 9449 §4.2 (the proof), §4.3 (the twelve checks; each is quoted by its number), §7.1 (with an access
//! token), §8 and §9 (nonces), §11.1 (a proof is good once: the caller keeps `jti` under the key).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

use super::error::{ErrorCode, OauthError};
use crate::http::url::Url;
use crate::jose::{
    algorithm::Algorithm, jwk::Thumbprint, jws::Jws, jwt::Claims, verifying_key::VerifyingKey,
};
use crate::token;

/// The longest proof, in bytes: a key of 4096 bits and its signature fit in.
pub const LONGEST: usize = 6 * 1024;
/// The longest `jti` or `nonce`, in bytes.
pub const LONGEST_ID: usize = 256;
/// The algorithms that a proof may be signed with.
pub const ALGORITHMS: [Algorithm; 4] = Algorithm::ALL;

/// What a proof has to say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The URL of the request as clients know it, without a query.
    pub url: &'a Url,
    /// The time, in microseconds.
    pub now: i64,
    /// How far `iat` may lie behind, in microseconds.
    pub age: i64,
    /// How far `iat` may lie ahead, in microseconds.
    pub skew: i64,
    /// The nonces of ours that hold at present, where one is demanded.
    pub nonces: Option<&'a [&'a str]>,
    /// The access token that came with it.
    pub access_token: Option<&'a str>,
}

/// A proof that holds, but for one thing: whether it was used before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that is proved.
    pub thumbprint: Thumbprint,
    /// `jti`, as the client chose it.
    pub id: String,
    /// When it was made, in microseconds, as the client says.
    pub issued: i64,
}

impl Proof {
    /// What is digested and kept to know a proof again: the key, and the identifier under it. Two clients that choose the
    /// same `jti` do not meet.
    #[must_use]
    pub fn replay_parts(&self) -> [&[u8]; 2] {
        [self.thumbprint.bytes(), self.id.as_bytes()]
    }

    /// Until when it has to be kept, in microseconds: afterwards its time alone refuses it.
    #[must_use]
    pub const fn kept_until(&self, expected: &Expected<'_>) -> i64 {
        self.issued.saturating_add(expected.age)
    }

    /// Reads the one `DPoP` header of a request.
    ///
    /// # Errors
    /// `invalid_dpop_proof` for more than one (check 1) or bytes that are no text.
    pub fn header<'a>(values: &[&'a [u8]]) -> Result<Option<&'a str>, OauthError> {
        match values {
            [] => Ok(None),
            [one] => str::from_utf8(one).map(Some).map_err(|_| refuse("The DPoP header is not ASCII.")),
            _ => Err(refuse("There is more than one DPoP header.")),
        }
    }

    /// Checks a proof.
    ///
    /// # Errors
    /// `invalid_dpop_proof` for the first check of RFC 9449 §4.3 that does not hold, `use_dpop_nonce` where a nonce is
    /// demanded and is missing or none of ours.
    pub fn check(text: &str, expected: &Expected<'_>) -> Result<Self, OauthError> {
        if text.len() > LONGEST {
            return Err(refuse("The proof is longer than 6 KiB."));
        }
        // Checks 2 and 5: "a single and well-formed JWT", "a registered asymmetric digital signature algorithm".
        let jws = Jws::parse(text, &ALGORITHMS).map_err(|error| refuse(&describe(error.expected)))?;
        // Check 4.
        if !jws.is_typed("dpop+jwt") {
            return Err(refuse("`typ` has to be dpop+jwt."));
        }
        // Checks 6 and 7; the key is public or it is not read.
        let key = jws.embedded_key().map_err(|error| refuse(&describe(error.expected)))?;
        let verifying =
            VerifyingKey::new(&key, jws.algorithm()).map_err(|error| refuse(&describe(error.expected)))?;
        let payload = jws.verify(&verifying).map_err(|_| refuse("The signature does not hold."))?;
        let claims = Claims::parse(payload).map_err(|error| refuse(&describe(error.expected)))?;
        // Check 3: all required claims.
        let id = claims.id().filter(|id| id.len() <= LONGEST_ID);
        let id = id.ok_or(refuse("`jti` is a string of 1 to 256 bytes."))?;
        let issued = claims.issued().ok_or(refuse("`iat` is missing."))?;
        // Check 8.
        if claims.string("htm") != Some(expected.method) {
            return Err(refuse("`htm` is not the method of this request."));
        }
        // Check 9: "ignoring any query and fragment parts".
        if !claims.string("htu").is_some_and(|htu| same_url(htu, expected.url)) {
            return Err(refuse("`htu` is not the URL of this request."));
        }
        // Check 10, before the time: who has a wrong clock learns the nonce by it.
        if let Some(nonces) = expected.nonces {
            let held = claims.string("nonce").filter(|nonce| nonce.len() <= LONGEST_ID);
            if !held.is_some_and(|nonce| nonces.contains(&nonce)) {
                let description = "`nonce` has to be the value of the DPoP-Nonce header of this answer.";
                return Err(OauthError::new(ErrorCode::UseDpopNonce, description));
            }
        }
        // Check 11.
        if issued > expected.now.saturating_add(expected.skew)
            || issued.saturating_add(expected.age) <= expected.now
        {
            return Err(refuse("`iat` is not the present time."));
        }
        // Check 12; that the key is the one the token is bound to, the caller sees by the thumbprint.
        if let Some(access_token) = expected.access_token {
            let hash = token::encode(digest(&SHA256, access_token.as_bytes()).as_ref());
            let said = claims.string("ath").unwrap_or_default();
            if verify_slices_are_equal(said.as_bytes(), hash.as_bytes()).is_err() {
                return Err(refuse("`ath` is not the hash of the access token."));
            }
        }
        Ok(Self { thumbprint: verifying.thumbprint(), id: id.to_owned(), issued })
    }
}

fn refuse(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidDpopProof, description)
}

fn describe(expected: &str) -> String {
    format!("The proof cannot be read; expected {expected}.")
}

/// Scheme and host in any case, the default port written or not (RFC 3986 §6.2.2 and §6.2.3), the path as it is.
fn same_url(said: &str, url: &Url) -> bool {
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    let plain = said.split('#').next().unwrap_or_default();
    Url::parse(plain)
        .is_ok_and(|said| said.origin() == url.origin() && path(said.target()) == path(url.target()))
}

#[cfg(test)]
#[path = "dpop/tests.rs"]
mod tests;
