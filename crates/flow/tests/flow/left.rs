//! What is left to whoever recovers an account: a passkey or an app, that may be closed for signing in.

use flow::entry;
use flow::passkey::answer::{self, Answer};
use flow::recover::app::{self, Typed};
use flow::recover::passkey as by_passkey;
use model::assurance::Aal;
use model::authenticator::totp::Totp;
use model::entry::{Entry, RECOVERY, SECOND as WITHIN};
use model::event::{AddressRole, EntryKind, EventKind, NotProved};
use model::id::EntryId;
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::notice::What;
use model::refusal::Refusal;
use proving::passkey::Authenticator;

use crate::entries::enter;
use crate::passkeys::{add, ask, at_home, bring, device, party};
use crate::passwords::{add_app, code, imported};
use crate::recovery::{add_address, mailed, make, saved};
use crate::sim::{HOUR, MINUTE, Sim, half, source, unlimited};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.org";

/// A whole round: `browser` is asked for any passkey on the page of a recovery, and `device` answers.
pub(crate) fn with_passkey(
    sim: &mut Sim,
    browser: u64,
    device: &mut Authenticator,
) -> Result<EntryId, Refusal> {
    let mut cx = sim.cx();
    let asked = answer::ask_recovery(&sim.store, &party(), &mut cx, &half(browser)).unwrap();
    let json = device.sign(&asked.options).unwrap();
    bring_here(sim, browser, (&asked.challenge, &json))
}

fn bring_here(sim: &mut Sim, browser: u64, (challenge, json): (&str, &str)) -> Result<EntryId, Refusal> {
    let answer = Answer {
        challenge: challenge.to_owned(),
        assertion: wire::passkey::assertion(json).unwrap(),
        browser_half: half(browser),
        current: None,
        source: source(browser),
    };
    let mut cx = sim.cx();
    let prepared = by_passkey::prepare(&sim.store, &party(), &mut cx, answer).unwrap()?;
    sim.write(move |tx, cx| by_passkey::commit(tx, cx, &prepared))
}

/// `browser` types a code beside what waits there.
pub(crate) fn with_app(
    sim: &mut Sim,
    (entry, browser): (EntryId, u64),
    code: &str,
) -> Result<EntryId, Refusal> {
    let typed = Typed { entry, code: code.to_owned(), browser_half: half(browser), source: source(browser) };
    let cx = sim.cx();
    let prepared = app::prepare(&sim.store, &cx, &typed).unwrap()?;
    sim.write(move |tx, cx| app::commit(tx, cx, &prepared))
}

fn found(sim: &Sim, id: EntryId) -> Entry {
    sim.store.read(|reader| store::entries::find(reader, id)).unwrap().unwrap()
}

/// Neither passkeys nor apps sign anybody in; both get back in.
fn only_recovering(sim: &mut Sim) {
    let shut = MethodSet::ALL.without(Method::Passkey).without(Method::Totp);
    sim.policy.methods = MethodPolicy::OPEN.with(Use::SignIn, shut).with(Use::StepUp, MethodSet::NONE);
}

/// Alice at home in browser 1, with Bob's mailbox for recovery, a passkey, and an app if she is to have one.
fn alice(sim: &mut Sim, with_app: bool) -> (Authenticator, Option<Totp>) {
    let alice = at_home(sim, ALICE, 1);
    add_address(sim, &alice, BOB, AddressRole::Recovery);
    let mut device = device();
    add(sim, &alice, 1, &mut device).unwrap();
    let app = with_app.then(|| add_app(sim, &alice, 1).unwrap().1);
    sim.post();
    sim.advance(2 * HOUR);
    (device, app)
}

#[test]
fn row_43_a_passkey_that_is_closed_for_signing_in_gets_back_in_after_three_days_and_no_higher_than_a_code() {
    let mut sim = Sim::new();
    let (mut device, _) = alice(&mut sim, false);
    only_recovering(&mut sim);
    let asked = ask(&mut sim, 7);
    let json = device.sign(&asked.options).unwrap();
    assert_eq!(bring(&mut sim, 7, (&asked.challenge, &json), None).err(), Some(Refusal::MethodOff));
    let entry = with_passkey(&mut sim, 7, &mut device).unwrap();
    let opens_at = sim.now + RECOVERY;
    let told = sim.post().notices;
    let what = What::EntryAsked { kind: EntryKind::Recovery, opens_at };
    assert_eq!(told.iter().filter(|one| one.notice.what == what).count(), 2, "both mailboxes");
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    sim.now = opens_at;
    let started = enter(&mut sim, entry, 7, &[]).unwrap();
    assert_eq!(started.session.assurance.methods(), MethodSet::of(&[Method::Passkey]));
    assert_eq!(started.session.assurance.aal(), Aal::Aal1, "three days ago, and closed for more");
}

