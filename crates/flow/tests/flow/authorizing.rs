//! Requests for authorization: who is answered what, when a person is asked, and what a consent is worth.

use flow::oauth::authorize::{self, Due};
use flow::oauth::request::{self, Refused, Waits};
use flow::session::Visitor;
use model::assurance::Assurance;
use model::bearer::{Bearer, BearerKind};
use model::event::EventKind;
use model::method::{Method, MethodSet};
use proving::client_key::ClientKey;
use wire::oauth::error::ErrorCode;

use crate::providing::{CHALLENGE, ISSUER, Op, REDIRECT, SECRET, parameters, value};
use crate::sim::{DAYS, MINUTE, SECOND, source};

fn refused(next: &Due) -> Option<ErrorCode> {
    match next {
        Due::Refuse(error) => Some(error.code),
        _ => None,
    }
}

fn quiet(op: &mut Op, more: &str, visitor: Option<&Visitor>) -> Option<ErrorCode> {
    let asked = op.ask("web", &format!("prompt=none&{more}")).unwrap();
    refused(&op.decide(&asked, visitor))
}

#[test]
fn until_client_and_redirect_are_right_the_person_is_told_and_nobody_else() {
    let mut op = Op::new();
    for text in [
        "response_type=code",
        "client_id=nobody&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb",
        "client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb%2F",
        "client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org.evil.example%2Fcb",
        "client_id=web&scope=openid",
        "client_id=web&request_uri=https%3A%2F%2Fevil.example%2Fr",
        "client_id=web&request_uri=urn:ietf:params:oauth:request_uri:bidden_ru_x",
    ] {
        assert!(matches!(op.ask_plain(text), Err(Refused::Person(_))), "{text}");
    }
}

#[test]
fn everything_else_is_answered_to_the_client_with_state_and_issuer() {
    let mut op = Op::new();
    for (more, error) in [
        ("scope=openid+admin", "invalid_scope"),
        ("resource=https%3A%2F%2Fother.example", "invalid_target"),
        ("response_mode=fragment", "invalid_request"),
        ("request=a.b.c", "request_not_supported"),
        ("prompt=none+login", "invalid_request"),
        ("code_challenge=x", "invalid_request"),
    ] {
        let Err(Refused::Client(answer)) = op.ask("web", more) else { panic!("{more}") };
        assert_eq!(answer.redirect, REDIRECT);
        let of = |name| value(&answer, name);
        assert_eq!((of("error"), of("state"), of("iss")), (Some(error), Some("s1"), Some(ISSUER)), "{more}");
    }
    let plain = "client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb&response_type=code";
    let Err(Refused::Client(answer)) = op.ask_plain(plain) else { panic!() };
    assert_eq!(value(&answer, "error"), Some("invalid_request"), "without a challenge");
    op.change("web", |web| web.client.without_pkce = true);
    assert!(op.ask_plain(plain).is_ok());
    op.change("web", |web| web.client.require_pushed = true);
    assert!(matches!(op.ask("web", ""), Err(Refused::Client(_))), "not pushed");
}

#[test]
fn without_a_word_to_the_person_each_thing_that_is_missing_has_its_error() {
    let mut op = Op::new();
    assert_eq!(quiet(&mut op, "", None), Some(ErrorCode::LoginRequired));
    let anna = op.person("anna@example.com", 1);
    assert_eq!(quiet(&mut op, "scope=openid", Some(&anna)), Some(ErrorCode::ConsentRequired));
    op.code("web", "scope=openid+email", &anna);
    assert_eq!(quiet(&mut op, "scope=openid", Some(&anna)), None);
    assert_eq!(quiet(&mut op, "scope=openid+email+phone", Some(&anna)), Some(ErrorCode::ConsentRequired));
    op.sim.advance(MINUTE);
    assert_eq!(quiet(&mut op, "scope=openid&max_age=59", Some(&anna)), Some(ErrorCode::LoginRequired));
    assert_eq!(quiet(&mut op, "scope=openid&max_age=60", Some(&anna)), None);
    let aal2 = "acr_values=http%3A%2F%2Fidmanagement.gov%2Fns%2Fassurance%2Faal%2F2";
    assert_eq!(quiet(&mut op, &format!("scope=openid&{aal2}"), Some(&anna)), None, "only wished for");
    let claims = r#"claims={"id_token":{"acr":{"essential":true,"values":["http://idmanagement.gov/ns/assurance/aal/2"]}}}"#;
    let claims = claims.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    let never = Some(ErrorCode::UnmetAuthenticationRequirements);
    assert_eq!(quiet(&mut op, &format!("scope=openid&{claims}"), Some(&anna)), never);
    let mut strong = anna;
    strong.session.assurance = Assurance::of(MethodSet::of(&[Method::Passkey]), op.sim.now);
    assert_eq!(quiet(&mut op, &format!("scope=openid&{claims}"), Some(&strong)), None);
}

