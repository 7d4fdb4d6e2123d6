//! Windows for devices: what a stranger gets without one, what a relay needs, and who may answer; `threats.md` §5.2 rows 20,
//! 21, 24 and 36.

use model::event::{EventKind, Subject};
use model::nearness::Nearness;
use model::pairing::PairingState;
use model::refusal::Refusal;
use proving::client_key::ClientKey;
use wire::http::network::Network;
use wire::oauth::error::ErrorCode;

use crate::at_devices::{at, code_of, home, op, proved, proxy};
use crate::providing::text;
use crate::sim::{MINUTE, SECOND};

#[test]
fn a_device_is_let_in_by_the_code_in_it_and_the_digits_on_it() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    assert_eq!(code.len(), 12);
    let shown = format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]).to_lowercase();
    let begun = op.device_brings(&shown, Some(&mut key), home()).unwrap();
    assert_eq!((begun["expires_in"].as_u64(), begun["interval"].as_u64()), (Some(180), Some(5)));
    assert!(begun["user_code"].is_null());
    let seen = flow::pairing::look(&op.sim.store, &anna, window).unwrap().unwrap();
    let before = seen.before.unwrap();
    assert_eq!((seen.pairing.state, before.device.kind.name()), (PairingState::Answered, "command_line"));
    assert_eq!(before.device.nearness_to(home().address, &[]), Nearness::Nearby);
    let device_code = text(&begun, "device_code");
    op.sim.advance(SECOND * 5);
    let pending = op.polls("terminal", device_code, (Some(&mut key), home()));
    assert_eq!(code_of(&pending), Some(ErrorCode::AuthorizationPending));
    let answered = op.confirms(&anna, (window, text(&begun, "confirmation")), home());
    assert_eq!(answered, Ok(Nearness::Nearby));
    op.sim.advance(SECOND * 5);
    let got = op.polls("terminal", device_code, (Some(&mut key), home())).unwrap();
    assert_eq!(text(&got, "token_type"), "DPoP");
    assert!(got["refresh_token"].is_string());
    assert_eq!(
        op.kinds_since(10),
        ["pairing_opened", "device_asked", "device_approved", "grant_given", "tokens_issued"]
    );
    let own = Subject::Account(anna.account.id);
    assert!(op.sim.events()[10..].iter().all(|event| event.subject == own), "all of it is hers to see");
}

#[test]
fn row_20_without_a_window_there_is_no_code_to_bring() {
    let (mut op, mut kit) = op();
    let anna = op.person("anna@example.com", 1);
    let no = op.device_brings("BCDFGHJKLMNP", Some(&mut kit), proxy());
    assert_eq!(code_of(&no), Some(ErrorCode::InvalidGrant));
    // Of a window that was open two minutes ago as little.
    let (_, code) = op.opens(&anna, home()).unwrap();
    op.sim.advance(MINUTE * 2);
    assert_eq!(code_of(&op.device_brings(&code, Some(&mut kit), home())), Some(ErrorCode::InvalidGrant));
    op.sim.sweep();
    let over = |kind: &EventKind| matches!(kind, EventKind::PairingOver { why: PairingState::Expired, .. });
    assert_eq!(op.count(over), 1);
}

/// A page that mints its code at the click has nothing to mint: the code of whoever opens a window there is that person's own.
#[test]
fn row_21_a_code_that_is_minted_at_the_click_leads_to_the_account_of_whoever_minted_it() {
    let (mut op, mut key) = op();
    let (anna, mallory) = (op.person("anna@example.com", 1), op.person("mallory@example.com", 2));
    let (window, code) = op.opens(&mallory, proxy()).unwrap();
    // The victim's device with the attacker's code: before the attacker, and never before the victim.
    let begun = op.device_brings(&code, Some(&mut key), home()).unwrap();
    assert!(flow::pairing::look(&op.sim.store, &anna, window).unwrap().is_none());
    let digits = text(&begun, "confirmation");
    assert_eq!(op.confirms(&anna, (window, digits), home()), Err(Refusal::WindowOver));
    assert_eq!(op.confirms(&mallory, (window, digits), proxy()), Ok(Nearness::Elsewhere));
    let grants =
        |account| op.sim.store.read(move |reader| store::grants::list(reader, account, 9)).unwrap().len();
    assert_eq!((grants(anna.account.id), grants(mallory.account.id)), (0, 1));
}

#[test]
fn row_24_a_window_needs_a_proof_of_the_last_minutes() {
    let (mut op, _) = op();
    let anna = op.person("anna@example.com", 1);
    op.sim.advance(MINUTE * 5);
    assert_eq!(op.opens(&anna, home()).err(), Some(Refusal::DeviceUnproved));
    let anna = proved(&op, &anna);
    assert!(op.opens(&anna, home()).is_ok());
}

