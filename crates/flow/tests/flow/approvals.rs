//! Approvals: enrolling a device, asking, answering, taking, and everything that is none.

#[path = "approvals/bounds.rs"]
mod bounds;
#[path = "approvals/phone.rs"]
mod phone;

use flow::approval::answer::{self, Answer};
use flow::approval::enrol;
use flow::approval::take;
use flow::{authenticator, passkey, reauth};
use model::account::AccountState;
use model::approval::{LIFETIME, NotApproved, NotShown, TAKE, Wanted};
use model::assurance::Aal;
use model::authenticator::AuthenticatorKind;
use model::event::{EventKind, Subject};
use model::method::{Method, MethodPolicy, Use};
use model::nearness::Nearness;
use model::policy::Policy;
use model::refusal::Refusal;

use crate::passkeys::{device, party};
use crate::passwords::{self, GOOD};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half};

pub(crate) use phone::*;

#[test]
fn a_device_is_enrolled_once_by_a_code_that_only_the_owner_can_show() {
    let mut sim = Sim::new();
    let alice = passwords::at_home(&mut sim, ALICE, 1);
    let opened = shown(&mut sim, &alice, home()).unwrap();
    let enrolled = join(&mut sim, opened.code.expose(), (PHONE, home()), &mut device()).unwrap();
    assert!(!enrolled.held && enrolled.approver.is_usable(sim.now));
    assert_eq!(enrolled.approver.kind, AuthenticatorKind::Approver);
    // Once.
    let again = join(&mut sim, opened.code.expose(), (PHONE, home()), &mut device());
    assert_eq!(again.err(), Some(Refusal::EnrolmentOver));
    // Everybody is told.
    assert!(sim.post().notices.iter().any(|told| told.notice.what.name() == "authenticator_added"));
    // Not in a session whose proof is older than five minutes, and by nobody else's code.
    sim.advance(10 * MINUTE);
    assert_eq!(shown(&mut sim, &alice, home()).err(), Some(Refusal::DeviceUnproved));
    let made_up = join(&mut sim, &[7; 16], (PHONE, home()), &mut device());
    assert_eq!(made_up.err(), Some(Refusal::EnrolmentOver));
}

#[test]
fn an_enrolment_code_ends_after_ten_minutes_with_its_session_and_with_the_next_one() {
    let mut sim = Sim::new();
    let alice = passwords::at_home(&mut sim, ALICE, 1);
    let first = shown(&mut sim, &alice, home()).unwrap();
    let second = shown(&mut sim, &alice, home()).unwrap();
    let old = join(&mut sim, first.code.expose(), (PHONE, home()), &mut device());
    assert_eq!(old.err(), Some(Refusal::EnrolmentOver));
    sim.advance(10 * MINUTE - SECOND);
    let cx = sim.cx();
    assert!(enrol::find(&sim.store, &cx, second.code.expose()).unwrap().is_some());
    sim.advance(SECOND);
    let late = join(&mut sim, second.code.expose(), (PHONE, home()), &mut device());
    assert_eq!(late.err(), Some(Refusal::EnrolmentOver));
    // The session in which it was shown is over.
    let started = sim.sign_in(ALICE, 1);
    let alice = sim.visitor(&started);
    let third = shown(&mut sim, &alice, home()).unwrap();
    let by = alice.clone();
    sim.write(move |tx, cx| flow::session::end(tx, cx, &by, by.session.id, home())).unwrap();
    let ended = join(&mut sim, third.code.expose(), (PHONE, home()), &mut device());
    assert_eq!(ended.err(), Some(Refusal::EnrolmentOver));
}

