//! Signing keys: made at the first start, followed by others on schedule, and changed by an operator before their time.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier, LazyLock};
use std::time::Duration;

use flow::Recorded;
use flow::by::By;
use flow::lease;
use flow::oauth::keys::{self, Keyring, Spare};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Actor, Event, EventKind};
use model::policy::Policy;
use model::refusal::Refusal;
use model::secret::Secret;
use model::signing_key::{KeyKind, KeyRecord, KeyState, SigningKey};
use wire::jose::algorithm::Algorithm;
use wire::jose::jwk::Thumbprint;
use wire::jose::jws::Jws;
use wire::jose::verifying_key::VerifyingKey;

use crate::sim::{DAYS, HOUR, SECOND, Sim, start};

const BY: &By = &By::COMMAND;

/// Takes all steps that are due.
fn settle(sim: &mut Sim) -> bool {
    let (now, policy) = (sim.now, Arc::new(sim.policy.clone()));
    let cx = move || Cx::new(now, Entropy::system(), Arc::clone(&policy));
    keys::settle(&sim.store, &cx, None).unwrap()
}

/// A key of every kind that signs, as after the first start, for tests of something else. To make one of RSA takes longer than
/// most of them, so it is the same in every store.
pub(crate) fn begin(sim: &mut Sim) {
    static RSA: LazyLock<Secret<Vec<u8>>> = LazyLock::new(|| SigningKey::generate(KeyKind::Rs256).unwrap());
    let mut cx = Cx::new(sim.now, Entropy::system(), Arc::new(sim.policy.clone()));
    let spares = KeyKind::ALL.map(|kind| match kind {
        KeyKind::Rs256 => Spare::of(kind, &RSA, sim.store.keys(), &mut cx.entropy).unwrap(),
        KeyKind::Es256 | KeyKind::EdDsa => Spare::make(kind, sim.store.keys(), &mut cx.entropy).unwrap(),
    });
    sim.store.write_now(move |tx| keys::rotate(tx, &mut cx, &spares, None)).unwrap();
    assert!(!settle(sim), "nothing is left to be done");
}

fn spare(sim: &mut Sim, kind: KeyKind) -> Spare {
    let mut cx = sim.cx();
    Spare::make(kind, sim.store.keys(), &mut cx.entropy).unwrap()
}

fn of(sim: &Sim, kind: KeyKind, state: KeyState) -> Vec<Thumbprint> {
    let all = keys::list(&sim.store).unwrap();
    all.into_iter().filter(|key| key.kind == kind && key.state == state).map(|key| key.id).collect()
}

fn events(sim: &Sim) -> Vec<Event> {
    let all = flow::operator::page(&sim.store, flow::operator::Show::All, None, 1000).unwrap().events;
    all.into_iter().rev().filter(|event| event.kind.name().starts_with("signing_key")).collect()
}

#[test]
fn the_first_start_makes_a_key_of_every_kind_and_a_second_one_makes_none() {
    let mut sim = Sim::new();
    assert!(Keyring::load(&sim.store).is_err(), "there is nothing to sign with yet");
    assert!(settle(&mut sim));
    assert!(!settle(&mut sim));
    let ring = Keyring::load(&sim.store).unwrap();
    for kind in KeyKind::ALL {
        assert_eq!(ring.signer(kind).algorithm(), kind.algorithm());
        assert_eq!(of(&sim, kind, KeyState::Active), [ring.signer(kind).id()]);
    }
    assert_eq!(ring.public().keys().len(), 3);
    assert_eq!(ring.public().keys()[0].algorithm(), Some(Algorithm::Es256), "the default comes first");
    let names: Vec<_> = events(&sim).iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["signing_key_published", "signing_key_activated"].repeat(3));
}

#[test]
fn what_a_ring_signs_is_verified_by_what_it_publishes() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let ring = Keyring::load(&sim.store).unwrap();
    for kind in KeyKind::ALL {
        let signer = ring.signer(kind);
        let text = signer.sign(&signer.header("at+jwt"), b"{}").unwrap();
        let read = Jws::parse(&text, &[kind.algorithm()]).unwrap();
        let keys: Vec<_> = ring.public().candidates(kind.algorithm(), read.key_id()).collect();
        let [key] = keys.as_slice() else { panic!("{} keys", keys.len()) };
        let key = VerifyingKey::new(key, kind.algorithm()).unwrap();
        assert!(read.verify(&key).is_ok());
    }
}

