//! Several nodes on one PostgreSQL behind a balancer, of which one is killed.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use proving::postgres::{Cluster, Options, installed};
use proving::proxy::Proxy;

use crate::crowd::Crowd;
use crate::node::{Folder, Node, Plan, free_address, keys_file};
use crate::notes::{Notes, Trouble};
use crate::person::Person;
use crate::record::{Record, expect_signed_in};

const PEOPLE: usize = 8;
/// How often a node sweeps, and then some.
const ROUND: Duration = Duration::from_secs(15);
/// How long a job's lease lasts.
const LEASE_SECONDS: i64 = 30;
/// How long a message's lease lasts.
const MESSAGE_LEASE_SECONDS: i64 = 60;

/// A cluster with an empty database `bidden`.
fn cluster() -> Cluster {
    let cluster = Cluster::start(Options::default()).unwrap();
    cluster.create_database("bidden").unwrap();
    cluster
}

fn ask(cluster: &Cluster, sql: &str) -> String {
    cluster.psql("bidden", sql).unwrap()
}

/// Asks until the answer is `wanted`.
#[track_caller]
fn await_answer(cluster: &Cluster, sql: &str, wanted: &str, within: Duration) {
    let began = Instant::now();
    loop {
        let answer = ask(cluster, sql);
        if answer == wanted {
            return;
        }
        assert!(began.elapsed() < within, "{sql}: {answer}, not {wanted}, after {within:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many seconds there are from now until the time in `column`, at most.
fn seconds_until(column: &str, table: &str) -> String {
    format!("SELECT ceil(max({column}) / 1000000.0 - extract(epoch FROM now()))::bigint FROM {table}")
}

#[test]
fn when_one_of_three_nodes_is_killed_only_requests_in_flight_break_and_another_takes_over_its_jobs() {
    if !installed() {
        return;
    }
    let (cluster, folder) = (cluster(), Folder::new());
    let balancer = Proxy::among(Vec::new()).unwrap();
    let url = cluster.url("bidden");
    let mut nodes: Vec<Node> = ["one", "two", "three"]
        .iter()
        .map(|name| Node::start(Plan::shared(&folder, name, &url).behind(balancer.address())))
        .collect();
    balancer.point_at(nodes.iter().map(Node::address).collect());
    // Whoever starts first does the jobs.
    await_answer(&cluster, "SELECT count(*), count(DISTINCT holder) FROM leases", "3|1", ROUND);
    let first = ask(&cluster, "SELECT DISTINCT encode(holder, 'hex') FROM leases");

    let crowd = Crowd::gather(PEOPLE, "nodes", balancer.address());
    crowd.await_more(20, Duration::from_secs(60));
    let before_the_kill = crowd.notes().all();
    assert!(before_the_kill.disturbances.is_empty(), "{:?}", before_the_kill.disturbances);
    nodes[0].kill();
    let dead = Instant::now();
    crowd.await_more(40, Duration::from_secs(60));
    let all = crowd.disperse();

    // Whoever waited for an answer of that node, or was about to ask it: once, for a connection is broken once.
    let disturbed = &all.disturbances;
    assert!(disturbed.len() <= PEOPLE, "{disturbed:#?}");
    for disturbance in disturbed {
        assert_eq!(disturbance.trouble, Trouble::Broken, "{disturbance:?}");
        assert!(disturbance.began < dead + Duration::from_secs(1), "{disturbance:?}");
    }
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    nodes[1].expect_sound_store();
    for node in &nodes[1..] {
        assert!(expect_signed_in(&all, &alive, node.address()) >= 20);
    }

    // The dead node's jobs are still its own for a while, but not for long.
    for job in ["sweep", "detect"] {
        let left = ask(&cluster, &seconds_until("until", &format!("leases WHERE name = '{job}'")));
        assert!(left.parse::<i64>().unwrap() <= LEASE_SECONDS, "{job} is leased for {left} s");
    }
    ask(&cluster, &format!("UPDATE leases SET until = 0 WHERE holder = decode('{first}', 'hex')"));
    let others =
        format!("SELECT count(*) FROM leases WHERE holder <> decode('{first}', 'hex') AND until > 0");
    await_answer(&cluster, &others, "2", ROUND);
}

#[test]
fn a_mail_in_the_hands_of_a_node_that_is_killed_is_sent_by_another() {
    if !installed() {
        return;
    }
    let (cluster, folder) = (cluster(), Folder::new());
    let url = cluster.url("bidden");
    // A mail server that takes calls and says nothing.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let address = free_address();
    let first = Plan::shared(&folder, "one", &url)
        .behind(address)
        .with("SMTP_HOST", "127.0.0.1")
        .with("SMTP_PORT", &port)
        .with("SMTP_SECURITY", "plain")
        .with("SMTP_FROM", "bidden@example.test");
    let mut first = Node::start(first);
    let second = Node::start(Plan { address, ..Plan::shared(&folder, "two", &url) });

    let notes = Notes::new();
    let mut ada = Person::new("ada@example.test".to_owned(), first.address(), &notes);
    let request = ada.ask_for_a_code().unwrap();
    // The node is at it.
    let (_call, _) = silent.accept().unwrap();
    first.kill();
    let left = ask(&cluster, &seconds_until("lease_until", "outbox WHERE state = 'waiting'"));
    let left: i64 = left.parse().unwrap();
    assert!((1..=MESSAGE_LEASE_SECONDS).contains(&left), "the mail is leased for {left} s");

    // Until then nobody else touches it, whatever else has to be sent.
    let mut bob = Person::new("bob@example.test".to_owned(), second.address(), &notes);
    bob.sign_in().unwrap();
    assert_eq!(ask(&cluster, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), "1");
    // Afterwards whoever looks next sends it.
    ask(&cluster, "UPDATE outbox SET lease_until = 1 WHERE state = 'waiting'");
    bob.sign_in().unwrap();
    ada.move_to(second.address());
    ada.type_the_code(request).unwrap();
    let all = notes.all();
    assert!(all.disturbances.is_empty() && all.odd.is_empty(), "{all:?}");
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    assert_eq!(alive.len(), 2);
    second.expect_sound_store();
}