#[test]
fn row_27_a_device_that_nobody_can_tell_is_near_is_held_for_a_day_and_taken_back_by_the_link() {
    let mut sim = Sim::new();
    let alice = passwords::at_home(&mut sim, ALICE, 1);
    let opened = shown(&mut sim, &alice, home()).unwrap();
    let mut thief = device();
    let enrolled = join(&mut sim, opened.code.expose(), (PHONE, elsewhere()), &mut thief).unwrap();
    assert!(enrolled.held);
    let phone = Phone {
        device: thief,
        cookie: (enrolled.approver.id, *enrolled.cookie.expose()),
        half: PHONE,
        source: elsewhere(),
    };
    // It sees nothing meanwhile, and what is asked finds no approver.
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    assert_eq!(not_shown(&sim), [Some(NotShown::NoApprover)]);
    assert_eq!(phone.waiting(&mut sim), None);
    assert!(is_waiting(&mut sim, &asking, id), "a decoy looks like any other");
    // The link of the notice takes it back, and it is out at once.
    let link = sim.post().notices.into_iter().find_map(|told| told.link).expect("a link");
    let token = link.rsplit('/').next().unwrap();
    let (id, secret) = wire::token::decode_pair(token).unwrap();
    let link = (model::id::AuthenticatorId::from_bytes(id), secret);
    sim.write(move |tx, cx| authenticator::cancel(tx, cx, &link, home())).unwrap();
    assert!(phone.holder(&sim).is_none());
    // In a browser that the account has known for a day it is not held, wherever it is.
    let started = sim.sign_in(ALICE, PHONE);
    drop(started);
    sim.advance(2 * DAYS);
    let started = sim.sign_in(ALICE, 1);
    let alice = sim.visitor(&started);
    let opened = shown(&mut sim, &alice, home()).unwrap();
    let enrolled = join(&mut sim, opened.code.expose(), (PHONE, elsewhere()), &mut device()).unwrap();
    assert!(!enrolled.held);
}

#[test]
fn row_27_a_code_that_is_shown_in_a_new_browser_makes_a_device_that_is_held() {
    let mut sim = Sim::new();
    passwords::at_home(&mut sim, ALICE, 1);
    let started = sim.sign_in(ALICE, 9);
    let intruder = sim.visitor(&started);
    let opened = shown(&mut sim, &intruder, elsewhere()).unwrap();
    let enrolled = join(&mut sim, opened.code.expose(), (PHONE, elsewhere()), &mut device()).unwrap();
    assert!(enrolled.held, "near each other, and both new");
}

#[test]
fn a_known_browser_signs_in_by_the_number_on_the_phone() {
    let mut sim = Sim::new();
    let (_, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(id));
    phone.open(&mut sim, id).unwrap();
    phone.open(&mut sim, id).unwrap();
    assert_eq!(count(&sim, "approval_opened"), 1, "noted once");
    assert!(take(&mut sim, &asking, id).is_err(), "not before the answer");
    assert_eq!(phone.approve(&mut sim, id), Ok(Nearness::Nearby));
    let started = take(&mut sim, &asking, id).unwrap();
    assert_eq!(started.session.assurance.aal(), Aal::Aal1);
    assert_eq!(started.session.assurance.amr(), ["mca"]);
    // Once.
    assert_eq!(take(&mut sim, &asking, id).err(), Some(Refusal::ApprovalOver));
    assert_eq!(phone.waiting(&mut sim), None);
}

#[test]
fn after_a_password_it_reaches_the_second_level() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = Asking { source: home(), ..stranger(&mut sim, 2) };
    let id = ask(&mut sim, &asking).unwrap();
    assert_eq!(phone.approve(&mut sim, id), Ok(Nearness::Nearby));
    let started = take(&mut sim, &asking, id).unwrap();
    assert_eq!(started.session.assurance.aal(), Aal::Aal2);
    assert_eq!(started.session.assurance.amr(), ["pwd", "mca", "mfa"]);
}

