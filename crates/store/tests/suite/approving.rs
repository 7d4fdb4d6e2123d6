//! What approvers are asked, and the codes by which browsers become one: read back, claimed, ended, forgotten.

use model::approval::{Approval, ApprovalState, LIFETIME, TAKE, Wanted};
use model::approval_budget::{ApprovalBudget, Slot, WINDOW};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::enrolment::Enrolment;
use model::id::{AccountId, ApprovalId, AuthenticatorId, EnrolmentId, SessionId};
use model::nearness::Nearness;
use store::approvals::Answer;
use store::{Store, approval_budgets, approvals, authenticators, enrolments};

use crate::claim::{opened, seed};
use crate::claims::{race, raced};
use crate::setting::{both, cx, noon, seconds, source, token, write};

pub(crate) fn enrolment(account: AccountId) -> Enrolment {
    Enrolment {
        id: EnrolmentId::new(&mut cx(seed())).unwrap(),
        account,
        session: SessionId::at(noon()),
        shown_at: Some("2001:db8::1".parse().unwrap()),
        known: true,
        made_at: noon(),
        expires_at: noon() + model::enrolment::LIFETIME,
        approver: None,
        ended_at: None,
    }
}

/// A code that is shown; the word is its identifier.
pub(crate) fn shown(store: &Store) -> String {
    let new = enrolment(opened(store).parse().unwrap());
    let code = token(&new.id.to_string());
    assert!(write(store, move |tx| enrolments::insert(tx, &code, &new)));
    new.id.to_string()
}

/// A question with nothing left out.
pub(crate) fn approval(seed: u64, account: AccountId) -> Approval {
    Approval {
        id: ApprovalId::new(&mut cx(seed)).unwrap(),
        drawn: ApprovalId::at(noon()),
        account,
        wanted: Wanted::StepUp,
        client: Some("shelf".to_owned()),
        browser: token("browser"),
        known: true,
        session: Some(SessionId::at(noon())),
        source: source(),
        asked_from: Some("192.0.2.9".parse().unwrap()),
        asked_at: noon(),
        expires_at: noon() + LIFETIME,
        state: ApprovalState::Waiting,
        opened_at: None,
        approver: None,
        nearness: None,
        decoy: false,
    }
}

/// One that waits: its account, and its identifier.
pub(crate) fn asked(store: &Store) -> String {
    let new = approval(seed(), opened(store).parse().unwrap());
    let words = format!("{} {}", new.account, new.id);
    assert!(write(store, move |tx| approvals::insert(tx, &new)));
    words
}

/// Yes, or no by another number: whoever comes first.
pub(crate) fn answer(seed: u64) -> Answer {
    if seed.is_multiple_of(2) { yes() } else { wrong() }
}

fn yes() -> Answer {
    let (approver, take_until) = (AuthenticatorId::at(noon()), Some(noon() + TAKE));
    Answer { approver, state: ApprovalState::Approved, take_until, nearness: Nearness::Elsewhere }
}

pub(crate) fn wrong() -> Answer {
    let approver = AuthenticatorId::at(noon());
    Answer { approver, state: ApprovalState::WrongNumber, take_until: None, nearness: Nearness::Unknown }
}

/// One that was approved.
pub(crate) fn approved(store: &Store) -> String {
    let words = asked(store);
    let (account, id) = words.split_once(' ').unwrap();
    let of = (id.parse().unwrap(), account.parse().unwrap());
    assert!(write(store, move |tx| approvals::claim_answer(tx, of, (&yes(), noon()))));
    words
}

#[test]
fn a_question_is_read_back_as_it_was_asked_and_answered() {
    both(|store| {
        let words = asked(store);
        let (account, id) = words.split_once(' ').unwrap();
        let (account, id): (AccountId, ApprovalId) = (account.parse().unwrap(), id.parse().unwrap());
        let kept = store.read(|reader| approvals::find_live(reader, account)).unwrap().unwrap();
        let new = Approval { id, ..approval(1, account) };
        assert_eq!(format!("{kept:?}"), format!("{new:?}"));
        // The first look is kept, and the answer beside it.
        assert!(write(store, move |tx| approvals::claim_open(tx, id, (account, noon() + seconds(1)))));
        assert!(!write(store, move |tx| approvals::claim_open(tx, id, (account, noon() + seconds(2)))));
        assert!(write(store, move |tx| approvals::claim_answer(
            tx,
            (id, account),
            (&yes(), noon() + seconds(3))
        )));
        let kept = store.read(|reader| approvals::find(reader, id)).unwrap().unwrap();
        assert_eq!(kept.nearness, Some(Nearness::Elsewhere));
        assert_eq!((kept.state, kept.opened_at), (ApprovalState::Approved, Some(noon() + seconds(1))));
        assert_eq!((kept.expires_at, kept.approver), (noon() + TAKE, Some(AuthenticatorId::at(noon()))));
        let since = store.read(|reader| approvals::list_since(reader, account, (noon(), 10))).unwrap();
        assert_eq!(since.len(), 1);
    });
}

