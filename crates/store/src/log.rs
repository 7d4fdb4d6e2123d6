//! Keeps the write-ahead log of an embedded store short without stopping its writer: a thread beside it copies the log
//! into the database and flushes that, so that the writer copies only the last few pages when the log starts over.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use model::fault::Fault;
use rusqlite::Connection;

use crate::sqlite::{self, Mode};

/// The log is copied when it has so many bytes. The longer, the more often a page was rewritten in the log before it
/// is copied, once; the shorter, the less there is to flush at a time.
pub(crate) const COPY_AT: i64 = 64 << 20;
/// The log file grows by this many bytes at a time, so that most commits flush data and no change of its length.
const STEP: u64 = 1 << 20;
/// It is written in pieces of this many bytes: the system keeps, and counts as written, no smaller pieces of a file
/// than those that it was first written in.
const PIECE: usize = 4096;
/// Beyond this length the log file grows only as it must.
const GROW_TO: u64 = 128 << 20;
/// What the log keeps beside every page, in bytes.
const FRAME_HEADER: i64 = 24;
/// With this many frames left to copy the writer does the rest itself.
const FEW: i64 = 256;
/// How often the copier tries to get that close to a writer that does not rest.
const ROUNDS: u32 = 3;
/// How long the writer waits for readers when the log starts over.
const WAIT: Duration = Duration::from_millis(20);
/// The same once the log is [`TOO_LONG`] times as long as it should be: then the writer pays rather than the disk.
const LONG_WAIT: Duration = Duration::from_millis(250);
const TOO_LONG: i64 = 4;

/// Nothing is asked of the copier.
const IDLE: u8 = 0;
/// It was asked to copy the log.
const ASKED: u8 = 1;
/// It has, but for a little: the log can start over.
const READY: u8 = 2;

/// Descriptors of database files. Closing one would take away the locks of this whole process on that file, so they
/// stay open for as long as it lives. There is one for each store whose log was ever long.
static KEPT: Mutex<Vec<Arc<fs::File>>> = Mutex::new(Vec::new());

/// The log as its writer sees it.
pub(crate) struct Log {
    /// Its database.
    path: PathBuf,
    file: fs::File,
    /// How long the file is known to be; longer means that the last commit had to grow it.
    known: u64,
    /// The length, in frames, at which it is copied.
    at: i64,
    /// The length, in frames, at which the copier is asked next.
    ask_at: i64,
    phase: Arc<AtomicU8>,
    /// None as long as the log was never long.
    copier: Option<Copier>,
}

/// The thread beside the writer. It ends when there is nobody left to ask it.
struct Copier {
    ask: Sender<()>,
    thread: JoinHandle<()>,
}

/// What a look at the log says: how many frames it has, and how many of them are in the database.
#[derive(Clone, Copy)]
struct State {
    done: bool,
    frames: i64,
    copied: i64,
}

impl State {
    fn left(self) -> i64 {
        self.frames - self.copied
    }
}

impl Log {
    /// Opens the log of `path`, which `connection` has open for writing. It is copied when it has `copy_at` bytes
    /// ([`COPY_AT`]), and no longer within commits of this connection.
    pub(crate) fn open(path: &Path, connection: &Connection, copy_at: i64) -> Result<Self, Fault> {
        // The database's own idea of its path: links are followed, and the log lies beside what they lead to.
        let path = connection.path().map_or_else(|| path.to_owned(), PathBuf::from);
        let mut name = OsString::from(path.as_os_str());
        name.push("-wal");
        let file = OpenOptions::new()
            .write(true)
            .open(name)
            .map_err(|error| Fault::new("opening the log", error))?;
        let known = file.metadata().map_err(|error| Fault::new("looking at the log", error))?.len();
        let failed = |error| sqlite::fault("setting up the log", error);
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(failed)?;
        connection.execute_batch("PRAGMA wal_autocheckpoint = 0").map_err(failed)?;
        let at = copy_at / (page + FRAME_HEADER);
        Ok(Self { path, file, known, at, ask_at: at, phase: Arc::new(AtomicU8::new(IDLE)), copier: None })
    }

