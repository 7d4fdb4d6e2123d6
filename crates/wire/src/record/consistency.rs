//! A file that proves that a record went on from an older checkpoint to a newer one: one line of JSON.

use serde_json::json;

use super::Hash;
use super::checkpoint::{hash, written};
use super::proof::{LONGEST_LINE, MOST, text};
use crate::Malformed;
use crate::json::Object;

const WHAT: &str = "consistency proof";
/// What the line calls itself.
const FORMAT: &str = "bidden-consistency-1";

/// Two checkpoints, and what lies between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The older signed checkpoint, a note.
    pub older: String,
    /// The newer one.
    pub newer: String,
    /// The hashes of RFC 9162 §2.1.4, in its order.
    pub path: Vec<Hash>,
}

impl Consistency {
    /// The line, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        let path: Vec<String> = self.path.iter().map(written).collect();
        json!({"format": FORMAT, "older": self.older, "newer": self.newer, "path": path}).to_string()
    }

    /// Reads [`Self::line`].
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn parse(line: &str) -> Result<Self, Malformed> {
        let object = Object::parse(WHAT, line.as_bytes(), LONGEST_LINE)?;
        let expected = "format bidden-consistency-1, older, newer and path";
        read(&object).ok_or(Malformed { what: WHAT, at: 0, expected })
    }
}

fn read(object: &Object) -> Option<Consistency> {
    let path = object.get("path")?.as_array()?;
    if text(object, "format") != Some(FORMAT) || path.len() > MOST {
        return None;
    }
    Some(Consistency {
        older: text(object, "older")?.to_owned(),
        newer: text(object, "newer")?.to_owned(),
        path: path.iter().map(|value| hash(value.as_str()?)).collect::<Option<Vec<_>>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_back_as_it_was_written_and_no_other_is_read() {
        let said =
            Consistency { older: "a\n".to_owned(), newer: "b\n".to_owned(), path: vec![[3; 32], [4; 32]] };
        let line = said.line();
        assert_eq!((Consistency::parse(&line), line.contains('\n')), (Ok(said), false));
        for (from, to) in [("consistency-1", "proof-1"), ("\"older\"", "\"old\""), ("AwMD", "A*MD")] {
            let bad = line.replacen(from, to, 1);
            assert_ne!(bad, line);
            assert!(Consistency::parse(&bad).is_err(), "{bad}");
        }
        let long = Consistency { path: vec![[0; 32]; MOST + 1], ..Consistency::parse(&line).unwrap() };
        assert!(Consistency::parse(&long.line()).is_err());
    }
}
