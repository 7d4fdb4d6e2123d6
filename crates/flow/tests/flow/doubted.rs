//! A session that another browser used is provisional: it decides nothing, apps get nothing by it, and it ends unless its owner says
//! in another one that it is his. Whom something is done to by itself is told.

use std::time::Duration;

use flow::oauth::authorize::Due;
use flow::reauth::{self, Needed};
use flow::response::{self, doubt};
use flow::session::{self, Visitor};
use flow::sign_in::ask::Door;
use model::account::Role;
use model::event::{Actor, EventKind, Subject};
use model::finding::{Attack, Severity};
use model::grant_refusal::GrantRefusal;
use model::id::SessionId;
use model::method::MethodSet;
use model::notice::What;
use model::refusal::Refusal;
use model::response::{Act, Mode, Over, Scope, USUAL};
use model::session::SessionEnd;
use wire::oauth::error::ErrorCode;

use crate::at_devices::{home, op, proved};
use crate::providing::{Op, text};
use crate::responding::{conclude, finding, undo};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, source, unlimited};

const ANNA: &str = "anna@example.com";

/// A provider at which a session becomes provisional, and Anna in two browsers that it knows: the first has an app.
fn begin() -> (Op, Visitor, Visitor, String) {
    let mut op = Op::new();
    op.sim.policy.responses.doubt_session = Mode::Act;
    op.person(ANNA, 1);
    op.person(ANNA, 2);
    op.sim.advance(2 * DAYS);
    let (first, other) = (op.person(ANNA, 1), op.person(ANNA, 2));
    let code = op.code("web", "scope=openid+offline_access", &first);
    let got = op.redeem("web", &code, None).unwrap();
    let refresh = text(&got, "refresh_token").to_owned();
    op.sim.post();
    (op, first, other, refresh)
}

fn replayed(session: SessionId) -> model::finding::Finding {
    finding("session_replay", &format!("session {session}"), Severity::High)
}

/// The detector says that another browser uses this session.
fn doubt(op: &mut Op, of: &Visitor) -> Vec<&'static str> {
    let (subject, id) = (Subject::Account(of.account.id), of.session.id);
    conclude(&mut op.sim, subject, replayed(id)).iter().map(|event| event.kind.name()).collect()
}

/// The same session as it is now.
fn now(op: &Op, by: &Visitor) -> Option<Visitor> {
    let found = op.sim.store.read(|reader| store::sessions::find(reader, by.session.id)).unwrap();
    found.map(|(session, _)| Visitor { session, account: by.account.clone() })
}

fn confirm(op: &mut Op, by: &Visitor, id: SessionId) -> Result<(), Refusal> {
    let by = by.clone();
    op.sim.write(move |tx, cx| doubt::confirm(tx, cx, &by, (id, source(2))))
}

fn whats(sim: &mut Sim) -> Vec<What> {
    sim.post().notices.into_iter().map(|told| told.notice.what).collect()
}

#[test]
fn a_session_that_another_browser_uses_is_provisional_and_its_owner_reads_so_at_once() {
    let (mut op, first, other, _) = begin();
    assert_eq!(doubt(&mut op, &first), ["finding_raised", "response_began"]);
    let doubted = now(&op, &first).unwrap();
    assert_eq!(doubted.session.doubted_at, Some(op.sim.now));
    assert_eq!(doubted.session.expires_at, op.sim.now + USUAL);
    assert_eq!(now(&op, &other).unwrap().session, other.session, "that one and no other");
    let last = op.sim.events().pop().unwrap();
    assert_eq!(last.subject, Subject::Account(first.account.id), "on the record of its owner");
    assert!(matches!(last.kind, EventKind::ResponseBegan { act: Act::DoubtSession, simulated: false, .. }));
    let until = Some(op.sim.now + USUAL);
    assert_eq!(whats(&mut op.sim), [What::SessionSuspected { until }]);
    // Said once more, nothing changes and nobody is told again.
    op.sim.advance(MINUTE);
    assert_eq!(doubt(&mut op, &first), ["finding_raised"]);
    assert_eq!(whats(&mut op.sim), []);
}

