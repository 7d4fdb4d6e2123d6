//! Doorbells: one for an approver, one ring at a time, and one worker for each.

use model::approval::{Approval, ApprovalState, Wanted};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::doorbell::{Answer, Bell, Rung};
use model::id::{AccountId, ApprovalId, AuthenticatorId, DoorbellId, RingId};
use model::time::Time;
use store::doorbells::{self, Doorbell};
use store::rings::{self, Leased};
use store::{Store, approvals, authenticators, bells, push_keys};

use crate::claim::seed;
use crate::setting::{account, both, cx, noon, seconds, source, token, write};

fn at(second: u64) -> Time {
    noon() + seconds(second)
}

/// An account with an approver.
fn approver(store: &Store) -> (AccountId, AuthenticatorId) {
    let n = seed();
    let account = account(store, n, &format!("bell{n}@example.com")).id;
    let own = Authenticator {
        id: AuthenticatorId::new(&mut cx(seed())).unwrap(),
        account,
        kind: AuthenticatorKind::Approver,
        name: "telephone".to_owned(),
        added_at: noon(),
        usable_at: noon(),
        used_at: None,
        session: None,
        counter: 0,
    };
    let id = own.id;
    assert!(write(store, move |tx| {
        let new = authenticators::New {
            authenticator: &own,
            credential: None,
            sealed: b"sealed",
            cancel: None,
            cookie: Some(token("cookie")),
        };
        authenticators::claim_insert(tx, &new)
    }));
    (account, id)
}

fn doorbell((account, approver): (AccountId, AuthenticatorId)) -> Doorbell {
    let id = DoorbellId::new(&mut cx(seed())).unwrap();
    Doorbell {
        id,
        approver,
        account,
        service: "https://push.example.net".to_owned(),
        made_at: noon(),
        refused_at: None,
    }
}

fn set(store: &Store, doorbell: &Doorbell) -> bool {
    let own = doorbell.clone();
    write(store, move |tx| doorbells::set(tx, &own, b"sealed"))
}

fn approval(account: AccountId, asked: u64) -> Approval {
    let id = ApprovalId::new(&mut cx(seed())).unwrap();
    Approval {
        id,
        drawn: id,
        account,
        wanted: Wanted::SignIn,
        client: None,
        browser: token("browser"),
        known: true,
        session: None,
        source: source(),
        asked_from: None,
        asked_at: at(asked),
        expires_at: at(asked + 300),
        state: ApprovalState::Waiting,
        opened_at: None,
        approver: None,
        nearness: None,
        decoy: false,
    }
}

/// Something is asked, and the bell may ring for it or not.
fn ring(store: &Store, account: AccountId, second: u64) -> (ApprovalId, bool) {
    let asked = approval(account, second);
    let id = asked.id;
    let rang = write(store, move |tx| {
        assert!(approvals::insert(tx, &asked)?);
        bells::claim_ring(tx, (account, id), (at(second), asked.expires_at))
    });
    (id, rang)
}

fn end(store: &Store, id: ApprovalId, state: ApprovalState, second: u64) {
    assert!(write(store, move |tx| approvals::claim_end(tx, id, (state, at(second)))));
}

fn bell(store: &Store, account: AccountId, second: u64) -> Bell {
    store.read(|reader| bells::find(reader, account, at(second))).unwrap()
}

fn queue(store: &Store, doorbell: DoorbellId, approval: ApprovalId) -> RingId {
    let id = RingId::new(&mut cx(seed())).unwrap();
    write(store, move |tx| rings::enqueue(tx, (id, doorbell, approval), at(0)));
    id
}

/// One that waits.
pub(crate) fn queued(store: &Store) -> String {
    let set_up = doorbell(approver(store));
    assert!(set(store, &set_up));
    let approval = ApprovalId::new(&mut cx(seed())).unwrap();
    queue(store, set_up.id, approval).to_string()
}

