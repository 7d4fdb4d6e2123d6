//! What is not enough to get in at once waits, everybody is told, and anybody of them stops it.

use std::sync::{Arc, Barrier};

use flow::account::{self, Change};
use flow::authenticator;
use flow::entry::{self, Entering, Link};
use flow::session;
use flow::sign_in::finish::Started;
use model::authenticator::AuthenticatorKind;
use model::entry::{OPEN, SIGN_IN};
use model::event::{Actor, AddressRole, EntryKind, EventKind, Removal};
use model::id::{AuthenticatorId, EntryId};
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::notice::What;
use model::refusal::Refusal;
use model::session::SessionEnd;

use crate::passkeys::{add, at_home, device, sign_in, visitor};
use crate::recovery::add_address;
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, Told, half, source};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.org";

pub(crate) fn enter(
    sim: &mut Sim,
    id: EntryId,
    browser: u64,
    keep: &[AuthenticatorId],
) -> Result<Started, Refusal> {
    let keep = keep.to_vec();
    let (browser_half, source) = (half(browser), source(browser));
    let entering = Entering { id, browser_half, current: None, keep, source };
    sim.write(move |tx, cx| entry::enter(tx, cx, &entering))
}

/// What a notice's link carries.
pub(crate) fn link(told: &Told) -> Link {
    let path = told.link.as_deref().unwrap();
    let (id, secret) = wire::token::decode_pair(path.strip_prefix("/entry/cancel/").unwrap()).unwrap();
    (EntryId::from_bytes(id), secret)
}

/// Alice at home in browser 1, where she has added a passkey; Bob's mailbox is one for recovery.
fn with_passkey(sim: &mut Sim) -> (session::Visitor, proving::passkey::Authenticator) {
    let alice = at_home(sim, ALICE, 1);
    add_address(sim, &alice, BOB, AddressRole::Recovery);
    let mut device = device();
    add(sim, &alice, 1, &mut device).unwrap();
    sim.post();
    sim.advance(2 * HOUR);
    (alice, device)
}

/// Somebody who reads Alice's mail types the right code in a browser.
fn waits(sim: &mut Sim, browser: u64) -> EntryId {
    let request = sim.ask(ALICE, browser);
    let code = sim.mail().code;
    match sim.submit(request, &code, browser) {
        Err(Refusal::EntryWaits { entry }) => entry,
        other => panic!("{:?}", other.err()),
    }
}

pub(crate) fn sessions_of(sim: &mut Sim, of: &session::Visitor) -> usize {
    let cx = sim.cx();
    session::list(&sim.store, &cx, of.account.id).unwrap().len()
}

fn told(sim: &mut Sim) -> Vec<Told> {
    let mut told = sim.post().notices;
    told.sort_by(|one, other| one.to.cmp(&other.to));
    told
}

#[test]
fn row_19_a_code_in_a_new_browser_waits_a_day_where_there_is_a_passkey_and_everybody_is_told() {
    let mut sim = Sim::new();
    let (alice, _) = with_passkey(&mut sim);
    let sessions = sessions_of(&mut sim, &alice);
    let entry = waits(&mut sim, 7);
    assert_eq!(sessions_of(&mut sim, &alice), sessions);
    let opens_at = sim.now + SIGN_IN;
    let said = told(&mut sim);
    assert_eq!(said.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), [ALICE, BOB]);
    for one in &said {
        assert_eq!(one.notice.what, What::EntryAsked { kind: EntryKind::SignIn, opens_at });
        assert_eq!(link(one).0, entry);
        assert_eq!(one.notice.source, Some(source(7)));
    }
    let last = sim.events().into_iter().rfind(|event| event.kind.name() == "entry_asked").unwrap();
    let methods = MethodSet::of(&[Method::MailCode]);
    assert_eq!(last.kind, EventKind::EntryAsked { entry, kind: EntryKind::SignIn, methods, opens_at });
    assert_eq!(last.actor, Actor::Visitor);

    // The same again in the same browser is the same way in, and nobody is told twice.
    sim.advance(MINUTE);
    assert_eq!(waits(&mut sim, 7), entry);
    assert!(told(&mut sim).is_empty());
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed), "not yet");
    sim.now = opens_at;
    assert_eq!(enter(&mut sim, entry, 8, &[]).err(), Some(Refusal::EntryClosed), "another browser");
    let started = enter(&mut sim, entry, 7, &[]).unwrap();
    assert_eq!(started.session.assurance.methods(), methods);
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed), "once");
    let said = told(&mut sim);
    assert!(said.iter().all(|one| one.notice.what == What::EntryUsed { kind: EntryKind::SignIn }));
    assert_eq!(said.len(), 2);
    // From now on the browser is known.
    sim.sign_in(ALICE, 7);
}

