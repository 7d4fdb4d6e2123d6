//! A pairing code: twelve letters that a person reads on their account page, and brings to a device.

use std::fmt;

use crate::form;
use crate::secret::Secret;

/// The letters of codes for people (RFC 8628 §6.1): no vowels, so that no word arises, and nothing that looks like a digit. For
/// a keyboard on the screen, in this order.
pub const LETTERS: [char; 20] =
    ['B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];

/// How many letters a pairing code has.
pub const LENGTH: usize = 12;

/// A pairing code that has the form of one. Whether a window is open for it, the server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingCode(Secret);

impl PairingCode {
    /// Reads what a person typed: in any case, with dashes, spaces and other punctuation anywhere.
    ///
    /// # Errors
    /// What is wrong, so that the device can say it.
    pub fn read(typed: &str) -> Result<Self, Mistyped> {
        let mut letters = String::with_capacity(LENGTH);
        for typed in typed.chars().filter(|typed| typed.is_alphanumeric()) {
            let letter = typed.to_ascii_uppercase();
            if !LETTERS.contains(&letter) {
                return Err(Mistyped::Letter(typed));
            }
            letters.push(letter);
        }
        match letters.len() {
            LENGTH => Ok(Self(Secret::new(letters))),
            found => Err(Mistyped::Length(found)),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Why something is no pairing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistyped {
    /// This is in no code: all have the letters of [`LETTERS`] alone.
    Letter(char),
    /// It has so many letters, and not [`LENGTH`].
    Length(usize),
}

impl fmt::Display for Mistyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter) => write!(f, "no code has “{letter}” in it"),
            Self::Length(found) => write!(f, "a code has {LENGTH} letters, and these are {found}"),
        }
    }
}

impl std::error::Error for Mistyped {}

/// What the QR code of a pairing window says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingUri {
    /// The server. A device that has one already compares, and takes no other.
    pub issuer: String,
    /// The code.
    pub code: PairingCode,
}

impl PairingUri {
    /// Reads `pairing:?issuer=…&code=…`; nothing where it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(':')?;
        let query = rest.strip_prefix('?').filter(|_| scheme.eq_ignore_ascii_case("pairing"))?;
        let pairs = form::decode(query)?;
        let only = |wanted: &str| {
            let mut found = pairs.iter().filter(|(name, _)| name == wanted);
            let (_, value) = found.next()?;
            found.next().is_none().then(|| value.clone())
        };
        Some(Self { issuer: only("issuer")?, code: PairingCode::read(&only("code")?).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it_and_never_shown() {
        for typed in
            ["BCDFGHJKLMNP", "bcdf-ghjk-lmnp", " bcdf ghjk\u{a0}lmnp\n", "BCDF–GHJK—LMNP", "b.c.d.f.ghjklmnp"]
        {
            let code = PairingCode::read(typed).unwrap();
            assert_eq!(code.expose(), "BCDFGHJKLMNP", "{typed}");
            assert!(!format!("{code:?}").contains("BCDF"));
        }
    }

    #[test]
    fn what_is_wrong_with_a_code_is_said() {
        let read = |typed| PairingCode::read(typed).unwrap_err();
        assert_eq!(read("BCDF-GHJK-LMN"), Mistyped::Length(11));
        assert_eq!(read("BCDF-GHJK-LMNPQ"), Mistyped::Length(13));
        assert_eq!(read(""), Mistyped::Length(0));
        assert_eq!(read("ACDF-GHJK-LMNP"), Mistyped::Letter('A'));
        assert_eq!(read("BCDF-GHJK-LM0P"), Mistyped::Letter('0'));
        assert_eq!(read("ßCDF-GHJK-LMNP"), Mistyped::Letter('ß'));
    }

    #[test]
    fn a_qr_code_says_whose_it_is_and_the_code() {
        let text = "pairing:?issuer=https%3A%2F%2Fid.example.org&code=BCDF-GHJK-LMNP";
        let read = PairingUri::read(text).unwrap();
        assert_eq!((read.issuer.as_str(), read.code.expose()), ("https://id.example.org", "BCDFGHJKLMNP"));
        assert_eq!(PairingUri::read(&format!("{text}&later=1")), Some(read.clone()));
        assert_eq!(PairingUri::read(&text.replace("pairing:", "PAIRING:")), Some(read));
        for other in [
            "https://id.example.org/?issuer=https%3A%2F%2Fid.example.org&code=BCDF-GHJK-LMNP",
            "pairing:issuer=a&code=BCDF-GHJK-LMNP",
            "pairing:?code=BCDF-GHJK-LMNP",
            "pairing:?issuer=a&code=BCDF",
            "pairing:?issuer=a&issuer=b&code=BCDF-GHJK-LMNP",
            "pairing:?issuer=%FF&code=BCDF-GHJK-LMNP",
        ] {
            assert_eq!(PairingUri::read(other), None, "{other}");
        }
    }
}
