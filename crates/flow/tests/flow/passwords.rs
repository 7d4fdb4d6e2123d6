//! Passwords and apps: set, used, refused, and everything that is no proof.

use std::sync::Arc;

use argon2::{Algorithm as Variant, Argon2, Params, Version};
use flow::attempts::Turn;
use flow::authenticator::{self, bind::Added};
use flow::password::attempt::{self, Compared, Prepared, Typed, Whom};
use flow::password::choose::Weakness;
use flow::password::halfway::{self, Halfway};
use flow::password::hash::Scratch;
use flow::password::set::{self, Against, Set, Wanted};
use flow::password::sign_in::{self, Next};
use flow::password::{Password, confirm};
use flow::reauth;
use flow::session::Visitor;
use flow::sign_in::finish::Started;
use flow::totp::{self, add, sign_in as step};
use model::account::AccountState;
use model::assurance::Aal;
use model::authenticator::totp::{Step, Totp};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::event::{EventKind, NotProved, Subject};
use model::id::{AccountId, AuthenticatorId};
use model::method::{Method, MethodPolicy, MethodSet};
use model::refusal::Refusal;
use model::time::Time;
use wire::password_hash::PasswordHash;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const NOBODY: &str = "nobody@example.com";
pub(crate) const GOOD: &str = "wander quietly beneath seventeen lanterns";
const OTHER: &str = "eleven umbrellas forgot the morning ferry";
pub(crate) const WRONG: &str = "wander quietly beneath sixteen lanterns";

fn read(text: &str) -> Password {
    Password::read(text).unwrap()
}

/// Somebody with an account, signed in in a browser that is known for days.
pub(crate) fn at_home(sim: &mut Sim, address: &str, browser: u64) -> Visitor {
    sim.account(address);
    settle_in(sim, address, browser)
}

pub(crate) fn settle_in(sim: &mut Sim, address: &str, browser: u64) -> Visitor {
    sim.sign_in(address, browser);
    sim.advance(2 * DAYS);
    let started = sim.sign_in(address, browser);
    sim.visitor(&started)
}

/// Sets a password, or changes it where `current` is one.
pub(crate) fn set(
    sim: &mut Sim,
    by: &Visitor,
    browser: u64,
    (current, new): (Option<&str>, &str),
) -> Result<Set, Refusal> {
    let wanted = Wanted {
        new: read(new),
        current: current.map(read),
        browser_half: half(browser),
        visitor: by.clone(),
        source: source(browser),
    };
    let mut cx = sim.cx();
    let prepared = Arc::new(set::prepare(&sim.store, &mut cx, wanted).unwrap().unwrap());
    let ahead = Arc::clone(&prepared);
    let turn = sim.write(move |tx, cx| set::reserve(tx, cx, &ahead));
    let policy = sim.policy.clone();
    let against = Against { policy: &policy, breached: None, site: ("Linden Library", "linden.example") };
    let judged = prepared.judge(turn.as_ref(), &against, &mut Scratch::default()).unwrap();
    let ready = set::ready(&sim.store, &mut cx, &prepared, judged).unwrap();
    sim.write(move |tx, cx| set::commit(tx, cx, &prepared, (turn.as_ref(), &ready)))
}

pub(crate) fn prepare(
    sim: &mut Sim,
    whom: Whom,
    password: &str,
    (browser, current): (u64, Option<&Visitor>),
) -> Arc<Prepared> {
    let typed = Typed {
        whom,
        password: read(password),
        browser_half: half(browser),
        current: current.cloned(),
        source: source(browser),
    };
    let mut cx = sim.cx();
    Arc::new(attempt::prepare(&sim.store, &mut cx, typed).unwrap())
}

pub(crate) fn compared(sim: &mut Sim, prepared: &Arc<Prepared>) -> (Turn, Arc<Compared>) {
    let ahead = Arc::clone(prepared);
    let turn = sim.write(move |tx, cx| attempt::reserve(tx, cx, &ahead));
    (turn, Arc::new(prepared.compare(&turn, &mut Scratch::default()).unwrap()))
}

