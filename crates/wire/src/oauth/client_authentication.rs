//! How a client proves itself at the endpoints that it calls directly.
//!
//! Implements: RFC 6749 §2.3.1 (`client_secret_basic` with its own decoding, `client_secret_post`), §3.2.1 (`none`), RFC
//! 7521 §4.2 and RFC 7523 §3 (`private_key_jwt`), OpenID Connect Core §9, RFC 7617 §2. "The client MUST NOT use more than
//! one authentication method in each request."

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::authorization::{LONGEST_CLIENT_ID, client_id};
use super::credential::Credential;
use super::error::{ErrorCode, OauthError};
use super::parameters::{Parameters, decode};
use crate::jose::{
    algorithm::Algorithm,
    jws::{self, Jws},
    jwt::{Claims, Expected},
    verifying_key::VerifyingKey,
};

/// The longest `Authorization` header that is decoded, in bytes.
pub const LONGEST_HEADER: usize = 4 * 1024;
/// What `client_assertion_type` has to be.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A way to prove itself, as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthenticationMethod {
    /// Nothing: whoever knows its name may pass for it.
    None,
    /// A secret in the `Authorization` header.
    ClientSecretBasic,
    /// A secret in the body.
    ClientSecretPost,
    /// A statement signed by its key.
    PrivateKeyJwt,
}

impl AuthenticationMethod {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// As in `token_endpoint_auth_method`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Reads [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// What a client brought. Nothing is proved yet.
#[derive(Clone, Debug)]
pub enum Presented<'a> {
    /// Only its name.
    Name(String),
    /// A secret, and how it came.
    Secret {
        /// The name.
        client_id: String,
        /// The secret.
        secret: Credential,
        /// [`AuthenticationMethod::ClientSecretBasic`] or [`AuthenticationMethod::ClientSecretPost`].
        method: AuthenticationMethod,
    },
    /// A signed statement.
    Assertion(Box<Assertion<'a>>),
}

fn unknown(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidClient, description)
}

impl<'a> Presented<'a> {
    /// Reads the `Authorization` headers and the body of a request.
    ///
    /// # Errors
    /// `invalid_request` for more than one method or two names that differ, `invalid_client` for none, or one that cannot
    /// be read.
    pub fn read(authorization: &[&[u8]], parameters: &'a Parameters) -> Result<Self, OauthError> {
        let refuse = |description: &str| OauthError::new(ErrorCode::InvalidRequest, description);
        let name = client_id(parameters)?;
        let secret = parameters.one("client_secret")?;
        let assertion = parameters.bounded("client_assertion", jws::LONGEST)?;
        let typ = parameters.one("client_assertion_type")?;
        let methods = [!authorization.is_empty(), secret.is_some(), assertion.is_some() || typ.is_some()];
        if authorization.len() > 1 || methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(refuse("A client proves itself in one way, not in several."));
        }
        let presented = match (authorization, secret, assertion, typ) {
            ([header], ..) => basic(header)?,
            (_, Some(secret), ..) => Self::Secret {
                client_id: name.ok_or(unknown("The parameter `client_id` is missing."))?.to_owned(),
                secret: Credential::parse("client_secret", secret)?,
                method: AuthenticationMethod::ClientSecretPost,
            },
            (_, _, Some(assertion), Some(ASSERTION_TYPE)) => {
                Self::Assertion(Box::new(Assertion::parse(assertion)?))
            }
            (_, _, None, None) => {
                return name
                    .map(|name| Self::Name(name.to_owned()))
                    .ok_or(unknown("The client does not say who it is."));
            }
            _ => return Err(refuse("`client_assertion` goes with `client_assertion_type` jwt-bearer.")),
        };
        match name {
            Some(name) if name != presented.client_id() => {
                Err(refuse("`client_id` is another than the one that is proved."))
            }
            _ => Ok(presented),
        }
    }

    /// The name of the client, as it says.
    #[must_use]
    pub fn client_id(&self) -> &str {
        match self {
            Self::Name(client_id) | Self::Secret { client_id, .. } => client_id,
            Self::Assertion(assertion) => assertion.client_id(),
        }
    }

    /// The method that was used.
    #[must_use]
    pub const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::Name(_) => AuthenticationMethod::None,
            Self::Secret { method, .. } => *method,
            Self::Assertion(_) => AuthenticationMethod::PrivateKeyJwt,
        }
    }
}

