//! Guessing passwords and app codes: however it is spread, it is bounded, and turns against nobody but whoever guesses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flow::attempts;
use flow::password::attempt::{self, Whom};
use model::method::Method;
use model::refusal::Refusal;
use store::stats::{Effort, Rows};

use crate::passwords::{
    ALICE, GOOD, NOBODY, WRONG, add_app, at_home, blocked, code, halfway, imported, prepare, refusal,
    refused, second, set, sign_in, started,
};
use crate::sim::{DAYS, HOUR, MINUTE, Sim};

/// How many rows there are of attempts.
fn counted(sim: &Sim) -> Rows {
    let figures = store::stats::figures(&sim.store, Effort::Count).unwrap();
    figures.tables.into_iter().find(|table| table.name == "attempts").unwrap().rows
}

/// Row 12: the same rows are written, whether or not there is an account or a password.
#[test]
fn row_12_the_same_rows_whether_or_not_there_is_an_account() {
    let effort = |address: &str, password: bool| -> Vec<(Rows, usize)> {
        let mut sim = Sim::new();
        let alice = sim.account(ALICE);
        if password {
            imported(&mut sim, alice, GOOD);
        }
        (0..8)
            .map(|_| {
                let before = sim.events().len();
                assert_eq!(refusal(sign_in(&mut sim, address, WRONG, 66)), Refusal::PasswordWrong);
                (counted(&sim), sim.events().len() - before)
            })
            .collect()
    };
    let (known, without, unknown) = (effort(ALICE, true), effort(ALICE, false), effort(NOBODY, false));
    assert_eq!(known, unknown);
    assert_eq!(known, without);
    // Five are compared and recorded; the others are blocked, and cost as much.
    let events: Vec<usize> = known.iter().map(|(_, events)| *events).collect();
    assert_eq!(events, [1, 1, 1, 1, 2, 0, 0, 0]);
}

/// Row 3: a flood of strangers does not lock the owner out of a browser that has signed in before.
#[test]
fn row_3_strangers_cannot_lock_the_owner_out() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    imported(&mut sim, alice.account.id, GOOD);
    for n in 0..25 {
        assert_eq!(refusal(sign_in(&mut sim, ALICE, WRONG, 1000 + n)), Refusal::PasswordWrong);
    }
    let told = (refused(&sim).len(), blocked(&sim).len());
    assert_eq!(told, (5, 1), "a flood leaves six lines on the record");
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 77)), Refusal::PasswordWrong, "not even the right one");
    started(sign_in(&mut sim, ALICE, GOOD, 1));
    // The success of the owner opens nothing to the strangers.
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 77)), Refusal::PasswordWrong);
    sim.advance(MINUTE);
    started(sign_in(&mut sim, ALICE, GOOD, 77));
}

/// Rows 5 and 8: whoever never stops gets as many guesses as the waits let through, and the owner's successes do not
/// give more.
#[test]
fn row_8_the_owner_signs_in_every_day_and_guessers_gain_nothing_by_it() {
    let guesses = |owner: bool, days: u64| {
        let mut sim = Sim::new();
        let alice = at_home(&mut sim, ALICE, 1);
        imported(&mut sim, alice.account.id, GOOD);
        let mut compared = 0;
        for day in 0..days {
            for time in 0..4 {
                let before = refused(&sim).len();
                let _ = refusal(sign_in(&mut sim, ALICE, WRONG, 1000 + day * 4 + time));
                compared += refused(&sim).len() - before;
                sim.advance(6 * HOUR);
            }
            if owner {
                started(sign_in(&mut sim, ALICE, GOOD, 1));
            }
        }
        compared
    };
    let (alone, beside) = (guesses(false, 12), guesses(true, 12));
    assert_eq!(alone, beside);
    assert!(alone < 30, "{alone}");
}

