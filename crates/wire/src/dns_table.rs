//! Text records of the DNS in a file, so that signatures can be verified without asking anybody.
//!
//! A JSON object: each name with its record, or a list of records. A record may be written in pieces, each in quotes, as zone
//! files have it. Implements: RFC 1035 §3.3.14 (character strings are joined), RFC 4343 (case does not count).

use std::collections::HashMap;

use crate::Malformed;
use crate::json::{Object, Value};
use crate::mail::dkim::Keys;

/// Longest file, in bytes.
pub const LONGEST: usize = 16 * 1024 * 1024;
const WHAT: &str = "table of DNS records";

/// A table that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsTable(HashMap<String, Vec<String>>);

impl DnsTable {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Malformed`] for anything but such an object.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let object = Object::parse(WHAT, bytes, LONGEST)?;
        let mut table = Self::default();
        for (name, value) in object.members() {
            let records = match value {
                Value::String(record) => vec![joined(record)],
                Value::Array(list) => {
                    let records = list.iter().map(|record| record.as_str().map(joined));
                    records.collect::<Option<_>>().ok_or(object.refuse("a record or a list of records"))?
                }
                _ => return Err(object.refuse("a record or a list of records")),
            };
            table.insert(name, records);
        }
        Ok(table)
    }

    /// Puts the records of a name into the table.
    pub fn insert(&mut self, name: &str, records: Vec<String>) {
        self.0.insert(plain(name), records);
    }
}

impl Keys for DnsTable {
    fn text(&self, name: &str) -> Option<Vec<String>> {
        self.0.get(&plain(name)).cloned()
    }
}

fn plain(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

/// `"v=DKIM1; p=AB" "CD"` as one text.
fn joined(record: &str) -> String {
    let record = record.trim();
    if !(record.len() > 1 && record.starts_with('"') && record.ends_with('"')) {
        return record.to_owned();
    }
    let mut out = String::with_capacity(record.len());
    let (mut inside, mut escaped) = (false, false);
    for c in record.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                out.push(c);
            }
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ if inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_name_whatever_its_case() {
        let table = DnsTable::parse(
            br#"{"S1._domainkey.Example.org.": "v=DKIM1; p=AB", "a.example": ["one", "\"two\" \"2\""], "b.example": []}"#,
        )
        .unwrap();
        assert_eq!(table.text("s1._domainkey.example.org"), Some(vec!["v=DKIM1; p=AB".to_owned()]));
        assert_eq!(table.text("A.example."), Some(vec!["one".to_owned(), "two2".to_owned()]));
        assert_eq!((table.text("b.example"), table.text("c.example")), (Some(Vec::new()), None));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bad in [&b"[]"[..], b"", b"{\"a\": 1}", b"{\"a\": [1]}", b"{\"a\": \"x\", \"a\": \"y\"}", b"\xff"]
        {
            assert!(DnsTable::parse(bad).is_err());
        }
    }
}
