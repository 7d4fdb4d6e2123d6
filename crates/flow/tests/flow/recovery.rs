//! Recovery: one proof and three days, or two of different kinds at once; what is told, and what ends.

use flow::address::confirm;
use flow::entry;
use flow::methods;
use flow::recover::codes::{self, Left};
use flow::recover::saved::{self as by_code, Typed};
use flow::recover::{Named, mailed as by_mail};
use flow::session::{self, Visitor};
use flow::sign_in::ask::Door;
use flow::sign_in::submit::{self, Submission};
use model::authenticator::recovery_code::{COUNT, RecoveryCode};
use model::entry::{OPEN, RECOVERY, SECOND as WITHIN};
use model::event::{AddressRole, EntryKind, EventKind, NotProved, NotSent, Removal, Subject};
use model::id::{EntryId, RequestId};
use model::message::{Body, Delivery};
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::notice::What;
use model::refusal::Refusal;
use model::session::SessionEnd;
use model::sign_in_code::{CodeText, Purpose};
use wire::mail::mailbox::Mailbox;

use crate::entries::{enter, link, sessions_of};
use crate::passkeys::{add, at_home, device, sign_in, visitor};
use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source, unlimited, wrong};

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.org";
const NOBODY: &str = "nobody@example.com";

/// Confirms one more address of the account in browser 1.
pub(crate) fn add_address(sim: &mut Sim, by: &Visitor, address: &str, role: AddressRole) {
    let request = sim.ask_from(address, 1, source(1), Door::Address(by.held(), role));
    let mail = sim.mail();
    assert_eq!(mail.request, request);
    let submission = Submission {
        request,
        code: CodeText::from_text(mail.code),
        browser_half: half(1),
        current: Some(by.clone()),
        source: source(1),
    };
    let cx = sim.cx();
    let prepared = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    assert_eq!(sim.write(move |tx, cx| confirm::commit(tx, cx, &prepared)), Ok(role));
    sim.post();
}

/// Makes a set of recovery codes, in place of what there is.
pub(crate) fn make(sim: &mut Sim, by: &Visitor) -> Result<Vec<RecoveryCode>, Refusal> {
    let seen = codes::left(&sim.store, by.account.id).unwrap().map(|left| left.made_at);
    make_seeing(sim, by, seen)
}

fn make_seeing(
    sim: &mut Sim,
    by: &Visitor,
    seen: Option<model::time::Time>,
) -> Result<Vec<RecoveryCode>, Refusal> {
    let mut cx = sim.cx();
    let drawn = codes::draw(&sim.store, &mut cx, by.account.id).unwrap();
    let (by, digests) = (by.clone(), drawn.digests());
    sim.write(move |tx, cx| codes::replace(tx, cx, &by, (&digests, seen), source(1)))?;
    Ok(drawn.codes)
}

fn named(sim: &Sim, text: &str) -> Named {
    Named::by_mailbox(sim.store.keys(), Mailbox::parse(text).unwrap())
}

/// `browser` asks for a recovery code for `account`, to `address`.
fn ask(sim: &mut Sim, (account, address): (&str, &str), browser: u64) -> RequestId {
    let door = Door::Recovery(named(sim, account).identity());
    sim.ask_from(address, browser, source(browser), door)
}

fn submit(sim: &mut Sim, request: RequestId, code: &str, browser: u64) -> Result<EntryId, Refusal> {
    let submission = Submission {
        request,
        code: CodeText::from_text(code.to_owned()),
        browser_half: half(browser),
        current: None,
        source: source(browser),
    };
    let cx = sim.cx();
    let submitted = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    let prepared = by_mail::prepare(&sim.store, submitted);
    sim.write(move |tx, cx| by_mail::commit(tx, cx, &prepared))
}

/// A whole round of the first: what waits then, if a mail came and its code was taken.
pub(crate) fn mailed(sim: &mut Sim, of: (&str, &str), browser: u64) -> Option<EntryId> {
    let request = ask(sim, of, browser);
    let mail = sim.post().mails.into_iter().find(|mail| mail.request == request)?;
    submit(sim, request, &mail.code, browser).ok()
}

