//! Sessions: what changes with the network.

use super::*;
use crate::testing::{self, DESK, EDGE, HOME, Line, MAC, PHONE, RENTED, Row, row, usual};
use model::event::imported::Outcome;

const MAST: Line = (21928, "25.1.2.3", "US");

fn begun(agent: &str) -> Row {
    row(0, "ann", DESK, Outcome::Success).session("s").agent(agent)
}

fn used(at: i64, line: Line, agent: &str) -> Row {
    row(at, "ann", line, Outcome::Success).session("s").agent(agent).silent()
}

fn with(rows: impl IntoIterator<Item = Row>) -> Vec<Event> {
    usual("ann").into_iter().chain(rows.into_iter().map(Row::event)).collect()
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn a_tool_in_a_rented_server_takes_over_a_browser_s_session() {
    let all = found(&with([
        begun(EDGE),
        used(600, RENTED, "node"),
        used(1200, RENTED, "node"),
        used(1500, DESK, EDGE),
    ]));
    assert_eq!(
        (all.len(), all[0].severity, all[0].count),
        (1, Severity::High, 2),
        "the owner's own use is not among them"
    );
    assert_eq!(all[0].score, 25 + 15 + 20 + 35);
    assert!(all[0].rests_on(Fact::BecameTool) && all[0].rests_on(Fact::NewNetwork));
}

#[test]
fn fifty_points_are_a_finding_and_less_is_not() {
    let strange: Line = (12322, "69.1.1.1", "US");
    // A strange network alone, with the same program and no device: 25 and 15.
    assert!(found(&with([begun(EDGE), used(600, strange, EDGE)])).is_empty());
    let abroad: Line = (12322, "69.1.1.1", "FR");
    assert_eq!(found(&with([begun(EDGE), used(600, abroad, EDGE)]))[0].score, 60);
    // A network of the user's own and a country that changed: 20.
    assert!(found(&with([begun(EDGE), used(600, (7922, "24.9.9.9", "CA"), EDGE)])).is_empty());
}

#[test]
fn a_device_that_is_not_there_any_more_weighs_and_one_that_is_there_speaks_against() {
    let on = |row: Row| row.device("laptop");
    let strange: Line = (12322, "69.1.1.1", "US");
    let lost = found(&with([on(begun(EDGE)), used(600, strange, EDGE)]));
    assert!(lost[0].rests_on(Fact::DeviceLost));
    let tunnel: Line = (9009, "67.1.1.1", "GB");
    assert!(found(&with([on(begun(EDGE)), on(used(600, tunnel, EDGE))])).is_empty());
}

#[test]
fn home_office_and_telephone_are_no_theft() {
    let rows = [begun(EDGE), used(600, HOME, EDGE), used(1200, DESK, EDGE), used(1800, HOME, EDGE)];
    testing::silent(&with(rows));
    let phone = |at, line| row(at, "ann", line, Outcome::Success).session("p").agent(PHONE).silent();
    testing::silent(&with([phone(0, HOME), phone(600, MAST), phone(1200, DESK), phone(1800, MAST)]));
}

#[test]
fn both_networks_in_turn_tell_what_nothing_else_does() {
    let strange: Line = (12322, "69.1.1.1", "US");
    let mut rows = vec![begun(EDGE)];
    for n in 1..8 {
        rows.push(used(n * 600, if n % 2 == 0 { DESK } else { strange }, EDGE));
    }
    let all = found(&with(rows));
    assert_eq!(all.len(), 1);
    assert!(all[0].rests_on(Fact::Interleaved));
}

#[test]
fn a_sign_in_by_hand_with_a_tool_from_a_rented_server_is_a_proxy_s() {
    let proxied = row(600, "ann", RENTED, Outcome::Success).session("t").agent("Go-http-client/2.0");
    assert_eq!(found(&with([proxied]))[0].score, 75);
    // Before anything is known of the user as well.
    let cold = row(600, "new", RENTED, Outcome::Success).session("t").agent("Go-http-client/2.0").event();
    assert_eq!(found(&[cold])[0].score, 50);
}

#[test]
fn the_page_and_the_page_again_from_a_rented_server_within_a_minute() {
    let real = |at| row(at, "ann", DESK, Outcome::Success).session("a");
    let proxied = |at| row(at, "ann", RENTED, Outcome::Success).session("b");
    assert_eq!(found(&with([real(0), proxied(60)])).len(), 1);
    assert!(found(&with([real(0), proxied(61)])).iter().all(|finding| !finding.rests_on(Fact::Relayed)));
}

#[test]
fn another_system_in_the_same_session_weighs() {
    let all = found(&with([begun(EDGE), used(600, (12322, "69.1.1.1", "US"), MAC)]));
    assert!(all[0].rests_on(Fact::SystemChanged));
}

mod at_home {
    //! Sessions of our own.

    use super::*;
    use crate::testing::{ours, run, session};
    use model::event::EventKind;
    use model::id::SessionId;
    use model::source::browser_from_code;

    fn within(at: i64, kind: EventKind, (browser, from): (&str, &str)) -> Event {
        let mut event = ours(at, 1, from, kind).within(SessionId::from_bytes([3; 16]));
        if let Some(source) = &mut event.source {
            source.browser = browser_from_code(browser);
        }
        event
    }

    fn severity(browser: &str, from: &str) -> Option<Severity> {
        let begun = within(0, session(false), ("firefox/linux", "192.0.2.1"));
        let act = within(600, EventKind::DataDownloaded, (browser, from));
        run(&mut SessionReplay::default(), &[begun, act]).pop().map(|(_, finding)| finding.severity)
    }

    #[test]
    fn another_browser_in_the_same_session_is_found_and_another_network_alone_is_not() {
        assert_eq!(severity("chrome/windows", "198.51.100.9"), Some(Severity::High));
        assert_eq!(severity("chrome/windows", "192.0.2.1"), Some(Severity::Medium));
        assert_eq!(severity("firefox/linux", "198.51.100.9"), None);
        assert_eq!(severity("firefox/linux", "192.0.2.1"), None);
    }
}
