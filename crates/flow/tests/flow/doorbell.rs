//! A doorbell rings for what waits, for whoever wants that, within its limits; and whatever it does, what waits is seen.

use std::time::Duration;

use flow::approval::answer;
use flow::approval::approver::{self, Approver, Cookie};
use flow::approval::ask::{self, Ask, Door};
use flow::doorbell::deliver::{self, Leased, Ring};
use flow::doorbell::{self, Here};
use flow::sweep;
use model::approval::ApprovalState;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::doorbell::{APART, MOST_IN_VAIN, WINDOW};
use model::enrolment::cookie_digest;
use model::event::EventKind;
use model::id::{AccountId, ApprovalId, AuthenticatorId};
use model::message::Obstacle;
use model::method::MethodPolicy;
use model::nearness::Nearness;
use model::policy::Policy;
use model::push::Pushed;
use model::refusal::Refusal;
use model::time::Time;
use proptest::prelude::*;
use proving::push::Browser;
use store::approvals::Answer;
use wire::push::subscription::Subscription;

use crate::approvals::{self, ALICE};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source, unlimited};

const ANNA: &str = "anna@example.org";
/// The browser that asks, which the account knows.
const ASKING: u64 = 1;
const STRANGE: u64 = 2;

fn sim() -> (Sim, AccountId) {
    let mut sim = Sim::with(Policy { methods: MethodPolicy::OPEN, ..unlimited() });
    let anna = sim.account(ANNA);
    sim.sign_in(ANNA, ASKING);
    (sim, anna)
}

