//! Signing keys: sealed at rest, in one state each, and every step of theirs taken once, whoever wants to take it.

use std::sync::{Arc, Barrier};

use model::entropy::Entropy;
use model::secret::Secret;
use model::signing_key::{KeyKind, KeyState, SigningKey};
use store::signing_keys::{self, New};
use store::{Store, check};
use wire::jose::jwk::{Jwk, Thumbprint};

use crate::setting::{both, in_places, keys, noon, write};

/// A key, sealed for a store with the keys of the suite.
#[derive(Clone)]
pub(crate) struct Made {
    kind: KeyKind,
    public: Jwk,
    pub(crate) pkcs8: Vec<u8>,
    sealed: Vec<u8>,
}

impl Made {
    pub(crate) fn new(kind: KeyKind, seed: u64) -> Self {
        let pkcs8: Secret<Vec<u8>> = SigningKey::generate(kind).unwrap();
        let key = SigningKey::read(kind, &pkcs8).unwrap();
        let sealed =
            signing_keys::seal(&keys(7), &mut Entropy::seeded(seed), key.id(), pkcs8.expose()).unwrap();
        Self { kind, public: key.public().clone(), pkcs8: pkcs8.expose().clone(), sealed }
    }

    pub(crate) fn id(&self) -> Thumbprint {
        self.public.thumbprint()
    }
}

pub(crate) fn publish(store: &Store, made: &Made) -> bool {
    let made = made.clone();
    write(store, move |tx| {
        let new = New { id: made.id(), kind: made.kind, public: &made.public, sealed: &made.sealed };
        signing_keys::claim_publish(tx, new, noon())
    })
}

pub(crate) fn activate(store: &Store, id: Thumbprint) -> bool {
    write(store, move |tx| signing_keys::claim_activate(tx, id, noon()))
}

fn retire(store: &Store, id: Thumbprint) -> bool {
    write(store, move |tx| signing_keys::claim_retire(tx, id, noon()))
}

fn remove(store: &Store, id: Thumbprint) -> bool {
    write(store, move |tx| signing_keys::claim_remove(tx, id))
}

fn state(store: &Store, id: Thumbprint) -> Option<KeyState> {
    let all = store.read(signing_keys::list).unwrap();
    all.into_iter().find(|key| key.id == id).map(|key| key.state)
}

#[test]
fn a_key_goes_through_its_states_in_their_order_and_through_no_other() {
    both(|store| {
        let made = Made::new(KeyKind::Es256, 1);
        let id = made.id();
        assert!(!activate(store, id) && !retire(store, id) && !remove(store, id), "it is not there yet");
        assert!(publish(store, &made));
        assert!(!publish(store, &made) && !remove(store, id));
        assert_eq!(state(store, id), Some(KeyState::Published));
        assert!(activate(store, id));
        assert!(!activate(store, id) && !remove(store, id));
        assert_eq!(state(store, id), Some(KeyState::Active));
        assert!(retire(store, id));
        assert!(!activate(store, id) && !retire(store, id));
        assert_eq!(state(store, id), Some(KeyState::Retired));
        assert!(remove(store, id));
        assert!(!remove(store, id));
        assert_eq!(state(store, id), None);
    });
}

#[test]
fn one_key_of_each_kind_is_published_at_most() {
    both(|store| {
        let (one, two) = (Made::new(KeyKind::Es256, 1), Made::new(KeyKind::Es256, 2));
        let other = Made::new(KeyKind::EdDsa, 3);
        assert!(publish(store, &one) && publish(store, &other));
        assert!(!publish(store, &two));
        assert!(activate(store, one.id()));
        assert!(publish(store, &two));
        let all = store.read(signing_keys::list).unwrap();
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|key| key.since == noon()));
    });
}

