//! What is on record after a bad day, held against what people remember: nothing lost, nothing doubled, nothing half
//! done.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use model::digest::Keys;
use model::event::{Event, EventKind};
use model::fault::Fault;
use model::id::{AccountId, EventId, RequestId, SessionId};
use model::secret::Secret;
use model::sign_in_code::CodeState;
use model::time::Time;
use store::{Reader, Settings, Store, accounts, events, guess_ledger, sessions, sign_in_codes};

use crate::http::Connection;
use crate::node::{Folder, Node, Plan, keys_file};
use crate::notes::{All, Notes};
use crate::person::Person;

/// How many events are read in one step.
const STEP: i64 = 5000;

/// A store, read beside the servers that work on it.
pub(crate) struct Record(Store);

/// Everything on record about one request for a code.
#[derive(Default)]
struct Story {
    asked: bool,
    redeemed: usize,
    started: Vec<(AccountId, SessionId)>,
}

impl Record {
    /// The embedded store in `data`.
    pub(crate) fn embedded(data: &Path) -> Self {
        Self(Store::open(&data.join("bidden.db"), keys(&data.join("keys")), |_| {}).unwrap())
    }

    /// The store in the database at `url`.
    pub(crate) fn shared(url: &str, keys_file: &Path) -> Self {
        Self(Store::connect(Settings::parse(url, 2).unwrap(), keys(keys_file), |_| {}).unwrap())
    }

    /// Holds the record against what people remember; returns the sessions that are alive.
    #[track_caller]
    pub(crate) fn hold_against(&self, all: &All) -> BTreeSet<SessionId> {
        let (stories, alive) = self.0.read(agrees).unwrap();
        let story = |request: &RequestId| &stories[request];
        for request in &all.asked {
            assert!(stories.get(request).is_some_and(|story| story.asked), "request {request} is lost");
        }
        for sign_in in &all.signed_in {
            let story = story(&sign_in.request);
            assert_eq!(story.redeemed, 1, "{sign_in:?}");
            let started: Vec<_> = story.started.iter().map(|(_, session)| *session).collect();
            assert_eq!(started, [sign_in.session], "{sign_in:?}");
        }
        for request in &all.spent {
            assert_eq!(story(request).redeemed, 1, "{request} was refused as spent");
        }
        alive
    }
}

/// Asserts that whoever should be signed in still is, with the cookies of then, at this server.
#[track_caller]
pub(crate) fn expect_signed_in(all: &All, alive: &BTreeSet<SessionId>, server: SocketAddr) -> usize {
    let mut connection = Connection::to(server);
    let mut count = 0;
    for sign_in in all.signed_in.iter().filter(|sign_in| alive.contains(&sign_in.session)) {
        let answer = connection.ask("/account", &sign_in.cookies, None).unwrap();
        assert!(answer.status == 200 && answer.body.contains(&sign_in.address), "{sign_in:?} {answer:?}");
        count += 1;
    }
    count
}

fn keys(file: &Path) -> Arc<Keys> {
    let root: [u8; 32] = std::fs::read(file).unwrap().try_into().unwrap();
    Arc::new(Keys::derive(&Secret::new(root)).unwrap())
}

/// Reads everything in one view, and asserts that it agrees with itself.
fn agrees(reader: &mut Reader<'_>) -> Result<(BTreeMap<RequestId, Story>, BTreeSet<SessionId>), Fault> {
    let mut stories: BTreeMap<RequestId, Story> = BTreeMap::new();
    let mut alive = BTreeMap::new();
    let mut opened = BTreeSet::new();
    let mut left = BTreeSet::new();
    let mut newest_first = all_events(reader)?;
    newest_first.reverse();
    for event in newest_first {
        let account = event.subject.account();
        match (&event.kind, event.request, event.session) {
            (EventKind::SignInCodeRequested { .. }, Some(request), _) => {
                stories.entry(request).or_default().asked = true;
            }
            (EventKind::SignInCodeRedeemed, Some(request), _) => {
                stories.entry(request).or_default().redeemed += 1;
            }
            (EventKind::SessionStarted { .. }, Some(request), Some(session)) => {
                stories.entry(request).or_default().started.push((account.unwrap(), session));
                alive.insert(session, account.unwrap());
            }
            (EventKind::SessionEnded { .. }, _, Some(session)) => {
                // The old session ends in the same moment, on the record before the new one.
                assert!(alive.remove(&session).is_some(), "{session} ended without a start, or twice");
            }
            (EventKind::AccountOpened { .. }, ..) => {
                assert!(opened.insert(account.unwrap()), "{account:?} was opened twice");
            }
            (EventKind::MessageHandedOver { message, .. }, ..) => {
                assert!(left.insert(*message), "{message} has left twice");
            }
            _ => {}
        }
    }
    requests_agree(reader, &stories)?;
    accounts_agree(reader, &opened, &alive)?;
    Ok((stories, alive.into_keys().collect()))
}