/// An approver, put there without a ceremony.
fn approver(sim: &mut Sim, account: AccountId, usable_in: Duration) -> (Here, Cookie) {
    let (id, cookie) = sim.write(move |tx, cx| {
        let own = Authenticator {
            id: AuthenticatorId::new(cx)?,
            account,
            kind: AuthenticatorKind::Approver,
            name: "telephone".to_owned(),
            added_at: cx.now,
            usable_at: cx.now + usable_in,
            used_at: None,
            session: None,
            counter: 0,
        };
        let secret = cx.entropy.bytes::<16>()?;
        let cookie = cookie_digest(tx.keys(), own.id, &secret);
        let sealed = store::authenticators::seal(tx.keys(), &mut cx.entropy, own.id, b"none")?;
        let new = store::authenticators::New {
            authenticator: &own,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: Some(cookie),
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", (own.id, (own.id, secret))))
    });
    (Here { account, approver: id, source: source(9) }, cookie)
}

fn browser(n: u8) -> Browser {
    Browser::new(&[n; 32], [n; 16]).unwrap()
}

fn switch_on(sim: &mut Sim, here: Here, n: u8) -> Result<(), Refusal> {
    let endpoint = format!("https://push.example.net/{n}");
    let subscription = Subscription::parse(&browser(n).subscription(&endpoint)).unwrap();
    let mut cx = sim.cx();
    let prepared = doorbell::prepare(&sim.store, &mut cx, &here, &subscription).unwrap();
    sim.write(move |tx, cx| doorbell::switch_on(tx, cx, &here, &prepared))
}

/// An account with one approver that rings.
fn ringing() -> (Sim, Here, Cookie) {
    let (mut sim, anna) = sim();
    let (here, cookie) = approver(&mut sim, anna, Duration::ZERO);
    switch_on(&mut sim, here, 1).unwrap();
    (sim, here, cookie)
}

fn ask(sim: &mut Sim, browser: u64) -> ApprovalId {
    let door = Door::SignIn(sim.address(ANNA));
    let ask = Ask { door, client: None, browser_half: half(browser), source: source(browser) };
    let mut cx = sim.cx();
    let prepared = ask::prepare(&sim.store, &mut cx, ask).unwrap().unwrap();
    sim.write(move |tx, cx| ask::commit(tx, cx, &prepared)).unwrap()
}

fn holder(sim: &Sim, cookie: &Cookie) -> Approver {
    approver::find(&sim.store, cookie).unwrap().unwrap()
}

fn deny(sim: &mut Sim, cookie: &Cookie, id: ApprovalId) {
    let by = holder(sim, cookie);
    sim.write(move |tx, cx| answer::deny(tx, cx, (&by, id, source(9)))).unwrap();
}

/// As the ceremony of the approver's passkey leaves it, but for the passkey.
fn approve(sim: &mut Sim, here: Here, id: ApprovalId) {
    sim.write(move |tx, cx| {
        let take_until = Some(cx.now + MINUTE);
        let (approver, state, nearness) = (here.approver, ApprovalState::Approved, Nearness::Nearby);
        let given = Answer { approver, state, take_until, nearness };
        assert!(store::approvals::claim_answer(tx, (id, here.account), (&given, cx.now))?);
        Ok(tx.unrecorded("a test", ()))
    });
}

fn lease(sim: &mut Sim) -> Vec<Leased> {
    sim.write(|tx, cx| deliver::lease(tx, cx, 99))
}

fn compose(sim: &mut Sim, leased: &Leased) -> Option<Ring> {
    let mut cx = sim.cx();
    deliver::compose(&sim.store, &mut cx, leased).unwrap()
}

fn settle(sim: &mut Sim, leased: &Leased, ring: &Ring, pushed: Pushed) {
    let (leased, account, approver) = (leased.clone(), ring.account, ring.approver);
    sim.write(move |tx, cx| deliver::settle(tx, cx, (&leased, account, approver), pushed));
}

/// How many rings are due; each is handed over.
fn rung(sim: &mut Sim) -> usize {
    let all = lease(sim);
    for leased in &all {
        let ring = compose(sim, leased).unwrap();
        settle(sim, leased, &ring, Pushed::Taken);
    }
    all.len()
}

fn count(sim: &Sim, kind: &str) -> usize {
    sim.kinds().iter().filter(|one| **one == kind).count()
}

#[test]
fn what_waits_rings_each_approver_whose_owner_wants_that_and_says_nothing() {
    let (mut sim, here, cookie) = ringing();
    let (second, _) = approver(&mut sim, here.account, Duration::ZERO);
    switch_on(&mut sim, second, 2).unwrap();
    approver(&mut sim, here.account, Duration::ZERO);
    assert!(lease(&mut sim).is_empty(), "nothing rings by itself");
    let id = ask(&mut sim, ASKING);
    let leased = lease(&mut sim);
    assert_eq!(leased.len(), 2);
    assert!(lease(&mut sim).is_empty(), "in the hands of a worker");
    for one in &leased {
        let ring = compose(&mut sim, one).unwrap();
        let n = if ring.approver == here.approver { 1 } else { 2 };
        assert_eq!(ring.endpoint.to_string(), format!("https://push.example.net/{n}"));
        assert_eq!(browser(n).open(&ring.content), Some(Vec::new()), "no content");
        assert_eq!(browser(n + 1).open(&ring.content), None);
        assert_eq!(ring.content.len(), 86 + 32 + 1 + 16);
        assert_eq!(ring.kept, Duration::from_secs(120));
        settle(&mut sim, one, &ring, Pushed::Taken);
    }
    assert_eq!(count(&sim, "doorbell_rung"), 2);
    let approver = sim.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::DoorbellRung { approval, approver } if approval == id => Some(approver),
        _ => None,
    });
    assert!(approver.is_some());
    sim.advance(HOUR);
    assert!(lease(&mut sim).is_empty(), "once");
    assert!(approver::look(&sim.store, &holder(&sim, &cookie), id).unwrap().is_some());
}

#[test]
fn nothing_rings_for_a_stranger_for_nobody_or_where_it_is_not_wanted() {
    let (mut sim, here, _) = ringing();
    ask(&mut sim, STRANGE);
    assert!(lease(&mut sim).is_empty(), "an approval that is a decoy");
    sim.write(move |tx, cx| doorbell::switch_off(tx, cx, &here));
    ask(&mut sim, ASKING);
    assert!(lease(&mut sim).is_empty(), "switched off");
    assert_eq!((count(&sim, "doorbell_switched"), count(&sim, "approval_asked")), (2, 2));

    let (mut sim, here, _) = ringing();
    sim.policy.doorbell = false;
    ask(&mut sim, ASKING);
    assert!(lease(&mut sim).is_empty(), "the operator wants none");
    assert_eq!(switch_on(&mut sim, here, 1), Err(Refusal::MethodOff));
    let cx = sim.cx();
    assert!(doorbell::standing(&sim.store, &cx, (here.account, here.approver)).unwrap().key.is_none());

    let (mut sim, anna) = sim_with_held();
    ask(&mut sim, ASKING);
    assert_eq!(lease(&mut sim).len(), 1, "{anna:?}: the one that is held does not ring");
}

