//! UTF-16 as UTF-8: the console of Windows writes files so unless it is told otherwise.

use std::io::{self, Cursor, Read};

use super::Bytes;

/// The same text in UTF-8, if a mark at its beginning says that it is in UTF-16.
pub(super) fn as_utf8(mut from: Bytes) -> io::Result<Bytes> {
    let mut mark = Vec::new();
    from.by_ref().take(2).read_to_end(&mut mark)?;
    Ok(match mark.as_slice() {
        b"\xff\xfe" => Box::new(Wide { from, little: true, left: Vec::new(), ready: Cursor::default() }),
        b"\xfe\xff" => Box::new(Wide { from, little: false, left: Vec::new(), ready: Cursor::default() }),
        _ => Box::new(Cursor::new(mark).chain(from)),
    })
}

struct Wide {
    from: Bytes,
    little: bool,
    /// Bytes of a letter whose rest has not come.
    left: Vec<u8>,
    ready: Cursor<Vec<u8>>,
}

impl Read for Wide {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let many = self.ready.read(into)?;
            if many > 0 || into.is_empty() {
                return Ok(many);
            }
            let mut bytes = std::mem::take(&mut self.left);
            let before = bytes.len();
            let more = self.from.by_ref().take(1 << 16).read_to_end(&mut bytes)?;
            if more == 0 && before == 0 {
                return Ok(0);
            }
            let (pairs, rest) = bytes.as_chunks::<2>();
            let mut units: Vec<u16> = pairs
                .iter()
                .map(|pair| if self.little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) })
                .collect();
            // The first half of a letter waits for its second one.
            let half = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
            if more > 0 {
                if half && let Some(pair) = pairs.last() {
                    units.pop();
                    self.left.extend_from_slice(pair);
                }
                self.left.extend_from_slice(rest);
            }
            let text = String::from_utf16_lossy(&units);
            self.ready = Cursor::new(text.into_bytes());
            if more == 0 && self.ready.get_ref().is_empty() {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_read_and_halves_of_letters_wait_for_each_other() {
        let text = "aé\u{1f600}".repeat(40_000);
        let units: Vec<u16> = text.encode_utf16().collect();
        for little in [true, false] {
            let order = |unit: &u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
            let mark: &[u8] = if little { b"\xff\xfe" } else { b"\xfe\xff" };
            let bytes: Vec<u8> = mark.iter().copied().chain(units.iter().flat_map(order)).collect();
            let mut read = String::new();
            as_utf8(Box::new(Cursor::new(bytes))).unwrap().read_to_string(&mut read).unwrap();
            assert!(read == text);
        }
        let mut read = Vec::new();
        as_utf8(Box::new(Cursor::new(b"\xff\xfea\0b".to_vec()))).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, b"a");
    }
}
