//! A file that proves that entries stand on a record: a line with a checkpoint, then a line for each entry.
//!
//! Lines of JSON, so that whoever writes or checks a long file needs no more memory than for a short one.

use serde_json::json;

use super::Hash;
use super::checkpoint::{hash, written};
use super::entry::{Entry, Nonce};
use crate::Malformed;
use crate::json::{Object, Value};
use crate::token::hex;

const WHAT: &str = "proof";
/// What the first line calls itself.
const FORMAT: &str = "bidden-proof-1";
/// Longest line.
pub const LONGEST_LINE: usize = 1 << 20;
/// Most hashes beside a path: a tree with more entries has not been grown.
pub(super) const MOST: usize = 64;

const fn refuse<T>(expected: &'static str) -> Result<T, Malformed> {
    Err(Malformed { what: WHAT, at: 0, expected })
}

/// The first line: which checkpoint everything below it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The signed checkpoint, a note.
    pub checkpoint: String,
}

/// One entry with its way to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Which entry of the record it is, from 0.
    pub index: u64,
    /// What blinds it.
    pub nonce: Nonce,
    /// The entry.
    pub entry: Entry,
    /// The hashes beside the path to the root, from the leaf upwards (RFC 9162 §2.1.3).
    pub path: Vec<Hash>,
}

impl Head {
    /// The line, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        json!({"format": FORMAT, "checkpoint": self.checkpoint}).to_string()
    }

    /// Reads [`Self::line`].
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn parse(line: &str) -> Result<Self, Malformed> {
        let object = Object::parse(WHAT, line.as_bytes(), LONGEST_LINE)?;
        match (text(&object, "format"), text(&object, "checkpoint")) {
            (Some(FORMAT), Some(checkpoint)) => Ok(Self { checkpoint: checkpoint.to_owned() }),
            _ => refuse("a first line with the format bidden-proof-1 and a checkpoint"),
        }
    }
}

impl Proven {
    /// The line, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        let entry = &self.entry;
        json!({
            "index": self.index,
            "nonce": hex(&self.nonce),
            "id": hex(&entry.id),
            "at": entry.at,
            "subject": entry.subject.map(|bytes| hex(&bytes)),
            "request": entry.request.map(|bytes| hex(&bytes)),
            "kind": entry.kind,
            "body": entry.body,
            "path": self.path.iter().map(written).collect::<Vec<_>>(),
        })
        .to_string()
    }

    /// Reads [`Self::line`].
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn parse(line: &str) -> Result<Self, Malformed> {
        let object = Object::parse(WHAT, line.as_bytes(), LONGEST_LINE)?;
        let found = read(&object);
        found.map_or_else(|| refuse("index, nonce, id, at, subject, request, kind, body and path"), Ok)
    }
}

fn read(object: &Object) -> Option<Proven> {
    let path = object.get("path")?.as_array()?;
    if path.len() > MOST {
        return None;
    }
    Some(Proven {
        index: object.get("index")?.as_u64()?,
        nonce: sixteen(text(object, "nonce")?)?,
        entry: Entry {
            id: sixteen(text(object, "id")?)?,
            at: object.get("at")?.as_i64()?,
            subject: maybe_sixteen(object.get("subject")?)?,
            request: maybe_sixteen(object.get("request")?)?,
            kind: text(object, "kind")?.to_owned(),
            body: text(object, "body")?.to_owned(),
        },
        path: path.iter().map(|value| hash(value.as_str()?)).collect::<Option<Vec<_>>>()?,
    })
}

pub(super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn maybe_sixteen(value: &Value) -> Option<Option<[u8; 16]>> {
    if value.is_null() { Some(None) } else { sixteen(value.as_str()?).map(Some) }
}

fn sixteen(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (n, to) in bytes.iter_mut().enumerate() {
        let at = n.checked_mul(2)?;
        *to = u8::from_str_radix(text.get(at..at.checked_add(2)?)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(subject: Option<[u8; 16]>) -> Proven {
        Proven {
            index: 7,
            nonce: [0xa5; 16],
            entry: Entry {
                id: [1; 16],
                at: -5,
                subject,
                request: Some([0xff; 16]),
                kind: "session_started".to_owned(),
                body: "{\"actor\":\"owner \\u{e4}\"}\n".to_owned(),
            },
            path: vec![[3; 32], [4; 32]],
        }
    }

    #[test]
    fn lines_come_back_as_they_were_written() {
        let head = Head { checkpoint: "a\nb\n\n\u{2014} a b\n".to_owned() };
        assert_eq!(Head::parse(&head.line()), Ok(head.clone()));
        assert!(!head.line().contains('\n'));
        for subject in [None, Some([9; 16])] {
            let line = sample(subject).line();
            assert!(!line.contains('\n'));
            assert_eq!(Proven::parse(&line), Ok(sample(subject)));
        }
    }

    #[test]
    fn another_line_is_refused() {
        let good = sample(None).line();
        for (from, to) in
            [("a5a5", "A5a5"), ("\"index\":7", "\"index\":-7"), ("\"path\"", "\"paths\""), ("0101", "01")]
        {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(Proven::parse(&bad).is_err(), "{bad}");
        }
        assert!(Head::parse("{\"format\":\"bidden-proof-2\",\"checkpoint\":\"\"}").is_err());
        assert!(Head::parse("").is_err());
    }
}
