//! The network between a node and its database fails: threats.md §5.2 row 52. What was not acknowledged is there as a
//! whole or not at all, whoever waits is told soon, and nothing has to be started again.

use std::net::SocketAddr;
use std::sync::{Arc, Barrier};

use model::fault::Fault;
use proving::proxy::Proxy;
use store::{Recorded, Store, Tx};

use crate::server::{Shared, connect, database, mark, marks, quick, recovers, refused, soon};
use crate::setting::{event, noon, put_number, read_number, recorded};

static SERVER: Shared = Shared::new();

/// A store behind a proxy, after its first write, so that connections stand and the month's part is made.
fn behind_a_proxy(connections: usize) -> Option<(Store, Arc<Proxy>)> {
    let cluster = SERVER.get()?;
    let proxy = Proxy::to(SocketAddr::from(([127, 0, 0, 1], cluster.port()))).unwrap();
    let url = database(cluster);
    let url = url.replace(&format!(":{}/", cluster.port()), &format!(":{}/", proxy.address().port()));
    let store = connect(quick(&url, connections));
    // On a busy machine the first connection may take longer than such a store is patient.
    recovers(|| mark(&store, 0));
    assert_eq!(marks(&store, 1).unwrap(), [0]);
    Some((store, Arc::new(proxy)))
}

/// A transaction that has written mark 1 in the database when `then` is called, with how often it was run before.
fn marking(store: &Store, mut then: impl FnMut(u32) + Send + 'static, ask_after: bool) -> Result<u32, Fault> {
    let mut runs = 0;
    store.write_now(move |tx: &mut Tx<'_>| -> Result<Recorded<u32>, Fault> {
        put_number(tx, "mark 1", 1)?;
        let written = tx.record(&[event(1, noon(), 1)], runs + 1)?;
        read_number(tx, "nothing")?;
        then(runs);
        runs += 1;
        if ask_after {
            read_number(tx, "nothing")?;
        }
        Ok(written)
    })
}

#[test]
fn row_52_a_cable_pulled_in_the_middle_of_a_transaction_leaves_nothing_of_it() {
    let Some((store, proxy)) = behind_a_proxy(1) else { return };
    let cut = Arc::clone(&proxy);
    refused(|| marking(&store, move |_| cut.cut(), true));
    refused(|| marks(&store, 3));
    proxy.heal().unwrap();
    recovers(|| mark(&store, 2));
    assert_eq!(marks(&store, 3).unwrap(), [0, 2]);
    assert_eq!(recorded(&store, 2), [0, 2], "and the tail does not wait for what is gone");
}

#[test]
fn row_52_a_transaction_whose_connection_is_reset_before_the_commit_is_run_again() {
    let Some((store, proxy)) = behind_a_proxy(1) else { return };
    let away = Arc::clone(&proxy);
    let reset = move |runs| {
        if runs == 0 {
            away.refuse().unwrap();
            away.heal().unwrap();
        }
    };
    assert_eq!(soon(|| marking(&store, reset, true)).unwrap(), 2);
    assert_eq!(marks(&store, 3).unwrap(), [0, 1]);
}

#[test]
fn row_52_a_commit_whose_answer_is_lost_is_a_passing_fault_and_kept_as_a_whole() {
    let Some((store, proxy)) = behind_a_proxy(1) else { return };
    let cut = Arc::clone(&proxy);
    refused(|| marking(&store, move |_| cut.cut_answers(), false));
    proxy.heal().unwrap();
    // The server heard it; it is not run a second time.
    assert_eq!(recovers(|| marks(&store, 3)), [0, 1]);
    recovers(|| mark(&store, 2));
    assert_eq!(marks(&store, 3).unwrap(), [0, 1, 2]);
}

#[test]
fn row_52_a_commit_that_is_lost_on_its_way_is_a_passing_fault_and_all_or_nothing() {
    let Some((store, proxy)) = behind_a_proxy(1) else { return };
    let cut = Arc::clone(&proxy);
    refused(|| marking(&store, move |_| cut.cut(), false));
    // What was under way may still arrive: then all of it does.
    proxy.heal().unwrap();
    recovers(|| mark(&store, 2));
    let kept = marks(&store, 3).unwrap();
    assert!(kept == [0, 2] || kept == [0, 1, 2], "{kept:?}");
}

#[test]
fn row_52_a_commit_on_a_connection_that_was_reset_is_a_passing_fault_and_nothing_is_kept() {
    let Some((store, proxy)) = behind_a_proxy(1) else { return };
    let reset = Arc::clone(&proxy);
    refused(|| marking(&store, move |_| reset.refuse().unwrap(), false));
    proxy.heal().unwrap();
    recovers(|| mark(&store, 2));
    assert_eq!(marks(&store, 3).unwrap(), [0, 2]);
}

#[test]
fn row_52_a_connection_reset_between_two_transactions_is_not_felt() {
    let Some((store, proxy)) = behind_a_proxy(2) else { return };
    for n in 1..4 {
        proxy.refuse().unwrap();
        proxy.heal().unwrap();
        mark(&store, n).unwrap();
        assert_eq!(marks(&store, n + 1).unwrap().len(), usize::try_from(n).unwrap() + 1);
    }
}

#[test]
fn row_52_a_crowd_during_a_cut_is_told_soon_and_served_again_after_it() {
    let Some((store, proxy)) = behind_a_proxy(2) else { return };
    proxy.cut();
    let barrier = Arc::new(Barrier::new(16));
    let crowd: Vec<_> = (0..16_u32)
        .map(|n| {
            let (store, barrier) = (store.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                if n % 2 == 0 {
                    refused(|| mark(&store, 2))
                } else {
                    refused(|| store.read(|reader| read_number(reader, "mark 0")))
                }
            })
        })
        .collect();
    for one in crowd {
        one.join().unwrap();
    }
    proxy.heal().unwrap();
    recovers(|| mark(&store, 1));
    recovers(|| store.read(|reader| read_number(reader, "mark 1")));
}

#[test]
fn row_52_opening_a_store_on_a_silent_network_ends_soon() {
    let Some((_, proxy)) = behind_a_proxy(1) else { return };
    proxy.cut();
    let url = format!("postgres://bidden:secret@{}/people", proxy.address());
    let opened = soon(|| store::Store::connect(quick(&url, 1), crate::setting::keys(7), |_| {}));
    assert!(opened.err().unwrap().may_pass());
}

#[test]
fn a_slow_network_is_only_slow() {
    let Some((store, proxy)) = behind_a_proxy(4) else { return };
    proxy.delay(std::time::Duration::from_millis(10));
    let writers: Vec<_> = (1..9)
        .map(|n| {
            let store = store.clone();
            std::thread::spawn(move || mark(&store, n).unwrap())
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(marks(&store, 9).unwrap().len(), 9);
}
