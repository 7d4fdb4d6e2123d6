//! An installation, opened: its keys, its store, and for the embedded one the lock that keeps a second server out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flow::{Store, StoreSettings};
use model::fault::Fault;
use store::copy::marks::{self, Standing};

use crate::config::settings::Config;
use crate::keys_file;

/// The data directory cannot be used; says why and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("cannot make {directory}: {cause}")]
    Make { directory: String, cause: std::io::Error },
    #[error(
        "there is no installation in {directory}.\nStart one with `bidden serve`, or name another directory \
         with --data"
    )]
    None { directory: String },
    #[error(
        "another bidden serves from {directory}{who}.\nEnd it first, or give this one a directory of its own with \
         --data. Commands such as `bidden account list` work beside a running server"
    )]
    InUse { directory: String, who: String },
    #[error("cannot lock {directory}: {cause}")]
    Lock { directory: String, cause: std::io::Error },
    #[error(transparent)]
    Keys(#[from] keys_file::Unusable),
    #[error("cannot open the database in {directory}: {detail}")]
    Store { directory: String, detail: String },
    #[error("`store` is no address of a PostgreSQL database: {detail}")]
    Address { detail: String },
    #[error("cannot use the database {place}: {detail}")]
    Shared { place: String, detail: String },
    #[error(
        "what was in {place} was moved to {to}, and goes on there.\nName that one in the setting `store` (or `data_dir`)"
    )]
    Moved { place: String, to: String },
    #[error(
        "{place} is an unfinished copy of {from}: parts of it are missing.\nRun the command that was copying it once \
         more; it goes on where it stopped"
    )]
    Unfinished { place: String, from: String },
}

/// Opens the store that `config` names, making what is missing. `hook` is called after every commit.
pub(crate) fn make(config: &Config, hook: impl Fn(bool) + Send + Sync + 'static) -> Result<Store, Unusable> {
    make_directory(&config.data_dir)?;
    let store = match shared(config)? {
        Some(settings) => connect(config, settings, true, hook),
        None => open_in(config, hook),
    }?;
    let standing = marks::may_serve(&store);
    usable(store, standing)
}

fn make_directory(directory: &Path) -> Result<(), Unusable> {
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|cause| Unusable::Make { directory: directory.display().to_string(), cause })
}

/// The store, unless it is one that nobody must work on.
fn usable(store: Store, standing: Result<Standing, Fault>) -> Result<Store, Unusable> {
    let place = store.place_in_words();
    match standing.map_err(|fault| Unusable::Shared { place: place.clone(), detail: fault.chain() })? {
        Standing::Own | Standing::Copied(_) => Ok(store),
        Standing::Moved(to) => Err(Unusable::Moved { place, to }),
        Standing::Unfinished(from) => Err(Unusable::Unfinished { place, from }),
    }
}

/// Opens the store of an installation that is there, for a command beside a running server.
pub(crate) fn find(config: &Config) -> Result<Store, Unusable> {
    let store = find_any(config)?;
    let standing = store.read(marks::standing);
    usable(store, standing)
}

/// [`find`], whatever the store says about itself: an old one, an unfinished copy.
pub(crate) fn find_any(config: &Config) -> Result<Store, Unusable> {
    if let Some(settings) = shared(config)? {
        return connect(config, settings, false, |_| {});
    }
    if !database(config).exists() {
        return Err(Unusable::None { directory: config.data_dir.display().to_string() });
    }
    open_in(config, |_| {})
}

/// The file of the embedded store.
pub(crate) fn database(config: &Config) -> PathBuf {
    config.data_dir.join(DATABASE)
}

/// The file with the server keys.
pub(crate) fn keys_path(config: &Config) -> PathBuf {
    config.keys_file.clone().unwrap_or_else(|| keys_file::usual(&config.data_dir))
}

/// How to reach the shared store, where one is set.
pub(crate) fn shared(config: &Config) -> Result<Option<StoreSettings>, Unusable> {
    let Some(url) = &config.store else { return Ok(None) };
    let connections = usize::try_from(config.store_connections).unwrap_or(1);
    StoreSettings::parse(url.reveal(), connections)
        .map(Some)
        .map_err(|fault| Unusable::Address { detail: fault.chain() })
}

/// Opens the store in a database that is made for it, whatever `config` says about the store.
pub(crate) fn make_in(
    config: &Config,
    settings: StoreSettings,
    hook: impl Fn(bool) + Send + Sync + 'static,
) -> Result<Store, Unusable> {
    make_directory(&config.data_dir)?;
    connect(config, settings, true, hook)
}

/// Opens a shared store. `may_make`: keys may be made if neither they nor the store's tables are there.
fn connect(
    config: &Config,
    settings: StoreSettings,
    may_make: bool,
    hook: impl Fn(bool) + Send + Sync + 'static,
) -> Result<Store, Unusable> {
    let place = settings.place().to_owned();
    let failed = |fault: Fault| Unusable::Shared { place: place.clone(), detail: fault.chain() };
    let keys = keys_path(config);
    // Only a database without tables can do without the keys that it was made with.
    let there = !may_make || (!keys.exists() && settings.holds_a_store().map_err(failed)?);
    let keys = keys_file::open(&keys, there)?;
    Store::connect(settings, Arc::new(keys), hook).map_err(failed)
}

/// The database's name within the data directory.
const DATABASE: &str = "bidden.db";

fn open_in(config: &Config, hook: impl Fn(bool) + Send + Sync + 'static) -> Result<Store, Unusable> {
    let database = database(config);
    let keys = keys_file::open(&keys_path(config), database.exists())?;
    Store::open(&database, Arc::new(keys), hook).map_err(|fault: Fault| Unusable::Store {
        directory: config.data_dir.display().to_string(),
        detail: fault.chain(),
    })
}

/// Held by the one server of a data directory; the system lets go of it when the process ends, however it ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

/// Takes the lock of `directory`.
pub(crate) fn lock(directory: &Path) -> Result<Lock, Unusable> {
    let name = directory.display().to_string();
    let failed = |cause| Unusable::Lock { directory: name.clone(), cause };
    let path = directory.join("lock");
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).map_err(failed)?;
            writeln!(file, "{}", std::process::id()).map_err(failed)?;
            Ok(Lock(file))
        }
        Err(TryLockError::WouldBlock) => {
            let who = std::fs::read_to_string(&path).unwrap_or_default();
            let who = who.trim();
            let who = if who.is_empty() { String::new() } else { format!(" (process {who})") };
            Err(Unusable::InUse { directory: name, who })
        }
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_on_the_same_directory_is_refused_with_the_first_ones_process() {
        let place = std::env::temp_dir().join(format!("bidden-lock-{}", std::process::id()));
        std::fs::create_dir_all(&place).unwrap();
        let held = lock(&place).unwrap();
        let Err(refused) = lock(&place) else { panic!("the lock was given twice") };
        let text = refused.to_string();
        assert!(text.contains(&std::process::id().to_string()) && text.contains("--data"), "{text}");
        drop(held);
        assert!(lock(&place).is_ok());
        std::fs::remove_dir_all(place).unwrap();
    }
}
