//! Lists of breached passwords: a line as it is downloaded, and the head of our compact file.
//!
//! Implements: the lines of Have I Been Pwned's Pwned Passwords (`SHA-1:count`, whole or by range), and
//! `docs/breached-passwords.md`, where the file is described.

use crate::Malformed;

/// Longest line, in bytes: forty digits, a colon, twenty digits and what ends it.
pub const LONGEST_LINE: usize = 80;
/// The digits of a SHA-1 hash.
const DIGITS: usize = 40;

/// One line of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The SHA-1 hash of a password.
    pub hash: [u8; 20],
    /// How often it was found.
    pub count: u64,
}

impl Line {
    /// Reads a line without its line feed. `prefix` is what all hashes of the file begin with and the line leaves
    /// out: five digits in a file of one range, none in a whole list.
    ///
    /// # Errors
    /// [`Malformed`] for anything but hexadecimal digits that make forty with the prefix, a colon and a number.
    pub fn parse(prefix: &str, line: &[u8]) -> Result<Self, Malformed> {
        let refuse = |at, expected| Err(Malformed { what: "list of breached passwords", at, expected });
        let line = line.trim_ascii_end();
        let colon = line.iter().take(LONGEST_LINE).position(|byte| *byte == b':');
        let Some(colon) = colon else { return refuse(line.len().min(DIGITS), "a colon after the hash") };
        let (digits, count) = (line.get(..colon).unwrap_or_default(), line.get(colon..).unwrap_or_default());
        if prefix.len().saturating_add(digits.len()) != DIGITS {
            return refuse(colon, "a SHA-1 hash of forty digits");
        }
        let mut hash = [0; 20];
        let mut both = prefix.bytes().chain(digits.iter().copied());
        for byte in &mut hash {
            match (both.next().and_then(nibble), both.next().and_then(nibble)) {
                (Some(high), Some(low)) => *byte = high << 4 | low,
                _ => {
                    let bad = digits.iter().position(|byte| nibble(*byte).is_none());
                    return refuse(bad.unwrap_or_default(), "a hexadecimal digit");
                }
            }
        }
        let count = count.get(1..).unwrap_or_default();
        match number(count) {
            Some(count) => Ok(Self { hash, count }),
            None => refuse(colon.saturating_add(1), "how often it was found"),
        }
    }
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// What a compact file begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How many bits of a hash choose its bucket.
    pub prefix_bits: u32,
    /// How many records there are.
    pub records: u64,
    /// How often a password had to be found to be in it.
    pub least_count: u64,
    /// When it was built: seconds since 1970-01-01T00:00:00Z.
    pub built_at: u64,
    /// The first sixteen bytes of the SHA-256 of the index.
    pub index_digest: [u8; 16],
}

/// The bytes before the digest of the header.
pub const HEADER: usize = 56;
/// One entry of the index.
pub const ENTRY: usize = 12;
/// One record.
pub const RECORD: usize = 4;
/// The fewest and the most bits that choose a bucket.
pub const PREFIX_BITS: (u32, u32) = (4, 20);

const MAGIC: [u8; 8] = *b"breached";
const VERSION: u8 = 1;

impl Header {
    /// The bytes of a file's beginning, without the digest that follows.
    pub fn to_bytes(&self) -> [u8; HEADER] {
        let bits = u8::try_from(self.prefix_bits).unwrap_or(u8::MAX);
        let shape = [VERSION, bits, 4, 0, 0, 0, 0, 0];
        let numbers = [self.records, self.least_count, self.built_at].map(u64::to_be_bytes);
        let parts = MAGIC.iter().chain(&shape).chain(numbers.iter().flatten()).chain(&self.index_digest);
        let mut bytes = [0; HEADER];
        for (to, from) in bytes.iter_mut().zip(parts) {
            *to = *from;
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`Malformed`] for another kind of file, another version, or a shape that no file of ours has.
    pub fn parse(bytes: &[u8; HEADER]) -> Result<Self, Malformed> {
        let refuse = |at, expected| Err(Malformed { what: "breached-password file", at, expected });
        let number = |at: usize| {
            let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk());
            u64::from_be_bytes(bytes.copied().unwrap_or_default())
        };
        if !bytes.starts_with(&MAGIC) {
            return refuse(0, "the word \"breached\"");
        }
        let [version, bits, record, ..] = number(8).to_be_bytes();
        if version != VERSION {
            return refuse(8, "version 1");
        }
        let prefix_bits = u32::from(bits);
        if !(PREFIX_BITS.0..=PREFIX_BITS.1).contains(&prefix_bits) || record != 4 {
            return refuse(9, "4 to 20 bits and records of 4 bytes");
        }
        let index_digest = bytes.last_chunk().copied().unwrap_or_default();
        Ok(Self {
            prefix_bits,
            records: number(16),
            least_count: number(24),
            built_at: number(32),
            index_digest,
        })
    }

    /// How many buckets there are.
    pub fn buckets(&self) -> u64 {
        1_u64.checked_shl(self.prefix_bits).unwrap_or_default()
    }

