//! What the tests of detectors have in common: events that are quickly written.

use std::net::IpAddr;

use model::cx::Cx;
use model::event::imported::{
    Act, Device, Did, Handle, Imported, Operation, Outcome, Place, Presented, Protocol, SignIn, System,
    Transfer, Word,
};
use model::event::{Actor, Event, EventKind, Subject, WrongBecause};
use model::finding::Finding;
use model::id::AccountId;
use model::method::MethodSet;
use model::sign_in_code::Purpose;
use model::source::{Source, browser_from_code};
use model::time::Time;

use crate::Watcher;
use crate::bench::Bench;
use crate::book::Book;

/// When all tests begin: a Monday.
pub(crate) const START: i64 = 1_788_134_400;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0";
pub(crate) const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
pub(crate) const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
pub(crate) const OFFICE: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
pub(crate) const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub(crate) const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
pub(crate) const MANAGEMENT: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

/// Somebody's line: network, address, country.
pub(crate) type Line = (u32, &'static str, &'static str);
pub(crate) const HOME: Line = (7922, "24.1.2.3", "US");
pub(crate) const DESK: Line = (174, "38.1.2.3", "US");
pub(crate) const RENTED: Line = (14061, "64.1.2.3", "NL");

/// An event of ours about the account with this number, from an address.
pub(crate) fn ours(seconds: i64, account: u32, from: &str, kind: EventKind) -> Event {
    let now = Time::from_micros((START + seconds) * 1_000_000);
    let mut bytes = [0x70; 16];
    for (to, byte) in bytes.iter_mut().zip(account.to_be_bytes()) {
        *to = byte;
    }
    let subject = Subject::Account(AccountId::from_bytes(bytes));
    let source = Source { address: from.parse().ok(), browser: browser_from_code("firefox/linux") };
    let seed = u64::from(account) << 40
        | seconds.unsigned_abs() << 8
        | u64::try_from(kind.name().len()).unwrap_or(0);
    let mut cx = Cx::simulated(now, seed);
    Event::new(&mut cx, subject, kind).unwrap().by(Actor::Visitor, Some(source))
}

/// The same about an address that has no account.
pub(crate) fn nobody(seconds: i64, number: u32, from: &str, kind: EventKind) -> Event {
    let mut event = ours(seconds, number, from, kind);
    event.subject =
        Subject::Address { destination: format!("{number:032x}"), masked: "a…@example.com".to_owned() };
    event
}

/// A request for a code by an unknown browser; by text where a number is named.
pub(crate) fn asked(number: Option<&str>) -> EventKind {
    EventKind::SignInCodeRequested {
        purpose: Purpose::SignIn,
        known: false,
        reference: "amber-fox".to_owned(),
        address: number.map(str::to_owned),
        by_text: number.is_some(),
        not_sent: None,
        expires_at: Time::from_micros(0),
    }
}

/// A code that did not match.
pub(crate) const WRONG: EventKind =
    EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left: 1 };

/// A session begins in a browser.
pub(crate) const fn session(known: bool) -> EventKind {
    EventKind::SessionStarted { known, methods: MethodSet::NONE }
}

/// What one detector says, with the events in every order in which neighbours change places, is the same.
pub(crate) fn same_in_any_order<W: Watcher + Default>(events: &[Event]) {
    let facts = |found: Vec<(Subject, Finding)>| {
        let mut facts: Vec<_> =
            found.into_iter().map(|(subject, finding)| (format!("{subject:?}"), finding.key)).collect();
        facts.sort();
        facts
    };
    let in_order = facts(run(&mut W::default(), events));
    assert!(!in_order.is_empty());
    for seed in 1..20_u64 {
        let mut shuffled = events.to_vec();
        // By up to ten minutes.
        shuffled.sort_by_key(|event| {
            let late = crate::mark::mix(crate::mark::text(event.id.bytes(), seed)) % 600_000_000;
            event.at.micros() + i64::try_from(late).unwrap_or(0)
        });
        assert_eq!(facts(run(&mut W::default(), &shuffled)), in_order, "seed {seed}");
    }
}

/// A detector that begins anew in the middle and is shown what its horizon says tells nothing twice.
pub(crate) fn nothing_twice<W: Watcher + Default>(events: &[Event]) {
    let whole = run(&mut W::default(), events).len();
    for cut in 1..events.len() {
        let (before, after) = events.split_at(cut);
        let Some(now) = before.last().map(|event| event.at) else { continue };
        let told = run(&mut W::default(), before).len();
        let (mut anew, mut book) = (W::default(), Book::new(false));
        let since = now - anew.horizon();
        for event in before.iter().filter(|event| event.at > since) {
            anew.observe(event, &mut book);
        }
        let _ = book.drain();
        for event in after {
            book.pass(event.at);
            anew.observe(event, &mut book);
        }
        assert_eq!(told + book.drain().len(), whole, "cut at {cut}");
    }
}

/// A record that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    seconds: i64,
    user: String,
    address: Option<IpAddr>,
    pub(crate) record: Imported,
}

