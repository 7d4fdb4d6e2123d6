//! `bidden restore`: a backup in the place of the store. It is looked through before anything is touched, and nothing
//! is deleted: a file that was there is moved aside, a database that is not empty is only emptied when told to.

use std::fmt::Write as _;
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flow::{Store, StoreSettings};
use model::digest::Keys;
use model::time::Time;
use serde_json::json;
use store::backup;
use store::check::Finding;
use store::copy::{self, marks};

use crate::commands::store::progress::Bar;
use crate::commands::store::{check, place};
use crate::commands::{failed, print};
use crate::config::settings::Config;
use crate::{Failed, clock, installation};

/// What was done.
struct Restored {
    place: String,
    /// Where the store is that was there before.
    aside: Option<PathBuf>,
    found: Vec<Finding>,
}

pub(crate) fn restore(settings: &Config, file: &Path, (force, json): (bool, bool)) -> Result<(), Failed> {
    let keys = place::keys(settings)?;
    let mut bar = Bar::new();
    let held = backup::verify(file, Some(&keys), &mut |progress| bar.tell(progress));
    bar.end();
    let held = held.map_err(|fault| failed(&fault))?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&settings.data_dir)?;
    let restored = match installation::shared(settings)? {
        Some(shared) => into_database(settings, file, (shared, keys), force)?,
        None => into_directory(settings, file, keys)?,
    };
    let broken = check::broken(&restored.found);
    if json {
        let line = json!({
            "place": restored.place,
            "made_at": held.made_at.to_string(),
            "before": restored.aside.as_ref().map(|aside| aside.display().to_string()),
            "broken_rules": broken,
        });
        return print(&format!("{line}\n"));
    }
    let mut out = format!("{} holds what it held {}.\n", restored.place, held.made_at);
    if let Some(aside) = &restored.aside {
        writeln!(out, "What was there before is in {}.", aside.display())?;
    }
    match broken {
        0 => writeln!(out, "Every rule of `bidden store check` holds.")?,
        count => writeln!(out, "{count} rules are broken: `bidden store check` tells which.")?,
    }
    writeln!(
        out,
        "\nCodes and sessions are as they were then: what was signed out since is signed in again until it ends."
    )?;
    print(&out)
}

fn into_directory(settings: &Config, file: &Path, keys: Arc<Keys>) -> Result<Restored, Failed> {
    let _lock = installation::lock(&settings.data_dir)?;
    let database = installation::database(settings);
    let fresh = database.with_added_extension("restored");
    let opened = unpacked(file, &fresh, keys)?;
    let found = check::look(&opened, false)?;
    drop(opened);
    if beside_of(&fresh, "-wal").exists() {
        return Err(Failed(format!(
            "{} did not close; nothing was changed. Run this again",
            fresh.display()
        )));
    }
    // A log that lies there without its database would be read into the one that comes.
    let there = ["", "-wal", "-shm"].iter().any(|beside| beside_of(&database, beside).exists());
    let aside = if there { Some(set_aside(&database, clock::now())?) } else { None };
    std::fs::rename(&fresh, &database)?;
    File::open(&settings.data_dir)?.sync_all()?;
    Ok(Restored { place: database.display().to_string(), aside, found })
}

fn unpacked(file: &Path, to: &Path, keys: Arc<Keys>) -> Result<Store, Failed> {
    remove(to)?;
    backup::unpack(file, to).map_err(|fault| failed(&fault))?;
    Store::open(to, keys, |_| {}).map_err(|fault| failed(&fault))
}

/// The database and what SQLite keeps beside it, under names that say since when.
fn set_aside(database: &Path, now: Time) -> Result<PathBuf, Failed> {
    let stamp: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let mut aside = database.with_added_extension(format!("before-restore-{stamp}"));
    let mut n = 1;
    while aside.exists() {
        n += 1;
        aside = database.with_added_extension(format!("before-restore-{stamp}-{n}"));
    }
    // The log first: a database without its log is older than it should be, a log without its database is nothing.
    for beside in ["-wal", "-shm", ""] {
        let from = beside_of(database, beside);
        if from.exists() {
            std::fs::rename(from, beside_of(&aside, beside))?;
        }
    }
    Ok(aside)
}

fn beside_of(path: &Path, beside: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(beside);
    PathBuf::from(name)
}

fn remove(database: &Path) -> Result<(), Failed> {
    for beside in ["-wal", "-shm", ""] {
        let path = beside_of(database, beside);
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn into_database(
    settings: &Config,
    file: &Path,
    (shared, keys): (StoreSettings, Arc<Keys>),
    force: bool,
) -> Result<Restored, Failed> {
    let place = shared.place().to_owned();
    let target = Store::connect(shared, Arc::clone(&keys), |_| {})
        .map_err(|fault| Failed(format!("cannot use {place}: {}", fault.chain())))?;
    if place::quiet(settings, &target)?.is_none() {
        return Err(Failed(format!(
            "servers work on {place}. Stop all nodes first; it takes up to 30 s until none counts"
        )));
    }
    let unpacked_at = installation::database(settings).with_added_extension("restoring");
    let source = unpacked(file, &unpacked_at, keys)?;
    let filled = fill(&source, &target, force);
    drop(source);
    remove(&unpacked_at)?;
    filled?;
    let found = check::look(&target, false)?;
    Ok(Restored { place, aside: None, found })
}

fn fill(source: &Store, target: &Store, force: bool) -> Result<(), Failed> {
    let place = target.place_in_words();
    let own = target
        .read(|reader| Ok(marks::standing(reader)? == marks::Standing::Own && !marks::is_empty(reader)?));
    if own.map_err(|fault| failed(&fault))? {
        if !force {
            return Err(Failed(format!(
                "{place} is not empty. Back it up first (`bidden backup FILE`); then --force empties it and restores"
            )));
        }
        marks::empty_for_a_copy(target, &source.place_in_words()).map_err(|fault| failed(&fault))?;
    }
    let mut bar = Bar::new();
    let copied = copy::copy(source, target, &mut |progress| bar.tell(progress));
    bar.end();
    copied.map(|_| ()).map_err(|fault| failed(&fault))
}
