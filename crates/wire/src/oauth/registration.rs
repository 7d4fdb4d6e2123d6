//! What a client says about itself when it registers, or in a metadata document under its own URL.
//!
//! Implements: RFC 7591 §2 (metadata), §2.1 (grant and response types agree), §3.2.2 (errors), OpenID Connect
//! Registration §2, OpenID Connect Back-Channel Logout §2.2, RP-Initiated Logout §3.1, RFC 9126 §6, RFC 9449 §5.2, RFC
//! 9701 §6. What is not understood is ignored, but for what would promise a protection that we do not give (encryption).

mod answer;

pub use answer::Registered;

use super::authorization::{LONGEST_CLIENT_ID, MOST_WORDS};
use super::client_authentication::AuthenticationMethod;
use super::error::{ErrorCode, OauthError};
use super::redirect_uri::RedirectUri;
use super::scope::Scopes;
use super::token::GrantType;
use crate::Malformed;
use crate::http::{origin::Scheme, url::Url};
use crate::invisible::is_invisible;
use crate::jose::{algorithm::Algorithm, jwk_set::JwkSet};
use crate::json::Object;
use crate::mail::mailbox::Mailbox;
use crate::oidc::logout;

/// The longest document, in bytes (the client-id metadata documents of 2026 allow 5 KiB; a key set needs more).
pub const LONGEST: usize = 32 * 1024;
/// The most redirect URIs, before and after sign-out each.
pub const MOST_URIS: usize = 16;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;
/// The most contacts.
pub const MOST_CONTACTS: usize = 5;

/// Metadata that can be registered. What may be asked for, policy decides afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientMetadata {
    /// `client_id`, where the document says one: in a document under its own URL, or in a change.
    pub id: Option<String>,
    /// Where answers may go; none for a client that acts only for itself or on devices.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a person may go after signing out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// How it proves itself.
    pub authentication: AuthenticationMethod,
    /// How it gets tokens.
    pub grant_types: Vec<GrantType>,
    /// Whether it says that it is an app on a device.
    pub native: bool,
    /// What it calls itself. Self-chosen: it never reaches a mail.
    pub name: Option<String>,
    /// The pages that it shows about itself, by their names here.
    pub pages: Pages,
    /// Who is responsible for it.
    pub contacts: Vec<Mailbox>,
    /// What it wants to do.
    pub scopes: Option<Scopes>,
    /// Its keys.
    pub keys: Keys,
    /// Whether subjects are to be different from those of other clients.
    pub pairwise: bool,
    /// The host that its subjects belong to, where it says one.
    pub sector: Option<Url>,
    /// How what it gets is to be signed.
    pub signing: Signing,
    /// How old a sign-in may be, in seconds, where it says nothing else.
    pub default_max_age: Option<u64>,
    /// Whether ID tokens have to say when the person signed in.
    pub require_auth_time: bool,
    /// The ways of signing in that it would like.
    pub default_acr_values: Vec<String>,
    /// Where it is told that a session ended.
    pub backchannel_logout: Option<Url>,
    /// Whether it has to be told which session.
    pub backchannel_session: bool,
    /// Whether its requests have to be pushed.
    pub require_pushed: bool,
    /// Whether its access tokens have to be bound to a key.
    pub dpop_bound: bool,
    /// What its maker calls the software, and which version it is.
    pub software: (Option<String>, Option<String>),
}

/// Pages of the client. Shown only where [`ClientMetadata::is_own`] holds, or an operator vouches for the client.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Pages {
    /// Its home page.
    pub home: Option<Url>,
    /// Its picture.
    pub logo: Option<Url>,
    /// What it does with data.
    pub policy: Option<Url>,
    /// Its terms.
    pub terms: Option<Url>,
    /// Where a sign-in may be started by others.
    pub initiate_login: Option<Url>,
}

/// Where the keys of a client are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// It has none.
    None,
    /// They came with the metadata.
    Here(JwkSet),
    /// They have to be fetched; `outbound` decides whether that place may be asked at all.
    At(Url),
}

/// Algorithms, where the client says some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Signing {
    /// For ID tokens.
    pub id_token: Option<Algorithm>,
    /// For the answer of the userinfo endpoint; none said is JSON.
    pub userinfo: Option<Algorithm>,
    /// For the answer of the introspection endpoint; none said is JSON.
    pub introspection: Option<Algorithm>,
    /// The one that it signs its own statements with.
    pub authentication: Option<Algorithm>,
}

