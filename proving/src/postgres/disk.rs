//! A small disk that can be filled: a mount of its own size for the data directory.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Trouble;
use crate::postgres::programs::{Programs, we_are_root};
use crate::program::finish;

/// A file system in memory, of a fixed size. The watcher of the cluster's directory unmounts it.
#[derive(Debug)]
pub(crate) struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounts it as `disk` in the cluster's directory.
    pub(crate) fn mount(programs: &Programs, home: &Path, megabytes: u32) -> Result<Self, Trouble> {
        let refused = |said: String| Trouble::Mount { megabytes, said };
        if !we_are_root()? {
            return Err(refused("we are not root".to_owned()));
        }
        let path = home.join("disk");
        std::fs::create_dir(&path).map_err(Trouble::while_trying(format!("create {}", path.display())))?;
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0700"), "proving"]).arg(&path);
        finish(&mut command).map_err(|trouble| refused(trouble.to_string()))?;
        programs.hand_over(&path)?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all the space that is left, to the last page.
    pub(crate) fn fill(&self) -> Result<(), Trouble> {
        let doing = "fill the disk";
        let mut ballast = File::options()
            .create(true)
            .append(true)
            .open(self.ballast())
            .map_err(Trouble::while_trying(doing))?;
        match io::copy(&mut io::repeat(0), &mut ballast) {
            Err(full) if full.kind() == ErrorKind::StorageFull => Ok(()),
            Err(other) => Err(Trouble::while_trying(doing)(other)),
            Ok(_) => Ok(()),
        }
    }

    /// Gives back what [`Disk::fill`] took.
    pub(crate) fn free(&self) -> Result<(), Trouble> {
        match std::fs::remove_file(self.ballast()) {
            Err(other) if other.kind() != ErrorKind::NotFound => {
                Err(Trouble::while_trying("free the disk")(other))
            }
            _ => Ok(()),
        }
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}
