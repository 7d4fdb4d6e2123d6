//! What a device gets, and keeps.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::http::Response;
use crate::moment::seconds;
use crate::secret::Secret;

/// How long before its end an access token is not used any more, in seconds: requests take time, and clocks differ.
const MARGIN: i64 = 30;

/// Tokens, bound to the key of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For services; sent as `Authorization: DPoP …` with a proof ([`Device::authorize`](crate::Device::authorize)).
    pub access: Secret,
    /// For the next tokens; none where the client may not have one (it needs the grant type `refresh_token` and the scope
    /// `offline_access`).
    pub refresh: Option<Secret>,
    /// What the access token may do, where the server said. It can be less than was asked for, and than before: what came
    /// about far from its person is provisional at first.
    pub scope: Option<String>,
    /// When the access token ends, in seconds since 1970 by the clock of the device.
    pub ends: i64,
}

impl Tokens {
    /// Whether the access token can still be used at `wall`.
    #[must_use]
    pub fn are_fresh(&self, wall: SystemTime) -> bool {
        seconds(wall) < self.ends.saturating_sub(MARGIN)
    }

    /// When the access token ends.
    #[must_use]
    pub fn ends(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(self.ends).unwrap_or(0))
    }

    /// Whether the access token may do `scope`.
    #[must_use]
    pub fn may(&self, scope: &str) -> bool {
        self.scope.as_deref().unwrap_or_default().split(' ').any(|this| this == scope)
    }

    /// The tokens as JSON, for a place that nobody else can read. Keep the new ones before using them: a refresh token is good
    /// once.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut kept = Map::new();
        kept.insert("access_token".to_owned(), self.access.expose().into());
        if let Some(refresh) = &self.refresh {
            kept.insert("refresh_token".to_owned(), refresh.expose().into());
        }
        if let Some(scope) = &self.scope {
            kept.insert("scope".to_owned(), scope.as_str().into());
        }
        kept.insert("ends".to_owned(), json!(self.ends));
        Value::from(kept).to_string()
    }

    /// Reads what [`Self::to_json`] wrote; nothing where it is something else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let kept: Value = serde_json::from_str(text).ok()?;
        let said = |name: &str| kept.get(name).and_then(Value::as_str);
        Some(Self {
            access: Secret::new(said("access_token")?),
            refresh: said("refresh_token").map(Secret::new),
            scope: said("scope").map(str::to_owned),
            ends: kept.get("ends")?.as_i64()?,
        })
    }

    /// Reads an answer of the token endpoint (RFC 6749 §5.1, RFC 9449 §5) that came at `wall`, in seconds. What it does not
    /// say is as `before`: a refresh token (RFC 6749 §6), and the scope.
    pub(crate) fn read(answer: &Response, wall: i64, before: Option<&Self>) -> Result<Self, Error> {
        let wrong = |expected| Error::Answer { status: answer.status, expected };
        let body: Value = serde_json::from_slice(&answer.body).map_err(|_| wrong("tokens"))?;
        let said = |name: &str| body.get(name).and_then(Value::as_str);
        let access = Secret::new(said("access_token").ok_or(wrong("an access token"))?);
        // A token that is bound to nothing is good for whoever copies it: RFC 9449 §5 lets a client throw it away.
        if !said("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("DPoP")) {
            return Err(wrong("tokens that are bound to the key"));
        }
        let lasts = body.get("expires_in").and_then(Value::as_i64).unwrap_or(0).max(0);
        Ok(Self {
            access,
            refresh: said("refresh_token").map(Secret::new).or_else(|| before?.refresh.clone()),
            scope: said("scope").map(str::to_owned).or_else(|| before?.scope.clone()),
            ends: wall.saturating_add(lasts),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response {
        Response { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    const FULL: &str =
        r#"{"access_token":"a","token_type":"DPoP","expires_in":600,"refresh_token":"r","scope":"openid x"}"#;

    #[test]
    fn tokens_are_kept_and_read_and_not_shown() {
        let tokens = Tokens::read(&answer(FULL), 1000, None).unwrap();
        assert_eq!((tokens.ends, tokens.may("x"), tokens.may("open")), (1600, true, false));
        assert_eq!(Tokens::from_json(&tokens.to_json()), Some(tokens.clone()));
        assert!(!format!("{tokens:?}").contains("\"r\""));
        for text in ["", "{}", "[]", r#"{"access_token":"a"}"#, r#"{"access_token":1,"ends":2}"#] {
            assert_eq!(Tokens::from_json(text), None, "{text}");
        }
    }

    #[test]
    fn an_access_token_is_not_used_up_to_its_last_second() {
        let tokens = Tokens::read(&answer(FULL), 1000, None).unwrap();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(
            [1000, 1569, 1570, 1600].map(|seconds| tokens.are_fresh(at(seconds))),
            [true, true, false, false]
        );
        assert_eq!(tokens.ends(), at(1600));
    }

    #[test]
    fn what_a_refresh_does_not_say_stays() {
        let before = Tokens::read(&answer(FULL), 1000, None).unwrap();
        let next = answer(r#"{"access_token":"b","token_type":"dpop","expires_in":1}"#);
        let next = Tokens::read(&next, 2000, Some(&before)).unwrap();
        assert_eq!((next.refresh, next.scope, next.ends), (before.refresh, before.scope, 2001));
    }

    #[test]
    fn tokens_that_are_bound_to_nothing_are_not_taken() {
        for body in ["", "{}", r#"{"access_token":"a","token_type":"Bearer"}"#, r#"{"access_token":"a"}"#] {
            assert!(matches!(Tokens::read(&answer(body), 0, None), Err(Error::Answer { .. })), "{body}");
        }
    }
}