#[test]
fn row_17_what_may_have_been_relayed_lets_in_and_reaches_nothing_more() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    // A caller has the password, is somewhere else, and has the owner type the number.
    let caller = stranger(&mut sim, 2);
    let id = ask(&mut sim, &caller).unwrap();
    assert_eq!(phone.approve(&mut sim, id), Ok(Nearness::Elsewhere));
    let started = take(&mut sim, &caller, id).unwrap();
    assert_eq!(started.session.assurance.aal(), Aal::Aal1);
    assert_eq!(started.session.assurance.amr(), ["pwd", "mca"], "nothing says two factors");
    let intruder = sim.visitor(&started);
    let cx = sim.cx();
    let needed = reauth::Needed::to_change(reauth::ways(&sim.store, &cx, &intruder).unwrap());
    assert!(!needed.is_met(&intruder, &cx) && !reauth::Needed::TO_OPERATE.is_met(&intruder, &cx));
    // Everybody was told of the new browser; what else it is worth see `bounds.rs`.
    assert!(sim.post().notices.iter().any(|told| told.notice.what.name() == "approved_elsewhere"));
}

#[test]
fn within_a_session_it_counts_with_the_password_or_where_nothing_better_is_to_be_had() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    sim.advance(HOUR);
    let cx = sim.cx();
    assert!(reauth::ways(&sim.store, &cx, &alice).unwrap().methods.has(Method::Approval));
    let asking = Asking::within(&mut sim, &alice, None);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    let raised = take(&mut sim, &asking, id).unwrap();
    assert!(raised.session.assurance.reaches(Aal::Aal1, MINUTE, sim.now));
    let alice = sim.visitor(&raised);
    // With a password the account reaches the second level, and half of it is worth nothing.
    passwords::imported(&mut sim, alice.account.id, GOOD);
    let alone = Asking::within(&mut sim, &alice, None);
    let id = ask(&mut sim, &alone).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert_eq!(take(&mut sim, &alone, id).err(), Some(Refusal::MethodOff));
    let halfway = password_within(&mut sim, &alice, GOOD).unwrap();
    let both = Asking::within(&mut sim, &alice, Some(&halfway));
    let id = ask(&mut sim, &both).unwrap();
    phone.approve(&mut sim, id).unwrap();
    let raised = take(&mut sim, &both, id).unwrap();
    assert!(raised.session.assurance.reaches(Aal::Aal2, MINUTE, sim.now));
}

#[test]
fn row_16_a_wrong_number_ends_it_and_there_is_no_second_try() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let id = ask(&mut sim, &asking).unwrap();
    let guess = wrong(&sim, id);
    assert_eq!(phone.answer(&mut sim, id, "48021"), Err(Refusal::CodeMalformed));
    assert_eq!(phone.answer(&mut sim, id, &guess), Err(Refusal::ApprovalNumberWrong));
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
    assert_eq!(take(&mut sim, &asking, id).err(), Some(Refusal::ApprovalOver));
    assert_eq!(count(&sim, "approval_number_refused"), 1);
    assert_eq!(count(&sim, "session_started"), 2, "of the owner, before");
}

#[test]
fn row_16_nothing_is_approved_without_the_number_that_was_signed() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let id = ask(&mut sim, &asking).unwrap();
    // What was signed is about another number than the one that is sent with it.
    let guess = wrong(&sim, id);
    let signed = phone.signed(&mut sim, id, &guess).unwrap();
    let other = Answer { typed: number(&sim, id), ..signed };
    assert_eq!(send(&mut sim, other), Err(Refusal::ChallengeOver));
    // Nor by another device's passkey, which costs no try.
    let right = number(&sim, id);
    let mut signed = phone.signed(&mut sim, id, &right).unwrap();
    let mut stolen = device();
    stolen
        .make(&format!(
            r#"{{"rp":{{"id":"account.linden.example"}},"user":{{"id":"CQkJCQkJCQkJCQkJCQkJCQ"}},"challenge":"{}"}}"#,
            wire::token::encode(&[1; 32])
        ))
        .unwrap();
    let by = phone.holder(&sim).unwrap();
    let mut cx = sim.cx();
    let asked = answer::ask(&sim.store, &party(), &mut cx, &half(PHONE), (&by, id, &right));
    let asked = asked.unwrap().unwrap().asked;
    signed.assertion = wire::passkey::assertion(&stolen.sign(&asked.options).unwrap()).unwrap();
    signed.challenge = asked.challenge;
    assert_eq!(send(&mut sim, signed), Err(Refusal::PasskeyUnknown));
    assert_eq!(refused(&sim), [NotApproved::Unproved]);
    assert!(is_waiting(&mut sim, &asking, id));
    assert_eq!(phone.approve(&mut sim, id), Ok(Nearness::Elsewhere));
}

