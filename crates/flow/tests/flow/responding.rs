//! What is done about findings: by the rules, within its time, undone by an operator, and never against whom it is not meant for.

use std::net::IpAddr;
use std::time::Duration;

use flow::by::By;
use flow::detection::{self, Position};
use flow::sign_in::ask::Door;
use flow::{response, watching};
use model::event::{Event, EventKind, NotSent, Subject};
use model::finding::{Fact, Finding, Reason, Severity};
use model::grant::GrantEnd;
use model::id::{EventId, ResponseId};
use model::policy::Policy;
use model::refusal::Refusal;
use model::response::{Act, MOST_A_DAY, Mode, Over, Responses, Scope, USUAL};
use model::session::SessionEnd;
use model::source::{Source, browser_from_code};
use wire::oauth::error::ErrorCode;

use crate::at_devices::{home, op};
use crate::providing::{Op, text};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, unlimited};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const NOBODY: &str = "nobody@example.com";
const FLOODING: &str = "81.2.69.142";
const BESIDE: &str = "81.2.69.143";

fn from(address: &str) -> Source {
    Source { address: address.parse().ok(), browser: browser_from_code("firefox/linux") }
}

/// Rules that act.
fn acting() -> Policy {
    let responses = Responses {
        hold_codes: Mode::Act,
        suspend_devices: Mode::Act,
        end_session: Mode::Act,
        end_grant: Mode::Act,
        ..Responses::default()
    };
    Policy { responses, ..unlimited() }
}

pub(crate) fn finding(detector: &str, key: &str, severity: Severity) -> Finding {
    let mut finding = Finding::new(detector, severity, key.to_owned());
    finding.count = 25;
    if key.starts_with("source ") {
        finding.reasons.push(Reason::counted(Fact::ManyRecipients, 25));
    }
    finding
}

fn flood(address: &str) -> Finding {
    finding("code_flood", &format!("source {address}"), Severity::High)
}

/// A detector concludes; gives what was recorded with it.
pub(crate) fn conclude(sim: &mut Sim, subject: Subject, finding: Finding) -> Vec<Event> {
    let before = sim.events().len();
    let position = Position::START;
    sim.write(move |tx, cx| {
        detection::conclude(tx, cx, (&[(subject.clone(), finding.clone())], position), None)
    });
    sim.events().into_iter().skip(before).collect()
}

/// Why nothing was mailed to whoever asked, if nothing was.
fn held(sim: &mut Sim, text: &str, browser: u64, address: &str) -> Option<NotSent> {
    let request = sim.ask_from(text, browser, from(address), Door::SignIn);
    let why = sim.steps(request).into_iter().rev().find_map(|kind| match kind {
        EventKind::SignInCodeRequested { not_sent, .. } | EventKind::SignInCodeAskedAgain { not_sent } => {
            Some(not_sent)
        }
        _ => None,
    });
    let mailed = sim.post().mails.iter().any(|mail| mail.request == request);
    let why = why.unwrap();
    assert_eq!(mailed, why.is_none(), "{why:?}");
    why
}

fn standing(sim: &Sim) -> Vec<ResponseId> {
    response::standing(&sim.store, 100).unwrap().into_iter().map(|one| one.id).collect()
}

fn start(
    sim: &mut Sim,
    act: Act,
    scope: Scope,
    lasts: Duration,
    reason: &'static str,
) -> Result<(), Refusal> {
    sim.write(move |tx, cx| response::start(tx, cx, (act, scope.clone(), lasts), reason, &By::COMMAND))
}

pub(crate) fn undo(sim: &mut Sim, id: ResponseId) -> Result<(), Refusal> {
    sim.write(move |tx, cx| response::undo(tx, cx, id, &By::COMMAND))
}

