//! Holds the written pages to the code: the crate table to the manifests, the reference pages to their tables,
//! every file to its size.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "shared/checked.rs"]
mod checked;
#[path = "shared/provider.rs"]
mod provider;

use checked::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in backticks within `text`.
fn names(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows of the crate table in docs/architecture.md: crate, and what it may import.
fn crate_table() -> Vec<(String, BTreeSet<String>)> {
    let page = read("docs/architecture.md");
    let section = page.split("## Crates").nth(1).unwrap().split("\n## ").next().unwrap();
    section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            (names(cells[0]).into_iter().next().unwrap(), names(cells[3]))
        })
        .collect()
}

/// The names under `[dependencies]` of a crate's manifest.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = read(&format!("crates/{name}/Cargo.toml"));
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_crate_imports_only_what_the_table_allows() {
    let table = crate_table();
    assert_eq!(table.len(), 8);
    let ours: BTreeSet<String> = table.iter().map(|(name, _)| name.clone()).collect();
    for (name, allowed) in &table {
        let imported: BTreeSet<String> = dependencies(name).intersection(&ours).cloned().collect();
        let forbidden: Vec<_> = imported.difference(allowed).collect();
        assert!(forbidden.is_empty(), "`{name}` may not import {forbidden:?} (docs/architecture.md)");
    }
    for directory in fs::read_dir(root().join("crates")).unwrap() {
        let name = directory.unwrap().file_name().into_string().unwrap();
        assert!(ours.contains(&name), "`{name}` is not in the crate table of docs/architecture.md");
    }
}

#[test]
fn a_flow_knows_no_runtime_and_only_three_crates_know_the_network() {
    let network = ["tokio", "axum", "hyper", "lettre", "reqwest", "rustls", "tokio-rustls", "tokio-postgres"];
    for name in ["wire", "model", "detect", "flow"] {
        let found: Vec<_> =
            dependencies(name).into_iter().filter(|d| network.contains(&d.as_str())).collect();
        assert!(found.is_empty(), "`{name}` may not depend on {found:?}");
    }
    // The store reaches its own database and nothing else; a runtime is seen in `postgres` alone.
    for name in ["axum", "hyper", "lettre", "reqwest"] {
        assert!(!dependencies("store").contains(name), "`store` may not depend on {name}");
    }
    let mut files = Vec::new();
    rust_files(&root().join("crates/store/src"), &mut files);
    for file in files {
        let path = file.display().to_string();
        let source = fs::read_to_string(&file).unwrap();
        assert!(path.contains("/postgres") || !source.contains("tokio"), "{path} knows a runtime");
    }
    assert!(!dependencies("web").contains("lettre") && !dependencies("outbound").contains("axum"));
    assert!(!dependencies("web").contains("rusqlite") && !dependencies("flow").contains("rusqlite"));
}

/// The variants of an enum with the first sentence of their documentation, from its source.
fn variants(source: &str, name: &str) -> Vec<(String, String)> {
    let body = source.split(&format!("pub enum {name} {{")).nth(1).unwrap().split("\n}").next().unwrap();
    let mut rows = Vec::new();
    let mut said = String::new();
    for line in body.lines() {
        // Variants stand four spaces in; what is deeper are their fields.
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with(' ')) else { continue };
        if let Some(text) = line.strip_prefix("/// ") {
            said = if said.is_empty() { text.to_owned() } else { format!("{said} {text}") };
        } else if line.starts_with(char::is_uppercase) {
            let variant = line.trim_end_matches([',', '{', ' ']).to_owned();
            rows.push((variant, std::mem::take(&mut said)));
        }
    }
    rows
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// Compares a generated page with the file; with UPDATE_BOOKS=1 writes it instead.
fn hold(path: &str, generated: &str) {
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not a setting of the server")]
    if std::env::var("UPDATE_BOOKS").is_ok() {
        fs::write(root().join(path), generated).unwrap();
    }
    let written = fs::read_to_string(root().join(path)).unwrap_or_default();
    assert!(written == generated, "{path} is stale: run UPDATE_BOOKS=1 cargo test -p bidden --test books");
}

