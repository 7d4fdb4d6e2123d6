//! threats.md §5.2 rows 11, 46, 52: on the record before anything leaves, without secrets, or not at all.

use std::sync::{Arc, Barrier};

use flow::activity::{End, Entry, Mail};
use flow::sign_in::ask::{self, Door};
use flow::sign_in::submit::{self, Submission};
use flow::{Recorded, account, not_me};
use model::event::EventKind;
use model::fault::Fault;
use model::message::{Delivery, Obstacle};
use model::policy::Policy;
use model::sign_in_code::{CodeState, CodeText};

use crate::sim::{Folder, HOUR, MINUTE, SECOND, Sim, half, source, wrong};

const ALICE: &str = "alice@example.com";

#[test]
fn row_11_the_request_is_on_the_record_before_its_mail_can_be_leased() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    // Nobody has looked into the outbox yet.
    assert!(matches!(sim.steps(request)[..], [EventKind::SignInCodeRequested { not_sent: None, .. }]));
    let lines = sim.lines(alice);
    assert!(matches!(lines[..], [Entry::Request { end: End::Waiting, mail: Mail::Waiting, .. }]));
    assert_eq!(sim.lease().len(), 1);
}

#[test]
fn row_11_a_code_that_nobody_used_is_on_the_page_a_minute_after_its_time() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    sim.mail();
    sim.advance(10 * MINUTE);
    // The server sweeps every few seconds; a minute is the most that may pass.
    for _ in 0..6 {
        sim.advance(10 * SECOND);
        sim.sweep();
    }
    assert_eq!(sim.steps(request).last(), Some(&EventKind::SignInCodeExpired { unused: true, guesses: 0 }));
    let lines = sim.lines(alice);
    assert!(matches!(lines[..], [Entry::Request { end: End::NeverUsed, mail: Mail::HandedOver, .. }]));
    assert_eq!(sim.status(request, 1).state, CodeState::Expired);
}

#[test]
fn row_11_a_fault_between_leaves_neither_a_mail_nor_an_event_nor_a_spent_budget() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    for browser in 0..20 {
        let prepared = sim.prepare(ALICE, browser, source(browser), Door::SignIn);
        let lost = sim.try_write(move |tx, cx| {
            let _ = ask::commit(tx, cx, &prepared)?;
            Err::<Recorded<()>, _>(Fault::plain("the disk is full"))
        });
        assert_eq!(lost.unwrap_err().chain(), "the disk is full");
    }
    assert!(sim.events().is_empty());
    assert!(sim.lease().is_empty());
    assert_eq!(sim.reserved(Some(alice), ALICE, false), 0);
    sim.ask(ALICE, 99);
    assert_eq!(sim.post().mails.len(), 1, "no slot was lost");
}

#[test]
fn row_11_a_worker_killed_between_the_lease_and_the_word_leaves_the_entry_and_the_mail_goes_out_later() {
    let folder = Folder::new();
    let mut sim = Sim::on(folder.open(), Policy::default());
    let alice = sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    assert_eq!(sim.lease().len(), 1);
    // Killed here: nothing more of this process happens.
    let mut sim = Sim { store: folder.open(), ..sim };
    let lines = sim.lines(alice);
    assert!(matches!(lines[..], [Entry::Request { end: End::Waiting, mail: Mail::Waiting, .. }]));
    assert!(sim.lease().is_empty(), "the lease of the dead still stands");
    assert_eq!(sim.write(|tx, _| flow::deliver::release_all(tx)), 1);
    let mail = sim.mail();
    assert_eq!(mail.request, request);
    assert!(sim.submit(request, &mail.code, 1).is_ok());
}

#[test]
fn row_11_a_mail_that_could_not_leave_in_time_is_shown_as_not_delivered() {
    let mut sim = Sim::new();
    let alice = sim.account(ALICE);
    sim.ask(ALICE, 1);
    sim.advance(11 * MINUTE);
    sim.sweep();
    assert!(sim.post().mails.is_empty(), "no dead code is mailed");
    let lines = sim.lines(alice);
    assert!(matches!(lines[..], [Entry::Request { end: End::Bounced, mail: Mail::Bounced, .. }]));
    let bounced = sim.events().into_iter().any(|event| {
        matches!(event.kind, EventKind::MessageBounced { why: Obstacle::TooLate, .. })
            && event.subject.account() == Some(alice)
    });
    assert!(bounced);
}