#[test]
fn row_34_nothing_is_proved_or_decided_in_a_session_that_is_provisional() {
    let (mut op, first, _, _) = begin();
    let first = proved(&op, &first);
    let cx = op.sim.cx();
    let needed = |by: &Visitor| Needed::to_change(reauth::ways(&op.sim.store, &cx, by).unwrap());
    assert!(needed(&first).is_met(&first, &cx));
    doubt(&mut op, &first);
    let fresh = now(&op, &first).unwrap();
    let doubted = proved(&op, &fresh);
    let cx = op.sim.cx();
    let ways = reauth::ways(&op.sim.store, &cx, &doubted).unwrap();
    assert_eq!(ways.methods, MethodSet::NONE);
    assert!(!Needed::to_change(ways).is_met(&doubted, &cx), "not even what was proved a moment before");
    // Whoever looked before it was so, and brings a right code afterwards.
    let held = fresh.held();
    let request = op.sim.ask_from(ANNA, 1, source(1), Door::Confirm(held));
    let code = op.sim.mail().code;
    let raised = op.sim.submit_holding(request, &code, 1, Some(first.clone()));
    assert_eq!(raised.err(), Some(Refusal::SessionUnknown));
    let after = now(&op, &first).unwrap().session;
    assert_eq!((after.assurance, after.rests_on), (fresh.session.assurance, fresh.session.rests_on));
}

#[test]
fn no_app_and_no_device_gets_anything_by_a_session_that_is_provisional() {
    let (mut op, first, other, refresh) = begin();
    let asked = op.ask("web", "scope=openid").unwrap();
    let before = op.ask("web", "scope=openid").unwrap();
    let unspent = op.code("web", "scope=openid", &first);
    doubt(&mut op, &first);
    let doubted = now(&op, &first).unwrap();
    assert_eq!(op.decide(&asked, Some(&doubted)), Due::Lacking);
    let quiet = op.ask("web", "scope=openid&prompt=none").unwrap();
    assert!(
        matches!(op.decide(&quiet, Some(&doubted)), Due::Refuse(error) if error.code == ErrorCode::LoginRequired)
    );
    // Whoever was shown the page before says yes afterwards.
    let late = op.give(before, &first);
    assert_eq!(late.err().map(|error| error.code), Some(ErrorCode::LoginRequired));
    for got in [op.redeem("web", &unspent, None), op.refresh("web", &refresh, None)] {
        assert_eq!(got.err().map(|error| error.code), Some(ErrorCode::InvalidGrant));
    }
    let refused = |kind: &EventKind| {
        matches!(kind, EventKind::TokensRefused { because: GrantRefusal::SessionDoubted, .. })
    };
    assert_eq!(op.count(refused), 2);
    // What was given in another session goes on, and once it is said whose it is the same token is taken.
    op.sim.advance(SECOND);
    let other = proved(&op, &other);
    assert_eq!(confirm(&mut op, &other, first.session.id), Ok(()));
    assert!(op.refresh("web", &refresh, None).is_ok());
    assert_ne!(op.decide(&asked, now(&op, &first).as_ref()), Due::Lacking);
}

/// What is got by a token right now: whether userinfo answers, whether a service is told that it holds.
fn worth(op: &mut Op, access: &str) -> (Result<(), ErrorCode>, bool) {
    let asked = op.userinfo("Bearer", access, None).map(|_| ()).map_err(|error| error.code);
    (asked, op.is_active("web", access))
}

