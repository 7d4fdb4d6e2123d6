//! What asks for tokens, and what it may ask for.
//!
//! Implements: RFC 6749 §2.1 (kinds), §3.1.2.3 (which redirect URI), RFC 7636 §4.4 and RFC 9700 §2.1.1 (who has to prove
//! its code), RFC 9126 §6, RFC 9449 §5.2, OpenID Connect Core §8 (subjects) and §11 (refresh tokens), RFC 9700 §2.2.2
//! (refresh tokens of public clients).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::resource::Resource;
use wire::oauth::scope::Scopes;
use wire::oauth::token::GrantType;

use crate::device_authorization::DeviceFlow;
use crate::digest::{Digest, Keys, Of};
use crate::grant_refusal::GrantRefusal;
use crate::id::AccountId;
use crate::signing_key::KeyKind;

mod registered;
pub use registered::{ClientPages, ClientSecret, MOST_SECRETS, Registered};

/// Whether a client can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// It cannot: an app on a device, a page in a browser.
    Public,
    /// It can, and proves itself by it.
    Confidential,
}

/// Who brought a client in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientOrigin {
    /// The configuration file.
    Configuration,
    /// An operator.
    Operator,
    /// Itself, by registration.
    Registration,
    /// Itself, by a metadata document under its own URL.
    Document,
}

impl ClientOrigin {
    const ALL: [Self; 4] = [Self::Configuration, Self::Operator, Self::Registration, Self::Document];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Operator => "operator",
            Self::Registration => "registration",
            Self::Document => "document",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.code() == code)
    }
}

/// What its access tokens look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// Signed claims that a resource reads by itself (RFC 9068).
    Jwt,
    /// A text that a resource asks us about: ending it takes effect at once.
    Opaque,
}

impl TokenFormat {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Opaque => "opaque",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Jwt, Self::Opaque].into_iter().find(|format| format.code() == code)
    }
}

/// Under which name a client knows a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectType {
    /// Under the same name as others do.
    Public,
    /// Under a name that only clients of this sector share: a host.
    Pairwise(String),
}

/// How long things last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization code.
    pub code: Duration,
    /// An access token.
    pub access_token: Duration,
    /// A grant that is not used.
    pub idle: Duration,
    /// A grant, however much it is used.
    pub absolute: Duration,
}

impl Default for Lifetimes {
    /// A minute for a code, five for an access token, seven days idle, thirty in all.
    fn default() -> Self {
        let days = |count: u64| Duration::from_secs(count * 24 * 60 * 60);
        Self {
            code: Duration::from_secs(60),
            access_token: Duration::from_secs(5 * 60),
            idle: days(7),
            absolute: days(30),
        }
    }
}

/// What people are told that a client is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownName<'a> {
    /// An operator vouches for it.
    Verified(&'a str),
    /// It chose the name itself, and nobody looked: shown with the host beside it, and never in a mail.
    SelfChosen(&'a str),
}

/// [`ShownName`] with the host that stands beside it, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub name: String,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// The host that its answers go to; none where it is an app on the same device.
    pub host: Option<String>,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether an operator vouches for name and pages.
    pub verified: bool,
    /// Who brought it in.
    pub origin: ClientOrigin,
    /// How it proves itself.
    pub authentication: AuthenticationMethod,
    /// How it gets tokens.
    pub grant_types: Vec<GrantType>,
    /// Where answers may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Which services its tokens may be for.
    pub resources: Vec<Resource>,
    /// What its access tokens look like.
    pub token_format: TokenFormat,
    /// What signs its ID tokens.
    pub signing: KeyKind,
    /// Under which name it knows a person.
    pub subject_type: SubjectType,
    /// How long things last.
    pub lifetimes: Lifetimes,
    /// Whether a code may go out without a challenge: confidential clients only, and only where an operator says so.
    pub without_pkce: bool,
    /// Whether its requests have to be pushed.
    pub require_pushed: bool,
    /// Whether its access tokens have to be bound to a key.
    pub dpop_bound: bool,
    /// Whether, as a public client, it gets refresh tokens that no key protects: only where an operator says so.
    pub unbound_refresh: bool,
    /// What may be asked for by a user code (RFC 8628): it cannot begin so where this is empty, as it is unless an operator
    /// says otherwise.
    pub user_code_scopes: Scopes,
    /// What it is left of a grant while that is provisional ([`crate::provisional`]).
    pub provisional_scopes: Scopes,
}

impl Client {
    /// Whether it can keep a secret.
    #[must_use]
    pub fn kind(&self) -> ClientKind {
        if self.authentication == AuthenticationMethod::None {
            ClientKind::Public
        } else {
            ClientKind::Confidential
        }
    }

