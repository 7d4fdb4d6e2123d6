//! Codes, tokens and what is told about them; `threats.md` §5.2 rows 29, 31 and 35.

use flow::oauth::authorize::Due;
use model::client::{SubjectType, TokenFormat};
use model::event::EventKind;
use model::grant::GrantEnd;
use model::signing_key::KeyKind;
use proving::client_key::ClientKey;
use wire::jose::algorithm::Algorithm;
use wire::jose::jws::Jws;
use wire::jose::verifying_key::VerifyingKey;
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::error::ErrorCode;

use crate::providing::{Got, ISSUER, Op, SECRET, VERIFIER, confidential, parameters, payload, text};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, source};

fn code(got: &Got) -> Option<ErrorCode> {
    got.as_ref().err().map(|error| error.code)
}

/// Why grants ended, in the order of the record.
pub(crate) fn ends(op: &Op) -> Vec<GrantEnd> {
    let why = |event: &model::event::Event| match event.kind {
        EventKind::GrantEnded { why, .. } => Some(why),
        _ => None,
    };
    op.sim.events().iter().filter_map(why).collect()
}

const SCOPES: &str = "scope=openid+email+offline_access&nonce=n1";

#[test]
fn a_client_gets_what_the_person_consented_to_and_every_token_says_the_same() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", &format!("{SCOPES}&resource=https%3A%2F%2Fapi.example.org"), &anna);
    op.sim.advance(SECOND * 5);
    let got = op.redeem("web", &auth_code, None).unwrap();
    assert_eq!((text(&got, "token_type"), got["expires_in"].as_u64()), ("Bearer", Some(300)));
    assert_eq!(text(&got, "scope"), "email offline_access openid");
    let id = payload(text(&got, "id_token"));
    assert_eq!((text(&id, "iss"), text(&id, "aud"), text(&id, "nonce")), (ISSUER, "web", "n1"));
    assert_eq!(text(&id, "sub"), anna.account.id.to_string());
    assert_eq!(text(&id, "acr"), "http://idmanagement.gov/ns/assurance/aal/1");
    assert_eq!(id["auth_time"].as_i64(), Some(op.seconds() - 5));
    assert!(id["amr"].as_array().unwrap().contains(&"email".into()) && id["email"].is_null());
    assert!(id["at_hash"].is_string() && id["sid"].is_string());
    let access = payload(text(&got, "access_token"));
    assert_eq!(access["aud"], serde_json::json!(["https://api.example.org", ISSUER]));
    assert_eq!((text(&access, "client_id"), text(&access, "origin_flow")), ("web", "browser"));
    let key = op.ring.signer(KeyKind::Es256);
    let verifying = VerifyingKey::new(key.public(), Algorithm::Es256).unwrap();
    for name in ["id_token", "access_token"] {
        let jws = Jws::parse(text(&got, name), &Algorithm::ALL).unwrap();
        assert!(jws.verify(&verifying).is_ok(), "{name}");
    }
    let told = op.introspect("web", text(&got, "access_token"));
    assert_eq!((told["active"].as_bool(), told["sub"].clone()), (Some(true), id["sub"].clone()));
    let person = op.userinfo("Bearer", text(&got, "access_token"), None).unwrap();
    assert_eq!(
        (text(&person, "email"), person["email_verified"].as_bool()),
        ("anna@example.com", Some(true))
    );
    assert_eq!(person["sub"], id["sub"]);
    let kinds = op.sim.kinds();
    assert!(kinds.ends_with(&["grant_given", "tokens_issued"]), "{kinds:?}");
}

#[test]
fn clients_of_different_sectors_know_one_person_by_different_names() {
    let mut op = Op::new();
    for (id, sector) in [("one", "a.example"), ("two", "a.example"), ("three", "b.example")] {
        let mut registered = confidential(id);
        registered.client.subject_type = SubjectType::Pairwise(sector.to_owned());
        op.register(registered);
    }
    let anna = op.person("anna@example.com", 1);
    let mut subject = |id: &str| {
        let code = op.code(id, "scope=openid", &anna);
        let got = op.redeem(id, &code, None).unwrap();
        let told = op.userinfo("Bearer", text(&got, "access_token"), None).unwrap();
        let own = text(&payload(text(&got, "id_token")), "sub").to_owned();
        assert_eq!(text(&told, "sub"), own);
        own
    };
    let (one, two, three) = (subject("one"), subject("two"), subject("three"));
    assert_eq!(one, two);
    assert_ne!(one, three);
    assert_ne!(one, anna.account.id.to_string());
}

