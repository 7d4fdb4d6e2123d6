//! Cutting bytes that come piece by piece into records: lines, rows of a table, or objects inside lists that may be one line of
//! many gigabytes.
//!
//! What is broken costs the record that it stands in and never the rest of the file: a line end inside a text, which JSON does
//! not allow, ends the record; so does a length that no record has.

use memchr::{memchr, memchr2, memchr3, memrchr};

use super::table::Table;

/// Longest record, in bytes; a longer one is given up at the next line end.
pub const LONGEST: usize = 16 << 20;
/// Names of lists that are the frame of records and no part of one.
const FRAMES: [&[u8]; 5] = [b"value", b"records", b"items", b"results", b"logs"];
/// How deep frames may stand in each other.
const MOST_FRAMES: usize = 8;

/// How a file is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// One record a line.
    Lines,
    /// Rows of a table, whose cells may hold line ends.
    Rows(Table),
    /// Objects: in a list, in the list of a frame (`value`, `records`), one after the other, over many lines.
    Objects,
}

impl Cut {
    /// Looks at the beginning of a file; `whole` says that it is all there is. None where it is nothing that is known. The
    /// second value is how many bytes to pass over.
    #[must_use]
    pub fn of(beginning: &[u8], whole: bool) -> Option<(Self, usize)> {
        let bom = if beginning.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let space = beginning.iter().skip(bom).take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = bom + space;
        let rest = beginning.get(start..)?;
        match rest.first()? {
            b'{' => {
                // An object whose first line is longer than what was looked at is cut as objects: slower, and never wrong.
                let line = match memchr(b'\n', rest) {
                    Some(end) => rest.get(..end)?,
                    None if whole => rest,
                    None => return Some((Self::Objects, start)),
                };
                let line = line.trim_ascii_end();
                let lines = is_one_object(line) || is_followed_by_lines(line, rest);
                Some((if lines { Self::Lines } else { Self::Objects }, start))
            }
            b'[' => Some((Self::Objects, start)),
            _ => {
                // PowerShell writes the type above its tables.
                let typed = if rest.starts_with(b"#TYPE") { memchr(b'\n', rest)? + 1 } else { 0 };
                let rest = rest.get(typed..)?;
                let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                let table = Table::heading(rest.get(..end)?)?;
                let first = rest.get(end..).unwrap_or_default();
                let (used, _) = Splitter::new(Self::Rows(table.clone())).next(first, whole);
                let mut sample = Vec::new();
                rows(first.get(..used).unwrap_or_default(), &mut |row| sample.push(row));
                Some((Self::Rows(table.with_order_of(&sample)), start + typed + end))
            }
        }
    }

    /// Calls `each` with every record of a chunk that [`Splitter::next`] has cut off; `objects` is what it answered.
    pub fn records<'b>(&self, chunk: &'b [u8], objects: &[(usize, usize)], each: &mut impl FnMut(&'b [u8])) {
        match self {
            Self::Lines => {
                let mut rest = chunk;
                while !rest.is_empty() {
                    let end = memchr(b'\n', rest).unwrap_or(rest.len());
                    let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                    rest = after.get(1..).unwrap_or_default();
                    let line = line.trim_ascii();
                    // A list that somebody has put one record a line.
                    let line = line.strip_suffix(b",").unwrap_or(line);
                    if !matches!(line, b"" | b"[" | b"]") {
                        each(line);
                    }
                }
            }
            Self::Rows(_) => rows(chunk, each),
            Self::Objects => {
                for (from, to) in objects {
                    each(chunk.get(*from..*to).unwrap_or_default());
                }
            }
        }
    }
}

/// Whether a line is one record from its first to its last letter, and no frame of others.
fn is_one_object(line: &[u8]) -> bool {
    let mut splitter = Splitter::new(Cut::Objects);
    let (_, objects) = splitter.next(line, true);
    objects == [(0, line.len())]
}

/// Whether a first line that is no record is broken, rather than the beginning of a frame: the next line is a record whole.
fn is_followed_by_lines(first: &[u8], rest: &[u8]) -> bool {
    if first.ends_with(b"[") || first.ends_with(b"{") || first.ends_with(b",") || first.ends_with(b":") {
        return false;
    }
    let second = rest.split(|byte| *byte == b'\n').nth(1).unwrap_or_default().trim_ascii_end();
    second.starts_with(b"{") && is_one_object(second)
}

