//! Codes by text message: to numbers that were confirmed, within what they may cost, and alike for numbers that nobody has.

use flow::address::{self, Change, confirm};
use flow::reauth;
use flow::session::Visitor;
use flow::sign_in::ask::Door;
use flow::sign_in::submit::{self, Submission};
use model::assurance::Aal;
use model::budget::{Chance, MailAllowance};
use model::event::{AddressKind, AddressRole, EventKind, NotSent, Subject};
use model::method::{Method, MethodPolicy, MethodSet, Use};
use model::notice::What;
use model::policy::Policy;
use model::refusal::Refusal;
use model::sign_in_code::CodeText;
use model::sms::{Cost, SmsRules};
use model::time::{DAY, Time};
use proptest::prelude::*;
use wire::phone::{Country, Prefix};

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, half, source, unlimited};

const ALICE: &str = "alice@example.com";
const PHONE: &str = "+436641234567";
const NOBODYS: &str = "+436641234568";

const fn cents(n: i64) -> Cost {
    Cost::from_hundredths(n * 100)
}

/// Austria and Germany, ten cents each; a euro behind each prefix and one and a half in all, in any 24 hours.
pub(crate) fn rules() -> SmsRules {
    SmsRules {
        countries: ["AT", "DE"].map(|code| Country::from_code(code).unwrap()).to_vec(),
        prices: vec![(Prefix::parse("+43").unwrap(), cents(10)), (Prefix::parse("+49").unwrap(), cents(10))],
        price: cents(10),
        parts: 1,
        parts_longer: 1,
        per_prefix: cents(100),
        in_all: cents(150),
        messages: MailAllowance { per_day: 2, per_week: 5 },
        known_messages: MailAllowance { per_day: 5, per_week: 35 },
    }
}

fn open() -> Policy {
    Policy { sms: Some(rules()), methods: MethodPolicy::OPEN, ..Policy::default() }
}

/// Adds a number to an account, by the code that goes to it.
pub(crate) fn add(sim: &mut Sim, visitor: &Visitor, phone: &str) -> AddressRole {
    add_in(sim, visitor, 1, phone)
}

/// [`add`], in another browser than the first.
pub(crate) fn add_in(sim: &mut Sim, visitor: &Visitor, browser: u64, phone: &str) -> AddressRole {
    let door = Door::Address(visitor.held(), AddressRole::SignIn);
    sim.post();
    let request = sim.ask_from(phone, browser, source(browser), door);
    let message = sim.mail();
    assert_eq!((message.to.as_str(), message.request), (phone, request));
    let submission = Submission {
        request,
        code: CodeText::from_text(message.code),
        browser_half: half(browser),
        current: Some(visitor.clone()),
        source: source(browser),
    };
    let cx = sim.cx();
    let prepared = submit::prepare(&sim.store, &cx, &submission).unwrap().unwrap();
    let added = sim.write(move |tx, cx| confirm::commit(tx, cx, &prepared)).unwrap();
    sim.post();
    added
}

/// Alice with a telephone, signed in in browser 1.
fn alice(sim: &mut Sim) -> Visitor {
    sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    let visitor = sim.visitor(&started);
    add(sim, &visitor, PHONE);
    sim.advance(2 * DAYS);
    sim.post();
    visitor
}

#[test]
fn a_confirmed_number_signs_in_at_the_lowest_level_and_the_record_says_how() {
    let mut sim = Sim::with(open());
    let visitor = alice(&mut sim);
    let kept = address::list(&sim.store, visitor.account.id).unwrap().sign_in;
    assert_eq!((kept[1].kind, kept[1].shown.as_str()), (AddressKind::Phone, PHONE));
    let request = sim.ask(PHONE, 7);
    let message = sim.mail();
    assert_eq!((message.to.as_str(), message.request), (PHONE, request));
    let started = sim.submit(request, &message.code, 7).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_eq!(started.session.assurance.methods(), MethodSet::of(&[Method::SmsCode]));
    assert_eq!(started.session.assurance.aal(), Aal::Aal1);
    let asked = sim.steps(request).remove(0);
    let EventKind::SignInCodeRequested { by_text: true, address, not_sent: None, .. } = asked else {
        panic!("{asked:?}")
    };
    assert_eq!(address.as_deref(), Some("+43 … 67"));
    // A new browser is told of by mail, since it costs nothing.
    let told = sim.post().notices;
    assert!(!told.is_empty() && told.iter().all(|told| told.to == ALICE));
}

