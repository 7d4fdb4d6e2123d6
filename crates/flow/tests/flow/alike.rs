//! threats.md §5.2 row 12: an address with an account and one without cannot be told apart.

use flow::sign_in::status::{self, Found};
use model::event::EventKind;
use model::message::{Delivery, Obstacle};
use model::method::MethodPolicy;
use model::name::PrivateName;
use model::policy::Policy;
use model::refusal::Refusal;
use model::sign_in_code::{CodeState, Purpose};
use model::time::Time;
use wire::name::Name;

use crate::sim::{HOUR, MINUTE, SECOND, Sim, half, start};

const KNOWN: &str = "alice@example.com";
const UNKNOWN: &str = "nobody@example.com";

const FAR: Time = Time::from_micros(i64::MAX / 2);

/// What a request left in the outbox: how many rows and when they are due. They leave, as with a mail server.
fn queued(sim: &mut Sim) -> String {
    let due = flow::deliver::next_due(&sim.store).unwrap();
    let leased = sim.lease_all();
    let rows = leased.len();
    for leased in leased {
        sim.settle(leased, Delivery::HandedOver);
    }
    format!("{rows} {due:?}")
}

/// How many rows each table holds that a request writes to: codes, ledger, destinations, and of the record
/// what is not the worker's. The counting deletes, so it is the last thing a test does.
fn rows(sim: &mut Sim) -> [u64; 4] {
    let own = sim.kinds().into_iter().filter(|kind| !kind.starts_with("message_")).count();
    let events = u64::try_from(own).unwrap();
    sim.write(move |tx, _| {
        for id in store::sign_in_codes::list_expired(tx, FAR, 1000)? {
            store::sign_in_codes::claim_end(tx, id, CodeState::Expired, FAR)?;
        }
        let codes = store::sign_in_codes::delete_ended(tx, FAR, 1000)?;
        let ledger = store::guess_ledger::delete_before(tx, i64::MAX, 1000)?.unwrap_or_default();
        // Nothing was suppressed in these tests, so every destination is idle in the end.
        let destinations = store::destinations::delete_idle(tx, FAR, 1000)?.unwrap_or_default();
        Ok(tx.unrecorded("a test", [codes, ledger, destinations, events]))
    })
}

/// The same history for one address; what the visitor saw, and what was written.
fn history(text: &str) -> (Vec<String>, [u64; 4]) {
    let mut sim = Sim::new();
    sim.account(KNOWN);
    let mut seen = Vec::new();
    let request = sim.ask(text, 1);
    seen.push(format!("{} {}", shape(&mut sim, request), queued(&mut sim)));
    // Again at once, again after half a minute: the same request each time.
    for wait in [SECOND, 31 * SECOND] {
        sim.advance(wait);
        assert_eq!(sim.ask(text, 1), request);
        seen.push(format!("{} {}", shape(&mut sim, request), queued(&mut sim)));
    }
    for guess in ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "FFFFFFFF"] {
        seen.push(format!("{:?}", sim.refusal(request, guess, 1)));
        seen.push(shape(&mut sim, request));
    }
    // A second request, left alone until its time has passed.
    let second = sim.ask(text, 1);
    assert_ne!(second, request);
    assert!(queued(&mut sim).starts_with("1 Some"), "the counting counts");
    seen.push(format!("{:?}", sim.refusal(second, "BBBBBBBB", 2)));
    sim.advance(10 * MINUTE);
    seen.push(format!("{:?}", sim.refusal(second, "BBBBBBBB", 1)));
    seen.push(shape(&mut sim, second));
    (seen, rows(&mut sim))
}