/// `browser` types a code that was saved.
pub(crate) fn saved(
    sim: &mut Sim,
    account: &str,
    code: &RecoveryCode,
    browser: u64,
) -> Result<EntryId, Refusal> {
    let typed = Typed {
        named: named(sim, account),
        code: code.clone(),
        browser_half: half(browser),
        source: source(browser),
    };
    let mut cx = sim.cx();
    let prepared = by_code::prepare(&sim.store, &mut cx, typed).unwrap();
    sim.write(move |tx, cx| by_code::commit(tx, cx, &prepared))
}

/// Alice at home in browser 1, with Bob's mailbox for recovery and a set of codes.
fn alice(sim: &mut Sim) -> (Visitor, Vec<RecoveryCode>) {
    let alice = at_home(sim, ALICE, 1);
    add_address(sim, &alice, BOB, AddressRole::Recovery);
    let codes = make(sim, &alice).unwrap();
    sim.post();
    sim.advance(2 * HOUR);
    (alice, codes)
}

fn found(sim: &Sim, id: EntryId) -> model::entry::Entry {
    sim.store.read(|reader| store::entries::find(reader, id)).unwrap().unwrap()
}

fn to(told: &[crate::sim::Told]) -> Vec<&str> {
    let mut to: Vec<&str> = told.iter().map(|one| one.to.as_str()).collect();
    to.sort_unstable();
    to
}

#[test]
fn row_13_recovery_by_a_recovery_address_is_told_to_every_address_and_opens_after_three_days() {
    let mut sim = Sim::new();
    let (visitor, _) = alice(&mut sim);
    let request = ask(&mut sim, (ALICE, BOB), 7);
    let mail = sim.mail();
    assert_eq!((mail.request, mail.to.as_str()), (request, BOB));
    let entry = submit(&mut sim, request, &mail.code, 7).unwrap();
    let opens_at = sim.now + RECOVERY;
    let told = sim.post().notices;
    assert_eq!(to(&told), [ALICE, BOB], "not only where the code went");
    let what = What::EntryAsked { kind: EntryKind::Recovery, opens_at };
    assert!(told.iter().all(|one| one.notice.what == what && link(one).0 == entry));
    assert!(told.iter().all(|one| one.to != BOB || one.called.as_deref() == Some("a…@example.com")));
    assert_eq!(entry::list(&sim.store, visitor.account.id, sim.now).unwrap().len(), 1, "the owner sees it");
    assert!(sim.kinds().iter().all(|kind| *kind != "session_raised"));
    sim.now = opens_at + OPEN;
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    sim.now = opens_at - SECOND;
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    sim.now = opens_at;
    let started = enter(&mut sim, entry, 7, &[]).unwrap();
    assert_eq!(started.session.assurance.methods(), MethodSet::of(&[Method::MailCode]));
    assert_eq!(started.session.assurance.aal(), model::assurance::Aal::Aal1);
    assert_eq!(to(&sim.post().notices), [ALICE, BOB]);
}

#[test]
fn two_proofs_of_different_kinds_open_it_at_once_whichever_comes_first() {
    for saved_first in [true, false] {
        let mut sim = Sim::new();
        let (_, codes) = alice(&mut sim);
        let first = if saved_first {
            saved(&mut sim, ALICE, &codes[0], 7).unwrap()
        } else {
            mailed(&mut sim, (ALICE, ALICE), 7).unwrap()
        };
        assert_eq!(to(&sim.post().notices), [ALICE, BOB]);
        sim.advance(WITHIN - SECOND);
        assert_eq!(enter(&mut sim, first, 7, &[]).err(), Some(Refusal::EntryClosed));
        let second = if saved_first {
            mailed(&mut sim, (ALICE, BOB), 7).unwrap()
        } else {
            saved(&mut sim, ALICE, &codes[0], 7).unwrap()
        };
        assert_eq!(first, second);
        let entry = found(&sim, second);
        assert_eq!((entry.opens_at, entry.expires_at), (sim.now, sim.now + WITHIN));
        let started = enter(&mut sim, second, 7, &[]).unwrap();
        let both = MethodSet::of(&[Method::MailCode, Method::RecoveryCode]);
        assert_eq!(started.session.assurance.methods(), both);
    }
}

