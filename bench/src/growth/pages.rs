//! A page as whoever is signed in waits for it: the request through the router, the cookie checked, the store asked,
//! the page drawn.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use flow::Store;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use model::fault::Fault;
use model::policy::Policy;
use model::time::Time;
use tokio::runtime::Runtime;
use web::{App, Clock, Front, Site};
use wire::http::origin::Origin;
use wire::token;

use super::people::People;
use crate::trouble::Trouble;

const URL: &str = "http://localhost:8000";

/// The site on a store, and whoever looks at it.
pub(crate) struct Pages {
    front: Front,
    runtime: Runtime,
    /// When it is: just when a session was last used, so that looking writes nothing.
    now: Arc<AtomicI64>,
}

impl Pages {
    /// # Errors
    /// The site cannot be put together.
    pub(crate) fn new(store: &Store, policy: &Arc<Policy>) -> Result<Self, Trouble> {
        let unexpected = |what: String| Trouble::Unexpected(what);
        let site = Site {
            name: "Bench".to_owned(),
            public_url: URL.to_owned(),
            origin: Origin::parse(URL).map_err(|error| unexpected(error.to_string()))?,
            zone: jiff::tz::TimeZone::UTC,
            language: "en".to_owned(),
            loopback: true,
            inbox: true,
            proxies: Vec::new(),
            mail_from: None,
            settings: Vec::new(),
            stylesheet: None,
            logo: None,
        };
        let now = Arc::new(AtomicI64::new(0));
        let hands = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Time::from_micros(hands.load(Ordering::Relaxed)));
        let app = App::new(store.clone(), site, Arc::clone(policy), clock)
            .map_err(|error| unexpected(error.to_string()))?;
        // As the server has it: a read of a distant database may block a thread there.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Ok(Self {
            front: Front::new(Arc::new(app)),
            runtime: runtime.map_err(Trouble::system("starting the runtime"))?,
            now,
        })
    }

    /// Has the page at `path` drawn for whoever holds session `n`.
    ///
    /// # Errors
    /// It is not the page.
    pub(crate) fn get(&self, people: People, n: u64, path: &str) -> Result<(), Fault> {
        let (id, secret, _) = people.session(n);
        self.now.store(people.session_used(n).micros(), Ordering::Relaxed);
        let mut cookie = [0; 48];
        for (to, from) in cookie.iter_mut().zip(id.bytes().iter().chain(&secret)) {
            *to = *from;
        }
        let cookies = format!(
            "__Host-bidden-session={}; __Host-bidden-browser={}",
            token::encode(&cookie),
            token::encode(&people.browser_half(n))
        );
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "localhost:8000")
            .header(header::COOKIE, cookies)
            .body(Body::empty())
            .map_err(|error| Fault::new("a request", error))?;
        let (status, length) = self.runtime.block_on(async {
            let answer = self.front.answer(Ipv4Addr::LOCALHOST.into(), request).await;
            let status = answer.status();
            let body = answer.into_body().collect().await.map_err(|error| Fault::new("a page", error))?;
            Ok::<_, Fault>((status, body.to_bytes().len()))
        })?;
        if status == StatusCode::OK && length > 1_000 {
            Ok(())
        } else {
            Err(Fault::plain("a page is not what was asked for"))
        }
    }
}
