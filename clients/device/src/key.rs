//! The key of a device, which never leaves it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::http::BoxError;

/// A key on the curve P-256 that signs by ES256 (RFC 7518 §3.4): in a secure element, in the keystore of the system, or in a
/// file ([`SoftwareKey`](crate::SoftwareKey)).
///
/// Tokens are bound to it (RFC 9449): without it they are of no use to anybody, and without it a device is signed out. Make it
/// once, on the device, and use it for nothing else.
pub trait Key {
    /// The public half: the coordinates x and y, 32 bytes each, as they stand in an uncompressed point after its first byte.
    fn public(&self) -> [u8; 64];

    /// Signs a message: ECDSA over its SHA-256, as r and s of 32 bytes each. Many modules give DER (a sequence of two
    /// integers), which has to be taken apart.
    ///
    /// # Errors
    /// That the module did not sign.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], BoxError>;
}

impl<K: Key + ?Sized> Key for &K {
    fn public(&self) -> [u8; 64] {
        (**self).public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], BoxError> {
        (**self).sign(message)
    }
}

/// The coordinates of a public key, as text.
pub(crate) fn coordinates(key: &impl Key) -> (String, String) {
    let public = key.public();
    let (x, y) = public.split_at(32);
    (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
}
