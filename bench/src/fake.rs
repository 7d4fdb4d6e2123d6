//! A small server with the pages of a sign-in, strict about what a browser must send, for the client's tests.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use crate::http::Site;

/// What the server does wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Sends no mail.
    NoMail,
    /// Asks to close the connection after each answer.
    Closes,
    /// Is too busy for the address.
    Busy,
    /// Shows somebody else's account.
    WrongAccount,
}

/// What the server knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// What it does wrong.
    pub(crate) fault: Fault,
    /// How often somebody got in.
    pub(crate) signed_in: u32,
    /// How many of these had a browser cookie from before.
    pub(crate) known: u32,
    codes: u32,
    /// How often mail was looked for.
    pub(crate) looks: u32,
    /// For each address the newest mail, which is there from the second look on.
    pub(crate) mails: HashMap<String, (u32, String)>,
    /// For each request its address and code.
    requests: HashMap<String, (String, String)>,
    /// For each session its address.
    sessions: HashMap<String, String>,
}

/// Starts it in this process; it ends with the set of tasks.
pub(crate) async fn start(fault: Fault) -> (Arc<Site>, Arc<Mutex<Known>>, JoinSet<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = Site::local(listener.local_addr().unwrap().port());
    let known = Arc::new(Mutex::new(Known { fault, ..Known::default() }));
    let (shared, origin) = (Arc::clone(&known), site.origin.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (shared, origin) = (Arc::clone(&shared), origin.clone());
            let service = service_fn(move |request| {
                let (shared, origin) = (Arc::clone(&shared), origin.clone());
                async move { Ok::<_, Infallible>(answer(&shared, &origin, request).await) }
            });
            connections.spawn(async move {
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .unwrap_or_default();
            });
        }
    });
    (site, known, tasks)
}

type Page = Response<Full<Bytes>>;

fn page(status: u16, body: impl Into<Bytes>) -> Page {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

fn with(mut response: Page, name: &'static str, value: &str) -> Page {
    response.headers_mut().append(name, value.parse().unwrap());
    response
}

fn cookie(headers: &http::HeaderMap, name: &str) -> Option<String> {
    let all = headers.get("cookie")?.to_str().unwrap();
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

async fn answer(known: &Mutex<Known>, origin: &str, request: Request<Incoming>) -> Page {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let mut known = known.lock().unwrap();
    let response = if head.method == Method::POST {
        post(&mut known, origin, &head, &body)
    } else {
        get(&mut known, &head)
    };
    if known.fault == Fault::Closes { with(response, "connection", "close") } else { response }
}

fn get(known: &mut Known, head: &http::request::Parts) -> Page {
    let (path, browser) = (head.uri.path(), cookie(&head.headers, "__Host-browser"));
    if path == "/inbox/newest" {
        let to = head.uri.query().unwrap().strip_prefix("to=").unwrap().replace("%40", "@");
        known.looks += 1;
        let Some((looks, mail)) = known.mails.get_mut(&to) else { return page(404, "none") };
        *looks += 1;
        return if *looks < 2 { page(404, "not yet") } else { page(200, mail.clone()) };
    }
    if path == "/account" {
        let session = cookie(&head.headers, "__Host-session").unwrap_or_default();
        return match known.sessions.get(&session) {
            Some(_) if known.fault == Fault::WrongAccount => page(200, "<h1>somebody@example.test</h1>"),
            Some(address) => page(200, format!("<h1>{address}</h1>")),
            None => with(page(303, ""), "location", "/sign-in"),
        };
    }
    let fresh = format!("b{}", known.requests.len());
    let token = browser.clone().unwrap_or_else(|| fresh.clone());
    let response = page(200, format!("<input type=\"hidden\" name=\"csrf\" value=\"t-{token}\">"));
    if browser.is_none() {
        with(response, "set-cookie", &format!("__Host-browser={fresh}; Path=/; Secure"))
    } else {
        response
    }
}

fn post(known: &mut Known, origin: &str, head: &http::request::Parts, body: &str) -> Page {
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap());
    if header("origin") != Some(origin) || header("sec-fetch-site") != Some("same-origin") {
        return page(403, "<h1>Cross-site</h1>");
    }
    let fields: HashMap<&str, &str> = body.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let Some(browser) = cookie(&head.headers, "__Host-browser") else {
        return page(403, "<h1>No cookie</h1>");
    };
    if fields["csrf"] != format!("t-{browser}") {
        return page(403, "<h1>Form expired</h1>");
    }
    if let Some(id) = head.uri.path().strip_prefix("/sign-in/") {
        let (address, code) = known.requests[id].clone();
        if fields["code"] != code {
            return page(422, "<h1>Wrong code</h1>");
        }
        known.signed_in += 1;
        let session = format!("s{}", known.signed_in);
        known.sessions.insert(session.clone(), address);
        return with(
            with(page(303, ""), "location", "/account"),
            "set-cookie",
            &format!("__Host-session={session}; Path=/"),
        );
    }
    if known.fault == Fault::Busy {
        return page(503, "<h1>Too busy</h1>");
    }
    assert!(cookie(&head.headers, "__Host-session").is_none(), "the session was to be thrown away");
    let address = fields["address"].replace("%40", "@");
    known.codes += 1;
    if known.requests.values().any(|(other, _)| *other == address) {
        known.known += 1;
    }
    let code = format!("BCDF{:04}", known.codes);
    let id = format!("r{}", known.codes);
    if known.fault != Fault::NoMail {
        known.mails.insert(address.clone(), (0, format!("Hello\n\n@localhost #{code}\n")));
    }
    known.requests.insert(id.clone(), (address, code));
    with(page(303, ""), "location", &format!("/sign-in/{id}"))
}