#[test]
fn a_code_is_spent_by_its_first_use_and_a_second_one_ends_what_came_of_it() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    let got = op.redeem("web", &auth_code, None).unwrap();
    let (access, refresh) = (text(&got, "access_token"), text(&got, "refresh_token"));
    assert!(op.is_active("web", access));
    assert_eq!(code(&op.redeem("web", &auth_code, None)), Some(ErrorCode::InvalidGrant));
    assert!(!op.is_active("web", access) && !op.is_active("web", refresh));
    assert_eq!(code(&op.refresh("web", refresh, None)), Some(ErrorCode::InvalidGrant));
    assert_eq!(code(&op.userinfo("Bearer", access, None)), Some(ErrorCode::InvalidToken));
    assert_eq!(ends(&op), [GrantEnd::CodeReplayed]);
}

#[test]
fn another_client_neither_uses_a_code_nor_spends_it() {
    let mut op = Op::new();
    op.register(confidential("other"));
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    assert_eq!(code(&op.redeem("other", &auth_code, None)), Some(ErrorCode::InvalidGrant));
    assert!(op.redeem("web", &auth_code, None).is_ok());
    assert_eq!(code(&op.redeem("other", &auth_code, None)), Some(ErrorCode::InvalidGrant));
    assert_eq!(ends(&op), [], "somebody else's second use ends nothing");
}

#[test]
fn whatever_does_not_fit_a_code_spends_it() {
    let redirect = "redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb";
    for more in [
        format!("{redirect}&code_verifier={}", VERIFIER.replace('d', "e")),
        redirect.to_owned(),
        format!("code_verifier={VERIFIER}"),
        format!("redirect_uri=https%3A%2F%2Fapp.example.org%2Fother&code_verifier={VERIFIER}"),
        format!("{redirect}&code_verifier={VERIFIER}&resource=https%3A%2F%2Fother.example"),
    ] {
        let mut op = Op::new();
        let anna = op.person("anna@example.com", 1);
        let auth_code = op.code("web", SCOPES, &anna);
        let got = op.token("web", &format!("grant_type=authorization_code&code={auth_code}&{more}"), None);
        assert!(got.is_err(), "{more}");
        assert!(op.sim.kinds().contains(&"tokens_refused"));
        assert_eq!(code(&op.redeem("web", &auth_code, None)), Some(ErrorCode::InvalidGrant), "{more}");
    }
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    op.sim.advance(MINUTE);
    assert_eq!(code(&op.redeem("web", &auth_code, None)), Some(ErrorCode::InvalidGrant), "too late");
}

