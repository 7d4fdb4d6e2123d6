//! The files that pages refer to. They name their content, so they may be kept for ever.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderValue};

use crate::app::App;
use crate::error::Trouble;
use crate::segment::Segment;
use crate::view::assets;

fn file(kind: &'static str, content: impl Into<Body>) -> Response {
    let mut answer = Response::new(content.into());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    // An SVG logo may carry script; opened by itself it must not run any.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", assets::STYLE)
}

pub(crate) async fn script() -> Response {
    file("text/javascript; charset=utf-8", assets::SCRIPT)
}

pub(crate) async fn passkey() -> Response {
    file("text/javascript; charset=utf-8", assets::PASSKEY)
}

pub(crate) async fn doorbell() -> Response {
    file("text/javascript; charset=utf-8", assets::DOORBELL)
}

/// `GET /assets/icons/{name}`: an icon of an approver that is installed.
pub(crate) async fn installed_icon(Segment(name): Segment) -> Result<Response, Trouble> {
    let icon = assets::ICONS.iter().find(|(known, _)| *known == name);
    icon.map(|(_, content)| file("image/png", *content)).ok_or(Trouble::NotFound)
}

pub(crate) async fn icon() -> Response {
    file("image/svg+xml", assets::ICON)
}

pub(crate) async fn operator(State(app): State<Arc<App>>) -> Result<Response, Trouble> {
    app.site.stylesheet.clone().map(|css| file("text/css; charset=utf-8", css)).ok_or(Trouble::NotFound)
}

pub(crate) async fn logo(State(app): State<Arc<App>>) -> Result<Response, Trouble> {
    app.site.logo.as_ref().map(|(kind, bytes)| file(kind, bytes.clone())).ok_or(Trouble::NotFound)
}

/// `GET /healthz`: the process answers.
pub(crate) async fn health() -> &'static str {
    "ok"
}

/// `GET /readyz`: the store answers as well. For whoever decides whether to send requests here.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    match flow::operator::is_ready(&app.store) {
        Ok(()) => "ready".into_response(),
        Err(fault) => {
            tracing::warn!(cause = %fault.chain(), "not ready");
            let retry = [(header::RETRY_AFTER, "5")];
            (http::StatusCode::SERVICE_UNAVAILABLE, retry, "the store does not answer").into_response()
        }
    }
}
