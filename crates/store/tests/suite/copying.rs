//! Copies between stores of every kind, backups, and what becomes of them when they are cut short.

use std::ops::ControlFlow;

use proving::postgres::Database;
use rusqlite::Connection;
use store::copy::marks::{self, Standing};
use store::copy::sums::{self, Sum};
use store::copy::{self, Copied, Stage};
use store::events::{self, Position};
use store::{Store, backup, meta};

use crate::checking::assert_sound;
use crate::living::{sign_in, while_people_sign_in};
use crate::setting::{Folder, Place, event, in_postgres, keys, noon, number, seconds, tail, within, write};

fn whole(store: &Store) -> Vec<Sum> {
    sums::sums(store, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn copied(from: &Store, to: &Store) -> Vec<Copied> {
    copy::copy(from, to, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn changed(from: &Store, to: &Store) -> u64 {
    copied(from, to).iter().map(|copied| copied.changed).sum()
}

/// A file with a week's worth of life in it.
fn lived(folder: &Folder) -> Store {
    let store = crate::setting::open(folder);
    for seed in 1..=30 {
        sign_in(&store, seed);
    }
    write(&store, |tx| {
        store::leases::claim(tx, "sweep", &[1; 16], (noon(), noon() + seconds(30)))?;
        meta::put(tx, meta::DETECTED_UP_TO, &17_i64.to_be_bytes())
    });
    store
}

fn ids(store: &Store, after: Position, count: usize) -> Vec<String> {
    tail(store, after, count).iter().map(|placed| placed.event.id.to_string()).collect()
}

fn rows(copied: &[Copied], table: &str) -> u64 {
    copied.iter().find(|copied| copied.sum.table == table).unwrap().sum.rows
}

/// Waits until there are so many accounts.
fn await_accounts(store: &Store, count: usize) {
    within(seconds(20), "accounts", || {
        let listed = store.read(|reader| store::accounts::list(reader, None, 1000)).unwrap();
        (listed.len() >= count).then_some(())
    });
}

/// Runs `test` with a place of each kind to copy to.
fn to_places(test: impl Fn(Place)) {
    test(Place::File(Folder::new()));
    in_postgres(|database: Database| test(Place::Postgres(database)));
}

#[test]
fn a_store_goes_elsewhere_and_back_and_is_the_same_to_the_last_row() {
    let (folder, back) = (Folder::new(), Folder::new());
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        let first = copied(&source, &there);
        assert_eq!(rows(&first, "accounts"), 30);
        assert_eq!(rows(&first, "events"), 60);
        assert_eq!(whole(&source), whole(&there));
        assert_sound(&there);
        assert_eq!(ids(&source, Position::START, 60), ids(&there, Position::START, 60));
        let again = Store::open(&back.file(), keys(7), |_| {}).unwrap();
        copied(&there, &again);
        assert_eq!(whole(&source), whole(&again));
        assert_sound(&again);
        // What is of one server stays there.
        assert_eq!(again.read(store::leases::list).unwrap(), []);
    });
}

#[test]
fn what_the_detectors_have_not_seen_is_the_same_after_a_copy_and_new_events_come_after_it() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        copied(&source, &there);
        let seen = |store: &Store| store.read(|reader| meta::position(reader, meta::DETECTED_UP_TO)).unwrap();
        let before = ids(&source, seen(&source), 43);
        assert_eq!(ids(&there, seen(&there), 43), before);
        sign_in(&there, 1000);
        assert_eq!(ids(&there, seen(&there), 46)[..43], before);
    });
}

#[test]
fn the_order_that_several_nodes_gave_the_record_is_kept_by_a_file() {
    in_postgres(|database| {
        let place = Place::Postgres(database);
        let source = place.open();
        let ((), count) = while_people_sign_in(&source, (4, 1), || await_accounts(&source, 60));
        for seed in 0..3 {
            sign_in(&source, 50_000_000 + seed);
        }
        let recorded = |store: &Store| {
            let kinds = store.read(|reader| events::count_by_kind(reader, noon())).unwrap();
            usize::try_from(kinds.iter().map(|(_, n)| *n).sum::<i64>()).unwrap()
        };
        let all = tail(&source, Position::START, recorded(&source));
        assert!(count > 3, "nobody signed in");
        let middle = all[all.len() / 2].position;
        write(&source, move |tx| meta::put_position(tx, meta::DETECTED_UP_TO, middle));
        let folder = Folder::new();
        let there = crate::setting::open(&folder);
        copied(&source, &there);
        let order: Vec<String> = all.iter().map(|placed| placed.event.id.to_string()).collect();
        assert_eq!(ids(&there, Position::START, all.len()), order);
        let seen = there.read(|reader| meta::position(reader, meta::DETECTED_UP_TO)).unwrap();
        assert_eq!(ids(&there, seen, all.len() - all.len() / 2 - 1), order[all.len() / 2 + 1..]);
        assert_sound(&there);
        assert_eq!(whole(&source), whole(&there));

        // The oldest part of the record goes; what stays keeps its numbers, so that nothing else changes.
        place.sql(
            "DELETE FROM events WHERE (tx, position) <= (
                     SELECT tx, position FROM events ORDER BY tx, position OFFSET 5 LIMIT 1)",
        );
        assert_eq!(changed(&source, &there), 6);
    });
}

