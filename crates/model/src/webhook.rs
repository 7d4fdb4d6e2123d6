//! A service that is told of findings, and how it knows that it was we who told it.
//!
//! Implements: Standard Webhooks 1.0 (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; what is signed is
//! `id.timestamp.body`; scheme `v1`: HMAC-SHA256 with a secret of 24 to 64 bytes, written `whsec_` and Base64; scheme `v1a`: Ed25519, its
//! public key written `whpk_` and Base64), RFC 8032 (Ed25519).

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

use crate::id::WebhookId;
use crate::secret::Secret;
use crate::signing_key::KeyFault;
use crate::time::Time;

/// How many webhooks there are at most: each finding is told to all of them.
pub const MOST: i64 = 16;

/// The key that a webhook's calls are signed with: the secret of HMAC-SHA256, or the seed of an Ed25519 key (RFC 8032 §5.1.5).
pub type Key = Secret<[u8; 32]>;

/// The public half of an Ed25519 key.
pub type PublicKey = [u8; 32];

/// How calls are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// By a secret that the service has too (`v1`).
    Secret,
    /// By a key of which the service has the public half alone (`v1a`): it can sign nothing itself.
    Key,
}

/// A service that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Where it is told.
    pub url: String,
    /// When it was made.
    pub made_at: Time,
    /// The public half of its key; none where the key is a secret that it has too.
    pub public: Option<PublicKey>,
}

impl Webhook {
    /// How its calls are signed.
    #[must_use]
    pub const fn signed_by(&self) -> SignedBy {
        if self.public.is_some() { SignedBy::Key } else { SignedBy::Secret }
    }
}

fn pair(seed: &Key) -> Result<Ed25519KeyPair, KeyFault> {
    Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| KeyFault::unreadable())
}

/// The public half of this key, where calls are signed that way.
///
/// # Errors
/// [`KeyFault`] when the library makes no key of it.
pub fn public_of(by: SignedBy, key: &Key) -> Result<Option<PublicKey>, KeyFault> {
    match by {
        SignedBy::Secret => Ok(None),
        SignedBy::Key => {
            let half = pair(key)?.public_key().as_ref().first_chunk::<32>().copied();
            half.ok_or_else(KeyFault::unreadable).map(Some)
        }
    }
}

/// A secret as whoever receives the calls is given it.
#[must_use]
pub fn key_text(key: &Key) -> Secret<String> {
    Secret::new(format!("whsec_{}", wire::token::base64(key.expose())))
}

/// A public key as whoever receives the calls is given it.
#[must_use]
pub fn public_text(key: &PublicKey) -> String {
    format!("whpk_{}", wire::token::base64(key))
}

/// What `webhook-signature` says: `v1` or `v1a`, a comma, and the signature in Base64.
///
/// # Errors
/// [`KeyFault`] when the library refuses.
pub fn signature(
    (by, key): (SignedBy, &Key),
    (id, seconds): (&str, i64),
    body: &str,
) -> Result<String, KeyFault> {
    let signed = format!("{id}.{seconds}.{body}");
    Ok(match by {
        SignedBy::Secret => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
            format!("v1,{}", wire::token::base64(hmac::sign(&key, signed.as_bytes()).as_ref()))
        }
        SignedBy::Key => {
            let signature = pair(key)?.try_sign(signed.as_bytes()).map_err(|_| KeyFault::unusable())?;
            format!("v1a,{}", wire::token::base64(signature.as_ref()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"test": 2432232314}"#;
    const SECONDS: i64 = 1_614_265_330;

    fn counted() -> Key {
        let mut bytes = [0; 32];
        for (n, byte) in (0_u8..).zip(&mut bytes) {
            *byte = n;
        }
        Secret::new(bytes)
    }

    #[test]
    fn a_call_is_signed_as_others_verify_it() {
        // Made with Python's hmac over the same: the key is the bytes 0 to 31.
        let key = counted();
        assert_eq!(key_text(&key).expose(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let of = |id: &str, seconds| signature((SignedBy::Secret, &key), (id, seconds), BODY).unwrap();
        assert_eq!(of("msg_1", SECONDS), "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0=");
        assert_ne!(of("msg_1", SECONDS), of("msg_2", SECONDS));
        assert_ne!(of("msg_1", SECONDS), of("msg_1", SECONDS + 1));
        assert_eq!(public_of(SignedBy::Secret, &key).unwrap(), None);
    }

    #[test]
    fn a_call_is_signed_by_a_key_as_the_libraries_of_the_standard_sign_it() {
        // The values by which the library for Go is tested.
        let key = Secret::new(*b"TESTSIGNINGKEYDONOTUSETHISFORANY");
        let signed =
            signature((SignedBy::Key, &key), ("msg_p5jXN8AQM9LWM0D4loKWxJek", SECONDS), BODY).unwrap();
        assert_eq!(
            signed,
            "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
        );
    }

    #[test]
    fn a_public_half_is_that_of_the_standard_and_says_nothing_of_the_other() {
        // RFC 8032 §7.1, test 1.
        let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        let key = Secret::new(wire::token::decode(seed).unwrap());
        let public = public_of(SignedBy::Key, &key).unwrap().unwrap();
        assert_eq!(public_text(&public), "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }
}
