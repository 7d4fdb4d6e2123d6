//! Every change of an account has a decision whether its owner is told by mail, and the decision holds.

use std::collections::BTreeSet;

use flow::account::{self, Change as Act};
use flow::address::{Change, name};
use flow::authenticator;
use flow::by::By;
use flow::entry;
use flow::holdings::Wish;
use flow::session::{self, Visitor};
use flow::undo::{self, Seen};
use model::authenticator::AuthenticatorKind;
use model::event::AddressRole;
use model::gate::Gate;
use model::id::AccountId;
use model::method::{Method, MethodPolicy};
use model::name::PrivateName;
use model::policy::Policy;
use model::undo::Reach;
use wire::name::Name;

use crate::addresses::{add, change, hold, wish};
use crate::entries::enter;
use crate::left::with_passkey;
use crate::passwords::{GOOD, add_app, set};
use crate::recovery::{mailed, make, saved};
use crate::sim::{DAYS, HOUR, MINUTE, Sim, source, unlimited};
use crate::{passkeys, text_messages};

/// What is told of an event.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// A notice of this name, to every mailbox or to all but the one that it is about.
    By(&'static str),
    /// The notice of what happens with it.
    With(&'static str),
    /// None, for a reason.
    Not(&'static str),
    /// Nothing of the account changes by it.
    NoChange,
}
use Told::{By as Mailed, NoChange, Not, With};

/// Each kind of event. A new one is to be decided here, or the test fails.
const DECIDED: &[(&str, Told)] = &[
    ("sign_in_code_requested", NoChange),
    ("sign_in_code_asked_again", NoChange),
    ("sign_in_codes_suppressed", NoChange),
    ("sign_in_code_refused", NoChange),
    ("sign_in_code_redeemed", NoChange),
    ("sign_in_code_expired", NoChange),
    ("sign_in_code_denied", NoChange),
    ("mail_muted", Not("whoever did that read the mail that offered it")),
    ("message_handed_over", NoChange),
    ("message_deferred", NoChange),
    ("message_bounced", NoChange),
    ("session_started", Not("in a browser that is known; of a new one see notices.rs")),
    ("session_raised", NoChange),
    (
        "session_doubted",
        Not("of the session everybody is told by `approved_elsewhere`, see approvals/bounds.rs"),
    ),
    (
        "session_confirmed",
        Not(
            "whoever did that has just proved who is there, in a browser that the account has known for a day",
        ),
    ),
    ("session_ended", Not("by whoever was signed in there; of others see `sessions_ended`")),
    ("invitation_created", NoChange),
    ("invitation_taken_back", NoChange),
    ("account_opened", Not("whoever opened it has just read the mail")),
    ("account_locked", Mailed("account_locked")),
    ("account_unlocked", Mailed("account_unlocked")),
    ("account_closed", Mailed("account_closed")),
    ("authenticator_added", Mailed("authenticator_added")),
    ("authenticator_changed", Mailed("authenticator_changed")),
    ("authenticator_removed", Mailed("authenticator_removed")),
    ("proof_refused", NoChange),
    ("password_matched", NoChange),
    ("attempts_blocked", NoChange),
    ("recovery_codes_made", Mailed("recovery_codes_made")),
    ("recovery_codes_removed", With("undone")),
    ("browser_forgotten", With("undone")),
    ("recovery_code_used", With("entry_asked")),
    ("address_added", Mailed("address_added")),
    ("address_confirmed", Not("it counts as before, for longer")),
    ("address_removed", Mailed("address_removed")),
    ("address_made_main", Mailed("address_made_main")),
    ("address_switched", Mailed("address_switched")),
    ("detaching_asked", Mailed("detaching_asked")),
    (
        "address_wanted",
        Not("nothing changes; of a number its owner is told all the same, see text_messages.rs"),
    ),
    ("holdings_asked", NoChange),
    ("mail_refused", Not("whoever did that wants no mail, and it concerns no account")),
    ("methods_changed", Mailed("methods_changed")),
    ("gate_changed", Mailed("gate_changed")),
    ("gate_word_changed", With("gate_changed")),
    ("gate_opened", Not("whoever did that is signed in, and what comes of it is a code in the mailbox")),
    ("gate_closed", NoChange),
    ("entry_asked", Mailed("entry_asked")),
    ("entry_cancelled", Mailed("entry_cancelled")),
    ("entry_used", Mailed("entry_used")),
    ("entry_expired", Not("nobody came, and nothing changed")),
    (
        "grant_given",
        Not("whoever is signed in said yes on the page that asked, and finds it among what was allowed"),
    ),
    ("grant_denied", NoChange),
    ("tokens_issued", NoChange),
    ("tokens_refused", NoChange),
    ("token_revoked", NoChange),
    ("grant_ended", Not("access is gone, and the record says why; of a copy see refreshing.rs")),
    ("logout_asked", NoChange),
    ("logout_told", NoChange),
    ("logout_deferred", NoChange),
    ("logout_given_up", NoChange),
    ("client_elsewhere", Not("of the grant everybody is told by `grant_elsewhere`, see provisional.rs")),
    (
        "grant_confirmed",
        Not("everybody was told of it before, and whoever did that has just proved who is there"),
    ),
    ("undone", Mailed("undone")),
    ("pairing_opened", Not("whoever did that has just proved who is there; what it leads to is told")),
    ("pairing_over", NoChange),
    ("device_asked", NoChange),
    ("device_code_entered", NoChange),
    ("device_code_refused", NoChange),
    ("device_digits_refused", NoChange),
    ("device_denied", NoChange),
    ("device_approved", Not("of the grant everybody is told by `grant_elsewhere`, see provisional.rs")),
    ("device_moved", Not("everybody is told anew by `grant_elsewhere`, see provisional.rs")),
    ("device_polled_out", NoChange),
    ("enrolment_opened", Not("whoever did that has just proved who is there; what it leads to is told")),
    ("enrolment_lapsed", NoChange),
    ("approval_asked", NoChange),
    ("approval_opened", NoChange),
    ("approval_matched", NoChange),
    ("approval_denied", NoChange),
    ("approval_number_refused", NoChange),
    ("approval_refused", NoChange),
    ("approval_lapsed", NoChange),
    ("approval_withdrawn", NoChange),
    ("approvals_held_back", NoChange),
    ("doorbell_switched", Not("it rings and decides nothing")),
    ("doorbell_rung", NoChange),
    ("doorbell_silenced", NoChange),
    ("doorbell_gone", NoChange),
    ("doorbell_refused", NoChange),
    ("device_expired", NoChange),
    ("devices_held_back", NoChange),
    ("tenant_made", NoChange),
    ("tenant_changed", Not("what a tenant leaves open is published")),
    ("tenant_removed", NoChange),
    ("domain_added", NoChange),
    ("domain_removed", NoChange),
    ("account_moved", Not("what a tenant leaves open is published")),
    ("accounts_exported", NoChange),
    ("data_downloaded", Not("it needs a fresh proof, and stands on the record")),
    ("profile_changed", Not("apps are told a name, and nothing is opened or found by it")),
    ("operator_acted", Not("by what the operator did")),
    ("client_added", NoChange),
    ("client_changed", NoChange),
    ("client_secret_made", NoChange),
    ("client_verified", NoChange),
    ("client_removed", NoChange),
    ("registration_opened", NoChange),
    ("signing_key_published", NoChange),
    ("signing_key_activated", NoChange),
    ("signing_key_retired", NoChange),
    ("signing_key_removed", NoChange),
    ("record_key_made", NoChange),
    ("entries_erased", Not("the law demands that nothing is left, and whoever asked for it knows")),
    ("guess_alarm_raised", NoChange),
    ("finding_raised", NoChange),
    ("finding_acknowledged", NoChange),
    ("response_began", NoChange),
    ("response_ended", NoChange),
    ("webhook_added", NoChange),
    ("webhook_removed", NoChange),
    ("webhook_told", NoChange),
    ("webhook_deferred", NoChange),
    ("webhook_given_up", NoChange),
    ("imported", NoChange),
];

#[test]
fn every_kind_of_event_is_decided_once() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/events.md");
    let page = std::fs::read_to_string(page).unwrap();
    let kinds: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let decided: Vec<&str> = DECIDED.iter().map(|(kind, _)| *kind).collect();
    assert!(DECIDED.iter().all(|(_, told)| !matches!(told, Not(""))), "a reason is given");
    assert_eq!(decided, kinds, "say in {} whether a mail tells of it", file!());
}

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.org";
const WORK: &str = "alice@work.example";
const PHONE: &str = "+436641234567";

/// Alice at home in browser 1, with Bob's mailbox for recovery.
fn begin() -> (Sim, Visitor) {
    let sms = Some(text_messages::rules());
    let mut sim = Sim::with(Policy { sms, methods: MethodPolicy::OPEN, ..unlimited() });
    let alice = passkeys::at_home(&mut sim, ALICE, 1);
    add(&mut sim, &alice, BOB, AddressRole::Recovery);
    (sim, alice)
}

type Step = (&'static str, fn(&mut Sim, &Visitor));

fn of_kind(sim: &Sim, id: AccountId, kind: AuthenticatorKind) -> model::id::AuthenticatorId {
    let own = authenticator::list(&sim.store, id).unwrap();
    own.into_iter().find(|own| own.kind == kind).unwrap().id
}

fn remove(sim: &mut Sim, by: &Visitor, kind: AuthenticatorKind) {
    let (by, id) = (by.clone(), of_kind(sim, by.account.id, kind));
    sim.write(move |tx, cx| authenticator::remove(tx, cx, &by, (id, source(1)))).unwrap();
}

fn act(sim: &mut Sim, id: AccountId, act: Act) {
    sim.write(move |tx, cx| account::change(tx, cx, id, act)).unwrap();
}

/// All that can be done to an account, one after the other.
const STEPS: &[Step] = &[
    ("a password is set", |sim, by| drop(set(sim, by, 1, (None, GOOD)).unwrap())),
    ("a password is changed", |sim, by| {
        let other = "eleven umbrellas forgot the morning ferry";
        drop(set(sim, by, 1, (Some(GOOD), other)).unwrap());
    }),
    ("an app is added", |sim, by| drop(add_app(sim, by, 1).unwrap())),
    ("an app is removed", |sim, by| remove(sim, by, AuthenticatorKind::Totp)),
    ("another app takes its place", |sim, by| drop(add_app(sim, by, 1).unwrap())),
    ("a passkey is added", |sim, by| drop(passkeys::add(sim, by, 1, &mut passkeys::device()).unwrap())),
    ("a passkey gets another name, of which nobody is told", |sim, by| {
        let (by, id) = (by.clone(), of_kind(sim, by.account.id, AuthenticatorKind::Passkey));
        sim.write(move |tx, _| authenticator::rename(tx, &by, id, "Another")).unwrap();
    }),
    ("a passkey is removed", |sim, by| remove(sim, by, AuthenticatorKind::Passkey)),
    ("what came about just now is undone", |sim, by| {
        let (id, reach) = (by.account.id, Reach::Since(sim.now));
        sim.sign_in(ALICE, 8);
        drop(make(sim, by).unwrap());
        let by = By::COMMAND;
        sim.write(move |tx, cx| undo::by_operator(tx, cx, (id, &reach, Seen::Before), &by)).unwrap();
    }),
    ("recovery codes are made", |sim, by| drop(make(sim, by).unwrap())),
    ("recovery codes are made anew", |sim, by| drop(make(sim, by).unwrap())),
    ("an address is added", |sim, by| drop(add(sim, by, WORK, AddressRole::SignIn))),
    ("a number is added", |sim, by| assert_eq!(text_messages::add(sim, by, PHONE), AddressRole::SignIn)),
    ("an address is switched off", |sim, by| change(sim, by, WORK, Change::SwitchOff).unwrap()),
    ("an address is switched on", |sim, by| change(sim, by, WORK, Change::SwitchOn).unwrap()),
    ("another address is the main one", |sim, by| change(sim, by, WORK, Change::MakeMain).unwrap()),
    ("the first address is it again", |sim, by| change(sim, by, ALICE, Change::MakeMain).unwrap()),
    ("a number is removed", |sim, by| change(sim, by, PHONE, Change::Remove).unwrap()),
    ("an address is removed", |sim, by| change(sim, by, WORK, Change::Remove).unwrap()),
    ("a name is set", |sim, by| put_name(sim, by, "quiet-heron-amber")),
    ("another name takes its place", |sim, by| put_name(sim, by, "loud-falcon-violet")),
    ("a name is removed", |sim, by| change(sim, by, "loud-falcon-violet", Change::Remove).unwrap()),
    ("a recovery address is confirmed again", |sim, by| drop(add(sim, by, BOB, AddressRole::Recovery))),
    ("somebody begins a recovery by mail, and its owner stops it", |sim, by| {
        let (entry, by) = (mailed(sim, (ALICE, BOB), 7).unwrap(), by.clone());
        sim.post();
        sim.write(move |tx, cx| entry::cancel_own(tx, cx, &by, entry, source(1))).unwrap();
    }),
    ("a recovery address wants no part", |sim, by| {
        let token = hold(sim, BOB).unwrap();
        wish(sim, &token, Wish::Detach(by.account.id)).unwrap();
    }),
    ("and goes", |sim, _| {
        sim.advance(3 * DAYS);
        sim.sweep();
    }),
    ("another one comes", |sim, by| drop(add(sim, by, BOB, AddressRole::Recovery))),
    ("a gate word is set", |sim, by| crate::gates::set_word(sim, by, "quiet heron")),
    ("a gate is chosen", |sim, by| crate::gates::choose(sim, by, Some(Gate::GateWord)).unwrap()),
    ("the operator closes a method", |sim, by| {
        let (id, methods) = (by.account.id, Some(MethodPolicy::OPEN.without(Method::Passkey)));
        sim.write(move |tx, cx| account::set_methods(tx, cx, id, methods, &By::COMMAND)).unwrap();
    }),
    ("the operator resets the account", |sim, by| {
        let (id, why) = (by.account.id, (Act::Reset, Some("a test")));
        sim.write(move |tx, cx| account::act(tx, cx, id, why, &By::COMMAND)).unwrap();
    }),
    ("a saved code and a passkey get back in", |sim, _| {
        let started = sim.sign_in(ALICE, 1);
        let by = sim.visitor(&started);
        let codes = make(sim, &by).unwrap();
        let mut device = passkeys::device();
        drop(passkeys::add(sim, &by, 1, &mut device).unwrap());
        sim.advance(DAYS);
        let entry = saved(sim, ALICE, &codes[0], 9).unwrap();
        sim.advance(MINUTE);
        assert_eq!(with_passkey(sim, 9, &mut device), Ok(entry));
        drop(enter(sim, entry, 9, &[]).unwrap());
    }),
    ("the operator locks the account", |sim, by| act(sim, by.account.id, Act::Lock)),
    ("the operator unlocks it", |sim, by| act(sim, by.account.id, Act::Unlock)),
    ("somebody ends all other sessions", |sim, _| {
        sim.sign_in(ALICE, 1);
        sim.advance(HOUR);
        let started = sim.sign_in(ALICE, 2);
        let by = sim.visitor(&started);
        sim.write(move |tx, cx| session::end_others(tx, cx, &by, source(2)));
    }),
    ("the operator closes the account", |sim, by| act(sim, by.account.id, Act::Close)),
];

fn put_name(sim: &mut Sim, by: &Visitor, text: &str) {
    let (by, name) = (by.clone(), PrivateName::new(Name::parse(text).unwrap(), sim.store.keys()));
    sim.write(move |tx, cx| name::put(tx, cx, &by, &name, source(1))).unwrap();
}

#[test]
fn every_change_of_an_account_is_told_as_decided_and_nothing_else_is() {
    let (mut sim, alice) = begin();
    let mut seen = BTreeSet::new();
    for (what, step) in STEPS {
        // Long enough for nothing to be held because of the step before.
        sim.advance(3 * HOUR);
        sim.sweep();
        sim.post();
        let (events, told) = (sim.events().len(), sim.told.len());
        step(&mut sim, &alice);
        sim.post();
        let told: Vec<_> = sim.told.iter().skip(told).cloned().collect();
        let names: BTreeSet<&str> = told.iter().map(|one| one.notice.what.name()).collect();
        for event in sim.events().into_iter().skip(events) {
            let kind = event.kind.name();
            let (_, decided) = DECIDED.iter().find(|(name, _)| *name == kind).unwrap();
            if let Mailed(name) | With(name) = decided {
                // What a recovery takes away, or an undoing, is told with it, and of a name that is replaced the new one.
                let with = names.contains("entry_used")
                    || names.contains("undone")
                    || (kind == "address_removed" && names.contains("address_added"));
                assert!(names.contains(name) || with, "{what}: {kind} is not told by {name}, but {names:?}");
            }
            seen.insert(kind);
        }
        if what.ends_with("nobody is told") {
            assert!(told.is_empty(), "{what}: {told:?}");
        }
        let boxes: BTreeSet<&str> = told.iter().map(|one| one.to.as_str()).collect();
        assert!(names.is_empty() || boxes.contains(ALICE) || boxes.contains(BOB), "{what}: {boxes:?}");
    }
    let never: Vec<&str> = DECIDED
        .iter()
        .filter(|(kind, decided)| matches!(decided, Mailed(_) | With(_)) && !seen.contains(kind))
        .map(|(kind, _)| *kind)
        .collect();
    assert!(never.is_empty(), "no step does {never:?}");
}

#[test]
fn of_a_password_that_is_changed_while_it_is_held_the_notice_takes_the_new_one_away() {
    let mut sim = Sim::with(unlimited());
    passkeys::at_home(&mut sim, ALICE, 1);
    let started = sim.sign_in(ALICE, 6);
    let intruder = sim.visitor(&started);
    set(&mut sim, &intruder, 6, (None, GOOD)).unwrap();
    sim.post();
    set(&mut sim, &intruder, 6, (Some(GOOD), "eleven umbrellas forgot the morning ferry")).unwrap();
    let told = sim.post().notices;
    let [one] = &told[..] else { panic!("{told:?}") };
    assert_eq!(one.notice.what.name(), "authenticator_changed");
    let link = one.link.as_deref().unwrap().strip_prefix("/authenticator/").unwrap().to_owned();
    let (id, secret) = wire::token::decode_pair(&link).unwrap();
    let link = (model::id::AuthenticatorId::from_bytes(id), secret);
    sim.write(move |tx, cx| authenticator::cancel(tx, cx, &link, source(3))).unwrap();
    assert!(authenticator::list(&sim.store, intruder.account.id).unwrap().is_empty());
    // One that can be used already has no such link: to undo it is the owner's, signed in.
    let home = {
        let started = sim.sign_in(ALICE, 1);
        sim.visitor(&started)
    };
    sim.advance(2 * HOUR);
    set(&mut sim, &home, 1, (None, GOOD)).unwrap();
    sim.post();
    set(&mut sim, &home, 1, (Some(GOOD), "eleven umbrellas forgot the morning ferry")).unwrap();
    let told = sim.post().notices;
    assert_eq!(told.iter().map(|one| &one.link).collect::<Vec<_>>(), [&None]);
}
