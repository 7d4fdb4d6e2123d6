//! A browser: a cookie jar, the form secret of the last page, and the headers that browsers send. It follows
//! nothing by itself.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request};

use crate::answer::Answer;
use crate::site::Line;

/// A header to add, or with an empty value to leave out.
pub(crate) type Header<'a> = (&'a str, &'a str);

/// A browser. A clone is another tab, or the same one a moment before.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) line: Arc<Line>,
    pub(crate) peer: IpAddr,
    pub(crate) agent: String,
    /// Value and end of each cookie.
    pub(crate) jar: BTreeMap<String, (String, Option<i64>)>,
    /// The form secret of the last page that had one.
    pub(crate) csrf: String,
}

impl Browser {
    pub(crate) fn new(line: Arc<Line>, peer: &str) -> Self {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned();
        Self { line, peer: peer.parse().unwrap(), agent, jar: BTreeMap::new(), csrf: String::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("sec-fetch-site", "none")], b"")
    }

    /// Posts a form of the last page: its secret, the fields, and what browsers say about where it came from.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let all = std::iter::once(("csrf", csrf.as_str())).chain(fields.iter().copied());
        self.post_as(path, &[], &wire::form::encode(all))
    }

    /// Posts a body that was made by hand, with other headers.
    pub(crate) fn post_as(&mut self, path: &str, headers: &[Header<'_>], body: &str) -> Answer {
        let origin = self.line.origin.clone();
        let mut all = vec![
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers);
        self.send(Method::POST, path, &all, body.as_bytes())
    }

    pub(crate) fn send(&mut self, method: Method, path: &str, headers: &[Header<'_>], body: &[u8]) -> Answer {
        let answer = self.line.ask(self.request(method, path, headers, body));
        self.take(&answer);
        answer
    }

    /// The request as this browser makes it.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[Header<'_>],
        body: &[u8],
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        let host = self.line.origin.split_once("://").unwrap().1;
        let cookies = self.cookies();
        let own = [("host", host), ("user-agent", self.agent.as_str()), ("cookie", cookies.as_str())];
        let own = own.into_iter().filter(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        for (name, value) in own.chain(headers.iter().copied()).filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let mut request = request.body(Body::from(body.to_vec())).unwrap();
        request.extensions_mut().insert(web::Peer(self.peer));
        request
    }

    /// Keeps the cookies of an answer, and the secret of its forms.
    pub(crate) fn take(&mut self, answer: &Answer) {
        for cookie in answer.cookies() {
            self.keep(&cookie);
        }
        if let Some(csrf) = answer.field("csrf") {
            self.csrf = csrf;
        }
    }

    /// RFC 6265bis §5.7, for cookies whose name has the `__Host-` prefix.
    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let (mut secure, mut path, mut domain, mut age) = (false, "", false, None);
        for part in parts {
            match part.split_once('=').unwrap_or((part, "")) {
                ("Secure", _) => secure = true,
                ("Path", at) => path = at,
                ("Domain", _) => domain = true,
                ("Max-Age", seconds) => age = Some(seconds.parse::<i64>().unwrap()),
                _ => {}
            }
        }
        let refused = name.starts_with("__Host-") && !(secure && path == "/" && !domain);
        assert!(!refused, "a browser refuses {cookie}");
        if age == Some(0) {
            self.jar.remove(name);
        } else {
            let end = age.map(|seconds| self.line.now().micros() + seconds * 1_000_000);
            self.jar.insert(name.to_owned(), (value.to_owned(), end));
        }
    }

    fn cookies(&self) -> String {
        let now = self.line.now().micros();
        let alive = self.jar.iter().filter(|(_, (_, end))| end.is_none_or(|end| now < end));
        alive.map(|(name, (value, _))| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The value of a cookie of ours by the end of its name; empty when there is none.
    pub(crate) fn cookie(&self, name: &str) -> String {
        self.jar.get(&format!("__Host-bidden-{name}")).map(|(value, _)| value.clone()).unwrap_or_default()
    }

    /// Opens the sign-in page and asks for a code; returns the path of the page where it is typed.
    pub(crate) fn ask(&mut self, address: &str) -> String {
        self.line.tick();
        self.get("/sign-in");
        self.post("/sign-in", &[("address", address)]).location()
    }

    /// Opens the page at `path` and types a code there.
    pub(crate) fn submit(&mut self, path: &str, code: &str) -> Answer {
        self.get(path);
        self.post(path, &[("code", code)])
    }

    /// Whether the account page opens.
    pub(crate) fn is_signed_in(&mut self) -> bool {
        self.get("/account").status == 200
    }
}