/// Types a password on the sign-in page.
pub(crate) fn sign_in(sim: &mut Sim, address: &str, password: &str, browser: u64) -> Result<Next, Refusal> {
    sign_in_while(sim, (address, password), browser, |_| ())
}

/// The same, while something happens after it was compared.
pub(crate) fn sign_in_while(
    sim: &mut Sim,
    (address, password): (&str, &str),
    browser: u64,
    meanwhile: impl FnOnce(&mut Sim),
) -> Result<Next, Refusal> {
    let whom = Whom::Address(sim.address(address));
    let prepared = prepare(sim, whom, password, (browser, None));
    let (turn, compared) = self::compared(sim, &prepared);
    meanwhile(sim);
    sim.write(move |tx, cx| sign_in::commit(tx, cx, &prepared, (&turn, &compared)))
}

pub(crate) fn refusal<T>(answer: Result<T, Refusal>) -> Refusal {
    answer.err().unwrap()
}

pub(crate) fn started(next: Result<Next, Refusal>) -> Started {
    match next {
        Ok(Next::In { started, .. }) => started,
        Ok(Next::Second(_)) => panic!("something more is asked for"),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

pub(crate) fn halfway(next: Result<Next, Refusal>) -> Halfway {
    match next {
        Ok(Next::Second(halfway)) => halfway,
        Ok(Next::In { .. }) => panic!("signed in by the password alone"),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

/// The code that an app shows.
pub(crate) fn code(totp: &Totp, now: Time) -> String {
    totp.code(Step::of(now)).expose().clone()
}

/// Adds an app; it is given back, as somebody has it in the hand.
pub(crate) fn add_app(sim: &mut Sim, by: &Visitor, browser: u64) -> Result<(Added, Totp), Refusal> {
    let mut cx = sim.cx();
    let offered = add::offer(&sim.store, &mut cx, (by, &half(browser))).unwrap();
    let code = code(&offered.totp, sim.now);
    let made = bring(sim, by, browser, (&offered.sealed, &code))?;
    Ok((made, offered.totp))
}

fn bring(sim: &mut Sim, by: &Visitor, browser: u64, (sealed, code): (&str, &str)) -> Result<Added, Refusal> {
    let made = add::Made {
        sealed: sealed.to_owned(),
        code: code.to_owned(),
        browser_half: half(browser),
        visitor: by.clone(),
        source: source(browser),
    };
    let mut cx = sim.cx();
    let prepared = add::prepare(&sim.store, &mut cx, made).unwrap()?;
    sim.write(move |tx, cx| add::commit(tx, cx, &prepared))
}

/// Types the code of the second step.
pub(crate) fn second(sim: &mut Sim, halfway: &Halfway, code: &str, browser: u64) -> Result<Started, Refusal> {
    let mut cx = sim.cx();
    let held = halfway.seal(sim.store.keys(), &mut cx).unwrap();
    let typed = step::Typed {
        halfway: held,
        code: code.to_owned(),
        browser_half: half(browser),
        current: None,
        source: source(browser),
    };
    let prepared = step::prepare(&sim.store, &cx, typed).unwrap()?;
    sim.write(move |tx, cx| step::commit(tx, cx, &prepared))
}

/// Types the password, and the code where one is given, within a session.
pub(crate) fn confirm(
    sim: &mut Sim,
    by: &Visitor,
    browser: u64,
    typed: (&str, Option<&str>),
) -> Result<Started, Refusal> {
    confirm_while(sim, (by, browser), typed, |_| ())
}

/// The same, while something happens after it was compared.
pub(crate) fn confirm_while(
    sim: &mut Sim,
    (by, browser): (&Visitor, u64),
    (password, code): (&str, Option<&str>),
    meanwhile: impl FnOnce(&mut Sim),
) -> Result<Started, Refusal> {
    let cx = sim.cx();
    let shown = match code {
        Some(code) => totp::show(&sim.store, &cx, by.account.id, code).unwrap()?,
        None => None,
    };
    let prepared = prepare(sim, Whom::Visitor(Box::new(by.clone())), password, (browser, Some(by)));
    let (turn, compared) = self::compared(sim, &prepared);
    meanwhile(sim);
    sim.write(move |tx, cx| confirm::commit(tx, cx, &prepared, (&turn, &compared, shown.as_ref())))
}

fn own(sim: &Sim, account: AccountId, kind: AuthenticatorKind) -> Option<Authenticator> {
    let all = authenticator::list(&sim.store, account).unwrap();
    all.into_iter().find(|own| own.kind == kind)
}

fn remove(sim: &mut Sim, by: &Visitor, id: AuthenticatorId) -> Result<(), Refusal> {
    let by = by.clone();
    sim.write(move |tx, cx| authenticator::remove(tx, cx, &by, (id, source(1))))
}

/// Puts a password there as an import does: with a hash that costs next to nothing.
pub(crate) fn imported(sim: &mut Sim, account: AccountId, password: &str) -> AuthenticatorId {
    let (salt, mut output) = ([7; 16], [0; 32]);
    let params = Params::new(8, 1, 1, Some(32)).unwrap();
    let made = Argon2::new(Variant::Argon2id, Version::V0x13, params);
    made.hash_password_into(password.as_bytes(), &salt, &mut output).unwrap();
    let hash = PasswordHash::argon2id((8, 1, 1), &salt, &output).unwrap();
    brought(sim, account, &hash.to_string())
}

fn brought(sim: &mut Sim, account: AccountId, hash: &str) -> AuthenticatorId {
    let mut cx = sim.cx();
    let id = AuthenticatorId::new(&mut cx).unwrap();
    let sealed = store::authenticators::seal(sim.store.keys(), &mut cx.entropy, id, hash.as_bytes()).unwrap();
    sim.write(move |tx, cx| {
        let authenticator = Authenticator {
            id,
            account,
            kind: AuthenticatorKind::Password,
            name: String::new(),
            added_at: cx.now,
            usable_at: cx.now,
            used_at: None,
            session: None,
            counter: 0,
        };
        let new = store::authenticators::New {
            authenticator: &authenticator,
            credential: None,
            sealed: &sealed,
            cancel: None,
            cookie: None,
        };
        assert!(store::authenticators::claim_insert(tx, &new)?);
        Ok(tx.unrecorded("a test", ()))
    });
    id
}

pub(crate) fn refused(sim: &Sim) -> Vec<(Method, NotProved, bool)> {
    let refused = |kind| match kind {
        EventKind::ProofRefused { method, because, known } => Some((method, because, known)),
        _ => None,
    };
    sim.events().into_iter().filter_map(|event| refused(event.kind)).collect()
}

pub(crate) fn blocked(sim: &Sim) -> Vec<(Method, bool, Time)> {
    let blocked = |kind| match kind {
        EventKind::AttemptsBlocked { method, known, until } => Some((method, known, until)),
        _ => None,
    };
    sim.events().into_iter().filter_map(|event| blocked(event.kind)).collect()
}

#[test]
fn a_password_is_set_signs_in_is_changed_and_removed() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let cx = sim.cx();
    assert_eq!(set::asked(&sim.store, &cx, &alice).unwrap(), set::Asked { current: false, least: 15 });
    let Ok(Set::Added(added)) = set(&mut sim, &alice, 1, (None, GOOD)) else { panic!("not added") };
    assert!(!added.held && added.authenticator.kind == AuthenticatorKind::Password);
    let session = started(sign_in(&mut sim, ALICE, GOOD, 2));
    assert_eq!(session.session.assurance.methods(), MethodSet::of(&[Method::Password]));
    assert_eq!(session.session.assurance.aal(), Aal::Aal1);
    assert!(own(&sim, alice.account.id, AuthenticatorKind::Password).unwrap().used_at.is_some());

    assert_eq!(refusal(set(&mut sim, &alice, 1, (Some(WRONG), OTHER))), Refusal::PasswordWrong);
    assert!(matches!(set(&mut sim, &alice, 1, (Some(GOOD), OTHER)), Ok(Set::Changed)));
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 2)), Refusal::PasswordWrong);
    started(sign_in(&mut sim, ALICE, OTHER, 2));
    let now = own(&sim, alice.account.id, AuthenticatorKind::Password).unwrap();
    assert_ne!(now.id, added.authenticator.id, "another password is another one");
    assert_eq!(remove(&mut sim, &alice, now.id), Ok(()));
    assert_eq!(refusal(sign_in(&mut sim, ALICE, OTHER, 2)), Refusal::PasswordWrong);
    let kinds = sim.kinds();
    for kind in ["authenticator_added", "authenticator_changed", "authenticator_removed"] {
        assert_eq!(kinds.iter().filter(|own| **own == kind).count(), 1, "{kind}");
    }
}

