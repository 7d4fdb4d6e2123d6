//! The keys that tokens are signed with: how they are made, how they sign, and when one follows another.
//!
//! Implements: RFC 7518 §3.3, §3.4, RFC 8037 §3.1 (RS256, ES256, EdDSA), RFC 7638 (what a key is called).
//!
//! 1. A key is *published* a while before it signs, so that whoever keeps our key set has it in time.
//! 2. It is *active* while it signs; there is one such key of a kind.
//! 3. It is *retired* when its successor signs, and stays published until the last token that it signed has expired.
//!
//! Key pairs and the nonces of ECDSA are drawn inside AWS-LC, from the generator that [`crate::entropy::Entropy`] asks
//! as well; its interface takes no other source, and a nonce that could be chosen would give the key away.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use serde::{Deserialize, Serialize};
use wire::jose::algorithm::Algorithm;
use wire::jose::jwk::{Jwk, PublicKey, Thumbprint};
use wire::jose::jws::Header;

use crate::secret::Secret;
use crate::time::Time;

/// Of which kind a key is; the algorithm follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// P-256, for ES256: the default.
    Es256,
    /// Ed25519, for EdDSA.
    EdDsa,
    /// RSA of 2048 bits, for RS256: for clients that know nothing else (OpenID Connect Core §15.1 demands it).
    Rs256,
}

impl KeyKind {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::Es256,
            Self::EdDsa => Algorithm::EdDsa,
            Self::Rs256 => Algorithm::Rs256,
        }
    }

    /// As stored and as in `alg`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.algorithm().name()
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It can be seen and does not sign yet.
    Published,
    /// It signs.
    Active,
    /// It signs no more, and what it signed can still be verified.
    Retired,
}

impl KeyState {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Published, Self::Active, Self::Retired].into_iter().find(|state| state.code() == code)
    }
}

/// A key without its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its thumbprint, which is also its `kid`.
    pub id: Thumbprint,
    /// Of which kind.
    pub kind: KeyKind,
    /// How it stands.
    pub state: KeyState,
    /// Since when it stands so.
    pub since: Time,
}

/// The schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How long a key is published before it signs: longer than anybody may keep our key set.
    pub ahead: Duration,
    /// How long a key signs.
    pub period: Duration,
    /// How long the longest token is valid, the difference of clocks included.
    pub longest_token: Duration,
}

/// What is to be done next with the keys of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a key and publish it.
    Publish,
    /// This key signs from now on.
    Activate(Thumbprint),
    /// This key signs no more.
    Retire(Thumbprint),
    /// Nothing that this key signed can be valid any more: it goes, its secret with it.
    Remove(Thumbprint),
}

impl Rotation {
    /// The next step with `keys`, which are all of one kind, if one is due. A caller takes steps until there is none; a
    /// key that an operator publishes becomes active by the same rule as one that the schedule published.
    #[must_use]
    pub fn next(&self, keys: &[KeyRecord], now: Time) -> Option<Step> {
        let of = |state| keys.iter().filter(move |key| key.state == state);
        let newest = |state| of(state).max_by_key(|key| (key.since, key.id));
        let oldest = |state| of(state).min_by_key(|key| (key.since, key.id));
        if let Some(key) = of(KeyState::Retired).find(|key| now >= key.since + self.longest_token) {
            return Some(Step::Remove(key.id));
        }
        let Some(active) = newest(KeyState::Active) else {
            // The first key, or an operator retired the only one: better signed by a key that is not known everywhere
            // yet than not at all.
            return Some(oldest(KeyState::Published).map_or(Step::Publish, |key| Step::Activate(key.id)));
        };
        if let Some(older) = of(KeyState::Active).find(|key| key.id != active.id) {
            return Some(Step::Retire(older.id));
        }
        match oldest(KeyState::Published) {
            Some(next) if now >= next.since + self.ahead => Some(Step::Activate(next.id)),
            Some(_) => None,
            None if now + self.ahead >= active.since + self.period => Some(Step::Publish),
            None => None,
        }
    }
}

