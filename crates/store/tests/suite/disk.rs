//! The database's disk is full: threats.md §5.2 row 52. Writes are refused in words, what was acknowledged stays, and when
//! there is room again all is well.

use model::entropy::Entropy;
use model::fault::Fault;
use proving::Trouble;
use proving::postgres::{Cluster, Options, installed};
use store::{Store, meta};

use crate::server::{connect, database, mark, marks, quick, recovers};
use crate::setting::{event, noon, put_number, read_number, seconds, within};

/// A mark with so much beside it that the log needs room.
fn heavy_mark(store: &Store, n: u32) -> Result<(), Fault> {
    let ballast: [u8; 60_000] = Entropy::system().bytes()?;
    store.write_now(move |tx| {
        meta::put(tx, &format!("ballast {n}"), &ballast)?;
        put_number(tx, &format!("mark {n}"), 1)?;
        tx.record(&[event(u64::from(n), noon(), n)], ())
    })
}

#[test]
fn row_52_a_full_disk_refuses_writes_and_loses_nothing_that_was_answered() {
    if !installed() {
        return;
    }
    let cluster = match Cluster::start(Options { disk: Some(96), ..Options::default() }) {
        Ok(cluster) => cluster,
        Err(Trouble::Mount { said, .. }) if said == "we are not root" => return,
        Err(trouble) => panic!("{trouble}"),
    };
    let store = connect(quick(&database(&cluster), 2));
    mark(&store, 0).unwrap();
    cluster.fill_disk().unwrap();
    let mut answered = vec![0];
    let refused = (1..400).find(|n| match heavy_mark(&store, *n) {
        Ok(()) => {
            answered.push(*n);
            false
        }
        Err(fault) => {
            assert!(fault.may_pass(), "{}", fault.chain());
            true
        }
    });
    let refused = refused.expect("the disk is full");
    cluster.free_disk().unwrap();
    if cluster.pid().is_none() {
        // It may have ended for want of room: an operator starts it, and only it.
        cluster.start_again().unwrap();
    }
    within(seconds(20), "the server to take connections", || cluster.psql("postgres", "SELECT 1").ok());
    recovers(|| mark(&store, refused + 1));
    answered.push(refused + 1);
    let mut kept = recovers(|| marks(&store, refused + 2));
    // A commit whose answer was lost with the server may have been kept: as a whole, as `marks` makes sure of.
    kept.retain(|n| *n != refused);
    assert_eq!(kept, answered);
    for n in answered.into_iter().filter(|n| (1..refused).contains(n)) {
        let ballast = store.read(|reader| meta::find(reader, &format!("ballast {n}"))).unwrap();
        assert_eq!(ballast.map(|bytes| bytes.len()), Some(60_000));
    }
    assert_eq!(store.read(|reader| read_number(reader, "nothing")).unwrap(), 0);
}
