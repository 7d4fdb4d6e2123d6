//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{asked, nobody, nothing_twice, ours, run, same_in_any_order};

const LINE_OF: &str = "192.0.2.1";

fn strangers(many: u32, apart: i64) -> Vec<Event> {
    (0..many).map(|n| nobody(i64::from(n) * apart, n, LINE_OF, asked(None))).collect()
}

fn found(events: &[Event]) -> usize {
    run(&mut AddressEnumeration::default(), events).len()
}

#[test]
fn row_1_fifteen_addresses_of_nobody_behind_one_line_are_found_and_fourteen_are_not() {
    assert_eq!(found(&strangers(14, 60)), 0);
    assert_eq!(found(&strangers(15, 60)), 1);
    assert_eq!(found(&strangers(40, 60)), 1, "told once");
}

#[test]
fn within_an_hour_and_not_a_second_later() {
    let edge = |last| {
        let mut events = strangers(14, 60);
        events.push(nobody(last, 99, LINE_OF, asked(None)));
        events
    };
    assert_eq!(found(&edge(3599)), 1);
    assert_eq!(found(&edge(3600)), 0);
}

#[test]
fn an_office_whose_people_have_accounts_is_silent() {
    let mut events = strangers(14, 60);
    events.extend((0..60).map(|n| ours(900 + i64::from(n), n, LINE_OF, asked(None))));
    assert_eq!(found(&events), 0);
}

#[test]
fn a_hundred_everywhere_are_found_whoever_asks() {
    let from = |n: u32| format!("192.0.{}.{}", n / 200, n % 200);
    let events: Vec<Event> = (0..100).map(|n| nobody(i64::from(n) * 30, n, &from(n), asked(None))).collect();
    assert_eq!(found(&events[..99]), 0);
    assert_eq!(found(&events), 1);
}

#[test]
fn the_order_does_not_matter_nor_does_a_new_beginning() {
    same_in_any_order::<AddressEnumeration>(&strangers(20, 60));
    nothing_twice::<AddressEnumeration>(&strangers(30, 60));
}
