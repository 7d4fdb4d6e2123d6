//! What a connection is like, asked of the server itself.

use std::time::Duration;

use proving::postgres::{Database, given};

use super::*;

fn settings(database: &Database) -> Settings {
    Settings::parse(database.url(), 1).unwrap()
}

fn said(link: &mut Link, sql: &'static str) -> String {
    let asked = Request { sql, args: Vec::new(), rows: true };
    match link.run(&[asked]).map_err(|failed| failed.fault).unwrap().pop() {
        Some(Answer::Rows(mut rows)) => rows[0].text(0).unwrap(),
        Some(Answer::Count(_)) | None => panic!("no rows"),
    }
}

fn alter(database: &Database, to: &str) {
    database.psql(&format!("ALTER DATABASE {} SET {to}", database.name())).unwrap();
}

#[test]
fn a_commit_is_durable_whatever_the_default_of_the_database_is() {
    let Some(given) = given() else { return };
    let database = given.database().unwrap();
    alter(&database, "synchronous_commit = off");
    assert_eq!(database.psql("SHOW synchronous_commit").unwrap(), "off");
    let mut link = Link::open(&settings(&database)).unwrap();
    assert_eq!(said(&mut link, "SELECT current_setting('synchronous_commit')"), "on");
}

#[test]
fn no_default_of_the_database_makes_anybody_wait_longer() {
    let Some(given) = given() else { return };
    let database = given.database().unwrap();
    for name in ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"] {
        alter(&database, &format!("{name} = 0"));
    }
    let timeouts = (Duration::from_millis(7000), Duration::from_millis(3500), Duration::from_millis(1250));
    let mut link =
        Link::open(&settings(&database).with_timeouts(timeouts.0, timeouts.1, timeouts.2)).unwrap();
    assert_eq!(said(&mut link, "SELECT current_setting('statement_timeout')"), "7s");
    assert_eq!(said(&mut link, "SELECT current_setting('lock_timeout')"), "3500ms");
    assert_eq!(said(&mut link, "SELECT current_setting('idle_in_transaction_session_timeout')"), "8250ms");
}

#[test]
fn a_connection_that_was_given_up_is_not_waited_for_again() {
    let Some(given) = given() else { return };
    let database = given.database().unwrap();
    let short = Duration::from_millis(50);
    let mut link = Link::open(&settings(&database)).unwrap();
    // Our own patience is over before the server's.
    link.limits.answer = short;
    let slow = [Request { sql: "SELECT pg_sleep(20)::text", args: Vec::new(), rows: true }];
    let failed = link.run(&slow).err().unwrap();
    assert!(failed.lost && failed.fault.may_pass() && !link.alive());
    link.limits.answer = Duration::from_secs(600);
    assert!(link.run(&slow).err().unwrap().lost);
    link.send(&slow);
}