#[test]
fn codes_that_strangers_ask_for_from_a_flooding_network_are_held_back_for_an_hour() {
    let mut sim = Sim::with(acting());
    sim.account(ALICE);
    assert_eq!(held(&mut sim, ALICE, 1, FLOODING), None);
    let events = conclude(&mut sim, Subject::Site, flood(FLOODING));
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(kinds, ["finding_raised", "response_began"]);
    let EventKind::ResponseBegan { finding, simulated: false, scope, until, reason, .. } = &events[1].kind
    else {
        panic!("{events:?}")
    };
    assert_eq!((scope.as_str(), reason.as_str()), ("network 81.2.69.142", "code_flood"));
    assert_eq!((*finding, *until), (Some(events[0].id), sim.now + USUAL));
    assert_eq!(held(&mut sim, ALICE, 2, FLOODING), Some(NotSent::HeldBack));
    assert_eq!(held(&mut sim, ALICE, 3, BESIDE), None, "the neighbour is not meant");
    sim.advance(USUAL - SECOND);
    assert_eq!(held(&mut sim, ALICE, 4, FLOODING), Some(NotSent::HeldBack));
    sim.advance(SECOND);
    assert_eq!(held(&mut sim, ALICE, 5, FLOODING), None, "its time is over, whether or not somebody swept");
    sim.sweep();
    let ended = sim.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::ResponseEnded { how, .. } => Some(how),
        _ => None,
    });
    assert_eq!(ended, Some(Over::Elapsed));
    assert!(standing(&sim).is_empty());
}

#[test]
fn row_3_whoever_floods_from_behind_the_owner_s_address_keeps_no_known_browser_out() {
    let mut sim = Sim::with(acting());
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    conclude(&mut sim, Subject::Site, flood(FLOODING));
    assert_eq!(held(&mut sim, ALICE, 1, FLOODING), None, "she has signed in with it before");
    assert_eq!(held(&mut sim, ALICE, 9, FLOODING), Some(NotSent::HeldBack));
    let request = sim.ask_from(ALICE, 1, from(FLOODING), Door::SignIn);
    let _ = sim.post();
    assert!(sim.status(request, 1).address.is_some());
}

#[test]
fn row_12_what_is_held_back_looks_the_same_for_an_address_without_an_account() {
    let seen = |text: &str| {
        let mut sim = Sim::with(acting());
        sim.account(ALICE);
        conclude(&mut sim, Subject::Site, flood(FLOODING));
        let request = sim.ask_from(text, 3, from(FLOODING), Door::SignIn);
        let status = sim.status(request, 3);
        let rows = sim.lease_all().len();
        let refusal = format!("{:?}", sim.refusal(request, "BCDFGHJK", 3));
        (format!("{:?} {:?}", status.expires_at, status.guesses_left), rows, refusal)
    };
    assert_eq!(seen(ALICE), seen(NOBODY));
}

#[test]
fn a_code_that_was_held_back_opens_nothing_even_if_it_is_guessed() {
    let mut sim = Sim::with(acting());
    sim.account(ALICE);
    conclude(&mut sim, Subject::Site, flood(FLOODING));
    let request = sim.ask_from(ALICE, 3, from(FLOODING), Door::SignIn);
    let kept = sim.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap().unwrap();
    assert!(!kept.code.acceptable());
    assert_eq!(sim.reserved(kept.code.account, ALICE, false), 0, "and costs no chance");
}

#[test]
fn simulated_it_is_on_the_record_and_nothing_else_happens() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    let events = conclude(&mut sim, Subject::Site, flood(FLOODING));
    assert!(matches!(events[1].kind, EventKind::ResponseBegan { simulated: true, .. }), "{events:?}");
    assert_eq!(held(&mut sim, ALICE, 2, FLOODING), None);
    // A simulated one stands in the way of no real one.
    assert_eq!(start(&mut sim, Act::HoldCodes, Scope::network(at(FLOODING)), HOUR, "by hand"), Ok(()));
    assert_eq!(held(&mut sim, ALICE, 3, FLOODING), Some(NotSent::HeldBack));
}

fn at(address: &str) -> IpAddr {
    address.parse().unwrap()
}

#[test]
fn the_same_finding_again_begins_nothing_twice_and_prolongs_nothing() {
    let mut sim = Sim::with(acting());
    conclude(&mut sim, Subject::Site, flood(FLOODING));
    sim.advance(50 * MINUTE);
    let again = conclude(&mut sim, Subject::Site, flood(FLOODING));
    assert_eq!(again.len(), 1, "{again:?}");
    let [one] = &response::standing(&sim.store, 9).unwrap()[..] else { panic!("one") };
    assert_eq!(one.until, sim.now + 10 * MINUTE);
}

#[test]
fn whoever_brings_it_about_all_day_gets_six_hours_and_no_more() {
    let mut sim = Sim::with(acting());
    let mut began = 0;
    for _ in 0..20 {
        let events = conclude(&mut sim, Subject::Site, flood(FLOODING));
        began += i64::try_from(events.len()).unwrap() - 1;
        sim.advance(HOUR + SECOND);
        sim.sweep();
    }
    assert_eq!(began, MOST_A_DAY);
    sim.advance(DAYS);
    assert_eq!(conclude(&mut sim, Subject::Site, flood(FLOODING)).len(), 2, "the next day it is done again");
}

