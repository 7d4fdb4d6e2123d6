//! `bidden backup` and `bidden restore`: the whole store in one file, and back.

mod restored;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use store::backup::{self, Backup};

use crate::cli::{self, BackupAction};
use crate::commands::store::place;
use crate::commands::store::progress::Bar;
use crate::commands::{failed, print};
use crate::config::settings::Config;
use crate::{Failed, clock, installation};

pub(crate) use restored::restore;

pub(crate) fn run(settings: &Config, asked: cli::Backup) -> Result<(), Failed> {
    match (asked.action, asked.file) {
        (Some(BackupAction::Verify { file, json }), _) => verify(settings, &file, json),
        (None, Some(file)) => make(settings, &file, (asked.force, asked.json)),
        (None, None) => Err(Failed("name the file to write".to_owned())),
    }
}

fn make(settings: &Config, file: &Path, (force, json): (bool, bool)) -> Result<(), Failed> {
    if file.exists() && !force {
        return Err(Failed(format!(
            "{} is there already. Name another file, or add --force to replace it",
            file.display()
        )));
    }
    let store = installation::find(settings)?;
    let keys = place::keys(settings)?;
    let mut bar = Bar::new();
    let now = (clock::now(), env!("CARGO_PKG_VERSION"));
    let made = backup::make(&store, &keys, file, now, &mut |progress| bar.tell(progress));
    bar.end();
    let made = made.map_err(|fault| failed(&fault))?;
    if json {
        return print(&format!("{}\n", as_json(file, &made)));
    }
    let mut out = told(file, &made)?;
    writeln!(
        out,
        "\nThe key file is not in it: {}. Keep a copy of that one somewhere else;\nwithout it nobody can use the \
         backup, and whoever has both can read what is sealed.",
        installation::keys_path(settings).display()
    )?;
    print(&out)
}

fn verify(settings: &Config, file: &Path, json: bool) -> Result<(), Failed> {
    // A backup can be looked at where there are no keys; that is said, since it proves less.
    let path = installation::keys_path(settings);
    let keys = if path.exists() { Some(place::keys(settings)?) } else { None };
    let mut bar = Bar::new();
    let found = backup::verify(file, keys.as_deref(), &mut |progress| bar.tell(progress));
    bar.end();
    let found = found.map_err(|fault| failed(&fault))?;
    if json {
        let mut line = as_json(file, &found);
        if let Some(object) = line.as_object_mut() {
            object.insert("keys_fit".to_owned(), keys.is_some().then_some(true).into());
        }
        return print(&format!("{line}\n"));
    }
    let mut out = told(file, &found)?;
    match keys {
        Some(_) => writeln!(out, "\nIt is whole, and belongs to the key file {}.", path.display())?,
        None => {
            writeln!(out, "\nIt is whole. There is no key file at {} to compare it with.", path.display())?
        }
    }
    print(&out)
}

fn told(file: &Path, backup: &Backup) -> Result<String, Failed> {
    let of = if backup.source == "postgres" { "a PostgreSQL database" } else { "an embedded store" };
    let mut out = format!(
        "{}: {} bytes, of {of}, made {} by bidden {}\n",
        file.display(),
        backup.bytes,
        backup.made_at,
        backup.version
    );
    if let Some(newest) = backup.newest_event {
        writeln!(out, "newest event: {newest}")?;
    }
    for (table, rows) in &backup.tables {
        writeln!(out, "  {table:<14} {rows:>10} rows")?;
    }
    Ok(out)
}

fn as_json(file: &Path, backup: &Backup) -> serde_json::Value {
    let tables: serde_json::Map<String, serde_json::Value> =
        backup.tables.iter().map(|(table, rows)| (table.clone(), (*rows).into())).collect();
    json!({
        "file": file.display().to_string(),
        "bytes": backup.bytes,
        "source": backup.source,
        "made_at": backup.made_at.to_string(),
        "version": backup.version,
        "newest_event": backup.newest_event.map(|time| time.to_string()),
        "tables": tables,
    })
}