#[test]
fn a_weak_password_is_refused_with_the_reason_and_changes_nothing() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    for (typed, expected) in [
        ("kX9#vQ2mL7pR4w", Weakness::TooShort { has: 14, needs: 15 }),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness::Repeated),
        ("alice@example.com", Weakness::Personal),
    ] {
        match set(&mut sim, &alice, 1, (None, typed)) {
            Ok(Set::Weak(weakness)) => assert_eq!(weakness, expected, "{typed}"),
            _ => panic!("{typed} was taken"),
        }
    }
    assert!(own(&sim, alice.account.id, AuthenticatorKind::Password).is_none());
    // A weak new one costs whoever knows the current one no attempt.
    imported(&mut sim, alice.account.id, GOOD);
    for _ in 0..7 {
        assert!(matches!(set(&mut sim, &alice, 1, (Some(GOOD), "aaaaaaaaaaaaaaaa")), Ok(Set::Weak(_))));
    }
}

#[test]
fn a_password_and_an_app_reach_the_second_level_and_a_code_works_once() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    let (added, app) = add_app(&mut sim, &alice, 1).unwrap();
    assert!(!added.held);
    let half = halfway(sign_in(&mut sim, ALICE, GOOD, 2));
    assert_eq!(sim.kinds().last(), Some(&"password_matched"));
    // The code that the app was added with is used up.
    let first = code(&app, sim.now);
    assert_eq!(refusal(second(&mut sim, &half, &first, 2)), Refusal::AppCodeRepeated);
    sim.advance(30 * SECOND);
    let next = code(&app, sim.now);
    assert_eq!(refusal(second(&mut sim, &half, "12 34", 2)), Refusal::CodeMalformed);
    assert_eq!(refusal(second(&mut sim, &half, &next, 3)), Refusal::ChallengeOver, "another browser");
    let session = second(&mut sim, &half, &next, 2).unwrap();
    assert_eq!(session.session.assurance.methods(), MethodSet::of(&[Method::Password, Method::Totp]));
    assert!(session.session.assurance.reaches(Aal::Aal2, MINUTE, sim.now));
    assert_eq!(refusal(second(&mut sim, &half, &next, 2)), Refusal::AppCodeRepeated);
    sim.advance(30 * SECOND);
    let later = code(&app, sim.now);
    assert_eq!(refusal(second(&mut sim, &half, &later, 2)), Refusal::ChallengeOver, "it led to a session");
    // In a browser that the account knows the right password is no event of its own.
    let before = sim.kinds().len();
    halfway(sign_in(&mut sim, ALICE, GOOD, 2));
    assert_eq!(sim.kinds().len(), before);
    assert_eq!(
        refused(&sim),
        [(Method::Totp, NotProved::Repeated, false), (Method::Totp, NotProved::Repeated, true)]
    );
}

