//! One code, one life: sent again unchanged, dead on time, refused with the right reason afterwards.

use flow::sign_in::ask::Door;
use model::event::{EventKind, NotSent, WrongBecause};
use model::policy::{KeepAddresses, Policy};
use model::refusal::Refusal;
use model::sign_in_code::CodeState;
use std::time::Duration;

use crate::sim::{HOUR, MINUTE, SECOND, Sim, source, start, wrong};

const ALICE: &str = "alice@example.com";

#[test]
fn a_code_that_is_mailed_and_typed_signs_in() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    assert_eq!(started.session.account, alice);
    assert_eq!(
        sim.kinds(),
        ["sign_in_code_requested", "message_handed_over", "sign_in_code_redeemed", "session_started"]
    );
}

#[test]
fn the_page_and_the_mail_show_the_same_reference() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    assert_eq!(sim.status(request, 1).reference, mail.reference);
    assert_eq!(mail.expires_at, start() + 10 * MINUTE);
}

#[test]
fn asking_again_sends_the_same_code_and_changes_nothing_else() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let first = sim.mail();
    sim.refusal(request, &wrong(&first.code, 0), 1);
    let before = sim.status(request, 1);
    sim.advance(30 * SECOND);
    assert_eq!(sim.ask(ALICE, 1), request);
    let second = sim.mail();
    assert_eq!(
        (&second.code, &second.reference, second.not_me),
        (&first.code, &first.reference, first.not_me)
    );
    assert_eq!(second.expires_at, first.expires_at);
    let after = sim.status(request, 1);
    assert_eq!((after.expires_at, after.guesses_left), (before.expires_at, before.guesses_left));
    assert_eq!(after.guesses_left, 2);
    assert_eq!(after.again_at, sim.now + 30 * SECOND);
    assert!(sim.submit(request, &second.code, 1).is_ok());
}

#[test]
fn asking_again_within_half_a_minute_sends_nothing() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    sim.mail();
    sim.advance(30 * SECOND - Duration::from_micros(1));
    assert_eq!(sim.ask(ALICE, 1), request);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [_, _, EventKind::SignInCodeAskedAgain { not_sent: Some(NotSent::JustSent) }]
    ));
}

#[test]
fn a_code_sent_again_spends_the_mail_budget() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mut sent = sim.post().mails.len();
    for _ in 0..8 {
        sim.advance(31 * SECOND);
        assert_eq!(sim.ask(ALICE, 1), request);
        sent += sim.post().mails.len();
    }
    assert_eq!(sent, 3);
    assert!(
        sim.steps(request).contains(&EventKind::SignInCodeAskedAgain { not_sent: Some(NotSent::MailBudget) })
    );
}

#[test]
fn two_tabs_of_one_browser_share_one_request_and_two_browsers_do_not() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let tab = sim.ask(ALICE, 1);
    assert_eq!(sim.ask(ALICE, 1), tab);
    let other = sim.ask(ALICE, 2);
    assert_ne!(other, tab);
    let mails = sim.post().mails;
    assert_eq!(mails.len(), 2);
    assert_ne!(mails[0].code, mails[1].code);
}

#[test]
fn row_51_a_code_is_alive_until_the_last_microsecond_and_dead_at_its_end() {
    for (early, alive) in [(Duration::from_micros(1), true), (Duration::ZERO, false)] {
        let mut sim = Sim::new();
        sim.account(ALICE);
        let request = sim.ask(ALICE, 1);
        let mail = sim.mail();
        sim.advance(10 * MINUTE - early);
        let state = sim.status(request, 1).state;
        assert_eq!(state, if alive { CodeState::Live } else { CodeState::Expired });
        match sim.submit(request, &mail.code, 1) {
            Ok(_) => assert!(alive),
            Err(refusal) => {
                assert!(!alive);
                assert_eq!(refusal, Refusal::CodeExpired { at: mail.expires_at });
            }
        }
    }
}

