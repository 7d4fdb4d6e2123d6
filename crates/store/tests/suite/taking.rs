//! What is decided on what was read: taken in hand first, so that nobody else decides on it meanwhile.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};

use model::digest::Digest;
use store::{Store, destinations};

use crate::setting::{address, in_places, noon, token, with_writers, write};

/// Notes one more request held back, as a look and a write.
fn hold_back(store: &Store, key: Digest) {
    write(store, move |tx| {
        let mut taken = destinations::take(tx, &key)?;
        taken.state.suppressed.count += 1;
        destinations::put(tx, &taken, noon())
    });
}

fn held_back(store: &Store, key: Digest) -> i64 {
    store.read(|reader| destinations::find(reader, &key)).unwrap().suppressed.count
}

#[test]
fn row_2_sixteen_threads_that_look_and_write_lose_nothing() {
    with_writers(16, |store| {
        let key = address("alice@example.com").destination();
        let barrier = Arc::new(Barrier::new(16));
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let (store, barrier) = (store.clone(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    (0..50).for_each(|_| hold_back(&store, key));
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(held_back(store, key), 800);
    });
}

#[test]
fn what_one_has_taken_nobody_takes_before_that_transaction_is_over() {
    in_places(|place| {
        let store = place.open();
        let key = address("alice@example.com").destination();
        let order = Arc::new(Mutex::new(Vec::new()));
        let (taken, is_taken) = channel();
        let (release, released) = channel();
        let (first, noted) = (store.clone(), Arc::clone(&order));
        let first = std::thread::spawn(move || {
            write(&first, move |tx| {
                let mut own = destinations::take(tx, &key)?;
                taken.send(()).unwrap();
                released.recv().unwrap();
                own.state.suppressed.count += 1;
                noted.lock().unwrap().push("the first is done");
                destinations::put(tx, &own, noon())
            });
        });
        is_taken.recv().unwrap();
        let (second, noted) = (store.clone(), Arc::clone(&order));
        let second = std::thread::spawn(move || {
            write(&second, move |tx| {
                let own = destinations::take(tx, &key)?;
                noted.lock().unwrap().push("the second has it");
                Ok(own.state.suppressed.count)
            })
        });
        place.await_blocked(1);
        if !place.is_file() {
            // Other keys are nobody's business.
            hold_back(&store, address("bob@example.com").destination());
        }
        release.send(()).unwrap();
        first.join().unwrap();
        assert_eq!(second.join().unwrap(), 1, "and reads what the first has written");
        assert_eq!(*order.lock().unwrap(), ["the first is done", "the second has it"]);
    });
}

#[test]
fn what_was_taken_is_free_again_after_a_fault_and_after_a_panic() {
    with_writers(2, |store| {
        let key = address("alice@example.com").destination();
        for panics in [false, true] {
            let outcome = store.write_now(move |tx| -> Result<store::Recorded<()>, model::fault::Fault> {
                let mut taken = destinations::take(tx, &key)?;
                taken.state.suppressed.count += 100;
                destinations::put(tx, &taken, noon())?;
                assert!(!panics, "a panic of a test");
                Err(model::fault::Fault::plain("a fault of a test"))
            });
            assert!(outcome.is_err());
            hold_back(store, key);
        }
        assert_eq!(held_back(store, key), 2);
    });
}

#[test]
fn two_that_take_two_keys_in_opposite_order_both_end_well() {
    in_places(|place| {
        let store = place.open();
        if let crate::setting::Place::Postgres(database) = place {
            // The server looks for deadlocks after a second otherwise.
            place.sql(&format!("ALTER DATABASE {} SET deadlock_timeout = '50ms'", database.name()));
        }
        let keys = [token("one"), token("other")];
        let (both_hold_one, runs) = (Arc::new(Barrier::new(2)), Arc::new(Mutex::new(0)));
        let threads: Vec<_> = [keys, [keys[1], keys[0]]]
            .into_iter()
            .map(|order| {
                let (store, barrier) = (store.clone(), Arc::clone(&both_hold_one));
                let runs = Arc::clone(&runs);
                std::thread::spawn(move || {
                    let mut meet = store.is_shared();
                    write(&store, move |tx| {
                        *runs.lock().unwrap() += 1;
                        for key in order {
                            let mut taken = destinations::take(tx, &key)?;
                            taken.state.suppressed.count += 1;
                            destinations::put(tx, &taken, noon())?;
                            if std::mem::take(&mut meet) {
                                barrier.wait();
                            }
                        }
                        Ok(())
                    });
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        for key in keys {
            assert_eq!(held_back(&store, key), 2);
        }
        // Whoever is run again may be faster than the one who waits, and meet it once more.
        let runs = *runs.lock().unwrap();
        assert!(if place.is_file() { runs == 2 } else { runs >= 3 }, "one was run again: {runs}");
    });
}
