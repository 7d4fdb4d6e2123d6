//! Names of members in the order in which they come: what followed a name last time mostly follows it again.

use std::cell::{Cell, RefCell};

use super::key::{self, Key};

/// Most different names that are remembered; what a file has beyond them is looked up each time.
const MOST: usize = 512;

/// The names that were seen, and what followed them.
#[derive(Debug)]
pub(super) struct Names {
    seen: RefCell<Seen>,
    /// The name that came last; the first one stands for the beginning of a record.
    last: Cell<usize>,
}

#[derive(Debug)]
struct Seen {
    all: Vec<Name>,
    /// Where each name is, by its slot; of two with one slot the later one.
    places: Vec<u16>,
}

#[derive(Debug)]
struct Name {
    /// With its quotes and its colon.
    quoted: Box<[u8]>,
    /// The first sixteen bytes of that as a number and which of its bits count, and the same of the next sixteen: mostly that
    /// is all of it.
    heads: [Head; 2],
    key: Key,
    /// The two names that came after it lately: behind the last member of a list's object comes its first one, or what
    /// follows the list. 0: none yet.
    next: [u16; 2],
}

/// Up to sixteen bytes, compared at once.
#[derive(Clone, Copy, Debug)]
struct Head {
    bytes: u128,
    counts: u128,
}

impl Head {
    fn of(bytes: &[u8]) -> Self {
        let (mut head, mut counts) = ([0; 16], [0; 16]);
        for ((head, counts), byte) in head.iter_mut().zip(&mut counts).zip(bytes) {
            (*head, *counts) = (*byte, 0xff);
        }
        Self { bytes: u128::from_le_bytes(head), counts: u128::from_le_bytes(counts) }
    }

    const fn is(self, bytes: [u8; 16]) -> bool {
        u128::from_le_bytes(bytes) & self.counts == self.bytes
    }
}

impl Name {
    fn new(quoted: &[u8], key: Key) -> Self {
        let heads = [Head::of(quoted), Head::of(quoted.get(16..).unwrap_or_default())];
        Self { quoted: quoted.into(), heads, key, next: [0; 2] }
    }

    /// Whether it stands at the beginning of `rest`.
    fn begins(&self, rest: &[u8]) -> bool {
        let ([first, second, ..], _) = rest.as_chunks::<16>() else { return rest.starts_with(&self.quoted) };
        let [head, next] = self.heads;
        head.is(*first)
            && next.is(*second)
            && (self.quoted.len() <= 32 || rest.get(32..self.quoted.len()) == self.quoted.get(32..))
    }
}

impl Default for Names {
    fn default() -> Self {
        let start = Name::new(b"", Key::Unknown);
        Self {
            seen: RefCell::new(Seen { all: vec![start], places: vec![0; key::SLOTS] }),
            last: Cell::new(0),
        }
    }
}

impl Names {
    /// A record begins.
    pub(super) fn begin(&self) {
        self.last.set(0);
    }

    /// The name that stands at the beginning of `rest`, if it is one that came after the last one before; and its length with
    /// quotes and colon.
    pub(super) fn expected(&self, rest: &[u8]) -> Option<(Key, usize)> {
        let seen = self.seen.borrow();
        for next in seen.all.get(self.last.get())?.next {
            let next = usize::from(next);
            let name = seen.all.get(next).filter(|_| next != 0)?;
            if name.begins(rest) {
                self.last.set(next);
                return Some((name.key, name.quoted.len()));
            }
        }
        None
    }

    /// Remembers that this name came after the last one; one that is written with escapes, or not close to its colon, is not.
    pub(super) fn learn(&self, quoted: &str, name: &str, key: Key) {
        let mut seen = self.seen.borrow_mut();
        if quoted.len() != name.len() + 3 {
            return;
        }
        let slot = key::slot(name.as_bytes());
        let place = seen.places.get(slot).copied().map_or(0, usize::from);
        let known =
            place != 0 && seen.all.get(place).is_some_and(|known| *known.quoted == *quoted.as_bytes());
        let this = if known {
            place
        } else if seen.all.len() < MOST {
            seen.all.push(Name::new(quoted.as_bytes(), key));
            seen.all.len() - 1
        } else {
            return;
        };
        let number = u16::try_from(this).unwrap_or(0);
        if let Some(place) = seen.places.get_mut(slot) {
            *place = number;
        }
        if let Some(before) = seen.all.get_mut(self.last.get()) {
            before.next = [number, before.next[0]];
        }
        self.last.set(this);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(names: &Names, record: &[&str]) -> usize {
        names.begin();
        let mut expected = 0;
        for name in record {
            let quoted = format!("\"{name}\":");
            match names.expected(format!("{quoted}1").as_bytes()) {
                Some(found) => {
                    assert_eq!(found, (key::find(name), quoted.len()));
                    expected += 1;
                }
                None => names.learn(&quoted, name, key::find(name)),
            }
        }
        expected
    }

    #[test]
    fn a_record_like_the_last_one_is_expected_whole_whatever_its_lists_hold() {
        let names = Names::default();
        let short = ["id", "status", "method", "detail", "appId"];
        let long = ["id", "status", "method", "detail", "method", "detail", "appId"];
        assert_eq!(through(&names, &short), 0);
        assert_eq!(through(&names, &long), 4 + 2);
        for _ in 0..3 {
            assert_eq!(through(&names, &short), short.len());
            assert_eq!(through(&names, &long), long.len());
        }
        let alike = ["aNameOfTwentyLetters", "aNameOfTwentyLetterz"];
        let long = "aNameOfSoManyLettersThatTwiceSixteenAreNotEnough";
        let longer = format!("{long}?");
        for name in alike.into_iter().chain([long, &longer, long, "aNameOfSixteenLe"]) {
            names.begin();
            through(&names, &[name]);
            names.begin();
            let quoted = format!("\"{name}\":");
            // Whatever comes after it, be it nothing.
            for rest in ["", "1", "\"a value as long as many others are\"}"] {
                names.begin();
                let text = format!("{quoted}{rest}");
                assert_eq!(names.expected(text.as_bytes()), Some((Key::Unknown, quoted.len())), "{text}");
            }
            // One letter that is another one is enough.
            for at in 0..quoted.len() {
                let mut other = format!("{quoted}1, and so on for a while").into_bytes();
                other[at] ^= 1;
                names.begin();
                let found = names.expected(&other);
                assert!(found.is_none_or(|(_, length)| length != quoted.len()), "{name} {at}");
            }
        }
    }

    #[test]
    fn names_that_never_come_again_take_no_more_than_so_much_memory() {
        let names = Names::default();
        for n in 0..10_000 {
            through(&names, &["id", &format!("x{n}")]);
        }
        assert_eq!(names.seen.borrow().all.len(), MOST);
        assert_eq!(through(&names, &["id"]), 1);
        // A name that is the beginning of another one is not taken for it, and none that is longer than what is left.
        names.begin();
        assert_eq!(names.expected(b"\"ide\":1"), None);
        assert_eq!(names.expected(b"\"i"), None);
        assert_eq!(names.expected(b"\"id\" :"), None);
        assert_eq!(names.expected(b"\"id\":"), Some((Key::Id, 5)));
    }
}
