//! Notices: who is told what, once.

use std::time::Duration;

use flow::account::{self, Change};
use flow::session;
use model::notice::What;
use proptest::prelude::*;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, source, unlimited};

const ALICE: &str = "alice@example.com";

#[test]
fn a_new_browser_is_told_and_a_known_one_is_not() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    let told = sim.post().notices;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].to.as_str(), &told[0].notice.what), (ALICE, &What::NewBrowser));
    assert_eq!(told[0].notice.source, Some(source(1)));
    assert_eq!(told[0].called.as_deref(), Some(ALICE));
    sim.advance(2 * HOUR);
    sim.sign_in(ALICE, 1);
    assert!(sim.post().notices.is_empty());
}

#[test]
fn a_burst_of_new_browsers_becomes_two_notices_and_none_is_lost() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    for browser in 1..=5 {
        // The notices that are due leave beside the codes.
        let request = sim.ask(ALICE, browser);
        let post = sim.post();
        assert_eq!(post.notices.len(), usize::from(browser == 2), "only the first is told at once");
        sim.submit(request, &post.mails[0].code, browser).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        sim.advance(MINUTE);
    }
    sim.sweep();
    assert!(sim.post().notices.is_empty(), "the hour is not over");
    sim.advance(HOUR);
    sim.sweep();
    let told = sim.post().notices;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].notice.what, told[0].notice.more), (&What::NewBrowser, 3));
    assert_eq!(told[0].notice.source, Some(source(5)), "it tells the newest");
    sim.advance(HOUR);
    sim.sweep();
    assert!(sim.post().notices.is_empty());
}

#[test]
fn ending_sessions_and_what_an_operator_does_is_told() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    let second = sim.sign_in(ALICE, 2);
    sim.post();
    let visitor = sim.visitor(&second);
    sim.write(move |tx, cx| session::end_others(tx, cx, &visitor, source(2)));
    let whats = |sim: &mut Sim| -> Vec<What> {
        sim.post().notices.into_iter().map(|told| told.notice.what).collect()
    };
    assert_eq!(whats(&mut sim), [What::SessionsEnded { count: 1 }]);
    for (change, what) in [
        (Change::Lock, What::AccountLocked),
        (Change::Unlock, What::AccountUnlocked),
        (Change::Close, What::AccountClosed),
    ] {
        sim.write(move |tx, cx| account::change(tx, cx, alice, change)).unwrap();
        assert_eq!(whats(&mut sim), [what]);
    }
}

/// The bound, through the whole of it: whatever happens, a mailbox gets at most 24 notices of a kind in a day, and every
/// new browser is told in the end.
#[test]
fn for_any_times_of_new_browsers_there_are_at_most_24_notices_a_day_and_each_browser_is_told() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(12));
    let gaps = prop::collection::vec(1_u64..90, 1..40);
    runner
        .run(&gaps, |gaps| {
            let mut sim = Sim::with(unlimited());
            sim.account(ALICE);
            let (mut times, mut told) = (Vec::new(), 0);
            let mut post = |sim: &mut Sim| {
                let post = sim.post();
                for one in post.notices {
                    times.push(sim.now);
                    told += 1 + one.notice.more;
                }
                post.mails
            };
            for (browser, gap) in (1..).zip(&gaps) {
                let request = sim.ask(ALICE, browser);
                let mails = post(&mut sim);
                prop_assert!(sim.submit(request, &mails[0].code, browser).is_ok());
                sim.advance(Duration::from_secs(gap * 60));
                sim.sweep();
            }
            sim.advance(HOUR + SECOND);
            sim.sweep();
            post(&mut sim);
            prop_assert_eq!(usize::try_from(told).unwrap(), gaps.len());
            for first in &times {
                let day = times.iter().filter(|at| *at >= first && **at < *first + DAYS);
                prop_assert!(day.count() <= 24);
            }
            Ok(())
        })
        .unwrap();
}
