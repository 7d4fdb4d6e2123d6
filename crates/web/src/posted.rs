//! A form that was posted: read within bounds, and only from a page of ours.
//!
//! Three independent checks against requests forged by other sites (`threats.md` §5.2 row 47): the browser's
//! word (`Sec-Fetch-Site`, `Origin`), and a hidden field that only this browser can have.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use wire::form::{Form, LARGEST_BODY};
use wire::http::host::Host;
use wire::http::origin::Origin;
use wire::multipart::Multipart;

use crate::app::App;
use crate::error::Trouble;
use crate::visit::Visit;

/// Largest form with a file in it, in bytes.
const LARGEST_FILE: usize = 1024 * 1024;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A form from a page of ours.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    pub(crate) form: Form,
}

/// A form with a file in it, from a page of ours.
pub(crate) struct PostedFile {
    pub(crate) visit: Visit,
    pub(crate) form: Multipart,
}

/// A form that anybody may post, because its path is a secret of its own ("I did not ask for this").
pub(crate) struct PostedByAnybody {
    pub(crate) visit: Visit,
}

impl FromRequest<Arc<App>> for Posted {
    type Rejection = Trouble;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        if !from_our_page(&parts.headers, app) {
            return Err(Trouble::CrossSite);
        }
        let visit = Visit::read(app, &parts)?;
        let form = read(&parts.headers, body).await?;
        // A browser without our cookie cannot have seen our form.
        if visit.fresh || !visit.csrf_matches(form.get("csrf").unwrap_or_default()) {
            return Err(Trouble::FormExpired);
        }
        Ok(Self { visit, form })
    }
}

impl FromRequest<Arc<App>> for PostedFile {
    type Rejection = Trouble;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        if !from_our_page(&parts.headers, app) {
            return Err(Trouble::CrossSite);
        }
        let visit = Visit::read(app, &parts)?;
        let kind = parts.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let form = Multipart::parse(kind.unwrap_or_default(), &collect(body, LARGEST_FILE).await?)?;
        if visit.fresh || !visit.csrf_matches(form.text("csrf")) {
            return Err(Trouble::FormExpired);
        }
        Ok(Self { visit, form })
    }
}

impl FromRequest<Arc<App>> for PostedByAnybody {
    type Rejection = Trouble;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let visit = Visit::read(app, &parts)?;
        // Read and thrown away: nothing in it matters, but it has bounds all the same.
        collect(body, LARGEST_BODY).await?;
        Ok(Self { visit })
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Form, Trouble> {
    let kind =
        headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Trouble::Malformed);
    }
    Ok(Form::parse(&collect(body, LARGEST_BODY).await?)?)
}

/// A whole body of at most `largest` bytes, in good time.
pub(crate) async fn collect(body: Body, largest: usize) -> Result<Vec<u8>, Trouble> {
    let whole = Limited::new(body, largest).collect();
    match tokio::time::timeout(PATIENCE, whole).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Trouble::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Trouble::Malformed),
    }
}

/// What the browser says about where the form came from. A browser that says nothing is not refused here.
fn from_our_page(headers: &HeaderMap, app: &App) -> bool {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if header("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return false;
    }
    match header("origin") {
        None => true,
        Some(origin) => Origin::parse(origin).is_ok_and(|origin| is_ours(&origin, header("host"), app)),
    }
}

/// The public origin; on a loopback installation also the loopback name that the request was sent to.
fn is_ours(origin: &Origin, host: Option<&str>, app: &App) -> bool {
    if *origin == app.site.origin {
        return true;
    }
    app.site.loopback
        && host.and_then(|host| Host::parse(host).ok()).is_some_and(|host| {
            host.is_loopback() && origin.scheme() == app.site.origin.scheme() && origin.is_host(&host)
        })
}
