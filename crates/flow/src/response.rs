//! What is done about findings: begun with the finding, asked wherever it matters, ended by time or by an operator.
//!
//! Implements: docs/decisions/0029, threats.md §6 no. 17. The rules are in [`model::response`]; what is asked here says yes or no
//! by one statement, the same for every account.
//!
//! | what | asked in |
//! |---|---|
//! | codes are held back | [`crate::sign_in::ask`]: of a browser that the account does not know |
//! | a session is provisional | [`doubt`] |
//! | devices are suspended | [`crate::oauth::device`]: of a device that shows a code; not of one that is paired |

pub mod doubt;
pub(crate) mod tell;

use std::time::Duration;

use model::cx::Cx;
use model::event::{Event, EventKind, Subject};
use model::fault::Fault;
use model::finding::Finding;
use model::grant::GrantEnd;
use model::id::{EventId, GrantId, ResponseId, SessionId};
use model::notice::What;
use model::refusal::Refusal;
use model::response::{Act, LONGEST, MOST_AT_ONCE, Over, Planned, Response, Scope, plan};
use model::session::SessionEnd;
use model::source::Source;
use store::{Reader, Recorded, Store, Tx, grants, responses, sessions};

use crate::Outcome;
use crate::by::By;
use crate::notice::{self, Telling, Whom};
use crate::oauth::ending;
use crate::session::ended;

/// How many are looked at in one go.
const STEP: i64 = 100;
/// How long a reason is, at most.
const MOST_REASON: usize = 200;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether codes are held back that a browser behind this source asks for. Asked of everybody, and heeded for browsers that the
/// account does not know.
///
/// # Errors
/// A fault of the store.
pub(crate) fn holds_codes(reader: &mut Reader<'_>, cx: &Cx, source: &Source) -> Result<bool, Fault> {
    let network = source.address.map_or(Scope::Everybody, Scope::network);
    responses::is_in_force(reader, Act::HoldCodes, (&network, &Scope::Everybody), cx.now)
}

/// Whether devices of this client are suspended that show a code.
///
/// # Errors
/// A fault of the store.
pub(crate) fn suspends_devices(reader: &mut Reader<'_>, cx: &Cx, client: &str) -> Result<bool, Fault> {
    let scope = Scope::Client(client.to_owned());
    responses::is_in_force(reader, Act::SuspendDevices, (&scope, &Scope::Everybody), cx.now)
}

/// Does what the rules say about a finding that `event` raises: the events.
///
/// # Errors
/// A fault of the store.
pub(crate) fn answer(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (finding, event): (&Finding, &Event),
) -> Result<Vec<Event>, Fault> {
    let Some(planned) = plan(&cx.policy.responses, finding) else { return Ok(Vec::new()) };
    let (same, standing) =
        responses::count(tx, (planned.act, &planned.scope, planned.simulated), cx.now - DAY)?;
    // What is done once is said once; what lasts is not done for whole days because somebody brings it about again and again.
    if same >= planned.scope.most_a_day() || (planned.act.lasts() && standing >= MOST_AT_ONCE) {
        return Ok(Vec::new());
    }
    let done =
        if planned.simulated { Some(Vec::new()) } else { carry_out(tx, cx, &planned, &event.subject)? };
    let Some(mut done) = done else { return Ok(Vec::new()) };
    let suspended = match &planned.scope {
        Scope::Client(client) if !planned.simulated => Some(client.clone()),
        _ => None,
    };
    let began = begin(tx, cx, (planned, Some(event.id)), (&finding.detector, event.subject.clone()))?;
    if let (Some(began), Some(client)) = (&began, suspended) {
        done.extend(tell::of_devices(tx, cx, &client, &began.kind)?);
    }
    let mut events: Vec<Event> = began.into_iter().collect();
    events.append(&mut done);
    Ok(events)
}

/// Does what is done to one thing, and tells whose it is; none where there is nothing to do it to.
fn carry_out(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    planned: &Planned,
    subject: &Subject,
) -> Result<Option<Vec<Event>>, Fault> {
    let done = match (&planned.scope, planned.act) {
        (Scope::Session(session), Act::DoubtSession) => {
            let until = cx.now + planned.lasts;
            return Ok(doubt::begin(tx, cx, subject, (*session, until))?.then(Vec::new));
        }
        (Scope::Session(session), _) => end_session(tx, cx, subject, *session)?,
        (Scope::Grant(grant), _) => end_grant(tx, cx, *grant)?,
        (Scope::Everybody | Scope::Network(_) | Scope::Client(_), _) => return Ok(Some(Vec::new())),
    };
    Ok((!done.is_empty()).then_some(done))
}

