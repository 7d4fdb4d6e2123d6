//! The addresses of an account: added by a code, changed by their owner, detached by whoever reads their mail.

use flow::address::{self, Change, confirm};
use flow::holdings::{self, Link, Wish};
use flow::session::Visitor;
use flow::sign_in::ask::Door;
use flow::sign_in::submit::{self, Submission};
use model::address::{Address, counts_for_recovery};
use model::event::{AddressRole, EventKind, NotSent, Removal, Subject};
use model::id::RequestId;
use model::notice::What;
use model::refusal::Refusal;
use model::sign_in_code::CodeText;
use wire::mail::mailbox::Mailbox;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source, unlimited};

const ALICE: &str = "alice@example.com";
const WORK: &str = "alice@work.example";
const BOB: &str = "bob@example.org";

/// Alice, signed in in browser 1, with the notice of that out of the way.
fn alice(sim: &mut Sim) -> Visitor {
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    sim.post();
    sim.advance(2 * HOUR);
    sim.visitor(&started)
}

fn ask(sim: &mut Sim, visitor: &Visitor, address: &str, role: AddressRole) -> RequestId {
    sim.ask_from(address, 1, source(1), Door::Address(visitor.held(), role))
}

fn confirm(
    sim: &mut Sim,
    visitor: Option<&Visitor>,
    request: RequestId,
    code: &str,
) -> Result<AddressRole, Refusal> {
    let submission = Submission {
        request,
        code: CodeText::from_text(code.to_owned()),
        browser_half: half(1),
        current: visitor.cloned(),
        source: source(1),
    };
    let cx = sim.cx();
    let prepared = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    sim.write(move |tx, cx| confirm::commit(tx, cx, &prepared))
}

/// A whole round.
pub(crate) fn add(
    sim: &mut Sim,
    visitor: &Visitor,
    address: &str,
    role: AddressRole,
) -> Vec<crate::sim::Told> {
    let request = ask(sim, visitor, address, role);
    let mail = sim.mail();
    assert_eq!((mail.to.as_str(), mail.request), (address, request));
    assert_eq!(confirm(sim, Some(visitor), request, &mail.code), Ok(role));
    sim.post().notices
}

pub(crate) fn change(sim: &mut Sim, visitor: &Visitor, address: &str, change: Change) -> Result<(), Refusal> {
    let (visitor, identity) = (visitor.clone(), sim.address(address).identity());
    sim.write(move |tx, cx| address::change(tx, cx, &visitor, (identity, change), source(1)))
}

fn to(told: &[crate::sim::Told]) -> Vec<&str> {
    let mut to: Vec<&str> = told.iter().map(|one| one.to.as_str()).collect();
    to.sort_unstable();
    to
}

#[test]
fn an_address_is_added_by_the_code_that_was_mailed_to_it_and_the_others_are_told() {
    let mut sim = Sim::new();
    let visitor = alice(&mut sim);
    let told = add(&mut sim, &visitor, WORK, AddressRole::SignIn);
    assert_eq!(to(&told), [ALICE]);
    assert!(matches!(told[0].notice.what, What::AddressAdded { role: AddressRole::SignIn, .. }));
    let kept = address::list(&sim.store, visitor.account.id).unwrap();
    assert_eq!(
        kept.sign_in.iter().map(|kept| (kept.shown.as_str(), kept.main)).collect::<Vec<_>>(),
        [(ALICE, true), (WORK, false)]
    );
    // Codes that are asked for by it go to it, as it was confirmed and not as it was typed.
    sim.ask("ALICE@work.example", 9);
    assert_eq!(sim.mail().to, WORK);
}

#[test]
fn a_code_for_an_address_signs_nobody_in_and_raises_nothing() {
    let mut sim = Sim::new();
    let visitor = alice(&mut sim);
    let request = ask(&mut sim, &visitor, WORK, AddressRole::SignIn);
    let code = sim.mail().code;
    assert!(sim.submit(request, &code, 1).is_err());
    assert_eq!(
        confirm(&mut sim, None, request, &code),
        Err(Refusal::SessionUnknown),
        "another session, or none"
    );
    assert_eq!(address::list(&sim.store, visitor.account.id).unwrap().sign_in.len(), 1);
}

