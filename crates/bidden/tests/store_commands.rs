//! Moving, saving, restoring and checking a store, through the command as it is shipped, beside a running server.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at what is not as it should be"
)]

#[path = "shared/said.rs"]
mod said;
#[path = "shared/served.rs"]
mod served;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use model::digest::Keys;
use model::secret::Secret;
use served::{Folder, Server};

/// Where commands work.
#[derive(Clone)]
struct Site {
    data: PathBuf,
    keys: Option<PathBuf>,
    url: Option<String>,
}

impl Site {
    fn embedded(data: PathBuf) -> Self {
        Self { data, keys: None, url: None }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        command
            .args(words)
            .env_clear()
            .env("BIDDEN_DATA_DIR", &self.data)
            .env("BIDDEN_LISTEN", "127.0.0.1:0");
        command.env("BIDDEN_PUBLIC_URL", "http://localhost:8000").current_dir(std::env::temp_dir());
        if let Some(keys) = &self.keys {
            command.env("BIDDEN_KEYS_FILE", keys);
        }
        if let Some(url) = &self.url {
            command.env("BIDDEN_STORE", url);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What the command prints; it must succeed.
    fn done(&self, words: &[&str]) -> String {
        said::done(words, self.run(words))
    }

    /// What it complains of; it must fail with 1.
    fn refused(&self, words: &[&str]) -> String {
        said::refused(words, &self.run(words))
    }

    fn json(&self, words: &[&str]) -> serde_json::Value {
        let text = self.done(words);
        parsed(&text)
    }

    /// The addresses for which somebody was invited, newest first: the rows that the tests tell apart.
    fn invited(&self) -> Vec<String> {
        let text = self.done(&["event", "list", "--json"]);
        text.lines()
            .map(parsed)
            .filter_map(|event| event["kind"]["details"]["address"].as_str().map(str::to_owned))
            .collect()
    }

    fn invite(&self, address: &str) {
        self.done(&["account", "invite", address]);
    }

    fn serve(&self) -> Server {
        Server::start(self.command(&["serve"]))
    }
}

#[expect(clippy::disallowed_methods, reason = "our own output, in a test")]
fn parsed(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// Ends it as an operator does.
fn end(mut server: Server) {
    let told = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(told.success());
    let ended = server.0.wait().unwrap();
    // Told before it listens for that, it ends at once.
    assert!(ended.success() || ended.signal() == Some(15), "{ended:?}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_store_is_backed_up_and_restored_beside_what_was_there() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    let server = site.serve();
    site.invite("alice@example.com");

    let file = folder.path("monday.db");
    let made = site.done(&["backup", text(&file)]);
    assert!(made.contains("The key file is not in it"), "{made}");
    assert!(site.refused(&["backup", text(&file)]).contains("--force"));
    site.done(&["backup", text(&file), "--force"]);
    let verified = site.done(&["backup", "verify", text(&file)]);
    assert!(verified.contains("It is whole, and belongs to the key file"), "{verified}");
    assert_eq!(site.json(&["backup", "verify", text(&file), "--json"])["source"], "sqlite");

    site.invite("bob@example.com");
    assert!(site.refused(&["restore", text(&file)]).contains("another bidden serves"));
    end(server);
    assert_eq!(site.invited().len(), 2);
    let restored = site.json(&["restore", text(&file), "--json"]);
    assert_eq!(restored["broken_rules"], 0);
    assert_eq!(site.invited().len(), 1);
    let aside = PathBuf::from(restored["before"].as_str().unwrap());
    assert!(aside.file_name().unwrap().to_str().unwrap().starts_with("bidden.db.before-restore-"));

    // What was there before can be taken up again.
    let before = Site::embedded(folder.path("before"));
    fs::create_dir(&before.data).unwrap();
    fs::copy(site.data.join("keys"), before.data.join("keys")).unwrap();
    fs::rename(aside, before.data.join("bidden.db")).unwrap();
    assert_eq!(before.invited().len(), 2);
    end(site.serve());
}

#[test]
fn a_log_that_lost_its_database_is_not_read_into_the_restored_one() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    end(site.serve());
    site.invite("alice@example.com");
    let file = folder.path("monday.db");
    site.done(&["backup", text(&file)]);
    let database = site.data.join("bidden.db");
    let mut server = site.serve();
    site.invite("bob@example.com");
    server.0.kill().unwrap();
    server.0.wait().unwrap();
    let log = site.data.join("bidden.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0, "what bob was sent is in the log");
    fs::remove_file(&database).unwrap();

    let restored = site.json(&["restore", text(&file), "--json"]);
    assert_eq!(restored["broken_rules"], 0);
    assert_eq!(site.invited(), ["a…@example.com"]);
    assert!(restored["before"].as_str().unwrap().contains("before-restore"), "the log was set aside");
}

#[test]
fn a_backup_that_cannot_be_used_is_refused_before_anything_is_touched() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    end(site.serve());
    site.invite("alice@example.com");
    let other = Site::embedded(folder.path("other"));
    end(other.serve());
    let file = folder.path("other.db");
    other.done(&["backup", text(&file)]);

    assert!(site.refused(&["restore", text(&file)]).contains("the key file is not the one"));
    assert!(site.refused(&["backup", "verify", text(&file)]).contains("the key file is not the one"));
    let mut bytes = fs::read(&file).unwrap();
    bytes.truncate(bytes.len() - 5000);
    fs::write(&file, bytes).unwrap();
    other.refused(&["restore", text(&file)]);
    other.refused(&["restore", text(&folder.path("nothing.db"))]);
    assert_eq!(site.invited().len(), 1);
    let left: Vec<_> = fs::read_dir(&site.data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains("restore")), "{left:?}");
}

#[test]
fn a_store_moves_to_another_directory_while_it_serves_and_the_old_one_is_not_served_again() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    let there = Site::embedded(folder.path("new place"));
    let server = site.serve();
    site.invite("alice@example.com");
    let to = ["store", "migrate", "--to", text(&there.data)];
    let first = site.done(&to);
    assert!(first.contains("The server works on"), "{first}");
    // Finished, as far as it goes, but not yet the store that counts.
    site.invite("bob@example.com");
    end(server);
    let second = site.done(&to);
    assert!(
        second.contains("Done.") && second.contains(&format!("data_dir = \"{}\"", text(&there.data))),
        "{second}"
    );

    assert!(site.refused(&["serve"]).contains("was moved to"));
    assert!(site.refused(&["account", "list"]).contains("was moved to"));
    assert!(site.refused(&to).contains("already"));
    assert!(there.refused(&["account", "list"]).contains("Restore the key file"));
    fs::copy(site.data.join("keys"), there.data.join("keys")).unwrap();
    assert_eq!(there.invited().len(), 2);
    end(there.serve());
    // From now on it is a store of its own.
    assert!(there.refused(&["store", "migrate", "--to", text(&there.data)]).contains("in use already"));
    let third = Site::embedded(folder.path("third"));
    end(third.serve());
    assert!(there.refused(&["store", "migrate", "--to", text(&third.data)]).contains("cannot use"));
    // The old one is free to be written over.
    let back = there.json(&["store", "migrate", "--to", text(&site.data), "--keep-source", "--json"]);
    assert_eq!(back["finished"], true);
    assert_eq!(site.invited().len(), 2);
    assert_eq!(there.invited().len(), 2);
}

#[test]
fn a_check_says_which_rule_is_broken_and_fails() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    let server = site.serve();
    let text = site.done(&["store", "check"]);
    assert!(text.lines().all(|line| line.starts_with("holds ")), "{text}");
    assert!(text.contains("redeemed-twice: no request has been redeemed more than once"));
    end(server);
    let root: [u8; 32] = fs::read(site.data.join("keys")).unwrap().try_into().unwrap();
    let keys = Arc::new(Keys::derive(&Secret::new(root)).unwrap());
    let store = store::Store::open(&site.data.join("bidden.db"), keys, |_| {}).unwrap();
    let far = store::events::Position::from_bytes(&255_i64.to_be_bytes()).unwrap();
    let broken = store.write_now(move |tx| {
        store::meta::put_position(tx, store::meta::DETECTED_UP_TO, far)?;
        Ok(tx.unrecorded("a test", ()))
    });
    broken.unwrap();
    drop(store);
    let output = site.run(&["store", "check", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap();
    let broken: Vec<_> = lines.lines().map(parsed).filter(|line| line["broken"] != 0).collect();
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert_eq!(broken[0]["rule"], "places-beyond-the-record");
    assert_eq!(broken[0]["examples"][0], "detected up to");
}

#[test]
fn figures_are_printed_for_people_and_for_programs() {
    let folder = Folder::new();
    let site = Site::embedded(folder.path("data"));
    let _server = site.serve();
    site.invite("alice@example.com");
    let text = site.done(&["store", "stats"]);
    assert!(text.contains("invitations") && text.contains("newest event     20"), "{text}");
    let figures = site.json(&["store", "stats", "--exact", "--json"]);
    let table = |name: &str| {
        figures["tables"].as_array().unwrap().iter().find(|table| table["table"] == name).unwrap().clone()
    };
    assert_eq!(table("invitations")["rows"], 2);
    assert_eq!(table("invitations")["counted"], "exactly");
    assert!(table("events")["bytes"].as_u64().unwrap() >= 2048);
    assert!(figures["log_bytes"].as_u64().unwrap() > 0);
}

#[test]
fn a_store_moves_to_postgresql_and_back_and_is_restored_there() {
    let Some(given) = proving::postgres::given() else { return };
    let (database, folder) = (given.database().unwrap(), Folder::new());
    let site = Site::embedded(folder.path("data"));
    let keys = Some(site.data.join("keys"));
    let shared = Site { data: folder.path("node"), keys: keys.clone(), url: Some(database.url().to_owned()) };
    let server = site.serve();
    site.invite("alice@example.com");
    let url = folder.path("url");
    fs::write(&url, format!("{}\n", database.url())).unwrap();
    let to = ["store", "migrate", "--to-file", text(&url)];
    let first = site.done(&to);
    assert!(first.contains("The server works on"), "{first}");
    end(server);
    let second = site.done(&to);
    assert!(second.contains("store = \"postgres://") && !second.contains("password"), "{second}");
    assert!(site.refused(&["serve"]).contains("was moved to"));

    // A node works on it; backups and checks go on beside it.
    let node = shared.serve();
    assert_eq!(shared.invited().len(), 1);
    shared.invite("bob@example.com");
    shared.done(&["store", "check", "--full"]);
    let file = folder.path("monday.db");
    shared.done(&["backup", text(&file)]);
    assert_eq!(shared.json(&["backup", "verify", text(&file), "--json"])["source"], "postgres");
    shared.invite("carol@example.com");
    let stats = shared.json(&["store", "stats", "--json"]);
    assert_eq!(stats["parts"].as_array().unwrap().len(), 1);
    assert!(shared.refused(&["restore", text(&file), "--force"]).contains("Stop all nodes"));
    end(node);
    assert!(shared.refused(&["restore", text(&file)]).contains("is not empty"));
    assert_eq!(shared.json(&["restore", text(&file), "--force", "--json"])["broken_rules"], 0);
    assert_eq!(shared.invited().len(), 2);
    end(shared.serve());

    // And into a directory, from the backup and from the database.
    let back = Site { data: folder.path("back"), keys, url: None };
    let moved = shared.done(&["store", "migrate", "--to", text(&back.data)]);
    assert!(moved.contains("(and no `store`)"), "{moved}");
    assert!(shared.refused(&["serve"]).contains("was moved to"));
    assert_eq!(back.invited().len(), 2);
    back.done(&["store", "check", "--full"]);
    end(back.serve());
}