#[test]
fn an_interrupted_copy_is_not_served_and_goes_on_where_it_stopped() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        let stopped = copy::copy(&source, &there, &mut |progress| {
            if progress.table == "guess_ledger" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(stopped.unwrap_err().chain().contains("goes on"));
        assert!(matches!(marks::may_serve(&there).unwrap(), Standing::Unfinished(_)));
        let second = copied(&source, &there);
        let changed = |table: &str| second.iter().find(|copied| copied.sum.table == table).unwrap().changed;
        assert_eq!((changed("accounts"), changed("sign_in_codes")), (0, 0));
        assert_eq!(changed("events"), 60);
        assert_eq!(whole(&source), whole(&there));
        assert!(matches!(marks::may_serve(&there).unwrap(), Standing::Copied(_)));
    });
}

#[test]
fn a_copy_that_is_cut_short_in_the_middle_of_a_table_keeps_what_was_committed() {
    let folder = Folder::new();
    let source = crate::setting::open(&folder);
    for batch in 0..13 {
        let events: Vec<_> =
            (0..1000).map(|n| event(u64::from(batch * 1000 + n), noon(), batch * 1000 + n)).collect();
        source.write_now(move |tx| tx.record(&events, ())).unwrap();
    }
    to_places(|place| {
        let there = place.open();
        let stopped = copy::copy(&source, &there, &mut |progress| {
            if progress.done >= 8192 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(stopped.is_err());
        let second = copied(&source, &there);
        let events = second.iter().find(|copied| copied.sum.table == "events").unwrap();
        assert!((4000..=8500).contains(&events.changed), "{}", events.changed);
        let numbers: Vec<u32> =
            tail_of_all(&there, 13_000).iter().map(|placed| number(&placed.event)).collect();
        assert_eq!(numbers, (0..13_000).collect::<Vec<_>>());
    });
}

fn tail_of_all(store: &Store, count: usize) -> Vec<events::Placed> {
    tail(store, Position::START, count)
}

#[test]
fn a_source_at_work_gives_a_consistent_copy_and_the_next_one_brings_what_has_changed() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        let run = u64::from(place.is_file());
        let ((), count) = while_people_sign_in(&source, (4, 1_000 + run * 100_000_000), || {
            copied(&source, &there);
        });
        assert!(count > 0);
        assert_sound(&there);
        let ((), _) = while_people_sign_in(&source, (4, 500_000_000 + run * 100_000_000), || {
            copied(&source, &there);
        });
        copied(&source, &there);
        assert_eq!(whole(&source), whole(&there));
        assert_eq!(changed(&source, &there), 0);
        // One more person: account, address, ledger three times, destination, code, message, event.
        sign_in(&source, 900_000_000 + run * 3);
        assert_eq!(changed(&source, &there), 9);
    });
}

#[test]
fn what_the_source_has_lost_goes_from_the_copy_too_whoever_refers_to_it() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        copied(&source, &there);
        let lost = "PRAGMA foreign_keys = OFF; DELETE FROM accounts WHERE id = (SELECT account FROM sessions LIMIT 1);
                    DELETE FROM addresses WHERE account NOT IN (SELECT id FROM accounts);
                    DELETE FROM browsers WHERE account NOT IN (SELECT id FROM accounts);
                    DELETE FROM sessions WHERE account NOT IN (SELECT id FROM accounts);
                    UPDATE events SET kind = kind || 's' WHERE position = 3;";
        Connection::open(folder.file()).unwrap().execute_batch(lost).unwrap();
        assert_eq!(changed(&source, &there), 5);
        assert_eq!(whole(&source), whole(&there));
    });
}

#[test]
fn a_store_that_works_on_its_own_is_not_overwritten() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        sign_in(&there, 1);
        let before = whole(&there);
        let refused = copy::copy(&source, &there, &mut |_| ControlFlow::Continue(()));
        assert!(refused.unwrap_err().chain().contains("works on its own"));
        assert_eq!(whole(&there), before);
        // What was moved away is old, and may be.
        marks::mark_as_moved(&there, "elsewhere").unwrap();
        assert_eq!(marks::may_serve(&there).unwrap(), Standing::Moved("elsewhere".to_owned()));
        copied(&source, &there);
        // From the moment on that somebody serves from it, a copy is one of those.
        assert!(matches!(marks::may_serve(&there).unwrap(), Standing::Copied(_)));
        assert_eq!(marks::may_serve(&there).unwrap(), Standing::Own);
        assert!(copy::copy(&source, &there, &mut |_| ControlFlow::Continue(())).is_err());
    });
}

#[test]
fn a_store_is_emptied_at_once_and_filled_again() {
    let folder = Folder::new();
    let source = lived(&folder);
    in_postgres(|database| {
        let place = Place::Postgres(database);
        let there = place.open();
        for seed in 100..110 {
            sign_in(&there, seed);
        }
        marks::empty_for_a_copy(&there, "a backup").unwrap();
        assert_eq!(there.read(marks::standing).unwrap(), Standing::Unfinished("a backup".to_owned()));
        copied(&source, &there);
        assert_eq!(whole(&source), whole(&there));
        assert_sound(&there);
        sign_in(&there, 200);
        assert_sound(&there);
    });
}

