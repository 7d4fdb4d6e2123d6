//! `/operator/watch`: what is happening now; `/operator/findings`: one finding, and what an operator says about it.

use askama::Template;
use axum::response::Response;
use flow::by::By;
use flow::watching::{self, Found};
use flow::{operator, response};
use model::event::{EventKind, Subject};
use model::finding::{About, Finding};
use model::id::{EventId, ResponseId};
use model::response::{Act, Response as Done};
use model::time::Time;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::finding::{Words, severity};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::operator::watch::{
    Counts, FactLine, FoundLine, Hour, Noted, OneFinding, ResponseLine, Said, TimeLine, Watch,
};
use crate::visit::Visit;

const PATH: &str = "/operator/watch";
/// How many findings and responses are shown.
const LINES: i64 = 50;

fn said(visit: &Visit) -> Option<Said> {
    match visit.query.get("done") {
        Some("undone") => Some(Said::Undone),
        Some("over") => Some(Said::Over),
        Some("noted") => Some(Said::Noted),
        Some("noted-before") => Some(Said::NotedBefore),
        _ => None,
    }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating(PATH)?;
    let now = watching::now(&visit.app.store, &visit.cx, LINES)?;
    let calendar = page::calendar(&visit);
    let found = lines(&visit, &now.findings, &calendar)?;
    let day = now.hours.iter().fold(watching::Hour::default(), |sum, (_, hour)| sum.and(*hour));
    // The hour that has begun, and the one before it.
    let hour =
        now.hours.iter().rev().take(2).fold(watching::Hour::default(), |sum, (_, hour)| sum.and(*hour));
    let line = TimeLine { hours: now.hours.iter().map(|one| hour_line(one, &calendar)).collect() };
    let said = said(&visit);
    Ok(page::show(&visit, Place::Operator, |frame| {
        Watch {
            frame,
            said,
            hour: counts(&hour),
            day: counts(&day),
            line,
            findings: found,
            responses: now.responses.iter().map(|done| response_line(done, &calendar)).collect(),
        }
        .render()
    }))
}

fn hour_line((at, hour): &(Time, watching::Hour), calendar: &Calendar<'_>) -> Hour {
    Hour {
        label: calendar.clock(*at),
        asked: small(hour.asked),
        used: small(hour.used),
        wrong: small(hour.wrong),
        findings: small(hour.findings),
    }
}

fn counts(hour: &watching::Hour) -> Counts {
    Counts {
        asked: small(hour.asked),
        used: small(hour.used),
        wrong: small(hour.wrong),
        floods: small(hour.floods),
        started: small(hour.started),
        completed: hour.completed().map(small),
    }
}

/// The lines of findings, with the addresses of the accounts that they concern.
pub(super) fn lines(
    visit: &Visit,
    found: &[Found],
    calendar: &Calendar<'_>,
) -> Result<Vec<FoundLine>, Trouble> {
    let events: Vec<_> = found.iter().map(|found| found.event.clone()).collect();
    let addresses = operator::addresses(&visit.app.store, &events)?;
    let line = |found: &Found| {
        let EventKind::FindingRaised { finding } = &found.event.kind else { return None };
        let subject = match &found.event.subject {
            Subject::Account(id) => addresses.get(id).cloned().unwrap_or_else(|| id.to_string()),
            Subject::Address { masked, .. } => masked.clone(),
            Subject::Foreign { user, .. } => user.to_string(),
            Subject::Site => String::new(),
        };
        Some(FoundLine {
            id: found.event.id.to_string(),
            at: calendar.moment(found.event.at),
            words: Words::of(finding.attack()),
            severity: severity(finding.severity),
            about: about(finding, subject),
            count: finding.count,
            noted: found.acknowledged.is_some(),
        })
    };
    Ok(found.iter().filter_map(line).collect())
}

/// Whom or what it is about, as people call it.
fn about(finding: &Finding, subject: String) -> String {
    match finding.about() {
        About::Source(address) => address.to_string(),
        About::Country(code) => code.to_owned(),
        About::Client(client) => client.to_owned(),
        About::Session(_) | About::Grant(_) | About::Subject => subject,
    }
}