fn begin(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (planned, finding): (Planned, Option<EventId>),
    (reason, subject): (&str, Subject),
) -> Result<Option<Event>, Fault> {
    let Planned { act, scope, lasts, simulated } = planned;
    let ended = (!act.lasts()).then_some((cx.now, Over::Done));
    let response = Response {
        id: ResponseId::new(cx)?,
        act,
        scope,
        since: cx.now,
        until: cx.now + lasts,
        finding,
        reason: reason.to_owned(),
        simulated,
        ended,
    };
    if !responses::claim_insert(tx, &response)? {
        return Ok(None);
    }
    let kind = EventKind::ResponseBegan {
        response: response.id,
        act,
        scope: response.scope.text(),
        until: response.until,
        finding,
        reason: response.reason,
        simulated,
    };
    Ok(Some(Event::new(cx, subject, kind)?))
}

/// Ends a session that another browser used. Its owner signs in again: the browser stays known.
fn end_session(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    subject: &Subject,
    session: SessionId,
) -> Result<Vec<Event>, Fault> {
    let Some(account) = subject.account() else { return Ok(Vec::new()) };
    if !sessions::claim_end(tx, account, session)? {
        return Ok(Vec::new());
    }
    let what = What::SessionSuspected { until: None };
    notice::tell(tx, cx, account, Telling::of(what), Whom::Everybody)?;
    ended(tx, cx, account, (session, SessionEnd::Suspected))
}

fn end_grant(tx: &mut Tx<'_>, cx: &mut Cx, grant: GrantId) -> Result<Vec<Event>, Fault> {
    let Some(kept) = grants::find(tx, grant)? else { return Ok(Vec::new()) };
    let ended = ending::end(tx, cx, (&kept.grant, GrantEnd::Suspected))?;
    if ended.is_some() {
        tell::of_grant(tx, cx, &kept.grant, |telling| telling)?;
    }
    Ok(ended.into_iter().collect())
}

/// Begins one by hand, whatever the rules say; it is never simulated.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::ReasonMissing`]; [`Refusal::ResponseUnfit`] where this is not done to such a scope,
/// is done once and no more, or lasts longer than a day; [`Refusal::ResponseStands`] where it is done to the same already.
pub fn start(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (act, scope, lasts): (Act, Scope, Duration),
    reason: &str,
    by: &By,
) -> Outcome<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        return Ok(tx.unrecorded("nothing was done", Err(Refusal::ReasonMissing)));
    }
    let by_hand = matches!(act, Act::HoldCodes | Act::SuspendDevices);
    if !by_hand || !scope.is_of(act) || lasts > LONGEST || lasts.is_zero() {
        return Ok(tx.unrecorded("nothing was done", Err(Refusal::ResponseUnfit)));
    }
    let planned = Planned { act, scope, lasts, simulated: false };
    match begin(tx, cx, (planned, None), (reason, Subject::Site))? {
        Some(event) => tx.record(&[by.sign(event)], Ok(())),
        None => Ok(tx.unrecorded("the same is done already", Err(Refusal::ResponseStands))),
    }
}

/// Undoes one that lasts.
///
/// # Errors
/// A fault of the store. Refusals: [`Refusal::ResponseOver`] where there is none, or it has ended.
pub fn undo(tx: &mut Tx<'_>, cx: &mut Cx, id: ResponseId, by: &By) -> Outcome<()> {
    let over = "there is no such response, or it has ended";
    let Some(response) = responses::find(tx, id)? else {
        return Ok(tx.unrecorded(over, Err(Refusal::ResponseOver)));
    };
    if !responses::claim_end(tx, id, (cx.now, Over::Undone))? {
        return Ok(tx.unrecorded(over, Err(Refusal::ResponseOver)));
    }
    let subject = match response.scope {
        Scope::Session(session) => doubt::trust(tx, cx, session)?,
        Scope::Everybody | Scope::Network(_) | Scope::Client(_) | Scope::Grant(_) => Subject::Site,
    };
    let event = over_event(cx, (&response, subject), Over::Undone)?;
    tx.record(&[by.sign(event)], Ok(()))
}

fn over_event(cx: &mut Cx, (response, subject): (&Response, Subject), how: Over) -> Result<Event, Fault> {
    let kind = EventKind::ResponseEnded {
        response: response.id,
        act: response.act,
        scope: response.scope.text(),
        how,
    };
    Ok(Event::new(cx, subject, kind)?)
}

/// Ends those whose time is over; says whether there may be more.
///
/// # Errors
/// A fault of the store.
pub fn expire(tx: &mut Tx<'_>, cx: &mut Cx) -> Result<Recorded<bool>, Fault> {
    let due = responses::list_over(tx, cx.now, STEP)?;
    let more = i64::try_from(due.len()).unwrap_or(0) == STEP;
    let mut events = Vec::new();
    for response in due {
        if responses::claim_end(tx, response.id, (cx.now, Over::Elapsed))? {
            events.push(over_event(cx, (&response, Subject::Site), Over::Elapsed)?);
        }
    }
    tx.record(&events, more)
}

/// All, the newest first.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, limit: i64) -> Result<Vec<Response>, Fault> {
    store.read(|reader| responses::list(reader, limit))
}

/// Those that stand, the newest first.
///
/// # Errors
/// A fault of the store.
pub fn standing(store: &Store, limit: i64) -> Result<Vec<Response>, Fault> {
    store.read(|reader| responses::list_standing(reader, limit))
}