/// RFC 6749 §2.3.1: name and secret are form-encoded first, then joined by a colon, then put into base64.
fn basic(header: &[u8]) -> Result<Presented<'static>, OauthError> {
    let refused = || unknown("The Authorization header is not Basic with a form-encoded name and secret.");
    let text = str::from_utf8(header).ok().filter(|text| text.len() <= LONGEST_HEADER);
    let (scheme, rest) = text.and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(refused());
    }
    let plain = STANDARD.decode(rest.trim_matches(' ')).map_err(|_| refused())?;
    let mut parts = plain.splitn(2, |byte| *byte == b':');
    let (Some(name), Some(secret)) = (parts.next(), parts.next()) else { return Err(refused()) };
    let (name, secret) = (decode(name).map_err(|_| refused())?, decode(secret).map_err(|_| refused())?);
    let sound = !name.is_empty()
        && name.len() <= LONGEST_CLIENT_ID
        && name.bytes().all(|byte| byte.is_ascii_graphic());
    if !sound {
        return Err(refused());
    }
    let secret = Credential::parse("client_secret", &secret).map_err(|_| refused())?;
    Ok(Presented::Secret { client_id: name, secret, method: AuthenticationMethod::ClientSecretBasic })
}

/// A statement by which a client says who it is.
#[derive(Clone, Debug)]
pub struct Assertion<'a> {
    jws: Jws<'a>,
    claims: Claims,
    client_id: String,
}

/// What is kept of a statement that held, so that it is not taken twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionUse {
    /// `jti`, as the client chose it; its digest is kept together with the client's name.
    pub id: String,
    /// Until when it has to be kept, in microseconds: its own end and the difference of clocks.
    pub until: i64,
}

impl<'a> Assertion<'a> {
    fn parse(text: &'a str) -> Result<Self, OauthError> {
        let refused = || unknown("`client_assertion` is not a JWT that can be read here.");
        let jws = Jws::parse(text, &Algorithm::ALL).map_err(|_| refused())?;
        // RFC 8725 §3.11: a proof or a token is no statement about a client.
        if jws.has_type() && !jws.is_typed("JWT") && !jws.is_typed("client-authentication+jwt") {
            return Err(refused());
        }
        let claims = Claims::parse(jws.unverified_payload()).map_err(|_| refused())?;
        // RFC 7523 §3 points 1 and 2: issuer and subject are the client.
        let client_id = match (claims.issuer(), claims.subject()) {
            (Some(issuer), Some(subject)) if issuer == subject && issuer.len() <= LONGEST_CLIENT_ID => {
                issuer.to_owned()
            }
            _ => return Err(unknown("`iss` and `sub` of `client_assertion` have to be the client's name.")),
        };
        Ok(Self { jws, claims, client_id })
    }

    /// The client that it is about, as it says.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The algorithm that it is signed with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.jws.algorithm()
    }

    /// What it calls its key.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.jws.key_id()
    }

    /// Whether one of the client's keys has signed it, and what it says holds. `expected.issuer` is the client's name.
    ///
    /// # Errors
    /// `invalid_client` otherwise.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
        expected: &Expected<'_>,
    ) -> Result<AssertionUse, OauthError> {
        if !keys.into_iter().any(|key| self.jws.verify(key).is_ok()) {
            return Err(unknown("No key of the client has signed `client_assertion`."));
        }
        self.claims
            .check(expected)
            .map_err(|unfit| unknown(&format!("`client_assertion` does not hold: {unfit}.")))?;
        let id = self.claims.id().filter(|id| id.len() <= LONGEST_CLIENT_ID);
        let id = id.ok_or(unknown("`jti` of `client_assertion` is missing or too long."))?.to_owned();
        let until = self.claims.expires().unwrap_or_default().saturating_add(expected.skew);
        Ok(AssertionUse { id, until })
    }
}

#[cfg(test)]
#[path = "client_authentication/tests.rs"]
mod tests;
