//! Files of accounts, to bring them over from elsewhere and to take them along: JSON Lines, or CSV with the same fields.
//!
//! One row is one account. Whatever is wrong with a row is found at once, and told by its field. The format is described
//! in `docs/account-files.md`.

mod raw;
#[cfg(test)]
mod tests;
mod totp;

use std::fmt;

use crate::mail::mailbox::Mailbox;
use crate::name::Name;
use crate::password_hash::PasswordHash;
use crate::phone::Phone;
use crate::{Malformed, csv, rfc3339};

pub use raw::{Header, json};
pub use totp::Shared;

use raw::Raw;

/// Longest row, in bytes.
pub const LONGEST: usize = csv::LONGEST;
/// Most addresses of one kind that an account can have.
pub const MOST_ADDRESSES: usize = 10;

/// The fields, in the order in which they are written.
pub const FIELDS: [&str; 17] = [
    "id",
    "address",
    "confirmed_at",
    "sign_in",
    "other_addresses",
    "recovery_addresses",
    "telephones",
    "recovery_telephones",
    "name",
    "tenant",
    "role",
    "state",
    "opened_at",
    "methods",
    "gate",
    "password",
    "totp",
];

/// What is wrong with a field. Holds nothing of what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field; empty where it is the row as a whole.
    pub field: &'static str,
    /// What would have been accepted.
    pub expected: &'static str,
}

/// One address of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// It.
    pub address: T,
    /// When it was confirmed, in microseconds since 1970.
    pub confirmed_at: Option<i64>,
    /// Whether the account can be signed in to by it.
    pub sign_in: bool,
}

/// One account.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Its identifier: of an account that was here before.
    pub id: Option<[u8; 16]>,
    /// Its main address.
    pub address: Entry<Mailbox>,
    /// The others to sign in by.
    pub others: Vec<Entry<Mailbox>>,
    /// Those for recovery.
    pub recovery: Vec<Entry<Mailbox>>,
    /// Telephone numbers to sign in by.
    pub phones: Vec<Entry<Phone>>,
    /// Telephone numbers for recovery.
    pub recovery_phones: Vec<Entry<Phone>>,
    /// Its private name.
    pub name: Option<Entry<Name>>,
    /// The short name of its tenant.
    pub tenant: Option<String>,
    /// Whether it may operate the site.
    pub operator: bool,
    /// Whether nobody can sign in to it until it is unlocked.
    pub locked: bool,
    /// When it was opened, in microseconds since 1970.
    pub opened_at: Option<i64>,
    /// What its owner leaves open, as the policy writes it.
    pub methods: Option<String>,
    /// What its owner wants brought before a code is mailed, in our own code.
    pub gate: Option<String>,
    /// Its password.
    pub password: Option<PasswordHash>,
    /// The secret of its app.
    pub totp: Option<Shared>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Row {
    fn check(raw: &Raw) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut note = |field, expected| wrong.push(Wrong { field, expected });
        let id = raw.id.as_deref().and_then(|text| {
            let id = identifier(text);
            if id.is_none() {
                note("id", "an identifier of an account here (36 characters), or nothing");
            }
            id
        });
        let mut time = |field: &'static str, text: &Option<String>| {
            text.as_deref().and_then(|text| match second(text) {
                Ok(micros) => Some(micros),
                Err(Malformed { expected, .. }) => {
                    note(field, expected);
                    None
                }
            })
        };
        let confirmed_at = time("confirmed_at", &raw.confirmed_at);
        let opened_at = time("opened_at", &raw.opened_at);
        let mailbox = match raw.address.as_deref() {
            None => Err("a mail address; every account has one"),
            Some(text) => Mailbox::parse(text).map_err(|_| "a mail address"),
        };
        let mailbox = mailbox.map_err(|expected| note("address", expected)).ok();
        let mut mailboxes = |field, raw| entries(field, raw, (Mailbox::parse, "mail addresses"), &mut note);
        let others = mailboxes("other_addresses", &raw.other_addresses);
        let recovery = mailboxes("recovery_addresses", &raw.recovery_addresses);
        let expected = "telephone numbers such as +436641234567, without spaces";
        let mut numbers = |field, raw| entries(field, raw, (Phone::parse, expected), &mut note);
        let phones = numbers("telephones", &raw.telephones);
        let recovery_phones = numbers("recovery_telephones", &raw.recovery_telephones);
        let name = raw.name.as_ref().and_then(|entry| {
            let read = Name::parse(&entry.address).ok().filter(|_| entry.confirmed_at.is_none());
            if read.is_none() {
                note("name", "a private name of 8 to 64 letters and digits");
            }
            read.map(|address| Entry { address, confirmed_at: None, sign_in: entry.sign_in })
        });
        let off = word(&raw.sign_in, ("on", "off")).unwrap_or_else(|| {
            note("sign_in", "`on` or `off`");
            false
        });
        let operator = word(&raw.role, ("member", "operator")).unwrap_or_else(|| {
            note("role", "`member` or `operator`");
            false
        });
        let locked = word(&raw.state, ("open", "locked")).unwrap_or_else(|| {
            note("state", "`open` or `locked`");
            false
        });
        let password = raw.password.as_deref().and_then(|text| {
            let read = PasswordHash::parse(text);
            read.map_err(|malformed| note("password", malformed.expected)).ok()
        });
        let totp = raw
            .totp
            .as_deref()
            .and_then(|text| Shared::parse(text).map_err(|malformed| note("totp", malformed.expected)).ok());
        let by_phone = phones.iter().any(|phone| phone.sign_in);
        if off && !by_phone && !has_other_way(&others, name.as_ref()) {
            note("sign_in", "`on`, where there is no other address or name to sign in by");
        }
        match mailbox {
            Some(address) if wrong.is_empty() => Ok(Self {
                id,
                address: Entry { address, confirmed_at, sign_in: !off },
                others,
                recovery,
                phones,
                recovery_phones,
                name,
                tenant: raw.tenant.clone(),
                operator,
                locked,
                opened_at,
                methods: raw.methods.clone(),
                gate: raw.gate.clone(),
                password,
                totp,
            }),
            Some(_) | None => Err(wrong),
        }
    }

    /// The row as a line of JSON.
    pub fn to_json(&self) -> String {
        raw::to_json(&Raw::of(self))
    }

    /// The row as a line of CSV, under [`csv_head`].
    pub fn to_csv(&self) -> String {
        csv::line(Raw::of(self).cells())
    }
}

