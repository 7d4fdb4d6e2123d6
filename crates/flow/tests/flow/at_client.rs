//! threats.md §5.2 row 43, for the layer of a client: a way of signing in that does not count there leads to no code and to no
//! token, by no route, neither as a proof nor as the time of one.

use flow::methods;
use flow::oauth::authorize::Due;
use flow::session::Visitor;
use model::assurance::{Aal, Assurance};
use model::event::EventKind;
use model::grant_refusal::GrantRefusal;
use model::method::{Method, MethodPolicy, MethodSet, Use};
use wire::oauth::error::ErrorCode;

use crate::passkeys;
use crate::providing::{Op, payload, text, value};
use crate::sim::{DAYS, HOUR, MINUTE};
use crate::sources::sources;

const SCOPES: &str = "scope=openid+offline_access";

fn takes(op: &mut Op, methods: &[Method]) {
    let layer = MethodPolicy::OPEN
        .with(Use::SignIn, MethodSet::of(methods))
        .with(Use::StepUp, MethodSet::of(methods))
        .with(Use::Recovery, MethodSet::NONE);
    op.change("web", |web| web.methods = layer);
}

/// Somebody who has proved these.
fn who(op: &mut Op, proved: &[Method]) -> Visitor {
    let mut visitor = op.person("anna@example.com", 1);
    visitor.session.assurance = Assurance::of(MethodSet::of(proved), op.sim.now);
    visitor
}

fn decide(op: &mut Op, more: &str, visitor: &Visitor) -> Due {
    let asked = op.ask("web", more).unwrap();
    op.decide(&asked, Some(visitor))
}

#[test]
fn row_43_at_a_client_only_what_it_takes_leads_to_a_code() {
    use Method::{MailCode, Passkey, Password, SmsCode, Totp};
    let ways: [&[Method]; 6] =
        [&[Passkey], &[Password], &[Password, Totp], &[MailCode], &[SmsCode], &[MailCode, Passkey]];
    for taken in ways {
        for proved in ways.into_iter().chain([&[Method::RecoveryCode][..]]) {
            let mut op = Op::new();
            takes(&mut op, taken);
            let visitor = who(&mut op, proved);
            let counts = proved.iter().any(|method| taken.contains(method));
            let due = decide(&mut op, SCOPES, &visitor);
            assert_eq!(due == Due::Ask, counts, "takes {taken:?}, proved {proved:?}: {due:?}");
            // Whatever a page shows, the transaction decides.
            let asked = op.ask("web", SCOPES).unwrap();
            let given = op.give(asked, &visitor);
            assert_eq!(given.is_ok(), counts, "takes {taken:?}, proved {proved:?}");
        }
    }
}

#[test]
fn row_43_whoever_has_what_a_client_takes_is_asked_for_it_and_whoever_has_not_is_told() {
    let mut op = Op::new();
    takes(&mut op, &[Method::Passkey]);
    let anna = op.person("anna@example.com", 1);
    assert_eq!(decide(&mut op, SCOPES, &anna), Due::Lacking);
    let quiet = |due: &Due| match due {
        Due::Refuse(error) => Some(error.code),
        _ => None,
    };
    let never = Some(ErrorCode::UnmetAuthenticationRequirements);
    assert_eq!(quiet(&decide(&mut op, &format!("{SCOPES}&prompt=none"), &anna)), never);
    op.sim.advance(2 * DAYS);
    let anna = op.person("anna@example.com", 1);
    passkeys::add(&mut op.sim, &anna, 1, &mut passkeys::device()).unwrap();
    assert_eq!(decide(&mut op, SCOPES, &anna), Due::Confirm);
    let later = Some(ErrorCode::LoginRequired);
    assert_eq!(quiet(&decide(&mut op, &format!("{SCOPES}&prompt=none"), &anna)), later);
    let mut proved = anna;
    proved.session.assurance = proved.session.assurance.and(MethodSet::of(&[Method::Passkey]), op.sim.now);
    assert_eq!(decide(&mut op, SCOPES, &proved), Due::Ask);
    // Codes by mail, and a client that takes nothing else: the passkey counts for nothing there.
    takes(&mut op, &[Method::MailCode]);
    let strong = who(&mut op, &[Method::Passkey]);
    assert_eq!(decide(&mut op, SCOPES, &strong), Due::Lacking);
}