#[test]
fn what_was_begun_with_a_password_ends_with_it_and_after_five_minutes() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    let (_, app) = add_app(&mut sim, &alice, 1).unwrap();
    sim.advance(MINUTE);
    let late = halfway(sign_in(&mut sim, ALICE, GOOD, 2));
    sim.advance(halfway::LIFETIME);
    let typed = code(&app, sim.now);
    assert_eq!(refusal(second(&mut sim, &late, &typed, 2)), Refusal::ChallengeOver);
    let changed = halfway(sign_in(&mut sim, ALICE, GOOD, 2));
    set(&mut sim, &alice, 1, (Some(GOOD), OTHER)).unwrap();
    assert_eq!(refusal(second(&mut sim, &changed, &typed, 2)), Refusal::ChallengeOver);
    let locked = halfway(sign_in(&mut sim, ALICE, OTHER, 2));
    lock(&mut sim, alice.account.id);
    assert_eq!(refusal(second(&mut sim, &locked, &typed, 2)), Refusal::ChallengeOver);
}

fn lock(sim: &mut Sim, id: AccountId) {
    sim.write(move |tx, _| {
        store::accounts::claim_state(tx, id, AccountState::Open, AccountState::Locked)?;
        Ok(tx.unrecorded("a test", ()))
    });
}

