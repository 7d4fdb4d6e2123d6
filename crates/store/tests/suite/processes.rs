//! The same claims, from two processes on one database: what a lock of ours cannot hide.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use model::id::{MessageId, RequestId};
use model::sign_in_code::Purpose;
use store::{Store, outbox, sign_in_codes};

use crate::setting::{Folder, ask, event, keys, noon, number, open, queue, seconds, token};

/// Tells the test binary, started again, that it is the other process, and what to do.
const TASK: &str = "BIDDEN_SUITE_TASK";

/// The other process: does nothing when it is run as a test.
#[test]
fn the_other_process_does_its_task() {
    #[expect(clippy::disallowed_methods, reason = "how one process of a test learns what to do")]
    let Ok(task) = std::env::var(TASK) else { return };
    let (name, file) = task.split_once(' ').unwrap();
    let store = Store::open(Path::new(file), keys(7), |_| {}).unwrap();
    println!("\nready");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    match name {
        "guess" => {
            let asked: RequestId = file_beside(file).parse().unwrap();
            println!("\ngot {}", guess(&store, asked));
        }
        "lease" => {
            let leased: Vec<String> = lease(&store).iter().map(ToString::to_string).collect();
            println!("\ngot {}", leased.join(" "));
        }
        "record" => {
            let base: u32 = file_beside(file).parse().unwrap();
            record(&store, base);
            println!("\ngot all");
        }
        _ => panic!("no such task"),
    }
}

/// What the parent wrote beside the database for both to read.
fn file_beside(file: &str) -> String {
    std::fs::read_to_string(Path::new(file).with_extension("task")).unwrap()
}

/// Spends guesses from four threads until none is left to spend; says how many were.
fn guess(store: &Store, id: RequestId) -> usize {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                (0..50)
                    .filter(|_| {
                        let claimed = store.write_now(move |tx| {
                            let own = token("browser");
                            let kept = sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &own, noon())?;
                            Ok(tx.unrecorded("a test", kept.is_some()))
                        });
                        claimed.unwrap()
                    })
                    .count()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

fn lease(store: &Store) -> Vec<MessageId> {
    let mut mine = Vec::new();
    loop {
        let leased = store.write_now(|tx| {
            let leased = outbox::lease(tx, noon(), noon() + seconds(600), 2)?;
            Ok(tx.unrecorded("a test", leased.iter().map(|leased| leased.id).collect::<Vec<_>>()))
        });
        let leased = leased.unwrap();
        if leased.is_empty() {
            return mine;
        }
        mine.extend(leased);
        assert!(mine.len() <= 120, "one message to two");
    }
}

const RECORDED: u32 = 200;

fn record(store: &Store, base: u32) {
    for n in base..base + RECORDED {
        store.write_now(move |tx| tx.record(&[event(u64::from(n), noon(), n)], ())).unwrap();
    }
}

struct Other(Child, BufReader<ChildStdout>);

impl Other {
    fn start(task: &str, file: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::the_other_process_does_its_task", "--nocapture"])
            .env(TASK, format!("{task} {}", file.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut other = Self(child, out);
        other.hear("ready");
        other
    }

    /// Reads until a line that begins with `word`, and returns the rest of it.
    fn hear(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.1.read_line(&mut line).unwrap(), 0, "the other process ended early");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    fn go(&mut self) {
        self.0.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    fn end(mut self) {
        assert!(self.0.wait().unwrap().success());
    }
}

#[test]
fn two_processes_spend_exactly_the_guesses_there_are() {
    let folder = Folder::new();
    let store = open(&folder);
    let asked = ask(&store, 1, "alice@example.com", 101);
    std::fs::write(folder.file().with_extension("task"), asked.id.to_string()).unwrap();
    let mut other = Other::start("guess", &folder.file());
    other.go();
    let ours = guess(&store, asked.id);
    let theirs: usize = other.hear("got").parse().unwrap();
    assert_eq!(ours + theirs, 101);
    other.end();
}

#[test]
fn two_processes_never_lease_one_message_to_both() {
    let folder = Folder::new();
    let store = open(&folder);
    let queued: Vec<MessageId> = (0..120).map(|n| queue(&store, n, None, false)).collect();
    let mut other = Other::start("lease", &folder.file());
    other.go();
    let mut leased: Vec<MessageId> = lease(&store);
    leased.extend(other.hear("got").split_whitespace().map(|id| id.parse::<MessageId>().unwrap()));
    leased.sort_unstable();
    let mut queued = queued;
    queued.sort_unstable();
    assert_eq!(leased, queued);
    other.end();
}

#[test]
fn the_tail_misses_no_event_of_another_process() {
    let folder = Folder::new();
    let store = open(&folder);
    std::fs::write(folder.file().with_extension("task"), "1000").unwrap();
    let mut other = Other::start("record", &folder.file());
    other.go();
    let writer = {
        let store = store.clone();
        std::thread::spawn(move || record(&store, 0))
    };
    let (mut seen, mut position) = (Vec::new(), store::events::Position::START);
    while seen.len() < 400 {
        for placed in store.read(|reader| store::events::tail(reader, position, 7)).unwrap() {
            assert!(placed.position > position);
            position = placed.position;
            seen.push(number(&placed.event));
        }
    }
    writer.join().unwrap();
    other.hear("got");
    seen.sort_unstable();
    assert_eq!(seen, (0..RECORDED).chain(1000..1000 + RECORDED).collect::<Vec<_>>());
    other.end();
}

#[test]
fn two_processes_may_make_the_same_database() {
    for _ in 0..5 {
        let folder = Folder::new();
        let mut others: Vec<_> = (0..3)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "processes::the_other_process_does_its_task", "--nocapture"])
                    .env(TASK, format!("lease {}", folder.file().display()))
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for other in &mut others {
            assert!(other.wait().unwrap().success());
        }
    }
}
