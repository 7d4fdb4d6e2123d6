//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{nothing_twice, ours, run, same_in_any_order};
use model::id::GrantId;

const CLIENT: &str = "https://apps.example/free-pdf";

fn added(at: i64) -> Event {
    ours(at, 0, "", EventKind::ClientAdded { client: CLIENT.to_owned(), origin: ClientOrigin::Registration })
}

fn given(at: i64, account: u32) -> Event {
    let grant = GrantId::from_bytes([7; 16]);
    let kind = EventKind::GrantGiven {
        grant,
        client: CLIENT.to_owned(),
        scopes: "openid".to_owned(),
        remembered: false,
    };
    ours(at, account, "192.0.2.1", kind)
}

fn found(events: &[Event]) -> usize {
    run(&mut ConsentPhishing::default(), events).len()
}

fn consents(many: u32, apart: i64) -> Vec<Event> {
    let mut events = vec![added(0)];
    events.extend((1..=many).map(|n| given(i64::from(n) * apart, n)));
    events
}

#[test]
fn five_consents_to_a_new_client_in_a_day_are_found_and_four_are_not() {
    assert_eq!(found(&consents(4, 600)), 0);
    assert_eq!(found(&consents(5, 600)), 1);
    let edge = |last| {
        let mut events = consents(4, 600);
        events.push(given(last, 99));
        events
    };
    assert_eq!(found(&edge(600 + 24 * 3600 - 1)), 1);
    assert_eq!(found(&edge(600 + 24 * 3600)), 0);
}

#[test]
fn a_client_that_somebody_vouches_for_or_that_is_old_is_silent() {
    let mut vouched = consents(5, 600);
    vouched
        .insert(1, ours(1, 0, "", EventKind::ClientVerified { client: CLIENT.to_owned(), verified: true }));
    assert_eq!(found(&vouched), 0);
    let mut old = vec![added(-2 * 24 * 3600)];
    old.extend((1..=5).map(|n| given(i64::from(n) * 600, n)));
    assert_eq!(found(&old), 0);
}

#[test]
fn three_people_who_say_no_are_enough() {
    let mut events = vec![added(0)];
    let denied = |n: u32| {
        ours(i64::from(n) * 60, n, "192.0.2.1", EventKind::GrantDenied { client: CLIENT.to_owned() })
    };
    events.extend((1..=2).map(denied));
    assert_eq!(found(&events), 0);
    events.push(denied(3));
    assert_eq!(found(&events), 1);
}

#[test]
fn the_order_does_not_matter_nor_does_a_new_beginning() {
    let mut events = consents(8, 120);
    events[0] = added(-3600);
    same_in_any_order::<ConsentPhishing>(&events);
    nothing_twice::<ConsentPhishing>(&consents(12, 7000));
}
