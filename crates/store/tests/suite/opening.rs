//! Opening a store: whose it is, of which version, and that everything answered is still there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use rusqlite::Connection;
use store::{Store, accounts, events, meta, sign_in_codes};

use crate::setting::{Folder, account, ask, event, keys, noon, number, open, put_number, queue, read_number};

fn why(outcome: Result<Store, model::fault::Fault>) -> String {
    outcome.err().map(|fault| fault.chain()).unwrap_or_default()
}

#[test]
fn a_store_opens_with_its_own_keys_and_no_others() {
    let folder = Folder::new();
    drop(open(&folder));
    let refused = why(Store::open(&folder.file(), keys(8), |_| {}));
    assert!(refused.contains("does not belong to this database"), "{refused}");
    drop(open(&folder));
}

#[test]
fn a_changed_migration_is_noticed() {
    let folder = Folder::new();
    drop(open(&folder));
    let database = Connection::open(folder.file()).unwrap();
    database.execute("UPDATE migrations SET checksum = 'another'", []).unwrap();
    drop(database);
    let refused = why(Store::open(&folder.file(), keys(7), |_| {}));
    assert!(refused.contains("another version of this schema"), "{refused}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    drop(open(&folder));
    let database = Connection::open(folder.file()).unwrap();
    database.execute("INSERT INTO migrations (number, checksum) VALUES (9999, 'later')", []).unwrap();
    drop(database);
    let refused = why(Store::open(&folder.file(), keys(7), |_| {}));
    assert!(refused.contains("newer version"), "{refused}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_not_touched() {
    let folder = Folder::new();
    let content = "not a database, but somebody's letter ".repeat(100);
    std::fs::write(folder.file(), &content).unwrap();
    assert!(Store::open(&folder.file(), keys(7), |_| {}).is_err());
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), content);
}

#[test]
fn a_folder_that_is_not_there_is_a_fault() {
    let folder = Folder::new();
    assert!(Store::open(&folder.file().join("deeper").join("bidden.db"), keys(7), |_| {}).is_err());
}

#[test]
fn everything_is_there_after_opening_again() {
    let folder = Folder::new();
    let store = open(&folder);
    let alice = account(&store, 1, "alice@example.com");
    let asked = ask(&store, 2, "alice@example.com", 3);
    queue(&store, 3, Some(asked.id), false);
    store
        .write_now(|tx| {
            put_number(tx, "here", -42)?;
            tx.record(&[event(4, noon(), 1)], ())
        })
        .unwrap();
    drop(store);
    let store = open(&folder);
    assert_eq!(store.read(|reader| accounts::find(reader, alice.id)).unwrap(), Some(alice));
    assert!(store.read(|reader| sign_in_codes::letter(reader, asked.id)).unwrap().is_some());
    assert_eq!(store.read(store::outbox::waiting).unwrap(), 1);
    assert_eq!(store.read(|reader| read_number(reader, "here")).unwrap(), -42);
    assert_eq!(
        store.read(|reader| events::tail(reader, store::events::Position::START, 9)).unwrap().len(),
        1
    );
}

#[test]
fn a_store_dropped_with_work_queued_keeps_all_that_it_answered() {
    let folder = Folder::new();
    let (kept, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let store = open(&folder);
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    // Holds the writer until everything else stands in the queue behind it.
    store.write(
        move |tx| {
            held.wait();
            Ok(tx.unrecorded("a test", ()))
        },
        |_| {},
    );
    for n in 0..500 {
        let (kept, answered) = (Arc::clone(&kept), Arc::clone(&answered));
        store.write(
            move |tx| tx.record(&[event(u64::from(n), noon(), n)], ()),
            move |outcome| {
                answered.fetch_add(1, Ordering::SeqCst);
                kept.fetch_add(usize::from(outcome.is_ok()), Ordering::SeqCst);
            },
        );
    }
    gate.wait();
    drop(store);
    assert_eq!(answered.load(Ordering::SeqCst), 500, "everybody is answered");
    let store = open(&folder);
    let found = store.read(|reader| events::tail(reader, store::events::Position::START, 1000)).unwrap();
    assert_eq!(found.len(), kept.load(Ordering::SeqCst));
    assert_eq!(
        found.iter().map(|placed| number(&placed.event)).collect::<Vec<_>>(),
        (0..500).collect::<Vec<_>>()
    );
}

#[test]
fn a_store_of_this_process_is_durable_and_in_write_ahead_mode() {
    let folder = Folder::new();
    let _store = open(&folder);
    let database = Connection::open(folder.file()).unwrap();
    let mode: String = database.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_store_may_be_dropped_by_its_own_writer() {
    let folder = Folder::new();
    let store = open(&folder);
    let last = store.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    store.write(
        move |tx| {
            held.wait();
            Ok(tx.unrecorded("a test", ()))
        },
        move |_| {
            drop(last);
            sender.send(()).unwrap();
        },
    );
    drop(store);
    gate.wait();
    receiver.recv().unwrap();
    drop(open(&folder));
}
