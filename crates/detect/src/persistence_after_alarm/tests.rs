//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{nothing_twice, ours, run, session};
use model::finding::Finding;
use model::id::SessionId;

fn added(at: i64, account: u32, within: Option<u8>) -> Event {
    let event = ours(at, account, "192.0.2.9", EventKind::RecoveryCodesMade { count: 10 });
    within.map_or_else(|| event.clone(), |session| event.clone().within(SessionId::from_bytes([session; 16])))
}

fn found(events: &[Event]) -> Vec<Finding> {
    run(&mut PersistenceAfterAlarm::default(), events).into_iter().map(|(_, finding)| finding).collect()
}

fn alarmed(severity: Severity) -> Event {
    let finding = Finding::new("code_guessing", severity, "key".to_owned());
    ours(0, 1, "", EventKind::FindingRaised { finding })
}

#[test]
fn row_27_a_way_in_that_is_added_within_a_day_of_an_alarm_is_found() {
    assert_eq!(found(&[alarmed(Severity::High), added(86_399, 1, None)]).len(), 1);
    assert!(found(&[alarmed(Severity::High), added(86_400, 1, None)]).is_empty());
    assert!(found(&[alarmed(Severity::Info), added(60, 1, None)]).is_empty());
    assert!(found(&[alarmed(Severity::High), added(60, 2, None)]).is_empty(), "somebody else");
    assert!(found(&[added(60, 1, None)]).is_empty());
    let denied = ours(0, 1, "192.0.2.1", EventKind::SignInCodeDenied);
    assert_eq!(found(&[denied, added(60, 1, None)]).len(), 1);
}

#[test]
fn from_a_browser_that_was_unknown_it_is_urgent() {
    let begun = |known| ours(10, 1, "192.0.2.9", session(known)).within(SessionId::from_bytes([3; 16]));
    let severity = |known| found(&[alarmed(Severity::High), begun(known), added(60, 1, Some(3))])[0].severity;
    assert_eq!(severity(false), Severity::High);
    assert_eq!(severity(true), Severity::Medium);
}

#[test]
fn a_new_beginning_tells_nothing_twice() {
    let mut events = vec![alarmed(Severity::High)];
    events.extend((1..30).map(|n| added(n * 5000, 1, None)));
    nothing_twice::<PersistenceAfterAlarm>(&events);
}