#[test]
fn an_operator_undoes_it_at_once_and_once() {
    let mut sim = Sim::with(acting());
    sim.account(ALICE);
    conclude(&mut sim, Subject::Site, flood(FLOODING));
    let [id] = standing(&sim)[..] else { panic!("one") };
    assert_eq!(held(&mut sim, ALICE, 2, FLOODING), Some(NotSent::HeldBack));
    assert_eq!(undo(&mut sim, id), Ok(()));
    assert_eq!(undo(&mut sim, id), Err(Refusal::ResponseOver));
    // The same browser, whose code was held back, gets one when it asks again.
    sim.advance(MINUTE);
    assert_eq!(held(&mut sim, ALICE, 2, FLOODING), None);
    let last = sim.events().into_iter().rev().find(|event| event.kind.name() == "response_ended").unwrap();
    assert!(matches!(last.kind, EventKind::ResponseEnded { how: Over::Undone, .. }));
    assert_eq!(last.actor, model::event::Actor::Operator);
}

#[test]
fn by_hand_it_needs_a_reason_a_fitting_scope_and_an_end() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    let all = || Scope::Everybody;
    assert_eq!(start(&mut sim, Act::HoldCodes, all(), HOUR, " "), Err(Refusal::ReasonMissing));
    for (act, scope, lasts) in [
        (Act::HoldCodes, all(), DAYS + SECOND),
        (Act::HoldCodes, all(), Duration::ZERO),
        (Act::HoldCodes, Scope::Client("tv".to_owned()), HOUR),
        (Act::SuspendDevices, Scope::network(at(FLOODING)), HOUR),
        (Act::EndSession, all(), HOUR),
    ] {
        assert_eq!(start(&mut sim, act, scope, lasts, "because"), Err(Refusal::ResponseUnfit));
    }
    assert_eq!(start(&mut sim, Act::HoldCodes, all(), DAYS, "because"), Ok(()));
    assert_eq!(start(&mut sim, Act::HoldCodes, all(), HOUR, "because"), Err(Refusal::ResponseStands));
    assert_eq!(held(&mut sim, ALICE, 2, BESIDE), Some(NotSent::HeldBack));
}

#[test]
fn a_session_that_another_browser_uses_ends_and_its_owner_is_let_in_again_at_once() {
    let mut sim = Sim::with(acting());
    let alice = sim.account(ALICE);
    let (one, other) = (sim.sign_in(ALICE, 1), sim.sign_in(ALICE, 2));
    let stolen = one.session.id;
    let key = format!("session {stolen}");
    let medium = finding("session_replay", &key, Severity::Medium);
    assert_eq!(
        conclude(&mut sim, Subject::Account(alice), medium).len(),
        1,
        "another browser alone is not enough"
    );
    let events = conclude(&mut sim, Subject::Account(alice), finding("session_replay", &key, Severity::High));
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(kinds, ["finding_raised", "response_began", "session_ended"]);
    assert_eq!(events[2].kind, EventKind::SessionEnded { why: SessionEnd::Suspected });
    let cx = sim.cx();
    let found = |started: &flow::sign_in::finish::Started| {
        let (id, secret) = (started.session.id, started.secret.expose());
        flow::session::find(&sim.store, &cx, id, secret).unwrap().is_some()
    };
    assert!(!found(&one) && found(&other), "that one and no other");
    assert!(standing(&sim).is_empty(), "done, and nothing to wait for");
    // Told again, it is done already.
    let again =
        conclude(&mut sim, Subject::Account(alice), finding("session_replay", &key, Severity::Critical));
    assert_eq!(again.len(), 1, "{again:?}");
    sim.sign_in(ALICE, 1);
}

#[test]
fn a_finding_about_a_session_of_somebody_else_ends_nothing() {
    let mut sim = Sim::with(acting());
    let (_, bob) = (sim.account(ALICE), sim.account("bob@example.org"));
    let one = sim.sign_in(ALICE, 1);
    let key = format!("session {}", one.session.id);
    let events = conclude(&mut sim, Subject::Account(bob), finding("session_replay", &key, Severity::High));
    assert_eq!(events.len(), 1, "{events:?}");
    sim.visitor(&one);
}

