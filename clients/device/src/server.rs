//! What a server says of itself: where its endpoints are.

use serde_json::Value;

use crate::address::{is_safe, of_metadata};
use crate::error::Error;
use crate::http::{Method, Request, Response};

/// The endpoints of a server (RFC 8414).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    issuer: String,
    token: String,
    pairing: Option<String>,
    device: Option<String>,
    userinfo: Option<String>,
    revocation: Option<String>,
}

impl Server {
    /// The request for the metadata of an issuer.
    ///
    /// # Errors
    /// [`Error::Unable`] for an issuer that is not `https://…`, and no loopback address either.
    pub fn ask(issuer: &str) -> Result<Request, Error> {
        if !is_safe(issuer) {
            return Err(Error::Unable("address over TLS"));
        }
        let headers = vec![("Accept", "application/json".to_owned())];
        Ok(Request { method: Method::Get, url: of_metadata(issuer), headers, body: None })
    }

    /// Reads the answer. They may be kept, for days: they change when a server is changed.
    ///
    /// # Errors
    /// [`Error::Answer`] for anything but the metadata of this issuer (RFC 8414 §3.3), with endpoints to which secrets may be
    /// sent.
    pub fn read(issuer: &str, answer: &Response) -> Result<Self, Error> {
        let wrong = |expected| Error::Answer { status: answer.status, expected };
        let metadata: Option<Value> =
            serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        let metadata = metadata.ok_or(wrong("metadata of a server"))?;
        let said = |name: &str| metadata.get(name).and_then(Value::as_str);
        if said("issuer") != Some(issuer) {
            return Err(wrong("the issuer that was asked for"));
        }
        let endpoint = |name: &str| match said(name) {
            Some(url) if !is_safe(url) => Err(wrong("endpoints over TLS")),
            found => Ok(found.map(str::to_owned)),
        };
        Ok(Self {
            issuer: issuer.to_owned(),
            token: endpoint("token_endpoint")?.ok_or(wrong("a token endpoint"))?,
            pairing: endpoint("pairing_endpoint")?,
            device: endpoint("device_authorization_endpoint")?,
            userinfo: endpoint("userinfo_endpoint")?,
            revocation: endpoint("revocation_endpoint")?,
        })
    }

    /// Who it is. A device remembers it with its tokens, and takes no other from a QR code.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether devices can be paired from the page of their person.
    #[must_use]
    pub fn pairs(&self) -> bool {
        self.pairing.is_some()
    }

    /// Whether devices may show a code themselves (RFC 8628), which an operator has to switch on.
    #[must_use]
    pub fn takes_user_codes(&self) -> bool {
        self.device.is_some()
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn pairing(&self) -> Result<&str, Error> {
        self.pairing.as_deref().ok_or(Error::Unable("pairing endpoint"))
    }

    pub(crate) fn device(&self) -> Result<&str, Error> {
        self.device.as_deref().ok_or(Error::Unable("device authorization endpoint"))
    }

    pub(crate) fn userinfo(&self) -> Result<&str, Error> {
        self.userinfo.as_deref().ok_or(Error::Unable("userinfo endpoint"))
    }

    pub(crate) fn revocation(&self) -> Result<&str, Error> {
        self.revocation.as_deref().ok_or(Error::Unable("revocation endpoint"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example.org";

    fn read(status: u16, body: &str) -> Result<Server, Error> {
        Server::read(ISSUER, &Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    #[test]
    fn metadata_say_what_a_server_can_do() {
        let server = read(
            200,
            r#"{"issuer":"https://id.example.org","token_endpoint":"https://id.example.org/oauth/token",
                "pairing_endpoint":"https://id.example.org/oauth/pairing"}"#,
        )
        .unwrap();
        assert_eq!((server.pairs(), server.takes_user_codes()), (true, false));
        assert!(matches!(server.device(), Err(Error::Unable(_))));
        let request = Server::ask(ISSUER).unwrap();
        assert_eq!(request.url, "https://id.example.org/.well-known/oauth-authorization-server");
    }

    #[test]
    fn metadata_of_others_and_endpoints_in_the_open_are_not_taken() {
        for (status, body) in [
            (200, r#"{"issuer":"https://evil.example","token_endpoint":"https://id.example.org/t"}"#),
            (200, r#"{"issuer":"https://id.example.org/","token_endpoint":"https://id.example.org/t"}"#),
            (200, r#"{"issuer":"https://id.example.org","token_endpoint":"http://id.example.org/t"}"#),
            (200, r#"{"issuer":"https://id.example.org"}"#),
            (404, r#"{"issuer":"https://id.example.org","token_endpoint":"https://id.example.org/t"}"#),
            (200, "<html>"),
        ] {
            assert!(matches!(read(status, body), Err(Error::Answer { .. })), "{status} {body}");
        }
        assert!(matches!(Server::ask("http://id.example.org"), Err(Error::Unable(_))));
    }
}
