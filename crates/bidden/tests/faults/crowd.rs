//! Load: several people at once, each of whom opens an account, signs in again and again, and tries used codes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::notes::{All, Notes};
use crate::person::{GaveUp, Person};

/// How often somebody signs in before the next one comes.
const TIMES: usize = 3;

/// People at work until they are told to end.
pub(crate) struct Crowd {
    notes: Arc<Notes>,
    people: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// So many people, whose addresses begin with `name`.
    pub(crate) fn gather(count: usize, name: &str, server: SocketAddr) -> Self {
        Self::of(count, name, server, live)
    }

    /// So many who ask for codes, under ever new addresses, and never wait for the mail.
    pub(crate) fn at_the_door(count: usize, name: &str, server: SocketAddr) -> Self {
        Self::of(count, name, server, ask)
    }

    fn of(count: usize, name: &str, server: SocketAddr, life: Life) -> Self {
        let notes = Notes::new();
        let people = (0..count)
            .map(|number| {
                let (notes, name) = (Arc::clone(&notes), format!("{name}-{number}"));
                std::thread::spawn(move || while life(&name, server, &notes).is_ok() {})
            })
            .collect();
        Self { notes, people }
    }

    pub(crate) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Waits until so many more sign-ins have been acknowledged.
    #[track_caller]
    pub(crate) fn await_more(&self, count: usize, within: Duration) {
        let wanted = self.notes.count() + count;
        let began = Instant::now();
        while self.notes.count() < wanted {
            let all = || self.notes.all();
            assert!(
                began.elapsed() < within,
                "{} of {wanted} sign-ins after {within:?}: {:?}",
                self.notes.count(),
                last(&all())
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until so many more tries have come to nothing.
    #[track_caller]
    pub(crate) fn await_turned_away(&self, count: usize, within: Duration) {
        let wanted = self.notes.troubles() + count;
        let began = Instant::now();
        while self.notes.troubles() < wanted {
            assert!(
                began.elapsed() < within,
                "{} of {wanted} turned away after {within:?}",
                self.notes.troubles()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends everybody home. Asserts that nothing happened that must never happen.
    #[track_caller]
    pub(crate) fn disperse(self) -> All {
        self.notes.end();
        for person in self.people {
            person.join().unwrap();
        }
        let all = self.notes.all();
        assert!(all.odd.is_empty(), "{} of {:#?}", all.odd.len(), &all.odd[..all.odd.len().min(10)]);
        all
    }
}

fn last(all: &All) -> (Vec<String>, Vec<String>) {
    let disturbances = all.disturbances.iter().rev().take(5);
    (
        all.odd.iter().rev().take(5).cloned().collect(),
        disturbances.map(|d| format!("{:?} {}", d.trouble, d.what)).collect(),
    )
}

/// What one person does, at `server`, under a name of their own.
type Life = fn(&str, SocketAddr, &Arc<Notes>) -> Result<(), GaveUp>;

fn newcomer(name: &str, server: SocketAddr, notes: &Arc<Notes>) -> Result<Person, GaveUp> {
    notes.give_up_if_over()?;
    Ok(Person::new(format!("{name}-{}@example.test", notes.next()), server, notes))
}

fn live(name: &str, server: SocketAddr, notes: &Arc<Notes>) -> Result<(), GaveUp> {
    let mut person = newcomer(name, server, notes)?;
    for _ in 0..TIMES {
        person.sign_in()?;
        person.try_the_used_code()?;
    }
    Ok(())
}

fn ask(name: &str, server: SocketAddr, notes: &Arc<Notes>) -> Result<(), GaveUp> {
    newcomer(name, server, notes)?.ask_for_a_code().map(drop)
}