#[test]
fn a_second_proof_that_is_late_of_the_same_kind_or_of_another_browser_opens_nothing() {
    let mut sim = Sim::with(unlimited());
    let (_, codes) = alice(&mut sim);
    let entry = saved(&mut sim, ALICE, &codes[0], 7).unwrap();
    let opens_at = sim.now + RECOVERY;
    sim.advance(MINUTE);
    assert_eq!(saved(&mut sim, ALICE, &codes[1], 7), Ok(entry));
    assert_eq!(found(&sim, entry).opens_at, opens_at);
    let other = mailed(&mut sim, (ALICE, ALICE), 8).unwrap();
    assert_ne!(other, entry, "what two browsers proved is not put together");
    sim.advance(WITHIN);
    assert_eq!(mailed(&mut sim, (ALICE, ALICE), 7), Some(entry));
    let late = found(&sim, entry);
    assert_eq!((late.opens_at, late.proofs), (opens_at, MethodSet::of(&[Method::MailCode])));
    // From the newer of them on half an hour begins anew, and the three days do not.
    sim.advance(MINUTE);
    assert_eq!(saved(&mut sim, ALICE, &codes[2], 7), Ok(entry));
    assert_eq!(found(&sim, entry).opens_at, sim.now);
}

#[test]
fn row_13_an_account_with_one_address_waits_whatever_is_proved_and_shows_it_to_whoever_is_signed_in() {
    let mut sim = Sim::new();
    let visitor = at_home(&mut sim, ALICE, 1);
    let codes = make(&mut sim, &visitor).unwrap();
    let entry = mailed(&mut sim, (ALICE, ALICE), 7).unwrap();
    assert_eq!(saved(&mut sim, ALICE, &codes[0], 7), Ok(entry));
    let kept = found(&sim, entry);
    assert_eq!(kept.opens_at, sim.now + RECOVERY, "nobody else but whoever read the code was told");
    assert_eq!(enter(&mut sim, entry, 7, &[]).err(), Some(Refusal::EntryClosed));
    assert_eq!(entry::list(&sim.store, visitor.account.id, sim.now).unwrap().len(), 1);
    sim.now = kept.opens_at;
    assert!(enter(&mut sim, entry, 7, &[]).is_ok());
}

#[test]
fn row_32_a_recovery_ends_every_session_code_and_way_from_before() {
    let mut sim = Sim::new();
    let (visitor, codes) = alice(&mut sim);
    let (mut lost, mut kept) = (device(), device());
    add(&mut sim, &visitor, 1, &mut lost).unwrap();
    let keep = add(&mut sim, &visitor, 1, &mut kept).unwrap().authenticator.id;
    sim.post();
    sim.advance(2 * HOUR);
    // Another way in waits, and a code for signing in is on its way.
    let request = sim.ask(ALICE, 8);
    let code = sim.mail().code;
    let Err(Refusal::EntryWaits { entry: other }) = sim.submit(request, &code, 8) else { panic!() };
    let live = sim.ask(ALICE, 1);
    let live_code = sim.post().mails.remove(0).code;
    let entry = saved(&mut sim, ALICE, &codes[0], 7).unwrap();
    assert_eq!(mailed(&mut sim, (ALICE, BOB), 7), Some(entry));
    let from = sim.events().len();
    let started = enter(&mut sim, entry, 7, &[keep]).unwrap();

    let id = visitor.account.id;
    let cx = sim.cx();
    let sessions = session::list(&sim.store, &cx, id).unwrap();
    assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [started.session.id]);
    let kinds: Vec<EventKind> = sim.events().into_iter().skip(from).map(|event| event.kind).collect();
    assert!(kinds.contains(&EventKind::SessionEnded { why: SessionEnd::Recovered }));
    assert!(kinds.contains(&EventKind::EntryCancelled { entry: other, kind: EntryKind::SignIn }));
    let removed =
        |kind: &&EventKind| matches!(kind, EventKind::AuthenticatorRemoved { why: Removal::ByRecovery, .. });
    assert_eq!(kinds.iter().filter(removed).count(), 1, "what she still has stays");
    assert_eq!(codes::left(&sim.store, id).unwrap(), None, "the codes from before are worthless");
    assert_eq!(saved(&mut sim, ALICE, &codes[1], 9), Err(Refusal::RecoveryCodeWrong));
    assert!(sim.submit(live, &live_code, 1).is_err());
    assert!(sign_in(&mut sim, 9, &mut lost).is_err());
    assert!(sign_in(&mut sim, 9, &mut kept).is_ok());
    // The browsers from before are new ones again.
    let request = sim.ask(ALICE, 1);
    let code = sim.post().mails.remove(0).code;
    assert!(matches!(sim.submit(request, &code, 1), Err(Refusal::EntryWaits { .. })));
}

