//! `threats.md` §5.2 row 33 at clients: what somebody ended they are told, durably, once, and until they say that they know.

use flow::by::By;
use flow::oauth::backchannel::{self, Leased};
use flow::oauth::{clients, ending, issue};
use flow::session;
use model::client::{ClientOrigin, Registered, SubjectType};
use model::event::{Actor, EventKind};
use model::id::SessionId;
use model::message::{Delivery, Obstacle};
use model::signing_key::KeyKind;
use serde_json::Value;
use store::logouts::Logout;
use wire::form::Form;
use wire::jose::algorithm::Algorithm;
use wire::jose::jws::Jws;
use wire::jose::verifying_key::VerifyingKey;
use wire::oidc::logout::{EVENT, TYPE};

use crate::ending::{Four, MATRIX, four};
use crate::providing::{Op, confidential, json, payload, text};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, source};

pub(crate) const TOLD_AT: &str = "https://app.example.org/out";

/// The client wants to be told.
pub(crate) fn wants(op: &mut Op, client: &str) {
    op.change(client, |client| client.backchannel_logout = Some(TOLD_AT.to_owned()));
}

pub(crate) fn lease(op: &mut Op) -> Vec<Leased> {
    op.sim.write(|tx, cx| backchannel::lease(tx, cx, 99))
}

/// What waits: client and session.
fn waits(op: &mut Op) -> Vec<(String, Option<SessionId>)> {
    let leased = lease(op);
    let mut all: Vec<_> = leased.into_iter().map(|one| (one.logout.client, one.logout.session)).collect();
    all.sort();
    all
}

fn settle(op: &mut Op, leased: &Leased, delivery: Delivery) {
    let leased = leased.clone();
    op.sim.write(move |tx, cx| backchannel::settle(tx, cx, &leased, &delivery));
}

/// The token that would be sent now, if any, and where to.
fn compose(op: &mut Op, leased: &Leased) -> Option<(String, String)> {
    let mut cx = op.sim.cx();
    let context = (&*op.ring, &op.provider);
    let word = backchannel::compose(&op.sim.store, &mut cx, context, leased).unwrap()?;
    let form = Form::parse(word.body.expose().as_bytes()).unwrap();
    Some((word.url.to_string(), form.get("logout_token").unwrap().to_owned()))
}

/// The claims, if the token is signed by a key of ours and says what it is.
fn verified(op: &Op, token: &str) -> Value {
    let jws = Jws::parse(token, &Algorithm::ALL).unwrap();
    assert!(jws.is_typed(TYPE));
    let key = op.ring.public().candidates(jws.algorithm(), jws.key_id()).next().unwrap();
    let payload = jws.verify(&VerifyingKey::new(key, jws.algorithm()).unwrap()).unwrap();
    json(str::from_utf8(payload).unwrap())
}

fn sign_out(op: &mut Op, by: &session::Visitor) {
    let by = by.clone();
    op.sim.write(move |tx, cx| session::end(tx, cx, &by, by.session.id, source(1))).unwrap();
}

/// Anna has signed in to `web` in a session, and has signed out.
fn told_once() -> (Op, Leased, Value) {
    let mut op = Op::new();
    wants(&mut op, "web");
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid&nonce=n1", &anna);
    let got = op.redeem("web", &code, None).unwrap();
    let id_token = payload(text(&got, "id_token"));
    sign_out(&mut op, &anna);
    let [leased] = &lease(&mut op)[..] else { panic!("one") };
    let leased = leased.clone();
    (op, leased, id_token)
}

#[test]
fn row_33_each_event_is_told_of_the_sessions_that_it_reaches_and_once() {
    for (what, happens, ..) in MATRIX {
        let mut four = four();
        wants(&mut four.op, "web");
        // Nobody is told who does not want to be.
        four.op.register(confidential("deaf"));
        let first = four.first.clone();
        four.op.code("deaf", "scope=openid", &first);
        happens(&mut four);
        let expected = match what {
            "signed out" | "ended from another session" | "that was not me" => vec![&four.first],
            "a password was changed" | "an authenticator was removed" => vec![&four.second],
            "over by time" => Vec::new(),
            _ => vec![&four.first, &four.second],
        };
        let mut expected: Vec<_> =
            expected.iter().map(|visitor| ("web".to_owned(), Some(visitor.session.id))).collect();
        expected.sort();
        assert_eq!(waits(&mut four.op), expected, "{what}");
    }
}