/// A key could not be made, read or used; holds nothing of it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a signing key could not be {0}")]
pub struct KeyFault(&'static str);

impl KeyFault {
    /// It could not be read.
    pub(crate) const fn unreadable() -> Self {
        Self("read")
    }

    /// It did not sign.
    pub(crate) const fn unusable() -> Self {
        Self("used")
    }
}

/// A key that signs, parsed once and kept.
pub struct SigningKey {
    pair: Pair,
    public: Jwk,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<rsa::KeyPair>),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public.thumbprint())
    }
}

impl SigningKey {
    /// Makes a new key and gives its PKCS #8 form, to be sealed and kept. RSA takes a noticeable part of a second: never
    /// inside a write transaction.
    ///
    /// # Errors
    /// [`KeyFault`] when the system gives no random bytes.
    pub fn generate(kind: KeyKind) -> Result<Secret<Vec<u8>>, KeyFault> {
        let fault = |_| KeyFault("made");
        let bytes = match kind {
            KeyKind::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(fault)?;
                pair.to_pkcs8v1().map_err(fault)?.as_ref().to_vec()
            }
            KeyKind::EdDsa => {
                let pair = Ed25519KeyPair::generate().map_err(fault)?;
                pair.to_pkcs8().map_err(fault)?.as_ref().to_vec()
            }
            KeyKind::Rs256 => {
                let pair = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(fault)?;
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(fault)?;
                der.as_ref().to_vec()
            }
        };
        Ok(Secret::new(bytes))
    }

    /// Parses what [`Self::generate`] gave.
    ///
    /// # Errors
    /// [`KeyFault`] for anything else.
    pub fn read(kind: KeyKind, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyFault> {
        let bytes = pkcs8.expose();
        let fault = |_| KeyFault("read");
        let (pair, public) = match kind {
            KeyKind::Es256 => {
                let pair =
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map_err(fault)?;
                let point = pair.public_key().as_ref();
                let half = |from| point.get(from..).and_then(|rest| rest.first_chunk::<32>().copied());
                let (x, y) = half(1).zip(half(33)).ok_or(KeyFault("read"))?;
                (Pair::Es256(pair), PublicKey::P256 { x, y })
            }
            KeyKind::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(bytes).map_err(fault)?;
                let x = pair.public_key().as_ref().first_chunk::<32>().copied().ok_or(KeyFault("read"))?;
                (Pair::EdDsa(pair), PublicKey::Ed25519 { x })
            }
            KeyKind::Rs256 => {
                let pair = rsa::KeyPair::from_pkcs8(bytes).map_err(fault)?;
                let public =
                    PublicKey::from_pkcs1(pair.public_key().as_ref()).map_err(|_| KeyFault("read"))?;
                (Pair::Rs256(Box::new(pair)), public)
            }
        };
        let id = public.thumbprint().to_string();
        Ok(Self { pair, public: Jwk::new(public, id, kind.algorithm()) })
    }

    /// The public half, as it is published.
    #[must_use]
    pub const fn public(&self) -> &Jwk {
        &self.public
    }

    /// Its thumbprint, which is also its `kid`.
    #[must_use]
    pub fn id(&self) -> Thumbprint {
        self.public.thumbprint()
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match &self.pair {
            Pair::Es256(_) => Algorithm::Es256,
            Pair::EdDsa(_) => Algorithm::EdDsa,
            Pair::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// The header of every object of one type that this key signs (`at+jwt`, `JWT`, …); made once and kept.
    #[must_use]
    pub fn header(&self, typ: &str) -> Header {
        Header::new(self.algorithm(), typ, &self.id().to_string())
    }

    /// Signs a payload under a header of [`Self::header`], and gives the compact form.
    ///
    /// # Errors
    /// [`KeyFault`] when the library refuses, which a lack of random bytes can bring about.
    pub fn sign(&self, header: &Header, payload: &[u8]) -> Result<String, KeyFault> {
        let fault = |_| KeyFault("used");
        let unsigned = header.with_payload(payload);
        let input = unsigned.signing_input();
        match &self.pair {
            Pair::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), input).map_err(fault)?;
                Ok(unsigned.signed(signature.as_ref()))
            }
            Pair::EdDsa(pair) => {
                let signature = pair.try_sign(input).map_err(fault)?;
                Ok(unsigned.signed(signature.as_ref()))
            }
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature).map_err(fault)?;
                Ok(unsigned.signed(&signature))
            }
        }
    }
}

#[cfg(test)]
#[path = "signing_key/tests.rs"]
mod tests;
