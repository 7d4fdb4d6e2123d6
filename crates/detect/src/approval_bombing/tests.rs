//! Prompts: how many, how fast, from whose network.

use super::*;
use crate::testing::{self, HOME, Line, RENTED, nothing_twice, ours, row, run, same_in_any_order, usual};
use model::approval::{NotShown, Wanted};
use model::event::EventKind;
use model::id::{ApprovalId, AuthenticatorId};
use model::nearness::Nearness;

fn prompts(times: &[i64], line: Line, answer: Outcome) -> Vec<Event> {
    let mut events = usual("ann");
    events.extend(times.iter().map(|at| row(*at, "ann", line, answer).event()));
    events
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn four_strange_prompts_in_ten_minutes_are_found_and_three_are_not() {
    let times = [0, 60, 120, 599];
    assert!(found(&prompts(&times[..3], RENTED, Outcome::FactorUnanswered)).is_empty());
    let all = found(&prompts(&times, RENTED, Outcome::FactorUnanswered));
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].count, all[0].severity, all[0].records.len()), (4, Severity::High, 4));
    assert!(all[0].rests_on(Fact::NewNetwork) && all[0].rests_on(Fact::HostingNetwork));
    assert!(
        found(&prompts(&[0, 60, 120, 600], RENTED, Outcome::FactorUnanswered)).is_empty(),
        "a second too late"
    );
    assert_eq!(
        found(&prompts(&[0, 60, 120, 180, 240, 300], RENTED, Outcome::FactorDenied)).len(),
        1,
        "told once"
    );
}

#[test]
fn at_home_it_takes_eight() {
    let times: Vec<i64> = (0..8).map(|n| n * 70).collect();
    assert!(found(&prompts(&times[..7], HOME, Outcome::FactorUnanswered)).is_empty());
    assert_eq!(found(&prompts(&times, HOME, Outcome::FactorUnanswered)).len(), 1);
}

#[test]
fn slow_prompts_add_up_over_four_hours_and_over_a_day() {
    let hours: Vec<i64> = (0..8).map(|n| n * 2050).collect();
    assert!(found(&prompts(&hours[..7], RENTED, Outcome::FactorDenied)).is_empty());
    assert_eq!(found(&prompts(&hours, RENTED, Outcome::FactorDenied)).len(), 1);
    let day: Vec<i64> = (0..10).map(|n| n * 9000).collect();
    assert!(found(&prompts(&day[..9], RENTED, Outcome::FactorDenied)).is_empty());
    assert_eq!(found(&prompts(&day, RENTED, Outcome::FactorDenied)).len(), 1);
}

#[test]
fn one_report_of_fraud_is_enough() {
    assert_eq!(found(&prompts(&[0], HOME, Outcome::FactorReported)).len(), 1);
}

#[test]
fn a_yes_after_them_is_critical_and_belongs_to_them() {
    let mut events = prompts(&[0, 60, 120, 180], RENTED, Outcome::FactorDenied);
    events.push(row(779, "ann", RENTED, Outcome::Success).event());
    let all = found(&events);
    assert_eq!((all.len(), all[0].severity, all[0].count), (1, Severity::Critical, 5));
    assert!(all[0].rests_on(Fact::Approved));
    let mut late = prompts(&[0, 60, 120, 180], RENTED, Outcome::FactorDenied);
    late.push(row(780, "ann", RENTED, Outcome::Success).event());
    assert_eq!(found(&late)[0].severity, Severity::High, "ten minutes later it is another sign-in");
    let mut elsewhere = prompts(&[0, 60, 120, 180], RENTED, Outcome::FactorDenied);
    elsewhere.push(row(300, "ann", HOME, Outcome::Success).event());
    assert_eq!(found(&elsewhere)[0].severity, Severity::High, "the owner, at home");
}

#[test]
fn two_declined_from_a_rented_server_and_then_a_yes_are_found() {
    let mut events = prompts(&[0, 50], RENTED, Outcome::FactorDenied);
    assert!(found(&events).is_empty());
    events.push(row(100, "ann", RENTED, Outcome::Success).event());
    assert_eq!(found(&events)[0].severity, Severity::Critical);
}