    /// What people are told it is called.
    #[must_use]
    pub fn shown_name(&self) -> ShownName<'_> {
        if self.verified { ShownName::Verified(&self.name) } else { ShownName::SelfChosen(&self.name) }
    }

    /// The same, to be kept.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let host = self.host().map(str::to_owned);
        Shown { name: self.name.clone(), verified: self.verified, host }
    }

    /// The host that its answers go to, for people to see beside a name that it chose itself; none where it is an app on the
    /// same device.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.redirect_uris.iter().find_map(RedirectUri::host)
    }

    /// Its name, where an operator vouches for it: what mails may say (threats.md §5.2 row 38).
    #[must_use]
    pub fn vouched_name(&self) -> Option<&str> {
        self.verified.then_some(self.name.as_str())
    }

    /// Whether it proves itself in its registered way; another way, even a stronger one, was not agreed on.
    ///
    /// # Errors
    /// [`GrantRefusal::ClientUnproved`].
    pub fn authenticates_by(&self, method: AuthenticationMethod) -> Result<(), GrantRefusal> {
        if self.authentication == method { Ok(()) } else { Err(GrantRefusal::ClientUnproved) }
    }

    /// Whether it may get tokens in this way.
    ///
    /// # Errors
    /// [`GrantRefusal::GrantTypeUnregistered`]; a public client never acts for itself (RFC 6749 §4.4).
    pub fn may(&self, kind: GrantType) -> Result<(), GrantRefusal> {
        let own = kind == GrantType::ClientCredentials && self.kind() == ClientKind::Public;
        if self.grant_types.contains(&kind) && !own {
            Ok(())
        } else {
            Err(GrantRefusal::GrantTypeUnregistered)
        }
    }

    /// Where the answer to a request goes (RFC 6749 §3.1.2.3). OpenID Connect wants it said in every request; where `openid`
    /// is not asked for, it may be left out by a client that has only one.
    ///
    /// # Errors
    /// [`GrantRefusal::RedirectMissing`] or [`GrantRefusal::RedirectUnregistered`]: the person is told, not the client.
    pub fn redirect<'a>(&'a self, asked: Option<&'a str>, openid: bool) -> Result<&'a str, GrantRefusal> {
        match (asked, self.redirect_uris.as_slice()) {
            (Some(asked), registered) if registered.iter().any(|uri| uri.matches(asked)) => Ok(asked),
            (Some(_), _) => Err(GrantRefusal::RedirectUnregistered),
            (None, [one]) if !openid => Ok(one.as_str()),
            (None, _) => Err(GrantRefusal::RedirectMissing),
        }
    }

    /// Whether a request comes in the way that the client has to take.
    ///
    /// # Errors
    /// [`GrantRefusal::NotPushed`] or [`GrantRefusal::ChallengeMissing`]. A public client needs a challenge whatever else is
    /// set (RFC 9700 §2.1.1).
    pub fn comes_rightly(&self, pushed: bool, challenged: bool) -> Result<(), GrantRefusal> {
        if self.require_pushed && !pushed {
            return Err(GrantRefusal::NotPushed);
        }
        let excused = self.without_pkce && self.kind() == ClientKind::Confidential;
        if challenged || excused { Ok(()) } else { Err(GrantRefusal::ChallengeMissing) }
    }

    /// The scopes of a request: all that were asked for, or none.
    ///
    /// # Errors
    /// [`GrantRefusal::ScopeUnregistered`] for one that the client may not ask for.
    pub fn asks_for(&self, scopes: &Scopes) -> Result<(), GrantRefusal> {
        if scopes.is_within(&self.scopes) { Ok(()) } else { Err(GrantRefusal::ScopeUnregistered) }
    }

    /// What a device gets that runs this client: all that it asks for, or what there is where it asks for nothing.
    ///
    /// # Errors
    /// [`GrantRefusal::GrantTypeUnregistered`] where it may not begin so, [`GrantRefusal::ScopeUnregistered`].
    pub fn on_a_device(&self, flow: DeviceFlow, asked: Option<&Scopes>) -> Result<Scopes, GrantRefusal> {
        self.may(GrantType::DeviceCode)?;
        let most = match flow {
            DeviceFlow::Pairing => self.scopes.clone(),
            DeviceFlow::UserCode if self.user_code_scopes.is_empty() => {
                return Err(GrantRefusal::GrantTypeUnregistered);
            }
            DeviceFlow::UserCode => self.scopes.within(&self.user_code_scopes),
        };
        match asked {
            None => Ok(most),
            Some(asked) if asked.is_within(&most) => Ok(asked.clone()),
            Some(_) => Err(GrantRefusal::ScopeUnregistered),
        }
    }

    /// Whether each resource is one of its own.
    ///
    /// # Errors
    /// [`GrantRefusal::ResourceWider`].
    pub fn asks_at(&self, resources: &[Resource]) -> Result<(), GrantRefusal> {
        let all = resources.iter().all(|resource| self.resources.contains(resource));
        if all { Ok(()) } else { Err(GrantRefusal::ResourceWider) }
    }

    /// Whether a proof of a key has to come with a request for tokens.
    ///
    /// # Errors
    /// [`GrantRefusal::KeyMissing`].
    pub const fn needs_key(&self, proved: bool) -> Result<(), GrantRefusal> {
        if self.dpop_bound && !proved { Err(GrantRefusal::KeyMissing) } else { Ok(()) }
    }

    /// Whether a refresh token goes out: the client can use it; a person who signs in was asked for it by `offline_access`
    /// (OpenID Connect Core §11); and with a public client a key protects it (threats.md §5.2 row 29).
    #[must_use]
    pub fn gets_refresh_token(&self, scopes: &Scopes, bound: bool) -> bool {
        self.grant_types.contains(&GrantType::RefreshToken)
            && (!scopes.has("openid") || scopes.has("offline_access"))
            && (bound || self.unbound_refresh || self.kind() == ClientKind::Confidential)
    }

    /// The name under which this client knows an account (OpenID Connect Core §8.1: not to be turned back by others, the
    /// same for one sector, and never the same as for another).
    #[must_use]
    pub fn subject(&self, account: AccountId, keys: &Keys) -> String {
        match &self.subject_type {
            SubjectType::Public => account.to_string(),
            SubjectType::Pairwise(sector) => {
                let digest: Digest =
                    keys.digest(Of::Token, &[b"pairwise subject", sector.as_bytes(), account.bytes()]);
                wire::token::encode(digest.bytes())
            }
        }
    }
}

#[cfg(test)]
#[path = "client/tests.rs"]
pub(crate) mod tests;
