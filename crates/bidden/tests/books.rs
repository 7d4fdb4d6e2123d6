//! Holds the written pages to the code: the crate table to the manifests, the reference pages to their tables,
//! every file to its size.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends at what is not as it should be")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

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
fn a_flow_knows_no_runtime_and_only_two_crates_know_the_network() {
    let network = ["tokio", "axum", "hyper", "lettre", "reqwest", "rustls", "tokio-rustls"];
    for name in ["wire", "model", "detect", "store", "flow"] {
        let found: Vec<_> = dependencies(name).into_iter().filter(|d| network.contains(&d.as_str())).collect();
        assert!(found.is_empty(), "`{name}` may not depend on {found:?}");
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
