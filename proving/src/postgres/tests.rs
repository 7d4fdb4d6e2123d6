//! Clusters, tried on the PostgreSQL that is installed here.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::home::working_in;
use super::{Cluster, Mode, Options, installed};
use crate::Trouble;

/// Set for the process that [`a_killed_test_process_leaves_nothing_behind`] kills.
const VICTIM: &str = "PROVING_VICTIM";

fn plain() -> Cluster {
    Cluster::start(Options::default()).unwrap()
}

/// A cluster that can run out of space; `None` when we are not root, whom alone the system lets mount.
fn on_a_small_disk() -> Option<Cluster> {
    match Cluster::start(Options { disk: Some(96), ..Options::default() }) {
        Err(Trouble::Mount { megabytes: 96, said }) if said == "we are not root" => None,
        started => Some(started.unwrap()),
    }
}

fn count(cluster: &Cluster) -> String {
    cluster.psql("postgres", "SELECT count(*) FROM kept").unwrap()
}

fn nothing_is_left_of(home: &Path) -> bool {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
    !home.exists() && working_in(home).unwrap().is_empty() && !mounts.contains(home.to_str().unwrap())
}

#[test]
fn a_cluster_starts_quickly_durable_and_with_a_password() {
    if !installed() {
        return;
    }
    let started = Instant::now();
    let cluster = plain();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(6), "{took:?}");
    println!("started in {took:?}");
    assert_eq!(cluster.psql("postgres", "SHOW fsync; SHOW synchronous_commit").unwrap(), "on\non");
    assert_eq!(cluster.psql("postgres", "SHOW max_connections").unwrap(), "100");
    let role = "SELECT rolsuper, left(rolpassword, 13) FROM pg_authid WHERE rolname = current_user";
    assert_eq!(cluster.psql("postgres", role).unwrap(), "t|SCRAM-SHA-256");

    cluster.create_database("other").unwrap();
    assert_eq!(cluster.psql("other", "SELECT current_database()").unwrap(), "other");
    assert!(
        matches!(cluster.psql("other", "SELECT 1/0"), Err(Trouble::Failed { said, .. }) if said.contains("zero"))
    );

    let url = cluster.url("other");
    let ask = |url: &str| Command::new("psql").args(["-XAtw", "-c", "SELECT 1", url]).output().unwrap();
    assert_eq!(ask(&url).stdout, b"1\n");
    let wrong = url.replace(&cluster.password, "wrong");
    assert!(String::from_utf8_lossy(&ask(&wrong).stderr).contains("password authentication failed"));
}

#[test]
fn settings_of_the_caller_win_and_may_hold_quotes() {
    if !installed() {
        return;
    }
    let extra = [("shared_buffers", "8MB"), ("cluster_name", "it's"), ("fsync", "off")];
    let extra = extra.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let cluster = Cluster::start(Options { extra, max_connections: 17, ..Options::default() }).unwrap();
    let shown = cluster.psql("postgres", "SHOW shared_buffers; SHOW fsync; SHOW max_connections").unwrap();
    assert_eq!(shown, "8MB\noff\n17");
    assert_eq!(cluster.psql("postgres", "SHOW cluster_name").unwrap(), "it's");
}

#[test]
fn a_setting_that_does_not_exist_is_told_with_the_log() {
    if !installed() {
        return;
    }
    let extra = vec![("no_such_setting".to_owned(), "1".to_owned())];
    let trouble = Cluster::start(Options { extra, ..Options::default() }).unwrap_err();
    assert!(
        matches!(&trouble, Trouble::EndedEarly { log, .. } if log.contains("no_such_setting")),
        "{trouble}"
    );
}

