//! What is done afterwards, by whom.

use super::*;
use crate::testing::{self, DAY as A_DAY, HOME, Line, RENTED, Row, act, row, usual};
use model::event::Event;
use model::event::imported::Outcome;

fn after(line: Line, at: i64, operation: Operation) -> Vec<Event> {
    let stolen = [
        row(0, "ann", HOME, Outcome::Success).session("s"),
        row(60, "ann", RENTED, Outcome::Success).silent().agent("node").session("s"),
        act(60 + at, "ann", line, operation),
    ];
    usual("ann").into_iter().chain(stolen.into_iter().map(Row::event)).collect()
}

fn theft(events: &[Event]) -> model::finding::Finding {
    testing::found(events, "session_replay").remove(0)
}

#[test]
fn a_rule_made_from_the_stranger_s_network_belongs_to_the_theft_and_is_critical() {
    let finding = theft(&after(RENTED, 600, Operation::InboxRule));
    assert_eq!((finding.severity, finding.count), (Severity::Critical, 2));
    assert!(finding.rests_on(Fact::InboxRuleMade));
    let read = theft(&after(RENTED, 600, Operation::MailRead));
    assert_eq!(read.severity, Severity::High);
    assert!(read.rests_on(Fact::MailRead));
}

#[test]
fn what_the_owner_does_at_home_and_what_was_never_stolen_is_nobody_s_business() {
    assert!(!theft(&after(HOME, 600, Operation::InboxRule)).rests_on(Fact::InboxRuleMade));
    let quiet: Vec<Event> =
        usual("ann").into_iter().chain([act(60, "ann", RENTED, Operation::InboxRule).event()]).collect();
    testing::silent(&quiet);
}

#[test]
fn the_incident_takes_it_in_while_it_is_open() {
    let own = |at| theft(&after(RENTED, at, Operation::MailSent)).rests_on(Fact::MailSent);
    assert!(own(A_DAY));
    assert!(!own(8 * A_DAY));
}
