//! Numbers, states, and what a consent covers.

use proptest::prelude::*;
use wire::http::user_agent::Browser;

use super::*;
use crate::cx::Cx;

fn approval(cx: &mut Cx) -> Approval {
    let id = ApprovalId::new(cx).unwrap();
    Approval {
        id,
        drawn: id,
        account: AccountId::new(cx).unwrap(),
        wanted: Wanted::SecondStep,
        client: None,
        browser: Digest::from_bytes([1; 16]),
        known: false,
        session: None,
        source: Source { address: None, browser: Browser::parse("") },
        asked_from: None,
        asked_at: cx.now,
        expires_at: cx.now + LIFETIME,
        state: ApprovalState::Waiting,
        opened_at: None,
        approver: None,
        nearness: None,
        decoy: false,
    }
}

fn cx() -> Cx {
    Cx::simulated(Time::from_micros(1_795_297_599_123_456), 1)
}

#[test]
fn codes_are_read_back_and_time_ends_what_is_live() {
    let mut cx = cx();
    for wanted in Wanted::ALL {
        assert_eq!(Wanted::from_code(wanted.code()), Some(wanted));
    }
    for state in ApprovalState::ALL {
        assert_eq!(ApprovalState::from_code(state.code()), Some(state));
        let one = Approval { state, ..approval(&mut cx) };
        let late = one.state_at(one.expires_at);
        assert_eq!(late, if state.is_live() { ApprovalState::Lapsed } else { state });
    }
}

#[test]
fn row_16_a_browser_draws_another_number_once_somebody_answered_or_after_five_minutes() {
    let mut cx = cx();
    let first = approval(&mut cx);
    let second = Approval { drawn: first.id, ..approval(&mut cx) };
    let id = ApprovalId::new(&mut cx).unwrap();
    let (own, other) = (first.browser, Digest::from_bytes([2; 16]));
    let drawn = |before: &[Approval], browser, after| draw(id, before, (browser, first.asked_at + after));
    let soon = LIFETIME - Duration::from_micros(1);
    assert_eq!(drawn(&[], &own, soon), id);
    assert_eq!(drawn(std::slice::from_ref(&first), &own, soon), first.id);
    assert_eq!(drawn(&[second.clone(), first.clone()], &own, soon), first.id, "however often it asks");
    assert_eq!(drawn(std::slice::from_ref(&first), &own, LIFETIME), id);
    assert_eq!(drawn(std::slice::from_ref(&first), &other, soon), id);
    for state in [ApprovalState::Withdrawn, ApprovalState::Lapsed] {
        assert_eq!(drawn(&[Approval { state, ..first.clone() }], &own, soon), first.id, "{state:?}");
    }
    let approver = Some(AuthenticatorId::new(&mut cx).unwrap());
    assert_eq!(
        drawn(&[Approval { approver, ..second }, first.clone()], &own, soon),
        id,
        "a number is used once"
    );
    assert_eq!(drawn(&[Approval { decoy: true, ..first.clone() }], &own, soon), id);
}

#[test]
fn row_16_the_number_of_one_approval_is_none_of_another() {
    let (keys, mut cx) = (Keys::simulated().unwrap(), cx());
    let (one, other) = (ApprovalId::new(&mut cx).unwrap(), ApprovalId::new(&mut cx).unwrap());
    let shown = number(&keys, one);
    assert_eq!(shown.expose().len(), DIGITS);
    assert!(is_number(&keys, one, shown.expose()));
    assert!(!is_number(&keys, other, shown.expose()));
    for typed in ["", "000", &format!("{} ", shown.expose()), &format!("0{}", shown.expose())] {
        assert!(!is_number(&keys, one, typed), "{typed}");
    }
}

#[test]
fn row_16_a_consent_covers_the_approval_what_was_shown_and_what_was_typed() {
    let (keys, mut cx) = (Keys::simulated().unwrap(), cx());
    let one = approval(&mut cx);
    let by = AuthenticatorId::new(&mut cx).unwrap();
    let given = consent(&keys, &one, (by, "123456"));
    assert!(given.matches(&consent(&keys, &one, (by, "123456"))));
    let elsewhere = Some("93.184.216.34".parse().unwrap());
    for other in [
        Approval { id: ApprovalId::new(&mut cx).unwrap(), ..one.clone() },
        Approval { account: AccountId::new(&mut cx).unwrap(), ..one.clone() },
        Approval { wanted: Wanted::SignIn, ..one.clone() },
        Approval { client: Some("shelf".to_owned()), ..one.clone() },
        Approval { known: true, ..one.clone() },
        Approval { asked_from: elsewhere, ..one.clone() },
        Approval { asked_at: one.asked_at + TAKE, ..one.clone() },
    ] {
        assert!(!given.matches(&consent(&keys, &other, (by, "123456"))), "{other:?}");
    }
    assert!(!given.matches(&consent(&keys, &one, (by, "123457"))));
    let another = AuthenticatorId::new(&mut cx).unwrap();
    assert!(!given.matches(&consent(&keys, &one, (another, "123456"))));
}

#[test]
fn row_50_all_digits_are_equally_likely() {
    let (keys, mut cx) = (Keys::simulated().unwrap(), cx());
    let mut counts = [[0_u32; 10]; DIGITS];
    const DRAWN: u32 = 20_000;
    for _ in 0..DRAWN {
        let number = number(&keys, ApprovalId::new(&mut cx).unwrap());
        for (place, digit) in number.expose().bytes().enumerate() {
            counts[place][usize::from(digit - b'0')] += 1;
        }
    }
    let expected = f64::from(DRAWN) / 10.0;
    for place in counts {
        let chi2: f64 = place.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
        // 9 degrees of freedom: 0.1 % above 27.9; six places and a fixed seed.
        assert!(chi2 < 27.9, "χ² = {chi2}");
    }
}

proptest! {
    #[test]
    fn nothing_is_live_after_its_time(state in prop::sample::select(ApprovalState::ALL.to_vec()), after in 0_u64..10_000) {
        let one = Approval { state, ..approval(&mut cx()) };
        prop_assert!(!one.state_at(one.expires_at + Duration::from_secs(after)).is_live());
    }
}
