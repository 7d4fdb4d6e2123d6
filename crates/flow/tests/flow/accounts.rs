//! What an operator does to accounts, and what the account page says.

use flow::account::{self, Change};
use flow::session;
use model::account::AccountState;
use model::event::{EventKind, NotSent};
use model::id::AccountId;
use model::notice::What;
use model::refusal::Refusal;
use model::session::SessionEnd;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, unlimited, wrong};

const ALICE: &str = "alice@example.com";

fn change(sim: &mut Sim, id: AccountId, to: Change) -> Result<(), Refusal> {
    sim.write(move |tx, cx| account::change(tx, cx, id, to))
}

#[test]
fn locking_ends_sessions_and_codes_and_gives_guesses_back() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    let request = sim.ask(ALICE, 2);
    let mail = sim.mail();
    sim.refusal(request, &wrong(&mail.code, 0), 2);
    sim.advance(31 * SECOND);
    sim.ask(ALICE, 2);
    change(&mut sim, alice, Change::Lock).unwrap();
    let cx = sim.cx();
    let found = session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap();
    assert!(found.is_none());
    assert!(matches!(sim.refusal(request, &mail.code, 2), Refusal::CodeExpired { .. }));
    let post = sim.post();
    assert!(post.mails.is_empty(), "the second mail does not leave any more");
    assert_eq!(post.notices.last().map(|told| &told.notice.what), Some(&What::AccountLocked));
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 2, "one guess by each browser");
    assert!(
        sim.events()
            .iter()
            .any(|event| { event.kind == EventKind::SessionEnded { why: SessionEnd::AccountUnavailable } })
    );
}

#[test]
fn a_locked_account_is_mailed_nothing_and_the_request_is_on_its_record() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    change(&mut sim, alice, Change::Lock).unwrap();
    let request = sim.ask(ALICE, 1);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::Locked), .. }]
    ));
    change(&mut sim, alice, Change::Unlock).unwrap();
    sim.advance(HOUR);
    sim.sign_in(ALICE, 1);
}

#[test]
fn a_code_that_was_out_when_the_account_was_locked_does_not_work_after_unlocking() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    change(&mut sim, alice, Change::Lock).unwrap();
    change(&mut sim, alice, Change::Unlock).unwrap();
    assert!(sim.submit(request, &mail.code, 1).is_err());
}

#[test]
fn no_session_survives_a_lock_however_many_there_are() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    let all: Vec<_> = (0..130).map(|browser| sim.sign_in(ALICE, browser)).collect();
    change(&mut sim, alice, Change::Lock).unwrap();
    change(&mut sim, alice, Change::Unlock).unwrap();
    let cx = sim.cx();
    for started in &all {
        let found = session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap();
        assert!(found.is_none());
    }
}

#[test]
fn closing_frees_the_address_and_keeps_the_record() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    change(&mut sim, alice, Change::Close).unwrap();
    let closed = account::find_by_id(&sim.store, alice).unwrap().unwrap();
    assert_eq!((closed.state, closed.address.as_str()), (AccountState::Closed, "a…@example.com"));
    assert!(account::find(&sim.store, &sim.address(ALICE)).unwrap().is_none());
    assert!(sim.lines(alice).len() >= 3);
    let again = sim.account(ALICE);
    assert_ne!(again, alice);
    sim.advance(MINUTE);
    let request = sim.ask(ALICE, 1);
    let kept = sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
    assert!(!kept.code.known, "the browsers of the closed account are strangers");
    assert_eq!(sim.lines(again).len(), 1, "and its record is not the new one's");
}

#[test]
fn a_change_that_does_not_apply_is_refused_and_leaves_no_trace() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    assert_eq!(change(&mut sim, alice, Change::Unlock), Err(Refusal::AccountState));
    change(&mut sim, alice, Change::Lock).unwrap();
    assert_eq!(change(&mut sim, alice, Change::Lock), Err(Refusal::AccountState));
    change(&mut sim, alice, Change::Close).unwrap();
    let events = sim.events().len();
    for to in [Change::Lock, Change::Unlock, Change::Close] {
        assert_eq!(change(&mut sim, alice, to), Err(Refusal::AccountState));
    }
    assert_eq!(change(&mut sim, AccountId::from_bytes([9; 16]), Change::Lock), Err(Refusal::AccountUnknown));
    assert_eq!(sim.events().len(), events);
}

#[test]
fn the_account_page_says_what_protects_the_account() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    sim.advance(HOUR);
    let request = sim.ask(ALICE, 66);
    let mail = sim.mail();
    sim.refusal(request, &wrong(&mail.code, 0), 66);
    let by = flow::not_me::By::Recipient(mail.not_me);
    sim.write(move |tx, cx| flow::not_me::commit(tx, cx, request, by, crate::sim::source(7))).unwrap();
    let cx = sim.cx();
    let visitor =
        session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().unwrap();
    let page = flow::overview::find(&sim.store, &cx, &visitor).unwrap();
    assert_eq!(page.sessions, [started.session]);
    assert_eq!(session::mine(&sim.store, &cx, alice).unwrap().browsers.len(), 1);
    // One guess that was right, one that was wrong.
    assert_eq!(page.guessed.chance(), model::budget::Chance::of_guesses(2, 8));
    assert_eq!(page.muted_until, Some(sim.now + 30 * DAYS));
    assert!(!page.lately.is_empty() && page.lately.len() <= 6);
    assert_eq!(visitor.account.id, alice);
}
