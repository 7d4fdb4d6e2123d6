//! A whole installation without network and without waiting: a store, a clock, a seed and a policy.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flow::session::Visitor;
use flow::sign_in::ask::{self, Ask, Door};
use flow::sign_in::finish::Started;
use flow::sign_in::status::{self, Found, Status};
use flow::sign_in::submit::{self, Submission};
use flow::{Recorded, Store, Tx, activity, deliver, sweep};
use model::account::{Account, AccountState, Role};
use model::address::Address;
use model::budget::{Chance, MailAllowance};
use model::cx::Cx;
use model::digest::Keys;
use model::entropy::Entropy;
use model::event::{Event, EventKind, WrongBecause};
use model::fault::Fault;
use model::id::{AccountId, RequestId};
use model::message::{Body, Delivery, Message};
use model::name::PrivateName;
use model::notice::Notice;
use model::policy::Policy;
use model::refusal::Refusal;
use model::sign_in_code::CodeText;
use model::source::{Source, browser_from_code};
use model::time::{DAY, Time};
use store::outbox::Leased;
use wire::gate_word::GateWord;
use wire::mail::mailbox::Mailbox;
use wire::name::Name;
use wire::phone::Phone;

/// The installation.
pub(crate) struct Sim {
    pub(crate) store: Store,
    pub(crate) now: Time,
    pub(crate) seed: u64,
    pub(crate) policy: Policy,
    /// Every notice that left so far.
    pub(crate) told: Vec<Told>,
}

/// A mail that left, with what its reader can read in it.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) at: Time,
    pub(crate) request: RequestId,
    pub(crate) code: String,
    pub(crate) reference: String,
    pub(crate) not_me: [u8; 16],
    pub(crate) expires_at: Time,
    /// Asked for by a browser that has slots of its own.
    pub(crate) known: bool,
}

/// A digest that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    pub(crate) to: String,
    pub(crate) at: Time,
    pub(crate) count: u32,
    pub(crate) since: Time,
    pub(crate) muted_until: Option<Time>,
}

/// Everything that left in one go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Post {
    pub(crate) mails: Vec<Mail>,
    pub(crate) digests: Vec<Digest>,
    pub(crate) notices: Vec<Told>,
}

/// A notice that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) to: String,
    pub(crate) notice: Notice,
    pub(crate) called: Option<String>,
    pub(crate) link: Option<String>,
}

pub(crate) fn start() -> Time {
    Time::from_micros(20_000 * DAY + DAY / 2)
}

pub(crate) fn half(n: u64) -> [u8; 16] {
    let mut half = [0x5a; 16];
    half[..8].copy_from_slice(&n.to_be_bytes());
    half
}

/// One of 2³² sources.
pub(crate) fn source(n: u64) -> Source {
    let [.., a, b, c, d] = n.to_be_bytes();
    Source { address: Some([a, b, c, d].into()), browser: browser_from_code("firefox/linux") }
}

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAYS: Duration = Duration::from_secs(24 * 60 * 60);

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

/// Codes that do not get longer, however little is left: for tests of what a ledger holds when it is full, and of codes so
/// short that they can be guessed.
pub(crate) fn of_one_length(policy: Policy) -> Policy {
    Policy { code_steps: 0, code_share: 1, ..policy }
}

impl Sim {
    pub(crate) fn new() -> Self {
        Self::with(Policy::default())
    }

    pub(crate) fn with(policy: Policy) -> Self {
        Self::on(Store::in_memory(Arc::new(Keys::simulated().unwrap())).unwrap(), policy)
    }

    pub(crate) fn on(store: Store, policy: Policy) -> Self {
        Self { store, now: start(), seed: 0, policy, told: Vec::new() }
    }

    pub(crate) fn cx(&mut self) -> Cx {
        self.seed += 1;
        Cx::new(self.now, Entropy::seeded(self.seed), Arc::new(self.policy.clone()))
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = self.now + by;
    }

