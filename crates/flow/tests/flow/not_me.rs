//! threats.md §5.2 rows 39, 40: "I did not ask for this" can only reduce.

use flow::activity::{End, Entry};
use flow::not_me::{self, By, Denied};
use model::event::{Actor, EventKind, NotSent};
use model::id::RequestId;
use model::refusal::Refusal;
use model::sign_in_code::CodeState;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, source};

const ALICE: &str = "alice@example.com";
const OWNER: u64 = 1;
const STRANGER: u64 = 66;

fn say(sim: &mut Sim, request: RequestId, by: By) -> Result<Denied, Refusal> {
    sim.write(move |tx, cx| not_me::commit(tx, cx, request, by, source(7)))
}

#[test]
fn row_39_looking_at_the_page_changes_nothing() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    let before = (sim.events().len(), sim.status(request, STRANGER).state);
    for _ in 0..100 {
        let cx = sim.cx();
        let known = not_me::find(&sim.store, &cx, request, &mail.not_me).unwrap().unwrap();
        assert_eq!((known.state, known.muted_until), (CodeState::Live, None));
        assert_eq!(known.kept.code.reference, mail.reference);
    }
    assert_eq!((sim.events().len(), sim.status(request, STRANGER).state), before);
    assert!(sim.submit(request, &mail.code, STRANGER).is_ok());
}

#[test]
fn row_40_it_ends_that_request_is_recorded_and_mutes_strangers_for_thirty_days() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    let until = sim.now + 30 * DAYS;
    assert_eq!(
        say(&mut sim, request, By::Recipient(mail.not_me)),
        Ok(Denied { already: false, was_used: false, muted_until: until })
    );
    assert_eq!(sim.refusal(request, &mail.code, STRANGER), Refusal::CodeDenied);
    let events = sim.events();
    let denied = events.iter().find(|event| event.kind == EventKind::SignInCodeDenied).unwrap();
    assert_eq!((denied.actor, denied.request), (Actor::Recipient, Some(request)));
    assert!(events.iter().any(|event| event.kind == EventKind::MailMuted { until }));
    assert!(matches!(sim.lines(alice).last(), Some(Entry::Request { end: End::Denied, .. })));
    let cx = sim.cx();
    let known = not_me::find(&sim.store, &cx, request, &mail.not_me).unwrap().unwrap();
    assert_eq!((known.state, known.muted_until), (CodeState::Denied, Some(until)));
}

#[test]
fn row_40_while_muted_strangers_get_no_mail_and_known_browsers_do() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, OWNER);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    say(&mut sim, request, By::Recipient(mail.not_me)).unwrap();
    let muted_at = sim.now;
    let (mut stranger, mut owner, mut digests) = (0, 0, Vec::new());
    for day in 0..29 {
        sim.advance(DAYS - HOUR * 3);
        let asked = sim.ask(ALICE, 100 + day);
        assert!(matches!(
            sim.steps(asked)[..],
            [EventKind::SignInCodeRequested { not_sent: Some(NotSent::Muted), .. }]
        ));
        sim.advance(2 * HOUR);
        sim.sweep();
        let post = sim.post();
        stranger += post.mails.len();
        digests.extend(post.digests);
        sim.advance(HOUR);
        sim.sign_in(ALICE, OWNER);
        owner += 1;
    }
    assert_eq!((stranger, owner), (0, 29));
    assert!(digests.len() <= 5, "one in seven days: {digests:?}");
    assert!(digests.windows(2).all(|pair| pair[1].at >= pair[0].at + 7 * DAYS));
    assert!(digests.iter().all(|digest| digest.muted_until == Some(muted_at + 30 * DAYS)));
    sim.now = muted_at + 30 * DAYS;
    sim.ask(ALICE, STRANGER);
    assert_eq!(sim.post().mails.len(), 1, "after thirty days it is over");
}

