//! What each kind of client may ask for, and a client for the tests of others.

use super::*;
use crate::cx::Cx;
use crate::time::Time;

fn scopes(text: &str) -> Scopes {
    Scopes::stored(text).unwrap()
}

/// A confidential web client that may do everything a web client may.
pub(crate) fn client() -> Client {
    Client {
        id: "c1".to_owned(),
        name: "Example".to_owned(),
        verified: true,
        origin: ClientOrigin::Operator,
        authentication: AuthenticationMethod::ClientSecretBasic,
        grant_types: vec![
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
            GrantType::ClientCredentials,
        ],
        redirect_uris: vec![RedirectUri::parse("https://app.example.org/cb").unwrap()],
        scopes: scopes("openid email offline_access"),
        resources: vec![Resource::parse("https://api.example.org").unwrap()],
        token_format: TokenFormat::Jwt,
        signing: KeyKind::Es256,
        subject_type: SubjectType::Public,
        lifetimes: Lifetimes::default(),
        without_pkce: false,
        require_pushed: false,
        dpop_bound: false,
        unbound_refresh: false,
        user_code_scopes: Scopes::default(),
        provisional_scopes: crate::provisional::default_scopes(),
    }
}

/// The same without a secret.
pub(crate) fn public() -> Client {
    Client { authentication: AuthenticationMethod::None, ..client() }
}

#[test]
fn codes_are_read_back() {
    for origin in ClientOrigin::ALL {
        assert_eq!(ClientOrigin::from_code(origin.code()), Some(origin));
    }
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        assert_eq!(TokenFormat::from_code(format.code()), Some(format));
    }
}

#[test]
fn an_access_token_lasts_five_minutes_and_a_code_one_unless_said_otherwise() {
    let lifetimes = Lifetimes::default();
    assert_eq!((lifetimes.access_token.as_secs(), lifetimes.code.as_secs()), (300, 60));
    assert_eq!((lifetimes.idle.as_secs(), lifetimes.absolute.as_secs()), (604_800, 2_592_000));
}

#[test]
fn a_client_proves_itself_in_its_registered_way_only() {
    for method in AuthenticationMethod::ALL {
        let verdict = client().authenticates_by(method);
        assert_eq!(verdict.is_ok(), method == AuthenticationMethod::ClientSecretBasic, "{method:?}");
    }
}

#[test]
fn a_public_client_never_acts_for_itself() {
    assert_eq!(client().may(GrantType::ClientCredentials), Ok(()));
    assert_eq!(public().may(GrantType::ClientCredentials), Err(GrantRefusal::GrantTypeUnregistered));
    assert_eq!(client().may(GrantType::DeviceCode), Err(GrantRefusal::GrantTypeUnregistered));
}

#[test]
fn an_answer_goes_to_a_registered_address() {
    let client = client();
    assert_eq!(client.redirect(Some("https://app.example.org/cb"), true), Ok("https://app.example.org/cb"));
    assert_eq!(client.redirect(None, false), Ok("https://app.example.org/cb"));
    assert_eq!(client.redirect(None, true), Err(GrantRefusal::RedirectMissing));
    assert_eq!(
        client.redirect(Some("https://app.example.org.evil.example/cb"), true),
        Err(GrantRefusal::RedirectUnregistered)
    );
    let other = RedirectUri::parse("https://app.example.org/other").unwrap();
    let two = Client { redirect_uris: [client.redirect_uris.clone(), vec![other]].concat(), ..client };
    assert_eq!(two.redirect(None, false), Err(GrantRefusal::RedirectMissing));
}

#[test]
fn a_challenge_is_needed_but_where_an_operator_excuses_a_confidential_client() {
    let excused = Client { without_pkce: true, ..client() };
    assert_eq!(client().comes_rightly(false, false), Err(GrantRefusal::ChallengeMissing));
    assert_eq!(excused.comes_rightly(false, false), Ok(()));
    let public = Client { without_pkce: true, ..public() };
    assert_eq!(public.comes_rightly(false, false), Err(GrantRefusal::ChallengeMissing));
    assert_eq!(public.comes_rightly(false, true), Ok(()));
    let pushing = Client { require_pushed: true, ..client() };
    assert_eq!(pushing.comes_rightly(false, true), Err(GrantRefusal::NotPushed));
    assert_eq!(pushing.comes_rightly(true, true), Ok(()));
}

#[test]
fn scopes_and_resources_are_those_of_the_client() {
    assert_eq!(client().asks_for(&scopes("openid")), Ok(()));
    assert_eq!(client().asks_for(&scopes("openid admin")), Err(GrantRefusal::ScopeUnregistered));
    let resource = |text| vec![Resource::parse(text).unwrap()];
    assert_eq!(client().asks_at(&resource("https://api.example.org")), Ok(()));
    assert_eq!(client().asks_at(&resource("https://api.example.org/")), Err(GrantRefusal::ResourceWider));
}