/// The first line of a file in CSV.
pub fn csv_head() -> String {
    csv::line(FIELDS)
}

fn has_other_way(others: &[Entry<Mailbox>], name: Option<&Entry<Name>>) -> bool {
    others.iter().any(|other| other.sign_in) || name.is_some_and(|name| name.sign_in)
}

/// Whether it is the second of two words; the first where it is neither there nor empty. None for any other word.
fn word(text: &Option<String>, (first, second): (&str, &str)) -> Option<bool> {
    match text.as_deref() {
        None => Some(false),
        Some(text) if text == first => Some(false),
        Some(text) if text == second => Some(true),
        Some(_) => None,
    }
}

/// How one of them is read.
type Parse<T> = fn(&str) -> Result<T, Malformed>;

fn entries<T>(
    field: &'static str,
    raw: &[raw::Address],
    (parse, expected): (Parse<T>, &'static str),
    note: &mut impl FnMut(&'static str, &'static str),
) -> Vec<Entry<T>> {
    if raw.len() > MOST_ADDRESSES {
        note(field, "at most 10 addresses");
        return Vec::new();
    }
    let mut all = Vec::new();
    for one in raw {
        let confirmed_at = one.confirmed_at.as_deref().map(second).transpose();
        match (parse(&one.address), confirmed_at) {
            (Ok(address), Ok(confirmed_at)) => {
                all.push(Entry { address, confirmed_at, sign_in: one.sign_in });
            }
            (Err(_), _) => note(field, expected),
            (Ok(_), Err(malformed)) => note(field, malformed.expected),
        }
    }
    all
}

/// A time to the second, as it is written again.
fn second(text: &str) -> Result<i64, Malformed> {
    rfc3339::parse(text).map(|micros| micros.saturating_sub(micros.rem_euclid(1_000_000)))
}

/// 36 characters in the canonical form.
fn identifier(text: &str) -> Option<[u8; 16]> {
    let dashes = [8, 13, 18, 23];
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match byte {
            b'-' => dashes.contains(&at),
            b'0'..=b'9' | b'a'..=b'f' => !dashes.contains(&at),
            _ => false,
        });
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    fits.then(|| u128::from_str_radix(&hex, 16).ok().map(u128::to_be_bytes)).flatten()
}

/// Writes [`identifier`].
fn identifier_text(id: [u8; 16]) -> String {
    let hex = crate::token::hex(&id);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
