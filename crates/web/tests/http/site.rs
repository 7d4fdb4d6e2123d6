//! A whole site in process: the router over a store, a clock that the test turns, the post, and what time brings.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use flow::account::{self, Change};
use flow::deliver::{self, Leased};
use flow::{Recorded, Store, Tx, invitation, operator, sweep};
use http::{Request, Response};
use http_body_util::BodyExt;
use model::account::{Account, Role};
use model::address::Address;
use model::budget::{Chance, MailAllowance};
use model::cx::Cx;
use model::digest::Keys;
use model::event::Event;
use model::fault::Fault;
use model::id::RequestId;
use model::message::{Body as Letter, Delivery};
use model::notice::Notice;
use model::place::Maps;
use model::policy::Policy;
use model::source::Source;
use model::time::{DAY, Time};
use model::voice::Voice;
use web::hashing::Pool;
use web::{App, Front};
use wire::http::network::Network;
use wire::http::origin::Origin;
use wire::mail::mailbox::Mailbox;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::explaining::Echo;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAYS: Duration = Duration::from_secs(24 * 60 * 60);

/// The name of the site.
pub(crate) const NAME: &str = "Quayside";

/// What kind of site.
pub(crate) struct Plan {
    pub(crate) policy: Policy,
    pub(crate) public_url: &'static str,
    pub(crate) loopback: bool,
    pub(crate) inbox: bool,
    pub(crate) proxies: Vec<&'static str>,
    /// In a file instead of in memory.
    pub(crate) file: bool,
    /// How long it takes at least until a wrong password is answered.
    pub(crate) even: Duration,
    /// Another pool that hashes passwords.
    pub(crate) hashing: Option<Pool>,
    /// Who fetches what clients keep elsewhere.
    pub(crate) fetch: Option<web::Fetch>,
    /// Whether devices may show codes.
    pub(crate) user_codes: bool,
    /// Whether somebody says what messages mean.
    pub(crate) explain: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            public_url: "http://localhost:8000",
            loopback: true,
            inbox: false,
            proxies: Vec::new(),
            file: false,
            even: Duration::ZERO,
            hashing: None,
            fetch: None,
            user_codes: false,
            explain: true,
        }
    }
}

/// A policy without budgets, for tests of something else.
pub(crate) fn unlimited() -> Policy {
    let mails = MailAllowance { per_day: 255, per_week: 255 };
    let everything = Chance::from_units(i64::MAX / 2);
    Policy {
        mails,
        known_mails: mails,
        epsilon: everything,
        epsilon_known: everything,
        epsilon_all: everything,
        ..Policy::default()
    }
}

/// What browsers are connected to.
pub(crate) struct Line {
    pub(crate) origin: String,
    front: Front,
    runtime: tokio::runtime::Runtime,
    clock: Arc<AtomicI64>,
    /// Every answer so far.
    said: Mutex<Vec<Answer>>,
}

impl Line {
    pub(crate) fn now(&self) -> Time {
        Time::from_micros(self.clock.load(Ordering::Relaxed))
    }

    /// Lets a millisecond pass: what happens in one and the same has no order on the record.
    pub(crate) fn tick(&self) {
        self.clock.fetch_add(1000, Ordering::Relaxed);
    }

    /// One request, answered.
    pub(crate) fn ask(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = self.runtime.block_on(Self::answer(&self.front, request, asked));
        self.said.lock().unwrap().push(answer.clone());
        answer
    }

    fn answer(front: &Front, request: Request<Body>, asked: String) -> impl Future<Output = Answer> + use<> {
        let peer = request.extensions().get::<web::Peer>().unwrap().0;
        let answer = front.answer(peer, request);
        async move { Self::read(answer.await, asked).await }
    }

    async fn read(answer: Response<Body>, asked: String) -> Answer {
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { asked, status: head.status.as_u16(), headers: head.headers, body }
    }

    /// A request that is only begun: whoever wants the answer drives it.
    pub(crate) fn begin(&self, request: Request<Body>) -> impl Future<Output = Answer> + use<> {
        Self::answer(&self.front, request, String::new())
    }

    pub(crate) const fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }
}

/// A mail that left.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) request: RequestId,
    pub(crate) code: String,
    pub(crate) reference: String,
    /// The path of "I did not ask for this".
    pub(crate) not_me: String,
    pub(crate) expires_at: Time,
    pub(crate) source: Source,
}

