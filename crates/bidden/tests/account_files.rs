//! `bidden account import` and `export`, through the command as it is shipped.

#![expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use model::digest::Keys;
use model::secret::Secret;
use store::Store;

/// A data directory with an empty embedded store, removed when the test is over.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bidden-files-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("keys"), [7; 32]).unwrap();
        std::fs::set_permissions(folder.join("keys"), std::fs::Permissions::from_mode(0o600)).unwrap();
        let keys = Arc::new(Keys::derive(&Secret::new([7; 32])).unwrap());
        Store::open(&folder.join("bidden.db"), keys, |_| {}).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bidden"));
        command.args(words).env_clear().env("BIDDEN_DATA_DIR", &self.0).current_dir(&self.0);
        command.output().unwrap()
    }

    /// What the command prints, and what it says beside it; it must succeed.
    fn done(&self, words: &[&str]) -> (String, String) {
        let output = self.run(words);
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let complaint = text(&output.stderr);
        assert!(output.status.success(), "{words:?}: {complaint}");
        (text(&output.stdout), complaint)
    }

    /// What it complains of; it must fail with 1.
    fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {complaint}");
        complaint
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const CSV: &str = "address,role,password,other_addresses\n\
    ada@example.org,operator,$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW,\n\
    bob@example.org,,,\"bob@work.example 2026-01-03T00:00:00Z; b@old.example off\"\n";

#[test]
fn a_file_is_checked_imported_exported_and_imported_elsewhere() {
    let site = Site::new("round");
    let file = site.file("people.csv", CSV);
    let (told, _) = site.done(&["account", "import", &file, "--dry-run"]);
    assert!(told.contains("2 rows: 2 accounts could be opened. Nothing was written"), "{told}");
    assert!(site.done(&["account", "list"]).0.contains("There is no account yet"));
    let (told, _) = site.done(&["account", "import", &file]);
    assert!(told.contains("2 rows: 2 accounts were opened"), "{told}");
    let (told, _) = site.done(&["account", "import", &file, "--json"]);
    assert!(told.contains("\"exist\":2") && told.contains("\"opened\":0"), "{told}");

    let (plain, left) = site.done(&["account", "export"]);
    assert!(!plain.contains("$2b$") && left.contains("left out: 1 passwords and apps"), "{left}");
    let out = site.0.join("out.csv").display().to_string();
    let (_, warned) = site.done(&["account", "export", "--secrets", "-o", &out]);
    assert!(warned.contains("keep it as you keep the key file"), "{warned}");
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(site.refused(&["account", "export", "-o", &out]).contains("add --force"));

    let other = Site::new("round-other");
    other.done(&["account", "import", &out]);
    let (again, _) = other.done(&["account", "export", "--secrets", "--format", "csv"]);
    assert_eq!(again, std::fs::read_to_string(&out).unwrap());
    let (lines, _) = other.done(&["account", "export", "--secrets"]);
    let third = Site::new("round-third");
    let file = third.file("lines.jsonl", &lines);
    third.done(&["account", "import", &file]);
    assert_eq!(third.done(&["account", "export", "--secrets"]).0, lines);

    let (events, _) = site.done(&["event", "list"]);
    for said in
        ["accounts_exported", "with secrets", "without secrets", "import as operator", "authenticator_added"]
    {
        assert!(events.contains(said), "{said}: {events}");
    }
}

#[test]
fn a_wrong_row_is_told_by_its_line_and_field_and_stops_everything_or_is_left_out() {
    let site = Site::new("wrong");
    let file = site.file(
        "people.csv",
        "address,tenant,password\nada@example.org,,\nbob,nobody,hunter2\ncyd@example.org,,\nADA@example.org,,\n",
    );
    let told = site.refused(&["account", "import", &file]);
    for said in [
        "people.csv:3: address: expected a mail address\n",
        "people.csv:3: password: expected",
        "people.csv:5: address: expected something that no other row has; it stands in line 2 too",
        "nothing was written: 2 of 4 rows cannot be used",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(!told.contains("hunter2"), "what stood there may be a secret: {told}");
    assert!(site.done(&["account", "list"]).0.contains("There is no account yet"));
    let (told, complaints) = site.done(&["account", "import", &file, "--skip-bad"]);
    assert!(told.contains("4 rows: 2 accounts were opened") && told.contains("2 were left out"), "{told}");
    assert!(complaints.contains("people.csv:3"), "{complaints}");
    let tenant = site.file("tenant.jsonl", "{\"address\":\"dan@example.org\",\"tenant\":\"nobody\"}\n");
    assert!(site.refused(&["account", "import", &tenant]).contains("`bidden tenant make` makes one"));
}

#[test]
fn what_cannot_be_read_is_told_with_the_next_step() {
    let site = Site::new("unreadable");
    let nameless = site.file("people", CSV);
    for (words, said) in [
        (&["account", "import", "nothing.csv"][..], "cannot read nothing.csv"),
        (&["account", "import", &nameless], "say with --format"),
        (&["account", "import", "-"], "say with --format"),
    ] {
        let told = site.refused(words);
        assert!(told.contains(said), "{words:?}: {told}");
    }
    site.done(&["account", "import", &nameless, "--format", "csv"]);
}

/// `threats.md` §5.2 row 34, by the operator: what came about since a moment is shown first, and goes by one command.
#[test]
fn row_34_what_came_about_since_a_moment_is_shown_and_undone_by_command() {
    let site = Site::new("undo");
    let file = site.file("people.csv", CSV);
    site.done(&["account", "import", &file]);
    let undo = |account: &'static str, more: &[&'static str]| {
        let words = [&["account", "undo", account, "--since", "2020-01-01T00:00:00Z"], more].concat();
        site.done(&words).0
    };
    let shown = undo("bob@example.org", &[]);
    assert!(shown.contains("This would go of bob@example.org") && shown.contains("b@old.example"), "{shown}");
    assert!(shown.contains("bob@work.example (without it nobody could sign in)"), "a way in stays: {shown}");
    assert!(shown.contains("To do it, add --yes"), "{shown}");
    assert!(site.done(&["account", "export"]).0.contains("b@old.example"), "nothing was done");

    let done = undo("bob@example.org", &["--json", "--yes"]);
    assert!(
        done.contains("\"done\":2") && done.contains("bob@work.example becomes the main address again"),
        "{done}"
    );
    let left = site.done(&["account", "export"]).0;
    assert!(left.contains("bob@work.example") && !left.contains("b@old.example"), "{left}");
    assert!(site.refused(&["account", "show", "bob@example.org"]).contains("there is no account"));
    let done = undo("ada@example.org", &["--yes"]);
    assert!(done.contains("password") && done.contains("One thing is gone"), "{done}");
    assert!(undo("ada@example.org", &[]).contains("There is nothing of ada@example.org"));
    let (events, _) = site.done(&["event", "list"]);
    assert!(events.contains("undone") && events.contains("2 gone, 1 stayed"), "{events}");

    for (reach, said) in [
        (["--since", "yesterday"], "expected a time such as"),
        (["--session", "x"], "`x` is no identifier of a session"),
        (["--grant", "\u{1b}[2J"], "is no identifier of a grant"),
    ] {
        let complaint = site.refused(&[&["account", "undo", "ada@example.org"][..], &reach].concat());
        assert!(complaint.contains(said) && !complaint.contains('\u{1b}'), "{complaint}");
    }
}
