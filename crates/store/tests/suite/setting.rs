//! What the tests of the suite share: a store of each kind, and rows to put into it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, MessageId, RequestId};
use model::message::MessageKind;
use model::secret::Secret;
use model::sign_in_code::{Binding, CodeState, CodeText, Purpose, SignInCode};
use model::source::{Source, browser_from_code};
use model::time::{DAY, Time};
use proving::postgres::Database;
use rusqlite::Connection;
use store::events::{self, Placed, Position};
use store::outbox::{self, Queued};
use store::sign_in_codes::{self, NewCode};
use store::{Settings, Store, Tx};
use wire::mail::mailbox::Mailbox;

/// A folder of its own for each test, removed when it is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bidden-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("bidden.db")
    }

    /// The bytes of the database and of its log.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(&self.0).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn keys(root: u8) -> Arc<Keys> {
    Arc::new(Keys::derive(&Secret::new([root; 32])).unwrap())
}

pub(crate) fn open(folder: &Folder) -> Store {
    Store::open(&folder.file(), keys(7), |_| {}).unwrap()
}

/// Runs `test` on a store in a file, on one in memory, and on PostgreSQL where a server is given.
pub(crate) fn both(test: impl Fn(&Store)) {
    with_writers(4, test);
}

/// [`both`], with so many transactions at once on PostgreSQL.
pub(crate) fn with_writers(count: usize, test: impl Fn(&Store)) {
    test(&Store::in_memory(keys(7)).unwrap());
    in_places(|place| test(&place.open_by(count, keys(7)).unwrap()));
}

/// Runs `test` with a place in a file, and with one on PostgreSQL where a server is given: for what is opened more
/// than once.
pub(crate) fn in_places(test: impl Fn(&Place)) {
    test(&Place::File(Folder::new()));
    in_postgres(|database| test(&Place::Postgres(database)));
}

/// Runs `test` with a database of its own where a server is given.
pub(crate) fn in_postgres(test: impl FnOnce(Database)) {
    if let Some(given) = proving::postgres::given() {
        test(given.database().unwrap());
    }
}

/// Where a store is kept; gone when it is dropped.
pub(crate) enum Place {
    File(Folder),
    Postgres(Database),
}

impl Place {
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// The store, as one node sees it.
    pub(crate) fn open(&self) -> Store {
        self.open_by(4, keys(7)).unwrap()
    }

    pub(crate) fn open_by(&self, writers: usize, keys: Arc<Keys>) -> Result<Store, Fault> {
        open_at(&self.name(), writers, keys)
    }

    /// What [`open_at`] takes, from another process too.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(folder) => folder.file().display().to_string(),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }

    /// Runs statements past the store.
    pub(crate) fn sql(&self, text: &str) {
        match self {
            Self::File(folder) => Connection::open(folder.file()).unwrap().execute_batch(text).unwrap(),
            Self::Postgres(database) => drop(database.psql(text).unwrap()),
        }
    }

    /// Waits until `count` statements wait for a lock of another transaction. With one writer there are no locks
    /// to wait for.
    pub(crate) fn await_blocked(&self, count: usize) {
        let Self::Postgres(database) = self else { return };
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        within(seconds(20), "statements to wait", || {
            (database.psql(waiting).unwrap() == count.to_string()).then_some(())
        });
    }

    /// All that somebody finds who gets hold of the database.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let database = match self {
            Self::File(folder) => return folder.dump(),
            Self::Postgres(database) => database,
        };
        let said = Command::new("pg_dump").args(["--inserts", database.url()]).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let mut bytes = said.stdout;
        // The dump writes columns of bytes in hexadecimal; whoever reads it decodes them.
        let text = String::from_utf8(bytes.clone()).unwrap();
        for column in text.split("'\\x").skip(1) {
            let digits = column.split('\'').next().unwrap().as_bytes();
            let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            bytes.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        }
        bytes
    }
}

/// The store in a file or, if it is a URL, in a PostgreSQL database.
pub(crate) fn open_at(name: &str, writers: usize, keys: Arc<Keys>) -> Result<Store, Fault> {
    if name.starts_with("postgres://") {
        return Store::connect(Settings::parse(name, writers)?, keys, |_| {});
    }
    Store::open(Path::new(name), keys, |_| {})
}

/// Asks until there is an answer; fails when there is none within `limit`.
pub(crate) fn within<T>(limit: Duration, awaited: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let started = tokio::time::Instant::now();
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(started.elapsed() < limit, "waited for {awaited} in vain");
        // So that what is waited for gets on.
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// The next `count` events after `position`. The tail of a PostgreSQL database waits for every transaction that is
/// open anywhere on its server, so it may come later than what was committed.
pub(crate) fn tail(store: &Store, mut position: Position, count: usize) -> Vec<Placed> {
    let mut found: Vec<Placed> = Vec::new();
    within(seconds(30), "events", || {
        let more = store.read(|reader| events::tail(reader, position, 1000)).unwrap();
        for placed in more {
            assert!(placed.position > position, "the tail went back");
            position = placed.position;
            found.push(placed);
        }
        (found.len() >= count).then_some(())
    });
    assert_eq!(found.len(), count, "more than there should be");
    found
}

/// The numbers of all events, in the order of the tail. Fails if there are not `count` of them, whether the tail
/// shows them or not.
pub(crate) fn recorded(store: &Store, count: usize) -> Vec<u32> {
    let kinds = store.read(|reader| events::count_by_kind(reader, Time::from_micros(0))).unwrap();
    assert_eq!(kinds.iter().map(|(_, n)| *n).sum::<i64>(), i64::try_from(count).unwrap());
    tail(store, Position::START, count).iter().map(|placed| number(&placed.event)).collect()
}

/// A transaction of housekeeping.
pub(crate) fn write<T: Send + 'static>(
    store: &Store,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
) -> T {
    store.write_now(move |tx| work(tx).map(|value| tx.unrecorded("a test", value))).unwrap()
}

