//! A public key, ready to verify signatures of one algorithm. Parsing it costs more than using it, so it is kept.
//!
//! Implements: RFC 7518 §3.3 to §3.5, RFC 8037 §3.1; RFC 8725 §3.1 ("each key MUST be used with exactly one algorithm").

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

use super::algorithm::Algorithm;
use super::jwk::{Jwk, PublicKey, Thumbprint};
use crate::Malformed;

/// A parsed key with its one algorithm.
#[derive(Clone)]
pub struct VerifyingKey {
    parsed: ParsedPublicKey,
    algorithm: Algorithm,
    thumbprint: Thumbprint,
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({} {})", self.algorithm.name(), self.thumbprint)
    }
}

impl VerifyingKey {
    /// Parses a key for use with `algorithm`.
    ///
    /// # Errors
    /// [`Malformed`] when the key is of another kind, says another algorithm, or its numbers are no key: a point that is
    /// not on the curve, a modulus that the library refuses.
    pub fn new(key: &Jwk, algorithm: Algorithm) -> Result<Self, Malformed> {
        let refuse = |expected| Malformed { what: "key", at: 0, expected };
        if !key.serves(algorithm) {
            return Err(refuse("a key of this algorithm"));
        }
        let parsed = match key.key() {
            PublicKey::P256 { x, y } => {
                let point: Vec<u8> = [4_u8].iter().chain(x).chain(y).copied().collect();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
            }
            PublicKey::Ed25519 { x } => ParsedPublicKey::new(&ED25519, x),
            PublicKey::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.to_parsed_public_key(match algorithm {
                    Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    Algorithm::Rs256 | Algorithm::Es256 | Algorithm::EdDsa => &RSA_PKCS1_2048_8192_SHA256,
                })
            }
        };
        let parsed = parsed.map_err(|_| refuse("a point of the curve, or a modulus"))?;
        Ok(Self { parsed, algorithm, thumbprint: key.thumbprint() })
    }

    /// The one algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The thumbprint of the key.
    #[must_use]
    pub const fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// Whether `signature` is one of this key for `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_beside_the_curve_is_no_key() {
        let key = |y| Jwk::new(PublicKey::P256 { x: [1; 32], y }, "a".to_owned(), Algorithm::Es256);
        assert!(VerifyingKey::new(&key([1; 32]), Algorithm::Es256).is_err());
        assert!(VerifyingKey::new(&key([0; 32]), Algorithm::Es256).is_err());
    }

    #[test]
    fn a_key_serves_its_own_algorithm_only() {
        let key =
            Jwk::parse(br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
                .unwrap();
        assert!(VerifyingKey::new(&key, Algorithm::EdDsa).is_ok());
        for other in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256] {
            assert!(VerifyingKey::new(&key, other).is_err());
        }
        assert_eq!(
            format!("{:?}", VerifyingKey::new(&key, Algorithm::EdDsa).unwrap()),
            "VerifyingKey(EdDSA kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k)"
        );
    }
}
