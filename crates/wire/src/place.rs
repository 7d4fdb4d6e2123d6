//! Where a network address is used, from a file in the MaxMind DB format that an operator brings: GeoLite2 and GeoIP2,
//! DB-IP, IPinfo.
//!
//! Implements: MaxMind DB File Format 2.0 (by the crate `maxminddb`), and the IANA special-purpose address registries
//! (RFC 6890, RFC 6598, RFC 3849, RFC 9637): an address of these is used in no place, whatever a file says.

mod coded;
mod special;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use maxminddb::{LookupResult, Reader, WithinOptions};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Malformed;
use crate::invisible::is_invisible;

pub use coded::Coded;
pub use special::is_placeless;

/// Longest name of a place or a network, in characters; a longer one is left out.
pub const LONGEST_NAME: usize = 80;
/// How many records are looked at to see what a file holds.
const LOOKED_AT: usize = 2000;

const WHAT: &str = "file of places";

/// What a file says of an address. Nothing in it is in the words of whoever uses the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// The town, in the language that was asked for, or in English.
    pub city: Option<String>,
    /// The country, in the same language; its ISO 3166-1 code where the file has no name.
    pub country: Option<String>,
    /// Who runs the network.
    pub network: Option<String>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Towns, or countries alone.
    Places,
    /// Who runs a network.
    Networks,
}

/// A file that was read.
pub struct Table {
    reader: Reader<Vec<u8>>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.reader.metadata().database_type)
    }
}

/// The parts of a record that are read. What has another type than here is left out, and fails nothing.
#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    city: Loose,
    #[serde(default)]
    country: Loose,
    #[serde(default)]
    country_name: Loose,
    #[serde(default)]
    country_code: Loose,
    #[serde(default)]
    autonomous_system_organization: Loose,
    #[serde(default)]
    as_name: Loose,
    #[serde(default)]
    asn: Loose,
    #[serde(default)]
    name: Loose,
}

/// A value that one maker writes as a text, and another as a map with names by language.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Text(String),
    Named {
        #[serde(default)]
        names: BTreeMap<String, String>,
        #[serde(default)]
        iso_code: Option<String>,
    },
    Other(IgnoredAny),
}

impl Default for Loose {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl Loose {
    fn text(self, language: &str) -> Option<String> {
        match self {
            Self::Text(text) => clean(&text),
            Self::Named { mut names, .. } => {
                let name = names.remove(language).or_else(|| names.remove("en"));
                name.as_deref().and_then(clean)
            }
            Self::Other(_) => None,
        }
    }

    fn code(&self) -> Option<String> {
        match self {
            Self::Named { iso_code, .. } => iso_code.as_deref().and_then(clean),
            Self::Text(_) | Self::Other(_) => None,
        }
    }
}

/// A name that can stand in a sentence: something to see, not endless, no line breaks.
fn clean(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_NAME;
    (fits && !text.chars().any(|c| c.is_control() || is_invisible(c))).then(|| text.to_owned())
}

impl Record {
    fn near(self, language: &str) -> Near {
        let code = self.country.code();
        // IPinfo writes the code where others have the name, and the name beside it.
        let named = self.country_name.text(language).or_else(|| self.country.text(language));
        // A bare `name` names a network only beside a number of one.
        let bare = if matches!(self.asn, Loose::Text(_)) { self.name.text(language) } else { None };
        Near {
            city: self.city.text(language),
            country: named.or(code).or_else(|| self.country_code.text(language)),
            network: self
                .autonomous_system_organization
                .text(language)
                .or_else(|| self.as_name.text(language))
                .or(bare),
        }
    }
}

impl Near {
    fn has(&self, wanted: Holds) -> bool {
        match wanted {
            Holds::Places => self.city.is_some() || self.country.is_some(),
            Holds::Networks => self.network.is_some(),
        }
    }
}

/// Runs the foreign parser: a file that it trips over is a file that cannot be read, and ends nothing.
fn guarded<T>(look: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(look)).ok().flatten()
}

const fn refuse(expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at: 0, expected }
}

impl Table {
    /// Takes the content of a file and looks whether it holds what is wanted of it.
    ///
    /// # Errors
    /// [`Malformed`] for anything else.
    pub fn read(bytes: Vec<u8>, wanted: Holds) -> Result<Self, Malformed> {
        let reader = guarded(|| Reader::from_source(bytes).ok());
        let table = Self { reader: reader.ok_or(refuse("a file in the MaxMind DB format"))? };
        let held = guarded(|| table.holds(wanted));
        match (held, wanted) {
            (Some(true), _) => Ok(table),
            (Some(false), Holds::Places) => Err(refuse("towns or countries (GeoLite2 City, DB-IP, IPinfo)")),
            (Some(false), Holds::Networks) => Err(refuse("networks (GeoLite2 ASN, DB-IP ASN, IPinfo)")),
            (None, _) => Err(refuse("records that can be read")),
        }
    }

    /// Whether one of its first records says what is wanted; none when one of them cannot be read.
    fn holds(&self, wanted: Holds) -> Option<bool> {
        for found in self.reader.networks(WithinOptions::default()).ok()?.take(LOOKED_AT) {
            let record: Option<Record> = found.ok()?.decode().ok()?;
            if record.is_some_and(|record| record.near("en").has(wanted)) {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`Malformed`] when a part of it is damaged.
    pub fn look_at_all(&self) -> Result<(), Malformed> {
        guarded(|| self.reader.verify().ok()).ok_or(refuse("a whole file; a part of it is damaged"))
    }

    /// What kind of file it is, in its maker's words.
    pub fn kind(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// When it was made, in seconds since 1970.
    pub fn made_at(&self) -> u64 {
        self.reader.metadata().build_epoch
    }

    fn lookup(&self, address: IpAddr) -> Option<LookupResult<'_, Vec<u8>>> {
        self.reader.lookup(address.to_canonical()).ok()
    }

    /// What it says of `address`, in `language` where it knows it. Nothing for an address of special purpose.
    pub fn near(&self, address: IpAddr, language: &str) -> Near {
        if is_placeless(address) {
            return Near::default();
        }
        let record = guarded(|| {
            let found = self.lookup(address)?;
            found.decode::<Record>().ok().flatten()
        });
        record.map(|record| record.near(language)).unwrap_or_default()
    }
}
