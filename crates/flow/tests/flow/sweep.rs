//! What time brings: ends, refunds, digests, sums, and forgetting no sooner than promised.

use flow::sweep;
use model::event::{EventKind, Subject};
use model::policy::Policy;
use model::time::Time;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, start, unlimited, wrong};

const ALICE: &str = "alice@example.com";

#[test]
fn an_expired_code_gives_back_the_guesses_that_nobody_made() {
    for guesses in 0..=3_usize {
        let mut sim = Sim::new();
        let alice = sim.account(ALICE);
        let request = sim.ask(ALICE, 1);
        let code = sim.mail().code;
        for guess in 0..guesses {
            sim.refusal(request, &wrong(&code, guess), 1);
        }
        assert_eq!(sim.reserved(Some(alice), ALICE, false), 3);
        sim.advance(10 * MINUTE);
        sim.sweep();
        sim.sweep();
        let left = i64::try_from(guesses).unwrap();
        assert_eq!(sim.reserved(Some(alice), ALICE, false), left, "and only once");
        assert_eq!(sim.reserved(None, ALICE, false), left, "for the mailbox as well");
    }
}

#[test]
fn a_used_code_gives_back_the_guesses_that_nobody_made() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let code = sim.mail().code;
    sim.refusal(request, &wrong(&code, 0), 1);
    assert!(sim.submit(request, &code, 1).is_ok());
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 2);
}

#[test]
fn a_refund_goes_to_the_day_of_the_reservation() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.now = Time::from_micros((sim.now.day() + 1) * model::time::DAY) - MINUTE;
    let asked_on = sim.now.day();
    sim.ask(ALICE, 1);
    sim.advance(11 * MINUTE);
    assert_eq!(sim.now.day(), asked_on + 1);
    sim.sweep();
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 0);
    sim.advance(366 * DAYS);
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 0, "not below nothing either");
}

#[test]
fn an_expired_code_says_whether_anybody_tried() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let (tried, untouched) = (sim.ask(ALICE, 1), sim.ask(ALICE, 2));
    let code = sim.post().mails[0].code.clone();
    sim.refusal(tried, &wrong(&wrong(&code, 1), 2), 1);
    sim.advance(10 * MINUTE);
    sim.sweep();
    assert_eq!(sim.steps(tried).last(), Some(&EventKind::SignInCodeExpired { unused: false, guesses: 1 }));
    assert_eq!(sim.steps(untouched).last(), Some(&EventKind::SignInCodeExpired { unused: true, guesses: 0 }));
}

#[test]
fn more_codes_than_one_transaction_takes_are_all_ended() {
    let mut sim = Sim::with(unlimited());
    for n in 0..450 {
        sim.account(&format!("person{n}@example.com"));
        sim.ask(&format!("person{n}@example.com"), 1);
    }
    sim.advance(10 * MINUTE);
    sim.sweep();
    let ended = sim.kinds().into_iter().filter(|kind| *kind == "sign_in_code_expired").count();
    assert_eq!(ended, 450);
}

#[test]
fn a_digest_says_how_many_and_since_when_and_comes_once_a_day() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    for n in 0..3 {
        sim.ask(ALICE, n);
    }
    sim.post();
    sim.advance(MINUTE);
    let first_held = sim.now;
    for n in 10..15 {
        sim.ask(ALICE, n);
        sim.advance(MINUTE);
    }
    sim.sweep();
    assert!(sim.post().digests.is_empty(), "it waits an hour for more");
    sim.advance(HOUR);
    sim.sweep();
    let digest = sim.post().digests.remove(0);
    assert_eq!((digest.count, digest.since, digest.to.as_str()), (5, first_held, ALICE));
    assert_eq!(digest.muted_until, None);
    let sent_at = sim.now;
    sim.ask(ALICE, 20);
    let next = loop {
        sim.advance(10 * MINUTE);
        sim.sweep();
        if let Some(digest) = sim.post().digests.pop() {
            break digest;
        }
    };
    assert_eq!(next.count, 1);
    assert!(next.at >= sent_at + DAYS && next.at <= sent_at + DAYS + HOUR);
}

