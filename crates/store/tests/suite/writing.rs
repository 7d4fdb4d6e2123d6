//! Writes of many at once: everybody is answered, nobody's failure is another's, and nothing half done stays.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};

use model::fault::Fault;
use model::sign_in_code::Purpose;
use rusqlite::Connection;
use store::{Settings, Store, Tx, outbox, sessions, sign_in_codes};

use crate::setting::{
    Folder, Place, account, ask, both, event, in_places, keys, noon, open, put_number, queue, read_number,
    recorded, seconds, source, token,
};

#[test]
fn a_thousand_writes_at_once_are_all_answered_and_all_kept() {
    both(|store| {
        let (sender, answers) = channel();
        let threads: Vec<_> = (0..20_u32)
            .map(|thread| {
                let (store, sender) = (store.clone(), sender.clone());
                std::thread::spawn(move || {
                    for n in thread * 50..(thread + 1) * 50 {
                        let sender = sender.clone();
                        store.write(
                            move |tx| tx.record(&[event(u64::from(n), noon(), n)], n),
                            move |outcome| sender.send(outcome.unwrap()).unwrap(),
                        );
                    }
                })
            })
            .collect();
        drop(sender);
        for thread in threads {
            thread.join().unwrap();
        }
        let mut answered: Vec<u32> = answers.iter().collect();
        let mut kept = recorded(store, 1000);
        answered.sort_unstable();
        kept.sort_unstable();
        assert_eq!(answered, (0..1000).collect::<Vec<_>>());
        assert_eq!(kept, answered);
    });
}