#[test]
fn row_33_a_grant_that_its_owner_ends_is_told_and_one_that_its_client_gives_back_is_not() {
    let Four { mut op, first, refresh, .. } = four();
    wants(&mut op, "web");
    op.revoke("web", &refresh[0]);
    assert_eq!(waits(&mut op), []);
    let live = |reader: &mut store::Reader<'_>| store::grants::list_of_session(reader, first.session.id);
    let own = op.sim.store.read(live).unwrap()[0].grant.id;
    for _ in 0..2 {
        let by = first.clone();
        op.sim.write(move |tx, cx| ending::by_owner(tx, cx, &by, (own, source(1)))).unwrap();
    }
    assert_eq!(waits(&mut op), [("web".to_owned(), Some(first.session.id))]);
    // The end of the session is told even so: one of its grants was only given back.
    op.sim.advance(MINUTE * 2);
    sign_out(&mut op, &first);
    assert_eq!(waits(&mut op).len(), 2);
}

#[test]
fn row_33_a_family_that_was_copied_is_told_and_a_client_that_is_removed_is_not() {
    let mut op = Op::new();
    wants(&mut op, "web");
    let anna = op.person("anna@example.com", 1);
    let code = op.code("web", "scope=openid+offline_access", &anna);
    op.redeem("web", &code, None).unwrap();
    assert!(op.redeem("web", &code, None).is_err());
    assert_eq!(waits(&mut op), [("web".to_owned(), Some(anna.session.id))]);
    op.code("web", "scope=openid", &anna);
    op.sim.write(|tx, cx| clients::remove(tx, cx, "web", &By::COMMAND)).unwrap();
    op.sim.advance(MINUTE * 2);
    let again = lease(&mut op);
    assert_eq!(again.len(), 1, "nothing more");
    // And what waited for it has nobody to go to.
    assert_eq!(compose(&mut op, &again[0]), None);
    let leased = again[0].clone();
    op.sim.write(move |tx, _| backchannel::forget(tx, &leased));
    op.sim.advance(DAYS);
    assert_eq!(waits(&mut op), []);
}

