//! Files in the MaxMind DB format, made from a handful of networks: what a server that shows places is tried with.
//!
//! Implements: MaxMind DB File Format 2.0, with records of 24 bits. Written from the description of the format alone.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

/// A value of the data section.
#[derive(Clone, Debug)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number of 32 bits.
    Number(u32),
    /// One of 16 bits.
    Short(u16),
    /// One of 64 bits.
    Long(u64),
    /// A number with a fraction.
    Double(f64),
    /// Values by name.
    Map(BTreeMap<String, Value>),
    /// One value after the other.
    List(Vec<Value>),
}

impl Value {
    /// A map.
    #[must_use]
    pub fn map<const N: usize>(parts: [(&str, Self); N]) -> Self {
        Self::Map(parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A record as GeoLite2 City and DB-IP write it.
#[derive(Clone, Debug)]
pub struct City {
    city: BTreeMap<String, Value>,
    country: BTreeMap<String, Value>,
    code: String,
}

impl City {
    /// A town in a country.
    #[must_use]
    pub fn new(city: &str, country: &str, code: &str) -> Self {
        let mut record = Self::country(country, code);
        record.city.insert("en".to_owned(), text(city));
        record
    }

    /// A country without a town.
    #[must_use]
    pub fn country(country: &str, code: &str) -> Self {
        let country = BTreeMap::from([("en".to_owned(), text(country))]);
        Self { city: BTreeMap::new(), country, code: code.to_owned() }
    }

    /// The same with names in another language.
    #[must_use]
    pub fn also(mut self, language: &str, city: &str, country: &str) -> Self {
        self.city.insert(language.to_owned(), text(city));
        self.country.insert(language.to_owned(), text(country));
        self
    }

    /// The record.
    #[must_use]
    pub fn value(self) -> Value {
        let country = Value::map([("names", Value::Map(self.country)), ("iso_code", text(&self.code))]);
        if self.city.is_empty() {
            return Value::map([("country", country)]);
        }
        Value::map([("city", Value::map([("names", Value::Map(self.city))])), ("country", country)])
    }
}

/// A record as GeoLite2 ASN and DB-IP ASN write it.
#[must_use]
pub fn network(number: u32, organization: &str) -> Value {
    Value::map([
        ("autonomous_system_number", Value::Number(number)),
        ("autonomous_system_organization", text(organization)),
    ])
}

/// A record as IPinfo Lite writes it.
#[must_use]
pub fn ipinfo_lite(country: &str, code: &str, network: &str) -> Value {
    Value::map([
        ("country", text(country)),
        ("country_code", text(code)),
        ("asn", text("AS8447")),
        ("as_name", text(network)),
        ("as_domain", text("example.net")),
    ])
}

/// Where a branch of the tree leads.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Data(usize),
}

/// Writes a file of kind `kind` with these networks, each written as `address/bits`. Later ones win.
///
/// # Panics
/// When a network is not one, or there is more than 24 bits can count.
#[must_use]
#[expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]
pub fn write(kind: &str, networks: &[(&str, Value)]) -> Vec<u8> {
    let mut nodes = vec![[Branch::Nothing; 2]];
    let mut data = Vec::new();
    for (network, value) in networks {
        let (address, bits) = network.split_once('/').unwrap();
        let bits: usize = bits.parse().unwrap();
        // IPv4 addresses stand below ::/96.
        let (address, bits) = match address.parse().unwrap() {
            IpAddr::V4(address) => (Ipv6Addr::from_bits(u128::from(address.to_bits())), bits + 96),
            IpAddr::V6(address) => (address, bits),
        };
        let offset = data.len();
        put(&mut data, value);
        plant(&mut nodes, address.to_bits(), bits, offset);
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for node in &nodes {
        for branch in node {
            let record = match branch {
                Branch::Nothing => count,
                Branch::Node(at) => *at,
                Branch::Data(offset) => count + 16 + offset,
            };
            let [0, a, b, c] = u32::try_from(record).unwrap().to_be_bytes() else {
                unreachable!("more than 24 bits can count")
            };
            file.extend([a, b, c]);
        }
    }
    file.extend([0; 16]);
    file.append(&mut data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    put(&mut file, &metadata(kind, count));
    file
}

fn metadata(kind: &str, count: usize) -> Value {
    Value::map([
        ("binary_format_major_version", Value::Short(2)),
        ("binary_format_minor_version", Value::Short(0)),
        ("build_epoch", Value::Long(1_790_000_000)),
        ("database_type", text(kind)),
        ("description", Value::map([("en", text("a file for tests"))])),
        ("ip_version", Value::Short(6)),
        ("languages", Value::List(vec![text("en"), text("de")])),
        ("node_count", Value::Number(u32::try_from(count).unwrap_or(u32::MAX))),
        ("record_size", Value::Short(24)),
    ])
}

/// Puts a leaf into the tree. A branch that led to data before is split, and leads there on both sides.
#[expect(clippy::indexing_slicing, reason = "every index was given out here")]
fn plant(nodes: &mut Vec<[Branch; 2]>, address: u128, bits: usize, offset: usize) {
    let mut at = 0;
    for depth in 0..bits {
        let side = usize::from(address >> (127 - depth) & 1 == 1);
        if depth + 1 == bits {
            nodes[at][side] = Branch::Data(offset);
            return;
        }
        at = match nodes[at][side] {
            Branch::Node(next) => next,
            before @ (Branch::Nothing | Branch::Data(_)) => {
                nodes.push([before; 2]);
                let next = nodes.len() - 1;
                nodes[at][side] = Branch::Node(next);
                next
            }
        };
    }
}

/// The types of the format.
const TEXT: u8 = 2;
const DOUBLE: u8 = 3;
const SHORT: u8 = 5;
const NUMBER: u8 = 6;
const MAP: u8 = 7;
const LONG: u8 = 9;
const LIST: u8 = 11;

fn put(to: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => {
            control(to, TEXT, text.len());
            to.extend(text.as_bytes());
        }
        Value::Number(number) => {
            control(to, NUMBER, 4);
            to.extend(number.to_be_bytes());
        }
        Value::Short(number) => {
            control(to, SHORT, 2);
            to.extend(number.to_be_bytes());
        }
        Value::Long(number) => {
            control(to, LONG, 8);
            to.extend(number.to_be_bytes());
        }
        Value::Double(number) => {
            control(to, DOUBLE, 8);
            to.extend(number.to_be_bytes());
        }
        Value::Map(map) => {
            control(to, MAP, map.len());
            for (name, value) in map {
                put(to, &text(name));
                put(to, value);
            }
        }
        Value::List(list) => {
            control(to, LIST, list.len());
            list.iter().for_each(|value| put(to, value));
        }
    }
}

/// The byte with type and size, and what follows it where one byte does not hold them.
#[expect(clippy::unwrap_used, reason = "a test ends at what is not as it should be")]
fn control(to: &mut Vec<u8>, kind: u8, size: usize) {
    let (first, more): (u8, Vec<u8>) = match size {
        0..29 => (u8::try_from(size).unwrap(), Vec::new()),
        29..285 => (29, vec![u8::try_from(size - 29).unwrap()]),
        _ => (30, u16::try_from(size - 285).unwrap().to_be_bytes().to_vec()),
    };
    if kind > MAP {
        to.extend([first, kind - MAP]);
    } else {
        to.push(kind << 5 | first);
    }
    to.extend(more);
}