#[test]
fn row_18_an_answer_that_was_sent_before_is_none() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let id = ask(&mut sim, &asking).unwrap();
    let right = number(&sim, id);
    let signed = phone.signed(&mut sim, id, &right).unwrap();
    let by = phone.holder(&sim).unwrap();
    let copy = Answer {
        by,
        id,
        typed: right,
        challenge: signed.challenge.clone(),
        assertion: wire::passkey::assertion(&serde_json::to_string(&signed.assertion).unwrap()).unwrap(),
        browser_half: signed.browser_half,
        source: signed.source,
    };
    assert!(send(&mut sim, signed).is_ok());
    assert_eq!(send(&mut sim, copy), Err(Refusal::ChallengeOver));
}

#[test]
fn that_is_not_me_ends_it_for_everybody_also_after_a_yes() {
    let mut sim = Sim::new();
    let (_, mut phone) = with_password(&mut sim);
    let asking = stranger(&mut sim, 2);
    let id = ask(&mut sim, &asking).unwrap();
    assert_eq!(phone.deny(&mut sim, id), Ok(Wanted::SecondStep));
    assert_eq!(phone.deny(&mut sim, id), Err(Refusal::ApprovalOver));
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
    assert!(take(&mut sim, &asking, id).is_err());
    // Said in time, it takes a yes back.
    let again = stranger(&mut sim, 2);
    let id = ask(&mut sim, &again).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert_eq!(phone.deny(&mut sim, id), Ok(Wanted::SecondStep));
    assert_eq!(take(&mut sim, &again, id).err(), Some(Refusal::ApprovalOver));
    assert_eq!(count(&sim, "approval_denied"), 2);
}

#[test]
fn it_lapses_after_five_minutes_and_a_yes_after_two() {
    let mut sim = Sim::new();
    let (_, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    let number = number(&sim, id);
    let signed = phone.signed(&mut sim, id, &number).unwrap();
    sim.advance(LIFETIME);
    // Clocks apart: what was signed in time comes too late, and the challenge with it.
    assert!(send(&mut sim, signed).is_err());
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
    assert!(!is_waiting(&mut sim, &asking, id));
    sim.sweep();
    assert_eq!(count(&sim, "approval_lapsed"), 1);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    sim.advance(TAKE);
    assert_eq!(take(&mut sim, &asking, id).err(), Some(Refusal::ApprovalOver));
    sim.sweep();
    let unfetched = |kind: &EventKind| matches!(kind, EventKind::ApprovalLapsed { approved: true, .. });
    assert!(sim.events().iter().any(|event| unfetched(&event.kind)));
}

#[test]
fn of_two_approvers_that_answer_at_once_one_is_first() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    let mut tablet = Phone::of(&mut sim, &alice, (PHONE + 1, home()));
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    let right = number(&sim, id);
    let (one, other) =
        (phone.signed(&mut sim, id, &right).unwrap(), tablet.signed(&mut sim, id, &right).unwrap());
    assert!(send(&mut sim, one).is_ok());
    assert_eq!(send(&mut sim, other), Err(Refusal::ApprovalOver));
    assert_eq!(refused(&sim), [NotApproved::Over]);
    assert!(take(&mut sim, &asking, id).is_ok());
}

