//! Keys sign what others verify, and follow one another on the schedule.

use super::*;
use proptest::prelude::*;
use wire::jose::jwk_set::JwkSet;
use wire::jose::jws::Jws;
use wire::jose::verifying_key::VerifyingKey;

const HOUR: u64 = 3600;
const ROTATION: Rotation = Rotation {
    ahead: Duration::from_secs(24 * HOUR),
    period: Duration::from_secs(30 * 24 * HOUR),
    longest_token: Duration::from_secs(HOUR),
};

#[test]
fn what_a_key_signs_its_published_half_verifies() {
    for kind in KeyKind::ALL {
        let secret = SigningKey::generate(kind).unwrap();
        let key = SigningKey::read(kind, &secret).unwrap();
        assert_eq!(key.algorithm().name(), kind.code());
        let token = key.sign(&key.header("at+jwt"), b"{\"sub\":\"a\"}").unwrap();
        let published = JwkSet::parse(JwkSet::new(vec![key.public().clone()]).json().as_bytes()).unwrap();
        let jws = Jws::parse(&token, &[kind.algorithm()]).unwrap();
        assert!(jws.is_typed("at+jwt"));
        let found: Vec<&Jwk> = published.candidates(jws.algorithm(), jws.key_id()).collect();
        let verifying = VerifyingKey::new(found.first().unwrap(), kind.algorithm()).unwrap();
        assert_eq!(jws.verify(&verifying), Ok(&b"{\"sub\":\"a\"}"[..]));
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.id()));
    }
}

/// Another implementation takes what we sign, by the key as we publish it.
#[test]
fn another_library_takes_every_kind() {
    for kind in KeyKind::ALL {
        let key = SigningKey::read(kind, &SigningKey::generate(kind).unwrap()).unwrap();
        let token = key.sign(&key.header("JWT"), br#"{"sub":"anna","exp":4102444800}"#).unwrap();
        let oracle = match kind {
            KeyKind::Es256 => jsonwebtoken::Algorithm::ES256,
            KeyKind::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            KeyKind::Rs256 => jsonwebtoken::Algorithm::RS256,
        };
        #[expect(clippy::disallowed_methods, reason = "the oracle reads the key as we publish it")]
        let published: jsonwebtoken::jwk::Jwk = serde_json::from_str(&key.public().json()).unwrap();
        let decoding = jsonwebtoken::DecodingKey::from_jwk(&published).unwrap();
        let rules = jsonwebtoken::Validation::new(oracle);
        let read = jsonwebtoken::decode::<serde_json::Value>(&token, &decoding, &rules).unwrap();
        assert_eq!(read.claims.get("sub").and_then(|sub| sub.as_str()), Some("anna"));
        assert_eq!(read.header.kid, Some(key.id().to_string()));
        let other = SigningKey::read(kind, &SigningKey::generate(kind).unwrap()).unwrap();
        let theirs: jsonwebtoken::jwk::Jwk = {
            #[expect(clippy::disallowed_methods, reason = "as above")]
            serde_json::from_str(&other.public().json()).unwrap()
        };
        let wrong = jsonwebtoken::DecodingKey::from_jwk(&theirs).unwrap();
        assert!(jsonwebtoken::decode::<serde_json::Value>(&token, &wrong, &rules).is_err());
    }
}

#[test]
fn a_key_is_read_as_its_own_kind_only() {
    let secret = SigningKey::generate(KeyKind::Es256).unwrap();
    assert!(SigningKey::read(KeyKind::EdDsa, &secret).is_err());
    assert!(SigningKey::read(KeyKind::Rs256, &secret).is_err());
    assert!(SigningKey::read(KeyKind::Es256, &Secret::new(vec![1, 2, 3])).is_err());
    let again = SigningKey::read(KeyKind::Es256, &secret).unwrap();
    assert_eq!(again.id(), SigningKey::read(KeyKind::Es256, &secret).unwrap().id());
}

#[test]
fn codes_are_read_back() {
    for kind in KeyKind::ALL {
        assert_eq!(KeyKind::from_code(kind.code()), Some(kind));
    }
    for state in [KeyState::Published, KeyState::Active, KeyState::Retired] {
        assert_eq!(KeyState::from_code(state.code()), Some(state));
    }
    assert_eq!((KeyKind::from_code("HS256"), KeyState::from_code("")), (None, None));
}

/// The keys of one kind in a simulated time, with what was seen of each.
#[derive(Default)]
struct Ring {
    keys: Vec<KeyRecord>,
    made: u8,
}

impl Ring {
    fn take(&mut self, step: Step, now: Time) {
        let set = |keys: &mut Vec<KeyRecord>, id, state| {
            let key = keys.iter_mut().find(|key| key.id == id).unwrap();
            (key.state, key.since) = (state, now);
        };
        match step {
            Step::Publish => {
                self.made += 1;
                let id = Thumbprint::from_bytes([self.made; 32]);
                let state = KeyState::Published;
                self.keys.push(KeyRecord { id, kind: KeyKind::Es256, state, since: now });
            }
            Step::Activate(id) => set(&mut self.keys, id, KeyState::Active),
            Step::Retire(id) => set(&mut self.keys, id, KeyState::Retired),
            Step::Remove(id) => self.keys.retain(|key| key.id != id),
        }
    }

    fn settle(&mut self, now: Time) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(step) = ROTATION.next(&self.keys, now) {
            self.take(step, now);
            steps.push(step);
            assert!(steps.len() < 10, "{steps:?}");
        }
        steps
    }
}