    /// The bytes of the index: one entry a bucket, and one that says where the last bucket ends.
    pub fn index_size(&self) -> u64 {
        self.buckets().saturating_add(1).saturating_mul(12)
    }

    /// The bucket of a hash, and its record there: the 32 bits after those that chose the bucket.
    pub fn place(&self, hash: &[u8; 20]) -> (u64, [u8; RECORD]) {
        let head = u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
        let bucket = head.checked_shr(64_u32.saturating_sub(self.prefix_bits)).unwrap_or_default();
        let rest = head.checked_shl(self.prefix_bits).unwrap_or_default().to_be_bytes();
        (bucket, rest.first_chunk().copied().unwrap_or_default())
    }
}

/// An entry of the index: where a bucket begins, and the first bytes of the SHA-256 of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of records before it.
    pub start: u64,
    /// The first four bytes of the SHA-256 of its records.
    pub digest: [u8; 4],
}

impl Entry {
    /// As it stands in the index.
    pub fn to_bytes(&self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        for (to, from) in bytes.iter_mut().zip(self.start.to_be_bytes().iter().chain(&self.digest)) {
            *to = *from;
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8; ENTRY]) -> Self {
        Self {
            start: u64::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default()),
            digest: bytes.last_chunk().copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PASSWORD: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

    #[test]
    fn a_line_is_read_whole_and_after_the_prefix_of_its_file() {
        let whole = Line::parse("", format!("{PASSWORD}:10434004\r").as_bytes()).unwrap();
        assert_eq!((whole.hash[0], whole.hash[19], whole.count), (0x5B, 0xD8, 10_434_004));
        let (prefix, rest) = PASSWORD.split_at(5);
        let lower = format!("{}:10434004", rest.to_lowercase());
        assert_eq!(Line::parse(prefix, lower.as_bytes()), Ok(whole));
        assert_eq!(Line::parse("", format!("{PASSWORD}:0").as_bytes()).unwrap().count, 0);
    }

    #[test]
    fn another_line_is_refused_at_its_place() {
        let ntlm = "8846F7EAEE8FB117AD06BDD830B7586C:10";
        let huge = format!("{PASSWORD}:18446744073709551616");
        for (line, at, expected) in [
            ("", 0, "a colon after the hash"),
            (PASSWORD, 40, "a colon after the hash"),
            (ntlm, 32, "a SHA-1 hash of forty digits"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDG:1", 39, "a hexadecimal digit"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:", 41, "how often it was found"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:-1", 41, "how often it was found"),
            (&huge, 41, "how often it was found"),
        ] {
            let error = Line::parse("", line.as_bytes()).unwrap_err();
            assert_eq!((error.at, error.expected), (at, expected), "{line}");
        }
        assert!(Line::parse("5BAA6", format!("{PASSWORD}:1").as_bytes()).is_err());
    }

    const HEADER_OF_A_FILE: Header =
        Header { prefix_bits: 20, records: 3, least_count: 2, built_at: 1, index_digest: [9; 16] };

    #[test]
    fn a_header_is_read_back_and_one_of_another_kind_is_not() {
        let bytes = HEADER_OF_A_FILE.to_bytes();
        assert_eq!(Header::parse(&bytes), Ok(HEADER_OF_A_FILE));
        assert_eq!(HEADER_OF_A_FILE.index_size(), (1024 * 1024 + 1) * 12);
        for (at, value, refused_at) in [(0, b'B', 0), (8, 2, 8), (9, 3, 9), (9, 21, 9), (10, 3, 9)] {
            let mut other = bytes;
            other[at] = value;
            assert_eq!(Header::parse(&other).unwrap_err().at, refused_at);
        }
    }

    #[test]
    fn the_bucket_is_the_first_digits_and_the_record_the_next() {
        let hash = Line::parse("", format!("{PASSWORD}:1").as_bytes()).unwrap().hash;
        assert_eq!(HEADER_OF_A_FILE.place(&hash), (0x5BAA6, [0x1E, 0x4C, 0x9B, 0x93]));
        let coarse = Header { prefix_bits: 4, ..HEADER_OF_A_FILE };
        assert_eq!(coarse.place(&hash), (0x5, [0xBA, 0xA6, 0x1E, 0x4C]));
    }

    proptest! {
        #[test]
        fn the_order_of_hashes_is_that_of_buckets_and_records(a in any::<[u8; 20]>(), b in any::<[u8; 20]>(), bits in 4_u32..=20) {
            let header = Header { prefix_bits: bits, ..HEADER_OF_A_FILE };
            let (first, second) = (header.place(&a.min(b)), header.place(&a.max(b)));
            prop_assert!(first <= second && second.0 < header.buckets());
        }

        #[test]
        fn any_line_is_answered(line in any::<Vec<u8>>(), prefix in "[0-9A-F]{0,5}") {
            if let Err(error) = Line::parse(&prefix, &line) {
                prop_assert!(error.at <= line.len());
            }
        }

        #[test]
        fn entries_are_read_back(start in any::<u64>(), digest in any::<[u8; 4]>()) {
            let entry = Entry { start, digest };
            prop_assert_eq!(Entry::from_bytes(&entry.to_bytes()), entry);
        }
    }
}
