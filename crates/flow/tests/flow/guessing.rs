//! threats.md §5.2 rows 5, 6, 7, 9, 10: guessing, however it is spread, and codes in the wrong place.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use flow::sign_in::submit::{self, Submission};
use model::budget::{Chance, MailAllowance};
use model::cx::Cx;
use model::entropy::Entropy;
use model::event::{EventKind, WrongBecause};
use model::policy::{Policy, Registration};
use model::refusal::Refusal;
use model::sign_in_code::{CodeState, CodeText};
use model::time::{DAY, Time};
use proptest::prelude::*;

use crate::sim::{DAYS, Folder, HOUR, MINUTE, SECOND, Sim, half, of_one_length, source, unlimited, wrong};

const LETTERS: [&str; 20] =
    ["B", "C", "D", "F", "G", "H", "J", "K", "L", "M", "N", "P", "Q", "R", "S", "T", "V", "W", "X", "Z"];

#[test]
fn row_5_three_distinct_guesses_at_one_of_twenty_codes_succeed_as_often_as_they_must() {
    const RUNS: u32 = 1500;
    let mut sim = Sim::with(of_one_length(Policy { code_length: 1, ..unlimited() }));
    let mut guesser = Entropy::seeded(5);
    let mut successes = 0_u32;
    for run in 0..RUNS {
        let browser = 1000 + u64::from(run);
        // Certainty many times over does not fit into one ledger.
        let text = format!("person{}@example.com", run / 20);
        if run % 20 == 0 {
            sim.account(&text);
        }
        let request = sim.ask(&text, browser);
        assert_eq!(sim.post().mails.len(), 1);
        let mut letters = LETTERS.to_vec();
        for _ in 0..3 {
            let [byte] = guesser.bytes::<1>().unwrap();
            let guess = letters.remove(usize::from(byte) % letters.len());
            if sim.submit(request, guess, browser).is_ok() {
                successes += 1;
                break;
            }
        }
        sim.advance(HOUR);
    }
    let (rate, bound) = (f64::from(successes) / f64::from(RUNS), 3.0 / 20.0);
    // 99 % of samples lie within 2.576 standard deviations.
    let margin = 2.576 * (bound * (1.0 - bound) / f64::from(RUNS)).sqrt();
    assert!((rate - bound).abs() <= margin, "{rate} against {bound} ± {margin}");
}

#[test]
fn row_5_no_account_is_taken_more_often_than_epsilon_allows() {
    const ACCOUNTS: u32 = 150;
    // 0.6 a year, which four codes of three guesses at 1/20 fill.
    let (epsilon, epsilon_all) = (Chance::of_guesses(12, 1), Chance::one_in(1));
    let mails = MailAllowance { per_day: 255, per_week: 255 };
    let mut sim =
        Sim::with(of_one_length(Policy { code_length: 1, epsilon, epsilon_all, mails, ..Policy::default() }));
    let mut guesser = Entropy::seeded(55);
    let mut taken = 0_u32;
    for n in 0..ACCOUNTS {
        let text = format!("person{n}@example.com");
        sim.account(&text);
        let mut compared = 0;
        let fell = (0..20).any(|round| {
            let browser = 1000 + round;
            sim.advance(SECOND);
            let request = sim.ask(&text, browser);
            let mailed = !sim.post().mails.is_empty();
            let mut letters = LETTERS.to_vec();
            (0..3).any(|_| {
                let [byte] = guesser.bytes::<1>().unwrap();
                let guess = letters.remove(usize::from(byte) % letters.len());
                compared += usize::from(mailed);
                sim.submit(request, guess, browser).is_ok()
            })
        });
        assert!(compared <= 12, "{compared}");
        taken += u32::from(fell);
    }
    let rate = f64::from(taken) / f64::from(ACCOUNTS);
    assert!(rate <= 0.6, "{rate}");
    assert!(rate > 0.3, "{rate}: the guesser of this test does not guess");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// With an allowance so small that it binds, whatever is asked and typed over years.
    #[test]
    fn row_5_no_365_days_hold_more_reserved_guesses_than_epsilon(
        steps in prop::collection::vec((1_i64..40 * DAY, 0_u8..=3, any::<bool>()), 20..80),
    ) {
        let allowance = 10;
        let epsilon = Chance::of_guesses(allowance, 8);
        let mut sim = Sim::with(of_one_length(Policy { epsilon, ..Policy::default() }));
        sim.account("alice@example.com");
        sim.account("alice+second@example.com");
        let mut spent: Vec<(Time, usize)> = Vec::new();
        for (n, (gap, guesses, second)) in steps.into_iter().enumerate() {
            sim.advance(Duration::from_micros(gap.unsigned_abs()));
            sim.sweep();
            let browser = 1000 + u64::try_from(n).unwrap();
            let text = if second { "alice+second@example.com" } else { "alice@example.com" };
            let asked_at = sim.now;
            let request = sim.ask(text, browser);
            if let Some(mail) = sim.post().mails.first().cloned() {
                for guess in 0..guesses {
                    prop_assert!(sim.submit(request, &wrong(&mail.code, usize::from(guess)), browser).is_err());
                }
                spent.push((asked_at, usize::from(guesses)));
            }
            let inside = |end: Time| -> usize {
                spent
                    .iter()
                    .filter(|(at, _)| *at <= end && at.micros() > end.micros() - 365 * DAY)
                    .map(|(_, guesses)| guesses)
                    .sum()
            };
            prop_assert!(inside(sim.now) <= usize::from(allowance));
        }
    }
}

