//! threats.md §5.2 rows 1, 3 and 12: what an unknown browser must bring before a code is mailed.

use std::time::Duration;

use flow::activity::{End, Entry};
use flow::gate::{self, Choice};
use flow::invitation;
use flow::session::Visitor;
use flow::sign_in::ask::Door;
use model::account::Role;
use model::event::{AddressRole, EventKind, NotSent};
use model::gate::{Gate, WINDOW};
use model::id::RequestId;
use model::invitation::Opening;
use model::name::PrivateName;
use model::policy::{Policy, Registration};
use model::refusal::Refusal;
use model::sign_in_code::Purpose;
use wire::gate_word::GateWord;
use wire::name::Name;

use crate::addresses;
use crate::sim::{DAYS, HOUR, MINUTE, Post, SECOND, Sim, source, unlimited};
use crate::sources::sources;

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.org";
pub(crate) const NOBODY: &str = "nobody@example.com";
pub(crate) const NAME: &str = "amber-falcon-471114";
pub(crate) const OTHER_NAME: &str = "amber-falcon-471115";
pub(crate) const WORD: &str = "quiet heron";
pub(crate) const HOME: u64 = 1;

/// Alice, signed in in her browser, with a private name and a gate word, behind this gate.
pub(crate) fn behind(policy: Policy, gate: Gate) -> (Sim, Visitor) {
    let mut sim = Sim::with(policy);
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, HOME);
    let alice = sim.visitor(&started);
    let (by, name) = (alice.clone(), PrivateName::new(Name::parse(NAME).unwrap(), sim.store.keys()));
    sim.write(move |tx, cx| flow::address::name::put(tx, cx, &by, &name, source(HOME))).unwrap();
    set_word(&mut sim, &alice, WORD);
    choose(&mut sim, &alice, Some(gate)).unwrap();
    sim.advance(2 * HOUR);
    sim.sweep();
    sim.post();
    (sim, alice)
}

pub(crate) fn choose(sim: &mut Sim, by: &Visitor, gate: Option<Gate>) -> Result<(), Refusal> {
    choose_anyway(sim, by, gate, true)
}

pub(crate) fn choose_anyway(
    sim: &mut Sim,
    by: &Visitor,
    gate: Option<Gate>,
    anyway: bool,
) -> Result<(), Refusal> {
    let by = by.clone();
    sim.write(move |tx, cx| gate::choose(tx, cx, &by, Choice { gate, anyway }, source(HOME)))
}

pub(crate) fn set_word(sim: &mut Sim, by: &Visitor, word: &str) {
    let digest = gate::prepare_word(&sim.store, by.account.id, &GateWord::parse(word).unwrap());
    let by = by.clone();
    sim.write(move |tx, cx| gate::set_word(tx, cx, &by, &digest, source(HOME))).unwrap();
}

/// What has to be typed within a window.
pub(crate) const WINDOWS: &str = "quiet heron amber fox";

fn announce(sim: &mut Sim, by: &Visitor) {
    let digest = gate::prepare_word(&sim.store, by.account.id, &GateWord::parse(WINDOWS).unwrap());
    let by = by.clone();
    let until = sim.write(move |tx, cx| gate::announce(tx, cx, &by, &digest, source(HOME))).unwrap();
    assert_eq!(until, sim.now + WINDOW);
}

/// What somebody brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brings {
    Nothing,
    TheName,
    TheWord,
    AWrongWord,
    AnAnnouncement,
    AKnownBrowser,
}

const ALL: [Brings; 6] = [
    Brings::Nothing,
    Brings::TheName,
    Brings::TheWord,
    Brings::AWrongWord,
    Brings::AnAnnouncement,
    Brings::AKnownBrowser,
];

/// Asks for a code of `whom` (and by `name`), bringing this.
pub(crate) fn ask(sim: &mut Sim, by: &Visitor, (whom, name): (&str, &str), brings: Brings) -> RequestId {
    match brings {
        Brings::Nothing => sim.ask(whom, 77),
        Brings::TheName => sim.ask(name, 77),
        Brings::TheWord => sim.ask_with(whom, 77, source(77), WORD),
        Brings::AWrongWord => sim.ask_with(whom, 77, source(77), "loud heron"),
        Brings::AnAnnouncement => {
            announce(sim, by);
            sim.ask_with(whom, 77, source(77), WINDOWS)
        }
        Brings::AKnownBrowser => sim.ask(whom, HOME),
    }
}

