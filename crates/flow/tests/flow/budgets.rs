//! threats.md §5.2 rows 2, 3, 4, 8: what a flood can do to a mailbox, and what it cannot do to its owner.

use std::time::Duration;

use flow::sign_in::ask::Door;
use model::budget::Chance;
use model::event::{EventKind, NotSent};
use model::policy::Policy;
use model::time::{DAY, HOUR as HOUR_MICROS, Time};
use proptest::prelude::*;

use crate::sim::{
    DAYS, HOUR, MINUTE, Post, SECOND, Sim, half, of_one_length, source, start, unlimited, wrong,
};

const OWNER: u64 = 1;

/// The most that any window of this length holds.
fn most_within(times: &[Time], window: i64) -> usize {
    times
        .iter()
        .map(|end| times.iter().filter(|at| *at <= end && at.micros() > end.micros() - window).count())
        .max()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Ten accounts and their tags share one mailbox; requests come from ten thousand sources.
    #[test]
    fn row_2_no_flood_puts_more_into_a_mailbox_than_its_budget(
        asks in prop::collection::vec((0_u64..10_000, 0_u8..24, 0_u8..10, 0_i64..6 * HOUR_MICROS), 40..140),
    ) {
        let mut sim = Sim::new();
        sim.account("alice@example.com");
        for n in 1..10 {
            sim.account(&format!("alice+{n}@example.com"));
        }
        let signed_in_at = sim.now;
        sim.sign_in("alice@example.com", OWNER);
        let mut all = Post::default();
        for (from, tag, owner, gap) in asks {
            sim.advance(Duration::from_micros(gap.unsigned_abs()));
            let text = if tag == 0 { "Alice@EXAMPLE.com".to_owned() } else { format!("alice+{tag}@example.com") };
            if owner == 0 {
                sim.ask("alice@example.com", OWNER);
            } else {
                sim.ask_from(&text, 100 + from, source(from), Door::SignIn);
            }
            sim.sweep();
            let post = sim.post();
            all.mails.extend(post.mails);
            all.digests.extend(post.digests);
        }
        let times = |known: bool| -> Vec<Time> {
            let first = (!known).then_some(signed_in_at);
            first.into_iter().chain(all.mails.iter().filter(|mail| mail.known == known).map(|mail| mail.at)).collect()
        };
        let (strangers, known) = (times(false), times(true));
        let digests: Vec<Time> = all.digests.iter().map(|digest| digest.at).collect();
        prop_assert!(most_within(&strangers, DAY) <= 3);
        prop_assert!(most_within(&strangers, 7 * DAY) <= 6);
        prop_assert!(most_within(&known, DAY) <= 10);
        prop_assert!(most_within(&digests, DAY) <= 1);
        let everything: Vec<Time> = [strangers, known, digests].concat();
        prop_assert!(most_within(&everything, DAY) <= 14);
    }
}

#[test]
fn row_2_a_flood_within_a_minute_gets_three_mails_and_one_digest() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    let mut post = Post::default();
    for n in 0..300 {
        sim.ask("alice@example.com", 100 + n);
        post.mails.extend(sim.post().mails);
        sim.advance(Duration::from_millis(200));
    }
    assert_eq!(post.mails.len(), 3);
    for _ in 0..24 * 4 {
        sim.advance(15 * MINUTE);
        sim.sweep();
        let later = sim.post();
        assert!(later.mails.is_empty());
        post.digests.extend(later.digests);
    }
    assert_eq!(post.digests.iter().map(|digest| digest.count).collect::<Vec<_>>(), [297]);
    let named = sim.events().iter().filter(|event| event.kind.name() == "sign_in_code_requested").count();
    let summed: u32 = sim
        .events()
        .iter()
        .map(|event| match event.kind {
            EventKind::SignInCodesSuppressed { count, .. } => count,
            _ => 0,
        })
        .sum();
    assert_eq!((named, summed), (103, 197), "three sent, a hundred named, the rest in one sum: none is lost");
}

#[test]
fn row_2_pressing_the_button_for_hours_leaves_a_finite_record() {
    let mut sim = Sim::with(Policy { code_lifetime: 10 * MINUTE, ..unlimited() });
    let alice = sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", OWNER);
    sim.mail();
    for _ in 0..500 {
        assert_eq!(sim.ask("alice@example.com", OWNER), request);
    }
    assert!(sim.steps(request).len() <= 102, "{}", sim.steps(request).len());
    sim.advance(2 * HOUR);
    sim.sweep();
    let summed = sim.lines(alice).iter().any(|line| {
        matches!(line, flow::activity::Entry::Other(event)
            if event.kind == EventKind::SignInCodesSuppressed { count: 400, since: start() })
    });
    assert!(summed, "what has no event of its own is summed up");
    assert!(sim.post().digests.is_empty(), "and is nothing to mail about");
}

#[test]
fn row_3_during_a_flood_the_known_browser_signs_in_at_the_first_try() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    sim.sign_in("alice@example.com", OWNER);
    for day in 0..10_u64 {
        for n in 0..60 {
            sim.ask("alice@example.com", 1000 + day * 100 + n);
            sim.advance(MINUTE);
        }
        sim.post();
        let request = sim.ask("alice@example.com", OWNER);
        let mail = sim.mail();
        assert_eq!(mail.request, request);
        assert!(mail.known);
        assert!(sim.submit(request, &mail.code, OWNER).is_ok());
        sim.advance(23 * HOUR);
        sim.sweep();
        sim.post();
    }
}

