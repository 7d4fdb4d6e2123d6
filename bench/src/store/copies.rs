//! Prepared databases: each is made once, and every measurement gets a fresh copy of it.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::options::Engine;
use super::server::Server;
use super::side::Side;
use crate::trouble::Trouble;

/// The directory of the SQLite files; removed when the comparison is over, however it ends.
pub(crate) struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Scratch {
    /// Makes one in `parent`.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn new(parent: &Path) -> Result<Self, Trouble> {
        let path = parent.join(format!("bench-store-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(Trouble::system(format!("making {}", path.display())))?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The file of a side as it was prepared.
    fn prepared(&self, side: Side) -> PathBuf {
        self.0.join(side.name()).join("store.db")
    }

    /// The file that is measured on.
    fn measured(&self) -> PathBuf {
        self.0.join("run").join("store.db")
    }
}

/// The name of a database on the server.
fn database(side: Option<Side>) -> String {
    format!("bidden_bench_{}", side.map_or("run", Side::name))
}

/// The place of a database: a file, or a database on a server.
pub(crate) struct Place<'a> {
    /// Which engine.
    pub(crate) engine: Engine,
    /// Where the files are.
    pub(crate) scratch: &'a Scratch,
    /// The server, for PostgreSQL.
    pub(crate) server: Option<&'a Server>,
}

impl Place<'_> {
    fn server(&self) -> Result<&Server, Trouble> {
        self.server.ok_or_else(|| Trouble::Unexpected("there is no PostgreSQL".to_owned()))
    }

    /// An empty place for the prepared database of `side`; as arguments of its program.
    ///
    /// # Errors
    /// The file system or the server says no.
    pub(crate) fn to_prepare(&self, side: Side) -> Result<[String; 2], Trouble> {
        match self.engine {
            Engine::Sqlite => {
                let file = self.scratch.prepared(side);
                directory(&file)?;
                Ok(["--path".to_owned(), file.display().to_string()])
            }
            Engine::Postgres => {
                let (server, name) = (self.server()?, database(Some(side)));
                server.make_database(&name, None)?;
                Ok(["--url".to_owned(), server.url(&name)])
            }
        }
    }

    /// What is done once to a prepared database: a server tidies up now and not in the middle of a measurement.
    ///
    /// # Errors
    /// The server says no.
    pub(crate) fn settle(&self, side: Side) -> Result<(), Trouble> {
        if self.engine == Engine::Postgres {
            self.server()?.ask(&database(Some(side)), "VACUUM (FREEZE, ANALYZE)")?;
        }
        Ok(())
    }

    /// A fresh copy of what was prepared for `side`, all of it on the disk; as arguments of its program.
    ///
    /// # Errors
    /// The file system or the server says no.
    pub(crate) fn fresh(&self, side: Side) -> Result<[String; 2], Trouble> {
        match self.engine {
            Engine::Sqlite => {
                let (from, to) = (self.scratch.prepared(side), self.scratch.measured());
                let _ = to.parent().map(std::fs::remove_dir_all);
                directory(&to)?;
                std::fs::copy(&from, &to)
                    .and_then(|_| File::open(&to)?.sync_all())
                    .map_err(Trouble::system(format!("copying {}", from.display())))?;
                Ok(["--path".to_owned(), to.display().to_string()])
            }
            Engine::Postgres => {
                let (server, name) = (self.server()?, database(None));
                server.make_database(&name, Some(&database(Some(side))))?;
                server.ask(&name, "CHECKPOINT")?;
                Ok(["--url".to_owned(), server.url(&name)])
            }
        }
    }

    /// Forgets all databases on the server.
    ///
    /// # Errors
    /// The server says no.
    pub(crate) fn forget(&self) -> Result<(), Trouble> {
        if self.engine == Engine::Postgres {
            for side in [None, Some(Side::Ours), Some(Side::Rival)] {
                self.server()?.drop_database(&database(side))?;
            }
        }
        Ok(())
    }
}

fn directory(file: &Path) -> Result<(), Trouble> {
    let directory = file.parent().unwrap_or(file);
    std::fs::create_dir_all(directory).map_err(Trouble::system(format!("making {}", directory.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_fresh_each_time_and_everything_goes_in_the_end() {
        let parent = std::env::temp_dir().join(format!("bidden-bench-copies-{}", std::process::id()));
        let scratch = Scratch::new(&parent).unwrap();
        let place = Place { engine: Engine::Sqlite, scratch: &scratch, server: None };
        let [_, prepared] = place.to_prepare(Side::Ours).unwrap();
        std::fs::write(&prepared, "as prepared").unwrap();
        for _ in 0..2 {
            let [_, copy] = place.fresh(Side::Ours).unwrap();
            assert_eq!(std::fs::read_to_string(&copy).unwrap(), "as prepared");
            std::fs::write(&copy, "used").unwrap();
            std::fs::write(format!("{copy}-wal"), "a log of the last measurement").unwrap();
        }
        let [_, copy] = place.fresh(Side::Ours).unwrap();
        assert!(!Path::new(&format!("{copy}-wal")).exists());
        drop(scratch);
        assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 0);
        std::fs::remove_dir_all(&parent).unwrap();
    }
}