/// A mailbox that is not the account's gets no more mail by this than by the sign-in page.
#[test]
fn row_2_an_account_cannot_flood_a_strangers_mailbox_by_adding_it() {
    let mut sim = Sim::new();
    let visitor = alice(&mut sim);
    let mut mails = 0;
    for n in 0..40 {
        let role = if n % 2 == 0 { AddressRole::SignIn } else { AddressRole::Recovery };
        ask(&mut sim, &visitor, BOB, role);
        sim.ask(BOB, 100 + n);
        let post = sim.post();
        mails += post.mails.iter().filter(|mail| mail.to == BOB).count();
        assert!(post.digests.is_empty());
        sim.advance(10 * MINUTE);
        sim.sweep();
    }
    assert_eq!(mails, 2, "the third slot went to the decoy of the sign-in page");
    // What stands on the account's record says no more than that nothing left.
    for event in sim.events() {
        if event.subject == Subject::Account(visitor.account.id)
            && let EventKind::SignInCodeRequested { not_sent: Some(why), .. } = event.kind
        {
            assert_eq!(why, NotSent::MailBudget);
        }
    }
}

#[test]
fn row_12_an_address_of_another_account_is_not_added_and_only_its_owner_is_told() {
    let mut seen = Vec::new();
    for taken in [false, true] {
        let mut sim = Sim::new();
        let visitor = alice(&mut sim);
        let bob = taken.then(|| sim.account(BOB));
        let request = ask(&mut sim, &visitor, BOB, AddressRole::SignIn);
        let post = sim.post();
        if taken {
            assert!(post.mails.is_empty());
            assert_eq!(to(&post.notices), [BOB]);
            assert_eq!(post.notices[0].notice.what, What::WantedElsewhere);
            assert_eq!(post.notices[0].called, None);
            let wanted = sim.events().into_iter().filter(|event| event.kind.name() == "address_wanted");
            let wanted: Vec<_> = wanted.collect();
            assert_eq!(
                (wanted.len(), wanted[0].request),
                (1, None),
                "on the owner's record, and there alone"
            );
            assert_eq!(wanted[0].subject, Subject::Account(bob.unwrap()));
        } else {
            assert_eq!(post.mails.len(), 1);
        }
        let refusals: Vec<Refusal> = ["BCDFGHJK", "BCDFGHJL", "BCDFGHJM"]
            .map(|code| confirm(&mut sim, Some(&visitor), request, code).err().unwrap())
            .into();
        let steps = sim.steps(request);
        seen.push((
            refusals,
            steps.iter().map(EventKind::name).collect::<Vec<_>>(),
            sim.status(request, 1).state,
        ));
        assert!(
            steps
                .iter()
                .all(|kind| !matches!(kind, EventKind::SignInCodeRequested { not_sent: Some(_), .. }))
        );
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn the_last_way_in_and_the_main_address_stay() {
    let mut sim = Sim::with(unlimited());
    let visitor = alice(&mut sim);
    assert_eq!(change(&mut sim, &visitor, ALICE, Change::Remove), Err(Refusal::AddressMain));
    assert_eq!(change(&mut sim, &visitor, ALICE, Change::SwitchOff), Err(Refusal::LastWayIn));
    assert_eq!(change(&mut sim, &visitor, WORK, Change::Remove), Err(Refusal::AddressUnknown));
    add(&mut sim, &visitor, WORK, AddressRole::SignIn);
    assert_eq!(change(&mut sim, &visitor, ALICE, Change::SwitchOff), Ok(()));
    assert_eq!(change(&mut sim, &visitor, WORK, Change::Remove), Err(Refusal::LastWayIn));
    assert_eq!(change(&mut sim, &visitor, WORK, Change::SwitchOff), Err(Refusal::LastWayIn));
    sim.post();
    // Codes asked for by an address that is off are recorded and not mailed.
    let request = sim.ask(ALICE, 7);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::AddressOff), .. }]
    ));
    assert_eq!(change(&mut sim, &visitor, WORK, Change::MakeMain), Ok(()));
    assert_eq!(change(&mut sim, &visitor, ALICE, Change::Remove), Ok(()));
    let account = flow::account::find_by_id(&sim.store, visitor.account.id).unwrap().unwrap();
    assert_eq!(account.address, WORK);
}