/// Some moment; a day has room on both sides.
pub(crate) fn noon() -> Time {
    Time::from_micros(20_000 * DAY + DAY / 2)
}

pub(crate) fn cx(seed: u64) -> Cx {
    Cx::simulated(noon(), seed)
}

pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) fn address(text: &str) -> Address {
    Address::new(Mailbox::parse(text).unwrap(), &keys(7))
}

pub(crate) fn token(text: &str) -> Digest {
    keys(7).digest(Of::Token, &[text.as_bytes()])
}

pub(crate) fn source() -> Source {
    Source { address: Some([192, 0, 2, 7].into()), browser: browser_from_code("firefox/linux") }
}

/// An open account with this address.
pub(crate) fn account(store: &Store, seed: u64, text: &str) -> Account {
    let id = AccountId::new(&mut cx(seed)).unwrap();
    let account = Account {
        id,
        state: AccountState::Open,
        role: Role::Member,
        address: text.to_owned(),
        confirmed_at: noon(),
        opened_at: noon(),
        tenant: None,
        methods: None,
    };
    let (made, address) = (account.clone(), address(text));
    let inserted = store.write_now(move |tx| {
        let inserted = store::accounts::insert(tx, &made, &address.identity(), &address.destination())?;
        Ok(tx.unrecorded("a test", inserted))
    });
    assert!(inserted.unwrap());
    account
}

/// A live code that has just been asked for.
pub(crate) struct Asked {
    pub(crate) id: RequestId,
    pub(crate) browser: Digest,
    pub(crate) code: CodeText,
    pub(crate) not_me: [u8; 16],
    pub(crate) digest: Digest,
}

/// The browser half of every [`Asked`].
pub(crate) const HALF: [u8; 16] = [3; 16];

/// Asks for a code for `text` with `guesses` guesses, as its only request.
pub(crate) fn ask(store: &Store, seed: u64, text: &str, guesses: u8) -> Asked {
    let mut cx = cx(seed);
    let address = address(text);
    let id = RequestId::new(&mut cx).unwrap();
    let code = CodeText::draw(&mut cx.entropy, 8).unwrap();
    let not_me: [u8; 16] = cx.entropy.bytes().unwrap();
    let binding = Binding { request: id, purpose: Purpose::SignIn, tenant: "default", browser_half: &HALF };
    let digest = binding.digest(store.keys(), &code);
    let asked = Asked { id, browser: token("browser"), code: code.clone(), not_me, digest };
    let new = NewCode {
        code: SignInCode {
            id,
            account: None,
            destination: address.destination(),
            purpose: Purpose::SignIn,
            state: CodeState::Live,
            guesses_left: guesses,
            guesses,
            mailed: true,
            decoy: false,
            known: false,
            browser: asked.browser,
            asked_at: cx.now,
            expires_at: cx.now + seconds(600),
            mailed_at: cx.now,
            reference: "amber-falcon".to_owned(),
        },
        identity: address.identity(),
        opening: None,
        invitation: None,
        digest,
        not_me: token("not me"),
        sealed: sign_in_codes::seal_parts(store.keys(), &mut cx.entropy, id, (&code, &not_me), &address)
            .unwrap(),
        masked: address.masked(),
        letters: 8,
        reserved: 30,
        source: source(),
        session: None,
    };
    let inserted = store.write_now(move |tx| {
        sign_in_codes::insert(tx, &new)?;
        Ok(tx.unrecorded("a test", ()))
    });
    inserted.unwrap();
    asked
}

/// Queues a message at [`noon`].
pub(crate) fn queue(store: &Store, seed: u64, request: Option<RequestId>, decoy: bool) -> MessageId {
    let mut cx = cx(seed);
    let id = MessageId::new(&mut cx).unwrap();
    let queued =
        Queued { id, kind: MessageKind::SignInCode, account: None, request, count: 0, since: None, decoy };
    let sealed = outbox::seal_to(store.keys(), &mut cx.entropy, id, "alice@example.com").unwrap();
    let done = store.write_now(move |tx| {
        outbox::enqueue(tx, &queued, &sealed, cx.now)?;
        Ok(tx.unrecorded("a test", ()))
    });
    done.unwrap();
    id
}

/// An event of the site, told apart by `count`.
pub(crate) fn event(seed: u64, at: Time, count: u32) -> Event {
    let mut cx = Cx::simulated(at, seed);
    Event::new(&mut cx, Subject::Site, EventKind::SignInCodesSuppressed { count, since: at }).unwrap()
}

/// The number that [`event`] was given.
pub(crate) fn number(event: &Event) -> u32 {
    match event.kind {
        EventKind::SignInCodesSuppressed { count, .. } => count,
        _ => panic!("another event"),
    }
}

/// A number under `name`, as plain as a row can be.
pub(crate) fn put_number(tx: &mut Tx<'_>, name: &str, n: i64) -> Result<(), Fault> {
    store::meta::put(tx, name, &n.to_be_bytes())
}

/// What [`put_number`] left there, 0 if nothing.
pub(crate) fn read_number(reader: &mut store::Reader<'_>, name: &str) -> Result<i64, Fault> {
    let found = store::meta::find(reader, name)?;
    Ok(found.map_or(0, |bytes| i64::from_be_bytes(bytes.try_into().unwrap())))
}
