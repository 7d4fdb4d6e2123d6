//! Services are told of findings: of each one once, durably, signed, and until they say that they know.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use flow::by::By;
use flow::webhook::{self, Leased};
use model::event::{EventKind, Subject};
use model::finding::Severity;
use model::id::WebhookId;
use model::message::{Delivery, Obstacle};
use model::refusal::Refusal;
use model::secret::Secret;
use model::webhook::SignedBy;
use serde_json::Value;
use wire::http::url::Url;

use crate::responding::{ALICE, conclude, finding};
use crate::sim::{DAYS, HOUR, SECOND, Sim, unlimited};

const SITE: &str = "https://id.example.org";

fn add(sim: &mut Sim, url: &str) -> Result<(WebhookId, Secret<String>), Refusal> {
    let mut cx = sim.cx();
    let url = Url::parse(url).unwrap();
    let prepared = webhook::prepare(&sim.store, &mut cx, (&url, SignedBy::Secret)).unwrap();
    assert_eq!(prepared.public_key(), None);
    let (id, key) = (prepared.id(), prepared.secret().unwrap().clone());
    sim.write(move |tx, cx| webhook::add(tx, cx, &prepared, &By::COMMAND)).map(|()| (id, key))
}

fn lease(sim: &mut Sim) -> Vec<Leased> {
    sim.write(|tx, cx| webhook::lease(tx, cx, 99))
}

fn settle(sim: &mut Sim, leased: &Leased, delivery: Delivery) {
    let leased = leased.clone();
    sim.write(move |tx, cx| webhook::settle(tx, cx, &leased, &delivery));
}

fn compose(sim: &mut Sim, leased: &Leased) -> Option<webhook::Call> {
    let cx = sim.cx();
    webhook::compose(&sim.store, &cx, SITE, leased).unwrap()
}

fn read(text: &str) -> Value {
    #[expect(clippy::disallowed_methods, reason = "what we wrote ourselves")]
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_service_is_told_of_a_finding_once_and_of_nothing_before_it_is_durable() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    add(&mut sim, "https://one.example/hook").unwrap();
    add(&mut sim, "https://two.example/hook?token=secret").unwrap();
    assert!(lease(&mut sim).is_empty());
    let raised =
        conclude(&mut sim, Subject::Account(alice), finding("code_guessing", "x", Severity::High))[0].id;
    let leased = lease(&mut sim);
    assert_eq!(leased.iter().map(|one| one.event).collect::<Vec<_>>(), [Some(raised); 2]);
    assert!(lease(&mut sim).is_empty(), "in the hands of a worker");
    let call = compose(&mut sim, &leased[0]).unwrap();
    let said = read(&call.body);
    assert_eq!(said["type"], "finding.raised");
    assert_eq!(said["data"]["finding"], raised.to_string());
    assert_eq!(said["data"]["account"], alice.to_string());
    assert_eq!(
        (&said["data"]["detector"], &said["data"]["severity"]),
        (&"code_guessing".into(), &"high".into())
    );
    assert!(!call.body.contains("example.com") && !call.body.contains("secret"), "{}", call.body);
    for one in &leased {
        settle(&mut sim, one, Delivery::HandedOver);
    }
    assert_eq!(webhook::next_due(&sim.store).unwrap(), None);
    settle(&mut sim, &leased[0], Delivery::HandedOver);
    let told = sim.kinds().into_iter().filter(|kind| *kind == "webhook_told").count();
    assert_eq!(told, 2, "what is settled is settled once");
}

#[test]
fn where_a_service_is_stands_on_the_record_without_what_may_be_a_secret() {
    let mut sim = Sim::with(unlimited());
    let (id, _) = add(&mut sim, "https://two.example/hook?token=secret").unwrap();
    assert_eq!(webhook::list(&sim.store).unwrap()[0].url, "https://two.example/hook?…");
    assert!(sim.events().iter().all(|event| !format!("{event:?}").contains("token")));
    sim.write(move |tx, cx| webhook::test(tx, cx, id)).unwrap();
    let [leased] = &lease(&mut sim)[..] else { panic!("one") };
    let call = compose(&mut sim, leased).unwrap();
    assert_eq!(call.url.target(), "/hook?token=secret");
    assert_eq!((read(&call.body)["type"].as_str(), call.id), (Some("test"), leased.id.to_string()));
}