/// Row 12: whatever the reason, a stranger gets one answer, and the owner reads which it was.
#[test]
fn row_12_a_stranger_gets_one_answer_whatever_the_reason() {
    let mut reasons = Vec::new();
    let mut ask = |prepare: fn(&mut Sim) -> &'static str| {
        let mut sim = Sim::new();
        let password = prepare(&mut sim);
        let answer = refusal(sign_in(&mut sim, ALICE, password, 66));
        assert_eq!(answer, Refusal::PasswordWrong);
        reasons.extend(refused(&sim).last().copied());
    };
    fn with_password(sim: &mut Sim) -> AccountId {
        let alice = at_home(sim, ALICE, 1);
        imported(sim, alice.account.id, GOOD);
        alice.account.id
    }
    ask(|_| GOOD);
    ask(|sim| {
        sim.account(ALICE);
        GOOD
    });
    ask(|sim| {
        with_password(sim);
        WRONG
    });
    ask(|sim| {
        let id = with_password(sim);
        lock(sim, id);
        GOOD
    });
    ask(|sim| {
        with_password(sim);
        sim.policy.methods = MethodPolicy::OPEN.without(Method::Password);
        GOOD
    });
    ask(|sim| {
        sim.account(ALICE);
        sim.advance(HOUR);
        let session = sim.sign_in(ALICE, 1);
        let new = sim.visitor(&session);
        assert!(matches!(set(sim, &new, 1, (None, GOOD)), Ok(Set::Added(Added { held: true, .. }))));
        GOOD
    });
    let of = |because| (Method::Password, because, false);
    let [wrong, locked, off, held] =
        [NotProved::Mismatch, NotProved::Locked, NotProved::MethodOff, NotProved::Held].map(of);
    assert_eq!(reasons, [wrong, wrong, wrong, locked, off, held]);
}

#[test]
fn a_browser_that_has_signed_in_before_is_told_more() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.advance(HOUR);
    let session = sim.sign_in(ALICE, 1);
    let new = sim.visitor(&session);
    set(&mut sim, &new, 1, (None, GOOD)).unwrap();
    let at = sim.now + DAYS;
    assert_eq!(refusal(sign_in(&mut sim, ALICE, WRONG, 1)), Refusal::PasswordWrong);
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 1)), Refusal::AuthenticatorHeld { at });
    sim.advance(DAYS);
    sim.policy.methods = MethodPolicy::OPEN.without(Method::Password);
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 1)), Refusal::MethodOff);
    sim.policy.methods = MethodPolicy::OPEN;
    started(sign_in(&mut sim, ALICE, GOOD, 1));
    for _ in 0..5 {
        assert_eq!(refusal(sign_in(&mut sim, ALICE, WRONG, 1)), Refusal::PasswordWrong);
    }
    let until = sim.now + MINUTE;
    assert_eq!(refusal(sign_in(&mut sim, ALICE, GOOD, 1)), Refusal::AttemptsBlocked { until });
    sim.advance(MINUTE);
    started(sign_in(&mut sim, ALICE, GOOD, 1));
}

