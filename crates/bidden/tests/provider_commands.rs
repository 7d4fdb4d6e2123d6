//! `bidden keys` and `bidden client`, through the command as it is shipped; and clients that the file declares, at a start.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

#[path = "shared/said.rs"]
mod said;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use flow::oauth::client::secret_digest;
use flow::oauth::keys;
use model::client::Registered;
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::policy::Policy;
use model::secret::Secret;
use model::time::Time;
use serde_json::Value;
use store::Store;

const NOW: Time = Time::from_micros(1_795_000_000_000_000);

/// A data directory with an embedded store and its first signing keys, removed when the test is over.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bidden-provider-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("keys"), [7; 32]).unwrap();
        std::fs::set_permissions(folder.join("keys"), std::fs::Permissions::from_mode(0o600)).unwrap();
        let site = Self(folder);
        let policy = Arc::new(Policy::default());
        keys::settle(&site.store(), &|| Cx::new(NOW, Entropy::system(), Arc::clone(&policy)), None).unwrap();
        site
    }

    fn store(&self) -> Store {
        let keys = Arc::new(Keys::derive(&Secret::new([7; 32])).unwrap());
        Store::open(&self.0.join("bidden.db"), keys, |_| {}).unwrap()
    }

    fn client(&self, id: &str) -> Option<Registered> {
        flow::oauth::client::find(&self.store(), id).unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        command.args(words).env_clear().env("BIDDEN_DATA_DIR", &self.0).current_dir(&self.0);
        command.output().unwrap()
    }

    /// What the command prints; it must succeed.
    fn done(&self, words: &[&str]) -> String {
        said::done(words, self.run(words))
    }

    /// What it complains of; it must fail with 1.
    fn refused(&self, words: &[&str]) -> String {
        said::refused(words, &self.run(words))
    }

    fn keys(&self) -> Vec<Value> {
        self.done(&["keys", "list", "--json"]).lines().map(json).collect()
    }

    fn of(&self, kind: &str, state: &str) -> Vec<String> {
        let all = self.keys();
        let found = all.iter().filter(|key| key["kind"] == kind && key["state"] == state);
        found.map(|key| key["key"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[expect(clippy::disallowed_methods, reason = "what a command of ours printed, read back")]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn keys_are_listed_followed_and_retired_by_command() {
    let site = Site::new("keys");
    assert_eq!(site.keys().len(), 3);
    assert!(site.done(&["keys", "list"]).contains("ES256  active"));
    let first = site.of("ES256", "active").remove(0);
    let said = site.done(&["keys", "rotate", "--kind", "ES256"]);
    assert!(said.contains("is published, and signs ES256 from"), "{said}");
    assert_eq!((site.of("ES256", "published").len(), site.of("EdDSA", "published").len()), (1, 0));
    assert!(site.done(&["keys", "list"]).contains("its successor is published"));
    let said = site.done(&["keys", "rotate", "--kind", "ES256", "--now"]);
    assert!(said.contains("signs ES256 from now on"), "{said}");
    assert_eq!(site.of("ES256", "retired"), [first.as_str()]);
    let second = site.of("ES256", "active").remove(0);
    let said = site.done(&["keys", "retire", &second]);
    assert!(said.contains("To do it, add --yes."), "{said}");
    assert_eq!(site.of("ES256", "active"), [second.as_str()], "nothing was done");
    let said = site.done(&["keys", "retire", second.get(..20).unwrap(), "--yes"]);
    assert!(said.contains("its private half is gone"), "{said}");
    assert_ne!(site.of("ES256", "active"), [second.as_str()]);
    assert!(site.refused(&["keys", "retire", &second, "--yes"]).contains("add --remove"));
    site.done(&["keys", "retire", &second, "--remove", "--yes"]);
    assert_eq!(site.of("ES256", "retired"), [first.as_str()]);
    assert!(site.refused(&["keys", "retire", "nothing", "--yes"]).contains("`bidden keys list` shows all"));
    let events = site.done(&["event", "list", "--json"]);
    for name in ["published", "activated", "retired", "removed"] {
        assert!(events.contains(&format!("signing_key_{name}")), "{events}");
    }
}

#[test]
fn a_client_lives_and_goes_by_command() {
    let site = Site::new("client");
    let said = site.done(&[
        "client",
        "add",
        "library",
        "--name",
        "Library catalogue",
        "--redirect-uri",
        "https://library.example.org/cb",
        "--scope",
        "openid",
        "--scope",
        "email",
    ]);
    let secret = said.lines().find_map(|line| line.trim().strip_prefix("bidden_cs_")).unwrap();
    let holds = |secret: &str| {
        let store = site.store();
        let client = flow::oauth::client::find(&store, "library").unwrap().unwrap();
        client.has_secret(&secret_digest(store.keys(), &format!("bidden_cs_{secret}")), NOW)
    };
    assert!(holds(secret));
    assert!(!site.done(&["client", "show", "library"]).contains(secret), "it is printed once");
    let toml = site.done(&["client", "show", "library", "--toml"]);
    assert!(toml.starts_with("[[clients]]\nid = \"library\"\nname = \"Library catalogue\"\n"), "{toml}");
    let shown = json(&site.done(&["client", "show", "library", "--json"]));
    assert_eq!((shown["origin"].as_str(), shown["verified"].as_bool()), (Some("operator"), Some(true)));
    assert_eq!(shown["metadata"]["scope"], "email openid");
    site.done(&["client", "change", "library", "--set", "tokens=opaque", "--set", "access_token=10m"]);
    let shown = json(&site.done(&["client", "show", "library", "--json"]));
    assert_eq!(
        (shown["tokens"].as_str(), shown["access_token_seconds"].as_u64()),
        (Some("opaque"), Some(600))
    );
    assert!(holds(secret), "a change leaves the secret");
    site.done(&["client", "change", "library", "--unset", "tokens"]);
    let said = site.done(&["client", "secret", "library", "--keep", "0"]);
    assert!(said.contains("The one before does not hold any more."), "{said}");
    assert!(!holds(secret));
    assert!(site.done(&["client", "remove", "library"]).contains("To do it, add --yes."));
    assert!(site.client("library").is_some());
    site.done(&["client", "remove", "library", "--yes"]);
    assert!(site.client("library").is_none());
    assert!(site.refused(&["client", "show", "library"]).contains("`bidden client list` shows all"));
}

#[test]
fn what_cannot_be_a_client_is_told_and_nothing_is_written() {
    let site = Site::new("wrong");
    let told = site.refused(&["client", "add", "a", "--name", "A"]);
    assert!(told.contains("clients.redirect_uris") && told.contains("where answers may go"), "{told}");
    let told =
        site.refused(&["client", "add", "a", "--name", "A", "--redirect-uri", "http://a.example.org/cb"]);
    assert!(told.contains("Outside the loopback a redirect URI is https."), "{told}");
    let told = site.refused(&["client", "add", "a", "--name", "A", "--public", "--set", "colour=red"]);
    assert!(told.contains("nothing is called `colour`"), "{told}");
    site.done(&["client", "add", "a", "--name", "A", "--public", "--redirect-uri", "http://127.0.0.1/cb"]);
    let told = site.refused(&[
        "client",
        "add",
        "a",
        "--name",
        "A",
        "--public",
        "--redirect-uri",
        "http://127.0.0.1/cb",
    ]);
    assert!(told.contains("there is a client of that name already"), "{told}");
    assert!(site.refused(&["client", "secret", "a"]).contains("does not prove itself by a secret"));
    assert_eq!(site.done(&["client", "list", "--json"]).lines().count(), 1);
}

#[test]
fn an_invitation_prints_a_token_and_where_to_use_it() {
    let site = Site::new("invite");
    let said = json(&site.done(&["client", "invite", "--clients", "3", "--days", "2", "--json"]));
    assert!(said["initial_access_token"].as_str().unwrap().starts_with("bidden_ia_"));
    assert_eq!(said["registration_endpoint"], "http://localhost:8000/oauth/register");
    assert_eq!(said["clients"], 3);
    let drawn = site.done(&["client", "secret", "--print"]);
    assert!(drawn.starts_with("bidden_cs_") && drawn.trim().len() == 53, "{drawn}");
}

#[test]
fn clients_of_the_file_are_checked_with_the_rest_of_it() {
    let site = Site::new("file");
    let file = site.0.join("bidden.toml");
    std::fs::write(&file, "[[clients]]\nid = \"a\"\nname = \"A\"\nauthentication = \"nothing\"\n").unwrap();
    let told = site.refused(&["config", "check"]);
    assert!(told.contains("bidden.toml:4:18: clients.authentication"), "{told}");
    assert!(site.refused(&["client", "list"]).contains("bidden.toml:4:18"));
}
