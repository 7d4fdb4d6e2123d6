//! The process that works on one store: what it has in memory is what the work needs, and nothing of the filling.

use std::sync::Arc;
use std::time::Duration;

use flow::Store;
use model::cx::Cx;
use model::entropy::Entropy;
use model::event::{Event, EventKind, Subject};
use model::policy::Policy;
use model::time::{DAY, Time};
use serde::{Deserialize, Serialize};
use store::Settings;
use store::stats::{self, Effort, Rows};

use super::options::{OneRun, Phase};
use super::people::{People, RECORD_DAYS, keys};
use super::{forget, measure, sqlite};
use crate::store::options::Engine;
use crate::store::ready::told;
use crate::trouble::Trouble;

/// Connections that the product holds for writes unless told otherwise.
const CONNECTIONS: usize = 12;

/// One table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Size {
    /// Its name.
    pub(crate) table: String,
    /// Its rows, about.
    pub(crate) rows: u64,
    /// Its bytes with its indexes, where the database can say that.
    pub(crate) bytes: Option<u64>,
}

/// The sizes of a store.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sizes {
    /// Bytes of all of it.
    pub(crate) bytes: u64,
    /// The tables that are not empty.
    pub(crate) tables: Vec<Size>,
}

/// Does what it is told, and prints one line of JSON.
///
/// # Errors
/// The store cannot be opened, or whatever keeps the phase from ending.
pub(crate) fn run(options: &OneRun) -> Result<(), Trouble> {
    let now = Time::from_micros(options.filled_at);
    let people = People { seed: options.seed, count: u64::from(options.accounts), now };
    let time = Duration::from_secs(options.seconds);
    let store = open(options)?;
    let line = match options.phase {
        Phase::Make => {
            if options.engine == Engine::Postgres {
                months(&store, people)?;
            }
            drop(store);
            if let (Engine::Sqlite, Some(path)) = (options.engine, &options.path) {
                sqlite::fill(path, people, options.events)?;
            }
            return Ok(());
        }
        Phase::Measure => {
            if options.look_ahead {
                store.look_ahead();
            }
            let how = measure::How { round: options.round, time, cold: options.cold };
            serde_json::to_string(&measure::measure(&store, people, how)?)
        }
        Phase::Forget => serde_json::to_string(&forget::forget(&store, (people, options.events), time)?),
        Phase::Sizes => serde_json::to_string(&sizes(&store)?),
    };
    println!("{}", line.map_err(|error| Trouble::Unexpected(error.to_string()))?);
    Ok(())
}

fn open(options: &OneRun) -> Result<Store, Trouble> {
    let keys = Arc::new(keys()?);
    match (options.engine, &options.path, &options.url) {
        (Engine::Sqlite, Some(path), _) => Store::open(path, keys, |_| {}).map_err(told),
        (Engine::Postgres, _, Some(url)) => {
            let settings = Settings::parse(url, CONNECTIONS).map_err(told)?;
            Store::connect(settings, keys, |_| {}).map_err(told)
        }
        (Engine::Sqlite, None, _) => Err(Trouble::Unexpected("--path is missing".to_owned())),
        (Engine::Postgres, _, None) => Err(Trouble::Unexpected("--url is missing".to_owned())),
    }
}

/// An event in every month, so that the product makes the parts of the record.
fn months(store: &Store, people: People) -> Result<(), Trouble> {
    let policy = Arc::new(Policy::default());
    for day in (0..RECORD_DAYS).step_by(14).chain([RECORD_DAYS]) {
        let at = Time::from_micros(people.record_begins().micros() + day * DAY);
        let mut cx = Cx::new(at, Entropy::seeded(people.seed), Arc::clone(&policy));
        let event = Event::new(&mut cx, Subject::Site, EventKind::AccountLocked)
            .map_err(|error| Trouble::Unexpected(error.to_string()))?;
        store.write_now(move |tx| tx.record(std::slice::from_ref(&event), ())).map_err(told)?;
    }
    Ok(())
}

fn sizes(store: &Store) -> Result<Sizes, Trouble> {
    let figures = stats::figures(store, Effort::Look).map_err(told)?;
    let size = |table: &stats::Table| {
        let (Rows::Exactly(rows) | Rows::About(rows) | Rows::MoreThan(rows)) = table.rows;
        Size { table: table.name.to_owned(), rows, bytes: table.bytes }
    };
    let tables = figures.tables.iter().map(size).filter(|size| size.rows > 0).collect();
    Ok(Sizes { bytes: figures.bytes, tables })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::measure::How;
    use crate::growth::postgres;
    use crate::store::server::Server;
    use store::check::{Asked, check};

    const PEOPLE: (u64, u64) = (400, 4_000);

    /// An empty store that is filled, measured and then robbed of its oldest tenth.
    fn through(open: impl Fn() -> Store, fill: impl FnOnce(People)) {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Time::from_micros(i64::try_from(since.as_micros()).unwrap());
        let people = People { seed: 1, count: PEOPLE.0, now };
        months(&open(), people).unwrap();
        fill(people);
        let store = open();
        let broken: Vec<&str> = check(&store, Asked { now, jobs: &[], full: true })
            .unwrap()
            .into_iter()
            .filter(|finding| finding.broken > 0)
            .map(|finding| finding.name)
            .collect();
        // Requests, their events and the ledger are drawn apart: each for itself is as the product writes it.
        let drawn = |name: &&str| name.starts_with("ledger-") || *name == "redeemed-without-event";
        let others: Vec<&str> = broken.into_iter().filter(|name| !drawn(name)).collect();
        assert_eq!(others, Vec::<&str>::new());
        let sizes = sizes(&store).unwrap();
        let rows = |name| sizes.tables.iter().find(|size| size.table == name).unwrap().rows;
        assert_eq!((rows("accounts"), rows("addresses"), rows("sessions")), (400, 400, 120));
        assert!(rows("events") >= 4_000 && rows("guess_ledger") > 1_000);

        let time = Duration::from_millis(50);
        for round in 0..2 {
            let found = measure::measure(&store, people, How { round, time, cold: false }).unwrap();
            assert_eq!(found.failed, None);
            // In so short a time a busy machine may not get through a sign-in.
            let mut looks = found.lines.iter().filter(|line| !line.what.starts_with("sign-in"));
            assert!(looks.all(|line| line.count > 0), "{:?}", found.lines);
        }
        let gone = forget::forget(&store, (people, PEOPLE.1), Duration::from_secs(60)).unwrap();
        assert!(gone.done && gone.failed.is_none(), "{gone:?}");
        assert!((1..=800).contains(&gone.events), "{gone:?}");
    }

    #[test]
    fn a_filled_file_breaks_no_rule_and_everybody_in_it_can_sign_in() {
        let directory = std::env::temp_dir().join(format!("bidden-bench-growth-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("store.db");
        let open = || Store::open(&path, Arc::new(keys().unwrap()), |_| {}).unwrap();
        through(open, |people| sqlite::fill(&path, people, PEOPLE.1).unwrap());
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_filled_database_breaks_no_rule_and_everybody_in_it_can_sign_in() {
        let Some(given) = proving::postgres::given() else { return };
        let database = given.database().unwrap();
        let url = database.url();
        let settings = || Settings::parse(url, 4).unwrap();
        let open = || Store::connect(settings(), Arc::new(keys().unwrap()), |_| {}).unwrap();
        let server = Server::given(url).unwrap();
        let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
        through(open, |people| postgres::fill(&server, name, people, PEOPLE.1).unwrap());
    }
}
