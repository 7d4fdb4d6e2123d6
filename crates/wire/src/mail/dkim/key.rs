//! The key of a domain, as it stands in the DNS.
//!
//! Implements: RFC 6376 §3.6.1, RFC 8463 §4.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine;

use super::signature::{Algorithm, Signature};
use crate::Malformed;
use crate::mail::encoded_word::LENIENT;
use crate::mail::tags::Tags;

/// Longest record that is read.
pub const LONGEST: usize = 8_192;

/// A key that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    is_rsa: bool,
    bytes: Vec<u8>,
    hashes: Option<String>,
    testing: bool,
    strict: bool,
    for_mail: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.bytes.len())
    }
}

impl Key {
    /// Reads a record.
    ///
    /// # Errors
    /// [`Malformed`] for what is no key record.
    pub fn parse(record: &str) -> Result<Self, Malformed> {
        let refuse = |expected| Malformed { what: "key of a domain", at: 0, expected };
        if record.len() > LONGEST {
            return Err(refuse("a shorter record"));
        }
        let tags = Tags::parse(record)?;
        if let Some(version) = tags.get("v")
            && (version != "DKIM1" || tags.leading().is_none_or(|(name, _)| name != "v"))
        {
            return Err(refuse("version DKIM1, first"));
        }
        let is_rsa = match tags.get("k").unwrap_or("rsa").to_ascii_lowercase().as_str() {
            "rsa" => true,
            "ed25519" => false,
            _ => return Err(refuse("rsa or ed25519")),
        };
        let packed = tags.packed("p").ok_or(refuse("a key"))?;
        let bytes = LENIENT.decode(packed).map_err(|_| refuse("base64"))?;
        let flag =
            |name: &str| tags.get("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == name));
        let for_mail =
            tags.get("s").is_none_or(|all| all.split(':').any(|one| matches!(one.trim(), "*" | "email")));
        Ok(Self {
            is_rsa,
            bytes,
            hashes: tags.get("h").map(str::to_ascii_lowercase),
            testing: flag("y"),
            strict: flag("s"),
            for_mail,
        })
    }

    /// Whether the domain has withdrawn it: §3.6.1, an empty `p=`.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether a signature may be verified with it.
    #[must_use]
    pub fn serves(&self, signature: &Signature) -> bool {
        let kind = match signature.algorithm {
            Algorithm::RsaSha256 => self.is_rsa,
            Algorithm::Ed25519Sha256 => !self.is_rsa,
        };
        let hash = self.hashes.as_ref().is_none_or(|all| all.split(':').any(|one| one.trim() == "sha256"));
        let identity = signature.identity.as_ref().is_none_or(|identity| *identity == signature.domain);
        kind && hash && self.for_mail && (identity || !self.strict)
    }

    /// Whether it counts for less: it is only tried out, or RSA with fewer than 2,048 bits.
    #[must_use]
    pub const fn is_weak(&self) -> bool {
        // A modulus of 2,048 bits alone takes 256 bytes.
        self.testing || (self.is_rsa && self.bytes.len() < 256)
    }

    /// Whether the signature is one of this key for what was signed.
    #[must_use]
    pub fn verifies(&self, signed: &[u8], signature: &Signature) -> bool {
        let rsa = |parameters| {
            UnparsedPublicKey::new(parameters, &self.bytes).verify(signed, &signature.value).is_ok()
        };
        match signature.algorithm {
            Algorithm::RsaSha256 => {
                rsa(&RSA_PKCS1_2048_8192_SHA256) || rsa(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)
            }
            // RFC 8463 §3: the digest is what is signed.
            Algorithm::Ed25519Sha256 => {
                let hash = digest::digest(&digest::SHA256, signed);
                UnparsedPublicKey::new(&ED25519, &self.bytes).verify(hash.as_ref(), &signature.value).is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read() {
        let key = Key::parse("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();
        assert!(!key.is_rsa && !key.is_revoked() && !key.is_weak());
        assert!(Key::parse("p=").unwrap().is_revoked());
        assert!(Key::parse("v=DKIM1; t=y:s; p=AAAA").unwrap().is_weak());
        for bad in [
            "",
            "v=DKIM1",
            "k=rsa; v=DKIM1; p=AAAA",
            "v=DKIM2; p=AAAA",
            "k=dsa; p=AAAA",
            "p=!",
            "v=spf1 -all",
        ] {
            assert!(Key::parse(bad).is_err(), "{bad}");
        }
    }
}