#[test]
fn prompts_that_do_not_arrive_at_home_are_no_attack() {
    let mut events = prompts(&[0, 60, 120, 180], HOME, Outcome::FactorUnanswered);
    events.push(row(240, "ann", HOME, Outcome::Success).event());
    testing::silent(&events);
}

fn question(known: bool, not_shown: Option<NotShown>) -> EventKind {
    EventKind::ApprovalAsked {
        approval: ApprovalId::at(Time::from_micros(0)),
        wanted: Wanted::SecondStep,
        known,
        client: None,
        not_shown,
        until: Time::from_micros(0),
    }
}

fn questions(times: &[i64], known: bool) -> Vec<Event> {
    times.iter().map(|at| ours(*at, 7, "81.2.69.142", question(known, None))).collect()
}

fn here(events: &[Event]) -> Vec<model::finding::Finding> {
    let found = run(&mut ApprovalBombing::default(), events);
    found.into_iter().map(|(_, finding)| finding).collect()
}

#[test]
fn of_our_own_four_from_unknown_browsers_in_ten_minutes_are_found_and_three_are_not() {
    let times = [0, 60, 120, 599];
    assert!(here(&questions(&times[..3], false)).is_empty());
    assert_eq!(here(&questions(&times, false)).len(), 1);
    assert!(here(&questions(&[0, 60, 120, 600], false)).is_empty(), "a second too late");
}

#[test]
fn of_our_own_what_is_held_back_is_found_however_few_an_operator_lets_through() {
    let held = |count| EventKind::ApprovalsHeldBack { until: Time::from_micros(0), count };
    let mut events = questions(&[0, 700], false);
    assert!(here(&events).is_empty());
    events.push(ours(1400, 7, "81.2.69.142", held(None)));
    assert_eq!(here(&events).len(), 1);
    events.push(ours(90_000, 7, "81.2.69.142", held(Some(40))));
    assert_eq!(here(&events).len(), 1, "the sum is said of what was found");
}

#[test]
fn of_our_own_it_takes_eight_from_known_browsers() {
    let times: Vec<i64> = (0..8).map(|n| n * 70).collect();
    assert!(here(&questions(&times[..7], true)).is_empty());
    assert_eq!(here(&questions(&times, true)).len(), 1);
}

#[test]
fn of_our_own_slow_ones_add_up_over_four_hours_and_over_a_day() {
    let hours: Vec<i64> = (0..8).map(|n| n * 2050).collect();
    assert!(here(&questions(&hours[..7], false)).is_empty());
    assert_eq!(here(&questions(&hours, false)).len(), 1);
    let day: Vec<i64> = (0..10).map(|n| n * 9000).collect();
    assert!(here(&questions(&day[..9], false)).is_empty());
    assert_eq!(here(&questions(&day, false)).len(), 1);
}

#[test]
fn of_our_own_what_no_approver_could_see_does_not_count_and_what_waited_behind_another_does() {
    let of = |why| -> Vec<Event> {
        (0..9).map(|n| ours(n * 30, 7, "81.2.69.142", question(false, Some(why)))).collect()
    };
    assert!(here(&of(NotShown::UnknownBrowser)).is_empty());
    assert!(here(&of(NotShown::NoApprover)).is_empty());
    assert_eq!(here(&of(NotShown::Taken)).len(), 1);
}

#[test]
fn of_our_own_a_yes_after_them_is_critical() {
    let mut events = questions(&[0, 60, 120, 180], false);
    let matched = EventKind::ApprovalMatched {
        approval: ApprovalId::at(Time::from_micros(0)),
        approver: AuthenticatorId::at(Time::from_micros(0)),
        nearness: Nearness::Elsewhere,
    };
    events.push(ours(240, 7, "81.2.69.142", matched));
    let all = here(&events);
    assert_eq!(all.last().map(|finding| finding.severity), Some(Severity::Critical));
    assert!(all.last().is_some_and(|finding| finding.rests_on(Fact::Approved)));
}

#[test]
fn of_our_own_the_order_does_not_matter_and_nothing_is_told_twice() {
    let events = questions(&[0, 60, 120, 180, 240, 300], false);
    same_in_any_order::<ApprovalBombing>(&events[..4]);
    nothing_twice::<ApprovalBombing>(&events);
}
