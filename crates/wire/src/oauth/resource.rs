//! Resources: the services that an access token is for.
//!
//! Implements: RFC 8707 §2 (an absolute URI without a fragment; several may be named), here with http and https.

use std::fmt;

use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;
use crate::http::url::Url;

/// The most resources in one request.
pub const MOST: usize = 8;
/// The longest resource, in bytes.
pub const LONGEST: usize = 512;

/// A resource; two are the same when their texts are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource(String);

impl Resource {
    /// Reads one.
    ///
    /// # Errors
    /// `invalid_target` for anything but an absolute http or https URL without a fragment, of at most [`LONGEST`] bytes.
    pub fn parse(text: &str) -> Result<Self, OauthError> {
        if text.len() <= LONGEST && Url::parse(text).is_ok() {
            return Ok(Self(text.to_owned()));
        }
        let description = "`resource` is an absolute URL of at most 512 bytes, without a fragment.";
        Err(OauthError::new(ErrorCode::InvalidTarget, description))
    }

    /// Reads all that a request names; one that is named twice counts once.
    ///
    /// # Errors
    /// `invalid_target` for one that cannot be read, or more than [`MOST`].
    pub fn read(parameters: &Parameters) -> Result<Vec<Self>, OauthError> {
        let mut list = parameters
            .many("resource")?
            .into_iter()
            .map(Self::parse)
            .collect::<Result<Vec<Self>, OauthError>>()?;
        list.sort_unstable();
        list.dedup();
        if list.len() > MOST {
            return Err(OauthError::new(ErrorCode::InvalidTarget, "More than 8 values of `resource`."));
        }
        Ok(list)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_urls_without_a_fragment() {
        for text in ["https://api.example.org", "https://api.example.org/v1?a=b", "http://127.0.0.1:8080/"] {
            assert_eq!(Resource::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "api", "/v1", "https://api.example.org/#a", "https://a@b/", "urn:x", "https://a b/"]
        {
            assert_eq!(Resource::parse(text).unwrap_err().code, ErrorCode::InvalidTarget, "{text}");
        }
    }

    #[test]
    fn a_request_names_a_bounded_set_of_them() {
        let read = |text: &str| Resource::read(&Parameters::parse(text.as_bytes()).unwrap());
        assert_eq!(read("resource=https://b/&resource=https://a/&resource=https://b/").unwrap().len(), 2);
        let many = |count: usize| (0..count).map(|n| format!("resource=https://a/{n}&")).collect::<String>();
        assert!(read(&many(MOST)).is_ok() && read(&many(MOST + 1)).is_err());
    }
}
