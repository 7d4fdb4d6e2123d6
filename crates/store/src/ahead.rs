//! Looks ahead of the one writer of an embedded store that is larger than memory.
//!
//! What a write needs is then on the disk more often than not, and the writer would wait for one page after the other
//! while everybody waits for the writer. So several threads read the same rows first, side by side, and hand the write on
//! when its pages are in memory. A store that fits into memory is not looked ahead in: there the look costs and gains
//! nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use model::digest::Keys;
use model::fault::Fault;

use crate::embedded::snapshot;
use crate::sqlite::{self, Mode};
use crate::tx::Reader;
use crate::writer::Job;

/// Reads what a write is going to need; what it finds does not matter.
pub(crate) type Look = Box<dyn FnOnce(&mut Reader<'_>) -> Result<(), Fault> + Send>;

/// How many threads look ahead: what they wait for is the disk, not the processor.
const THREADS: usize = 16;
/// After so many writes the size of the file is looked at again.
const AGAIN: u64 = 4096;

type Pair = (Look, Box<dyn Job>);

/// The threads, once they are needed, and whether they are.
pub(crate) struct Ahead {
    path: PathBuf,
    memory: u64,
    large: AtomicBool,
    writes: AtomicU64,
    running: Mutex<Option<Running>>,
}

struct Running {
    pairs: Sender<Pair>,
    threads: Vec<JoinHandle<()>>,
}

impl Ahead {
    pub(crate) fn new(path: &Path) -> Self {
        let ahead = Self {
            path: path.to_owned(),
            memory: memory().unwrap_or(u64::MAX),
            large: AtomicBool::new(false),
            writes: AtomicU64::new(0),
            running: Mutex::new(None),
        };
        ahead.measure();
        ahead
    }

    /// A store that takes more than half of the machine's memory counts as larger than memory: the log, the server and
    /// everything else want their part.
    fn measure(&self) {
        let size = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        self.large.store(size > self.memory / 2, Ordering::Relaxed);
    }

    /// Whether the next write is to be looked ahead for.
    pub(crate) fn is_wanted(&self) -> bool {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        if writes < u64::MAX / 2 && writes % AGAIN == AGAIN - 1 {
            self.measure();
        }
        self.large.load(Ordering::Relaxed)
    }

    /// Has `look` done, and then hands `job` on to the writer.
    pub(crate) fn send(
        &self,
        look: Look,
        job: Box<dyn Job>,
        writer: &Sender<Box<dyn Job>>,
        keys: &Arc<Keys>,
    ) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let running = running.get_or_insert_with(|| self.start(writer, keys));
        if let Err(unsent) = running.pairs.send((look, job)) {
            // No thread could be started: without the look, then.
            hand_on(writer, unsent.0.1);
        }
    }

    fn start(&self, writer: &Sender<Box<dyn Job>>, keys: &Arc<Keys>) -> Running {
        let (pairs, received) = channel();
        let received = Arc::new(Mutex::new(received));
        let start = |_| {
            let (received, writer, keys) = (Arc::clone(&received), writer.clone(), Arc::clone(keys));
            let path = self.path.clone();
            let name = "store look-ahead".to_owned();
            std::thread::Builder::new().name(name).spawn(move || run(&path, &keys, &received, &writer)).ok()
        };
        Running { pairs, threads: (0..THREADS).filter_map(start).collect() }
    }

    /// Ends the threads; what they have in hand is handed on first.
    pub(crate) fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { pairs, threads }) = running else { return };
        drop(pairs);
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// From now on as if the store were larger than memory, for tests and measurements.
    pub(crate) fn want(&self) {
        self.large.store(true, Ordering::Relaxed);
        self.writes.store(u64::MAX / 2, Ordering::Relaxed);
    }
}

fn run(path: &Path, keys: &Keys, pairs: &Mutex<Receiver<Pair>>, writer: &Sender<Box<dyn Job>>) {
    let connection = sqlite::open(path, Mode::Read);
    loop {
        let next = pairs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((look, job)) = next else { return };
        if let Ok(connection) = &connection {
            // Whatever comes of it, the write itself finds out what is so.
            let _ = catch_unwind(AssertUnwindSafe(|| snapshot(connection, keys, look)));
        }
        hand_on(writer, job);
    }
}

fn hand_on(writer: &Sender<Box<dyn Job>>, job: Box<dyn Job>) {
    if let Err(unsent) = writer.send(job) {
        unsent.0.answer(Some(&Fault::plain("the store is closed")));
    }
}

/// The machine's memory in bytes, where the system tells it.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::meta;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("bidden-ahead-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn store(&self) -> Store {
            let store =
                Store::open(&self.0.join("store.db"), Arc::new(Keys::simulated().unwrap()), |_| {}).unwrap();
            store.look_ahead();
            store
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// Writes `n` under its own name, after `look`; says what became of it.
    fn write(
        store: &Store,
        n: u8,
        look: impl FnOnce(&mut Reader<'_>) -> Result<(), Fault> + Send + 'static,
    ) -> Receiver<Result<u8, Fault>> {
        let (sender, receiver) = channel();
        store.write_after(
            look,
            move |tx| {
                meta::put(tx, &format!("n{n}"), &[n])?;
                Ok(tx.unrecorded("a test", n))
            },
            move |outcome| sender.send(outcome).unwrap(),
        );
        receiver
    }

    #[test]
    fn every_write_is_done_once_whatever_comes_of_the_look() {
        let folder = Folder::new("once");
        let store = folder.store();
        let told: Vec<_> = (0..100_u8)
            .map(|n| {
                write(&store, n, move |reader| {
                    assert!(n % 7 != 0, "a look that panics");
                    meta::find(reader, &format!("n{n}"))?;
                    if n % 5 == 0 { Err(Fault::plain("a look that fails")) } else { Ok(()) }
                })
            })
            .collect();
        for (n, told) in (0..100_u8).zip(told) {
            assert_eq!(told.recv().unwrap().unwrap(), n);
            assert!(told.recv().is_err(), "answered once");
            assert_eq!(store.read(|reader| meta::find(reader, &format!("n{n}"))).unwrap(), Some(vec![n]));
        }
    }

    #[test]
    fn what_was_sent_before_the_store_is_closed_is_done() {
        let folder = Folder::new("closed");
        let store = folder.store();
        let told: Vec<_> = (0..50_u8).map(|n| write(&store, n, |_| Ok(()))).collect();
        drop(store);
        for told in told {
            told.recv().unwrap().unwrap();
        }
    }

    #[test]
    fn looks_are_done_side_by_side() {
        let folder = Folder::new("beside");
        let store = folder.store();
        let both = Arc::new(std::sync::Barrier::new(2));
        // One look waits for the other: one after the other they would never end.
        let told = [0, 1].map(|n| {
            let both = Arc::clone(&both);
            write(&store, n, move |_| {
                both.wait();
                Ok(())
            })
        });
        for told in told {
            told.recv().unwrap().unwrap();
        }
    }

    #[test]
    fn a_small_store_is_not_looked_ahead_in() {
        let folder = Folder::new("small");
        let ahead = Ahead::new(&folder.0.join("none.db"));
        assert!(!(0..2 * AGAIN).any(|_| ahead.is_wanted()));
        assert!(memory().unwrap() > 1 << 20);
        ahead.want();
        assert!((0..2 * AGAIN).all(|_| ahead.is_wanted()));
    }
}
