//! What an authenticator app reads from a QR code: the secret of one account, and how codes are made of it.
//!
//! Implements: the `otpauth` key URI format that authenticator apps share (type `totp`), RFC 4648 §6 (base 32)
//! without padding, RFC 3986 §2.1 (percent-encoding of everything that is not unreserved).

use std::fmt::Write as _;

/// The alphabet of RFC 4648 §6.
const BASE32: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U',
    'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// A secret for an app, and what to call it there.
#[derive(Clone, Copy)]
pub struct Totp<'a> {
    /// The site.
    pub issuer: &'a str,
    /// The account at that site.
    pub account: &'a str,
    /// The shared secret.
    pub secret: &'a [u8],
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: &'a str,
    /// How many digits a code has.
    pub digits: u32,
    /// How many seconds a code is shown.
    pub period: u64,
}

impl Totp<'_> {
    /// Writes the URI. The issuer stands in it twice, because older apps read it from the label only.
    pub fn uri(&self) -> String {
        let Self { digits, period, algorithm, .. } = self;
        let (mut issuer, mut account) = (String::new(), String::new());
        // A colon parts issuer and account in the label, so that neither can have one.
        escape(&mut issuer, &self.issuer.replace(':', " "));
        escape(&mut account, &self.account.replace(':', " "));
        let secret = base32(self.secret);
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm={algorithm}\
             &digits={digits}&period={period}"
        )
    }
}

/// Writes bytes in base 32 without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5));
    for group in bytes.chunks(5) {
        let bits = group.iter().chain(std::iter::repeat(&0)).take(5);
        let bits = bits.fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        // Each letter is five bits, from the highest; a group that is not full has fewer of them.
        let letters = group.len().saturating_mul(8).div_ceil(5);
        for shift in (0..40).step_by(5).rev().take(letters) {
            let value = usize::try_from(bits >> shift & 31).unwrap_or_default();
            text.extend(BASE32.get(value));
        }
    }
    text
}

fn escape(text: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                text.push(char::from(byte))
            }
            _ => {
                // Writing to a `String` cannot go wrong.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_rfc_4648_are_written_without_padding() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(&[0xFF; 20]), "7".repeat(32));
    }

    #[test]
    fn a_uri_has_label_secret_and_how_codes_are_made() {
        let totp = Totp {
            issuer: "Linden Library: Wien & Umgebung",
            account: "anna+x@bücher.example",
            secret: b"12345678901234567890",
            algorithm: "SHA1",
            digits: 6,
            period: 30,
        };
        assert_eq!(
            totp.uri(),
            "otpauth://totp/Linden%20Library%20%20Wien%20%26%20Umgebung:anna%2Bx%40b%C3%BCcher.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Linden%20Library%20%20Wien%20%26%20Umgebung\
             &algorithm=SHA1&digits=6&period=30"
        );
    }

    proptest! {
        #[test]
        fn five_bytes_are_eight_letters_of_the_same_bits(bytes in any::<[u8; 5]>()) {
            let value = |c: char| BASE32.iter().position(|letter| *letter == c).unwrap();
            let bits = base32(&bytes).chars().fold(0_usize, |bits, c| bits << 5 | value(c));
            prop_assert_eq!(bits, bytes.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte)));
        }

        #[test]
        fn no_name_adds_to_the_uri_what_it_should_not(issuer in any::<String>(), account in any::<String>()) {
            let (issuer, account) = (issuer.as_str(), account.as_str());
            let uri = Totp { issuer, account, secret: b"s", algorithm: "SHA1", digits: 6, period: 30 }.uri();
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(uri.matches([':', '&', '=', '?', '/', '#']).count(), 2 + 4 + 5 + 1 + 3);
        }
    }
}