fn sim_with_held() -> (Sim, AccountId) {
    let (mut sim, here, _) = ringing();
    let (held, _) = approver(&mut sim, here.account, DAYS);
    switch_on(&mut sim, held, 2).unwrap();
    (sim, here.account)
}

#[test]
fn row_15_three_rings_in_vain_make_it_quiet_and_nothing_else() {
    let (mut sim, here, cookie) = ringing();
    for n in 0..3 {
        let id = ask(&mut sim, ASKING);
        assert_eq!(rung(&mut sim), 1, "{n}");
        if n == 1 {
            deny(&mut sim, &cookie, id);
        }
        sim.advance(MINUTE * 6);
    }
    for _ in 0..5 {
        let id = ask(&mut sim, ASKING);
        assert_eq!(rung(&mut sim), 0);
        // Quiet never closes the way by which somebody looks.
        let cx = sim.cx();
        let waits = approver::waiting(&sim.store, &cx, &holder(&sim, &cookie)).unwrap().unwrap();
        assert_eq!(waits.id, id);
        sim.advance(MINUTE * 6);
    }
    assert_eq!(count(&sim, "doorbell_silenced"), 1, "said once");
    let standing = |sim: &mut Sim| {
        let cx = sim.cx();
        doorbell::standing(&sim.store, &cx, (here.account, here.approver)).unwrap()
    };
    assert!(standing(&mut sim).quiet_since.is_some());
    sim.advance(DAYS * 30);
    ask(&mut sim, ASKING);
    assert_eq!(rung(&mut sim), 0, "time alone brings it back to nobody");
    sim.write(move |tx, cx| doorbell::want_back(tx, cx, &here));
    assert_eq!(standing(&mut sim).quiet_since, None);
    sim.advance(MINUTE * 6);
    ask(&mut sim, ASKING);
    assert_eq!(rung(&mut sim), 1);
    sim.write(move |tx, cx| doorbell::want_back(tx, cx, &here));
    assert_eq!(count(&sim, "doorbell_switched"), 2, "it was not quiet: nothing to record");
}

#[test]
fn row_15_one_who_asks_again_and_again_rings_once_a_minute_at_most() {
    let (mut sim, _, _) = ringing();
    let mut rings = 0;
    for _ in 0..120 {
        ask(&mut sim, ASKING);
        rings += rung(&mut sim);
        sim.advance(SECOND);
    }
    assert_eq!(rings, 2, "what is asked anew takes the place of what waited, and rings no sooner for it");
}

#[test]
fn row_18_what_is_over_before_it_leaves_does_not_ring() {
    let (mut sim, here, cookie) = ringing();
    let id = ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    deny(&mut sim, &cookie, id);
    assert!(compose(&mut sim, &leased).is_none());
    let gone = leased.clone();
    sim.write(move |tx, _| deliver::forget(tx, &gone));
    sim.advance(MINUTE);
    let id = ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    approve(&mut sim, here, id);
    assert!(compose(&mut sim, &leased).is_none());
}

#[test]
fn a_browser_that_its_push_service_knows_no_more_rings_no_more() {
    let (mut sim, here, _) = ringing();
    ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    let ring = compose(&mut sim, &leased).unwrap();
    settle(&mut sim, &leased, &ring, Pushed::Gone);
    settle(&mut sim, &leased, &ring, Pushed::Gone);
    assert_eq!(count(&sim, "doorbell_gone"), 1);
    sim.advance(MINUTE * 6);
    ask(&mut sim, ASKING);
    assert!(lease(&mut sim).is_empty());
    // Where it was reached otherwise in the meantime, that one stays.
    switch_on(&mut sim, here, 1).unwrap();
    sim.advance(MINUTE * 6);
    ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    let ring = compose(&mut sim, &leased).unwrap();
    switch_on(&mut sim, here, 2).unwrap();
    settle(&mut sim, &leased, &ring, Pushed::Gone);
    assert_eq!(count(&sim, "doorbell_gone"), 1);
    let cx = sim.cx();
    let standing = doorbell::standing(&sim.store, &cx, (here.account, here.approver)).unwrap();
    assert_eq!(standing.doorbell.unwrap().service, "https://push.example.net");
}

