//! Comma-separated values: records out of bytes that come piece by piece, and lines to write.
//!
//! Implements: RFC 4180 §2, with LF beside CRLF at the end of a line when reading, and always LF when writing; a byte
//! order mark before the first record is passed over, as spreadsheets write one.

use std::borrow::Cow;

use crate::Malformed;

/// Longest record, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// Most fields of a record.
pub const MOST_FIELDS: usize = 64;

const WHAT: &str = "CSV record";

/// A record, and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its fields.
    pub fields: Vec<String>,
    /// How many bytes it took, its line end among them.
    pub bytes: usize,
    /// How many lines it took; a field in quotes may have several.
    pub lines: usize,
}

/// Where a record ends that starts at the beginning of `bytes`; none while its end has not come.
fn end_of(bytes: &[u8]) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

/// Reads the record at the beginning of `bytes`; none while more bytes are needed. `whole`: nothing comes after them.
///
/// # Errors
/// [`Malformed`], with the place within the record: a quote in the wrong place, no UTF-8, too long, too many fields.
pub fn record(bytes: &[u8], whole: bool) -> Result<Option<Record>, Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    let end = match end_of(bytes.get(..LONGEST).unwrap_or(bytes)) {
        Some(end) => end,
        None if bytes.len() > LONGEST => {
            return Err(refuse(LONGEST, "at most 64 KiB; a quote may be missing"));
        }
        None if whole && !bytes.is_empty() => bytes.len(),
        None => return Ok(None),
    };
    let all = bytes.get(..end).unwrap_or_default();
    let lines = all.iter().filter(|byte| **byte == b'\n').count().max(1);
    let line = all.strip_suffix(b"\n").map_or(all, |line| line.strip_suffix(b"\r").unwrap_or(line));
    let text = str::from_utf8(line).map_err(|error| refuse(error.valid_up_to(), "UTF-8"))?;
    Ok(Some(Record { fields: fields(text)?, bytes: end, lines }))
}

fn fields(text: &str) -> Result<Vec<String>, Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    let mut fields = Vec::new();
    let mut at = 0_usize;
    let mut rest = text;
    loop {
        if fields.len() == MOST_FIELDS {
            return Err(refuse(at, "at most 64 fields"));
        }
        let (field, taken) = if rest.starts_with('"') {
            quoted(rest)
                .map_err(|within| refuse(at.saturating_add(within), "a closing quote, then a comma"))?
        } else {
            let plain = rest.split(',').next().unwrap_or_default();
            if let Some(within) = plain.find('"') {
                return Err(refuse(at.saturating_add(within), "a quote only around a whole field"));
            }
            (plain.to_owned(), plain.len())
        };
        fields.push(field);
        at = at.saturating_add(taken);
        rest = rest.get(taken..).unwrap_or_default();
        match rest.strip_prefix(',') {
            Some(next) => (rest, at) = (next, at.saturating_add(1)),
            None if rest.is_empty() => return Ok(fields),
            None => return Err(refuse(at, "a comma after the closing quote")),
        }
    }
}

/// The field in quotes at the beginning of `text`, and how many bytes it took; where it goes wrong.
fn quoted(text: &str) -> Result<(String, usize), usize> {
    let mut field = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            field.push(letter);
        } else if letters.next_if(|(_, next)| *next == '"').is_some() {
            field.push('"');
        } else {
            return Ok((field, at.saturating_add(1)));
        }
    }
    Err(text.len())
}

/// Writes one line, quotes where they are needed.
pub fn line<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> String {
    let mut line = String::new();
    for (n, field) in fields.into_iter().enumerate() {
        let field = field.as_ref();
        if n > 0 {
            line.push(',');
        }
        // An empty line would be no record at all.
        let bare = !field.contains(['"', ',', '\n', '\r']) && !field.starts_with([' ', '\u{feff}']);
        if bare && !field.ends_with(' ') {
            line.push_str(field);
        } else {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        }
    }
    line.push('\n');
    line
}

/// A field for somebody's spreadsheet, which would take what begins with one of these for a formula.
pub fn as_text(field: &str) -> Cow<'_, str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{field}"))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rest, mut all) = (text.as_bytes(), Vec::new());
        while let Some(record) = record(rest, true).unwrap() {
            rest = &rest[record.bytes..];
            all.push(record.fields);
        }
        all
    }

    #[test]
    fn records_are_read_as_spreadsheets_write_them() {
        assert_eq!(read("a,b,c\r\n1,,3\r\n"), [["a", "b", "c"], ["1", "", "3"]]);
        assert_eq!(
            read("\"a, b\",\"say \"\"no\"\"\"\n\"two\nlines\",x"),
            [["a, b", "say \"no\""], ["two\nlines", "x"]]
        );
        assert_eq!(read("\n"), [[""]]);
        assert!(read("").is_empty());
    }

    #[test]
    fn what_is_no_record_is_refused_at_its_place() {
        for (text, at) in [("a,b\"c\"\n", 3), ("\"a\"b,c\n", 3), ("a,\"b", 4), ("\u{ff}", 0)] {
            let bytes = if text == "\u{ff}" { b"\xff\n".to_vec() } else { text.as_bytes().to_vec() };
            assert_eq!(record(&bytes, true).unwrap_err().at, at, "{text:?}");
        }
        assert!(record(",".repeat(MOST_FIELDS).as_bytes(), true).is_err());
        assert!(record("x".repeat(LONGEST + 1).as_bytes(), false).is_err());
    }

    #[test]
    fn a_record_is_waited_for_until_it_is_whole() {
        assert_eq!(record(b"a,\"b\n", false), Ok(None));
        let whole = record(b"a,\"b\nc\"\nnext", false).unwrap().unwrap();
        assert_eq!((whole.fields, whole.bytes, whole.lines), (vec!["a".to_owned(), "b\nc".to_owned()], 8, 2));
    }

    #[test]
    fn no_field_is_a_formula_in_a_spreadsheet() {
        for bad in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert!(as_text(bad).starts_with('\''));
        }
        assert_eq!(as_text("a=b"), "a=b");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(fields in prop::collection::vec(any::<String>(), 1..8)) {
            let written = line(&fields);
            prop_assume!(written.len() <= LONGEST);
            let back = record(written.as_bytes(), false).unwrap().unwrap();
            prop_assert_eq!(back.bytes, written.len());
            prop_assert_eq!(back.fields, fields);
        }
    }
}
