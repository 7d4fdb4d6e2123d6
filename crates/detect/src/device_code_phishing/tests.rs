//! Flows: who approves, who redeems, and what is usual.

use super::*;
use crate::testing::{
    self, CLI, DAY as A_DAY, DESK, EDGE, EXCHANGE, HOME, Line, MANAGEMENT, OFFICE, RENTED, Row, row, usual,
};
use model::event::imported::{Outcome, Protocol, Transfer};

fn code(mut row: Row) -> Row {
    row = row.with(|sign_in| sign_in.transfer = Some(Transfer::DeviceCode));
    row.app(OFFICE, EXCHANGE)
}

/// The page that asks, the code that is typed, and the tokens that are got.
fn flow(at: i64, user: &str, (page, redeemer): (Line, Line), tool: &str) -> [Row; 3] {
    let name = format!("c{at}{user}");
    let typed = |row: Row| {
        code(row)
            .with(|sign_in| sign_in.protocol = Some(Protocol::DeviceCode))
            .correlation(&name)
            .session(&name)
    };
    let got = code(row(at + 40, user, redeemer, Outcome::Success).silent())
        .agent(tool)
        .correlation(&name)
        .session(&name);
    [
        typed(row(at, user, page, Outcome::ConfirmApp)),
        typed(row(at + 30, user, page, Outcome::Success)),
        got.with(|sign_in| sign_in.presented = Some(Presented::Nothing)),
    ]
}

fn with(user: &str, rows: impl IntoIterator<Item = Row>) -> Vec<Event> {
    usual(user).into_iter().chain(rows.into_iter().map(Row::event)).collect()
}

fn found(events: &[Event]) -> Vec<model::finding::Finding> {
    testing::found(events, KIND.id)
}

#[test]
fn a_code_typed_at_a_desk_and_redeemed_in_a_rented_server_is_found_with_both_halves() {
    let all = found(&with("ann", flow(0, "ann", (DESK, RENTED), "node")));
    assert_eq!((all.len(), all[0].severity, all[0].records.len()), (1, Severity::High, 3));
    assert_eq!(all[0].score, 25 + 30 + 20 + 20 + 10 + 5 + 5);
    assert_eq!(all[0].key, "ann");
    assert!(all[0].rests_on(Fact::TwoNetworks) && all[0].rests_on(Fact::BrowserAndTool));
}

#[test]
fn a_proxy_in_the_same_town_and_network_does_not_hide_it() {
    let near: Line = (7922, "24.200.7.7", "US");
    let all = found(&with("ann", flow(0, "ann", (HOME, near), "node")));
    // First 25, two addresses 10, browser and tool 20, no device 5, confirmed 5, and a network of the user's own -15.
    assert!(all.iter().all(|finding| finding.score < 85));
    let other: Line = (701, "71.1.1.1", "US");
    assert_eq!(found(&with("ann", flow(0, "ann", (HOME, other), "node")))[0].severity, Severity::High);
}

#[test]
fn it_is_told_once_however_often_the_tokens_are_used() {
    let mut rows = flow(0, "ann", (DESK, RENTED), "node").to_vec();
    for n in 1..20 {
        rows.push(
            code(row(n * 1800, "ann", RENTED, Outcome::Success).silent())
                .agent("node")
                .session("c0ann")
                .correlation(&format!("r{n}")),
        );
    }
    // The victim's own browser carries the mark of the flow too.
    rows.push(code(row(40_000, "ann", DESK, Outcome::Success).silent()).session("c0ann").correlation("own"));
    let all = found(&with("ann", rows));
    assert_eq!(all.len(), 1);
    assert!(all[0].count >= 20);
}

#[test]
fn a_developer_s_usual_code_is_silent_and_a_stranger_s_is_not() {
    let cloud: Line = (16509, "52.1.2.3", "US");
    let usual_code = |day: i64| {
        flow(day * A_DAY, "dev", (DESK, cloud), "python/3.11 azure-cli/2.76")
            .map(|row| row.app(CLI, MANAGEMENT))
    };
    let before: Vec<Row> = (-10..-2).flat_map(usual_code).collect();
    let mut events = usual("dev");
    events.extend(before.into_iter().map(Row::event));
    events.sort_by_key(|event| event.at);
    let quiet = events.len();
    events.extend(usual_code(1).map(Row::event));
    let told = found(&events);
    assert!(
        told.iter().all(|finding| finding.span.is_some_and(|(first, _)| first < events[quiet].at)),
        "{told:#?}"
    );
    events.extend(flow(3 * A_DAY, "dev", (DESK, RENTED), "node").map(Row::event));
    let all = found(&events);
    assert!(all.iter().any(|finding| finding.severity == Severity::High
        && finding.span.is_some_and(|(first, _)| first > events[quiet].at)));
}