/// Everything that people do, with every secret that was around.
fn story(sim: &mut Sim) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = Vec::new();
    let text = |secrets: &mut Vec<Vec<u8>>, text: &str| secrets.push(text.as_bytes().to_vec());
    let bytes = |secrets: &mut Vec<Vec<u8>>, bytes: &[u8]| {
        secrets.push(bytes.to_vec());
        secrets.push(wire::token::encode(bytes).into_bytes());
        secrets.push(wire::token::hex(bytes).into_bytes());
        secrets.push(format!("{bytes:?}").into_bytes());
    };
    // Set-up, the operator's first sign-in, an invitation, the invited one's sign-in.
    let link = sim.write(flow::invitation::set_up).unwrap();
    text(&mut secrets, &link.expose());
    let cx = sim.cx();
    let found = flow::invitation::find(&sim.store, &cx, &link).unwrap().unwrap();
    let request = sim.ask_from(ALICE, 1, source(1), Door::Invitation(found.id, found.opening));
    let mail = sim.mail();
    let started = sim.submit(request, &mail.code, 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    bytes(&mut secrets, started.secret.expose());
    text(&mut secrets, &mail.code);
    let alice = started.session.account;
    // Wrong, late, foreign, sent again, denied, expired, unknown, suppressed, bounced.
    sim.advance(HOUR);
    for browser in 10..20 {
        let request = sim.ask(ALICE, browser);
        let leased = sim.lease();
        for leased in leased {
            let message = sim.compose(&leased).unwrap();
            let why = Obstacle::TryLater;
            assert_eq!(message.to, ALICE);
            sim.settle(leased, Delivery::Deferred { why });
        }
        sim.advance(MINUTE);
        sim.ask(ALICE, browser);
        for mail in sim.post().mails {
            text(&mut secrets, &mail.code);
            text(&mut secrets, &model::sign_in_code::CodeText::from_text(mail.code.clone()).grouped());
            bytes(&mut secrets, &mail.not_me);
            sim.refusal(mail.request, &wrong(&mail.code, 1), browser);
            text(&mut secrets, &wrong(&mail.code, 1));
            let _ = sim.submit(request, &mail.code, 99);
            let by = not_me::By::Recipient(mail.not_me);
            let _ = sim.write(move |tx, cx| not_me::commit(tx, cx, mail.request, by, source(7)));
            let _ = sim.submit(mail.request, &mail.code, browser);
        }
        bytes(&mut secrets, &half(browser));
    }
    for n in 0..150 {
        sim.ask("some.unknown.person@example.org", 1000 + n);
    }
    text(&mut secrets, "some.unknown.person");
    sim.advance(2 * HOUR);
    sim.sweep();
    sim.post();
    let visitor = flow::session::Visitor {
        session: started.session.clone(),
        account: flow::account::find_by_id(&sim.store, alice).unwrap().unwrap(),
    };
    let own = started.session.id;
    sim.write(move |tx, cx| flow::session::end(tx, cx, &visitor, own, source(1))).unwrap();
    sim.write(move |tx, cx| account::change(tx, cx, alice, account::Change::Lock)).unwrap();
    sim.ask(ALICE, 30);
    sim.write(move |tx, cx| account::change(tx, cx, alice, account::Change::Close)).unwrap();
    secrets
}

#[test]
fn row_46_no_event_and_no_byte_of_the_database_holds_a_secret_or_an_unknown_address() {
    let folder = Folder::new();
    let mut sim = Sim::on(folder.open(), Policy::default());
    let secrets = story(&mut sim);
    let events = sim.events();
    let mut kinds: Vec<&str> = events.iter().map(|event| event.kind.name()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() >= 15, "the story is a whole one: {kinds:?}");
    let record: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
    let dump = folder.dump();
    let holds = |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).any(|window| window == needle);
    assert!(holds(&dump, b"sign_in_code_requested"), "the search can find");
    assert!(secrets.len() > 30);
    for secret in &secrets {
        let shown = String::from_utf8_lossy(secret);
        assert!(!record.iter().any(|event| holds(event.as_bytes(), secret)), "on the record: {shown}");
        assert!(!holds(&dump, secret), "in the database: {shown}");
    }
}

#[test]
fn row_46_the_record_of_an_account_names_no_full_address() {
    let mut sim = Sim::new();
    sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    let newcomer = "new.person@example.org";
    sim.policy.registration = model::policy::Registration::Open;
    sim.sign_in(newcomer, 2);
    for event in sim.events() {
        let text = format!("{event:?}");
        assert!(!text.contains(ALICE) && !text.contains(newcomer), "{text}");
    }
    let masked = sim.events().iter().any(|event| format!("{event:?}").contains("n…@example.org"));
    assert!(masked, "enough to be recognised by whoever knows it");
}

#[test]
fn row_52_while_the_store_cannot_write_nothing_leaves_and_no_code_is_accepted() {
    let folder = Folder::new();
    let mut sim = Sim::on(folder.open(), Policy::default());
    sim.account(ALICE);
    let request = sim.ask(ALICE, 1);
    let mail = sim.mail();
    let events = sim.events().len();
    // Another process holds the database for longer than anybody waits.
    let other = folder.open();
    let gate = Arc::new(Barrier::new(2));
    let (held, begun) = (Arc::clone(&gate), Arc::new(Barrier::new(2)));
    let running = Arc::clone(&begun);
    other.write(
        move |tx| {
            running.wait();
            held.wait();
            Ok(tx.unrecorded("a test", ()))
        },
        |_| {},
    );
    begun.wait();
    let prepared = sim.prepare(ALICE, 2, source(2), Door::SignIn);
    let cx = sim.cx();
    let submission = Submission {
        request,
        code: CodeText::from_text(mail.code.clone()),
        browser_half: half(1),
        current: None,
        source: source(1),
    };
    let submitted = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    let (sender, answers) = std::sync::mpsc::channel();
    let (mut first, mut second) = (sim.cx(), sim.cx());
    let asked = sender.clone();
    sim.store.write(
        move |tx| ask::commit(tx, &mut first, &prepared),
        move |outcome| asked.send(outcome.map(|_| ())).unwrap(),
    );
    sim.store.write(
        move |tx| submit::commit(tx, &mut second, &submitted),
        move |outcome| sender.send(outcome.map(|_| ())).unwrap(),
    );
    for _ in 0..2 {
        let fault = answers.recv().unwrap().unwrap_err();
        assert!(fault.may_pass(), "{}", fault.chain());
    }
    assert_eq!(sim.events().len(), events, "reading goes on, and shows nothing new");
    gate.wait();
    drop(other);
    assert!(sim.lease().is_empty());
    assert!(sim.submit(request, &mail.code, 1).is_ok(), "nothing was spent");
}
