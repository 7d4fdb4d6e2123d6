//! Claims of access tokens, their end, and how they have to come.

use std::time::Duration;

use super::*;
use crate::client::tests::client;
use crate::cx::Cx;
use crate::grant::tests::grant;

fn at(seconds: i64) -> Time {
    Time::from_micros(seconds * SECOND)
}

fn token() -> AccessToken {
    AccessToken {
        id: AccessTokenId::new(&mut Cx::simulated(at(100), 1)).unwrap(),
        grant: None,
        client: "c1".to_owned(),
        subject: "anna".to_owned(),
        audiences: vec!["https://api.example.org".to_owned()],
        scopes: Scopes::parse("read write").unwrap(),
        origin: GrantOrigin::Browser,
        context: None,
        provisional: false,
        key: None,
        signed_in: None,
        issued_at: at(100),
        expires_at: at(400),
    }
}

#[test]
fn a_token_lasts_five_minutes_and_never_longer_than_its_grant() {
    assert_eq!(expires_at(&client(), None, at(100)), at(400));
    assert_eq!(expires_at(&client(), None, at(100) + Duration::from_millis(900)), at(400));
    let short = Grant { expires_at: at(130), ..grant() };
    assert_eq!(expires_at(&client(), Some(&short), at(100)), at(130));
    assert!(token().holds(at(399)) && !token().holds(at(400)));
    assert_eq!((token().seconds_left(at(100)), token().seconds_left(at(500))), (300, 0));
}

#[test]
fn the_signed_form_says_what_the_token_is() {
    let claims = token().claims("https://id.example.org");
    for part in [r#""exp":400,"iat":100"#, r#""sub":"anna""#, r#""origin_flow":"browser""#] {
        assert!(claims.contains(part), "{part}");
    }
    let signed_in = Some(("urn:a".to_owned(), at(90)));
    assert!(AccessToken { signed_in, ..token() }.claims("a").contains(r#""acr":"urn:a""#));
}

/// threats.md §5.2 row 29: with another key, without a proof, as a Bearer token.
#[test]
fn row_29_a_bound_token_is_worth_nothing_without_its_key() {
    let (own, other) = (Thumbprint::from_bytes([1; 32]), Thumbprint::from_bytes([2; 32]));
    let bound = AccessToken { key: Some(own), ..token() };
    assert_eq!(bound.comes_rightly(Scheme::Dpop, Some(own)), Ok(()));
    assert_eq!(bound.comes_rightly(Scheme::Dpop, Some(other)), Err(GrantRefusal::KeyOther));
    assert_eq!(bound.comes_rightly(Scheme::Dpop, None), Err(GrantRefusal::KeyMissing));
    assert_eq!(bound.comes_rightly(Scheme::Bearer, None), Err(GrantRefusal::KeyMissing));
    assert_eq!(bound.comes_rightly(Scheme::Bearer, Some(own)), Err(GrantRefusal::KeyMissing));
    assert_eq!(token().comes_rightly(Scheme::Bearer, None), Ok(()));
    assert_eq!(token().comes_rightly(Scheme::Dpop, Some(own)), Err(GrantRefusal::KeyOther));
}