#[test]
fn after_a_recovery_without_anything_kept_the_account_is_its_owners_again() {
    let mut sim = Sim::new();
    let (visitor, _) = alice(&mut sim);
    let mut lost = device();
    add(&mut sim, &visitor, 1, &mut lost).unwrap();
    let entry = mailed(&mut sim, (ALICE, BOB), 7).unwrap();
    sim.advance(RECOVERY);
    let started = enter(&mut sim, entry, 7, &[]).unwrap();
    let visitor = self::visitor(&mut sim, &started);
    let cx = sim.cx();
    let ways = flow::reauth::ways(&sim.store, &cx, &visitor).unwrap();
    assert!(flow::reauth::Needed::to_change(ways).is_met(&visitor, &cx), "what was proved is enough again");
    assert!(make(&mut sim, &visitor).is_ok());
    let added = add(&mut sim, &visitor, 7, &mut device()).unwrap();
    assert!(added.held, "the browser is new, as any other");
}

#[test]
fn row_42_a_recovery_address_that_is_not_confirmed_again_recovers_nothing() {
    let mut sim = Sim::new();
    let (visitor, _) = alice(&mut sim);
    let before = ask(&mut sim, (ALICE, BOB), 7);
    let mail = sim.mail();
    sim.advance(180 * DAYS);
    assert_eq!(mailed(&mut sim, (ALICE, BOB), 8), None);
    let asked = sim.events().into_iter().rfind(|event| {
        matches!(event.kind, EventKind::SignInCodeRequested { purpose: Purpose::Recovery, .. })
    });
    let asked = asked.unwrap();
    assert_eq!(asked.subject, Subject::Account(visitor.account.id), "its owner sees why nothing came");
    assert!(matches!(
        asked.kind,
        EventKind::SignInCodeRequested { not_sent: Some(NotSent::AddressStale), .. }
    ));
    assert!(submit(&mut sim, before, &mail.code, 7).is_err());
    assert!(mailed(&mut sim, (ALICE, ALICE), 8).is_some());
}

#[test]
fn row_42_a_code_is_worth_nothing_once_its_address_is_stale_or_gone() {
    for gone in [true, false] {
        let mut sim = Sim::new();
        let (visitor, _) = alice(&mut sim);
        let request = ask(&mut sim, (ALICE, BOB), 7);
        let mails = sim.post().mails;
        let code = mails.iter().find(|mail| mail.request == request).unwrap().code.clone();
        if gone {
            let (id, bob) = (visitor.account.id, sim.address(BOB).identity());
            sim.write(move |tx, _| {
                assert!(store::recovery_addresses::claim_delete(tx, id, &bob)?);
                Ok(tx.unrecorded("a test", ()))
            });
        } else {
            // As if the 180 days ended within the ten minutes that the code lives.
            let kept = flow::address::list(&sim.store, visitor.account.id).unwrap();
            let mut stale = kept.recovery[0].clone();
            stale.confirmed_at = sim.now - 180 * DAYS;
            sim.write(move |tx, _| {
                store::recovery_addresses::put(tx, &stale)?;
                Ok(tx.unrecorded("a test", ()))
            });
        }
        assert_eq!(submit(&mut sim, request, &code, 7), Err(Refusal::CodeWrong { left: 2 }), "{gone}");
    }
}

#[test]
fn a_recovery_code_by_mail_is_nothing_for_signing_in_and_the_other_way_round() {
    let mut sim = Sim::new();
    alice(&mut sim);
    let request = ask(&mut sim, (ALICE, ALICE), 7);
    let code = sim.mail().code;
    assert!(matches!(sim.submit(request, &code, 7), Err(Refusal::CodeWrong { .. })));
    let sign_in = sim.ask(ALICE, 8);
    let code = sim.mail().code;
    let submission = Submission {
        request: sign_in,
        code: CodeText::from_text(code),
        browser_half: half(8),
        current: None,
        source: source(8),
    };
    let cx = sim.cx();
    let prepared = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    let prepared = by_mail::prepare(&sim.store, prepared);
    let outcome = sim.try_write(move |tx, cx| by_mail::commit(tx, cx, &prepared));
    assert!(outcome.is_err(), "no handler mixes them up");
}