/// The site.
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) line: Arc<Line>,
    pub(crate) folder: Option<Folder>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(Plan::default())
    }

    pub(crate) fn with(plan: Plan) -> Self {
        Self::with_places(plan, Maps::new("en"))
    }

    pub(crate) fn with_places(plan: Plan, maps: Maps) -> Self {
        let folder = plan.file.then(Folder::new);
        let keys = Arc::new(Keys::simulated().unwrap());
        let store = match &folder {
            Some(folder) => Store::open(&folder.file(), keys, |_| {}).unwrap(),
            None => Store::in_memory(keys).unwrap(),
        };
        let clock = Arc::new(AtomicI64::new(20_000 * DAY + DAY / 2));
        let site = web::Site {
            name: NAME.to_owned(),
            public_url: plan.public_url.to_owned(),
            origin: Origin::parse(plan.public_url).unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            language: "en".to_owned(),
            loopback: plan.loopback,
            inbox: plan.inbox,
            proxies: plan.proxies.iter().map(|network| Network::parse(network).unwrap()).collect(),
            mail_from: Some(Mailbox::parse("sign-in@example.org").unwrap()),
            settings: vec![web::Setting {
                key: "smtp.password".to_owned(),
                value: "set".to_owned(),
                place: Some("BIDDEN_SMTP_PASSWORD".to_owned()),
            }],
            stylesheet: Some(":root { --accent: teal; }".to_owned()),
            logo: Some(("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec())),
        };
        let hands = Arc::clone(&clock);
        let clock_of_app: web::Clock = Arc::new(move || Time::from_micros(hands.load(Ordering::Relaxed)));
        let app = App::new(store, site, Arc::new(plan.policy), clock_of_app).unwrap();
        let app = app.with_user_codes(plan.user_codes);
        let app = app.with_places(Arc::new(maps)).answering_after(plan.even);
        let app = if plan.explain { app.with_explanations(Arc::new(Echo)) } else { app };
        let app = match plan.fetch {
            Some(fetch) => app.with_documents(fetch, true),
            None => app,
        };
        let app = Arc::new(match plan.hashing {
            Some(hashing) => app.with_passwords(hashing, None),
            None => app,
        });
        let line = Line {
            origin: plan.public_url.to_owned(),
            front: Front::new(Arc::clone(&app)),
            runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap(),
            clock,
            said: Mutex::default(),
        };
        Self { app, line: Arc::new(line), folder }
    }

    pub(crate) fn browser(&self) -> Browser {
        self.browser_at("127.0.0.1")
    }

    pub(crate) fn browser_at(&self, peer: &str) -> Browser {
        Browser::new(Arc::clone(&self.line), peer)
    }

    pub(crate) fn cx(&self) -> Cx {
        self.app.cx()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.line.clock.fetch_add(model::time::micros(by), Ordering::Relaxed);
    }

    /// For a second run that is to see the times of the first.
    pub(crate) fn set_back(&self, by: Duration) {
        self.line.clock.fetch_sub(model::time::micros(by), Ordering::Relaxed);
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    ) -> T {
        let mut cx = self.cx();
        self.app.store().write_now(move |tx| work(tx, &mut cx)).unwrap()
    }

    pub(crate) fn address(&self, text: &str) -> Address {
        Address::new(Mailbox::parse(text).unwrap(), self.app.store().keys())
    }

    /// The path of the set-up link.
    pub(crate) fn set_up_link(&self) -> String {
        format!("/welcome/{}", self.write(invitation::set_up).unwrap().expose())
    }

    /// The path of an invitation.
    pub(crate) fn invite(&self, address: &str) -> String {
        let address = self.address(address);
        let link = self.write(move |tx, cx| invitation::invite(tx, cx, &address, Role::Member)).unwrap();
        format!("/welcome/{}", link.expose())
    }

    /// Opens an account by an invitation; returns the browser that is signed in to it.
    pub(crate) fn open(&self, address: &str) -> Browser {
        let link = self.invite(address);
        self.open_by(&link, address)
    }

    /// Opens the first account.
    pub(crate) fn open_first(&self, address: &str) -> Browser {
        let link = self.set_up_link();
        self.open_by(&link, address)
    }

    fn open_by(&self, link: &str, address: &str) -> Browser {
        let mut browser = self.browser();
        browser.get(link);
        let page = browser.post(link, &[("address", address)]).location();
        let code = self.mail().code;
        assert_eq!(browser.submit(&page, &code).location(), "/account?notice=opened");
        assert!(browser.is_signed_in());
        browser
    }

    /// Signs `browser` in by a whole round.
    pub(crate) fn sign_in(&self, browser: &mut Browser, address: &str) {
        let page = browser.ask(address);
        let code = self.mail().code;
        assert_eq!(browser.submit(&page, &code).location(), "/account");
        assert!(browser.is_signed_in());
    }

    /// Whether a session is provisional.
    pub(crate) fn store_has_doubt(&self, id: model::id::SessionId) -> bool {
        let found = self.app.store().read(|reader| store::sessions::find(reader, id)).unwrap();
        found.is_some_and(|(session, _)| session.doubted_at.is_some())
    }

    pub(crate) fn account(&self, address: &str) -> Account {
        account::find(self.app.store(), &self.address(address)).unwrap().unwrap()
    }

    pub(crate) fn change(&self, address: &str, change: Change) {
        let id = self.account(address).id;
        self.write(move |tx, cx| account::change(tx, cx, id, change)).unwrap();
    }

    pub(crate) fn lease(&self) -> Vec<Leased> {
        self.write(|tx, cx| deliver::lease(tx, cx, 10_000))
    }

    /// Hands over every code mail that is due; decoys go the same way and leave nothing.
    pub(crate) fn post(&self) -> Vec<Mail> {
        let mut mails = Vec::new();
        for leased in self.lease() {
            let message =
                deliver::compose(self.app.store(), &self.cx(), &flow::deliver::Held::default(), &leased)
                    .unwrap();
            if let Some(message) = message
                && !leased.decoy
                && let Letter::SignInCode { request, code, reference, not_me, expires_at, source, .. } =
                    message.body
            {
                mails.push(Mail {
                    to: message.to,
                    request,
                    code: code.expose().to_owned(),
                    reference,
                    not_me: format!("/not-me/{not_me}"),
                    expires_at,
                    source,
                });
            }
            self.write(move |tx, cx| deliver::settle(tx, cx, &leased, &Delivery::HandedOver));
        }
        mails
    }

    /// Hands over everything that is due and returns the notices: whom it went to, what it says, the path in it.
    pub(crate) fn notices(&self) -> Vec<(String, Notice, Option<String>)> {
        let mut notices = Vec::new();
        for leased in self.lease() {
            let message =
                deliver::compose(self.app.store(), &self.cx(), &flow::deliver::Held::default(), &leased)
                    .unwrap();
            if let Some(message) = message
                && !leased.decoy
                && let Letter::Notice { notice, link, .. } = message.body
            {
                notices.push((message.to, notice, link.map(|link| link.expose().clone())));
            }
            self.write(move |tx, cx| deliver::settle(tx, cx, &leased, &Delivery::HandedOver));
        }
        notices
    }

    /// The one mail that is due.
    pub(crate) fn mail(&self) -> Mail {
        let mut mails = self.post();
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }

    /// Does what the server does every few seconds.
    pub(crate) fn sweep(&self) {
        while self.write(sweep::expire_codes) {}
        while self.write(sweep::end_sessions) {}
        while self.write(sweep::sum_up) {}
        while self.write(sweep::detach_due) {}
        while self.write(sweep::expire_entries) {}
        while self.write(sweep::expire_pairings) {}
        while self.write(sweep::expire_approvals) {}
        while self.write(sweep::expire_devices) {}
        for key in sweep::digests_due(self.app.store(), &self.cx()).unwrap() {
            self.write(move |tx, cx| sweep::digest(tx, cx, key));
        }
        for key in flow::summary::due(self.app.store(), &self.cx()).unwrap() {
            self.write(move |tx, cx| flow::summary::tell(tx, cx, key));
        }
        for held in flow::notice::held_due(self.app.store(), &self.cx()).unwrap() {
            self.write(move |tx, cx| flow::notice::tell_held(tx, cx, &held));
        }
    }

    /// The whole record, newest first.
    pub(crate) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut before = None;
        loop {
            let page = operator::page(self.app.store(), operator::Show::All, before, 1000).unwrap();
            events.extend(page.events);
            before = page.older;
            if before.is_none() {
                return events;
            }
        }
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.events().iter().filter(|event| event.kind.name() == kind).count()
    }

    /// Every answer so far.
    pub(crate) fn said(&self) -> Vec<Answer> {
        self.line.said.lock().unwrap().clone()
    }

    /// The bytes of the database and of its log: equal before and after means that nothing was written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.folder.as_ref().unwrap().bytes()
    }
}

/// The text of the pages with this identifier.
pub(crate) fn words(id: &str) -> String {
    let voice = Voice::new("en", &[web::view::assets::ENGLISH]).unwrap();
    assert!(voice.knows(id), "{id}");
    voice.say(id).into_owned()
}

/// The text of the pages with this identifier, about a number.
pub(crate) fn counted(id: &str, n: u32) -> String {
    let voice = Voice::new("en", &[web::view::assets::ENGLISH]).unwrap();
    assert!(voice.knows(id), "{id}");
    voice.fill(id, &[("n", n.into())])
}

/// A code that is not `code`; the `n`-th of several.
pub(crate) fn wrong(code: &str, n: usize) -> String {
    let letters = wire::base20::ALPHABET;
    let first = code.chars().next().unwrap();
    let at = letters.iter().position(|letter| *letter == first).unwrap();
    code.replacen(first, &letters[(at + 1 + n % 19) % 20].to_string(), 1)
}

/// A folder of its own, removed when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bidden-web-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("bidden.db")
    }

    fn bytes(&self) -> Vec<u8> {
        let names = ["bidden.db", "bidden.db-wal"];
        names.iter().flat_map(|name| std::fs::read(self.0.join(name)).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