#[test]
fn row_33_tokens_that_are_out_are_worth_nothing_while_their_session_is_provisional() {
    let (mut op, first, other, refresh) = begin();
    let mut out = Vec::new();
    for (client, by) in [("web", &first), ("app", &first), ("web", &other)] {
        let code = op.code(client, "scope=openid&resource=https%3A%2F%2Fapi.example.org", by);
        let got = op.redeem(client, &code, None).unwrap();
        out.push(text(&got, "access_token").to_owned());
    }
    let [signed, opaque, elsewhere] = &out[..] else { panic!("three") };
    doubt(&mut op, &first);
    op.sim.advance(SECOND);
    for access in [signed, opaque] {
        assert_eq!(worth(&mut op, access), (Err(ErrorCode::InvalidToken), false));
    }
    assert!(!op.is_active("web", &refresh));
    assert_eq!(worth(&mut op, elsewhere), (Ok(()), true), "given in another session");
    // Whoever signs in elsewhere gets others; these wait for an answer.
    let anew = op.person(ANNA, 3);
    let code = op.code("web", "scope=openid", &anew);
    let got = op.redeem("web", &code, None).unwrap();
    assert_eq!(worth(&mut op, text(&got, "access_token")), (Ok(()), true));
    assert_eq!(worth(&mut op, signed), (Err(ErrorCode::InvalidToken), false));
    let other = proved(&op, &other);
    assert_eq!(confirm(&mut op, &other, first.session.id), Ok(()));
    for access in [signed, opaque] {
        assert_eq!(worth(&mut op, access), (Ok(()), true));
    }
    assert!(op.is_active("web", &refresh));
}

#[test]
fn a_token_of_a_provisional_session_can_be_given_back_and_is_over_after_that() {
    let (mut op, first, other, _) = begin();
    let code = op.code("web", "scope=openid", &first);
    let got = op.redeem("web", &code, None).unwrap();
    let access = text(&got, "access_token");
    doubt(&mut op, &first);
    op.revoke("web", access);
    op.sim.advance(SECOND);
    let other = proved(&op, &other);
    assert_eq!(confirm(&mut op, &other, first.session.id), Ok(()));
    assert_eq!(worth(&mut op, access), (Err(ErrorCode::InvalidToken), false));
}

#[test]
fn a_device_that_was_let_in_from_a_session_goes_on_while_that_is_provisional() {
    let (mut op, mut key) = op();
    op.sim.policy.responses.doubt_session = Mode::Act;
    let anna = op.person(ANNA, 1);
    let got = op.let_in(&anna, &mut key, (home(), home())).unwrap();
    doubt(&mut op, &anna);
    assert!(now(&op, &anna).unwrap().session.doubted_at.is_some());
    let access = text(&got, "access_token");
    let proof = op.dpop(&mut key, "/oauth/userinfo", Some(access));
    assert!(op.userinfo("DPoP", access, Some(&proof)).is_ok());
    let proof = op.dpop(&mut key, "/oauth/token", None);
    assert!(op.refresh("tv", text(&got, "refresh_token"), Some(&proof)).is_ok());
}

#[test]
fn it_ends_after_its_time_with_what_apps_were_allowed_and_the_browser_stays_known() {
    let (mut op, first, _, refresh) = begin();
    doubt(&mut op, &first);
    op.sim.advance(USUAL);
    op.sim.sweep();
    assert!(now(&op, &first).is_none());
    let ended = |kind: &EventKind| matches!(kind, EventKind::SessionEnded { why: SessionEnd::Suspected });
    assert_eq!(op.count(ended), 1);
    assert!(op.refresh("web", &refresh, None).is_err(), "offline access that came of it has ended too");
    let over = |kind: &EventKind| matches!(kind, EventKind::ResponseEnded { how: Over::Elapsed, .. });
    assert_eq!(op.count(over), 1);
    let again = op.person(ANNA, 1);
    assert_eq!((again.session.browser, again.session.doubted_at), (first.session.browser, None));
}

