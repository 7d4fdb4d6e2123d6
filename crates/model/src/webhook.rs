//! A service that is told of findings, and how it knows that it was we who told it.
//!
//! Implements: Standard Webhooks 1.0 (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; scheme `v1`:
//! HMAC-SHA256 over `id.timestamp.body`; secrets of 24 to 64 bytes, written `whsec_` and Base64).

use aws_lc_rs::hmac;

use crate::id::WebhookId;
use crate::secret::Secret;
use crate::time::Time;

/// How many webhooks there are at most: each finding is told to all of them.
pub const MOST: i64 = 16;

/// The key that a webhook's calls are signed with.
pub type Key = Secret<[u8; 32]>;

/// A service that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Where it is told.
    pub url: String,
    /// When it was made.
    pub made_at: Time,
}

/// The key as whoever receives the calls is given it.
#[must_use]
pub fn key_text(key: &Key) -> Secret<String> {
    Secret::new(format!("whsec_{}", wire::token::base64(key.expose())))
}

/// What `webhook-signature` says: `v1,` and the signature in Base64.
#[must_use]
pub fn signature(key: &Key, (id, seconds): (&str, i64), body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", wire::token::base64(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_as_others_verify_it() {
        // Made with Python's hmac over the same: the key is the bytes 0 to 31.
        let mut bytes = [0; 32];
        for (n, byte) in (0_u8..).zip(&mut bytes) {
            *byte = n;
        }
        let key = Secret::new(bytes);
        assert_eq!(key_text(&key).expose(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let signed = signature(&key, ("msg_1", 1_614_265_330), r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0=");
        assert_ne!(signed, signature(&key, ("msg_2", 1_614_265_330), r#"{"test": 2432232314}"#));
        assert_ne!(signed, signature(&key, ("msg_1", 1_614_265_331), r#"{"test": 2432232314}"#));
    }
}
