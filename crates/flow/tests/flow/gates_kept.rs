//! Who sets a gate and who lets somebody past it, what it leaves for its owner to read, and what is mailed of it once a week.

use std::time::Duration;

use flow::by::By;
use flow::gate::{self};
use flow::sign_in::ask::Door;
use flow::tenant::{self, Change as OfTenant};
use flow::undo::{self, Seen};
use model::event::{AddressRole, EventKind, Subject};
use model::gate::{Gate, OPERATORS_WINDOW};
use model::id::AccountId;
use model::method::MethodPolicy;
use model::notice::What;
use model::policy::{Policy, Registration};
use model::refusal::Refusal;
use model::sign_in_code::CodeState;
use model::undo::Reach;
use proptest::prelude::*;
use wire::gate_word::GateWord;

use crate::gates::{
    ALICE, BOB, HOME, NAME, NOBODY, OTHER_NAME, WINDOWS, WORD, behind, choose, choose_anyway, set_word,
};
use crate::recovery::make;
use crate::sim::{DAYS, HOUR, MINUTE, Post, SECOND, Sim, source, unlimited};
use crate::{addresses, tenants};

#[test]
fn site_tenant_and_owner_each_make_it_stricter_and_an_owner_looser_only_where_that_is_allowed() {
    let (mut sim, alice) = behind(unlimited(), Gate::GateWord);
    sim.policy.gate = Gate::GateWord;
    assert_eq!(choose(&mut sim, &alice, Some(Gate::Open)), Err(Refusal::GateLoose));
    assert_eq!(choose(&mut sim, &alice, Some(Gate::PrivateName)), Ok(()), "something to know, as well");
    sim.ask(NAME, 77);
    assert_eq!(sim.post().mails.len(), 1);
    choose(&mut sim, &alice, None).unwrap();
    sim.ask(NAME, 78);
    assert!(sim.post().mails.is_empty());
    tenants::make(&mut sim, MethodPolicy::OPEN);
    let id = alice.account.id;
    sim.write(move |tx, cx| tenant::move_account(tx, cx, id, Some("uni"), &By::COMMAND)).unwrap();
    let change = OfTenant::Gate(Some(Gate::SolicitedOnly));
    sim.write(move |tx, cx| tenant::change(tx, cx, "uni", &change, &By::COMMAND)).unwrap();
    sim.ask_with(ALICE, 79, source(79), WORD);
    assert!(sim.post().mails.is_empty(), "the tenant asks for more");
    assert_eq!(choose(&mut sim, &alice, Some(Gate::GateWord)), Err(Refusal::GateLoose));
    sim.policy.gate_looser = true;
    choose(&mut sim, &alice, Some(Gate::Open)).unwrap();
    sim.ask(ALICE, 80);
    assert_eq!(sim.post().mails.len(), 1);
    // Taken back by the operator: what the owner chose counts no more.
    sim.policy.gate_looser = false;
    sim.ask(ALICE, 81);
    assert!(sim.post().mails.is_empty());
}

#[test]
fn nobody_locks_themselves_out_unasked_and_nobody_has_a_gate_that_nothing_opens() {
    let mut sim = Sim::with(unlimited());
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, HOME);
    let alice = sim.visitor(&started);
    assert_eq!(choose(&mut sim, &alice, Some(Gate::PrivateName)), Err(Refusal::GateNameless));
    assert_eq!(choose(&mut sim, &alice, Some(Gate::GateWord)), Err(Refusal::GateWordless));
    set_word(&mut sim, &alice, WORD);
    for gate in [Gate::GateWord, Gate::SolicitedOnly] {
        assert_eq!(choose_anyway(&mut sim, &alice, Some(gate), false), Err(Refusal::GateLocksOut));
    }
    choose_anyway(&mut sim, &alice, Some(Gate::Open), false).unwrap();
    drop(make(&mut sim, &alice).unwrap());
    choose_anyway(&mut sim, &alice, Some(Gate::GateWord), false).unwrap();
    let by = alice.clone();
    let removed = sim.write(move |tx, cx| gate::remove_word(tx, cx, &by, source(HOME)));
    assert_eq!(removed, Err(Refusal::GateWordNeeded));
    choose(&mut sim, &alice, None).unwrap();
    let by = alice.clone();
    sim.write(move |tx, cx| gate::remove_word(tx, cx, &by, source(HOME))).unwrap();
    assert_eq!(sim.kinds().into_iter().filter(|kind| *kind == "gate_word_changed").count(), 2);
}

