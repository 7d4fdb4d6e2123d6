//! What a client sends to the token endpoint, and what it gets.
//!
//! Implements: RFC 6749 §4.1.3, §4.4.2 and §6 (requests), §5.1 (answer), RFC 7636 §4.5, RFC 8628 §3.4, RFC 8707 §2.2,
//! OpenID Connect Core §3.1.3. The grant type `password` does not exist here (RFC 9700 §2.4).

use serde_json::json;

use super::credential::Credential;
use super::error::{ErrorCode, OauthError};
use super::parameters::Parameters;
use super::pkce::Verifier;
use super::resource::Resource;
use super::scope::Scopes;

/// How a client gets tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GrantType {
    /// By a code that a person brought.
    AuthorizationCode,
    /// By a refresh token.
    RefreshToken,
    /// For itself.
    ClientCredentials,
    /// By a person who typed a user code elsewhere.
    DeviceCode,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::DeviceCode];

    /// As in `grant_type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }

    /// Reads [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A request for tokens. Who makes it is read by [`super::client_authentication`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRequest {
    /// A code is redeemed.
    AuthorizationCode {
        /// The code.
        code: Credential,
        /// Where it was sent, as in the request for it.
        redirect_uri: Option<String>,
        /// What its challenge was made of.
        verifier: Option<Verifier>,
        /// Fewer resources than were granted, or none said.
        resources: Vec<Resource>,
    },
    /// A refresh token is used.
    RefreshToken {
        /// The token.
        token: Credential,
        /// Fewer scopes than were granted, where said.
        scopes: Option<Scopes>,
        /// Fewer resources than were granted, or none said.
        resources: Vec<Resource>,
    },
    /// A client acts for itself.
    ClientCredentials {
        /// What it wants to do, where said.
        scopes: Option<Scopes>,
        /// For which services.
        resources: Vec<Resource>,
    },
    /// A device asks whether its person has answered.
    DeviceCode {
        /// The device code.
        code: Credential,
    },
}

impl TokenRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// `unsupported_grant_type`, `invalid_scope`, `invalid_target`, or `invalid_request` with a sentence that names the
    /// parameter.
    pub fn read(parameters: &Parameters) -> Result<Self, OauthError> {
        parameters.each_once()?;
        let Some(kind) = GrantType::from_name(parameters.required("grant_type")?) else {
            let description = "`grant_type` is none of those that the discovery document names.";
            return Err(OauthError::new(ErrorCode::UnsupportedGrantType, description));
        };
        let credential = |name: &str| match parameters.bounded(name, super::credential::LONGEST)? {
            Some(text) => Credential::parse(name, text),
            None => {
                let description = format!("The parameter `{name}` is missing.");
                Err(OauthError::new(ErrorCode::InvalidRequest, description))
            }
        };
        let scopes = || parameters.one("scope")?.map(Scopes::parse).transpose();
        let resources = Resource::read(parameters)?;
        Ok(match kind {
            GrantType::AuthorizationCode => Self::AuthorizationCode {
                code: credential("code")?,
                redirect_uri: parameters.one("redirect_uri")?.map(str::to_owned),
                verifier: parameters.one("code_verifier")?.map(Verifier::parse).transpose()?,
                resources,
            },
            GrantType::RefreshToken => {
                Self::RefreshToken { token: credential("refresh_token")?, scopes: scopes()?, resources }
            }
            GrantType::ClientCredentials => Self::ClientCredentials { scopes: scopes()?, resources },
            GrantType::DeviceCode => Self::DeviceCode { code: credential("device_code")? },
        })
    }

    /// The grant type.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::DeviceCode { .. } => GrantType::DeviceCode,
        }
    }
}

/// The tokens that a client gets. There is no `Debug`: it is all secret.
#[derive(Clone)]
pub struct TokenAnswer<'a> {
    /// The access token.
    pub access_token: &'a str,
    /// Whether it is bound to a key: `DPoP` in place of `Bearer`.
    pub bound: bool,
    /// How many seconds it is valid.
    pub expires_in: u64,
    /// What it may do; always said.
    pub scopes: &'a Scopes,
    /// The refresh token.
    pub refresh_token: Option<&'a str>,
    /// The ID token.
    pub id_token: Option<&'a str>,
}

impl TokenAnswer<'_> {
    /// The body; it goes out with `Cache-Control: no-store`.
    #[must_use]
    pub fn json(&self) -> String {
        let mut body = json!({
            "access_token": self.access_token,
            "token_type": if self.bound { "DPoP" } else { "Bearer" },
            "expires_in": self.expires_in,
            "scope": self.scopes.to_string(),
        });
        if let Some(members) = body.as_object_mut() {
            for (name, token) in [("refresh_token", self.refresh_token), ("id_token", self.id_token)] {
                members.extend(token.map(|token| (name.to_owned(), token.into())));
            }
        }
        body.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<TokenRequest, OauthError> {
        TokenRequest::read(&Parameters::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn each_grant_type_has_its_parameters() {
        let code = read("grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert!(
            matches!(&code, TokenRequest::AuthorizationCode { code, redirect_uri, verifier: Some(_), .. }
            if code.expose() == "SplxlOBeZQQYbYS6WxSbIA" && redirect_uri.as_deref() == Some("https://client.example.com/cb"))
        );
        assert!(!format!("{code:?}").contains("Splx"));
        let refresh =
            read("grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&scope=openid").unwrap();
        assert!(
            matches!(&refresh, TokenRequest::RefreshToken { scopes: Some(scopes), .. } if scopes.has("openid"))
        );
        let own = read("grant_type=client_credentials&resource=https://a.example/").unwrap();
        assert!(
            matches!(&own, TokenRequest::ClientCredentials { scopes: None, resources } if resources.len() == 1)
        );
        let device =
            read("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=abc")
                .unwrap();
        for (request, kind) in [code, refresh, own, device].iter().zip(GrantType::ALL) {
            assert_eq!(request.grant_type(), kind);
        }
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        use ErrorCode as E;
        for (text, code) in [
            ("", E::InvalidRequest),
            ("grant_type=password&username=a&password=b", E::UnsupportedGrantType),
            ("grant_type=implicit", E::UnsupportedGrantType),
            ("grant_type=authorization_code", E::InvalidRequest),
            ("grant_type=authorization_code&code=a&code=a", E::InvalidRequest),
            ("grant_type=authorization_code&code=a%0A", E::InvalidRequest),
            ("grant_type=authorization_code&code=a&code_verifier=short", E::InvalidRequest),
            ("grant_type=refresh_token", E::InvalidRequest),
            ("grant_type=refresh_token&refresh_token=a&scope=a++b", E::InvalidScope),
            ("grant_type=client_credentials&resource=a", E::InvalidTarget),
            ("grant_type=client_credentials&grant_type=refresh_token", E::InvalidRequest),
        ] {
            assert_eq!(read(text).unwrap_err().code, code, "{text}");
        }
        assert!(read(&format!("grant_type=refresh_token&refresh_token={}", "a".repeat(9000))).is_err());
    }

    #[test]
    fn an_answer_says_what_the_token_can_do() {
        let scopes = Scopes::parse("openid email").unwrap();
        let answer = TokenAnswer {
            access_token: "a",
            bound: true,
            expires_in: 300,
            scopes: &scopes,
            refresh_token: None,
            id_token: Some("b"),
        };
        assert_eq!(
            answer.json(),
            r#"{"access_token":"a","expires_in":300,"id_token":"b","scope":"email openid","token_type":"DPoP"}"#
        );
        assert!(TokenAnswer { bound: false, ..answer }.json().contains("\"token_type\":\"Bearer\""));
    }
}