#[test]
fn row_29_a_stolen_token_is_of_no_use_without_its_key() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let (mut own, mut other) = (ClientKey::new().unwrap(), ClientKey::new().unwrap());
    let auth_code = op.code("app", SCOPES, &anna);
    let proof = op.dpop(&mut own, "/oauth/token", None);
    let got = op.redeem("app", &auth_code, Some(&proof)).unwrap();
    assert_eq!(text(&got, "token_type"), "DPoP");
    let (access, refresh) = (text(&got, "access_token"), text(&got, "refresh_token"));

    // The access token: as Bearer, without a proof, with another key's, with one that was used, with one for another token.
    assert_eq!(code(&op.userinfo("Bearer", access, None)), Some(ErrorCode::InvalidToken));
    assert_eq!(code(&op.userinfo("DPoP", access, None)), Some(ErrorCode::InvalidToken));
    let proof = op.dpop(&mut own, "/oauth/userinfo", Some(access));
    assert_eq!(code(&op.userinfo("Bearer", access, Some(&proof))), Some(ErrorCode::InvalidToken));
    let proof = op.dpop(&mut other, "/oauth/userinfo", Some(access));
    assert_eq!(code(&op.userinfo("DPoP", access, Some(&proof))), Some(ErrorCode::InvalidToken));
    let proof = op.dpop(&mut own, "/oauth/userinfo", Some(access));
    assert!(op.userinfo("DPoP", access, Some(&proof)).is_ok());
    assert_eq!(code(&op.userinfo("DPoP", access, Some(&proof))), Some(ErrorCode::InvalidDpopProof));
    let proof = op.dpop(&mut own, "/oauth/userinfo", Some("another"));
    assert_eq!(code(&op.userinfo("DPoP", access, Some(&proof))), Some(ErrorCode::InvalidDpopProof));

    // The refresh token: without a proof, with a nonce that is too old or none, with a proof that was used.
    assert_eq!(code(&op.refresh("app", refresh, None)), Some(ErrorCode::InvalidDpopProof));
    let stale = op.dpop(&mut own, "/oauth/token", None);
    op.sim.advance(MINUTE * 4);
    assert_eq!(code(&op.refresh("app", refresh, Some(&stale))), Some(ErrorCode::UseDpopNonce));
    let url = format!("{ISSUER}/oauth/token");
    let bare = own.proof(("POST", &url), op.seconds(), (None, None)).unwrap();
    assert_eq!(code(&op.refresh("app", refresh, Some(&bare))), Some(ErrorCode::UseDpopNonce));
    let proof = op.dpop(&mut own, "/oauth/token", None);
    let got = op.refresh("app", refresh, Some(&proof)).unwrap();
    let next = text(&got, "refresh_token");
    assert_eq!(code(&op.refresh("app", next, Some(&proof))), Some(ErrorCode::InvalidDpopProof));
    assert_eq!(ends(&op), [], "nothing of all that is the end of the family");

    // With another key: somebody has it. The family ends, and the owner sees it.
    let proof = op.dpop(&mut other, "/oauth/token", None);
    assert_eq!(code(&op.refresh("app", next, Some(&proof))), Some(ErrorCode::InvalidDpopProof));
    assert_eq!(ends(&op), [GrantEnd::Replayed]);
    let proof = op.dpop(&mut own, "/oauth/token", None);
    assert_eq!(code(&op.refresh("app", next, Some(&proof))), Some(ErrorCode::InvalidGrant));
    assert!(!op.is_active("web", text(&got, "access_token")));
}

#[test]
fn a_public_client_without_a_key_gets_no_refresh_token() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("app", SCOPES, &anna);
    let got = op.redeem("app", &auth_code, None).unwrap();
    assert!(got["refresh_token"].is_null() && text(&got, "token_type") == "Bearer");
    op.change("app", |app| app.client.unbound_refresh = true);
    let auth_code = op.code("app", SCOPES, &anna);
    assert!(op.redeem("app", &auth_code, None).unwrap()["refresh_token"].is_string());
    op.change("app", |app| app.client.dpop_bound = true);
    let auth_code = op.code("app", SCOPES, &anna);
    assert_eq!(code(&op.redeem("app", &auth_code, None)), Some(ErrorCode::InvalidDpopProof));
}

#[test]
fn row_31_use_moves_the_idle_end_and_never_the_absolute_one() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    let mut refresh = text(&op.redeem("web", &auth_code, None).unwrap(), "refresh_token").to_owned();
    for _ in 0..4 {
        op.sim.advance(DAYS * 7 - HOUR);
        op.sim.sweep();
        refresh = text(&op.refresh("web", &refresh, None).unwrap(), "refresh_token").to_owned();
    }
    op.sim.advance(DAYS * 2 + HOUR * 3 + MINUTE * 58);
    let got = op.refresh("web", &refresh, None).unwrap();
    assert!(got["expires_in"].as_u64().unwrap() <= 120, "an access token never outlives its grant: {got}");
    op.sim.advance(MINUTE * 2);
    assert_eq!(code(&op.refresh("web", text(&got, "refresh_token"), None)), Some(ErrorCode::InvalidGrant));
    op.sim.sweep();
    assert_eq!(ends(&op), [GrantEnd::Absolute]);
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    let refresh = text(&op.redeem("web", &auth_code, None).unwrap(), "refresh_token").to_owned();
    op.sim.advance(DAYS * 7);
    assert_eq!(code(&op.refresh("web", &refresh, None)), Some(ErrorCode::InvalidGrant));
    op.sim.sweep();
    assert_eq!(ends(&op), [GrantEnd::Absolute, GrantEnd::Idle]);
}

