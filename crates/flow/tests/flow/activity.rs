//! The activity page: every request has its line, whole, once, and its end is what its events say.

use std::time::Duration;

use flow::activity::{self, Day, End, Entry, Mail, Show};
use flow::{account, session};
use model::cx::Cx;
use model::event::{Event, EventKind, NotSent, Subject, WrongBecause};
use model::id::{AccountId, EventId, MessageId, RequestId};
use model::message::{MessageKind, Obstacle};
use model::sign_in_code::Purpose;
use model::time::Time;
use proptest::prelude::*;

use crate::sim::{DAYS, HOUR, MINUTE, SECOND, Sim, source, start, unlimited, wrong};

const ALICE: &str = "alice@example.com";

/// Makes events of one account and one request at will.
struct Script {
    seed: u64,
    account: AccountId,
}

impl Script {
    fn new(account: AccountId) -> Self {
        Self { seed: 0, account }
    }

    fn event(&mut self, at: Time, request: Option<RequestId>, kind: EventKind) -> Event {
        self.seed += 1;
        let mut cx = Cx::simulated(at, self.seed);
        let event = Event::new(&mut cx, Subject::Account(self.account), kind).unwrap();
        match request {
            Some(request) => event.of(request),
            None => event,
        }
    }
}

fn asked(not_sent: Option<NotSent>) -> EventKind {
    EventKind::SignInCodeRequested {
        purpose: Purpose::SignIn,
        known: false,
        reference: "amber-falcon".to_owned(),
        address: None,
        by_text: false,
        not_sent,
        expires_at: start(),
    }
}

fn mismatch(guesses_left: u8) -> EventKind {
    EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left }
}

fn expired() -> EventKind {
    EventKind::SignInCodeExpired { unused: true, guesses: 0 }
}

fn handed() -> EventKind {
    EventKind::MessageHandedOver { message: MessageId::from_bytes([1; 16]), what: MessageKind::SignInCode }
}

fn deferred() -> EventKind {
    EventKind::MessageDeferred {
        message: MessageId::from_bytes([1; 16]),
        what: MessageKind::SignInCode,
        why: Obstacle::TryLater,
        attempt: 1,
    }
}

fn bounced() -> EventKind {
    EventKind::MessageBounced {
        message: MessageId::from_bytes([1; 16]),
        what: MessageKind::SignInCode,
        why: Obstacle::Refused,
    }
}

#[test]
fn every_end_is_what_the_events_say() {
    let again = EventKind::SignInCodeAskedAgain { not_sent: None };
    let foreign = EventKind::SignInCodeRefused { because: WrongBecause::ForeignBrowser, guesses_left: 3 };
    let late = EventKind::SignInCodeRefused { because: WrongBecause::Expired, guesses_left: 3 };
    let cases: [(Vec<EventKind>, End, usize, Mail); 18] = [
        (vec![asked(None)], End::Waiting, 0, Mail::Waiting),
        (vec![asked(None), handed()], End::Waiting, 0, Mail::HandedOver),
        (vec![asked(None), deferred()], End::Waiting, 0, Mail::Deferred),
        (vec![asked(None), bounced()], End::Bounced, 0, Mail::Bounced),
        (vec![asked(None), bounced(), expired()], End::Bounced, 0, Mail::Bounced),
        (vec![asked(None), handed(), expired()], End::NeverUsed, 0, Mail::HandedOver),
        (vec![asked(None), handed(), mismatch(2), expired()], End::NeverUsed, 1, Mail::HandedOver),
        (
            vec![asked(None), handed(), mismatch(2), mismatch(1), mismatch(0)],
            End::WrongCode,
            3,
            Mail::HandedOver,
        ),
        (
            vec![asked(None), handed(), mismatch(2), EventKind::SignInCodeRedeemed],
            End::Used,
            1,
            Mail::HandedOver,
        ),
        (vec![asked(None), handed(), EventKind::SignInCodeDenied], End::Denied, 0, Mail::HandedOver),
        (
            vec![asked(None), handed(), expired(), EventKind::SignInCodeDenied],
            End::Denied,
            0,
            Mail::HandedOver,
        ),
        (
            vec![asked(None), handed(), EventKind::SignInCodeRedeemed, EventKind::SignInCodeDenied],
            End::Used,
            0,
            Mail::HandedOver,
        ),
        (vec![asked(Some(NotSent::MailBudget))], End::NotSent(NotSent::MailBudget), 0, Mail::None),
        (
            vec![asked(Some(NotSent::Muted)), mismatch(2), expired()],
            End::NotSent(NotSent::Muted),
            1,
            Mail::None,
        ),
        (vec![asked(None), handed(), again.clone()], End::Waiting, 0, Mail::Waiting),
        // The same code left twice, and the second mail came back: one did arrive.
        (vec![asked(None), handed(), again, bounced(), expired()], End::NeverUsed, 0, Mail::Bounced),
        (vec![asked(None), handed(), foreign, expired(), late], End::NeverUsed, 0, Mail::HandedOver),
        (vec![asked(None), bounced(), mismatch(0)], End::WrongCode, 1, Mail::Bounced),
    ];
    let account = AccountId::from_bytes([1; 16]);
    for (kinds, end, wrong, mail) in cases {
        let mut script = Script::new(account);
        let steps: Vec<Event> = kinds
            .iter()
            .map(|kind| script.event(start(), Some(RequestId::from_bytes([2; 16])), kind.clone()))
            .collect();
        assert_eq!(activity::judge(&steps), (end, wrong, mail), "{kinds:?}");
    }
}

