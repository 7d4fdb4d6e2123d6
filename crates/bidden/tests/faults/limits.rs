//! There is no room: no connection to be had, no space on the disk.

use std::process::Command;
use std::time::{Duration, Instant};

use proving::Trouble as NoServer;
use proving::postgres::{Cluster, Mode, Options, REQUIRED, installed};

use crate::crowd::Crowd;
use crate::node::{Folder, Node, Plan, keys_file};
use crate::notes::{All, Trouble};
use crate::record::{Record, expect_signed_in};

const PEOPLE: usize = 6;
const PATIENCE: Duration = Duration::from_secs(60);
/// A disk that holds a cluster with our tables and some thousand sign-ins.
const DISK_MEGABYTES: u32 = 128;

#[test]
fn when_the_database_takes_no_more_connections_the_nodes_make_do_with_those_they_have() {
    if !installed() {
        return;
    }
    let cluster = Cluster::start(Options { max_connections: 20, ..Options::default() }).unwrap();
    cluster.create_database("bidden").unwrap();
    let (folder, url) = (Folder::new(), cluster.url("bidden"));
    // Each wants six for writes and six for reads.
    let mut nodes = ["one", "two"]
        .map(|name| Node::start(Plan::shared(&folder, name, &url).with("STORE_CONNECTIONS", "6")));
    let [first, second] = [0, 1].map(|n| Crowd::gather(12, &format!("limit{n}"), nodes[n].address()));
    // More is wanted than there is; whoever is turned away is told so, and both nodes go on.
    first.await_more(60, PATIENCE);
    second.await_more(60, PATIENCE);
    for node in &mut nodes {
        node.expect_alive();
        assert_eq!(node.probe().get("/healthz").unwrap().status, 200);
    }
    let mut all = first.disperse();
    // With the connections of the one there is enough for the other, which nobody has to restart.
    nodes[0].kill();
    let began = Instant::now();
    loop {
        let troubles = second.notes().troubles();
        second.await_more(24, PATIENCE);
        if second.notes().troubles() == troubles {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "people are turned away although there is room");
    }
    all.add(second.disperse());
    assert!(all.disturbances.iter().all(|one| one.trouble == Trouble::TurnedAway));
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    nodes[1].expect_alive();
    nodes[1].expect_sound_store();
    assert!(expect_signed_in(&all, &alive, nodes[1].address()) > 0);
}

#[test]
fn while_the_databases_disk_is_full_people_get_503_and_afterwards_nothing_is_half_done() {
    if !installed() {
        return;
    }
    let cluster = match Cluster::start(Options { disk: Some(DISK_MEGABYTES), ..Options::default() }) {
        Err(trouble @ NoServer::Mount { .. }) => return skip(&trouble.to_string()),
        cluster => cluster.unwrap(),
    };
    cluster.create_database("bidden").unwrap();
    let (folder, url) = (Folder::new(), cluster.url("bidden"));
    let mut node = Node::start(Plan::shared(&folder, "one", &url));
    let crowd = Crowd::gather(PEOPLE, "disk", node.address());
    crowd.await_more(PEOPLE, PATIENCE);
    cluster.fill_disk().unwrap();
    let late = Crowd::at_the_door(PEOPLE, "late", node.address());
    late.await_turned_away(2 * PEOPLE, PATIENCE);
    // The inbox keeps the newest mails only: what nobody reads must not drive out what somebody waits for.
    let mut all = late.disperse();
    assert_eq!(node.probe().get("/healthz").unwrap().status, 200);
    cluster.free_disk().unwrap();
    if cluster.pid().is_none() {
        // It gave up for want of space; its operator starts it again.
        cluster.stop(Mode::Immediate).unwrap();
        cluster.start_again().unwrap();
    }
    crowd.await_more(2 * PEOPLE, PATIENCE);
    all.add(crowd.disperse());
    node.expect_alive();
    assert!(all.disturbances.iter().all(|one| one.trouble == Trouble::TurnedAway));
    let alive = Record::shared(&url, &keys_file(&folder)).hold_against(&all);
    node.expect_sound_store();
    assert!(expect_signed_in(&all, &alive, node.address()) > 0);
}

/// A small disk for an embedded store.
struct Disk(Folder);

impl Disk {
    fn mount(megabytes: u32) -> Result<Self, String> {
        let folder = Folder::new();
        let size = format!("size={megabytes}m,mode=0700");
        let mut mount = Command::new("mount");
        let output = mount.args(["-t", "tmpfs", "-o", &size, "faults"]).arg(folder.path()).output().unwrap();
        if output.status.success() {
            Ok(Self(folder))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut ballast =
            std::fs::File::options().create(true).append(true).open(self.0.path().join("ballast")).unwrap();
        let full = std::io::copy(&mut std::io::repeat(0), &mut ballast).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn free(&self) {
        std::fs::remove_file(self.0.path().join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Detached even while somebody still looks at it; what is left of the folder is empty.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn while_the_disk_of_the_embedded_store_is_full_people_get_503_and_afterwards_nothing_is_half_done() {
    let disk = match Disk::mount(16) {
        Ok(disk) => disk,
        Err(said) => return skip(&format!("no disk of a fixed size can be mounted: {said}")),
    };
    // The log lies on the full disk as well.
    let mut node = Node::start(Plan::embedded(disk.0.path().join("data")));
    let crowd = Crowd::gather(PEOPLE, "tmpfs", node.address());
    let mut all = All::default();
    for round in 0..3 {
        crowd.await_more(PEOPLE, PATIENCE);
        disk.fill();
        let late = Crowd::at_the_door(PEOPLE, &format!("late{round}"), node.address());
        late.await_turned_away(2 * PEOPLE, PATIENCE);
        all.add(late.disperse());
        assert_eq!(node.probe().get("/healthz").unwrap().status, 200);
        disk.free();
        crowd.await_more(PEOPLE, PATIENCE);
    }
    all.add(crowd.disperse());
    node.expect_alive();
    assert!(all.disturbances.iter().all(|one| one.trouble == Trouble::TurnedAway));
    let alive = Record::embedded(&node.plan.data).hold_against(&all);
    node.expect_sound_store();
    assert!(expect_signed_in(&all, &alive, node.address()) > 0);
}

/// A test that cannot be done here; where skips are not permitted, it fails.
fn skip(why: &str) {
    let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
    assert!(!required, "{REQUIRED}=1, but {why}");
    eprintln!("skipped: {why}");
}