#[test]
fn fewer_scopes_can_be_asked_for_and_never_more() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", "scope=openid+offline_access+read", &anna);
    let refresh = text(&op.redeem("web", &auth_code, None).unwrap(), "refresh_token").to_owned();
    let ask = |op: &mut Op, token: &str, scope: &str| {
        op.token("web", &format!("grant_type=refresh_token&refresh_token={token}&scope={scope}"), None)
    };
    assert_eq!(code(&ask(&mut op, &refresh, "read+write")), Some(ErrorCode::InvalidScope));
    let fewer = ask(&mut op, &refresh, "read").unwrap();
    assert_eq!(text(&fewer, "scope"), "read");
    assert!(fewer["id_token"].is_null());
    let all = ask(&mut op, text(&fewer, "refresh_token"), "openid+offline_access+read").unwrap();
    assert_eq!(text(&all, "scope"), "offline_access openid read");
}

#[test]
fn a_client_proves_itself_in_its_registered_way_and_no_statement_holds_twice() {
    let mut op = Op::new();
    let right = "grant_type=client_credentials&scope=read";
    assert!(op.token("web", right, None).is_ok());
    for body in [
        "client_id=web".to_owned(),
        "client_id=web&client_secret=wrong".to_owned(),
        format!("client_id=nobody&client_secret={}", SECRET.replace(' ', "+")),
    ] {
        let refused = op.prove(&parameters(&body)).unwrap_err();
        assert_eq!((refused.code, refused.code.status()), (ErrorCode::InvalidClient, 401), "{body}");
    }
    op.change("web", |web| web.client.authentication = AuthenticationMethod::PrivateKeyJwt);
    let by_secret = format!("client_id=web&client_secret={}", SECRET.replace(' ', "+"));
    assert!(op.prove(&parameters(&by_secret)).is_err());
    assert!(op.token("web", right, None).is_ok());
    let now = op.seconds();
    let mut body = |audience: &str, at: i64| {
        let statement = op.key.statement("web", audience, at).unwrap();
        format!(
            "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={statement}"
        )
    };
    let token = format!("{ISSUER}/oauth/token");
    let (fine, elsewhere, old, named) =
        (body(ISSUER, now), body("https://other.example", now), body(ISSUER, now - 600), body(&token, now));
    assert!(op.prove(&parameters(&elsewhere)).is_err() && op.prove(&parameters(&old)).is_err());
    assert!(op.prove(&parameters(&named)).is_ok());
    let twice = |op: &mut Op| {
        let asker = op.asker(&parameters(&fine), None, source(1)).unwrap();
        let request = wire::oauth::token::TokenRequest::read(&parameters(right)).unwrap();
        let mut cx = op.sim.cx();
        let context = (&*op.ring, &op.provider, &op.paces);
        let prepared = flow::oauth::token::prepare(&op.sim.store, &mut cx, context, (asker, request));
        let prepared = prepared.unwrap().unwrap();
        op.sim.write(move |tx, cx| flow::oauth::token::commit(tx, cx, &prepared)).map(|_| ())
    };
    assert!(twice(&mut op).is_ok());
    assert_eq!(twice(&mut op).unwrap_err().code, ErrorCode::InvalidClient);
    // A client of the FAPI profile names the issuer and nothing else.
    op.change("web", |web| (web.client.require_pushed, web.client.dpop_bound) = (true, true));
    assert!(op.prove(&parameters(&named)).is_err());
}

