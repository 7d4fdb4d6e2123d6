//! The record: in commit order, whole, and kept as long as it must be.

use std::sync::{Arc, Barrier};

use model::cx::Cx;
use model::event::{Actor, Event, EventKind, Subject};
use model::id::{AccountId, EventId, RequestId};
use model::time::{DAY, Time};
use proptest::prelude::*;
use rusqlite::Connection;
use store::Store;
use store::events::{self, Position};

use crate::setting::{
    Folder, both, cx, event, in_postgres, keys, noon, number, open, open_at, recorded, seconds, source, tail,
    within, write,
};

fn record(store: &Store, all: Vec<Event>) {
    store.write_now(move |tx| tx.record(&all, ())).unwrap();
}

#[test]
fn the_tail_is_in_commit_order_and_misses_nothing_while_eight_threads_write() {
    both(|store| {
        let writers: Vec<_> = (0..8_u32)
            .map(|thread| {
                let store = store.clone();
                std::thread::spawn(move || {
                    for n in 0..100 {
                        let n = thread * 100 + n;
                        // Times go back and forth: the order of commits is not the order of times.
                        let at = Time::from_micros(noon().micros() - i64::from(n * 7919 % 1000) * 1000);
                        record(&store, vec![event(u64::from(n), at, n)]);
                    }
                })
            })
            .collect();
        let seen: Vec<u32> =
            tail(store, Position::START, 800).iter().map(|placed| number(&placed.event)).collect();
        for writer in writers {
            writer.join().unwrap();
        }
        for thread in 0..8 {
            let own: Vec<u32> = seen.iter().copied().filter(|n| n / 100 == thread).collect();
            assert_eq!(
                own,
                (thread * 100..thread * 100 + 100).collect::<Vec<_>>(),
                "each thread's in its order"
            );
        }
        assert_eq!(recorded(store, 800), seen, "whoever comes later reads the same");
    });
}

#[test]
fn an_event_comes_back_as_it_was_written() {
    both(|store| {
        let mut cx = cx(1);
        let account = AccountId::new(&mut cx).unwrap();
        let request = RequestId::new(&mut cx).unwrap();
        let event = Event::new(&mut cx, Subject::Account(account), EventKind::SignInCodeRedeemed)
            .unwrap()
            .by(Actor::Owner, Some(source()))
            .of(request);
        record(store, vec![event.clone()]);
        let everything = (EventId::from_bytes([0; 16]), EventId::from_bytes([0xff; 16]));
        assert_eq!(
            store.read(|reader| events::list_account(reader, account, everything, 9)).unwrap(),
            std::slice::from_ref(&event)
        );
        assert_eq!(
            store.read(|reader| events::list_request(reader, request)).unwrap(),
            std::slice::from_ref(&event)
        );
        assert_eq!(tail(store, Position::START, 1)[0].event, event);
        assert_eq!(store.read(events::newest_time).unwrap(), Some(noon()));
    });
}

#[test]
fn an_event_is_seen_by_its_own_account_and_request_only() {
    both(|store| {
        let mut cx = cx(1);
        let (alice, bob) = (AccountId::new(&mut cx).unwrap(), AccountId::new(&mut cx).unwrap());
        let request = RequestId::new(&mut cx).unwrap();
        let event = Event::new(&mut cx, Subject::Account(alice), EventKind::SignInCodeDenied).unwrap();
        record(store, vec![event.of(request)]);
        let everything = (EventId::from_bytes([0; 16]), EventId::from_bytes([0xff; 16]));
        assert_eq!(store.read(|reader| events::list_account(reader, bob, everything, 9)).unwrap(), []);
        let other = RequestId::new(&mut cx).unwrap();
        assert_eq!(store.read(|reader| events::list_request(reader, other)).unwrap(), []);
    });
}