#[test]
fn a_person_signs_in_proves_it_again_and_is_asked_in_this_order() {
    let mut op = Op::new();
    let asked = op.ask("web", "scope=openid&prompt=login").unwrap();
    assert_eq!(op.decide(&asked, None), Due::SignIn);
    op.sim.advance(SECOND);
    let anna = op.person("anna@example.com", 1);
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask, "signed in since");
    op.sim.advance(SECOND);
    let again = op.ask("web", "scope=openid&prompt=login").unwrap();
    assert_eq!(op.decide(&again, Some(&anna)), Due::Confirm);
    op.give(asked, &anna).unwrap();
    for (more, next) in [
        ("scope=openid", Due::Give),
        ("scope=openid&prompt=consent", Due::Ask),
        ("scope=openid&prompt=select_account", Due::Ask),
        ("scope=openid&max_age=0", Due::Confirm),
    ] {
        let asked = op.ask("web", more).unwrap();
        assert_eq!(op.decide(&asked, Some(&anna)), next, "{more}");
    }
    op.sim.advance(DAYS * 7);
    let anna = op.person("anna@example.com", 1);
    let asked = op.ask("web", "scope=openid").unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask, "the grant has lain for too long");
}

#[test]
fn an_id_token_of_ours_says_who_is_meant_and_anything_else_says_nothing() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid", &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let hint = format!("scope=openid&id_token_hint={}", crate::providing::text(&got, "id_token"));
    assert_eq!(quiet(&mut op, &hint, Some(&anna)), None);
    op.sim.advance(DAYS);
    assert_eq!(quiet(&mut op, &hint, Some(&anna)), None, "however long ago");
    let bob = op.person("bob@example.com", 2);
    op.code("web", "scope=openid", &bob);
    assert_eq!(quiet(&mut op, &hint, Some(&bob)), Some(ErrorCode::LoginRequired));
    assert_eq!(quiet(&mut op, &format!("{hint}x"), Some(&bob)), None, "not signed by us");
    let sub = anna.account.id;
    let claims = format!(
        "scope=openid&claims=%7B%22id_token%22%3A%7B%22sub%22%3A%7B%22value%22%3A%22{sub}%22%7D%7D%7D"
    );
    assert_eq!(quiet(&mut op, &claims, Some(&bob)), Some(ErrorCode::LoginRequired));
    assert_eq!(quiet(&mut op, &claims, Some(&anna)), None);
}

#[test]
fn whoever_bears_the_name_of_a_client_that_nobody_knows_is_asked_about_each_time() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    op.code("app", "scope=openid", &anna);
    let asked = op.ask("app", "scope=openid").unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask);
    op.change("app", |app| app.client.verified = true);
    let asked = op.ask("app", "scope=openid").unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Give);
}

/// Pushes a request of `web`; the reference.
fn push(op: &mut Op, more: &str, key: Option<&mut ClientKey>) -> Result<String, ErrorCode> {
    use flow::oauth::proof::{self, Shown};
    let text = format!(
        "client_id=web&client_secret={}&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb&{CHALLENGE}&{more}",
        SECRET.replace(' ', "+")
    );
    let body = parameters(&text);
    let proved = op.prove(&body).map_err(|error| error.code)?;
    let mut cx = op.sim.cx();
    let proof = key.map(|key| op.dpop(key, "/oauth/par", None));
    let headers: Vec<&[u8]> = proof.iter().map(|proof| proof.as_bytes()).collect();
    let shown = Shown { headers: &headers, method: "POST", url: op.provider.pushed(), access_token: None };
    let held = proof::check(op.sim.store.keys(), &cx, shown).map_err(|error| error.code)?;
    let pushing = (&proved, held.as_ref(), &body);
    let keeping = request::prepare_push(&op.sim.store, &mut cx, &op.provider, pushing).unwrap();
    let keeping = keeping.map_err(|error| error.code)?;
    let reference = keeping.reference().to_owned();
    op.sim.write(move |tx, cx| request::keep(tx, cx, &keeping)).map_err(|error| error.code)?;
    Ok(reference)
}

fn bring(op: &mut Op, client: &str, reference: &str) -> Result<request::Asked, Refused> {
    op.ask_plain(&format!("client_id={client}&request_uri=urn:ietf:params:oauth:request_uri:{reference}"))
}

