//! A ring on its way through a push service: how it is sent, what became of it, and the key by which push services know us.
//!
//! Implements: RFC 8030 §5.2 to §5.4 (how long it is kept, how urgent it is, what it takes the place of), RFC 8292 §2 and §3 (a
//! token for each origin, signed with ES256, valid for 24 hours at most).

use std::fmt;
use std::time::Duration;

use wire::http::origin::Origin;
use wire::jose::jwk::PublicKey;
use wire::jose::jws::Header;
use wire::push::subscription::POINT;
use wire::push::vapid::Claims;
use wire::token;

use crate::access_token::seconds;
use crate::message::Obstacle;
use crate::secret::Secret;
use crate::signing_key::{KeyFault, KeyKind, SigningKey};
use crate::time::Time;

/// How long a push service keeps a ring for a browser that is away: whoever asks waits for minutes, and a telephone that rings
/// for what is over troubles somebody for nothing.
pub const KEPT: Duration = Duration::from_secs(120);
/// How long a token holds: half of what RFC 8292 §2 allows, so that clocks may differ.
pub const TOKEN: Duration = Duration::from_secs(12 * 60 * 60);

/// What a push service made of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It took it.
    Taken,
    /// It knows no such browser, or not any more (RFC 8030 §7.3).
    Gone,
    /// It will not take this one.
    Refused {
        /// What stood in the way.
        why: Obstacle,
    },
    /// Not now.
    Later {
        /// What stood in the way.
        why: Obstacle,
        /// How long it wants to be left alone, if it said so.
        after: Option<Duration>,
    },
}

/// The key that browsers are told of when they subscribe, and that push services know us by from then on. A subscription
/// belongs to one key, so it is made once and stays.
pub struct PushKey {
    key: SigningKey,
    header: Header,
    point: [u8; POINT],
}

impl fmt::Debug for PushKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushKey({})", self.public())
    }
}

impl PushKey {
    /// Makes a new key and gives its PKCS #8 form, to be sealed and kept.
    ///
    /// # Errors
    /// [`KeyFault`] when the system gives no random bytes.
    pub fn generate() -> Result<Secret<Vec<u8>>, KeyFault> {
        SigningKey::generate(KeyKind::Es256)
    }

    /// Parses what [`Self::generate`] gave.
    ///
    /// # Errors
    /// [`KeyFault`] for anything else.
    pub fn read(pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyFault> {
        let key = SigningKey::read(KeyKind::Es256, pkcs8)?;
        let PublicKey::P256 { x, y } = key.public().key() else { return Err(KeyFault::unreadable()) };
        let point = <[u8; POINT]>::try_from([[4].as_slice(), x, y].concat());
        let (header, point) = (key.header("JWT"), point.map_err(|_| KeyFault::unreadable())?);
        Ok(Self { key, header, point })
    }

    /// Its public half as a page tells the browser (`applicationServerKey`), and as `k` says it (RFC 8292 §3.2).
    #[must_use]
    pub fn public(&self) -> String {
        token::encode(&self.point)
    }

    /// What `Authorization` says to the push service at `origin`: who we are, and whom to ask about us. Whoever has it can send
    /// to its browsers in our name until it ends, if they know their endpoints.
    ///
    /// # Errors
    /// [`KeyFault`] when the library refuses.
    pub fn authorization(
        &self,
        origin: &Origin,
        contact: &str,
        now: Time,
    ) -> Result<Secret<String>, KeyFault> {
        let claims = Claims { audience: &origin.to_string(), expires: seconds(now + TOKEN), contact };
        let signed = self.key.sign(&self.header, claims.json().as_bytes())?;
        Ok(Secret::new(format!("vapid t={signed}, k={}", self.public())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::jose::algorithm::Algorithm;
    use wire::jose::jwk::Jwk;
    use wire::jose::jws::Jws;
    use wire::jose::verifying_key::VerifyingKey;

    #[test]
    fn a_push_service_can_verify_who_we_are_and_for_whom_a_token_is() {
        let key = PushKey::read(&PushKey::generate().unwrap()).unwrap();
        let origin = Origin::parse("https://push.example.net").unwrap();
        let now = Time::from_micros(1_795_297_599_000_000);
        let said = key.authorization(&origin, "mailto:operator@example.org", now).unwrap();
        let (token, public) = said.expose().strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let point = token::decode::<POINT>(public).unwrap();
        let half = |from: usize| <[u8; 32]>::try_from(&point[from..from + 32]).unwrap();
        let public = PublicKey::P256 { x: half(1), y: half(33) };
        let jwk = Jwk::new(public, String::new(), Algorithm::Es256);
        let jws = Jws::parse(token, &[Algorithm::Es256]).unwrap();
        assert!(jws.is_typed("JWT"));
        let payload = jws.verify(&VerifyingKey::new(&jwk, Algorithm::Es256).unwrap()).unwrap();
        assert_eq!(
            str::from_utf8(payload).unwrap(),
            r#"{"aud":"https://push.example.net","exp":1795340799,"sub":"mailto:operator@example.org"}"#
        );
        assert!(TOKEN <= Duration::from_secs(24 * 60 * 60));
        assert_eq!(format!("{key:?}"), format!("PushKey({})", key.public()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(PushKey::read(&Secret::new(vec![1, 2, 3])).is_err());
    }
}
