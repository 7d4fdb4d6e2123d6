//! A token that somebody names, to have it ended or looked at.
//!
//! Implements: RFC 7009 §2.1 and RFC 7662 §2.1 (`token`, `token_type_hint`; a hint that is not known is ignored).

use super::credential::{self, Credential};
use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;

/// A token, and what its bearer takes it for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedToken {
    /// The token.
    pub token: Credential,
    /// Where to look first; all kinds are looked at in the end.
    pub hint: Option<Hint>,
}

/// Which kind of token it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// An access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
}

impl NamedToken {
    /// Reads the body of a request for revocation or introspection.
    ///
    /// # Errors
    /// `invalid_request` when the token is missing, a parameter stands twice, or something is too long.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        parameters.each_once()?;
        let Some(token) = parameters.bounded("token", credential::LONGEST)? else {
            return Err(OauthError::new(ErrorCode::InvalidRequest, "The parameter `token` is missing."));
        };
        let hint = match parameters.one("token_type_hint")? {
            Some("access_token") => Some(Hint::AccessToken),
            Some("refresh_token") => Some(Hint::RefreshToken),
            Some(_) | None => None,
        };
        Ok(Self { token: Credential::parse("token", token)?, hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_named_once_and_a_hint_is_only_a_hint() {
        let read = |text: &str| NamedToken::read(&Parameters::parse(text.as_bytes()).unwrap());
        for (text, hint) in [
            ("token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token", Some(Hint::RefreshToken)),
            ("token=45ghiukldjahdnhzdauz&token_type_hint=access_token", Some(Hint::AccessToken)),
            ("token=45ghiukldjahdnhzdauz&token_type_hint=id_token", None),
            ("token=45ghiukldjahdnhzdauz", None),
        ] {
            let named = read(text).unwrap();
            assert_eq!((named.token.expose(), named.hint), ("45ghiukldjahdnhzdauz", hint));
        }
        for text in
            ["", "token=", "token=a&token=b", "token=%C3%A4", "token=a&token_type_hint=a&token_type_hint=b"]
        {
            assert_eq!(read(text).unwrap_err().code, ErrorCode::InvalidRequest, "{text}");
        }
    }
}