#[test]
fn a_passkey_and_a_proof_of_another_class_open_it_at_once_whichever_comes_first() {
    for first in [true, false] {
        for by_mail in [true, false] {
            let mut sim = Sim::with(unlimited());
            let (mut device, _) = alice(&mut sim, false);
            let visitor = {
                let started = sim.sign_in(ALICE, 1);
                sim.visitor(&started)
            };
            let codes = make(&mut sim, &visitor).unwrap();
            let other = |sim: &mut Sim| {
                if by_mail {
                    mailed(sim, (ALICE, ALICE), 7).unwrap()
                } else {
                    saved(sim, ALICE, &codes[0], 7).unwrap()
                }
            };
            let (one, two) = if first {
                let one = with_passkey(&mut sim, 7, &mut device).unwrap();
                (one, other(&mut sim))
            } else {
                let one = other(&mut sim);
                (one, with_passkey(&mut sim, 7, &mut device).unwrap())
            };
            assert_eq!(one, two);
            assert_eq!(found(&sim, two).opens_at, sim.now, "{first} {by_mail}");
            let started = enter(&mut sim, two, 7, &[]).unwrap();
            assert!(started.session.assurance.methods().has(Method::Passkey));
            assert_eq!(started.session.assurance.aal(), Aal::Aal1);
        }
    }
}

#[test]
fn an_app_opens_at_once_what_a_code_by_mail_began_and_its_code_works_once() {
    let mut sim = Sim::with(unlimited());
    let (_, app) = alice(&mut sim, true);
    let app = app.unwrap();
    only_recovering(&mut sim);
    let entry = mailed(&mut sim, (ALICE, BOB), 7).unwrap();
    let right = code(&app, sim.now);
    assert_eq!(with_app(&mut sim, (entry, 8), &right), Err(Refusal::EntryClosed), "another browser");
    assert_eq!(with_app(&mut sim, (entry, 7), "12"), Err(Refusal::CodeMalformed));
    assert_eq!(with_app(&mut sim, (entry, 7), &right), Ok(entry));
    assert_eq!(found(&sim, entry).opens_at, sim.now);
    assert_eq!(with_app(&mut sim, (entry, 7), &right), Err(Refusal::AppCodeRepeated));
    let started = enter(&mut sim, entry, 7, &[]).unwrap();
    assert_eq!(started.session.assurance.methods(), MethodSet::of(&[Method::MailCode, Method::Totp]));
}

#[test]
fn a_passkey_and_an_app_are_of_one_class_and_open_nothing_at_once() {
    let mut sim = Sim::new();
    let (mut device, app) = alice(&mut sim, true);
    let entry = with_passkey(&mut sim, 7, &mut device).unwrap();
    let right = code(&app.unwrap(), sim.now);
    assert_eq!(with_app(&mut sim, (entry, 7), &right), Ok(entry));
    assert_eq!(found(&sim, entry).opens_at, sim.now + RECOVERY);
    assert_eq!(found(&sim, entry).proofs, MethodSet::of(&[Method::Passkey, Method::Totp]));
}

#[test]
fn a_code_that_comes_late_counts_alone_and_one_for_what_was_stopped_begins_nothing() {
    let mut sim = Sim::with(unlimited());
    let (_, app) = alice(&mut sim, true);
    let app = app.unwrap();
    let entry = mailed(&mut sim, (ALICE, BOB), 7).unwrap();
    let opens_at = found(&sim, entry).opens_at;
    sim.advance(WITHIN);
    let late = code(&app, sim.now);
    assert_eq!(with_app(&mut sim, (entry, 7), &late), Ok(entry));
    let kept = found(&sim, entry);
    assert_eq!((kept.opens_at, kept.proofs), (opens_at, MethodSet::of(&[Method::Totp])));
    sim.advance(MINUTE);
    let owner = {
        let started = sim.sign_in(ALICE, 1);
        sim.visitor(&started)
    };
    let typed = Typed { entry, code: code(&app, sim.now), browser_half: half(7), source: source(7) };
    let cx = sim.cx();
    let prepared = app::prepare(&sim.store, &cx, &typed).unwrap().unwrap();
    sim.write(move |tx, cx| entry::cancel_own(tx, cx, &owner, entry, source(1))).unwrap();
    let stopped = sim.write(move |tx, cx| app::commit(tx, cx, &prepared));
    assert_eq!(stopped, Err(Refusal::EntryClosed));
    assert!(entry::list_of_browser(&sim.store, sim.now, &half(7)).unwrap().is_empty());
}