#[test]
fn row_19_the_passkey_and_the_browsers_from_before_sign_in_at_once() {
    let mut sim = Sim::new();
    let (_, mut device) = with_passkey(&mut sim);
    sim.sign_in(ALICE, 1);
    let entry = waits(&mut sim, 7);
    sim.post();
    sign_in(&mut sim, 7, &mut device).unwrap();
    // What waited there is of no use any more.
    assert!(entry::list_of_browser(&sim.store, sim.now, &half(7)).unwrap().is_empty());
    assert!(
        sim.events()
            .iter()
            .any(|event| { event.kind == EventKind::EntryCancelled { entry, kind: EntryKind::SignIn } })
    );
}

#[test]
fn row_19_anybody_who_was_told_stops_it_and_nobody_gets_in_by_it() {
    let mut sim = Sim::new();
    with_passkey(&mut sim);
    let entry = waits(&mut sim, 7);
    let (id, secret) = link(&told(&mut sim)[1]);
    assert!(entry::find_by_link(&sim.store, sim.now, &(id, [0; 16])).unwrap().is_none());
    assert_eq!(entry::find_by_link(&sim.store, sim.now, &(id, secret)).unwrap().unwrap().id, entry);
    let cancel =
        move |sim: &mut Sim, secret| sim.write(move |tx, cx| entry::cancel(tx, cx, (id, secret), source(3)));
    assert_eq!(cancel(&mut sim, [0; 16]), Err(Refusal::LinkUnknown));
    assert_eq!(cancel(&mut sim, secret), Ok(()));
    assert_eq!(cancel(&mut sim, secret), Err(Refusal::LinkUnknown));
    assert_eq!(sim.events().last().map(|event| event.actor), Some(Actor::Recipient));
    let said = told(&mut sim);
    assert_eq!(said.len(), 2, "everybody is told of that too");
    assert!(said.iter().all(|one| one.notice.what == What::EntryCancelled { kind: EntryKind::SignIn }));
    sim.advance(2 * DAYS);
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
}

#[test]
fn row_19_whoever_is_signed_in_stops_it_and_of_another_account_nobody() {
    let mut sim = Sim::new();
    let (alice, _) = with_passkey(&mut sim);
    let carl = at_home(&mut sim, "carl@example.org", 9);
    let entry = waits(&mut sim, 7);
    assert_eq!(entry::list(&sim.store, alice.account.id, sim.now).unwrap().len(), 1);
    let stop = |sim: &mut Sim, by: &session::Visitor| {
        let by = by.clone();
        sim.write(move |tx, cx| entry::cancel_own(tx, cx, &by, entry, source(1)))
    };
    assert_eq!(stop(&mut sim, &carl), Err(Refusal::EntryClosed));
    assert_eq!(stop(&mut sim, &alice), Ok(()));
    assert_eq!(stop(&mut sim, &alice), Err(Refusal::EntryClosed));
    assert!(entry::list(&sim.store, alice.account.id, sim.now).unwrap().is_empty());
}

#[test]
fn row_19_a_passkey_that_is_held_or_switched_off_delays_nobody() {
    let mut sim = Sim::new();
    at_home(&mut sim, ALICE, 1);
    let started = sim.sign_in(ALICE, 6);
    let new = visitor(&mut sim, &started);
    let added = add(&mut sim, &new, 6, &mut device()).unwrap();
    assert!(added.held);
    sim.sign_in(ALICE, 7);
    sim.advance(DAYS);
    waits(&mut sim, 8);
    sim.policy.methods = MethodPolicy::OPEN.with(Use::SignIn, MethodSet::ALL.without(Method::Passkey));
    sim.sign_in(ALICE, 9);
}

