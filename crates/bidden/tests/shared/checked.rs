//! Checklists whose rows name files and tests: a row that names what does not exist fails, and so does one that claims to hold
//! without a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Whether a requirement is met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// It is.
    Yes,
    /// A part of it is; the note says which is not.
    Partly,
    /// It is not; the note says why, or what is missing.
    No,
    /// It asks about something that is not here.
    NotHere,
}

/// One requirement.
pub(crate) struct Row {
    pub(crate) number: &'static str,
    /// Of the standard, where it has levels; otherwise 0.
    pub(crate) level: u8,
    /// What it asks for, in a few words of our own.
    pub(crate) asks: &'static str,
    pub(crate) met: Met,
    /// Files, from the root of the project.
    pub(crate) places: &'static [&'static str],
    /// Names of Rust tests, or titles of end-to-end tests.
    pub(crate) tests: &'static [&'static str],
    /// What else there is to say.
    pub(crate) note: &'static str,
}

pub(crate) const fn row(number: &'static str, level: u8, asks: &'static str, met: Met) -> Row {
    Row { number, level, asks, met, places: &[], tests: &[], note: "" }
}

impl Row {
    pub(crate) const fn at(self, places: &'static [&'static str]) -> Self {
        Self { places, ..self }
    }

    pub(crate) const fn by(self, tests: &'static [&'static str]) -> Self {
        Self { tests, ..self }
    }

    pub(crate) const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        let kept = path.file_name().is_some_and(|name| name != "node_modules" && name != "target");
        if path.is_dir() && kept {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "mjs") {
            found.push(path);
        }
    }
}

/// The names of all tests: of functions, and titles.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    for folder in ["crates", "e2e"] {
        sources(&root().join(folder), &mut files);
    }
    let mut names = BTreeSet::new();
    for file in files {
        // The tables are not where tests are.
        if file.ends_with("tests/asvs.rs") || file.ends_with("tests/shared/provider.rs") {
            continue;
        }
        let mut is_test = false;
        for line in fs::read_to_string(&file).unwrap().lines() {
            let line = line.trim();
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            if let Some(rest) = line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn "))
                && std::mem::take(&mut is_test)
            {
                names.extend(rest.split('(').next().map(str::to_owned));
            }
            let title = line.strip_prefix("test(").map(|rest| rest.trim_start_matches(['\'', '"', '`']));
            names.extend(title.and_then(|title| title.split(['\'', '"', '`']).next()).map(str::to_owned));
        }
    }
    names
}

/// Holds the rows to what there is.
pub(crate) fn hold_rows(rows: &[Row]) {
    let tests = tests();
    assert!(tests.len() > 500, "{}", tests.len());
    for row in rows {
        assert!(row.level <= 3, "{}", row.number);
        for place in row.places {
            assert!(root().join(place).exists(), "{}: there is no {place}", row.number);
        }
        for test in row.tests {
            assert!(tests.contains(*test), "{}: there is no test {test}", row.number);
        }
        match row.met {
            Met::Yes => {
                assert!(!row.tests.is_empty() && !row.places.is_empty(), "{} is claimed only", row.number);
            }
            Met::Partly => {
                assert!(!row.tests.is_empty() && !row.note.is_empty(), "{} does not say what", row.number);
            }
            Met::No | Met::NotHere => assert!(!row.note.is_empty(), "{} does not say why", row.number),
        }
    }
}

impl Row {
    /// Whether it is met, where, and by which test: the last cells of its line.
    pub(crate) fn cells(&self) -> [String; 3] {
        let met = match self.met {
            Met::Yes => "yes",
            Met::Partly => "**partly**",
            Met::No => "**no**",
            Met::NotHere => "not here",
        };
        let list = |all: &[&str]| all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let note = if self.note.is_empty() { String::new() } else { format!(". {}", self.note) };
        [format!("{met}{note}"), list(self.places), list(self.tests)]
    }
}