#[test]
fn a_key_is_published_a_day_before_it_signs_and_goes_when_its_tokens_have() {
    let mut ring = Ring::default();
    let at = |hours: u64| Time::from_micros(0) + Duration::from_secs(hours * HOUR);
    let id = |number| Thumbprint::from_bytes([number; 32]);
    assert_eq!(ring.settle(at(0)), [Step::Publish, Step::Activate(id(1))]);
    assert_eq!(ring.settle(at(29 * 24 - 1)), []);
    assert_eq!(ring.settle(at(29 * 24)), [Step::Publish]);
    assert_eq!(ring.settle(at(30 * 24 - 1)), []);
    assert_eq!(ring.settle(at(30 * 24)), [Step::Activate(id(2)), Step::Retire(id(1))]);
    assert_eq!(ring.settle(at(30 * 24 + 1)), [Step::Remove(id(1))]);
    assert_eq!(ring.keys.len(), 1);
}

proptest! {
    /// However irregularly somebody looks, and whatever an operator does in between, one key signs.
    #[test]
    fn one_key_signs_at_any_time(visits in proptest::collection::vec((0_u64..900, 0_u8..4), 1..60)) {
        let mut ring = Ring::default();
        let mut now = Time::from_micros(0);
        ring.settle(now);
        for (hours, act) in visits {
            now = now + Duration::from_secs(hours * HOUR);
            let before = ring.keys.clone();
            if act == 1 && before.iter().all(|key| key.state != KeyState::Published) {
                ring.take(Step::Publish, now);
            }
            if act == 2 {
                let id = before.iter().find(|key| key.state == KeyState::Active).unwrap().id;
                ring.take(Step::Retire(id), now);
            }
            for step in ring.settle(now) {
                match step {
                    Step::Remove(id) => {
                        let gone = before.iter().find(|key| key.id == id).unwrap();
                        prop_assert!(gone.state == KeyState::Retired && now >= gone.since + ROTATION.longest_token);
                    }
                    Step::Activate(id) if act != 2 => {
                        let next = before.iter().find(|key| key.id == id).unwrap();
                        prop_assert!(now >= next.since + ROTATION.ahead);
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(ring.keys.iter().filter(|key| key.state == KeyState::Active).count(), 1);
        }
    }
}
