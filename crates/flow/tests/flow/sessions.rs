//! Browser sessions: who holds one, how it ends, and what ends it.

use flow::session::{self, Visitor};
use flow::sign_in::finish::Started;
use model::event::EventKind;
use model::id::SessionId;
use model::refusal::Refusal;
use model::session::SessionEnd;

use crate::sim::{DAYS, HOUR, MINUTE, Sim, source};

const ALICE: &str = "alice@example.com";

fn find(sim: &mut Sim, started: &Started) -> Option<Visitor> {
    let cx = sim.cx();
    session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap()
}

fn ends(sim: &Sim) -> Vec<SessionEnd> {
    let ended = sim.events().into_iter().filter_map(|event| match event.kind {
        EventKind::SessionEnded { why } => Some(why),
        _ => None,
    });
    ended.collect()
}

#[test]
fn a_session_is_known_by_its_secret_alone() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    assert_eq!(find(&mut sim, &started).unwrap().account.id, alice);
    let cx = sim.cx();
    let id = started.session.id;
    let mut other = *started.secret.expose();
    other[0] ^= 1;
    assert!(session::find(&sim.store, &cx, id, &other).unwrap().is_none());
    let elsewhere = SessionId::from_bytes([9; 16]);
    assert!(session::find(&sim.store, &cx, elsewhere, started.secret.expose()).unwrap().is_none());
}

#[test]
fn a_session_that_is_not_used_ends_after_seven_days() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    sim.advance(7 * DAYS - MINUTE);
    assert!(find(&mut sim, &started).is_some());
    sim.advance(MINUTE);
    assert!(find(&mut sim, &started).is_none(), "before any sweep");
    sim.sweep();
    assert_eq!(ends(&sim), [SessionEnd::Idle]);
}

#[test]
fn a_session_in_use_ends_after_thirty_days() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    let id = started.session.id;
    for _ in 0..29 {
        sim.advance(DAYS);
        let visitor = find(&mut sim, &started).unwrap();
        assert!(session::touch_due(&visitor.session, sim.now));
        sim.write(move |tx, cx| session::touch(tx, cx, id));
        assert!(!session::touch_due(&find(&mut sim, &started).unwrap().session, sim.now));
        sim.sweep();
    }
    sim.advance(DAYS);
    assert!(find(&mut sim, &started).is_none());
    sim.sweep();
    assert_eq!(ends(&sim), [SessionEnd::Absolute]);
}

#[test]
fn signing_in_again_in_the_same_browser_replaces_the_session_and_its_secret() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let first = sim.sign_in(ALICE, 1);
    sim.advance(HOUR);
    let request = sim.ask(ALICE, 1);
    let code = sim.mail().code;
    let held = find(&mut sim, &first).unwrap();
    let second =
        sim.submit_holding(request, &code, 1, Some(held)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_ne!(first.secret.expose(), second.secret.expose());
    assert_ne!(first.session.id, second.session.id);
    assert_eq!(first.session.browser, second.session.browser);
    assert!(find(&mut sim, &first).is_none());
    assert!(find(&mut sim, &second).is_some());
    assert_eq!(ends(&sim), [SessionEnd::Replaced]);
    assert_eq!(sim.store.read(|reader| store::sessions::list(reader, alice)).unwrap().len(), 1);
    let known: Vec<bool> = sim
        .events()
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::SessionStarted { known, .. } => Some(known),
            _ => None,
        })
        .collect();
    assert_eq!(known, [false, true]);
}

#[test]
fn signing_in_to_another_account_ends_the_session_that_the_browser_held() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.account("bob@example.com");
    let bobs = sim.sign_in("bob@example.com", 2);
    let request = sim.ask(ALICE, 66);
    let code = sim.mail().code;
    let held = find(&mut sim, &bobs).unwrap();
    assert!(sim.submit_holding(request, &code, 66, Some(held)).is_ok());
    assert!(find(&mut sim, &bobs).is_none(), "its cookie is gone, so nobody could end it");
    assert_eq!(ends(&sim), [SessionEnd::Replaced]);
}

#[test]
fn the_owner_ends_this_session_another_or_all_others() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let all: Vec<Started> = (1..=3).map(|browser| sim.sign_in(ALICE, browser)).collect();
    let visitor = find(&mut sim, &all[0]).unwrap();
    let end = |sim: &mut Sim, id: SessionId| {
        let visitor = visitor.clone();
        sim.write(move |tx, cx| session::end(tx, cx, &visitor, id, source(1)))
    };
    assert_eq!(end(&mut sim, all[1].session.id), Ok(()));
    assert_eq!(end(&mut sim, all[1].session.id), Err(Refusal::SessionUnknown));
    let by = visitor.clone();
    assert_eq!(sim.write(move |tx, cx| session::end_others(tx, cx, &by, source(1))), 1);
    assert!(find(&mut sim, &all[2]).is_none());
    assert!(find(&mut sim, &all[0]).is_some());
    assert_eq!(end(&mut sim, all[0].session.id), Ok(()));
    assert!(find(&mut sim, &all[0]).is_none());
    assert_eq!(ends(&sim), [SessionEnd::EndedByOwner, SessionEnd::EndedByOwner, SessionEnd::SignedOut]);
}

#[test]
fn nobody_ends_a_session_of_somebody_else() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.account("bob@example.com");
    let (alices, bobs) = (sim.sign_in(ALICE, 1), sim.sign_in("bob@example.com", 2));
    let alice = find(&mut sim, &alices).unwrap();
    let id = bobs.session.id;
    let by = alice.clone();
    let outcome = sim.write(move |tx, cx| session::end(tx, cx, &by, id, source(1)));
    assert_eq!(outcome, Err(Refusal::SessionUnknown));
    assert_eq!(sim.write(move |tx, cx| session::end_others(tx, cx, &alice, source(1))), 0);
    assert!(find(&mut sim, &bobs).is_some());
}

#[test]
fn all_others_are_all_however_many_there_are() {
    let mut sim = Sim::with(crate::sim::unlimited());
    let alice = sim.account(ALICE);
    let all: Vec<Started> = (0..130).map(|browser| sim.sign_in(ALICE, browser)).collect();
    // The oldest of them is the visitor's own: not even among the newest hundred.
    let visitor = find(&mut sim, &all[0]).unwrap();
    assert_eq!(sim.write(move |tx, cx| session::end_others(tx, cx, &visitor, source(1))), 129);
    assert!(find(&mut sim, &all[0]).is_some());
    let cx = sim.cx();
    assert_eq!(session::list(&sim.store, &cx, alice).unwrap().len(), 1);
}

#[test]
fn sessions_that_are_over_are_not_listed() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.advance(6 * DAYS);
    let second = sim.sign_in(ALICE, 2);
    sim.advance(2 * DAYS);
    let cx = sim.cx();
    let listed = session::list(&sim.store, &cx, alice).unwrap();
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [second.session.id]);
}