    pub(crate) fn write<T: Send + 'static>(
        &mut self,
        work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    ) -> T {
        self.try_write(work).unwrap()
    }

    pub(crate) fn try_write<T: Send + 'static>(
        &mut self,
        mut work: impl FnMut(&mut Tx<'_>, &mut Cx) -> Result<Recorded<T>, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let mut cx = self.cx();
        self.store.write_now(move |tx| work(tx, &mut cx))
    }

    pub(crate) fn address(&self, text: &str) -> Address {
        let keys = self.store.keys();
        if let Ok(phone) = Phone::parse(text) {
            Address::of_phone(phone, keys)
        } else if let Ok(name) = Name::parse(text) {
            flow::sign_in::named::resolve(&self.store, &PrivateName::new(name, keys)).unwrap()
        } else {
            Address::new(Mailbox::parse(text).unwrap(), keys)
        }
    }

    /// An open account, put there without a sign-in: no browser is known to it.
    pub(crate) fn account(&mut self, text: &str) -> AccountId {
        self.account_of(text, Role::Member)
    }

    pub(crate) fn account_of(&mut self, text: &str, role: Role) -> AccountId {
        let address = self.address(text);
        self.write(move |tx, cx| {
            let account = Account {
                id: AccountId::new(cx)?,
                state: AccountState::Open,
                role,
                address: address.as_str().to_owned(),
                confirmed_at: cx.now,
                opened_at: cx.now,
                tenant: None,
                methods: None,
            };
            assert!(store::accounts::insert(tx, &account, &address.identity(), &address.destination())?);
            Ok(tx.unrecorded("a test", account.id))
        })
    }

    pub(crate) fn prepare(&mut self, text: &str, browser: u64, from: Source, door: Door) -> ask::Prepared {
        let ask =
            Ask { address: self.address(text), browser_half: half(browser), source: from, door, word: None };
        let mut cx = self.cx();
        ask::prepare(&self.store, &mut cx, ask).unwrap()
    }

    /// `browser` asks for a code for `text` on the sign-in page.
    pub(crate) fn ask(&mut self, text: &str, browser: u64) -> RequestId {
        self.ask_from(text, browser, source(browser), Door::SignIn)
    }

    /// `browser` asks for a code for `text` and types `word` beside it.
    pub(crate) fn ask_with(&mut self, text: &str, browser: u64, from: Source, word: &str) -> RequestId {
        self.ask_by((text, word), browser, from, Door::SignIn)
    }

    pub(crate) fn ask_by(
        &mut self,
        (text, word): (&str, &str),
        browser: u64,
        source: Source,
        door: Door,
    ) -> RequestId {
        let (address, word) = (self.address(text), GateWord::parse(word).ok());
        let ask = Ask { address, browser_half: half(browser), source, door, word };
        let mut cx = self.cx();
        let prepared = ask::prepare(&self.store, &mut cx, ask).unwrap();
        self.write(move |tx, cx| ask::commit(tx, cx, &prepared))
    }

    pub(crate) fn ask_from(&mut self, text: &str, browser: u64, from: Source, door: Door) -> RequestId {
        let prepared = self.prepare(text, browser, from, door);
        self.write(move |tx, cx| ask::commit(tx, cx, &prepared))
    }

    /// `browser` types `code` for `request`.
    pub(crate) fn submit(
        &mut self,
        request: RequestId,
        code: &str,
        browser: u64,
    ) -> Result<Started, Refusal> {
        self.submit_holding(request, code, browser, None)
    }

    pub(crate) fn submit_holding(
        &mut self,
        request: RequestId,
        code: &str,
        browser: u64,
        current: Option<Visitor>,
    ) -> Result<Started, Refusal> {
        let submission = Submission {
            request,
            code: CodeText::from_text(code.to_owned()),
            browser_half: half(browser),
            current,
            source: source(browser),
        };
        let cx = self.cx();
        let Some(prepared) = submit::prepare(&self.store, &cx, &submission).unwrap() else {
            return Err(Refusal::RequestUnknown);
        };
        self.write(move |tx, cx| submit::commit(tx, cx, &prepared))
    }

    /// The refusal that a wrong code meets.
    pub(crate) fn refusal(&mut self, request: RequestId, code: &str, browser: u64) -> Refusal {
        self.submit(request, code, browser).err().unwrap()
    }

    /// Leases what is due, as a worker does.
    pub(crate) fn lease_all(&mut self) -> Vec<Leased> {
        self.write(|tx, cx| deliver::lease(tx, cx, 1000))
    }

    /// Leases what is due and settles the decoys among it, which go nowhere.
    pub(crate) fn lease(&mut self) -> Vec<Leased> {
        let (decoys, real) = self.lease_all().into_iter().partition::<Vec<_>, _>(|leased| leased.decoy);
        for decoy in decoys {
            self.settle(decoy, Delivery::HandedOver);
        }
        real
    }

    pub(crate) fn settle(&mut self, leased: Leased, delivery: Delivery) {
        self.write(move |tx, cx| deliver::settle(tx, cx, &leased, &delivery));
    }

    pub(crate) fn compose(&mut self, leased: &Leased) -> Option<Message> {
        let cx = self.cx();
        deliver::compose(&self.store, &cx, leased).unwrap()
    }

    /// Hands over everything that is due and returns it.
    pub(crate) fn post(&mut self) -> Post {
        let mut post = Post::default();
        for leased in self.lease() {
            let Some(message) = self.compose(&leased) else {
                self.write(move |tx, cx| deliver::too_late(tx, cx, &leased));
                continue;
            };
            let (to, at) = (message.to, self.now);
            match message.body {
                Body::SignInCode { request, code, reference, not_me, expires_at, .. } => {
                    let bytes = wire::token::decode::<32>(&not_me).unwrap();
                    let kept = self
                        .store
                        .read(|reader| store::sign_in_codes::find(reader, request))
                        .unwrap()
                        .unwrap();
                    post.mails.push(Mail {
                        to,
                        at,
                        request,
                        code: code.expose().to_owned(),
                        reference,
                        not_me: bytes[16..].try_into().unwrap(),
                        expires_at,
                        known: kept.code.known,
                    });
                }
                Body::Digest { count, since, muted_until } => {
                    post.digests.push(Digest { to, at, count, since, muted_until });
                }
                Body::Notice { notice, called, link } => {
                    let link = link.map(|link| link.expose().clone());
                    post.notices.push(Told { to, notice, called, link });
                }
            }
            self.settle(leased, Delivery::HandedOver);
        }
        self.told.extend(post.notices.iter().cloned());
        post
    }

    /// The one mail that is due.
    pub(crate) fn mail(&mut self) -> Mail {
        let mut mails = self.post().mails;
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }

    /// Signs `browser` in to `text` by a whole round.
    pub(crate) fn sign_in(&mut self, text: &str, browser: u64) -> Started {
        let request = self.ask(text, browser);
        let mail = self.mail();
        assert_eq!(mail.request, request);
        self.submit(request, &mail.code, browser).unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// Whoever is signed in by this session.
    pub(crate) fn visitor(&mut self, started: &Started) -> Visitor {
        let cx = self.cx();
        let (id, secret) = (started.session.id, started.secret.expose());
        flow::session::find(&self.store, &cx, id, secret).unwrap().unwrap()
    }

    /// Does what the server does every few seconds.
    pub(crate) fn sweep(&mut self) {
        while self.write(sweep::expire_codes) {}
        while self.write(sweep::end_sessions) {}
        while self.write(sweep::sum_up) {}
        while self.write(sweep::detach_due) {}
        while self.write(sweep::expire_entries) {}
        while self.write(sweep::expire_pairings) {}
        while self.write(sweep::expire_approvals) {}
        while self.write(sweep::expire_devices) {}
        while self.write(sweep::expire_responses) {}
        while self.write(sweep::expire_grants) {}
        while self.write(sweep::end_grants_of_removed) {}
        let cx = self.cx();
        for key in sweep::digests_due(&self.store, &cx).unwrap() {
            self.write(move |tx, cx| sweep::digest(tx, cx, key));
        }
        let cx = self.cx();
        for key in flow::summary::due(&self.store, &cx).unwrap() {
            self.write(move |tx, cx| flow::summary::tell(tx, cx, key));
        }
        let cx = self.cx();
        for held in flow::notice::held_due(&self.store, &cx).unwrap() {
            self.write(move |tx, cx| flow::notice::tell_held(tx, cx, &held));
        }
    }

    /// Forgets what nothing needs any more, and what is found when the tables are walked through once more.
    pub(crate) fn forget(&mut self) {
        for _ in 0..3 {
            while self.write(|tx, cx| sweep::forget(tx, cx)) {}
        }
    }

    /// Looks whether operators are to be told of all guesses together, as the sweep does.
    pub(crate) fn watch_ledger(&mut self) {
        let cx = self.cx();
        if flow::ledger::is_due(&self.store, &cx).unwrap() {
            self.write(flow::ledger::watch);
        }
    }

    pub(crate) fn status(&mut self, request: RequestId, browser: u64) -> Status {
        let cx = self.cx();
        match status::find(&self.store, &cx, request, &half(browser)).unwrap() {
            Found::Own(status) => status,
            found => panic!("{found:?}"),
        }
    }

    /// The whole record, in commit order.
    pub(crate) fn events(&self) -> Vec<Event> {
        let tail = self
            .store
            .read(|reader| store::events::tail(reader, store::events::Position::START, 1_000_000))
            .unwrap();
        tail.into_iter().map(|placed| placed.event).collect()
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| event.kind.name()).collect()
    }

    pub(crate) fn steps(&self, request: RequestId) -> Vec<EventKind> {
        let steps = self.store.read(|reader| store::events::list_request(reader, request)).unwrap();
        steps.into_iter().map(|event| event.kind).collect()
    }

    /// The newest lines of an account's activity page.
    pub(crate) fn lines(&self, account: AccountId) -> Vec<activity::Entry> {
        activity::page(&self.store, account, activity::Show::All, None, 10_000).unwrap().entries
    }

    /// How many guesses were compared with a code that somebody could have been mailed.
    pub(crate) fn evaluated(&self) -> usize {
        self.events()
            .iter()
            .filter(|event| {
                matches!(
                    event.kind,
                    EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, .. }
                        | EventKind::SignInCodeRedeemed
                )
            })
            .filter(|event| {
                let request = event.request.unwrap();
                let kept = self.store.read(|reader| store::sign_in_codes::find(reader, request)).unwrap();
                kept.is_some_and(|kept| kept.code.acceptable())
            })
            .count()
    }

    /// What stands in the ledger of strangers for this mailbox and account: guesses of eight letters.
    pub(crate) fn reserved(&self, account: Option<AccountId>, text: &str, known: bool) -> i64 {
        let charge = store::guess_ledger::Charge {
            account,
            destination: self.address(text).destination(),
            known,
            decoy: false,
        };
        let spent =
            self.store.read(|reader| store::guess_ledger::spent(reader, &charge, self.now.day())).unwrap();
        spent.one().units() / Chance::of_guesses(1, self.policy.code_length).units()
    }
}

/// A code that is not `code`; the `n`-th of several.
pub(crate) fn wrong(code: &str, n: usize) -> String {
    let letters = wire::base20::ALPHABET;
    let first = code.chars().next().unwrap();
    let at = letters.iter().position(|letter| *letter == first).unwrap();
    let other = letters[(at + 1 + n % 19) % 20];
    code.replacen(first, &other.to_string(), 1)
}

/// A folder of its own, removed when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("bidden-flow-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.0.join("bidden.db"), Arc::new(Keys::simulated().unwrap()), |_| {}).unwrap()
    }

    /// The bytes of the database and of its log.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