#[test]
fn row_36_digits_that_are_relayed_let_a_device_in_that_says_it_is_elsewhere() {
    let (mut op, mut kit) = op();
    let anna = op.person("anna@example.com", 1);
    // She reads the code out to somebody on the telephone; the digits are read back to her.
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut kit), proxy()).unwrap();
    let seen = flow::pairing::look(&op.sim.store, &anna, window).unwrap().unwrap().before.unwrap();
    assert_eq!(
        seen.device.nearness_to(home().address, &[]),
        Nearness::Elsewhere,
        "her page says so before she answers"
    );
    assert_eq!(op.confirms(&anna, (window, text(&begun, "confirmation")), home()), Ok(Nearness::Elsewhere));
    let got = op.polls("terminal", text(&begun, "device_code"), (Some(&mut kit), proxy())).unwrap();
    let grant =
        op.sim.store.read(|reader| store::grants::list(reader, anna.account.id, 9)).unwrap().remove(0);
    assert_eq!(grant.grant.context, Some(Nearness::Elsewhere));
    assert!(got["access_token"].is_string());
}

/// In an office whose private addresses arrive as they are, an operator says which networks are one place.
#[test]
fn row_25_a_device_in_the_same_office_is_nearby_where_an_operator_says_so() {
    let let_in = |networks: &[&str], device: &str| {
        let (mut op, mut key) = op();
        op.sim.policy.nearby_networks = networks.iter().map(|text| Network::parse(text).unwrap()).collect();
        let anna = op.person("anna@example.com", 1);
        let (desk, device) = (at("10.20.3.7"), at(device));
        let (window, code) = op.opens(&anna, desk).unwrap();
        let begun = op.device_brings(&code, Some(&mut key), device).unwrap();
        let near = op.confirms(&anna, (window, text(&begun, "confirmation")), desk).unwrap();
        let got = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), device)).unwrap();
        (near, text(&got, "scope").to_owned())
    };
    let all = "email offline_access openid phone read write".to_owned();
    assert_eq!(let_in(&[], "10.20.3.9"), (Nearness::Unknown, "openid".to_owned()));
    assert_eq!(let_in(&["10.20.3.0/24"], "10.20.3.9"), (Nearness::Nearby, all));
    assert_eq!(let_in(&["10.20.3.0/24"], "93.184.216.34").0, Nearness::Elsewhere);
}

#[test]
fn row_36_without_the_digits_nothing_comes_of_it_and_three_tries_are_all() {
    let (mut op, mut kit) = op();
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut kit), proxy()).unwrap();
    let right = text(&begun, "confirmation").to_owned();
    let wrong = if right == "0000" { "0001" } else { "0000" };
    for nonsense in ["", "12", "12345", "abcd"] {
        assert_eq!(op.confirms(&anna, (window, nonsense), home()), Err(Refusal::CodeMalformed), "{nonsense}");
    }
    for left in [2, 1, 0] {
        assert_eq!(op.confirms(&anna, (window, wrong), home()), Err(Refusal::DigitsWrong { left }));
    }
    assert_eq!(op.confirms(&anna, (window, &right), home()), Err(Refusal::WindowOver));
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut kit), proxy()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied));
    let refused = |kind: &EventKind| matches!(kind, EventKind::DeviceDigitsRefused { .. });
    let over =
        |kind: &EventKind| matches!(kind, EventKind::PairingOver { why: PairingState::WrongDigits, .. });
    assert_eq!((op.count(refused), op.count(over)), (3, 1));
}

#[test]
fn two_devices_race_for_one_window_and_one_gets_it() {
    let (mut op, mut first) = op();
    let mut second = ClientKey::new().unwrap();
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut first), home()).unwrap();
    assert_eq!(code_of(&op.device_brings(&code, Some(&mut second), home())), Some(ErrorCode::InvalidGrant));
    assert!(op.confirms(&anna, (window, text(&begun, "confirmation")), home()).is_ok());
    // The other one has no device code, and the first one's is bound to its key.
    let stolen = op.polls("terminal", text(&begun, "device_code"), (Some(&mut second), home()));
    assert_eq!(code_of(&stolen), Some(ErrorCode::InvalidDpopProof));
}

#[test]
fn a_device_without_a_key_and_a_client_that_may_not_bring_no_code() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let (_, code) = op.opens(&anna, home()).unwrap();
    assert_eq!(code_of(&op.device_brings(&code, None, home())), Some(ErrorCode::InvalidDpopProof));
    op.change("terminal", |client| client.client.grant_types.clear());
    let got = op.device_brings(&code, Some(&mut key), home());
    assert_eq!(code_of(&got), Some(ErrorCode::UnauthorizedClient));
}