fn passes(gate: Gate, brings: Brings) -> bool {
    match brings {
        Brings::AnAnnouncement | Brings::AKnownBrowser => true,
        Brings::TheName => matches!(gate, Gate::Open | Gate::PrivateName),
        Brings::TheWord => matches!(gate, Gate::Open | Gate::GateWord),
        Brings::Nothing | Brings::AWrongWord => gate == Gate::Open,
    }
}

fn missing(gate: Gate, brings: Brings) -> NotSent {
    match (gate, brings) {
        (Gate::PrivateName, _) => NotSent::NameMissing,
        (Gate::GateWord, Brings::AWrongWord) => NotSent::WordWrong,
        (Gate::GateWord, _) => NotSent::WordMissing,
        (Gate::SolicitedOnly | Gate::Open, _) => NotSent::Unannounced,
    }
}

fn why(sim: &Sim, request: RequestId) -> Option<NotSent> {
    sim.steps(request).into_iter().find_map(|kind| match kind {
        EventKind::SignInCodeRequested { not_sent, .. } => not_sent,
        _ => None,
    })
}

#[test]
fn row_1_each_gate_lets_through_what_it_asks_for_and_says_on_the_record_what_was_missing() {
    for gate in Gate::ALL {
        for brings in ALL {
            let (mut sim, alice) = behind(Policy::default(), gate);
            let request = ask(&mut sim, &alice, (ALICE, NAME), brings);
            let mails = sim.post().mails;
            assert_eq!(!mails.is_empty(), passes(gate, brings), "{gate:?} {brings:?}");
            if passes(gate, brings) {
                assert_eq!(why(&sim, request), None);
                let browser = if brings == Brings::AKnownBrowser { HOME } else { 77 };
                sim.submit(request, &mails[0].code, browser).unwrap();
            } else {
                assert_eq!(why(&sim, request), Some(missing(gate, brings)), "{gate:?} {brings:?}");
                let event = sim.events().into_iter().find(|event| event.request == Some(request)).unwrap();
                assert_eq!(event.subject, model::event::Subject::Account(alice.account.id));
            }
        }
    }
}

/// What whoever asks sees of a request, and of its next minutes, and how much is queued for it.
fn seen(sim: &mut Sim, by: &Visitor, whom: (&str, &str), brings: Brings) -> Vec<String> {
    let browser = if brings == Brings::AKnownBrowser { HOME } else { 77 };
    let mut seen = Vec::new();
    let mut first = None;
    for wait in [Duration::ZERO, SECOND, 31 * SECOND, MINUTE] {
        sim.advance(wait);
        let request = ask(sim, by, whom, brings);
        assert_eq!(*first.get_or_insert(request), request, "the same page each time: {brings:?}");
        let status = sim.status(request, browser);
        let queued = sim.lease_all();
        seen.push(format!(
            "{:?} {:?} {} {} {} {}",
            status.purpose,
            status.state,
            status.guesses_left,
            status.expires_at,
            status.again_at,
            queued.len(),
        ));
        for leased in queued {
            sim.settle(leased, model::message::Delivery::HandedOver);
        }
    }
    let request = first.unwrap();
    for guess in ["BBBBBBBB", "CCCCCCCC", "DDDDDDDD", "FFFFFFFF"] {
        seen.push(format!("{:?}", sim.refusal(request, guess, browser)));
    }
    seen
}

#[test]
fn row_12_whoever_asks_sees_the_same_in_every_mode_whatever_they_bring_and_of_nobody() {
    for brings in ALL {
        let all: Vec<_> = Gate::ALL
            .into_iter()
            .flat_map(|gate| {
                [(ALICE, NAME), (NOBODY, OTHER_NAME)].map(|whom| {
                    let (mut sim, alice) = behind(Policy::default(), gate);
                    seen(&mut sim, &alice, whom, brings)
                })
            })
            .collect();
        assert!(all.iter().all(|one| *one == all[0]), "{brings:?}: {all:#?}");
    }
}

