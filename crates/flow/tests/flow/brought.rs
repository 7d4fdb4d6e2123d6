//! Accounts that an operator brings over, and takes along.

use flow::by::By;
use flow::export::Export;
use flow::import::{self, BATCH, Check, Found, New};
use flow::{account, tenant};
use model::account::{AccountState, Role};
use model::event::{Actor, EventKind};
use model::invitation::Opening;
use wire::account_file::{self, Row};

use crate::sim::Sim;

const HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
const FULL: &str = r#"{"address":"ada@example.org","confirmed_at":"2025-01-02T03:04:05Z","sign_in":"off",
    "other_addresses":["ada@work.example 2025-01-03T00:00:00Z","a@old.example 2025-01-03T00:00:00Z off"],
    "recovery_addresses":["bob@example.org 2025-01-04T00:00:00Z"],
    "telephones":["+436641234567 2025-01-05T00:00:00Z","+4915112345678 2025-01-05T00:00:00Z off"],
    "recovery_telephones":["+436649876543 2025-01-06T00:00:00Z"],"name":"amber-falcon-123456","tenant":"uni",
    "role":"operator","state":"locked","opened_at":"2024-12-31T23:59:59Z",
    "methods":"sign_in: passkey mail_code; step_up: passkey; recovery: ","gate":"solicited_only","totp":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "password":"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"}"#;

fn rows(text: &str) -> Vec<(u64, Row)> {
    let rows = text.split('\n').filter(|line| !line.is_empty());
    (1..).zip(rows.map(|line| account_file::json(line.as_bytes()).unwrap())).collect()
}

fn checked(sim: &mut Sim, rows: Vec<(u64, Row)>) -> Vec<(u64, Found)> {
    let cx = sim.cx();
    Check::new(&sim.store, &cx).rows(&sim.store, rows).unwrap()
}

fn open(sim: &mut Sim, found: Vec<(u64, Found)>) -> usize {
    let new: Vec<Box<New>> = found
        .into_iter()
        .filter_map(|(_, found)| if let Found::New(new) = found { Some(new) } else { None })
        .collect();
    let mut opened = 0;
    for batch in new.chunks(BATCH) {
        let mut cx = sim.cx();
        let prepared: Vec<_> =
            batch.iter().map(|new| import::prepare(&sim.store, &mut cx, new).unwrap()).collect();
        opened += sim.write(move |tx, cx| import::commit(tx, cx, &prepared, &By::COMMAND));
    }
    opened
}

fn bring(sim: &mut Sim, text: &str) -> usize {
    let found = checked(sim, rows(text));
    open(sim, found)
}

fn exported(sim: &Sim, secrets: bool) -> String {
    let mut export = Export::new(&sim.store, secrets);
    let mut text = String::new();
    while let Some((rows, _)) = export.page().unwrap() {
        rows.iter().for_each(|row| text.push_str(&row.to_json()));
    }
    text
}

fn found_university(sim: &mut Sim) {
    sim.write(|tx, cx| tenant::make(tx, cx, ("uni", "Example University"), &By::COMMAND)).unwrap();
    let domain = wire::mail::domain::Domain::parse("uni.example").unwrap();
    sim.write(move |tx, cx| tenant::add_domain(tx, cx, "uni", &domain, &By::COMMAND)).unwrap();
}

#[test]
fn what_is_exported_is_imported_elsewhere_and_exported_again_byte_for_byte() {
    let mut sim = Sim::new();
    found_university(&mut sim);
    let mut text = FULL.replace('\n', " ") + "\n";
    text.push_str("{\"address\":\"eve@uni.example\",\"tenant\":\"-\"}\n{\"address\":\"sue@uni.example\"}\n");
    for n in 0..3 * BATCH {
        text.push_str(&format!(
            "{{\"address\":\"person{n}@example.org\",\"opened_at\":\"2025-05-05T05:05:05Z\"}}\n"
        ));
    }
    assert_eq!(bring(&mut sim, &text), 3 + 3 * BATCH);
    let first = exported(&sim, true);
    assert!(first.contains(HASH) && first.contains("GEZD") && first.contains("\"tenant\":\"-\""));
    let mut other = Sim::new();
    found_university(&mut other);
    other.advance(crate::sim::HOUR);
    assert_eq!(bring(&mut other, &first), 3 + 3 * BATCH);
    assert_eq!(exported(&other, true), first);
    let plain = exported(&other, false);
    assert!(!plain.contains(HASH) && !plain.contains("GEZD"));
}