/// What somebody who reads the account's mail learns by trying codes beside what waits.
fn tried(sim: &mut Sim) -> Vec<Result<EntryId, Refusal>> {
    let entry = mailed(sim, (ALICE, BOB), 7).unwrap();
    let mut seen = Vec::new();
    for code in ["", "1234567", "12345678", "000000", "000001", "000002", "000003", "000004", "000005"] {
        seen.push(with_app(sim, (entry, 7), code));
    }
    seen
}

#[test]
fn row_12_whether_there_is_an_app_is_told_only_to_whoever_has_its_code() {
    let expected = {
        let mut sim = Sim::with(unlimited());
        alice(&mut sim, false);
        tried(&mut sim)
    };
    assert!(matches!(expected.last(), Some(Err(Refusal::AttemptsBlocked { .. }))), "{expected:?}");
    let mut sim = Sim::with(unlimited());
    alice(&mut sim, true);
    assert_eq!(tried(&mut sim), expected);
    let because = |event: &model::event::Event| match event.kind {
        EventKind::ProofRefused { method: Method::Totp, because, .. } => Some(because),
        _ => None,
    };
    assert!(sim.events().iter().filter_map(because).all(|because| because == NotProved::Mismatch));
    // And the same where it is held, or closed by its owner.
    let mut sim = Sim::with(unlimited());
    let (_, app) = alice(&mut sim, true);
    sim.policy.methods = MethodPolicy::OPEN.with(Use::Recovery, MethodSet::ALL.without(Method::Totp));
    let entry = mailed(&mut sim, (ALICE, BOB), 7).unwrap();
    let right = code(&app.unwrap(), sim.now);
    assert_eq!(with_app(&mut sim, (entry, 7), &right), Err(Refusal::AppCodeWrong));
}

#[test]
fn an_app_or_a_passkey_that_is_held_recovers_nothing() {
    let mut sim = Sim::with(unlimited());
    let alice = at_home(&mut sim, ALICE, 1);
    add_address(&mut sim, &alice, BOB, AddressRole::Recovery);
    imported(&mut sim, alice.account.id, crate::passwords::GOOD);
    let started = sim.sign_in(ALICE, 6);
    let new = sim.visitor(&started);
    let (added, app) = add_app(&mut sim, &new, 6).unwrap();
    let mut key = device();
    assert!(added.held && add(&mut sim, &new, 6, &mut key).unwrap().held);
    let entry = mailed(&mut sim, (ALICE, BOB), 7).unwrap();
    sim.advance(MINUTE);
    let right = code(&app, sim.now);
    assert_eq!(with_app(&mut sim, (entry, 7), &right), Err(Refusal::AppCodeWrong));
    assert!(matches!(with_passkey(&mut sim, 7, &mut key), Err(Refusal::PasskeyHeld { .. })));
    assert_eq!(found(&sim, entry).proofs, MethodSet::of(&[Method::MailCode]));
}

#[test]
fn row_43_an_answer_on_the_page_of_a_recovery_signs_nobody_in_and_the_other_way_round() {
    let mut sim = Sim::new();
    let (mut device, _) = alice(&mut sim, false);
    let mut cx = sim.cx();
    let asked = answer::ask_recovery(&sim.store, &party(), &mut cx, &half(7)).unwrap();
    let json = device.sign(&asked.options).unwrap();
    assert_eq!(bring(&mut sim, 7, (&asked.challenge, &json), None).err(), Some(Refusal::ChallengeOver));
    let asked = ask(&mut sim, 7);
    let json = device.sign(&asked.options).unwrap();
    assert_eq!(bring_here(&mut sim, 7, (&asked.challenge, &json)), Err(Refusal::ChallengeOver));
    let nobody = with_passkey(&mut sim, 7, &mut Authenticator { verifies: false, ..device.clone() });
    assert_eq!(nobody, Err(Refusal::PasskeyUnknown));
    sim.policy.methods = MethodPolicy::OPEN.with(Use::Recovery, MethodSet::ALL.without(Method::Passkey));
    assert_eq!(with_passkey(&mut sim, 7, &mut device), Err(Refusal::MethodOff));
    assert!(entry::list_of_browser(&sim.store, sim.now, &half(7)).unwrap().is_empty());
}