const fn act(act: Act) -> &'static str {
    match act {
        Act::HoldCodes => "watch-act-hold-codes",
        Act::SuspendDevices => "watch-act-suspend-devices",
        Act::EndSession => "watch-act-end-session",
        Act::DoubtSession => "watch-act-doubt-session",
        Act::EndGrant => "watch-act-end-grant",
    }
}

fn response_line(done: &Done, calendar: &Calendar<'_>) -> ResponseLine {
    ResponseLine {
        id: done.id.to_string(),
        act: act(done.act),
        scope: done.scope.text(),
        since: calendar.moment(done.since),
        until: done.act.lasts().then(|| calendar.moment(done.ended.map_or(done.until, |(at, _)| at))),
        reason: if done.finding.is_none() { done.reason.clone() } else { String::new() },
        finding: done.finding.map(|finding| finding.to_string()),
        simulated: done.simulated,
        stands: done.ended.is_none(),
    }
}

fn href(finding: EventId) -> String {
    format!("/operator/findings/{finding}")
}

/// `GET /operator/findings/<event>`
pub(crate) async fn one(Segment(id): Segment, visit: Visit) -> Result<Response, Trouble> {
    let id: EventId = page::id(&id)?;
    visit.operating(&href(id))?;
    let whole = watching::find(&visit.app.store, id)?.ok_or(Trouble::NotFound)?;
    let EventKind::FindingRaised { finding } = &whole.found.event.kind else { return Err(Trouble::NotFound) };
    let calendar = page::calendar(&visit);
    let found = std::slice::from_ref(&whole.found);
    let line = lines(&visit, found, &calendar)?.into_iter().next().ok_or(Trouble::NotFound)?;
    let addresses = operator::addresses(&visit.app.store, &whole.evidence)?;
    let noted = whole.found.acknowledged.as_ref().map(|one| Noted {
        at: calendar.moment(one.at),
        by: whole.by.as_ref().map(|account| account.address.clone()),
        note: one.note.clone(),
    });
    let facts = finding
        .reasons
        .iter()
        .map(|reason| FactLine { fact: reason.fact.code(), value: reason.value.clone().unwrap_or_default() });
    let facts = facts.collect();
    let said = said(&visit);
    Ok(page::show(&visit, Place::Operator, |frame| {
        OneFinding {
            frame,
            said,
            line,
            span: finding.span.map(|(first, last)| (calendar.moment(first), calendar.moment(last))),
            detector: finding.detector.clone(),
            facts,
            account: whole.found.event.subject.account().map(|account| account.to_string()),
            events: whole.evidence.iter().map(|event| super::line(event, &addresses, &calendar)).collect(),
            responses: whole.responses.iter().map(|done| response_line(done, &calendar)).collect(),
            noted,
        }
        .render()
    }))
}

/// `POST /operator/findings/<event>/note`
pub(crate) async fn note(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let id: EventId = page::id(&id)?;
    let visitor = visit.operating(&href(id))?;
    let (by, account) = (By::page(&visit.cx, visitor, visit.source), visitor.account.id);
    let note = form.get("note").unwrap_or_default().to_owned();
    let work = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| {
        watching::acknowledge(tx, cx, (id, &note), (&by, Some(account)))
    };
    let done = match visit.app.write(visit.app.cx(), work).await? {
        Ok(()) => "noted",
        Err(model::refusal::Refusal::FindingAcknowledged) => "noted-before",
        Err(_) => return Err(Trouble::NotFound),
    };
    Ok(page::redirect(&format!("{}?done={done}", href(id)), &visit.cookies()))
}

/// `POST /operator/responses/<response>/undo`
pub(crate) async fn undo(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let id: ResponseId = page::id(&id)?;
    let by = By::page(&visit.cx, visit.operating(PATH)?, visit.source);
    let done = match visit.app.write(visit.app.cx(), move |tx, cx| response::undo(tx, cx, id, &by)).await? {
        Ok(()) => "undone",
        Err(_) => "over",
    };
    Ok(page::redirect(&format!("{PATH}?done={done}"), &visit.cookies()))
}
