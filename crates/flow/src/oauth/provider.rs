//! Where the provider is, as clients know it.

use wire::http::origin::Origin;
use wire::http::url::Url;

/// Where a person is sent.
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Where requests are pushed.
pub const PUSHED: &str = "/oauth/par";
/// Where tokens are got.
pub const TOKEN: &str = "/oauth/token";
/// Where tokens are looked at.
pub const INTROSPECT: &str = "/oauth/introspect";
/// Where tokens are ended.
pub const REVOKE: &str = "/oauth/revoke";
/// Where a device begins that shows a code (RFC 8628).
pub const DEVICE: &str = "/oauth/device_authorization";
/// Where a device begins that was given a code (docs/pairing.md).
pub const PAIRING: &str = "/oauth/pairing";
/// Where a person types the code that a device shows.
pub const USER_CODE_PAGE: &str = "/device";
/// Claims about a person.
pub const USERINFO: &str = "/oauth/userinfo";
/// Where a person is sent to sign out.
pub const LOGOUT: &str = "/oauth/logout";

/// The provider.
#[derive(Clone, Debug)]
pub struct Provider {
    issuer: String,
    pushed: Url,
    token: Url,
    userinfo: Url,
    device: Url,
    pairing: Url,
}

impl Provider {
    /// The provider that calls itself so, at this origin.
    #[must_use]
    pub fn of(issuer: &str, origin: &Origin) -> Self {
        let url = |path| Url::of(origin.clone(), path);
        Self {
            issuer: issuer.to_owned(),
            pushed: url(PUSHED),
            token: url(TOKEN),
            userinfo: url(USERINFO),
            device: url(DEVICE),
            pairing: url(PAIRING),
        }
    }

    /// `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The pushed authorization request endpoint.
    #[must_use]
    pub const fn pushed(&self) -> &Url {
        &self.pushed
    }

    /// The token endpoint.
    #[must_use]
    pub const fn token(&self) -> &Url {
        &self.token
    }

    /// The device authorization endpoint.
    #[must_use]
    pub const fn device(&self) -> &Url {
        &self.device
    }

    /// The pairing endpoint.
    #[must_use]
    pub const fn pairing(&self) -> &Url {
        &self.pairing
    }

    /// The userinfo endpoint.
    #[must_use]
    pub const fn userinfo(&self) -> &Url {
        &self.userinfo
    }
}