#[test]
fn the_page_of_events_is_current() {
    let source = read("crates/model/src/event/kind.rs");
    let mut page = String::from(
        "# Events\n\nEverything that happens, one kind for each fact. Made from `crates/model/src/event/kind.rs`; a \
         test keeps it\ncurrent. `bidden event list --json` prints them.\n\n| kind | what happened |\n|---|---|\n",
    );
    let rows = variants(&source, "EventKind");
    assert!(rows.len() > 15);
    for (variant, said) in rows {
        assert!(!said.is_empty(), "{variant} has no documentation");
        page.push_str(&format!("| `{}` | {said} |\n", snake(&variant)));
    }
    hold("docs/events.md", &page);
}

#[test]
fn the_page_of_detectors_is_current() {
    let mut page = String::from(
        "# Detectors\n\nWhat watches the record. Made from the detectors themselves; a test keeps it current.\n\n\
         | detector | question | ATT&CK |\n|---|---|---|\n",
    );
    for detector in detect::all() {
        let (id, question, technique) = (detector.id(), detector.question(), detector.technique());
        page.push_str(&format!("| `{id}` | {question} | {technique} |\n"));
    }
    hold("docs/detectors.md", &page);
}

fn rust_files(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    assert!(files.len() > 80);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        assert!(text.starts_with("//! "), "{name} does not say what it is for");
        if text.starts_with("//! Table:") {
            continue;
        }
        let logic = text.split("#[cfg(test)]").next().unwrap().lines().count();
        assert!(logic <= 600, "{name} has {logic} lines of logic");
    }
}