#[test]
fn row_12_the_same_rows_are_written_whether_a_gate_stops_it_or_lets_it_through_or_there_is_nobody() {
    let written = |gate, whom: (&str, &str), brings| {
        let (mut sim, alice) = behind(Policy::default(), gate);
        let before = rows(&sim);
        ask(&mut sim, &alice, whom, brings);
        let after = rows(&sim);
        after
            .into_iter()
            .zip(before)
            .map(|((name, after), (_, before))| (name, after - before))
            .collect::<Vec<_>>()
    };
    for brings in [Brings::Nothing, Brings::TheWord, Brings::AWrongWord, Brings::TheName] {
        // What was mailed before has a row of its own that what is mailed for the first time gets.
        let without = |rows: Vec<(&'static str, u64)>| {
            rows.into_iter()
                .filter(|(name, _)| !matches!(*name, "destinations" | "guess_ledger"))
                .collect::<Vec<_>>()
        };
        let of_nobody = without(written(Gate::Open, (NOBODY, OTHER_NAME), brings));
        for gate in Gate::ALL {
            let of_alice = without(written(gate, (ALICE, NAME), brings));
            assert_eq!(of_alice, of_nobody, "{gate:?} {brings:?}");
        }
        let counted = of_nobody.iter().filter(|(_, more)| *more > 0).count();
        assert_eq!(
            counted,
            if matches!(brings, Brings::TheWord | Brings::AWrongWord) { 4 } else { 3 },
            "{of_nobody:?}"
        );
    }
}

/// How many rows each table has.
fn rows(sim: &Sim) -> Vec<(&'static str, u64)> {
    let figures = store::stats::figures(&sim.store, store::stats::Effort::Look).unwrap();
    let count = |table: &store::stats::Table| match table.rows {
        store::stats::Rows::Exactly(count) => (table.name, count),
        _ => panic!("{table:?}"),
    };
    figures.tables.iter().map(count).collect()
}

#[test]
fn row_1_a_spray_over_gated_accounts_mails_nobody() {
    let mut sim = Sim::with(Policy { gate: Gate::PrivateName, ..Policy::default() });
    for n in 0..200 {
        sim.account(&format!("person{n}@example.com"));
    }
    for n in 0..400_u64 {
        sim.ask(&format!("person{n}@example.com"), 10_000 + n);
    }
    assert!(sim.post().mails.is_empty());
    let by_gate = |event: &model::event::Event| matches!(event.kind, EventKind::SignInCodeRequested { not_sent: Some(why), .. } if why.is_by_gate());
    assert_eq!(sim.events().iter().filter(|event| by_gate(event)).count(), 200);
}

#[test]
fn row_3_no_flood_at_a_gate_uses_up_what_its_owner_needs() {
    for gate in [Gate::PrivateName, Gate::GateWord, Gate::SolicitedOnly] {
        let (mut sim, alice) = behind(Policy::default(), gate);
        for n in 0..120 {
            sim.ask_with(ALICE, 1_000 + n, source(1_000 + n * 65_536), "wrong words");
            sim.advance(SECOND);
        }
        assert!(sim.post().mails.is_empty(), "{gate:?}");
        for brings in [Brings::AKnownBrowser, Brings::AnAnnouncement] {
            let request = ask(&mut sim, &alice, (ALICE, NAME), brings);
            let mail = sim.mail();
            assert_eq!(mail.request, request, "{gate:?} {brings:?}");
        }
        let alice = alice.clone();
        sim.write(move |tx, cx| gate::take_back(tx, cx, &alice, source(HOME))).unwrap();
        if gate == Gate::PrivateName {
            sim.ask(NAME, 78);
            assert_eq!(sim.post().mails.len(), 1);
        }
    }
}

#[test]
fn an_announcement_counts_up_to_its_last_second_and_no_longer() {
    for (after, mailed) in [(WINDOW - SECOND, true), (WINDOW, false), (WINDOW + SECOND, false)] {
        let (mut sim, alice) = behind(Policy::default(), Gate::SolicitedOnly);
        announce(&mut sim, &alice);
        sim.advance(after);
        sim.ask_with(ALICE, 77, source(77), WINDOWS);
        assert_eq!(sim.post().mails.len(), usize::from(mailed), "{after:?}");
    }
}

