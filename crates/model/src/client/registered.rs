//! A client with all that is kept of it: what it proves itself by, its pages, where it is told of things.
//!
//! Implements: OpenID Connect Dynamic Client Registration §2, RFC 7591 §2, Back-Channel Logout §2.2.

use wire::jose::jwk_set::JwkSet;
use wire::oauth::redirect_uri::RedirectUri;

use super::Client;
use crate::digest::Digest;
use crate::grant::Grant;
use crate::signing_key::KeyKind;
use crate::time::Time;

/// The most secrets that a client has at once: the one in use, and the one that follows it.
pub const MOST_SECRETS: usize = 2;

/// A client as it is kept.
#[derive(Clone, Debug)]
pub struct Registered {
    /// What it is and may ask for.
    pub client: Client,
    /// Its secrets, the newest first.
    pub secrets: Vec<ClientSecret>,
    /// Its public keys, where they came with it.
    pub keys: Option<JwkSet>,
    /// Where its public keys are, where they have to be fetched.
    pub keys_at: Option<String>,
    /// Where a person may go after signing out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it is told that a session ended.
    pub backchannel_logout: Option<String>,
    /// Whether it has to be told which session.
    pub backchannel_session: bool,
    /// How the answer of the userinfo endpoint is signed; none is JSON.
    pub userinfo_signing: Option<KeyKind>,
    /// How the answer of the introspection endpoint is signed; none is JSON.
    pub introspection_signing: Option<KeyKind>,
    /// How old a sign-in may be, in seconds, where a request says nothing else.
    pub default_max_age: Option<u32>,
    /// Whether ID tokens have to say when the person signed in.
    pub require_auth_time: bool,
    /// The ways of signing in that it would like, where a request says nothing else.
    pub default_acr_values: Vec<String>,
    /// Its pages.
    pub pages: ClientPages,
    /// The addresses of who is responsible for it.
    pub contacts: Vec<String>,
    /// What opens its registration to changes.
    pub registration_token: Option<Digest>,
    /// When it was made.
    pub made_at: Time,
    /// When it was last changed.
    pub changed_at: Time,
}

/// What is kept of a secret.
#[derive(Clone, Copy, Debug)]
pub struct ClientSecret {
    /// Its keyed digest.
    pub digest: Digest,
    /// When it was made.
    pub made_at: Time,
    /// When it ends, if it does.
    pub expires_at: Option<Time>,
}

/// Pages of a client, as text.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ClientPages {
    /// Its home page.
    pub home: Option<String>,
    /// Its picture.
    pub logo: Option<String>,
    /// What it does with data.
    pub policy: Option<String>,
    /// Its terms.
    pub terms: Option<String>,
    /// Where a sign-in may be started by others.
    pub initiate_login: Option<String>,
}

impl Registered {
    /// A client of which nothing more is known than what it may ask for.
    #[must_use]
    pub fn new(client: Client, now: Time) -> Self {
        Self {
            client,
            secrets: Vec::new(),
            keys: None,
            keys_at: None,
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout: None,
            backchannel_session: false,
            userinfo_signing: None,
            introspection_signing: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            pages: ClientPages::default(),
            contacts: Vec::new(),
            registration_token: None,
            made_at: now,
            changed_at: now,
        }
    }

    /// Whether a grant was given to it, and not to another client that had its name before and is gone.
    #[must_use]
    pub fn was_given(&self, grant: &Grant) -> bool {
        grant.client == self.client.id && self.made_at <= grant.granted_at
    }

    /// Whether one of its secrets that hold at `now` is the one with this digest. Each is compared, in constant time.
    #[must_use]
    pub fn has_secret(&self, presented: &Digest, now: Time) -> bool {
        self.secrets.iter().fold(false, |found, secret| {
            let holds = secret.expires_at.is_none_or(|end| now < end);
            (secret.digest.matches(presented) & holds) | found
        })
    }
}
