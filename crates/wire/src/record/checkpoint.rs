//! Checkpoints: how long the record is, and the hash of all of it, in a signed note.
//!
//! Implements: C2SP tlog-checkpoint (v1.0.0), with two lines of ours after the three that it asks for: `time` and
//! `previous`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::Hash;
use crate::{Malformed, rfc3339};

const WHAT: &str = "checkpoint";

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose record it is; also the name of the key.
    pub origin: String,
    /// How many entries the tree has.
    pub size: u64,
    /// The root of the tree (RFC 9162 §2.1.1).
    pub root: Hash,
    /// When it was signed, in microseconds since 1970-01-01T00:00:00Z; a whole second.
    pub at: i64,
    /// The SHA-256 of the text of the checkpoint before it; none for the first.
    pub previous: Option<Hash>,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let previous = self.previous.map_or_else(|| "none".to_owned(), |hash| STANDARD.encode(hash));
        format!(
            "{}\n{}\n{}\ntime {}\nprevious {previous}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root),
            rfc3339::write(self.at),
        )
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`Malformed`] for anything that [`Self::text`] does not write: one checkpoint has one spelling.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let found = read(text).filter(|found| found.text() == text);
        found.ok_or(Malformed {
            what: WHAT,
            at: 0,
            expected: "origin, size, root, time and previous, a line each",
        })
    }
}

fn read(text: &str) -> Option<Checkpoint> {
    let mut lines = text.lines();
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let (time, previous) = (lines.next()?.strip_prefix("time ")?, lines.next()?.strip_prefix("previous ")?);
    Some(Checkpoint {
        origin: origin.to_owned(),
        size: size.parse().ok()?,
        root: hash(root)?,
        at: rfc3339::parse(time).ok()?,
        previous: if previous == "none" { None } else { Some(hash(previous)?) },
    })
}

/// Thirty-two bytes in base64.
pub(super) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The same, written.
pub(super) fn written(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Checkpoint {
        Checkpoint {
            origin: "id.example.org/record".to_owned(),
            size: 1234,
            root: [5; 32],
            at: 1_795_297_599_000_000,
            previous: Some([6; 32]),
        }
    }

    #[test]
    fn a_checkpoint_comes_back_as_it_was_written() {
        for previous in [None, Some([6; 32])] {
            let checkpoint = Checkpoint { previous, ..sample() };
            assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
        }
        assert_eq!(
            sample().text(),
            "id.example.org/record\n1234\nBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\ntime 2026-11-21T21:46:39Z\n\
             previous BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=\n"
        );
    }

    #[test]
    fn another_spelling_is_refused() {
        let good = sample().text();
        for (from, to) in [
            ("\n1234", "\n01234"),
            ("\n1234", "\n+1234"),
            ("time ", "time  "),
            ("Z\n", "z\n"),
            ("=\nt", "\nt"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(Checkpoint::parse(&bad).is_err(), "{bad}");
        }
        assert!(Checkpoint::parse("").is_err());
        assert!(Checkpoint::parse(&format!("{good}more\n")).is_err());
    }
}