#[test]
fn row_1_a_window_lets_through_whoever_has_its_words_and_nobody_uses_it_up() {
    for gate in [Gate::SolicitedOnly, Gate::GateWord] {
        let (mut sim, alice) = behind(Policy::default(), gate);
        announce(&mut sim, &alice);
        // Somebody who asks every second of it, without words, with wrong ones, and for a recovery.
        for n in 0..40 {
            sim.ask(ALICE, 1_000 + n);
            sim.ask_with(ALICE, 2_000 + n, source(n << 16), "quiet heron amber gate");
            let named = sim.address(ALICE).identity();
            sim.ask_from(ALICE, 3_000 + n, source(n), Door::Recovery(named));
        }
        assert!(sim.post().mails.is_empty());
        let request = sim.ask_with(ALICE, 77, source(77), WINDOWS);
        let mail = sim.mail();
        assert_eq!(mail.request, request, "{gate:?}");
        sim.submit(request, &mail.code, 77).unwrap();
        sim.post();
        // It was for one.
        sim.ask_with(ALICE, 78, source(78), WINDOWS);
        assert!(sim.post().mails.is_empty());
    }
}

#[test]
fn the_words_of_another_account_or_of_a_window_before_open_nothing() {
    let (mut sim, alice) = behind(unlimited(), Gate::SolicitedOnly);
    sim.account(BOB);
    let started = sim.sign_in(BOB, 5);
    let bob = sim.visitor(&started);
    announce(&mut sim, &bob);
    sim.ask_with(ALICE, 77, source(77), WINDOWS);
    assert!(sim.post().mails.is_empty());
    announce(&mut sim, &alice);
    let other =
        gate::prepare_word(&sim.store, alice.account.id, &GateWord::parse("loud falcon teal fox").unwrap());
    let by = alice.clone();
    sim.write(move |tx, cx| gate::announce(tx, cx, &by, &other, source(HOME))).unwrap();
    sim.ask_with(ALICE, 78, source(78), WINDOWS);
    assert!(sim.post().mails.is_empty(), "others were shown since");
    sim.ask_with(ALICE, 79, source(79), "LOUD falcon-teal fox");
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn an_announcement_ends_when_somebody_came_and_when_it_is_taken_back() {
    let (mut sim, alice) = behind(unlimited(), Gate::SolicitedOnly);
    announce(&mut sim, &alice);
    // A known browser that signs in is not whoever was announced.
    let request = sim.ask(ALICE, HOME);
    let mail = sim.mail();
    sim.submit(request, &mail.code, HOME).unwrap();
    let request = sim.ask_with(ALICE, 77, source(77), WINDOWS);
    let mail = sim.mail();
    sim.submit(request, &mail.code, 77).unwrap();
    assert!(sim.events().iter().any(|event| event.kind == EventKind::GateClosed { used: true }));
    sim.ask_with(ALICE, 78, source(78), WINDOWS);
    assert!(sim.post().mails.is_empty());
    announce(&mut sim, &alice);
    let by = alice.clone();
    sim.write(move |tx, cx| gate::take_back(tx, cx, &by, source(HOME))).unwrap();
    sim.ask_with(ALICE, 79, source(79), WINDOWS);
    assert!(sim.post().mails.is_empty());
    assert!(sim.events().iter().any(|event| event.kind == EventKind::GateClosed { used: false }));
}

#[test]
fn whoever_asked_too_early_is_mailed_the_same_code_once_they_bring_what_was_missing() {
    let (mut sim, alice) = behind(Policy::default(), Gate::SolicitedOnly);
    let request = sim.ask(ALICE, 77);
    assert!(sim.post().mails.is_empty());
    sim.advance(MINUTE);
    announce(&mut sim, &alice);
    let again = sim.ask_with(ALICE, 77, source(77), WINDOWS);
    assert_eq!(again, request, "nothing on the page tells that it is open now");
    let mail = sim.mail();
    assert_eq!(mail.request, request);
    sim.submit(request, &mail.code, 77).unwrap();
    // With the word one need not wait.
    let (mut sim, _) = behind(Policy::default(), Gate::GateWord);
    let request = sim.ask(ALICE, 77);
    sim.advance(SECOND);
    assert_eq!(sim.ask_with(ALICE, 77, source(77), WORD), request);
    let mail = sim.mail();
    sim.submit(request, &mail.code, 77).unwrap();
}

#[test]
fn row_12_what_is_brought_too_late_opens_no_page_of_its_own_even_where_no_mail_of_strangers_may_leave() {
    let ids = |whom: &str, word: &str| {
        let (mut sim, alice) = behind(Policy::default(), Gate::GateWord);
        let before = sim.reserved(Some(alice.account.id), ALICE, false);
        for n in 0..5 {
            sim.ask(whom, 1_000 + n);
        }
        let request = sim.ask(whom, 77);
        sim.advance(MINUTE);
        let again = sim.ask_with(whom, 77, source(77), word);
        let mails = sim.post().mails;
        if let [mail] = &mails[..] {
            sim.submit(again, &mail.code, 77).unwrap();
            sim.advance(HOUR);
            sim.sweep();
            assert_eq!(sim.reserved(Some(alice.account.id), ALICE, false), before + 1, "one guess was made");
        }
        (request == again, mails.len())
    };
    assert_eq!(ids(ALICE, WORD), (true, 1));
    assert_eq!(ids(ALICE, "loud heron"), (true, 0));
    assert_eq!(ids(NOBODY, WORD), (true, 0));
}

#[test]
fn the_record_says_of_a_code_that_was_sent_after_all_that_it_was_never_used() {
    let (mut sim, alice) = behind(Policy::default(), Gate::GateWord);
    let request = sim.ask(ALICE, 77);
    let end = |sim: &Sim| {
        let lines = sim.lines(alice.account.id);
        let of = |line: &Entry| match line {
            Entry::Request { id, end, .. } if *id == request => Some(*end),
            Entry::Request { .. } | Entry::Other(_) => None,
        };
        lines.iter().find_map(of).unwrap()
    };
    assert_eq!(end(&sim), End::NotSent(NotSent::WordMissing));
    sim.ask_with(ALICE, 77, source(77), WORD);
    sim.mail();
    assert_eq!(end(&sim), End::Waiting);
    sim.advance(HOUR);
    sim.sweep();
    assert_eq!(end(&sim), End::NeverUsed);
}

#[test]
fn after_three_wrong_words_from_one_network_none_is_looked_at_there_for_a_day() {
    let (mut sim, _) = behind(unlimited(), Gate::GateWord);
    for n in 0..3 {
        let request = sim.ask_with(ALICE, 80 + n, source(77), "loud heron");
        assert_eq!(why(&sim, request), Some(NotSent::WordWrong));
    }
    let right = sim.ask_with(ALICE, 90, source(77), WORD);
    assert_eq!(why(&sim, right), Some(NotSent::WordsSpent));
    // From another network it is the right one still.
    let elsewhere = sim.ask_with(ALICE, 91, source(77 + (1 << 24)), WORD);
    assert_eq!(why(&sim, elsewhere), None);
    sim.advance(DAYS - SECOND);
    assert_eq!(sim.ask_with(ALICE, 92, source(77), WORD), sim.events().last().unwrap().request.unwrap());
    assert_eq!(why(&sim, sim.events().last().unwrap().request.unwrap()), Some(NotSent::WordsSpent));
    sim.advance(SECOND);
    let right = sim.ask_with(ALICE, 93, source(77), WORD);
    assert_eq!(why(&sim, right), None);
}

#[test]
fn row_5_from_all_networks_together_ten_wrong_words_a_day_and_thirty_a_week_are_looked_at() {
    let (mut sim, _) = behind(unlimited(), Gate::GateWord);
    let mut looked_at = Vec::new();
    for day in 0..8_u64 {
        let mut count = 0;
        for n in 0..40_u64 {
            let request = sim.ask_with(ALICE, day * 1000 + n, source((day * 40 + n) << 16), "loud heron");
            count += usize::from(why(&sim, request) == Some(NotSent::WordWrong));
        }
        looked_at.push(count);
        sim.advance(DAYS);
    }
    assert_eq!(looked_at, [10, 10, 10, 0, 0, 0, 0, 10]);
}

/// A way by which a code is mailed, walked from an unknown browser that brings nothing: what came.
type Walk = fn(&mut Sim, &Visitor) -> Post;

/// Every way by which a code is mailed on somebody's request, and whether a gate stands before it. Devices (RFC 8628), clients
/// (OpenID Connect) and whoever forgot a password come to the sign-in page and to recovery, and have no way of their own.
const WAYS: [(&str, bool, Walk); 6] = [
    ("SignIn", true, |sim, _| {
        sim.ask(ALICE, 77);
        sim.post()
    }),
    ("Recovery", true, |sim, _| {
        let named = sim.address(ALICE).identity();
        sim.ask_from(BOB, 77, source(77), Door::Recovery(named));
        sim.post()
    }),
    // Somebody else, signed in, wants Alice's address for their own account.
    ("Address", true, |sim, _| {
        sim.account("mallory@example.net");
        let started = sim.sign_in("mallory@example.net", 66);
        let mallory = sim.visitor(&started);
        for role in [AddressRole::SignIn, AddressRole::Recovery] {
            sim.ask_from(ALICE, 66, source(66), Door::Address(mallory.held(), role));
        }
        sim.post()
    }),
    // Whoever holds an invitation to open an account, and types an address that has one.
    ("Invitation", true, |sim, _| {
        let address = sim.address("new@example.com");
        let link = sim.write(move |tx, cx| invitation::invite(tx, cx, &address, Role::Member)).unwrap();
        let cx = sim.cx();
        let id = invitation::find(&sim.store, &cx, &link).unwrap().unwrap().id;
        sim.ask_from(ALICE, 77, source(77), Door::Invitation(id, Opening::Invitation));
        sim.post()
    }),
    // From within a session of the account itself.
    ("Confirm", false, |sim, alice| {
        sim.ask_from(ALICE, 55, source(55), Door::Confirm(alice.held()));
        sim.post()
    }),
    ("own Address", false, |sim, alice| {
        sim.ask_from(
            "alice@elsewhere.example",
            HOME,
            source(HOME),
            Door::Address(alice.held(), AddressRole::SignIn),
        );
        sim.post()
    }),
];

/// Fails to compile when a door is added: it is to be put into [`WAYS`].
const fn name_of(door: Door) -> &'static str {
    match door {
        Door::SignIn => "SignIn",
        Door::Invitation(..) => "Invitation",
        Door::Confirm(_) => "Confirm",
        Door::Address(..) => "Address",
        Door::Recovery(_) => "Recovery",
    }
}