#[test]
fn the_mail_with_a_recovery_code_says_so_and_names_the_account_masked_where_it_may_be_a_strangers() {
    let mut sim = Sim::new();
    alice(&mut sim);
    for (address, expected) in [("BOB@example.org", "a…@example.com"), ("Alice@Example.com", ALICE)] {
        ask(&mut sim, (ALICE, address), 7);
        let leased = sim.lease().remove(0);
        let message = sim.compose(&leased).unwrap();
        let own = if expected == ALICE { ALICE } else { BOB };
        assert_eq!(message.to, own, "as it was confirmed, not as it was typed");
        sim.settle(leased, Delivery::HandedOver);
        let Body::SignInCode { purpose, called, .. } = message.body else { panic!() };
        assert_eq!((purpose, called.as_deref()), (Purpose::Recovery, Some(expected)));
        sim.advance(HOUR);
    }
}

/// What somebody sees who asks for one account at one address and guesses, and what it leaves in the outbox.
fn seen(sim: &mut Sim, of: (&str, &str), browser: u64) -> Vec<String> {
    let mut seen = Vec::new();
    let request = ask(sim, of, browser);
    let shape = |sim: &mut Sim| {
        let status = sim.status(request, browser);
        let left = status.expires_at.since(sim.now);
        format!("{:?} {:?} {} {left:?}", status.purpose, status.state, status.guesses_left)
    };
    seen.push(shape(sim));
    seen.push(sim.lease_all().len().to_string());
    sim.advance(31 * SECOND);
    assert_eq!(ask(sim, of, browser), request, "the same page each time");
    seen.push(format!("{} {}", shape(sim), sim.lease_all().len()));
    let guesses: Vec<String> = ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "FFFFFFFF"]
        .iter()
        .map(|guess| format!("{:?}", submit(sim, request, guess, browser).unwrap_err()))
        .collect();
    seen.extend(guesses);
    seen.push(shape(sim));
    sim.advance(HOUR);
    seen
}

#[test]
fn row_12_a_recovery_code_is_asked_for_in_the_same_way_whatever_account_and_address_there_are() {
    let expected = {
        let mut sim = Sim::new();
        alice(&mut sim);
        seen(&mut sim, (NOBODY, "stranger@example.net"), 7)
    };
    for of in [
        (ALICE, ALICE),
        (ALICE, BOB),
        (ALICE, "stranger@example.net"),
        (NOBODY, ALICE),
        (NOBODY, BOB),
        (BOB, BOB),
        (NOBODY, NOBODY),
    ] {
        let mut sim = Sim::new();
        alice(&mut sim);
        assert_eq!(seen(&mut sim, of, 7), expected, "{of:?}");
    }
}

/// Whether a request is the same as one before must not tell whether the address recovers the account.
#[test]
fn row_12_which_request_is_sent_again_tells_nothing() {
    let mut sim = Sim::with(unlimited());
    alice(&mut sim);
    for address in [BOB, "stranger@example.net"] {
        let one = ask(&mut sim, (ALICE, address), 7);
        let other = ask(&mut sim, (NOBODY, address), 7);
        assert_ne!(one, other);
        assert_eq!(ask(&mut sim, (ALICE, address), 7), one);
        assert_eq!(ask(&mut sim, (NOBODY, address), 7), other);
    }
}

#[test]
fn row_12_a_saved_code_is_refused_in_one_way_whatever_was_wrong() {
    let mut sim = Sim::new();
    let (visitor, codes) = alice(&mut sim);
    let mut cx = sim.cx();
    let foreign = RecoveryCode::draw_set(&mut cx.entropy).unwrap().remove(0);
    let wrong = Refusal::RecoveryCodeWrong;
    assert_eq!(saved(&mut sim, NOBODY, &codes[0], 7), Err(wrong));
    assert_eq!(saved(&mut sim, ALICE, &foreign, 7), Err(wrong));
    sim.policy.methods = MethodPolicy::OPEN.with(Use::Recovery, MethodSet::ALL.without(Method::RecoveryCode));
    assert_eq!(saved(&mut sim, ALICE, &codes[0], 7), Err(wrong), "switched off");
    sim.policy.methods = MethodPolicy::OPEN;
    let id = visitor.account.id;
    assert_eq!(
        codes::left(&sim.store, id).unwrap().map(|left| left.count),
        Some(u32::try_from(COUNT).unwrap()),
        "and none was used up by that"
    );
    assert!(saved(&mut sim, ALICE, &codes[0], 7).is_ok());
    assert_eq!(saved(&mut sim, ALICE, &codes[0], 8), Err(wrong), "used before");
    let refused = sim.events().into_iter().filter(|event| {
        matches!(
            event.kind,
            EventKind::ProofRefused { method: Method::RecoveryCode, because: NotProved::Mismatch, .. }
        )
    });
    assert_eq!(refused.count(), 4);
}