#[test]
fn row_40_saying_it_twice_changes_nothing_more() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    let first = say(&mut sim, request, By::Recipient(mail.not_me)).unwrap();
    let events = sim.events().len();
    sim.advance(HOUR);
    for _ in 0..5 {
        let again = say(&mut sim, request, By::Recipient(mail.not_me)).unwrap();
        assert_eq!(again, Denied { already: true, ..first }, "nor is the time extended");
    }
    assert_eq!(sim.events().len(), events);
}

#[test]
fn row_40_it_touches_no_other_request_and_no_session() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let session = sim.sign_in(ALICE, OWNER).session;
    let (own, strangers) = (sim.ask(ALICE, OWNER), sim.ask(ALICE, STRANGER));
    let mails = sim.post().mails;
    let mail = |request| mails.iter().find(|mail| mail.request == request).unwrap().clone();
    say(&mut sim, strangers, By::Recipient(mail(strangers).not_me)).unwrap();
    assert_eq!(sim.store.read(|reader| store::sessions::list(reader, alice)).unwrap(), [session]);
    assert!(sim.submit(own, &mail(own).code, OWNER).is_ok());
}

#[test]
fn row_40_with_another_secret_or_another_request_it_has_no_effect() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let bob = sim.account("bob@example.com");
    let (one, other) = (sim.ask(ALICE, STRANGER), sim.ask("bob@example.com", STRANGER));
    let mails = sim.post().mails;
    let secret = |request| mails.iter().find(|mail| mail.request == request).unwrap().not_me;
    let events = sim.events().len();
    let nowhere = RequestId::from_bytes([9; 16]);
    let mut flipped = secret(one);
    flipped[15] ^= 1;
    for (request, by) in [
        (one, By::Recipient(secret(other))),
        (one, By::Recipient(flipped)),
        (one, By::Recipient([0; 16])),
        (other, By::Recipient(secret(one))),
        (nowhere, By::Recipient(secret(one))),
        (one, By::Owner(bob)),
        (other, By::Owner(alice)),
        (nowhere, By::Owner(alice)),
    ] {
        assert_eq!(say(&mut sim, request, by), Err(Refusal::LinkUnknown));
    }
    let cx = sim.cx();
    assert!(not_me::find(&sim.store, &cx, one, &secret(other)).unwrap().is_none());
    assert_eq!(sim.events().len(), events);
    assert_eq!(sim.status(one, STRANGER).state, CodeState::Live);
}

#[test]
fn row_40_the_owner_can_say_it_on_the_activity_page() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    assert!(!say(&mut sim, request, By::Owner(alice)).unwrap().already);
    assert!(say(&mut sim, request, By::Recipient(mail.not_me)).unwrap().already);
    let denied = sim.events().into_iter().find(|event| event.kind == EventKind::SignInCodeDenied).unwrap();
    assert_eq!(denied.actor, Actor::Owner);
}

#[test]
fn row_40_said_after_the_code_was_used_it_says_so_and_signs_nobody_out() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    let _ = sim.submit(request, &mail.code, STRANGER);
    let said = say(&mut sim, request, By::Recipient(mail.not_me)).unwrap();
    assert!(said.was_used && !said.already);
    assert_eq!(sim.store.read(|reader| store::sessions::list(reader, alice)).unwrap().len(), 1);
    let lines = sim.lines(alice);
    let used = lines.iter().any(|line| matches!(line, Entry::Request { end: End::Used, .. }));
    assert!(used, "that it was used stays the more important word");
}

#[test]
fn row_40_said_after_the_end_it_still_counts_and_is_shown() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    let mail = sim.mail();
    sim.advance(11 * MINUTE);
    sim.sweep();
    assert!(!say(&mut sim, request, By::Recipient(mail.not_me)).unwrap().already);
    let lines = sim.lines(alice);
    assert!(lines.iter().any(|line| matches!(line, Entry::Request { end: End::Denied, .. })));
}

#[test]
fn a_denied_request_gives_its_unused_guesses_back_and_its_waiting_mail_never_leaves() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, STRANGER);
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 3);
    say(&mut sim, request, By::Owner(alice)).unwrap();
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 0);
    sim.advance(SECOND);
    assert!(sim.lease().is_empty());
}
