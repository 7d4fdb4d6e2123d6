//! What the detectors of our own record have in common: a day on which nothing happens is silent for all of them at once, their
//! memory has an end whatever comes, and the edges that the tests of each do not have.

use model::device_authorization::DeviceFlow;
use model::event::{Event, EventKind};
use model::finding::Severity;
use model::grant_refusal::GrantRefusal;
use model::id::{DeviceId, GrantId, SessionId};
use model::nearness::Nearness;

use crate::bench::Bench;
use crate::code_flood::CodeFlood;
use crate::code_guessing::CodeGuessing;
use crate::code_spraying::CodeSpraying;
use crate::completion_ratio::CompletionRatio;
use crate::device_code_phishing::DeviceCodePhishing;
use crate::refresh_replay::RefreshReplay;
use crate::session_replay::SessionReplay;
use crate::testing::{DAY, HOUR, WRONG, asked, nothing_twice, ours, run, same_in_any_order, session};

const AT: &str = "192.0.2.1";

/// A line of somebody's own.
fn house(n: u32) -> String {
    format!("10.{}.{}.1", n / 250 % 250, n % 250)
}

/// A day of so many people: each asks for a code and uses it, one in ten mistypes, one in twenty lets a code run out, one in
/// thirty lets an app in, and one in fifty adds a passkey.
fn day(people: u32) -> Vec<Event> {
    let mut events = Vec::new();
    for n in 0..people {
        let (at, home) = (8 * HOUR + i64::from(n) * 8 * HOUR / i64::from(people), house(n));
        events.push(ours(at, n, &home, asked(None)));
        if n % 20 == 7 {
            continue;
        }
        if n % 10 == 3 {
            events.push(ours(at + 30, n, &home, WRONG));
        }
        let mut within = [0x51; 16];
        within[..4].copy_from_slice(&n.to_be_bytes());
        let within = SessionId::from_bytes(within);
        events.push(ours(at + 45, n, &home, EventKind::SignInCodeRedeemed));
        events.push(ours(at + 46, n, &home, session(n % 4 != 0)).within(within));
        if n % 30 == 1 {
            let grant = GrantId::from_bytes([1; 16]);
            let (client, scopes) = ("reader".to_owned(), "openid".to_owned());
            let kind = EventKind::GrantGiven { grant, client, scopes, remembered: false };
            events.push(ours(at + 90, n, &home, kind).within(within));
        }
        if n % 50 == 2 {
            events.push(ours(at + 120, n, &home, EventKind::RecoveryCodesMade { count: 10 }).within(within));
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

#[test]
fn a_day_on_which_nothing_happens_is_silent_for_all_of_them_at_once() {
    let mut bench = Bench::default();
    let found: Vec<_> = day(2000).iter().flat_map(|event| bench.observe(event)).collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(bench.memory().iter().all(|(_, memory)| memory.evicted == 0), "an ordinary day has room");
}

#[test]
fn an_attack_on_one_is_found_among_all_the_others() {
    let mut events = day(2000);
    events.extend((0..8).map(|n| ours(9 * HOUR + n * 30, 77, "81.2.69.142", WRONG)));
    events.sort_by_key(|event| event.at);
    let mut bench = Bench::default();
    let found: Vec<_> = events.iter().flat_map(|event| bench.observe(event)).collect();
    let names: Vec<&str> = found.iter().map(|(_, finding)| finding.detector.as_str()).collect();
    assert_eq!(names, ["code_guessing"], "{found:#?}");
}

#[test]
fn their_memory_has_an_end_whatever_comes() {
    let mut bench = Bench::default();
    let mut most = 0;
    for n in 0..120_000_u32 {
        let at = i64::from(n) / 4;
        let _ = bench.observe(&ours(at, n, &house(n), if n % 2 == 0 { asked(None) } else { WRONG }));
        if n % 30_000 == 29_999 {
            most = most.max(bench.memory().iter().map(|(_, memory)| memory.entries).sum());
        }
    }
    let now: usize = bench.memory().iter().map(|(_, memory)| memory.entries).sum();
    assert!(now < 400_000 && most < 400_000, "{now}");
    assert!(
        bench.memory().iter().map(|(_, memory)| memory.evicted).sum::<u64>() > 0,
        "forgotten, and counted"
    );
}

#[test]
fn eight_wrong_codes_count_within_ten_minutes_and_thirty_three_within_a_day() {
    let found = |events: &[Event]| run(&mut CodeGuessing::default(), events).len();
    let within = |many: i64, last: i64| {
        let mut events: Vec<Event> = (0..many - 1).map(|n| ours(n, 1, AT, WRONG)).collect();
        events.push(ours(last, 1, AT, WRONG));
        events
    };
    assert_eq!((found(&within(7, 599)), found(&within(8, 599)), found(&within(8, 600))), (0, 1, 0));
    // An hour apart each is no burst: only the sum of a day is.
    let slow = |many: i64, last: i64| {
        let mut events: Vec<Event> = (0..many - 1).map(|n| ours(n * 2500, 1, AT, WRONG)).collect();
        events.push(ours(last, 1, AT, WRONG));
        events
    };
    assert_eq!((found(&slow(33, DAY - 1)), found(&slow(33, DAY)), found(&slow(32, DAY - 1))), (1, 0, 0));
}

#[test]
fn eight_accounts_behind_one_line_count_within_an_hour() {
    let found = |last: i64| {
        let mut events: Vec<Event> = (0..7).map(|n| ours(i64::from(n) * 60, n, AT, WRONG)).collect();
        events.push(ours(last, 99, AT, WRONG));
        run(&mut CodeSpraying::default(), &events).len()
    };
    assert_eq!((found(HOUR - 1), found(HOUR)), (1, 0));
}

#[test]
fn ten_requests_count_within_a_day_and_twenty_five_mailboxes_within_ten_minutes() {
    let found = |events: &[Event]| run(&mut CodeFlood::default(), events).len();
    let slow = |last: i64| {
        let mut events: Vec<Event> = (0..9).map(|n| ours(n * 8000, 1, AT, asked(None))).collect();
        events.push(ours(last, 1, AT, asked(None)));
        events
    };
    assert_eq!((found(&slow(DAY - 1)), found(&slow(DAY))), (1, 0));
    let many = |last: i64| {
        let mut events: Vec<Event> = (0..24).map(|n| ours(i64::from(n), n, AT, asked(None))).collect();
        events.push(ours(last, 99, AT, asked(None)));
        events
    };
    assert_eq!((found(&many(599)), found(&many(600)), found(&many(599)[..24])), (1, 0, 0));
    same_in_any_order::<CodeFlood>(
        &(0..40).map(|n| ours(i64::from(n) * 2, n, AT, asked(None))).collect::<Vec<_>>(),
    );
}

/// Two days as usual, and then an hour of so many requests that nobody uses, compared at that second after it.
fn unused(many: u32, last: i64) -> usize {
    let mut events = Vec::new();
    for n in 0..480_u32 {
        let at = i64::from(n) * 360;
        events.push(ours(at, n, AT, asked(None)));
        if n % 5 != 0 {
            events.push(ours(at + 60, n, AT, EventKind::SignInCodeRedeemed));
        }
    }
    let from = 480 * 360;
    events.extend(
        (0..many)
            .map(|n| ours(from + i64::from(n) * 3599 / i64::from(many), 1000 + n, "192.0.2.9", asked(None))),
    );
    events.push(ours(from + last, 5000, "192.0.2.9", asked(None)));
    run(&mut CompletionRatio::default(), &events).len()
}

#[test]
fn fifty_requests_of_an_hour_are_enough_as_long_as_all_of_the_hour_is_compared() {
    // Steps of five minutes: the last three are not looked at, and the twelve before them are the hour.
    let whole = HOUR + 10 * 60;
    assert_eq!((unused(50, whole), unused(49, whole)), (1, 0));
    assert_eq!((unused(50, whole - 1), unused(50, whole + 299), unused(50, whole + 300)), (0, 1, 0));
}

fn denied(at: i64, number: u8) -> Event {
    let kind =
        EventKind::DeviceDenied { device: DeviceId::from_bytes([number; 16]), client: "tv".to_owned() };
    ours(at, u32::from(number), AT, kind)
}

#[test]
fn three_people_who_deny_devices_of_one_client_count_within_a_day_and_the_client_is_named() {
    let high = |events: &[Event]| {
        let found = run(&mut DeviceCodePhishing::default(), events);
        found
            .into_iter()
            .find(|(_, finding)| finding.severity == Severity::High)
            .map(|(_, finding)| finding.key)
    };
    let until = |last: i64| [denied(0, 1), denied(60, 2), denied(last, 3)];
    assert_eq!(high(&until(DAY - 1)).as_deref(), Some("client tv"));
    assert_eq!((high(&until(DAY)), high(&until(DAY - 1)[..2])), (None, None));
    // One person who says no three times is one.
    assert_eq!(high(&[denied(0, 1), denied(60, 1), denied(120, 1)]), None);
}

#[test]
fn a_device_that_was_near_is_no_lure() {
    let kind = EventKind::DeviceAsked {
        device: DeviceId::from_bytes([1; 16]),
        client: "tv".to_owned(),
        flow: DeviceFlow::UserCode,
        kind: "tv".to_owned(),
        asked_at: None,
    };
    let approved = EventKind::DeviceApproved {
        device: DeviceId::from_bytes([1; 16]),
        client: "tv".to_owned(),
        flow: DeviceFlow::UserCode,
        kind: "tv".to_owned(),
        nearness: Nearness::Nearby,
        grant: GrantId::from_bytes([1; 16]),
    };
    let events = [ours(0, 1, AT, kind), ours(30, 1, AT, approved)];
    assert!(run(&mut DeviceCodePhishing::default(), &events).is_empty());
}

fn refused(at: i64, grant: u8, because: GrantRefusal) -> Event {
    let grant = GrantId::from_bytes([grant; 16]);
    ours(at, 1, AT, EventKind::TokensRefused { grant, client: "app".to_owned(), because })
}

#[test]
fn a_token_that_comes_back_is_told_once_a_day_and_anew_after_it() {
    let again = |at: i64| {
        run(
            &mut RefreshReplay,
            &[refused(0, 1, GrantRefusal::Replayed), refused(at, 1, GrantRefusal::Replayed)],
        )
        .len()
    };
    let quiet = crate::Detector::horizon(&RefreshReplay).as_secs();
    let quiet = i64::try_from(quiet).unwrap();
    assert_eq!((again(quiet), again(quiet + 1)), (1, 2));
    // Which app it was is said by the grant, in whatever order they come.
    same_in_any_order::<RefreshReplay>(&[
        refused(0, 1, GrantRefusal::Replayed),
        refused(60, 2, GrantRefusal::KeyOther),
        refused(120, 1, GrantRefusal::Replayed),
    ]);
    nothing_twice::<RefreshReplay>(&[
        refused(0, 1, GrantRefusal::Replayed),
        refused(60, 2, GrantRefusal::KeyOther),
    ]);
}

#[test]
fn a_session_that_stays_in_its_browser_is_silent_however_its_networks_change() {
    let within = |at: i64, from: &str| {
        ours(at, 1, from, EventKind::RecoveryCodesMade { count: 10 }).within(SessionId::from_bytes([9; 16]))
    };
    let mut events = vec![ours(0, 1, AT, session(true)).within(SessionId::from_bytes([9; 16]))];
    events.extend((1..200).map(|n| within(n * 600, if n % 2 == 0 { AT } else { "198.51.100.7" })));
    assert!(run(&mut SessionReplay::default(), &events).is_empty());
}
