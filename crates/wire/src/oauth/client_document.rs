//! Clients that are named by the URL of a document about themselves.
//!
//! Implements: draft-ietf-oauth-client-id-metadata-document §3 (what the URL is) and §4 (what the document says). It is
//! fetched by `outbound`, which decides whether that place may be asked at all.

use super::authorization::LONGEST_CLIENT_ID;
use super::client_authentication::AuthenticationMethod;
use super::error::{ErrorCode, OauthError};
use super::registration::ClientMetadata;
use crate::http::{origin::Scheme, url::Url};

/// The longest document, in bytes (§6.6 recommends 5 KiB; a key set needs more).
pub const LONGEST: usize = 16 * 1024;

/// The URL that a `client_id` is, if it is one: https, a host by name and in its one spelling, a path, no dots that climb, no
/// query, no fragment.
#[must_use]
pub fn url(client_id: &str) -> Option<Url> {
    let url = Url::parse(client_id).ok().filter(|_| client_id.len() <= LONGEST_CLIENT_ID)?;
    let origin = url.origin();
    let path = client_id.strip_prefix(&origin.to_string())?;
    let climbs = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    };
    let sound = origin.scheme() == Scheme::Https
        && origin.host().domain().is_some_and(|host| host.contains('.') && !host.contains("xn--"))
        && path.starts_with('/')
        && path.len() > 1
        && !path.contains('?')
        && !path.split('/').any(climbs);
    sound.then_some(url)
}

/// Reads the document that was found under `client_id`.
///
/// # Errors
/// As [`ClientMetadata::parse`], and `invalid_client_metadata` when the document is about another client (§4: "MUST match
/// … using simple string comparison") or wants to prove itself by a secret, which nobody could have given it (§4.1).
pub fn parse(client_id: &str, bytes: &[u8]) -> Result<ClientMetadata, OauthError> {
    let refuse = |description| OauthError::new(ErrorCode::InvalidClientMetadata, description);
    if bytes.len() > LONGEST {
        return Err(refuse("The document is longer than 16 KiB."));
    }
    let metadata = ClientMetadata::parse(bytes)?;
    if metadata.id.as_deref() != Some(client_id) {
        return Err(refuse("`client_id` in the document is not the URL that it was found under."));
    }
    match metadata.authentication {
        AuthenticationMethod::None | AuthenticationMethod::PrivateKeyJwt => Ok(metadata),
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost => {
            Err(refuse("`token_endpoint_auth_method` in a document is none or private_key_jwt."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_a_url_of_a_document_or_a_name() {
        for text in ["https://app.example.org/client", "https://app.example.org:8443/a/b.json"] {
            assert!(url(text).is_some(), "{text}");
        }
        for text in [
            "",
            "c1",
            "https://app.example.org",
            "https://app.example.org/",
            "http://app.example.org/client",
            "https://app.example.org/client?a=b",
            "https://app.example.org/client#a",
            "https://a@app.example.org/client",
            "https://app.example.org/a/../b",
            "https://app.example.org/a/%2e%2E/b",
            "https://App.example.org/client",
            "https://app.example.org:443/client",
            "https://127.0.0.1/client",
            "https://[::1]/client",
            "https://localhost/client",
            "https://xn--pple-43d.example/client",
        ] {
            assert!(url(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_document_is_about_the_client_that_it_was_found_under() {
        let id = "https://app.example.org/client";
        let document = |id: &str, method: &str| {
            format!(
                r#"{{"client_id":"{id}","redirect_uris":["https://app.example.org/cb"],"token_endpoint_auth_method":"{method}"}}"#
            )
        };
        assert_eq!(parse(id, document(id, "none").as_bytes()).unwrap().id.as_deref(), Some(id));
        for bad in [
            document("https://app.example.org/other", "none"),
            document(id, "client_secret_basic"),
            document(id, "private_key_jwt"),
            document(id, "none").replace(r#""client_id""#, r#""client""#),
            format!("{}{}", document(id, "none"), " ".repeat(LONGEST)),
        ] {
            let error = parse(id, bad.as_bytes()).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidClientMetadata, "{bad:.80}");
        }
    }
}
