//! Polls are answered by what the person said, by the clock and by the pace, and by nobody else's key.

use super::*;
use crate::cx::Cx;
use proptest::prelude::*;

fn start() -> Time {
    Time::from_micros(1_795_297_599_000_000)
}

fn after(seconds: u64) -> Time {
    start() + Duration::from_secs(seconds)
}

fn key(byte: u8) -> Option<Thumbprint> {
    Some(Thumbprint::from_bytes([byte; 32]))
}

/// A television that asked by a user code, with a key.
pub(crate) fn device() -> DeviceAuthorization {
    DeviceAuthorization {
        id: DeviceId::new(&mut Cx::simulated(start(), 1)).unwrap(),
        flow: DeviceFlow::UserCode,
        client: "tv".to_owned(),
        scopes: Scopes::parse("read").unwrap(),
        resources: Vec::new(),
        kind: DeviceKind::Television,
        key: key(1),
        asked_from: None,
        polled_from: None,
        asked_at: start(),
        expires_at: start() + WAITS,
        interval: INTERVAL,
        polled_at: None,
        state: DeviceState::Asked,
        holder: None,
        grant: None,
    }
}

fn grant() -> GrantId {
    GrantId::from_bytes([7; 16])
}

fn own() -> Polling<'static> {
    Polling { client: "tv", key: key(1) }
}

#[test]
fn codes_are_read_back() {
    for state in DeviceState::ALL {
        assert_eq!(DeviceState::from_code(state.code()), Some(state));
    }
    for flow in [DeviceFlow::UserCode, DeviceFlow::Pairing] {
        assert_eq!(DeviceFlow::from_code(flow.code()), Some(flow));
    }
}

#[test]
fn a_poll_is_answered_by_what_the_person_said() {
    let poll = |state, grant| DeviceAuthorization { state, grant, ..device() }.poll(&own(), after(5));
    assert_eq!(poll(DeviceState::Asked, None), Polled::Pending);
    assert_eq!(poll(DeviceState::Entered, None), Polled::Pending);
    assert_eq!(poll(DeviceState::Approved, Some(grant())), Polled::Redeem(grant()));
    for (state, refusal, code) in [
        (DeviceState::Denied, GrantRefusal::Denied, "access_denied"),
        (DeviceState::Redeemed, GrantRefusal::CodeUsed, "invalid_grant"),
        (DeviceState::Expired, GrantRefusal::DeviceExpired, "expired_token"),
        (DeviceState::PolledOut, GrantRefusal::DeviceExpired, "expired_token"),
    ] {
        assert_eq!(poll(state, Some(grant())), Polled::Refused(refusal));
        assert_eq!(refusal.code().code(), code);
    }
    assert_eq!(GrantRefusal::Pending.code().code(), "authorization_pending");
    assert_eq!(GrantRefusal::TooFast.code().code(), "slow_down");
}

#[test]
fn a_device_code_is_nothing_to_another_client_or_without_its_key() {
    let approved = DeviceAuthorization { state: DeviceState::Approved, grant: Some(grant()), ..device() };
    for (by, refusal) in [
        (Polling { client: "cli", key: key(1) }, GrantRefusal::Unknown),
        (Polling { client: "tv", key: None }, GrantRefusal::KeyMissing),
        (Polling { client: "tv", key: key(2) }, GrantRefusal::KeyOther),
    ] {
        assert_eq!(approved.poll(&by, after(1)), Polled::Refused(refusal));
    }
    let unbound = DeviceAuthorization { key: None, ..approved };
    assert_eq!(unbound.poll(&Polling { client: "tv", key: key(9) }, after(1)), Polled::Redeem(grant()));
}

