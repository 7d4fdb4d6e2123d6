//! `/oauth/register`: clients register themselves; `/oauth/register/{client}`: they look at what they registered, change it,
//! and end it.
//!
//! Implements: RFC 7591 §3.1 (a JSON document, an initial access token), §3.2 (201, or 400 with a code), RFC 7592 §2
//! (management), RFC 6750 §3 (what a refused token is answered with). No page of another origin may do this from a browser.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use flow::oauth::register::{self, Told};
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use wire::oauth::error::{ErrorCode, OauthError};
use wire::oauth::presented_token::PresentedToken;
use wire::oauth::registration::{ClientMetadata, LONGEST};

use crate::app::App;
use crate::error::Trouble;
use crate::visit;

/// How long a document may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// `POST /oauth/register`.
pub(crate) async fn register(State(app): State<Arc<App>>, request: Request) -> Result<Response, Trouble> {
    let (parts, body) = request.into_parts();
    let read = async { Ok((token(&parts.headers)?, metadata(&parts, body).await?)) };
    let (token, metadata) = match read.await {
        Ok(read) => read,
        Err(error) => return Ok(refused(&error)),
    };
    let (_, source) = visit::from_where(&app, &parts);
    let mut cx = app.cx();
    let prepared = register::prepare(app.store.keys(), &mut cx, (token.as_ref(), &metadata), source)?;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Ok(refused(&error)),
    };
    let told = app.write(cx, move |tx, cx| register::commit(tx, cx, &prepared)).await?;
    Ok(registered(&app, StatusCode::CREATED, told))
}

/// `GET /oauth/register/{client}`.
pub(crate) async fn look(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let token = match token(&headers) {
        Ok(token) => token,
        Err(error) => return Ok(refused(&error)),
    };
    let told = register::look(&app.store, (&client, token.as_ref()))?;
    Ok(registered(&app, StatusCode::OK, told))
}

/// `PUT /oauth/register/{client}`.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let (parts, body) = request.into_parts();
    let read = async { Ok((token(&parts.headers)?, metadata(&parts, body).await?)) };
    let (token, metadata) = match read.await {
        Ok(read) => read,
        Err(error) => return Ok(refused(&error)),
    };
    let (_, source) = visit::from_where(&app, &parts);
    let mut cx = app.cx();
    let said = (client.as_str(), token.as_ref(), &metadata);
    let prepared = match register::prepare_change(app.store.keys(), &mut cx, said, source)? {
        Ok(prepared) => prepared,
        Err(error) => return Ok(refused(&error)),
    };
    let told = app.write(cx, move |tx, cx| register::change(tx, cx, &prepared)).await?;
    Ok(registered(&app, StatusCode::OK, told))
}

/// `DELETE /oauth/register/{client}`.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let (parts, _) = request.into_parts();
    let token = match token(&parts.headers) {
        Ok(token) => token,
        Err(error) => return Ok(refused(&error)),
    };
    let (_, source) = visit::from_where(&app, &parts);
    let ended = app.write(app.cx(), move |tx, cx| register::end(tx, cx, (&client, token.as_ref(), source)));
    Ok(ended.await?.map_or_else(|error| refused(&error), |()| answer(StatusCode::NO_CONTENT, String::new())))
}

/// The registration as it stands now, or why not.
fn registered(app: &App, status: StatusCode, told: Result<Told, OauthError>) -> Response {
    told.map_or_else(|error| refused(&error), |told| answer(status, told.json(&app.site.public_url)))
}

fn token(headers: &HeaderMap) -> Result<Option<PresentedToken>, OauthError> {
    let all: Vec<&[u8]> = headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes).collect();
    PresentedToken::read(&all, None)
}

async fn metadata(parts: &Parts, body: Body) -> Result<ClientMetadata, OauthError> {
    let unread = |sentence| OauthError::new(ErrorCode::InvalidClientMetadata, sentence);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(unread("The metadata comes as application/json."));
    }
    let whole = Limited::new(body, LONGEST).collect();
    match tokio::time::timeout(PATIENCE, whole).await {
        Ok(Ok(collected)) => ClientMetadata::parse(&collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(unread("The metadata is longer than 32 KiB."))
        }
        Ok(Err(_)) | Err(_) => Err(unread("The metadata did not arrive.")),
    }
}

fn refused(error: &OauthError) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut refused = answer(status, error.json());
    if status == StatusCode::UNAUTHORIZED
        && let Ok(challenge) = HeaderValue::try_from(error.challenge("Bearer"))
    {
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    refused
}

/// Never kept by anybody: it may hold a secret.
fn answer(status: StatusCode, body: String) -> Response {
    let has_body = !body.is_empty();
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}
