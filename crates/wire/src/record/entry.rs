//! An entry of the record as it is sealed: the bytes that are hashed, and the blinded hash that stands in the tree.
//!
//! The leaf of the tree is a commitment: without the nonce nobody can test whether an entry says this or that, and once
//! nonce and entry are erased the commitment tells nothing, while the tree above it stays as it was.

use aws_lc_rs::digest::{Context, SHA256};

use super::Hash;

/// What makes a commitment blind: sixteen bytes of chance, drawn for each entry.
pub type Nonce = [u8; 16];

/// What every entry's bytes begin with, so that they are never taken for anything else.
const BEGIN: &[u8] = b"bidden entry 1\n";

/// An entry, exactly as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The identifier of the event (UUID).
    pub id: [u8; 16],
    /// When it happened, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// The identifier of the account, or the keyed digest of the address, that it concerns.
    pub subject: Option<[u8; 16]>,
    /// The request for a code that it belongs to.
    pub request: Option<[u8; 16]>,
    /// What happened, as the table of events names it.
    pub kind: String,
    /// The rest, as JSON.
    pub body: String,
}

impl Entry {
    /// The bytes that are hashed: every part with its length, so that no two entries have the same.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.body.len().saturating_add(128));
        bytes.extend_from_slice(BEGIN);
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.at.to_be_bytes());
        for sixteen in [self.subject, self.request] {
            match sixteen {
                Some(value) => {
                    bytes.push(1);
                    bytes.extend_from_slice(&value);
                }
                None => bytes.push(0),
            }
        }
        for text in [&self.kind, &self.body] {
            bytes.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// SHA-256 of the nonce and [`Self::bytes`].
    #[must_use]
    pub fn commitment(&self, nonce: &Nonce) -> Hash {
        let mut context = Context::new(&SHA256);
        context.update(nonce);
        context.update(&self.bytes());
        let mut hash = Hash::default();
        for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Entry {
        Entry {
            id: [1; 16],
            at: 2,
            subject: Some([3; 16]),
            request: None,
            kind: "session_started".to_owned(),
            body: "{}".to_owned(),
        }
    }

    #[test]
    fn every_part_of_an_entry_counts() {
        let nonce = [9; 16];
        let sealed = sample().commitment(&nonce);
        let others = [
            Entry { id: [2; 16], ..sample() },
            Entry { at: 3, ..sample() },
            Entry { subject: None, ..sample() },
            Entry { subject: None, request: Some([3; 16]), ..sample() },
            Entry { kind: "session_started{".to_owned(), body: "}".to_owned(), ..sample() },
            Entry { body: "{ }".to_owned(), ..sample() },
        ];
        for other in others {
            assert_ne!(other.commitment(&nonce), sealed, "{other:?}");
        }
        assert_ne!(sample().commitment(&[8; 16]), sealed, "the nonce blinds");
    }

    #[test]
    fn the_bytes_are_those_of_the_documentation() {
        let hex = crate::token::hex(&sample().bytes());
        let text = |text: &str| crate::token::hex(text.as_bytes());
        assert_eq!(
            hex,
            format!(
                "{}{}0000000000000002{}{}00{}{}{}{}",
                text("bidden entry 1\n"),
                "01".repeat(16),
                "01",
                "03".repeat(16),
                "000000000000000f",
                text("session_started"),
                "0000000000000002",
                text("{}"),
            )
        );
    }
}