#[test]
fn row_19_of_sixteen_that_enter_or_stop_it_at_once_one_succeeds() {
    let mut sim = Sim::new();
    with_passkey(&mut sim);
    let id = waits(&mut sim, 7);
    let (_, secret) = link(&told(&mut sim)[0]);
    sim.advance(DAYS);
    let barrier = Arc::new(Barrier::new(16));
    let threads: Vec<_> = (0..16)
        .map(|n| {
            let (store, barrier, mut cx) = (sim.store.clone(), Arc::clone(&barrier), sim.cx());
            std::thread::spawn(move || {
                barrier.wait();
                let entering = Entering {
                    id,
                    browser_half: half(7),
                    current: None,
                    keep: Vec::new(),
                    source: source(7),
                };
                let outcome = store.write_now(move |tx| {
                    if n % 2 == 0 {
                        let entered = entry::enter(tx, &mut cx, &entering)?;
                        Ok(tx.unrecorded("a test", entered.value().is_ok()))
                    } else {
                        let stopped = entry::cancel(tx, &mut cx, (id, secret), source(n))?;
                        Ok(tx.unrecorded("a test", stopped.value().is_ok()))
                    }
                });
                outcome.unwrap()
            })
        })
        .collect();
    let won = threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count();
    assert_eq!(won, 1);
}

#[test]
fn row_19_nobody_comes_and_it_closes_again() {
    let mut sim = Sim::new();
    with_passkey(&mut sim);
    let entry = waits(&mut sim, 7);
    sim.advance(SIGN_IN + OPEN - SECOND);
    sim.sweep();
    assert_eq!(entry::list_of_browser(&sim.store, sim.now, &half(7)).unwrap().len(), 1);
    sim.advance(SECOND);
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    sim.sweep();
    let expired = EventKind::EntryExpired { entry, kind: EntryKind::SignIn };
    assert_eq!(sim.events().iter().filter(|event| event.kind == expired).count(), 1);
    sim.sweep();
    assert_eq!(sim.events().iter().filter(|event| event.kind == expired).count(), 1);
    // Whoever proves it once more waits once more.
    assert_ne!(waits(&mut sim, 7), entry);
}

#[test]
fn what_an_operator_does_closes_what_waits() {
    for change in [Change::Lock, Change::Reset, Change::Close] {
        let mut sim = Sim::new();
        let (alice, _) = with_passkey(&mut sim);
        let entry = waits(&mut sim, 7);
        let id = alice.account.id;
        sim.write(move |tx, cx| account::act(tx, cx, id, (change, Some("a test")), &flow::by::By::COMMAND))
            .unwrap();
        let closed = EventKind::EntryCancelled { entry, kind: EntryKind::SignIn };
        let events = sim.events();
        let event = events.iter().find(|event| event.kind == closed).unwrap();
        assert_eq!(event.actor, Actor::Operator, "{change:?}");
        sim.advance(SIGN_IN);
        assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    }
}

#[test]
fn an_account_that_is_locked_meanwhile_is_not_entered() {
    let mut sim = Sim::new();
    let (alice, _) = with_passkey(&mut sim);
    let entry = waits(&mut sim, 7);
    let id = alice.account.id;
    // Past what an operator does, so that the entry itself still waits.
    sim.write(move |tx, _| {
        let (from, to) = (model::account::AccountState::Open, model::account::AccountState::Locked);
        store::accounts::claim_state(tx, id, from, to)?;
        Ok(tx.unrecorded("a test", ()))
    });
    sim.advance(SIGN_IN);
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    assert_eq!(sim.kinds().last(), Some(&"entry_cancelled"));
}

/// The notice about a new authenticator, and what its link carries.
fn held_link(told: &Told) -> authenticator::Link {
    let path = told.link.as_deref().unwrap();
    let (id, secret) = wire::token::decode_pair(path.strip_prefix("/authenticator/").unwrap()).unwrap();
    (AuthenticatorId::from_bytes(id), secret)
}