#[test]
fn what_was_committed_is_there_after_every_kind_of_end_on_the_same_port() {
    if !installed() {
        return;
    }
    let cluster = plain();
    cluster.psql("postgres", "CREATE TABLE kept (n int)").unwrap();
    let (port, url) = (cluster.port(), cluster.url("postgres"));
    let mut rows = 0;
    for mode in [Mode::Fast, Mode::Immediate, Mode::Kill] {
        cluster.psql("postgres", "INSERT INTO kept VALUES (1)").unwrap();
        rows += 1;
        let before = cluster.pid().unwrap();
        assert!(matches!(cluster.start_again(), Err(Trouble::Running)));
        cluster.stop(mode).unwrap();
        assert_eq!(cluster.pid(), None);
        assert_eq!(working_in(cluster.data_dir()).unwrap(), [0; 0]);
        assert!(cluster.psql("postgres", "SELECT 1").is_err());
        cluster.stop(mode).unwrap();
        cluster.start_again().unwrap();
        assert_ne!(cluster.pid().unwrap(), before);
        assert_eq!((cluster.port(), cluster.url("postgres")), (port, url.clone()));
        assert_eq!(count(&cluster), rows.to_string());
    }
    cluster.restart(Mode::Immediate).unwrap();
    assert!(cluster.log().contains("database system is ready to accept connections"));
}

#[test]
fn a_server_that_was_killed_by_somebody_else_can_be_started_again() {
    if !installed() {
        return;
    }
    let cluster = plain();
    super::home::signal("KILL", &[cluster.pid().unwrap()]).unwrap();
    let started = Instant::now();
    while cluster.pid().is_some() {
        assert!(started.elapsed() < Duration::from_secs(5));
    }
    cluster.start_again().unwrap();
    assert_eq!(cluster.psql("postgres", "SELECT 1").unwrap(), "1");
}

#[test]
fn a_port_that_somebody_holds_is_named_and_taken_when_it_is_free() {
    if !installed() {
        return;
    }
    let cluster = plain();
    cluster.stop(Mode::Fast).unwrap();
    let holder = std::net::TcpListener::bind(("127.0.0.1", cluster.port())).unwrap();
    let trouble = cluster.start_again().unwrap_err();
    assert!(matches!(trouble, Trouble::PortTaken(port) if port == cluster.port()), "{trouble}");
    drop(holder);
    cluster.start_again().unwrap();
}

#[test]
fn a_synchronous_standby_has_what_was_committed_and_can_be_promoted() {
    if !installed() {
        return;
    }
    let primary = plain();
    primary.psql("postgres", "CREATE TABLE kept (n int)").unwrap();
    let standby = primary.standby(true).unwrap();
    assert!(standby.is_standby().unwrap() && !primary.is_standby().unwrap());
    assert_ne!(standby.port(), primary.port());
    primary.psql("postgres", "INSERT INTO kept SELECT generate_series(1, 1000)").unwrap();
    primary.stop(Mode::Kill).unwrap();
    assert!(standby.psql("postgres", "INSERT INTO kept VALUES (0)").is_err());
    standby.promote().unwrap();
    assert_eq!(count(&standby), "1000");
    // It does not wait for a standby of its own.
    standby.psql("postgres", "INSERT INTO kept VALUES (0)").unwrap();
    drop(primary);
    standby.restart(Mode::Fast).unwrap();
    assert!(!standby.is_standby().unwrap());
    assert_eq!(count(&standby), "1001");
}

