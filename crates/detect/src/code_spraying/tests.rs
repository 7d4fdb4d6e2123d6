//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{WRONG, nothing_twice, ours, run, same_in_any_order, session};

fn wrong(many: u32, apart: i64) -> Vec<Event> {
    (0..many).map(|n| ours(i64::from(n) * apart, n, "192.0.2.1", WRONG)).collect()
}

fn found(events: &[Event]) -> usize {
    run(&mut CodeSpraying::default(), events).len()
}

#[test]
fn row_5_eight_accounts_behind_one_line_are_found_and_seven_are_not() {
    assert_eq!(found(&wrong(7, 100)), 0);
    assert_eq!(found(&wrong(8, 100)), 1);
    let edge = |last| {
        let mut events = wrong(7, 100);
        events.push(ours(last, 99, "192.0.2.1", WRONG));
        events
    };
    assert_eq!(found(&edge(3599)), 1);
    assert_eq!(found(&edge(3600)), 0);
}

#[test]
fn an_office_where_people_mistype_and_get_in_is_silent() {
    let mut events = Vec::new();
    for n in 0..30 {
        events.push(ours(i64::from(n) * 20, n, "192.0.2.1", WRONG));
        events.push(ours(i64::from(n) * 20 + 10, n, "192.0.2.1", session(true)));
    }
    assert_eq!(found(&events), 0);
}

#[test]
fn forty_accounts_from_as_many_lines_are_found() {
    let events: Vec<Event> =
        (0..40).map(|n| ours(i64::from(n) * 60, n, &format!("192.0.2.{n}"), WRONG)).collect();
    assert_eq!(found(&events[..39]), 0);
    assert_eq!(found(&events), 1);
}

#[test]
fn the_order_does_not_matter_nor_does_a_new_beginning() {
    same_in_any_order::<CodeSpraying>(&wrong(12, 60));
    nothing_twice::<CodeSpraying>(&wrong(20, 60));
}
