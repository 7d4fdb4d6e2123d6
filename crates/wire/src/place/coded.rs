//! What a file says of an address in numbers and codes, for programs that compare and not for people who read.

use std::net::IpAddr;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Loose, Table, clean, guarded, is_placeless};

/// What a file says of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The ISO 3166-1 code of the country.
    pub country: Option<String>,
    /// The town, in English.
    pub city: Option<String>,
    /// Latitude and longitude in thousandths of a degree.
    pub at: Option<(i32, i32)>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    autonomous_system_number: Number,
    #[serde(default)]
    asn: Number,
    #[serde(default)]
    country: Loose,
    #[serde(default)]
    country_code: Loose,
    #[serde(default)]
    city: Loose,
    #[serde(default)]
    location: Location,
}

/// A number, or `AS` and a number; anything else is none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u32),
    Text(String),
    Other(IgnoredAny),
}

impl Default for Number {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl Number {
    fn number(&self) -> Option<u32> {
        let number = match self {
            Self::Plain(number) => *number,
            Self::Text(text) => text.strip_prefix("AS").unwrap_or(text).parse().ok()?,
            Self::Other(_) => return None,
        };
        (number != 0).then_some(number)
    }
}

/// Where a place is, in degrees.
#[derive(Deserialize)]
#[serde(untagged)]
enum Location {
    Degrees { latitude: f64, longitude: f64 },
    Other(IgnoredAny),
}

impl Default for Location {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl Location {
    fn thousandths(&self) -> Option<(i32, i32)> {
        let Self::Degrees { latitude, longitude } = self else { return None };
        Some((thousandths(*latitude, 90.0)?, thousandths(*longitude, 180.0)?))
    }
}

/// So many degrees, if there are that many.
fn thousandths(degrees: f64, most: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "at most 180,000")]
    let rounded = (degrees.is_finite() && degrees.abs() <= most).then(|| (degrees * 1000.0).round() as i32);
    rounded
}

impl Record {
    fn coded(self) -> Coded {
        let of_two = |code: String| (code.len() == 2 && code.is_ascii()).then(|| code.to_ascii_uppercase());
        // IPinfo writes the code as the country where it has no name of it.
        let country = self.country.code().or_else(|| match &self.country {
            Loose::Text(text) => clean(text),
            Loose::Named { .. } | Loose::Other(_) => None,
        });
        Coded {
            asn: self.autonomous_system_number.number().or_else(|| self.asn.number()),
            country: country.and_then(of_two).or_else(|| self.country_code.text("en").and_then(of_two)),
            city: self.city.text("en"),
            at: self.location.thousandths(),
        }
    }
}

impl Table {
    /// What it says of `address` in numbers and codes. Nothing for an address of special purpose.
    pub fn coded(&self, address: IpAddr) -> Coded {
        if is_placeless(address) {
            return Coded::default();
        }
        let record = guarded(|| {
            let found = self.lookup(address)?;
            found.decode::<Record>().ok().flatten()
        });
        record.map(Record::coded).unwrap_or_default()
    }
}