/// Every row of a table, its line end cut off.
fn rows<'b>(chunk: &'b [u8], each: &mut impl FnMut(&'b [u8])) {
    let mut rest = chunk;
    while !rest.is_empty() {
        let end = end_of_row(rest).unwrap_or(rest.len());
        let (row, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        rest = after;
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if !row.is_empty() {
            each(row);
        }
    }
}

/// Where the first row ends, behind its line end; a quote that never closes ends with the longest record.
fn end_of_row(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut quoted) = (0_usize, false);
    loop {
        let found = at + memchr2(b'"', b'\n', bytes.get(at..)?)?;
        at = found + 1;
        if bytes.get(found) == Some(&b'"') {
            quoted = !quoted;
        } else if !quoted || found > LONGEST {
            return Some(at);
        }
    }
}

/// Cuts one file, whose bytes come in pieces.
#[derive(Debug)]
pub struct Splitter {
    cut: Cut,
    objects: Objects,
}

impl Splitter {
    /// Begins at the first record.
    #[must_use]
    pub fn new(cut: Cut) -> Self {
        Self { cut, objects: Objects::default() }
    }

    /// How it cuts.
    #[must_use]
    pub const fn cut(&self) -> &Cut {
        &self.cut
    }

    /// Looks at bytes that begin where the last ones were used up; `whole` says that none come after them. Answers how many
    /// are used up now, all of whole records, and where objects stand in them.
    pub fn next(&mut self, bytes: &[u8], whole: bool) -> (usize, Vec<(usize, usize)>) {
        match &self.cut {
            Cut::Lines if whole => (bytes.len(), Vec::new()),
            Cut::Lines => {
                let end = memrchr(b'\n', bytes).map_or(0, |end| end + 1);
                (if end == 0 && bytes.len() > LONGEST { bytes.len() } else { end }, Vec::new())
            }
            Cut::Rows(_) if whole => (bytes.len(), Vec::new()),
            Cut::Rows(_) => {
                let mut used = 0;
                while let Some(end) = bytes.get(used..).and_then(end_of_row) {
                    used += end;
                }
                (used, Vec::new())
            }
            Cut::Objects => self.objects.next(bytes),
        }
    }

    /// Whether the bytes so far end in the middle of an object.
    #[must_use]
    pub const fn within_object(&self) -> bool {
        self.objects.start.is_some()
    }
}

/// Finds objects by depth. Places are counted from the first byte that is not used up.
#[derive(Debug, Default)]
struct Objects {
    at: usize,
    depth: usize,
    /// At which depth records begin, for the list that is open and those around it.
    bases: Vec<usize>,
    /// Where the record that is open begins.
    start: Option<usize>,
    /// The last text directly inside the record that is open.
    last: (usize, usize),
    within_text: bool,
}

impl Objects {
    fn base(&self) -> usize {
        self.bases.last().copied().unwrap_or(0)
    }