#[test]
fn a_grant_whose_token_came_with_another_key_ends() {
    let mut op = Op::new();
    op.sim.policy.responses.end_grant = Mode::Act;
    let anna = op.person("anna@example.com", 1);
    let _ = op.code("web", "scope=openid+read", &anna);
    let given = op.sim.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::GrantGiven { grant, .. } => Some(grant),
        _ => None,
    });
    let key = format!("grant {}", given.unwrap());
    let finding = finding("refresh_replay", &key, Severity::High);
    let events = conclude(&mut op.sim, Subject::Account(anna.account.id), finding);
    let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(kinds, ["finding_raised", "response_began", "grant_ended"]);
    assert!(matches!(events[2].kind, EventKind::GrantEnded { why: GrantEnd::Suspected, .. }));
}

#[test]
fn row_28_devices_of_a_client_that_several_denied_show_codes_to_nobody_and_pairing_goes_on() {
    let (mut op, mut key) = op();
    op.sim.policy.responses.suspend_devices = Mode::Act;
    let anna = op.person("anna@example.com", 1);
    let begun = op.device_asks(("tv", "scope=openid+read"), Some(&mut key), home()).unwrap();
    let found = finding("device_code_phishing", "client tv", Severity::High);
    assert_eq!(conclude(&mut op.sim, Subject::Site, found).len(), 2);
    let asked = op.device_asks(("tv", "scope=openid+read"), Some(&mut key), home());
    assert_eq!(asked.err().map(|error| error.code), Some(ErrorCode::SlowDown));
    // A lure that was made before is of no use either, and says no more than a code that never was.
    let typed = op.types(&anna, text(&begun, "user_code"), home());
    assert_eq!(typed.err(), Some(Refusal::UserCodeUnknown));
    op.sim.advance(USUAL);
    assert!(op.device_asks(("tv", "scope=openid+read"), Some(&mut key), home()).is_ok());
}

#[test]
fn an_operator_takes_note_of_a_finding_once_and_reads_what_it_rests_on() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    sim.ask(ALICE, 7);
    let asked = sim.events()[0].clone();
    let mut found = finding("code_guessing", "somebody", Severity::High);
    found.evidence = vec![asked.id, EventId::from_bytes([9; 16])];
    let raised = conclude(&mut sim, Subject::Account(alice), found)[0].id;
    let whole = watching::find(&sim.store, raised).unwrap().unwrap();
    assert_eq!(whole.evidence, std::slice::from_ref(&asked), "what left the record is left out");
    assert!(whole.found.acknowledged.is_none() && whole.responses.is_empty());
    let note = move |sim: &mut Sim, id: EventId| {
        sim.write(move |tx, cx| {
            watching::acknowledge(tx, cx, (id, "  her telephone  "), (&By::COMMAND, Some(alice)))
        })
    };
    assert_eq!(note(&mut sim, asked.id), Err(Refusal::FindingUnknown), "that is no finding");
    assert_eq!(note(&mut sim, raised), Ok(()));
    assert_eq!(note(&mut sim, raised), Err(Refusal::FindingAcknowledged));
    let whole = watching::find(&sim.store, raised).unwrap().unwrap();
    assert_eq!(whole.found.acknowledged.unwrap().note, "her telephone");
    assert_eq!(whole.by.unwrap().id, alice);
}

#[test]
fn what_is_happening_now_is_counted_by_the_hour() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.advance(HOUR);
    let request = sim.ask(ALICE, 2);
    let code = sim.mail().code;
    sim.refusal(request, &crate::sim::wrong(&code, 0), 2);
    conclude(&mut sim, Subject::Site, flood(FLOODING));
    let cx = sim.cx();
    let now = watching::now(&sim.store, &cx, 9).unwrap();
    assert_eq!(now.hours.len(), watching::HOURS);
    let all: Vec<_> =
        now.hours.iter().map(|(_, hour)| (hour.asked, hour.used, hour.wrong, hour.findings)).collect();
    assert_eq!(all[22..], [(1, 1, 0, 0), (1, 0, 1, 1)]);
    assert!(all[..22].iter().all(|hour| *hour == (0, 0, 0, 0)));
    assert_eq!(now.hours[22].1.completed(), Some(100));
    assert_eq!((now.findings.len(), now.responses.len()), (1, 1));
    sim.advance(8 * DAYS);
    let cx = sim.cx();
    assert!(watching::now(&sim.store, &cx, 9).unwrap().findings.is_empty(), "of seven days");
}
