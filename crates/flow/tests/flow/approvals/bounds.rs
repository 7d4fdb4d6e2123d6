//! How long a question counts, how many unknown browsers may ask, and what is worth how much that may have been relayed.

use flow::by::By;
use flow::response::doubt;
use flow::session::{self, Visitor};
use model::approval::PROVISIONAL;
use model::approval_budget::WINDOW;
use model::event::{Actor, OperatorAct, Removal};
use model::id::SessionId;
use model::notice::What;
use model::session::SessionEnd;
use model::time::Time;

use super::*;

fn until(sim: &Sim, id: model::id::ApprovalId) -> Time {
    sim.store.read(|reader| store::approvals::find(reader, id)).unwrap().unwrap().expires_at
}

fn lapsed(sim: &Sim) -> usize {
    count(sim, "approval_lapsed")
}

#[test]
fn a_question_lapses_with_the_password_that_it_stands_on_and_a_yes_until_then_can_be_taken() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    // Asked a minute after the password: what is left of it are four.
    let asking = stranger(&mut sim, 2);
    sim.advance(MINUTE);
    let id = ask(&mut sim, &asking).unwrap();
    assert_eq!(until(&sim, id), sim.now + 4 * MINUTE);
    sim.advance(4 * MINUTE - SECOND);
    assert!(phone.approve(&mut sim, id).is_ok(), "a second before");
    sim.advance(TAKE - SECOND);
    assert!(
        take(&mut sim, &asking, id).is_ok(),
        "the password ended almost two minutes ago, and counted when the yes was said"
    );
    // To the second.
    let late = stranger(&mut sim, 3);
    let id = ask(&mut sim, &late).unwrap();
    sim.advance(LIFETIME);
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
    assert_eq!(ask(&mut sim, &late), None, "and nothing new stands on it");
    sim.sweep();
    assert_eq!(lapsed(&sim), 1);
    // A yes that nobody takes in its two minutes.
    let slow = stranger(&mut sim, 4);
    let id = ask(&mut sim, &slow).unwrap();
    sim.advance(LIFETIME - SECOND);
    phone.approve(&mut sim, id).unwrap();
    sim.advance(TAKE);
    assert_eq!(take(&mut sim, &slow, id).err(), Some(Refusal::ApprovalOver));
}

#[test]
fn row_9_one_password_leads_to_one_session_until_nothing_can_come_of_it() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let first = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, first).unwrap();
    take(&mut sim, &asking, first).unwrap();
    // The same browser asks anew by the same password, is approved in its last second, and comes after it has ended.
    let second = ask(&mut sim, &asking).unwrap();
    sim.advance(LIFETIME - SECOND);
    phone.approve(&mut sim, second).unwrap();
    sim.advance(MINUTE);
    sim.sweep();
    sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    assert_eq!(take(&mut sim, &asking, second).err(), Some(Refusal::ChallengeOver));
}

#[test]
fn within_a_session_the_question_lapses_with_the_password_too() {
    let mut sim = Sim::new();
    let (alice, mut phone) = with_password(&mut sim);
    let halfway = password_within(&mut sim, &alice, GOOD).unwrap();
    let both = Asking::within(&mut sim, &alice, Some(&halfway));
    sim.advance(MINUTE);
    let id = ask(&mut sim, &both).unwrap();
    assert_eq!(until(&sim, id), sim.now + 4 * MINUTE);
    sim.advance(4 * MINUTE - SECOND);
    phone.approve(&mut sim, id).unwrap();
    sim.advance(MINUTE);
    let raised = take(&mut sim, &both, id).unwrap();
    assert!(raised.session.assurance.reaches(Aal::Aal2, MINUTE, sim.now));
    let alice = sim.visitor(&raised);
    let halfway = password_within(&mut sim, &alice, GOOD).unwrap();
    let both = Asking::within(&mut sim, &alice, Some(&halfway));
    let id = ask(&mut sim, &both).unwrap();
    sim.advance(LIFETIME);
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
}

