//! A request of a client, at an endpoint that it calls directly; and the answers that it gets.
//!
//! Implements: RFC 6749 §3.2 (form-encoded POST), §5.1 and §5.2 (answers), RFC 9449 §8.2 (nonces with every answer), Fetch
//! §3.2 (CORS): a page of anybody's may call these endpoints, since no cookie opens them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use flow::oauth::client::{self, Proved};
use flow::oauth::keys::Keyring;
use flow::oauth::proof::{self, HeldKey, Shown};
use flow::oauth::provider::Provider;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use model::cx::Cx;
use model::fault::Fault;
use model::source::Source;
use wire::http::url::Url;
use wire::oauth::client_authentication::Presented;
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::parameters::{LARGEST, Parameters};

use crate::app::App;
use crate::error::Trouble;
use crate::posted::collect;
use crate::visit::from_where;

/// The header that carries the nonce for the next proof.
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A request of a client.
pub(crate) struct Called {
    pub(crate) app: Arc<App>,
    pub(crate) cx: Cx,
    pub(crate) source: Source,
    pub(crate) ring: Arc<Keyring>,
    pub(crate) headers: HeaderMap,
    pub(crate) method: http::Method,
    pub(crate) parameters: Parameters,
}

/// Why a request is answered by an error.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The client's, or nobody's.
    Told(OauthError),
    /// Ours; the client is told so in the words of the protocol.
    Ours(Trouble),
    /// There is no provider here.
    Nothing,
}

impl From<OauthError> for Wrong {
    fn from(error: OauthError) -> Self {
        Self::Told(error)
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Ours(Trouble::fault(&fault))
    }
}

impl From<Trouble> for Wrong {
    fn from(trouble: Trouble) -> Self {
        Self::Ours(trouble)
    }
}

impl FromRequest<Arc<App>> for Called {
    type Rejection = Response;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let read = async || {
            let Some(ring) = app.keys() else { return Err(Wrong::Nothing) };
            let (parts, body) = request.into_parts();
            let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
            let body = collect(body, LARGEST).await?;
            let form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
            if !form && !body.is_empty() {
                let sentence = "The body has to be application/x-www-form-urlencoded.";
                return Err(OauthError::new(ErrorCode::InvalidRequest, sentence).into());
            }
            let parameters = Parameters::parse(&body)?;
            let (_, source) = from_where(app, &parts);
            let cx = app.cx();
            let (headers, method) = (parts.headers, parts.method);
            Ok(Self { app: Arc::clone(app), cx, source, ring, headers, method, parameters })
        };
        read().await.map_err(|wrong| refusal(app, wrong, None))
    }
}

impl Called {
    /// The provider.
    pub(crate) fn provider(&self) -> &Provider {
        &self.app.provider
    }

    /// The values of `Authorization`.
    pub(crate) fn authorization(&self) -> Vec<&[u8]> {
        self.headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes).collect()
    }

    /// The client, once it has proved itself.
    ///
    /// # Errors
    /// `invalid_client`, or a fault.
    pub(crate) async fn client(&self) -> Result<Proved, Wrong> {
        let presented = Presented::read(&self.authorization(), &self.parameters)?;
        self.app.meet(presented.client_id()).await?;
        let fetched = self.app.keys_of(&presented).await?;
        let proved =
            client::prove(&self.app.store, &self.cx, self.provider(), (&presented, fetched.as_ref()))?;
        Ok(proved?)
    }

    /// The key that was proved, if one was.
    ///
    /// # Errors
    /// `invalid_dpop_proof` or `use_dpop_nonce`.
    pub(crate) fn held(&self, url: &Url, access_token: Option<&str>) -> Result<Option<HeldKey>, OauthError> {
        let headers: Vec<&[u8]> = self.headers.get_all("dpop").iter().map(HeaderValue::as_bytes).collect();
        let shown = Shown { headers: &headers, method: self.method.as_str(), url, access_token };
        proof::check(self.app.store.keys(), &self.cx, shown)
    }

    /// An answer.
    pub(crate) fn answer(&self, status: StatusCode, body: String) -> Response {
        json(&self.app, status, body)
    }

    /// An answer, or what went wrong.
    pub(crate) fn settle(&self, outcome: Result<Response, Wrong>) -> Response {
        outcome.unwrap_or_else(|wrong| refusal(&self.app, wrong, Some(&self.headers)))
    }
}

