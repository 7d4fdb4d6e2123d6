//! An access token as it comes to a resource.
//!
//! Implements: RFC 6750 §2.1 and §2.2 (header or body, never both; §2.3, the query, is not taken), RFC 9449 §7.1 (the scheme
//! `DPoP`), RFC 9110 §11.4 (schemes in any case).

use super::credential::Credential;
use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;

/// How a token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Whoever bears it may use it.
    Bearer,
    /// Together with a proof.
    Dpop,
}

impl Scheme {
    /// As in `WWW-Authenticate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

/// A token and how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedToken {
    /// The scheme.
    pub scheme: Scheme,
    /// The token.
    pub token: Credential,
}

impl PresentedToken {
    /// Reads the `Authorization` headers, and the body where there is one; nothing is there when no token came, and then the
    /// answer names no error (RFC 6750 §3.1).
    ///
    /// # Errors
    /// `invalid_request` for more than one token, `invalid_token` for another scheme or a text that can be none.
    pub fn read(authorization: &[&[u8]], body: Option<&Parameters>) -> Result<Option<Self>, OauthError> {
        let refuse = OauthError::new;
        let in_body = match body {
            Some(parameters) => parameters.bounded("access_token", super::credential::LONGEST)?,
            None => None,
        };
        let header = match (authorization, in_body) {
            ([], None) => return Ok(None),
            ([], Some(text)) => {
                let token = Credential::parse("access_token", text)?;
                return Ok(Some(Self { scheme: Scheme::Bearer, token }));
            }
            ([header], None) => header,
            _ => return Err(refuse(ErrorCode::InvalidRequest, "There is more than one access token.")),
        };
        let refused = || {
            refuse(ErrorCode::InvalidToken, "The Authorization header is not Bearer or DPoP with a token.")
        };
        let text = str::from_utf8(header).map_err(|_| refused())?;
        let (scheme, text) = text.split_once(' ').ok_or_else(refused)?;
        let scheme = [Scheme::Bearer, Scheme::Dpop]
            .into_iter()
            .find(|known| known.name().eq_ignore_ascii_case(scheme))
            .ok_or_else(refused)?;
        let text = text.trim_matches(' ');
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refused());
        }
        let token = Credential::parse("access_token", text).map_err(|_| refused())?;
        Ok(Some(Self { scheme, token }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, body: &str) -> Result<Option<(Scheme, String)>, ErrorCode> {
        let headers: Vec<&[u8]> = header.lines().map(str::as_bytes).collect();
        let parameters = Parameters::parse(body.as_bytes()).unwrap();
        let read = PresentedToken::read(&headers, Some(&parameters)).map_err(|error| error.code)?;
        Ok(read.map(|read| (read.scheme, read.token.expose().to_owned())))
    }

    #[test]
    fn a_token_comes_in_one_way() {
        let is = |scheme| Ok(Some((scheme, "mF_9.B5f-4.1JqM".to_owned())));
        assert_eq!(read("Bearer mF_9.B5f-4.1JqM", ""), is(Scheme::Bearer));
        assert_eq!(read("bearer  mF_9.B5f-4.1JqM", ""), is(Scheme::Bearer));
        assert_eq!(read("dpop mF_9.B5f-4.1JqM", ""), is(Scheme::Dpop));
        assert_eq!(read("", "access_token=mF_9.B5f-4.1JqM"), is(Scheme::Bearer));
        assert_eq!(read("", "a=b"), Ok(None));
        for (header, body, code) in [
            ("Bearer a\nBearer a", "", ErrorCode::InvalidRequest),
            ("Bearer a", "access_token=a", ErrorCode::InvalidRequest),
            ("", "access_token=a&access_token=a", ErrorCode::InvalidRequest),
            ("Basic YTpi", "", ErrorCode::InvalidToken),
            ("Bearer", "", ErrorCode::InvalidToken),
            ("Bearer ", "", ErrorCode::InvalidToken),
            ("Bearer a b", "", ErrorCode::InvalidToken),
            ("Bearer ä", "", ErrorCode::InvalidToken),
        ] {
            assert_eq!(read(header, body), Err(code), "{header:?} {body}");
        }
    }
}
