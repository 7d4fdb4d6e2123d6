//! The same from two processes on one database: what a lock of ours cannot hide.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Barrier};

use model::digest::Digest;
use model::id::{MessageId, RequestId};
use model::sign_in_code::Purpose;
use store::events::Position;
use store::{Store, destinations, outbox, sign_in_codes};

use crate::claim::CLAIMS;
use crate::setting::{
    Place, address, ask, event, in_places, keys, noon, number, open_at, queue, seconds, tail, token, write,
};

/// Tells the test binary, started again, that it is the other process, and where the store is.
const PLACE: &str = "BIDDEN_SUITE_PLACE";

/// The other process: does nothing when it is run as a test. It does what it is told, line by line, until there are
/// no more lines.
#[test]
fn the_other_process_does_its_task() {
    #[expect(clippy::disallowed_methods, reason = "how one process of a test learns what to do")]
    let Ok(place) = std::env::var(PLACE) else { return };
    let store = open_at(&place, 8, keys(7)).unwrap();
    println!("\nready");
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (task, word) = line.split_once(' ').unwrap();
        let got = match task {
            "claim" => {
                let (n, word) = word.split_once(' ').unwrap();
                claim(&store, n.parse().unwrap(), word).to_string()
            }
            "guess" => guess(&store, word.parse().unwrap()).to_string(),
            "lease" => lease(&store).iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            "take" => {
                hold_back(&store, address(word).destination());
                String::new()
            }
            "record" => {
                record(&store, word.parse().unwrap());
                String::new()
            }
            _ => panic!("no such task"),
        };
        println!("\ngot {got}");
    }
}

/// Tries claim `n` of the table from four threads at once; says how many won.
fn claim(store: &Store, n: usize, word: &str) -> usize {
    let barrier = Arc::new(Barrier::new(4));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (store, barrier, word) = (store.clone(), Arc::clone(&barrier), word.to_owned());
            std::thread::spawn(move || {
                barrier.wait();
                write(&store, move |tx| (CLAIMS[n].attempt)(tx, &word))
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
}

/// Spends guesses from four threads until none is left to spend; says how many were.
fn guess(store: &Store, id: RequestId) -> usize {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                let attempt = |_: &i32| {
                    write(&store, move |tx| {
                        let own = token("browser");
                        sign_in_codes::claim_attempt(tx, id, Purpose::SignIn, &own, noon())
                    })
                    .is_some()
                };
                (0..50).filter(attempt).count()
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

fn lease(store: &Store) -> Vec<MessageId> {
    let mut mine = Vec::new();
    loop {
        let leased = write(store, |tx| outbox::lease(tx, noon(), noon() + seconds(600), 2));
        if leased.is_empty() {
            return mine;
        }
        mine.extend(leased.iter().map(|leased| leased.id));
        assert!(mine.len() <= 120, "one message to two");
    }
}

/// A hundred times a look and a write, from four threads.
fn hold_back(store: &Store, key: Digest) {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    write(store, move |tx| {
                        let mut taken = destinations::take(tx, &key)?;
                        taken.state.suppressed.count += 1;
                        destinations::put(tx, &taken, noon())
                    });
                }
            });
        }
    });
}

const RECORDED: u32 = 200;

fn record(store: &Store, base: u32) {
    for n in base..base + RECORDED {
        store.write_now(move |tx| tx.record(&[event(u64::from(n), noon(), n)], ())).unwrap();
    }
}

struct Other(Child, BufReader<ChildStdout>);

fn command(place: &Place) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::the_other_process_does_its_task", "--nocapture"]);
    command.env(PLACE, place.name());
    command
}

impl Other {
    fn start(place: &Place) -> Self {
        let mut child = command(place).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
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

    fn tell(&mut self, task: &str, word: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{task} {word}").unwrap();
    }

    fn end(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }
}

#[test]
fn every_claim_there_is_has_one_winner_among_two_processes() {
    in_places(|place| {
        let store = place.open_by(8, keys(7)).unwrap();
        let mut other = Other::start(place);
        for (n, entry) in CLAIMS.iter().enumerate() {
            let word = (entry.prepare)(&store);
            other.tell("claim", &format!("{n} {word}"));
            let ours = claim(&store, n, &word);
            let theirs: usize = other.hear("got").parse().unwrap();
            assert_eq!(ours + theirs, 1, "{}", entry.name);
        }
        other.end();
    });
}

#[test]
fn row_7_two_processes_spend_exactly_the_guesses_there_are() {
    in_places(|place| {
        let store = place.open();
        let asked = ask(&store, 1, "alice@example.com", 101);
        let mut other = Other::start(place);
        other.tell("guess", &asked.id.to_string());
        let ours = guess(&store, asked.id);
        let theirs: usize = other.hear("got").parse().unwrap();
        assert_eq!(ours + theirs, 101);
        other.end();
    });
}

#[test]
fn two_processes_never_lease_one_message_to_both() {
    in_places(|place| {
        let store = place.open();
        let mut queued: Vec<MessageId> = (0..120).map(|n| queue(&store, n, None, false)).collect();
        let mut other = Other::start(place);
        other.tell("lease", "");
        let mut leased: Vec<MessageId> = lease(&store);
        leased.extend(other.hear("got").split_whitespace().map(|id| id.parse::<MessageId>().unwrap()));
        leased.sort_unstable();
        queued.sort_unstable();
        assert_eq!(leased, queued);
        other.end();
    });
}

#[test]
fn row_2_two_processes_that_look_and_write_lose_nothing() {
    in_places(|place| {
        let store = place.open();
        let mut other = Other::start(place);
        other.tell("take", "alice@example.com");
        let key = address("alice@example.com").destination();
        hold_back(&store, key);
        other.hear("got");
        assert_eq!(store.read(|reader| destinations::find(reader, &key)).unwrap().suppressed.count, 200);
        other.end();
    });
}

#[test]
fn the_tail_misses_no_event_of_another_process() {
    in_places(|place| {
        let store = place.open();
        let mut other = Other::start(place);
        other.tell("record", "1000");
        let writer = {
            let store = store.clone();
            std::thread::spawn(move || record(&store, 0))
        };
        let mut seen: Vec<u32> =
            tail(&store, Position::START, 400).iter().map(|placed| number(&placed.event)).collect();
        writer.join().unwrap();
        other.hear("got");
        seen.sort_unstable();
        assert_eq!(seen, (0..RECORDED).chain(1000..1000 + RECORDED).collect::<Vec<_>>());
        other.end();
    });
}

#[test]
fn processes_that_start_at_once_on_an_empty_database_make_it_once() {
    for _ in 0..2 {
        in_places(|place| {
            let mut others: Vec<_> = (0..3)
                .map(|_| command(place).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
                .collect();
            for other in &mut others {
                assert!(other.wait().unwrap().success());
            }
            let store = place.open();
            write(&store, |tx| store::meta::put(tx, "here", b"1"));
        });
    }
}