#[test]
fn a_crowd_shares_commits_and_a_lone_job_does_not_wait_for_one() {
    let folder = Folder::new();
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let store = Store::open(&folder.file(), keys(7), move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    store.write_now(|tx| Ok(tx.unrecorded("a test", ()))).unwrap();
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    store.write(
        move |tx| {
            held.wait();
            Ok(tx.unrecorded("a test", ()))
        },
        |_| {},
    );
    for n in 0..511 {
        store.write(move |tx| tx.record(&[event(u64::from(n), noon(), n)], ()), |_| {});
    }
    gate.wait();
    drop(store);
    assert_eq!(commits.load(Ordering::SeqCst), 3, "one alone, then 512 jobs in batches of 256");
}

/// Queues jobs at once, where there is one writer so that they share one batch, and returns what became of each.
fn batch(store: &Store, jobs: u32, fate: impl Fn(u32) -> Fate + Send + Sync + 'static) -> Vec<bool> {
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    let in_memory = store.clone();
    let first = std::thread::spawn(move || {
        in_memory.write(
            move |tx| {
                held.wait();
                Ok(tx.unrecorded("a test", ()))
            },
            |_| {},
        );
    });
    let (sender, answers) = channel();
    let queued = store.clone();
    let rest = std::thread::spawn(move || {
        for n in 0..jobs {
            let (fate, sender) = (fate(n), sender.clone());
            queued.write(
                move |tx| {
                    put_number(tx, &format!("job {n}"), 1)?;
                    let recorded = tx.record(&[event(u64::from(n), noon(), n)], ())?;
                    match fate {
                        Fate::Kept => Ok(recorded),
                        Fate::Fault => Err(Fault::plain("a fault of a test")),
                        Fate::Panic => panic!("a panic of a test"),
                    }
                },
                move |outcome| sender.send((n, outcome.is_ok())).unwrap(),
            );
        }
    });
    gate.wait();
    first.join().unwrap();
    rest.join().unwrap();
    let mut outcomes: Vec<(u32, bool)> = answers.iter().collect();
    outcomes.sort_unstable();
    assert!(outcomes.iter().map(|(n, _)| *n).eq(0..jobs), "everybody is answered once");
    outcomes.into_iter().map(|(_, kept)| kept).collect()
}

#[derive(Clone, Copy)]
enum Fate {
    Kept,
    Fault,
    Panic,
}

#[test]
fn a_job_that_faults_or_panics_rolls_back_itself_and_nothing_else() {
    both(|store| {
        let outcomes = batch(store, 30, |n| match n % 3 {
            0 => Fate::Kept,
            1 => Fate::Fault,
            _ => Fate::Panic,
        });
        let expected: Vec<u32> = (0..30).filter(|n| n % 3 == 0).collect();
        let mut kept = recorded(store, expected.len());
        if store.is_shared() {
            kept.sort_unstable();
        }
        assert_eq!(kept, expected);
        for n in 0..30_u32 {
            let kept = n % 3 == 0;
            assert_eq!(outcomes[usize::try_from(n).unwrap()], kept, "job {n}");
            let mark = store.read(|reader| read_number(reader, &format!("job {n}"))).unwrap();
            assert_eq!(mark, i64::from(kept), "job {n}");
        }
    });
}

#[test]
fn a_fault_says_what_it_was_and_a_panic_is_answered_too() {
    both(|store| {
        let fault = store.write_now(|_| -> Result<store::Recorded<()>, Fault> { Err(Fault::plain("full")) });
        assert_eq!(fault.unwrap_err().chain(), "full");
        let panic =
            store.write_now(|_| -> Result<store::Recorded<()>, Fault> { panic!("a panic of a test") });
        assert_eq!(panic.unwrap_err().chain(), "the work ended unexpectedly");
        store.write_now(|tx| tx.record(&[event(1, noon(), 1)], ())).unwrap();
        assert_eq!(recorded(store, 1), [1]);
    });
}

#[test]
fn a_panic_in_an_answer_stops_neither_the_writer_nor_the_other_answers() {
    in_places(|place| {
        // On PostgreSQL one writer as well, so that it is the same that goes on.
        let store = place.open_by(1, keys(7)).unwrap();
        let gate = Arc::new(Barrier::new(2));
        let held = Arc::clone(&gate);
        store.write(
            move |tx| {
                held.wait();
                Ok(tx.unrecorded("a test", ()))
            },
            |_| panic!("a panic of a test"),
        );
        let (sender, receiver) = channel();
        store.write(
            |tx| Ok(tx.unrecorded("a test", ())),
            move |outcome| sender.send(outcome.is_ok()).unwrap(),
        );
        gate.wait();
        assert_eq!(receiver.recv(), Ok(true));
        assert!(store.write_now(|tx| Ok(tx.unrecorded("a test", ()))).is_ok());
    });
}

#[test]
fn law_4_a_refusal_commits_and_a_fault_or_a_panic_rolls_back() {
    both(|store| {
        let asked = ask(store, 1, "alice@example.com", 3);
        let (id, browser) = (asked.id, asked.browser);
        let attempt = move |tx: &mut Tx<'_>| -> Result<(), Fault> {
            let claimed = sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &browser, noon())?;
            assert!(claimed.is_some());
            put_number(tx, "tried", 1)
        };
        let state = || {
            let kept = store.read(|reader| sign_in_codes::find(reader, id)).unwrap().unwrap();
            (kept.code.guesses_left, store.read(|reader| read_number(reader, "tried")).unwrap())
        };
        let fault = store.write_now(move |tx| -> Result<store::Recorded<()>, Fault> {
            attempt(tx)?;
            let _ = tx.record(&[event(1, noon(), 1)], ())?;
            Err(Fault::plain("a fault of a test"))
        });
        assert!(fault.is_err());
        assert_eq!(state(), (3, 0));
        let panic = store.write_now(move |tx| -> Result<store::Recorded<()>, Fault> {
            attempt(tx)?;
            panic!("a panic of a test")
        });
        assert!(panic.is_err());
        assert_eq!(state(), (3, 0));
        let refused = store.write_now(move |tx| {
            attempt(tx)?;
            tx.record(&[event(2, noon(), 2)], "refused")
        });
        assert_eq!(refused.unwrap(), "refused");
        assert_eq!(state(), (2, 1));
        assert_eq!(recorded(store, 1), [2]);
    });
}