    /// Makes room if the last commit had to grow the file. Only within a write transaction: nobody else appends then,
    /// and zeros are never a valid frame. Without room (a full disk) everything goes on as it would without this.
    pub(crate) fn make_room(&mut self) {
        let Ok(length) = self.file.metadata().map(|found| found.len()) else { return };
        if length <= self.known || length >= GROW_TO {
            // It is shorter than it was when another program truncated it.
            self.known = length;
            return;
        }
        let mut ends = (length..length + STEP).step_by(PIECE);
        self.known = match ends.try_for_each(|end| self.file.write_all_at(&[0; PIECE], end)) {
            Ok(()) => self.file.metadata().map_or(length, |found| found.len()),
            Err(_) => {
                // What little was left is given back.
                let _ = self.file.set_len(length);
                length
            }
        };
    }

    /// After every commit: asks the copier when the log is long, and starts the log over once little is left to copy.
    pub(crate) fn committed(&mut self, connection: &Connection) {
        // A fault here loses nothing: the log stays as long as it is, and the next commit looks again.
        let Ok(state) = look(connection) else { return };
        let due = state.frames >= self.ask_at;
        let too_long = state.frames > TOO_LONG * self.at;
        let phase = self.phase.load(Ordering::Acquire);
        if due {
            // Should this be in vain (a long read holds it up), the next time comes when the log has grown by a quarter:
            // everybody waits for each attempt, and a backup may read for minutes.
            self.ask_at = state.frames + state.frames / 4;
        }
        // A copier that is still busy with a log that long has a disk that is slower than the writer.
        if phase == READY || (phase == ASKED && due && too_long) {
            let wait = if too_long { LONG_WAIT } else { WAIT };
            if start_over(connection, wait).is_ok_and(|state| state.done) {
                self.ask_at = self.at;
            }
            if phase == READY {
                self.phase.store(IDLE, Ordering::Release);
            }
        } else if phase == IDLE && due {
            self.ask();
        }
    }

    fn ask(&mut self) {
        if self.copier.is_none() {
            self.copier = Copier::start(&self.path, self.at, &self.phase).ok();
        }
        self.phase.store(ASKED, Ordering::Release);
        let asked = self.copier.as_ref().is_some_and(|copier| copier.ask.send(()).is_ok());
        if !asked {
            // Without a copier (no threads, no descriptors left) the writer does all of it.
            self.phase.store(READY, Ordering::Release);
        }
    }
}

impl Drop for Log {
    /// The copier is gone before the writer's connection is closed: the last connection of all copies what is left and
    /// removes the log, so that after an orderly end the database is one file.
    fn drop(&mut self) {
        if let Some(Copier { ask, thread }) = self.copier.take() {
            drop(ask);
            let _ = thread.join();
        }
    }
}

impl Copier {
    fn start(path: &Path, at: i64, phase: &Arc<AtomicU8>) -> Result<Self, Fault> {
        let connection = sqlite::open(path, Mode::Copy)?;
        let (ask, asked) = channel();
        let (path, phase) = (path.to_owned(), Arc::clone(phase));
        let thread = std::thread::Builder::new()
            .name("store copier".to_owned())
            .spawn(move || copy(&connection, &path, at, &asked, &phase))
            .map_err(|error| Fault::new("starting the copier", error))?;
        Ok(Self { ask, thread })
    }
}

/// Copies the rest and has the next commit write at the start of the log. Never truncates it.
fn start_over(connection: &Connection, wait: Duration) -> Result<State, rusqlite::Error> {
    connection.busy_timeout(wait)?;
    let state = checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)");
    connection.busy_timeout(sqlite::BUSY)?;
    state
}

fn look(connection: &Connection) -> Result<State, rusqlite::Error> {
    checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)")
}

fn checkpoint(connection: &Connection, sql: &'static str) -> Result<State, rusqlite::Error> {
    connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(State { done: row.get::<_, i64>(0)? == 0, frames: row.get(1)?, copied: row.get(2)? })
    })
}

/// The copier: runs until the writer is gone.
fn copy(connection: &Connection, path: &Path, at: i64, asked: &Receiver<()>, phase: &AtomicU8) {
    let mut database = None;
    while asked.recv().is_ok() {
        if database.is_none() {
            database = keep(path);
        }
        // Held up by a long read it is no use to say so: the writer could not start over either. A writer that is
        // too fast to catch up with has to do the rest itself before the log gets longer and longer.
        let ready = rounds(connection, database.as_deref())
            .is_ok_and(|state| state.left() < at / 4 || state.frames > TOO_LONG * at);
        phase.store(if ready { READY } else { IDLE }, Ordering::Release);
    }
}

