//! A key in the memory of the program, kept as a JSON Web Key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::error::Error;
use crate::http::BoxError;
use crate::key::{Key, coordinates};

/// A key that the program itself holds. Where the device has a place from which keys do not come out, implement [`Key`] for
/// that instead.
#[derive(Clone)]
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// Draws a new key.
    ///
    /// # Errors
    /// [`Error::Key`] when the system gives no random bytes.
    pub fn generate() -> Result<Self, Error> {
        loop {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|error| Error::Key(error.into()))?;
            // A number that is not below the order of the curve, one in 2³², is drawn again.
            if let Ok(key) = SigningKey::from_slice(&secret) {
                return Ok(Self(key));
            }
        }
    }

    /// The key as a private JSON Web Key (RFC 7517, RFC 7518 §6.2.2), for a place that nobody else can read.
    #[must_use]
    pub fn to_jwk(&self) -> String {
        let (x, y) = coordinates(self);
        let d = URL_SAFE_NO_PAD.encode(self.0.to_bytes());
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d }).to_string()
    }

    /// Reads what [`Self::to_jwk`] wrote.
    ///
    /// # Errors
    /// [`Error::Key`] when it is no private key of this curve, or its halves are not of one key.
    pub fn from_jwk(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::Key(what.into());
        let jwk: Value = serde_json::from_str(text).map_err(|_| wrong("the key is no JSON"))?;
        let member = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        if (member("kty"), member("crv")) != ("EC", "P-256") {
            return Err(wrong("the key is not of the curve P-256"));
        }
        let secret = URL_SAFE_NO_PAD.decode(member("d")).map_err(|_| wrong("`d` is not base64url"))?;
        let key = SigningKey::from_slice(&secret).map_err(|error| Error::Key(error.into()))?;
        let key = Self(key);
        let (x, y) = coordinates(&key);
        if (member("x"), member("y")) != (x.as_str(), y.as_str()) {
            return Err(wrong("the halves of the key do not belong together"));
        }
        Ok(key)
    }
}

impl std::fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SoftwareKey(..)")
    }
}

impl Key for SoftwareKey {
    fn public(&self) -> [u8; 64] {
        let point = self.0.verifying_key().to_sec1_point(false);
        let mut public = [0; 64];
        for (to, from) in public.iter_mut().zip(point.as_bytes().iter().skip(1)) {
            *to = *from;
        }
        public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], BoxError> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7515 appendix A.3.
    const RFC_7515: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

    #[test]
    fn a_key_is_kept_and_read_and_is_the_same() {
        let key = SoftwareKey::generate().unwrap();
        let read = SoftwareKey::from_jwk(&key.to_jwk()).unwrap();
        assert_eq!(key.public(), read.public());
        assert_eq!(key.sign(b"message").unwrap(), read.sign(b"message").unwrap());
        assert_ne!(key.public(), SoftwareKey::generate().unwrap().public());
        assert_eq!(format!("{key:?}"), "SoftwareKey(..)");
    }

    #[test]
    fn the_public_half_is_that_of_the_vector() {
        let (x, y) = coordinates(&SoftwareKey::from_jwk(RFC_7515).unwrap());
        assert_eq!(x, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        assert_eq!(y, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    }

    #[test]
    fn halves_of_two_keys_and_other_things_are_no_key() {
        let other = RFC_7515.replace("f83OJ3D2", "f83OJ3D3");
        for text in
            ["", "{}", "[]", &other, &RFC_7515.replace("P-256", "P-384"), &RFC_7515.replace("\"d\"", "\"e\"")]
        {
            assert!(matches!(SoftwareKey::from_jwk(text), Err(Error::Key(_))), "{text}");
        }
    }
}
