//! A row as texts, before it is known what they mean: out of a line of JSON, or out of a record of CSV.

use serde::{Deserialize, Serialize};

use super::{FIELDS, LONGEST, Row, Wrong, identifier_text};

/// The fields of a row. A field that is not there, `null` or empty is the same.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) confirmed_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sign_in: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) other_addresses: Vec<Address>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) recovery_addresses: Vec<Address>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) telephones: Vec<Address>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) recovery_telephones: Vec<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) opened_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) methods: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) gate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) totp: Option<String>,
}

/// An address, or a private name, with what belongs to it. In both forms it is one text: the address, then, each after a
/// space, when it was confirmed, and `off` where nobody can sign in by it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(super) struct Address {
    pub(super) address: String,
    pub(super) confirmed_at: Option<String>,
    pub(super) sign_in: bool,
}

impl Clone for Address {
    fn clone(&self) -> Self {
        Self { address: self.address.clone(), confirmed_at: self.confirmed_at.clone(), ..*self }
    }
}

impl From<String> for Address {
    fn from(text: String) -> Self {
        let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let sign_in = words.pop_if(|word| *word == "off").is_none();
        let address = words.first().map(|word| (*word).to_owned()).unwrap_or_default();
        // Whatever stands after it is to be a time; two of them are none.
        let rest = words.get(1..).unwrap_or_default().join(" ");
        Self { address, confirmed_at: (!rest.is_empty()).then_some(rest), sign_in }
    }
}

impl From<Address> for String {
    fn from(it: Address) -> Self {
        let mut text = it.address;
        if let Some(at) = it.confirmed_at {
            text = format!("{text} {at}");
        }
        if it.sign_in { text } else { text + " off" }
    }
}

const NO_OBJECT: Wrong = Wrong { field: "", expected: "one JSON object a line" };

/// Reads a line of JSON.
///
/// # Errors
/// What is wrong with it, field by field.
#[expect(clippy::disallowed_methods, reason = "this is `wire`")]
pub fn json(line: &[u8]) -> Result<Row, Vec<Wrong>> {
    if line.len() > LONGEST {
        return Err(vec![Wrong { field: "", expected: "at most 64 KiB a line" }]);
    }
    // A list of values would be read as the fields in their order.
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err(vec![NO_OBJECT]);
    }
    let mut raw: Raw = serde_json::from_slice(line).map_err(|error| {
        // The words of the error may repeat what stood there; its beginning does not.
        let said = error.to_string();
        let expected = if said.starts_with("unknown field") {
            "no other fields than those that docs/account-files.md lists"
        } else if said.starts_with("duplicate field") {
            "each field once"
        } else if said.starts_with("invalid type") {
            "texts in quotes, and lists of them for addresses"
        } else {
            NO_OBJECT.expected
        };
        vec![Wrong { field: "", expected }]
    })?;
    raw.empty_is_none();
    Row::check(&raw)
}

/// The first record of a CSV file: which field stands in which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(Vec<usize>);

impl Header {
    /// Reads it.
    ///
    /// # Errors
    /// An unknown column, one that is there twice, or no column `address`.
    pub fn parse(cells: &[String]) -> Result<Self, Wrong> {
        let mut columns = Vec::new();
        for cell in cells {
            let name = cell.trim();
            let column = FIELDS.iter().position(|field| *field == name).ok_or(Wrong {
                field: "",
                expected: "no other columns than those that docs/account-files.md lists",
            })?;
            if columns.contains(&column) {
                return Err(Wrong { field: "", expected: "each column once" });
            }
            columns.push(column);
        }
        let address = FIELDS.iter().position(|field| *field == "address");
        if address.is_none_or(|address| !columns.contains(&address)) {
            return Err(Wrong { field: "address", expected: "a column of this name in the first line" });
        }
        Ok(Self(columns))
    }

