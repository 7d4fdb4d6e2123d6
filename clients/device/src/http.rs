//! A request and an answer, as values; and what carries them.

/// How something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Something is read.
    Get,
    /// Something is done.
    Post,
}

impl Method {
    /// As in the first line of a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request that a device has to send. There is no `Debug`: it carries secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to: `https://…`, or a loopback address by `http://…`.
    pub url: String,
    /// The headers, but for `Host`, `Content-Length` and the like, which the transport knows.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a POST, as `application/x-www-form-urlencoded`; its `Content-Type` is among the headers.
    pub body: Option<String>,
}

/// What came back. There is no `Debug`: it carries secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body; a transport need not read more than [`LONGEST`] bytes of it.
    pub body: Vec<u8>,
}

/// Bytes that an answer may have: many times what any has.
pub const LONGEST: u64 = 256 * 1024;

impl Response {
    /// The first value of a header, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(this, _)| this.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// An error of a transport or of a key.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What carries requests: a layer over whatever HTTP client a device has already.
///
/// It follows no redirect (RFC 9700 §4.12: a redirect must not carry secrets elsewhere), checks certificates, gives up after a
/// time, and gives back every answer that came, whatever its status.
pub trait Transport {
    /// Sends a request, and gives back the answer.
    ///
    /// # Errors
    /// That no answer came.
    fn send(&mut self, request: &Request) -> Result<Response, BoxError>;
}

impl<F: FnMut(&Request) -> Result<Response, BoxError>> Transport for F {
    fn send(&mut self, request: &Request) -> Result<Response, BoxError> {
        self(request)
    }
}