/// Looks every six hours for so many days, and tells what there was to see.
fn live(sim: &mut Sim, days: u32, mut look: impl FnMut(&Sim, &Keyring)) {
    for _ in 0..days * 4 {
        sim.advance(HOUR * 6);
        settle(sim);
        let ring = Keyring::load(&sim.store).unwrap();
        look(sim, &ring);
    }
}

#[test]
fn a_year_of_keys_each_seen_before_it_signs_and_after_it_and_the_last_token_always_verified() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let rotation = sim.policy.signing_keys;
    let mut seen: Vec<(Thumbprint, model::time::Time)> = Vec::new();
    let mut signed: Vec<(Thumbprint, model::time::Time)> = Vec::new();
    live(&mut sim, 365, |sim, ring| {
        for key in ring.public().keys() {
            let id = key.thumbprint();
            if !seen.iter().any(|(known, _)| *known == id) {
                seen.push((id, sim.now));
            }
        }
        let id = ring.signer(KeyKind::Es256).id();
        signed.push((id, sim.now));
        // Whatever was signed within the life of the longest token is verified by what is published now.
        for (id, at) in &signed {
            if sim.now < *at + rotation.longest_token {
                assert!(ring.public().keys().iter().any(|key| key.thumbprint() == *id), "{at}");
            }
        }
    });
    let first: BTreeSet<Thumbprint> = signed.iter().take(1).map(|(id, _)| *id).collect();
    let all: BTreeSet<Thumbprint> = signed.iter().map(|(id, _)| *id).collect();
    assert_eq!(all.len(), 5, "a key signs for 90 days, which a year holds four times and a bit");
    for id in all.difference(&first) {
        let of =
            |list: &[(Thumbprint, model::time::Time)]| list.iter().find(|(known, _)| known == id).unwrap().1;
        assert!(of(&signed) >= of(&seen) + rotation.ahead, "seen before it signs");
    }
    assert!(keys::list(&sim.store).unwrap().len() <= 9, "old keys go");
}

#[test]
fn nodes_that_start_at_the_same_time_make_one_key_of_each_kind() {
    let sim = Sim::new();
    let gate = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (store, gate) = (sim.store.clone(), Arc::clone(&gate));
            std::thread::spawn(move || {
                gate.wait();
                let policy = Arc::new(Policy::default());
                keys::settle(&store, &|| Cx::new(start(), Entropy::system(), Arc::clone(&policy)), None)
                    .unwrap();
                Keyring::load(&store).unwrap().signer(KeyKind::Rs256).id()
            })
        })
        .collect();
    let ids: BTreeSet<Thumbprint> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(keys::list(&sim.store).unwrap().len(), 3);
    assert_eq!(events(&sim).len(), 6);
}

#[test]
fn the_schedule_is_one_nodes_until_its_lease_ends_and_then_anothers() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let (one, two): (lease::Node, lease::Node) = ([1; 16], [2; 16]);
    sim.advance(sim.policy.signing_keys.period);
    assert!(sim.write(move |tx, cx| lease::hold(tx, cx, lease::Job::Keys, &one)));
    let taken = |sim: &mut Sim, node: lease::Node| {
        let due = {
            let cx = sim.cx();
            keys::due(&sim.store, &cx).unwrap()
        };
        let spares: Vec<Spare> = due.unwrap_or_default().into_iter().map(|kind| spare(sim, kind)).collect();
        sim.write(move |tx, cx| -> Result<Recorded<Option<usize>>, _> {
            keys::rotate(tx, cx, &spares, Some(&node))
        })
    };
    assert_eq!(taken(&mut sim, two), None, "not its turn");
    assert!(of(&sim, KeyKind::Es256, KeyState::Published).is_empty());
    sim.advance(lease::LENGTH + SECOND);
    assert_eq!(taken(&mut sim, two), Some(3), "the first one is gone");
    assert_eq!(taken(&mut sim, one), None);
    assert_eq!(taken(&mut sim, two), Some(0), "nothing is left to be done");
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Published).len(), 1);
}

#[test]
fn a_ring_notices_that_it_is_not_the_stores_any_more() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let ring = Keyring::load(&sim.store).unwrap();
    assert!(ring.is_current(&sim.store).unwrap());
    let spare = spare(&mut sim, KeyKind::EdDsa);
    sim.write(move |tx, cx| keys::succeed(tx, cx, (&spare, false), BY)).unwrap();
    assert!(!ring.is_current(&sim.store).unwrap());
    let next = Keyring::load(&sim.store).unwrap();
    assert_eq!(next.signer(KeyKind::EdDsa).id(), ring.signer(KeyKind::EdDsa).id(), "not yet");
    assert_eq!(next.public().keys().len(), 4);
}

