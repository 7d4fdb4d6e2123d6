//! The programs of Debian's PostgreSQL packages, and the user they run as.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Trouble;
use crate::program::finish;

const INSTALLED_BELOW: &str = "/usr/lib/postgresql";

/// Where the newest installed PostgreSQL is, and who may run it.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    directory: PathBuf,
    owner: Option<Owner>,
}

/// The user `postgres`, as numbers. PostgreSQL refuses to run as root.
#[derive(Clone, Copy, Debug)]
struct Owner {
    user: u32,
    group: u32,
}

impl Programs {
    /// Finds the newest version that has `initdb`; as root, the user `postgres` too.
    pub(crate) fn find() -> Result<Self, Trouble> {
        let newest = std::fs::read_dir(INSTALLED_BELOW)
            .map_err(|_| Trouble::NotInstalled)?
            .flatten()
            .filter_map(|entry| {
                Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
            })
            .filter(|(_, bin)| bin.join("initdb").is_file())
            .max_by_key(|(version, _)| *version);
        let (_, directory) = newest.ok_or(Trouble::NotInstalled)?;
        let owner = if we_are_root()? { Some(Owner::find()?) } else { None };
        Ok(Self { directory, owner })
    }

    /// One of the programs, run in `place` as the owner, with nothing of our environment but the search path.
    ///
    /// `place` lies in the cluster's directory: by its working directory the watcher finds what it has to end.
    pub(crate) fn command(&self, program: &str, place: &Path) -> Command {
        let mut command = Command::new(self.directory.join(program));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir(place);
        // With a user, std also drops the supplementary groups of root.
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }

    /// Hands a file or directory that we made to the owner.
    pub(crate) fn hand_over(&self, path: &Path) -> Result<(), Trouble> {
        let Some(owner) = self.owner else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(owner.user), Some(owner.group))
            .map_err(Trouble::while_trying(format!("hand over {}", path.display())))
    }
}

impl Owner {
    fn find() -> Result<Self, Trouble> {
        let number = |flag: &str| -> Result<u32, Trouble> {
            let mut command = Command::new("id");
            let said = finish(command.args([flag, "postgres"]))?;
            said.trim().parse().map_err(|_| Trouble::NotInstalled)
        };
        Ok(Self { user: number("-u")?, group: number("-g")? })
    }
}

/// Whether this process may change users and mount.
pub(crate) fn we_are_root() -> Result<bool, Trouble> {
    let ourselves = std::fs::metadata("/proc/self").map_err(Trouble::while_trying("read /proc/self"))?;
    Ok(ourselves.uid() == 0)
}

/// Sixteen characters that nobody else has: for names and passwords in tests, not for secrets.
pub(crate) fn random_name() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