#[test]
fn a_line_holds_all_steps_of_its_request_and_other_events_have_their_own() {
    let account = AccountId::from_bytes([1; 16]);
    let (one, two) = (RequestId::from_bytes([2; 16]), RequestId::from_bytes([3; 16]));
    let mut script = Script::new(account);
    let at = |n: u64| start() + Duration::from_millis(n);
    let mut events = vec![
        script.event(at(0), Some(one), asked(None)),
        script.event(at(1), Some(two), asked(None)),
        script.event(at(2), Some(one), handed()),
        script.event(at(3), None, EventKind::AccountLocked),
        script.event(at(4), Some(two), expired()),
        script.event(at(5), Some(one), EventKind::SignInCodeRedeemed),
        script.event(
            at(6),
            Some(one),
            EventKind::SessionStarted {
                known: false,
                methods: model::method::MethodSet::of(&[model::method::Method::MailCode]),
            },
        ),
        // A step of a request that began before the window.
        script.event(at(7), Some(RequestId::from_bytes([4; 16])), expired()),
    ];
    events.reverse();
    let lines = activity::fold(events);
    let summary: Vec<(Option<Time>, usize)> = lines
        .iter()
        .map(|line| match line {
            Entry::Request { steps, .. } => (line.at(), steps.len()),
            Entry::Other(_) => (line.at(), 0),
        })
        .collect();
    assert_eq!(
        summary,
        [(Some(at(6)), 0), (Some(at(3)), 0), (Some(at(1)), 2), (Some(at(0)), 3)],
        "newest first, by the ask"
    );
}

#[test]
fn a_step_within_the_same_millisecond_belongs_to_its_line_whatever_its_identifier() {
    // Over many seeds the mail's event sorts before the ask's in half of all cases.
    for seed in 0..40 {
        let mut script = Script { seed: seed * 10, account: AccountId::from_bytes([1; 16]) };
        let request = RequestId::from_bytes([2; 16]);
        let mut events: Vec<Event> = [asked(None), handed(), EventKind::SignInCodeRedeemed]
            .into_iter()
            .map(|kind| script.event(start(), Some(request), kind))
            .collect();
        events.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
        let lines = activity::fold(events);
        assert!(matches!(&lines[..], [Entry::Request { end: End::Used, steps, .. }] if steps.len() == 3));
    }
}

/// All pages of `wanted` lines, one after the other.
fn pages(sim: &Sim, account: AccountId, show: Show, wanted: usize) -> Vec<Entry> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = activity::page(&sim.store, account, show, before, wanted).unwrap();
        assert!(page.entries.len() <= wanted);
        all.extend(page.entries);
        match page.older {
            Some(older) => {
                assert!(before.is_none_or(|before: EventId| older < before), "a page must lead on");
                before = Some(older);
            }
            None => return all,
        }
    }
}

fn key(entry: &Entry) -> (EventId, Option<RequestId>, Option<End>, usize) {
    match entry {
        Entry::Request { id, end, steps, .. } => (steps[0].id, Some(*id), Some(*end), steps.len()),
        Entry::Other(event) => (event.id, None, None, 1),
    }
}