#[test]
fn a_logout_token_says_whom_and_which_session_as_the_id_token_did() {
    let (mut op, leased, id_token) = told_once();
    let (url, token) = compose(&mut op, &leased).unwrap();
    assert_eq!(url, TOLD_AT);
    let claims = verified(&op, &token);
    for name in ["iss", "aud", "sub", "sid"] {
        assert_eq!(claims[name], id_token[name], "{name}");
        assert!(claims[name].is_string(), "{name}");
    }
    assert_eq!(claims["events"], json(&format!("{{\"{EVENT}\":{{}}}}")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert_eq!(claims["iat"], op.seconds());
    assert_eq!((claims.get("nonce"), claims.as_object().unwrap().len()), (None, 8));
    // Made anew for each attempt: when it leaves, and with an identifier of its own.
    op.sim.advance(HOUR);
    let (_, token) = compose(&mut op, &leased).unwrap();
    let later = verified(&op, &token);
    assert_eq!(later["iat"], op.seconds());
    assert_ne!(later["jti"], claims["jti"]);
}

#[test]
fn a_logout_token_is_signed_as_the_client_reads_id_tokens_and_names_the_person_as_it_knows_them() {
    let mut op = Op::new();
    let pairwise = |id: &str, kind| {
        let mut client = confidential(id);
        client.client.subject_type = SubjectType::Pairwise(format!("{id}.example.org"));
        client.client.signing = kind;
        client.backchannel_logout = Some(TOLD_AT.to_owned());
        client
    };
    op.register(pairwise("one", KeyKind::EdDsa));
    op.register(pairwise("two", KeyKind::Rs256));
    let anna = op.person("anna@example.com", 1);
    for client in ["one", "two"] {
        op.code(client, "scope=openid", &anna);
    }
    sign_out(&mut op, &anna);
    let leased = lease(&mut op);
    let tokens: Vec<String> = leased.iter().map(|one| compose(&mut op, one).unwrap().1).collect();
    let [one, two] = [0, 1].map(|n| verified(&op, &tokens[n]));
    // Two clients that compare what they got learn nothing: neither person nor session is the same.
    assert!(one["sub"] != two["sub"] && one["sid"] != two["sid"]);
    let mut algorithms: Vec<_> =
        tokens.iter().map(|token| Jws::parse(token, &Algorithm::ALL).unwrap().algorithm().name()).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["EdDSA", "RS256"]);
    let sid = issue::session_name(op.sim.store.keys(), "one", anna.session.id);
    assert!([&one, &two].iter().any(|claims| claims["sid"] == sid.as_str()));
}

#[test]
fn what_became_of_it_is_on_the_owners_record_and_it_is_tried_later_and_later() {
    let (mut op, leased, _) = told_once();
    let account = leased.logout.account;
    assert_eq!(lease(&mut op), [], "in somebody's hands");
    settle(&mut op, &leased, Delivery::Deferred { why: Obstacle::TimedOut });
    let mut waited = Vec::new();
    let last = loop {
        let due = backchannel::next_due(&op.sim.store).unwrap().unwrap();
        waited.push(due.since(op.sim.now).as_secs());
        op.sim.advance(due.since(op.sim.now));
        let [again] = &lease(&mut op)[..] else { panic!("one") };
        // The word of whoever was away for longer than the lease counts for nothing.
        settle(&mut op, &leased, Delivery::Bounced { why: Obstacle::Refused });
        assert_eq!(usize::try_from(again.attempt), Ok(waited.len() + 1));
        if again.attempt == 9 {
            break again.clone();
        }
        settle(&mut op, again, Delivery::Deferred { why: Obstacle::TryLater });
    };
    assert_eq!(waited, [5, 15, 45, 135, 405, 1215, 3600, 3600]);
    settle(&mut op, &last, Delivery::HandedOver);
    settle(&mut op, &last, Delivery::HandedOver);
    let events = op.sim.events();
    let told: Vec<_> = events.iter().filter(|event| event.kind.name().starts_with("logout_")).collect();
    assert_eq!(told.len(), 9);
    let client = "web".to_owned();
    let first = EventKind::LogoutDeferred { client: client.clone(), why: Obstacle::TimedOut, attempt: 1 };
    assert_eq!((&told[0].kind, &told[8].kind), (&first, &EventKind::LogoutTold { client }));
    assert!(told.iter().all(|event| {
        event.subject.account() == Some(account)
            && event.session == leased.logout.session
            && event.actor == Actor::Server
    }));
    assert_eq!(backchannel::next_due(&op.sim.store).unwrap(), None);
}

#[test]
fn a_client_that_refuses_is_not_asked_again_and_one_that_is_silent_for_a_day_is_given_up() {
    for (delivery, after) in [
        (Delivery::Bounced { why: Obstacle::Refused }, SECOND),
        (Delivery::Deferred { why: Obstacle::Unreachable }, DAYS),
    ] {
        let (mut op, leased, _) = told_once();
        op.sim.advance(after);
        settle(&mut op, &leased, delivery.clone());
        let (Delivery::Bounced { why } | Delivery::Deferred { why }) = delivery else { panic!() };
        let last = op.sim.events().pop().unwrap().kind;
        assert_eq!(last, EventKind::LogoutGivenUp { client: "web".to_owned(), why });
        assert_eq!(backchannel::next_due(&op.sim.store).unwrap(), None);
    }
}

#[test]
fn it_goes_where_the_client_is_now_and_nowhere_if_it_wants_no_word_any_more() {
    let (mut op, leased, _) = told_once();
    let set = |op: &mut Op, at: Option<&str>| {
        op.change("web", |web| web.backchannel_logout = at.map(str::to_owned));
    };
    set(&mut op, Some("https://other.example.org/out"));
    assert_eq!(compose(&mut op, &leased).unwrap().0, "https://other.example.org/out");
    set(&mut op, None);
    assert_eq!(compose(&mut op, &leased), None);
}

#[test]
fn a_client_that_has_to_know_the_session_is_not_told_without_one() {
    let (mut op, leased, _) = told_once();
    let without = Leased { logout: Logout { session: None, ..leased.logout.clone() }, ..leased.clone() };
    let token = compose(&mut op, &without).unwrap().1;
    let claims = verified(&op, &token);
    assert!(claims.get("sid").is_none() && claims["sub"].is_string());
    op.change("web", |web: &mut Registered| web.backchannel_session = true);
    assert_eq!(compose(&mut op, &without), None);
    assert!(compose(&mut op, &leased).is_some());
}

#[test]
fn a_worker_that_is_gone_leaves_its_words_to_the_next() {
    let (mut op, leased, _) = told_once();
    op.sim.advance(SECOND * 59);
    assert_eq!(lease(&mut op), []);
    op.sim.advance(SECOND);
    let again = lease(&mut op);
    assert_eq!((again.len(), again[0].attempt), (1, 2));
    op.sim.write(|tx, _| backchannel::release_all(tx));
    assert_eq!(lease(&mut op)[0].logout.id, leased.logout.id);
}

#[test]
fn whose_place_a_stranger_has_chosen_is_not_trusted_with_private_networks() {
    let (mut op, leased, _) = told_once();
    for (origin, trusted) in [
        (ClientOrigin::Configuration, true),
        (ClientOrigin::Operator, true),
        (ClientOrigin::Registration, false),
        (ClientOrigin::Document, false),
    ] {
        op.change("web", |web| web.client.origin = origin);
        let mut cx = op.sim.cx();
        let context = (&*op.ring, &op.provider);
        let word = backchannel::compose(&op.sim.store, &mut cx, context, &leased).unwrap().unwrap();
        assert_eq!(word.trusted, trusted, "{origin:?}");
    }
}