#[test]
fn row_5_what_was_reserved_in_the_last_minute_of_a_day_counts_for_365_days() {
    let mut sim = Sim::with(of_one_length(Policy { epsilon: Chance::of_guesses(3, 8), ..Policy::default() }));
    sim.account("alice@example.com");
    // One minute before midnight.
    sim.now = Time::from_micros((sim.now.day() + 1) * DAY) - MINUTE;
    let first = sim.now;
    let request = sim.ask("alice@example.com", 1);
    let mail = sim.mail();
    for guess in 0..3 {
        assert!(sim.submit(request, &wrong(&mail.code, guess), 1).is_err());
    }
    let mut browser = 2;
    let next = loop {
        sim.advance(HOUR);
        sim.sweep();
        sim.ask("alice@example.com", browser);
        browser += 1;
        if !sim.post().mails.is_empty() {
            break sim.now;
        }
        if sim.now < first + 363 * DAYS {
            sim.advance(47 * HOUR);
        }
    };
    assert!(next >= first + 365 * DAYS, "{next} after {first}");
    assert!(next <= first + 366 * DAYS + HOUR);
}

#[test]
fn row_6_asking_a_thousand_times_buys_no_guess_beyond_the_mail_budget() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    for n in 0..1000 {
        // Two browsers take turns, so that both "ask again" and "ask anew" happen.
        let browser = 100 + n % 2;
        let request = sim.ask("alice@example.com", browser);
        for guess in LETTERS.iter().cycle().skip(usize::try_from(n).unwrap()).take(4) {
            assert!(sim.submit(request, &guess.repeat(8), browser).is_err());
        }
        sim.advance(Duration::from_millis(500));
    }
    assert_eq!(sim.evaluated(), 3 * 3);
}

#[test]
fn row_6_asking_again_refills_nothing() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", 1);
    let code = sim.mail().code;
    assert_eq!(sim.refusal(request, &wrong(&code, 0), 1), Refusal::CodeWrong { left: 2 });
    sim.advance(31 * SECOND);
    assert_eq!(sim.ask("alice@example.com", 1), request);
    assert_eq!(sim.refusal(request, &wrong(&code, 1), 1), Refusal::CodeWrong { left: 1 });
    sim.advance(31 * SECOND);
    assert_eq!(sim.ask("alice@example.com", 1), request);
    assert_eq!(sim.refusal(request, &wrong(&code, 2), 1), Refusal::CodeUsedUp);
    assert_eq!(sim.refusal(request, &code, 1), Refusal::CodeUsedUp, "also for the right code");
}