#[test]
fn row_3_a_flood_with_wrong_guesses_does_not_fill_the_known_browsers_ledger() {
    let mut sim = Sim::with(of_one_length(Policy { epsilon: Chance::of_guesses(6, 8), ..Policy::default() }));
    let alice = sim.account("alice@example.com");
    sim.sign_in("alice@example.com", OWNER);
    for n in 0..2 {
        let request = sim.ask("alice@example.com", 100 + n);
        if let Some(mail) = sim.post().mails.first() {
            for guess in 0..3 {
                let _ = sim.submit(request, &wrong(&mail.code, guess), 100 + n);
            }
        }
        sim.advance(DAYS);
        sim.sweep();
    }
    let request = sim.ask("alice@example.com", 200);
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::GuessLedger), .. }]
    ));
    assert_eq!(sim.reserved(Some(alice), "alice@example.com", true), 0);
    sim.post();
    sim.sign_in("alice@example.com", OWNER);
}

#[test]
fn row_4_all_spellings_of_a_mailbox_spend_one_budget() {
    let mut sim = Sim::new();
    sim.account("al.ice@gmail.com");
    let spellings = [
        "al.ice@gmail.com",
        "AL.ICE@GMAIL.COM",
        "alice@gmail.com",
        "a.l.i.c.e@googlemail.com",
        "alice+shop@gmail.com",
        "аlice@gmail.com",
    ];
    let mut sent = 0;
    for (n, text) in spellings.iter().cycle().take(18).enumerate() {
        let request = sim.ask(text, 100 + u64::try_from(n).unwrap());
        let kept = sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
        sent += usize::from(kept.code.mailed);
    }
    assert_eq!(sent, 3);
    let request = sim.ask("bob@gmail.com", 1);
    assert!(
        sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap().code.mailed
    );
}

#[test]
fn row_4_only_the_exact_address_is_mailed() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    for text in ["alice+x@example.com", "аlice@example.com"] {
        sim.ask(text, 100);
        assert!(sim.post().mails.is_empty());
    }
    sim.ask("ALICE@example.com", 101);
    assert_eq!(sim.mail().to, "alice@example.com", "as its owner wrote it, not as somebody asked");
}

#[test]
fn row_8_a_year_of_guesses_stays_within_the_allowance_however_often_the_owner_signs_in() {
    let allowance = 60;
    let epsilon = Chance::of_guesses(allowance, 8);
    let mut sim = Sim::with(of_one_length(Policy { epsilon, ..Policy::default() }));
    let alice = sim.account("alice@example.com");
    sim.sign_in("alice@example.com", OWNER);
    let before = sim.evaluated();
    let (mut attacked, mut owner) = (0, 0);
    for day in 0..364 {
        let browser = 1000 + day;
        let request = sim.ask("alice@example.com", browser);
        if let Some(mail) = sim.post().mails.first().cloned() {
            for guess in 0..3 {
                assert!(sim.submit(request, &wrong(&mail.code, guess), browser).is_err());
                attacked += 1;
            }
        }
        sim.advance(HOUR);
        sim.sign_in("alice@example.com", OWNER);
        owner += 1;
        sim.advance(23 * HOUR);
        sim.sweep();
        sim.post();
        assert!(sim.reserved(Some(alice), "alice@example.com", false) <= i64::from(allowance));
    }
    assert_eq!(sim.evaluated() - before, attacked + owner);
    // The first sign-in of the owner's was by a stranger's browser as well: it stands in the same ledger.
    assert_eq!(attacked + 1, usize::from(allowance) - 2, "the allowance binds, in threes");
}

#[test]
fn a_stranger_never_takes_a_slot_of_a_known_browser_nor_the_other_way_round() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    sim.sign_in("alice@example.com", OWNER);
    let mailed = |sim: &mut Sim, browser: u64| {
        sim.advance(SECOND);
        let request = sim.ask("alice@example.com", browser);
        let mails = sim.post().mails;
        let mailed = !mails.is_empty();
        if mailed {
            // Ends the request, so that the next ask is a new one.
            for guess in 0..3 {
                let _ = sim.submit(request, &wrong(&mails[0].code, guess), browser);
            }
        }
        mailed
    };
    assert_eq!((0..20).filter(|_| mailed(&mut sim, OWNER)).count(), 10);
    assert_eq!((0..20).filter(|n| mailed(&mut sim, 100 + n)).count(), 2, "one went to the first sign-in");
    sim.advance(DAYS);
    assert_eq!((0..20).filter(|n| mailed(&mut sim, 200 + n)).count(), 3);
    assert_eq!((0..20).filter(|_| mailed(&mut sim, OWNER)).count(), 10);
}

#[test]
fn a_known_browser_is_known_by_its_cookie_and_to_its_account_alone() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    sim.account("bob@example.com");
    sim.sign_in("alice@example.com", OWNER);
    sim.advance(SECOND);
    let known = |sim: &mut Sim, text: &str, browser: u64| {
        let request = sim.ask(text, browser);
        sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap().code.known
    };
    assert!(known(&mut sim, "alice@example.com", OWNER));
    assert!(!known(&mut sim, "alice@example.com", 2));
    assert!(!known(&mut sim, "bob@example.com", OWNER));
    assert!(!known(&mut sim, "nobody@example.com", OWNER));
    assert_ne!(half(OWNER), half(2));
}
