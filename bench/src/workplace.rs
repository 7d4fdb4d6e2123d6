//! Where a measurement of the built server has its program and its directory.

use std::path::{Path, PathBuf};

use crate::trouble::Trouble;

/// This program, the server's, and a directory that goes with the measurement.
pub(crate) struct Workplace {
    /// This program.
    pub(crate) this: PathBuf,
    /// The server's.
    pub(crate) program: PathBuf,
    /// A directory of its own, removed at the end.
    pub(crate) directory: PathBuf,
}

impl Workplace {
    /// For the measurement of this name: `bidden` is the server's program and `parent` where the directory is made, both beside
    /// this program unless something else is said.
    ///
    /// # Errors
    /// There is no such program, or the directory cannot be made.
    pub(crate) fn new(
        name: &str,
        (bidden, parent): (Option<&PathBuf>, Option<&PathBuf>),
    ) -> Result<Self, Trouble> {
        let this = std::env::current_exe().map_err(Trouble::system("finding this program"))?;
        let beside = this.parent().map(Path::to_path_buf).unwrap_or_default();
        let program = bidden.cloned().unwrap_or_else(|| beside.join("bidden"));
        let program = program.canonicalize().map_err(Trouble::system("looking for `bidden`"))?;
        let parent = parent.cloned().unwrap_or(beside);
        let directory = parent.join(format!("bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).map_err(Trouble::system("making a directory"))?;
        let directory =
            directory.canonicalize().map_err(Trouble::system("finding the directory just made"))?;
        Ok(Self { this, program, directory })
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
