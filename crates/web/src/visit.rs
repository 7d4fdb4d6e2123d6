//! One request, understood: who may be there, in which browser, from where, at what time.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use flow::entry;
use flow::oauth::provider::{AUTHORIZE, LOGOUT, USER_CODE_PAGE};
use flow::oauth::request;
use flow::session::{self, Visitor};
use http::HeaderMap;
use http::request::Parts;
use model::cx::Cx;
use model::digest::{Digest, Of};
use model::id::SessionId;
use model::source::Source;
use wire::form::Query;
use wire::http::cookie::{self, SameSite, SetCookie};
use wire::http::forwarded::client_address;
use wire::http::host::Host;
use wire::http::user_agent::Browser;
use wire::token;

use crate::app::App;
use crate::error::Trouble;
use crate::oauth::authorize::page_of;
use crate::page::small;
use crate::pages::device::WAITS_HERE;

/// The cookie that holds the browser half: what a code is bound to, and by which a browser is known.
pub(crate) const BROWSER: &str = "__Host-bidden-browser";
/// The cookie of a browser session.
pub(crate) const SESSION: &str = "__Host-bidden-session";
/// The cookie of whoever has typed the right password and is asked for the app's code.
pub(crate) const HALFWAY: &str = "__Host-bidden-halfway";
/// The cookie of whoever has to sign in before a client is answered: the address of its request.
pub(crate) const REQUEST: &str = "__Host-bidden-request";
/// The cookie of whoever typed the code of a device: which, and the secret that it is before this browser by.
pub(crate) const DEVICE: &str = "__Host-bidden-device";
/// The cookie of whoever opened a window for a device: which, and its code, which is kept nowhere else.
pub(crate) const PAIRING: &str = "__Host-bidden-pairing";
/// The cookie of an approver's browser: of which, and the secrets that it is by. It opens `/approve` and nothing else.
pub(crate) const APPROVER: &str = "__Host-bidden-approver";
/// The cookie of whoever shows another device the code by which it becomes an approver: which, and the code.
pub(crate) const ENROLMENT: &str = "__Host-bidden-enrolment";
/// How long a browser remembers itself: as long as browsers allow.
pub(crate) const BROWSER_AGE: u64 = 400 * 24 * 60 * 60;

/// The address of the other end of the connection; set by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// One request.
pub(crate) struct Visit {
    pub(crate) app: Arc<App>,
    pub(crate) cx: Cx,
    pub(crate) source: Source,
    /// The other end of the connection, proxy or not.
    pub(crate) peer: IpAddr,
    /// The browser half: as presented, or made for this request.
    pub(crate) half: [u8; 16],
    /// Whether the half was made for this request, and must be given to the browser.
    pub(crate) fresh: bool,
    /// Whoever is signed in.
    pub(crate) visitor: Option<Visitor>,
    /// How many ways in wait for whoever is signed in, for every page to say so.
    pub(crate) waiting: u32,
    /// Whether a session cookie was presented that signs nobody in.
    pub(crate) stale_session: bool,
    /// What [`HALFWAY`] holds.
    pub(crate) halfway: Option<String>,
    /// What [`REQUEST`] holds.
    pub(crate) request: Option<String>,
    /// What [`DEVICE`] holds.
    pub(crate) device: Option<String>,
    /// What [`PAIRING`] holds.
    pub(crate) pairing: Option<String>,
    /// What [`APPROVER`] holds.
    pub(crate) approver: Option<String>,
    /// What [`ENROLMENT`] holds.
    pub(crate) enrolment: Option<String>,
    pub(crate) query: Query,
    /// The name of ours that the request was sent to.
    pub(crate) host: Option<Host>,
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
}

fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    cookie::find(headers.get_all(http::header::COOKIE).iter().map(http::HeaderValue::as_bytes), name)
}

