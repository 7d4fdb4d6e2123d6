//! Passkeys: adding, signing in, stepping up, and everything that is no proof.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use flow::authenticator;
use flow::passkey::add::{self, Added, Made};
use flow::passkey::answer::{self, Answer, Asked};
use flow::passkey::{HOLD, RelyingParty};
use flow::reauth;
use flow::session::{self, Visitor};
use flow::sign_in::finish::Started;
use model::account::AccountState;
use model::assurance::Aal;
use model::cx::Cx;
use model::event::{EventKind, NotProved};
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::refusal::Refusal;
use proving::passkey::Authenticator;
use store::stats::{Effort, Rows};

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";
const ORIGIN: &str = "https://account.linden.example";

pub(crate) fn party() -> RelyingParty {
    RelyingParty::new("Linden Library", ORIGIN).unwrap().unwrap()
}

pub(crate) fn device() -> Authenticator {
    Authenticator::new(ORIGIN)
}

/// Somebody with an account, signed in in a browser that is known for days.
pub(crate) fn at_home(sim: &mut Sim, address: &str, browser: u64) -> Visitor {
    sim.account(address);
    sim.sign_in(address, browser);
    sim.advance(2 * DAYS);
    let started = sim.sign_in(address, browser);
    visitor(sim, &started)
}

pub(crate) fn visitor(sim: &mut Sim, started: &Started) -> Visitor {
    let cx = sim.cx();
    session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().unwrap()
}

fn offer(sim: &mut Sim, by: &Visitor, browser: u64) -> Asked {
    let mut cx = sim.cx();
    add::offer(&sim.store, &party(), &mut cx, (by, &half(browser))).unwrap()
}

fn add_json(
    sim: &mut Sim,
    by: &Visitor,
    browser: u64,
    (challenge, json): (&str, &str),
) -> Result<Added, Refusal> {
    let made = Made {
        challenge: challenge.to_owned(),
        attestation: wire::passkey::attestation(json).unwrap(),
        name: "A key".to_owned(),
        browser_half: half(browser),
        visitor: by.clone(),
        source: source(browser),
    };
    let mut cx = sim.cx();
    let prepared = add::prepare(&sim.store, &party(), &mut cx, made).unwrap()?;
    sim.write(move |tx, cx| add::commit(tx, cx, &prepared))
}

pub(crate) fn add(
    sim: &mut Sim,
    by: &Visitor,
    browser: u64,
    device: &mut Authenticator,
) -> Result<Added, Refusal> {
    let asked = offer(sim, by, browser);
    let json = device.make(&asked.options).unwrap();
    add_json(sim, by, browser, (&asked.challenge, &json))
}

pub(crate) fn ask(sim: &mut Sim, browser: u64) -> Asked {
    let mut cx = sim.cx();
    answer::ask(&sim.store, &party(), &mut cx, &half(browser)).unwrap()
}

fn answer_of(browser: u64, (challenge, json): (&str, &str), current: Option<&Visitor>) -> Answer {
    Answer {
        challenge: challenge.to_owned(),
        assertion: wire::passkey::assertion(json).unwrap(),
        browser_half: half(browser),
        current: current.cloned(),
        source: source(browser),
    }
}

pub(crate) fn bring(
    sim: &mut Sim,
    browser: u64,
    carried: (&str, &str),
    current: Option<&Visitor>,
) -> Result<Started, Refusal> {
    let mut cx = sim.cx();
    let prepared =
        answer::prepare(&sim.store, &party(), &mut cx, answer_of(browser, carried, current)).unwrap()?;
    sim.write(move |tx, cx| answer::commit(tx, cx, &prepared))
}

pub(crate) fn sign_in(sim: &mut Sim, browser: u64, device: &mut Authenticator) -> Result<Started, Refusal> {
    let asked = ask(sim, browser);
    let json = device.sign(&asked.options).unwrap();
    bring(sim, browser, (&asked.challenge, &json), None)
}

fn refusal<T>(outcome: Result<T, Refusal>) -> Refusal {
    outcome.err().expect("this must be refused")
}

/// Why proofs were refused, as the owner sees it.
fn refused(sim: &Sim) -> Vec<NotProved> {
    let because = sim.events().into_iter().filter_map(|event| match event.kind {
        EventKind::ProofRefused { method: Method::Passkey, because, .. } => Some(because),
        _ => None,
    });
    because.collect()
}

