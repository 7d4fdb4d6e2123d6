//! The outbox: one worker at a time, patience with a mail server, an end that is visible.

use flow::activity::{End, Entry, Mail};
use flow::deliver::{self, LEASE, backoff};
use flow::sealing::{self, key};
use model::cx::Cx;
use model::entropy::Entropy;
use model::event::EventKind;
use model::message::{Body, Delivery, MessageKind, Obstacle};
use store::outbox::Leased;
use wire::record::receipt::{Signed, recipient};

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim};

const ALICE: &str = "alice@example.com";
const LATER: Delivery = Delivery::Deferred { why: Obstacle::TryLater };

#[test]
fn a_message_put_off_is_tried_again_after_its_backoff() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    for (attempt, wait) in [(1, 5), (2, 15), (3, 45), (4, 120), (5, 120)] {
        let leased = sim.lease().remove(0);
        assert_eq!(leased.attempt, attempt);
        sim.settle(leased, LATER);
        assert_eq!(deliver::next_due(&sim.store).unwrap(), Some(sim.now + wait * SECOND));
        sim.advance(wait * SECOND - SECOND);
        assert!(sim.lease().is_empty());
        sim.advance(SECOND);
    }
    let deferred = sim.steps(request).into_iter().filter(|kind| {
        matches!(kind, EventKind::MessageDeferred { why: Obstacle::TryLater, attempt: 1..=5, .. })
    });
    assert_eq!(deferred.count(), 5);
    assert!(matches!(sim.lines(alice)[..], [Entry::Request { end: End::Waiting, mail: Mail::Deferred, .. }]));
    let mail = sim.mail();
    assert!(sim.submit(request, &mail.code, 1).is_ok());
    assert_eq!(sim.post().notices.len(), 1, "the browser was new");
    assert_eq!(deliver::next_due(&sim.store).unwrap(), None);
}

#[test]
fn the_backoff_grows_and_ends_before_the_code_does() {
    let code: Vec<u64> = (1..8).map(|n| backoff(MessageKind::SignInCode, n).as_secs()).collect();
    assert_eq!(code, [5, 15, 45, 120, 120, 120, 120]);
    let digest: Vec<u64> = (1..9).map(|n| backoff(MessageKind::Digest, n).as_secs()).collect();
    assert_eq!(digest, [5, 15, 45, 135, 405, 1215, 3600, 3600]);
    assert_eq!(backoff(MessageKind::Digest, i64::MAX).as_secs(), 3600);
    assert_eq!(backoff(MessageKind::Digest, 0).as_secs(), 5);
}

#[test]
fn a_code_that_could_never_be_delivered_is_given_up_when_it_is_dead() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    for _ in 0..100 {
        for leased in sim.lease() {
            match sim.compose(&leased) {
                Some(_) => sim.settle(leased, LATER),
                None => sim.write(move |tx, cx| deliver::too_late(tx, cx, &leased)),
            }
        }
        sim.advance(10 * SECOND);
        sim.sweep();
    }
    let last = sim.steps(request).pop().unwrap();
    assert!(matches!(last, EventKind::MessageBounced { why: Obstacle::TooLate, .. }), "{last:?}");
    assert!(matches!(sim.lines(alice)[..], [Entry::Request { end: End::Bounced, .. }]));
    assert_eq!(deliver::next_due(&sim.store).unwrap(), None);
}

#[test]
fn a_refusal_of_the_mail_server_is_final_and_shown() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.ask(ALICE, 1);
    let leased = sim.lease().remove(0);
    sim.settle(leased, Delivery::Bounced { why: Obstacle::Refused });
    sim.advance(HOUR);
    assert!(sim.lease().is_empty());
    assert!(matches!(sim.lines(alice)[..], [Entry::Request { end: End::Bounced, mail: Mail::Bounced, .. }]));
}

#[test]
fn a_digest_is_given_up_after_two_days() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    for n in 0..5 {
        sim.ask(ALICE, n);
    }
    sim.post();
    sim.advance(HOUR);
    sim.sweep();
    let queued_at = sim.now;
    let mut attempts = 0;
    while sim.now < queued_at + 3 * DAYS {
        for leased in sim.lease() {
            assert_eq!(leased.kind, MessageKind::Digest);
            attempts += 1;
            sim.settle(leased, LATER);
        }
        sim.advance(MINUTE);
    }
    assert!((40..70).contains(&attempts), "{attempts}");
    let gave_up = sim.events().into_iter().find(|event| event.kind.name() == "message_bounced").unwrap();
    assert!(gave_up.at >= queued_at + 2 * DAYS);
}

