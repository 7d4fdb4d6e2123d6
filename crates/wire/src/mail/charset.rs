//! Bytes of a named character set as text.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Decodes `bytes` by the label that a message gave for them. Without one that is known: UTF-8 where it is some, otherwise
/// windows-1252. What cannot be decoded becomes U+FFFD.
#[must_use]
pub fn decode(label: &str, bytes: &[u8]) -> String {
    let known = Encoding::for_label(label.trim().as_bytes()).filter(|encoding| {
        // Messages often say "us-ascii" (which the label table takes for windows-1252) and mean UTF-8.
        *encoding != WINDOWS_1252 || str::from_utf8(bytes).is_err()
    });
    let encoding = known.unwrap_or(if str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_is_decoded_by_its_label_or_by_what_it_is() {
        assert_eq!(decode("utf-8", "é".as_bytes()), "é");
        assert_eq!(decode("ISO-8859-1", b"\xe9"), "é");
        assert_eq!(decode("us-ascii", "é".as_bytes()), "é");
        assert_eq!(decode("shift_jis", b"\x83R\x81[\x83h"), "コード");
        assert_eq!(decode("", b"\xe9"), "é");
        assert_eq!(decode("no-such-set", "コ".as_bytes()), "コ");
        assert_eq!(decode("utf-8", b"a\xffb"), "a\u{fffd}b");
    }
}
