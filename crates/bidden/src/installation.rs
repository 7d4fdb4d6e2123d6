//! A data directory, opened: its keys, its store, and the lock that keeps a second server out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use flow::Store;
use model::fault::Fault;

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
}

/// Opens the store in `directory`, making what is missing. `hook` is called after every commit.
pub(crate) fn make(directory: &Path, hook: impl Fn(bool) + Send + Sync + 'static) -> Result<Store, Unusable> {
    let name = directory.display().to_string();
    let mut builder = std::fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|cause| Unusable::Make { directory: name.clone(), cause })?;
    open_in(directory, name, hook)
}

/// Opens the store of an installation that is there, for a command beside a running server.
pub(crate) fn find(directory: &Path) -> Result<Store, Unusable> {
    let name = directory.display().to_string();
    if !directory.join(DATABASE).exists() {
        return Err(Unusable::None { directory: name });
    }
    open_in(directory, name, |_| {})
}

/// The database's name within the data directory.
const DATABASE: &str = "bidden.db";

fn open_in(
    directory: &Path,
    name: String,
    hook: impl Fn(bool) + Send + Sync + 'static,
) -> Result<Store, Unusable> {
    let database = directory.join(DATABASE);
    let keys = keys_file::open(directory, &database)?;
    Store::open(&database, Arc::new(keys), hook)
        .map_err(|fault: Fault| Unusable::Store { directory: name, detail: fault.chain() })
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