#[test]
fn the_signature_is_that_of_standard_webhooks() {
    let mut sim = Sim::with(unlimited());
    let (id, key) = add(&mut sim, "https://one.example/").unwrap();
    sim.write(move |tx, cx| webhook::test(tx, cx, id)).unwrap();
    let [leased] = &lease(&mut sim)[..] else { panic!("one") };
    let leased = leased.clone();
    let call = compose(&mut sim, &leased).unwrap();
    let secret = key.expose().strip_prefix("whsec_").unwrap().to_owned();
    let bytes: [u8; 32] =
        wire::token::decode(&secret.trim_end_matches('=').replace('+', "-").replace('/', "_")).unwrap();
    let own = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &bytes);
    let tag = aws_lc_rs::hmac::sign(&own, format!("{}.{}.{}", call.id, call.timestamp, call.body).as_bytes());
    assert_eq!(call.signature, format!("v1,{}", wire::token::base64(tag.as_ref())));
    // The next attempt has the same identifier and another time.
    settle(&mut sim, &leased, Delivery::Deferred { why: Obstacle::TryLater });
    sim.advance(HOUR);
    let [again] = &lease(&mut sim)[..] else { panic!("one") };
    let again = again.clone();
    let later = compose(&mut sim, &again).unwrap();
    assert_eq!((again.attempt, &later.id, &later.body), (2, &call.id, &call.body));
    assert!(later.timestamp > call.timestamp && later.signature != call.signature);
}

#[test]
fn a_service_that_has_a_public_key_verifies_a_call_and_can_make_none() {
    let mut sim = Sim::with(unlimited());
    let (mut cx, url) = (sim.cx(), Url::parse("https://one.example/").unwrap());
    let prepared = webhook::prepare(&sim.store, &mut cx, (&url, SignedBy::Key)).unwrap();
    assert!(prepared.secret().is_none(), "what signs is shown to nobody");
    let (id, public) = (prepared.id(), prepared.public_key().unwrap());
    sim.write(move |tx, cx| webhook::add(tx, cx, &prepared, &By::COMMAND)).unwrap();
    let [listed] = &webhook::list(&sim.store).unwrap()[..] else { panic!("one") };
    assert_eq!(listed.public.as_ref().map(model::webhook::public_text), Some(public));
    let half = listed.public.unwrap();
    sim.write(move |tx, cx| webhook::test(tx, cx, id)).unwrap();
    let [leased] = &lease(&mut sim)[..] else { panic!("one") };
    let call = compose(&mut sim, &leased.clone()).unwrap();
    let signature = call.signature.strip_prefix("v1a,").unwrap().trim_end_matches('=');
    let signature: [u8; 64] = wire::token::decode(&signature.replace('+', "-").replace('/', "_")).unwrap();
    let verifies = |body: &str| {
        let key = UnparsedPublicKey::new(&ED25519, half);
        key.verify(format!("{}.{}.{body}", call.id, call.timestamp).as_bytes(), &signature).is_ok()
    };
    assert!(verifies(&call.body) && !verifies("{}"));
}

#[test]
fn a_service_that_does_not_answer_is_tried_for_a_day_and_then_given_up() {
    let mut sim = Sim::with(unlimited());
    let (id, _) = add(&mut sim, "https://one.example/").unwrap();
    sim.write(move |tx, cx| webhook::test(tx, cx, id)).unwrap();
    let (queued, mut attempts) = (sim.now, 0);
    while let Some(due) = webhook::next_due(&sim.store).unwrap() {
        sim.now = due.max(sim.now);
        for leased in lease(&mut sim) {
            attempts += 1;
            settle(&mut sim, &leased, Delivery::Deferred { why: Obstacle::TimedOut });
        }
    }
    assert!((24..80).contains(&attempts), "{attempts}");
    assert!(sim.now >= queued + DAYS && sim.now <= queued + DAYS + HOUR + SECOND);
    let last = sim.events().pop().unwrap();
    assert!(matches!(last.kind, EventKind::WebhookGivenUp { why: Obstacle::TimedOut, .. }), "{last:?}");
}

#[test]
fn what_is_removed_is_told_nothing_more() {
    let mut sim = Sim::with(unlimited());
    let (id, _) = add(&mut sim, "https://one.example/").unwrap();
    conclude(&mut sim, Subject::Site, finding("completion_ratio", "site", Severity::Medium));
    let leased = lease(&mut sim);
    sim.write(move |tx, cx| webhook::remove(tx, cx, id, &By::COMMAND)).unwrap();
    assert!(compose(&mut sim, &leased[0]).is_none(), "not even what a worker has in hand");
    assert_eq!(webhook::waiting(&sim.store, 9).unwrap().1, 0);
    let gone = sim.write(move |tx, cx| webhook::remove(tx, cx, id, &By::COMMAND));
    assert_eq!(gone, Err(Refusal::WebhookUnknown));
    assert_eq!(sim.write(move |tx, cx| webhook::test(tx, cx, id)).err(), Some(Refusal::WebhookUnknown));
}

#[test]
fn there_are_sixteen_at_most() {
    let mut sim = Sim::with(unlimited());
    for n in 0..16 {
        add(&mut sim, &format!("https://one.example/{n}")).unwrap();
    }
    assert_eq!(add(&mut sim, "https://one.example/17").err(), Some(Refusal::WebhooksFull));
}
