//! threats.md §5.1, §5.2 rows 3, 5: codes get longer as a guess budget runs low, so that nobody is given more than was
//! promised and nobody is left without a code; and what is shown of it.

use std::time::Duration;

use flow::{ledger, not_me, overview};
use model::account::Role;
use model::budget::{Chance, MailAllowance};
use model::entropy::Entropy;
use model::event::{EventKind, NotSent};
use model::ledger::{LOOKS_BACK, Line};
use model::notice::What;
use model::policy::Policy;
use model::refusal::Refusal;
use model::time::{DAY, Time};

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, source, unlimited, wrong};

const ALICE: &str = "alice@example.com";
const OWNER: u64 = 1;

/// Mails without end, so that the ledger alone is in the way.
fn mails() -> MailAllowance {
    MailAllowance { per_day: 10_000, per_week: 70_000 }
}

/// Asks from `browser`, types `guesses` wrong codes, and says how long the code was; none where no mail left.
fn attack(sim: &mut Sim, text: &str, browser: u64, guesses: usize) -> Option<usize> {
    let request = sim.ask(text, browser);
    let mail = sim.post().mails.first().cloned()?;
    for guess in 0..guesses {
        assert!(sim.submit(request, &wrong(&mail.code, guess), browser).is_err());
    }
    Some(mail.code.len())
}

#[test]
fn row_5_codes_get_longer_as_the_budget_runs_low_and_epsilon_holds() {
    // The share of one code is an eighth of what is left: 24 guesses of eight letters are the first that fit.
    let epsilon = Chance::of_guesses(60, 8);
    let mut sim = Sim::with(Policy { epsilon, mails: mails(), code_share: 8, ..Policy::default() });
    let alice = sim.account(ALICE);
    let mut lengths = Vec::new();
    for n in 0..200 {
        lengths.push(attack(&mut sim, ALICE, 100 + n, 3).expect("a code, however many were guessed at"));
        sim.advance(SECOND);
        let cx = sim.cx();
        let account = sim.store.read(|reader| store::accounts::find(reader, alice)).unwrap().unwrap();
        let shown = ledger::of_account(&sim.store, &cx, &account).unwrap();
        assert!(shown.of_known(false).units() <= epsilon.units());
    }
    assert!(lengths.is_sorted());
    let count = |length| lengths.iter().filter(|one| **one == length).count();
    // 60, 57, … 24 guesses are left when a code of eight letters goes live.
    assert_eq!((count(8), count(12), count(16)), (13, 187, 0));
}

#[test]
fn row_3_the_owner_signs_in_with_a_longer_code_in_the_middle_of_an_attack() {
    let epsilon = Chance::of_guesses(60, 8);
    let mut sim = Sim::with(Policy { epsilon, mails: mails(), code_share: 8, ..Policy::default() });
    sim.account(ALICE);
    for n in 0..40 {
        attack(&mut sim, ALICE, 100 + n, 3);
        sim.advance(SECOND);
    }
    // A browser that never signed in, at the first try.
    let request = sim.ask(ALICE, OWNER);
    let mail = sim.mail();
    assert_eq!(mail.code.len(), 12);
    assert_eq!(sim.refusal(request, &mail.code[..8], OWNER), Refusal::CodeWrong { left: 2 });
    assert!(sim.submit(request, &mail.code, OWNER).is_ok());
    // The same browser is known by now, and its ledger is as good as untouched.
    sim.advance(HOUR);
    let request = sim.ask(ALICE, OWNER);
    let mail = sim.mail();
    assert_eq!(mail.code.len(), 8);
    assert!(sim.submit(request, &mail.code, OWNER).is_ok());
}

#[test]
fn row_5_three_guesses_at_one_of_twenty_codes_stay_below_epsilon_while_codes_get_longer() {
    const ACCOUNTS: u32 = 150;
    // Four codes of one letter fit, and after them only longer ones.
    let epsilon = Chance::of_guesses(12, 1).plus(Chance::of_guesses(30, 5));
    let (epsilon_all, code_share) = (Chance::one_in(1), 1);
    let policy =
        Policy { code_length: 1, code_share, epsilon, epsilon_all, mails: mails(), ..Policy::default() };
    let mut sim = Sim::with(policy);
    let mut guesser = Entropy::seeded(505);
    let mut taken = 0_u32;
    for n in 0..ACCOUNTS {
        let text = format!("person{n}@example.com");
        sim.account(&text);
        let fell = (0..6).any(|round| {
            let browser = 1000 + round;
            sim.advance(SECOND);
            let request = sim.ask(&text, browser);
            let length = sim.mail().code.len();
            let [first] = guesser.bytes::<1>().unwrap();
            (0..3).any(|n| {
                let letter = wire::base20::ALPHABET[(usize::from(first) + n) % 20];
                sim.submit(request, &letter.to_string().repeat(length), browser).is_ok()
            })
        });
        taken += u32::from(fell);
    }
    let rate = f64::from(taken) / f64::from(ACCOUNTS);
    // 99 % of samples lie no more than 2.326 standard deviations above the truth, which is at most ε.
    let margin = 2.326 * (0.6_f64 * 0.4 / f64::from(ACCOUNTS)).sqrt();
    assert!(rate <= 0.6 + margin, "{rate}");
    assert!(rate > 0.38, "{rate}: the guesser of this test does not guess");
}

