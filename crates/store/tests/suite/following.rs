//! Following the record while others write: no event of a slow committer is skipped by a fast reader.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use model::entropy::Entropy;
use store::Store;
use store::events::{self, Position};

use crate::setting::{
    event, in_places, in_postgres, keys, noon, number, open_at, read_number, recorded, tail,
};

fn numbers(store: &Store) -> Vec<u32> {
    let tail = store.read(|reader| events::tail(reader, Position::START, 99)).unwrap();
    tail.iter().map(|placed| number(&placed.event)).collect()
}

#[test]
fn a_slow_committer_is_never_skipped_by_a_fast_reader() {
    in_places(|place| {
        let store = place.open();
        let (written, is_written) = channel();
        let (release, released) = channel::<()>();
        let slow = {
            let store = store.clone();
            std::thread::spawn(move || {
                let kept = store.write_now(move |tx| {
                    let recorded = tx.record(&[event(1, noon(), 1)], ())?;
                    // An answer that is waited for: the event is in the database now, and nobody sees it.
                    read_number(tx, "nothing")?;
                    written.send(()).unwrap();
                    released.recv().unwrap();
                    Ok(recorded)
                });
                kept.unwrap();
            })
        };
        is_written.recv().unwrap();
        let (sender, fast) = channel();
        store.write(
            |tx| tx.record(&[event(2, noon(), 2)], ()),
            move |outcome| sender.send(outcome.is_ok()).unwrap(),
        );
        if store.is_shared() {
            assert!(fast.recv().unwrap(), "it does not wait for the slow one");
            let committed = store.read(|reader| events::count_by_kind(reader, noon())).unwrap();
            assert_eq!(committed.iter().map(|(_, n)| *n).sum::<i64>(), 1);
        }
        for _ in 0..20 {
            assert_eq!(numbers(&store), [0; 0], "a reader who took the second would never see the first");
        }
        release.send(()).unwrap();
        slow.join().unwrap();
        assert_eq!(recorded(&store, 2), [1, 2]);
    });
}

#[test]
fn a_transaction_that_is_undone_holds_nobody_up() {
    in_places(|place| {
        let store = place.open();
        let undone = store.write_now(|tx| -> Result<store::Recorded<()>, model::fault::Fault> {
            let _ = tx.record(&[event(1, noon(), 1)], ())?;
            read_number(tx, "nothing")?;
            Err(model::fault::Fault::plain("a fault of a test"))
        });
        assert!(undone.is_err());
        store.write_now(|tx| tx.record(&[event(2, noon(), 2)], ())).unwrap();
        assert_eq!(recorded(&store, 1), [2]);
    });
}

#[test]
fn eight_writers_of_all_speeds_are_followed_without_a_gap() {
    const EACH: usize = 40;
    in_postgres(|database| {
        let store = open_at(database.url(), 8, keys(7)).unwrap();
        let ended = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..8_u32)
            .map(|writer| {
                let (store, ended) = (store.clone(), Arc::clone(&ended));
                std::thread::spawn(move || {
                    let mut entropy = Entropy::seeded(u64::from(writer));
                    for n in 0..u32::try_from(EACH).unwrap() {
                        let [before, between] = entropy.bytes::<2>().unwrap();
                        let own = writer * 1000 + n * 2;
                        store
                            .write_now(move |tx| {
                                // Round trips, so that some transactions take long and others do not.
                                (0..before % 8).try_for_each(|_| read_number(tx, "nothing").map(drop))?;
                                let _ = tx.record(&[event(u64::from(own), noon(), own)], ())?;
                                (0..between % 32).try_for_each(|_| read_number(tx, "nothing").map(drop))?;
                                tx.record(&[event(u64::from(own) + 1, noon(), own + 1)], ())
                            })
                            .unwrap();
                    }
                    ended.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        // It panics on a position that goes back, and on more events than there should be.
        let seen: Vec<u32> =
            tail(&store, Position::START, 8 * EACH * 2).iter().map(|placed| number(&placed.event)).collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(recorded(&store, seen.len()), seen, "whoever comes later reads the same");
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 8 * EACH * 2, "each once");
        for pair in seen.chunks(2) {
            assert_eq!(pair[0] + 1, pair[1], "what one transaction wrote stands together, in its order");
        }
    });
}

#[test]
fn a_record_from_another_server_is_followed_on() {
    in_postgres(|database| {
        let store = open_at(database.url(), 2, keys(7)).unwrap();
        for n in 0..3 {
            store.write_now(move |tx| tx.record(&[event(u64::from(n), noon(), n)], ())).unwrap();
        }
        assert_eq!(recorded(&store, 3), [0, 1, 2]);
        drop(store);
        // As it is after a copy by rows: numbers of transactions that this server will not reach for years.
        database.psql("UPDATE events SET tx = tx + 5000000000").unwrap();
        let store = open_at(database.url(), 2, keys(7)).unwrap();
        let seen = tail(&store, Position::START, 3).last().unwrap().position;
        for n in 3..6 {
            store.write_now(move |tx| tx.record(&[event(u64::from(n), noon(), n)], ())).unwrap();
        }
        let unseen: Vec<u32> = tail(&store, seen, 3).iter().map(|placed| number(&placed.event)).collect();
        assert_eq!(unseen, [3, 4, 5]);
        drop(store);
        // Once is enough; and a second move from a server that was ahead of all that counts as well.
        let base = || database.psql("SELECT base FROM tx_base").unwrap();
        let first = base();
        let store = open_at(database.url(), 2, keys(7)).unwrap();
        assert_eq!(base(), first);
        drop(store);
        database.psql("UPDATE events SET tx = tx + 9000000000").unwrap();
        let store = open_at(database.url(), 2, keys(7)).unwrap();
        assert_ne!(base(), first);
        store.write_now(|tx| tx.record(&[event(6, noon(), 6)], ())).unwrap();
        assert_eq!(recorded(&store, 7), [0, 1, 2, 3, 4, 5, 6]);
    });
}
