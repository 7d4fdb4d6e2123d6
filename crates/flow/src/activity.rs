//! The activity page: events, one line for each request and one for everything else.
//!
//! Nothing is summarised away: a line holds its events, and its words are worked out from them alone.

use model::event::{Event, EventKind, NotSent, WrongBecause};
use model::fault::Fault;
use model::id::{AccountId, EventId, RequestId};
use model::time::Time;
use store::{Reader, Store, events};

/// How a request ended, or that it has not yet. The order is that of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody signed in with it.
    Used,
    /// A person said "I did not ask for this".
    Denied,
    /// All guesses were wrong.
    WrongCode,
    /// No mail was sent.
    NotSent(NotSent),
    /// The mail could not be delivered.
    Bounced,
    /// Its time passed; nobody used it.
    NeverUsed,
    /// The code is live.
    Waiting,
}

/// What became of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// None was to leave.
    None,
    /// It waits in the outbox.
    Waiting,
    /// The mail server put it off.
    Deferred,
    /// The mail server took it.
    HandedOver,
    /// The mail server refused it, or it was given up.
    Bounced,
}

/// One line.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A request for a code, with all that came of it.
    Request {
        /// Which.
        id: RequestId,
        /// How it ended.
        end: End,
        /// How many wrong codes were typed.
        wrong: usize,
        /// What became of the mail.
        mail: Mail,
        /// Its events, oldest first; the first is the ask.
        steps: Vec<Event>,
    },
    /// Anything else.
    Other(Box<Event>),
}

impl Entry {
    /// When it began.
    #[must_use]
    pub fn at(&self) -> Option<Time> {
        match self {
            Self::Request { steps, .. } => steps.first().map(|event| event.at),
            Self::Other(event) => Some(event.at),
        }
    }

    fn key(&self) -> Option<EventId> {
        match self {
            Self::Request { steps, .. } => steps.first().map(|event| event.id),
            Self::Other(event) => Some(event.id),
        }
    }
}

/// Which lines are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All.
    All,
    /// Requests whose code nobody used.
    Unused,
    /// Requests that ended in a sign-in, and sessions.
    SignIns,
    /// What changed the account.
    Changes,
}

impl Show {
    fn shows(self, entry: &Entry) -> bool {
        match (self, entry) {
            (Self::All, _) => true,
            (Self::Unused, Entry::Request { end, .. }) => *end != End::Used && *end != End::Waiting,
            (Self::SignIns, Entry::Request { end, .. }) => *end == End::Used,
            (Self::Unused, Entry::Other(event)) => {
                matches!(event.kind, EventKind::SignInCodesSuppressed { .. })
            }
            (Self::SignIns, Entry::Other(event)) => {
                matches!(event.kind, EventKind::SessionStarted { .. } | EventKind::SessionEnded { .. })
            }
            (Self::Changes, Entry::Request { .. }) => false,
            (Self::Changes, Entry::Other(event)) => !matches!(
                event.kind,
                EventKind::SessionStarted { .. }
                    | EventKind::SessionEnded { .. }
                    | EventKind::SignInCodesSuppressed { .. }
                    | EventKind::MessageHandedOver { .. }
                    | EventKind::MessageDeferred { .. }
                    | EventKind::MessageBounced { .. }
                    | EventKind::LogoutAsked { .. }
                    | EventKind::LogoutTold { .. }
                    | EventKind::LogoutDeferred { .. }
                    | EventKind::LogoutGivenUp { .. }
            ),
        }
    }
}

/// Which lines are shown, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Which.
    pub show: Show,
    /// Lines that began since then; all of them without it.
    pub since: Option<Time>,
}

impl From<Show> for Filter {
    fn from(show: Show) -> Self {
        Self { show, since: None }
    }
}

/// One page of lines, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The lines.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub older: Option<EventId>,
}

/// Later than every event.
const NEWEST: EventId = EventId::from_bytes([0xff; 16]);
/// How many events are looked at in one step.
const STEP: i64 = 250;
/// How many steps one page looks back at most; a filter that finds little ends with a link to go on.
const STEPS: usize = 8;