fn looked_through(file: &std::path::Path, root: u8) -> Result<backup::Backup, model::fault::Fault> {
    backup::verify(file, Some(&keys(root)), &mut |_| ControlFlow::Continue(()))
}

fn backed_up(store: &Store, file: &std::path::Path) -> backup::Backup {
    backup::make(store, &keys(7), file, (noon(), "0"), &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn a_backup_made_while_people_sign_in_is_whole_and_can_be_restored() {
    to_places(|place| {
        let source = place.open_by(8, keys(7)).unwrap();
        for seed in 1..=20 {
            sign_in(&source, seed);
        }
        let folder = Folder::new();
        let file = folder.file().with_file_name("backup.db");
        let (made, _) = while_people_sign_in(&source, (8, 1_000), || {
            await_accounts(&source, 40);
            backed_up(&source, &file)
        });
        assert_eq!(looked_through(&file, 7).unwrap(), made);
        assert_eq!(made.source, if place.is_file() { "sqlite" } else { "postgres" });
        let (_, accounts) = made.tables.iter().find(|(name, _)| name == "accounts").unwrap();
        assert!(*accounts >= 20);
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(mode & 0o777, 0o600);

        backup::unpack(&file, &folder.file()).unwrap();
        let restored = crate::setting::open(&folder);
        assert_sound(&restored);
        assert_eq!(restored.read(marks::standing).unwrap(), Standing::Own);
        sign_in(&restored, 999);
        assert_sound(&restored);
    });
}

#[test]
fn a_backup_of_a_store_at_rest_holds_exactly_what_the_store_holds() {
    let folder = Folder::new();
    let source = lived(&folder);
    let file = folder.file().with_file_name("backup.db");
    backed_up(&source, &file);
    let there = Folder::new();
    backup::unpack(&file, &there.file()).unwrap();
    assert_eq!(whole(&crate::setting::open(&there)), whole(&source));
    // Nothing is left beside it.
    assert!(!file.with_added_extension("unfinished").exists());
}

#[test]
fn a_backup_that_is_damaged_altered_or_of_another_installation_is_refused() {
    let folder = Folder::new();
    let source = lived(&folder);
    let file = folder.file().with_file_name("backup.db");
    backed_up(&source, &file);
    let whole = std::fs::read(&file).unwrap();
    let refused = |part: &str| {
        let said = looked_through(&file, 7).unwrap_err().chain();
        assert!(said.contains(part), "{said}");
    };

    assert!(looked_through(&file, 8).unwrap_err().chain().contains("key file"));
    let altered = Connection::open(&file).unwrap();
    altered.execute_batch("UPDATE accounts SET role = 'operator'").unwrap();
    drop(altered);
    refused("the rows of accounts");
    // Whoever alters a backup can make its sums fit, and cannot mark them.
    let altered = Connection::open(&file).unwrap();
    altered
        .execute_batch(
            "UPDATE accounts SET role = 'member'; DELETE FROM sessions; DELETE FROM browsers;
             UPDATE backup_tables SET rows = 0, digest = (SELECT digest FROM backup_tables WHERE name = 'inbox')
             WHERE name IN ('browsers', 'sessions');",
        )
        .unwrap();
    drop(altered);
    refused("what it says of itself was changed");
    std::fs::write(&file, &whole).unwrap();
    let altered = Connection::open(&file).unwrap();
    altered
        .execute_batch("CREATE TRIGGER more AFTER INSERT ON sessions BEGIN DELETE FROM events; END")
        .unwrap();
    drop(altered);
    refused("statements that bidden has not put there");
    let mut damaged = whole.clone();
    for byte in &mut damaged[6 * 2048..7 * 2048] {
        *byte = 0xaa;
    }
    std::fs::write(&file, &damaged).unwrap();
    assert!(looked_through(&file, 7).is_err());
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(looked_through(&file, 7).is_err());
    std::fs::write(&file, b"not a database at all, whatever its name says").unwrap();
    assert!(looked_through(&file, 7).is_err());
    let said = backup::verify(&folder.file(), None, &mut |_| ControlFlow::Continue(())).unwrap_err().chain();
    assert!(said.contains("no backup"), "{said}");
}

#[test]
fn a_copy_says_how_far_it_has_come_and_reads_back_what_it_wrote() {
    let folder = Folder::new();
    let source = lived(&folder);
    to_places(|place| {
        let there = place.open();
        let mut told = Vec::new();
        copy::copy(&source, &there, &mut |progress| {
            assert!(progress.done <= progress.of, "{progress:?}");
            told.push(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
        let of = |stage: Stage| told.iter().filter(|progress| progress.stage == stage).count();
        assert_eq!((of(Stage::Copying), of(Stage::Verifying)), (57, 57));
        let last = told.last().unwrap();
        assert_eq!(last.done, last.of);
    });
}