#[test]
fn a_client_that_acts_for_itself_is_about_nobody() {
    let mut op = Op::new();
    let got = op
        .token("web", "grant_type=client_credentials&resource=https%3A%2F%2Fapi.example.org", None)
        .unwrap();
    let access = payload(text(&got, "access_token"));
    assert_eq!((text(&access, "sub"), text(&access, "aud")), ("web", "https://api.example.org"));
    assert_eq!(text(&access, "scope"), "read write");
    assert!(got["refresh_token"].is_null() && got["id_token"].is_null());
    assert!(op.is_active("web", text(&got, "access_token")));
    let denied = op.userinfo("Bearer", text(&got, "access_token"), None);
    assert_eq!(code(&denied), Some(ErrorCode::InsufficientScope));
    for (more, expected) in [
        ("scope=openid", ErrorCode::InvalidScope),
        ("scope=admin", ErrorCode::InvalidScope),
        ("resource=https%3A%2F%2Fother.example", ErrorCode::InvalidTarget),
    ] {
        let got = op.token("web", &format!("grant_type=client_credentials&{more}"), None);
        assert_eq!(code(&got), Some(expected), "{more}");
    }
    let public = op.token("app", "grant_type=client_credentials", None);
    assert_eq!(code(&public), Some(ErrorCode::UnauthorizedClient));
}

#[test]
fn a_service_learns_about_tokens_for_itself_and_about_no_others() {
    let mut op = Op::new();
    let (mut service, mut stranger) = (confidential("service"), confidential("stranger"));
    service.client.subject_type = SubjectType::Pairwise("api.example.org".to_owned());
    stranger.client.resources = Vec::new();
    op.register(service);
    op.register(stranger);
    let anna = op.person("anna@example.com", 1);
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        op.change("web", |web| web.client.token_format = format);
        let auth_code = op.code("web", &format!("{SCOPES}&resource=https%3A%2F%2Fapi.example.org"), &anna);
        let got = op.redeem("web", &auth_code, None).unwrap();
        let (access, refresh) = (text(&got, "access_token"), text(&got, "refresh_token"));
        let told = op.introspect("service", access);
        assert_eq!((told["active"].as_bool(), text(&told, "client_id")), (Some(true), "web"));
        assert_ne!(text(&told, "sub"), anna.account.id.to_string(), "by the name that the service has");
        assert_eq!(op.introspect("stranger", access), serde_json::json!({"active": false}));
        assert!(op.is_active("web", refresh) && !op.is_active("service", refresh));
        op.sim.advance(MINUTE * 5);
        assert!(!op.is_active("service", access) && op.is_active("web", refresh));
    }
    for nonsense in ["x", "bidden_at_x", "a.b.c"] {
        assert!(!op.is_active("web", nonsense));
    }
}

#[test]
fn a_token_that_is_given_back_is_over_and_another_clients_is_not_touched() {
    let mut op = Op::new();
    op.register(confidential("other"));
    let anna = op.person("anna@example.com", 1);
    let auth_code = op.code("web", SCOPES, &anna);
    let got = op.redeem("web", &auth_code, None).unwrap();
    let (access, refresh) = (text(&got, "access_token").to_owned(), text(&got, "refresh_token").to_owned());
    for token in [&access, &refresh, &"bidden_rt_x".to_owned()] {
        op.revoke("other", token);
    }
    assert!(op.is_active("web", &access) && op.is_active("web", &refresh));
    op.revoke("web", &access);
    assert!(!op.is_active("web", &access) && op.is_active("web", &refresh));
    let got = op.refresh("web", &refresh, None).unwrap();
    op.revoke("web", text(&got, "refresh_token"));
    assert!(!op.is_active("web", text(&got, "access_token")));
    assert_eq!(code(&op.refresh("web", text(&got, "refresh_token"), None)), Some(ErrorCode::InvalidGrant));
    assert_eq!(ends(&op), [GrantEnd::Revoked]);
    assert!(op.sim.kinds().contains(&"token_revoked"));
}

#[test]
fn claims_that_are_asked_for_by_name_stand_where_they_are_asked_for() {
    let mut op = Op::new();
    op.change("web", |web| web.userinfo_signing = Some(KeyKind::EdDsa));
    let anna = op.person("anna@example.com", 1);
    let claims = "claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%7D%2C%22userinfo%22%3A%7B%22email_verified%22%3Anull%7D%7D";
    let auth_code = op.code("web", &format!("scope=openid&{claims}"), &anna);
    let got = op.redeem("web", &auth_code, None).unwrap();
    let id = payload(text(&got, "id_token"));
    assert_eq!(text(&id, "email"), "anna@example.com");
    let told = op.userinfo("Bearer", text(&got, "access_token"), None).unwrap();
    assert_eq!((told["email_verified"].as_bool(), told["email"].is_null()), (Some(true), true));
    assert_eq!((text(&told, "iss"), text(&told, "aud")), (ISSUER, "web"), "signed");
}

