//! What a client is told when its request is declined: a registered code, and a sentence for its developer.
//!
//! Implements: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1, RFC 7591 §3.2.2, RFC 8628 §3.5, RFC 8707 §2,
//! RFC 9126 §2.3, RFC 9449 §5 and §7.1, RFC 9470 §3, OpenID Connect Core §3.1.2.6.

use std::fmt;

use serde_json::json;

/// A registered error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A parameter is missing, doubled, unreadable or does not go with the others.
    InvalidRequest,
    /// The client is not known or did not prove itself.
    InvalidClient,
    /// The code or refresh token does not hold, or belongs to another client.
    InvalidGrant,
    /// The client may not do this.
    UnauthorizedClient,
    /// A grant type that does not exist here.
    UnsupportedGrantType,
    /// A scope that does not exist, or that the client may not ask for.
    InvalidScope,
    /// The person or a rule said no.
    AccessDenied,
    /// A response type that does not exist here.
    UnsupportedResponseType,
    /// Something broke.
    ServerError,
    /// Too much at once.
    TemporarilyUnavailable,
    /// The access token does not hold.
    InvalidToken,
    /// The access token does not reach that far.
    InsufficientScope,
    /// A token of a type that cannot be revoked.
    UnsupportedTokenType,
    /// A redirect URI that may not be registered.
    InvalidRedirectUri,
    /// Client metadata that may not be registered.
    InvalidClientMetadata,
    /// A software statement, which nobody here can vouch for.
    UnapprovedSoftwareStatement,
    /// The person has not answered yet.
    AuthorizationPending,
    /// Asked too often: five seconds more from now on.
    SlowDown,
    /// The device code's time has passed.
    ExpiredToken,
    /// A resource that does not exist, or that the client may not ask for.
    InvalidTarget,
    /// The proof of possession does not hold.
    InvalidDpopProof,
    /// The proof has to carry the nonce that comes with this answer.
    UseDpopNonce,
    /// The access token was got by a weaker or older sign-in than is needed.
    InsufficientUserAuthentication,
    /// The person would have to be asked something, and `prompt=none`.
    InteractionRequired,
    /// The person would have to sign in, and `prompt=none`.
    LoginRequired,
    /// The person would have to choose an account, and `prompt=none`.
    AccountSelectionRequired,
    /// The person would have to consent, and `prompt=none`.
    ConsentRequired,
    /// The request URI is not one of ours, used, or too old.
    InvalidRequestUri,
    /// The request object cannot be read.
    InvalidRequestObject,
    /// Request objects are not taken.
    RequestNotSupported,
    /// Request URIs of others are not fetched.
    RequestUriNotSupported,
    /// Registration within a request is not taken.
    RegistrationNotSupported,
    /// The demanded way of signing in cannot be had (OpenID Connect Core Error Code unmet_authentication_requirements).
    UnmetAuthenticationRequirements,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 33] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::AccessDenied,
        Self::UnsupportedResponseType,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::UnsupportedTokenType,
        Self::InvalidRedirectUri,
        Self::InvalidClientMetadata,
        Self::UnapprovedSoftwareStatement,
        Self::AuthorizationPending,
        Self::SlowDown,
        Self::ExpiredToken,
        Self::InvalidTarget,
        Self::InvalidDpopProof,
        Self::UseDpopNonce,
        Self::InsufficientUserAuthentication,
        Self::InteractionRequired,
        Self::LoginRequired,
        Self::AccountSelectionRequired,
        Self::ConsentRequired,
        Self::InvalidRequestUri,
        Self::InvalidRequestObject,
        Self::RequestNotSupported,
        Self::RequestUriNotSupported,
        Self::RegistrationNotSupported,
        Self::UnmetAuthenticationRequirements,
    ];

    /// As it stands in `error`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        }
    }

    /// The status of an answer that is not a redirect. At a resource, a proof or nonce that is wanting is 401 as well
    /// (RFC 9449 §7.1): see [`Self::status_at_resource`].
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken | Self::InsufficientUserAuthentication => 401,
            Self::InsufficientScope => 403,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::InvalidScope
            | Self::AccessDenied
            | Self::UnsupportedResponseType
            | Self::UnsupportedTokenType
            | Self::InvalidRedirectUri
            | Self::InvalidClientMetadata
            | Self::UnapprovedSoftwareStatement
            | Self::AuthorizationPending
            | Self::SlowDown
            | Self::ExpiredToken
            | Self::InvalidTarget
            | Self::InvalidDpopProof
            | Self::UseDpopNonce
            | Self::InteractionRequired
            | Self::LoginRequired
            | Self::AccountSelectionRequired
            | Self::ConsentRequired
            | Self::InvalidRequestUri
            | Self::InvalidRequestObject
            | Self::RequestNotSupported
            | Self::RequestUriNotSupported
            | Self::RegistrationNotSupported
            | Self::UnmetAuthenticationRequirements => 400,
        }
    }

    /// The status at a resource that is opened by an access token, such as the one for claims about a person.
    #[must_use]
    pub const fn status_at_resource(self) -> u16 {
        match self {
            Self::InvalidDpopProof | Self::UseDpopNonce => 401,
            other => other.status(),
        }
    }
}