#[test]
fn row_43_a_proof_that_does_not_count_renews_nothing_and_is_told_to_nobody() {
    let mut op = Op::new();
    let mut anna = who(&mut op, &[Method::Passkey]);
    takes(&mut op, &[Method::Passkey]);
    op.sim.advance(HOUR);
    let at_passkey = anna.session.assurance.at;
    anna.session.assurance = anna.session.assurance.and(MethodSet::of(&[Method::MailCode]), op.sim.now);
    assert_eq!(decide(&mut op, &format!("{SCOPES}&max_age=60"), &anna), Due::Confirm, "an hour old");
    let code = op.code("web", SCOPES, &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let claims = payload(text(&got, "id_token"));
    assert_eq!(claims["auth_time"], at_passkey.micros() / 1_000_000);
    assert_eq!(claims["acr"], Aal::Aal2.acr());
    assert_eq!(claims["amr"], serde_json::json!(["pop", "user"]));
    // Where everything is taken, the last proof is the one of the code.
    op.change("web", |web| web.methods = MethodPolicy::OPEN);
    let code = op.code("web", SCOPES, &anna);
    let claims = payload(text(&op.redeem("web", &code, None).unwrap(), "id_token"));
    assert_eq!(claims["auth_time"], op.sim.now.micros() / 1_000_000);
}

#[test]
fn row_43_what_is_closed_at_a_client_later_is_closed_for_its_codes_and_refresh_tokens_as_well() {
    let mut op = Op::new();
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", SCOPES, &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let token = text(&got, "refresh_token").to_owned();
    let waiting = op.code("web", SCOPES, &anna);
    takes(&mut op, &[Method::Passkey]);
    op.sim.advance(MINUTE / 2);
    for refused in [op.redeem("web", &waiting, None), op.refresh("web", &token, None)] {
        assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidGrant);
    }
    let told = |event: &model::event::Event| {
        matches!(&event.kind, EventKind::TokensRefused { because: GrantRefusal::MethodOff, .. })
    };
    assert_eq!(op.sim.events().iter().filter(|event| told(event)).count(), 2);
    // It is no replay: opened again, it goes on.
    takes(&mut op, &[Method::Passkey, Method::MailCode]);
    assert!(op.refresh("web", &token, None).is_ok());
}

#[test]
fn row_43_the_second_level_at_a_client_is_reached_by_what_it_takes_for_it() {
    let mut op = Op::new();
    let essential = r#"claims={"id_token":{"acr":{"essential":true,"values":["http://idmanagement.gov/ns/assurance/aal/2"]}}}"#;
    let essential = essential.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    let anna = who(&mut op, &[Method::Password, Method::Totp]);
    let more = format!("{SCOPES}&{essential}");
    assert_eq!(decide(&mut op, &more, &anna), Due::Ask);
    op.change("web", |web| {
        web.methods = MethodPolicy::OPEN.with(Use::StepUp, MethodSet::of(&[Method::Passkey]));
    });
    assert!(matches!(decide(&mut op, &more, &anna), Due::Refuse(_)), "no passkey");
    assert_eq!(decide(&mut op, SCOPES, &anna), Due::Ask, "the first level is enough");
    let value = {
        let asked = op.ask("web", SCOPES).unwrap();
        let answer = op.give(asked, &anna).unwrap();
        value(&answer, "code").unwrap().to_owned()
    };
    let claims = payload(text(&op.redeem("web", &value, None).unwrap(), "id_token"));
    assert_eq!(claims["acr"], Aal::Aal1.acr());
}

#[test]
fn a_client_of_which_nothing_is_said_takes_every_proof_as_it_is() {
    let mut op = Op::new();
    let web = op.registered("web");
    for proved in [Method::MailCode, Method::RecoveryCode, Method::Passkey] {
        let assurance = Assurance::of(MethodSet::of(&[proved]), op.sim.now);
        assert_eq!(methods::at_client(&web, &assurance), Some(assurance));
        assert_eq!(methods::still_counts(&web, Some(&assurance)), Ok(()));
    }
    takes(&mut op, &[Method::Passkey]);
    let web = op.registered("web");
    let saved = Assurance::of(MethodSet::of(&[Method::RecoveryCode]), op.sim.now);
    assert_eq!(methods::at_client(&web, &saved), None);
    assert_eq!(methods::still_counts(&web, None), Ok(()), "a client that acts for itself");
}

#[test]
fn row_43_whoever_makes_a_grant_of_a_person_asks_what_counts_at_the_client() {
    let makes: Vec<(String, String)> =
        sources().into_iter().filter(|(_, text)| text.contains("grants::insert(")).collect();
    assert!(!makes.is_empty());
    for (file, text) in makes {
        assert!(text.contains("methods::at_client("), "{file} makes grants and does not ask");
    }
}
