//! PostgreSQL is restarted, or gives way to its standby, while people sign in.

use std::time::{Duration, Instant};

use proving::postgres::{Cluster, Mode, Options, installed};

use crate::crowd::Crowd;
use crate::node::{Folder, Node, Plan, keys_file};
use crate::notes::{All, Disturbance, Trouble};
use crate::record::{Record, expect_signed_in};

const PEOPLE: usize = 6;
/// So soon after the database is back nobody is turned away any more.
const RECOVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);

#[track_caller]
fn expect_outage(disturbances: &[Disturbance], outages: &[(Instant, Instant)]) {
    for one in disturbances {
        assert_eq!(one.trouble, Trouble::TurnedAway, "{one:?}");
        let fits = outages.iter().any(|(from, until)| one.ended >= *from && one.began <= *until + RECOVERY);
        assert!(fits, "turned away although the database was there: {one:?}");
    }
}

#[test]
fn while_the_database_restarts_people_get_503_and_nothing_is_half_done() {
    if !installed() {
        return;
    }
    let cluster = Cluster::start(Options::default()).unwrap();
    cluster.create_database("bidden").unwrap();
    let (folder, url) = (Folder::new(), cluster.url("bidden"));
    let mut node = Node::start(Plan::shared(&folder, "one", &url));
    let crowd = Crowd::gather(PEOPLE, "restarted", node.address());
    let mut outages = Vec::new();
    for mode in [Mode::Fast, Mode::Immediate, Mode::Kill] {
        crowd.await_more(PEOPLE, PATIENCE);
        let stopped = Instant::now();
        cluster.stop(mode).unwrap();
        node.await_status("/readyz", 503, Duration::from_secs(5));
        assert_eq!(node.probe().get("/healthz").unwrap().status, 200);
        node.probe().get("/readyz").unwrap().expect_busy();
        crowd.await_turned_away(2 * PEOPLE, PATIENCE);
        cluster.start_again().unwrap();
        let back = Instant::now();
        outages.push((stopped, back));
        node.await_status("/readyz", 200, RECOVERY);
        crowd.await_more(PEOPLE, PATIENCE);
    }
    let all = crowd.disperse();
    node.expect_alive();
    expect_outage(&all.disturbances, &outages);
    eprintln!("{} codes were redeemed by a try that was answered by 503", all.spent_though_turned_away);
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    node.expect_sound_store();
    assert!(expect_signed_in(&all, &alive, node.address()) > 0);
}

#[test]
fn when_a_synchronous_standby_takes_over_no_sign_in_is_lost_and_service_goes_on() {
    if !installed() {
        return;
    }
    let primary = Cluster::start(Options::default()).unwrap();
    primary.create_database("bidden").unwrap();
    let standby = primary.standby(true).unwrap();
    let (own, other) = (primary.port(), standby.port());
    let url = primary.url("bidden").replace(&format!(":{own}/"), &format!(":{own},127.0.0.1:{other}/"));
    let folder = Folder::new();
    let mut nodes = ["one", "two"].map(|name| Node::start(Plan::shared(&folder, name, &url)));
    let crowds = [0, 1].map(|n| Crowd::gather(PEOPLE / 2, &format!("failover{n}"), nodes[n].address()));
    for crowd in &crowds {
        crowd.await_more(PEOPLE, PATIENCE);
    }
    let stopped = Instant::now();
    primary.stop(Mode::Kill).unwrap();
    for (crowd, node) in crowds.iter().zip(&nodes) {
        node.await_status("/readyz", 503, Duration::from_secs(5));
        crowd.await_turned_away(PEOPLE, PATIENCE);
    }
    standby.promote().unwrap();
    let back = Instant::now();
    for node in &nodes {
        node.await_status("/readyz", 200, RECOVERY);
    }
    let mut all = All::default();
    for crowd in crowds {
        crowd.await_more(PEOPLE, PATIENCE);
        all.add(crowd.disperse());
    }
    expect_outage(&all.disturbances, &[(stopped, back)]);
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    nodes[0].expect_sound_store();
    for node in &mut nodes {
        node.expect_alive();
        assert!(expect_signed_in(&all, &alive, node.address()) > 0);
    }
}