#[test]
fn a_push_service_that_does_not_answer_is_asked_again_for_two_minutes_and_no_longer() {
    let (mut sim, _, _) = ringing();
    ask(&mut sim, ASKING);
    let later = |after| Pushed::Later { why: Obstacle::TryLater, after };
    let (mut attempts, begun) = (0, sim.now);
    while sim.now < begun + MINUTE * 5 {
        for leased in lease(&mut sim) {
            let ring = compose(&mut sim, &leased).unwrap();
            attempts += 1;
            settle(&mut sim, &leased, &ring, later(None));
            assert!(sim.now < begun + MINUTE * 2);
        }
        sim.advance(SECOND);
    }
    assert_eq!(attempts, 6, "after 5, 15, and then each 30 seconds");
    // Whoever wants to be left alone for longer than it waits is left alone.
    sim.advance(MINUTE);
    ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    let ring = compose(&mut sim, &leased).unwrap();
    settle(&mut sim, &leased, &ring, later(Some(MINUTE * 3)));
    sim.advance(MINUTE * 4);
    assert!(lease(&mut sim).is_empty());
    sim.advance(MINUTE * 2);
    ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    let ring = compose(&mut sim, &leased).unwrap();
    settle(&mut sim, &leased, &ring, Pushed::Refused { why: Obstacle::Refused });
    sim.advance(MINUTE);
    assert!(lease(&mut sim).is_empty());
    assert_eq!(count(&sim, "doorbell_rung"), 0);
}

#[test]
fn a_push_service_that_refuses_is_told_of_once_until_it_takes_a_ring() {
    let (mut sim, here, _) = ringing();
    let refused = Pushed::Refused { why: Obstacle::NotAuthorised };
    let mut rings = |pushed| {
        sim.advance(WINDOW);
        sim.write(move |tx, cx| doorbell::want_back(tx, cx, &here));
        ask(&mut sim, ASKING);
        let leased = lease(&mut sim).remove(0);
        let ring = compose(&mut sim, &leased).unwrap();
        settle(&mut sim, &leased, &ring, pushed);
        settle(&mut sim, &leased, &ring, pushed);
        let set = sim.store.read(|reader| store::doorbells::find_of(reader, here.approver)).unwrap();
        (count(&sim, "doorbell_refused"), set.unwrap().refused_at == Some(sim.now))
    };
    assert_eq!(rings(refused), (1, true));
    assert_eq!(rings(refused), (1, false), "known already; it is tried all the same");
    assert_eq!(rings(Pushed::Taken), (1, false));
    assert_eq!(rings(refused), (2, true), "it had been taken in between");
    let said = sim.events().into_iter().rev().find_map(|event| match event.kind {
        EventKind::DoorbellRefused { approver, service, why } => Some((approver, service, why)),
        _ => None,
    });
    let service = "https://push.example.net".to_owned();
    assert_eq!(said, Some((here.approver, service, Obstacle::NotAuthorised)));
    // Switched on anew it is another one, of which nothing is refused yet.
    switch_on(&mut sim, here, 2).unwrap();
    let set = sim.store.read(|reader| store::doorbells::find_of(reader, here.approver)).unwrap();
    assert_eq!(set.unwrap().refused_at, None);
}

#[test]
fn with_its_approver_a_doorbell_goes() {
    let (mut sim, here, _) = ringing();
    ask(&mut sim, ASKING);
    let leased = lease(&mut sim).remove(0);
    sim.write(move |tx, _| {
        assert!(store::authenticators::claim_remove(tx, here.account, here.approver)?);
        Ok(tx.unrecorded("a test", ()))
    });
    assert!(compose(&mut sim, &leased).is_none());
    assert_eq!(switch_on(&mut sim, here, 1), Err(Refusal::AuthenticatorUnknown));
    sim.write(|tx, cx| sweep::forget(tx, cx));
    let left = sim.store.read(|reader| store::doorbells::find_of(reader, here.approver)).unwrap();
    assert_eq!(left, None);
}

