//! A visitor of a server on this machine: what a drill's browsers and devices ask, and what they are told.
//!
//! It connects to loopback addresses and to nothing else, whatever it is asked to do.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use crate::connect;
use crate::http::speak;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The content as text; what is no UTF-8 is replaced.
    pub content: String,
}

/// Asks the server at `address`, which is one of this machine, on a connection of its own.
///
/// # Errors
/// The address is not of this machine ([`io::ErrorKind::PermissionDenied`]); there was no answer, or one that is no HTTP.
pub async fn ask(
    address: SocketAddr,
    (method, path): (Method, &str),
    headers: HeaderMap,
    content: String,
) -> io::Result<Reply> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(Full::new(Bytes::from(content)))
        .map_err(io::Error::other)?;
    *request.headers_mut() = headers;
    let exchange = async {
        let stream = connect::own_machine(address).await?;
        speak(stream, request, whole).await.map_err(io::Error::other)?
    };
    timeout(PATIENCE, exchange).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// The whole answer.
async fn whole(response: Response<Incoming>) -> io::Result<Reply> {
    let (head, body) = response.into_parts();
    let content = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let content = String::from_utf8_lossy(&content).into_owned();
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_but_this_machine_is_asked() {
        for elsewhere in ["93.184.216.34:80", "10.0.0.1:80", "[2606:4700::1111]:80", "0.0.0.0:80"] {
            let address = elsewhere.parse().unwrap();
            let asked = ask(address, (Method::GET, "/"), HeaderMap::new(), String::new()).await;
            assert_eq!(asked.unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{elsewhere}");
        }
    }
}
