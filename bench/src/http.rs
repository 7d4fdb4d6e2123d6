//! The client: one kept-alive connection, few allocations, so that the generator is not what is measured.
//!
//! Implements: the part of RFC 9112 that a browser needs towards a server which states `Content-Length`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::trouble::Trouble;

/// The largest answer that is taken, in bytes.
const MOST: usize = 1 << 20;

/// Where the server is, and what it is called.
#[derive(Debug)]
pub(crate) struct Site {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// The value of `Host`.
    pub(crate) host: String,
    /// The value of `Origin`.
    pub(crate) origin: String,
}

impl Site {
    /// A server on this machine, by the name `localhost`.
    #[must_use]
    pub(crate) fn local(port: u16) -> Arc<Self> {
        let host = format!("localhost:{port}");
        Arc::new(Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            origin: format!("http://{host}"),
            host,
        })
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// Path and query.
    pub(crate) path: &'a str,
    /// The value of `Cookie`; nothing when empty.
    pub(crate) cookies: &'a str,
    /// A form to post; `None` asks with GET.
    pub(crate) form: Option<&'a str>,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    /// The status code.
    pub(crate) status: u16,
    head: &'a str,
    /// The body.
    pub(crate) body: &'a str,
}

impl<'a> Answer<'a> {
    /// The values of all header fields of this name, in lower case.
    pub(crate) fn fields(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").skip(1).filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The value of `Location`.
    #[must_use]
    pub(crate) fn location(&self) -> Option<&'a str> {
        self.fields("location").next()
    }
}

/// One browser's connection, opened when first needed and again after the server closed it.
#[derive(Debug)]
pub(crate) struct Connection {
    site: Arc<Site>,
    stream: Option<TcpStream>,
    out: Vec<u8>,
    input: Vec<u8>,
    closing: bool,
    /// Which address of this machine it comes from; the system's choice when none.
    from: Option<Ipv4Addr>,
    /// How many requests were answered.
    pub(crate) answered: u64,
}

impl Connection {
    /// Not opened yet.
    #[must_use]
    pub(crate) fn new(site: Arc<Site>) -> Self {
        let (out, input) = (Vec::with_capacity(2048), Vec::with_capacity(64 * 1024));
        Self { site, stream: None, out, input, closing: false, from: None, answered: 0 }
    }

    /// One that comes from this address of the machine: all of 127.0.0.0/8 is.
    #[must_use]
    pub(crate) fn from(site: Arc<Site>, from: Ipv4Addr) -> Self {
        Self { from: Some(from), ..Self::new(site) }
    }

    /// Asks and waits for the whole answer.
    ///
    /// # Errors
    /// The connection broke, or what came back is not an answer that this client reads.
    pub(crate) async fn exchange(&mut self, request: Request<'_>) -> Result<Answer<'_>, Trouble> {
        self.write_out(request);
        if self.closing {
            self.stream = None;
            self.closing = false;
        }
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.site.address, self.from).await?,
        };
        stream.write_all(&self.out).await.map_err(Trouble::system("sending a request"))?;
        self.input.clear();
        let (end, length) = loop {
            more(&mut stream, &mut self.input).await?;
            if let Some(end) = find(&self.input, b"\r\n\r\n") {
                break (end, length(self.input.get(..end).unwrap_or_default())?);
            }
        };
        let body = end + 4;
        while self.input.len() < body + length {
            more(&mut stream, &mut self.input).await?;
        }
        if self.input.len() > body + length {
            return Err(Trouble::Unexpected("the server sent more than it announced".to_owned()));
        }
        self.stream = Some(stream);
        self.answered += 1;
        let not_text = |_| Trouble::Unexpected("an answer that is not UTF-8".to_owned());
        let text = str::from_utf8(&self.input).map_err(not_text)?;
        // Both lie on either side of ASCII, so they are boundaries of characters.
        let (head, body) = (text.get(..end).unwrap_or_default(), text.get(body..).unwrap_or_default());
        let answer = Answer { status: status(head.as_bytes())?, head, body };
        self.closing = answer.fields("connection").any(|value| value.eq_ignore_ascii_case("close"));
        Ok(answer)
    }

    /// Gives the connection up; the next request opens another.
    pub(crate) fn start_again(&mut self) {
        self.stream = None;
    }

    fn write_out(&mut self, request: Request<'_>) {
        let Request { path, cookies, form } = request;
        let out = &mut self.out;
        out.clear();
        let mut put = |parts: &[&str]| parts.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
        put(&[if form.is_some() { "POST " } else { "GET " }, path, " HTTP/1.1\r\nHost: ", &self.site.host]);
        put(&["\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"]);
        put(&["\r\nAccept: text/html,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"]);
        if !cookies.is_empty() {
            put(&["\r\nCookie: ", cookies]);
        }
        match form {
            None => put(&["\r\nSec-Fetch-Site: none\r\n\r\n"]),
            Some(form) => {
                put(&["\r\nSec-Fetch-Site: same-origin\r\nOrigin: ", &self.site.origin]);
                put(&["\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "]);
                put(&[&form.len().to_string(), "\r\n\r\n", form]);
            }
        }
    }
}