#[test]
fn row_41_a_text_message_with_a_longer_code_costs_the_parts_that_it_has() {
    // One cent short of what two parts cost.
    for (epsilon, leaves) in [(Policy::default().epsilon, true), (Chance::one_in(1_000_000_000), false)] {
        let mut sim = Sim::with(open());
        alice(&mut sim);
        sim.policy.sms = Some(SmsRules { parts_longer: 2, per_prefix: cents(19), ..rules() });
        sim.policy.epsilon = epsilon;
        sim.ask(PHONE, 7);
        assert_eq!(!sim.post().mails.is_empty(), leaves);
    }
}

#[test]
fn a_number_is_never_the_main_address_and_switched_off_it_gets_no_codes() {
    let mut sim = Sim::with(open());
    let visitor = alice(&mut sim);
    let identity = sim.address(PHONE).identity();
    let change = |sim: &mut Sim, change| {
        let visitor = visitor.clone();
        sim.write(move |tx, cx| address::change(tx, cx, &visitor, (identity, change), source(1)))
    };
    assert_eq!(change(&mut sim, Change::MakeMain), Err(Refusal::AddressUnknown));
    assert_eq!(change(&mut sim, Change::SwitchOff), Ok(()));
    let request = sim.ask(PHONE, 7);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::AddressOff), .. }]
    ));
}

#[test]
fn row_12_a_number_with_an_account_and_one_without_look_alike() {
    let seen = |text: &str| {
        let mut sim = Sim::with(open());
        alice(&mut sim);
        let mut seen = Vec::new();
        let request = sim.ask(text, 7);
        for wait in [SECOND, 31 * SECOND, HOUR] {
            let status = sim.status(request, 7);
            let queued = sim.lease_all().len();
            seen.push(format!(
                "{:?} {:?} {} {} {queued} {}",
                status.purpose, status.state, status.guesses_left, status.again_at, status.by_text
            ));
            sim.advance(wait);
            sim.ask(text, 7);
        }
        seen
    };
    assert_eq!(seen(PHONE), seen(NOBODYS));
}

/// threats.md §5.2 row 41: numbers that nobody has cost nothing, however many are typed.
#[test]
fn row_41_made_up_numbers_cost_nothing_and_leave_the_budget_to_those_who_have_one() {
    let mut sim = Sim::with(open());
    alice(&mut sim);
    for n in 0..200_u64 {
        sim.ask(&format!("+4366400{n:05}"), 1000 + n);
    }
    assert!(sim.post().mails.is_empty());
    sim.ask(PHONE, 7);
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn row_41_what_is_not_listed_or_has_been_closed_gets_nothing() {
    let mut sim = Sim::with(open());
    alice(&mut sim);
    sim.policy.sms.as_mut().unwrap().countries = vec![Country::from_code("DE").unwrap()];
    let request = sim.ask(PHONE, 7);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::MethodOff), .. }]
    ));
    // After a restart without a gateway.
    sim.policy.sms = None;
    sim.ask(PHONE, 8);
    assert!(sim.post().mails.is_empty());
}

#[test]
fn row_41_when_the_money_is_spent_nothing_leaves_for_a_day_and_the_owner_reads_why() {
    let mut sim = Sim::with(Policy { mails: unlimited().mails, epsilon: unlimited().epsilon, ..open() });
    let visitor = alice(&mut sim);
    sim.policy.sms.as_mut().unwrap().in_all = cents(20);
    for browser in [7, 8] {
        sim.ask(PHONE, browser);
        sim.advance(MINUTE);
    }
    assert_eq!(sim.post().mails.len(), 2);
    sim.advance(HOUR);
    // The owner's own browser has slots of its own; the money is the same.
    let request = sim.ask(PHONE, 1);
    assert!(sim.post().mails.is_empty());
    assert!(matches!(
        sim.steps(request)[..],
        [EventKind::SignInCodeRequested { not_sent: Some(NotSent::SmsBudget), .. }]
    ));
    assert!(sim.events().iter().any(|event| event.subject == Subject::Account(visitor.account.id)));
    sim.advance(DAYS + HOUR);
    sim.ask(PHONE, 1);
    assert_eq!(sim.post().mails.len(), 1);
}