#[test]
fn two_workers_never_hold_the_same_message() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.ask(ALICE, 1);
    let first = sim.lease();
    assert_eq!(first.len(), 1);
    sim.advance(LEASE - SECOND);
    assert!(sim.lease().is_empty());
}

#[test]
fn a_worker_that_was_away_longer_than_its_lease_cannot_bring_the_message_back() {
    for late in [LATER, Delivery::Bounced { why: Obstacle::TimedOut }] {
        let mut sim = Sim::new();
        sim.policy.code_lifetime = HOUR;
        let alice = sim.account(ALICE);
        let request = sim.ask(ALICE, 1);
        let away = sim.lease().remove(0);
        sim.advance(LEASE);
        let second = sim.lease().remove(0);
        sim.settle(away, late.clone());
        sim.advance(LEASE - SECOND);
        assert!(sim.lease().is_empty(), "the second still holds it");
        sim.settle(second, Delivery::HandedOver);
        assert!(matches!(sim.steps(request).last(), Some(EventKind::MessageHandedOver { .. })));
        assert!(matches!(sim.lines(alice)[..], [Entry::Request { mail: Mail::HandedOver, .. }]));
        assert!(sim.lease().is_empty());
    }
}

#[test]
fn a_message_is_handed_over_once_on_the_record() {
    let mut sim = Sim::new();
    sim.policy.code_lifetime = HOUR;
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let away = sim.lease().remove(0);
    sim.advance(LEASE);
    let second = sim.lease().remove(0);
    sim.settle(away, Delivery::HandedOver);
    sim.settle(second, Delivery::HandedOver);
    let handed =
        sim.steps(request).into_iter().filter(|kind| matches!(kind, EventKind::MessageHandedOver { .. }));
    assert_eq!(handed.count(), 1);
}

#[test]
fn the_mail_of_a_request_that_has_ended_does_not_leave() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let code = sim.store.read(|reader| store::sign_in_codes::letter(reader, request)).unwrap().unwrap().code;
    // A worker holds the mail while the request ends; it asks again before it sends.
    let leased = sim.lease().remove(0);
    assert!(sim.submit(request, code.expose(), 1).is_ok());
    assert!(sim.compose(&leased).is_none());
    sim.write(move |tx, cx| deliver::too_late(tx, cx, &leased));
    assert!(sim.lines(alice).iter().any(|line| matches!(line, Entry::Request { end: End::Used, .. })));
    sim.advance(DAYS);
    let left = sim.lease();
    assert_eq!(
        left.iter().map(|one| one.kind).collect::<Vec<_>>(),
        [MessageKind::Notice],
        "of the new browser"
    );
}

#[test]
fn without_a_mail_server_the_inbox_page_shows_what_would_have_left() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let leased = sim.lease().remove(0);
    let to = leased.to.expose().clone();
    let letter = deliver::InPlace { leased, to, content: "To: alice".to_owned() };
    sim.write(move |tx, cx| deliver::keep(tx, cx, std::slice::from_ref(&letter)));
    assert_eq!(deliver::newest_to(&sim.store, &ALICE.to_uppercase()).unwrap().as_deref(), Some("To: alice"));
    assert_eq!(deliver::newest_to(&sim.store, "bob@example.com").unwrap(), None);
    let kept = deliver::inbox(&sim.store, 10).unwrap();
    assert_eq!(kept.iter().map(|mail| mail.content.as_str()).collect::<Vec<_>>(), ["To: alice"]);
    assert!(matches!(sim.steps(request).last(), Some(EventKind::MessageHandedOver { .. })));
}

#[test]
fn a_message_says_what_its_reader_needs() {
    use model::message::Body;
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let leased = sim.lease().remove(0);
    let message = sim.compose(&leased).unwrap();
    assert_eq!((message.to.as_str(), message.account, message.id), (ALICE, Some(alice), leased.id));
    let Body::SignInCode { request: of, asked_at, known, source, code, .. } = message.body else {
        panic!("another message")
    };
    assert_eq!((of, asked_at, known, source), (request, sim.now, false, crate::sim::source(1)));
    assert_eq!(code.expose().len(), 8);
}

