//! The header of a message: its fields, in the order in which they stand, with every byte of them.
//!
//! Implements: RFC 5322 §2.2 (fields and folding), §3.5. Lines may end with CRLF or, as in files that were saved, with LF.

use super::encoded_word;

/// Longest header that is read, in bytes; what comes after it is not looked at.
pub const LONGEST: usize = 512 * 1024;
/// Most fields that are read.
pub const MOST: usize = 2_000;

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    name: &'a str,
    raw: &'a [u8],
    value: &'a [u8],
}

impl<'a> Field<'a> {
    /// The name as it stands.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// Whether it has this name; case does not count.
    #[must_use]
    pub const fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The whole field: name, colon, value and the end of its last line.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What follows the colon, with its folding and the end of its last line.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    /// The value on one line, white space around it taken off; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn unfolded(&self) -> String {
        let text = String::from_utf8_lossy(self.value);
        let mut line = String::with_capacity(text.len());
        for part in text.split(['\r', '\n']) {
            line.push_str(part);
        }
        line.trim().to_owned()
    }

    /// The value as people read it: on one line, encoded words decoded (RFC 2047).
    #[must_use]
    pub fn text(&self) -> String {
        encoded_word::decode(&self.unfolded())
    }
}

/// The header of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The fields, topmost first.
    pub fields: Vec<Field<'a>>,
    /// Where the body begins: bytes from the start of the message.
    pub body_at: usize,
    /// Whether there was more than [`LONGEST`] or [`MOST`] allow: then fields are missing.
    pub cut: bool,
    /// Lines that are neither a field nor belong to one.
    pub stray: usize,
}

impl<'a> Header<'a> {
    /// Reads the header of a message. A message without a header has no fields and is all body.
    #[must_use]
    pub fn parse(message: &'a [u8]) -> Self {
        let mut header = Self::default();
        let mut at = 0_usize;
        let mut open: Option<(&'a str, usize, usize)> = None;
        loop {
            let line = line_at(message, at);
            let end = at.saturating_add(line.len());
            let folded = matches!(line.first(), Some(b' ' | b'\t'));
            let so_far = header.fields.len().saturating_add(usize::from(open.is_some()));
            let over = end > LONGEST || (so_far >= MOST && !folded);
            if line.is_empty() || is_blank(line) || over {
                header.cut = over && !line.is_empty() && !is_blank(line);
                header.close(message, open, at);
                header.body_at = if header.cut { body_after(message, at) } else { end };
                return header;
            }
            if !folded {
                header.close(message, open.take(), at);
                match named(line) {
                    Some((name, value)) => open = Some((name, at, at.saturating_add(value))),
                    None if header.fields.is_empty() && header.stray == 0 && !line.starts_with(b"From ") => {
                        // The first line is no field: there is no header.
                        return Self::default();
                    }
                    None => header.stray = header.stray.saturating_add(1),
                }
            } else if open.is_none() {
                header.stray = header.stray.saturating_add(1);
            }
            at = end;
        }
    }

    fn close(&mut self, message: &'a [u8], open: Option<(&'a str, usize, usize)>, end: usize) {
        if let Some((name, start, value)) = open {
            let raw = message.get(start..end).unwrap_or_default();
            let value = message.get(value..end).unwrap_or_default();
            self.fields.push(Field { name, raw, value });
        }
    }

    /// The fields with this name, topmost first.
    pub fn named<'s>(&'s self, name: &'s str) -> impl DoubleEndedIterator<Item = &'s Field<'a>> + 's {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// The topmost field with this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.is(name))
    }
}

/// The line at `at` with its end; empty at the end of the message.
pub(super) fn line_at(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => rest.get(..=end).unwrap_or(rest),
        None => rest,
    }
}

/// A line without its end.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_blank(line: &[u8]) -> bool {
    without_end(line).is_empty()
}

/// The name of the field that a line begins, and where its value begins (RFC 5322 §2.2, §4.5: white space before the colon).
fn named(line: &[u8]) -> Option<(&str, usize)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    if name.is_empty() || name.len() > 128 || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some((str::from_utf8(name).ok()?, colon.saturating_add(1)))
}

/// Where the body begins in a message whose header is longer than anybody reads.
fn body_after(message: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let line = line_at(message, at);
        at = at.saturating_add(line.len());
        if line.is_empty() || is_blank(line) {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_with_every_byte_of_them() {
        let raw = b"From: a@example.org\r\nSubject: one\r\n two\r\nX-Empty:\r\n\r\nbody\r\n";
        let header = Header::parse(raw);
        assert_eq!(header.fields.len(), 3);
        assert_eq!(header.body_at, raw.len() - 6);
        let subject = header.first("subject").unwrap();
        assert_eq!(subject.raw(), b"Subject: one\r\n two\r\n");
        assert_eq!((subject.name(), subject.unfolded().as_str()), ("Subject", "one two"));
        assert_eq!(header.first("x-empty").unwrap().unfolded(), "");
        assert!(!header.cut && header.stray == 0);
    }

    #[test]
    fn lines_may_end_with_lf_alone_and_a_header_without_a_body_is_one() {
        let header = Header::parse(b"A: 1\nB: 2");
        assert_eq!(header.fields.len(), 2);
        assert_eq!(header.body_at, 9);
        let header = Header::parse(b"A: 1\n\nbody");
        assert_eq!((header.fields.len(), header.body_at), (1, 6));
    }

    #[test]
    fn what_has_no_header_is_all_body() {
        for text in ["Hello there\nA: 1\n", " folded: nothing\n\nx", "", "\n\nbody"] {
            let header = Header::parse(text.as_bytes());
            assert!(header.fields.is_empty(), "{text:?}");
        }
        assert_eq!(Header::parse(b"no header\n\nbody").body_at, 0);
    }

    #[test]
    fn a_header_without_end_is_cut_and_says_so() {
        let many = "X: y\r\n".repeat(100_000);
        let raw = format!("{many}\r\nbody");
        let header = Header::parse(raw.as_bytes());
        assert!(header.cut && header.fields.len() == MOST);
        assert_eq!(raw.get(header.body_at..), Some("body"));
        let long = format!("X: {}\r\nFrom: a@b\r\n\r\n", "y".repeat(LONGEST));
        assert!(Header::parse(long.as_bytes()).cut);
    }

    #[test]
    fn lines_that_belong_to_nothing_are_counted() {
        let header = Header::parse(b"A: 1\r\nthis is none\r\nB: 2\r\n\r\n");
        assert_eq!((header.fields.len(), header.stray), (2, 1));
        assert_eq!(header.first("a").unwrap().raw(), b"A: 1\r\n");
    }
}