#[test]
fn no_is_the_end_of_device_and_window() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut key), proxy()).unwrap();
    let deny = |op: &mut crate::providing::Op, by: &flow::session::Visitor| {
        let by = by.clone();
        op.sim.write(move |tx, cx| flow::pairing::deny(tx, cx, (&by, home(), window)))
    };
    let ben = op.person("ben@example.com", 2);
    assert_eq!(deny(&mut op, &ben), Err(Refusal::WindowOver), "it is not his");
    assert_eq!(deny(&mut op, &anna), Ok(()));
    assert_eq!(deny(&mut op, &anna), Err(Refusal::WindowOver));
    let digits = text(&begun, "confirmation");
    assert_eq!(op.confirms(&anna, (window, digits), home()), Err(Refusal::WindowOver));
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), proxy()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied));
    assert!(op.sim.kinds().contains(&"device_denied"));
}

#[test]
fn a_second_window_closes_the_first_with_the_device_before_it() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let again = op.person("anna@example.com", 3);
    let (first, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut key), home()).unwrap();
    let (_, other) = op.opens(&again, home()).unwrap();
    assert_ne!(code, other);
    let digits = text(&begun, "confirmation");
    assert_eq!(op.confirms(&anna, (first, digits), home()), Err(Refusal::WindowOver));
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied));
    let cx = op.sim.cx();
    assert!(flow::pairing::live(&op.sim.store, &cx, &anna).unwrap().is_some());
    let by = anna.clone();
    assert_eq!(op.sim.write(move |tx, cx| flow::pairing::close(tx, cx, (&by, home()))), Ok(()));
    assert_eq!(code_of(&op.device_brings(&other, Some(&mut key), home())), Some(ErrorCode::InvalidGrant));
}

#[test]
fn pairing_codes_are_guessed_twenty_times_from_one_network_in_ten_minutes() {
    let (mut op, mut kit) = op();
    let anna = op.person("anna@example.com", 1);
    let mut tried = |op: &mut crate::providing::Op, from: &str| {
        code_of(&op.device_brings("BCDFGHJKLMNP", Some(&mut kit), at(from))).unwrap()
    };
    for _ in 0..20 {
        assert_eq!(tried(&mut op, "93.184.216.35"), ErrorCode::InvalidGrant);
    }
    assert_eq!(tried(&mut op, "93.184.216.35"), ErrorCode::SlowDown);
    assert_eq!(tried(&mut op, "93.184.216.36"), ErrorCode::InvalidGrant);
    let (_, code) = op.opens(&anna, home()).unwrap();
    let mut own = ClientKey::new().unwrap();
    assert_eq!(code_of(&op.device_brings(&code, Some(&mut own), proxy())), Some(ErrorCode::SlowDown));
    assert!(op.device_brings(&code, Some(&mut own), home()).is_ok(), "others are not in their way");
}

#[test]
fn a_window_that_is_answered_too_late_is_over_for_both() {
    let (mut op, mut key) = op();
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    op.sim.advance(SECOND * 119);
    let begun = op.device_brings(&code, Some(&mut key), home()).unwrap();
    op.sim.advance(SECOND * 180);
    let digits = text(&begun, "confirmation");
    assert_eq!(op.confirms(&anna, (window, digits), home()), Err(Refusal::WindowOver));
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::ExpiredToken));
    op.sim.sweep();
    assert!(op.sim.kinds().contains(&"pairing_over"));
}

/// For the layer of a client: what does not count there lets no device in either.
#[test]
fn row_43_a_device_of_a_client_that_takes_passkeys_only_is_not_let_in_by_a_code() {
    use model::method::{Method, MethodPolicy, MethodSet, Use};
    let (mut op, mut key) = op();
    op.change("terminal", |client| {
        client.methods = MethodPolicy::OPEN.with(Use::SignIn, MethodSet::of(&[Method::Passkey]));
    });
    let anna = op.person("anna@example.com", 1);
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut key), home()).unwrap();
    let digits = text(&begun, "confirmation");
    assert_eq!(op.confirms(&anna, (window, digits), home()), Err(Refusal::MethodOff));
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::AccessDenied), "the window is over, and the device with it");
    assert!(!op.sim.kinds().contains(&"grant_given"));
    // What is closed between the yes and the first tokens is closed for these.
    op.change("terminal", |client| client.methods = MethodPolicy::OPEN);
    let (window, code) = op.opens(&anna, home()).unwrap();
    let begun = op.device_brings(&code, Some(&mut key), home()).unwrap();
    assert!(op.confirms(&anna, (window, text(&begun, "confirmation")), home()).is_ok());
    op.change("terminal", |client| {
        client.methods = MethodPolicy::OPEN.with(Use::SignIn, MethodSet::of(&[Method::Passkey]));
    });
    let polled = op.polls("terminal", text(&begun, "device_code"), (Some(&mut key), home()));
    assert_eq!(code_of(&polled), Some(ErrorCode::InvalidGrant));
}