    fn next(&mut self, bytes: &[u8]) -> (usize, Vec<(usize, usize)>) {
        let mut found = Vec::new();
        while let Some(byte) = bytes.get(self.at).copied() {
            if self.within_text {
                if !self.text(bytes) {
                    break;
                }
                continue;
            }
            let at = self.at;
            self.at += 1;
            match byte {
                b'"' => {
                    self.within_text = true;
                    if self.depth == self.base() + 1 {
                        self.last.0 = self.at;
                    }
                }
                b'{' => {
                    if self.depth == self.base() && self.start.is_none() {
                        self.start = Some(at);
                        self.last = (0, 0);
                    }
                    self.depth += 1;
                }
                b'[' => self.list(bytes),
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth < self.base() {
                        self.bases.pop();
                    } else if self.depth == self.base()
                        && let Some(start) = self.start.take()
                    {
                        found.push((start, self.at));
                    }
                }
                b'\n' if self.start.is_some_and(|start| at.saturating_sub(start) > LONGEST) => self.give_up(),
                _ => self.skip(bytes),
            }
        }
        let used = self.start.unwrap_or(self.at).min(self.at);
        self.at -= used;
        self.start = self.start.map(|start| start - used);
        self.last = (self.last.0.saturating_sub(used), self.last.1.saturating_sub(used));
        (used, found)
    }

    /// To the next byte that decides anything.
    fn skip(&mut self, bytes: &[u8]) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b'\n'));
        self.at += plain.unwrap_or(rest.len());
    }

    /// To the end of a text; false when it has not come yet.
    fn text(&mut self, bytes: &[u8]) -> bool {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let Some(end) = memchr3(b'"', b'\\', b'\n', rest) else {
            self.at = bytes.len();
            return false;
        };
        match rest.get(end) {
            Some(b'\\') if end + 1 == rest.len() => {
                // What is escaped has not come yet.
                self.at += end;
                return false;
            }
            Some(b'\\') => self.at += end + 2,
            Some(b'"') => {
                if self.depth == self.base() + 1 {
                    self.last.1 = self.at + end;
                }
                self.at += end + 1;
                self.within_text = false;
            }
            _ => {
                // No text of JSON has a bare line end: the record is broken, and the next line may be a new one.
                self.at += end + 1;
                self.give_up();
            }
        }
        true
    }

    /// A list opens: one of records, or one inside a record.
    fn list(&mut self, bytes: &[u8]) {
        let outermost = self.start.is_none() && self.depth == self.base();
        let frame = self.depth == self.base() + 1 && self.start.is_some() && {
            let name = bytes.get(self.last.0..self.last.1).unwrap_or_default();
            FRAMES.iter().any(|frame| frame.eq_ignore_ascii_case(name))
        };
        self.depth += 1;
        if (outermost || frame) && self.bases.len() < MOST_FRAMES {
            self.bases.push(self.depth);
            self.start = None;
        }
    }

    fn give_up(&mut self) {
        self.depth = self.base();
        self.start = None;
        self.within_text = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every record, the bytes coming in pieces of `step`.
    fn cut(text: &[u8], step: usize) -> Vec<String> {
        let Some((cut, skip)) = Cut::of(text, true) else { return Vec::new() };
        let mut splitter = Splitter::new(cut.clone());
        let (mut left, mut all) = (Vec::new(), Vec::new());
        let text = &text[skip..];
        let pieces: Vec<&[u8]> = text.chunks(step).collect();
        for (n, piece) in pieces.iter().enumerate() {
            left.extend_from_slice(piece);
            let (used, objects) = splitter.next(&left, n + 1 == pieces.len());
            cut.records(&left[..used], &objects, &mut |record| {
                all.push(String::from_utf8_lossy(record).into_owned());
            });
            left.drain(..used);
        }
        all
    }

    fn same(text: &str, records: &[&str]) {
        for step in [1, 2, 3, 7, 64, 10_000] {
            assert_eq!(cut(text.as_bytes(), step), records, "{step}: {text}");
        }
    }

    #[test]
    fn records_are_found_in_every_frame() {
        let (a, b) = (r#"{"a":"x]}\"{","b":[{"value":[1]}]}"#, r#"{"c":{"d":[]}}"#);
        same(&format!("{a}\n{b}\n"), &[a, b]);
        same(&format!("\u{feff}{a}\r\n\r\n{b}"), &[a, b]);
        same(&format!("[{a},{b}]"), &[a, b]);
        same(&format!("[\n  {a},\n  {b}\n]\n"), &[a, b]);
        same(&format!(r#"{{"@odata.context":"x","value":[{a}, {b}],"next":"y"}}"#), &[a, b]);
        same(&format!(r#"[{{"value":[{a}]}},{{"value":[{b}]}}]"#), &[a, b]);
        same(&format!("{{\n \"records\" : [\n {a},\n {b} ] }}"), &[a, b]);
        same(&format!("{{\"value\":[{a}]}}\n{{\"value\":[{b}]}}\n"), &[a, b]);
        same(r#"{"value":[]}"#, &[]);
        let tall = "{\n \"a\": [\n 1\n ]\n}";
        same(&format!("{tall}\n{tall}"), &[tall, tall]);
    }

    #[test]
    fn rows_are_found_however_many_lines_they_have() {
        let heading = "CreationDate,UserIds,AuditData\n";
        same(
            &format!("{heading}1,\"a\nb\",\"\"\"x\"\"\n\"\r\n2,c,d"),
            &["1,\"a\nb\",\"\"\"x\"\"\n\"", "2,c,d"],
        );
        same(&format!("#TYPE Selected.Object\r\n{heading}1,2,3\n"), &["1,2,3"]);
        assert!(Cut::of(b"name,age\nbob,7\n", true).is_none());
        assert!(Cut::of(b"", true).is_none());
    }

    #[test]
    fn what_is_broken_costs_its_own_record_alone() {
        let good = r#"{"a":1}"#;
        same(&format!("[{good},\n{{\"a\":\"broken\n{good},\n{good}]"), &[good, good, good]);
        same(&format!("{{\"broken\": [31m\n{good}\n{good}\n"), &["{\"broken\": [31m", good, good]);
        let mut splitter = Splitter::new(Cut::Objects);
        let (_, found) = splitter.next(b"[{\"a\":1},{\"a\"", true);
        assert_eq!(found, [(1, 8)]);
        assert!(splitter.within_object());
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_alike_in_any_pieces(
            text in "[\\[\\]{}\",:\\\\ a\n]{0,60}",
            frame in prop::sample::select(vec!["", "[", "{\"value\":[", "CreationDate,AuditData,UserIds\n"]),
            step in 1_usize..20,
        ) {
            let text = format!("{frame}{text}");
            prop_assert_eq!(cut(text.as_bytes(), step), cut(text.as_bytes(), 1000));
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), step in 1_usize..20) {
            let _ = cut(&bytes, step);
        }
    }
}