fn admit(sim: &mut Sim, id: AccountId) {
    let word = gate::prepare_word(&sim.store, id, &GateWord::parse(WINDOWS).unwrap());
    let until = sim.write(move |tx, cx| gate::admit(tx, cx, id, &word, &By::COMMAND)).unwrap();
    assert_eq!(until, sim.now + OPERATORS_WINDOW);
}

#[test]
fn row_3_whoever_is_locked_out_is_let_in_by_the_words_that_the_operator_told_them_and_nobody_else_is() {
    let (mut sim, alice) = behind(unlimited(), Gate::SolicitedOnly);
    let id = alice.account.id;
    admit(&mut sim, id);
    // Somebody who asks all the time takes nothing of it, with no words or with others.
    for (n, words) in (100..140).zip(["", "amber heron quiet fox"].iter().cycle()) {
        sim.ask_with(ALICE, n, source(66), words);
    }
    sim.advance(OPERATORS_WINDOW - SECOND);
    assert!(sim.post().mails.is_empty());
    sim.ask_with(ALICE, 77, source(77), WINDOWS);
    assert_eq!(sim.post().mails.len(), 1, "to the last second");
    sim.advance(SECOND);
    sim.ask_with(ALICE, 78, source(78), WINDOWS);
    assert!(sim.post().mails.is_empty());
    // It is one sign-in.
    admit(&mut sim, id);
    let request = sim.ask_with(ALICE, 79, source(79), WINDOWS);
    let code = sim.mail().code;
    sim.submit(request, &code, 79).unwrap();
    sim.ask_with(ALICE, 80, source(80), WINDOWS);
    assert!(sim.post().mails.is_empty());
}

