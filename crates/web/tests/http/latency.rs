//! Row 12, by the clock: how long the answer takes does not tell whether there is an account.
//!
//! 5,000 asks for addresses with an account and 5,000 for addresses without, one at a time and in random
//! order, through the whole router to a store in a file. A two-sample Kolmogorov–Smirnov test compares all
//! that the two sets of latencies could differ in, at α = 0.001. Measured inside the process it sees single
//! microseconds, so a constant difference of up to [`GRANTED`] is taken out first: a destination that was
//! mailed before has rows that are written over, a new one gets rows (6 to 11 µs without optimisation).
//! Anything more, or any other shape, fails; if it does, a second round has the last word, because a machine
//! that does other work at the same time is not always the same.

use std::sync::{Arc, mpsc};
use std::time::Instant;

use flow::deliver;
use flow::sign_in::ask::{self, Ask, Door};
use flow::sign_in::submit::{self, Submission};
use http::Method;
use model::cx::Cx;
use model::entropy::Entropy;
use model::message::{Body, Delivery};
use model::policy::{Policy, Registration};
use model::source::{Source, browser_from_code};

use crate::browser::Browser;
use crate::site::{DAYS, Plan, Site};

/// How many latencies of each kind.
const SAMPLES: usize = 5000;
/// How many rounds there are at most.
const ROUNDS: usize = 2;
/// The constant difference that is granted, in microseconds; `threats.md` grants a millisecond.
const GRANTED: u32 = 25;
/// How many accounts are opened in one go: they share the flushes of the disk.
const CHUNK: usize = 250;

fn known(n: usize) -> String {
    format!("known-{n:05}@example.org")
}

fn unknown(n: usize) -> String {
    format!("other-{n:05}@example.org")
}

/// Opens accounts by registration, without the pages.
fn open_accounts(site: &Site) {
    let policy = Arc::new(Policy { registration: Registration::Open, ..Policy::default() });
    let cx = || Cx::new(site.line.now(), Entropy::system(), Arc::clone(&policy));
    let store = site.app.store();
    let half = |n: usize| [u8::try_from(n % 251).unwrap(); 16];
    let source = Source { address: Some([192, 0, 2, 7].into()), browser: browser_from_code("firefox/linux") };
    for first in (0..SAMPLES).step_by(CHUNK) {
        let (sender, answers) = mpsc::channel();
        for n in first..first + CHUNK {
            let ask = Ask {
                address: site.address(&known(n)),
                browser_half: half(n),
                source,
                door: Door::SignIn,
                word: None,
            };
            let (mut cx, sender) = (cx(), sender.clone());
            let prepared = ask::prepare(store, &mut cx, ask).unwrap();
            store.write(
                move |tx| ask::commit(tx, &mut cx, &prepared),
                move |outcome| sender.send((n, outcome.unwrap())).unwrap(),
            );
        }
        let mut asked = std::collections::HashMap::new();
        asked.extend(answers.iter().take(CHUNK).map(|(n, request)| (request, n)));
        let (sender, answers) = mpsc::channel();
        for leased in site.lease() {
            let Some(Body::SignInCode { request, code, .. }) =
                deliver::compose(store, &cx(), &flow::deliver::Held::default(), &leased)
                    .unwrap()
                    .map(|message| message.body)
            else {
                panic!("no code")
            };
            let n = asked[&request];
            let submission = Submission { request, code, browser_half: half(n), current: None, source };
            let prepared = submit::prepare(store, &cx(), &submission).unwrap().unwrap();
            let (mut one, mut two, sender) = (cx(), cx(), sender.clone());
            store.write(move |tx| deliver::settle(tx, &mut one, &leased, &Delivery::HandedOver), |_| {});
            store.write(
                move |tx| submit::commit(tx, &mut two, &prepared),
                move |outcome| sender.send(outcome.unwrap().is_ok()).unwrap(),
            );
        }
        assert!(answers.iter().take(CHUNK).all(|opened| opened));
    }
}

