//! A store of each kind with a record, a clock, and a way past the store.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flow::sealing::verify::{Asked, Broken, Report, verify};
use flow::sealing::{self, key, prove};
use flow::{Store, StoreSettings};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind, Subject};
use model::id::{AccountId, EventId};
use model::policy::Policy;
use model::time::{DAY, Time};
use proving::postgres::Database;
use rusqlite::Connection;
use store::checkpoints::Kept;

/// Where a store is kept; gone when it is dropped.
pub(crate) enum Place {
    File(PathBuf),
    Postgres(Database),
}

impl Place {
    pub(crate) fn file() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bidden-sealed-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self::File(path)
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::File(folder) => folder.join("bidden.db"),
            Self::Postgres(_) => panic!("no file"),
        }
    }

    pub(crate) fn open(&self) -> Store {
        let keys = Arc::new(Keys::simulated().unwrap());
        match self {
            Self::File(_) => Store::open(&self.path(), keys, |_| {}).unwrap(),
            Self::Postgres(database) => {
                Store::connect(StoreSettings::parse(database.url(), 4).unwrap(), keys, |_| {}).unwrap()
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::File(folder) = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Runs `test` on a file, and on PostgreSQL where a server is given.
pub(crate) fn both(test: impl Fn(World)) {
    test(World::new(Place::file()));
    if let Some(given) = proving::postgres::given() {
        // Alone, since what others have open holds up the tail of the record there.
        test(World::new(Place::Postgres(given.alone().unwrap())));
    }
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) now: Time,
    pub(crate) policy: Policy,
    pub(crate) place: Place,
    seed: Cell<u64>,
}

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const DAYS: Duration = Duration::from_secs(24 * 60 * 60);

impl World {
    pub(crate) fn new(place: Place) -> Self {
        let store = place.open();
        let world = Self {
            store,
            now: Time::from_micros(20_000 * DAY + DAY / 2),
            policy: Policy::default(),
            place,
            seed: Cell::new(0),
        };
        key::settle(&world.store, world.cx(), "id.example.org/record").unwrap();
        world
    }

    pub(crate) fn cx(&self) -> Cx {
        self.seed.set(self.seed.get() + 1);
        Cx::new(self.now, Entropy::seeded(self.seed.get()), Arc::new(self.policy.clone()))
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = self.now + by;
    }

    /// Another server on the same store, after this one is gone.
    pub(crate) fn restarted(&mut self) {
        self.store = self.place.open();
    }

    /// `count` things happen, a second apart; says which.
    pub(crate) fn happen(&mut self, count: u32) -> Vec<EventId> {
        self.happen_to(Subject::Site, count)
    }

    pub(crate) fn happen_to(&mut self, subject: Subject, count: u32) -> Vec<EventId> {
        let mut ids = Vec::new();
        for n in 0..count {
            self.advance(SECOND);
            let (mut cx, subject) = (self.cx(), subject.clone());
            let id = self.store.write_now(move |tx| {
                let kind = EventKind::SignInCodesSuppressed { count: n, since: cx.now };
                let event = Event::new(&mut cx, subject.clone(), kind)?;
                let id = event.id;
                tx.record(&[event], id)
            });
            ids.push(id.unwrap());
        }
        ids
    }

    pub(crate) fn account(&self) -> AccountId {
        AccountId::new(&mut self.cx()).unwrap()
    }

    /// Everything is sealed and, since a minute goes by, under a checkpoint.
    pub(crate) fn seal(&mut self) -> Kept {
        self.advance(MINUTE);
        self.await_tail();
        sealing::catch_up(&self.store, &|| self.cx()).unwrap();
        prove::newest(&self.store).unwrap().unwrap()
    }

    /// The tail of a PostgreSQL database waits for every transaction that is open anywhere on its server.
    fn await_tail(&self) {
        let all = |store: &Store| {
            let kinds =
                store.read(|reader| store::events::count_by_kind(reader, Time::from_micros(0))).unwrap();
            kinds.iter().map(|(_, n)| usize::try_from(*n).unwrap()).sum::<usize>()
        };
        let seen = |store: &Store| {
            let start = store::events::Position::START;
            store.read(|reader| store::events::raw_tail(reader, start, 100_000)).unwrap().len()
        };
        for _ in 0..10_000 {
            if seen(&self.store) == all(&self.store) {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
        panic!("the tail does not show everything");
    }

    pub(crate) fn verify(&self) -> (Vec<Broken>, Report) {
        self.verify_from(&[])
    }

    pub(crate) fn verify_from(&self, kept: &[String]) -> (Vec<Broken>, Report) {
        let mut found = Vec::new();
        let asked = Asked { keys: None, kept, now: self.now, retention: self.policy.retention };
        let report = verify(&self.store, asked, &mut |broken| {
            found.push(broken);
            ControlFlow::Continue(())
        });
        (found, report.unwrap())
    }

    /// Fails when anything is broken.
    pub(crate) fn sound(&self) -> Report {
        let (found, report) = self.verify();
        assert_eq!(found, []);
        report
    }

    /// Runs statements past the store. `\x` marks bytes in both dialects' own way: see [`bytes`].
    pub(crate) fn sql(&self, text: &str) {
        match &self.place {
            Place::File(_) => self.raw().execute_batch(text).unwrap(),
            Place::Postgres(database) => drop(database.psql(text).unwrap()),
        }
    }

    /// A connection past the store.
    pub(crate) fn raw(&self) -> Connection {
        let connection = Connection::open(self.place.path()).unwrap();
        connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000").unwrap();
        connection
    }

    /// Bytes as a literal of the database.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let hex = wire::token::hex(bytes);
        match self.place {
            Place::File(_) => format!("x'{hex}'"),
            Place::Postgres(_) => format!("'\\x{hex}'"),
        }
    }
}
