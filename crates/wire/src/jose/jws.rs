//! Signed objects in their compact form: `header.payload.signature`.
//!
//! Implements: RFC 7515 §3.1 and §7.1 (compact), §4.1 (header), §5.2 (validation), RFC 8725 §3.1 (algorithms are
//! allowed by the caller), §3.11 (explicit typing). `jku`, `x5u` and `x5c` are never followed; `jwk` counts only for
//! who asks for it ([`Jws::embedded_key`]), which DPoP does and nothing else may.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::algorithm::Algorithm;
use super::jwk::{self, Jwk};
use super::verifying_key::VerifyingKey;
use crate::{Malformed, json::Object};

/// The longest object, in bytes.
pub const LONGEST: usize = 16 * 1024;
/// The longest header once decoded, in bytes: a key of 4096 bits fits in.
pub const LONGEST_HEADER: usize = 4 * 1024;

const WHAT: &str = "signed object";

const fn refuse(at: usize, expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at, expected }
}

/// An object that was read. Nothing in it is true until [`Self::verify`] gave the payload.
#[derive(Clone, Debug)]
pub struct Jws<'a> {
    signed: &'a str,
    algorithm: Algorithm,
    header: Object,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// The signature is not one of the key for this object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not hold")]
pub struct BadSignature;

impl<'a> Jws<'a> {
    /// Reads an object that uses one of the `allowed` algorithms.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST`] bytes, anything but three parts of canonical base64url, a header that is no
    /// object or has a member twice, an algorithm that is not allowed, any `crit` (RFC 7515 §4.1.11: no extension is
    /// known here, `b64` of RFC 7797 included), or a `kid` or `typ` that is no string of usual length.
    pub fn parse(text: &'a str, allowed: &[Algorithm]) -> Result<Self, Malformed> {
        if text.len() > LONGEST {
            return Err(refuse(LONGEST, "at most 16 KiB"));
        }
        let mut dots = text.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at);
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(refuse(0, "three parts"));
        };
        let (signed, signature) = text.split_at(second);
        let (header, payload) = signed.split_at(first);
        let part = |at: usize, part: &str| {
            URL_SAFE_NO_PAD.decode(part).map_err(|_| refuse(at, "canonical base64url without padding"))
        };
        let after = |part: &'a str| part.get(1..).unwrap_or_default();
        let header = Object::parse(WHAT, &part(0, header)?, LONGEST_HEADER)?;
        let payload = part(first.saturating_add(1), after(payload))?;
        let signature = part(second.saturating_add(1), after(signature))?;
        let name = header.text("alg", "`alg`, a string")?.ok_or(refuse(0, "`alg`"))?;
        let algorithm = Algorithm::from_name(name)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(refuse(0, "an algorithm that is allowed here"))?;
        if header.has("crit") || header.has("b64") {
            return Err(refuse(0, "no critical extensions"));
        }
        for (name, expected) in
            [("kid", "`kid`, a string of 256 bytes at most"), ("typ", "`typ`, a string of 256 bytes at most")]
        {
            if header.text(name, expected)?.is_some_and(|text| text.len() > jwk::LONGEST_ID) {
                return Err(refuse(0, expected));
            }
        }
        Ok(Self { signed, algorithm, header, payload, signature })
    }

    /// The algorithm, one of those that were allowed.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What the header calls the key. Only ever compared with identifiers of keys that are known already.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.get("kid").and_then(|value| value.as_str())
    }

    /// Whether the header says this type, with or without `application/`, in any case (RFC 7515 §4.1.9).
    #[must_use]
    pub fn is_typed(&self, typ: &str) -> bool {
        let said = self.header.get("typ").and_then(|value| value.as_str());
        let plain = |text: &str| match text.get(..12) {
            Some(before) if before.eq_ignore_ascii_case("application/") => {
                text.get(12..).unwrap_or_default().to_ascii_lowercase()
            }
            _ => text.to_ascii_lowercase(),
        };
        said.is_some_and(|said| plain(said) == plain(typ))
    }

    /// Whether the header says any type.
    #[must_use]
    pub fn has_type(&self) -> bool {
        self.header.has("typ")
    }

    /// The key in the header: whoever made the object chose it. For proofs of possession only.
    ///
    /// # Errors
    /// [`Malformed`] when there is none, or none that [`Jwk::parse`] would take.
    pub fn embedded_key(&self) -> Result<Jwk, Malformed> {
        let value = self.header.get("jwk").and_then(|value| Object::of("key", value));
        Jwk::of(&value.ok_or(refuse(0, "`jwk`, a key"))?).map_err(Malformed::from)
    }

    /// The payload before anything is verified: to learn whose key to take, and for nothing else.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload, once the signature holds.
    ///
    /// # Errors
    /// [`BadSignature`] when it does not, or the key is for another algorithm.
    pub fn verify(&self, key: &VerifyingKey) -> Result<&[u8], BadSignature> {
        let holds =
            key.algorithm() == self.algorithm && key.verifies(self.signed.as_bytes(), &self.signature);
        if holds { Ok(&self.payload) } else { Err(BadSignature) }
    }
}

/// A header in its encoded form: it is the same for every object of one key and type, so it is made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(String);

impl Header {
    /// A header that says algorithm, type (`at+jwt`, `JWT`, …) and key.
    #[must_use]
    pub fn new(algorithm: Algorithm, typ: &str, key_id: &str) -> Self {
        let header = json!({"alg": algorithm.name(), "kid": key_id, "typ": typ});
        Self(URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    /// What is to be signed: the header and this payload.
    #[must_use]
    pub fn with_payload(&self, payload: &[u8]) -> Unsigned {
        // Room for the signature as well: 342 characters of RSA-2048, 86 of the others.
        let length = base64::encoded_len(payload.len(), false).unwrap_or_default();
        let mut text = String::with_capacity(self.0.len().saturating_add(length).saturating_add(344));
        text.push_str(&self.0);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut text);
        Unsigned(text)
    }
}

/// An object without its signature yet.
#[derive(Debug)]
pub struct Unsigned(String);

impl Unsigned {
    /// The bytes to be signed (RFC 7515 §5.1, JWS Signing Input).
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The compact form with its signature.
    #[must_use]
    pub fn signed(self, signature: &[u8]) -> String {
        let mut text = self.0;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }
}

#[cfg(test)]
#[path = "jws/tests.rs"]
mod tests;