#[test]
fn its_owner_says_in_another_session_that_it_is_his_and_nobody_else_does() {
    let (mut op, first, other, _) = begin();
    let id = first.session.id;
    let ends = first.session.expires_at;
    let fresh = proved(&op, &other);
    op.sim.advance(SECOND);
    doubt(&mut op, &first);
    // The proof is older than the doubt; the session cannot say it of itself; and a browser of yesterday's thief is new.
    assert_eq!(confirm(&mut op, &fresh, id), Err(Refusal::DeviceUnproved));
    op.sim.advance(SECOND);
    let doubted = now(&op, &first).unwrap();
    let itself = proved(&op, &doubted);
    assert_eq!(confirm(&mut op, &itself, id), Err(Refusal::SessionUnknown));
    let thief = op.person(ANNA, 66);
    let thief = proved(&op, &thief);
    assert_eq!(confirm(&mut op, &thief, id), Err(Refusal::BrowserNew));
    let ben = op.person("ben@example.com", 3);
    let ben = proved(&op, &ben);
    assert_eq!(confirm(&mut op, &ben, id), Err(Refusal::SessionUnknown));
    let other = proved(&op, &other);
    assert_eq!(confirm(&mut op, &other, id), Ok(()));
    let whole = now(&op, &first).unwrap().session;
    assert_eq!((whole.doubted_at, whole.expires_at), (None, ends), "as it was");
    let last = op.sim.events().pop().unwrap();
    assert!(matches!(last.kind, EventKind::ResponseEnded { how: Over::Confirmed, .. }));
    assert_eq!((last.actor, last.subject), (Actor::Owner, Subject::Account(first.account.id)));
    assert_eq!(confirm(&mut op, &other, id), Err(Refusal::SessionUnknown), "nothing is left to say");
    // Asked once: the same detector does not ask again within a day.
    assert_eq!(doubt(&mut op, &first), ["finding_raised"]);
    assert_eq!(now(&op, &first).unwrap().session.doubted_at, None);
}

#[test]
fn two_sessions_that_are_provisional_do_not_vouch_for_each_other() {
    let (mut op, first, other, _) = begin();
    doubt(&mut op, &first);
    doubt(&mut op, &other);
    op.sim.advance(SECOND);
    let doubted = now(&op, &other).unwrap();
    let doubted = proved(&op, &doubted);
    assert_eq!(confirm(&mut op, &doubted, first.session.id), Err(Refusal::DeviceUnproved));
}

#[test]
fn an_operator_undoes_it_and_whoever_has_it_may_end_it_or_sign_in_anew() {
    let (mut op, first, other, _) = begin();
    doubt(&mut op, &first);
    let [one] = &response::standing(&op.sim.store, 9).unwrap()[..] else { panic!("one") };
    assert_eq!(one.scope, Scope::Session(first.session.id));
    assert_eq!(undo(&mut op.sim, one.id), Ok(()));
    assert_eq!(now(&op, &first).unwrap().session.expires_at, first.session.expires_at);
    let last = op.sim.events().pop().unwrap();
    assert_eq!(last.subject, Subject::Account(first.account.id), "its owner reads that too");
    doubt(&mut op, &other);
    let by = now(&op, &other).unwrap();
    let gone = op.sim.write(move |tx, cx| session::end(tx, cx, &by.clone(), by.session.id, source(2)));
    assert_eq!(gone, Ok(()), "signing out asks for nothing");
    let anew = op.person(ANNA, 2);
    assert_eq!(anew.session.doubted_at, None);
}

#[test]
fn an_operator_begins_none_by_hand_and_a_session_of_somebody_else_is_left_alone() {
    let (mut op, first, _, _) = begin();
    let scope = Scope::Session(first.session.id);
    let begun = op.sim.write(move |tx, cx| {
        let what = (Act::DoubtSession, scope.clone(), Duration::from_secs(600));
        response::start(tx, cx, what, "ticket 4711", &flow::by::By::COMMAND)
    });
    assert_eq!(begun, Err(Refusal::ResponseUnfit));
    let ben = op.person("ben@example.com", 3).account.id;
    assert_eq!(conclude(&mut op.sim, Subject::Account(ben), replayed(first.session.id)).len(), 1);
    assert_eq!(now(&op, &first).unwrap().session, first.session);
}

