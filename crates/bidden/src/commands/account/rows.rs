//! The rows of a file of accounts, one after the other, each with its line. A row that cannot be read does not end the
//! reading, but for a quote that is never closed.

use std::io::{self, BufRead, Read};
use std::path::Path;

use flow::import::Wrong;
use wire::account_file::{self, Header, LONGEST, Row};
use wire::csv;

use crate::cli::AccountForm;

/// Which form a file has, by its name where nobody says.
pub(super) fn form(said: Option<AccountForm>, path: Option<&Path>) -> Option<AccountForm> {
    said.or_else(|| match path?.extension()?.to_str()? {
        "jsonl" | "ndjson" | "json" => Some(AccountForm::Jsonl),
        "csv" => Some(AccountForm::Csv),
        _ => None,
    })
}

/// One row, or what is wrong with it.
pub(super) struct Line {
    /// The line on which it begins, from 1.
    pub(super) number: u64,
    pub(super) row: Result<Row, Vec<Wrong>>,
}

/// Reads rows.
pub(super) struct Rows<R> {
    from: io::BufReader<R>,
    form: AccountForm,
    header: Option<Header>,
    /// What was read and not understood yet; for CSV, where a row may have several lines.
    held: Vec<u8>,
    /// How many bytes of it were understood.
    taken: usize,
    over: bool,
    number: u64,
    /// How many bytes were taken.
    pub(super) bytes: u64,
}

fn wrong(field: &'static str, what: &str) -> Vec<Wrong> {
    vec![Wrong { field, what: what.to_owned() }]
}

fn named(wrong: Vec<account_file::Wrong>) -> Vec<Wrong> {
    wrong.iter().map(|one| Wrong { field: one.field, what: one.expected.to_owned() }).collect()
}

/// What spreadsheets put at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read> Rows<R> {
    pub(super) fn new(from: R, form: AccountForm) -> Self {
        let from = io::BufReader::with_capacity(1 << 16, from);
        Self { from, form, header: None, held: Vec::new(), taken: 0, over: false, number: 1, bytes: 0 }
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        match self.form {
            AccountForm::Jsonl => self.next_line(),
            AccountForm::Csv => self.next_record(),
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut line = Vec::new();
            let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(2);
            let taken = self.from.by_ref().take(most).read_until(b'\n', &mut line)?;
            if taken == 0 {
                return Ok(None);
            }
            self.count(taken);
            let number = self.number;
            self.number += 1;
            if line.last() != Some(&b'\n') && line.len() > LONGEST {
                self.skip_line()?;
            }
            let mut text = line.strip_suffix(b"\n").unwrap_or(&line);
            if number == 1 {
                text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            }
            if !text.trim_ascii().is_empty() {
                return Ok(Some(Line { number, row: account_file::json(text).map_err(named) }));
            }
        }
    }

    fn count(&mut self, taken: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(taken).unwrap_or(0));
    }

    /// Passes over the rest of a line that is too long.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let held = self.from.fill_buf()?;
            let end = held.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(held.len(), |at| at + 1);
            let over = taken == 0 || end.is_some();
            self.from.consume(taken);
            self.count(taken);
            if over {
                return Ok(());
            }
        }
    }

    fn next_record(&mut self) -> io::Result<Option<Line>> {
        loop {
            let number = self.number;
            let record = match csv::record(self.held.get(self.taken..).unwrap_or_default(), self.over) {
                Ok(Some(record)) => record,
                Ok(None) if self.over => return Ok(None),
                Ok(None) => {
                    self.fill()?;
                    continue;
                }
                Err(malformed) => {
                    let what = format!("{} (at byte {} of the row)", malformed.expected, malformed.at);
                    self.pass_over();
                    return Ok(Some(Line { number, row: Err(wrong("", &what)) }));
                }
            };
            self.take(record.bytes, record.lines);
            if matches!(record.fields.as_slice(), [only] if only.trim().is_empty()) {
                continue;
            }
            let row = match &self.header {
                Some(header) => header.row(&record.fields).map_err(named),
                None => match Header::parse(&record.fields) {
                    Ok(header) => {
                        self.header = Some(header);
                        continue;
                    }
                    Err(bad) => {
                        // Without it no row can be read.
                        self.over = true;
                        self.taken = self.held.len();
                        Err(named(vec![bad]))
                    }
                },
            };
            return Ok(Some(Line { number, row }));
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let first = self.bytes == 0 && self.held.is_empty();
        let more = self.from.fill_buf()?;
        let (mut more, taken) = (more, more.len());
        self.over = taken == 0;
        if first && let Some(rest) = more.strip_prefix(BYTE_ORDER_MARK) {
            more = rest;
        }
        self.held.drain(..self.taken);
        self.taken = 0;
        self.held.extend_from_slice(more);
        self.from.consume(taken);
        Ok(())
    }

    fn take(&mut self, bytes: usize, lines: usize) {
        self.taken = self.taken.saturating_add(bytes).min(self.held.len());
        self.count(bytes);
        self.number = self.number.saturating_add(u64::try_from(lines).unwrap_or(1));
    }

    /// Goes on after the next line break: the best guess where the next row begins.
    fn pass_over(&mut self) {
        let rest = self.held.get(self.taken..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.take(end, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, form: AccountForm) -> Vec<(u64, Result<String, &'static str>)> {
        let mut rows = Rows::new(text.as_bytes(), form);
        let mut all = Vec::new();
        while let Some(line) = rows.next().unwrap() {
            let row = line.row.map(|row| row.address.address.as_str().to_owned());
            all.push((line.number, row.map_err(|wrong| wrong[0].field)));
        }
        all
    }

    fn ok(text: &str) -> Result<String, &'static str> {
        Ok(text.to_owned())
    }

    #[test]
    fn rows_of_json_are_told_by_their_lines() {
        let long = format!("{{\"address\":\"{}\"}}", "x".repeat(2 * LONGEST));
        let text = format!(
            "\u{feff}{{\"address\":\"a@b.example\"}}\r\n\n{{\"address\":\"nobody\"}}\n{long}\n{{\"address\":\"c@d.example\"}}"
        );
        let rows = read(&text, AccountForm::Jsonl);
        assert_eq!(rows, [(1, ok("a@b.example")), (3, Err("address")), (4, Err("")), (5, ok("c@d.example"))]);
    }

    #[test]
    fn rows_of_csv_are_told_by_the_line_on_which_they_begin() {
        let text =
            "\u{feff}tenant,address\r\n,a@b.example\r\n\r\n\"two\nlines\",c@d.example\n,x\"y\n,e@f.example";
        let rows = read(text, AccountForm::Csv);
        assert_eq!(
            rows,
            [(2, ok("a@b.example")), (4, ok("c@d.example")), (6, Err("")), (7, ok("e@f.example"))]
        );
        assert_eq!(read("colour\nred\n", AccountForm::Csv), [(1, Err(""))]);
        assert!(read("", AccountForm::Csv).is_empty() && read("address\n", AccountForm::Csv).is_empty());
    }

    #[test]
    fn a_long_file_is_read_to_its_end() {
        let mut text = String::from("address\n");
        for n in 0..20_000 {
            text.push_str(&format!("person-{n}@example.org\n"));
        }
        let rows = read(&text, AccountForm::Csv);
        assert_eq!(rows.len(), 20_000);
        assert_eq!(rows.last(), Some(&(20_001, ok("person-19999@example.org"))));
    }
}