#[test]
fn a_key_is_read_as_it_was_kept_and_its_private_half_is_gone_once_it_is_retired() {
    both(|store| {
        let made = Made::new(KeyKind::EdDsa, 1);
        publish(store, &made);
        let kept = || store.read(signing_keys::list_kept).unwrap().remove(0);
        assert_eq!((kept().public, kept().record.kind), (made.public.clone(), KeyKind::EdDsa));
        let private = kept().private(store.keys()).unwrap().unwrap();
        assert_eq!(private.expose(), &made.pkcs8);
        assert!(kept().private(&keys(8)).is_err(), "another installation's key file opens nothing");
        activate(store, made.id());
        assert!(kept().private(store.keys()).unwrap().is_some());
        retire(store, made.id());
        assert!(kept().private(store.keys()).unwrap().is_none());
        assert_eq!(kept().public, made.public);
    });
}

#[test]
fn whoever_has_the_database_has_no_private_key() {
    in_places(|place| {
        let store = place.open();
        for (kind, seed) in KeyKind::ALL.into_iter().zip(1..) {
            let made = Made::new(kind, seed);
            publish(&store, &made);
            // Of Ed25519 and P-256 the secret stands at byte 16 and 36 of PKCS #8; of RSA there is something secret everywhere
            // behind the modulus.
            let secret = match kind {
                KeyKind::EdDsa => &made.pkcs8[16..48],
                KeyKind::Es256 => &made.pkcs8[36..68],
                KeyKind::Rs256 => &made.pkcs8[made.pkcs8.len() - 100..],
            };
            let dump = place.dump();
            assert!(!dump.windows(secret.len()).any(|bytes| bytes == secret), "{kind:?}");
        }
    });
}

#[test]
fn each_step_of_a_key_is_taken_by_one_of_sixteen() {
    in_places(|place| {
        let stores: Vec<Store> =
            (0..2).map(|_| place.open()).take(if place.is_file() { 1 } else { 2 }).collect();
        let made: Vec<Made> = (0..16).map(|seed| Made::new(KeyKind::Es256, seed)).collect();
        let id = |all: &[Made]| {
            let known = stores[0].read(signing_keys::list).unwrap();
            all.iter().map(Made::id).find(|id| known.iter().any(|key| key.id == *id)).unwrap()
        };
        let won = race(&stores, {
            let made = made.clone();
            move |store, n| publish(store, &made[n])
        });
        assert_eq!(won, 1, "published");
        let id = id(&made);
        assert_eq!(race(&stores, move |store, _| activate(store, id)), 1, "activated");
        assert_eq!(race(&stores, move |store, _| retire(store, id)), 1, "retired");
        assert_eq!(race(&stores, move |store, _| remove(store, id)), 1, "removed");
    });
}

/// How many of sixteen threads, spread over `stores`, are told that it was they.
fn race(stores: &[Store], act: impl Fn(&Store, usize) -> bool + Clone + Send + 'static) -> usize {
    let gate = Arc::new(Barrier::new(16));
    let threads: Vec<_> = (0..16)
        .map(|n| {
            let (gate, act, store) = (Arc::clone(&gate), act.clone(), stores[n % stores.len()].clone());
            std::thread::spawn(move || {
                gate.wait();
                act(&store, n)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
}

#[test]
fn two_active_keys_of_a_kind_and_a_private_half_too_many_or_too_few_are_found_by_a_check() {
    in_places(|place| {
        let store = place.open();
        let all: Vec<Made> = (1..=2).map(|seed| Made::new(KeyKind::Es256, seed)).collect();
        for made in &all {
            publish(&store, made);
            activate(&store, made.id());
        }
        let broken = |store: &Store| {
            let asked = check::Asked { now: noon(), jobs: &[], full: false };
            let found = check::check(store, asked).unwrap();
            found.into_iter().find(|finding| finding.name == "signing-keys").unwrap().broken
        };
        assert_eq!(broken(&store), 2);
        retire(&store, all[0].id());
        assert_eq!(broken(&store), 0);
        place.sql("UPDATE signing_keys SET state = 'active'");
        assert_eq!(broken(&store), 2);
        place.sql("UPDATE signing_keys SET state = 'retired'");
        assert_eq!(broken(&store), 1);
    });
}
