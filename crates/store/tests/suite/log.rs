//! The write-ahead log of a store in a file: it starts over while the store is used, nobody else can take the file
//! meanwhile, and after an orderly end there is none.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use store::{Store, meta};

use crate::setting::{
    Folder, account, ask, event, keys, noon, open, put_number, queue, read_number, recorded, write,
};

/// Tells the test binary, started again, which file it is to look into.
const FILE: &str = "BIDDEN_SUITE_FILE";
/// The same, and which file it is to write to.
const STORE: &str = "BIDDEN_SUITE_STORE";

/// A process to be killed: does nothing when it is run as a test. Puts a megabyte through the log with every commit,
/// and says which are durable.
#[test]
fn another_process_writes_until_it_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "how one process of a test learns what to do")]
    let Ok(file) = std::env::var(STORE) else { return };
    let store = Store::open(Path::new(&file), keys(7), |_| {}).unwrap();
    let first = store.read(|reader| read_number(reader, "newest")).unwrap() + 1;
    for n in first.. {
        let body = vec![n.to_le_bytes()[0]; 1_000_000];
        write(&store, move |tx| {
            meta::put(tx, &format!("ballast {}", n % 4), &body)?;
            put_number(tx, &format!("mark {n}"), n)?;
            put_number(tx, "newest", n)
        });
        println!("\ndurable {n}");
    }
}

#[test]
fn a_process_killed_while_its_log_is_copied_and_starts_over_loses_nothing_durable() {
    let folder = Folder::new();
    let file = folder.file();
    for commits in [70, 130, 66, 90, 75, 140] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "log::another_process_writes_until_it_is_killed", "--nocapture"])
            .env(STORE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut durable = lines.filter_map(|line| line.strip_prefix("durable ")?.parse::<i64>().ok());
        let mut newest = durable.nth(commits).unwrap();
        child.kill().unwrap();
        newest = durable.last().unwrap_or(newest);
        child.wait().unwrap();
        let sound =
            Connection::open(&file).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0));
        assert_eq!(sound, Ok("ok".to_owned()));
        let store = open(&folder);
        let found = store.read(|reader| read_number(reader, "newest")).unwrap();
        // Beyond what was answered there may be the one commit that was in flight.
        assert!((newest..=newest + 1).contains(&found), "{found}, and {newest} was durable");
        for n in 1..=found {
            assert_eq!(store.read(|reader| read_number(reader, &format!("mark {n}"))).unwrap(), n);
        }
        for n in found - 3..=found {
            let body = store.read(|reader| meta::find(reader, &format!("ballast {}", n % 4))).unwrap();
            assert_eq!(body, Some(vec![n.to_le_bytes()[0]; 1_000_000]));
        }
    }
}

/// Another process: does nothing when it is run as a test. Says how much there is and goes.
#[test]
fn another_process_comes_and_goes() {
    #[expect(clippy::disallowed_methods, reason = "how one process of a test learns what to do")]
    let Ok(file) = std::env::var(FILE) else { return };
    let other = Connection::open(file).unwrap();
    let rows: i64 = other.query_row("SELECT count(*) FROM meta", [], |row| row.get(0)).unwrap();
    other.close().unwrap();
    println!("\nrows {rows}");
}

/// How many rows of `meta` another process sees, which closes the file after that.
fn seen_by_another(file: &Path) -> i64 {
    let said = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log::another_process_comes_and_goes", "--nocapture"])
        .env(FILE, file)
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    said.lines().find_map(|line| line.strip_prefix("rows ")).expect("an answer").parse().unwrap()
}

fn beside(file: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", file.display()))
}

fn log_length(file: &Path) -> u64 {
    std::fs::metadata(beside(file, "-wal")).map_or(0, |found| found.len())
}

/// Puts `mega` megabytes through the log, over and over into the same few rows.
fn fill(store: &Store, mega: u8) {
    for n in 0..mega {
        let body = vec![n; 1_000_000];
        write(store, move |tx| meta::put(tx, &format!("ballast {}", n % 2), &body));
    }
}

#[test]
fn the_log_starts_over_while_the_store_is_used_and_stays_when_another_process_comes_and_goes() {
    let folder = Folder::new();
    let file = folder.file();
    let store = open(&folder);
    fill(&store, 220);
    let length = log_length(&file);
    assert!((64 << 20..160 << 20).contains(&length), "{length}");
    let rows = seen_by_another(&file);
    assert_eq!(log_length(&file), length);
    write(&store, |tx| put_number(tx, "one more", 1));
    assert_eq!(seen_by_another(&file), rows + 1);
    drop(store);
    assert_eq!(seen_by_another(&file), rows + 1);
    assert_eq!(log_length(&file), 0);
}

#[test]
fn after_an_orderly_end_the_database_is_one_file() {
    let folder = Folder::new();
    let file = folder.file();
    let store = open(&folder);
    store.write_now(|tx| tx.record(&[event(1, noon(), 1)], ())).unwrap();
    assert!(log_length(&file) > 0);
    drop(store);
    for end in ["-wal", "-shm", "-journal"] {
        assert!(!beside(&file, end).exists(), "{end}");
    }
    let copy = beside(&file, "-copy");
    std::fs::copy(&file, &copy).unwrap();
    assert_eq!(recorded(&Store::open(&copy, keys(7), |_| {}).unwrap(), 1), [1]);
}

/// What an operator does who has no backup but a copy: a log that was left behind would be read into it.
#[test]
fn an_older_copy_that_is_put_back_after_an_orderly_end_is_what_it_was() {
    let folder = Folder::new();
    let file = folder.file();
    let kept = beside(&file, "-kept");
    let store = open(&folder);
    store.write_now(|tx| tx.record(&[event(1, noon(), 1)], ())).unwrap();
    drop(store);
    std::fs::copy(&file, &kept).unwrap();
    let store = open(&folder);
    for n in 2..400 {
        store.write_now(move |tx| tx.record(&[event(n, noon(), 2)], ())).unwrap();
    }
    drop(store);
    std::fs::copy(&kept, &file).unwrap();
    assert_eq!(recorded(&open(&folder), 1), [1]);
    let sound: String =
        Connection::open(&file).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

/// A row that does not fit into a quarter of a page takes a page of its own beside it, at every change.
#[test]
fn no_ordinary_row_needs_more_than_its_page() {
    let folder = Folder::new();
    let store = open(&folder);
    let long = format!("{}@mail.example-company.example.com", "a.rather.long.name".repeat(2));
    for (n, text) in (0..).zip(["alice@example.com", &long]) {
        account(&store, 10 * n, text);
        let asked = ask(&store, 10 * n + 1, text, 6);
        queue(&store, 10 * n + 2, Some(asked.id), false);
        store.write_now(move |tx| tx.record(&[event(10 * n + 3, noon(), 1)], ())).unwrap();
    }
    let database = Connection::open(folder.file()).unwrap();
    let mut statement = database
        .prepare("SELECT name, SUM(pagetype = 'overflow'), MAX(mx_payload) FROM dbstat GROUP BY name")
        .unwrap();
    let tables: Vec<(String, i64, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let codes = tables.iter().find(|(name, ..)| name == "sign_in_codes").unwrap();
    assert!(codes.2 > 300, "{codes:?}");
    for (name, overflow, longest) in &tables {
        assert_eq!(*overflow, 0, "{name}: {longest} bytes");
    }
}