#[test]
fn a_reset_leaves_what_the_site_asks_for_and_the_words_of_the_operator_are_past_it() {
    let (mut sim, alice) = behind(unlimited(), Gate::SolicitedOnly);
    let id = alice.account.id;
    let act = (flow::account::Change::Reset, Some("lost the telephone"));
    sim.policy.gate = Gate::GateWord;
    sim.write(move |tx, cx| flow::account::act(tx, cx, id, act, &By::COMMAND)).unwrap();
    let cx = sim.cx();
    assert_eq!(gate::of_account(&sim.store, &cx, id).unwrap().gate(), Gate::GateWord);
    sim.post();
    sim.ask(ALICE, 79);
    assert!(sim.post().mails.is_empty());
    admit(&mut sim, id);
    sim.ask_with(ALICE, 80, source(80), WINDOWS);
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn row_34_a_gate_that_somebody_else_set_goes_with_what_else_they_did() {
    let mut sim = Sim::with(unlimited());
    let alice = crate::passkeys::at_home(&mut sim, ALICE, HOME);
    sim.advance(DAYS);
    let since = sim.now;
    let started = sim.sign_in(ALICE, 66);
    let intruder = sim.visitor(&started);
    set_word(&mut sim, &intruder, "loud heron");
    choose(&mut sim, &intruder, Some(Gate::GateWord)).unwrap();
    let (id, reach) = (alice.account.id, Reach::Since(since));
    let by = By::COMMAND;
    sim.write(move |tx, cx| undo::by_operator(tx, cx, (id, &reach, Seen::Before), &by)).unwrap();
    assert!(sim.events().iter().any(|event| event.kind == EventKind::GateChanged { gate: None }));
    sim.post();
    sim.ask(ALICE, 77);
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn a_code_that_was_stopped_signs_nobody_in_even_if_it_is_right() {
    let (mut sim, _) = behind(unlimited(), Gate::GateWord);
    let request = sim.ask(ALICE, 77);
    let letter = sim.store.read(|reader| store::sign_in_codes::letter(reader, request)).unwrap().unwrap();
    assert_eq!(sim.refusal(request, letter.code.expose(), 77), Refusal::CodeWrong { left: 2 });
    assert_eq!(sim.status(request, 77).state, CodeState::Live);
}

fn stopped(post: &Post) -> Vec<(String, u32)> {
    let of = |told: &crate::sim::Told| match told.notice.what {
        What::Stopped { count, .. } => Some((told.to.clone(), count)),
        _ => None,
    };
    post.notices.iter().filter_map(of).collect()
}

#[test]
fn what_a_gate_stopped_is_told_in_one_mail_a_week_after_the_first_and_never_one_by_one() {
    let (mut sim, alice) = behind(Policy::default(), Gate::SolicitedOnly);
    addresses::add(&mut sim, &alice, BOB, AddressRole::Recovery);
    sim.post();
    let first = sim.now;
    let mut told = Vec::new();
    for hour in 0..24 * 15_u64 {
        if hour < 24 * 7 + 5 {
            sim.ask(ALICE, 1_000 + hour);
        }
        sim.sweep();
        let post = sim.post();
        assert!(post.mails.is_empty() && post.digests.is_empty());
        told.extend(stopped(&post).into_iter().map(|one| (sim.now.since(first), one)));
        sim.advance(HOUR);
    }
    let week = 7 * DAYS;
    assert_eq!(told, [(week, (ALICE.to_owned(), 169)), (week + week + HOUR, (ALICE.to_owned(), 4))]);
}

#[test]
fn the_summary_comes_not_a_second_too_early_and_not_where_there_was_nothing() {
    for (after, comes) in [(7 * DAYS - SECOND, false), (7 * DAYS, true), (7 * DAYS + SECOND, true)] {
        let (mut sim, _) = behind(Policy::default(), Gate::SolicitedOnly);
        sim.ask(ALICE, 77);
        sim.advance(after);
        sim.sweep();
        assert_eq!(stopped(&sim.post()).len(), usize::from(comes), "{after:?}");
    }
    let (mut sim, _) = behind(Policy::default(), Gate::SolicitedOnly);
    for _ in 0..30 {
        sim.advance(DAYS);
        sim.sweep();
        assert_eq!(sim.post().notices, [], "nothing happened");
    }
    // To an address that nobody has nothing is told.
    sim.policy.registration = Registration::Closed;
    sim.ask(NOBODY, 5);
    sim.advance(8 * DAYS);
    sim.sweep();
    assert_eq!(sim.post().notices, []);
}

#[test]
fn guesses_in_a_browser_that_is_unknown_are_told_with_it_and_those_of_the_owner_are_not() {
    for (browser, count) in [(77, vec![(ALICE.to_owned(), 3)]), (HOME, Vec::new())] {
        let (mut sim, _) = behind(Policy::default(), Gate::Open);
        let request = sim.ask(ALICE, browser);
        let mail = sim.mail();
        for n in 0..3 {
            sim.refusal(request, &crate::sim::wrong(&mail.code, n), browser);
        }
        sim.advance(7 * DAYS);
        sim.sweep();
        assert_eq!(stopped(&sim.post()), count, "{browser}");
    }
    // And those at a code that expired then.
    let (mut sim, _) = behind(Policy::default(), Gate::Open);
    let request = sim.ask(ALICE, 77);
    let mail = sim.mail();
    sim.refusal(request, &crate::sim::wrong(&mail.code, 0), 77);
    sim.advance(HOUR);
    sim.sweep();
    sim.advance(7 * DAYS);
    sim.sweep();
    assert_eq!(stopped(&sim.post()), [(ALICE.to_owned(), 1)]);
}

#[test]
fn a_recovery_that_a_gate_stopped_is_told_with_it_to_the_account_that_it_was_about() {
    let (mut sim, alice) = behind(Policy::default(), Gate::Open);
    addresses::add(&mut sim, &alice, BOB, AddressRole::Recovery);
    choose(&mut sim, &alice, Some(Gate::SolicitedOnly)).unwrap();
    // Bob has an account of his own at the mailbox that is Alice's for recovery.
    sim.account(BOB);
    sim.advance(DAYS);
    sim.sweep();
    sim.post();
    let named = sim.address(ALICE).identity();
    for n in 0..5 {
        sim.ask_from(BOB, 70 + n, source(70 + n), Door::Recovery(named));
        assert!(sim.post().mails.is_empty());
    }
    // An address that is none of hers says nothing to anybody.
    sim.ask_from(NOBODY, 80, source(80), Door::Recovery(named));
    sim.post();
    sim.advance(7 * DAYS);
    sim.sweep();
    assert_eq!(stopped(&sim.post()), [(ALICE.to_owned(), 5)]);
}

#[test]
fn guesses_at_a_code_that_recovers_an_account_are_told_to_that_account() {
    let (mut sim, alice) = behind(Policy::default(), Gate::Open);
    addresses::add(&mut sim, &alice, BOB, AddressRole::Recovery);
    sim.account(BOB);
    sim.advance(DAYS);
    sim.sweep();
    sim.post();
    let named = sim.address(ALICE).identity();
    let request = sim.ask_from(BOB, 77, source(77), Door::Recovery(named));
    let mail = sim.mail();
    for n in 0..3 {
        sim.refusal(request, &crate::sim::wrong(&mail.code, n), 77);
    }
    sim.advance(7 * DAYS);
    sim.sweep();
    assert_eq!(
        stopped(&sim.post()),
        [(ALICE.to_owned(), 3)],
        "not to Bob, whose own account nobody guessed at"
    );
}

#[test]
fn somebody_else_who_wants_an_address_behind_a_gate_is_on_the_record_of_its_owner_in_every_mode() {
    for gate in Gate::ALL {
        for role in [AddressRole::SignIn, AddressRole::Recovery] {
            let (mut sim, alice) = behind(unlimited(), gate);
            sim.account("mallory@example.net");
            let started = sim.sign_in("mallory@example.net", 66);
            let mallory = sim.visitor(&started);
            let from = sim.events().len();
            let request = sim.ask_from(ALICE, 66, source(66), Door::Address(mallory.held(), role));
            let mails = sim.post().mails.len();
            // Asked for once more in the same browser it is the same wish.
            sim.advance(MINUTE);
            assert_eq!(sim.ask_from(ALICE, 66, source(66), Door::Address(mallory.held(), role)), request);
            sim.post();
            let wanted: Vec<_> = sim
                .events()
                .into_iter()
                .skip(from)
                .filter(|event| {
                    event.kind.name() == "address_wanted"
                        && event.subject == Subject::Account(alice.account.id)
                })
                .collect();
            // As a recovery address it may be of use to both: where no gate stands the code says what it is for.
            let mailed = gate == Gate::Open && role == AddressRole::Recovery;
            assert_eq!(
                (wanted.len(), mails),
                (usize::from(!mailed), usize::from(mailed)),
                "{gate:?} {role:?}"
            );
            assert!(wanted.iter().all(|event| event.request.is_none() && event.source.is_none()));
        }
    }
}

#[test]
fn a_success_is_told_at_once_in_the_middle_of_a_flood() {
    let (mut sim, _) = behind(Policy::default(), Gate::GateWord);
    for n in 0..50 {
        sim.ask(ALICE, 1_000 + n);
    }
    let request = sim.ask_with(ALICE, 77, source(77), WORD);
    let mail = sim.mail();
    sim.submit(request, &mail.code, 77).unwrap();
    let told: Vec<_> = sim.post().notices.into_iter().map(|told| told.notice.what).collect();
    assert_eq!(told, [What::NewBrowser]);
}

#[test]
fn row_4_one_mailbox_has_one_budget_in_two_tenants_and_in_three_accounts() {
    let mut sim = Sim::new();
    tenants::make(&mut sim, MethodPolicy::OPEN);
    sim.write(|tx, cx| tenant::make(tx, cx, ("club", "The Club"), &By::COMMAND)).unwrap();
    let spellings = ["ada@example.edu", "ada+club@example.edu", "ada+private@example.edu"];
    for (spelling, code) in spellings.iter().zip([Some("uni"), Some("club"), None]) {
        let id = sim.account(spelling);
        if let Some(code) = code {
            sim.write(move |tx, cx| tenant::move_account(tx, cx, id, Some(code), &By::COMMAND)).unwrap();
        }
    }
    let mut mails = 0;
    for n in 0..12_u64 {
        sim.ask(spellings[usize::try_from(n % 3).unwrap()], 100 + n);
        mails += sim.post().mails.len();
        sim.advance(HOUR);
    }
    assert_eq!(mails, 3, "three a day, whichever account was meant");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Whatever strangers do, in whatever order: while the owner says nothing, no code of theirs is mailed.
    #[test]
    fn row_1_no_sequence_of_requests_of_strangers_gets_a_mail_through_a_gate(
        gate in prop::sample::select(&[Gate::PrivateName, Gate::GateWord, Gate::SolicitedOnly][..]),
        steps in prop::collection::vec((0_u64..6, 0_u64..4000, 0_u8..4), 1..60),
    ) {
        let (mut sim, _) = behind(unlimited(), gate);
        for (browser, wait, what) in steps {
            sim.advance(Duration::from_secs(wait));
            let browser = 100 + browser;
            match what {
                0 => sim.ask(ALICE, browser),
                1 => sim.ask_with(ALICE, browser, source(browser), "loud heron"),
                2 => sim.ask(OTHER_NAME, browser),
                _ => {
                    let named = sim.address(ALICE).identity();
                    sim.ask_from(ALICE, browser, source(browser), Door::Recovery(named))
                }
            };
            sim.sweep();
            prop_assert!(sim.post().mails.is_empty());
        }
    }
}
