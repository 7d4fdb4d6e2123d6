//! The secret that an app shares with the server, as other systems write it out.
//!
//! Implements: the `otpauth` key URI format (type `totp`), RFC 4648 §6 (base 32), with or without padding.

use std::fmt;

use crate::Malformed;
use crate::form::Query;
use crate::otpauth::base32;

const WHAT: &str = "TOTP secret";

/// A secret, and how codes are made of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Shared {
    /// 16 to 64 bytes.
    pub secret: Vec<u8>,
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: &'static str,
    /// 6 or 8.
    pub digits: u8,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({}, {} digits)", self.algorithm, self.digits)
    }
}

const fn refuse(expected: &'static str) -> Malformed {
    Malformed { what: WHAT, at: 0, expected }
}

impl Shared {
    /// Reads a secret in base 32, for SHA-1 and six digits; or a whole `otpauth://totp/…` URI.
    ///
    /// # Errors
    /// [`Malformed`] for anything else, and for codes that are shown for longer or shorter than 30 seconds.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let Some(rest) = text.strip_prefix("otpauth://totp/") else {
            return Ok(Self { secret: secret(text)?, algorithm: "SHA1", digits: 6 });
        };
        let query = rest.split_once('?').map(|(_, query)| query);
        let query = Query::parse(query).map_err(|_| refuse("an otpauth URI"))?;
        let algorithm = match query.get("algorithm") {
            None | Some("SHA1") => "SHA1",
            Some("SHA256") => "SHA256",
            Some("SHA512") => "SHA512",
            Some(_) => return Err(refuse("the algorithm SHA1, SHA256 or SHA512")),
        };
        let digits = match query.get("digits") {
            None | Some("6") => 6,
            Some("8") => 8,
            Some(_) => return Err(refuse("6 or 8 digits")),
        };
        if query.get("period").is_some_and(|period| period != "30") {
            return Err(refuse("codes of 30 seconds"));
        }
        let secret = secret(query.get("secret").unwrap_or_default())?;
        Ok(Self { secret, algorithm, digits })
    }

    /// Writes what [`Self::parse`] reads, as short as it can be.
    pub fn text(&self) -> String {
        let secret = base32(&self.secret);
        if self.algorithm == "SHA1" && self.digits == 6 {
            return secret;
        }
        format!("otpauth://totp/?secret={secret}&algorithm={}&digits={}", self.algorithm, self.digits)
    }
}

fn secret(text: &str) -> Result<Vec<u8>, Malformed> {
    const EXPECTED: &str = "a secret of 16 to 64 bytes in base 32, or an otpauth URI";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').chars().filter(|c| *c != ' ') {
        let value = match letter.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            letter @ '2'..='7' => u32::from(letter) - u32::from('2') + 26,
            _ => return Err(refuse(EXPECTED)),
        };
        bits = bits << 5 | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from(bits >> held));
            bits &= (1 << held) - 1;
        }
        if bytes.len() > 64 {
            return Err(refuse(EXPECTED));
        }
    }
    // What is left over are the zeros that fill up the last letter.
    if bits == 0 && held < 5 && (16..=64).contains(&bytes.len()) { Ok(bytes) } else { Err(refuse(EXPECTED)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bare_secret_and_a_uri_are_read() {
        let bare = Shared::parse("gezd gnbv gy3t qojq GEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(bare, Shared { secret: b"12345678901234567890".to_vec(), algorithm: "SHA1", digits: 6 });
        let uri = "otpauth://totp/Example:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example\
                   &algorithm=SHA256&digits=8&period=30";
        let read = Shared::parse(uri).unwrap();
        assert_eq!((read.algorithm, read.digits, read.secret), ("SHA256", 8, bare.secret));
        assert_eq!(format!("{:?}", Shared::parse(uri).unwrap()), "Shared(SHA256, 8 digits)");
    }

    #[test]
    fn what_no_app_shares_is_refused() {
        for text in [
            "",
            "GEZDGNBV",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
            "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=60",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=7",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=MD5",
            "otpauth://totp/x",
        ] {
            assert!(Shared::parse(text).is_err(), "{text}");
        }
        assert!(Shared::parse(&"A".repeat(200)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            secret in prop::collection::vec(any::<u8>(), 16..=64),
            algorithm in prop::sample::select(&["SHA1", "SHA256", "SHA512"][..]),
            digits in prop::sample::select(&[6_u8, 8][..]),
        ) {
            let shared = Shared { secret, algorithm, digits };
            prop_assert_eq!(Shared::parse(&shared.text()), Ok(shared));
        }
    }
}
