//! The server of a drill: whole, on a loopback address, in a directory of its own, with a clock that the drill turns.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use flow::deliver;
use flow::oauth::keys::{self, Keyring};
use flow::{Scratch, invitation, operator};
use http::{HeaderMap, Method};
use model::account::Role;
use model::address::Address;
use model::event::{Event, EventKind};
use model::id::RequestId;
use model::message::{Body, Delivery};
use model::place::Maps;
use model::time::Time;
use outbound::letterhead::Letterhead;
use outbound::visitor::{self, Reply};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use web::listen::Listener;
use web::{App, Front};
use wire::mail::mailbox::Mailbox;

use super::browser::Browser;
use super::{Attack, Stage};
use crate::commands::failed;
use crate::config::settings::Config;
use crate::worker::detect;
use crate::{Failed, declared, installation, serve, worker};

/// The owner of the account that is attacked, who is also the operator; and a second mailbox of theirs.
pub(super) const OWNER: &str = "ada@example.org";
pub(super) const SECOND: &str = "ada@example.net";
/// Where the owner is.
pub(super) const HOME: &str = "93.184.216.34";
/// Where the attacker is: in the same city, at the same provider, where a proxy was rented for the purpose.
pub(super) const AWAY: &str = "93.184.216.35";
/// When a drill begins, whenever it is played: the fifth of January 2026, nine o'clock (UTC), in microseconds.
const MORNING: i64 = 1_767_603_600_000_000;

/// A mail that left.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    /// When it left.
    pub(super) at: Time,
    /// Whom it went to.
    pub(super) to: String,
    pub(super) subject: String,
    /// The text, as somebody reads it.
    pub(super) text: String,
    /// The code that it carries.
    pub(super) code: Option<String>,
    /// The request for that code.
    pub(super) request: Option<RequestId>,
}

impl Mail {
    /// The paths of all links in it to a site of ours.
    pub(super) fn links(&self, site: &str) -> Vec<String> {
        let rest = self.text.split(site).skip(1);
        rest.filter_map(|rest| rest.split(|letter: char| letter.is_whitespace() || letter == '>').next())
            .filter(|path| path.starts_with('/'))
            .map(str::to_owned)
            .collect()
    }

    /// The path of the first link in it that begins so.
    pub(super) fn link(&self, beginning: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(beginning)?;
        let token = rest.split(|letter: char| letter.is_whitespace() || letter == '>').next()?;
        Some(format!("{beginning}{token}"))
    }
}

/// The server, and everything around it.
pub(super) struct World {
    app: Arc<App>,
    hands: Arc<AtomicI64>,
    runtime: Runtime,
    config: Config,
    letterhead: Letterhead,
    mails: Vec<Mail>,
    watch: detect::Watch,
    /// The browser in which the owner opened the account: the one that is known.
    home: Browser,
    /// When the attack began.
    pub(super) began: Time,
    /// Ends the listener when dropped.
    _end: oneshot::Sender<()>,
    /// Last, so that the store is closed before its database and its directory go.
    _database: Option<Scratch>,
    _place: Place,
}

