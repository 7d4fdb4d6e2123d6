//! `bidden log` and `bidden receipt` through the command as it is shipped: beside a server, after one that was killed, and
//! without any.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

#[path = "shared/said.rs"]
mod said;
#[path = "shared/served.rs"]
mod served;

use std::fs;
use std::process::{Command, Output};
use std::time::Duration;

use model::record_key::RecordKey;
use served::{Folder, Server};
use wire::record::receipt::{Receipt, recipient};

/// Where commands work.
struct Site(Folder);

impl Site {
    fn new() -> Self {
        Self(Folder::new())
    }

    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.path(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        command
            .args(words)
            .env_clear()
            .env("BIDDEN_DATA_DIR", self.0.path("data"))
            .env("BIDDEN_LISTEN", "127.0.0.1:0")
            .env("BIDDEN_RECORD_CHECKPOINT_EVERY", "5s")
            .env("BIDDEN_PUBLIC_URL", "http://localhost:8000")
            .current_dir(std::env::temp_dir());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn done(&self, words: &[&str]) -> String {
        said::done(words, self.run(words))
    }

    /// What the command prints when something does not fit.
    fn unfit(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(3), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn serve(&self) -> Server {
        Server::start(self.command(&["serve"]))
    }

    /// Waits until a checkpoint covers everything that happened.
    fn await_checkpoint(&self) -> String {
        let mut sealed = false;
        for _ in 0..600 {
            let said = self.run(&["log", "verify", "--json"]);
            let text = String::from_utf8(said.stdout).unwrap();
            assert!(said.status.success(), "{text}");
            if text.contains("\"not_sealed\":0") && text.contains("\"not_under_a_checkpoint\":0") {
                sealed = true;
                break;
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
        assert!(sealed, "nothing is sealed");
        self.done(&["log", "checkpoint"])
    }
}

#[test]
fn a_record_is_sealed_goes_on_after_a_kill_and_is_verified_from_a_kept_checkpoint() {
    let folder = Site::new();
    let server = folder.serve();
    let first = folder.put("first", &folder.await_checkpoint());
    folder.done(&["account", "invite", "alice@example.com"]);
    drop(server);
    // Committed while nobody seals.
    folder.done(&["account", "invite", "bob@example.com"]);
    let said = folder.done(&["log", "verify", "--from", &first]);
    assert!(said.contains("Nothing is broken."), "{said}");
    assert!(!said.contains("0 that are not sealed"), "{said}");
    let _server = folder.serve();
    let second = folder.put("second", &folder.await_checkpoint());
    let key = folder.put("key", &folder.done(&["log", "key"]));
    folder.done(&["log", "verify", "--from", &first, "--from", &second, "--key", &key]);

    // Whoever kept the first one is shown that the record went on from it.
    let shown = folder.put("shown", &folder.done(&["log", "consistency", &first]));
    let checked = folder.done(&["log", "check", &shown, "--key", &key, "--from", &first]);
    assert!(checked.starts_with("The record localhost:8000/record went on from "), "{checked}");
    assert!(!checked.contains("--from"), "{checked}");
    assert!(folder.done(&["log", "check", &shown, "--key", &key]).contains("was not compared"));
    let other = folder.unfit(&["log", "check", &shown, "--key", &key, "--from", &second]);
    assert!(other.contains("another checkpoint"), "{other}");
    let text = fs::read_to_string(&shown).unwrap();
    let cut = folder.put(
        "cut",
        &text.replace("\"path\":[\"", "\"path\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\""),
    );
    assert!(folder.unfit(&["log", "check", &cut, "--key", &key]).contains("forked"));
    let backwards = folder.run(&["log", "consistency", &second, &first]);
    assert_eq!(backwards.status.code(), Some(1), "{}", String::from_utf8_lossy(&backwards.stderr));

    // Every entry is proven, and checked without the store.
    let events = folder.done(&["event", "list", "--json"]);
    let id = events.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let proof = folder.done(&["log", "prove", &id]);
    let proof_file = folder.put("proof", &proof);
    let checked = folder.done(&["log", "check", &proof_file, "--key", &key]);
    assert!(checked.starts_with("1 entries stand on the record localhost:8000/record"), "{checked}");
    let bent = folder.put("bent", &proof.replace("\"at\":1", "\"at\":2"));
    assert!(folder.unfit(&["log", "check", &bent, "--key", &key]).contains("WRONG"));

    // Somebody past the server.
    let database = folder.0.path("data/bidden.db");
    let sql = format!("DELETE FROM events WHERE hex(id) = '{}'", id.replace('-', "").to_uppercase());
    proving_sql(&database, &sql);
    let found = folder.unfit(&["log", "verify"]);
    assert!(found.contains(&format!("is gone: {id}")), "{found}");
    // A new key, and what the one before it signed still counts.
    folder.done(&["log", "key", "--rotate"]);
    let keys = folder.done(&["log", "key"]);
    assert_eq!(keys.lines().filter(|line| !line.starts_with('#')).count(), 2);
}

fn proving_sql(database: &std::path::Path, sql: &str) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn the_record_is_not_sealed_where_an_operator_says_so() {
    let folder = Site::new();
    let mut command = folder.command(&["serve"]);
    command.env("BIDDEN_RECORD_SEAL", "off");
    let server = Server::start(command);
    for words in [["log", "key"], ["log", "checkpoint"]] {
        assert!(said::refused(&words, &folder.run(&words)).contains("yet"));
    }
    drop(server);
}

#[test]
fn a_receipt_is_checked_without_a_server() {
    let folder = Site::new();
    let key = RecordKey::read("id.example.org/record", &RecordKey::generate().unwrap()).unwrap();
    let salt = [1, 2, 3, 4];
    let receipt = Receipt {
        key: key.public().id(),
        kind: 1,
        at: 1_795_297_599,
        reference: model::reference::number_of("amber-falcon"),
        salt,
        recipient: recipient(salt, "alice@example.com"),
        size: 1234,
        root: [7; 8],
    };
    let lines = key.sign_receipt(receipt).unwrap().lines();
    let keys = folder.put("keys", &format!("{}\n", key.public()));
    let mail = format!(
        "From: a@example.org\nTo: alice@example.com\nSubject: x\n\n> {}\n",
        lines.replace('\n', "\n> ")
    );
    let file = folder.put("mail.eml", &mail);
    let said = folder.done(&["receipt", "check", &file, "--key", &keys, "--to", "alice@example.com"]);
    for part in [
        "id.example.org/record sent this",
        "a sign-in code",
        "request amber-falcon",
        "for that address",
        "1234",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        folder
            .unfit(&["receipt", "check", &file, "--key", &keys, "--to", "bob@example.com"])
            .contains("another")
    );
    let other = RecordKey::read("id.example.org/record", &RecordKey::generate().unwrap()).unwrap();
    let others = folder.put("others", &format!("{}\n", other.public()));
    assert!(folder.unfit(&["receipt", "check", &file, "--key", &others]).contains("WRONG"));
    let nothing = folder.put("nothing", "no receipt here");
    folder.unfit(&["receipt", "check", &nothing, "--key", &keys]);

    // The same as evidence of what the mail means.
    let explained =
        String::from_utf8(folder.run(&["explain", &file, "--receipt-key", &keys]).stdout).unwrap();
    assert!(explained.contains("The receipt in it is right: id.example.org/record"), "{explained}");
    assert!(explained.contains("amber-falcon") && explained.contains("written for alice"), "{explained}");
    let explained =
        String::from_utf8(folder.run(&["explain", &file, "--receipt-key", &others]).stdout).unwrap();
    assert!(explained.contains("It proves nothing"), "{explained}");
}
