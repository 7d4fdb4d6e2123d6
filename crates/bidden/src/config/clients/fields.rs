//! Table: what can be said of a client, each with what it takes, what holds without it, and why one would say it.
//!
//! Where RFC 7591 has a name for something, it has that name here.

use std::time::Duration;

use model::client::{Registered, SubjectType, TokenFormat};
use model::method::Use;
use model::provisional::default_scopes;
use model::signing_key::KeyKind;
use toml::de::DeValue;
use wire::http::origin::Scheme;
use wire::http::url::Url;
use wire::mail::mailbox::Mailbox;
use wire::oauth::authorization::{LONGEST_CLIENT_ID, MOST_WORDS};
use wire::oauth::client_authentication::AuthenticationMethod;
use wire::oauth::redirect_uri::RedirectUri;
use wire::oauth::registration::{LONGEST_NAME, MOST_CONTACTS, MOST_URIS};
use wire::oauth::resource::{self, Resource};
use wire::oauth::scope::{self, Scopes};
use wire::oauth::token::GrantType;
use wire::oidc::logout;

use super::draft::{Draft, is_secret};
use super::methods::{SIGN_IN, STEP_UP, read as methods, said as methods_said};
use super::{Item, Wrong};
use crate::config::duration;
use crate::config::kind::{Kind, toml_string};
use crate::config::secret::SecretText;
use crate::config::value::Value;

/// One thing that can be said.
pub(in crate::config) struct Field {
    /// Its name.
    pub(in crate::config) name: &'static str,
    /// What it takes, as the end of a sentence.
    pub(in crate::config) takes: &'static str,
    /// What holds when nothing is said; empty when it has to be.
    pub(in crate::config) otherwise: &'static str,
    /// A sentence or two for an operator.
    pub(in crate::config) reason: &'static str,
    /// A value that is accepted, as it stands in the file.
    pub(in crate::config) example: &'static str,
    /// Takes a value.
    pub(super) read: fn(&mut Draft, &Item<'_>) -> Result<(), Wrong>,
    /// Writes what holds for a client, if it is not what holds otherwise; never a secret.
    pub(super) write: fn(&Registered) -> Option<String>,
}

impl Field {
    /// Whether it must not be shown.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self.name, "secret" | "old_secret")
    }
}

const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 60 * 60)
}

const fn days(n: u64) -> Duration {
    hours(n * 24)
}