impl Visit {
    pub(crate) fn read(app: &Arc<App>, parts: &Parts) -> Result<Self, Trouble> {
        let mut cx = app.cx();
        let headers = &parts.headers;
        let (peer, source) = from_where(app, parts);
        let presented = find_cookie(headers, BROWSER).and_then(|value| token::decode::<16>(value).ok());
        let half = match presented {
            Some(half) => half,
            None => cx.entropy.bytes()?,
        };
        let session = find_cookie(headers, SESSION);
        let visitor = match session.and_then(|value| token::decode::<48>(value).ok()) {
            Some(bytes) => {
                let (id, secret) = split(&bytes);
                session::find(&app.store, &cx, id, &secret)?
            }
            None => None,
        };
        let waiting = match &visitor {
            Some(visitor) => small(entry::list(&app.store, visitor.account.id, cx.now)?.len()),
            None => 0,
        };
        let stale_session = session.is_some() && visitor.is_none();
        let halfway = find_cookie(headers, HALFWAY).map(str::to_owned);
        let request = find_cookie(headers, REQUEST).map(str::to_owned);
        let device = find_cookie(headers, DEVICE).map(str::to_owned);
        let pairing = find_cookie(headers, PAIRING).map(str::to_owned);
        let approver = find_cookie(headers, APPROVER).map(str::to_owned);
        let enrolment = find_cookie(headers, ENROLMENT).map(str::to_owned);
        // What clients ask for is read by other rules, under which a doubled name does not spoil the whole.
        let own = ![AUTHORIZE, LOGOUT].contains(&parts.uri.path());
        let query = Query::parse(parts.uri.query().filter(|_| own))?;
        let host = headers.get(http::header::HOST).and_then(|value| value.to_str().ok());
        let host = host.and_then(|host| Host::parse(host).ok());
        let (app, fresh) = (Arc::clone(app), presented.is_none());
        Ok(Self {
            app,
            cx,
            source,
            peer,
            half,
            fresh,
            visitor,
            waiting,
            stale_session,
            halfway,
            request,
            device,
            pairing,
            approver,
            enrolment,
            query,
            host,
        })
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// [`Trouble::SignInFirst`] when nobody is.
    pub(crate) fn signed_in(&self) -> Result<&Visitor, Trouble> {
        self.visitor.as_ref().ok_or(Trouble::SignInFirst)
    }

    /// Where whoever has signed in goes on: back to what a client asked for, or to a page of ours.
    ///
    /// # Errors
    /// A fault of the store.
    pub(crate) fn onward(&self, otherwise: &str) -> Result<String, Trouble> {
        Ok(match &self.request {
            Some(page) if page == WAITS_HERE && self.app.user_codes => USER_CODE_PAGE.to_owned(),
            Some(reference) if request::waits(&self.app.store, &self.cx, reference)? => page_of(reference),
            Some(_) | None => otherwise.to_owned(),
        })
    }

    /// The hidden field of every form: only this browser, in this session, can have it.
    pub(crate) fn csrf(&self) -> String {
        token::encode(self.csrf_digest().bytes())
    }

    fn csrf_digest(&self) -> Digest {
        let session = self.visitor.as_ref().map(|visitor| visitor.session.id);
        let session: &[u8] = session.as_ref().map_or(&[], |id| id.bytes());
        self.app.store.keys().digest(Of::Form, &[b"csrf", &self.half, session])
    }

    /// Whether `field` is what [`Self::csrf`] gave.
    pub(crate) fn csrf_matches(&self, field: &str) -> bool {
        token::decode::<16>(field).is_ok_and(|bytes| Digest::from_bytes(bytes).matches(&self.csrf_digest()))
    }

    /// Whether the request came to this machine directly, from this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.app.site.loopback && self.app.site.proxies.is_empty() && self.peer.is_loopback()
    }

    /// The cookies that every answer to this visit carries.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let mut cookies = Vec::new();
        if self.fresh {
            cookies.push(browser_cookie(&self.half));
        }
        if self.stale_session {
            cookies.push(SetCookie::removal(SESSION).to_header());
        }
        cookies
    }
}

/// The other end of the connection, and where the request came from.
pub(crate) fn from_where(app: &App, parts: &Parts) -> (IpAddr, Source) {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
    // Proxies write X-Forwarded-For and pass on what a client claims in Forwarded; only the first counts.
    let address = client_address(peer, &[], &text(&parts.headers, "x-forwarded-for"), &app.site.proxies);
    let agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    (peer, Source { address: Some(address), browser: Browser::parse(agent.unwrap_or_default()) })
}

fn browser_cookie(half: &[u8; 16]) -> String {
    let value = token::encode(half);
    SetCookie { name: BROWSER, value, max_age: Some(BROWSER_AGE), same_site: SameSite::Lax }.to_header()
}

/// The cookie of a session that has just started.
pub(crate) fn session_cookie(id: SessionId, secret: &[u8; 32], seconds: u64) -> String {
    let mut bytes = [0; 48];
    for (to, from) in bytes.iter_mut().zip(id.bytes().iter().chain(secret)) {
        *to = *from;
    }
    let value = token::encode(&bytes);
    SetCookie { name: SESSION, value, max_age: Some(seconds), same_site: SameSite::Lax }.to_header()
}

fn split(bytes: &[u8; 48]) -> (SessionId, [u8; 32]) {
    let (mut id, mut secret) = ([0; 16], [0; 32]);
    for (to, from) in id.iter_mut().chain(secret.iter_mut()).zip(bytes) {
        *to = *from;
    }
    (SessionId::from_bytes(id), secret)
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Trouble;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        Self::read(app, parts)
    }
}
