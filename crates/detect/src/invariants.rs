//! What holds whatever happens: benign people never hide an attack, the order within ten minutes does not matter where things
//! are counted, memory is bounded under any flood, and every finding says what it has to say.

use std::collections::BTreeSet;

use model::event::Event;
use model::event::imported::{Operation, Outcome, Presented, Protocol, Transfer};
use model::finding::{Benign, Fact, MOST_EVIDENCE, MOST_RECORDS, Severity, Step};
use proptest::prelude::*;

use crate::bench::Bench;
use crate::mark::{mix, text};
use crate::testing::{
    CLI, DESK, EDGE, EXCHANGE, HOME, Line, MAC, MANAGEMENT, OFFICE, PHONE, RENTED, Row, act, investigate,
    row, usual,
};

const LINES: [Line; 6] =
    [HOME, DESK, RENTED, (12322, "69.1.1.1", "FR"), (9009, "67.1.1.1", "GB"), (21928, "25.1.2.3", "US")];
const OUTCOMES: [Outcome; 10] = [
    Outcome::Success,
    Outcome::Success,
    Outcome::Interrupt,
    Outcome::ConfirmApp,
    Outcome::WrongPassword,
    Outcome::PasswordExpired,
    Outcome::FactorDenied,
    Outcome::FactorUnanswered,
    Outcome::FactorWrongCode,
    Outcome::FactorReported,
];
const AGENTS: [&str; 6] = [EDGE, MAC, PHONE, "node", "python/3.11 azure-cli/2.76", "curl/8.7.1"];

/// One attack of each kind, each on somebody else.
fn attacks() -> Vec<Event> {
    let mut events: Vec<Event> = ["ann", "ben", "cat", "dan"].into_iter().flat_map(usual).collect();
    let push = |events: &mut Vec<Event>, row: Row| events.push(row.event());
    push(&mut events, row(0, "ann", DESK, Outcome::Success).session("s"));
    for n in 1..4 {
        push(&mut events, row(n * 600, "ann", RENTED, Outcome::Success).session("s").silent().agent("node"));
    }
    for n in 0..6 {
        push(&mut events, row(n * 60, "ben", RENTED, Outcome::FactorDenied));
    }
    for n in 0..20 {
        push(&mut events, row(n * 20, "cat", RENTED, Outcome::WrongPassword));
    }
    for n in 0..12 {
        push(
            &mut events,
            row(4000 + n * 60, &format!("sprayed{n}"), (24940, "65.1.1.1", "DE"), Outcome::WrongPassword),
        );
    }
    let code = |row: Row| {
        row.correlation("c").session("d").with(|sign_in| sign_in.transfer = Some(Transfer::DeviceCode))
    };
    let typed = |row: Row| code(row).with(|sign_in| sign_in.protocol = Some(Protocol::DeviceCode));
    push(&mut events, typed(row(0, "dan", DESK, Outcome::ConfirmApp)));
    push(&mut events, typed(row(30, "dan", DESK, Outcome::Success)));
    let got = code(row(50, "dan", (20473, "66.1.1.1", "US"), Outcome::Success).silent()).agent("undici");
    push(&mut events, got.with(|sign_in| sign_in.presented = Some(Presented::Nothing)));
    events.sort_by_key(|event| event.at);
    events
}

fn told(events: &[Event]) -> BTreeSet<(String, String)> {
    investigate(events).into_iter().map(|(_, finding)| (finding.detector, finding.key)).collect()
}

/// The events with each up to ten minutes late.
fn shuffled(events: &[Event], seed: u64) -> Vec<Event> {
    let mut events = events.to_vec();
    events.sort_by_key(|event| {
        event.at.micros() + i64::try_from(mix(text(event.id.bytes(), seed)) % 600_000_000).unwrap_or(0)
    });
    events
}

#[test]
fn every_attack_is_found_and_on_the_right_person() {
    let told = told(&attacks());
    for (detector, key) in [
        ("session_replay", "ann"),
        ("approval_bombing", "ben"),
        ("password_guessing", "cat"),
        ("password_spray", "source 65.1.1.1"),
        ("device_code_phishing", "dan"),
    ] {
        assert!(told.contains(&(detector.to_owned(), key.to_owned())), "{detector}: {told:?}");
    }
}

#[test]
fn a_quiet_month_of_many_is_silent() {
    let mut events: Vec<Event> = (0..60).flat_map(|n| usual(&format!("user{n}"))).collect();
    events.sort_by_key(|event| event.at);
    crate::testing::silent(&events);
}

#[test]
fn what_is_counted_does_not_depend_on_the_order_within_ten_minutes() {
    let counted = |events: &[Event]| {
        let mut told = told(events);
        told.retain(|(detector, _)| !matches!(detector.as_str(), "session_replay" | "device_code_phishing"));
        told
    };
    let events = attacks();
    let in_order = counted(&events);
    assert_eq!(in_order.len(), 3);
    for seed in 0..12 {
        assert_eq!(counted(&shuffled(&events, seed)), in_order, "seed {seed}");
    }
}