/// One in the hands of a worker, whose first attempt it is.
pub(crate) fn leased(store: &Store) -> String {
    let id = queued(store);
    lease(store, 0);
    id
}

fn lease(store: &Store, second: u64) -> Vec<Leased> {
    write(store, move |tx| rings::lease(tx, at(second), at(second + 60), 99))
}

/// An account whose bell has not rung yet.
pub(crate) fn still(store: &Store) -> String {
    approver(store).0.to_string()
}

/// Tries to be what an account's bell rings for.
pub(crate) fn claim_ring(tx: &mut store::Tx<'_>, account: &str) -> Result<bool, model::fault::Fault> {
    let approval = ApprovalId::new(&mut cx(seed()))?;
    bells::claim_ring(tx, (account.parse().unwrap(), approval), (at(0), at(300)))
}

/// An account whose bell has rung and is not quiet.
pub(crate) fn rung(store: &Store) -> String {
    let account = approver(store).0;
    assert!(ring(store, account, 0).1);
    account.to_string()
}

/// An account whose bell is quiet.
pub(crate) fn quiet(store: &Store) -> String {
    let account = rung(store);
    let id: AccountId = account.parse().unwrap();
    assert!(write(store, move |tx| bells::claim_quiet(tx, id, at(0))));
    account
}

/// An approver that rings.
pub(crate) fn ringing(store: &Store) -> String {
    let own = approver(store);
    assert!(set(store, &doorbell(own)));
    own.1.to_string()
}

/// A doorbell.
pub(crate) fn there(store: &Store) -> String {
    let own = doorbell(approver(store));
    assert!(set(store, &own));
    own.id.to_string()
}

#[test]
fn an_approver_has_one_doorbell_and_none_once_it_is_gone() {
    both(|store| {
        let (account, id) = approver(store);
        let (first, second) = (doorbell((account, id)), doorbell((account, id)));
        assert!(set(store, &first) && set(store, &second));
        assert_eq!(store.read(|reader| doorbells::find_of(reader, id)).unwrap(), Some(second.clone()));
        let usable =
            |second| store.read(|reader| doorbells::list_usable(reader, account, at(second))).unwrap();
        assert_eq!(usable(0), std::slice::from_ref(&second));
        assert!(!write(store, move |tx| doorbells::claim_remove(tx, first.id)), "another took its place");
        // Nobody sets one for somebody else's approver.
        let other = approver(store).0;
        assert!(!set(store, &doorbell((other, id))));
        assert!(write(store, move |tx| authenticators::claim_remove(tx, account, id)));
        assert_eq!(usable(0), []);
        assert!(!set(store, &doorbell((account, id))));
        assert_eq!(write(store, |tx| doorbells::delete_orphaned(tx, 9)), 1);
        assert_eq!(store.read(|reader| doorbells::find_of(reader, id)).unwrap(), None);
    });
}

#[test]
fn a_bell_knows_what_it_rang_for_and_how_that_was_answered() {
    both(|store| {
        let (account, _) = approver(store);
        assert_eq!(bell(store, account, 0), Bell::default());
        let states = [
            (ApprovalState::Used, Some(Answer::Approved), 300),
            (ApprovalState::Denied, Some(Answer::Refused), 10),
            (ApprovalState::WrongNumber, Some(Answer::Refused), 10),
            (ApprovalState::Lapsed, None, 300),
            (ApprovalState::Withdrawn, None, 10),
        ];
        let mut expected = Vec::new();
        for (n, (state, answer, until)) in (0..).zip(states) {
            let second = n * 400;
            let (id, rang) = ring(store, account, second);
            assert!(rang);
            end(store, id, state, second + until.min(10));
            expected.push(Rung { at: at(second), until: at(second + until.min(10)), answer });
        }
        assert_eq!(bell(store, account, 2000).rung, expected);
        assert_eq!(
            bell(store, account, 24 * 60 * 60).rung,
            expected[1..],
            "what is older counts for nothing"
        );
        assert_eq!(write(store, |tx| bells::delete_rung(tx, at(401), 9)), 2);
        assert_eq!(bell(store, account, 2000).rung, expected[2..]);
    });
}