fn refuse(description: &str) -> OauthError {
    OauthError::new(ErrorCode::InvalidClientMetadata, description)
}

fn unread(error: Malformed) -> OauthError {
    refuse(&format!("The metadata cannot be read: expected {}.", error.expected))
}

/// Members that promise a protection which is not given here; silence about it would be a lie.
const NOT_GIVEN: [&str; 4] = [
    "id_token_encrypted_response_alg",
    "userinfo_encrypted_response_alg",
    "introspection_encrypted_response_alg",
    "request_object_encryption_alg",
];

impl ClientMetadata {
    /// Reads a document.
    ///
    /// # Errors
    /// `invalid_redirect_uri`, `unapproved_software_statement`, or `invalid_client_metadata` with a sentence that names the
    /// member.
    pub fn parse(bytes: &[u8]) -> Result<Self, OauthError> {
        let object = Object::parse("client metadata", bytes, LONGEST).map_err(unread)?;
        if object.has("software_statement") {
            let description = "Software statements are not taken.";
            return Err(OauthError::new(ErrorCode::UnapprovedSoftwareStatement, description));
        }
        if NOT_GIVEN.iter().any(|name| object.has(name)) {
            return Err(refuse("Nothing is encrypted to clients beyond TLS."));
        }
        let authentication = authentication(&object)?;
        let grant_types = grant_types(&object)?;
        let native = native(&object)?;
        let redirect_uris = redirects(&object, "redirect_uris", native)?;
        if grant_types.contains(&GrantType::AuthorizationCode) == redirect_uris.is_empty() {
            return Err(OauthError::new(
                ErrorCode::InvalidRedirectUri,
                "`redirect_uris` goes with the grant type authorization_code, and the other way round.",
            ));
        }
        let (pairwise, sector) = sector(&object, &redirect_uris)?;
        let metadata = Self {
            id: identifier(&object)?,
            post_logout_redirect_uris: redirects(&object, "post_logout_redirect_uris", native)?,
            redirect_uris,
            authentication,
            grant_types,
            native,
            name: name(&object)?,
            pages: pages(&object)?,
            contacts: contacts(&object)?,
            scopes: object
                .text("scope", "`scope`, a string")
                .map_err(unread)?
                .map(Scopes::parse)
                .transpose()?,
            keys: keys(&object)?,
            pairwise,
            sector,
            signing: signing(&object)?,
            default_max_age: seconds(&object)?,
            require_auth_time: flag(&object, "require_auth_time")?,
            default_acr_values: texts(&object, "default_acr_values")?,
            backchannel_logout: told_at(&object)?,
            backchannel_session: flag(&object, "backchannel_logout_session_required")?,
            require_pushed: flag(&object, "require_pushed_authorization_requests")?,
            dpop_bound: flag(&object, "dpop_bound_access_tokens")?,
            software: (short(&object, "software_id")?, short(&object, "software_version")?),
        };
        metadata.agrees()
    }

    /// What has to go together.
    fn agrees(self) -> Result<Self, OauthError> {
        let public = self.authentication == AuthenticationMethod::None;
        if self.authentication == AuthenticationMethod::PrivateKeyJwt && self.keys == Keys::None {
            return Err(refuse("`private_key_jwt` needs `jwks` or `jwks_uri`."));
        }
        if public && self.grant_types.contains(&GrantType::ClientCredentials) {
            return Err(refuse("A client that proves nothing cannot act for itself (client_credentials)."));
        }
        Ok(self)
    }

    /// Whether a page belongs to the client as far as can be seen: its host is that of an https redirect URI. Anybody can
    /// name anybody's page and picture (RFC 7591 §5).
    #[must_use]
    pub fn is_own(&self, page: &Url) -> bool {
        page.origin()
            .host()
            .domain()
            .is_some_and(|host| self.redirect_uris.iter().any(|uri| uri.host() == Some(host)))
    }
}

fn identifier(object: &Object) -> Result<Option<String>, OauthError> {
    match object.text("client_id", "`client_id`, a string").map_err(unread)? {
        Some(id)
            if id.is_empty()
                || id.len() > LONGEST_CLIENT_ID
                || !id.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Err(refuse("`client_id` has 1 to 512 visible ASCII characters."))
        }
        id => Ok(id.map(str::to_owned)),
    }
}