#[test]
fn nobody_is_told_of_requests_for_an_address_without_an_account() {
    let mut sim = Sim::new();
    for n in 0..120 {
        sim.ask("nobody@example.com", n);
    }
    for _ in 0..60 {
        sim.advance(HOUR);
        sim.sweep();
        let post = sim.post();
        assert!(post.digests.is_empty() && post.mails.is_empty());
    }
    // The operator sees them: those without an event of their own as one sum.
    let sums: Vec<u32> = sim
        .events()
        .into_iter()
        .filter_map(|event| match (event.kind, event.subject) {
            (EventKind::SignInCodesSuppressed { count, .. }, Subject::Address { .. }) => Some(count),
            _ => None,
        })
        .collect();
    assert_eq!(sums, [17], "three mails' worth and a hundred have events of their own");
}

#[test]
fn a_locked_account_gets_no_digest() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    for n in 0..5 {
        sim.ask(ALICE, n);
    }
    sim.write(move |tx, cx| flow::account::change(tx, cx, alice, flow::account::Change::Lock)).unwrap();
    sim.advance(2 * HOUR);
    sim.sweep();
    assert!(sim.post().digests.is_empty());
}

#[test]
fn many_flooded_mailboxes_do_not_keep_another_from_its_digest() {
    let mut sim = Sim::with(Policy {
        mails: model::budget::MailAllowance { per_day: 0, per_week: 0 },
        ..Policy::default()
    });
    // More than one round takes; all of them had a digest, and something new is held back for each.
    for n in 0..210 {
        sim.account(&format!("person{n}@example.com"));
    }
    let flood = |sim: &mut Sim| {
        for n in 0..210 {
            sim.ask(&format!("person{n}@example.com"), 1);
        }
        sim.advance(2 * HOUR);
    };
    flood(&mut sim);
    sim.sweep();
    sim.sweep();
    assert_eq!(sim.post().digests.len(), 210);
    flood(&mut sim);
    sim.account(ALICE);
    sim.ask(ALICE, 1);
    sim.advance(2 * HOUR);
    sim.sweep();
    let told = sim.post().digests;
    assert_eq!(told.iter().map(|digest| digest.to.as_str()).collect::<Vec<_>>(), [ALICE]);
}

#[test]
fn nothing_is_forgotten_before_its_time_and_everything_after() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.ask("nobody@example.com", 2);
    sim.advance(11 * MINUTE);
    sim.sweep();
    let forget = |sim: &mut Sim| while sim.write(|tx, cx| sweep::forget(tx, cx)) {};
    let events = sim.events().len();
    sim.now = start() + 400 * DAYS;
    forget(&mut sim);
    assert_eq!(sim.events().len(), events, "the last moment of 400 days");
    sim.now = start() + 400 * DAYS + 11 * MINUTE;
    let kept = sim.ask("somebody@example.com", 3);
    forget(&mut sim);
    // Left are the newest, and what happened within 400 days.
    let left = sim.events();
    assert!(left.iter().all(|event| event.at >= start() + 11 * MINUTE), "{left:?}");
    assert!(left.iter().any(|event| event.request == Some(kept)));
    sim.now = sim.now + SECOND;
    forget(&mut sim);
    assert!(sim.lines(alice).is_empty());
}

#[test]
fn a_known_browser_is_forgotten_when_it_was_not_used_for_as_long() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    let known = |sim: &mut Sim| {
        let request = sim.ask(ALICE, 1);
        let kept = sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
        kept.code.known
    };
    let forget = |sim: &mut Sim| while sim.write(|tx, cx| sweep::forget(tx, cx)) {};
    sim.advance(399 * DAYS);
    forget(&mut sim);
    assert!(known(&mut sim));
    sim.advance(2 * DAYS);
    forget(&mut sim);
    assert!(!known(&mut sim));
}

#[test]
fn the_link_in_a_mail_works_for_thirty_days() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    sim.advance(11 * MINUTE);
    sim.sweep();
    let works = |sim: &mut Sim| {
        sim.write(|tx, cx| sweep::forget(tx, cx));
        let cx = sim.cx();
        flow::not_me::find(&sim.store, &cx, request, &mail.not_me).unwrap().is_some()
    };
    sim.now = start() + 30 * DAYS - SECOND;
    assert!(works(&mut sim));
    sim.advance(SECOND);
    assert!(!works(&mut sim));
}