/// An error answer. It never repeats what the client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthError {
    /// The code.
    pub code: ErrorCode,
    /// A sentence for the client's developer; only characters that RFC 6749 §5.2 allows.
    pub description: String,
}

impl OauthError {
    /// An error with a sentence; what the RFC does not allow in it becomes an apostrophe or is left out.
    #[must_use]
    pub fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        let description: String = description
            .into()
            .chars()
            .filter_map(|c| match c {
                '"' | '\\' | '`' => Some('\''),
                ' '..='~' => Some(c),
                _ => None,
            })
            .collect();
        Self { code, description }
    }

    /// The body of an answer.
    #[must_use]
    pub fn json(&self) -> String {
        json!({"error": self.code.code(), "error_description": self.description}).to_string()
    }

    /// The parameters of a redirect back to the client; `state` only where the client sent one, `iss` always
    /// (RFC 9207 §2).
    #[must_use]
    pub fn parameters<'a>(&'a self, state: Option<&'a str>, issuer: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut list = vec![("error", self.code.code()), ("error_description", self.description.as_str())];
        list.extend(state.map(|state| ("state", state)));
        list.push(("iss", issuer));
        list
    }

    /// The value of `WWW-Authenticate` for a scheme, `Bearer` or `DPoP` (RFC 6750 §3, RFC 9449 §7.1).
    #[must_use]
    pub fn challenge(&self, scheme: &str) -> String {
        format!("{scheme} error=\"{}\", error_description=\"{}\"", self.code.code(), self.description)
    }
}

impl fmt::Display for OauthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.code(), self.description)
    }
}

impl std::error::Error for OauthError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_code_is_its_own_and_has_a_status_of_an_error() {
        let mut codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!([400, 401, 403, 500, 503].contains(&code.status()), "{code:?}");
            assert!(code.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code:?}");
        }
        assert_eq!(
            (ErrorCode::UseDpopNonce.status(), ErrorCode::UseDpopNonce.status_at_resource()),
            (400, 401)
        );
        assert_eq!(ErrorCode::InsufficientScope.status_at_resource(), 403);
    }

    #[test]
    fn an_error_is_written_in_three_ways() {
        let error = OauthError::new(ErrorCode::InvalidRequest, "`state` is \"twice\" there.");
        assert_eq!(
            error.json(),
            r#"{"error":"invalid_request","error_description":"'state' is 'twice' there."}"#
        );
        assert_eq!(
            error.parameters(Some("a&b"), "https://id.example.org").get(2..),
            Some(&[("state", "a&b"), ("iss", "https://id.example.org")][..])
        );
        assert_eq!(
            error.challenge("DPoP"),
            "DPoP error=\"invalid_request\", error_description=\"'state' is 'twice' there.\""
        );
    }

    proptest! {
        #[test]
        fn a_sentence_has_only_the_characters_that_are_allowed(text in any::<String>()) {
            let error = OauthError::new(ErrorCode::ServerError, text);
            prop_assert!(error.description.bytes().all(|byte| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E)));
        }
    }
}