#[test]
fn the_steps_of_a_request_come_in_the_order_in_which_they_were_committed() {
    both(|store| {
        let request = RequestId::new(&mut cx(1)).unwrap();
        // All in one millisecond, so that the identifiers are in no order.
        for n in 0..20 {
            record(store, vec![event(u64::from(n), noon(), n).of(request)]);
        }
        let steps = store.read(|reader| events::list_request(reader, request)).unwrap();
        assert_eq!(steps.iter().map(number).collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    });
}

fn delete(store: &Store, before: Time, limit: i64) -> u64 {
    write(store, move |tx| events::delete_before(tx, before, limit))
}

#[test]
fn retention_deletes_what_is_older_and_nothing_else() {
    both(|store| {
        let days = |n: i64| Time::from_micros(noon().micros() + n * DAY);
        // On PostgreSQL whole months go: there one event for each, its first day.
        let step = if store.is_shared() { 31 } else { 1 };
        for n in 0..10_u32 {
            record(store, vec![event(u64::from(n), days(i64::from(n) * step), n)]);
        }
        if store.is_shared() {
            assert_eq!(delete(store, days(5 * step), 3), 0, "they are not counted");
        } else {
            assert_eq!(delete(store, days(5), 3), 3);
            assert_eq!(delete(store, days(5), 3), 2);
        }
        assert_eq!(delete(store, days(5 * step), 3), 0);
        assert_eq!(recorded(store, 5), [5, 6, 7, 8, 9]);
        assert_eq!(delete(store, days(5 * step), 3), 0);
        // What comes late finds a place again.
        record(store, vec![event(10, days(0), 10)]);
        assert_eq!(recorded(store, 6), [5, 6, 7, 8, 9, 10]);
    });
}

#[test]
fn retention_on_postgresql_never_takes_an_event_that_is_young_enough() {
    in_postgres(|database| {
        let store = open_at(database.url(), 4, keys(7)).unwrap();
        // The last and the first microsecond of two months, 2024-10-31 and 2024-11-01.
        let first = Time::from_micros(1_730_419_200_000_000);
        let last = Time::from_micros(first.micros() - 1);
        record(&store, vec![event(1, last, 1), event(2, first, 2)]);
        let before = |after: i64| Time::from_micros(first.micros() + after);
        delete(&store, before(-1), 9);
        assert_eq!(recorded(&store, 2), [1, 2], "a day of that month is young enough");
        delete(&store, before(0), 9);
        assert_eq!(recorded(&store, 1), [2]);
        delete(&store, before(27 * DAY), 9);
        assert_eq!(recorded(&store, 1), [2]);
    });
}

#[test]
fn retention_on_postgresql_waits_for_nobody_and_comes_back_later() {
    in_postgres(|database| {
        let store = open_at(database.url(), 4, keys(7)).unwrap();
        record(&store, vec![event(1, noon(), 1)]);
        let later = Time::from_micros(noon().micros() + 400 * DAY);
        // Somebody reads the record in one long view.
        let found = store.read(|reader| {
            let found = events::newest_time(reader)?;
            delete(&store, later, 9);
            assert_eq!(events::newest_time(reader)?, found);
            Ok(found)
        });
        assert_eq!(found.unwrap(), Some(noon()));
        assert_eq!(recorded(&store, 1), [1], "it stayed while it was read");
        // The view ends when the server hears of it.
        within(seconds(10), "the month to go", || {
            delete(&store, later, 9);
            store.read(events::newest_time).unwrap().is_none().then_some(())
        });
    });
}

#[test]
fn a_month_that_many_begin_at_once_is_begun_once_and_holds_all_of_their_events() {
    in_postgres(|database| {
        // Two nodes, neither of which knows what the other has made.
        let nodes = [8, 8].map(|writers| open_at(database.url(), writers, keys(7)).unwrap());
        for month in 0..4 {
            let at = Time::from_micros(noon().micros() + month * 31 * DAY);
            let barrier = Arc::new(Barrier::new(16));
            let writers: Vec<_> = (0..16)
                .map(|n| {
                    let (store, barrier) = (nodes[n % 2].clone(), Arc::clone(&barrier));
                    let n = u32::try_from(n).unwrap();
                    std::thread::spawn(move || {
                        let mut meet = true;
                        let kept = store.write_now(move |tx| {
                            if std::mem::take(&mut meet) {
                                barrier.wait();
                            }
                            tx.record(&[event(u64::from(n), at, n)], ())
                        });
                        kept.unwrap();
                    })
                })
                .collect();
            for writer in writers {
                writer.join().unwrap();
            }
        }
        assert_eq!(recorded(&nodes[0], 64).len(), 64);
        let parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass('events')";
        assert_eq!(database.psql(parts).unwrap(), "4");
    });
}

#[test]
fn a_follower_misses_nothing_after_everything_it_saw_was_deleted() {
    both(|store| {
        for n in 0..10 {
            record(store, vec![event(u64::from(n), noon(), n)]);
        }
        let position = tail(store, Position::START, 10).last().unwrap().position;
        let later = Time::from_micros(noon().micros() + 400 * DAY);
        delete(store, later, 1000);
        record(store, vec![event(10, later, 10)]);
        let unseen = tail(store, position, 1);
        assert_eq!(unseen.iter().map(|placed| number(&placed.event)).collect::<Vec<_>>(), [10]);
    });
}

#[test]
fn a_follower_misses_nothing_after_the_file_was_compacted() {
    let folder = Folder::new();
    let store = open(&folder);
    let days = |n: u32| Time::from_micros(noon().micros() + i64::from(n) * DAY);
    for n in 0..10 {
        record(&store, vec![event(u64::from(n), days(n), n)]);
    }
    let seen =
        store.read(|reader| events::tail(reader, Position::START, 8)).unwrap().last().unwrap().position;
    store
        .write_now(move |tx| {
            events::delete_before(tx, days(5), 1000)?;
            Ok(tx.unrecorded("a test", ()))
        })
        .unwrap();
    drop(store);
    Connection::open(folder.file()).unwrap().execute_batch("VACUUM").unwrap();
    let store = Store::open(&folder.file(), keys(7), |_| {}).unwrap();
    let unseen = store.read(|reader| events::tail(reader, seen, 99)).unwrap();
    assert_eq!(unseen.iter().map(|placed| number(&placed.event)).collect::<Vec<_>>(), [8, 9]);
}

#[test]
fn requests_and_sign_ins_are_counted_by_day() {
    both(|store| {
        let account = AccountId::new(&mut cx(1)).unwrap();
        let add = |seed: u64, day: i64, kind: EventKind| {
            let mut cx = Cx::simulated(Time::from_micros(noon().micros() + day * DAY), seed);
            record(store, vec![Event::new(&mut cx, Subject::Account(account), kind).unwrap()]);
        };
        let asked = || EventKind::SignInCodeRequested {
            purpose: model::sign_in_code::Purpose::SignIn,
            known: false,
            reference: "amber-falcon".to_owned(),
            address: None,
            by_text: false,
            not_sent: None,
            expires_at: noon(),
        };
        add(1, 0, asked());
        add(2, 1, asked());
        add(3, 1, asked());
        add(4, 1, EventKind::SignInCodeRedeemed);
        add(5, 2, EventKind::SignInCodeDenied);
        let since = EventId::at(Time::from_micros(noon().micros() + DAY / 2 + 1000));
        let counts = store.read(|reader| events::count_requests(reader, account, since)).unwrap();
        assert_eq!(counts, [(20_001, 2, 1), (20_002, 0, 0)]);
        let kinds = store.read(|reader| events::count_by_kind(reader, noon())).unwrap();
        assert_eq!(kinds.iter().map(|(_, n)| n).sum::<i64>(), 5);
        assert!(kinds.contains(&("sign_in_code_requested".to_owned(), 3)));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// Whatever the sizes of transactions and of steps, a follower sees each event once, in commit order.
    #[test]
    fn a_follower_sees_each_event_once(batches in prop::collection::vec(0_u32..5, 1..30), step in 1_i64..9) {
        let store = Store::in_memory(keys(7)).unwrap();
        let mut expected = Vec::new();
        for (n, size) in batches.iter().enumerate() {
            let base = u32::try_from(n).unwrap() * 10;
            let all: Vec<Event> = (base..base + size).map(|n| event(u64::from(n), noon(), n)).collect();
            expected.extend(all.iter().map(number));
            let fails = n % 4 == 3;
            let kept = store.write_now(move |tx| {
                let recorded = tx.record(&all, ())?;
                if fails { Err(model::fault::Fault::plain("a fault of a test")) } else { Ok(recorded) }
            });
            if kept.is_err() {
                expected.truncate(expected.len() - usize::try_from(*size).unwrap());
            }
        }
        let (mut seen, mut position) = (Vec::new(), Position::START);
        loop {
            let tail = store.read(|reader| events::tail(reader, position, step)).unwrap();
            let Some(last) = tail.last() else { break };
            position = last.position;
            seen.extend(tail.iter().map(|placed| number(&placed.event)));
        }
        prop_assert_eq!(seen, expected);
    }
}
