//! The key that vouches for the record: it signs checkpoints and receipts, under the name of the installation.
//!
//! Implements: RFC 8032 (Ed25519), which needs no chance to sign.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use wire::record::checkpoint::Checkpoint;
use wire::record::note::{Note, VerifierKey};
use wire::record::receipt::{Receipt, Signed};

use crate::secret::Secret;
use crate::signing_key::{KeyFault, KeyKind, SigningKey};

/// A key that signs, parsed once and kept.
pub struct RecordKey {
    pair: Ed25519KeyPair,
    public: VerifierKey,
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordKey({})", self.public)
    }
}

impl RecordKey {
    /// Makes a new key and gives its PKCS #8 form, to be sealed and kept.
    ///
    /// # Errors
    /// [`KeyFault`] when the system gives no random bytes.
    pub fn generate() -> Result<Secret<Vec<u8>>, KeyFault> {
        SigningKey::generate(KeyKind::EdDsa)
    }

    /// Parses what [`Self::generate`] gave, as the key of `name`.
    ///
    /// # Errors
    /// [`KeyFault`] for anything else, and for a name that no key can have.
    pub fn read(name: &str, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyFault> {
        let fault = KeyFault::unreadable;
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.expose()).map_err(|_| fault())?;
        let public = pair.public_key().as_ref().first_chunk::<32>().copied().ok_or_else(fault)?;
        let public = VerifierKey::new(name, public).map_err(|_| fault())?;
        Ok(Self { pair, public })
    }

    /// What verifies its signatures.
    #[must_use]
    pub const fn public(&self) -> &VerifierKey {
        &self.public
    }

    /// A checkpoint as a signed note.
    ///
    /// # Errors
    /// [`KeyFault`] when the library refuses.
    pub fn sign_checkpoint(&self, checkpoint: &Checkpoint) -> Result<String, KeyFault> {
        let text = checkpoint.text();
        Ok(Note::signed(&text, &self.public, &self.sign(text.as_bytes())?))
    }

    /// A receipt with its signature.
    ///
    /// # Errors
    /// [`KeyFault`] when the library refuses.
    pub fn sign_receipt(&self, receipt: Receipt) -> Result<Signed, KeyFault> {
        let signature = self.sign(&receipt.message(self.public.name()))?;
        Ok(Signed { receipt, signature })
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyFault> {
        let signature = self.pair.try_sign(message).map_err(|_| KeyFault::unusable())?;
        signature.as_ref().try_into().map_err(|_| KeyFault::unusable())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::record::note::VerifierKeys;

    #[test]
    fn what_a_key_signs_is_verified_by_its_public_half_and_no_other() {
        let key = RecordKey::read("id.example.org/record", &RecordKey::generate().unwrap()).unwrap();
        let other = RecordKey::read("id.example.org/record", &RecordKey::generate().unwrap()).unwrap();
        let checkpoint = Checkpoint {
            origin: key.public().name().to_owned(),
            size: 3,
            root: [1; 32],
            at: 1_795_297_599_000_000,
            previous: None,
        };
        let note = Note::parse(&key.sign_checkpoint(&checkpoint).unwrap()).unwrap();
        assert_eq!(Checkpoint::parse(&note.text), Ok(checkpoint));
        let keys = |key: &RecordKey| VerifierKeys::of(vec![key.public().clone()]);
        assert!(note.signer(&keys(&key)).is_some());
        assert!(note.signer(&keys(&other)).is_none());
    }

    #[test]
    fn a_name_that_breaks_a_line_is_refused() {
        let pkcs8 = RecordKey::generate().unwrap();
        for bad in ["", "a b", "a\nb", "a+b"] {
            assert!(RecordKey::read(bad, &pkcs8).is_err());
        }
    }
}