#[test]
fn where_no_codes_are_mailed_a_text_message_confirms_who_is_there() {
    let mut sim = Sim::with(open());
    let visitor = alice(&mut sim);
    sim.policy.methods =
        MethodPolicy::OPEN.with(Use::SignIn, MethodPolicy::OPEN.open(Use::SignIn).without(Method::MailCode));
    let cx = sim.cx();
    let ways = reauth::ways(&sim.store, &cx, &visitor).unwrap();
    assert_eq!((ways.highest, ways.methods), (Aal::Aal1, MethodSet::of(&[Method::SmsCode])));
    let phone = reauth::phone_of(&sim.store, &cx, &visitor).unwrap().unwrap();
    let request = sim.ask_from(phone.as_str(), 1, source(1), Door::Confirm(visitor.held()));
    let code = sim.mail().code;
    assert!(sim.submit_holding(request, &code, 1, Some(visitor)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// threats.md §5.2 row 41: whatever is asked for, by whomever, no 24 hours cost more than they may.
    #[test]
    fn row_41_no_24_hours_cost_more_than_they_may(
        asks in prop::collection::vec((0_usize..6, 1_u64..6, 0_i64..5 * 60), 1..80),
    ) {
        let mut sim = Sim::with(Policy { epsilon: unlimited().epsilon, epsilon_known: unlimited().epsilon, ..open() });
        let phones: Vec<String> = (0..6).map(|n| format!("+4{}15112345{n:02}", if n < 3 { 3 } else { 9 })).collect();
        for (n, phone) in phones.iter().enumerate() {
            sim.policy.sms = Some(SmsRules { in_all: cents(100_000), per_prefix: cents(100_000), ..rules() });
            let address = format!("person{n}@example.com");
            sim.account(&address);
            let started = sim.sign_in(&address, 1);
            let visitor = sim.visitor(&started);
            add(&mut sim, &visitor, phone);
        }
        sim.policy.sms = Some(rules());
        sim.advance(2 * DAYS);
        let mut sent: Vec<(Time, String)> = Vec::new();
        for (which, browser, minutes) in asks {
            sim.advance(u32::try_from(minutes).unwrap() * MINUTE);
            sim.ask(&phones[which], browser);
            let now = sim.cx().now;
            sent.extend(sim.post().mails.into_iter().map(|message| (now, message.to)));
            let within = |prefix: &str| sent.iter()
                .filter(|(at, to)| at.micros() > now.micros() - DAY && to.starts_with(prefix)).count();
            prop_assert!(within("+43") <= 10 && within("+49") <= 10 && within("+") <= 15);
        }
    }
}

/// What the asker sees of a number, and what its owner does.
#[test]
fn row_12_a_number_of_another_account_is_not_added_and_only_its_owner_is_told_once() {
    const BOB: &str = "bob@example.org";
    let mut seen = Vec::new();
    for taken in [false, true] {
        let mut sim = Sim::with(open());
        let bob = taken.then(|| {
            sim.account(BOB);
            let started = sim.sign_in(BOB, 2);
            let bob = sim.visitor(&started);
            add_in(&mut sim, &bob, 2, PHONE);
            sim.advance(25 * HOUR);
            sim.post();
            bob.account.id
        });
        sim.account(ALICE);
        let started = sim.sign_in(ALICE, 1);
        let visitor = sim.visitor(&started);
        sim.post();
        let from = sim.events().len();
        let door = Door::Address(visitor.held(), AddressRole::SignIn);
        let request = sim.ask_from(PHONE, 1, source(1), door);
        // What seems to leave makes the notice, which leaves after it.
        sim.post();
        sim.post();
        // The same code once more is the same wish.
        sim.advance(MINUTE);
        assert_eq!(sim.ask_from(PHONE, 1, source(1), door), request);
        let told = sim.post().notices;
        let wanted = |sim: &Sim| -> Vec<model::event::Event> {
            let new = sim.events().into_iter().skip(from);
            new.filter(|event| event.kind.name() == "address_wanted").collect()
        };
        let first: Vec<_> = sim.told.iter().filter(|one| one.to == BOB).cloned().collect();
        match bob {
            Some(bob) => {
                let address = "+43 … 67".to_owned();
                let kind = AddressKind::Phone;
                assert!(told.is_empty());
                assert_eq!(
                    first.last().map(|one| &one.notice.what),
                    Some(&What::AddressWanted { address: address.clone() })
                );
                let [event] = &wanted(&sim)[..] else { panic!("{:?}", wanted(&sim)) };
                assert_eq!(event.kind, EventKind::AddressWanted { kind, address });
                assert_eq!(
                    (&event.subject, event.request, event.source),
                    (&Subject::Account(bob), None, None)
                );
            }
            None => assert!(wanted(&sim).is_empty()),
        }
        let steps = sim.steps(request);
        let of_request: Vec<&str> =
            steps.iter().map(EventKind::name).filter(|name| *name != "message_handed_over").collect();
        seen.push((of_request, sim.status(request, 1).state));
    }
    assert_eq!(seen[0], seen[1]);
}