#[test]
fn an_imported_hash_is_made_anew_and_one_that_saw_its_beginning_only_is_to_be_replaced() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let id = imported(&mut sim, alice.account.id, GOOD);
    let whom = Whom::Address(sim.address(ALICE));
    let prepared = prepare(&mut sim, whom, GOOD, (2, None));
    let (_, compared) = self::compared(&mut sim, &prepared);
    let mut cx = sim.cx();
    let renewal = attempt::renewal(&sim.store, &mut cx, (&prepared, &compared)).unwrap().unwrap();
    let stale = attempt::renewal(&sim.store, &mut cx, (&prepared, &compared)).unwrap().unwrap();
    assert!(sim.write(move |tx, _| attempt::renew(tx, &renewal)));
    assert!(!sim.write(move |tx, _| attempt::renew(tx, &stale)), "one of two writes");
    assert_eq!(own(&sim, alice.account.id, AuthenticatorKind::Password).unwrap().id, id);
    let whom = Whom::Address(sim.address(ALICE));
    let prepared = prepare(&mut sim, whom, GOOD, (2, None));
    let (turn, compared) = self::compared(&mut sim, &prepared);
    assert!(compared.is_right());
    assert!(
        attempt::renewal(&sim.store, &mut cx, (&prepared, &compared)).unwrap().is_none(),
        "it is ours now"
    );
    sim.write(move |tx, cx| sign_in::commit(tx, cx, &prepared, (&turn, &compared))).unwrap();

    // bcrypt of cost 4, of 72 times "a" (by libxcrypt).
    let bob = sim.account("bob@example.com");
    brought(&mut sim, bob, BCRYPT);
    let long = "a".repeat(80);
    match sign_in(&mut sim, "bob@example.com", &long, 9) {
        Ok(Next::In { anew, .. }) => assert!(anew),
        _ => panic!("not signed in"),
    }
}

const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";

#[test]
fn within_a_session_both_are_asked_for_and_reach_the_highest_level() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    sim.advance(10 * MINUTE);
    let raised = confirm(&mut sim, &alice, 1, (GOOD, None)).unwrap();
    assert_eq!(raised.session.id, alice.session.id);
    let (_, app) = add_app(&mut sim, &alice, 1).unwrap();
    sim.advance(10 * MINUTE);
    let cx = sim.cx();
    let ways = reauth::ways(&sim.store, &cx, &alice).unwrap();
    assert_eq!(ways.methods, MethodSet::of(&[Method::Password, Method::Totp]));
    assert_eq!(refusal(confirm(&mut sim, &alice, 1, (GOOD, None))), Refusal::AppCodeWrong);
    let right = code(&app, sim.now);
    assert_eq!(refusal(confirm(&mut sim, &alice, 1, (WRONG, Some(&right)))), Refusal::PasswordWrong);
    let raised = confirm(&mut sim, &alice, 1, (GOOD, Some(&right))).unwrap();
    assert!(raised.session.assurance.reaches(Aal::Aal2, 5 * MINUTE, sim.now));
    assert_eq!(refusal(confirm(&mut sim, &alice, 1, (GOOD, Some(&right)))), Refusal::AppCodeRepeated);
    assert!(matches!(sim.events().last().unwrap().subject, Subject::Account(id) if id == alice.account.id));
}