fn all_events(reader: &mut Reader<'_>) -> Result<Vec<Event>, Fault> {
    let mut from = (Time::from_micros(i64::MAX), EventId::from_bytes([0xff; 16]));
    let mut all = Vec::new();
    loop {
        let page = events::list_all(reader, from, STEP)?;
        let Some(last) = page.last() else { return Ok(all) };
        from = (last.at, last.id);
        all.extend(page);
    }
}

/// Each request: redeemed once or not at all, with one session if it is, and a row that says the same; and what was
/// reserved for guesses is what the codes say.
fn requests_agree(reader: &mut Reader<'_>, stories: &BTreeMap<RequestId, Story>) -> Result<(), Fault> {
    let mut charges = BTreeMap::new();
    for (request, story) in stories {
        assert!(story.asked, "{request} has no beginning");
        assert!(story.redeemed <= 1, "{request} was redeemed {} times", story.redeemed);
        assert_eq!(story.started.len(), story.redeemed, "{request}: sessions and redemptions");
        let kept = sign_in_codes::find(reader, *request)?.unwrap_or_else(|| panic!("{request} has no row"));
        let redeemed = kept.code.state == CodeState::Redeemed;
        assert_eq!(redeemed, story.redeemed == 1, "{request} is {:?}", kept.code.state);
        assert_eq!(kept.ended_at.is_some(), kept.code.state != CodeState::Live, "{request}");
        let each = kept.reserved / i64::from(kept.code.guesses);
        let refund = if redeemed { each * i64::from(kept.code.guesses_left) } else { 0 };
        let key = (*kept.code.destination.bytes(), kept.code.known);
        let (charge, day, sum) = charges.entry(key).or_insert((kept.charge(), kept.ledger_day, 0));
        *charge = kept.charge();
        *day = kept.ledger_day.max(*day);
        *sum += kept.reserved - refund;
    }
    for ((_, known), (charge, day, sum)) in &charges {
        let spent = guess_ledger::spent(reader, charge, *day)?;
        assert_eq!(spent.one().units(), *sum, "the ledger of {:?}, known: {known}", charge.account);
    }
    Ok(())
}

/// The tables of accounts and sessions hold what the record says, and nothing else.
fn accounts_agree(
    reader: &mut Reader<'_>,
    opened: &BTreeSet<AccountId>,
    alive: &BTreeMap<SessionId, AccountId>,
) -> Result<(), Fault> {
    let mut rows = BTreeSet::new();
    let mut after = None;
    loop {
        let page = accounts::list(reader, after, STEP)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        rows.extend(page.iter().map(|account| account.id));
    }
    assert_eq!(rows, *opened, "accounts and their openings");
    let mut sessions = BTreeMap::new();
    for account in rows {
        sessions.extend(sessions::list(reader, account)?.into_iter().map(|session| (session.id, account)));
    }
    assert_eq!(sessions, *alive, "sessions and their beginnings");
    Ok(())
}

/// Sabotage, and how it is undone.
const SABOTAGE: [(&str, &str); 5] = [
    ("UPDATE guess_ledger SET units = units + 1", "UPDATE guess_ledger SET units = units - 1"),
    ("UPDATE sign_in_codes SET state = 'live'", "UPDATE sign_in_codes SET state = 'redeemed'"),
    (
        "CREATE TABLE away AS SELECT * FROM sessions; DELETE FROM sessions",
        "INSERT INTO sessions SELECT * FROM away; DROP TABLE away",
    ),
    (
        "CREATE TABLE away AS SELECT * FROM events WHERE kind = 'session_started';
         DELETE FROM events WHERE kind = 'session_started'",
        "INSERT INTO events SELECT * FROM away; DROP TABLE away",
    ),
    (
        "INSERT INTO events (id, at, subject, request, kind, body)
         SELECT id, at, subject, request, kind, body FROM events WHERE kind = 'sign_in_code_redeemed'",
        "DELETE FROM events a USING events b WHERE a.id = b.id AND a.position > b.position",
    ),
];

#[test]
fn what_is_lost_doubled_or_half_done_is_noticed() {
    let Some(given) = proving::postgres::given() else { return };
    let (database, folder) = (given.database().unwrap(), Folder::new());
    let node = Node::start(Plan::shared(&folder, "one", database.url()));
    let notes = Notes::new();
    Person::new("ada@example.test".to_owned(), node.address(), &notes).sign_in().unwrap();
    let record = Record::shared(database.url(), &keys_file(&folder));
    let noticed = |all: &All| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| record.hold_against(all))).is_err()
    };
    let all = notes.all();
    assert_eq!(record.hold_against(&all).len(), 1);
    for (sabotage, undo) in SABOTAGE {
        database.psql(sabotage).unwrap();
        assert!(noticed(&all), "not noticed: {sabotage}");
        database.psql(undo).unwrap();
        assert_eq!(record.hold_against(&all).len(), 1, "{undo}");
    }
    let mut more = all.clone();
    more.asked.push(RequestId::at(Time::from_micros(0)));
    assert!(noticed(&more), "a request that is not there is not missed");
    let mut more = all;
    more.signed_in[0].session = SessionId::at(Time::from_micros(0));
    assert!(noticed(&more), "a session that is not there is not missed");
}
