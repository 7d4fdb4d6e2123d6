//! What a push service carries and cannot read: one record, encrypted for one browser.
//!
//! Implements: RFC 8291 §3.3, §3.4 and §4 (keys from both key pairs and the secret; a single record), RFC 8188 §2 (the
//! coding `aes128gcm`, padded).
//!
//! 1. What both key pairs agree on, and the secret, give the key material.
//! 2. It and the salt give key and nonce of this record: both are used once, since key pair and salt are.
//! 3. What is said, a delimiter and padding are encrypted behind a header that holds salt and public key.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{self, HKDF_SHA256, KeyType, Salt};

use super::subscription::{POINT, Subscription};

/// The name of the coding, as `Content-Encoding` says it.
pub const CODING: &str = "aes128gcm";

/// The size that records are said to have (RFC 8291 §4: no longer than this, and every push service takes as much).
const RECORD: u16 = 4096;
/// The bytes that one record says at most: it ends with a delimiter and a tag (RFC 8188 §2).
pub const MOST: usize = 4096 - 16 - 1;
/// The delimiter of the last record (RFC 8188 §2).
const LAST: u8 = 2;

/// What may be used for one message and never again.
pub struct Once {
    /// The private half of a key pair on P-256, drawn by chance: a number below the order of the curve, as nearly every one
    /// is.
    pub private: [u8; 32],
    /// The salt.
    pub salt: [u8; 16],
}

/// The message could not be encrypted: it is too long, or the private half is no number of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a push message cannot be encrypted")]
pub struct Unencryptable;

impl From<Unspecified> for Unencryptable {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// Encrypts `said` for the browser of `subscription`, padded to `length` bytes, so that all messages of one length are alike.
///
/// # Errors
/// [`Unencryptable`] for more than [`MOST`] bytes, or a private half that is no number of the curve.
pub fn encrypt(
    subscription: &Subscription,
    once: &Once,
    said: &[u8],
    length: usize,
) -> Result<Vec<u8>, Unencryptable> {
    if said.len() > MOST || length > MOST {
        return Err(Unencryptable);
    }
    let private = PrivateKey::from_private_key(&ECDH_P256, &once.private).map_err(|_| Unencryptable)?;
    let public = private.compute_public_key()?;
    let public = <&[u8; POINT]>::try_from(public.as_ref()).map_err(|_| Unencryptable)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, subscription.key());
    let material = agree(&private, theirs, Unencryptable, |agreed| {
        let info: [&[u8]; 3] = [b"WebPush: info\0", subscription.key(), public];
        Ok(derive::<32>(subscription.secret(), agreed, &info)?)
    })?;
    let key = derive::<16>(&once.salt, &material, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce = derive::<12>(&once.salt, &material, &[b"Content-Encoding: nonce\0"])?;

    let mut record = said.to_vec();
    record.push(LAST);
    record.resize(record.len().max(length.saturating_add(1)), 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;

    let mut message = once.salt.to_vec();
    message.extend(u32::from(RECORD).to_be_bytes());
    message.extend(u8::try_from(POINT));
    message.extend(public);
    message.append(&mut record);
    Ok(message)
}

/// How many bytes HKDF is to give.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], material: &[u8], info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let extracted: hkdf::Prk = Salt::new(HKDF_SHA256, salt).extract(material);
    let mut bytes = [0; N];
    extracted.expand(info, Length(N))?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token;
    use proptest::prelude::*;
    use proving::push::Browser;

    /// RFC 8291 §5 and appendix A.
    const PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const THEIR_PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const THEIR_KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const THEIR_SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const SAID: &[u8] = b"When I grow up, I want to be a watermelon";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
                        AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn subscription(key: &str, secret: &str) -> Subscription {
        let keys = serde_json::json!({ "p256dh": key, "auth": secret });
        let whole = serde_json::json!({ "endpoint": "https://push.example.net/a", "keys": keys });
        Subscription::parse(&whole.to_string()).unwrap()
    }

    fn once() -> Once {
        Once { private: token::decode(PRIVATE).unwrap(), salt: token::decode(SALT).unwrap() }
    }

    #[test]
    fn the_example_of_rfc_8291_is_written_byte_by_byte() {
        let message = encrypt(&subscription(THEIR_KEY, THEIR_SECRET), &once(), SAID, 0).unwrap();
        assert_eq!(token::encode(&message), BODY);
        let browser =
            Browser::new(&token::decode(THEIR_PRIVATE).unwrap(), token::decode(THEIR_SECRET).unwrap())
                .unwrap();
        assert_eq!(browser.open(&message).as_deref(), Some(SAID));
    }

    /// Appendix A gives what is in between: the material, the key and the nonce.
    #[test]
    fn what_appendix_a_derives_is_derived() {
        let bytes = |text: &str| token::decode_at_most(text, 100).unwrap();
        let agreed = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let ours =
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let info: [&[u8]; 3] = [b"WebPush: info\0", &bytes(THEIR_KEY), &ours];
        let material = derive::<32>(&bytes(THEIR_SECRET), &agreed, &info).unwrap();
        assert_eq!(token::encode(&material), "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg");
        let key = derive::<16>(&bytes(SALT), &material, &[b"Content-Encoding: aes128gcm\0"]).unwrap();
        assert_eq!(token::encode(&key), "oIhVW04MRdy2XN9CiKLxTg");
        let nonce = derive::<12>(&bytes(SALT), &material, &[b"Content-Encoding: nonce\0"]).unwrap();
        assert_eq!(token::encode(&nonce), "4h_95klXJ5E_qnoN");
    }

    #[test]
    fn what_is_too_long_or_no_number_of_the_curve_is_refused() {
        let whom = subscription(THEIR_KEY, THEIR_SECRET);
        assert_eq!(encrypt(&whom, &once(), &[0; MOST + 1], 0), Err(Unencryptable));
        assert_eq!(encrypt(&whom, &once(), b"", MOST + 1), Err(Unencryptable));
        assert_eq!(encrypt(&whom, &once(), &[0; MOST], 0).unwrap().len(), 86 + 4096);
        for private in [[0; 32], [0xFF; 32]] {
            assert_eq!(encrypt(&whom, &Once { private, ..once() }, b"a", 0), Err(Unencryptable));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_browser_reads_what_is_meant_for_it_and_no_other_does(
            theirs in any::<[u8; 32]>(), private in any::<[u8; 32]>(), salt in any::<[u8; 16]>(),
            said in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let Some(browser) = Browser::new(&theirs, [7; 16]) else { return Ok(()) };
            let whom = Subscription::parse(&browser.subscription("https://push.example.net/a")).unwrap();
            let Ok(message) = encrypt(&whom, &Once { private, salt }, &said, 40) else { return Ok(()) };
            prop_assert_eq!(message.len(), 86 + 40 + 1 + 16);
            prop_assert_eq!(browser.open(&message), Some(said));
            let other = Browser::new(&theirs, [8; 16]).unwrap();
            prop_assert_eq!(other.open(&message), None);
        }
    }
}
