//! A browser that can be reached: it has a key pair and a secret, and reads what is encrypted for it.
//!
//! Implements: RFC 8291 §3.4 (keys, on the side of the one who reads), RFC 8188 §2 (header, delimiter, padding).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use serde_json::json;
use wire::token::encode;

/// A browser with one subscription.
pub struct Browser {
    private: PrivateKey,
    public: Vec<u8>,
    secret: [u8; 16],
}

impl Browser {
    /// A browser with this key (a number below the order of P-256; none for any other) and secret.
    #[must_use]
    pub fn new(private: &[u8; 32], secret: [u8; 16]) -> Option<Self> {
        let private = PrivateKey::from_private_key(&ECDH_P256, private).ok()?;
        let public = private.compute_public_key().ok()?.as_ref().to_vec();
        Some(Self { private, public, secret })
    }

    /// What it tells its page: `PushSubscription.toJSON()`.
    #[must_use]
    pub fn subscription(&self, endpoint: &str) -> String {
        let keys = json!({ "p256dh": encode(&self.public), "auth": encode(&self.secret) });
        json!({ "endpoint": endpoint, "expirationTime": null, "keys": keys }).to_string()
    }

    /// Reads a message; none where it was meant for somebody else, or altered.
    #[must_use]
    pub fn open(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = message.split_first_chunk::<16>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first()?;
        let (public, record) = rest.split_at_checked(usize::from(*length))?;
        // One record, not longer than it says that records are.
        if record.len() > usize::try_from(u32::from_be_bytes(*size)).ok()? {
            return None;
        }
        let theirs = UnparsedPublicKey::new(&ECDH_P256, public);
        let agreed = agree(&self.private, theirs, (), |agreed| Ok(agreed.to_vec())).ok()?;
        let info = [b"WebPush: info\0".as_slice(), &self.public, public].concat();
        let material = derived(&self.secret, &agreed, &info);
        let key = derived(salt, &material, b"Content-Encoding: aes128gcm\0");
        let nonce = derived(salt, &material, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.get(..16)?).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(nonce.get(..12)?).ok()?;
        let mut record = record.to_vec();
        let padded = key.open_in_place(nonce, Aad::empty(), &mut record).ok()?;
        let end = padded.iter().rposition(|byte| *byte != 0)?;
        // The delimiter of the last record.
        (padded.get(end) == Some(&2)).then(|| padded.get(..end).map(<[u8]>::to_vec)).flatten()
    }
}

/// HKDF with SHA-256 (RFC 5869) for at most 32 bytes, out of HMAC alone.
fn derived(salt: &[u8], material: &[u8], info: &[u8]) -> Vec<u8> {
    let extracted = sign(&Key::new(HMAC_SHA256, salt), material);
    let block = [info, &[1]].concat();
    sign(&Key::new(HMAC_SHA256, extracted.as_ref()), &block).as_ref().to_vec()
}
