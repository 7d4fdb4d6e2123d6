//! The server goes away and comes back, here or elsewhere: threats.md §5.2 row 52. No acknowledged write is lost, none is
//! there by half, and nobody starts a node again.

use proving::postgres::{Cluster, Mode, Options};
use store::Store;

use crate::server::{connect, database, mark, marks, name_in, quick, recovers, refused, start};
use crate::setting::{event, noon, put_number, read_number, recorded};

#[test]
fn row_52_a_server_that_restarts_is_felt_only_while_it_is_away() {
    let Some(cluster) = start(Options::default()) else { return };
    let store = connect(quick(&database(&cluster), 2));
    mark(&store, 0).unwrap();
    assert_eq!(marks(&store, 1).unwrap(), [0]);
    let mut n = 1;
    for mode in [Mode::Fast, Mode::Immediate, Mode::Kill] {
        // Between two transactions: nobody notices.
        cluster.restart(mode).unwrap();
        mark(&store, n).unwrap();
        assert_eq!(marks(&store, n + 1).unwrap().len(), usize::try_from(n + 1).unwrap());
        n += 1;
    }
    in_the_middle(&cluster, &store, n);
    cluster.stop(Mode::Kill).unwrap();
    for _ in 0..3 {
        refused(|| mark(&store, n + 1));
        refused(|| marks(&store, n + 1));
    }
    cluster.start_again().unwrap();
    recovers(|| mark(&store, n + 2));
    let mut expected: Vec<u32> = (0..=n).collect();
    expected.push(n + 2);
    assert_eq!(recovers(|| marks(&store, n + 3)), expected);
    assert_eq!(recorded(&store, expected.len()), expected);
}

/// Of a transaction whose server is killed in the middle nothing is kept, so it is run again.
fn in_the_middle(cluster: &Cluster, store: &Store, n: u32) {
    std::thread::scope(|scope| {
        let (half, is_half) = std::sync::mpsc::channel();
        let (gone, is_gone) = std::sync::mpsc::channel();
        scope.spawn(move || {
            is_half.recv().unwrap();
            cluster.restart(Mode::Kill).unwrap();
            gone.send(()).unwrap();
        });
        let mut runs = 0;
        let done = store.write_now(move |tx| {
            put_number(tx, &format!("mark {n}"), 1)?;
            let written = tx.record(&[event(u64::from(n), noon(), n)], ())?;
            read_number(tx, "nothing")?;
            runs += 1;
            if runs == 1 {
                half.send(()).unwrap();
                is_gone.recv().unwrap();
            }
            read_number(tx, "nothing")?;
            Ok(written)
        });
        done.unwrap();
    });
}

#[test]
fn row_52_after_a_failover_the_store_goes_on_with_the_standby() {
    let Some(primary) = start(Options::default()) else { return };
    let url = database(&primary);
    let standby = primary.standby(true).unwrap();
    let ports = format!(":{},127.0.0.1:{}/", primary.port(), standby.port());
    let store = connect(quick(&url.replace(&format!(":{}/", primary.port()), &ports), 2));
    for n in 0..20 {
        mark(&store, n).unwrap();
    }
    let seen = recorded(&store, 20);
    primary.stop(Mode::Kill).unwrap();
    refused(|| mark(&store, 20));
    refused(|| marks(&store, 20));
    standby.promote().unwrap();
    recovers(|| mark(&store, 21));
    let expected: Vec<u32> = (0..20).chain([21]).collect();
    assert_eq!(recovers(|| marks(&store, 22)), expected);
    assert_eq!(recorded(&store, 21)[..20], seen, "the tail goes on where it was");
    let held = standby.psql(name_in(&url), "SELECT count(*) FROM events").unwrap();
    assert_eq!(held, "21", "it is really the other server");
}
