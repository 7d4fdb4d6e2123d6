//! What every answer carries, whatever it answers; and the page for every trouble.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use flow::oauth::provider::AUTHORIZE;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Uri};
use wire::http::host::Host;

use crate::app::App;
use crate::error::Trouble;
use crate::page;
use crate::view::frame::Place;
use crate::view::trouble::ErrorPage;
use crate::visit::Visit;

/// Nothing but our own style, script and images; nobody may frame us (`threats.md` §5.2 row 48).
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The same for a page whose forms may lead to one other place as well.
pub(crate) fn policy_towards(origin: &str) -> String {
    POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"))
}

/// For a page whose script looks from time to time whether there is something new on it.
pub(crate) fn let_look_again(answer: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(&format!("{POLICY}; connect-src 'self'")) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// For a page that can be installed: beside what it may do otherwise, it may have a manifest and a worker of ours.
pub(crate) fn let_install(answer: &mut Response) {
    let before = answer.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
    let policy = format!("{}; manifest-src 'self'; worker-src 'self'", before.unwrap_or(POLICY));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Runs before and after every handler.
pub(crate) async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_us = is_for_us(request.uri().path(), request.headers(), &app);
    let (parts, body) = request.into_parts();
    let head = parts.method == http::Method::HEAD;
    // Who asks is looked at once more where a page has to be drawn for somebody; programs see none.
    let path = parts.uri.clone();
    let asked = (!is_for_programs(path.path())).then(|| parts.clone());
    let mut answer = if for_us {
        next.run(Request::from_parts(parts, body)).await
    } else {
        axum::response::IntoResponse::into_response(Trouble::Misdirected)
    };
    if let Some(trouble) = answer.extensions_mut().remove::<Trouble>() {
        answer = explain(&app, (&path, asked.as_ref()), &trouble);
    }
    if is_by_link(path.path()) {
        by_link(&mut answer);
    }
    common(&mut answer, app.https());
    if head {
        *answer.body_mut() = axum::body::Body::empty();
    }
    answer
}

/// Whether the path carries a secret of a mail, by which its reader is known and nobody is signed in.
fn is_by_link(path: &str) -> bool {
    ["/not-me/", "/about-this-address/", "/entry/cancel/", "/authenticator/", "/app/", "/welcome/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// The secret in the path stays where it is: not even our own pages are told of it, and nobody puts it into an index.
fn by_link(answer: &mut Response) {
    let headers = answer.headers_mut();
    // Not "no-referrer", for the reason given in `common`; with this one only the origin is said, and the form is still ours.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    let robots = HeaderValue::from_static("noindex, nofollow, noarchive");
    headers.insert(http::HeaderName::from_static("x-robots-tag"), robots);
}

/// Whether nobody but a program asks for this path, and no cookie says anything there.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/.well-known/open")
        || path.starts_with("/.well-known/oauth")
        || path.starts_with("/record/")
        || (path.starts_with("/oauth/") && !path.starts_with(AUTHORIZE))
}

/// Whether the request names a host of ours: a page of somebody else's that points its name at this machine
/// (DNS rebinding) does not.
pub(crate) fn is_for_us(path: &str, headers: &HeaderMap, app: &App) -> bool {
    if ["/healthz", "/readyz"].contains(&path) {
        return true;
    }
    let named = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let Some(host) = named.and_then(|host| Host::parse(host).ok()) else { return false };
    (app.site.loopback && host.is_loopback()) || app.site.origin.is_host(&host)
}

fn explain(app: &Arc<App>, (path, asked): (&Uri, Option<&Parts>), trouble: &Trouble) -> Response {
    let request_id = match trouble {
        Trouble::Fault(cause) => {
            let id = app.cx().entropy.bytes::<6>().map(|bytes| wire::token::hex(&bytes)).unwrap_or_default();
            tracing::error!(request = %id, %cause, path = %path.path(), "a fault");
            Some(id)
        }
        _ => None,
    };
    // Reading the visit may be what failed: then the page is drawn for nobody.
    let visit = match trouble {
        Trouble::Malformed | Trouble::Fault(_) | Trouble::Misdirected | Trouble::Busy | Trouble::Unsure => {
            None
        }
        _ => asked.and_then(|parts| Visit::read(app, parts).ok()),
    };
    if matches!(trouble, Trouble::SignInFirst) {
        let over = visit.as_ref().is_some_and(|visit| visit.stale_session);
        let to = if over { "/sign-in?notice=over" } else { "/sign-in?notice=needed" };
        return page::redirect(to, &visit.map(|visit| visit.cookies()).unwrap_or_default());
    }
    if let Trouble::ConfirmFirst(to) = trouble {
        return page::redirect(
            &crate::pages::confirm::href(to),
            &visit.map(|visit| visit.cookies()).unwrap_or_default(),
        );
    }
    let trouble_shown = trouble.shown();
    let mut answer = page::draw(app, visit.as_ref(), Place::Elsewhere, |frame| {
        ErrorPage { frame, trouble: trouble_shown, request_id }.render()
    });
    *answer.status_mut() = http::StatusCode::from_u16(trouble.status()).unwrap_or_default();
    if matches!(trouble, Trouble::Busy | Trouble::Unsure) {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// What stands in every answer, unless the handler has said otherwise.
pub(crate) fn common(answer: &mut Response, https: bool) {
    let headers = answer.headers_mut();
    let mut set = |name: http::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // Not "no-referrer": with it browsers send `Origin: null`, and a form of ours looks like somebody else's.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    set(http::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(http::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(http::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