fn authentication(object: &Object) -> Result<AuthenticationMethod, OauthError> {
    match object.text("token_endpoint_auth_method", "`token_endpoint_auth_method`, a string").map_err(unread)? {
        // RFC 7591 §2: "If unspecified or omitted, the default is "client_secret_basic"".
        None => Ok(AuthenticationMethod::ClientSecretBasic),
        Some(name) => AuthenticationMethod::from_name(name).ok_or(refuse(
            "`token_endpoint_auth_method` is none, client_secret_basic, client_secret_post or private_key_jwt.",
        )),
    }
}

fn grant_types(object: &Object) -> Result<Vec<GrantType>, OauthError> {
    let list = object.texts("grant_types", 8, "`grant_types`, a list of strings").map_err(unread)?;
    // RFC 7591 §2: the default is the authorization code alone.
    let names = list.unwrap_or(vec![GrantType::AuthorizationCode.name()]);
    let mut types = names
        .iter()
        .map(|name| GrantType::from_name(name))
        .collect::<Option<Vec<GrantType>>>()
        .ok_or(refuse("`grant_types` has one that does not exist here."))?;
    types.sort_unstable();
    types.dedup();
    let responses =
        object.texts("response_types", 8, "`response_types`, a list of strings").map_err(unread)?;
    // RFC 7591 §2.1: response type and grant type go together.
    let code = types.contains(&GrantType::AuthorizationCode);
    match responses {
        None => Ok(types),
        Some(list) if list == ["code"] && code => Ok(types),
        Some(list) if list.is_empty() && !code => Ok(types),
        Some(_) => {
            Err(refuse("`response_types` is code alone, together with the grant type authorization_code."))
        }
    }
}

fn native(object: &Object) -> Result<bool, OauthError> {
    match object.text("application_type", "`application_type`, a string").map_err(unread)? {
        None | Some("web") => Ok(false),
        Some("native") => Ok(true),
        Some(_) => Err(refuse("`application_type` is web or native.")),
    }
}

fn redirects(object: &Object, name: &str, native: bool) -> Result<Vec<RedirectUri>, OauthError> {
    let list = object.texts(name, MOST_URIS, "at most 16 redirect URIs in a list").map_err(unread)?;
    let refuse = |description| OauthError::new(ErrorCode::InvalidRedirectUri, description);
    list.unwrap_or_default()
        .into_iter()
        .map(|text| {
            let uri = RedirectUri::parse(text)?;
            if uri.is_native() && !uri.is_loopback() && !native {
                return Err(refuse("A private scheme needs `application_type` native."));
            }
            // Anybody may register here, and nobody looks: a host in punycode may look like another one. Operators
            // register such hosts by hand.
            if uri.host().is_some_and(is_punycode) {
                return Err(refuse("A host with xn-- is registered by an operator only."));
            }
            Ok(uri)
        })
        .collect()
}

fn is_punycode(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--"))
}

fn https(object: &Object, name: &str) -> Result<Option<Url>, OauthError> {
    let refused = || refuse(&format!("`{name}` is an https URL with a plain host."));
    let Some(text) = object.text(name, "a URL, a string").map_err(unread)? else { return Ok(None) };
    match Url::parse(text) {
        Ok(url) if url.origin().scheme() == Scheme::Https => match url.origin().host().domain() {
            Some(host) if !is_punycode(host) && text.starts_with(&url.origin().to_string()) => Ok(Some(url)),
            Some(_) | None => Err(refused()),
        },
        Ok(_) | Err(_) => Err(refused()),
    }
}

/// Back-Channel Logout §2.2. Redirect URIs and this one are registered by the same rules, strangers' hosts in punycode included.
fn told_at(object: &Object) -> Result<Option<Url>, OauthError> {
    let refused = || refuse("`backchannel_logout_uri` is https with a plain host, or http on the loopback.");
    let Some(text) = object.text("backchannel_logout_uri", "a URL, a string").map_err(unread)? else {
        return Ok(None);
    };
    match logout::uri(text) {
        Ok(url) if url.origin().host().domain().is_none_or(|host| !is_punycode(host)) => Ok(Some(url)),
        Ok(_) | Err(_) => Err(refused()),
    }
}

fn pages(object: &Object) -> Result<Pages, OauthError> {
    Ok(Pages {
        home: https(object, "client_uri")?,
        logo: https(object, "logo_uri")?,
        policy: https(object, "policy_uri")?,
        terms: https(object, "tos_uri")?,
        initiate_login: https(object, "initiate_login_uri")?,
    })
}