    /// Reads one record under it.
    ///
    /// # Errors
    /// What is wrong with it, field by field.
    pub fn row(&self, cells: &[String]) -> Result<Row, Vec<Wrong>> {
        if cells.len() != self.0.len() {
            return Err(vec![Wrong { field: "", expected: "as many fields as the first line has" }]);
        }
        let mut all: Vec<Option<&String>> = vec![None; FIELDS.len()];
        for (column, cell) in self.0.iter().zip(cells) {
            if let Some(slot) = all.get_mut(*column) {
                *slot = Some(cell);
            }
        }
        let mut cells = all.into_iter().map(|cell| cell.cloned());
        let mut next = || cells.next().flatten();
        let list = |cell: Option<String>| -> Vec<Address> {
            let cell = cell.unwrap_or_default();
            cell.split(';').filter(|one| !one.trim().is_empty()).map(|one| one.to_owned().into()).collect()
        };
        let mut raw = Raw {
            id: next(),
            address: next(),
            confirmed_at: next(),
            sign_in: next(),
            other_addresses: list(next()),
            recovery_addresses: list(next()),
            telephones: list(next()),
            recovery_telephones: list(next()),
            name: next().map(Address::from),
            tenant: next(),
            role: next(),
            state: next(),
            opened_at: next(),
            methods: next(),
            gate: next(),
            password: next(),
            totp: next(),
        };
        raw.empty_is_none();
        Row::check(&raw)
    }
}

/// Writes a row as JSON, with a line break.
pub(super) fn to_json(raw: &Raw) -> String {
    // Texts and lists of them can always be written.
    serde_json::to_string(raw).unwrap_or_default() + "\n"
}

fn time(micros: i64) -> String {
    crate::rfc3339::write(micros)
}

impl Raw {
    fn empty_is_none(&mut self) {
        for field in [
            &mut self.id,
            &mut self.address,
            &mut self.confirmed_at,
            &mut self.sign_in,
            &mut self.tenant,
            &mut self.role,
            &mut self.state,
            &mut self.opened_at,
            &mut self.methods,
            &mut self.gate,
            &mut self.password,
            &mut self.totp,
        ] {
            field.take_if(|text| text.trim().is_empty());
        }
        self.name.take_if(|name| name.address.is_empty());
    }

    /// What stands at its default is left out.
    pub(super) fn of(row: &Row) -> Self {
        let entry = |address: &str, confirmed_at: Option<i64>, sign_in| Address {
            address: address.to_owned(),
            confirmed_at: confirmed_at.map(time),
            sign_in,
        };
        let entries = |all: &[super::Entry<crate::mail::mailbox::Mailbox>]| {
            all.iter().map(|one| entry(one.address.as_str(), one.confirmed_at, one.sign_in)).collect()
        };
        let numbers = |all: &[super::Entry<crate::phone::Phone>]| {
            all.iter().map(|one| entry(&one.address.to_string(), one.confirmed_at, one.sign_in)).collect()
        };
        Self {
            id: row.id.map(identifier_text),
            address: Some(row.address.address.as_str().to_owned()),
            confirmed_at: row.address.confirmed_at.map(time),
            sign_in: (!row.address.sign_in).then(|| "off".to_owned()),
            other_addresses: entries(&row.others),
            recovery_addresses: entries(&row.recovery),
            telephones: numbers(&row.phones),
            recovery_telephones: numbers(&row.recovery_phones),
            name: row.name.as_ref().map(|name| entry(name.address.as_str(), None, name.sign_in)),
            tenant: row.tenant.clone(),
            role: row.operator.then(|| "operator".to_owned()),
            state: row.locked.then(|| "locked".to_owned()),
            opened_at: row.opened_at.map(time),
            methods: row.methods.clone(),
            gate: row.gate.clone(),
            password: row.password.as_ref().map(ToString::to_string),
            totp: row.totp.as_ref().map(super::Shared::text),
        }
    }

    /// The fields in the order of [`FIELDS`].
    pub(super) fn cells(self) -> [String; 17] {
        let list = |all: Vec<Address>| all.into_iter().map(String::from).collect::<Vec<_>>().join("; ");
        [
            self.id.unwrap_or_default(),
            self.address.unwrap_or_default(),
            self.confirmed_at.unwrap_or_default(),
            self.sign_in.unwrap_or_default(),
            list(self.other_addresses),
            list(self.recovery_addresses),
            list(self.telephones),
            list(self.recovery_telephones),
            self.name.map(String::from).unwrap_or_default(),
            self.tenant.unwrap_or_default(),
            self.role.unwrap_or_default(),
            self.state.unwrap_or_default(),
            self.opened_at.unwrap_or_default(),
            self.methods.unwrap_or_default(),
            self.gate.unwrap_or_default(),
            self.password.unwrap_or_default(),
            self.totp.unwrap_or_default(),
        ]
    }
}

/// Reads the first record of a file.
///
/// # Errors
/// See [`csv::record`] and [`Header::parse`].
#[cfg(test)]
pub(super) fn header(line: &str) -> Result<Header, Wrong> {
    let record = crate::csv::record(line.as_bytes(), true).ok().flatten();
    Header::parse(&record.map(|record| record.fields).unwrap_or_default())
}
