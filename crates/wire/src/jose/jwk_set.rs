//! Sets of public keys, as clients publish theirs and we publish ours.
//!
//! Implements: RFC 7517 §5: keys of a kind that is not known are passed over; a private one makes the whole set unfit.

use super::algorithm::Algorithm;
use super::jwk::{Jwk, Unfit};
use crate::{
    Malformed,
    json::{Object, Value},
};

/// The longest set, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// The most keys in a set, those that are passed over included.
pub const MOST_KEYS: usize = 32;

const WHAT: &str = "key set";

/// Public keys in the order in which they were written.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct JwkSet(Vec<Jwk>);

impl JwkSet {
    /// A set of these keys.
    #[must_use]
    pub const fn new(keys: Vec<Jwk>) -> Self {
        Self(keys)
    }

    /// Reads a set.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`LONGEST`] bytes, no list `keys`, more than [`MOST_KEYS`], a private or symmetric
    /// key among them, or two usable keys of one `kid` and one algorithm.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::of(&Object::parse(WHAT, bytes, LONGEST)?)
    }

    /// Reads a set that stands inside another object (`jwks` of a client).
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of(object: &Object) -> Result<Self, Malformed> {
        let refuse = |expected| Malformed { what: WHAT, at: 0, expected };
        let list = object.get("keys").and_then(Value::as_array).ok_or(refuse("a list `keys`"))?;
        if list.len() > MOST_KEYS {
            return Err(refuse("at most 32 keys"));
        }
        let mut keys: Vec<Jwk> = Vec::new();
        for value in list {
            let member = Object::of("key", value).ok_or(refuse("keys that are objects"))?;
            match Jwk::of(&member) {
                Ok(key) => keys.push(key),
                Err(Unfit::Unknown(_)) => {}
                Err(Unfit::Malformed(error)) => return Err(error),
            }
        }
        let doubled = keys.iter().enumerate().any(|(at, key)| {
            key.id().is_some()
                && keys
                    .iter()
                    .skip(at.saturating_add(1))
                    .any(|other| other.id() == key.id() && other.algorithm() == key.algorithm())
        });
        if doubled { Err(refuse("each `kid` once")) } else { Ok(Self(keys)) }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.0
    }

    /// The keys that may have signed an object with this algorithm and `kid`: those of that `kid`, or all where the
    /// object names none (OpenID Connect Core §10.1).
    pub fn candidates<'a>(
        &'a self,
        algorithm: Algorithm,
        id: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Jwk> {
        self.0.iter().filter(move |key| key.serves(algorithm) && (id.is_none() || key.id() == id))
    }

    /// The set as JSON without spaces.
    #[must_use]
    pub fn json(&self) -> String {
        let keys: Vec<String> = self.0.iter().map(Jwk::json).collect();
        format!("{{\"keys\":[{}]}}", keys.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC: &str = r#"{"kty":"EC","kid":"a","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    const OKP: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn set(keys: &[&str]) -> Result<JwkSet, Malformed> {
        JwkSet::parse(format!("{{\"keys\":[{}],\"other\":1}}", keys.join(",")).as_bytes())
    }

    #[test]
    fn keys_of_unknown_kinds_are_passed_over_and_private_ones_are_not() {
        let unknown = r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#;
        assert_eq!(set(&[EC, unknown, OKP]).unwrap().keys().len(), 2);
        assert_eq!(set(&[]).unwrap(), JwkSet::default());
        for bad in [r#"{"kty":"oct","k":"AA"}"#, r#"{"kty":"AKP","d":"AA"}"#, "1", "{}"] {
            assert!(set(&[EC, bad]).is_err(), "{bad}");
        }
        assert!(set(&[EC, EC]).is_err());
        assert!(set(&[OKP, OKP]).is_ok());
    }

    #[test]
    fn a_set_is_bounded_and_written_in_one_form() {
        assert!(set(&[OKP; MOST_KEYS]).is_ok());
        assert!(set(&[OKP; MOST_KEYS + 1]).is_err());
        assert!(JwkSet::parse(b"{}").is_err() && JwkSet::parse(b"{\"keys\":{}}").is_err());
        assert!(JwkSet::parse(" ".repeat(LONGEST + 1).as_bytes()).is_err());
        let read = set(&[EC, OKP]).unwrap();
        assert_eq!(JwkSet::parse(read.json().as_bytes()), Ok(read));
    }

    #[test]
    fn a_key_is_found_by_its_algorithm_and_its_identifier() {
        let read = set(&[EC, OKP]).unwrap();
        let count = |algorithm, id| read.candidates(algorithm, id).count();
        assert_eq!(count(Algorithm::Es256, Some("a")), 1);
        assert_eq!(count(Algorithm::Es256, None), 1);
        assert_eq!(count(Algorithm::Es256, Some("../a")), 0);
        assert_eq!(count(Algorithm::EdDsa, Some("a")), 0);
        assert_eq!(count(Algorithm::Rs256, None), 0);
    }
}
