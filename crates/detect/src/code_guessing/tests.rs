//! At the threshold, at the window's edge, on quiet days, out of order, and begun anew.

use super::*;
use crate::testing::{WRONG, nothing_twice, ours, run, same_in_any_order, session};
use model::finding::Finding;

fn wrong(times: &[i64]) -> Vec<Event> {
    times.iter().map(|at| ours(*at, 1, "192.0.2.1", WRONG)).collect()
}

fn found(events: &[Event]) -> Vec<Finding> {
    run(&mut CodeGuessing::default(), events).into_iter().map(|(_, finding)| finding).collect()
}

#[test]
fn row_6_eight_wrong_codes_in_ten_minutes_are_found_whatever_they_answer() {
    let times = [0, 80, 160, 240, 320, 400, 480, 599];
    assert!(found(&wrong(&times[..7])).is_empty());
    assert_eq!(found(&wrong(&times)).len(), 1);
    assert!(found(&wrong(&[0, 80, 160, 240, 320, 400, 480, 600])).is_empty());
}

#[test]
fn slow_ones_add_up_over_a_day() {
    let slow: Vec<i64> = (0..33).map(|n| n * 2600).collect();
    assert!(found(&wrong(&slow[..32])).is_empty());
    assert_eq!(found(&wrong(&slow)).len(), 1);
}

#[test]
fn an_owner_with_a_wrong_clock_in_a_known_browser_is_silent() {
    let mistyped = |at| {
        let kind =
            EventKind::ProofRefused { method: Method::Totp, because: NotProved::Mismatch, known: true };
        ours(at, 1, "192.0.2.1", kind)
    };
    let mut events: Vec<Event> = (0..9).map(|n| mistyped(n * 30)).collect();
    events.push(ours(300, 1, "192.0.2.1", session(true)));
    assert!(found(&events).is_empty());
}

#[test]
fn getting_in_right_after_them_is_critical() {
    let eight: Vec<i64> = (0..8).map(|n| n * 10).collect();
    let with = |at, kind| {
        let mut events = wrong(&eight);
        events.push(ours(at, 1, "192.0.2.1", kind));
        found(&events).pop().unwrap().severity
    };
    assert_eq!(with(100, EventKind::SignInCodeRedeemed), Severity::Critical);
    assert_eq!(with(100, session(false)), Severity::Critical);
    assert_eq!(with(100, session(true)), Severity::High, "the owner");
    assert_eq!(with(70 + 300, session(false)), Severity::High, "later");
}

#[test]
fn the_order_does_not_matter_nor_does_a_new_beginning() {
    let times: Vec<i64> = (0..14).map(|n| n * 40).collect();
    same_in_any_order::<CodeGuessing>(&wrong(&times));
    nothing_twice::<CodeGuessing>(&wrong(&(0..40).map(|n| n * 1700).collect::<Vec<_>>()));
}