#[test]
fn a_commit_waits_for_the_synchronous_standby_and_not_for_another() {
    if !installed() {
        return;
    }
    let primary = plain();
    primary.psql("postgres", "CREATE TABLE kept (n int)").unwrap();
    let other = primary.standby(false).unwrap();
    let standby = primary.standby(true).unwrap();
    other.stop(Mode::Immediate).unwrap();
    primary.psql("postgres", "INSERT INTO kept VALUES (1)").unwrap();
    standby.stop(Mode::Immediate).unwrap();
    std::thread::scope(|scope| {
        let commit = scope.spawn(|| primary.psql("postgres", "INSERT INTO kept VALUES (2)"));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!commit.is_finished());
        standby.start_again().unwrap();
        commit.join().unwrap().unwrap();
    });
    other.start_again().unwrap();
    let started = Instant::now();
    while count(&other) != "2" {
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn tls_is_the_only_way_in_and_the_authority_vouches_for_it() {
    if !installed() {
        return;
    }
    let cluster = Cluster::start(Options { tls: true, ..Options::default() }).unwrap();
    let authority = cluster.ca_file().unwrap().to_owned();
    // `psql` of the cluster verifies the certificate and the name 127.0.0.1.
    let ours = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(cluster.psql("postgres", ours).unwrap(), "t");
    let ask = |url: &str| Command::new("psql").args(["-XAtw", "-c", ours, url]).output().unwrap();
    let url = cluster.url("postgres");
    assert!(url.ends_with("?sslmode=require"));
    assert_eq!(ask(&url).stdout, b"t\n");
    let plain = ask(&url.replace("=require", "=disable"));
    assert!(String::from_utf8_lossy(&plain.stderr).contains("no encryption"));
    let named = url.replace("127.0.0.1", "localhost");
    let verified = named.replace("=require", &format!("=verify-full&sslrootcert={}", authority.display()));
    assert_eq!(ask(&verified).stdout, b"t\n");

    let standby = cluster.standby(false).unwrap();
    assert_eq!(standby.psql("postgres", ours).unwrap(), "t");
}

#[test]
fn a_full_disk_stops_writes_and_a_freed_one_takes_them_again() {
    if !installed() {
        return;
    }
    let Some(cluster) = on_a_small_disk() else { return };
    let home = cluster.home.path().to_owned();
    cluster.psql("postgres", "CREATE TABLE kept (n int, t text)").unwrap();
    let insert = "INSERT INTO kept SELECT n, repeat('x', 500) FROM generate_series(1, 4000) n";
    cluster.psql("postgres", insert).unwrap();
    cluster.fill_disk().unwrap();
    let refused = cluster.psql("postgres", insert).unwrap_err();
    assert!(
        refused.to_string().contains("No space left") || cluster.log().contains("No space left"),
        "{refused}"
    );
    cluster.free_disk().unwrap();
    cluster.free_disk().unwrap();
    if cluster.pid().is_none() {
        cluster.start_again().unwrap();
    }
    let started = Instant::now();
    while cluster.psql("postgres", insert).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "{}", cluster.log());
    }
    assert_eq!(count(&cluster), "8000");
    drop(cluster);
    assert!(nothing_is_left_of(&home));
}

#[test]
fn a_cluster_without_a_disk_of_its_own_refuses_to_fill_the_machines() {
    if !installed() {
        return;
    }
    let cluster = plain();
    assert!(matches!(cluster.fill_disk(), Err(Trouble::NoDisk)));
    assert!(matches!(cluster.free_disk(), Err(Trouble::NoDisk)));
}

#[test]
fn a_dropped_cluster_leaves_nothing_behind_even_if_it_was_killed_before() {
    if !installed() {
        return;
    }
    for mode in [None, Some(Mode::Fast), Some(Mode::Kill)] {
        let cluster = plain();
        let home = cluster.home.path().to_owned();
        if let Some(mode) = mode {
            cluster.stop(mode).unwrap();
        }
        assert!(!nothing_is_left_of(&home));
        drop(cluster);
        assert!(nothing_is_left_of(&home), "after {mode:?}");
    }
}

#[test]
fn a_killed_test_process_leaves_nothing_behind() {
    if !installed() {
        return;
    }
    if std::env::var_os(VICTIM).is_some() {
        let cluster = on_a_small_disk().unwrap_or_else(plain);
        let standby = cluster.standby(false).unwrap();
        println!("{VICTIM} {}", cluster.home.path().display());
        println!("{VICTIM} {}", standby.home.path().display());
        loop {
            std::thread::park();
        }
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::tests::a_killed_test_process_leaves_nothing_behind", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let homes: Vec<PathBuf> = lines
        .filter_map(|line| line.split_once(&format!("{VICTIM} ")).map(|(_, path)| path.into()))
        .take(2)
        .collect();
    assert_eq!(homes.len(), 2);
    assert!(homes.iter().all(|home| !working_in(home).unwrap().is_empty()));
    victim.kill().unwrap();
    victim.wait().unwrap();
    let started = Instant::now();
    while !homes.iter().all(|home| nothing_is_left_of(home)) {
        assert!(started.elapsed() < Duration::from_secs(10), "something is left of {homes:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