/// What is seen of somebody who asks by `text`, where an account has the private name and the telephone number below.
fn history_by(text: &str) -> Vec<String> {
    let sms = Some(crate::text_messages::rules());
    let mut sim = Sim::with(Policy { sms, methods: MethodPolicy::OPEN, ..Policy::default() });
    sim.account(KNOWN);
    let started = sim.sign_in(KNOWN, 5);
    let visitor = sim.visitor(&started);
    let name = PrivateName::new(Name::parse(NAME).unwrap(), sim.store.keys());
    let by = visitor.clone();
    sim.write(move |tx, cx| flow::address::name::put(tx, cx, &by, &name, crate::sim::source(5))).unwrap();
    crate::text_messages::add_in(&mut sim, &visitor, 5, PHONE);
    sim.advance(2 * HOUR);
    queued(&mut sim);
    let mut seen = Vec::new();
    let request = sim.ask(text, 1);
    seen.push(format!("{} {}", shape(&mut sim, request), queued(&mut sim)));
    for wait in [SECOND, 31 * SECOND] {
        sim.advance(wait);
        assert_eq!(sim.ask(text, 1), request);
        seen.push(format!("{} {}", shape(&mut sim, request), queued(&mut sim)));
    }
    for guess in ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "FFFFFFFF"] {
        seen.push(format!("{:?}", sim.refusal(request, guess, 1)));
    }
    seen
}

const NAME: &str = "amber-falcon-471114";
const PHONE: &str = "+436641234567";

#[test]
fn row_12_a_private_name_and_a_telephone_number_that_somebody_has_look_like_those_that_nobody_has() {
    assert_eq!(history_by(NAME), history_by("amber-falcon-471115"));
    assert_eq!(history_by(PHONE), history_by("+436641234568"));
}

#[test]
fn row_12_an_owner_who_muted_strangers_cannot_be_told_from_an_address_without_an_account() {
    let seen = |text: &str| {
        let mut sim = Sim::new();
        let alice = sim.account(KNOWN);
        let denied = sim.ask(KNOWN, 9);
        queued(&mut sim);
        sim.write(move |tx, cx| {
            flow::not_me::commit(tx, cx, denied, flow::not_me::By::Owner(alice), crate::sim::source(9))
        })
        .unwrap_or_else(|refusal| panic!("{refusal:?}"));
        sim.advance(HOUR);
        let request = sim.ask(text, 1);
        let mut seen = vec![format!("{} {}", shape(&mut sim, request), queued(&mut sim))];
        for wait in [SECOND, 31 * SECOND, MINUTE] {
            sim.advance(wait);
            assert_eq!(sim.ask(text, 1), request, "the same page each time");
            seen.push(format!("{} {}", shape(&mut sim, request), queued(&mut sim)));
        }
        seen.push(format!("{:?}", sim.refusal(request, "BBBBBBBB", 1)));
        seen
    };
    assert_eq!(seen(KNOWN), seen(UNKNOWN));
}

/// What the waiting page shows, without what is drawn by chance.
fn shape(sim: &mut Sim, request: model::id::RequestId) -> String {
    let status = sim.status(request, 1);
    let cx = sim.cx();
    let address = match status::find(&sim.store, &cx, request, &half(1)).unwrap() {
        Found::Own(status) => status.address.is_some(),
        Found::Foreign | Found::Nothing => false,
    };
    format!(
        "{:?} {:?} {:?} {} {} {} {} {address}",
        status.purpose,
        status.opening,
        status.state,
        status.guesses_left,
        status.expires_at,
        status.again_at,
        status.reference.split('-').count(),
    )
}

#[test]
fn row_12_the_same_steps_look_the_same_and_write_the_same_rows() {
    let (known, unknown) = (history(KNOWN), history(UNKNOWN));
    assert_eq!(known.0, unknown.0);
    assert_eq!(known.1, unknown.1);
    assert_eq!(known.1[0], 2, "the counting counts");
}

#[test]
fn row_12_a_locked_account_looks_like_any_other() {
    let locked = {
        let mut sim = Sim::new();
        let alice = sim.account(KNOWN);
        sim.write(move |tx, cx| flow::account::change(tx, cx, alice, flow::account::Change::Lock)).unwrap();
        let request = sim.ask(KNOWN, 1);
        assert!(sim.post().mails.is_empty());
        (shape(&mut sim, request), sim.refusal(request, "BBBBBBBB", 1))
    };
    let mut sim = Sim::new();
    let request = sim.ask(UNKNOWN, 1);
    assert_eq!(locked, (shape(&mut sim, request), sim.refusal(request, "BBBBBBBB", 1)));
}

