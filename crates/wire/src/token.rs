//! Random bytes as text: base64url for cookies and links, hexadecimal for logs and file names.
//!
//! Implements: RFC 4648 §5 (base64url) without padding, §3.5 (canonical encoding), §8 (base 16).

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{DecodeError, DecodeSliceError, Engine as _};

use crate::Malformed;

const WHAT: &str = "token";

/// Writes bytes as base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Writes bytes as Base64 with padding (RFC 4648 §4), for formats of others.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads exactly `N` bytes from base64url without padding.
///
/// RFC 4648 §3.5 lets a decoder choose to reject pad bits that are not zero; this one does, so that one
/// token has one spelling.
///
/// # Errors
/// [`Malformed`] for another length, a character outside the alphabet, padding, or pad bits set.
pub fn decode<const N: usize>(text: &str) -> Result<[u8; N], Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    let length = base64::encoded_len(N, false).unwrap_or(usize::MAX);
    if text.len() != length {
        return Err(refuse(text.len().min(length), "the exact number of characters"));
    }
    let mut bytes = [0; N];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(written) if written == N => Ok(bytes),
        Err(DecodeSliceError::DecodeError(DecodeError::InvalidByte(at, _))) => {
            Err(refuse(at, "a letter, a digit, '-' or '_'"))
        }
        Err(DecodeSliceError::DecodeError(DecodeError::InvalidLastSymbol(at, _))) => {
            Err(refuse(at, "the canonical last character"))
        }
        Ok(_) | Err(_) => Err(refuse(text.len(), "the exact number of characters")),
    }
}

/// Reads at most `most` bytes from base64url without padding, by the same rules.
///
/// # Errors
/// [`Malformed`] for more bytes, and as [`decode`].
pub fn decode_at_most(text: &str, most: usize) -> Result<Vec<u8>, Malformed> {
    let refuse = |at, expected| Malformed { what: WHAT, at, expected };
    if text.len() > base64::encoded_len(most, false).unwrap_or(usize::MAX) {
        return Err(refuse(text.len(), "fewer characters"));
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|error| match error {
        DecodeError::InvalidByte(at, _) => refuse(at, "a letter, a digit, '-' or '_'"),
        DecodeError::InvalidLastSymbol(at, _) => refuse(at, "the canonical last character"),
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => refuse(text.len(), "whole bytes"),
    })
}

/// Writes an identifier and a secret as one token, as links carry them.
pub fn pair(id: &[u8; 16], secret: &[u8; 16]) -> String {
    encode(&[id.as_slice(), secret].concat())
}

/// Reads [`pair`].
///
/// # Errors
/// As [`decode`].
pub fn decode_pair(text: &str) -> Result<([u8; 16], [u8; 16]), Malformed> {
    let bytes = decode::<32>(text)?;
    let (mut id, mut secret) = ([0; 16], [0; 16]);
    for (to, from) in id.iter_mut().chain(&mut secret).zip(bytes) {
        *to = from;
    }
    Ok((id, secret))
}

/// Writes bytes as lower-case hexadecimal, two characters each.
pub fn hex(bytes: &[u8]) -> String {
    let nibble = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [nibble(byte >> 4), nibble(byte & 0x0F)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_rfc_4648_are_written_without_padding() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!(encode(&[0xFB, 0xFF, 0xBF]), "-_-_");
        assert_eq!(decode::<6>("Zm9vYmFy"), Ok(*b"foobar"));
        assert_eq!(decode::<3>("-_-_"), Ok([0xFB, 0xFF, 0xBF]));
    }

    #[test]
    fn any_number_of_bytes_comes_back_up_to_a_bound() {
        for length in [0, 1, 2, 3, 40] {
            let bytes = vec![0xA5; length];
            assert_eq!(decode_at_most(&encode(&bytes), length).as_ref(), Ok(&bytes));
            assert!(length == 0 || decode_at_most(&encode(&bytes), length - 1).is_err());
        }
        for text in ["Zm9v=", "Zm9v+", "Zh", "Z", "Zm 9"] {
            assert!(decode_at_most(text, 40).is_err(), "{text}");
        }
    }

    #[test]
    fn an_identifier_and_a_secret_come_back_in_their_order() {
        assert_eq!(decode_pair(&pair(&[1; 16], &[2; 16])), Ok(([1; 16], [2; 16])));
        assert!(decode_pair(&encode(&[1; 31])).is_err() && decode_pair(&encode(&[1; 33])).is_err());
    }

    #[test]
    fn the_standard_alphabet_and_padding_are_refused() {
        assert_eq!(decode::<3>("+/+/").unwrap_err().at, 0);
        assert_eq!(decode::<1>("Zg==").unwrap_err().at, 2);
        assert_eq!(decode::<1>("Z=").unwrap_err().at, 1);
        assert_eq!(decode::<3>("Zm é").unwrap_err().at, 4);
        assert_eq!(decode::<3>("Zm\n9").unwrap_err().at, 2);
    }

    #[test]
    fn a_last_character_with_pad_bits_set_is_refused() {
        assert_eq!(decode::<1>("Zg"), Ok(*b"f"));
        for other in ["Zh", "Zi", "Zv"] {
            let error = decode::<1>(other).unwrap_err();
            assert_eq!((error.at, error.expected), (1, "the canonical last character"));
        }
        assert!(decode::<2>("Zm8").is_ok());
        assert!(decode::<2>("Zm9").is_err());
    }

    #[test]
    fn another_length_is_refused() {
        for text in ["", "A", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(decode::<16>(text).is_err(), "{} characters", text.len());
        }
        assert!(decode::<16>("AAAAAAAAAAAAAAAAAAAAAA").is_ok());
    }

    #[test]
    fn hexadecimal_is_lower_case_with_leading_zeros() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0x00, 0x0F, 0xA5, 0xFF]), "000fa5ff");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in any::<[u8; 32]>()) {
            prop_assert_eq!(decode::<32>(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn one_token_has_one_spelling(text in "[A-Za-z0-9_-]{22}") {
            if let Ok(bytes) = decode::<16>(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Err(error) = decode::<16>(&text) {
                prop_assert!(error.at <= text.len());
            }
        }
    }
}
