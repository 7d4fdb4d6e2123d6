//! Everything that has to fit before a code is worth tokens.

use std::time::Duration;

use super::*;
use crate::cx::Cx;

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn challenge() -> Challenge {
    let text = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let parameters = wire::oauth::parameters::Parameters::parse(text.as_bytes()).unwrap();
    Challenge::read(&parameters).unwrap().unwrap()
}

fn code() -> AuthorizationCode {
    let mut cx = Cx::simulated(Time::from_micros(0), 1);
    AuthorizationCode {
        id: AuthorizationCodeId::new(&mut cx).unwrap(),
        grant: GrantId::new(&mut cx).unwrap(),
        client: "c1".to_owned(),
        redirect_uri: "https://app.example.org/cb".to_owned(),
        redirect_named: true,
        challenge: Some(challenge()),
        key: None,
        loopback_from: None,
        expires_at: second(60),
        redeemed_at: None,
    }
}

fn second(number: u64) -> Time {
    Time::from_micros(0) + Duration::from_secs(number)
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn with(verifier: &Verifier) -> Redemption<'_> {
    Redemption {
        client: "c1",
        redirect_uri: Some("https://app.example.org/cb"),
        verifier: Some(verifier),
        key: None,
        from: Some(address("192.0.2.1")),
        own: &[],
    }
}

#[test]
fn a_code_is_redeemed_by_its_client_in_its_time() {
    let verifier = Verifier::parse(VERIFIER).unwrap();
    let other = Verifier::parse(&"a".repeat(43)).unwrap();
    let good = with(&verifier);
    assert_eq!(code().redeem(&good, second(59)), Ok(None));
    assert_eq!(code().redeem(&good, second(60)), Err(GrantRefusal::CodeExpired));
    for (redemption, refusal) in [
        (Redemption { client: "c2", ..good }, GrantRefusal::Unknown),
        (Redemption { redirect_uri: None, ..good }, GrantRefusal::CodeElsewhere),
        (Redemption { redirect_uri: Some("https://app.example.org/"), ..good }, GrantRefusal::CodeElsewhere),
        (Redemption { verifier: None, ..good }, GrantRefusal::VerifierMissing),
        (Redemption { verifier: Some(&other), ..good }, GrantRefusal::VerifierWrong),
    ] {
        assert_eq!(code().redeem(&redemption, second(1)), Err(refusal));
    }
    let unnamed = AuthorizationCode { redirect_named: false, ..code() };
    assert_eq!(unnamed.redeem(&Redemption { redirect_uri: None, ..good }, second(1)), Ok(None));
}

#[test]
fn a_code_that_comes_twice_ends_its_grant_at_the_hands_of_its_client_only() {
    let verifier = Verifier::parse(VERIFIER).unwrap();
    let used = AuthorizationCode { redeemed_at: Some(second(1)), ..code() };
    let refusal = used.redeem(&with(&verifier), second(2)).unwrap_err();
    assert!(refusal == GrantRefusal::CodeUsed && refusal.ends_grant());
    let stranger = used.redeem(&Redemption { client: "c2", ..with(&verifier) }, second(2)).unwrap_err();
    assert!(stranger == GrantRefusal::Unknown && !stranger.ends_grant());
}

#[test]
fn a_verifier_without_a_challenge_is_a_downgrade() {
    let verifier = Verifier::parse(VERIFIER).unwrap();
    let plain = AuthorizationCode { challenge: None, ..code() };
    assert_eq!(plain.redeem(&with(&verifier), second(1)), Err(GrantRefusal::VerifierUnasked));
    assert_eq!(plain.redeem(&Redemption { verifier: None, ..with(&verifier) }, second(1)), Ok(None));
}

#[test]
fn row_29_a_code_that_is_bound_to_a_key_needs_its_proof() {
    let verifier = Verifier::parse(VERIFIER).unwrap();
    let (own, other) = (Thumbprint::from_bytes([1; 32]), Thumbprint::from_bytes([2; 32]));
    let bound = AuthorizationCode { key: Some(own), ..code() };
    let try_with = |key| bound.redeem(&Redemption { key, ..with(&verifier) }, second(1));
    assert_eq!(try_with(Some(own)), Ok(None));
    assert_eq!(try_with(Some(other)), Err(GrantRefusal::KeyOther));
    assert_eq!(try_with(None), Err(GrantRefusal::KeyMissing));
}

/// threats.md §5.2 row 35: somebody was talked into pasting the address that their own machine was sent to.
#[test]
fn row_35_a_code_for_the_loopback_says_how_near_its_client_is_to_its_browser() {
    use Nearness::{Elsewhere, Nearby, Unknown};
    let verifier = Verifier::parse(VERIFIER).unwrap();
    for (browser, client, is) in [
        ("93.184.216.34", "93.184.216.34", Nearby),
        ("93.184.216.34", "::ffff:93.184.216.34", Nearby),
        ("93.184.216.34", "93.184.216.35", Elsewhere),
        ("2a01:4f8:0:1::1", "2a01:4f8:0:1:ffff::2", Nearby),
        ("2a01:4f8:0:1::1", "2a01:4f8:0:2::1", Elsewhere),
        ("2a01:4f8::1", "93.184.216.34", Unknown),
        ("0.0.0.0", "93.184.216.34", Unknown),
        ("127.0.0.1", "127.0.0.1", Unknown),
    ] {
        let code = AuthorizationCode { loopback_from: Some(address(browser)), ..code() };
        let redemption = Redemption { from: Some(address(client)), ..with(&verifier) };
        assert_eq!(code.redeem(&redemption, second(1)), Ok(Some(is)), "{browser} {client}");
    }
    let unknown = Redemption { from: None, ..with(&verifier) };
    let code = AuthorizationCode { loopback_from: Some(address("93.184.216.34")), ..code() };
    assert_eq!(code.redeem(&unknown, second(1)), Ok(Some(Unknown)));
}
