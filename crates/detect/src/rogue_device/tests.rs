//! Devices: who registered them, and after what.

use super::*;
use crate::testing::{self, HOME, Line, RENTED, Row, act, row, usual};
use model::event::Event;
use model::event::imported::{Did, Outcome, Presented, Word};

fn registered(at: i64, line: Line, name: &str, build: &str) -> Row {
    let mut row = act(at, "ann", line, Operation::DeviceRegistered);
    if let Did::Act(act) = &mut row.record.what {
        act.target = Some(Word::new(name));
        act.modified = vec![(Word::new("CloudDeviceOSVersion"), Word::new(&format!("[\"{build}\"]")))];
    }
    row
}

fn with(rows: impl IntoIterator<Item = Row>) -> Vec<Event> {
    usual("ann").into_iter().chain(rows.into_iter().map(Row::event)).collect()
}

fn stolen(at: i64) -> [Row; 2] {
    let session = |row: Row| row.session("s");
    [
        session(row(at, "ann", HOME, Outcome::Success)),
        session(row(at + 60, "ann", RENTED, Outcome::Success).silent().agent("node")),
    ]
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn a_tool_s_device_from_a_strange_network_is_found_and_a_new_computer_at_home_is_not() {
    let all = found(&with([registered(0, RENTED, "DESKTOP-8E3BCDB", "10.0.19041.928")]));
    assert_eq!((all.len(), all[0].severity, all[0].score), (1, Severity::Critical, 75));
    testing::silent(&with([registered(0, HOME, "LT-77", "10.0.26100.4652")]));
    testing::silent(&with([registered(0, HOME, "DESKTOP-8E3BCDB", "10.0.19041.928")]));
    // A remote worker's new computer at a new provider: 25.
    testing::silent(&with([registered(0, (12322, "69.1.1.1", "FR"), "DESKTOP-8E3BCDB", "10.0.26100.4652")]));
}

#[test]
fn within_a_day_of_an_alarm_any_device_is_and_the_alarm_becomes_critical() {
    let at = 60 + testing::DAY;
    let after = |at| {
        let mut rows = stolen(0).to_vec();
        rows.push(registered(at, HOME, "LT-77", "10.0.26100.4652"));
        with(rows)
    };
    assert_eq!(found(&after(at - 1)).len(), 1);
    assert!(found(&after(at)).is_empty());
    let theft = testing::found(&after(3600), "session_replay");
    assert_eq!((theft.len(), theft[0].severity), (1, Severity::Critical));
    assert!(theft[0].rests_on(Fact::DeviceAdded));
}

#[test]
fn a_token_of_a_device_that_nobody_knew_tells_it_without_the_directory_s_log() {
    let vouched = row(900, "ann", RENTED, Outcome::Success)
        .session("s")
        .device("rogue")
        .with(|sign_in| sign_in.presented = Some(Presented::PrimaryRefreshToken));
    let mut rows = stolen(0).to_vec();
    rows.push(vouched);
    assert_eq!(found(&with(rows)).len(), 1);
}
