//! What can go wrong, and what a device says then.

use std::fmt;

use serde_json::Value;

use crate::http::{BoxError, Response};

/// Why a step did not lead on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No answer came. Of what was asked, it is not known whether it was done.
    Unreachable(BoxError),
    /// The server said no.
    Refused(Refused),
    /// An answer came that is none of this protocol: another server, or a proxy in between.
    Answer {
        /// Its status.
        status: u16,
        /// What it should have had.
        expected: &'static str,
    },
    /// The server cannot do what is asked for; its operator can.
    Unable(&'static str),
    /// The key did not sign, or could not be made or read.
    Key(BoxError),
    /// The time in which something could come of it has passed by the clock of the device.
    Expired,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(_) => f.write_str("the server did not answer"),
            Self::Refused(refused) => refused.fmt(f),
            Self::Answer { status, expected } => {
                write!(f, "an answer with status {status} that has not {expected}")
            }
            Self::Unable(what) => write!(f, "the server has no {what}"),
            Self::Key(_) => f.write_str("the key of this device cannot be used"),
            Self::Expired => f.write_str("the time has passed in which somebody could say yes"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreachable(error) | Self::Key(error) => Some(&**error),
            Self::Refused(refused) => Some(refused),
            Self::Answer { .. } | Self::Unable(_) | Self::Expired => None,
        }
    }
}

/// A no of the server (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What kind of no.
    pub code: Code,
    /// A sentence for whoever makes the device; not for the person before it.
    pub description: Option<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server said {}", self.code.name())?;
        match &self.description {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal,)*) => {
        /// The kinds of no, and what a device does about them.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $code,)*
            /// Something else.
            Other(String),
        }

        impl Code {
            /// As the protocol has it.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$code => $name,)*
                    Self::Other(name) => name,
                }
            }

            fn read(name: &str) -> Self {
                match name {
                    $($name => Self::$code,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

codes! {
    /// Nobody has answered yet. Only [`SignIn`](crate::SignIn) sees it.
    AuthorizationPending = "authorization_pending",
    /// While polling, only [`SignIn`](crate::SignIn) sees it. To a pairing code: too many wrong ones came from this network;
    /// ask nobody for another before ten minutes have passed.
    SlowDown = "slow_down",
    /// The person said no, or typed wrong digits three times. Do not begin again by yourself.
    AccessDenied = "access_denied",
    /// Nobody answered in time. Begin again if the person wants to.
    ExpiredToken = "expired_token",
    /// To a pairing code: no window is open for it; let the person type again. While polling: the answer with the tokens was
    /// lost, or somebody else had it. To a refresh: what the person allowed has ended, and the device is signed out.
    InvalidGrant = "invalid_grant",
    /// Something of the request is not as it has to be.
    InvalidRequest = "invalid_request",
    /// The operator has not registered this client so, or not at all.
    InvalidClient = "invalid_client",
    /// The operator has not allowed this client on devices.
    UnauthorizedClient = "unauthorized_client",
    /// The client may not ask for these scopes.
    InvalidScope = "invalid_scope",
    /// The client may not ask at this service.
    InvalidTarget = "invalid_target",
    /// A proof of the key does not hold: look at the clock, and at what lies between the device and the server.
    InvalidDpopProof = "invalid_dpop_proof",
    /// A proof has to carry the nonce that came along. Only [`Exchange`](crate::Exchange) sees it, unless it comes twice.
    UseDpopNonce = "use_dpop_nonce",
    /// The access token has ended: refresh it.
    InvalidToken = "invalid_token",
    /// The access token does not go so far: it is provisional, or the scope was not asked for.
    InsufficientScope = "insufficient_scope",
    /// The server has too much to do. Try again in a while.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// Something of the server's broke.
    ServerError = "server_error",
}

impl Refused {
    /// Reads an answer that is not a success: its body, or what stands in `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §9).
    pub(crate) fn read(answer: &Response) -> Option<Self> {
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let said = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let code = said("error").or_else(|| challenged(answer))?;
        Some(Self { code: Code::read(&code), description: said("error_description") })
    }
}

fn challenged(answer: &Response) -> Option<String> {
    let (_, rest) = answer.header("www-authenticate")?.split_once("error=\"")?;
    rest.split_once('"').map(|(code, _)| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_no_is_read_from_the_body_or_from_the_challenge() {
        let body = r#"{"error":"access_denied","error_description":"The person said no."}"#;
        let refused = Refused::read(&answer(400, &[], body)).unwrap();
        assert_eq!(refused.code, Code::AccessDenied);
        assert_eq!(refused.to_string(), "the server said access_denied: The person said no.");
        let challenge = ("WWW-Authenticate", "DPoP algs=\"ES256\", error=\"use_dpop_nonce\"");
        assert_eq!(Refused::read(&answer(401, &[challenge], "")).unwrap().code, Code::UseDpopNonce);
    }

    #[test]
    fn a_page_of_a_proxy_is_no_answer_of_the_protocol() {
        for body in ["", "<h1>502</h1>", "[]", r#"{"error":7}"#] {
            assert!(Refused::read(&answer(502, &[], body)).is_none(), "{body}");
        }
    }

    #[test]
    fn a_code_that_is_not_known_keeps_its_name() {
        let refused = Refused::read(&answer(400, &[], r#"{"error":"consent_required"}"#)).unwrap();
        assert_eq!(refused.code.name(), "consent_required");
    }
}