/// The directory, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new() -> Result<Self, Failed> {
        let name: [u8; 8] = model::entropy::Entropy::system().bytes()?;
        let name = format!("bidden-drill-{}", wire::token::hex(&name));
        Ok(Self(std::env::temp_dir().join(name)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whatever is left there is of no use to anybody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl World {
    /// Starts a server for this attack, and opens the owner's account.
    pub(super) fn start(attack: &Attack, stage: &Stage) -> Result<Self, Failed> {
        let place = Place::new()?;
        let database = stage.database().map_err(|fault| failed(&fault))?;
        let mut config = Config::of(&(attack.settings)(), &place.0)?;
        let listener = Listener::bind(config.listen, None)?;
        config.bound_to(listener.address()?.port());
        let store = match &database {
            None => installation::make(&config, |_| {})?,
            Some(database) => installation::make_in(&config, database.settings(), |_| {})?,
        };
        let hands = Arc::new(AtomicI64::new(MORNING));
        let shown = Arc::clone(&hands);
        let maps = Arc::new(Maps::new(config.language.tag()));
        let letterhead = serve::letterhead(&config, maps)?;
        let policy = Arc::new(serve::policy(&config, &letterhead)?);
        let site = serve::site(&config)?;
        let app = App::new(
            store,
            site,
            policy,
            Arc::new(move || Time::from_micros(shown.load(Ordering::Relaxed))),
        )?;
        let app = serve::opened(app, &config).answering_after(Duration::ZERO).drawing(stage.chance(attack));
        let app = Arc::new(app);
        declared::bring_into_line(&config, &app)?;
        keys::settle(app.store(), &|| app.cx(), None).map_err(|fault| failed(&fault))?;
        app.take_keys(Keyring::load(app.store()).map_err(|fault| failed(&fault))?);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (end, ended) = oneshot::channel::<()>();
        let front = Front::new(Arc::clone(&app));
        runtime.spawn(listener.serve(front, async {
            let _ = ended.await;
        }));
        let mut world = Self {
            began: app.cx().now,
            hands,
            runtime,
            config,
            letterhead,
            mails: Vec::new(),
            watch: detect::Watch::new(&app),
            home: Browser::new(HOME),
            app,
            _end: end,
            _database: database,
            _place: place,
        };
        world.settle_in()?;
        Ok(world)
    }

    /// Opens the account of the owner, with two mailboxes, two days before anything happens.
    fn settle_in(&mut self) -> Result<(), Failed> {
        let mut cx = self.app.cx();
        let link = self.app.store().write_now(move |tx| invitation::set_up(tx, &mut cx));
        let link = link
            .map_err(|fault| failed(&fault))?
            .ok_or_else(|| Failed("the store is not empty".to_owned()))?;
        let mut owner = self.browser(HOME);
        let path = format!("/welcome/{}", link.expose());
        owner.open(self, &path)?;
        let page = owner.post(self, &path, &[("address", OWNER)])?.leads_to()?;
        let code = self.code_for(OWNER)?;
        owner.open(self, &page)?;
        owner.post(self, &page, &[("code", &code)])?.leads_to()?;
        owner.open(self, "/account/addresses")?;
        let page = owner
            .post(self, "/account/addresses", &[("address", SECOND), ("role", "recovery")])?
            .leads_to()?;
        let code = self.code_for(SECOND)?;
        owner.open(self, &page)?;
        owner.post(self, &page, &[("code", &code)])?.leads_to()?;
        self.home = owner;
        self.pass(Duration::from_secs(2 * 24 * 60 * 60))?;
        self.began = self.now();
        Ok(())
    }

    /// A browser at this network address.
    pub(super) fn browser(&self, from: &str) -> Browser {
        Browser::new(from)
    }

    /// Somebody else's browser, signed in to an account of theirs that they were invited to open.
    pub(super) fn join(&mut self, address: &str, from: &'static str) -> Result<Browser, Failed> {
        let mailbox = Mailbox::parse(address)?;
        let invited = Address::new(mailbox, self.app.store().keys());
        let mut cx = self.app.cx();
        let link =
            self.app.store().write_now(move |tx| invitation::invite(tx, &mut cx, &invited, Role::Member));
        let link =
            link.map_err(|fault| failed(&fault))?.map_err(|_| Failed(format!("{address} is not invited")))?;
        let mut browser = self.browser(from);
        let path = format!("/welcome/{}", link.expose());
        browser.open(self, &path)?;
        let page = browser.post(self, &path, &[("address", address)])?.leads_to()?;
        let code = self.code_for(address)?;
        browser.open(self, &page)?;
        browser.post(self, &page, &[("code", &code)])?.leads_to()?;
        Ok(browser)
    }

    /// The owner's browser, at home, known, and signed in a moment ago.
    pub(super) fn owner(&mut self) -> Result<Browser, Failed> {
        let mut browser = self.home.clone();
        // Whatever is left of its first session.
        browser.open(self, "/account")?;
        browser.post(self, "/sign-out", &[])?;
        browser.open(self, "/sign-in")?;
        let page = browser.post(self, "/sign-in", &[("address", OWNER)])?.leads_to()?;
        let code = self.code_for(OWNER)?;
        browser.open(self, &page)?;
        browser.post(self, &page, &[("code", &code)])?.leads_to()?;
        Ok(browser)
    }

    /// The time of the server.
    pub(super) fn now(&self) -> Time {
        Time::from_micros(self.hands.load(Ordering::Relaxed))
    }

    /// Where the server is, as it calls itself.
    pub(super) fn url(&self) -> &str {
        &self.config.public_url
    }

    /// What happens in one and the same moment has no order on the record.
    pub(super) fn tick(&self) {
        self.hands.fetch_add(1000, Ordering::Relaxed);
    }

    /// Lets time pass, and does what it brings: what nobody answered lapses, detectors look, and mails leave.
    pub(super) fn pass(&mut self, time: Duration) -> Result<(), Failed> {
        self.hands.fetch_add(model::time::micros(time), Ordering::Relaxed);
        self.runtime.block_on(worker::sweep::round(&self.app)).map_err(|fault| failed(&fault))?;
        self.look()?;
        self.post()
    }

    /// Shows the detectors what was recorded.
    fn look(&mut self) -> Result<(), Failed> {
        let looking = detect::once(&self.app, &mut self.watch, false);
        self.runtime.block_on(looking).map_err(|fault| failed(&fault))
    }

    /// What the detectors have found since the attack began: each once, in the order in which it was found.
    pub(super) fn findings(&mut self) -> Result<Vec<String>, Failed> {
        self.look()?;
        let mut found: Vec<String> = Vec::new();
        for event in self.events()? {
            if let EventKind::FindingRaised { finding } = event.kind {
                let detector = finding.detector.to_string();
                if !found.contains(&detector) {
                    found.push(detector);
                }
            }
        }
        Ok(found)
    }

    /// One request, from a network address, as the proxy before the server would hand it on.
    pub(super) fn ask(
        &self,
        from: &str,
        (method, path): (Method, &str),
        mut headers: HeaderMap,
        content: String,
    ) -> Result<Reply, Failed> {
        self.tick();
        let address = self.config.listen;
        headers.extend(self.as_the_proxy(from)?);
        Ok(self.runtime.block_on(visitor::ask(address, (method, path), headers, content))?)
    }

    /// Hands over every mail that is due.
    pub(super) fn post(&mut self) -> Result<(), Failed> {
        let lost = |fault: model::fault::Fault| failed(&fault);
        let cx = self.app.cx();
        let leased = self.app.store().write_now(move |tx| deliver::lease(tx, &cx, 1000)).map_err(lost)?;
        for message in leased {
            let composed =
                deliver::compose(self.app.store(), &self.app.cx(), &flow::deliver::Held::default(), &message)
                    .map_err(lost)?;
            if let Some(composed) = composed.filter(|_| !message.decoy) {
                let letter = outbound::render::render(&composed, &self.letterhead)?;
                let (code, request) = match &composed.body {
                    Body::SignInCode { code, request, .. } => {
                        (Some(code.expose().to_owned()), Some(*request))
                    }
                    Body::Digest { .. } | Body::Notice { .. } => (None, None),
                };
                let (at, to) = (self.now(), letter.to);
                self.mails.push(Mail { at, to, subject: letter.subject, text: letter.text, code, request });
            }
            let mut cx = self.app.cx();
            let settled =
                move |tx: &mut flow::Tx<'_>| deliver::settle(tx, &mut cx, &message, &Delivery::HandedOver);
            self.app.store().write_now(settled).map_err(lost)?;
        }
        Ok(())
    }

    /// Every mail that left.
    pub(super) fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// Many forms at the same moment, from one network address; how many were answered.
    pub(super) fn ask_all(
        &self,
        from: &str,
        path: &str,
        headers: &HeaderMap,
        contents: Vec<String>,
    ) -> Result<usize, Failed> {
        self.tick();
        let mut headers = headers.clone();
        headers.extend(self.as_the_proxy(from)?);
        let address = self.config.listen;
        self.runtime.block_on(async {
            let mut all = JoinSet::new();
            for content in contents {
                let (headers, path) = (headers.clone(), path.to_owned());
                all.spawn(
                    async move { visitor::ask(address, (Method::POST, &path), headers, content).await },
                );
            }
            let answers = all.join_all().await;
            Ok(answers.iter().filter(|answer| answer.is_ok()).count())
        })
    }

    /// What the proxy before the server adds to a request.
    fn as_the_proxy(&self, from: &str) -> Result<HeaderMap, Failed> {
        let host = self.url().split_once("://").map_or("", |(_, host)| host).to_owned();
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse()?);
        headers.insert("x-forwarded-for", from.parse()?);
        Ok(headers)
    }

    /// The code of the newest mail to this address.
    pub(super) fn code_for(&mut self, address: &str) -> Result<String, Failed> {
        self.post()?;
        let newest =
            self.mails.iter().rev().find(|mail| mail.to == address).and_then(|mail| mail.code.clone());
        newest.ok_or_else(|| Failed(format!("no code was mailed to {address}")))
    }

    /// The mails that left since the attack began, and carry no code.
    pub(super) fn notices(&mut self) -> Result<Vec<Mail>, Failed> {
        self.post()?;
        Ok(self.mails.iter().filter(|mail| mail.at >= self.began && mail.code.is_none()).cloned().collect())
    }

    /// Everything that was recorded since the attack began, oldest first.
    pub(super) fn events(&self) -> Result<Vec<Event>, Failed> {
        let (mut events, mut before): (Vec<Event>, _) = (Vec::new(), None);
        loop {
            let page = operator::page(self.app.store(), operator::Show::All, before, 1000);
            let page = page.map_err(|fault| failed(&fault))?;
            events.extend(page.events);
            before = page.older;
            if before.is_none() || events.last().is_some_and(|event| event.at < self.began) {
                break;
            }
        }
        events.retain(|event| event.at >= self.began);
        events.reverse();
        Ok(events)
    }

    /// The store of the server, to look something up that no page tells.
    pub(super) fn store(&self) -> &flow::Store {
        self.app.store()
    }
}
