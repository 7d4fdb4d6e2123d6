//! Documents for anybody, from anywhere: each is one body that was written beforehand, with its tag.
//!
//! Implements: RFC 9110 §8.8.3, §13.1.2 (ETag, If-None-Match), RFC 9111 §5.2.2 (how long it may be kept), Fetch §3.2 (CORS).

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use model::digest::{Keys, Of};

use crate::headers::common;

/// A JSON document that any page may read, and that sets no cookie.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    body: Bytes,
    tag: HeaderValue,
    headers: HeaderMap,
}

impl Document {
    /// A document that may be kept as `kept` says, at a site that is reached by https or not. The same text has the same tag
    /// on every node.
    pub(crate) fn new((keys, https): (&Keys, bool), text: String, kept: &'static str) -> Self {
        let digest = keys.digest(Of::Form, &[b"document", text.as_bytes()]);
        let tag = format!("\"{}\"", wire::token::hex(digest.bytes()));
        // Hexadecimal digits between quotation marks.
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        let mut answer = open(StatusCode::OK, Bytes::new(), HeaderValue::from_static(kept));
        answer.headers_mut().insert(header::ETAG, tag.clone());
        common(&mut answer, https);
        Self { body: Bytes::from(text), tag, headers: std::mem::take(answer.headers_mut()) }
    }

    /// The same for a text that is no JSON.
    pub(crate) fn plain(site: (&Keys, bool), text: String, kept: &'static str) -> Self {
        let mut document = Self::new(site, text, kept);
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        document.headers.insert(header::CONTENT_TYPE, plain);
        document
    }

    /// The whole answer to a request with these header fields: the document, or that it is the one which is known.
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let tag = self.tag.to_str().unwrap_or_default();
        let is_known = known.into_iter().any(|known| is_among(tag, known));
        let mut answer = Response::new(if is_known { Body::empty() } else { Body::from(self.body.clone()) });
        if is_known {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
        }
        *answer.headers_mut() = self.headers.clone();
        answer
    }
}

/// An answer that is no document: what was wrong with the request.
pub(crate) fn refused(text: String) -> Response {
    open(StatusCode::BAD_REQUEST, Bytes::from(text), HeaderValue::from_static("no-store"))
}

fn open(status: StatusCode, body: Bytes, kept: HeaderValue) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, kept);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

/// Whether a list of entity tags holds this one, weak or strong.
fn is_among(tag: &str, list: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .any(|other| other == "*" || other.strip_prefix("W/").unwrap_or(other) == tag)
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
    fn another_text_has_another_tag() {
        let keys = Keys::simulated().unwrap();
        let tag = |text: &str| Document::new((&keys, true), text.to_owned(), "no-store").tag;
        assert_eq!(tag("{}"), tag("{}"));
        assert_ne!(tag("{}"), tag("[]"));
        assert_eq!(tag("{}").len(), 34);
    }
}