/// threats.md §5.2 row 29: a refresh token of a public client is bound to a key, or there is none.
#[test]
fn row_29_a_public_client_gets_a_refresh_token_with_a_key_only() {
    let offline = scopes("openid offline_access");
    assert!(client().gets_refresh_token(&offline, false));
    assert!(!public().gets_refresh_token(&offline, false));
    assert!(public().gets_refresh_token(&offline, true));
    assert!(Client { unbound_refresh: true, ..public() }.gets_refresh_token(&offline, false));
    assert!(!client().gets_refresh_token(&scopes("openid"), true));
    assert!(client().gets_refresh_token(&scopes("email"), false));
    assert!(!Client { grant_types: vec![], ..client() }.gets_refresh_token(&offline, true));
    let bound = Client { dpop_bound: true, ..client() };
    assert_eq!((bound.needs_key(false), bound.needs_key(true)), (Err(GrantRefusal::KeyMissing), Ok(())));
}

#[test]
fn a_name_that_nobody_looked_at_is_called_so() {
    assert_eq!(client().shown_name(), ShownName::Verified("Example"));
    let unverified = Client { verified: false, ..client() };
    assert_eq!(unverified.shown_name(), ShownName::SelfChosen("Example"));
}

/// threats.md §5.2 row 20: nobody begins with a user code who was not allowed to, and with no more than was allowed.
#[test]
fn row_20_a_user_code_is_for_clients_and_scopes_that_an_operator_named() {
    let asked = scopes("openid");
    let web = client();
    assert_eq!(web.on_a_device(DeviceFlow::Pairing, None), Err(GrantRefusal::GrantTypeUnregistered));
    let tv = Client { grant_types: vec![GrantType::DeviceCode], ..client() };
    assert_eq!(tv.on_a_device(DeviceFlow::Pairing, None), Ok(tv.scopes.clone()));
    assert_eq!(tv.on_a_device(DeviceFlow::Pairing, Some(&asked)), Ok(asked.clone()));
    assert_eq!(tv.on_a_device(DeviceFlow::UserCode, Some(&asked)), Err(GrantRefusal::GrantTypeUnregistered));
    // What is not among its own scopes is not had by naming it here.
    let allowed = Client { user_code_scopes: scopes("openid admin"), ..tv };
    assert_eq!(allowed.on_a_device(DeviceFlow::UserCode, None), Ok(asked.clone()));
    assert_eq!(allowed.on_a_device(DeviceFlow::UserCode, Some(&asked)), Ok(asked));
    for wider in ["email", "openid offline_access", "admin"] {
        let refused = allowed.on_a_device(DeviceFlow::UserCode, Some(&scopes(wider)));
        assert_eq!(refused, Err(GrantRefusal::ScopeUnregistered), "{wider}");
    }
}

#[test]
fn pairwise_subjects_are_the_same_in_one_sector_and_never_in_another() {
    let keys = Keys::simulated().unwrap();
    let mut cx = Cx::simulated(Time::from_micros(0), 1);
    let (anna, ben) = (AccountId::new(&mut cx).unwrap(), AccountId::new(&mut cx).unwrap());
    let of = |sector: &str| Client { subject_type: SubjectType::Pairwise(sector.to_owned()), ..client() };
    let (a, b) = (of("a.example"), of("b.example"));
    assert_eq!(a.subject(anna, &keys), Client { id: "c2".to_owned(), ..a.clone() }.subject(anna, &keys));
    assert_ne!(a.subject(anna, &keys), b.subject(anna, &keys));
    assert_ne!(a.subject(anna, &keys), a.subject(ben, &keys));
    assert_eq!(client().subject(anna, &keys), anna.to_string());
    assert_eq!(a.subject(anna, &keys).len(), 22);
}

#[test]
fn every_refusal_has_a_code_and_a_sentence_that_may_be_sent() {
    use GrantRefusal as R;
    for refusal in [
        R::ClientUnproved,
        R::VerifierWrong,
        R::ScopeWider,
        R::KeyOther,
        R::Replayed,
        R::CodeUsed,
        R::Pending,
        R::TooFast,
        R::Denied,
        R::DeviceExpired,
        R::WindowUnknown,
        R::HeldBack,
    ] {
        let error = refusal.error();
        assert_eq!(error.code, refusal.code());
        assert!(error.description.ends_with('.') && !error.description.contains('`'));
    }
    assert!(R::Replayed.ends_grant() && R::CodeUsed.ends_grant() && !R::KeyOther.ends_grant());
}
