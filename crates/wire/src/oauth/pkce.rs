//! Proof that who redeems a code is who asked for it.
//!
//! Implements: RFC 7636 §4.1 (verifier), §4.2 (challenge), §4.6 (comparison); S256 alone: `plain` proves nothing to who
//! has seen the request (RFC 9700 §2.1.1).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

use super::credential::Credential;
use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;
use crate::token;

/// The challenge of an authorization request: a SHA-256 of what the client keeps to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// The challenge with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `code_challenge` and `code_challenge_method`, if there is a challenge.
    ///
    /// # Errors
    /// `invalid_request` for another method than S256 (none said means `plain`), a method without a challenge, or a
    /// challenge that is not 32 bytes in base64url.
    pub fn read(parameters: &Parameters) -> Result<Option<Self>, OauthError> {
        let refuse = |description| OauthError::new(ErrorCode::InvalidRequest, description);
        let (challenge, method) =
            (parameters.one("code_challenge")?, parameters.one("code_challenge_method")?);
        match (challenge, method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(refuse("`code_challenge_method` comes without `code_challenge`.")),
            (Some(challenge), Some("S256")) => token::decode(challenge)
                .map(|bytes| Some(Self(bytes)))
                .map_err(|_| refuse("`code_challenge` is 43 characters of base64url: a SHA-256.")),
            (Some(_), _) => Err(refuse("`code_challenge_method` has to be S256.")),
        }
    }

    /// Whether `verifier` is what the challenge was made of.
    #[must_use]
    pub fn matches(&self, verifier: &Verifier) -> bool {
        let hash = digest(&SHA256, verifier.0.expose().as_bytes());
        verify_slices_are_equal(hash.as_ref(), &self.0).is_ok()
    }
}

/// What the client kept to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier(Credential);

impl Verifier {
    /// Reads `code_verifier`.
    ///
    /// # Errors
    /// `invalid_request` for anything but 43 to 128 characters of `A-Z a-z 0-9 - . _ ~`.
    pub fn parse(text: &str) -> Result<Self, OauthError> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Credential::parse("code_verifier", text).map(Self)
        } else {
            let description = "`code_verifier` is 43 to 128 letters, digits and - . _ ~";
            Err(OauthError::new(ErrorCode::InvalidRequest, description))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn read(text: &str) -> Result<Option<Challenge>, OauthError> {
        Challenge::read(&Parameters::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn the_example_of_rfc_7636_matches_and_another_does_not() {
        let challenge =
            read(&format!("code_challenge={CHALLENGE}&code_challenge_method=S256")).unwrap().unwrap();
        assert!(challenge.matches(&Verifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.matches(&Verifier::parse(CHALLENGE).unwrap()));
        assert_eq!(Challenge::from_bytes(*challenge.bytes()), challenge);
    }

    #[test]
    fn only_s256_is_taken() {
        assert_eq!(read(""), Ok(None));
        for text in [
            format!("code_challenge={CHALLENGE}"),
            format!("code_challenge={CHALLENGE}&code_challenge_method=plain"),
            format!("code_challenge={CHALLENGE}&code_challenge_method=s256"),
            format!("code_challenge={CHALLENGE}=&code_challenge_method=S256"),
            format!("code_challenge={}&code_challenge_method=S256", &CHALLENGE[1..]),
            format!("code_challenge={CHALLENGE}&code_challenge={CHALLENGE}&code_challenge_method=S256"),
            "code_challenge_method=S256".to_owned(),
        ] {
            assert_eq!(read(&text).unwrap_err().code, ErrorCode::InvalidRequest, "{text}");
        }
    }

    #[test]
    fn verifiers_are_bounded_and_not_shown() {
        assert!(Verifier::parse(&"a".repeat(42)).is_err() && Verifier::parse(&"a".repeat(43)).is_ok());
        assert!(Verifier::parse(&"~".repeat(128)).is_ok() && Verifier::parse(&"a".repeat(129)).is_err());
        assert!(Verifier::parse(&"+".repeat(43)).is_err());
        assert!(!format!("{:?}", Verifier::parse(VERIFIER).unwrap()).contains("dBj"));
    }
}