/// The attacks that this version answers: number, what somebody does, what must hold.
const ATTACKS: &[(u8, &str, &str)] = &[
    (
        1,
        "Ask for a code once for each address of a long list",
        "Nothing is mailed to an account behind a gate unless what it asks for is brought; the answer is the same",
    ),
    (
        2,
        "Flood one mailbox with codes",
        "At most the budget, for any number of requests, keyed by destination and not by network address",
    ),
    (
        3,
        "Flood so that the owner gets no code",
        "Known browsers have slots of their own that no stranger can use up",
    ),
    (
        4,
        "Spell one mailbox in many ways",
        "Tags, dots, case, IDN and look-alike letters share one budget; look-alikes are other accounts",
    ),
    (
        5,
        "Guess codes from many networks",
        "The chances reserved for an account never exceed ε in any 365 days",
    ),
    (6, "Ask again to get new guesses", "A new request or session never resets what was spent"),
    (
        7,
        "Guess in parallel",
        "A guess is spent before anything is compared; a thousand submissions evaluate exactly three",
    ),
    (8, "Wait for the owner's success to reset the count", "A success in another browser refills nothing"),
    (
        9,
        "Use a code twice, or for something else",
        "A code works once, for its purpose, request, browser and tenant",
    ),
    (10, "Enter the victim's code in another browser", "Refused and recorded; no guess is spent"),
    (
        11,
        "Ask and withhold the code, so that nothing shows",
        "The request is on the record before anything leaves, and its end at most a minute after its time",
    ),
    (12, "Find out which addresses have accounts", "Same answer, same header fields, same time, same work"),
    (
        13,
        "Recover an account by its recovery address, unseen",
        "It gets no sign-in codes; a recovery is told to every address, and where there is one alone it waits",
    ),
    (
        14,
        "Recover an account by an address of somebody else",
        "Whoever reads its mail learns what hangs on it and takes it away; the owner is told before",
    ),
    (
        15,
        "Ask for approvals until one is given",
        "Nothing rings by itself; there is one question at a time, unknown browsers have so many a day, the owner's own browser comes \
         first, and no other way in is closed; a doorbell that the owner wants rings in vain three times in 24 hours at most",
    ),
    (
        16,
        "Have an approval given blindly",
        "Only the number of the other screen, typed and signed on the approver, is a yes; there is one try, no comes first, and nobody \
         draws numbers until one fits",
    ),
    (
        17,
        "Have the number read out and typed by the owner",
        "A browser that is new and elsewhere gets a session that is provisional: nothing is decided in it, and apps get nothing by it, \
         until its owner says in another one that it is theirs; with a passkey in the account it waits",
    ),
    (
        18,
        "Approve without the device before one",
        "A yes is a gesture of the approver's own passkey over that question and that number, and is taken once; a ring \
         has no content and nothing to press",
    ),
    (
        19,
        "Sign in by something weaker than the owner's passkey",
        "In a browser that is new to the account it waits a day; everybody is told and can stop it",
    ),
    (
        20,
        "Start a sign-in on a device and send its code to somebody",
        "Without a window that its person opened there is no code; codes of devices are off, and for listed clients and scopes only",
    ),
    (
        21,
        "Mint the code when the lure is clicked",
        "A pairing code leads to the account of whoever opened the window, and is before nobody else",
    ),
    (
        22,
        "Hand the page over in the middle of it",
        "What was typed is before the browser and the session that typed it; elsewhere it is the start page, and on the record",
    ),
    (
        23,
        "Send an address that is complete with the code",
        "It fills the field and does nothing; nothing that is no code is shown",
    ),
    (
        24,
        "Use that somebody is signed in already",
        "A yes needs a proof of who is there that is newer than the typing; no needs none",
    ),
    (
        25,
        "Come from a proxy in the same city",
        "Only the same IPv4 address or the same /64 is near; the most doubtful place where a device was seen counts",
    ),
    (
        26,
        "Pass a token of a device off as another one",
        "How it came about sticks to every token through every refresh; from elsewhere it may do little until its owner confirms it",
    ),
    (
        27,
        "Add a passkey from a stolen session or by a token, to stay",
        "No token opens a page; it needs a fresh proof, is held for a day, and a link in a mail to every address takes it away",
    ),
    (
        28,
        "Guess the codes of devices",
        "Five in ten minutes for an account, and caps for a network and for all; who is held back shuts out nobody else",
    ),
    (
        29,
        "Carry tokens away and use them elsewhere",
        "A token that is bound to a key is worth nothing without it, and never works as a bearer token",
    ),
    (
        30,
        "Use a copied refresh token",
        "Of two who use the same one neither keeps access: the family ends, and its owner sees that",
    ),
    (31, "Refresh for ever", "No use moves the absolute end of a grant; without use it ends before"),
    (
        32,
        "Stay signed in while the owner recovers the account",
        "A recovery ends every session, grant, code and way in; a changed password ends the grants of other sessions",
    ),
    (
        33,
        "Stay signed in at an app after the owner ended it here",
        "Tokens are looked up whenever somebody shows them, and clients are told of every end until they say that they know",
    ),
    (
        34,
        "Leave something behind that nobody finds",
        "Everything knows when and in which session it was made; all of it is shown and undone at once, by the eldest proof",
    ),
    (
        35,
        "Have a person paste the address that their browser was sent to",
        "A code for the loopback from another network than its browser's is worth little, for an hour, and everybody is told",
    ),
    (
        36,
        "Relay a code and its digits while the person is on the telephone",
        "The page says that the device is elsewhere, three wrong digits end it, and what comes of it says so for ever",
    ),
    (38, "Put words into genuine mail", "Nothing an asker can influence appears as text"),
    (39, "Let a link scanner follow every link", "Looking changes nothing"),
    (
        40,
        "Abuse \"I did not ask for this\"",
        "It ends one request and mutes strangers, and can do nothing else",
    ),
    (
        41,
        "Make the server send text messages that somebody earns on",
        "Countries on a list, no premium or satellite range, and budgets per destination, per prefix and in all; every \
         spelling of a number is that number",
    ),
    (
        42,
        "Come by a recycled number or mailbox",
        "A recovery address counts for 180 days and then only once it is confirmed again",
    ),
    (
        43,
        "Come by a way that the organisation has closed",
        "A method that is off leads to no session by any route, also when it is closed while a code is on its way",
    ),
    (
        44,
        "Pass a mail about a personal account off as one about work",
        "Every mail and the account page name the organisation, or say that the account is personal",
    ),
    (
        45,
        "Delete or alter what the record says, or leave something out of it",
        "The tree over the record, its signed checkpoints and the receipts in mails do not fit any more, and `bidden log verify` says where",
    ),
    (
        46,
        "Read secrets in the log, or write into it",
        "No code, link or address of an unknown person in events; control characters are made visible",
    ),
    (
        47,
        "Make a browser sign in without its person",
        "Origin, Sec-Fetch-Site and a hidden field of this browser must agree",
    ),
    (48, "Frame a page", "No page can be framed"),
    (49, "Read the database", "It holds no live code and nothing that a code could be tested against"),
    (50, "Predict codes", "Every letter is equally likely at every position"),
    (51, "Turn the clock", "Sending again extends nothing; a clock that steps back gives no code more time"),
    (52, "Break the disk or the mail server", "Nothing leaves, and the person is told"),
    (
        53,
        "Feed `bidden explain` a forged message, or one that gives it orders",
        "Nothing that a message says proves it: only signatures, chains and the results of a border that is believed do; nothing \
         of it breaks out of terminal, page or table",
    ),
    (
        54,
        "Hide in an export that cannot show it",
        "Both people of one sign-in are found in every format that names them; what one leaves out is said first and called unknown",
    ),
];

