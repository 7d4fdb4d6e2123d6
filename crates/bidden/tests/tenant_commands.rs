//! `bidden tenant` and what is new of `bidden account`, through the command as it is shipped.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

#[path = "shared/said.rs"]
mod said;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::id::{AccountId, AuthenticatorId, DoorbellId};
use model::policy::Policy;
use model::secret::Secret;
use model::time::Time;
use store::Store;
use store::doorbells::Doorbell;
use wire::mail::mailbox::Mailbox;

/// A data directory with an embedded store, removed when the test is over.
struct Site(PathBuf);

impl Site {
    fn new(name: &str, addresses: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("bidden-tenants-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("keys"), [7; 32]).unwrap();
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("keys"), own).unwrap();
        let keys = Arc::new(Keys::derive(&Secret::new([7; 32])).unwrap());
        let store = Store::open(&folder.join("bidden.db"), Arc::clone(&keys), |_| {}).unwrap();
        let policy = Arc::new(Policy::default());
        let mut cx = Cx::new(Time::from_micros(1_795_000_000_000_000), Entropy::system(), policy);
        for text in addresses {
            let address = Address::new(Mailbox::parse(text).unwrap(), &keys);
            let account = Account {
                id: AccountId::new(&mut cx).unwrap(),
                state: AccountState::Open,
                role: Role::Member,
                address: (*text).to_owned(),
                confirmed_at: cx.now,
                opened_at: cx.now,
                tenant: None,
                methods: None,
            };
            let written = store.write_now(move |tx| {
                let done =
                    store::accounts::insert(tx, &account, &address.identity(), &address.destination())?;
                Ok(tx.unrecorded("a test", done))
            });
            assert!(written.unwrap());
        }
        Self(folder)
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
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_tenant_lives_and_goes_by_command() {
    let site = Site::new("life", &["alice@example.edu", "bob@example.edu", "carol@example.com"]);
    site.done(&["tenant", "make", "uni", "Example University"]);
    let told = site.done(&["tenant", "domain", "add", "uni", "Example.EDU"]);
    assert!(told.contains("2 accounts have their main address there") && told.contains("--adopt"), "{told}");
    let told = site.done(&["tenant", "domain", "add", "uni", "example.edu", "--adopt"]);
    assert!(told.contains("2 accounts were moved into uni."), "{told}");
    let shown = site.done(&["tenant", "show", "uni", "--json"]);
    assert!(shown.contains("\"accounts\":2") && shown.contains("\"domains\":[\"example.edu\"]"), "{shown}");
    // What closes something is tried first.
    let told = site.done(&["tenant", "methods", "uni", "--without", "mail_code"]);
    assert!(told.contains("mail_code for sign_in") && told.contains("add --yes"), "{told}");
    assert!(!site.done(&["tenant", "show", "uni"]).contains("closed by uni"));
    let table = site.done(&["tenant", "methods", "uni", "--without", "mail_code", "--yes"]);
    assert!(table.contains("  mail_code     closed by uni\n"), "{table}");
    assert!(site.refused(&["tenant", "remove", "uni"]).contains("still has accounts or domains"));
    for address in ["alice@example.edu", "bob@example.edu"] {
        site.done(&["account", "move", address, "--personal"]);
    }
    let told = site.done(&["tenant", "domain", "remove", "uni", "example.edu"]);
    assert!(told.contains("add --yes"), "{told}");
    site.done(&["tenant", "domain", "remove", "uni", "example.edu", "--yes"]);
    site.done(&["tenant", "remove", "uni"]);
    assert_eq!(site.done(&["tenant", "list", "--json"]), "");
    let events = site.done(&["event", "list"]);
    for kind in ["tenant_made", "domain_added", "tenant_changed", "account_moved", "tenant_removed"] {
        assert!(events.contains(kind), "{kind}: {events}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_next_step() {
    let site = Site::new("refused", &["alice@example.edu"]);
    site.done(&["tenant", "make", "uni", "Example University"]);
    for (words, next) in [
        (&["tenant", "make", "uni", "Another"][..], "already"),
        (&["tenant", "make", "Uni", "Another"], "small letters"),
        (&["tenant", "show", "club"], "`bidden tenant list`"),
        (&["tenant", "domain", "add", "uni", "not a domain"], "is not a domain"),
        (&["tenant", "methods", "uni", "--sign-in", "telepathy"], "There are: passkey"),
        (&["tenant", "methods", "uni", "--sign-in", "totp", "--yes"], "nobody could sign in"),
        (&["account", "move", "alice@example.edu", "--to", "club"], "no such tenant"),
        (&["account", "reset", "alice@example.edu", "--reason", ""], "a reason is one line"),
    ] {
        let told = site.refused(words);
        assert!(told.contains(next), "{words:?}: {told}");
    }
}

#[test]
fn what_an_operator_does_to_an_account_is_recorded_with_its_reason() {
    let site = Site::new("account", &["alice@example.edu"]);
    let alice = "alice@example.edu";
    let told = site.done(&["account", "reset", alice, "--reason", "lost her phone"]);
    assert!(told.contains("add --yes") && told.contains("a code that is mailed"), "{told}");
    site.done(&["account", "reset", alice, "--reason", "lost her phone", "--yes"]);
    site.done(&["account", "lock", alice, "--reason", "a stolen laptop"]);
    site.done(&["account", "unlock", alice, "--reason", "it was found"]);
    site.done(&["account", "end-sessions", alice, "--reason", "to be sure"]);
    let table = site.done(&["account", "methods", alice, "--without", "password", "--without", "totp"]);
    assert!(table.contains("  password      closed by the account\n"), "{table}");
    let open = site.done(&["account", "methods", alice, "--inherit"]);
    assert!(open.contains("  password      open\n"), "{open}");
    let lately = site.done(&["account", "show", alice]);
    for line in
        ["reset: lost her phone", "lock: a stolen laptop", "unlock: it was found", "end sessions: to be sure"]
    {
        assert!(lately.contains(line), "{line}: {lately}");
    }
}

/// A device that approves for the account, put there without a key that anybody has, and its doorbell.
fn approver(site: &Site, address: &str, name: &str) -> AuthenticatorId {
    let keys = Arc::new(Keys::derive(&Secret::new([7; 32])).unwrap());
    let store = Store::open(&site.0.join("bidden.db"), Arc::clone(&keys), |_| {}).unwrap();
    let identity = Address::new(Mailbox::parse(address).unwrap(), &keys).identity();
    let account =
        store.read(|reader| store::accounts::find_by_identity(reader, &identity)).unwrap().unwrap().id;
    let policy = Arc::new(Policy::default());
    let mut cx = Cx::new(Time::from_micros(1_795_000_000_000_000), Entropy::system(), policy);
    let id = AuthenticatorId::new(&mut cx).unwrap();
    let own = Authenticator {
        id,
        account,
        kind: AuthenticatorKind::Approver,
        name: name.to_owned(),
        added_at: cx.now,
        usable_at: cx.now,
        used_at: None,
        session: None,
        counter: 0,
    };
    let doorbell = Doorbell {
        id: DoorbellId::new(&mut cx).unwrap(),
        approver: id,
        account,
        service: "https://push.example.net".to_owned(),
        made_at: cx.now,
        refused_at: None,
    };
    let written = store.write_now(move |tx| {
        let row = store::authenticators::New {
            authenticator: &own,
            credential: None,
            sealed: b"nothing",
            cancel: None,
            cookie: None,
        };
        let done = store::authenticators::claim_insert(tx, &row)?;
        let rings = store::doorbells::set(tx, &doorbell, b"nothing")?;
        Ok(tx.unrecorded("a test", done && rings))
    });
    assert!(written.unwrap());
    id
}

#[test]
fn an_operator_sees_which_devices_approve_and_takes_one_away() {
    let site = Site::new("approvers", &["alice@example.edu", "bob@example.edu"]);
    let alice = "alice@example.edu";
    assert!(site.done(&["account", "approver", "list", alice]).contains("has no device that approves"));
    assert_eq!(site.done(&["account", "approver", "list", alice, "--json"]), "");
    let (phone, tablet) = (approver(&site, alice, "Phone"), approver(&site, alice, "Tablet"));
    let (phone, tablet) = (phone.to_string(), tablet.to_string());
    let list = site.done(&["account", "approver", "list", alice]);
    assert!(list.contains(&format!("{phone}  Phone, added ")), "{list}");
    assert!(list.contains("never used, rings by https://push.example.net\n"), "{list}");
    let json = site.done(&["account", "approver", "list", alice, "--json"]);
    assert!(
        json.lines().count() == 2 && json.contains(r#""push_service":"https://push.example.net""#),
        "{json}"
    );
    // Another account's, none, and without a reason.
    let remove = |whose: &str, id: &str, reason: &str| {
        site.refused(&["account", "approver", "remove", whose, id, "--reason", reason])
    };
    assert!(remove("bob@example.edu", &phone, "lost").contains("`bidden account approver list`"));
    assert!(remove(alice, "Phone", "lost").contains("`bidden account approver list`"));
    assert!(remove(alice, &phone, "").contains("a reason is one line"));
    let told = site.done(&["account", "approver", "remove", alice, &phone, "--reason", "left in a train"]);
    assert!(told.contains("approves nothing any more for alice@example.edu"), "{told}");
    let list = site.done(&["account", "approver", "list", alice]);
    assert!(!list.contains(&phone) && list.contains(&tablet), "{list}");
    let lately = site.done(&["account", "show", alice]);
    assert!(lately.contains("remove approver: left in a train"), "{lately}");
    assert!(lately.contains("authenticator_removed") && lately.contains("approver, by operator"), "{lately}");
    assert!(remove(alice, &phone, "twice").contains("has no device"));
}
