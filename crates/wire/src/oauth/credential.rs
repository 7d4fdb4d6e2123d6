//! Texts that prove something to who knows them: secrets, codes, tokens. Their `Debug` shows no character of them.

use std::fmt;

use super::error::{ErrorCode, OauthError};

/// The longest credential, in bytes: an access token with many claims.
pub const LONGEST: usize = 8 * 1024;

/// A secret, code or token as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// Takes the value of a parameter or of an `Authorization` header: visible ASCII and spaces (RFC 6749 §A, VSCHAR).
    ///
    /// # Errors
    /// `invalid_request` for other characters, an empty text, or more than [`LONGEST`] bytes.
    pub fn parse(name: &str, text: &str) -> Result<Self, OauthError> {
        let problem = if text.is_empty() || text.len() > LONGEST {
            "has 1 to 8192 characters"
        } else if text.bytes().all(|byte| matches!(byte, 0x20..=0x7E)) {
            return Ok(Self(text.to_owned()));
        } else {
            "has visible ASCII characters only"
        };
        Err(OauthError::new(ErrorCode::InvalidRequest, format!("`{name}` {problem}.")))
    }

    /// Lends the text. The name is long so that every use can be found.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_visible_ascii_and_is_not_shown() {
        let read = Credential::parse("code", "hunter 2~").unwrap();
        assert_eq!((read.expose(), format!("{read:?}").as_str()), ("hunter 2~", "Credential(9 bytes)"));
        for bad in ["", "a\n", "ä", "\u{7f}", &"a".repeat(LONGEST + 1)] {
            assert!(Credential::parse("code", bad).is_err());
        }
        let error = Credential::parse("code", "hunter2\0").unwrap_err();
        assert_eq!(error.description, "'code' has visible ASCII characters only.");
    }
}