#[test]
fn row_12_a_request_held_back_by_a_budget_looks_like_any_other() {
    let mut sim = Sim::with(Policy::default());
    sim.account(KNOWN);
    let first = sim.ask(KNOWN, 1);
    let first = (shape(&mut sim, first), sim.refusal(first, "BBBBBBBB", 1));
    for n in 2..9 {
        sim.ask(KNOWN, n);
    }
    let mut held = Sim::on(sim.store.clone(), Policy::default());
    held.seed = 1_000;
    let request = held.ask(KNOWN, 11);
    let kept = held.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
    assert!(!kept.code.mailed);
    let status = held.status(request, 11);
    assert_eq!((status.state, status.guesses_left), (CodeState::Live, 3));
    assert_eq!(status.expires_at, start() + 10 * MINUTE);
    assert_eq!(held.refusal(request, "BBBBBBBB", 11), first.1);
}

#[test]
fn row_12_an_unknown_address_is_mailed_nothing_and_leaves_an_event() {
    let mut sim = Sim::new();
    for n in 0..5 {
        sim.ask(UNKNOWN, n);
        sim.advance(HOUR);
        sim.sweep();
        let post = sim.post();
        assert!(post.mails.is_empty() && post.digests.is_empty());
    }
    let asked = sim.events().into_iter().filter(|event| {
        matches!(
            &event.kind,
            EventKind::SignInCodeRequested { purpose: Purpose::SignIn, not_sent: Some(_), .. }
        )
    });
    assert_eq!(asked.count(), 5);
}

#[test]
fn row_12_no_guess_at_a_decoy_can_succeed() {
    // One letter, twenty guesses: every possible code is typed.
    let policy =
        crate::sim::of_one_length(Policy { code_length: 1, code_guesses: 20, ..crate::sim::unlimited() });
    let mut sim = Sim::with(policy);
    let request = sim.ask(UNKNOWN, 1);
    for (n, letter) in wire::base20::ALPHABET.iter().enumerate() {
        let left = u8::try_from(19 - n).unwrap();
        let expected = if left == 0 { Refusal::CodeUsedUp } else { Refusal::CodeWrong { left } };
        assert_eq!(sim.refusal(request, &letter.to_string(), 1), expected);
    }
}

#[test]
fn row_12_a_decoy_is_worked_on_like_a_message_and_leaves_neither_a_mail_nor_a_trace() {
    for delivery in [
        Delivery::HandedOver,
        Delivery::Deferred { why: Obstacle::TryLater },
        Delivery::Bounced { why: Obstacle::Refused },
    ] {
        let mut sim = Sim::new();
        let request = sim.ask(UNKNOWN, 1);
        let leased = sim.lease_all().remove(0);
        assert!(leased.decoy);
        assert!(sim.compose(&leased).is_some(), "it can be written, which takes as long");
        sim.settle(leased, delivery);
        assert_eq!(sim.steps(request).len(), 1, "only the request itself is on the record");
        assert_eq!(flow::deliver::next_due(&sim.store).unwrap(), None);
        sim.ask(UNKNOWN, 2);
        let letter = |leased| {
            let (to, content) = (UNKNOWN.to_owned(), "a mail".to_owned());
            flow::deliver::InPlace { leased, to, content }
        };
        let letters: Vec<_> = sim.lease_all().into_iter().map(letter).collect();
        sim.write(move |tx, cx| flow::deliver::keep(tx, cx, &letters));
        assert!(flow::deliver::inbox(&sim.store, 9).unwrap().is_empty(), "nor on the inbox page");
        assert_eq!(flow::deliver::next_due(&sim.store).unwrap(), None);
    }
}

#[test]
fn row_12_not_even_the_right_code_signs_in_where_no_mail_was_to_leave() {
    let mut sim = Sim::new();
    sim.account(KNOWN);
    let mut requests = vec![(sim.ask(UNKNOWN, 1), 1)];
    for browser in 2..9 {
        requests.push((sim.ask(KNOWN, browser), browser));
    }
    let mailed: Vec<_> = sim.post().mails.into_iter().map(|mail| mail.request).collect();
    assert_eq!(mailed.len(), 3);
    for (request, browser) in requests.into_iter().filter(|(request, _)| !mailed.contains(request)) {
        // Nobody can read it; the test can, with the keys.
        let letter = sim.store.read(|reader| store::sign_in_codes::letter(reader, request)).unwrap().unwrap();
        assert_eq!(sim.refusal(request, letter.code.expose(), browser), Refusal::CodeWrong { left: 2 });
    }
}
