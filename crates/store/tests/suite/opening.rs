//! Opening a store: whose it is, of which version, and that everything answered is still there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use rusqlite::Connection;
use store::{Store, accounts, meta, sign_in_codes};

use crate::setting::{
    Folder, account, ask, event, in_places, in_postgres, keys, noon, open, open_at, put_number, queue,
    read_number, recorded,
};

fn why(outcome: Result<Store, model::fault::Fault>) -> String {
    outcome.err().map(|fault| fault.chain()).unwrap_or_default()
}

#[test]
fn a_store_opens_with_its_own_keys_and_no_others() {
    in_places(|place| {
        drop(place.open());
        let refused = why(place.open_by(4, keys(8)));
        assert!(refused.contains("does not belong to this database"), "{refused}");
        drop(place.open());
    });
}

#[test]
fn a_changed_migration_is_noticed_and_nothing_is_changed() {
    in_places(|place| {
        drop(place.open());
        place.sql("UPDATE migrations SET checksum = 'another' WHERE number = 2; DROP TABLE leases");
        let refused = why(place.open_by(4, keys(7)));
        assert!(refused.contains("another version of this schema"), "{refused}");
        // It would fail if the table had been made again.
        place.sql("CREATE TABLE leases (here BIGINT)");
    });
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    in_places(|place| {
        drop(place.open());
        place.sql("INSERT INTO migrations (number, checksum) VALUES (9999, 'later')");
        let refused = why(place.open_by(4, keys(7)));
        assert!(refused.contains("newer version"), "{refused}");
        place.sql("DELETE FROM migrations WHERE number = 9999");
        drop(place.open());
    });
}

#[test]
fn of_many_that_open_an_empty_database_at_once_one_makes_it_and_all_use_it() {
    in_postgres(|database| {
        let barrier = Arc::new(Barrier::new(6));
        let nodes: Vec<_> = (0..6)
            .map(|n| {
                let (name, barrier) = (database.url().to_owned(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    let store = open_at(&name, 2, keys(7)).unwrap();
                    store.write_now(move |tx| tx.record(&[event(n, noon(), 1)], ())).unwrap();
                })
            })
            .collect();
        for node in nodes {
            node.join().unwrap();
        }
        assert_eq!(recorded(&open_at(database.url(), 1, keys(7)).unwrap(), 6), [1; 6]);
    });
}

#[test]
fn of_many_that_open_an_empty_database_with_keys_of_their_own_one_owns_it() {
    in_postgres(|database| {
        let barrier = Arc::new(Barrier::new(6));
        let nodes: Vec<_> = (1..7)
            .map(|root| {
                let (name, barrier) = (database.url().to_owned(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    open_at(&name, 1, keys(root)).map(drop).map_err(|fault| fault.chain())
                })
            })
            .collect();
        let outcomes: Vec<_> = nodes.into_iter().map(|node| node.join().unwrap()).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert!(refused.contains("does not belong to this database"), "{refused}");
        }
    });
}

#[test]
fn the_migrations_of_postgresql_are_applied_once_however_often_it_is_opened() {
    in_postgres(|database| {
        for _ in 0..3 {
            drop(open_at(database.url(), 1, keys(7)).unwrap());
        }
        let kept = database.psql("SELECT number FROM migrations ORDER BY number; SELECT count(*) FROM locks");
        let written = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/migrations")).unwrap();
        let number = |name: &str| name[..4].parse::<u32>().unwrap();
        let mut numbers: Vec<u32> =
            written.map(|file| number(file.unwrap().file_name().to_str().unwrap())).collect();
        numbers.sort_unstable();
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        assert_eq!(kept.unwrap(), format!("{}\n4096", numbers.join("\n")));
        assert_eq!(database.psql("SELECT base FROM tx_base").unwrap(), "0");
    });
}

#[test]
fn a_database_that_is_not_there_is_a_fault_that_names_it() {
    in_postgres(|database| {
        let url = database.url().replace(database.name(), "nobody_made_this");
        let refused = why(open_at(&url, 1, keys(7)));
        assert!(refused.contains("nobody_made_this") && refused.contains("3D000"), "{refused}");
        let (password, _) = database.url().split_once('@').unwrap();
        let (_, password) = password.rsplit_once(':').unwrap();
        let refused = why(open_at(&database.url().replace(password, "wrong"), 1, keys(7)));
        assert!(refused.contains("password authentication failed"), "{refused}");
        assert!(!refused.contains("wrong"), "{refused}");
    });
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
    in_places(|place| {
        let store = place.open();
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
        let store = place.open();
        assert_eq!(store.read(|reader| accounts::find(reader, alice.id)).unwrap(), Some(alice));
        assert!(store.read(|reader| sign_in_codes::letter(reader, asked.id)).unwrap().is_some());
        assert_eq!(store.read(store::outbox::waiting).unwrap(), 1);
        assert_eq!(store.read(|reader| read_number(reader, "here")).unwrap(), -42);
        assert!(store.read(|reader| meta::find(reader, "not here")).unwrap().is_none());
        assert_eq!(recorded(&store, 1), [1]);
    });
}

#[test]
fn a_store_dropped_with_work_queued_keeps_all_that_it_answered() {
    in_places(|place| {
        let (kept, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let store = place.open();
        let gate = Arc::new(Barrier::new(2));
        let held = Arc::clone(&gate);
        // Holds a writer until everything else stands in the queue behind it.
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
        let mut found = recorded(&place.open(), kept.load(Ordering::SeqCst));
        if !place.is_file() {
            found.sort_unstable();
        }
        assert_eq!(found, (0..500).collect::<Vec<_>>());
    });
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
    in_places(|place| {
        let store = place.open();
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
        drop(place.open());
    });
}

#[test]
fn of_many_that_open_an_empty_file_at_once_each_gets_the_same_database() {
    for _ in 0..10 {
        let folder = Folder::new();
        let gate = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    gate.wait();
                    let store = open(&folder);
                    store.write_now(|tx| Ok(tx.unrecorded("a test", ()))).unwrap();
                });
            }
        });
    }
}