/// A JSON answer that is for one client alone.
fn json(app: &App, status: StatusCode, body: String) -> Response {
    let mut answer = Response::new(Body::from(Bytes::from(body)));
    *answer.status_mut() = status;
    // As many as there will be, so that the map does not grow with each.
    *answer.headers_mut() = HeaderMap::with_capacity(20);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    finish(app, &mut answer);
    answer
}

/// What every answer to a client carries.
pub(crate) fn finish(app: &App, answer: &mut Response) {
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let shown = HeaderValue::from_static("DPoP-Nonce, WWW-Authenticate, Retry-After");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(nonce) = HeaderValue::from_str(&proof::nonce(app.store.keys(), app.cx().now)) {
        headers.insert(NONCE, nonce);
    }
}

/// The error that a client is told.
fn error_of(wrong: Wrong) -> Result<OauthError, Trouble> {
    match wrong {
        Wrong::Told(error) => Ok(error),
        Wrong::Nothing => Err(Trouble::NotFound),
        Wrong::Ours(Trouble::Busy | Trouble::Unsure) => Ok(OauthError::new(
            ErrorCode::TemporarilyUnavailable,
            "Too much is going on; try again in a moment.",
        )),
        Wrong::Ours(Trouble::TooLarge) => {
            Ok(OauthError::new(ErrorCode::InvalidRequest, "The request is larger than 32 KiB."))
        }
        Wrong::Ours(Trouble::Malformed) => {
            Ok(OauthError::new(ErrorCode::InvalidRequest, "The request did not arrive whole."))
        }
        Wrong::Ours(other) => {
            tracing::error!(trouble = ?other, "a fault at an endpoint of clients");
            Ok(OauthError::new(
                ErrorCode::ServerError,
                "Something of ours broke. It is not the client's fault.",
            ))
        }
    }
}

/// The answer that says what went wrong. `asked` are the headers of the request: whoever came by `Authorization` is told by
/// `WWW-Authenticate` (RFC 6749 §5.2).
fn refusal(app: &App, wrong: Wrong, asked: Option<&HeaderMap>) -> Response {
    let too_large = matches!(wrong, Wrong::Ours(Trouble::TooLarge));
    let error = match error_of(wrong) {
        Ok(error) => error,
        Err(trouble) => return trouble.into_response(),
    };
    let status = if too_large { 413 } else { error.code.status() };
    let mut answer = json(app, StatusCode::from_u16(status).unwrap_or_default(), error.json());
    let headers = answer.headers_mut();
    let by_header = asked.is_some_and(|asked| asked.contains_key(header::AUTHORIZATION));
    if error.code == ErrorCode::InvalidClient && by_header {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"clients\", charset=\"UTF-8\""),
        );
    }
    if error.code == ErrorCode::TemporarilyUnavailable {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// The answer of a resource: what is wrong with the token stands in `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §7.1).
pub(crate) fn refusal_at_resource(app: &App, wrong: Wrong) -> Response {
    let error = match error_of(wrong) {
        Ok(error) => error,
        Err(trouble) => return trouble.into_response(),
    };
    let status = StatusCode::from_u16(error.code.status_at_resource()).unwrap_or_default();
    let mut answer = json(app, status, error.json());
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST) {
        challenge(&mut answer, Some(&error));
    }
    answer
}

/// Both schemes, since whoever asks has to know both; with an error where there was a token.
pub(crate) fn challenge(answer: &mut Response, error: Option<&OauthError>) {
    let algorithms = "algs=\"ES256 EdDSA PS256 RS256\"";
    let both = match error {
        Some(error) => [error.challenge("Bearer"), format!("{}, {algorithms}", error.challenge("DPoP"))],
        None => ["Bearer".to_owned(), format!("DPoP {algorithms}")],
    };
    if let Ok(value) = HeaderValue::from_str(&both.join(", ")) {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
}

/// `OPTIONS`: what pages of others may send. The answer is the same whoever asks.
pub(crate) async fn preflight() -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    let sent = HeaderValue::from_static("Authorization, Content-Type, DPoP");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, sent);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    answer
}