#[test]
fn an_approver_that_was_taken_away_is_out_at_once() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    let number = number(&sim, id);
    let signed = phone.signed(&mut sim, id, &number).unwrap();
    let (by, approver) = (alice.clone(), phone.cookie.0);
    sim.write(move |tx, cx| authenticator::remove(tx, cx, &by, (approver, home()))).unwrap();
    assert!(phone.holder(&sim).is_none());
    assert_eq!(send(&mut sim, signed), Err(Refusal::ApproverUnknown));
    assert_eq!(refused(&sim), [NotApproved::Removed]);
    assert!(take(&mut sim, &asking, id).is_err());
    // And what it had approved is worth nothing.
    let started = sim.sign_in(ALICE, 1);
    let alice = sim.visitor(&started);
    let mut phone = Phone::enrolled(&mut sim, &alice);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    let (by, approver) = (alice.clone(), phone.cookie.0);
    sim.write(move |tx, cx| authenticator::remove(tx, cx, &by, (approver, home()))).unwrap();
    assert_eq!(take(&mut sim, &asking, id).err(), Some(Refusal::ApprovalOver));
}

#[test]
fn another_account_s_approval_is_none_of_an_approver_s() {
    let mut sim = Sim::new();
    let (_, mut phone) = settled(&mut sim);
    let bob = passwords::at_home(&mut sim, BOB, 5);
    let _ = Phone::of(&mut sim, &bob, (PHONE + 5, home()));
    let id = ask(&mut sim, &Asking::at_home(BOB, 5)).unwrap();
    assert_eq!(phone.waiting(&mut sim), None);
    assert_eq!(phone.approve(&mut sim, id), Err(Refusal::ApprovalOver));
    let (holder, source) = (phone.holder(&sim).unwrap(), home());
    assert!(sim.write(move |tx, cx| answer::refuse_foreign(tx, cx, (&holder, id, source))).is_err());
    assert_eq!(refused(&sim), [NotApproved::Foreign]);
    assert_eq!(phone.deny(&mut sim, id), Err(Refusal::ApprovalOver));
}

#[test]
fn row_9_only_the_browser_that_asked_takes_it() {
    let mut sim = Sim::new();
    let (_, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert_eq!(take(&mut sim, &Asking::at_home(ALICE, 2), id).err(), Some(Refusal::ApprovalOver));
    assert!(take::look(&sim.store, sim.now, (id, &half(2))).unwrap().is_none());
    assert!(take(&mut sim, &asking, id).is_ok());
}

#[test]
fn row_12_a_stranger_is_told_the_same_whatever_there_is() {
    let mut sim = Sim::new();
    let (_, phone) = settled(&mut sim);
    for address in [ALICE, NOBODY, BOB] {
        let asking = Asking::at_home(address, 33);
        let id = ask(&mut sim, &asking).unwrap();
        assert!(is_waiting(&mut sim, &asking, id), "{address}");
        assert_eq!(phone.waiting(&mut sim), None, "{address}");
        // Again and again: one event in a while, and no row that stays.
        for _ in 0..5 {
            ask(&mut sim, &asking).unwrap();
        }
    }
    assert_eq!(
        not_shown(&sim),
        [Some(NotShown::UnknownBrowser), Some(NotShown::NoAccount), Some(NotShown::NoAccount)]
    );
    sim.advance(LIFETIME);
    sim.sweep();
    assert_eq!(count(&sim, "approval_lapsed"), 0, "nobody was asked");
    let figures = store::stats::figures(&sim.store, store::stats::Effort::Count).unwrap();
    let rows = figures.tables.into_iter().find(|table| table.name == "approvals").unwrap().rows;
    assert_eq!(rows, store::stats::Rows::Exactly(0));
}

#[test]
fn row_15_there_is_one_question_at_a_time_and_a_stranger_s_makes_way() {
    let mut sim = Sim::new();
    let (_, phone) = with_password(&mut sim);
    let bomber = stranger(&mut sim, 2);
    let first = ask(&mut sim, &bomber).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(first));
    // Another stranger waits before a decoy.
    let other = stranger(&mut sim, 3);
    let decoy = ask(&mut sim, &other).unwrap();
    assert!(is_waiting(&mut sim, &other, decoy));
    assert_eq!(phone.waiting(&mut sim), Some(first));
    // The owner's own browser takes the place.
    let own = ask(&mut sim, &Asking::at_home(ALICE, 1)).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(own));
    assert!(!is_waiting(&mut sim, &bomber, first));
    // And no stranger takes it back.
    let again = stranger(&mut sim, 2);
    ask(&mut sim, &again).unwrap();
    assert_eq!(phone.waiting(&mut sim), Some(own));
    assert_eq!(not_shown(&sim).last(), Some(&Some(NotShown::Taken)));
}