#[test]
fn row_5_in_two_years_of_flood_every_365_days_hold_no_more_than_epsilon() {
    const YEAR: i64 = 365 * DAY;
    let epsilon = Chance::of_guesses(250, 8);
    let policy = Policy { epsilon, mails: mails(), code_share: 16, ..Policy::default() };
    let mut sim = Sim::with(policy);
    sim.account(ALICE);
    // At which time which chance was given away, guess by guess.
    let mut given: Vec<(Time, i64)> = Vec::new();
    let mut longest = 0;
    for day in 0..730_u64 {
        for ask in 0..2 {
            let browser = 1000 + day * 10 + ask;
            let request = sim.ask(ALICE, browser);
            let Some(mail) = sim.post().mails.first().cloned() else {
                panic!("day {day}: the owner could not have signed in either");
            };
            let each = Chance::of_guesses(1, u8::try_from(mail.code.len()).unwrap()).units();
            longest = longest.max(mail.code.len());
            sim.advance(9 * MINUTE);
            for guess in 0..3 {
                assert!(sim.submit(request, &wrong(&mail.code, guess), browser).is_err());
                given.push((sim.now, each));
            }
            sim.advance(Duration::from_secs(11 * 60 * 60));
        }
        sim.sweep();
        sim.post();
        sim.advance(MINUTE * 100);
    }
    for (end, _) in &given {
        let inside = given.iter().filter(|(at, _)| at <= end && at.micros() > end.micros() - YEAR);
        let sum: i64 = inside.map(|(_, units)| units).sum();
        assert!(sum <= epsilon.units(), "{sum} in the year before {end}");
    }
    assert_eq!(longest, 12, "the flood of this test is one");
}

#[test]
fn row_12_codes_for_addresses_without_an_account_use_up_nothing_of_all_together() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    for n in 0..20 {
        attack(&mut sim, &format!("nobody{n}@example.com"), n, 0);
    }
    let cx = sim.cx();
    assert_eq!(ledger::of_all(&sim.store, &cx).unwrap().chance(), Chance::NONE);
    attack(&mut sim, ALICE, 100, 1);
    let cx = sim.cx();
    let all = ledger::of_all(&sim.store, &cx).unwrap();
    assert_eq!(all.chance(), Chance::of_guesses(3, 8), "the other two can still be made");
    sim.advance(11 * MINUTE);
    sim.sweep();
    let cx = sim.cx();
    let all = ledger::of_all(&sim.store, &cx).unwrap();
    assert_eq!(
        all.lines,
        [Line { known: false, letters: 8, codes: 1, guesses: 1, chance: Chance::of_guesses(1, 8) }]
    );
}

#[test]
fn row_12_what_was_done_to_another_address_is_not_seen_at_an_unknown_one() {
    // The same requests for an address with and one without an account get codes of the same lengths.
    let policy =
        Policy { epsilon: Chance::of_guesses(60, 8), mails: mails(), code_share: 8, ..Policy::default() };
    let lengths = |known: bool| {
        let mut sim = Sim::with(policy.clone());
        if known {
            sim.account(ALICE);
        }
        let letters = |sim: &mut Sim, browser| {
            let request = sim.ask(ALICE, browser);
            for guess in ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD"] {
                assert!(sim.submit(request, guess, browser).is_err());
            }
            sim.advance(SECOND);
            sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap().letters
        };
        (0..40).map(|n| letters(&mut sim, 100 + n)).collect::<Vec<_>>()
    };
    assert_eq!(lengths(true), lengths(false));
}

#[test]
fn when_all_together_run_low_everybodys_codes_get_longer() {
    // One part of all together holds what 30 guesses at eight letters come to.
    let part = Chance::of_guesses(30, 8).units();
    let epsilon_all = Chance::from_units(part * model::ledger::PARTS);
    let policy = Policy { epsilon_all, mails: mails(), code_share: 8, ..Policy::default() };
    let mut sim = Sim::with(policy);
    sim.account(ALICE);
    let lengths: Vec<_> = (0..10).filter_map(|n| attack(&mut sim, ALICE, 100 + n, 3)).collect();
    assert_eq!(lengths, [8, 8, 8, 12, 12, 12, 12, 12, 12, 12]);
}