async fn connect(address: SocketAddr, from: Option<Ipv4Addr>) -> Result<TcpStream, Trouble> {
    let opening = async {
        let Some(from) = from else { return TcpStream::connect(address).await };
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        socket.connect(address).await
    };
    let stream = opening.await.map_err(Trouble::system(format!("connecting to {address}")))?;
    stream.set_nodelay(true).map_err(Trouble::system("setting TCP_NODELAY"))?;
    Ok(stream)
}

async fn more(stream: &mut TcpStream, input: &mut Vec<u8>) -> Result<(), Trouble> {
    if input.len() > MOST {
        return Err(Trouble::Unexpected(format!("an answer of more than {MOST} bytes")));
    }
    input.reserve(16 * 1024);
    match stream.read_buf(input).await.map_err(Trouble::system("reading an answer"))? {
        0 => Err(Trouble::Unexpected(
            "the server closed the connection before the answer was complete".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn status(head: &[u8]) -> Result<u16, Trouble> {
    let digits = head.strip_prefix(b"HTTP/1.1 ").and_then(|rest| rest.get(..3));
    digits
        .and_then(|digits| str::from_utf8(digits).ok()?.parse().ok())
        .ok_or_else(|| Trouble::Unexpected("an answer without an HTTP/1.1 status line".to_owned()))
}

/// The value of `Content-Length`. Only an answer without a body may leave it out.
fn length(head: &[u8]) -> Result<usize, Trouble> {
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = str::from_utf8(value.get(1..).unwrap_or_default()).unwrap_or_default();
            return digits
                .trim()
                .parse()
                .map_err(|_| Trouble::Unexpected("a Content-Length that is no number".to_owned()));
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return Err(Trouble::Unexpected("a chunked answer, which this client does not read".to_owned()));
        }
    }
    match status(head)? {
        204 | 304 => Ok(0),
        _ => Err(Trouble::Unexpected("an answer without a Content-Length".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_stated_length_is_refused() {
        assert!(length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked").is_err());
        assert!(length(b"HTTP/1.1 200 OK\r\nDate: today").is_err());
        assert!(length(b"HTTP/1.1 200 OK\r\ncontent-length: many").is_err());
        assert_eq!(length(b"HTTP/1.1 204 No Content\r\nDate: today").unwrap(), 0);
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nContent-LENGTH:  12").unwrap(), 12);
    }

    #[test]
    fn header_fields_are_found_in_any_case_and_all_of_them() {
        let head = "HTTP/1.1 303 See Other\r\nSet-Cookie: a=1\r\nLOCATION: /account\r\nset-cookie: b=2";
        let answer = Answer { status: 303, head, body: "" };
        assert_eq!(answer.location(), Some("/account"));
        assert_eq!(answer.fields("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
    }
}