#[test]
fn strangers_who_went_on_for_weeks_are_shut_out_until_the_owner_comes() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    imported(&mut sim, alice.account.id, GOOD);
    let mut compared = 0;
    for n in 0..60 {
        let before = refused(&sim).len();
        let _ = refusal(sign_in(&mut sim, ALICE, WRONG, 1000 + n));
        compared += refused(&sim).len() - before;
        sim.advance(DAYS);
    }
    assert_eq!(compared, 45);
    let before = refused(&sim).len();
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 5)), Refusal::PasswordWrong);
    started(sign_in(&mut sim, ALICE, GOOD, 1));
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 5)), Refusal::PasswordWrong);
    sim.advance(DAYS);
    started(sign_in(&mut sim, ALICE, GOOD, 5));
    assert_eq!(refused(&sim).len(), before);
}

/// Row 7: however many try at the same moment, only as many are compared as there are attempts.
#[test]
fn row_7_a_thousand_at_once_are_compared_five_times() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    imported(&mut sim, alice.account.id, GOOD);
    let whom = Whom::Address(sim.address(ALICE));
    let prepared = prepare(&mut sim, whom, WRONG, (66, None));
    let granted = Arc::new(AtomicUsize::new(0));
    let policy = Arc::new(sim.policy.clone());
    let threads: Vec<_> = (0..16_u64)
        .map(|thread| {
            let (store, prepared, granted) = (sim.store.clone(), Arc::clone(&prepared), Arc::clone(&granted));
            let (now, policy) = (sim.now, Arc::clone(&policy));
            std::thread::spawn(move || {
                for n in 0..63 {
                    let entropy = model::entropy::Entropy::seeded(thread * 1000 + n);
                    let cx = model::cx::Cx::new(now, entropy, Arc::clone(&policy));
                    let ahead = Arc::clone(&prepared);
                    let turn = store.write_now(move |tx| attempt::reserve(tx, &cx, &ahead)).unwrap();
                    granted.fetch_add(usize::from(turn.is_granted()), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(granted.load(Ordering::Relaxed), 5);
}

#[test]
fn an_attempt_that_got_no_turn_on_the_pool_is_given_back() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    imported(&mut sim, alice.account.id, GOOD);
    for _ in 0..20 {
        let whom = Whom::Address(sim.address(ALICE));
        let prepared = prepare(&mut sim, whom, GOOD, (66, None));
        let turn = sim.write(move |tx, cx| attempt::reserve(tx, cx, &prepared));
        assert!(turn.is_granted());
        sim.write(move |tx, _| attempts::give_back(tx, &turn));
    }
    started(sign_in(&mut sim, ALICE, GOOD, 66));
}

#[test]
fn app_codes_are_bounded_tighter_and_apart_from_passwords() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    let (_, app) = add_app(&mut sim, &alice, 1).unwrap();
    sim.advance(MINUTE);
    let half = halfway(sign_in(&mut sim, ALICE, GOOD, 2));
    let right = code(&app, sim.now);
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    for _ in 0..3 {
        assert_eq!(refusal(second(&mut sim, &half, &wrong, 2)), Refusal::AppCodeWrong);
    }
    let until = sim.now + MINUTE;
    assert_eq!(refusal(second(&mut sim, &half, &right, 2)), Refusal::AttemptsBlocked { until });
    assert_eq!(blocked(&sim), [(Method::Totp, false, until)]);
    // Another browser of a stranger is the same stranger; one that the account knows is not.
    let other = halfway(sign_in(&mut sim, ALICE, GOOD, 3));
    assert_eq!(refusal(second(&mut sim, &other, &right, 3)), Refusal::AttemptsBlocked { until });
    let known = halfway(sign_in(&mut sim, ALICE, GOOD, 1));
    second(&mut sim, &known, &right, 1).unwrap();
    sim.advance(MINUTE);
    let right = code(&app, sim.now);
    second(&mut sim, &half, &right, 2).unwrap();
}

#[test]
fn what_strangers_left_about_nobody_is_forgotten_and_what_is_an_account_s_stays() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    imported(&mut sim, alice.account.id, GOOD);
    for address in [ALICE, NOBODY] {
        for _ in 0..5 {
            let _ = refusal(sign_in(&mut sim, address, WRONG, 66));
        }
    }
    sim.advance(3 * DAYS);
    let mut more = true;
    while more {
        more = sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    }
    assert_eq!(counted(&sim), Rows::Exactly(1));
}