#[test]
fn row_15_a_flood_closes_no_other_way_in() {
    let mut sim = Sim::new();
    let (_, phone) = with_password(&mut sim);
    for _ in 0..50 {
        let bomber = stranger(&mut sim, 2);
        let id = ask(&mut sim, &bomber).unwrap();
        if sim.now.micros() % 2 == 0 {
            let _ = phone.deny(&mut sim, id);
        }
        sim.advance(20 * SECOND);
    }
    sim.sign_in(ALICE, 1);
}

#[test]
fn row_19_an_account_with_a_passkey_lets_nobody_in_at_once_by_an_approval_in_a_new_browser() {
    let mut sim = Sim::new();
    let (alice, mut phone) = with_password(&mut sim);
    let mut key = device();
    crate::passkeys::add(&mut sim, &alice, 1, &mut key).unwrap();
    let asking = stranger(&mut sim, 2);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    let answer = take(&mut sim, &asking, id);
    assert!(matches!(answer.err(), Some(Refusal::EntryWaits { .. })));
    assert!(sim.post().notices.iter().any(|told| told.notice.what.name() == "entry_asked"));
    // In a browser that the account knows it does.
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert!(take(&mut sim, &asking, id).is_ok());
}

#[test]
fn the_passkey_of_an_approver_signs_nobody_in() {
    let mut sim = Sim::new();
    let (_, mut phone) = settled(&mut sim);
    let signed_in = crate::passkeys::sign_in(&mut sim, 9, &mut phone.device);
    assert_eq!(signed_in.err(), Some(Refusal::PasskeyUnknown));
    assert!(!passkey::is_open(
        &Policy { methods: MethodPolicy::OPEN.without(Method::Passkey), ..sim.policy.clone() },
        &phone.holder(&sim).unwrap().account
    ));
}

#[test]
fn what_is_locked_or_switched_off_meanwhile_is_refused_and_recorded() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    let right = number(&sim, id);
    let signed = phone.signed(&mut sim, id, &right).unwrap();
    let open = sim.policy.methods;
    sim.policy.methods = open.with(Use::SignIn, open.open(Use::SignIn).without(Method::Approval));
    assert_eq!(send(&mut sim, signed), Err(Refusal::MethodOff));
    sim.policy.methods = open;
    let signed = phone.signed(&mut sim, id, &right).unwrap();
    let account = alice.account.id;
    assert!(sim.write(move |tx, _| {
        let locked = store::accounts::claim_state(tx, account, AccountState::Open, AccountState::Locked)?;
        Ok(tx.unrecorded("a test", locked))
    }));
    assert_eq!(send(&mut sim, signed), Err(Refusal::AccountState));
    assert_eq!(refused(&sim), [NotApproved::MethodOff, NotApproved::Locked]);
    assert!(phone.holder(&sim).is_none(), "a locked account shows nothing");
}

#[test]
fn every_state_is_on_the_record_of_its_account() {
    let mut sim = Sim::new();
    let (alice, mut phone) = settled(&mut sim);
    let asking = Asking::at_home(ALICE, 1);
    let id = ask(&mut sim, &asking).unwrap();
    phone.open(&mut sim, id).unwrap();
    phone.approve(&mut sim, id).unwrap();
    take(&mut sim, &asking, id).unwrap();
    for name in
        ["enrolment_opened", "authenticator_added", "approval_asked", "approval_opened", "approval_matched"]
    {
        let event = sim.events().into_iter().find(|event| event.kind.name() == name).expect(name);
        assert_eq!(event.subject, Subject::Account(alice.account.id), "{name}");
    }
}