#[test]
fn the_account_page_says_what_the_chance_is_made_of() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, OWNER);
    attack(&mut sim, ALICE, 66, 2);
    let request = sim.ask(ALICE, OWNER);
    sim.mail();
    sim.advance(11 * MINUTE);
    sim.sweep();
    let visitor = sim.visitor(&started);
    let cx = sim.cx();
    let shown = overview::find(&sim.store, &cx, &visitor).unwrap().guessed;
    let line = |known, codes, guesses| Line {
        known,
        letters: 8,
        codes,
        guesses,
        chance: Chance::of_guesses(u8::try_from(guesses).unwrap(), 8),
    };
    // The owner's first code came from a browser that was new then; nobody guessed at the last one.
    assert_eq!(shown.lines, [line(false, 2, 3), line(true, 1, 0)]);
    assert_eq!(shown.limit, Policy::default().epsilon);
    assert_eq!(sim.status(request, OWNER).guesses_left, 3);
    let account = sim.store.read(|reader| store::accounts::find(reader, alice)).unwrap().unwrap();
    let cx = sim.cx();
    assert_eq!(ledger::of_account(&sim.store, &cx, &account).unwrap(), shown);
}

#[test]
fn the_ledger_is_kept_for_a_year_and_forgotten_after_it() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    attack(&mut sim, ALICE, 66, 3);
    let rows = |sim: &Sim| {
        let figures = flow::operator::figures(&sim.store).unwrap().tables;
        let table = figures.into_iter().find(|table| table.name == "guess_ledger").unwrap();
        format!("{:?}", table.rows)
    };
    assert_eq!(rows(&sim), "Exactly(3)");
    sim.advance(DAYS * u32::try_from(LOOKS_BACK).unwrap());
    sim.forget();
    assert_eq!(rows(&sim), "Exactly(3)", "a guess of that day may be 365 days old and no more");
    sim.advance(DAYS);
    sim.forget();
    assert_eq!(rows(&sim), "Exactly(1)");
    sim.advance(DAYS * 28);
    sim.forget();
    assert_eq!(rows(&sim), "Exactly(0)");
}

#[test]
fn operators_are_told_of_the_alarm_once_and_again_after_it_has_fallen() {
    let alarm_at = Chance::of_guesses(6, 8);
    let mut sim = Sim::with(Policy { alarm_at, ..unlimited() });
    sim.account_of("operator@example.com", Role::Operator);
    sim.account(ALICE);
    attack(&mut sim, ALICE, 66, 3);
    sim.watch_ledger();
    assert!(sim.post().notices.is_empty());
    for n in 0..3 {
        attack(&mut sim, ALICE, 70 + n, 3);
        sim.advance(11 * MINUTE);
        sim.watch_ledger();
    }
    let told = sim.told.clone();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "operator@example.com");
    assert_eq!(told[0].notice.what, What::GuessAlarm { one_in: alarm_at.odds().unwrap() });
    let alarms = |sim: &Sim| {
        sim.events().iter().filter(|event| matches!(event.kind, EventKind::GuessAlarmRaised { .. })).count()
    };
    assert_eq!(alarms(&sim), 1);
    // A year and a month later nothing of it counts any more, and it begins anew.
    sim.advance(DAYS * 395);
    sim.watch_ledger();
    for n in 0..3 {
        attack(&mut sim, ALICE, 80 + n, 3);
        sim.watch_ledger();
    }
    sim.post();
    assert_eq!((alarms(&sim), sim.told.len()), (2, 2));
}

#[test]
fn the_ledger_refuses_only_where_not_even_the_longest_code_fits() {
    let mut sim = Sim::with(Policy { epsilon: Chance::from_units(1024 * 3 - 1), ..Policy::default() });
    sim.account(ALICE);
    let request = sim.ask(ALICE, OWNER);
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::GuessLedger), .. }]
    ));
    let mut sim = Sim::with(Policy { epsilon: Chance::from_units(1024 * 3), ..Policy::default() });
    sim.account(ALICE);
    assert_eq!(attack(&mut sim, ALICE, OWNER, 0), Some(16));
}

#[test]
fn a_denied_long_code_gives_back_what_nobody_guessed() {
    let mut sim = Sim::with(Policy { epsilon: Chance::of_guesses(1, 8), ..Policy::default() });
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 66);
    let mail = sim.mail();
    assert_eq!(mail.code.len(), 12);
    let _ = sim.submit(request, &wrong(&mail.code, 0), 66);
    let by = not_me::By::Recipient(mail.not_me);
    sim.write(move |tx, cx| not_me::commit(tx, cx, request, by, source(7))).unwrap();
    let cx = sim.cx();
    let account = sim.store.read(|reader| store::accounts::find(reader, alice)).unwrap().unwrap();
    let shown = ledger::of_account(&sim.store, &cx, &account).unwrap();
    let one = Line { known: false, letters: 12, codes: 1, guesses: 1, chance: Chance::of_guesses(1, 12) };
    assert_eq!(shown.lines, [one]);
}
