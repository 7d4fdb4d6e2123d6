//! Public keys as JSON.
//!
//! Implements: RFC 7517 §4 (members), RFC 7518 §6.2 and §6.3 (EC, RSA), RFC 8037 §2 (OKP), RFC 7638 §3 (thumbprint),
//! FIPS 186-5 §A.1.1 (RSA exponents). A private or symmetric key is refused, so that nobody's secret is kept by accident.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::algorithm::Algorithm;
use crate::{Malformed, json::Object, token};

/// The longest key, in bytes of JSON: RSA of 4096 bits with a chain of certificates, which is not looked at.
pub const LONGEST: usize = 8 * 1024;
/// The longest `kid`, in bytes.
pub const LONGEST_ID: usize = 256;

const WHAT: &str = "key";

/// A public key. Two are equal when everything said about them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    key: PublicKey,
    id: Option<String>,
    algorithm: Option<Algorithm>,
}

/// The numbers of a public key; whether a point is on its curve is found out by
/// [`super::verifying_key::VerifyingKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// A point of P-256.
    P256 {
        /// Its first coordinate, big-endian.
        x: [u8; 32],
        /// Its second coordinate, big-endian.
        y: [u8; 32],
    },
    /// A point of Ed25519.
    Ed25519 {
        /// As RFC 8032 §5.1.2 encodes it.
        x: [u8; 32],
    },
    /// Modulus and exponent.
    Rsa {
        /// The modulus, big-endian, 2048 to 4096 bits.
        n: Vec<u8>,
        /// The exponent, big-endian, 65537 or more in at most four bytes.
        e: Vec<u8>,
    },
}

/// The SHA-256 thumbprint of a key (RFC 7638): the same key has the same, however it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 43 characters of base64url, as in `jkt` and `dpop_jkt`.
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        token::decode(text).map(Self).map_err(|error| Malformed { what: "thumbprint", ..error })
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&token::encode(&self.0))
    }
}

/// Why an object is no key that can be used: it has to go, or it may be passed over in a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has private members, is symmetric, or is not what it says it is.
    Malformed(Malformed),
    /// A kind, curve, use or algorithm that is not known here: RFC 7517 §5 passes over it.
    Unknown(Malformed),
}

impl From<Unfit> for Malformed {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Malformed(error) | Unfit::Unknown(error) => error,
        }
    }
}

/// Members of private keys (RFC 7518 §6.2.2, §6.3.2) and of symmetric ones (§6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl Jwk {
    /// A key with an identifier and the one algorithm it serves, as we publish our own.
    #[must_use]
    pub fn new(key: PublicKey, id: String, algorithm: Algorithm) -> Self {
        Self { key, id: Some(id), algorithm: Some(algorithm) }
    }

    /// Reads one key.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST`] bytes, a private or symmetric key, a kind or curve other than EC P-256,
    /// OKP Ed25519 and RSA, numbers that are not in their one shortest spelling, or a modulus of fewer than 2048 bits.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::of(&Object::parse(WHAT, bytes, LONGEST)?).map_err(Malformed::from)
    }

    /// Reads a key that stands inside another object.
    ///
    /// # Errors
    /// [`Unfit`], as [`Self::parse`].
    pub fn of(object: &Object) -> Result<Self, Unfit> {
        if PRIVATE.iter().any(|name| object.has(name)) {
            return Err(Unfit::Malformed(refuse("a public key only")));
        }
        let text = |name, expected| object.text(name, expected).map_err(Unfit::Malformed);
        let kind = text("kty", "`kty`, a string")?.ok_or(Unfit::Malformed(refuse("`kty`")))?;
        let curve = text("crv", "`crv`, a string")?;
        let key = match (kind, curve) {
            ("EC", Some("P-256")) => {
                PublicKey::P256 { x: coordinate(object, "x")?, y: coordinate(object, "y")? }
            }
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519 { x: coordinate(object, "x")? },
            ("RSA", None) => rsa(object)?,
            ("oct", _) => return Err(Unfit::Malformed(refuse("a public key only"))),
            _ => return Err(Unfit::Unknown(refuse("EC P-256, OKP Ed25519 or RSA"))),
        };
        if text("use", "`use`, a string")?.is_some_and(|purpose| purpose != "sig") {
            return Err(Unfit::Unknown(refuse("a key for signatures")));
        }
        let operations = object.texts("key_ops", 8, "`key_ops`, a list").map_err(Unfit::Malformed)?;
        if operations.is_some_and(|list| !list.contains(&"verify")) {
            return Err(Unfit::Unknown(refuse("a key that verifies")));
        }
        let algorithm = match text("alg", "`alg`, a string")? {
            None => None,
            Some(name) => {
                Some(Algorithm::from_name(name).ok_or(Unfit::Unknown(refuse("a known algorithm")))?)
            }
        };
        let id = text("kid", "`kid`, a string")?;
        if id.is_some_and(|id| id.is_empty() || id.len() > LONGEST_ID) {
            return Err(Unfit::Malformed(refuse("`kid` of 1 to 256 bytes")));
        }
        let jwk = Self { key, id: id.map(str::to_owned), algorithm };
        match jwk.algorithm {
            Some(algorithm) if !jwk.key.serves(algorithm) => {
                Err(Unfit::Malformed(refuse("an algorithm of this kind of key")))
            }
            _ => Ok(jwk),
        }
    }

    /// The numbers.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What its owner calls it. Only ever compared, never looked up anywhere.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm it is for, where that is said.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Whether it may be used with `algorithm`: the right kind of key, and no other algorithm said.
    #[must_use]
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        self.key.serves(algorithm) && self.algorithm.is_none_or(|said| said == algorithm)
    }

    /// The thumbprint of its numbers.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.key.thumbprint()
    }

    /// The key as JSON without spaces, members in alphabetical order.
    #[must_use]
    pub fn json(&self) -> String {
        let mut value = self.key.value();
        if let Some(members) = value.as_object_mut() {
            if let Some(algorithm) = self.algorithm {
                members.insert("alg".to_owned(), algorithm.name().into());
                members.insert("use".to_owned(), "sig".into());
            }
            if let Some(id) = &self.id {
                members.insert("kid".to_owned(), id.as_str().into());
            }
        }
        value.to_string()
    }
}