/// How many challenges are remembered as answered.
fn answered(sim: &Sim) -> Rows {
    let figures = store::stats::figures(&sim.store, Effort::Count).unwrap();
    figures.tables.into_iter().find(|table| table.name == "answered_challenges").unwrap().rows
}

#[test]
fn a_passkey_is_added_and_signs_in_from_a_browser_that_nobody_knows() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    let added = add(&mut sim, &alice, 1, &mut device).unwrap();
    assert_eq!(added.authenticator.usable_at, sim.now);
    let started = sign_in(&mut sim, 2, &mut device).unwrap();
    assert_eq!(started.session.account, alice.account.id);
    assert_eq!(started.session.assurance.aal(), Aal::Aal2);
    assert_eq!(started.session.assurance.amr(), ["pop", "user"]);
    let kept = authenticator::list(&sim.store, alice.account.id).unwrap();
    assert_eq!((kept[0].used_at, kept[0].counter), (Some(sim.now), 1));
    assert!(sim.kinds().ends_with(&["authenticator_added", "session_started"]));
}

#[test]
fn a_passkey_that_does_not_count_signs_in_again_and_again() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = Authenticator { counts: false, backed_up: true, ..device() };
    add(&mut sim, &alice, 1, &mut device).unwrap();
    for browser in 2..5 {
        sign_in(&mut sim, browser, &mut device).unwrap();
    }
    assert_eq!(authenticator::list(&sim.store, alice.account.id).unwrap()[0].counter, 0);
}

#[test]
fn looking_at_a_page_and_answering_with_nobody_s_passkey_leave_nothing_behind() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let before = sim.events().len();
    let asked = ask(&mut sim, 2);
    offer(&mut sim, &alice, 1);
    let mut stranger = device();
    // Made for an account of another installation.
    let options = asked.options.replace("rpId", "id");
    let creation = format!(
        r#"{{"rp":{options},"user":{{"id":"{}"}},"challenge":"AAAA"}}"#,
        wire::token::encode(&[9; 16])
    );
    stranger.make(&creation).unwrap();
    let json = stranger.sign(&asked.options).unwrap();
    assert_eq!(refusal(bring(&mut sim, 2, (&asked.challenge, &json), None)), Refusal::PasskeyUnknown);
    assert_eq!((sim.events().len(), answered(&sim)), (before, Rows::Exactly(0)));
}

#[test]
fn what_was_signed_for_another_site_or_without_its_user_is_refused_and_its_owner_sees_it() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut own = device();
    add(&mut sim, &alice, 1, &mut own).unwrap();
    for (origin, relying_party, verifies) in [
        ("https://account.linden.example.evil.example", None, true),
        ("http://account.linden.example", None, true),
        ("https://account.linden.example:8443", None, true),
        (ORIGIN, Some("linden.example"), true),
        (ORIGIN, Some("evil.example"), true),
        (ORIGIN, None, false),
    ] {
        let relying_party = relying_party.map(str::to_owned);
        let mut other = Authenticator { origin: origin.to_owned(), relying_party, verifies, ..own.clone() };
        let before = refused(&sim).len();
        assert_eq!(refusal(sign_in(&mut sim, 2, &mut other)), Refusal::PasskeyUnknown, "{origin}");
        assert_eq!(refused(&sim)[before..], [NotProved::Mismatch], "{origin}");
    }
    sign_in(&mut sim, 2, &mut own).unwrap();
}

#[test]
fn what_was_made_for_another_site_or_without_its_user_is_not_added() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    for wrong in [
        Authenticator { origin: "https://evil.example".to_owned(), ..device() },
        Authenticator { relying_party: Some("evil.example".to_owned()), ..device() },
        Authenticator { verifies: false, ..device() },
    ] {
        assert_eq!(refusal(add(&mut sim, &alice, 1, &mut wrong.clone())), Refusal::PasskeyUnfit);
    }
    assert!(authenticator::list(&sim.store, alice.account.id).unwrap().is_empty());
}

