//! The directory of a cluster, and the watcher that clears it away, whatever becomes of the test.
//!
//! The watcher is a small shell that holds the read end of a pipe; we hold the other end and never write. When the
//! directory is dropped, and equally when this process is killed, the pipe closes, and the watcher ends every process
//! that works in the directory, unmounts its disk and removes it. So the orderly end and the violent one are one path.
//!
//! The parent-death signal (`setpriv --pdeathsig`) would be shorter but is wrong here: the kernel ties it to the
//! *thread* that started the child, so that a cluster shared by several tests would end with the first of them, and it
//! removes neither directories nor mounts.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Trouble;
use crate::patience::wait_for;
use crate::postgres::programs::{Programs, random_name};
use crate::program::finish;

const WATCHER: &str = include_str!("watcher.sh");

/// A fresh directory that lasts as long as this value.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    watcher: Child,
}

impl Home {
    /// Makes the directory, belonging to the owner of the programs, and sets the watcher on it.
    pub(crate) fn make(programs: &Programs) -> Result<Self, Trouble> {
        // The watcher compares with what the kernel says, which knows no symbolic links.
        let place = std::env::temp_dir();
        let place =
            place.canonicalize().map_err(Trouble::while_trying(format!("find {}", place.display())))?;
        let path = place.join(format!("proving-{}", random_name()));
        let watcher = Command::new("sh")
            .args(["-c", WATCHER, "proving-watcher"])
            .arg(&path)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C at the terminal ends the test; the watcher has to outlive that by a moment.
            .process_group(0)
            .spawn()
            .map_err(Trouble::while_trying("start the watcher"))?;
        let home = Self { path, watcher };
        std::fs::create_dir(&home.path)
            .map_err(Trouble::while_trying(format!("create {}", home.path.display())))?;
        programs.hand_over(&home.path)?;
        Ok(home)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // Nobody could be told here; the tests below look whether anything is left.
        let _ended = self.watcher.wait();
    }
}

/// Which processes work in `place` or below it.
pub(crate) fn working_in(place: &Path) -> Result<Vec<u32>, Trouble> {
    let processes = std::fs::read_dir("/proc").map_err(Trouble::while_trying("read /proc"))?;
    let number = |name: std::ffi::OsString| name.to_str().and_then(|name| name.parse::<u32>().ok());
    Ok(processes
        .flatten()
        .filter_map(|entry| number(entry.file_name()))
        .filter(|process| {
            std::fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|cwd| cwd.starts_with(place))
        })
        .collect())
}

/// Sends a signal, by its name without `SIG`.
pub(crate) fn signal(name: &str, processes: &[u32]) -> Result<(), Trouble> {
    let numbers: Vec<String> = processes.iter().map(u32::to_string).collect();
    let mut command = Command::new("sh");
    // A process that is gone by now is what the caller wants.
    finish(command.args(["-c", "kill -s \"$0\" \"$@\" 2>/dev/null || :", name]).args(numbers)).map(drop)
}

/// Kills all that works in `place`, again until nothing does.
pub(crate) fn kill_all_in(place: &Path) -> Result<(), Trouble> {
    let gone = wait_for(Duration::from_secs(10), || {
        let left = working_in(place)?;
        if left.is_empty() {
            return Ok(Some(()));
        }
        signal("KILL", &left)?;
        Ok(None)
    })?;
    gone.ok_or_else(|| Trouble::Late {
        awaited: format!("the end of all in {}", place.display()),
        log: String::new(),
    })
}
