//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{asked, ours, run};

/// Ten requests an hour for two days, of which so many in a hundred are used.
fn usual(percent: u32) -> Vec<Event> {
    let mut events = Vec::new();
    for n in 0..480_u32 {
        let at = i64::from(n) * 360;
        events.push(ours(at, n, "192.0.2.1", asked(None)));
        if n * 37 % 100 < percent {
            events.push(ours(at + 60, n, "192.0.2.1", EventKind::SignInCodeRedeemed));
        }
    }
    events
}

/// And then so many within an hour that nobody uses, and one a quarter of an hour later.
fn with(percent: u32, many: u32) -> Vec<Event> {
    let mut events = usual(percent);
    let from = 480 * 360;
    events.extend((0..many).map(|n| ours(from + i64::from(n) * 50, 1000 + n, "192.0.2.9", asked(None))));
    events.push(ours(from + 60 * 60 + 16 * 60, 5000, "192.0.2.9", asked(None)));
    events
}

fn found(events: &[Event]) -> usize {
    run(&mut CompletionRatio::default(), events).len()
}

#[test]
fn an_hour_in_which_hardly_any_code_is_used_is_found() {
    assert_eq!(found(&with(80, 70)), 1);
    assert_eq!(found(&with(80, 20)), 0, "too few to say");
    assert_eq!(found(&usual(80)), 0);
}

#[test]
fn where_it_is_always_like_that_it_is_silent() {
    assert_eq!(found(&with(0, 70)), 0);
}

#[test]
fn little_before_says_nothing() {
    let events = with(80, 70);
    let few: Vec<Event> = events
        .into_iter()
        .filter(|event| event.at.micros() >= (crate::testing::START + 300 * 360) * 1_000_000)
        .collect();
    assert_eq!(found(&few), 0);
}
