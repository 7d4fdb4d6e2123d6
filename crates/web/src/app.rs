//! What every handler needs: the store, the site, the clock; and the one bridge from async to the store.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use flow::lease::Node;
use flow::oauth::keys::Keyring;
use flow::oauth::paces::Paces;
use flow::oauth::provider::Provider;
use flow::passkey::RelyingParty;
use flow::password::breached::Breached;
use flow::{Reader, Recorded, Store, Tx};
use jiff::tz::TimeZone;
use model::cx::Cx;
use model::entropy::Entropy;
use model::fault::Fault;
use model::place::{Atlas, Nowhere};
use model::policy::Policy;
use model::time::Time;
use model::voice::{Unspeakable, Voice};
use tokio::sync::{Semaphore, oneshot};
use wire::http::network::Network;
use wire::http::origin::{Origin, Scheme};
use wire::mail::mailbox::Mailbox;

use crate::error::Trouble;
use crate::explaining::{Explain, Explaining};
use crate::hashing::Pool;
use crate::oauth::fetched::{Fetch, Fetched};
use crate::oauth::published::Published;
use crate::view::assets;

/// How many writes may be under way at once. Whoever comes beyond that is told to come back, and not queued.
const WRITES: usize = 1024;

/// How long it takes at least until a wrong password is answered: longer than hashes of most other systems take to verify, so
/// that nobody sees which accounts have one. Ours takes some 20 ms.
const EVEN: Duration = Duration::from_millis(500);

/// A clock that never goes back.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// Where the chance of each request comes from.
pub type Chance = Arc<dyn Fn() -> Entropy + Send + Sync>;

/// What is particular to this installation.
pub struct Site {
    /// The name on every page.
    pub name: String,
    /// The origin people reach it by, without a slash at the end.
    pub public_url: String,
    /// The same, parsed.
    pub origin: Origin,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// The language of the pages.
    pub language: String,
    /// Whether it can be reached from this machine only.
    pub loopback: bool,
    /// Whether there is an inbox page in place of a mail server.
    pub inbox: bool,
    /// Where proxies connect from whose word about the visitor's address is taken.
    pub proxies: Vec<Network>,
    /// Where mails come from; none where there is an inbox page instead.
    pub mail_from: Option<Mailbox>,
    /// The settings in force, for operators, without secrets.
    pub settings: Vec<Setting>,
    /// The operator's style sheet, built from the settings.
    pub stylesheet: Option<String>,
    /// The operator's logo: media type and bytes.
    pub logo: Option<(&'static str, Vec<u8>)>,
}

/// A setting in force.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub key: String,
    /// Its value in words; never a secret.
    pub value: String,
    /// Where it was set; none when it has its default.
    pub place: Option<String>,
}

/// Addresses of the files that pages refer to; each carries a digest, so that it can be cached for ever.
pub(crate) struct Hrefs {
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) passkey: String,
    pub(crate) doorbell: String,
    /// As [`assets::ICONS`] has them.
    pub(crate) icons: [String; 3],
    pub(crate) icon: String,
    pub(crate) operator: Option<String>,
    pub(crate) logo: Option<String>,
}

/// Everything a handler needs, shared by all of them.
pub struct App {
    pub(crate) store: Store,
    pub(crate) site: Site,
    pub(crate) policy: Arc<Policy>,
    pub(crate) voice: Voice,
    pub(crate) hrefs: Hrefs,
    /// For whom passkeys are made, and the origin that they work at; none where the site has no name.
    pub(crate) passkeys: Option<(RelyingParty, Origin)>,
    clock: Clock,
    chance: Chance,
    writes: Semaphore,
    node: Option<Node>,
    hashing: Pool,
    breached: Option<Arc<Breached>>,
    /// The provider, as clients know it.
    pub(crate) provider: Provider,
    /// The signing keys and what is published of them; none until [`App::take_keys`].
    published: RwLock<Option<Arc<Published>>>,
    /// What clients keep elsewhere; none where nothing is fetched.
    pub(crate) fetched: Option<Fetched>,
    /// Whether clients may be named by the URL of a document about themselves.
    pub(crate) client_documents: bool,
    /// Whether devices may show codes for people to type (RFC 8628).
    pub(crate) user_codes: bool,
    /// How lately those that wait have asked.
    pub(crate) paces: Paces,
    pub(crate) atlas: Arc<dyn Atlas>,
    /// Who says what messages with codes mean; none where nobody does.
    pub(crate) explaining: Option<Explaining>,
    /// How long it takes at least until a wrong password is answered.
    pub(crate) even: Duration,
}

