//! What a browser gives out, so that somebody can reach it through its push service: an address, a key and a secret.
//!
//! Implements: Push API §8 (`PushSubscription.toJSON()`), RFC 8030 §4 and §8 (the address is a capability, and is reached by
//! https), RFC 8291 §3.1 and §3.2 (a key on P-256 without compression, a secret of 16 bytes).

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use serde_json::json;

use crate::http::origin::Scheme;
use crate::http::url::Url;
use crate::json::Object;
use crate::{Malformed, token};

/// The longest subscription, in bytes of JSON: an address of [`crate::http::url::LONGEST`] and the keys fit in.
pub const LONGEST: usize = 4 * 1024;
/// Bytes of a point on P-256 without compression.
pub const POINT: usize = 65;

const WHAT: &str = "push subscription";

/// Where a browser is reached. Whoever knows its endpoint can spend the browser's time, and who knows all of it can say
/// something to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    endpoint: Url,
    key: [u8; POINT],
    secret: [u8; 16],
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.endpoint.origin())
    }
}

impl Subscription {
    /// Reads what a browser wrote.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST`] bytes, anything but an object with `endpoint` and `keys`, an endpoint that is
    /// not reached by https (or by http at a name that stands for the very machine that asks), a key that is no point of the
    /// curve or is written otherwise than without compression, or a secret of another length than 16 bytes.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let whole = Object::parse(WHAT, text.as_bytes(), LONGEST)?;
        let refuse = |expected| whole.refuse(expected);
        let keys =
            whole.get("keys").and_then(|keys| Object::of(WHAT, keys)).ok_or(refuse("`keys`, an object"))?;
        let endpoint = whole.text("endpoint", "`endpoint`, a URL")?.ok_or(refuse("`endpoint`"))?;
        let endpoint = Url::parse(endpoint).map_err(|_| refuse("`endpoint`, a URL"))?;
        let safe = endpoint.origin().scheme() == Scheme::Https || endpoint.origin().host().is_loopback();
        if !safe {
            return Err(refuse("`endpoint`, reached by https"));
        }
        let part = |name| keys.text(name, "a string").transpose().ok_or(refuse("`p256dh` and `auth`"))?;
        let key = token::decode(part("p256dh")?).map_err(|_| refuse("`p256dh`, 65 bytes in base64url"))?;
        let secret = token::decode(part("auth")?).map_err(|_| refuse("`auth`, 16 bytes in base64url"))?;
        if !is_point(&key) {
            return Err(refuse("`p256dh`, a point of P-256"));
        }
        Ok(Self { endpoint, key, secret })
    }

    /// As [`Self::parse`] reads it.
    #[must_use]
    pub fn json(&self) -> String {
        let (key, secret) = (token::encode(&self.key), token::encode(&self.secret));
        let endpoint = self.endpoint.to_string();
        json!({ "endpoint": endpoint, "keys": { "p256dh": key, "auth": secret } }).to_string()
    }

    /// Where the push service takes what is meant for the browser.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The browser's public key, a point without compression.
    #[must_use]
    pub const fn key(&self) -> &[u8; POINT] {
        &self.key
    }

    /// The secret that only the browser and we know.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 16] {
        &self.secret
    }
}

/// Whether the bytes are a point of the curve, written without compression.
fn is_point(bytes: &[u8; POINT]) -> bool {
    bytes.first() == Some(&4) && ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, bytes)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::url;
    use proptest::prelude::*;

    /// RFC 8291 §5.
    const KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn written(endpoint: &str, key: &str, secret: &str) -> String {
        json!({"endpoint": endpoint, "expirationTime": null, "keys": {"p256dh": key, "auth": secret}})
            .to_string()
    }

    #[test]
    fn what_a_browser_writes_is_read_and_comes_back() {
        for (endpoint, origin) in [
            ("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", "https://push.example.net"),
            ("https://push.example.net:8443/a?b=c", "https://push.example.net:8443"),
            ("http://localhost:9000/push/1", "http://localhost:9000"),
            ("http://127.0.0.1:9000/push/1", "http://127.0.0.1:9000"),
        ] {
            let read = Subscription::parse(&written(endpoint, KEY, SECRET)).unwrap();
            assert_eq!(read.endpoint().to_string(), endpoint);
            assert_eq!(read.key().first(), Some(&4));
            assert_eq!(token::encode(read.secret()), SECRET);
            assert_eq!(Subscription::parse(&read.json()), Ok(read.clone()));
            assert_eq!(format!("{read:?}"), format!("Subscription({origin})"));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let at = "https://push.example.net/a";
        let off_the_curve = token::encode(&[4; POINT]);
        let compressed = token::encode(&[2; 33]);
        for text in [
            "{}".to_owned(),
            "[]".to_owned(),
            json!({ "endpoint": at }).to_string(),
            json!({ "endpoint": at, "keys": { "p256dh": KEY } }).to_string(),
            json!({ "endpoint": at, "keys": { "auth": SECRET } }).to_string(),
            json!({ "endpoint": 1, "keys": { "p256dh": KEY, "auth": SECRET } }).to_string(),
            json!({ "endpoint": at, "keys": { "p256dh": KEY, "auth": [1] } }).to_string(),
            written("http://push.example.net/a", KEY, SECRET),
            written("http://10.0.0.1/a", KEY, SECRET),
            written("ftp://push.example.net/a", KEY, SECRET),
            written("https://me@push.example.net/a", KEY, SECRET),
            written("https://push.example.net/a#b", KEY, SECRET),
            written(&format!("https://push.example.net/{}", "a".repeat(url::LONGEST)), KEY, SECRET),
            written(at, &off_the_curve, SECRET),
            written(at, &compressed, SECRET),
            written(at, &format!("{KEY}A"), SECRET),
            written(at, &KEY.replace('_', "/"), SECRET),
            written(at, KEY, &format!("{SECRET}==")),
            written(at, KEY, "BTBZMqHH6r4Tts7J_aSIgh"),
            written(at, KEY, "BTBZMqHH6r4Tts7J_aSI"),
            format!(
                r#"{{"endpoint":"{at}","endpoint":"{at}","keys":{{"p256dh":"{KEY}","auth":"{SECRET}"}}}}"#
            ),
            format!("{}{}", written(at, KEY, SECRET), " ".repeat(LONGEST)),
        ] {
            assert!(Subscription::parse(&text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_comes_back(text in any::<String>()) {
            if let Ok(read) = Subscription::parse(&text) {
                prop_assert_eq!(Subscription::parse(&read.json()), Ok(read));
            }
        }
    }
}