#[test]
fn an_attestation_that_is_damaged_anywhere_is_refused_and_never_a_fault() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let asked = offer(&mut sim, &alice, 1);
    let json = device().make(&asked.options).unwrap();
    let good = wire::passkey::attestation(&json).unwrap();
    let mut added = 0;
    for n in 0..good.response.attestation_object.len() {
        for change in [0x01_u8, 0x80] {
            let mut attestation = good.clone();
            attestation.response.attestation_object[n] ^= change;
            let mut cx = sim.cx();
            let made = Made {
                challenge: asked.challenge.clone(),
                attestation,
                name: "x".to_owned(),
                browser_half: half(1),
                visitor: alice.clone(),
                source: source(1),
            };
            added += usize::from(add::prepare(&sim.store, &party(), &mut cx, made).unwrap().is_ok());
        }
        let mut attestation = good.clone();
        attestation.response.attestation_object.truncate(n);
        let made = Made {
            challenge: asked.challenge.clone(),
            attestation,
            name: "x".to_owned(),
            browser_half: half(1),
            visitor: alice.clone(),
            source: source(1),
        };
        let mut cx = sim.cx();
        assert!(add::prepare(&sim.store, &party(), &mut cx, made).unwrap().is_err(), "cut at {n}");
    }
    // What is not covered by anything (the counter, the AAGUID, unused flags) may differ; nothing else.
    assert!(added < 60, "{added}");
}

#[test]
fn an_assertion_that_is_damaged_anywhere_is_refused_and_never_a_fault() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let asked = ask(&mut sim, 2);
    let json = device.sign(&asked.options).unwrap();
    let good = answer_of(2, (&asked.challenge, &json), None).assertion;
    let holds = |sim: &mut Sim, assertion| {
        let mut cx = sim.cx();
        let answer = Answer { assertion, ..answer_of(2, (&asked.challenge, &json), None) };
        let prepared = answer::prepare(&sim.store, &party(), &mut cx, answer).unwrap().unwrap();
        prepared.holds()
    };
    assert!(holds(&mut sim, good.clone()));
    for n in 0..good.response.authenticator_data.len() {
        let mut bad = good.clone();
        bad.response.authenticator_data[n] ^= 0x20;
        assert!(!holds(&mut sim, bad), "authenticator data {n}");
    }
    for n in 0..good.response.signature.len() {
        let mut bad = good.clone();
        bad.response.signature[n] ^= 1;
        assert!(!holds(&mut sim, bad), "signature {n}");
    }
    let mut bad = good.clone();
    bad.response.user_handle = None;
    assert!(!holds(&mut sim, bad), "nobody is named");
    let mut bad = good;
    bad.response.user_handle = Some(vec![7; 16]);
    assert!(!holds(&mut sim, bad), "somebody else is named");
}