/// The lines of an account before `before`, at least `wanted` where there are so many.
///
/// # Errors
/// A fault of the store.
pub fn page(
    store: &Store,
    account: AccountId,
    filter: impl Into<Filter>,
    before: Option<EventId>,
    wanted: usize,
) -> Result<Page, Fault> {
    let Filter { show, since } = filter.into();
    let start = since.map_or(EventId::from_bytes([0; 16]), EventId::at);
    let mut to = before.unwrap_or(NEWEST);
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..STEPS {
        let window = store.read(|reader| events::list_account(reader, account, (start, to), STEP))?;
        let last_step = i64::try_from(window.len()).unwrap_or(0) < STEP;
        let Some(oldest) = window.last().map(|event| event.id) else {
            return Ok(Page { entries, older: None });
        };
        // Lines that began before this window are shown, whole, by the next one.
        let mut found = fold(window);
        if to != NEWEST {
            complete(store, &mut found)?;
        }
        found.retain(|entry| show.shows(entry));
        for entry in found {
            if entries.len() == wanted {
                let older = entries.last().and_then(Entry::key);
                return Ok(Page { entries, older });
            }
            entries.push(entry);
        }
        if last_step {
            return Ok(Page { entries, older: None });
        }
        to = oldest;
    }
    Ok(Page { entries, older: Some(to) })
}

/// An event as the owner of its account may have it: the words that an operator wrote for other operators are left out.
#[must_use]
pub fn for_owner(event: Event) -> Event {
    match event.kind {
        EventKind::OperatorActed { act, .. } => {
            Event { kind: EventKind::OperatorActed { act, reason: String::new() }, ..event }
        }
        _ => event,
    }
}

/// Events of an account before `before`, the newest first, as its owner may have them.
///
/// # Errors
/// A fault of the store.
pub fn raw(
    store: &Store,
    account: AccountId,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    let range = (EventId::from_bytes([0; 16]), before.unwrap_or(NEWEST));
    let all = store.read(|reader| events::list_account(reader, account, range, limit))?;
    Ok(all.into_iter().map(for_owner).collect())
}

/// How many events make the lines of the account page.
const LATELY: i64 = 20;

/// The newest lines of an account, newest first: those that its newest twenty events make.
///
/// # Errors
/// A fault of the store.
pub fn newest_lines(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<Entry>, Fault> {
    let all = (EventId::from_bytes([0; 16]), NEWEST);
    Ok(fold(events::list_account(reader, account, all, LATELY)?))
}

/// What happened to the requests of some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many there were, without those that were only summed up.
    pub asked: u32,
    /// How many were used.
    pub used: u32,
    /// How many somebody said to be not theirs.
    pub denied: u32,
}

impl Counts {
    /// Requests that nobody used and nobody denied; those that still wait are among them.
    #[must_use]
    pub const fn unused(&self) -> u32 {
        self.asked.saturating_sub(self.used).saturating_sub(self.denied)
    }
}

/// What happened to the requests since `since`; counted in an index, without reading an event.
///
/// # Errors
/// A fault of the store.
pub fn counts(reader: &mut Reader<'_>, account: AccountId, since: Time) -> Result<Counts, Fault> {
    let (asked, used, denied) = events::count_of(reader, account, EventId::at(since))?;
    Ok(Counts { asked, used, denied })
}

/// The newest events of an account as they stand on the record.
///
/// # Errors
/// A fault of the store.
pub fn newest(store: &Store, account: AccountId, limit: i64) -> Result<Vec<Event>, Fault> {
    let all = (EventId::from_bytes([0; 16]), NEWEST);
    store.read(|reader| events::list_account(reader, account, all, limit))
}

/// The events of one request, oldest first, without those that have a line of their own.
///
/// # Errors
/// A fault of the store.
pub fn of_request(store: &Store, request: RequestId) -> Result<Vec<Event>, Fault> {
    store.read(|reader| within_request(reader, request))
}

/// [`of_request`], beside other reads.
pub(crate) fn within_request(reader: &mut Reader<'_>, request: RequestId) -> Result<Vec<Event>, Fault> {
    let all = events::list_request(reader, request)?;
    Ok(all.into_iter().filter(|event| !has_own_line(event)).collect())
}

/// A request that began before a page boundary may have steps after it: they are fetched by the request.
fn complete(store: &Store, found: &mut [Entry]) -> Result<(), Fault> {
    for entry in found {
        if let Entry::Request { id, end, wrong, mail, steps } = entry {
            *steps = of_request(store, *id)?;
            (*end, *wrong, *mail) = judge(steps);
        }
    }
    Ok(())
}