#[test]
fn row_15_whoever_has_the_password_asks_so_often_a_day_and_never_in_the_owner_s_way() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let most = sim.policy.approvals;
    let began = sim.now;
    // In one browser, and in others before which the first stands.
    for n in 0..most {
        let bomber = stranger(&mut sim, 2 + u64::from(n % 3));
        assert!(ask(&mut sim, &bomber).is_some());
        sim.advance(MINUTE);
    }
    sim.advance(LIFETIME);
    sim.sweep();
    let (asked, typed) = (count(&sim, "approval_asked"), count(&sim, "password_matched"));
    let lines = sim.kinds().len();
    for n in 0..50 {
        let bomber = stranger(&mut sim, 20 + n);
        let id = ask(&mut sim, &bomber).unwrap();
        assert!(is_waiting(&mut sim, &bomber, id), "whoever asks is told the same");
        assert_eq!(phone.waiting(&mut sim), None);
        sim.advance(MINUTE);
    }
    assert_eq!(count(&sim, "approval_asked"), asked);
    assert_eq!(count(&sim, "approvals_held_back"), 1);
    assert_eq!(count(&sim, "password_matched"), typed, "nor is each password told that led to nothing else");
    assert_eq!(sim.kinds().len(), lines + 1, "one line, and none when what nobody saw is over");
    let told = sim.events().into_iter().find(|event| event.kind.name() == "approvals_held_back").unwrap();
    assert_eq!(told.kind, EventKind::ApprovalsHeldBack { until: began + WINDOW, count: None });
    assert_eq!(told.actor, Actor::Visitor);
    // What the owner asks in a known browser is not counted, and takes its place.
    for _ in 0..2 * most {
        let own = ask(&mut sim, &Asking::at_home(ALICE, 1)).unwrap();
        assert_eq!(phone.waiting(&mut sim), Some(own));
    }
    let own = phone.waiting(&mut sim).unwrap();
    phone.approve(&mut sim, own).unwrap();
    assert!(take(&mut sim, &Asking::at_home(ALICE, 1), own).is_ok());
    // A day later the sum is told, and one more is shown for each that is a day old.
    sim.now = began + WINDOW;
    let again = stranger(&mut sim, 90);
    let id = ask(&mut sim, &again).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(id));
    sim.advance(HOUR);
    sim.sweep();
    let sums = sim.events().into_iter().filter_map(|event| match event.kind {
        EventKind::ApprovalsHeldBack { count, .. } => Some(count),
        _ => None,
    });
    assert_eq!(sums.collect::<Vec<_>>(), [None, Some(50)]);
    sim.advance(10 * DAYS);
    sim.write(|tx, cx| flow::sweep::forget(tx, cx));
    let figures = store::stats::figures(&sim.store, store::stats::Effort::Count).unwrap();
    let rows = figures.tables.into_iter().find(|table| table.name == "approval_budgets").unwrap().rows;
    assert_eq!(rows, store::stats::Rows::Exactly(0), "and is forgotten");
}

#[test]
fn row_15_what_a_browser_asked_before_makes_way_for_what_is_held_back() {
    let mut sim = Sim::new();
    sim.policy.approvals = 1;
    let (_, phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let shown = ask(&mut sim, &asking).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(shown));
    // Otherwise the number on the page and the question on the phone would be of two.
    let held = ask(&mut sim, &asking).unwrap();
    assert!(is_waiting(&mut sim, &asking, held) && !is_waiting(&mut sim, &asking, shown));
    assert_eq!(phone.waiting(&mut sim), None);
    let names: Vec<_> = sim.kinds().into_iter().rev().take(2).collect();
    assert_eq!(names, ["approval_withdrawn", "approvals_held_back"]);
}

