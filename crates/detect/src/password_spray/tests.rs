//! Sprays: how many accounts, from how many lines, and how many get in.

use super::*;
use crate::testing::{self, DESK, HOUR as AN_HOUR, Line, MAC, RENTED, row, usual};
use model::event::Event;

fn tries(many: i64, apart: i64, line: impl Fn(i64) -> Line) -> Vec<Event> {
    (0..many).map(|n| row(n * apart, &format!("user{n}"), line(n), Outcome::WrongPassword).event()).collect()
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn eight_accounts_in_an_hour_from_one_line_are_found_and_seven_are_not() {
    assert!(found(&tries(7, 500, |_| RENTED)).is_empty());
    let all = found(&tries(8, 500, |_| RENTED));
    assert_eq!((all.len(), all[0].count, all[0].severity), (1, 8, Severity::High));
    assert_eq!(all[0].key, "source 64.1.2.3");
    let edge = |last: i64| {
        let mut events = tries(7, 500, |_| RENTED);
        events.push(row(last, "user7", RENTED, Outcome::WrongPassword).event());
        events
    };
    assert_eq!(found(&edge(AN_HOUR - 1)).len(), 1);
    assert!(found(&edge(AN_HOUR)).is_empty());
}

#[test]
fn slow_ones_add_up_over_a_day_and_over_a_week() {
    assert!(found(&tries(14, 5000, |_| RENTED)).is_empty());
    assert_eq!(found(&tries(15, 5000, |_| RENTED)).len(), 1);
    assert!(found(&tries(19, 20_000, |_| RENTED)).is_empty());
    assert_eq!(found(&tries(20, 20_000, |_| RENTED)).len(), 1);
}

#[test]
fn a_monday_with_expired_passwords_behind_one_address_is_no_spray() {
    let mut events = Vec::new();
    for n in 0..40 {
        let user = format!("user{n}");
        events.extend(usual(&user));
        if n % 2 == 0 {
            events.push(row(n * 60, &user, DESK, Outcome::WrongPassword).event());
        }
        events.push(row(n * 60 + 30, &user, DESK, Outcome::Success).event());
    }
    events.sort_by_key(|event| event.at);
    testing::silent(&events);
}

#[test]
fn one_program_from_many_lines_is_found_and_many_programs_of_many_people_are_not() {
    const LINES: [Line; 8] = [
        (14061, "64.1.1.1", "NL"),
        (14061, "64.1.1.2", "NL"),
        (24940, "65.1.1.1", "DE"),
        (24940, "65.1.1.2", "DE"),
        (20473, "66.1.1.1", "US"),
        (9009, "67.1.1.1", "GB"),
        (16276, "68.1.1.1", "FR"),
        (12322, "69.1.1.1", "FR"),
    ];
    let line = |n: i64| LINES[usize::try_from(n % 8).unwrap()];
    assert!(found(&tries(14, 60, line)).is_empty());
    assert!(found(&tries(15, 60, |n| line(n % 7))).is_empty());
    let all = found(&tries(15, 60, line));
    assert_eq!(all.len(), 1);
    assert!(all[0].rests_on(Fact::SameProgram) && all[0].rests_on(Fact::ManyAddresses));
    let mixed: Vec<Event> = (0..15_i64)
        .map(|n| {
            let agent = if n % 2 == 0 { MAC.to_owned() } else { format!("Mozilla/5.0 number {n}") };
            row(n * 60, &format!("user{n}"), line(n), Outcome::WrongPassword).agent(&agent).event()
        })
        .collect();
    assert!(found(&mixed).is_empty());
}

#[test]
fn a_right_password_among_them_is_critical() {
    let mut events = tries(8, 10, |_| RENTED);
    events.push(
        row(100, "user3", RENTED, Outcome::Interrupt).with(|sign_in| sign_in.password = Some(true)).event(),
    );
    let all = found(&events);
    assert_eq!((all.len(), all[0].severity), (1, Severity::Critical));
    assert!(all[0].reasons.iter().any(|reason| reason.value.as_deref() == Some("user3")));
}

#[test]
fn typing_errors_of_one_day_do_not_add_up() {
    let mut events: Vec<Event> = (0..30).flat_map(|n| usual(&format!("user{n}"))).collect();
    events.extend(
        (0..30).map(|n| row(n * 900, &format!("user{n}"), testing::HOME, Outcome::WrongPassword).event()),
    );
    events.extend(
        (0..30).map(|n| row(n * 900 + 20, &format!("user{n}"), testing::HOME, Outcome::Success).event()),
    );
    events.sort_by_key(|event| event.at);
    testing::silent(&events);
}