/// Whether an event has a line of its own even when it belongs to a request.
const fn has_own_line(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::SessionStarted { .. } | EventKind::AccountOpened { .. } | EventKind::FindingRaised { .. }
    )
}

/// Groups events, newest first, into lines, newest first. Steps of a request whose ask is not among the
/// events are left out: they belong to a line that is shown elsewhere.
#[must_use]
pub fn fold(newest_first: Vec<Event>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut place: std::collections::HashMap<RequestId, usize> = std::collections::HashMap::new();
    let mut later: Vec<(RequestId, Event)> = Vec::new();
    for event in newest_first.into_iter().rev() {
        let opens = matches!(event.kind, EventKind::SignInCodeRequested { .. });
        let own_line = has_own_line(&event);
        match event.request.filter(|_| !own_line) {
            Some(id) if opens => {
                place.insert(id, entries.len());
                entries.push(Entry::Request {
                    id,
                    end: End::Waiting,
                    wrong: 0,
                    mail: Mail::None,
                    steps: vec![event],
                });
            }
            Some(id) => later.push((id, event)),
            None => entries.push(Entry::Other(Box::new(event))),
        }
    }
    // Within one millisecond identifiers are in no order: a step may stand before its ask.
    for (id, event) in later {
        let entry = place.get(&id).and_then(|at| entries.get_mut(*at));
        if let Some(Entry::Request { steps, .. }) = entry {
            steps.push(event);
        }
    }
    for entry in &mut entries {
        if let Entry::Request { end, wrong, mail, steps, .. } = entry {
            (*end, *wrong, *mail) = judge(steps);
        }
    }
    entries.reverse();
    entries
}

/// What the events of one request, oldest first, add up to.
#[must_use]
pub fn judge(steps: &[Event]) -> (End, usize, Mail) {
    let (mut end, mut mail, mut wrong, mut arrived) = (End::Waiting, Mail::None, 0, false);
    for event in steps {
        match &event.kind {
            EventKind::SignInCodeRequested { not_sent: Some(why), .. } => end = End::NotSent(*why),
            EventKind::SignInCodeRequested { not_sent: None, .. }
            | EventKind::SignInCodeAskedAgain { not_sent: None } => {
                mail = Mail::Waiting;
                // What a gate stopped is sent after all, once what was missing is brought.
                if matches!(end, End::NotSent(why) if why.is_by_gate()) {
                    end = End::Waiting;
                }
            }
            EventKind::MessageHandedOver { .. } => (mail, arrived) = (Mail::HandedOver, true),
            EventKind::MessageDeferred { .. } => mail = Mail::Deferred,
            EventKind::MessageBounced { .. } => mail = Mail::Bounced,
            EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left } => {
                wrong += 1;
                if *guesses_left == 0 && end == End::Waiting {
                    end = End::WrongCode;
                }
            }
            EventKind::SignInCodeRedeemed => end = End::Used,
            EventKind::SignInCodeDenied if end != End::Used => end = End::Denied,
            EventKind::SignInCodeExpired { .. } if end == End::Waiting => end = End::NeverUsed,
            _ => {}
        }
    }
    // The same code may have been sent twice; one mail that was taken is enough to say that it went out.
    if mail == Mail::Bounced && !arrived && matches!(end, End::Waiting | End::NeverUsed) {
        end = End::Bounced;
    }
    (end, wrong, mail)
}

/// One day of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The UTC day.
    pub day: i64,
    /// How many requests.
    pub asked: u32,
    /// How many of them were used.
    pub used: u32,
}

/// How many requests there were on each of the last `days` days up to `today`, and how many were used.
///
/// # Errors
/// A fault of the store.
pub fn chart(store: &Store, account: AccountId, today: Time, days: i64) -> Result<Vec<Day>, Fault> {
    let first = today.day() - days + 1;
    let start = EventId::at(Time::from_micros(first.saturating_mul(model::time::DAY)));
    let mut days: Vec<Day> = (first..=today.day()).map(|day| Day { day, asked: 0, used: 0 }).collect();
    let counts = store.read(|reader| events::count_requests(reader, account, start))?;
    for (day, asked, used) in counts {
        if let Some(slot) = days.iter_mut().find(|slot| slot.day == day) {
            slot.asked = slot.asked.saturating_add(asked);
            slot.used = slot.used.saturating_add(used);
        }
    }
    Ok(days)
}