#[test]
fn a_challenge_is_answered_once_by_sixteen_who_race() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = Authenticator { counts: false, ..device() };
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let asked = ask(&mut sim, 2);
    let json = device.sign(&asked.options).unwrap();
    let together = Arc::new(Barrier::new(16));
    let contexts: Vec<Cx> = (0..16).map(|_| sim.cx()).collect();
    let outcomes: Vec<Result<Started, Refusal>> = std::thread::scope(|scope| {
        let racers: Vec<_> = contexts
            .into_iter()
            .map(|mut cx| {
                let (store, asked, json, together) = (&sim.store, &asked, &json, Arc::clone(&together));
                scope.spawn(move || {
                    let answer = answer_of(2, (&asked.challenge, json), None);
                    let prepared = answer::prepare(store, &party(), &mut cx, answer).unwrap().unwrap();
                    together.wait();
                    store.write_now(move |tx| answer::commit(tx, &mut cx, &prepared)).unwrap()
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.into_iter().filter_map(Result::err).all(|refusal| refusal == Refusal::ChallengeOver));
    assert_eq!(sim.kinds().iter().filter(|kind| **kind == "session_started").count(), 3);
}

#[test]
fn an_answer_is_over_after_five_minutes_in_another_browser_or_for_something_else() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let asked = ask(&mut sim, 2);
    let json = device.sign(&asked.options).unwrap();
    let carried = (asked.challenge.as_str(), json.as_str());
    assert_eq!(refusal(bring(&mut sim, 3, carried, None)), Refusal::ChallengeOver);
    let altered = format!("A{}", &asked.challenge[1..]);
    assert_eq!(refusal(bring(&mut sim, 2, (&altered, &json), None)), Refusal::ChallengeOver);
    let adding = offer(&mut sim, &alice, 1);
    assert_eq!(refusal(bring(&mut sim, 1, (&adding.challenge, &json), None)), Refusal::ChallengeOver);
    sim.advance(5 * MINUTE);
    assert_eq!(refusal(bring(&mut sim, 2, carried, None)), Refusal::ChallengeOver);
    assert!(refused(&sim).is_empty());
    let asked = ask(&mut sim, 2);
    let json = device.sign(&asked.options).unwrap();
    sim.advance(5 * MINUTE - SECOND);
    bring(&mut sim, 2, (&asked.challenge, &json), None).unwrap();
    // Remembered as long as it could have been answered, and no longer.
    assert_eq!(answered(&sim), Rows::Exactly(2));
    sim.advance(HOUR);
    while sim.write(|tx, cx| flow::sweep::forget(tx, cx)) {}
    assert_eq!(answered(&sim), Rows::Exactly(0));
}

#[test]
fn a_copy_whose_counter_does_not_go_on_is_refused_and_its_owner_sees_it() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let mut copy = device.clone();
    sign_in(&mut sim, 2, &mut device).unwrap();
    sign_in(&mut sim, 2, &mut device).unwrap();
    assert_eq!(refusal(sign_in(&mut sim, 3, &mut copy)), Refusal::PasskeyCopied);
    assert_eq!(refusal(sign_in(&mut sim, 3, &mut copy)), Refusal::PasskeyCopied);
    assert_eq!(refused(&sim), [NotProved::Repeated, NotProved::Repeated]);
    // One that says it does not count any more.
    let mut mute = Authenticator { counts: false, ..device.clone() };
    mute.passkeys[0].counter = 0;
    assert_eq!(refusal(sign_in(&mut sim, 3, &mut mute)), Refusal::PasskeyCopied);
    sign_in(&mut sim, 2, &mut device).unwrap();
}

#[test]
fn a_passkey_raises_the_session_it_was_asked_in_and_no_other() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let bob = at_home(&mut sim, BOB, 9);
    let (mut hers, mut his) = (device(), device());
    add(&mut sim, &alice, 1, &mut hers).unwrap();
    add(&mut sim, &bob, 9, &mut his).unwrap();
    sim.advance(10 * MINUTE);
    let within = |sim: &mut Sim, by: &Visitor, browser: u64, device: &mut Authenticator| {
        let mut cx = sim.cx();
        let asked = answer::ask_within(&sim.store, &party(), &mut cx, (by, &half(browser))).unwrap();
        let json = device.sign(&asked.options).unwrap();
        (asked.challenge, json)
    };
    let (challenge, json) = within(&mut sim, &alice, 1, &mut his);
    let stolen = bring(&mut sim, 1, (&challenge, &json), Some(&alice));
    assert_eq!(refusal(stolen), Refusal::PasskeyUnknown);
    let (challenge, json) = within(&mut sim, &alice, 1, &mut hers);
    assert_eq!(refusal(bring(&mut sim, 1, (&challenge, &json), None)), Refusal::PasskeyUnknown);
    let (challenge, json) = within(&mut sim, &alice, 1, &mut hers);
    let raised = bring(&mut sim, 1, (&challenge, &json), Some(&alice)).unwrap();
    assert_eq!(raised.session.id, alice.session.id);
    let cx = sim.cx();
    assert!(raised.session.assurance.reaches(Aal::Aal2, 5 * MINUTE, cx.now));
    assert!(session::find(&sim.store, &cx, alice.session.id, raised.secret.expose()).unwrap().is_some());
    assert_eq!(sim.kinds().last(), Some(&"session_raised"));
    let ways = reauth::ways(&sim.store, &cx, &alice).unwrap();
    assert_eq!((ways.highest, ways.methods), (Aal::Aal2, MethodSet::of(&[Method::Passkey])));
}

#[test]
fn row_27_a_passkey_added_from_an_unknown_browser_is_held_for_a_day() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    // Somebody reads her mail, signs in twice, and adds a passkey.
    sim.sign_in(ALICE, 6);
    sim.advance(MINUTE);
    let started = sim.sign_in(ALICE, 6);
    let intruder = visitor(&mut sim, &started);
    let mut device = device();
    let added = add(&mut sim, &intruder, 6, &mut device).unwrap();
    assert_eq!(added.authenticator.usable_at, sim.now + HOLD);
    assert_eq!(refusal(sign_in(&mut sim, 6, &mut device)), Refusal::PasskeyHeld { at: sim.now + HOLD });
    sim.advance(HOLD - SECOND);
    assert!(matches!(refusal(sign_in(&mut sim, 6, &mut device)), Refusal::PasskeyHeld { .. }));
    assert_eq!(refused(&sim), [NotProved::Held, NotProved::Held]);
    sim.advance(SECOND);
    sign_in(&mut sim, 6, &mut device).unwrap();

    assert_eq!(authenticator::list(&sim.store, alice.account.id).unwrap().len(), 1);
}

