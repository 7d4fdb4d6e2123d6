//! What an operator sees of what is happening now: numbers, a time line, what was found, what was done about it.

use std::time::Duration;

use model::account::Account;
use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::id::{AccountId, EventId};
use model::refusal::Refusal;
use model::response::Response;
use model::time::{HOUR, Time};
pub use store::acknowledgements::Acknowledgement;
use store::{Reader, Store, Tx, accounts, acknowledgements, events, responses};

use crate::Outcome;
use crate::by::By;

/// How many hours the time line has.
pub const HOURS: usize = 24;
/// How long a note is, at most.
pub const MOST_NOTE: usize = 500;
/// How far back findings are shown.
const SHOWN: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// One hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// Codes asked for.
    pub asked: i64,
    /// Codes used.
    pub used: i64,
    /// Wrong codes and passwords.
    pub wrong: i64,
    /// Floods that were summed up.
    pub floods: i64,
    /// Sessions that started.
    pub started: i64,
    /// Findings.
    pub findings: i64,
}

impl Hour {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            asked: self.asked.saturating_add(other.asked),
            used: self.used.saturating_add(other.used),
            wrong: self.wrong.saturating_add(other.wrong),
            floods: self.floods.saturating_add(other.floods),
            started: self.started.saturating_add(other.started),
            findings: self.findings.saturating_add(other.findings),
        }
    }

    /// How many codes in a hundred were used; none where none was asked for.
    #[must_use]
    pub fn completed(&self) -> Option<i64> {
        (self.asked > 0).then(|| (self.used.saturating_mul(100) / self.asked).min(100))
    }
}

/// A finding, and whether somebody took note of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The event that raised it.
    pub event: Event,
    /// Who took note of it.
    pub acknowledged: Option<Acknowledgement>,
}

/// What is happening now.
#[derive(Clone, Debug)]
pub struct Now {
    /// The hours, the oldest first, each with when it begins; the last one has not ended.
    pub hours: Vec<(Time, Hour)>,
    /// What was found within seven days, the newest first.
    pub findings: Vec<Found>,
    /// What is done about it now.
    pub responses: Vec<Response>,
}

/// Looks.
///
/// # Errors
/// A fault of the store.
pub fn now(store: &Store, cx: &Cx, limit: i64) -> Result<Now, Fault> {
    let last = cx.now.micros().div_euclid(HOUR);
    let first = last - i64::try_from(HOURS).unwrap_or(0) + 1;
    let newest = (cx.now + Duration::from_secs(60 * 60), EventId::from_bytes([0xff; 16]));
    store.read(|reader| {
        let begin = |hour: i64| Time::from_micros(hour.saturating_mul(HOUR));
        let mut hours: Vec<(Time, Hour)> =
            (first..=last).map(|hour| (begin(hour), Hour::default())).collect();
        for (hour, kind, count) in events::count_by_step(reader, begin(first), HOUR)? {
            let place = usize::try_from(hour - first).unwrap_or(usize::MAX);
            let Some((_, hour)) = hours.get_mut(place) else { continue };
            let of = match kind.as_str() {
                "sign_in_code_requested" => &mut hour.asked,
                "sign_in_code_redeemed" => &mut hour.used,
                "sign_in_code_refused" | "proof_refused" => &mut hour.wrong,
                "sign_in_codes_suppressed" => &mut hour.floods,
                "session_started" => &mut hour.started,
                "finding_raised" => &mut hour.findings,
                _ => continue,
            };
            *of = of.saturating_add(count);
        }
        let since = cx.now - SHOWN;
        let mut findings = found(reader, newest, limit)?;
        findings.retain(|found| found.event.at >= since);
        Ok(Now { hours, findings, responses: responses::list_standing(reader, limit)? })
    })
}

/// The newest findings, whenever they were.
///
/// # Errors
/// A fault of the store.
pub fn newest(store: &Store, limit: i64) -> Result<Vec<Found>, Fault> {
    let newest = (Time::from_micros(i64::MAX), EventId::from_bytes([0xff; 16]));
    store.read(|reader| found(reader, newest, limit))
}

fn found(reader: &mut Reader<'_>, before: events::Before, limit: i64) -> Result<Vec<Found>, Fault> {
    let found = |event: Event, reader: &mut Reader<'_>| {
        Ok(Found { acknowledged: acknowledgements::find(reader, event.id)?, event })
    };
    events::list_findings(reader, before, limit)?.into_iter().map(|event| found(event, reader)).collect()
}

/// A finding with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The finding.
    pub found: Found,
    /// The events that it rests on, as far as the record still has them, the oldest first.
    pub evidence: Vec<Event>,
    /// What was done about it, or would have been.
    pub responses: Vec<Response>,
    /// Who took note of it, where that is an account that is still there.
    pub by: Option<Account>,
}

/// The finding that an event raised, with what it rests on.
///
/// # Errors
/// A fault of the store.
pub fn find(store: &Store, id: EventId) -> Result<Option<Whole>, Fault> {
    store.read(|reader| {
        let Some(event) = events::find(reader, id)? else { return Ok(None) };
        let EventKind::FindingRaised { finding } = &event.kind else { return Ok(None) };
        let mut evidence = Vec::new();
        for id in &finding.evidence {
            evidence.extend(events::find(reader, *id)?);
        }
        let acknowledged = acknowledgements::find(reader, id)?;
        let by = match acknowledged.as_ref().and_then(|one| one.account) {
            Some(account) => accounts::find(reader, account)?,
            None => None,
        };
        let responses = responses::list_of(reader, id)?;
        Ok(Some(Whole { found: Found { event, acknowledged }, evidence, responses, by }))
    })
}

/// Takes note of a finding, with a few words.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::FindingUnknown`]; [`Refusal::FindingAcknowledged`] where somebody has taken note of
/// it before.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (finding, note): (EventId, &str),
    (by, account): (&By, Option<AccountId>),
) -> Outcome<()> {
    let raised = events::find(tx, finding)?;
    if !raised.is_some_and(|event| matches!(event.kind, EventKind::FindingRaised { .. })) {
        return Ok(tx.unrecorded("there is no such finding", Err(Refusal::FindingUnknown)));
    }
    let note: String = note.trim().chars().take(MOST_NOTE).collect();
    let of = Acknowledgement { finding, at: cx.now, account, note: note.clone() };
    if !acknowledgements::claim_insert(tx, &of)? {
        return Ok(tx.unrecorded("somebody was quicker", Err(Refusal::FindingAcknowledged)));
    }
    let event = Event::new(cx, Subject::Site, EventKind::FindingAcknowledged { finding, note })?;
    tx.record(&[by.sign(event)], Ok(()))
}