/// A thousand submissions from sixteen threads at once; what each came to.
fn thousand(
    sim: &mut Sim,
    request: model::id::RequestId,
    code: impl Fn(usize) -> String,
) -> Vec<Result<(), Refusal>> {
    const THREADS: usize = 16;
    let barrier = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (store, barrier) = (sim.store.clone(), Arc::clone(&barrier));
            let jobs: Vec<(Cx, Cx, Submission)> = (thread..1000)
                .step_by(THREADS)
                .map(|n| {
                    let submission = Submission {
                        request,
                        code: CodeText::from_text(code(n)),
                        browser_half: half(1),
                        current: None,
                        source: source(u64::try_from(n).unwrap()),
                    };
                    (sim.cx(), sim.cx(), submission)
                })
                .collect();
            std::thread::spawn(move || {
                barrier.wait();
                let (sender, answers) = std::sync::mpsc::channel();
                for (before, mut cx, submission) in jobs {
                    let prepared = submit::prepare(&store, &before, &submission).unwrap().unwrap();
                    let sender = sender.clone();
                    store.write(
                        move |tx| submit::commit(tx, &mut cx, &prepared),
                        move |outcome| sender.send(outcome.unwrap().map(|_| ())).unwrap(),
                    );
                }
                drop(sender);
                answers.into_iter().collect::<Vec<_>>()
            })
        })
        .collect();
    threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn row_7_a_thousand_wrong_codes_at_once_are_three_guesses() {
    let folder = Folder::new();
    let mut sim = Sim::on(folder.open(), Policy::default());
    sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", 1);
    let right = sim.mail().code;
    let outcomes = thousand(&mut sim, request, |n| wrong(&right, n));
    assert_eq!(outcomes.len(), 1000);
    let count = |refusal: Refusal| outcomes.iter().filter(|outcome| **outcome == Err(refusal)).count();
    assert_eq!(count(Refusal::CodeWrong { left: 2 }), 1);
    assert_eq!(count(Refusal::CodeWrong { left: 1 }), 1);
    assert_eq!(count(Refusal::CodeUsedUp), 998);
    let because = |wanted: WrongBecause| {
        let steps = sim.steps(request);
        let refused = steps.iter().filter(
            |kind| matches!(kind, EventKind::SignInCodeRefused { because, .. } if *because == wanted),
        );
        refused.count()
    };
    assert_eq!(because(WrongBecause::Mismatch), 3, "exactly three were compared");
    assert_eq!(because(WrongBecause::UsedUp), 5, "of the late ones five are on the record");
}

#[test]
fn row_7_a_thousand_times_the_right_code_at_once_is_one_sign_in() {
    let folder = Folder::new();
    let mut sim = Sim::on(folder.open(), Policy::default());
    let alice = sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", 1);
    let right = sim.mail().code;
    let outcomes = thousand(&mut sim, request, |_| right.clone());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Refusal::CodeSpent)).count(), 999);
    assert_eq!(sim.store.read(|reader| store::sessions::list(reader, alice)).unwrap().len(), 1);
    assert_eq!(sim.evaluated(), 1);
}

#[test]
fn row_7_the_right_code_among_a_thousand_is_used_at_most_once() {
    for seed in 0..3 {
        let folder = Folder::new();
        let mut sim = Sim::on(folder.open(), Policy::default());
        sim.seed = seed * 10_000;
        sim.account("alice@example.com");
        let request = sim.ask("alice@example.com", 1);
        let right = sim.mail().code;
        let outcomes =
            thousand(&mut sim, request, |n| if n % 2 == 0 { right.clone() } else { wrong(&right, n) });
        let successes = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(successes <= 1);
        assert!((1..=3).contains(&sim.evaluated()));
        let state = sim.status(request, 1).state;
        assert_eq!(state == CodeState::Redeemed, successes == 1);
    }
}