#[test]
fn every_change_is_told_to_every_other_address_and_to_the_one_that_is_gone() {
    let mut sim = Sim::with(unlimited());
    let visitor = alice(&mut sim);
    add(&mut sim, &visitor, WORK, AddressRole::SignIn);
    let told = add(&mut sim, &visitor, BOB, AddressRole::Recovery);
    assert_eq!(told.len(), 0, "of the same kind within the hour: held");
    sim.advance(HOUR);
    sim.sweep();
    assert_eq!(to(&sim.post().notices), [ALICE, WORK, BOB].map(|to| to), "and then everybody is told");
    assert_eq!(change(&mut sim, &visitor, WORK, Change::MakeMain), Ok(()));
    assert_eq!(to(&sim.post().notices), [ALICE, BOB]);
    assert_eq!(change(&mut sim, &visitor, ALICE, Change::Remove), Ok(()));
    let told = sim.post().notices;
    assert_eq!(to(&told), [ALICE, WORK, BOB]);
    let called = |to: &str| told.iter().find(|one| one.to == to).unwrap().called.clone().unwrap();
    assert_eq!((called(WORK).as_str(), called(BOB).as_str()), (WORK, "a…@work.example"));
    assert_eq!(called(ALICE), "a…@work.example", "no longer the account's");
}

#[test]
fn a_code_that_lies_in_the_mailbox_of_a_removed_address_does_not_work_any_more() {
    let mut sim = Sim::with(unlimited());
    let visitor = alice(&mut sim);
    add(&mut sim, &visitor, WORK, AddressRole::SignIn);
    let request = sim.ask(WORK, 5);
    let mail = sim.mail();
    assert_eq!(change(&mut sim, &visitor, WORK, Change::Remove), Ok(()));
    assert!(matches!(sim.refusal(request, &mail.code, 5), Refusal::CodeExpired { .. }));
}

/// threats.md §5.2 row 13: an address for recovery gets no sign-in codes, whoever asks for them by it.
#[test]
fn row_13_a_recovery_address_gets_no_sign_in_codes() {
    let mut sim = Sim::with(unlimited());
    let visitor = alice(&mut sim);
    add(&mut sim, &visitor, BOB, AddressRole::Recovery);
    let request = sim.ask(BOB, 3);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::NoAccount), .. }]
    ));
    // And it can be another account's address at the same time.
    sim.account(BOB);
    sim.advance(HOUR);
    sim.ask(BOB, 3);
    assert_eq!(sim.mail().to, BOB);
}

/// threats.md §5.2 row 42: after 180 days a recovery address counts for nothing until it is confirmed again.
#[test]
fn row_42_a_recovery_address_is_confirmed_again_after_180_days() {
    let mut sim = Sim::new();
    let visitor = alice(&mut sim);
    add(&mut sim, &visitor, BOB, AddressRole::Recovery);
    let counts = |sim: &Sim| {
        let kept = address::list(&sim.store, visitor.account.id).unwrap();
        counts_for_recovery(kept.recovery[0].confirmed_at, sim.now)
    };
    sim.advance(180 * DAYS - SECOND);
    assert!(counts(&sim));
    sim.advance(SECOND);
    assert!(!counts(&sim));
    let started = sim.sign_in(ALICE, 1);
    let visitor = sim.visitor(&started);
    let told = add(&mut sim, &visitor, BOB, AddressRole::Recovery);
    assert!(told.is_empty(), "nothing changed");
    assert!(counts(&sim));
    assert!(sim.events().iter().any(|event| matches!(event.kind, EventKind::AddressConfirmed { .. })));
}

pub(crate) fn hold(sim: &mut Sim, text: &str) -> Option<String> {
    let address = Address::new(Mailbox::parse(text).unwrap(), sim.store.keys());
    let mut cx = sim.cx();
    let prepared = holdings::prepare(&sim.store, &mut cx, address, source(66)).unwrap();
    sim.write(move |tx, cx| holdings::commit(tx, cx, &prepared));
    let told = sim.post().notices;
    let one = told.into_iter().find(|one| matches!(one.notice.what, What::Holdings { .. }))?;
    assert_eq!((one.to.as_str(), &one.called), (text, &None));
    one.link.map(|link| link.strip_prefix("/about-this-address/").unwrap().to_owned())
}

fn link(sim: &mut Sim, token: &str) -> Option<Link> {
    let cx = sim.cx();
    Link::open(sim.store.keys(), &cx, token)
}

pub(crate) fn wish(sim: &mut Sim, token: &str, wish: Wish) -> Result<(), Refusal> {
    let link = link(sim, token).unwrap();
    sim.write(move |tx, cx| holdings::wish(tx, cx, &link, wish, source(66)))
}