#[test]
fn row_1_every_way_by_which_a_code_is_mailed_is_behind_the_gate_or_within_a_session_of_the_account() {
    assert!(WAYS.iter().any(|(name, ..)| *name == name_of(Door::SignIn)));
    for gate in Gate::ALL {
        for (name, gated, walk) in WAYS {
            let (mut sim, alice) = behind(unlimited(), Gate::Open);
            addresses::add(&mut sim, &alice, BOB, AddressRole::Recovery);
            choose(&mut sim, &alice, Some(gate)).unwrap();
            sim.advance(2 * HOUR);
            sim.post();
            let mails = walk(&mut sim, &alice).mails;
            let to_alice = mails.iter().filter(|mail| mail.to != "mallory@example.net").count();
            assert_eq!(to_alice > 0, !gated || gate == Gate::Open, "{name} {gate:?}: {mails:?}");
        }
    }
}

#[test]
fn row_1_no_other_file_queues_a_code() {
    let queueing: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains("kind: MessageKind::SignInCode"))
        .map(|(file, _)| file)
        .collect();
    assert_eq!(queueing, ["sign_in/ask.rs"]);
}

#[test]
fn where_an_account_opens_nobody_is_there_whose_gate_it_could_be() {
    let policy = Policy { gate: Gate::SolicitedOnly, registration: Registration::Open, ..Policy::default() };
    let mut sim = Sim::with(policy);
    let request = sim.ask("new@example.com", 5);
    let mail = sim.mail();
    assert_eq!(sim.status(request, 5).purpose, Purpose::OpenAccount);
    sim.submit(request, &mail.code, 5).unwrap();
    // From then on there is.
    sim.ask("new@example.com", 6);
    assert!(sim.post().mails.is_empty());
    sim.ask("new@example.com", 5);
    assert_eq!(sim.post().mails.len(), 1, "the browser that opened it is known");
}
