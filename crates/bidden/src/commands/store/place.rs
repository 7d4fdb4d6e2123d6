//! Where stores are, as the commands that move them need to know it: another store by its name, and whether a server
//! works on one.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flow::{Store, StoreSettings};
use model::digest::Keys;
use store::leases;

use crate::commands::failed;
use crate::config::settings::Config;
use crate::installation::{self, Lock, Unusable};
use crate::{Failed, clock, keys_file};

/// The keys of the installation that the settings name. They are never made here.
pub(crate) fn keys(settings: &Config) -> Result<Arc<Keys>, Failed> {
    Ok(Arc::new(keys_file::open(&installation::keys_path(settings), true)?))
}

/// Another store than the one in the settings, open.
pub(crate) struct Other {
    pub(crate) store: Store,
    /// What to write into the settings, so that the server uses it.
    pub(crate) setting: String,
    /// Its data directory, where it is a file.
    pub(crate) directory: Option<PathBuf>,
    /// Keeps servers out of it meanwhile.
    _lock: Option<Lock>,
}

/// Opens the store that `to` names: a URL, a directory, a file.
pub(crate) fn other(settings: &Config, to: &str, keys: Arc<Keys>) -> Result<Other, Failed> {
    if to.starts_with("postgres://") || to.starts_with("postgresql://") {
        let connections = StoreSettings::parse(to, 2).map_err(|fault| failed(&fault))?;
        let place = connections.place().to_owned();
        if installation::shared(settings)?.is_some_and(|own| own.place() == place) {
            return Err(Failed(format!("{place} is the store that is in use already")));
        }
        let store = Store::connect(connections, keys, |_| {})
            .map_err(|fault| Failed(format!("cannot use {place}: {}", fault.chain())))?;
        let setting = format!("store = \"postgres://…\"   (the URL of {place})");
        return Ok(Other { store, setting, directory: None, _lock: None });
    }
    let path = Path::new(to);
    let file = path.extension().is_some_and(|extension| extension == "db") && !path.is_dir();
    let file = if file { path.to_owned() } else { path.join("bidden.db") };
    let directory = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&directory)?;
    let same =
        |one: &Path, other: &Path| std::fs::canonicalize(one).ok() == std::fs::canonicalize(other).ok();
    if settings.store.is_none() && file.exists() && same(&file, &installation::database(settings)) {
        return Err(Failed(format!("{} is the store that is in use already", file.display())));
    }
    // The lock of our own directory says whether the source is at work.
    let own = settings.store.is_none() && same(&directory, &settings.data_dir);
    let lock = if own { None } else { Some(installation::lock(&directory)?) };
    let store = Store::open(&file, keys, |_| {})
        .map_err(|fault| Failed(format!("cannot use {}: {}", file.display(), fault.chain())))?;
    let mut setting = format!("data_dir = \"{}\"", directory.display());
    if settings.store.is_some() {
        setting.push_str("   (and no `store`)");
    }
    if file.file_name().is_some_and(|name| name != "bidden.db") {
        setting.push_str(&format!("   (there {} must be named bidden.db)", file.display()));
    }
    Ok(Other { store, setting, directory: Some(directory), _lock: lock })
}

/// The proof that no server works on the store of the settings; for a file it keeps the next one out.
pub(crate) struct Quiet(#[expect(dead_code, reason = "held, not read")] Option<Lock>);

/// Whether no server works on `store`, the one of the settings.
pub(crate) fn quiet(settings: &Config, store: &Store) -> Result<Option<Quiet>, Failed> {
    if store.is_shared() {
        let now = clock::now();
        let leases = store.read(leases::list).map_err(|fault| failed(&fault))?;
        let held = leases.iter().any(|lease| lease.until > now);
        return Ok(if held { None } else { Some(Quiet(None)) });
    }
    match installation::lock(&settings.data_dir) {
        Ok(lock) => Ok(Some(Quiet(Some(lock)))),
        Err(Unusable::InUse { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
