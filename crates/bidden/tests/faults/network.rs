//! The network between the server and its database is cut in silence, or resets what stands.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use proving::postgres::{Cluster, Options, installed};
use proving::proxy::Proxy;

use crate::crowd::Crowd;
use crate::http::{Answer, Connection};
use crate::node::{Folder, Node, Plan, keys_file};
use crate::notes::{All, Notes, Trouble};
use crate::person::Person;
use crate::record::{Record, expect_signed_in};

const PEOPLE: usize = 6;
/// How many requests wait at once for a database that says nothing.
const HANGING: usize = 100;
/// Nobody waits longer for an answer.
const LONGEST: Duration = Duration::from_secs(16);
/// And whoever asks only whether the server lives has an answer by then.
const HEALTHY: Duration = Duration::from_secs(1);
const RECOVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `/healthz` over and over until it is told to stop; the slowest answer.
fn slowest_health(node: SocketAddr, over: &AtomicBool) -> Duration {
    let mut probe = Connection::to(node);
    let mut slowest = Duration::ZERO;
    while !over.load(Ordering::SeqCst) {
        let answer = probe.get("/healthz").unwrap();
        assert_eq!(answer.status, 200);
        slowest = slowest.max(answer.took);
        std::thread::sleep(Duration::from_millis(20));
    }
    slowest
}

/// Sends all of them at once, each on a connection of its own, and asks for the health meanwhile.
fn all_at_once(node: SocketAddr, requests: Vec<(String, String, Option<String>)>) -> (Vec<Answer>, Duration) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let health = scope.spawn(|| slowest_health(node, &over));
        let asked: Vec<_> = requests
            .into_iter()
            .map(|(path, cookies, form)| {
                scope.spawn(move || Connection::to(node).ask(&path, &cookies, form.as_deref()).unwrap())
            })
            .collect();
        let answers = asked.into_iter().map(|one| one.join().unwrap()).collect();
        over.store(true, Ordering::SeqCst);
        (answers, health.join().unwrap())
    })
}

/// A node whose way to its database can be cut.
struct Far {
    // In the order in which they end.
    node: Node,
    proxy: Proxy,
    folder: Folder,
    cluster: Cluster,
}

impl Far {
    fn start() -> Self {
        let cluster = Cluster::start(Options::default()).unwrap();
        cluster.create_database("bidden").unwrap();
        let proxy = Proxy::to((Ipv4Addr::LOCALHOST, cluster.port()).into()).unwrap();
        let (here, there) = (format!(":{}/", cluster.port()), format!(":{}/", proxy.address().port()));
        let folder = Folder::new();
        let node = Node::start(Plan::shared(&folder, "one", &cluster.url("bidden").replace(&here, &there)));
        Self { node, proxy, folder, cluster }
    }

    /// Asserts that all that is remembered is there, and nothing else.
    #[track_caller]
    fn expect_nothing_lost(&mut self, all: &All) {
        self.node.expect_alive();
        let record = Record::shared(&self.cluster.url("bidden"), &keys_file(&self.folder));
        let alive = record.hold_against(all);
        self.node.expect_sound_store();
        assert!(expect_signed_in(all, &alive, self.node.address()) > 0);
    }
}

#[test]
fn when_only_the_answers_of_the_database_are_lost_nothing_is_half_done_or_done_twice() {
    if !installed() {
        return;
    }
    let mut far = Far::start();
    let crowd = Crowd::gather(2 * PEOPLE, "answers", far.node.address());
    crowd.await_more(PEOPLE, PATIENCE);
    far.proxy.cut_answers();
    crowd.await_turned_away(2 * PEOPLE, PATIENCE);
    far.proxy.heal().unwrap();
    crowd.await_more(2 * PEOPLE, PATIENCE);
    let all = crowd.disperse();
    assert!(all.disturbances.iter().all(|one| one.trouble == Trouble::TurnedAway));
    eprintln!(
        "answers cut: {} codes were redeemed by a try that was answered by 503",
        all.spent_though_turned_away
    );
    far.expect_nothing_lost(&all);
}

#[test]
fn while_the_database_is_silent_people_get_503_in_time_and_the_server_stays_awake() {
    if !installed() {
        return;
    }
    let mut far = Far::start();
    let (node, proxy) = (&far.node, &far.proxy);
    let crowd = Crowd::gather(PEOPLE, "network", node.address());
    crowd.await_more(PEOPLE, PATIENCE);
    let mut all = crowd.disperse();
    let notes = Notes::new();
    let requests = (0..HANGING)
        .map(|n| {
            // Half of them want to look at their account, half want a code.
            let mut person = Person::new(format!("hanging-{n}@example.test"), node.address(), &notes);
            let (cookies, form) = person.ready_to_ask().unwrap();
            match &all.signed_in.get(n % all.signed_in.len()) {
                Some(sign_in) if n % 2 == 0 => ("/account".to_owned(), sign_in.cookies.clone(), None),
                _ => ("/sign-in".to_owned(), cookies, Some(form)),
            }
        })
        .collect();

    proxy.cut();
    let (answers, slowest_health) = all_at_once(node.address(), requests);
    for answer in &answers {
        answer.expect_busy();
    }
    let slowest = answers.iter().map(|answer| answer.took).max().unwrap();
    eprintln!(
        "in silence: the slowest of {HANGING} answers took {slowest:?}, of /healthz {slowest_health:?}"
    );
    assert!(slowest < LONGEST, "{slowest:?}");
    assert!(slowest_health < HEALTHY, "{slowest_health:?}");
    // Whoever comes now does not wait as long again.
    let later = node.probe().get("/readyz").unwrap();
    later.expect_busy();
    proxy.heal().unwrap();
    let took = node.await_status("/readyz", 200, Duration::from_secs(15));
    eprintln!("healed: ready after {took:?}; the last refusal took {:?}", later.took);

    let crowd = Crowd::gather(PEOPLE, "reset", node.address());
    crowd.await_more(PEOPLE, PATIENCE);
    proxy.refuse().unwrap();
    node.await_status("/readyz", 503, RECOVERY);
    assert!(node.probe().get("/healthz").unwrap().took < HEALTHY);
    proxy.heal().unwrap();
    let healed = Instant::now();
    node.await_status("/readyz", 200, RECOVERY);
    crowd.await_more(PEOPLE, PATIENCE);
    let reset = crowd.disperse();
    assert!(reset.disturbances.iter().all(|one| one.began < healed + RECOVERY), "{:?}", reset.disturbances);
    all.add(reset);

    far.expect_nothing_lost(&all);
}