#[test]
fn row_9_of_all_codes_browsers_requests_and_tenants_only_the_diagonal_signs_in() {
    let policy = Policy { registration: Registration::Open, code_guesses: 200, ..unlimited() };
    let mut sim = Sim::with(policy);
    for text in ["alice@example.com", "bob@example.com"] {
        sim.account(text);
    }
    // Two accounts and two newcomers, so that both purposes are there, each from two browsers.
    let mut asked = Vec::new();
    for text in ["alice@example.com", "bob@example.com", "new@example.com", "newer@example.com"] {
        for browser in [1, 2] {
            let request = sim.ask(text, browser);
            asked.push((request, browser, sim.mail().code));
        }
    }
    for on_diagonal in [false, true] {
        for (request, own, own_code) in asked.clone() {
            for (_, _, code) in &asked {
                for browser in [1, 2] {
                    for tenant in ["default", "other"] {
                        let diagonal = *code == own_code && browser == own && tenant == "default";
                        if diagonal != on_diagonal {
                            continue;
                        }
                        tenant.clone_into(&mut sim.policy.tenant);
                        let outcome = sim.submit(request, code, browser);
                        tenant_is_back(&mut sim);
                        match outcome {
                            Ok(_) => assert!(diagonal),
                            // The second newcomer of the same address finds it taken: his code was right.
                            Err(Refusal::AddressTaken) => assert!(diagonal && browser == 2),
                            Err(refusal) => assert!(!diagonal, "{refusal:?}"),
                        }
                    }
                }
            }
        }
    }
    // Six sign-ins, and two newcomers whose address was taken by then.
    let redeemed = sim.kinds().iter().filter(|kind| **kind == "sign_in_code_redeemed").count();
    assert_eq!(redeemed, 8);
}

fn tenant_is_back(sim: &mut Sim) {
    "default".clone_into(&mut sim.policy.tenant);
}

#[test]
fn row_9_a_used_code_is_used_for_good() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", 1);
    let code = sim.mail().code;
    assert!(sim.submit(request, &code, 1).is_ok());
    assert_eq!(sim.refusal(request, &code, 1), Refusal::CodeSpent);
    sim.advance(31 * SECOND);
    let next = sim.ask("alice@example.com", 1);
    assert_ne!(next, request, "a new request has a new code");
    let fresh = sim.mail().code;
    assert_ne!(fresh, code);
    assert_eq!(sim.refusal(next, &code, 1), Refusal::CodeWrong { left: 2 });
    assert!(sim.submit(next, &fresh, 1).is_ok());
}

#[test]
fn row_10_a_code_typed_into_another_browser_is_refused_recorded_and_costs_no_guess() {
    let mut sim = Sim::new();
    let alice = sim.account("alice@example.com");
    let attackers = sim.ask("alice@example.com", 66);
    let code = sim.mail().code;
    assert_eq!(sim.refusal(attackers, &code, 1), Refusal::ForeignBrowser);
    assert_eq!(sim.status(attackers, 66).guesses_left, 3);
    assert!(matches!(
        sim.steps(attackers)[2..],
        [EventKind::SignInCodeRefused { because: WrongBecause::ForeignBrowser, guesses_left: 3 }]
    ));
    // It is on the owner's page.
    let lines = sim.lines(alice);
    assert!(matches!(&lines[..], [flow::activity::Entry::Request { steps, .. }] if steps.len() == 3));
    // The one it belongs to can still use it: nobody was locked out.
    assert!(sim.submit(attackers, &code, 66).is_ok());
}

#[test]
fn row_10_the_status_of_a_request_is_its_own_browsers_business() {
    let mut sim = Sim::new();
    sim.account("alice@example.com");
    let request = sim.ask("alice@example.com", 1);
    let cx = sim.cx();
    use flow::sign_in::status::{self, Found};
    let find = |id, browser| status::find(&sim.store, &cx, id, &half(browser)).unwrap();
    assert!(matches!(find(request, 1), Found::Own(_)));
    assert!(matches!(find(request, 2), Found::Foreign));
    assert!(matches!(find(model::id::RequestId::from_bytes([9; 16]), 1), Found::Nothing));
    let cx = sim.cx();
    assert_eq!(status::again(&sim.store, &cx, request, &half(2)).unwrap().map(|(address, _)| address), None);
    assert_eq!(
        status::again(&sim.store, &cx, request, &half(1)).unwrap().map(|(address, _)| address).as_deref(),
        Some("alice@example.com")
    );
}