#[test]
fn what_its_owner_approves_brings_a_quiet_bell_back() {
    let mut sim = Sim::new();
    let (alice, mut phone) = approvals::with_password(&mut sim);
    let account = alice.account.id;
    let all = sim.store.read(|reader| store::authenticators::list(reader, account)).unwrap();
    let own = all.iter().find(|kept| kept.authenticator.kind == AuthenticatorKind::Approver).unwrap();
    let here = Here { account, approver: own.authenticator.id, source: source(9) };
    switch_on(&mut sim, here, 1).unwrap();
    let asking = approvals::Asking::at_home(ALICE, 1);
    for _ in 0..4 {
        approvals::ask(&mut sim, &asking).unwrap();
        rung(&mut sim);
        sim.advance(MINUTE * 6);
    }
    let quiet = |sim: &mut Sim| {
        let cx = sim.cx();
        doorbell::standing(&sim.store, &cx, (account, here.approver)).unwrap().quiet_since.is_some()
    };
    assert!(quiet(&mut sim));
    let id = approvals::ask(&mut sim, &asking).unwrap();
    phone.approve(&mut sim, id).unwrap();
    assert!(!quiet(&mut sim));
}

/// What happens next in a year, after so many seconds.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Asked,
    Denied,
    Approved,
    WantedBack,
}

fn deeds() -> impl Strategy<Value = Vec<(u64, Deed)>> {
    let deed = prop_oneof![
        7 => Just(Deed::Asked),
        2 => Just(Deed::Denied),
        1 => Just(Deed::Approved),
        1 => Just(Deed::WantedBack),
    ];
    let pause = prop_oneof![3 => 0_u64..5, 3 => 0_u64..90, 3 => 0_u64..1800, 1 => 0_u64..400_000];
    proptest::collection::vec((pause, deed), 20..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn row_15_no_sequence_within_365_days_breaks_the_limits(deeds in deeds()) {
        let (mut sim, here, cookie) = ringing();
        let (begun, mut live) = (sim.now, None);
        // When it rang, and whether what it rang for was approved.
        let mut rang: Vec<(Time, ApprovalId, bool)> = Vec::new();
        for (pause, deed) in deeds {
            sim.advance(Duration::from_secs(pause));
            if sim.now >= begun + DAYS * 365 {
                break;
            }
            let cx = sim.cx();
            let waits = approver::waiting(&sim.store, &cx, &holder(&sim, &cookie)).unwrap();
            let waits = waits.filter(|waits| waits.state == ApprovalState::Waiting).map(|waits| waits.id);
            match (deed, waits) {
                (Deed::Asked, _) => {
                    let id = ask(&mut sim, ASKING);
                    live = Some(id);
                    if rung(&mut sim) > 0 {
                        rang.push((sim.now, id, false));
                    }
                }
                (Deed::Denied, Some(id)) => deny(&mut sim, &cookie, id),
                (Deed::Approved, Some(id)) => {
                    approve(&mut sim, here, id);
                    rang.iter_mut().filter(|(_, of, _)| *of == id).for_each(|(.., approved)| *approved = true);
                }
                (Deed::WantedBack, _) => sim.write(move |tx, cx| doorbell::want_back(tx, cx, &here)),
                (Deed::Denied | Deed::Approved, None) => {}
            }
            // Whatever the bell does, what waits is seen.
            if let (Some(id), true) = (live, deed_asks(deed)) {
                prop_assert!(approver::look(&sim.store, &holder(&sim, &cookie), id).unwrap().is_some());
            }
        }
        for (one, next) in rang.iter().zip(rang.iter().skip(1)) {
            prop_assert!(next.0 >= one.0 + APART);
        }
        let vain: Vec<Time> = rang.iter().filter(|(.., approved)| !approved).map(|(at, ..)| *at).collect();
        for (one, fourth) in vain.iter().zip(vain.iter().skip(MOST_IN_VAIN)) {
            prop_assert!(*fourth >= *one + WINDOW, "four in vain within a day");
        }
    }
}

const fn deed_asks(deed: Deed) -> bool {
    matches!(deed, Deed::Asked)
}