#[test]
fn a_flood_of_wrong_recovery_codes_leaves_a_finite_record_and_uses_nothing_up() {
    let mut sim = Sim::new();
    let (_, codes) = alice(&mut sim);
    let mut cx = sim.cx();
    let foreign = RecoveryCode::draw_set(&mut cx.entropy).unwrap().remove(0);
    for n in 0..150 {
        assert_eq!(saved(&mut sim, ALICE, &foreign, n), Err(Refusal::RecoveryCodeWrong));
    }
    let refused = sim.kinds().into_iter().filter(|kind| *kind == "proof_refused").count();
    assert!((50..=100).contains(&refused), "{refused}");
    assert!(saved(&mut sim, ALICE, &codes[0], 7).is_ok());
}

#[test]
fn guesses_at_a_recovery_code_by_mail_are_three_and_charged_to_the_account() {
    let mut sim = Sim::new();
    let (visitor, _) = alice(&mut sim);
    let before = sim.reserved(Some(visitor.account.id), BOB, false);
    let request = ask(&mut sim, (ALICE, BOB), 7);
    assert_eq!(sim.reserved(Some(visitor.account.id), BOB, false), before + 3);
    let code = sim.mail().code;
    for left in [2, 1] {
        let guess = wrong(&code, usize::from(left));
        assert_eq!(submit(&mut sim, request, &guess, 7), Err(Refusal::CodeWrong { left }));
    }
    assert_eq!(submit(&mut sim, request, &wrong(&code, 5), 7), Err(Refusal::CodeUsedUp));
    assert_eq!(submit(&mut sim, request, &code, 7), Err(Refusal::CodeUsedUp));
}

#[test]
fn a_set_is_replaced_only_by_whoever_saw_the_one_that_is_in_force() {
    let mut sim = Sim::new();
    let (visitor, codes) = alice(&mut sim);
    let id = visitor.account.id;
    let Left { count, made_at, .. } = codes::left(&sim.store, id).unwrap().unwrap();
    assert_eq!((usize::try_from(count).unwrap(), codes.len()), (COUNT, COUNT));
    // The button pressed twice, or the answer loaded again: what was noted down stays in force.
    assert_eq!(make_seeing(&mut sim, &visitor, None).err(), Some(Refusal::ChallengeOver));
    let newer = make_seeing(&mut sim, &visitor, Some(made_at)).unwrap();
    assert_eq!(make_seeing(&mut sim, &visitor, Some(made_at)).err(), Some(Refusal::ChallengeOver));
    assert_eq!(saved(&mut sim, ALICE, &codes[1], 7), Err(Refusal::RecoveryCodeWrong));
    assert!(saved(&mut sim, ALICE, &newer[0], 7).is_ok());
    let told = sim.post().notices;
    let made = told.iter().filter(|one| matches!(one.notice.what, What::RecoveryCodesMade { count: 10 }));
    assert_eq!(made.count(), 2);
    sim.policy.methods = MethodPolicy::OPEN.without(Method::RecoveryCode);
    assert_eq!(make(&mut sim, &visitor).err(), Some(Refusal::MethodOff));
    assert!(methods::permit(&sim.policy.methods, Use::Recovery, Method::RecoveryCode).is_err());
}

#[test]
fn a_recovery_of_one_account_signs_out_of_no_other() {
    let mut sim = Sim::new();
    let (_, codes) = alice(&mut sim);
    let carl = at_home(&mut sim, "carl@example.org", 9);
    let entry = saved(&mut sim, ALICE, &codes[0], 7).unwrap();
    sim.advance(RECOVERY);
    enter(&mut sim, entry, 7, &[]).unwrap();
    assert_eq!(sessions_of(&mut sim, &carl), 1);
}
