//! `POST /oauth/device_authorization` and `POST /oauth/pairing`: devices begin.
//!
//! Implements: RFC 8628 §3.1 and §3.2 (where an operator has switched it on; otherwise there is no such path), and
//! docs/pairing.md.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use flow::oauth::device::{self, Beginning, Came};
use flow::oauth::provider::USER_CODE_PAGE;
use flow::oauth::token::Asker;
use http::StatusCode;
use http::header;
use http::request::Parts;
use wire::oauth::device::{PairingRequest, Wish};

use super::called::{Called, Wrong};
use crate::app::App;
use crate::error::Trouble;

/// That devices may show codes here. Where they may not, the path is none: nothing is read, and nothing is said.
pub(crate) struct UserCodes;

impl FromRequestParts<Arc<App>> for UserCodes {
    type Rejection = Trouble;
    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        if app.user_codes { Ok(Self) } else { Err(Trouble::NotFound) }
    }
}

/// `OPTIONS /oauth/device_authorization`: what pages of others may send, where there is such a path.
pub(crate) async fn preflight(_: UserCodes) -> Response {
    super::preflight().await
}

/// `/oauth/device_authorization` by another method. Which ones there are is said here, and only where there are any.
pub(crate) async fn other(_: UserCodes) -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "OPTIONS,POST")]).into_response()
}

/// `POST /oauth/device_authorization`
pub(crate) async fn ask(_: UserCodes, called: Called) -> Response {
    let outcome = asked(&called).await;
    called.settle(outcome)
}

async fn asked(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let held = called.held(called.provider().device(), None)?;
    let wish = Wish::read(&called.parameters)?;
    let asker = Asker { proved, held, source: called.source };
    let mut cx = called.app.cx();
    let came = Came { asker, asks: wish, by_page: by_page(called) };
    let beginning = device::prepare_ask(&called.app.store, &mut cx, came)??;
    begin(called, cx, beginning).await
}

/// `POST /oauth/pairing`
pub(crate) async fn pair(called: Called) -> Response {
    let outcome = brought(&called).await;
    called.settle(outcome)
}

async fn brought(called: &Called) -> Result<Response, Wrong> {
    let proved = called.client().await?;
    let held = called.held(called.provider().pairing(), None)?;
    let request = PairingRequest::read(&called.parameters)?;
    let asker = Asker { proved, held, source: called.source };
    let mut cx = called.app.cx();
    let came = Came { asker, asks: request, by_page: by_page(called) };
    let beginning = device::prepare_pairing(&called.app.store, &mut cx, came)??;
    begin(called, cx, beginning).await
}

/// Whether a browser sent it, which says so by itself (Fetch §3.1 and Fetch Metadata §2): no page can leave that out.
fn by_page(called: &Called) -> bool {
    ["origin", "sec-fetch-site"].iter().any(|name| called.headers.contains_key(*name))
}

async fn begin(called: &Called, cx: model::cx::Cx, beginning: Beginning) -> Result<Response, Wrong> {
    let begun = called.app.write(cx, move |tx, cx| device::commit(tx, cx, &beginning)).await??;
    let page = format!("{}{USER_CODE_PAGE}", called.app.site.public_url);
    Ok(called.answer(StatusCode::OK, begun.json(&page)))
}