/// All tests whose names or titles say that they are about row `row`.
fn tests_of(row: u8, sources: &[(String, String)]) -> BTreeSet<String> {
    let rust = format!("fn row_{row}_");
    let mut found = BTreeSet::new();
    for (file, text) in sources {
        for line in text.lines() {
            let name = if file.ends_with(".rs") {
                line.split_once(&rust)
                    .map(|(_, rest)| format!("row_{row}_{}", rest.split('(').next().unwrap()))
            } else {
                // A title in a test for Node.js: `test('row 39: …'`.
                let title = line
                    .trim_start()
                    .strip_prefix("test(")
                    .map(|rest| rest.trim_start_matches(['\'', '"', '`']));
                title
                    .filter(|title| title.starts_with(&format!("row {row}:")))
                    .map(|title| title.split(['\'', '"', '`']).next().unwrap().to_owned())
            };
            found.extend(name.map(|name| format!("`{name}` ({file})")));
        }
    }
    found
}

#[test]
fn every_attack_has_its_test() {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    files.extend(fs::read_dir(root().join("e2e")).unwrap().map(|entry| entry.unwrap().path()));
    let sources: Vec<(String, String)> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs" || extension == "mjs"))
        .filter(|file| !file.ends_with("books.rs"))
        .map(|file| {
            (file.strip_prefix(root()).unwrap().display().to_string(), fs::read_to_string(file).unwrap())
        })
        .collect();
    let mut page = String::from(
        "# Attacks, and the tests that hold against them\n\nEach row is an attack on sign-in by code, the property \
         that must hold, and the tests of it. Row numbers are stable and\nappear in the tests' names. Made from \
         `crates/bidden/tests/books.rs`; a test keeps it current and fails when a row has\nno test.\n\n\
         | row | somebody tries to | what holds | tests |\n|---|---|---|---|\n",
    );
    for &(row, attack, property) in ATTACKS {
        let tests = tests_of(row, &sources);
        assert!(!tests.is_empty(), "row {row} ({attack}) has no test");
        let tests: Vec<String> = tests.into_iter().collect();
        page.push_str(&format!("| {row} | {attack} | {property} | {} |\n", tests.join(", ")));
    }
    hold("docs/attacks.md", &page);
}

#[test]
fn the_page_of_standards_is_current() {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    files.sort();
    let mut page = String::from(
        "# Standards\n\nWhich file implements what. Made from the line `Implements:` at the head of each file; a \
         test keeps it current.\n\n| file | implements |\n|---|---|\n",
    );
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let head: Vec<&str> =
            text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let Some(start) = head.iter().position(|line| line.starts_with("Implements:")) else { continue };
        let said: Vec<&str> = head[start..].iter().copied().take_while(|line| !line.is_empty()).collect();
        let said = said.join(" ").replace('|', "\\|");
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        page.push_str(&format!("| `{name}` | {} |\n", said.trim_start_matches("Implements:").trim()));
    }
    page.push_str(&provider::chapter());
    hold("docs/standards.md", &page);
}

#[test]
fn every_file_and_test_that_the_page_of_standards_names_exists() {
    for standard in provider::STANDARDS {
        checked::hold_rows(standard.rows);
    }
}