#[test]
fn an_operator_publishes_a_successor_once_and_lets_it_sign_before_its_time() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let first = of(&sim, KeyKind::Es256, KeyState::Active)[0];
    let (one, two) = (spare(&mut sim, KeyKind::Es256), spare(&mut sim, KeyKind::Es256));
    let id = one.id();
    let next: KeyRecord = sim.write(move |tx, cx| keys::succeed(tx, cx, (&one, false), BY)).unwrap();
    assert_eq!((next.id, next.state), (id, KeyState::Published));
    let again = two.clone();
    let next: KeyRecord = sim.write(move |tx, cx| keys::succeed(tx, cx, (&again, false), BY)).unwrap();
    assert_eq!(next.id, id, "there is one already");
    let next: KeyRecord = sim.write(move |tx, cx| keys::succeed(tx, cx, (&two, true), BY)).unwrap();
    assert_eq!((next.id, next.state), (id, KeyState::Active));
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Active), [id]);
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Retired), [first]);
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Published), []);
    let made = events(&sim);
    let own: Vec<_> = made.iter().filter(|event| event.actor == Actor::Operator).collect();
    assert_eq!(own.len(), 3, "published, activated, and the one before retired");
    assert!(
        own.iter().any(|event| event.kind
            == EventKind::SigningKeyRetired { key: first.to_string(), kind: KeyKind::Es256 })
    );
}

#[test]
fn a_key_that_an_operator_retires_is_followed_at_once_and_removed_only_on_request() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let retire = |sim: &mut Sim, id: Thumbprint, remove: bool| {
        let spare = spare(sim, KeyKind::Es256);
        sim.write(move |tx, cx| keys::retire(tx, cx, (id, &spare, remove), BY))
    };
    let first = of(&sim, KeyKind::Es256, KeyState::Active)[0];
    assert_eq!(retire(&mut sim, first, false), Ok(()));
    let ring = Keyring::load(&sim.store).unwrap();
    let second = ring.signer(KeyKind::Es256).id();
    assert_ne!(second, first);
    assert!(ring.public().keys().iter().any(|key| key.thumbprint() == first), "still verified");
    assert_eq!(retire(&mut sim, first, false), Err(Refusal::KeyRetired));
    assert_eq!(retire(&mut sim, second, true), Ok(()));
    assert_eq!(retire(&mut sim, second, true), Err(Refusal::KeyUnknown), "it is gone");
    assert_eq!(retire(&mut sim, first, true), Ok(()));
    let ring = Keyring::load(&sim.store).unwrap();
    assert_eq!(ring.public().keys().len(), 3);
    assert!(!ring.public().keys().iter().any(|key| [first, second].contains(&key.thumbprint())));
    // A published one goes without another taking its place before its time.
    let spare = spare(&mut sim, KeyKind::Es256);
    let waiting = spare.id();
    sim.write(move |tx, cx| keys::succeed(tx, cx, (&spare, false), BY)).unwrap();
    assert_eq!(retire(&mut sim, waiting, true), Ok(()));
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Active), [ring.signer(KeyKind::Es256).id()]);
    assert_eq!(of(&sim, KeyKind::Es256, KeyState::Published), []);
}

#[test]
fn keys_of_another_installation_are_a_fault_and_not_a_new_key() {
    let mut sim = Sim::new();
    let other = Keys::derive(&model::secret::Secret::new([9; 32])).unwrap();
    let made: Vec<Spare> = KeyKind::ALL
        .into_iter()
        .map(|kind| Spare::make(kind, &other, &mut Entropy::seeded(1)).unwrap())
        .collect();
    sim.write(move |tx, cx| keys::rotate(tx, cx, &made, None));
    assert!(Keyring::load(&sim.store).is_err());
    assert!(!settle(&mut sim), "the schedule has nothing to do");
}

#[test]
fn a_server_that_slept_for_two_years_signs_by_a_key_at_once_and_rotates_from_there() {
    let mut sim = Sim::new();
    settle(&mut sim);
    let first = of(&sim, KeyKind::Es256, KeyState::Active)[0];
    sim.advance(DAYS * 730);
    assert!(settle(&mut sim));
    assert_eq!(
        Keyring::load(&sim.store).unwrap().signer(KeyKind::Es256).id(),
        first,
        "its successor is seen first"
    );
    sim.advance(sim.policy.signing_keys.ahead + Duration::from_micros(1));
    assert!(settle(&mut sim));
    assert_ne!(Keyring::load(&sim.store).unwrap().signer(KeyKind::Es256).id(), first);
}