#[test]
fn an_account_that_is_brought_over_is_as_its_row_says_and_each_part_is_on_the_record() {
    let mut sim = Sim::new();
    found_university(&mut sim);
    bring(&mut sim, &FULL.replace('\n', " "));
    let address = sim.address("ada@work.example");
    let ada = account::find(&sim.store, &address).unwrap().unwrap();
    assert_eq!(
        (ada.state, ada.role, ada.address.as_str()),
        (AccountState::Locked, Role::Operator, "ada@example.org")
    );
    assert_eq!(ada.tenant.as_ref().map(|tenant| tenant.code.as_str()), Some("uni"));
    assert_eq!(ada.opened_at.to_string(), "2024-12-31T23:59:59Z");
    let events: Vec<_> =
        sim.events().into_iter().filter(|event| event.subject.account() == Some(ada.id)).collect();
    assert!(events.iter().all(|event| event.actor == Actor::Operator));
    assert_eq!(
        events.first().map(|event| &event.kind),
        Some(&EventKind::AccountOpened { opening: Opening::Import, role: Role::Operator })
    );
    let names: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names.iter().filter(|name| **name == "address_added").count(), 7);
    assert_eq!(names.iter().filter(|name| **name == "authenticator_added").count(), 2);
    assert!(sim.post().notices.is_empty(), "nobody is mailed");
}

#[test]
fn whoever_was_brought_over_signs_in_by_a_code() {
    let mut sim = Sim::new();
    bring(&mut sim, r#"{"address":"ada@example.org","other_addresses":["ada@work.example"]}"#);
    sim.sign_in("ada@example.org", 1);
    sim.sign_in("ada@work.example", 2);
}

#[test]
fn accounts_that_are_there_are_left_as_they_are_and_an_interrupted_import_goes_on() {
    let mut sim = Sim::new();
    let alice = sim.account("alice@example.com");
    let text =
        "{\"address\":\"alice@example.com\",\"role\":\"operator\"}\n{\"address\":\"bob@example.com\"}\n";
    let found = checked(&mut sim, rows(text));
    assert!(matches!(found[0].1, Found::Exists) && matches!(found[1].1, Found::New(_)));
    assert_eq!(open(&mut sim, found), 1);
    assert_eq!(account::find_by_id(&sim.store, alice).unwrap().unwrap().role, Role::Member);
    assert_eq!(bring(&mut sim, text), 0);
}

#[test]
fn an_address_that_was_taken_between_check_and_writing_leaves_the_row_out() {
    let mut sim = Sim::new();
    let found = checked(
        &mut sim,
        rows(
            "{\"address\":\"ada@example.org\",\"other_addresses\":[\"bob@example.org\"]}\n\
             {\"address\":\"cyd@example.org\"}\n",
        ),
    );
    sim.account("bob@example.org");
    assert_eq!(open(&mut sim, found), 1);
    assert!(account::find(&sim.store, &sim.address("ada@example.org")).unwrap().is_none());
    assert!(account::find(&sim.store, &sim.address("cyd@example.org")).unwrap().is_some());
}

#[test]
fn what_cannot_be_is_found_before_anything_is_written() {
    let mut sim = Sim::new();
    let alice = sim.account("alice@example.com");
    let text = format!(
        "{{\"address\":\"a@one.example\",\"other_addresses\":[\"alice@example.com\"]}}\n\
         {{\"address\":\"b@one.example\",\"tenant\":\"nobody\"}}\n\
         {{\"address\":\"c@one.example\",\"methods\":\"sign_in: ; step_up: ; recovery: \"}}\n\
         {{\"address\":\"d@one.example\",\"methods\":\"all of them\"}}\n\
         {{\"address\":\"e@one.example\",\"name\":\"amber-falcon-123456\"}}\n\
         {{\"address\":\"f@one.example\",\"name\":\"amber-falcon-123456\"}}\n\
         {{\"address\":\"A@ONE.example\"}}\n\
         {{\"address\":\"g@one.example\",\"id\":\"{alice}\"}}\n\
         {{\"address\":\"h@one.example\",\"gate\":\"ajar\"}}\n\
         {{\"address\":\"i@one.example\",\"gate\":\"gate_word\"}}\n\
         {{\"address\":\"j@one.example\",\"gate\":\"private_name\"}}\n\
         {{\"address\":\"k@one.example\",\"gate\":\"solicited_only\"}}\n"
    );
    let found = checked(&mut sim, rows(&text));
    let fields: Vec<_> = found
        .iter()
        .map(|(line, found)| match found {
            Found::Wrong(wrong) => format!("{line} {}", wrong[0].field),
            Found::New(_) => format!("{line} new"),
            Found::Exists => format!("{line} exists"),
        })
        .collect();
    assert_eq!(
        fields,
        [
            "1 other_addresses",
            "2 tenant",
            "3 methods",
            "4 methods",
            "5 new",
            "6 name",
            "7 address",
            "8 exists",
            "9 gate",
            "10 gate",
            "11 gate",
            "12 new"
        ]
    );
    let Found::Wrong(wrong) = &found[6].1 else { panic!("{found:?}") };
    assert!(wrong[0].what.contains("line 1"), "{wrong:?}");
}
