//! Guesses: how many, how fast, from how many lines.

use super::*;
use crate::testing::{self, HOME, Line, RENTED, row, usual};
use model::event::Event;

fn guesses(times: impl Iterator<Item = i64>, line: Line) -> Vec<Event> {
    let mut events = usual("ann");
    events.extend(times.map(|at| row(at, "ann", line, Outcome::WrongPassword).event()));
    events
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn fifteen_in_ten_minutes_are_found_and_fourteen_are_not() {
    assert!(found(&guesses((0..14).map(|n| n * 40), RENTED)).is_empty());
    let all = found(&guesses((0..15).map(|n| n * 40), RENTED));
    assert_eq!((all.len(), all[0].count, all[0].severity), (1, 15, Severity::Medium));
    let edge = |last| (0..14).map(|n| n * 40).chain([last]);
    assert_eq!(found(&guesses(edge(599), RENTED)).len(), 1);
    assert!(found(&guesses(edge(600), RENTED)).is_empty());
}

#[test]
fn a_mail_program_with_an_old_password_is_no_attack() {
    testing::silent(&guesses((0..96).map(|n| n * 900), HOME));
    testing::silent(&guesses((0..40).map(|n| n * 15), HOME));
}

#[test]
fn many_lines_over_a_day_are_found_and_few_are_not() {
    const LINES: [Line; 9] = [
        (14061, "64.1.1.1", "NL"),
        (14061, "64.1.1.2", "NL"),
        (24940, "65.1.1.1", "DE"),
        (24940, "65.1.1.2", "DE"),
        (20473, "66.1.1.1", "US"),
        (9009, "67.1.1.1", "GB"),
        (16276, "68.1.1.1", "FR"),
        (12322, "69.1.1.1", "FR"),
        (3215, "70.1.1.1", "FR"),
    ];
    let spread = |lines: usize, many: usize| {
        let mut events = usual("ann");
        events.extend((0..many).map(|n| {
            row(i64::try_from(n).unwrap() * 1800, "ann", LINES[n % lines], Outcome::WrongPassword).event()
        }));
        events
    };
    assert!(found(&spread(7, 25)).is_empty());
    assert!(found(&spread(9, 24)).is_empty());
    assert_eq!(found(&spread(9, 25)).len(), 1);
}

#[test]
fn getting_in_after_them_is_critical() {
    let mut events = guesses((0..15).map(|n| n * 10), RENTED);
    events.push(row(200, "ann", RENTED, Outcome::Success).event());
    let all = found(&events);
    assert_eq!((all.len(), all[0].severity), (1, Severity::Critical));
    let mut right = guesses((0..15).map(|n| n * 10), RENTED);
    right.push(
        row(200, "ann", RENTED, Outcome::Interrupt).with(|sign_in| sign_in.password = Some(true)).event(),
    );
    assert!(found(&right)[0].rests_on(Fact::PasswordRight));
    let mut owner = guesses((0..15).map(|n| n * 10), RENTED);
    owner.push(row(200, "ann", HOME, Outcome::Success).event());
    assert_eq!(found(&owner)[0].severity, Severity::Medium);
}

#[test]
fn interrupts_are_never_guesses() {
    let mut events = usual("ann");
    events.extend((0..60).map(|n| row(n * 5, "ann", RENTED, Outcome::Interrupt).event()));
    events.extend((0..60).map(|n| row(300 + n * 5, "ann", RENTED, Outcome::ConfirmApp).event()));
    assert!(found(&events).is_empty());
}