impl PublicKey {
    /// Whether this kind of key can make signatures of `algorithm`.
    #[must_use]
    pub const fn serves(&self, algorithm: Algorithm) -> bool {
        matches!(
            (self, algorithm),
            (Self::P256 { .. }, Algorithm::Es256)
                | (Self::Ed25519 { .. }, Algorithm::EdDsa)
                | (Self::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
        )
    }

    /// An RSA key from its PKCS #1 form (RFC 8017 §A.1.1): a sequence of modulus and exponent in DER.
    ///
    /// # Errors
    /// [`Malformed`] for anything else, or numbers that [`Jwk::parse`] would refuse.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, Malformed> {
        let refused = refuse("an RSA public key in DER");
        let (sequence, rest) = tagged(0x30, der).ok_or(refused.clone())?;
        let (n, after) = tagged(0x02, sequence).ok_or(refused.clone())?;
        let (e, end) = tagged(0x02, after).ok_or(refused.clone())?;
        if !rest.is_empty() || !end.is_empty() {
            return Err(refused);
        }
        // DER puts a zero before a number whose first bit is set, so that it is not negative.
        let plain = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).to_vec();
        sized(plain(n), plain(e)).map_err(Malformed::from)
    }

    /// RFC 7638 §3.2 and RFC 8037 §2: the required members in alphabetical order, hashed.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let hash = digest(&SHA256, self.value().to_string().as_bytes());
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(hash.as_ref()) {
            *to = *from;
        }
        Thumbprint(bytes)
    }

    /// The required members; the map of `serde_json` keeps them in alphabetical order.
    fn value(&self) -> serde_json::Value {
        match self {
            Self::P256 { x, y } => {
                json!({"crv": "P-256", "kty": "EC", "x": token::encode(x), "y": token::encode(y)})
            }
            Self::Ed25519 { x } => json!({"crv": "Ed25519", "kty": "OKP", "x": token::encode(x)}),
            Self::Rsa { n, e } => json!({"e": token::encode(e), "kty": "RSA", "n": token::encode(n)}),
        }
    }
}

const fn refuse(expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at: 0, expected }
}

/// RFC 7518 §6.2.1.2: the full size of a coordinate, leading zeros included.
fn coordinate(object: &Object, name: &str) -> Result<[u8; 32], Unfit> {
    let text = object.text(name, "a coordinate, a string").map_err(Unfit::Malformed)?;
    token::decode(text.unwrap_or_default()).map_err(|_| Unfit::Malformed(refuse("32 bytes in base64url")))
}

fn rsa(object: &Object) -> Result<PublicKey, Unfit> {
    let number = |name| {
        let text = object.text(name, "a number in base64url").map_err(Unfit::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.unwrap_or_default());
        // RFC 7518 §2, Base64urlUInt: the minimum number of octets.
        bytes
            .ok()
            .filter(|bytes| bytes.first().is_some_and(|first| *first != 0))
            .ok_or(Unfit::Malformed(refuse("a number in base64url without leading zeros")))
    };
    sized(number("n")?, number("e")?)
}

fn sized(n: Vec<u8>, e: Vec<u8>) -> Result<PublicKey, Unfit> {
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last & 1 == 1);
    let long = n.len() > 256 || (n.len() == 256 && n.first().is_some_and(|first| *first >= 0x80));
    if !long || n.len() > 512 || !odd(&n) {
        return Err(Unfit::Malformed(refuse("an RSA modulus of 2048 to 4096 bits")));
    }
    let value = e.iter().take(5).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    if value < 65_537 || e.len() > 4 || !odd(&e) {
        return Err(Unfit::Malformed(refuse("an odd RSA exponent from 65537 on, in at most 4 bytes")));
    }
    Ok(PublicKey::Rsa { n, e })
}

/// The contents of a DER value with this tag and what follows it; lengths of one to three bytes (X.690 §8.1.3).
fn tagged(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = match rest {
        [length, rest @ ..] if *length < 0x80 => (usize::from(*length), rest),
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    if *first == tag { rest.split_at_checked(length) } else { None }
}

#[cfg(test)]
#[path = "jwk/tests.rs"]
mod tests;