#[test]
fn row_27_whoever_is_told_of_a_held_passkey_takes_it_away_and_ends_the_session_that_added_it() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    add_address(&mut sim, &alice, BOB, AddressRole::Recovery);
    let started = sim.sign_in(ALICE, 6);
    sim.post();
    let intruder = visitor(&mut sim, &started);
    let mut device = device();
    let added = add(&mut sim, &intruder, 6, &mut device).unwrap();
    let usable_at = Some(added.authenticator.usable_at);
    let said = told(&mut sim);
    assert_eq!(said.iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), [ALICE, BOB]);
    let kind = AuthenticatorKind::Passkey;
    assert!(said.iter().all(|one| one.notice.what == What::AuthenticatorAdded { kind, usable_at }));
    let link = held_link(&said[1]);
    let (own, session) = authenticator::find_by_link(&sim.store, sim.now, &link).unwrap().unwrap();
    assert_eq!((own.id, session.map(|session| session.id)), (added.authenticator.id, own.session));
    let cancel = |sim: &mut Sim, link: authenticator::Link| {
        sim.write(move |tx, cx| authenticator::cancel(tx, cx, &link, source(3)))
    };
    assert_eq!(cancel(&mut sim, (link.0, [0; 16])), Err(Refusal::LinkUnknown));
    assert_eq!(cancel(&mut sim, link), Ok(()));
    assert_eq!(cancel(&mut sim, link), Err(Refusal::LinkUnknown));
    let events = sim.events();
    let [.., removed, ended] = events.as_slice() else { panic!() };
    assert!(matches!(removed.kind, EventKind::AuthenticatorRemoved { why: Removal::Cancelled, .. }));
    assert_eq!(ended.kind, EventKind::SessionEnded { why: SessionEnd::EndedByOwner });
    assert_eq!((removed.actor, ended.actor), (Actor::Recipient, Actor::Recipient));
    assert_eq!(told(&mut sim).len(), 2);
    sim.advance(2 * DAYS);
    assert!(sign_in(&mut sim, 6, &mut device).is_err());
}

#[test]
fn row_27_the_link_ends_with_the_hold_and_there_is_none_where_nothing_is_held() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let started = sim.sign_in(ALICE, 6);
    sim.post();
    let new = visitor(&mut sim, &started);
    add(&mut sim, &new, 6, &mut device()).unwrap();
    let link = held_link(&told(&mut sim)[0]);
    sim.advance(DAYS);
    assert!(authenticator::find_by_link(&sim.store, sim.now, &link).unwrap().is_none());
    let late = sim.write(move |tx, cx| authenticator::cancel(tx, cx, &link, source(3)));
    assert_eq!(late, Err(Refusal::LinkUnknown));
    // In a browser that is known for days nothing is held, and whoever reads the mail cannot take it away.
    add(&mut sim, &alice, 1, &mut device()).unwrap();
    assert!(told(&mut sim).iter().all(|one| one.link.is_none()));
}

#[test]
fn row_27_the_owner_takes_back_what_is_held_and_nothing_else_without_a_proof() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let usable = add(&mut sim, &alice, 1, &mut device()).unwrap().authenticator.id;
    let started = sign_in_new(&mut sim);
    let held = add(&mut sim, &started, 6, &mut device()).unwrap().authenticator.id;
    let take = |sim: &mut Sim, id| {
        let alice = alice.clone();
        sim.write(move |tx, cx| authenticator::cancel_own(tx, cx, &alice, (id, source(1))))
    };
    assert_eq!(take(&mut sim, usable), Err(Refusal::AuthenticatorUnknown));
    assert_eq!(take(&mut sim, held), Ok(()));
    assert_eq!(take(&mut sim, held), Err(Refusal::AuthenticatorUnknown));
}

/// Browser 6, new to the account, let in after its day.
fn sign_in_new(sim: &mut Sim) -> session::Visitor {
    sim.advance(2 * HOUR);
    let entry = waits(sim, 6);
    sim.advance(SIGN_IN);
    let started = enter(sim, entry, 6, &[]).unwrap();
    visitor(sim, &started)
}
