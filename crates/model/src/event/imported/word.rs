//! Text and identifiers of other systems, small and cheap to copy: a hundred million records pass by.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that many records share.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(Arc<str>);

impl Word {
    /// The text as a word of its own; a reader of many records keeps the words that it has seen.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Word {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Arc::from(text)))
    }
}

/// An identifier of another system. Most are GUIDs, which systems write with large and with small letters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Handle {
    /// A GUID.
    Guid([u8; 16]),
    /// Anything else.
    Text(Word),
}

impl Handle {
    /// The identifier in this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::guid(text).unwrap_or_else(|| Self::Text(Word::new(text)))
    }

    /// The GUID in this text, if it is nothing but one.
    #[must_use]
    pub fn guid(text: &str) -> Option<Self> {
        let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
        let [
            a @ ..,
            b'-',
            b0,
            b1,
            b2,
            b3,
            b'-',
            c0,
            c1,
            c2,
            c3,
            b'-',
            d0,
            d1,
            d2,
            d3,
            b'-',
            e0,
            e1,
            e2,
            e3,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
        ] = text
        else {
            return None;
        };
        let numbers = [
            eight_digits(*a)?,
            eight_digits([*b0, *b1, *b2, *b3, *c0, *c1, *c2, *c3])?,
            eight_digits([*d0, *d1, *d2, *d3, *e0, *e1, *e2, *e3])?,
            eight_digits(*text.last_chunk::<8>()?)?,
        ];
        let number = numbers.iter().fold(0_u128, |sum, number| sum << 32 | u128::from(*number));
        Some(Self::Guid(number.to_be_bytes()))
    }

    /// Whether it is this GUID.
    #[must_use]
    pub fn is(&self, guid: &str) -> bool {
        Self::guid(guid).is_some_and(|other| *self == other)
    }

    /// Sixteen bytes that are the same for the same identifier: the GUID, or a mixture of the text (FNV-1a, 128 bits).
    #[must_use]
    pub fn mark(&self) -> [u8; 16] {
        const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        match self {
            // The end of a GUID is mixed to the front, where the shorter marks are cut off: some systems count in front.
            Self::Guid(bytes) => u128::from_be_bytes(*bytes).rotate_left(48).to_be_bytes(),
            Self::Text(word) => word
                .bytes()
                .fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
                .swap_bytes()
                .to_be_bytes(),
        }
    }
}

/// The number that eight hexadecimal digits write, all of them at once: a record has eight GUIDs.
fn eight_digits(digits: [u8; 8]) -> Option<u32> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let letters = u64::from_le_bytes(digits);
    if letters & HIGH != 0 {
        return None;
    }
    // The highest bit of a byte says whether it is at least so much; none is so large that it carries.
    let at_least = |letters: u64, least: u8| letters + each(0x80_u8.wrapping_sub(least));
    let small = letters | each(0x20);
    let digit = at_least(letters, b'0') & !at_least(letters, b'9' + 1) & HIGH;
    let letter = at_least(small, b'a') & !at_least(small, b'f' + 1) & HIGH;
    if digit | letter != HIGH {
        return None;
    }
    let halves = (letters & each(0x0f)) + (letter >> 7) * 9;
    // Two halves to a byte, and the bytes next to each other.
    let bytes = (halves << 4 | halves >> 8) & 0x00ff_00ff_00ff_00ff;
    let bytes = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    let bytes = (bytes | bytes >> 16) & 0xffff_ffff;
    u32::try_from(bytes).ok().map(u32::swap_bytes)
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guid(bytes) => uuid::Uuid::from_bytes(*bytes).hyphenated().fmt(f),
            Self::Text(word) => f.write_str(word),
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({self})")
    }
}

impl Serialize for Handle {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self::new(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_one_in_large_and_in_small_letters_and_nothing_else_is() {
        let text = "9c10cbc2-5649-4a4e-828b-acfac231cc17";
        assert_eq!(Handle::new(text), Handle::new(&text.to_uppercase()));
        assert_eq!(Handle::new(&text.to_uppercase()).to_string(), text);
        assert!(Handle::new(text).is(text));
        for other in ["", "9c10cbc256494a4e828bacfac231cc17", "9c10cbc2-5649-4a4e-828b-acfac231cc1g", "mob1"]
        {
            assert!(matches!(Handle::new(other), Handle::Text(_)), "{other}");
            assert_eq!(Handle::new(other).to_string(), other);
        }
        assert!(Handle::guid("9c10cbc2_5649-4a4e-828b-acfac231cc17").is_none());
    }

    #[test]
    fn a_guid_is_read_as_the_library_reads_it_and_no_letter_is_taken_for_a_digit() {
        let text = b"0123456a-89cd-efAB-CDEF-fedcba987654";
        for at in 0..text.len() {
            for byte in 0..=0x7f_u8 {
                let mut other = *text;
                other[at] = byte;
                let other = str::from_utf8(&other).unwrap();
                let theirs = uuid::Uuid::try_parse(other).ok().map(|guid| Handle::Guid(guid.into_bytes()));
                assert_eq!(Handle::guid(other), theirs, "{other:?}");
            }
        }
        assert_eq!(Handle::guid("0123456é-89cd-efAB-CDEF-fedcba98765"), None);
    }

    #[test]
    fn marks_of_different_identifiers_differ_in_their_first_ten_bytes() {
        let marks: std::collections::HashSet<Vec<u8>> = (0..10_000_u32)
            .flat_map(|n| {
                let text = Handle::new(&format!("record-{n}"));
                let guid = Handle::Guid(u128::from(n).to_be_bytes());
                [text.mark()[..10].to_vec(), guid.mark()[..10].to_vec()]
            })
            .collect();
        assert_eq!(marks.len(), 20_000);
    }
}