fn keys(entries: &[Entry]) -> Vec<(EventId, Option<RequestId>, Option<End>, usize)> {
    entries.iter().map(key).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever the pages' size, and wherever a boundary cuts the steps of a request, the pages together are
    /// the whole record, each line once and whole.
    #[test]
    fn pages_of_any_size_add_up_to_the_whole_record(
        choices in prop::collection::vec((0_u8..10, 0_usize..8, 0_u64..5000), 1..700),
        wanted in 1_usize..40,
    ) {
        let sim = Sim::new();
        let account = AccountId::from_bytes([1; 16]);
        let mut script = Script::new(account);
        let (mut now, mut open, mut events) = (start(), Vec::new(), Vec::new());
        for (what, which, gap) in choices {
            now = now + Duration::from_millis(1 + gap);
            let request = open.get(which % open.len().max(1)).copied();
            match (what, request) {
                (0..=2, _) | (_, None) => {
                    let mut cx = Cx::simulated(now, script.seed + 1_000_000);
                    let id = RequestId::new(&mut cx).unwrap();
                    open.push(id);
                    if open.len() > 8 {
                        open.remove(0);
                    }
                    events.push(script.event(now, Some(id), asked(None)));
                }
                (3, _) => events.push(script.event(now, None, EventKind::AccountLocked)),
                (4, Some(id)) => events.push(script.event(now, Some(id), EventKind::SignInCodeRedeemed)),
                (5, Some(id)) => {
                    events.push(script.event(now, Some(id), EventKind::SessionStarted { known: true, methods: model::method::MethodSet::of(&[model::method::Method::MailCode]), }));
                }
                (6, Some(id)) => events.push(script.event(now, Some(id), expired())),
                (_, Some(id)) => events.push(script.event(now, Some(id), mismatch(2))),
            }
        }
        let recorded = events.clone();
        sim.store.write_now(move |tx| tx.record(&recorded, ())).unwrap();
        events.reverse();
        let whole = activity::fold(events);
        prop_assert_eq!(keys(&pages(&sim, account, Show::All, wanted)), keys(&whole));
        for show in [Show::Unused, Show::SignIns, Show::Changes] {
            let filtered = pages(&sim, account, show, wanted);
            let expected: Vec<_> = whole.iter().filter(|entry| shown(show, entry)).map(key).collect();
            prop_assert_eq!(keys(&filtered), expected);
        }
    }
}

/// What the filters promise, in other words than theirs.
fn shown(show: Show, entry: &Entry) -> bool {
    let session = |event: &Event| event.kind.name().starts_with("session_");
    match (show, entry) {
        (Show::All, _) => true,
        (Show::Unused, Entry::Request { end, .. }) => !matches!(end, End::Used | End::Waiting),
        (Show::SignIns, Entry::Request { end, .. }) => *end == End::Used,
        (Show::Changes, Entry::Request { .. }) => false,
        (Show::Unused, Entry::Other(event)) => event.kind.name() == "sign_in_codes_suppressed",
        (Show::SignIns, Entry::Other(event)) => session(event),
        (Show::Changes, Entry::Other(event)) => {
            !session(event) && event.kind.name() != "sign_in_codes_suppressed"
        }
    }
}

#[test]
fn a_request_with_more_steps_than_one_look_takes_is_still_shown() {
    // 249 and 250 steps put the ask at either side of the boundary.
    for steps in [10, 248, 249, 250, 251, 600] {
        let sim = Sim::new();
        let account = AccountId::from_bytes([1; 16]);
        let mut script = Script::new(account);
        let request = RequestId::at(start());
        let mut events = vec![
            script.event(start() - SECOND, Some(RequestId::at(start() - SECOND)), asked(None)),
            script.event(start(), Some(request), asked(None)),
        ];
        for n in 0..steps {
            events.push(script.event(start() + Duration::from_millis(1 + n), Some(request), mismatch(2)));
        }
        sim.store.write_now(move |tx| tx.record(&events, ())).unwrap();
        let page = activity::page(&sim.store, account, Show::All, None, 20).unwrap();
        let found: Vec<usize> = page
            .entries
            .iter()
            .map(|entry| match entry {
                Entry::Request { steps, .. } => steps.len(),
                Entry::Other(_) => 0,
            })
            .collect();
        assert_eq!(found, [usize::try_from(steps).unwrap() + 1, 1], "with {steps} steps");
        assert_eq!(page.older, None);
    }
}