#[test]
fn a_pushed_request_is_answered_once_and_only_as_its_own_client() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let reference = push(&mut op, "scope=openid&state=pushed", None).unwrap();
    assert!(matches!(bring(&mut op, "app", &reference), Err(Refused::Person(_))));
    let first = bring(&mut op, "web", &reference).unwrap();
    let second = bring(&mut op, "web", &reference).unwrap();
    let answer = op.give(first, &anna).unwrap();
    assert_eq!(value(&answer, "state"), Some("pushed"));
    assert_eq!(op.give(second, &anna).unwrap_err().code, ErrorCode::InvalidRequestUri);
    assert!(matches!(bring(&mut op, "web", &reference), Err(Refused::Person(_))));
    let digest = Bearer::read(BearerKind::RequestUri, &reference).unwrap().digest(op.sim.store.keys());
    let kept = op.sim.store.read(|reader| store::pushed_requests::find(reader, &digest)).unwrap().unwrap();
    let names: Vec<&str> = kept.parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"client_id") && !names.contains(&"client_secret"), "{names:?}");
}

#[test]
fn a_reference_has_to_arrive_soon_and_then_waits_for_the_person() {
    let mut op = Op::new();
    let late = push(&mut op, "scope=openid", None).unwrap();
    let brought = push(&mut op, "scope=openid", None).unwrap();
    op.sim.advance(SECOND * 89);
    let asked = bring(&mut op, "web", &brought).unwrap();
    let mut cx = op.sim.cx();
    let Ok(Waits::Kept(keeping)) = request::wait(&op.sim.store, &mut cx, &asked).unwrap() else {
        panic!("it is kept already")
    };
    op.sim.write(move |tx, cx| request::keep(tx, cx, &keeping)).unwrap();
    op.sim.advance(SECOND);
    assert!(matches!(bring(&mut op, "web", &late), Err(Refused::Person(_))));
    op.sim.advance(MINUTE * 28);
    assert!(bring(&mut op, "web", &brought).is_ok());
    op.sim.advance(MINUTE);
    assert!(matches!(bring(&mut op, "web", &brought), Err(Refused::Person(_))));
}

#[test]
fn what_would_not_be_taken_from_a_browser_cannot_be_pushed() {
    let mut op = Op::new();
    for (more, code) in [
        ("scope=admin", ErrorCode::InvalidScope),
        ("request_uri=urn:ietf:params:oauth:request_uri:x", ErrorCode::InvalidRequest),
        ("response_mode=jwt", ErrorCode::InvalidRequest),
    ] {
        assert_eq!(push(&mut op, more, None), Err(code), "{more}");
    }
    let mut key = ClientKey::new().unwrap();
    let other = ClientKey::new().unwrap().thumbprint();
    let named = format!("dpop_jkt={other}");
    assert_eq!(push(&mut op, &named, Some(&mut key)), Err(ErrorCode::InvalidDpopProof));
    let own = format!("dpop_jkt={}", key.thumbprint());
    assert!(push(&mut op, &own, Some(&mut key)).is_ok());
}

#[test]
fn a_no_is_answered_once_and_stands_on_the_record() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let reference = push(&mut op, "scope=openid", None).unwrap();
    let asked = bring(&mut op, "web", &reference).unwrap();
    let (provider, visitor, kept) = (op.provider.clone(), anna.clone(), asked.clone());
    let deny = move |op: &mut Op| {
        let (provider, visitor, kept) = (provider.clone(), visitor.clone(), kept.clone());
        op.sim.write(move |tx, cx| authorize::deny(tx, cx, &provider, (&kept, &visitor, source(1))))
    };
    assert_eq!(value(&deny(&mut op).unwrap(), "error"), Some("access_denied"));
    assert_eq!(deny(&mut op).unwrap_err().code, ErrorCode::InvalidRequestUri);
    let no = |event: &&model::event::Event| matches!(event.kind, EventKind::GrantDenied { .. });
    assert_eq!(op.sim.events().iter().filter(no).count(), 1);
}

#[test]
fn a_session_that_ended_meanwhile_gives_nothing() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let asked = op.ask("web", "scope=openid").unwrap();
    let (by, id) = (anna.clone(), anna.session.id);
    op.sim.write(move |tx, cx| flow::session::end(tx, cx, &by, id, source(1))).unwrap();
    assert_eq!(op.give(asked, &anna).unwrap_err().code, ErrorCode::LoginRequired);
    assert!(!op.sim.kinds().contains(&"grant_given"));
}

/// The address of a request that waits in it.
fn sealed(op: &mut Op, asked: &request::Asked) -> String {
    let mut cx = op.sim.cx();
    match request::wait(&op.sim.store, &mut cx, asked).unwrap().unwrap() {
        Waits::Sealed(reference) => reference,
        Waits::Kept(_) => panic!("nobody pushed it"),
    }
}

fn opened(op: &mut Op, reference: &str) -> Result<request::Asked, Refused> {
    let cx = op.sim.cx();
    request::read_kept(&op.sim.store, &cx, &op.provider, reference).unwrap()
}