fn name(object: &Object) -> Result<Option<String>, OauthError> {
    let Some(text) = object.text("client_name", "`client_name`, a string").map_err(unread)? else {
        return Ok(None);
    };
    let text = text.trim();
    let sound = (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(is_invisible);
    if sound {
        Ok(Some(text.to_owned()))
    } else {
        Err(refuse("`client_name` has 1 to 60 characters that can be seen."))
    }
}

fn contacts(object: &Object) -> Result<Vec<Mailbox>, OauthError> {
    let list = object.texts("contacts", MOST_CONTACTS, "at most 5 `contacts` in a list").map_err(unread)?;
    let list = list.unwrap_or_default().into_iter().map(Mailbox::parse).collect::<Result<Vec<Mailbox>, _>>();
    list.map_err(|_| refuse("`contacts` are mail addresses."))
}

fn keys(object: &Object) -> Result<Keys, OauthError> {
    let here = object.get("jwks").map(|value| {
        let set = Object::of("key set", value).ok_or(refuse("`jwks` is an object."))?;
        JwkSet::of(&set).map_err(unread)
    });
    match (here.transpose()?, https(object, "jwks_uri")?) {
        (None, None) => Ok(Keys::None),
        (Some(set), None) => Ok(Keys::Here(set)),
        (None, Some(url)) => Ok(Keys::At(url)),
        // RFC 7591 §2: "The "jwks_uri" and "jwks" parameters MUST NOT both be present".
        (Some(_), Some(_)) => Err(refuse("`jwks` and `jwks_uri` do not go together.")),
    }
}

/// OpenID Connect Core §8.1: a sector of its own where the hosts of the redirect URIs differ.
fn sector(object: &Object, redirect_uris: &[RedirectUri]) -> Result<(bool, Option<Url>), OauthError> {
    let pairwise = match object.text("subject_type", "`subject_type`, a string").map_err(unread)? {
        None | Some("public") => false,
        Some("pairwise") => true,
        Some(_) => return Err(refuse("`subject_type` is public or pairwise.")),
    };
    let sector = https(object, "sector_identifier_uri")?;
    let mut hosts: Vec<Option<&str>> = redirect_uris.iter().map(RedirectUri::host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    if pairwise && sector.is_none() && (hosts.len() != 1 || hosts.contains(&None)) {
        return Err(refuse("Pairwise subjects need one https host, or `sector_identifier_uri`."));
    }
    Ok((pairwise, sector))
}

fn signing(object: &Object) -> Result<Signing, OauthError> {
    let algorithm = |name: &str| match object.text(name, "an algorithm, a string").map_err(unread)? {
        None => Ok(None),
        Some(text) => Algorithm::from_name(text).map(Some).ok_or(refuse(&format!(
            "`{name}` is an asymmetric algorithm that the discovery document names."
        ))),
    };
    let ours = |name: &str| match algorithm(name)? {
        Some(Algorithm::Ps256) => Err(refuse(&format!("`{name}` is ES256, EdDSA or RS256."))),
        other => Ok(other),
    };
    Ok(Signing {
        id_token: ours("id_token_signed_response_alg")?,
        userinfo: ours("userinfo_signed_response_alg")?,
        introspection: ours("introspection_signed_response_alg")?,
        authentication: algorithm("token_endpoint_auth_signing_alg")?,
    })
}

fn seconds(object: &Object) -> Result<Option<u64>, OauthError> {
    match object.get("default_max_age") {
        None => Ok(None),
        Some(value) => match value.as_u64().filter(|seconds| *seconds <= u64::from(u32::MAX)) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(refuse("`default_max_age` is a whole number of seconds.")),
        },
    }
}

fn flag(object: &Object, name: &str) -> Result<bool, OauthError> {
    object.flag(name, "true or false").map_err(unread)
}

fn texts(object: &Object, name: &str) -> Result<Vec<String>, OauthError> {
    let list = object.texts(name, MOST_WORDS, "a list of at most 16 strings").map_err(unread)?;
    Ok(list.unwrap_or_default().into_iter().map(str::to_owned).collect())
}

fn short(object: &Object, name: &str) -> Result<Option<String>, OauthError> {
    match object.text(name, "a string").map_err(unread)? {
        Some(text) if text.is_empty() || text.len() > 128 || text.chars().any(is_invisible) => {
            Err(refuse(&format!("`{name}` has 1 to 128 bytes that can be seen.")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

#[cfg(test)]
#[path = "registration/tests.rs"]
mod tests;
