//! One HTTP request to a service, and its answer: within a deadline, of bounded size, followed nowhere.
//!
//! Implements: RFC 9112 through hyper (one request on a connection of its own), RFC 9110 §15.4 (a redirect is an answer
//! like any other: nothing that was meant for one service goes to another).

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::header::{CONNECTION, HOST, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use wire::http::origin::Scheme;
use wire::http::url::Url;
use wire::push::retry_after;

use crate::connect::{self, Reach, Tls};

/// Most bytes of the status line and the header fields of an answer.
const LARGEST_HEAD: usize = 16 * 1024;
/// Most header fields of an answer.
const MOST_FIELDS: usize = 100;
/// How long to wait for the content of an answer whose status is known.
const FOR_CONTENT: Duration = Duration::from_secs(2);
/// What we are called.
const NAME: &str = concat!("bidden/", env!("CARGO_PKG_VERSION"));

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Client {
    tls: Tls,
    reach: Reach,
}

/// The client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The CA file cannot be read.
    #[error("the CA file {path} cannot be read: {cause}", path = path.display())]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The CA file holds something that is no certificate, or TLS cannot be set up on this system.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// What is sent.
pub(crate) struct Outgoing {
    /// POST, PUT and the like.
    pub(crate) method: Method,
    /// Where to.
    pub(crate) url: Url,
    /// The header fields beside Host, Connection and Content-Length.
    pub(crate) headers: HeaderMap,
    /// The content.
    pub(crate) content: Bytes,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// How many seconds it wants to be left alone, if it says so.
    pub(crate) retry_after: Option<u32>,
    /// The beginning of the content, as far as it came and was wanted.
    pub(crate) content: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// No connection.
    Connect(io::Error),
    /// No TLS.
    Tls(io::Error),
    /// Something that is not HTTP, or a connection that ended too early.
    Http(hyper::Error),
    /// The deadline passed.
    Silence,
    /// The request cannot be written.
    Unwritable(http::Error),
}

impl Client {
    /// Prepares TLS with the certificates in `ca_file` beside those of the system; connects to nothing yet.
    ///
    /// # Errors
    /// [`Unusable`] with what cannot be used.
    pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, Unusable> {
        Self::reaching(ca_file, Reach::Anywhere)
    }

    /// [`Self::new`], for hosts that somebody else has chosen.
    ///
    /// # Errors
    /// [`Unusable`] with what cannot be used.
    pub(crate) fn reaching(ca_file: Option<&Path>, reach: Reach) -> Result<Self, Unusable> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|cause| Unusable::CaFile { path: path.to_owned(), cause })
        };
        let authorities = ca_file.map(read).transpose()?;
        Ok(Self { tls: Tls::new(authorities.as_deref())?, reach })
    }

    /// The same for other addresses.
    pub(crate) fn within(&self, reach: Reach) -> Self {
        Self { tls: self.tls.clone(), reach }
    }

    /// Sends `outgoing` and waits for the answer, at most until `deadline` is over; of its content at most `most`
    /// bytes are read.
    ///
    /// # Errors
    /// [`Stopped`] when there is no answer.
    pub(crate) async fn send(
        &self,
        outgoing: Outgoing,
        deadline: Duration,
        most: usize,
    ) -> Result<Answer, Stopped> {
        let response = timeout(deadline, self.exchange(outgoing, deadline, most));
        response.await.unwrap_or(Err(Stopped::Silence))
    }

    async fn exchange(&self, outgoing: Outgoing, deadline: Duration, most: usize) -> Result<Answer, Stopped> {
        let origin = outgoing.url.origin().clone();
        let host = match (origin.host().domain(), origin.host().address()) {
            (Some(name), _) => name.to_owned(),
            (None, address) => address.map(|address| address.to_string()).unwrap_or_default(),
        };
        let request = request(outgoing)?;
        let stream = connect::tcp_within(&self.reach, &host, origin.port(), deadline / 2);
        let stream = stream.await.map_err(Stopped::Connect)?;
        match origin.scheme() {
            Scheme::Http => {
                speak(stream, request, |response| begun(response, most)).await.map_err(Stopped::Http)
            }
            Scheme::Https => {
                let name = ServerName::try_from(host)
                    .map_err(|error| Stopped::Tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
                let stream = self.tls.secure(name, stream).await.map_err(Stopped::Tls)?;
                speak(stream, request, |response| begun(response, most)).await.map_err(Stopped::Http)
            }
        }
    }
}

fn request(outgoing: Outgoing) -> Result<Request<Full<Bytes>>, Stopped> {
    // The authority without the default port, as an origin is written.
    let origin = outgoing.url.origin().to_string();
    let authority = origin.split_once("://").map_or(origin.as_str(), |(_, authority)| authority);
    let host = HeaderValue::try_from(authority).map_err(|error| Stopped::Unwritable(error.into()))?;
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(outgoing.url.target())
        .body(Full::new(outgoing.content))
        .map_err(Stopped::Unwritable)?;
    let headers = request.headers_mut();
    headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
    headers.extend(outgoing.headers);
    headers.insert(HOST, host);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

/// One request on `stream`, and what `read` makes of the answer. The connection is driven in the same task, and dropped with
/// everything that was not read.
pub(crate) async fn speak<S, R, F, T>(
    stream: S,
    request: Request<Full<Bytes>>,
    read: R,
) -> Result<T, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    R: FnOnce(Response<Incoming>) -> F,
    F: Future<Output = T>,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_FIELDS)
        .handshake(TokioIo::new(stream))
        .await?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        Ok(read(response).await)
    };
    let driven = async {
        // What goes wrong here is told to the exchange as well.
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        answer = exchange => answer,
        never = driven => never,
    }
}

/// The status, and the first `most` bytes of the content.
async fn begun(response: Response<Incoming>, most: usize) -> Answer {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(retry_after::seconds);
    Answer { status, retry_after, content: beginning(response.into_body(), most).await }
}

/// The first `most` bytes of a content that nobody depends on.
async fn beginning(mut body: Incoming, most: usize) -> Vec<u8> {
    let mut content = Vec::new();
    let reading = async {
        while content.len() < most
            && let Some(Ok(frame)) = body.frame().await
        {
            let data = frame.data_ref().map(|data| data.iter().take(most.saturating_sub(content.len())));
            content.extend(data.into_iter().flatten());
        }
    };
    let _ = timeout(FOR_CONTENT, reading).await;
    content
}
