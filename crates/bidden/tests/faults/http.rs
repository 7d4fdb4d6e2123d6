//! A small blocking client: one kept-alive connection, as a browser holds it.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A server that says nothing for so long hangs. No answer may take as long, whatever happens to the database.
const SILENCE: Duration = Duration::from_secs(40);

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

impl Answer {
    /// The values of all header fields of this name.
    pub(crate) fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").skip(1).filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn location(&self) -> &str {
        self.fields("location").next().unwrap_or_default()
    }

    /// Asserts that this is a "come back later" that a person can read and a program can follow.
    #[track_caller]
    pub(crate) fn expect_busy(&self) {
        assert_eq!(self.status, 503, "{self:?}");
        assert!(self.fields("retry-after").any(|value| value == "5"), "no Retry-After: {self:?}");
        let is_page = self.fields("content-type").any(|value| value.starts_with("text/html"));
        let said = ["cannot be done just now", "do not know whether that was done"];
        assert!(!is_page || said.iter().any(|text| self.body.contains(text)), "{}", self.body);
        for word in ["SQL", "postgres", "sqlite", "connection", ".rs"] {
            assert!(!self.body.contains(word), "the page speaks of {word}: {}", self.body);
        }
    }
}

/// A connection, opened when first needed and again once it is of no use.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Connection {
    pub(crate) const fn to(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// GET without cookies.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask(path, "", None)
    }

    /// Asks, by POST if there is a form, and waits for the whole answer. An error means that nobody knows whether the
    /// request was heard.
    pub(crate) fn ask(&mut self, path: &str, cookies: &str, form: Option<&str>) -> io::Result<Answer> {
        let outcome = self.exchange(path, cookies, form);
        if !matches!(&outcome, Ok(answer) if !answer.fields("connection").any(|value| value == "close")) {
            self.stream = None;
        }
        outcome
    }

    fn exchange(&mut self, path: &str, cookies: &str, form: Option<&str>) -> io::Result<Answer> {
        let began = Instant::now();
        let host = format!("localhost:{}", self.address.port());
        let method = if form.is_some() { "POST" } else { "GET" };
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\n");
        if !cookies.is_empty() {
            request.push_str(&format!("Cookie: {cookies}\r\n"));
        }
        if let Some(form) = form {
            let length = form.len();
            request.push_str(&format!("Sec-Fetch-Site: same-origin\r\nOrigin: http://{host}\r\n"));
            request.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
            request.push_str(&format!("Content-Length: {length}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(form.unwrap_or_default());
        if !self.stream.as_ref().is_some_and(is_open) {
            let stream = TcpStream::connect_timeout(&self.address, SILENCE)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(SILENCE))?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut().unwrap();
        stream.write_all(request.as_bytes())?;
        let (head, body) = read(stream)?;
        let status = head.get(9..12).and_then(|digits| digits.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no HTTP: {head}"));
        Ok(Answer { status, head, body, took: began.elapsed() })
    }
}

/// Whether the other side has not closed it while nothing was asked.
fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let seen = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    matches!(seen, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

fn read(stream: &mut TcpStream) -> io::Result<(String, String)> {
    let mut bytes = Vec::with_capacity(8 * 1024);
    let mut more = |bytes: &mut Vec<u8>| {
        let mut buffer = [0; 8 * 1024];
        match stream.read(&mut buffer) {
            Ok(0) => Err(io::Error::from(ErrorKind::UnexpectedEof)),
            Ok(length) => {
                bytes.extend_from_slice(&buffer[..length]);
                Ok(())
            }
            // A machine that was stopped and goes on interrupts whoever waits with a time limit (signal(7)).
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    };
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(&mut bytes)?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let whole = end + 4 + length.unwrap_or_else(|| panic!("an answer without its length: {head}"));
    while bytes.len() < whole {
        more(&mut bytes)?;
    }
    assert_eq!(bytes.len(), whole, "more than was announced");
    Ok((head, String::from_utf8(bytes[end + 4..].to_vec()).unwrap()))
}