#[test]
fn a_code_that_no_device_used_in_time_leaves_a_line_and_one_that_was_used_none() {
    let mut sim = Sim::new();
    let alice = passwords::at_home(&mut sim, ALICE, 1);
    shown(&mut sim, &alice, home()).unwrap();
    let second = shown(&mut sim, &alice, home()).unwrap();
    sim.advance(10 * MINUTE - SECOND);
    sim.sweep();
    assert_eq!(count(&sim, "enrolment_lapsed"), 0, "the first gave way, the second can be used");
    sim.advance(SECOND);
    sim.sweep();
    sim.sweep();
    assert_eq!(count(&sim, "enrolment_lapsed"), 1);
    assert_eq!(sim.events().pop().unwrap().subject, Subject::Account(alice.account.id));
    let late = join(&mut sim, second.code.expose(), (PHONE, home()), &mut device());
    assert_eq!(late.err(), Some(Refusal::EnrolmentOver));
    let started = sim.sign_in(ALICE, 1);
    let alice = sim.visitor(&started);
    drop(Phone::enrolled(&mut sim, &alice));
    sim.advance(HOUR);
    sim.sweep();
    assert_eq!(count(&sim, "enrolment_lapsed"), 1);
}

#[test]
fn an_approver_that_an_operator_takes_away_is_out_and_its_owner_is_told() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    let id = ask(&mut sim, &Asking::at_home(ALICE, 1)).unwrap();
    let right = number(&sim, id);
    let signed = phone.signed(&mut sim, id, &right).unwrap();
    sim.post();
    let own = (alice.account.id, phone.cookie.0);
    let mut remove = |own: (model::id::AccountId, model::id::AuthenticatorId)| {
        sim.write(move |tx, cx| {
            authenticator::remove_approver(tx, cx, own, ("left in a train", &By::COMMAND))
        })
    };
    let other = model::id::AuthenticatorId::at(Time::from_micros(1));
    assert_eq!(remove((own.0, other)), Err(Refusal::AuthenticatorUnknown));
    assert_eq!(remove(own), Ok(()));
    assert_eq!(remove(own), Err(Refusal::AuthenticatorUnknown));
    assert!(phone.holder(&sim).is_none());
    assert_eq!(send(&mut sim, signed), Err(Refusal::ApproverUnknown));
    let told = sim.post().notices;
    let (kind, why) = (AuthenticatorKind::Approver, Removal::ByOperator);
    assert_eq!(
        told.into_iter().map(|one| one.notice.what).collect::<Vec<_>>(),
        [What::AuthenticatorRemoved { kind, why }]
    );
    let by_operator: Vec<_> =
        sim.events().into_iter().filter(|event| event.actor == Actor::Operator).collect();
    let [act, gone] = &by_operator[..] else { panic!("{by_operator:?}") };
    let reason = "left in a train".to_owned();
    assert_eq!(act.kind, EventKind::OperatorActed { act: OperatorAct::RemoveApprover, reason });
    assert_eq!(gone.kind, EventKind::AuthenticatorRemoved { authenticator: own.1, kind, why });
    // A password is none of its business.
    passwords::imported(&mut sim, own.0, GOOD);
    let all = authenticator::list(&sim.store, own.0).unwrap();
    let password = all.iter().find(|own| own.kind == AuthenticatorKind::Password).unwrap().id;
    let refused = sim.write(move |tx, cx| {
        authenticator::remove_approver(tx, cx, (own.0, password), ("a slip", &By::COMMAND))
    });
    assert_eq!(refused, Err(Refusal::AuthenticatorUnknown));
}

/// A caller has the password, is somewhere else, and has the owner type the number.
fn relayed(sim: &mut Sim, phone: &mut Phone, browser: u64) -> Visitor {
    let caller = stranger(sim, browser);
    let id = ask(sim, &caller).unwrap();
    assert_eq!(phone.approve(sim, id), Ok(Nearness::Elsewhere));
    let started = take(sim, &caller, id).unwrap();
    sim.visitor(&started)
}

fn now(sim: &Sim, id: SessionId) -> Option<model::session::Session> {
    sim.store.read(|reader| store::sessions::find(reader, id)).unwrap().map(|(session, _)| session)
}

/// How many browsers the account knows.
fn browsers(sim: &mut Sim, of: &Visitor) -> usize {
    let cx = sim.cx();
    session::mine(&sim.store, &cx, of.account.id).unwrap().browsers.len()
}