/// Calls a person so.
fn name(op: &mut Op, by: &flow::session::Visitor, name: Option<&'static str>) {
    let by = by.clone();
    op.sim.write(move |tx, cx| flow::profile::set(tx, cx, &by, (name, source(1)))).unwrap();
}

#[test]
fn claims_are_what_the_account_holds_and_nothing_is_made_up() {
    let mut op = Op::new();
    op.change("web", |web| {
        web.client.scopes = wire::oauth::scope::Scopes::parse("openid profile email").unwrap()
    });
    let anna = op.person("anna@example.com", 1);
    let opened = op.sim.now.micros() / model::time::SECOND;
    op.sim.advance(DAYS);
    let told = |op: &mut Op, scope: &str| {
        let code = op.code("web", scope, &anna);
        let got = op.redeem("web", &code, None).unwrap();
        op.userinfo("Bearer", text(&got, "access_token"), None).unwrap()
    };
    let members =
        |told: &serde_json::Value| told.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let none = told(&mut op, "scope=openid+profile");
    assert_eq!((members(&none).as_str(), none["updated_at"].as_i64()), ("sub updated_at", Some(opened)));
    name(&mut op, &anna, Some("Anna Linden"));
    let named = told(&mut op, "scope=openid+profile");
    assert_eq!((members(&named).as_str(), text(&named, "name")), ("name sub updated_at", "Anna Linden"));
    assert_eq!(named["updated_at"].as_i64(), Some(op.seconds()));
    assert_eq!(members(&told(&mut op, "scope=openid")), "sub", "the scope opens it and nothing else");
    assert_eq!(members(&told(&mut op, "scope=openid+email")), "email email_verified sub");
    // By its name, in the ID token.
    let claims = "claims=%7B%22id_token%22%3A%7B%22name%22%3Anull%2C%22birthdate%22%3Anull%7D%7D";
    let auth_code = op.code("web", &format!("scope=openid&{claims}"), &anna);
    let got = op.redeem("web", &auth_code, None).unwrap();
    let id = payload(text(&got, "id_token"));
    assert!(text(&id, "name") == "Anna Linden" && id["birthdate"].is_null() && id["updated_at"].is_null());
    // Said once more it is no change, and taken away it is gone.
    let count = |op: &Op| {
        op.sim.events().iter().filter(|event| matches!(event.kind, EventKind::ProfileChanged { .. })).count()
    };
    name(&mut op, &anna, Some("Anna Linden"));
    assert_eq!(count(&op), 1);
    name(&mut op, &anna, None);
    assert_eq!((members(&told(&mut op, "scope=openid+profile")).as_str(), count(&op)), ("sub updated_at", 2));
}

#[test]
fn what_a_client_asks_for_by_name_is_told_to_the_person_and_has_to_be_registered() {
    let mut op = Op::new();
    op.change("web", |web| web.client.scopes = wire::oauth::scope::Scopes::parse("openid email").unwrap());
    let anna = op.person("anna@example.com", 1);
    op.code("web", "scope=openid", &anna);
    let claims = |names: &str| format!("scope=openid&claims=%7B%22userinfo%22%3A%7B{names}%7D%7D");
    let mail = claims("%22email%22%3Anull");
    let asked = op.ask("web", &mail).unwrap();
    assert_eq!(asked.reach().to_string(), "email openid");
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask, "the consent of before did not reach as far");
    op.give(asked, &anna).unwrap();
    let asked = op.ask("web", &mail).unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Give);
    // What its scopes do not open it does not get by the name of the claim.
    let both = claims("%22email%22%3Anull%2C%22name%22%3Anull%2C%22phone_number%22%3Anull");
    name(&mut op, &anna, Some("Anna"));
    let asked = op.ask("web", &both).unwrap();
    assert_eq!(asked.reach().to_string(), "email openid");
    let code = op.code("web", &both, &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let told = op.userinfo("Bearer", text(&got, "access_token"), None).unwrap();
    assert!(text(&told, "email") == "anna@example.com" && told["name"].is_null());
}