#[test]
fn memory_is_bounded_under_a_flood_of_everything_new() {
    let mut bench = Bench::investigating();
    for n in 0..150_000_i64 {
        let outcome = OUTCOMES[usize::try_from(n % 10).unwrap()];
        let one = row(n, &format!("user{n}"), RENTED, outcome)
            .session(&format!("s{n}"))
            .correlation(&format!("c{n}"))
            .with(|sign_in| sign_in.transfer = (n % 3 == 0).then_some(Transfer::DeviceCode));
        let mut event = one.event();
        if let Some(source) = &mut event.source {
            source.address =
                Some(std::net::Ipv4Addr::from_bits(0x4000_0000 + u32::try_from(n).unwrap()).into());
        }
        bench.observe(&event);
    }
    let memory = bench.memory();
    let of = |name: &str| memory.iter().find(|(known, _)| *known == name).unwrap().1;
    for (name, most) in [
        ("users", 131_072),
        ("networks", 65_536),
        ("password_spray", 18_432),
        ("password_guessing", 16_384),
        ("approval_bombing", 16_384),
        ("device_code_phishing", 110_000),
        ("session_replay", 860_000),
        ("incidents", 8192),
    ] {
        assert!(of(name).entries <= most, "{name}: {:?}", of(name));
    }
    assert!(of("users").evicted > 0 && of("incidents").entries > 0, "what had to go is counted");
}

#[test]
fn every_word_of_the_vocabulary_is_said_by_some_detector() {
    fn sources(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if !path.ends_with("tests.rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut all = String::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let said = |name: String| {
        assert!(
            all.contains(&format!("{name},"))
                || all.contains(&format!("{name})"))
                || all.contains(&format!("{name} "))
                || all.contains(&format!("{name}]")),
            "{name}"
        )
    };
    Fact::ALL.iter().for_each(|word| said(format!("Fact::{word:?}")));
    Benign::ALL.iter().for_each(|word| said(format!("Benign::{word:?}")));
    Step::ALL.iter().for_each(|word| said(format!("Step::{word:?}")));
}

fn any_row() -> impl Strategy<Value = Row> {
    let what = (0..6_usize, 0..OUTCOMES.len(), 0..AGENTS.len(), any::<u8>());
    (0..40_000_i64, 0..4_u8, what).prop_map(|(at, user, (line, outcome, agent, bits))| {
        let user = format!("user{user}");
        if bits == 0 {
            return act(at, &user, LINES[line], Operation::DeviceRegistered);
        }
        let mut one = row(at, &user, LINES[line], OUTCOMES[outcome]).agent(AGENTS[agent]);
        if bits & 1 != 0 {
            one = one.silent();
        }
        if bits & 2 != 0 {
            one = one.session(&format!("s{}", bits & 12));
        }
        if bits & 16 != 0 {
            one = one
                .correlation(&format!("c{}", bits & 44))
                .with(|sign_in| sign_in.transfer = Some(Transfer::DeviceCode));
        }
        if bits & 32 != 0 {
            one = one.with(|sign_in| sign_in.protocol = Some(Protocol::DeviceCode)).app(CLI, MANAGEMENT);
        }
        if bits & 64 != 0 { one.device("laptop").app(OFFICE, EXCHANGE) } else { one }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn benign_people_never_hide_an_attack(many in 1..25_usize, apart in 0..7200_i64) {
        let alone = told(&attacks());
        let mut events = attacks();
        for n in 0..many {
            for mut event in usual(&format!("benign{n}")) {
                event.at = event.at + std::time::Duration::from_secs(u64::try_from(apart).unwrap_or(0));
                events.push(event);
            }
        }
        events.sort_by_key(|event| event.at);
        let together = told(&events);
        prop_assert!(together.is_superset(&alone), "{alone:?} {together:?}");
    }

    #[test]
    fn every_finding_says_why_what_else_and_what_to_do(rows in prop::collection::vec(any_row(), 1..400)) {
        let mut events: Vec<Event> = ["user0", "user1"].into_iter().flat_map(usual).collect();
        events.extend(rows.into_iter().map(Row::event));
        events.sort_by_key(|event| event.at);
        for (_, finding) in investigate(&events) {
            prop_assert!(!finding.reasons.is_empty() && !finding.next.is_empty() && !finding.benign.is_empty(), "{finding:?}");
            prop_assert!(!finding.records.is_empty() && finding.records.len() <= MOST_RECORDS);
            prop_assert!(finding.evidence.len() <= MOST_EVIDENCE);
            prop_assert!(usize::try_from(finding.count).unwrap_or(0) >= finding.evidence.len());
            let (first, last) = finding.span.unwrap_or((events[0].at, events[0].at));
            prop_assert!(first <= last);
            prop_assert!(finding.severity < Severity::Critical || finding.reasons.len() >= 2, "{finding:?}");
        }
    }
}
