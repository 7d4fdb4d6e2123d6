//! A grant holds for its client and key, and ends when it has to.

use super::*;
use crate::cx::Cx;
use proptest::prelude::*;

const DAY: u64 = 86_400;

/// A grant of thirty days that lies unused for seven at the most.
pub(crate) fn grant() -> Grant {
    let start = Time::from_micros(0);
    Grant {
        id: GrantId::new(&mut Cx::simulated(start, 1)).unwrap(),
        account: None,
        client: "c1".to_owned(),
        scopes: Scopes::parse("openid email").unwrap(),
        resources: ["https://a.example", "https://b.example"]
            .map(|text| Resource::parse(text).unwrap())
            .to_vec(),
        origin: GrantOrigin::Browser,
        context: None,
        session: None,
        key: None,
        granted_at: start,
        used_at: start,
        idle: Duration::from_secs(7 * DAY),
        expires_at: start + Duration::from_secs(30 * DAY),
        confirmed_at: None,
        quiet_until: None,
        ended: None,
    }
}

fn day(number: u64) -> Time {
    Time::from_micros(0) + Duration::from_secs(number * DAY)
}

#[test]
fn codes_are_read_back() {
    for end in GrantEnd::ALL {
        assert_eq!(GrantEnd::from_code(end.code()), Some(end));
    }
    for origin in [GrantOrigin::Browser, GrantOrigin::Device, GrantOrigin::Client] {
        assert_eq!(GrantOrigin::from_code(origin.code()), Some(origin));
    }
}

/// threats.md §5.2 row 31: use moves the idle end and never the absolute one.
#[test]
fn row_31_use_keeps_a_grant_alive_until_its_absolute_end_only() {
    let mut grant = grant();
    assert_eq!((grant.over(day(6)), grant.over(day(7))), (None, Some(GrantEnd::Idle)));
    for used in [6, 12, 18, 24] {
        assert_eq!(grant.over(day(used)), None);
        grant.used_at = day(used);
        assert!(grant.ends_at() <= day(30));
    }
    grant.used_at = day(29);
    assert_eq!((grant.over(day(29)), grant.over(day(30))), (None, Some(GrantEnd::Absolute)));
    assert_eq!(grant.ends_at(), day(30));
    grant.ended = Some((day(2), GrantEnd::EndedByOwner));
    assert_eq!(grant.over(day(3)), Some(GrantEnd::EndedByOwner));
}

#[test]
fn row_29_a_grant_holds_for_its_client_and_its_key_only() {
    let (own, other) = (Thumbprint::from_bytes([1; 32]), Thumbprint::from_bytes([2; 32]));
    let bound = Grant { key: Some(own), ..grant() };
    assert_eq!(bound.holds("c1", Some(own), day(1)), Ok(()));
    assert_eq!(bound.holds("c1", Some(other), day(1)), Err(GrantRefusal::KeyOther));
    assert_eq!(bound.holds("c1", None, day(1)), Err(GrantRefusal::KeyMissing));
    assert_eq!(bound.holds("c2", Some(own), day(1)), Err(GrantRefusal::Unknown));
    assert_eq!(bound.holds("c2", Some(own), day(40)), Err(GrantRefusal::Unknown));
    assert_eq!(bound.holds("c1", Some(own), day(7)), Err(GrantRefusal::GrantOver));
    assert_eq!(grant().holds("c1", Some(own), day(1)), Ok(()));
}

#[test]
fn a_token_reaches_as_far_as_its_grant_or_less_far() {
    let grant = grant();
    let scopes = |text| Scopes::parse(text).unwrap();
    assert_eq!(grant.scopes_for(None), Ok(scopes("openid email")));
    assert_eq!(grant.scopes_for(Some(&scopes("email"))), Ok(scopes("email")));
    assert_eq!(grant.scopes_for(Some(&scopes("email phone"))), Err(GrantRefusal::ScopeWider));
    let one = [Resource::parse("https://b.example").unwrap()];
    let other = [Resource::parse("https://c.example").unwrap()];
    assert_eq!(grant.resources_for(&[]).map(<[Resource]>::len), Ok(2));
    assert_eq!(grant.resources_for(&one), Ok(&one[..]));
    assert_eq!(grant.resources_for(&other), Err(GrantRefusal::ResourceWider));
}

proptest! {
    #[test]
    fn row_31_no_use_moves_the_absolute_end(uses in proptest::collection::vec(0_u64..8, 0..20)) {
        let (mut grant, mut now) = (grant(), 0);
        for pause in uses {
            now += pause;
            if grant.over(day(now)).is_none() {
                grant.used_at = day(now);
            }
            prop_assert!(grant.ends_at() <= day(30));
            prop_assert_eq!(grant.over(day(now)).is_some(), day(now) >= grant.ends_at());
        }
        prop_assert!(grant.over(day(30)).is_some());
    }
}