#[test]
fn a_short_password_lives_beside_an_app_and_goes_with_it() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    let (added, _) = add_app(&mut sim, &alice, 1).unwrap();
    let cx = sim.cx();
    assert_eq!(set::asked(&sim.store, &cx, &alice).unwrap(), set::Asked { current: true, least: 8 });
    assert!(matches!(set(&mut sim, &alice, 1, (Some(GOOD), "kX9#vQ2m")), Ok(Set::Changed)));
    halfway(sign_in(&mut sim, ALICE, "kX9#vQ2m", 2));
    // Where the policy stops asking for the code, it lets in once more and asks for another one.
    let open = sim.policy.methods;
    sim.policy.methods = open.without(Method::Totp);
    assert!(matches!(sign_in(&mut sim, ALICE, "kX9#vQ2m", 2), Ok(Next::In { anew: true, .. })));
    sim.policy.methods = open;
    assert_eq!(remove(&mut sim, &alice, added.authenticator.id), Ok(()));
    assert!(authenticator::list(&sim.store, alice.account.id).unwrap().is_empty());
    // A long one stays.
    set(&mut sim, &alice, 1, (None, GOOD)).unwrap();
    let (added, _) = add_app(&mut sim, &alice, 1).unwrap();
    assert_eq!(remove(&mut sim, &alice, added.authenticator.id), Ok(()));
    started(sign_in(&mut sim, ALICE, GOOD, 2));
}

#[test]
fn an_app_is_kept_only_after_its_first_code_in_its_browser_and_once() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let mut cx = sim.cx();
    let offered = add::offer(&sim.store, &mut cx, (&alice, &half(1))).unwrap();
    let right = code(&offered.totp, sim.now);
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    let try_it = |sim: &mut Sim, browser, code: &str| bring(sim, &alice, browser, (&offered.sealed, code));
    assert_eq!(refusal(try_it(&mut sim, 1, &wrong)), Refusal::AppCodeWrong);
    assert_eq!(refusal(try_it(&mut sim, 1, "12345")), Refusal::CodeMalformed);
    assert_eq!(refusal(try_it(&mut sim, 2, &right)), Refusal::ChallengeOver);
    let again = add::reopen(sim.store.keys(), sim.now, (&offered.sealed, &half(1)), &alice).unwrap();
    assert_eq!(again.totp.key().expose(), offered.totp.key().expose());
    try_it(&mut sim, 1, &right).unwrap();
    assert_eq!(refusal(try_it(&mut sim, 1, &right)), Refusal::ChallengeOver);
    assert_eq!(refusal(add_app(&mut sim, &alice, 1)), Refusal::TooMany, "one app");
    sim.advance(add::LIFETIME);
    assert!(add::reopen(sim.store.keys(), sim.now, (&offered.sealed, &half(1)), &alice).is_err());
}

#[test]
fn from_an_unknown_browser_a_first_one_is_held_for_a_day() {
    let mut sim = Sim::new();
    let alice = at_home(&mut sim, ALICE, 1);
    let session = sim.sign_in(ALICE, 6);
    let intruder = sim.visitor(&session);
    let Ok(Set::Added(added)) = set(&mut sim, &intruder, 6, (None, GOOD)) else { panic!("not added") };
    assert!(added.held && added.authenticator.usable_at == sim.now + DAYS);
    let (id, secret) = (added.authenticator.id, *added.cancel.expose());
    let (app, totp) = add_app(&mut sim, &intruder, 6).unwrap();
    assert!(app.held);
    // A held one proves nothing, and changing it does not end the hold.
    assert!(matches!(set(&mut sim, &intruder, 6, (Some(GOOD), OTHER)), Ok(Set::Changed)));
    let (shown, at) = (code(&totp, sim.now), sim.now + DAYS);
    let held = confirm(&mut sim, &intruder, 6, (OTHER, Some(&shown)));
    assert_eq!(refusal(held), Refusal::AuthenticatorHeld { at });
    sim.advance(DAYS - SECOND);
    assert_eq!(refusal(sign_in(&mut sim, ALICE, OTHER, 2)), Refusal::PasswordWrong);
    let gone = sim.write(move |tx, cx| authenticator::cancel(tx, cx, &(id, secret), source(1)));
    assert_eq!(gone, Err(Refusal::LinkUnknown), "that one was changed");
    sim.advance(SECOND);
    let now = own(&sim, alice.account.id, AuthenticatorKind::Password).unwrap();
    assert!(now.is_usable(sim.now));
}