fn confirm(sim: &mut Sim, by: &Visitor, id: SessionId) -> Result<(), Refusal> {
    let by = by.clone();
    sim.write(move |tx, cx| doubt::confirm(tx, cx, &by, (id, home())))
}

/// Alice in the browser that she has used for days, who has just proved with both that it is her.
fn surely(sim: &mut Sim, phone: &mut Phone) -> Visitor {
    let started = sim.sign_in(ALICE, 1);
    let alice = sim.visitor(&started);
    sim.advance(SECOND);
    let halfway = password_within(sim, &alice, GOOD).unwrap();
    let both = Asking::within(sim, &alice, Some(&halfway));
    let id = ask(sim, &both).unwrap();
    phone.approve(sim, id).unwrap();
    let raised = take(sim, &both, id).unwrap();
    sim.visitor(&raised)
}

#[test]
fn row_17_a_session_that_began_with_what_may_have_been_relayed_is_provisional_for_a_day_at_most() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    sim.post();
    let caller = relayed(&mut sim, &mut phone, 2);
    let session = now(&sim, caller.session.id).unwrap();
    assert!(session.began_provisional() && caller.session.began_provisional());
    assert_eq!(session.expires_at, sim.now + PROVISIONAL);
    assert_eq!(session.assurance.aal(), Aal::Aal1);
    // Nothing is proved in it, not even by the same trick once more.
    let cx = sim.cx();
    let ways = reauth::ways(&sim.store, &cx, &caller).unwrap();
    assert!(ways.methods.is_empty() && !reauth::Needed::to_change(ways).is_met(&caller, &cx));
    assert_eq!(password_within(&mut sim, &caller, GOOD).err(), Some(Refusal::MethodOff));
    let until = sim.now + PROVISIONAL;
    let told: Vec<_> = sim.post().notices.into_iter().map(|told| told.notice.what).collect();
    assert_eq!(told, [What::ApprovedElsewhere { until }], "everybody is told once, and of that");
    let doubted = sim.events().into_iter().find(|event| event.kind == EventKind::SessionDoubted { until });
    assert_eq!(doubted.unwrap().session, Some(caller.session.id));
    // Its browser is known to nobody: it asks for nothing by the address alone.
    let alone = Asking { half: 2, source: elsewhere(), ..Asking::at_home(ALICE, 2) };
    ask(&mut sim, &alone).unwrap();
    assert_eq!(not_shown(&sim).last(), Some(&Some(NotShown::UnknownBrowser)));
    assert_eq!(browsers(&mut sim, &caller), 1);
    // And who comes back with the password a day later begins where he began.
    sim.now = until;
    sim.sweep();
    assert!(now(&sim, caller.session.id).is_none());
    let ended = EventKind::SessionEnded { why: SessionEnd::Suspected };
    assert!(sim.events().into_iter().any(|event| event.kind == ended));
    sim.advance(DAYS);
    let again = relayed(&mut sim, &mut phone, 2);
    assert!(again.session.began_provisional());
    assert_ne!(again.session.browser, caller.session.browser, "nobody remembers it");
}

#[test]
fn row_17_its_owner_says_in_another_browser_that_it_is_theirs_and_the_browser_is_known_from_then_on() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let laptop = relayed(&mut sim, &mut phone, 2);
    let id = laptop.session.id;
    assert_eq!(confirm(&mut sim, &laptop, id), Err(Refusal::SessionUnknown), "not of itself");
    let second = relayed(&mut sim, &mut phone, 3);
    assert_eq!(confirm(&mut sim, &second, id), Err(Refusal::BrowserNew), "nor one of them of the other");
    let started = sim.sign_in(ALICE, 1);
    let unproved = sim.visitor(&started);
    sim.advance(6 * MINUTE);
    assert_eq!(confirm(&mut sim, &unproved, id), Err(Refusal::DeviceUnproved));
    let alice = surely(&mut sim, &mut phone);
    assert_eq!(confirm(&mut sim, &alice, id), Ok(()));
    let whole = now(&sim, id).unwrap();
    assert_eq!((whole.doubted_at, whole.expires_at), (None, whole.started_at + sim.policy.session_absolute));
    let last = sim.events().pop().unwrap();
    assert_eq!(
        (last.kind, last.session),
        (EventKind::SessionConfirmed { session: id }, Some(alice.session.id))
    );
    assert_eq!(confirm(&mut sim, &alice, id), Err(Refusal::SessionUnknown), "once");
    // The browser is known now; what it asks next is not in doubt, and what the other one did stays so.
    let asking = Asking { half: 2, source: elsewhere(), ..Asking::at_home(ALICE, 2) };
    let asked = ask(&mut sim, &asking).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(asked));
    phone.approve(&mut sim, asked).unwrap();
    let again = take(&mut sim, &asking, asked).unwrap().session;
    assert_eq!((again.doubted_at, again.browser), (None, laptop.session.browser));
    assert!(now(&sim, second.session.id).unwrap().began_provisional());
}

