//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{asked, nothing_twice, ours, run, same_in_any_order};

fn texts(many: u32, apart: i64) -> Vec<Event> {
    (0..many)
        .map(|n| ours(i64::from(n) * apart, n, "192.0.2.1", asked(Some(&format!("+881 … {:02}", n % 100)))))
        .collect()
}

fn found(events: &[Event]) -> usize {
    run(&mut MessagePumping::default(), events).len()
}

#[test]
fn row_41_ten_numbers_behind_one_code_in_an_hour_are_found_and_nine_are_not() {
    assert_eq!(found(&texts(9, 300)), 0);
    assert_eq!(found(&texts(10, 300)), 1);
    let edge = |last| {
        let mut events = texts(9, 300);
        events.push(ours(last, 99, "192.0.2.1", asked(Some("+881 … 99"))));
        events
    };
    assert_eq!(found(&edge(3599)), 1);
    assert_eq!(found(&edge(3600)), 0);
}

#[test]
fn messages_whose_codes_are_used_are_silent_and_so_is_mail() {
    let mut events = Vec::new();
    for n in 0..20 {
        events.push(ours(i64::from(n) * 60, n, "192.0.2.1", asked(Some("+43 … 12"))));
        events.push(ours(i64::from(n) * 60 + 30, n, "192.0.2.1", EventKind::SignInCodeRedeemed));
    }
    assert_eq!(found(&events), 0);
    let mail: Vec<Event> = (0..40).map(|n| ours(i64::from(n) * 30, n, "192.0.2.1", asked(None))).collect();
    assert_eq!(found(&mail), 0);
}

#[test]
fn the_order_does_not_matter_nor_does_a_new_beginning() {
    same_in_any_order::<MessagePumping>(&texts(14, 100));
    nothing_twice::<MessagePumping>(&texts(25, 100));
}