/// threats.md §5.2 row 14: whoever reads the mail of a recovery address can take it away; the owner is told before.
#[test]
fn row_14_a_recipient_detaches_a_recovery_address_and_the_owner_is_warned() {
    let mut sim = Sim::with(unlimited());
    let visitor = alice(&mut sim);
    let alice = visitor.account.id;
    add(&mut sim, &visitor, BOB, AddressRole::Recovery);
    let token = hold(&mut sim, BOB).unwrap();
    let it = link(&mut sim, &token).unwrap();
    let held = holdings::find(&sim.store, &it).unwrap();
    assert!(held.signs_in.is_none());
    assert_eq!(held.recovers.iter().map(|it| it.called.as_str()).collect::<Vec<_>>(), ["a…@example.com"]);
    assert_eq!(wish(&mut sim, &token, Wish::Detach(alice)), Ok(()));
    assert_eq!(wish(&mut sim, &token, Wish::Detach(alice)), Ok(()), "twice is once");
    let told = sim.post().notices;
    assert_eq!(to(&told), [ALICE]);
    assert!(matches!(told[0].notice.what, What::DetachingAsked { at, .. } if at == sim.now + 72 * HOUR));
    // It can be taken back, and wished again.
    assert_eq!(wish(&mut sim, &token, Wish::Stay(alice)), Ok(()));
    sim.advance(HOUR);
    assert_eq!(wish(&mut sim, &token, Wish::Detach(alice)), Ok(()));
    sim.advance(72 * HOUR - SECOND);
    sim.sweep();
    assert_eq!(address::list(&sim.store, alice).unwrap().recovery.len(), 1);
    sim.advance(SECOND);
    sim.post();
    sim.sweep();
    assert!(address::list(&sim.store, alice).unwrap().recovery.is_empty());
    let told = sim.post().notices;
    assert!(told.iter().any(|one| one.to == ALICE
        && matches!(one.notice.what, What::AddressRemoved { why: Removal::ByRecipient, .. })));
    assert!(link(&mut sim, &token).is_none(), "a link works for 24 hours");
}

#[test]
fn row_14_whoever_refuses_mail_gets_nothing_but_the_answer_to_this_question() {
    let mut sim = Sim::new();
    let visitor = alice(&mut sim);
    let token = hold(&mut sim, ALICE).unwrap();
    let it = link(&mut sim, &token).unwrap();
    let held = holdings::find(&sim.store, &it).unwrap();
    assert_eq!(held.signs_in.as_ref().map(|it| (it.called.as_str(), it.main)), Some((ALICE, true)));
    assert!(sim.events().iter().any(|event| event.kind == EventKind::HoldingsAsked
        && event.subject == Subject::Account(visitor.account.id)));
    assert_eq!(wish(&mut sim, &token, Wish::Refuse), Ok(()));
    // Of a known browser and of a stranger; and no notice, and no digest.
    for browser in [1, 2] {
        let request = sim.ask(ALICE, browser);
        assert!(matches!(
            sim.steps(request)[..],
            [EventKind::SignInCodeRequested { not_sent: Some(NotSent::MailRefused), .. }]
        ));
    }
    let id = visitor.account.id;
    sim.write(move |tx, cx| flow::account::change(tx, cx, id, flow::account::Change::Lock)).unwrap();
    sim.advance(2 * HOUR);
    sim.sweep();
    let post = sim.post();
    assert!(post.mails.is_empty() && post.notices.is_empty() && post.digests.is_empty(), "{post:?}");
    sim.advance(DAYS);
    let token = hold(&mut sim, ALICE).expect("the way back");
    assert_eq!(wish(&mut sim, &token, Wish::Accept), Ok(()));
    sim.write(move |tx, cx| flow::account::change(tx, cx, id, flow::account::Change::Unlock)).unwrap();
    sim.ask(ALICE, 1);
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn row_2_the_question_is_budgeted_like_a_strangers_request() {
    let mut sim = Sim::new();
    let mails = (0..20).filter(|_| hold(&mut sim, BOB).is_some()).count();
    assert_eq!(mails, 3);
    sim.ask(BOB, 1);
    assert!(sim.post().mails.is_empty());
}

#[test]
fn a_link_that_was_not_mailed_opens_nothing() {
    let mut sim = Sim::new();
    let token = hold(&mut sim, BOB).unwrap();
    let mut bytes = wire::token::decode::<{ holdings::SEALED }>(&token).unwrap();
    for n in 0..bytes.len() {
        bytes[n] ^= 1;
        assert!(link(&mut sim, &wire::token::encode(&bytes)).is_none());
        bytes[n] ^= 1;
    }
    assert!(link(&mut sim, &token).is_some());
    sim.advance(DAYS);
    assert!(link(&mut sim, &token).is_none());
}