#[test]
fn a_filter_that_finds_little_ends_with_a_link_to_go_on() {
    let sim = Sim::new();
    let account = AccountId::from_bytes([1; 16]);
    let mut script = Script::new(account);
    let mut events = vec![script.event(start(), None, EventKind::AccountLocked)];
    for n in 0..3000 {
        let at = start() + Duration::from_millis(1 + n);
        events.push(script.event(
            at,
            None,
            EventKind::SessionStarted {
                known: true,
                methods: model::method::MethodSet::of(&[model::method::Method::MailCode]),
            },
        ));
    }
    sim.store.write_now(move |tx| tx.record(&events, ())).unwrap();
    let page = activity::page(&sim.store, account, Show::Changes, None, 20).unwrap();
    assert!(page.entries.is_empty() && page.older.is_some());
    assert_eq!(pages(&sim, account, Show::Changes, 20).len(), 1);
}

#[test]
fn an_account_without_events_has_an_empty_page() {
    let sim = Sim::new();
    let page = activity::page(&sim.store, AccountId::from_bytes([1; 16]), Show::All, None, 20).unwrap();
    assert!(page.entries.is_empty() && page.older.is_none());
}

#[test]
fn a_whole_story_is_told_by_its_ends() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    let started = sim.sign_in(ALICE, 1);
    sim.advance(MINUTE);
    let guessed = sim.ask(ALICE, 2);
    let code = sim.mail().code;
    for guess in 0..3 {
        sim.refusal(guessed, &wrong(&code, guess), 2);
    }
    sim.advance(MINUTE);
    let denied = sim.ask(ALICE, 3);
    let secret = sim.mail().not_me;
    sim.write(move |tx, cx| {
        flow::not_me::commit(tx, cx, denied, flow::not_me::By::Recipient(secret), source(1))
    })
    .unwrap();
    sim.advance(MINUTE);
    sim.ask(ALICE, 4);
    sim.advance(31 * DAYS);
    sim.ask(ALICE, 5);
    sim.mail_after_late_ones();
    sim.advance(11 * MINUTE);
    sim.sweep();
    sim.advance(MINUTE);
    sim.ask(ALICE, 6);
    sim.mail();
    let ends: Vec<End> = sim
        .lines(alice)
        .iter()
        .rev()
        .filter_map(|line| match line {
            Entry::Request { end, .. } => Some(*end),
            Entry::Other(_) => None,
        })
        .collect();
    assert_eq!(
        ends,
        [End::Used, End::WrongCode, End::Denied, End::NotSent(NotSent::Muted), End::NeverUsed, End::Waiting]
    );
    sim.write(move |tx, cx| account::change(tx, cx, alice, account::Change::Lock)).unwrap();
    let changes = pages(&sim, alice, Show::Changes, 5);
    assert!(
        changes
            .iter()
            .any(|line| matches!(line, Entry::Other(event) if event.kind == EventKind::AccountLocked))
    );
    let cx = sim.cx();
    assert!(session::find(&sim.store, &cx, started.session.id, started.secret.expose()).unwrap().is_none());
}

impl Sim {
    /// Hands over what is due; mails of requests that are over are given up on the way.
    fn mail_after_late_ones(&mut self) {
        assert_eq!(self.post().mails.len(), 1);
    }
}

#[test]
fn the_chart_counts_requests_and_their_use_by_day() {
    let mut sim = Sim::with(unlimited());
    let alice = sim.account(ALICE);
    sim.sign_in(ALICE, 1);
    sim.advance(HOUR);
    sim.ask(ALICE, 2);
    sim.advance(2 * DAYS);
    sim.ask(ALICE, 3);
    sim.post();
    let chart = activity::chart(&sim.store, alice, sim.now, 5).unwrap();
    let today = sim.now.day();
    let day = |back: i64, asked, used| Day { day: today - back, asked, used };
    assert_eq!(chart, [day(4, 0, 0), day(3, 0, 0), day(2, 2, 1), day(1, 0, 0), day(0, 1, 0)]);
    let later = activity::chart(&sim.store, alice, sim.now + 5 * DAYS, 5).unwrap();
    assert!(later.iter().all(|day| day.asked == 0 && day.used == 0));
}

#[test]
fn nobody_sees_the_lines_of_another_account() {
    let mut sim = Sim::new();
    let (alice, bob) = (sim.account(ALICE), sim.account("bob@example.com"));
    sim.sign_in(ALICE, 1);
    assert_eq!(sim.lines(alice).len(), 2);
    assert!(sim.lines(bob).is_empty());
}