#[test]
fn nothing_is_answered_or_taken_after_its_time_for_another_account_or_in_another_browser() {
    both(|store| {
        let words = asked(store);
        let (account, id) = words.split_once(' ').unwrap();
        let (account, id): (AccountId, ApprovalId) = (account.parse().unwrap(), id.parse().unwrap());
        let late = noon() + LIFETIME;
        let other = AccountId::at(noon());
        assert!(!write(store, move |tx| approvals::claim_answer(tx, (id, account), (&yes(), late))));
        assert!(!write(store, move |tx| approvals::claim_answer(tx, (id, other), (&yes(), noon()))));
        assert!(write(store, move |tx| approvals::claim_answer(tx, (id, account), (&yes(), noon()))));
        let take = |browser: &'static str, at| {
            write(store, move |tx| Ok(approvals::claim_use(tx, id, (&token(browser), at))?.is_some()))
        };
        assert!(!take("another", noon()));
        assert!(!take("browser", noon() + TAKE));
        assert!(take("browser", noon()));
        // And what has ended is forgotten.
        assert_eq!(write(store, move |tx| approvals::delete_ended(tx, noon(), 10)), 0);
        assert_eq!(write(store, move |tx| approvals::delete_ended(tx, noon() + seconds(1), 10)), 1);
    });
}

#[test]
fn an_approver_is_found_by_what_its_browser_holds_and_an_account_may_have_several() {
    both(|store| {
        let account: AccountId = opened(store).parse().unwrap();
        for name in ["phone", "tablet"] {
            let id = AuthenticatorId::new(&mut cx(seed())).unwrap();
            let inserted = write(store, move |tx| {
                let own = Authenticator {
                    id,
                    account,
                    kind: AuthenticatorKind::Approver,
                    name: name.to_owned(),
                    added_at: noon(),
                    usable_at: noon(),
                    used_at: None,
                    session: None,
                    counter: 0,
                };
                let new = authenticators::New {
                    authenticator: &own,
                    credential: Some(token(&id.to_string())),
                    sealed: b"sealed",
                    cancel: None,
                    cookie: Some(token(name)),
                };
                authenticators::claim_insert(tx, &new)
            });
            assert!(inserted, "{name}");
            let by = |cookie: &str| {
                store
                    .read(|reader| authenticators::find_approver(reader, id, &token(cookie)))
                    .unwrap()
                    .is_some()
            };
            assert!(by(name) && !by("another"));
            assert!(write(store, move |tx| authenticators::claim_remove(tx, account, id)));
            assert!(!by(name), "out at once");
        }
    });
}

#[test]
fn what_unknown_browsers_asked_is_read_back_told_in_sum_once_and_forgotten() {
    both(|store| {
        let account: AccountId = opened(store).parse().unwrap();
        let ask = |at| {
            write(store, move |tx| {
                let mut budget = approval_budgets::take(tx, account)?;
                let slot = budget.ask(at, 1);
                approval_budgets::put(tx, account, (&budget, at))?;
                Ok(slot)
            })
        };
        let find = || store.read(|reader| approval_budgets::find(reader, account)).unwrap();
        let held = |at| store.read(|reader| approval_budgets::list_held(reader, at, 10)).unwrap();
        assert_eq!(find(), ApprovalBudget::default());
        assert_eq!(ask(noon()), Slot::Free);
        assert!(held(noon() + WINDOW).is_empty());
        let until = noon() + WINDOW;
        assert_eq!(ask(noon() + seconds(1)), Slot::Taken { until, first: true });
        assert_eq!(ask(noon() + seconds(2)), Slot::Taken { until, first: false });
        assert_eq!(find().held().map(|held| held.count), Some(2));
        assert!(held(noon()).is_empty());
        assert_eq!(held(noon() + seconds(1)), [account]);
        let delete = |at| write(store, move |tx| approval_budgets::delete_idle(tx, at, 9));
        assert_eq!(delete(noon() + WINDOW), 0, "not before it is told");
        let told = write(store, move |tx| {
            let mut budget = approval_budgets::take(tx, account)?;
            let told = budget.close(noon() + seconds(1) + WINDOW);
            approval_budgets::put(tx, account, (&budget, noon() + WINDOW))?;
            Ok(told)
        });
        assert_eq!(told.map(|told| told.count), Some(2));
        assert!(held(noon() + WINDOW).is_empty());
        assert_eq!((delete(noon() + WINDOW), delete(noon() + WINDOW + seconds(1))), (0, 1));
        assert_eq!(find(), ApprovalBudget::default());
    });
}

#[test]
fn row_15_of_sixteen_who_ask_at_once_with_a_password_ten_are_asked_and_six_held_back() {
    raced(|store| {
        let account: AccountId = opened(store).parse().unwrap();
        let free = race(store, move |tx| {
            let mut budget = approval_budgets::take(tx, account)?;
            let slot = budget.ask(noon(), 10);
            approval_budgets::put(tx, account, (&budget, noon()))?;
            Ok(slot == Slot::Free)
        });
        assert_eq!(free, 10);
        let kept = store.read(|reader| approval_budgets::find(reader, account)).unwrap();
        assert_eq!(kept.held().map(|held| held.count), Some(6));
    });
}
