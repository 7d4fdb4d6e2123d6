//! Documents of clients, fetched from where they say: their keys, and what they say about themselves.
//!
//! Implements: RFC 7591 §5 and draft-ietf-oauth-client-id-metadata-document §6.5 (requests that a stranger chooses the target
//! of): https only, to a name, at addresses that anybody can reach; no redirect is followed; bounded in time and size.
//!
//! The addresses of a name are looked up once, and one of those that passed is connected to: a name that says something else
//! at the second look cannot be used. An installation that only its own machine can reach may ask that machine as well.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use tokio::sync::Semaphore;
use wire::http::origin::Scheme;
use wire::http::url::Url;

use crate::connect::Reach;
use crate::http::{Client, Outgoing, Stopped};

pub use crate::http::Unusable;

/// How long one document may take in all.
const DEADLINE: Duration = Duration::from_secs(5);
/// How many may be under way at once; whoever comes beyond that gets nothing.
const AT_ONCE: usize = 8;

/// Fetches documents.
pub struct Fetcher {
    client: Client,
    deadline: Duration,
    permits: Semaphore,
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// Not https, or an address in place of a name.
    #[error("only https and a host by name are fetched from")]
    NotAllowed,
    /// No connection: nobody there, or nobody that anybody could reach.
    #[error("no connection to an address that anybody can reach: {0}")]
    Unreachable(String),
    /// It did not answer in time, or not in HTTP.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// It answered something else; a redirect is such an answer.
    #[error("the answer was {0}")]
    Answered(u16),
    /// It is longer than wanted.
    #[error("the document is too long")]
    TooLong,
    /// Too much is being fetched.
    #[error("too many documents are being fetched")]
    Busy,
}

impl Fetcher {
    /// Prepares TLS with the certificates in `ca_file` beside those of the system. With `own_machine` it may ask this machine
    /// too, and no other private address.
    ///
    /// # Errors
    /// [`Unusable`] with what cannot be used.
    pub fn new(ca_file: Option<&Path>, own_machine: bool) -> Result<Self, Unusable> {
        Ok(Self {
            client: Client::reaching(ca_file, Reach::public(own_machine))?,
            deadline: DEADLINE,
            permits: Semaphore::new(AT_ONCE),
        })
    }

    /// Fetches a document of at most `most` bytes.
    ///
    /// # Errors
    /// [`NotFetched`].
    pub async fn fetch(&self, url: &Url, most: usize) -> Result<Vec<u8>, NotFetched> {
        if url.origin().scheme() != Scheme::Https || url.origin().host().domain().is_none() {
            return Err(NotFetched::NotAllowed);
        }
        let Ok(_turn) = self.permits.try_acquire() else { return Err(NotFetched::Busy) };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let outgoing = Outgoing { method: Method::GET, url: url.clone(), headers, content: Bytes::new() };
        let answer = self.client.send(outgoing, self.deadline, most.saturating_add(1)).await;
        let answer = answer.map_err(|stopped| match stopped {
            Stopped::Connect(error) => NotFetched::Unreachable(error.to_string()),
            Stopped::Tls(error) => NotFetched::NoAnswer(error.to_string()),
            Stopped::Http(error) => NotFetched::NoAnswer(error.to_string()),
            Stopped::Silence => NotFetched::NoAnswer("it took too long".to_owned()),
            Stopped::Unwritable(error) => NotFetched::NoAnswer(error.to_string()),
        })?;
        match answer.status {
            StatusCode::OK if answer.content.len() > most => Err(NotFetched::TooLong),
            StatusCode::OK => Ok(answer.content),
            other => Err(NotFetched::Answered(other.as_u16())),
        }
    }
}