#[test]
fn a_bell_rings_no_sooner_than_after_a_minute_and_not_while_it_is_quiet() {
    both(|store| {
        let (account, _) = approver(store);
        let try_at = |second| {
            let (id, rang) = ring(store, account, second);
            end(store, id, ApprovalState::Withdrawn, second);
            rang
        };
        assert!(try_at(0) && !try_at(59) && try_at(60));
        assert!(write(store, move |tx| bells::claim_quiet(tx, account, at(70))));
        assert!(!write(store, move |tx| bells::claim_quiet(tx, account, at(71))));
        assert!(!try_at(600));
        assert_eq!(bell(store, account, 600).quiet_since, Some(at(70)));
        assert!(write(store, move |tx| bells::claim_wanted(tx, account, at(700))));
        assert!(!write(store, move |tx| bells::claim_wanted(tx, account, at(701))));
        let wanted = bell(store, account, 700);
        assert_eq!((wanted.quiet_since, wanted.wanted_at), (None, Some(at(700))));
        assert!(try_at(701));
        assert_eq!(write(store, |tx| bells::delete_orphaned(tx, 9)), 0);
    });
}

#[test]
fn a_ring_is_given_to_one_worker_at_a_time_and_gives_way_to_the_next() {
    both(|store| {
        let own = approver(store);
        let set_up = doorbell(own);
        assert!(set(store, &set_up));
        let (first, _) = ring(store, own.0, 0);
        let earlier = queue(store, set_up.id, first);
        let later = queue(store, set_up.id, first);
        assert_ne!(earlier, later);
        assert_eq!(store.read(rings::next_due).unwrap(), Some(at(0)));
        let [leased] = lease(store, 0).try_into().unwrap();
        assert_eq!((leased.id, leased.doorbell, leased.approval), (later, set_up.id, first));
        assert_eq!((leased.attempt, leased.queued_at), (1, at(0)));
        assert_eq!(lease(store, 59), []);
        let [again] = lease(store, 60).try_into().unwrap();
        assert_eq!(again.attempt, 2);
        assert!(!write(store, move |tx| rings::put_off(tx, later, 1, at(61))));
        assert!(!write(store, move |tx| rings::claim_given_up(tx, later, 1)));
        assert!(write(store, move |tx| rings::put_off(tx, later, 2, at(90))));
        assert_eq!(store.read(rings::next_due).unwrap(), Some(at(90)));
        let whereto = |second| store.read(|reader| rings::whereto(reader, &again, at(second))).unwrap();
        let found = whereto(90).unwrap();
        assert_eq!((found.account, found.approver, found.until), (own.0, own.1, at(300)));
        assert_eq!(found.sealed, b"sealed");
        assert!(whereto(300).is_none(), "it is over");
        end(store, first, ApprovalState::Denied, 100);
        assert!(whereto(101).is_none(), "it is answered");
        assert_eq!(lease(store, 90).len(), 1);
        assert_eq!(write(store, rings::release_all), 1);
        assert!(write(store, move |tx| rings::claim_done(tx, later)));
        assert_eq!(store.read(rings::next_due).unwrap(), None);
    });
}

#[test]
fn there_is_one_key_for_push_services_and_it_is_kept_sealed() {
    both(|store| {
        let keys = store.keys();
        let find = || store.read(|reader| push_keys::find(reader, keys)).unwrap();
        assert!(find().is_none());
        for n in [1, 2] {
            let sealed = push_keys::seal(keys, &mut cx(seed()).entropy, &[n; 40]).unwrap();
            assert_eq!(write(store, move |tx| push_keys::claim_insert(tx, &sealed, noon())), n == 1);
        }
        assert_eq!(find().unwrap().expose(), &[1; 40]);
    });
}
