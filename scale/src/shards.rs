//! What is to be read: files of records, each looked at before any work is begun, and what they carry beside their records.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use datafusion::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::columns::{BESIDE_KEY, COLUMNS, COPIES, Kind, VERSION, VERSION_KEY};
use crate::trouble::Trouble;

/// What was read beside the records, by whoever wrote the files (`docs/parquet.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Beside {
    other: u64,
    bad: u64,
    half_written: u64,
    ambiguous: u64,
    capped: Vec<(String, u64)>,
    broken: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    narrowed: Vec<Narrowed>,
}

/// To what records were narrowed: times in microseconds since 1970, users as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) users: Vec<String>,
}

impl Narrowed {
    /// Whether nothing is left out.
    pub(crate) fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

impl Beside {
    /// Takes what another file carries.
    fn add(&mut self, other: Self) {
        self.other += other.other;
        self.bad += other.bad;
        self.half_written += other.half_written;
        self.ambiguous += other.ambiguous;
        self.capped.extend(other.capped);
        self.broken.extend(other.broken);
        other.narrowed.into_iter().for_each(|narrowed| self.narrow(narrowed));
    }

    fn narrow(&mut self, narrowed: Narrowed) {
        if !narrowed.is_all() && !self.narrowed.contains(&narrowed) {
            self.narrowed.push(narrowed);
        }
    }

    /// What every file of the result carries, so that no one of them is taken for more than it is.
    pub(crate) fn of_each(&self) -> Self {
        Self { narrowed: self.narrowed.clone(), ..Self::default() }
    }
}

/// All files, and what is known of them.
#[derive(Debug, Default)]
pub(crate) struct Shards {
    files: Vec<PathBuf>,
    /// Bytes of all of them.
    pub(crate) bytes: u64,
    /// Rows in all of them.
    pub(crate) rows: u64,
    /// Whether a row of some file stands for several records.
    pub(crate) copies: bool,
    pub(crate) beside: Beside,
}

impl Shards {
    /// Finds the files: each of these, and `*.parquet` in folders and the folders in them, but for hidden ones.
    ///
    /// # Errors
    /// When there is none, or one of them is none of records.
    pub(crate) fn gather(from: &[PathBuf], narrowed: Narrowed) -> Result<Self, Trouble> {
        let mut files = Vec::new();
        for path in from {
            let path = fs::canonicalize(path).map_err(Trouble::disk(path))?;
            let before = files.len();
            if path.is_dir() {
                walk(&path, &mut files)?;
            } else {
                files.push(path.clone());
            }
            if files.len() == before {
                let text = format!(
                    "{}: there is no Parquet file in it; `bidden investigate LOGS --to-parquet DIR` writes them",
                    path.display()
                );
                return Err(Trouble::NoInput(text));
            }
        }
        files.sort();
        // What is named twice is there once.
        files.dedup();
        let mut all = Self::default();
        for path in &files {
            all.look_at(path)?;
        }
        all.files = files;
        all.beside.narrow(narrowed);
        Ok(all)
    }

    fn look_at(&mut self, path: &Path) -> Result<(), Trouble> {
        let file = File::open(path).map_err(Trouble::disk(path))?;
        let not = |why: &str| Trouble::NotRecords(format!("{}: {why}", path.display()));
        let described = ParquetMetaDataReader::new().parse_and_finish(&file);
        let described = described.map_err(|error| not(&format!("no whole Parquet file ({error})")))?;
        check(&described).map_err(|why| not(&why))?;
        let said = |key| value(&described, key);
        if said(VERSION_KEY).is_some_and(|version| version != VERSION) {
            return Err(not("it has records of another version"));
        }
        if let Some(text) = said(BESIDE_KEY) {
            let beside = serde_json::from_str(text);
            self.beside.add(beside.map_err(|error| not(&format!("{BESIDE_KEY} cannot be read ({error})")))?);
        }
        self.bytes += file.metadata().map_err(Trouble::disk(path))?.len();
        self.rows += u64::try_from(described.file_metadata().num_rows()).unwrap_or(0);
        self.copies |= has(&described, COPIES);
        Ok(())
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The files as the engine takes them.
    ///
    /// # Errors
    /// When a path cannot be written as an address.
    pub(crate) fn urls(&self) -> Result<Vec<String>, Trouble> {
        let url = |path: &PathBuf| {
            let url = Url::from_file_path(path).map(String::from);
            url.map_err(|()| Trouble::NoInput(format!("{}: no path that can be handed on", path.display())))
        };
        self.files.iter().map(url).collect()
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    for entry in fs::read_dir(folder).map_err(Trouble::disk(folder))? {
        let path = entry.map_err(Trouble::disk(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden {
            continue;
        }
        // Links to folders are not followed: they may lead back here.
        if path.is_dir() && !path.is_symlink() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    Ok(())
}

fn value<'a>(file: &'a ParquetMetaData, key: &str) -> Option<&'a str> {
    let all = file.file_metadata().key_value_metadata()?;
    all.iter().find(|one| one.key == key)?.value.as_deref()
}

fn has(file: &ParquetMetaData, name: &str) -> bool {
    file.file_metadata().schema_descr().columns().iter().any(|column| column.name() == name)
}

/// Whether all columns are there, as they should be stored.
fn check(file: &ParquetMetaData) -> Result<(), String> {
    let columns = file.file_metadata().schema_descr().columns();
    for (name, kind, _) in COLUMNS {
        let found = columns.iter().find(|column| column.name() == name);
        match found {
            None => return Err(format!("no file of records: the column `{name}` is missing")),
            Some(column) if column.physical_type() != kind.stored() => {
                return Err(format!("no file of records: the column `{name}` is of another kind"));
            }
            Some(_) => {}
        }
    }
    let copies = columns.iter().find(|column| column.name() == COPIES);
    if copies.is_some_and(|column| column.physical_type() != Kind::Number.stored()) {
        return Err(format!("no file of records: the column `{COPIES}` is of another kind"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_carry_is_added_up_and_what_is_narrowed_is_named_once() {
        let narrowed = Narrowed { since: Some(1), ..Narrowed::default() };
        let text = r#"{"other":1,"bad":2,"half_written":3,"ambiguous":4,"capped":[["a",5000]],
                       "broken":[["b","cut"]],"narrowed":[{"since":1}],"later":"unknown"}"#;
        let one: Beside = serde_json::from_str(text).unwrap();
        let mut all = Beside::default();
        all.add(one.clone());
        all.add(one);
        all.narrow(narrowed.clone());
        all.narrow(Narrowed::default());
        assert_eq!((all.other, all.bad, all.half_written, all.ambiguous), (2, 4, 6, 8));
        assert_eq!((all.capped.len(), all.broken.len(), all.narrowed.len()), (2, 2, 1));
        assert_eq!(all.of_each(), Beside { narrowed: vec![narrowed], ..Beside::default() });
    }
}
