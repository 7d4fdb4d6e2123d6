//! What the server refuses or puts off: locks, long statements, connections. Each a fault that passes, told soon, and
//! well again when its cause is gone (threats.md §5.2 row 52).

use std::thread::JoinHandle;
use std::time::Duration;

use proving::postgres::Cluster;
use store::{Store, accounts, meta};

use crate::server::{Shared, connect, database, mark, marks, name_in, quick, recovers, refused, soon};
use crate::setting::{put_number, read_number, seconds, within};

static SERVER: Shared = Shared::new();

/// Somebody who holds a lock on a table until they are sent away.
struct Holder<'a> {
    cluster: &'a Cluster,
    database: String,
    client: Option<JoinHandle<()>>,
}

impl<'a> Holder<'a> {
    fn of(cluster: &'static Cluster, url: &str, table: &str) -> Self {
        let database = name_in(url).to_owned();
        let text = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)");
        let on = database.clone();
        let client = std::thread::spawn(move || assert!(cluster.psql(&on, &text).is_err()));
        let held = format!(
            "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock'
             AND relation = to_regclass('{table}')"
        );
        within(seconds(10), "the lock", || (cluster.psql(&database, &held).unwrap() == "1").then_some(()));
        Self { cluster, database, client: Some(client) }
    }
}

impl Drop for Holder<'_> {
    fn drop(&mut self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()";
        self.cluster.psql(&self.database, end).unwrap();
        self.client.take().unwrap().join().unwrap();
    }
}

fn hurt(
    connections: usize,
    settings: impl Fn(store::Settings) -> store::Settings,
) -> Option<(&'static Cluster, String, Store)> {
    let cluster = SERVER.get()?;
    let url = database(cluster);
    let store = connect(settings(quick(&url, connections)));
    mark(&store, 0).unwrap();
    Some((cluster, url, store))
}

#[test]
fn row_52_waiting_too_long_for_a_lock_is_a_passing_fault() {
    let Some((cluster, url, store)) = hurt(2, |quick| quick) else { return };
    {
        let _holder = Holder::of(cluster, &url, "meta");
        let said = refused(|| mark(&store, 1));
        assert!(said.contains("lock timeout"), "{said}");
        let said = refused(|| store.read(|reader| meta::find(reader, "mark 0")));
        assert!(said.contains("lock timeout"), "{said}");
        // Nothing else is in its way.
        assert!(!soon(|| store.read(accounts::any)).unwrap());
    }
    mark(&store, 2).unwrap();
    assert_eq!(marks(&store, 3).unwrap(), [0, 2]);
}

#[test]
fn row_52_a_statement_that_takes_too_long_is_a_passing_fault() {
    let timeouts =
        |quick: store::Settings| quick.with_timeouts(Duration::from_millis(300), seconds(5), seconds(1));
    let Some((cluster, url, store)) = hurt(2, timeouts) else { return };
    {
        let _holder = Holder::of(cluster, &url, "meta");
        let said = refused(|| mark(&store, 1));
        assert!(said.contains("statement timeout"), "{said}");
    }
    mark(&store, 2).unwrap();
    assert_eq!(marks(&store, 3).unwrap(), [0, 2]);
}

#[test]
fn row_52_a_commit_that_could_not_be_prepared_leaves_a_connection_that_works() {
    // One connection, and a statement that it has not seen yet.
    let Some((cluster, url, store)) = hurt(1, |quick| quick) else { return };
    {
        let _holder = Holder::of(cluster, &url, "destinations");
        refused(|| {
            store.write_now(|tx| {
                read_number(tx, "nothing")?;
                store::invitations::delete_expired(tx, crate::setting::noon())?;
                put_number(tx, "mark 1", 1)?;
                let key = crate::setting::token("somebody");
                let mut taken = store::destinations::take(tx, &key)?;
                taken.state.recorded = 1;
                store::destinations::put(tx, &taken, crate::setting::noon())?;
                Ok(tx.unrecorded("a test", ()))
            })
        });
    }
    {
        let _holder = Holder::of(cluster, &url, "inbox");
        refused(|| {
            store.write_now(|tx| {
                read_number(tx, "nothing")?;
                put_number(tx, "mark 1", 1)?;
                let kept = store::inbox::Kept {
                    id: model::id::MessageId::from_bytes([1; 16]),
                    at: crate::setting::noon(),
                    to: "alice@example.com".to_owned(),
                    content: "a mail".to_owned(),
                };
                // Looked at by nobody, so it goes with the commit.
                store::inbox::insert(tx, &mut model::entropy::Entropy::seeded(1), &kept)?;
                Ok(tx.unrecorded("a test", ()))
            })
        });
    }
    mark(&store, 2).unwrap();
    assert_eq!(marks(&store, 3).unwrap(), [0, 2]);
}

#[test]
fn row_52_no_connection_left_is_a_passing_fault_and_well_again_when_there_is_one() {
    let Some(cluster) = SERVER.get() else { return };
    let url = database(cluster);
    let name = name_in(&url);
    let as_root = |sql: &str| cluster.psql("postgres", sql).unwrap();
    // A role that is no superuser, which owns its database and nothing else.
    as_root(&format!("CREATE ROLE node LOGIN PASSWORD 'node'; ALTER DATABASE {name} OWNER TO node"));
    let own = format!("postgres://node:node@127.0.0.1:{}/{name}", cluster.port());
    let store = connect(quick(&own, 4));
    mark(&store, 0).unwrap();
    assert_eq!(marks(&store, 1).unwrap(), [0]);

    as_root("ALTER ROLE node CONNECTION LIMIT 0");
    as_root("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'node'");
    // A backend ends when it comes to it; until then it may answer once more, or say why it goes.
    let left = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'node'";
    within(seconds(10), "the end of its connections", || (as_root(left) == "0").then_some(()));
    for n in 1..3 {
        let said = refused(|| mark(&store, n));
        assert!(said.contains("too many connections"), "{said}");
        let said = refused(|| marks(&store, n));
        assert!(said.contains("too many connections"), "{said}");
    }
    as_root("ALTER ROLE node CONNECTION LIMIT -1");
    recovers(|| mark(&store, 3));
    assert_eq!(recovers(|| marks(&store, 4)), [0, 3]);
}

#[test]
fn row_52_a_transaction_that_sits_idle_too_long_is_ended_by_the_server_and_run_again() {
    let short = Duration::from_millis(200);
    let Some((cluster, url, store)) = hurt(1, |quick| quick.with_timeouts(short, short, short)) else {
        return;
    };
    let (name, mut runs) = (name_in(&url).to_owned(), 0);
    let runs = store.write_now(move |tx| {
        put_number(tx, "mark 1", 1)?;
        read_number(tx, "nothing")?;
        runs += 1;
        if runs == 1 {
            // As long as somebody holds a transaction open and does nothing.
            within(seconds(10), "the server to lose patience", || {
                let idle = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND application_name = 'bidden' AND state = 'idle in transaction'";
                (cluster.psql(&name, idle).unwrap() == "0").then_some(())
            });
        }
        put_number(tx, "mark 1", 1)?;
        read_number(tx, "nothing")?;
        tx.record(&[crate::setting::event(1, crate::setting::noon(), 1)], runs)
    });
    assert_eq!(runs.unwrap(), 2);
    assert_eq!(marks(&store, 2).unwrap(), [0, 1]);
}
