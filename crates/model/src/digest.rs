//! Keyed digests: what the store keeps in place of secrets (law 9).
//!
//! All keys come from one root that lives outside the database, by HKDF-SHA-256 (RFC 5869) with one
//! label each. Whoever reads the database alone can neither test a guess nor link an address.

use aws_lc_rs::{hkdf, hmac};
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// A keyed digest, 128 bits of HMAC-SHA-256 (RFC 2104; truncation per NIST SP 800-107 §5.3).
#[derive(Clone, Copy, Debug)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The sixteen bytes, as stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads what [`Self::bytes`] gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Equality in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// What a digest is of; each has its own key, so that a value of one kind never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A sign-in code in its context.
    SignInCode,
    /// A mail destination, after canonicalisation.
    Destination,
    /// The address an account signs in by.
    Identity,
    /// A secret that a browser or a mail link carries.
    Token,
    /// The hidden field of a form.
    Form,
    /// A recovery code of an account.
    RecoveryCode,
    /// The gate word of an account.
    GateWord,
}

/// The keys of this installation.
pub struct Keys {
    sign_in_code: hmac::Key,
    destination: hmac::Key,
    identity: hmac::Key,
    token: hmac::Key,
    form: hmac::Key,
    recovery_code: hmac::Key,
    gate_word: hmac::Key,
    check: hmac::Key,
    seal: Secret<[u8; 32]>,
}

/// HKDF refused the root; cannot happen for a root of 32 bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the keys could not be derived")]
pub struct NoKeys;

impl Keys {
    /// Derives all keys from the 32-byte root.
    ///
    /// # Errors
    /// [`NoKeys`] when the derivation fails.
    pub fn derive(root: &Secret<[u8; 32]>) -> Result<Self, NoKeys> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"bidden keys v1").extract(root.expose());
        let bytes = |label: &str| -> Result<[u8; 32], NoKeys> {
            let mut out = [0; 32];
            let info = [label.as_bytes()];
            let okm = prk.expand(&info, hkdf::HKDF_SHA256).map_err(|_| NoKeys)?;
            okm.fill(&mut out).map_err(|_| NoKeys)?;
            Ok(out)
        };
        let key = |label: &str| bytes(label).map(|bytes| hmac::Key::new(hmac::HMAC_SHA256, &bytes));
        Ok(Self {
            sign_in_code: key("sign-in code")?,
            destination: key("destination")?,
            identity: key("identity")?,
            token: key("token")?,
            form: key("form")?,
            recovery_code: key("recovery code")?,
            gate_word: key("gate word")?,
            check: key("check")?,
            seal: Secret::new(bytes("seal")?),
        })
    }

    /// Keys for tests: derived from a fixed root.
    ///
    /// # Errors
    /// [`NoKeys`] when the derivation fails.
    pub fn simulated() -> Result<Self, NoKeys> {
        Self::derive(&Secret::new([7; 32]))
    }

    /// The digest of `parts` as a value of kind `of`. Parts are length-prefixed, so that no two lists collide.
    #[must_use]
    pub fn digest(&self, of: Of, parts: &[&[u8]]) -> Digest {
        Digest(mac(
            match of {
                Of::SignInCode => &self.sign_in_code,
                Of::Destination => &self.destination,
                Of::Identity => &self.identity,
                Of::Token => &self.token,
                Of::Form => &self.form,
                Of::RecoveryCode => &self.recovery_code,
                Of::GateWord => &self.gate_word,
            },
            parts,
        ))
    }

    /// A value that the store remembers to notice that it is opened with other keys.
    #[must_use]
    pub fn check(&self) -> Digest {
        Digest(mac(&self.check, &[b"these keys belong to this store"]))
    }

    /// The key that seals what must be readable again.
    #[must_use]
    pub const fn seal(&self) -> &Secret<[u8; 32]> {
        &self.seal
    }
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let tag = context.sign();
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_every_split_into_parts_gives_another_digest() {
        let keys = Keys::simulated().unwrap();
        let kinds = [Of::SignInCode, Of::Destination, Of::Identity, Of::Token, Of::Form, Of::RecoveryCode];
        let mut seen: Vec<[u8; 16]> =
            kinds.iter().map(|of| *keys.digest(*of, &[b"ab", b"c"]).bytes()).collect();
        seen.push(*keys.digest(Of::Token, &[b"a", b"bc"]).bytes());
        seen.push(*keys.digest(Of::Token, &[b"abc"]).bytes());
        seen.push(*keys.check().bytes());
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), kinds.len() + 3);
    }

    #[test]
    fn another_root_gives_other_digests() {
        let other = Keys::derive(&Secret::new([8; 32])).unwrap();
        let keys = Keys::simulated().unwrap();
        assert!(!keys.check().matches(&other.check()));
        assert!(keys.check().matches(&Keys::simulated().unwrap().check()));
    }
}