#[test]
fn row_51_sending_again_extends_nothing() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let first = sim.mail();
    for _ in 0..2 {
        sim.advance(4 * MINUTE);
        assert_eq!(sim.ask(ALICE, 1), request);
        assert_eq!(sim.mail().expires_at, first.expires_at);
    }
    sim.advance(2 * MINUTE);
    assert_eq!(sim.refusal(request, &first.code, 1), Refusal::CodeExpired { at: first.expires_at });
    assert_ne!(sim.ask(ALICE, 1), request, "after its end there is a new request");
}

#[test]
fn row_51_a_code_expires_at_its_time_even_if_no_sweep_ever_ran() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    sim.advance(400 * 24 * HOUR);
    assert_eq!(sim.refusal(request, &mail.code, 1), Refusal::CodeExpired { at: mail.expires_at });
}

#[test]
fn a_late_submission_is_refused_with_the_reason_and_at_most_five_are_recorded() {
    type End = fn(&mut Sim, model::id::RequestId, &crate::sim::Mail);
    let used: End = |sim, request, mail| assert!(sim.submit(request, &mail.code, 1).is_ok());
    let used_up: End = |sim, request, mail| {
        for guess in 0..3 {
            sim.refusal(request, &wrong(&mail.code, guess), 1);
        }
    };
    let denied: End = |sim, request, mail| {
        let by = flow::not_me::By::Recipient(mail.not_me);
        sim.write(move |tx, cx| flow::not_me::commit(tx, cx, request, by, source(9))).unwrap();
    };
    let expired: End = |sim, _, _| {
        sim.advance(10 * MINUTE);
        sim.sweep();
    };
    let ends = [
        (used, Refusal::CodeSpent, WrongBecause::Spent),
        (used_up, Refusal::CodeUsedUp, WrongBecause::UsedUp),
        (denied, Refusal::CodeDenied, WrongBecause::Denied),
        (expired, Refusal::CodeExpired { at: start() + 10 * MINUTE }, WrongBecause::Expired),
    ];
    for (end, refusal, because) in ends {
        let mut sim = Sim::new();
        sim.account(ALICE);
        let request = sim.ask(ALICE, 1);
        let mail = sim.mail();
        end(&mut sim, request, &mail);
        for _ in 0..9 {
            assert_eq!(sim.refusal(request, &mail.code, 1), refusal);
        }
        let late = sim.steps(request).into_iter().filter(
            |kind| matches!(kind, EventKind::SignInCodeRefused { because: why, .. } if *why == because),
        );
        assert_eq!(late.count(), 5, "{because:?}");
    }
}

#[test]
fn a_code_for_no_request_is_refused_and_nothing_is_written() {
    let mut sim = Sim::new();
    let nowhere = model::id::RequestId::from_bytes([9; 16]);
    assert_eq!(sim.refusal(nowhere, "BCDFGHJK", 1), Refusal::RequestUnknown);
    assert!(sim.events().is_empty());
}

#[test]
fn guesses_left_are_counted_down_and_said() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let code = sim.mail().code;
    for left in [2, 1] {
        assert_eq!(sim.refusal(request, &wrong(&code, usize::from(left)), 1), Refusal::CodeWrong { left });
        assert_eq!(sim.status(request, 1).guesses_left, left);
    }
    assert!(sim.submit(request, &code, 1).is_ok(), "the last guess may be the right one");
}

#[test]
fn policy_decides_what_is_kept_of_a_source() {
    for (keep, expected) in [
        (KeepAddresses::Full, Some("203.0.113.77")),
        (KeepAddresses::Network, Some("203.0.113.0")),
        (KeepAddresses::None, None),
    ] {
        let mut sim = Sim::with(Policy { keep_addresses: keep, ..Policy::default() });
        sim.account(ALICE);
        let from = model::source::Source { address: Some([203, 0, 113, 77].into()), ..source(1) };
        let request = sim.ask_from(ALICE, 1, from, Door::SignIn);
        let kept = sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
        let address = |source: model::source::Source| source.address.map(|address| address.to_string());
        assert_eq!(address(kept.source).as_deref(), expected);
        assert_eq!(address(sim.events()[0].source.unwrap()).as_deref(), expected);
    }
}
