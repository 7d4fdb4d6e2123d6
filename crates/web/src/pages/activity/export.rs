//! `/account/activity/activity.csv` and `.jsonl`: the entries that the filter of the page leaves, one event a line. Nothing
//! is kept of it, and nothing is written; it leaves page by page, so that a long record needs no memory.
//!
//! Implements: RFC 4180 (CSV); the formats are described in `docs/account-data.md`.

use axum::response::Response;
use flow::activity::{self, Entry, Page};
use model::event::Event;
use model::fault::Fault;
use model::id::EventId;
use serde_json::Value;
use wire::csv;

use super::{asked, filter};
use crate::error::Trouble;
use crate::page::download::{self, File};
use crate::visit::Visit;

/// How many entries are written at once.
const AT_ONCE: usize = 200;

const COLUMNS: [&str; 10] =
    ["time", "what", "details", "by", "address", "browser", "request", "session", "origin", "id"];

/// How one event is written.
type Line = fn(&Event) -> Result<String, Fault>;

/// `GET /account/activity/activity.csv`
pub(crate) async fn csv(visit: Visit) -> Result<Response, Trouble> {
    let file = File { name: "activity.csv", media_type: "text/csv; charset=utf-8" };
    export(&visit, &file, csv::line(COLUMNS.iter().copied()), as_csv)
}

/// `GET /account/activity/activity.jsonl`
pub(crate) async fn json_lines(visit: Visit) -> Result<Response, Trouble> {
    let file = File { name: "activity.jsonl", media_type: "application/jsonl" };
    export(&visit, &file, String::new(), as_json)
}

fn export(visit: &Visit, file: &File, head: String, line: Line) -> Result<Response, Trouble> {
    let account = visit.signed_in()?.account.id;
    let (show, span) = asked(visit);
    let (filter, store) = (filter(show, span, visit.cx.now), visit.app.store.clone());
    let mut head = Some(head);
    let mut rest: Option<Option<EventId>> = Some(None);
    Ok(download::answer(visit, file, move || {
        let Some(before) = rest else { return Ok(None) };
        let Page { entries, older } = activity::page(&store, account, filter, before, AT_ONCE)?;
        rest = older.map(Some);
        let mut piece = head.take().unwrap_or_default();
        for entry in entries {
            let events = match entry {
                Entry::Request { steps, .. } => steps,
                Entry::Other(event) => vec![*event],
            };
            for event in events {
                piece.push_str(&line(&activity::for_owner(event))?);
            }
        }
        Ok(Some(piece))
    }))
}

/// The name of a word as it stands in the JSON form of an event.
fn word(value: serde_json::Result<Value>) -> String {
    match value {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn as_csv(event: &Event) -> Result<String, Fault> {
    let source = event.source.as_ref();
    let cells = [
        event.at.to_string(),
        event.kind.name().to_owned(),
        flow::operator::detail(&event.kind),
        word(serde_json::to_value(event.actor)),
        source.and_then(|source| source.address).map(|address| address.to_string()).unwrap_or_default(),
        source.map(|source| model::source::browser_code(source.browser)).unwrap_or_default(),
        event.request.map(|id| id.to_string()).unwrap_or_default(),
        event.session.map(|id| id.to_string()).unwrap_or_default(),
        word(serde_json::to_value(event.origin)),
        event.id.to_string(),
    ];
    Ok(csv::line(cells.iter().map(|cell| csv::as_text(cell))))
}

fn as_json(event: &Event) -> Result<String, Fault> {
    let text = serde_json::to_string(event).map_err(|error| Fault::new("writing an event", error))?;
    Ok(text + "\n")
}