#[test]
fn row_43_a_passkey_is_no_way_in_once_it_is_switched_off_between_question_and_answer() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let asked = ask(&mut sim, 2);
    let json = device.sign(&asked.options).unwrap();
    sim.policy.methods = MethodPolicy::OPEN.without(Method::Passkey);
    assert_eq!(refusal(bring(&mut sim, 2, (&asked.challenge, &json), None)), Refusal::MethodOff);
    assert_eq!(refused(&sim), [NotProved::MethodOff]);
    assert_eq!(refusal(add(&mut sim, &alice, 1, &mut self::device())), Refusal::MethodOff);
    // Off for signing in alone: it still raises a session.
    sim.policy.methods = MethodPolicy::OPEN.with(Use::SignIn, MethodSet::ALL.without(Method::Passkey));
    assert_eq!(refusal(sign_in(&mut sim, 2, &mut device)), Refusal::MethodOff);
    let mut cx = sim.cx();
    let asked = answer::ask_within(&sim.store, &party(), &mut cx, (&alice, &half(1))).unwrap();
    let json = device.sign(&asked.options).unwrap();
    bring(&mut sim, 1, (&asked.challenge, &json), Some(&alice)).unwrap();
}

#[test]
fn a_locked_account_opens_to_no_passkey_and_says_nothing_else_than_an_unknown_one() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut device = device();
    add(&mut sim, &alice, 1, &mut device).unwrap();
    let id = alice.account.id;
    sim.write(move |tx, _| {
        store::accounts::claim_state(tx, id, AccountState::Open, AccountState::Locked)?;
        Ok(tx.unrecorded("a test", ()))
    });
    assert_eq!(refusal(sign_in(&mut sim, 2, &mut device)), Refusal::PasskeyUnknown);
    assert_eq!(refused(&sim), [NotProved::Locked]);
}

#[test]
fn a_passkey_belongs_to_one_account_and_its_owner_names_and_removes_it() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let bob = at_home(&mut sim, BOB, 9);
    let mut device = device();
    let asked = offer(&mut sim, &alice, 1);
    let json = device.make(&asked.options).unwrap();
    let id = add_json(&mut sim, &alice, 1, (&asked.challenge, &json)).unwrap().authenticator.id;
    assert_eq!(refusal(add_json(&mut sim, &alice, 1, (&asked.challenge, &json))), Refusal::ChallengeOver);
    assert_eq!(refusal(add_json(&mut sim, &bob, 9, (&asked.challenge, &json))), Refusal::ChallengeOver);
    let again = offer(&mut sim, &alice, 1);
    assert!(
        again.options.contains(&wire::token::encode(&device.passkeys[0].id)),
        "it is not asked for twice"
    );
    let change = |sim: &mut Sim, by: &Visitor| {
        let (first, second) = (by.clone(), by.clone());
        let renamed = sim.write(move |tx, _| authenticator::rename(tx, &first, id, "Phone"));
        (renamed, sim.write(move |tx, cx| authenticator::remove(tx, cx, &second, (id, source(1)))))
    };
    let unknown = Refusal::AuthenticatorUnknown;
    assert_eq!(change(&mut sim, &bob), (Err(unknown), Err(unknown)));
    assert_eq!(change(&mut sim, &alice), (Ok(()), Ok(())));
    assert_eq!(change(&mut sim, &alice), (Err(unknown), Err(unknown)));
    assert_eq!(refusal(sign_in(&mut sim, 2, &mut device)), Refusal::PasskeyUnknown);
}

#[test]
fn an_account_has_so_many_authenticators_and_no_more() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    for _ in 0..authenticator::MOST {
        add(&mut sim, &alice, 1, &mut device()).unwrap();
    }
    assert_eq!(refusal(add(&mut sim, &alice, 1, &mut device())), Refusal::TooMany);
}

#[test]
fn whoever_opened_the_account_in_this_browser_need_not_wait() {
    let mut sim = Sim::new();
    let policy = model::policy::Registration::Open;
    sim.policy.registration = policy;
    let started = sim.sign_in(ALICE, 1);
    let alice = visitor(&mut sim, &started);
    sim.advance(Duration::from_secs(30));
    let added = add(&mut sim, &alice, 1, &mut device()).unwrap();
    assert_eq!(added.authenticator.usable_at, sim.now);
}