#[test]
fn whose_session_or_grant_ends_by_itself_is_told_by_mail_and_of_a_simulation_nobody_is() {
    let (mut op, first, _, _) = begin();
    op.sim.policy.responses.doubt_session = Mode::Simulate;
    doubt(&mut op, &first);
    assert_eq!(whats(&mut op.sim), []);
    op.sim.policy.responses.end_grant = Mode::Act;
    let given = op.sim.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::GrantGiven { grant, .. } => Some(grant),
        _ => None,
    });
    let found = finding("refresh_replay", &format!("grant {}", given.unwrap()), Severity::High);
    conclude(&mut op.sim, Subject::Account(first.account.id), found);
    assert!(matches!(whats(&mut op.sim)[..], [What::GrantReplayed { .. }]));
    op.sim.policy.responses.end_session = Mode::Act;
    doubt(&mut op, &first);
    assert_eq!(whats(&mut op.sim), [What::SessionSuspected { until: None }]);
}

#[test]
fn row_28_whoever_let_a_device_in_lately_is_told_that_others_said_no_to_such() {
    let (mut op, mut key) = op();
    op.sim.policy.responses.suspend_devices = Mode::Act;
    let (anna, ben) = (op.person(ANNA, 1), op.person("ben@example.com", 2));
    op.let_in(&anna, &mut key, (home(), home())).unwrap();
    op.sim.post();
    let events =
        conclude(&mut op.sim, Subject::Site, finding("device_code_phishing", "client tv", Severity::High));
    let whom: Vec<_> = events.iter().map(|event| event.subject.clone()).collect();
    assert_eq!(whom, [Subject::Site, Subject::Site, Subject::Account(anna.account.id)]);
    let told = op.sim.post().notices;
    let [one] = &told[..] else { panic!("{told:?}") };
    assert_eq!((one.to.as_str(), &one.notice.what), (ANNA, &What::DevicesSuspended { app: None }));
    // A day later it would not be told any more.
    op.sim.advance(DAYS + HOUR);
    op.sim.sweep();
    conclude(&mut op.sim, Subject::Site, finding("device_code_phishing", "client tv", Severity::High));
    assert!(op.sim.post().notices.is_empty());
    let _ = ben;
}

#[test]
fn operators_are_told_of_what_is_urgent_the_first_at_once_and_the_rest_in_one_mail_an_hour() {
    let mut sim = Sim::with(unlimited());
    let olga = sim.account_of("olga@example.org", Role::Operator);
    sim.account(ANNA);
    let flood = |n: u8| finding("code_flood", &format!("source 81.2.69.{n}"), Severity::High);
    conclude(&mut sim, Subject::Site, finding("code_guessing", "somebody", Severity::Medium));
    assert_eq!(whats(&mut sim), [], "not urgent enough");
    conclude(&mut sim, Subject::Site, flood(1));
    let told = sim.post().notices;
    let [one] = &told[..] else { panic!("{told:?}") };
    let what = What::Finding { attack: Attack::NetworkFlood, severity: Severity::High, done: Some(false) };
    assert_eq!((one.to.as_str(), &one.notice.what), ("olga@example.org", &what));
    for n in 2..40 {
        conclude(&mut sim, Subject::Site, flood(n));
    }
    assert_eq!(whats(&mut sim), []);
    sim.advance(HOUR);
    sim.sweep();
    let told = sim.post().notices;
    assert_eq!(told.iter().map(|told| told.notice.more).collect::<Vec<_>>(), [37]);
    // A rule that acts, and none at all.
    sim.advance(2 * HOUR);
    sim.policy.responses.hold_codes = Mode::Act;
    conclude(&mut sim, Subject::Site, flood(50));
    assert!(matches!(whats(&mut sim)[..], [What::Finding { done: Some(true), .. }]));
    sim.advance(2 * HOUR);
    conclude(&mut sim, Subject::Account(olga), finding("code_guessing", "somebody", Severity::Critical));
    assert!(matches!(whats(&mut sim)[..], [What::Finding { done: None, severity: Severity::Critical, .. }]));
    sim.advance(2 * HOUR);
    sim.policy.responses.tell = None;
    conclude(&mut sim, Subject::Site, flood(60));
    assert_eq!(whats(&mut sim), []);
}