#[test]
fn findings_are_recorded_with_the_position_they_were_made_at() {
    use model::finding::{Finding, Severity};
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    assert_eq!(flow::detection::position(&sim.store).unwrap(), flow::detection::Position::START);
    let (unseen, last) =
        flow::detection::unseen(&sim.store, flow::detection::Position::START, 100, &|_| true).unwrap();
    assert_eq!(last, unseen.last().unwrap().position);
    let (asked, up_to) =
        flow::detection::unseen(&sim.store, flow::detection::Position::START, 100, &|kind| {
            kind == "sign_in_code_requested"
        })
        .unwrap();
    assert!(!asked.is_empty() && asked.len() < unseen.len());
    assert_eq!(up_to, last, "what nobody wants is passed over, not stopped at");
    let mut finding = Finding::new("test", Severity::Info, "key".to_owned());
    finding.count = 1;
    finding.evidence = vec![unseen[0].event.id];
    let raised = finding.clone();
    sim.write(move |tx, cx| {
        flow::detection::conclude(tx, cx, (&[(Subject::Site, raised.clone())], last), None)
    });
    assert_eq!(flow::detection::position(&sim.store).unwrap(), last);
    let (next, _) = flow::detection::unseen(&sim.store, last, 100, &|_| true).unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].event.kind, EventKind::FindingRaised { finding });
}

#[test]
fn detectors_that_begin_anew_look_back_as_far_as_they_remember_and_no_further() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.advance(2 * HOUR);
    sim.sign_in(ALICE, 1);
    let (all, last) =
        flow::detection::unseen(&sim.store, flow::detection::Position::START, 1000, &|_| true).unwrap();
    sim.write(move |tx, cx| flow::detection::conclude(tx, cx, (&[], last), None));
    sim.advance(MINUTE);
    sim.sign_in(ALICE, 1);
    let (from, seen) = flow::detection::recall(&sim.store, sim.now, HOUR).unwrap();
    assert_eq!(seen, last, "what came after is not seen yet");
    let (again, _) = flow::detection::unseen(&sim.store, from, 1000, &|_| true).unwrap();
    let recent = all.iter().filter(|placed| placed.event.at > sim.now - HOUR).count();
    let known = again.iter().filter(|placed| placed.position <= seen).count();
    assert!(recent > 0 && known == recent && recent < all.len());
    let (from, seen) = flow::detection::recall(&sim.store, sim.now + 10 * DAYS, HOUR).unwrap();
    assert_eq!(from, seen, "nothing that is not seen yet is taken for known");
}

#[test]
fn a_node_that_lost_its_turn_writes_nothing() {
    use flow::lease::{self, Job, LENGTH};
    let mut sim = Sim::new();
    let (one, other) = ([1; 16], [2; 16]);
    let hold = move |sim: &mut Sim, node| sim.write(move |tx, cx| lease::hold(tx, cx, Job::Detect, &node));
    assert!(hold(&mut sim, one));
    assert!(!hold(&mut sim, other), "one at a time");
    sim.advance(LENGTH - SECOND);
    assert!(hold(&mut sim, one), "renewed");
    sim.advance(LENGTH - SECOND);
    assert!(!hold(&mut sim, other));
    sim.advance(SECOND);
    assert!(hold(&mut sim, other), "taken over once it has run out");
    let seen = flow::detection::Position::START;
    let conclude = move |sim: &mut Sim, node: flow::lease::Node| {
        sim.write(move |tx, cx| flow::detection::conclude(tx, cx, (&[], seen), Some(&node)))
    };
    assert!(!conclude(&mut sim, one));
    assert!(conclude(&mut sim, other));
    assert!(!sim.write(move |tx, _| lease::release(tx, Job::Detect, &one)), "not its own");
    assert!(sim.write(move |tx, _| lease::release(tx, Job::Detect, &other)));
    assert!(hold(&mut sim, one), "given back, nobody waits");
}