/// On a loopback installation passkeys belong to `localhost`, which is a name where 127.0.0.1 is none.
fn passkeys(site: &Site) -> Option<(RelyingParty, Origin)> {
    let by_number = site.loopback && site.origin.host().domain().is_none();
    let origin = if by_number {
        format!("{}://localhost:{}", site.origin.scheme().name(), site.origin.port())
    } else {
        site.public_url.clone()
    };
    let party = match RelyingParty::new(&site.name, &origin) {
        Ok(party) => party?,
        Err(fault) => {
            tracing::error!(cause = %fault.chain(), "there will be no passkeys");
            return None;
        }
    };
    Some((party, Origin::parse(&origin).ok()?))
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`Unspeakable`] when the message files cannot be read.
    pub fn new(store: Store, site: Site, policy: Arc<Policy>, clock: Clock) -> Result<Self, Unspeakable> {
        let voice = Voice::new(&site.language, &[assets::ENGLISH])?;
        let version = |name: &str, content: &[u8]| {
            let digest = store.keys().digest(model::digest::Of::Form, &[b"asset", content]);
            let short: String = wire::token::hex(digest.bytes()).chars().take(12).collect();
            format!("/assets/{name}?v={short}")
        };
        let hrefs = Hrefs {
            style: version("style.css", assets::STYLE.as_bytes()),
            script: version("page.js", assets::SCRIPT.as_bytes()),
            passkey: version("passkey.js", assets::PASSKEY.as_bytes()),
            doorbell: version("doorbell.js", assets::DOORBELL.as_bytes()),
            icons: assets::ICONS.map(|(name, content)| version(&format!("icons/{name}"), content)),
            icon: version("icon.svg", assets::ICON.as_bytes()),
            operator: site.stylesheet.as_ref().map(|css| version("operator.css", css.as_bytes())),
            logo: site.logo.as_ref().map(|(_, bytes)| version("logo", bytes)),
        };
        let passkeys = passkeys(&site);
        let provider = Provider::of(&site.public_url, &site.origin);
        Ok(Self {
            store,
            site,
            policy,
            voice,
            hrefs,
            passkeys,
            clock,
            chance: Arc::new(Entropy::system),
            writes: Semaphore::new(WRITES),
            node: None,
            hashing: Pool::default(),
            breached: None,
            provider,
            published: RwLock::new(None),
            fetched: None,
            client_documents: false,
            user_codes: false,
            paces: Paces::default(),
            atlas: Arc::new(Nowhere),
            explaining: None,
            even: EVEN,
        })
    }

    /// The context of one request.
    #[must_use]
    pub fn cx(&self) -> Cx {
        Cx::new((self.clock)(), (self.chance)(), Arc::clone(&self.policy))
    }

    /// The same with chance that somebody hands in: a drill, which is played again as it was.
    #[must_use]
    pub fn drawing(mut self, chance: Chance) -> Self {
        self.chance = chance;
        self
    }

    /// The same as one of several nodes that share the store.
    #[must_use]
    pub const fn among(mut self, node: Option<Node>) -> Self {
        self.node = node;
        self
    }

    /// Who this server is among those that share its store; none where it is alone.
    #[must_use]
    pub const fn node(&self) -> Option<Node> {
        self.node
    }

    /// The same with another pool for passwords, and a list of those that nobody may choose.
    #[must_use]
    pub fn with_passwords(mut self, hashing: Pool, breached: Option<Breached>) -> Self {
        self.hashing = hashing;
        self.breached = breached.map(Arc::new);
        self
    }

    /// The same with somebody who fetches what clients keep elsewhere: their keys, and with `client_documents` documents about
    /// themselves, by whose URL they may then be named.
    #[must_use]
    pub fn with_documents(mut self, fetch: Fetch, client_documents: bool) -> Self {
        self.fetched = Some(Fetched::new(fetch));
        self.client_documents = client_documents;
        self
    }

    /// The same with devices that may show codes for people to type, which is off otherwise. Before [`App::take_keys`], since
    /// it is published with the keys.
    #[must_use]
    pub const fn with_user_codes(mut self, open: bool) -> Self {
        self.user_codes = open;
        self
    }

    /// Signs with these keys from now on, and publishes their public halves. Without keys nothing of the OpenID provider is
    /// there.
    pub fn take_keys(&self, keys: Keyring) {
        let published = Arc::new(Published::new(self, Arc::new(keys)));
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = Some(published);
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> Option<Arc<Keyring>> {
        self.published().map(|published| Arc::clone(&published.keys))
    }

    /// The provider, as clients know it.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }

    /// What is published of them.
    pub(crate) fn published(&self) -> Option<Arc<Published>> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same with an atlas, which says where network addresses are used.
    #[must_use]
    pub fn with_places(mut self, atlas: Arc<dyn Atlas>) -> Self {
        self.atlas = atlas;
        self
    }

    /// The same with somebody who says what messages with codes mean, at `/explain`.
    #[must_use]
    pub fn with_explanations(mut self, explain: Arc<dyn Explain>) -> Self {
        self.explaining = Some(Explaining::new(explain));
        self
    }

    /// The same with another least time until a wrong password is answered.
    #[must_use]
    pub const fn answering_after(mut self, even: Duration) -> Self {
        self.even = even;
        self
    }

    /// The threads that hash passwords.
    #[must_use]
    pub const fn hashing(&self) -> &Pool {
        &self.hashing
    }

    /// The list of breached passwords, if there is one.
    #[must_use]
    pub const fn breached(&self) -> Option<&Arc<Breached>> {
        self.breached.as_ref()
    }

    /// The store, for workers.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The host that mails and pages name.
    pub(crate) fn host(&self) -> &str {
        let (_, host) = self.site.public_url.split_once("://").unwrap_or(("", &self.site.public_url));
        host
    }

    /// Whether people reach the site by https.
    pub(crate) fn https(&self) -> bool {
        self.site.origin.scheme() == Scheme::Https
    }

    /// Runs a flow in a transaction and waits until it is durable: the one bridge between async and the store.
    ///
    /// # Errors
    /// What the flow or the store came to.
    pub async fn commit<T, W>(&self, mut cx: Cx, mut work: W) -> Result<T, Fault>
    where
        T: Send + 'static,
        W: FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        self.store.write(
            move |tx| work(tx, &mut cx),
            move |outcome| {
                // Nobody waits any more if the person went away; what was committed stays.
                let _ = answer.send(outcome);
            },
        );
        outcome.await.map_err(|error| Fault::new("the writer ended", error))?
    }

    /// [`Self::write`], for a flow that can name its rows beforehand: `look` reads them where that helps
    /// ([`Store::write_after`]).
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) async fn write_after<T, L, W>(&self, mut cx: Cx, look: L, mut work: W) -> Result<T, Trouble>
    where
        T: Send + 'static,
        L: FnOnce(&mut Reader<'_>) -> Result<(), Fault> + Send + 'static,
        W: FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    {
        let Ok(_permit) = self.writes.try_acquire() else { return Err(Trouble::Busy) };
        let (answer, outcome) = oneshot::channel();
        self.store.write_after(
            look,
            move |tx| work(tx, &mut cx),
            move |outcome| {
                // As in `commit`.
                let _ = answer.send(outcome);
            },
        );
        let outcome = outcome.await.map_err(|error| Fault::new("the writer ended", error));
        outcome.and_then(|outcome| outcome).map_err(|fault| Trouble::fault(&fault))
    }

    /// [`Self::commit`] for a request: not more of them at once than the writer can keep up with.
    ///
    /// # Errors
    /// [`Trouble::Busy`] when too many writes are under way or the fault may pass; [`Trouble::Fault`].
    pub(crate) async fn write<T, W>(&self, cx: Cx, work: W) -> Result<T, Trouble>
    where
        T: Send + 'static,
        W: FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    {
        let Ok(_permit) = self.writes.try_acquire() else { return Err(Trouble::Busy) };
        self.commit(cx, work).await.map_err(|fault| Trouble::fault(&fault))
    }
}