#[test]
fn a_command_line_on_the_owner_s_own_machine_is_silent() {
    testing::silent(&with("ann", flow(0, "ann", (HOME, HOME), "python/3.11 azure-cli/2.76")));
}

#[test]
fn one_network_that_lures_three_is_a_campaign_and_the_first_two_are_told_again() {
    let near: [Line; 3] = [(701, "71.1.1.1", "US"), (701, "71.1.1.2", "US"), (701, "71.1.1.3", "US")];
    let users = ["ann", "ben", "cat"];
    let mut events: Vec<Event> = users.iter().flat_map(|user| usual(user)).collect();
    for (n, (user, line)) in (0..).zip(users.into_iter().zip(near)) {
        // A forged browser, so that a flow by itself is not so clear.
        events.extend(flow(n * 3600, user, (HOME, line), EDGE).map(Row::event));
    }
    events.sort_by_key(|event| event.at);
    let all = found(&events);
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|finding| finding.rests_on(Fact::SharedRedeemer)), "{all:#?}");
}

#[test]
fn an_export_without_the_fields_says_that_it_cannot_tell() {
    let mute =
        |row: Row| row.correlation("c").with(|sign_in| (sign_in.protocol, sign_in.transfer) = (None, None));
    let rows = [mute(row(0, "ann", DESK, Outcome::ConfirmApp)), mute(row(20, "ann", DESK, Outcome::Success))];
    let all = found(&with("ann", rows));
    assert_eq!((all.len(), all[0].severity), (1, Severity::Info));
    assert!(all[0].rests_on(Fact::FieldsMissing));
    assert_eq!(all[0].next.first(), Some(&Step::ExportMore));
}

mod at_home {
    //! Devices that were let in here.

    use super::*;
    use crate::testing::{nothing_twice, ours, run, same_in_any_order};
    use model::device_authorization::DeviceFlow;
    use model::event::EventKind;
    use model::id::{DeviceId, GrantId};
    use model::nearness::Nearness;

    fn device(number: u8) -> DeviceId {
        DeviceId::from_bytes([number; 16])
    }

    fn asked(at: i64, number: u8) -> Event {
        let kind = EventKind::DeviceAsked {
            device: device(number),
            client: "tv".to_owned(),
            flow: DeviceFlow::UserCode,
            kind: "tv".to_owned(),
            asked_at: None,
        };
        ours(at, u32::from(number), "198.51.100.9", kind)
    }

    fn approved(at: i64, number: u8, nearness: Nearness) -> Event {
        let kind = EventKind::DeviceApproved {
            device: device(number),
            client: "tv".to_owned(),
            flow: DeviceFlow::UserCode,
            kind: "tv".to_owned(),
            nearness,
            grant: GrantId::from_bytes([1; 16]),
        };
        ours(at, u32::from(number), "192.0.2.1", kind)
    }

    fn lured(many: u8, nearness: Nearness) -> Vec<Event> {
        (1..=many)
            .flat_map(|n| [asked(i64::from(n) * 900, n), approved(i64::from(n) * 900 + 60, n, nearness)])
            .collect()
    }

    fn high(events: &[Event]) -> usize {
        let found = run(&mut DeviceCodePhishing::default(), events);
        found.iter().filter(|(_, finding)| finding.severity == Severity::High).count()
    }

    #[test]
    fn row_20_three_people_who_let_devices_of_one_network_in_from_elsewhere_are_a_campaign() {
        assert_eq!(high(&lured(2, Nearness::Elsewhere)), 0);
        assert_eq!(high(&lured(3, Nearness::Elsewhere)), 1);
        assert_eq!(high(&lured(9, Nearness::Nearby)), 0, "a house full of televisions");
    }

    #[test]
    fn three_people_who_say_that_it_is_not_theirs_are_one_too() {
        let denied = |n: u8| {
            ours(
                i64::from(n) * 60,
                u32::from(n),
                "192.0.2.1",
                EventKind::DeviceDenied { device: device(n), client: "tv".to_owned() },
            )
        };
        let events: Vec<Event> = (1..=3).map(denied).collect();
        assert_eq!(high(&events[..2]), 0);
        assert_eq!(high(&events), 1);
    }

    #[test]
    fn the_order_does_not_matter_nor_does_a_new_beginning() {
        let mut events = lured(6, Nearness::Elsewhere);
        for event in &mut events {
            // All devices asked long before.
            if matches!(event.kind, EventKind::DeviceAsked { .. }) {
                event.at = event.at - Duration::from_secs(3 * 3600);
            }
        }
        events.sort_by_key(|event| event.at);
        same_in_any_order::<DeviceCodePhishing>(&events);
        nothing_twice::<DeviceCodePhishing>(&lured(8, Nearness::Elsewhere));
    }
}
