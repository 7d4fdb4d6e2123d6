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
        let digits: &[u8; 36] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0_u8; 16];
        let mut to = bytes.iter_mut();
        let mut high = None;
        for (at, digit) in digits.iter().enumerate() {
            if matches!(at, 8 | 13 | 18 | 23) {
                if *digit != b'-' {
                    return None;
                }
                continue;
            }
            let value = match digit {
                b'0'..=b'9' => digit.wrapping_sub(b'0'),
                b'a'..=b'f' => digit.wrapping_sub(b'a').wrapping_add(10),
                b'A'..=b'F' => digit.wrapping_sub(b'A').wrapping_add(10),
                _ => return None,
            };
            high = match high {
                None => Some(value),
                Some(high) => {
                    *to.next()? = high << 4 | value;
                    None
                }
            };
        }
        Some(Self::Guid(bytes))
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