fn rounds(connection: &Connection, database: Option<&fs::File>) -> Result<State, rusqlite::Error> {
    let mut before = look(connection)?;
    for _ in 0..ROUNDS {
        if checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)")?.copied == before.copied {
            break;
        }
        // SQLite flushes what it copied only when nothing is left, and the writer would wait for all of it then. A
        // failure comes back there.
        if let Some(database) = database {
            let _ = database.sync_data();
        }
        before = look(connection)?;
        if before.left() < FEW {
            break;
        }
    }
    Ok(before)
}

fn keep(path: &Path) -> Option<Arc<fs::File>> {
    let file = Arc::new(fs::File::open(path).ok()?);
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&file));
    Some(file)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const SMALL: i64 = 400 << 10;

    static NEXT: AtomicU8 = AtomicU8::new(0);

    /// A directory of its own, gone with the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            let name = format!("bidden-log-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn database(directory: &Path) -> (PathBuf, Connection) {
        let path = directory.join("db");
        let connection = sqlite::open(&path, Mode::Write).unwrap();
        // Thousands of commits that nobody's power fails after.
        connection
            .execute_batch(
                "PRAGMA synchronous = OFF; CREATE TABLE rows (n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
            )
            .unwrap();
        (path, connection)
    }

    fn commit(log: &mut Log, connection: &Connection) {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        log.make_room();
        connection.execute("INSERT INTO rows (body) VALUES (zeroblob(1500))", []).unwrap();
        connection.execute_batch("COMMIT").unwrap();
        log.committed(connection);
    }

    /// With a copier that is always fast enough.
    fn write(log: &mut Log, connection: &Connection, rows: u32) {
        for _ in 0..rows {
            commit(log, connection);
            while log.phase.load(Ordering::Acquire) == ASKED {
                std::thread::yield_now();
            }
        }
    }

    fn rows(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM rows", [], |row| row.get(0)).unwrap()
    }

    fn log_of(path: &Path) -> PathBuf {
        PathBuf::from(format!("{}-wal", path.display()))
    }

    fn length(path: &Path) -> u64 {
        fs::metadata(log_of(path)).unwrap().len()
    }

    /// By another process: reading the file here would let go of this process's locks on it.
    fn copy_of(path: &Path) -> PathBuf {
        let copy = path.with_file_name("copy");
        for (from, to) in [(path, copy.as_path()), (&log_of(path), &log_of(&copy))] {
            assert!(Command::new("cp").args([from, to]).status().unwrap().success());
        }
        copy
    }

    #[test]
    fn a_log_that_is_written_to_all_the_time_stays_short() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        write(&mut log, &connection, 4000);
        // Some 8000 frames of 2 kB were written; a log that never starts over would have 16 MB.
        assert!(length(&path) <= 2 << 20, "{}", length(&path));
        assert!(log.copier.is_some());
        assert_eq!(rows(&connection), 4000);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_locks_of_this_process_on_the_database_outlive_the_copier() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path).unwrap());
        let ours = [format!(" {} ", std::process::id()), format!(":{inode} ")];
        let locked = || {
            let locks = fs::read_to_string("/proc/locks").unwrap();
            locks.lines().any(|line| ours.iter().all(|part| line.contains(part)))
        };
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        write(&mut log, &connection, 1000);
        assert!(log.copier.is_some() && locked());
        drop(log);
        assert!(locked());
        drop(connection);
        assert!(!locked());
    }

    #[test]
    fn a_writer_without_a_copier_copies_by_itself() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        // There is nobody who listens.
        let (ask, _) = channel();
        log.copier = Some(Copier { ask, thread: std::thread::spawn(|| {}) });
        write(&mut log, &connection, 4000);
        assert!(length(&path) <= 2 << 20, "{}", length(&path));
    }

    #[test]
    fn a_copier_that_is_too_slow_does_not_let_the_log_grow() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        // One who listens and never answers.
        let (ask, asked) = channel();
        log.copier = Some(Copier { ask, thread: std::thread::spawn(move || while asked.recv().is_ok() {}) });
        (0..4000).for_each(|_| commit(&mut log, &connection));
        assert_eq!(log.phase.load(Ordering::Acquire), ASKED);
        assert!(length(&path) <= 5 << 20, "{}", length(&path));
    }

    #[test]
    fn a_log_that_is_short_has_no_copier() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, COPY_AT).unwrap();
        write(&mut log, &connection, 100);
        assert!(log.copier.is_none());
    }

    #[test]
    fn a_long_read_holds_the_log_up_only_as_long_as_it_lasts() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        write(&mut log, &connection, 10);
        let reader = sqlite::open(&path, Mode::Read).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        let before = rows(&reader);
        write(&mut log, &connection, 1000);
        assert!(look(&connection).unwrap().frames > 2000, "the read still needs what the log has");
        assert_eq!(rows(&reader), before);
        reader.execute_batch("COMMIT").unwrap();
        write(&mut log, &connection, 1000);
        assert!(look(&connection).unwrap().frames < 2000, "{}", look(&connection).unwrap().frames);
    }

    #[test]
    fn the_longer_a_read_lasts_the_rarer_the_writer_waits_for_it() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        let reader = sqlite::open(&path, Mode::Read).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM rows").unwrap();
        let (mut attempts, mut asked_at) = (0, log.ask_at);
        for _ in 0..1500 {
            write(&mut log, &connection, 1);
            attempts += u32::from(log.ask_at != asked_at);
            asked_at = log.ask_at;
        }
        let frames = look(&connection).unwrap().frames;
        assert!(frames > 10 * log.at && (2..=20).contains(&attempts), "{attempts} in {frames}");
    }

    #[test]
    fn the_last_to_close_leaves_one_file() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, SMALL).unwrap();
        write(&mut log, &connection, 1000);
        assert!(log.copier.is_some());
        drop(log);
        assert!(log_of(&path).exists());
        drop(connection);
        assert!(!log_of(&path).exists());
        assert_eq!(rows(&sqlite::open(&path, Mode::Read).unwrap()), 1000);
    }

    #[test]
    fn room_in_the_log_is_made_ahead_and_hides_nothing_after_a_crash() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, COPY_AT).unwrap();
        write(&mut log, &connection, 50);
        assert!(length(&path) > 1 << 20, "{}", length(&path));
        // Nothing of the log was copied.
        assert_eq!(look(&connection).unwrap().copied, 0);
        assert_eq!(rows(&sqlite::open(&copy_of(&path), Mode::Write).unwrap()), 50);
    }

    #[test]
    fn a_crash_after_the_log_started_over_loses_nothing() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, COPY_AT).unwrap();
        write(&mut log, &connection, 100);
        let long = look(&connection).unwrap().frames;
        assert!(start_over(&connection, WAIT).unwrap().done);
        write(&mut log, &connection, 7);
        let short = look(&connection).unwrap().frames;
        assert!(short > 0 && short < long, "{short} of {long}");
        assert_eq!(rows(&sqlite::open(&copy_of(&path), Mode::Write).unwrap()), 107);
    }

    #[test]
    fn room_is_made_again_in_a_log_that_somebody_truncated() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let mut log = Log::open(&path, &connection, COPY_AT).unwrap();
        write(&mut log, &connection, 900);
        let other = sqlite::open(&path, Mode::Copy).unwrap();
        assert!(checkpoint(&other, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap().done);
        assert_eq!(length(&path), 0);
        write(&mut log, &connection, 20);
        assert!(length(&path) > 1 << 20, "{}", length(&path));
        assert_eq!(rows(&connection), 920);
    }

    #[test]
    fn only_a_connection_with_a_log_of_its_own_leaves_copying_to_others() {
        let directory = Scratch::new();
        let (path, connection) = database(&directory.0);
        let every = |connection: &Connection| -> i64 {
            connection.query_row("PRAGMA wal_autocheckpoint", [], |row| row.get(0)).unwrap()
        };
        let _log = Log::open(&path, &connection, COPY_AT).unwrap();
        assert_eq!(every(&connection), 0);
        assert_eq!(every(&sqlite::open(&path, Mode::Write).unwrap()), 32_000);
    }
}