/// Every field, in the order in which they are printed.
pub(in crate::config) const FIELDS: &[Field] = &[
    Field {
        name: "id",
        takes: "1 to 512 visible ASCII characters that do not begin with \"https://\"",
        otherwise: "",
        reason: "The name by which the client is known to this server (`client_id`). It is no secret.",
        example: "\"library\"",
        read: |draft, item| {
            let id = text(item)?;
            let sound =
                (1..=LONGEST_CLIENT_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
            if !sound || id.starts_with("https://") {
                return Err("A name that begins with https:// is that of a client's own document.".into());
            }
            id.clone_into(&mut draft.registered.client.id);
            Ok(())
        },
        write: |client| Some(toml_string(&client.client.id)),
    },
    Field {
        name: "name",
        takes: "a name of 1 to 60 characters, without line breaks and web addresses",
        otherwise: "",
        reason: "What people are told that it is called, on the page where they allow it something and in mails.",
        example: "\"Library catalogue\"",
        read: |draft, item| match (Kind::Name { most: LONGEST_NAME }.parse(text(item)?)) {
            Ok(Value::Text(name)) => {
                draft.registered.client.name = name;
                Ok(())
            }
            Ok(_) => Err("".into()),
            Err(unfit) => Err(unfit.next.into()),
        },
        write: |client| Some(toml_string(&client.client.name)),
    },
    Field {
        name: "authentication",
        takes: "one of \"none\", \"client_secret_basic\", \"client_secret_post\", \"private_key_jwt\"",
        otherwise: "client_secret_basic",
        reason: "How it proves itself (`token_endpoint_auth_method`). \"none\" is for what runs in a browser or on a device, \
                 where no secret stays one; \"private_key_jwt\" is the strongest.",
        example: "\"private_key_jwt\"",
        read: |draft, item| {
            draft.registered.client.authentication = word(item, AuthenticationMethod::from_name)?;
            Ok(())
        },
        write: |client| {
            let method = client.client.authentication;
            (method != AuthenticationMethod::ClientSecretBasic).then(|| toml_string(method.name()))
        },
    },
    Field {
        name: "secret",
        takes: "16 to 256 visible ASCII characters",
        otherwise: "`secret_file` is used",
        reason: "Its secret. `bidden client secret --print` draws one; a file of its own is the better place.",
        example: "\"bidden_cs_uMbS4vGpBhWIcvrBeFMvA8TzBVaCAPhBv0XZRJzVh0g\"",
        read: |draft, item| secret(draft, 0, item),
        write: |_| None,
    },
    Field {
        name: "secret_file",
        takes: "the path of a file that holds the secret and nothing else",
        otherwise: "`secret` is used",
        reason: "A file that holds nothing but the secret. One line break at its end is dropped.",
        example: "\"/run/secrets/library\"",
        read: |draft, item| secret_file(draft, 0, item),
        write: |_| None,
    },
    Field {
        name: "old_secret",
        takes: "16 to 256 visible ASCII characters",
        otherwise: "one secret is taken",
        reason: "The secret before that one, for as long as the client may still use it: while it is being changed.",
        example: "\"bidden_cs_d0tTbQn8Kp4tDHkVQ5dYhL4sQ0XyBqcVJm2fFvM6t8E\"",
        read: |draft, item| secret(draft, 1, item),
        write: |_| None,
    },
    Field {
        name: "old_secret_file",
        takes: "the path of a file that holds the secret and nothing else",
        otherwise: "`old_secret` is used",
        reason: "A file that holds nothing but that one.",
        example: "\"/run/secrets/library_old\"",
        read: |draft, item| secret_file(draft, 1, item),
        write: |_| None,
    },
    Field {
        name: "jwks_file",
        takes: "the path of a file with a JSON Web Key Set of public keys (RFC 7517)",
        otherwise: "it has no keys, or they are at `jwks_uri`",
        reason: "The public keys by which its statements are verified.",
        example: "\"/etc/bidden/library.jwks\"",
        read: |draft, item| {
            draft.keys_file = Some(text(item)?.into());
            Ok(())
        },
        write: |_| None,
    },
    Field {
        name: "jwks_uri",
        takes: "an https URL with a host by name",
        otherwise: "it has no keys, or they are in `jwks_file`",
        reason: "Where its public keys are fetched. Nothing is fetched from private networks.",
        example: "\"https://library.example.org/jwks.json\"",
        read: |draft, item| {
            draft.registered.keys_at = Some(https(item)?);
            Ok(())
        },
        write: |client| client.keys_at.as_deref().map(toml_string),
    },
    Field {
        name: "grant_types",
        takes: "a list with any of \"authorization_code\", \"refresh_token\", \"client_credentials\", \"urn:ietf:params:oauth:grant-type:device_code\"",
        otherwise: "authorization_code alone",
        reason: "How it gets tokens: by a person who signs in, by a refresh token after that, for itself, on a device that a \
                 person pairs from their account.",
        example: "[\"authorization_code\", \"refresh_token\"]",
        read: |draft, item| {
            let known = |name: &str| GrantType::from_name(name).ok_or_else(String::new);
            let mut types = list(item, GrantType::ALL.len(), known)?;
            types.sort_unstable();
            types.dedup();
            if types.is_empty() {
                return Err("A client that gets no tokens is none.".into());
            }
            draft.registered.client.grant_types = types;
            Ok(())
        },
        write: |client| {
            let types = &client.client.grant_types;
            let usual = types.as_slice() == [GrantType::AuthorizationCode];
            (!usual).then(|| toml_list(types.iter().map(|kind| kind.name())))
        },
    },
    Field {
        name: "redirect_uris",
        takes: "a list of at most 16 redirect URIs: https, http on the loopback, or a private scheme with a dot",
        otherwise: "none",
        reason: "Where answers may go, to the letter; on the loopback the port may differ.",
        example: "[\"https://library.example.org/signed-in\"]",
        read: |draft, item| {
            draft.registered.client.redirect_uris = redirects(item)?;
            Ok(())
        },
        write: |client| uris(&client.client.redirect_uris),
    },
    Field {
        name: "post_logout_redirect_uris",
        takes: "a list of at most 16 redirect URIs: https, http on the loopback, or a private scheme with a dot",
        otherwise: "none",
        reason: "Where a person may go after signing out.",
        example: "[\"https://library.example.org/\"]",
        read: |draft, item| {
            draft.registered.post_logout_redirect_uris = redirects(item)?;
            Ok(())
        },
        write: |client| uris(&client.post_logout_redirect_uris),
    },
    Field {
        name: "scopes",
        takes: "a list of at most 32 scopes (RFC 6749 §3.3)",
        otherwise: "openid alone",
        reason: "What it may ask for. `openid` makes it a sign-in, `email` adds the address, `offline_access` lets it go on \
                 while the person is away; all others are yours.",
        example: "[\"email\", \"openid\"]",
        read: |draft, item| {
            draft.registered.client.scopes = scopes(item)?;
            Ok(())
        },
        write: |client| Some(toml_list(client.client.scopes.iter())),
    },
    Field {
        name: "user_code_scopes",
        takes: "a list of at most 32 scopes (RFC 6749 §3.3)",
        otherwise: "none: it cannot begin so",
        reason: "What it may ask for by a code that it shows for a person to type (RFC 8628), where \
                 `provider.device_authorization` is on. Anybody can start that and send the code to somebody: say no more than \
                 a stranger may have. Pairing from the account page needs nothing here.",
        example: "[\"openid\"]",
        read: |draft, item| {
            draft.registered.client.user_code_scopes = scopes(item)?;
            Ok(())
        },
        write: |client| {
            let scopes = &client.client.user_code_scopes;
            (!scopes.is_empty()).then(|| toml_list(scopes.iter()))
        },
    },
    Field {
        name: "resources",
        takes: "a list of at most 8 absolute URLs without a fragment",
        otherwise: "none",
        reason: "The services that its access tokens may be for (RFC 8707).",
        example: "[\"https://api.example.org\"]",
        read: |draft, item| {
            let one = |text: &str| Resource::parse(text).map_err(|error| error.description);
            draft.registered.client.resources = list(item, resource::MOST, one)?;
            Ok(())
        },
        write: |client| {
            let all = &client.client.resources;
            (!all.is_empty()).then(|| toml_list(all.iter().map(Resource::as_str)))
        },
    },
    Field {
        name: "tokens",
        takes: "one of \"jwt\", \"opaque\"",
        otherwise: "jwt",
        reason: "What its access tokens look like: \"jwt\" is read by services themselves until it expires (RFC 9068); \
                 \"opaque\" is asked about here, so that ending it takes effect at once.",
        example: "\"opaque\"",
        read: |draft, item| {
            draft.registered.client.token_format = word(item, TokenFormat::from_code)?;
            Ok(())
        },
        write: |client| {
            let format = client.client.token_format;
            (format != TokenFormat::Jwt).then(|| toml_string(format.code()))
        },
    },
    Field {
        name: "signing",
        takes: "one of \"ES256\", \"EdDSA\", \"RS256\"",
        otherwise: "ES256",
        reason: "What signs its tokens (`id_token_signed_response_alg`).",
        example: "\"RS256\"",
        read: |draft, item| {
            draft.registered.client.signing = word(item, KeyKind::from_code)?;
            Ok(())
        },
        write: |client| {
            let kind = client.client.signing;
            (kind != KeyKind::Es256).then(|| toml_string(kind.code()))
        },
    },
    Field {
        name: "userinfo_signing",
        takes: "one of \"ES256\", \"EdDSA\", \"RS256\"",
        otherwise: "JSON, which is not signed",
        reason: "What signs claims about a person that it asks for (`userinfo_signed_response_alg`).",
        example: "\"ES256\"",
        read: |draft, item| {
            draft.registered.userinfo_signing = Some(word(item, KeyKind::from_code)?);
            Ok(())
        },
        write: |client| client.userinfo_signing.map(|kind| toml_string(kind.code())),
    },
    Field {
        name: "introspection_signing",
        takes: "one of \"ES256\", \"EdDSA\", \"RS256\"",
        otherwise: "JSON, which is not signed",
        reason: "What signs the answers when it asks about a token (`introspection_signed_response_alg`).",
        example: "\"ES256\"",
        read: |draft, item| {
            draft.registered.introspection_signing = Some(word(item, KeyKind::from_code)?);
            Ok(())
        },
        write: |client| client.introspection_signing.map(|kind| toml_string(kind.code())),
    },
    Field {
        name: "subject",
        takes: "one of \"public\", \"pairwise\"",
        otherwise: "public",
        reason: "Whether it knows a person by the name that others know too, or by one of its own, so that two cannot compare \
                 what they know (`subject_type`).",
        example: "\"pairwise\"",
        read: |draft, item| {
            draft.pairwise = word(item, |name| match name {
                "public" => Some(false),
                "pairwise" => Some(true),
                _ => None,
            })?;
            Ok(())
        },
        write: |client| match client.client.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise(_) => Some(toml_string("pairwise")),
        },
    },
    Field {
        name: "sector",
        takes: "the name of a host",
        otherwise: "the one host of `redirect_uris`",
        reason: "Clients of one sector know a person by the same name; used with `subject = \"pairwise\"`.",
        example: "\"example.org\"",
        read: |draft, item| match Kind::Host.parse(text(item)?) {
            Ok(Value::Host(host)) if host.domain().is_some() => {
                draft.sector = Some(host.to_string());
                Ok(())
            }
            Ok(_) => Err("An address is no sector.".into()),
            Err(unfit) => Err(unfit.next.into()),
        },
        write: |client| match &client.client.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise(sector) => Some(toml_string(sector)),
        },
    },
    Field {
        name: "access_token",
        takes: "a duration from \"30s\" to \"24h\"",
        otherwise: "5m",
        reason: "How long an access token holds. A service that reads it by itself believes it for so long, whatever was \
                 ended meanwhile.",
        example: "\"10m\"",
        read: |draft, item| {
            draft.registered.client.lifetimes.access_token =
                length(item, Duration::from_secs(30), hours(24))?;
            Ok(())
        },
        write: |client| unusual(client, |times| times.access_token),
    },
    Field {
        name: "idle",
        takes: "a duration from \"1h\" to \"365d\"",
        otherwise: "7d",
        reason: "What a person allowed ends when the client does not use it for so long.",
        example: "\"24h\"",
        read: |draft, item| {
            draft.registered.client.lifetimes.idle = length(item, hours(1), days(365))?;
            Ok(())
        },
        write: |client| unusual(client, |times| times.idle),
    },
    Field {
        name: "absolute",
        takes: "a duration from \"1h\" to \"365d\"",
        otherwise: "30d",
        reason: "What a person allowed ends after so long, used or not; people see it.",
        example: "\"90d\"",
        read: |draft, item| {
            draft.registered.client.lifetimes.absolute = length(item, hours(1), days(365))?;
            Ok(())
        },
        write: |client| unusual(client, |times| times.absolute),
    },
    Field {
        name: "pkce",
        takes: "true or false",
        otherwise: "true",
        reason: "Whether each code has to be proved by whoever asked for it (RFC 7636). Only for a client that has a secret or \
                 keys, and cannot do it.",
        example: "false",
        read: |draft, item| {
            draft.registered.client.without_pkce = !flag(item)?;
            Ok(())
        },
        write: |client| client.client.without_pkce.then(|| "false".to_owned()),
    },
    Field {
        name: "require_pushed",
        takes: "true or false",
        otherwise: "false",
        reason: "Whether its requests have to be pushed (`require_pushed_authorization_requests`, RFC 9126).",
        example: "true",
        read: |draft, item| {
            draft.registered.client.require_pushed = flag(item)?;
            Ok(())
        },
        write: |client| client.client.require_pushed.then(|| "true".to_owned()),
    },
    Field {
        name: "dpop_bound",
        takes: "true or false",
        otherwise: "false",
        reason: "Whether its access tokens have to be bound to a key (`dpop_bound_access_tokens`, RFC 9449).",
        example: "true",
        read: |draft, item| {
            draft.registered.client.dpop_bound = flag(item)?;
            Ok(())
        },
        write: |client| client.client.dpop_bound.then(|| "true".to_owned()),
    },
    Field {
        name: "unbound_refresh",
        takes: "true or false",
        otherwise: "false",
        reason: "Whether a client that proves nothing gets refresh tokens that no key protects. Whoever steals such a token \
                 has what the person allowed.",
        example: "true",
        read: |draft, item| {
            draft.registered.client.unbound_refresh = flag(item)?;
            Ok(())
        },
        write: |client| client.client.unbound_refresh.then(|| "true".to_owned()),
    },
    Field {
        name: "provisional_scopes",
        takes: "a list of its scopes, without offline_access",
        otherwise: "openid alone, where it may ask for that",
        reason: "What its tokens may do while what a person allowed is provisional: because a device, or the program that \
                 brought the code, was in another network than the person. It gets the rest at its next refresh once the \
                 person has confirmed it, or was told at two addresses and did not object for a day.",
        example: "[]",
        read: |draft, item| {
            draft.registered.client.provisional_scopes = scopes(item)?;
            Ok(())
        },
        write: |client| {
            let own = &client.client.provisional_scopes;
            (*own != default_scopes()).then(|| toml_list(own.iter()))
        },
    },
    Field {
        name: "backchannel_logout_uri",
        takes: "an https URL with a host by name, or http on the loopback",
        otherwise: "it is not told",
        reason: "Where it is told that a person is signed out, by back-channel logout. A private network has to be opened for \
                 that by `provider.logout_networks`.",
        example: "\"https://library.example.org/signed-out\"",
        read: |draft, item| {
            let text = text(item)?;
            logout::uri(text).map_err(|error| error.description)?;
            draft.registered.backchannel_logout = Some(text.to_owned());
            Ok(())
        },
        write: |client| client.backchannel_logout.as_deref().map(toml_string),
    },
    Field {
        name: "backchannel_logout_session_required",
        takes: "true or false",
        otherwise: "false",
        reason: "Whether it wants to be told only where a session can be named (`sid`). Whichever it was, it is named where it can \
                 be.",
        example: "true",
        read: |draft, item| {
            draft.registered.backchannel_session = flag(item)?;
            Ok(())
        },
        write: |client| client.backchannel_session.then(|| "true".to_owned()),
    },
    Field {
        name: "default_max_age",
        takes: "a whole number of seconds from 0 to 4294967295",
        otherwise: "a sign-in may be as old as the session",
        reason: "How old a sign-in may be where a request says nothing else.",
        example: "3600",
        read: |draft, item| {
            let DeValue::Integer(number) = item.get_ref() else { return Err("Write a number.".into()) };
            let number = u32::from_str_radix(number.as_str(), number.radix()).map_err(|_| String::new())?;
            draft.registered.default_max_age = Some(number);
            Ok(())
        },
        write: |client| client.default_max_age.map(|seconds| seconds.to_string()),
    },
    Field {
        name: "require_auth_time",
        takes: "true or false",
        otherwise: "false",
        reason: "Whether ID tokens always say when the person signed in.",
        example: "true",
        read: |draft, item| {
            draft.registered.require_auth_time = flag(item)?;
            Ok(())
        },
        write: |client| client.require_auth_time.then(|| "true".to_owned()),
    },
    Field {
        name: "default_acr_values",
        takes: "a list of at most 16 texts",
        otherwise: "none",
        reason: "The ways of signing in that it would like where a request says nothing else.",
        example: "[\"urn:bidden:aal2\"]",
        read: |draft, item| {
            let one = |text: &str| {
                let sound =
                    !text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic());
                if sound { Ok(text.to_owned()) } else { Err(String::new()) }
            };
            draft.registered.default_acr_values = list(item, MOST_WORDS, one)?;
            Ok(())
        },
        write: |client| {
            let all = &client.default_acr_values;
            (!all.is_empty()).then(|| toml_list(all.iter().map(String::as_str)))
        },
    },
    Field {
        name: "sign_in_methods",
        takes: SIGN_IN,
        otherwise: "every way that is open for the account",
        reason: "The ways of signing in that count at this client. Whoever signed in by another is asked for one of these first.",
        example: "[\"passkey\"]",
        read: |draft, item| methods(draft, item, Use::SignIn),
        write: |client| methods_said(client, Use::SignIn),
    },
    Field {
        name: "step_up_methods",
        takes: STEP_UP,
        otherwise: "every way that is open for the account",
        reason: "The ways that reach the second level at this client, of those that count there.",
        example: "[\"passkey\"]",
        read: |draft, item| methods(draft, item, Use::StepUp),
        write: |client| methods_said(client, Use::StepUp),
    },
    Field {
        name: "recovery_methods",
        takes: "a list with \"recovery_code\", or an empty one",
        otherwise: "`recovery_code` where `sign_in_methods` is not set, and none where it is",
        reason: "Whether a session that a saved recovery code opened counts at this client before a way of signing in is used.",
        example: "[]",
        read: |draft, item| methods(draft, item, Use::Recovery),
        write: |client| methods_said(client, Use::Recovery),
    },
    Field {
        name: "client_uri",
        takes: "an https URL with a host by name",
        otherwise: "none",
        reason: "Its home page, which people can go to.",
        example: "\"https://library.example.org/\"",
        read: |draft, item| {
            draft.registered.pages.home = Some(https(item)?);
            Ok(())
        },
        write: |client| client.pages.home.as_deref().map(toml_string),
    },
    Field {
        name: "policy_uri",
        takes: "an https URL with a host by name",
        otherwise: "none",
        reason: "Where it says what it does with data.",
        example: "\"https://library.example.org/privacy\"",
        read: |draft, item| {
            draft.registered.pages.policy = Some(https(item)?);
            Ok(())
        },
        write: |client| client.pages.policy.as_deref().map(toml_string),
    },
    Field {
        name: "tos_uri",
        takes: "an https URL with a host by name",
        otherwise: "none",
        reason: "Its terms.",
        example: "\"https://library.example.org/terms\"",
        read: |draft, item| {
            draft.registered.pages.terms = Some(https(item)?);
            Ok(())
        },
        write: |client| client.pages.terms.as_deref().map(toml_string),
    },
    Field {
        name: "contacts",
        takes: "a list of at most 5 mail addresses",
        otherwise: "none",
        reason: "Who is responsible for it.",
        example: "[\"it@library.example.org\"]",
        read: |draft, item| {
            let one = |text: &str| {
                Mailbox::parse(text).map(|mailbox| mailbox.as_str().to_owned()).map_err(|_| String::new())
            };
            draft.registered.contacts = list(item, MOST_CONTACTS, one)?;
            Ok(())
        },
        write: |client| {
            let all = &client.contacts;
            (!all.is_empty()).then(|| toml_list(all.iter().map(String::as_str)))
        },
    },
];