/// A sign-in of a user at a second after the start, from a line, with this outcome.
pub(crate) fn row(seconds: i64, user: &str, line: Line, outcome: Outcome) -> Row {
    let (asn, address, country) = line;
    let mut sign_in = SignIn::new(outcome);
    sign_in.interactive = Some(true);
    sign_in.protocol = Some(Protocol::None);
    sign_in.transfer = Some(Transfer::None);
    sign_in.presented = Some(Presented::Nothing);
    let id = format!("{seconds}-{user}-{address}-{outcome:?}");
    let mut record = Imported::new(Handle::new(&id), Did::SignIn(sign_in));
    record.asn = Some(asn);
    record.agent = Some(Word::new(EDGE));
    record.app = Some(Handle::new(OFFICE));
    record.resource = Some(Handle::new(EXCHANGE));
    record.place = Some(Place { country: Some(Word::new(country)), city: None, at: None }.into());
    Row { seconds, user: user.to_owned(), address: address.parse().ok(), record }
}

/// An act.
pub(crate) fn act(seconds: i64, user: &str, line: Line, operation: Operation) -> Row {
    let mut row = row(seconds, user, line, Outcome::Success);
    row.record.record = Handle::new(&format!("act-{seconds}-{user}-{operation:?}"));
    row.record.what = Did::Act(Act {
        operation,
        name: Word::new("act"),
        done: true,
        target: Some(Word::new("thing")),
        target_user: None,
        modified: Vec::new(),
    });
    row
}

impl Row {
    fn sign_in(&mut self) -> &mut SignIn {
        match &mut self.record.what {
            Did::SignIn(sign_in) => sign_in,
            Did::Act(_) => panic!("an act"),
        }
    }

    pub(crate) fn silent(mut self) -> Self {
        self.sign_in().interactive = Some(false);
        self.sign_in().presented = Some(Presented::RefreshToken);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut SignIn)) -> Self {
        change(self.sign_in());
        self
    }

    pub(crate) fn agent(mut self, agent: &str) -> Self {
        self.record.agent = Some(Word::new(agent));
        self
    }

    pub(crate) fn app(mut self, app: &str, resource: &str) -> Self {
        (self.record.app, self.record.resource) = (Some(Handle::new(app)), Some(Handle::new(resource)));
        self
    }

    pub(crate) fn session(mut self, session: &str) -> Self {
        self.record.session = Some(Handle::new(session));
        self
    }

    pub(crate) fn correlation(mut self, correlation: &str) -> Self {
        self.record.correlation = Some(Handle::new(correlation));
        self
    }

    pub(crate) fn device(mut self, device: &str) -> Self {
        self.record.device = Some(Device { id: Some(Handle::new(device)), ..Device::default() }.into());
        self
    }

    pub(crate) fn event(self) -> Event {
        let at = Time::from_micros((START + self.seconds) * 1_000_000);
        let source = Source { address: self.address, browser: browser_from_code("other/other") };
        let whose = (System::Microsoft, Word::new(&self.user));
        Event::imported(at, whose, Some(source), self.record)
    }
}

/// Three weeks of a user's usual days, twice a day at home and at a desk, until the start.
pub(crate) fn usual(user: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for day in 1..=21 {
        for (hour, line) in [(8, DESK), (19, HOME)] {
            let at = -day * DAY + hour * HOUR;
            events.push(row(at, user, line, Outcome::Success).session(&format!("{user}-{day}")).event());
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

/// What all detectors say to these events, in the order of time, by the end.
pub(crate) fn investigate(events: &[Event]) -> Vec<(Subject, Finding)> {
    let mut bench = Bench::investigating();
    let mut found: Vec<(Subject, Finding)> = Vec::new();
    let told: Vec<_> = events.iter().flat_map(|event| bench.observe(event)).collect();
    for (subject, finding) in told.into_iter().chain(bench.finish()) {
        let same = |known: &&mut (Subject, Finding)| {
            known.1.detector == finding.detector
                && known.1.key == finding.key
                && known.1.span.map(|span| span.0) == finding.span.map(|span| span.0)
        };
        match found.iter_mut().find(same) {
            Some(known) => known.1 = finding,
            None => found.push((subject, finding)),
        }
    }
    found
}

/// The findings of one detector among them.
pub(crate) fn found(events: &[Event], detector: &str) -> Vec<Finding> {
    let all = investigate(events).into_iter().map(|(_, finding)| finding);
    all.filter(|finding| finding.detector == detector).collect()
}

/// What one detector says to events of ours, as it says it.
pub(crate) fn run(detector: &mut dyn Watcher, events: &[Event]) -> Vec<(Subject, Finding)> {
    let mut book = Book::new(false);
    for event in events {
        book.pass(event.at);
        if detector.wants(event.kind.name()) {
            detector.observe(event, &mut book);
        }
    }
    book.drain()
}

/// Fails with what was found instead.
pub(crate) fn silent(events: &[Event]) {
    let found = investigate(events);
    assert!(found.is_empty(), "{found:#?}");
}
