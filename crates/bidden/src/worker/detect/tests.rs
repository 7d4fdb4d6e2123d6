//! However often the one that looks is killed, and whoever looks: no finding is lost, and none is made twice.

use std::sync::atomic::{AtomicI64, Ordering};

use flow::{Store, StoreSettings};
use model::cx::Cx;
use model::digest::Keys;
use model::event::{Actor, Event, EventKind, Subject, WrongBecause};
use model::id::AccountId;
use model::policy::Policy;
use model::source::{Source, browser_from_code};
use model::time::{SECOND, Time};
use store::events::{self as record, Position as Place};

use super::*;
use crate::worker::testing::app;

const START: i64 = 20_000 * model::time::DAY;

/// A node on a store, whose clock the test turns.
fn node(store: Store, number: Option<u8>, hands: &Arc<AtomicI64>) -> Arc<App> {
    let app = app(store, Policy::default(), hands);
    Arc::new(app.among(number.map(|number| [number; 16])))
}

/// Wrong codes for account after account, twelve each, in two hours.
fn attack() -> Vec<Event> {
    let mut events = Vec::new();
    for account in 0..20_u8 {
        for n in 0..12_i64 {
            let now = Time::from_micros(START + (i64::from(account) * 360 + n * 20) * SECOND);
            let mut cx = Cx::simulated(now, u64::from(account) << 8 | u64::try_from(n).unwrap());
            let subject = Subject::Account(AccountId::from_bytes([account + 1; 16]));
            let kind = EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left: 1 };
            let address = format!("198.51.{account}.7").parse().ok();
            let source = Source { address, browser: browser_from_code("firefox/linux") };
            events.push(Event::new(&mut cx, subject, kind).unwrap().by(Actor::Visitor, Some(source)));
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

fn put(store: &Store, events: &[Event]) {
    let events = events.to_vec();
    store.write_now(move |tx| tx.record(&events, ())).unwrap();
}

/// What was found, by detector and key, each as often as it was told.
fn found(store: &Store) -> Vec<(String, String)> {
    let all = store.read(|reader| record::tail(reader, Place::START, 1_000_000)).unwrap();
    let mut found: Vec<_> = all
        .into_iter()
        .filter_map(|placed| match placed.event.kind {
            EventKind::FindingRaised { finding } => Some((finding.detector, finding.key)),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

fn memory() -> Store {
    Store::in_memory(Arc::new(Keys::simulated().unwrap())).unwrap()
}

/// The same on a store in memory, and on two connections to PostgreSQL where a server is given: to one of its own, since what
/// others have open holds up the tail of the record.
fn on_both(test: impl Fn(&dyn Fn() -> Store)) {
    let store = memory();
    test(&|| store.clone());
    let Some(given) = proving::postgres::given() else { return };
    let database = given.alone().unwrap();
    test(&|| {
        let settings = StoreSettings::parse(database.url(), 4).unwrap();
        Store::connect(settings, Arc::new(Keys::simulated().unwrap()), |_| {}).unwrap()
    });
}

/// Puts the attack on the record bit by bit, and lets whoever `looks` says look after each bit.
async fn bit_by_bit(store: &Store, hands: &AtomicI64, bits: usize, mut look: impl AsyncFnMut(usize)) {
    for (n, bit) in attack().chunks(bits).enumerate() {
        put(store, bit);
        hands.store(bit.last().unwrap().at.micros(), Ordering::Relaxed);
        look(n).await;
    }
}

/// What somebody finds who is never disturbed.
async fn undisturbed() -> Vec<(String, String)> {
    let (store, hands) = (memory(), Arc::new(AtomicI64::new(START)));
    let app = node(store.clone(), None, &hands);
    let mut one = Watch::new(&app);
    bit_by_bit(&store, &hands, 7, async |_| once(&app, &mut one, false).await.unwrap()).await;
    let found = found(&store);
    assert!(found.len() >= 20, "{found:?}");
    found
}

fn run<T>(future: impl Future<Output = T>) -> T {
    // As the server's: a store that is asked over a network blocks where it is asked.
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn whoever_is_killed_at_any_moment_and_begins_anew_loses_nothing_and_tells_nothing_twice() {
    let expected = run(undisturbed());
    on_both(|open| {
        let (store, hands) = (open(), Arc::new(AtomicI64::new(START)));
        let app = node(store.clone(), None, &hands);
        run(async {
            // A new one each time: all that the one before it knew and had not written is gone.
            bit_by_bit(&store, &hands, 7, async |_| once(&app, &mut Watch::new(&app), false).await.unwrap())
                .await;
        });
        assert_eq!(found(&store), expected);
    });
}

#[test]
fn two_nodes_that_both_look_find_everything_once() {
    let expected = run(undisturbed());
    on_both(|open| {
        let hands = Arc::new(AtomicI64::new(START));
        let (one, other) = (node(open(), Some(1), &hands), node(open(), Some(2), &hands));
        let store = open();
        run(async {
            let (mut first, mut second) = (Watch::new(&one), Watch::new(&other));
            bit_by_bit(&store, &hands, 7, async |n| {
                // Sometimes one of them is away for longer than its lease.
                if n % 5 != 2 {
                    once(&one, &mut first, n % 3 == 0).await.unwrap();
                }
                if n % 4 != 1 {
                    once(&other, &mut second, n % 3 == 1).await.unwrap();
                }
            })
            .await;
            hands.fetch_add(120 * SECOND, Ordering::Relaxed);
            once(&one, &mut first, true).await.unwrap();
            once(&other, &mut second, true).await.unwrap();
        });
        assert_eq!(found(&store), expected);
    });
}

#[test]
fn what_could_not_be_written_down_is_found_again() {
    let expected = run(undisturbed());
    let Some(given) = proving::postgres::given() else { return };
    let database = given.alone().unwrap();
    let settings = StoreSettings::parse(database.url(), 4).unwrap();
    let store = Store::connect(settings, Arc::new(Keys::simulated().unwrap()), |_| {}).unwrap();
    let hands = Arc::new(AtomicI64::new(START));
    let app = node(store.clone(), None, &hands);
    let mut failed = 0;
    run(async {
        let mut one = Watch::new(&app);
        bit_by_bit(&store, &hands, 7, async |n| {
            // Nothing can be concluded while what is concluded cannot be handed on.
            let broken = n % 3 == 1;
            if broken {
                database.psql("ALTER TABLE webhooks RENAME TO away").unwrap();
            }
            failed += usize::from(once(&app, &mut one, false).await.is_err());
            if broken {
                database.psql("ALTER TABLE away RENAME TO webhooks").unwrap();
            }
        })
        .await;
        once(&app, &mut one, true).await.unwrap();
    });
    assert!(failed > 3, "{failed}");
    assert_eq!(found(&store), expected);
}
