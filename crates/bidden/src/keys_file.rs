//! The key file: 32 random bytes from which all keys come, outside the database, readable by its owner only.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use model::digest::Keys;
use model::entropy::Entropy;
use model::secret::Secret;

/// The file's name within the data directory.
const NAME: &str = "keys";

/// The key file cannot be used; says why and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("cannot read {file}: {cause}")]
    Read { file: String, cause: io::Error },
    #[error("cannot write {file}: {cause}")]
    Write { file: String, cause: io::Error },
    #[error(
        "{file} can be read by others (mode {mode:o}). Whoever reads it can open what the database keeps \
         sealed.\nIf nobody has: chmod 600 {file}"
    )]
    Open { file: String, mode: u32 },
    #[error(
        "{file} is damaged: it must hold exactly 32 bytes. Restore it from a backup of the same day as the database"
    )]
    Damaged { file: String },
    #[error(
        "{file} is missing, but there is a database that was made with it.\nRestore the key file from your backup, \
         or copy it from another node; without it the database cannot be used"
    )]
    Missing { file: String },
    #[error("the system gives no random bytes")]
    NoEntropy,
}

/// The key file of a data directory, where no other is named.
pub(crate) fn usual(directory: &Path) -> PathBuf {
    directory.join(NAME)
}

/// Reads the keys in `path`, making them where there is no database yet.
pub(crate) fn open(path: &Path, database_exists: bool) -> Result<Keys, Unusable> {
    let file = path.display().to_string();
    let root = match File::open(path) {
        Ok(opened) => read(opened, &file)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if database_exists {
                return Err(Unusable::Missing { file });
            }
            make(path, &file)?
        }
        Err(cause) => return Err(Unusable::Read { file, cause }),
    };
    Keys::derive(&root).map_err(|_| Unusable::Damaged { file })
}

fn read(mut opened: File, file: &str) -> Result<Secret<[u8; 32]>, Unusable> {
    let failed = |cause| Unusable::Read { file: file.to_owned(), cause };
    let mode = opened.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Unusable::Open { file: file.to_owned(), mode });
    }
    let mut bytes = Vec::with_capacity(33);
    Read::by_ref(&mut opened).take(33).read_to_end(&mut bytes).map_err(failed)?;
    let root =
        <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Unusable::Damaged { file: file.to_owned() })?;
    zeroize::Zeroize::zeroize(&mut bytes);
    Ok(Secret::new(root))
}

/// Writes new keys so that a crash leaves either all of them or none: a temporary file, flushed, then renamed.
fn make(path: &Path, file: &str) -> Result<Secret<[u8; 32]>, Unusable> {
    let failed = |cause| Unusable::Write { file: file.to_owned(), cause };
    let root: [u8; 32] = Entropy::system().bytes().map_err(|_| Unusable::NoEntropy)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = path.with_added_extension("new");
    let mut options = OpenOptions::new();
    let mut opened =
        options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished).map_err(failed)?;
    opened.write_all(&root).and_then(|()| opened.sync_all()).map_err(failed)?;
    std::fs::rename(&unfinished, path).map_err(failed)?;
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
    Ok(Secret::new(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("bidden-keys-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn keys_are_made_once_and_only_their_owner_can_read_them() {
        let place = directory("made");
        let database = place.join("none");
        let first = open(&usual(&place), database.exists()).unwrap();
        let again = open(&usual(&place), database.exists()).unwrap();
        assert!(first.check().matches(&again.check()));
        let mode = std::fs::metadata(place.join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_key_file_that_is_open_to_others_damaged_or_lost_is_refused() {
        let place = directory("refused");
        let database = place.join("database");
        open(&usual(&place), database.exists()).unwrap();
        let file = place.join(NAME);
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(open(&usual(&place), database.exists()), Err(Unusable::Open { mode: 0o644, .. })));
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&file, [1; 31]).unwrap();
        assert!(matches!(open(&usual(&place), database.exists()), Err(Unusable::Damaged { .. })));
        std::fs::write(&file, [1; 33]).unwrap();
        assert!(matches!(open(&usual(&place), database.exists()), Err(Unusable::Damaged { .. })));
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&database, b"").unwrap();
        assert!(matches!(open(&usual(&place), database.exists()), Err(Unusable::Missing { .. })));
        std::fs::remove_dir_all(place).unwrap();
    }
}