fn text<'v>(item: &'v Item<'_>) -> Result<&'v str, Wrong> {
    match item.get_ref() {
        DeValue::String(text) => Ok(text),
        _ => Err("Write a text between quotation marks.".into()),
    }
}

fn flag(item: &Item<'_>) -> Result<bool, Wrong> {
    match item.get_ref() {
        DeValue::Boolean(value) => Ok(*value),
        _ => Err("Write true or false, without quotation marks.".into()),
    }
}

fn word<T>(item: &Item<'_>, from: impl FnOnce(&str) -> Option<T>) -> Result<T, Wrong> {
    from(text(item)?).ok_or_else(|| Wrong::from(""))
}

/// A list; an error has the place of the item that it is about.
pub(super) fn list<T>(
    item: &Item<'_>,
    most: usize,
    one: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, Wrong> {
    let DeValue::Array(items) = item.get_ref() else {
        return Err("Write the list between brackets.".into());
    };
    if items.len() > most {
        return Err(format!("These are {}.", items.len()).into());
    }
    let mut all = Vec::new();
    for item in items.iter() {
        let wrong = |wrong: Wrong| Wrong { span: Some(item.span()), ..wrong };
        all.push(one(text(item).map_err(wrong)?).map_err(|next| wrong(next.into()))?);
    }
    Ok(all)
}

/// Scopes, each between quotation marks of its own.
fn scopes(item: &Item<'_>) -> Result<Scopes, Wrong> {
    let one = |text: &str| match Scopes::parse(text) {
        Ok(one) if !text.contains(' ') => Ok(one),
        Ok(_) => Err("Write each scope between quotation marks of its own.".to_owned()),
        Err(error) => Err(error.description),
    };
    Ok(list(item, scope::MOST, one)?.iter().fold(Scopes::default(), |all, one| all.with(one)))
}

fn redirects(item: &Item<'_>) -> Result<Vec<RedirectUri>, Wrong> {
    list(item, MOST_URIS, |text| RedirectUri::parse(text).map_err(|error| error.description))
}

fn https(item: &Item<'_>) -> Result<String, Wrong> {
    let text = text(item)?;
    match Url::parse(text) {
        Ok(url) if url.origin().scheme() == Scheme::Https && url.origin().host().domain().is_some() => {
            Ok(text.to_owned())
        }
        Ok(_) => Err("It begins with https:// and a name.".into()),
        Err(error) => Err(format!("Expected {}.", error.expected).into()),
    }
}

fn length(item: &Item<'_>, least: Duration, most: Duration) -> Result<Duration, Wrong> {
    let length =
        duration::parse(text(item)?).ok_or_else(|| Wrong::from("Write a number and s, m, h or d."))?;
    if (least..=most).contains(&length) { Ok(length) } else { Err("".into()) }
}

fn secret(draft: &mut Draft, place: usize, item: &Item<'_>) -> Result<(), Wrong> {
    let text = text(item)?;
    match draft.secrets.get_mut(place) {
        Some(slot) if is_secret(text) => {
            *slot = Some(SecretText::new(text.to_owned()));
            Ok(())
        }
        _ => Err("".into()),
    }
}

fn secret_file(draft: &mut Draft, place: usize, item: &Item<'_>) -> Result<(), Wrong> {
    let path = text(item)?.into();
    if let Some(slot) = draft.secret_files.get_mut(place) {
        *slot = Some(path);
    }
    Ok(())
}

pub(super) fn toml_list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.map(toml_string).collect::<Vec<_>>().join(", "))
}

fn uris(all: &[RedirectUri]) -> Option<String> {
    (!all.is_empty()).then(|| toml_list(all.iter().map(RedirectUri::as_str)))
}

fn unusual(client: &Registered, of: impl Fn(&model::client::Lifetimes) -> Duration) -> Option<String> {
    let length = of(&client.client.lifetimes);
    (length != of(&model::client::Lifetimes::default())).then(|| toml_string(&duration::text(length)))
}