/// How many rows there are of requests that wait, or were answered.
fn rows(op: &Op) -> u64 {
    let figures = store::stats::figures(&op.sim.store, store::stats::Effort::Count).unwrap();
    let of = |table: &str| match figures.tables.iter().find(|one| one.name == table).map(|one| one.rows) {
        Some(store::stats::Rows::Exactly(count)) => count,
        other => panic!("{table}: {other:?}"),
    };
    of("pushed_requests") + of("seen_ids")
}

#[test]
fn a_flood_of_requests_that_nobody_answers_keeps_nothing_and_turns_nobody_away() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let asked = op.ask("web", "scope=openid").unwrap();
    let hers = sealed(&mut op, &asked);
    for n in 0..500 {
        let asked = op.ask("web", &format!("scope=openid&nonce={n}")).unwrap();
        let other = sealed(&mut op, &asked);
        assert!(opened(&mut op, &other).is_ok());
    }
    assert_eq!(rows(&op), 0);
    op.sim.advance(MINUTE * 29);
    let asked = opened(&mut op, &hers).unwrap();
    assert_eq!(op.decide(&asked, Some(&anna)), Due::Ask);
    let again = opened(&mut op, &hers).unwrap();
    let answer = op.give(asked, &anna).unwrap();
    assert!(value(&answer, "code").is_some());
    assert_eq!(rows(&op), 1, "one answer");
    assert!(op.give(again, &anna).is_err(), "answered once");
    assert!(matches!(opened(&mut op, &hers), Err(Refused::Person(_))));
    op.sim.advance(MINUTE * 2);
    op.sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    assert_eq!(rows(&op), 0, "forgotten when it could not be answered any more");
    assert!(matches!(opened(&mut op, &hers), Err(Refused::Person(_))));
}

#[test]
fn a_request_that_waits_is_answered_once_by_whoever_is_first() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let asked = op.ask("web", "scope=openid").unwrap();
    let reference = sealed(&mut op, &asked);
    let (first, second) = (opened(&mut op, &reference).unwrap(), opened(&mut op, &reference).unwrap());
    let (by, provider) = (anna.clone(), op.provider.clone());
    let denied =
        op.sim.write(move |tx, cx| authorize::deny(tx, cx, &provider, (&first, &by, source(1)))).unwrap();
    assert_eq!(value(&denied, "error"), Some("access_denied"));
    assert!(op.give(second, &anna).is_err());
}

#[test]
fn a_waiting_request_is_opened_unaltered_within_half_an_hour_and_asks_what_was_asked() {
    let mut op = Op::new();
    let more = "scope=openid+email&max_age=60&prompt=login&response_mode=form_post&nonce=n&unknown=1\
                &claims=%7B%22userinfo%22%3A%7B%22phone_number%22%3Anull%7D%7D&resource=https%3A%2F%2Fapi.example.org";
    let asked = op.ask("web", more).unwrap();
    let reference = sealed(&mut op, &asked);
    assert!(reference.len() < 700, "{}", reference.len());
    op.sim.advance(MINUTE);
    let back = opened(&mut op, &reference).unwrap();
    assert_eq!(
        (&back.request, back.redirect(), back.reach()),
        (&asked.request, asked.redirect(), asked.reach())
    );
    assert!(back.reach().has("phone"), "a claim that is asked for by its name counts");
    for at in (11..reference.len()).step_by(7) {
        let mut altered = reference.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(opened(&mut op, &altered).is_err() && opened(&mut op, &reference[..at]).is_err());
    }
    // It is no reference to a pushed request.
    assert!(matches!(bring(&mut op, "web", &reference), Err(Refused::Person(_))));
    op.sim.advance(MINUTE * 29);
    assert!(opened(&mut op, &reference).is_err());
}

#[test]
fn a_request_that_is_too_long_to_wait_is_answered_to_its_client() {
    let mut op = Op::new();
    let mut longest = 0;
    let wait = |op: &mut Op, length: usize| {
        let asked = op.ask("web", &format!("scope=openid&id_token_hint={}", "h".repeat(length))).unwrap();
        let mut cx = op.sim.cx();
        request::wait(&op.sim.store, &mut cx, &asked).unwrap()
    };
    for length in [500, 1_500, 2_400] {
        match wait(&mut op, length) {
            Ok(Waits::Sealed(reference)) => longest = longest.max(reference.len()),
            Ok(Waits::Kept(_)) => panic!("nobody pushed it"),
            Err(error) => panic!("{length}: {error:?}"),
        }
    }
    let error = wait(&mut op, 2_600).err().unwrap();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
    assert!((3_300..=3_620).contains(&longest), "{longest}");
}