#[test]
fn a_fault_that_the_work_does_not_hand_on_is_never_taken_for_success() {
    both(|store| {
        let alice = account(store, 1, "alice@example.com").id;
        let done = store.write_now(move |tx| {
            put_number(tx, "before", 1)?;
            // The second of these is refused by the database.
            let session = model::session::Session {
                id: model::id::SessionId::from_bytes([7; 16]),
                account: alice,
                browser: model::id::BrowserId::from_bytes([8; 16]),
                started_at: noon(),
                used_at: noon(),
                expires_at: noon() + seconds(60),
                doubted_at: None,
                source: source(),
                assurance: model::assurance::Assurance::of(
                    model::method::MethodSet::of(&[model::method::Method::MailCode]),
                    model::time::Time::from_micros(0),
                ),
                rests_on: model::session::RestsOn::default(),
            };
            let twice = sessions::insert(tx, &session, &token("session"))
                .and_then(|()| sessions::insert(tx, &session, &token("session")))
                .and_then(|()| sessions::find(tx, session.id));
            assert!(twice.is_err());
            // With no statement after it the commit alone is left to notice.
            Ok(tx.unrecorded("a test", ()))
        });
        let kept = store.read(|reader| read_number(reader, "before")).unwrap() == 1;
        assert_eq!(kept, done.is_ok(), "{done:?}");
    });
}

#[test]
fn a_batch_that_cannot_begin_is_answered_as_a_passing_fault_and_the_writer_lives_on() {
    let folder = Folder::new();
    let store = open(&folder);
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (sender, answers) = channel();
    for n in 0..40 {
        let sender = sender.clone();
        store.write(
            move |tx| tx.record(&[event(n, noon(), 1)], ()),
            move |outcome| sender.send(outcome.unwrap_err().may_pass()).unwrap(),
        );
    }
    drop(sender);
    // One wait for the lock answers all of them; forty would take minutes.
    assert_eq!(answers.iter().collect::<Vec<_>>(), [true; 40]);
    other.execute_batch("ROLLBACK").unwrap();
    store.write_now(|tx| tx.record(&[event(2, noon(), 2)], ())).unwrap();
    assert_eq!(recorded(&store, 1), [2]);
}

#[test]
fn a_full_disk_is_a_passing_fault_and_loses_nothing_that_was_answered() {
    let folder = Folder::new();
    let store = open(&folder);
    store.write_now(|tx| tx.record(&[event(1, noon(), 1)], ())).unwrap();
    // A trigger that refuses is what a database does when it cannot write: the statement fails.
    let other = Connection::open(folder.file()).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ROLLBACK, 'full'); END",
        )
        .unwrap();
    let outcomes = batch(&store, 5, |_| Fate::Kept);
    assert_eq!(outcomes, [false; 5], "a rollback of the whole batch is nobody's success");
    other.execute_batch("DROP TRIGGER full").unwrap();
    store.write_now(|tx| tx.record(&[event(2, noon(), 2)], ())).unwrap();
    assert_eq!(recorded(&store, 2), [1, 2]);
}

#[test]
fn the_hook_is_called_after_the_commit_and_says_whether_mail_was_queued() {
    in_places(|place| {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&calls);
        let hook = move |mail| heard.lock().unwrap().push(mail);
        let store = match place {
            Place::File(folder) => Store::open(&folder.file(), keys(7), hook).unwrap(),
            // One writer, so that the calls come in order.
            Place::Postgres(database) => {
                Store::connect(Settings::parse(database.url(), 1).unwrap(), keys(7), hook).unwrap()
            }
        };
        store.write_now(|tx| Ok(tx.unrecorded("a test", ()))).unwrap();
        queue(&store, 1, None, false);
        queue(&store, 2, None, true);
        let _ = store.write_now(|tx| -> Result<store::Recorded<()>, Fault> {
            let queued = outbox::Queued {
                id: model::id::MessageId::from_bytes([9; 16]),
                kind: model::message::MessageKind::Digest,
                account: None,
                request: None,
                count: 0,
                since: None,
                decoy: false,
            };
            outbox::enqueue(tx, &queued, &[], noon())?;
            Err(Fault::plain("a fault of a test"))
        });
        drop(store);
        assert_eq!(
            *calls.lock().unwrap(),
            [false, true, true, false],
            "a decoy wakes the worker as a message does"
        );
    });
}

#[test]
fn what_a_transaction_wrote_is_read_back_at_once_from_another_thread() {
    both(|store| {
        for n in 0..50 {
            store
                .write_now(move |tx| {
                    put_number(tx, "n", n)?;
                    Ok(tx.unrecorded("a test", ()))
                })
                .unwrap();
            let reader = store.clone();
            let seen = std::thread::spawn(move || reader.read(|reader| read_number(reader, "n")).unwrap());
            assert_eq!(seen.join().unwrap(), n);
        }
    });
}
