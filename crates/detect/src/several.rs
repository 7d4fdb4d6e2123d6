//! How many different ones there were behind one thing within a window: accounts behind a line, people behind a client.

use std::time::Duration;

use model::event::Event;

use crate::book::Proof;
use crate::kept::{Kept, Memory};
use crate::mark::Mark;
use crate::window::Recent;

/// One of them: which, whether it counts as one of the kind that is looked for, and the event.
type One = (Mark, bool, Proof);

/// What is remembered of each thing.
#[derive(Debug)]
pub(crate) struct Several {
    things: Kept<Recent<One>>,
    /// How many events of each.
    ring: usize,
    window: Duration,
}

/// The window with the most different ones.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many different ones.
    pub(crate) different: usize,
    /// How many of those are of the kind that is looked for.
    pub(crate) meant: usize,
    /// Their events.
    pub(crate) proofs: Vec<Proof>,
}

impl Several {
    /// For so many things, with so many events of each within the window.
    pub(crate) fn new(things: usize, ring: usize, window: Duration) -> Self {
        Self { things: Kept::new(things), ring, window }
    }

    /// Adds one, and gives the window around it in which most different ones were. The same one counts once.
    pub(crate) fn add(&mut self, thing: Mark, (one, meant): (Mark, bool), event: &Event) -> Found {
        let recent = self.things.entry(thing, Recent::default);
        recent.forget(event.at, self.window + self.window);
        let Some(place) = recent.insert(event.at, (one, meant, Proof::of(event)), self.ring) else {
            return Found::default();
        };
        let counted = recent
            .windows(place, self.window)
            .map(|window| (count(window.iter().map(|(_, one)| one)), window));
        let most = counted.max_by_key(|((different, _), _)| *different);
        most.map_or_else(Found::default, |((different, meant), window)| Found {
            different,
            meant,
            proofs: window.iter().map(|(_, (.., proof))| proof.clone()).collect(),
        })
    }

    /// How much that is.
    pub(crate) fn memory(&self) -> Memory {
        self.things.memory()
    }
}

/// How many different ones, and how many of them are meant.
fn count<'a>(window: impl Iterator<Item = &'a One>) -> (usize, usize) {
    let mut all: Vec<(Mark, bool)> = window.map(|(one, meant, _)| (*one, *meant)).collect();
    all.sort_unstable();
    all.dedup_by_key(|(one, _)| *one);
    (all.len(), all.iter().filter(|(_, meant)| *meant).count())
}