#[test]
fn row_17_what_is_near_known_or_proved_by_something_else_is_not_provisional() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    // A new browser in the house.
    let near = Asking { source: home(), ..stranger(&mut sim, 2) };
    let id = ask(&mut sim, &near).unwrap();
    phone.approve(&mut sim, id).unwrap();
    let started = take(&mut sim, &near, id).unwrap();
    assert_eq!((started.session.doubted_at, started.session.assurance.aal()), (None, Aal::Aal2));
    // One that is known, elsewhere.
    let known = Asking { source: elsewhere(), ..Asking::at_home(ALICE, 1) };
    let id = ask(&mut sim, &known).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert_eq!(take(&mut sim, &known, id).unwrap().session.doubted_at, None);
    // And whoever signs in anew by a code in the doubted browser: it is told of as any new one.
    let caller = relayed(&mut sim, &mut phone, 3);
    sim.advance(2 * HOUR);
    let started = sim.sign_in(ALICE, 3);
    assert_eq!(started.session.doubted_at, None);
    assert!(now(&sim, caller.session.id).is_none(), "in the place of the one before");
    let told = sim.post().notices;
    assert!(told.iter().any(|told| told.notice.what == What::NewBrowser), "{told:?}");
    assert_eq!(browsers(&mut sim, &caller), 3);
}

#[test]
fn row_16_nobody_draws_numbers_until_one_is_right_for_somebody_else_s_screen() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let own = Asking::at_home(ALICE, 1);
    let mut drawn = Vec::new();
    for _ in 0..50 {
        let id = ask(&mut sim, &own).unwrap();
        let (half, at) = (half(1), sim.now);
        sim.write(move |tx, cx| take::withdraw(tx, cx, (id, &half, home()))).unwrap();
        drawn.push(number(&sim, id));
        assert_eq!(sim.now, at);
        sim.advance(6 * SECOND);
    }
    drawn.dedup();
    assert_eq!(drawn.len(), 1, "one number in five minutes, whatever else it gives up and asks anew");
    // Once it was answered, the next one is another: a number is good for one answer.
    let id = ask(&mut sim, &own).unwrap();
    assert_eq!(number(&sim, id), drawn[0]);
    phone.approve(&mut sim, id).unwrap();
    take(&mut sim, &own, id).unwrap();
    let next = ask(&mut sim, &own).unwrap();
    assert_ne!(number(&sim, next), drawn[0]);
    // Whoever holds the phone's cookie and not its passkey learns nothing of the number, and spends nothing.
    let mut said = Vec::new();
    for typed in [number(&sim, next), wrong(&sim, next)] {
        let mut signed = phone.signed(&mut sim, next, &typed).unwrap();
        let asked_of_another = phone.signed(&mut sim, next, &typed).unwrap();
        signed.assertion = asked_of_another.assertion;
        said.push(send(&mut sim, signed));
    }
    assert_eq!(said, [Err(Refusal::PasskeyUnknown), Err(Refusal::PasskeyUnknown)]);
    assert_eq!(phone.approve(&mut sim, next), Ok(Nearness::Nearby));
}
