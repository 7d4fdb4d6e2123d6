//! `/.well-known/sign-in-policy?domain=…`: by which ways whoever has an address of a domain signs in here, and whether a
//! code is ever mailed there. For anybody, from anywhere; documented in docs/sign-in-policy.md.
//!
//! It says nothing about accounts: a domain that no tenant has gets the installation's own answer, in the same shape.
//! Implements: RFC 8615 (well-known URIs), RFC 9110 §8.8.3, §13.1.2 (ETag, If-None-Match), Fetch §3.2 (CORS).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use flow::{methods, tenant};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode, Uri};
use model::digest::Of;
use model::method::{Method, Use};
use serde_json::{Value, json};
use wire::form::Query;
use wire::mail::domain::Domain;

use crate::app::App;
use crate::error::Trouble;

/// The version of the document; a field that is added changes nothing in it.
const VERSION: u8 = 1;

/// For how long the answer may be kept: a tenant that closes codes is believed within that time.
const KEPT: &str = "public, max-age=300";

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Trouble> {
    let Ok(domain) = asked(uri.query()) else {
        let problem = json!({"version": VERSION, "error": "domain"});
        return Ok(answer(StatusCode::BAD_REQUEST, "no-store", problem.to_string()));
    };
    let body = document(&app, domain.as_ref())?.to_string();
    let digest = app.store.keys().digest(Of::Form, &[b"sign-in policy", body.as_bytes()]);
    let tag = format!("\"{}\"", wire::token::hex(digest.bytes()));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut answer = if known.is_some_and(|known| is_among(&tag, known)) {
        answer(StatusCode::NOT_MODIFIED, KEPT, String::new())
    } else {
        answer(StatusCode::OK, KEPT, body)
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    Ok(answer)
}

/// Which domain is asked about; none asks for the installation's own layer.
fn asked(query: Option<&str>) -> Result<Option<Domain>, wire::Malformed> {
    Query::parse(query)?.get("domain").map(Domain::parse).transpose()
}

fn document(app: &App, domain: Option<&Domain>) -> Result<Value, Trouble> {
    let open = match domain {
        Some(domain) => tenant::published(&app.store, &app.cx(), domain.as_str())?,
        None => methods::of_domain(&app.policy, None),
    };
    let codes = if open.open(Use::SignIn).has(Method::MailCode) { "on_request" } else { "never" };
    let from =
        app.site.mail_from.as_ref().map(|from| json!({"address": from.as_str(), "domain": from.domain()}));
    Ok(json!({
        "version": VERSION,
        "site": {"name": app.site.name, "url": app.site.public_url},
        "domain": domain.map(Domain::as_str),
        "codes_by_mail": codes,
        "methods": {
            "sign_in": open.open(Use::SignIn),
            "step_up": open.open(Use::StepUp),
            "recovery": open.open(Use::Recovery),
        },
        "mail_from": from,
    }))
}

/// Whether a list of entity tags holds this one, weak or strong.
fn is_among(tag: &str, list: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|other| other == "*" || other.strip_prefix("W/").unwrap_or(other) == tag)
}

/// An answer that any page may read, and that sets no cookie.
fn answer(status: StatusCode, kept: &'static str, body: String) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_others() {
        for list in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(is_among("\"a\"", list), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"ab\""] {
            assert!(!is_among("\"a\"", list), "{list}");
        }
    }

    #[test]
    fn one_domain_is_asked_about_or_none() {
        assert_eq!(asked(None), Ok(None));
        assert_eq!(asked(Some("domain=Example.EDU")).unwrap().unwrap().as_str(), "example.edu");
        for bad in ["domain=", "domain=a@b.org", "domain=a.org&domain=b.org", "domain=192.0.2.1"] {
            assert!(asked(Some(bad)).is_err(), "{bad}");
        }
    }
}
