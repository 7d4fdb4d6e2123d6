//! Memory that an input is read into again and again: what was read into once is never made zero a second time.

use std::io::{self, Read};

use super::input::Bytes;

/// Memory that bytes are read into.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) bytes: Vec<u8>,
    /// How many of them were read; the others are left from another time.
    pub(super) length: usize,
}

impl Buffer {
    /// What was read.
    pub(super) fn read(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Puts `bytes` to its beginning.
    pub(super) fn begin_with(&mut self, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
        } else {
            self.bytes.clear();
            self.bytes.extend_from_slice(bytes);
        }
        self.length = bytes.len();
    }

    /// Takes up to `more` bytes; says whether that was the end.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn fill(&mut self, from: &mut Bytes, more: usize) -> io::Result<bool> {
        let want = self.length + more;
        if self.bytes.len() < want {
            self.bytes.resize(want, 0);
        }
        while let Some(room) = self.bytes.get_mut(self.length..want).filter(|room| !room.is_empty()) {
            match from.read(room) {
                Ok(0) => return Ok(true),
                Ok(many) => self.length += many,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_over_from_another_time_is_never_seen() {
        let text = |bytes: &[u8]| -> Bytes { Box::new(io::Cursor::new(bytes.to_vec())) };
        let mut buffer = Buffer::default();
        assert_eq!(buffer.fill(&mut text(b"one, two, three"), 9).ok(), Some(false));
        assert_eq!(buffer.read(), b"one, two,");
        // The rest of the last piece, and what comes after it.
        buffer.begin_with(b"two,");
        assert_eq!(buffer.read(), b"two,");
        assert_eq!(buffer.fill(&mut text(b" x"), 9).ok(), Some(true));
        assert_eq!(buffer.read(), b"two, x");
        buffer.begin_with(b"longer than anything before");
        assert_eq!(buffer.read(), b"longer than anything before");
    }
}