#[test]
fn what_was_approved_has_to_be_fetched_in_time() {
    let entered = DeviceAuthorization { state: DeviceState::Entered, ..device() };
    assert_eq!(entered.fetched_until(after(10)), after(600));
    assert_eq!(entered.fetched_until(after(599)), after(659));
    let approved = DeviceAuthorization { state: DeviceState::Approved, grant: Some(grant()), ..device() };
    assert_eq!(approved.poll(&own(), after(599)), Polled::Redeem(grant()));
    assert_eq!(approved.poll(&own(), after(600)), Polled::Refused(GrantRefusal::DeviceExpired));
}

#[test]
fn only_the_session_that_has_it_before_it_may_answer() {
    let (account, session) = (AccountId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
    let holder = Holder { account, session, since: start(), from: None };
    let entered = DeviceAuthorization { state: DeviceState::Entered, holder: Some(holder), ..device() };
    assert!(entered.is_before((account, session), after(599)));
    assert!(!entered.is_before((account, session), after(600)));
    assert!(!entered.is_before((account, SessionId::from_bytes([3; 16])), start()));
    assert!(!entered.is_before((AccountId::from_bytes([3; 16]), session), start()));
    for state in DeviceState::ALL.into_iter().filter(|state| *state != DeviceState::Entered) {
        assert!(!DeviceAuthorization { state, ..entered.clone() }.is_before((account, session), start()));
    }
}

#[test]
fn the_most_doubtful_place_where_it_was_seen_decides() {
    let at = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    let (home, away) = (at("93.184.216.34"), at("93.184.216.35"));
    let seen = |asked, polled| {
        DeviceAuthorization { asked_from: asked, polled_from: polled, ..device() }.nearness_to(home, &[])
    };
    assert_eq!(seen(home, None), Nearness::Nearby);
    assert_eq!(seen(home, home), Nearness::Nearby);
    assert_eq!(seen(home, away), Nearness::Elsewhere);
    assert_eq!(seen(away, home), Nearness::Elsewhere);
    assert_eq!(seen(home, at("2a01:4f8:1:2::1")), Nearness::Unknown);
    assert_eq!(seen(None, home), Nearness::Unknown);
}

proptest! {
    /// Whoever keeps to the interval it was told is never slowed down; whoever does not waits longer each time, and in the end
    /// for ever.
    #[test]
    fn the_pace_is_kept_or_it_ends(gaps in prop::collection::vec(0_u64..70, 1..60)) {
        let (mut device, mut now) = (DeviceAuthorization { expires_at: after(1_000_000), ..device() }, start());
        for gap in gaps {
            now = now + Duration::from_secs(gap);
            let before = device.interval;
            let in_time = device.polled_at.is_none() || Duration::from_secs(gap + 1) >= before;
            match device.poll(&own(), now) {
                Polled::Pending => prop_assert!(in_time),
                Polled::TooFast(longer) => {
                    prop_assert!(!in_time && longer == before + SLOWER && longer <= LONGEST_INTERVAL);
                    device.interval = longer;
                }
                Polled::PolledOut => {
                    prop_assert!(!in_time && before + SLOWER > LONGEST_INTERVAL);
                    break;
                }
                other => prop_assert!(false, "{other:?}"),
            }
            device.polled_at = Some(now);
        }
    }

    /// No poll gets anything out of a device that its person has not approved, whenever it comes and whoever makes it.
    #[test]
    fn nothing_is_redeemed_that_was_not_approved(
        state in prop::sample::select(DeviceState::ALL.to_vec()),
        seconds in 0_u64..2_000,
        client in prop::sample::select(vec!["tv", "cli"]),
        proved in prop::option::of(0_u8..3),
    ) {
        let device = DeviceAuthorization { state, grant: Some(grant()), ..device() };
        let by = Polling { client, key: proved.and_then(key) };
        let redeemed = device.poll(&by, after(seconds)) == Polled::Redeem(grant());
        let may = state == DeviceState::Approved && seconds < 600 && client == "tv" && proved == Some(1);
        prop_assert_eq!(redeemed, may);
    }
}
