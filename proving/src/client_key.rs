//! The key of a client: makes proofs of possession and statements as a client would, written from the standards alone.
//!
//! Implements: RFC 9449 §4.2 (proof), RFC 7523 §3 (statement), RFC 7515 §3.1.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use wire::token::encode;

/// A client could not sign.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the client's key cannot be made or used")]
pub struct NoKey;

/// A key of P-256.
pub struct ClientKey {
    pair: EcdsaKeyPair,
    next: u64,
}

impl ClientKey {
    /// A new key.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn new() -> Result<Self, NoKey> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| NoKey)?;
        Ok(Self { pair, next: 0 })
    }

    /// Its public half as JSON.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let half = |from: usize| encode(point.get(from..from.saturating_add(32)).unwrap_or_default());
        json!({"crv": "P-256", "kty": "EC", "x": half(1), "y": half(33)})
    }

    /// A key set with it alone.
    #[must_use]
    pub fn jwks(&self) -> String {
        json!({"keys": [self.jwk()]}).to_string()
    }

    /// Its thumbprint, as in `jkt` (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        encode(digest(&SHA256, self.jwk().to_string().as_bytes()).as_ref())
    }

    /// Signs claims under a header.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn sign(&self, header: &Value, claims: &Value) -> Result<String, NoKey> {
        let input =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes()).map_err(|_| NoKey)?;
        Ok(format!("{input}.{}", encode(signature.as_ref())))
    }

    /// An identifier that was not used before.
    fn jti(&mut self) -> String {
        self.next = self.next.wrapping_add(1);
        format!("{}-{}", self.next, self.thumbprint())
    }

    /// A proof for one request at `now`, in seconds; with the nonce of the server, and for an access token where there is one.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn proof(
        &mut self,
        (method, url): (&str, &str),
        now: i64,
        (nonce, access_token): (Option<&str>, Option<&str>),
    ) -> Result<String, NoKey> {
        let mut claims = json!({"jti": self.jti(), "htm": method, "htu": url, "iat": now});
        if let Some(members) = claims.as_object_mut() {
            members.extend(nonce.map(|nonce| ("nonce".to_owned(), nonce.into())));
            let hash = access_token.map(|token| encode(digest(&SHA256, token.as_bytes()).as_ref()));
            members.extend(hash.map(|hash| ("ath".to_owned(), hash.into())));
        }
        self.sign(&json!({"alg": "ES256", "jwk": self.jwk(), "typ": "dpop+jwt"}), &claims)
    }

    /// A statement of `client` for `audience` at `now`, in seconds.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn statement(&mut self, client: &str, audience: &str, now: i64) -> Result<String, NoKey> {
        let claims = json!({
            "iss": client, "sub": client, "aud": audience, "jti": self.jti(), "iat": now,
            "exp": now.saturating_add(60),
        });
        self.sign(&json!({"alg": "ES256", "typ": "JWT"}), &claims)
    }
}