/// One ask; how long it took, in microseconds.
fn ask(browser: &Browser, address: &str) -> u32 {
    let body = wire::form::encode([("csrf", browser.csrf.as_str()), ("address", address)]);
    let headers = [
        ("origin", "http://localhost:8000"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let request = browser.request(Method::POST, "/sign-in", &headers, body.as_bytes());
    #[expect(clippy::disallowed_methods, reason = "the real time that an answer takes is what is tested")]
    let started = Instant::now();
    let answer = browser.line.runtime().block_on(browser.line.begin(request));
    let took = started.elapsed();
    assert_eq!(answer.status, 303);
    u32::try_from(took.as_micros()).unwrap()
}

/// The largest distance between the two empirical distribution functions.
fn kolmogorov_smirnov(one: &[u32], other: &[u32]) -> f64 {
    let share = |sorted: &[u32], upto: u32| {
        let below = u32::try_from(sorted.partition_point(|value| *value <= upto)).unwrap();
        f64::from(below) / f64::from(u32::try_from(sorted.len()).unwrap())
    };
    one.iter().chain(other).map(|at| (share(one, *at) - share(other, *at)).abs()).fold(0.0, f64::max)
}

/// The same, when one of the two may be up to [`GRANTED`] later than the other.
fn beyond_the_granted(one: &[u32], other: &[u32]) -> f64 {
    let later = |sample: &[u32], by: u32| sample.iter().map(|value| value + by).collect::<Vec<_>>();
    let distances = (0..=GRANTED).step_by(5).flat_map(|by| {
        [kolmogorov_smirnov(&later(one, by), other), kolmogorov_smirnov(one, &later(other, by))]
    });
    distances.fold(1.0, f64::min)
}

/// What two samples of one distribution stay below in all but `alpha` of cases (Smirnov).
fn critical(alpha: f64, n: usize, m: usize) -> f64 {
    let (n, m) = (f64::from(u32::try_from(n).unwrap()), f64::from(u32::try_from(m).unwrap()));
    ((2.0 / alpha).ln() / 2.0 * (n + m) / (n * m)).sqrt()
}

#[test]
fn the_comparison_finds_a_difference_and_only_where_there_is_one() {
    let spread = |shift: u32| (0..5000_u32).map(|n| n * 7919 % 1000 + shift).collect::<Vec<_>>();
    let sorted = |mut values: Vec<u32>| {
        values.sort_unstable();
        values
    };
    let limit = critical(0.001, 5000, 5000);
    assert!((limit - 0.039).abs() < 0.0001);
    assert!(kolmogorov_smirnov(&sorted(spread(0)), &sorted(spread(0))) < 1e-9);
    assert!(kolmogorov_smirnov(&sorted(spread(0)), &sorted(spread(20))) < limit);
    assert!(kolmogorov_smirnov(&sorted(spread(0)), &sorted(spread(60))) > limit);
    // The shift that is granted hides no more than itself.
    assert!(beyond_the_granted(&sorted(spread(0)), &sorted(spread(60))) < limit);
    assert!(beyond_the_granted(&sorted(spread(0)), &sorted(spread(70))) > limit);
    assert!(beyond_the_granted(&sorted(spread(70)), &sorted(spread(0))) > limit);
    let wider = sorted(spread(0).into_iter().map(|value| value / 2 + 250).collect());
    assert!(beyond_the_granted(&sorted(spread(0)), &wider) > limit);
}

/// One round: sorted latencies with and without an account, measured in random order, so that what else the
/// machine does meets both alike.
fn measure(browser: &Browser, round: usize) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<(bool, usize)> = (0..SAMPLES).flat_map(|n| [(true, n), (false, n)]).collect();
    let mut chance = Entropy::system();
    for last in (1..order.len()).rev() {
        let draw = u64::from_be_bytes(chance.bytes().unwrap());
        order.swap(last, usize::try_from(draw % u64::try_from(last + 1).unwrap()).unwrap());
    }
    for n in 0..200 {
        ask(browser, &format!("warm-{round}-{n:05}@example.org"));
    }
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (has_account, n) in order {
        if has_account {
            with.push(ask(browser, &known(n)));
        } else {
            without.push(ask(browser, &unknown(round * SAMPLES + n)));
        }
    }
    with.sort_unstable();
    without.sort_unstable();
    (with, without)
}

#[test]
fn row_12_the_time_an_answer_takes_does_not_tell_whether_there_is_an_account() {
    let site = Site::with(Plan { file: true, ..Plan::default() });
    open_accounts(&site);
    let mut browser = site.browser_at("198.51.100.9");
    browser.get("/sign-in");
    let limit = critical(0.001, SAMPLES, SAMPLES);
    let mut found = Vec::new();
    for round in 0..ROUNDS {
        // Whoever looks does so on another day than the owner signed in.
        site.advance(DAYS * 3);
        let (with, without) = measure(&browser, round);
        let raw = kolmogorov_smirnov(&with, &without);
        let distance = beyond_the_granted(&with, &without);
        let medians = (with[SAMPLES / 2], without[SAMPLES / 2]);
        found.push(format!(
            "D = {distance:.4} ({raw:.4} as measured), limit {limit:.4}, medians {medians:?} µs"
        ));
        if distance < limit && medians.0.abs_diff(medians.1) < 1000 {
            println!("{found:#?}");
            return;
        }
    }
    panic!("the two can be told apart: {found:#?}");
}
