//! Texts that a record does not hold as they are meant: unescaped, taken out of quotes. They live as long as its row.

use std::cell::{Cell, OnceCell};

use super::names::Names;

const ROOM: usize = 48;

/// Keeps texts until it is cleared, and remembers the names of members; one serves for many records, one after the other.
#[derive(Debug, Default)]
pub struct Arena {
    kept: Block,
    pub(super) names: Names,
}

#[derive(Debug)]
struct Block {
    texts: [OnceCell<Box<str>>; ROOM],
    used: Cell<usize>,
    more: OnceCell<Box<Block>>,
}

impl Default for Block {
    fn default() -> Self {
        Self { texts: [const { OnceCell::new() }; ROOM], used: Cell::new(0), more: OnceCell::new() }
    }
}

impl Arena {
    /// Keeps a text.
    pub fn keep(&self, text: String) -> &str {
        let mut block = &self.kept;
        loop {
            if let Some(slot) = block.texts.get(block.used.get()) {
                block.used.set(block.used.get().saturating_add(1));
                return slot.get_or_init(|| text.into_boxed_str());
            }
            block = block.more.get_or_init(Box::default);
        }
    }

    /// Forgets every text; the names stay.
    pub fn clear(&mut self) {
        self.kept.used.set(0);
        self.kept.more.take();
        for slot in &mut self.kept.texts {
            // What was never used again is empty from here on.
            if slot.take().is_none() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_until_they_are_forgotten_however_many_there_are() {
        let mut arena = Arena::default();
        for _ in 0..2 {
            let kept: Vec<&str> = (0..200).map(|n| arena.keep(n.to_string())).collect();
            assert!(kept.iter().enumerate().all(|(n, text)| **text == n.to_string()));
            arena.clear();
        }
    }
}