#[test]
fn a_lease_that_is_renewed_is_not_taken_over_and_one_that_is_not_is() {
    let mut sim = Sim::new();
    sim.policy.code_lifetime = HOUR;
    sim.account(ALICE);
    sim.ask(ALICE, 1);
    let held = sim.lease().remove(0);
    let under_way = [(held.id, held.attempt)];
    for _ in 0..5 {
        sim.advance(LEASE - SECOND);
        assert!(sim.lease().is_empty());
        sim.write(move |tx, cx| deliver::renew(tx, cx, &under_way));
    }
    sim.advance(LEASE);
    let taken = sim.lease().remove(0);
    assert_eq!((taken.id, taken.attempt), (held.id, held.attempt + 1));
    sim.advance(LEASE - SECOND);
    sim.write(move |tx, cx| deliver::renew(tx, cx, &under_way));
    sim.advance(SECOND);
    assert_eq!(sim.lease().len(), 1, "who lost the lease cannot renew that of the next");
}

#[test]
fn a_code_for_a_telephone_goes_to_the_number_and_not_to_the_accounts_mail_address() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.ask("ALICE@example.com", 1);
    let mut leased = sim.lease().remove(0);
    assert_eq!(sim.compose(&leased).map(|message| message.to).as_deref(), Some(ALICE));
    leased.to = model::secret::Secret::new("+4915123456789".to_owned());
    assert_eq!(sim.compose(&leased).map(|message| message.to).as_deref(), Some("+4915123456789"));
}

#[test]
fn every_mail_has_a_receipt_and_a_second_copy_has_the_same() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.ask(ALICE, 1);
    let leased = sim.lease().remove(0);
    let compose_of = |sim: &mut Sim, leased: &Leased| {
        let cx = sim.cx();
        deliver::compose(&sim.store, &cx, &flow::deliver::Held::default(), leased).unwrap().unwrap()
    };
    let compose = |sim: &mut Sim| compose_of(sim, &leased);
    assert_eq!(compose(&mut sim).receipt, None, "there is no key");
    let cx = sim.cx();
    key::settle(&sim.store, cx, "id.example.org/record").unwrap();
    let keys = key::verifying(&sim.store).unwrap();
    let read = |sim: &mut Sim| {
        let message = compose(sim);
        let Body::SignInCode { reference, code, .. } = &message.body else { panic!("no code") };
        let lines = message.receipt.clone().unwrap();
        assert!(!lines.contains(code.expose()), "the code is not in it");
        (reference.clone(), Signed::find_all(&lines).remove(0))
    };
    let (reference, before) = read(&mut sim);
    let said = &before.receipt;
    assert_eq!(before.signer(&keys).unwrap().name(), "id.example.org/record");
    assert_eq!(said.recipient, recipient(said.salt, ALICE));
    assert_eq!(said.reference.and_then(model::reference::of_number), Some(reference));
    assert_eq!((said.kind, said.size), (MessageKind::SignInCode.number(), 0));
    assert_eq!(i64::try_from(said.at).unwrap(), sim.now.micros() / 1_000_000);
    // A checkpoint that is younger than the message changes nothing in a second copy of it.
    sim.advance(MINUTE);
    let seeds = std::cell::Cell::new(1000);
    let context = || {
        seeds.set(seeds.get() + 1);
        Cx::new(sim.now, Entropy::seeded(seeds.get()), std::sync::Arc::new(sim.policy.clone()))
    };
    sealing::catch_up(&sim.store, &context).unwrap();
    assert_eq!(read(&mut sim).1, before);
    // The next mail names it.
    sim.advance(MINUTE);
    sim.ask(ALICE, 2);
    let second = sim.lease().into_iter().next_back().unwrap();
    let next = compose_of(&mut sim, &second).receipt.unwrap();
    let next = Signed::find_all(&next).remove(0);
    let head = sealing::prove::newest(&sim.store).unwrap().unwrap();
    let head = sealing::prove::read_checkpoint(&head.note, &keys).unwrap();
    assert_eq!((next.receipt.size, next.receipt.root.as_slice()), (head.size, &head.root[..8]));
    // Where nothing is sealed, and by text message, there is none.
    sim.policy.sealed = false;
    assert_eq!(compose_of(&mut sim, &second).receipt, None);
}
