//! What a row of the record holds beside its columns: what the columns say is not said a second time.
//!
//! A quarter of a grown store would be that repetition. A body that holds the whole event, as 0.1 wrote it at first, is
//! read as well: the columns have the last word.

use model::event::{Actor, Event, EventKind, Origin, Subject};
use model::fault::Fault;
use model::id::{AccountId, EventId, RequestId, SessionId};
use model::source::Source;
use serde::{Deserialize, Serialize};

use crate::value::Row;

/// The columns from which [`read`] puts an event together, in its order.
macro_rules! event_columns {
    () => {
        "id, at, subject, request, body"
    };
}
pub(crate) use event_columns;

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    masked: Option<&'a str>,
    actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    kind: &'a EventKind,
}

#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    origin: Option<Origin>,
    #[serde(default)]
    subject: Option<Subject>,
    #[serde(default)]
    masked: Option<String>,
    actor: Actor,
    #[serde(default)]
    source: Option<Source>,
    #[serde(default)]
    session: Option<SessionId>,
    kind: EventKind,
}

/// The text of the column `body`.
///
/// # Errors
/// A fault when the event cannot be written as JSON.
pub fn body(event: &Event) -> Result<String, Fault> {
    let (subject, masked) = match &event.subject {
        Subject::Account(_) | Subject::Site => (None, None),
        Subject::Address { destination, masked }
            if event.subject.key().is_some_and(|key| wire::token::hex(&key) == *destination) =>
        {
            (None, Some(masked.as_str()))
        }
        subject @ (Subject::Address { .. } | Subject::Foreign { .. }) => (Some(subject), None),
    };
    let written = Written {
        origin: (event.origin != Origin::Here).then_some(event.origin),
        subject,
        masked,
        actor: event.actor,
        source: event.source,
        session: event.session,
        kind: &event.kind,
    };
    serde_json::to_string(&written).map_err(|error| Fault::new("writing an event", error))
}

/// The event of a row that begins with the columns of [`event_columns`] at `first`.
///
/// # Errors
/// A fault when the row is not as it was written.
#[expect(clippy::disallowed_methods, reason = "not from outside: our own text, read back")]
pub(crate) fn read(row: &mut Row, first: usize) -> Result<Event, Fault> {
    let mut at = first..;
    let mut next = || at.next().unwrap_or(first);
    let id = EventId::from_bytes(row.sixteen(next())?);
    let when = row.time(next())?;
    let key = row.maybe_sixteen(next())?;
    let request = row.maybe_sixteen(next())?.map(RequestId::from_bytes);
    let kept: Kept = serde_json::from_str(&row.text(next())?)
        .map_err(|error| Fault::new("an event on the record cannot be read", error))?;
    let subject = match (kept.subject, key, kept.masked) {
        (Some(subject), _, _) => subject,
        (None, Some(key), Some(masked)) => Subject::Address { destination: wire::token::hex(&key), masked },
        (None, Some(key), None) => Subject::Account(AccountId::from_bytes(key)),
        (None, None, _) => Subject::Site,
    };
    Ok(Event {
        id,
        at: when,
        origin: kept.origin.unwrap_or(Origin::Here),
        subject,
        actor: kept.actor,
        source: kept.source,
        request,
        session: kept.session,
        kind: kept.kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Cell;
    use model::cx::Cx;
    use model::digest::Digest;
    use model::source::browser_from_code;
    use model::time::Time;

    fn row(event: &Event, body: String) -> Row {
        let bytes = |bytes: Option<&[u8]>| bytes.map_or(Cell::Null, |bytes| Cell::Bytes(bytes.to_vec()));
        Row(vec![
            bytes(Some(event.id.bytes())),
            Cell::Int(event.at.micros()),
            bytes(event.subject.key().as_ref().map(<[u8; 16]>::as_slice)),
            bytes(event.request.as_ref().map(|id| id.bytes().as_slice())),
            Cell::Text(body),
        ])
    }

    fn samples() -> Vec<Event> {
        let mut cx = Cx::simulated(Time::from_micros(1_795_297_599_123_456), 1);
        let account = Subject::Account(AccountId::new(&mut cx).unwrap());
        let address = Subject::address(&Digest::from_bytes([7; 16]), "a…@example.com".to_owned());
        let odd = Subject::Address { destination: "ABC".to_owned(), masked: String::new() };
        let source = Source { address: None, browser: browser_from_code("firefox/linux") };
        let mut all = Vec::new();
        for subject in [account, address, odd, Subject::Site] {
            let event = Event::new(&mut cx, subject, EventKind::SignInCodeRedeemed).unwrap();
            let asked = RequestId::new(&mut cx).unwrap();
            let within = SessionId::new(&mut cx).unwrap();
            all.push(event.clone().by(Actor::Owner, Some(source)).of(asked).within(within));
            all.push(Event { origin: Origin::Drill, ..event });
        }
        all
    }

    #[test]
    fn an_event_comes_back_as_it_was_written() {
        for event in samples() {
            assert_eq!(read(&mut row(&event, body(&event).unwrap()), 0).unwrap(), event);
        }
    }

    #[test]
    fn a_body_with_the_whole_event_in_it_is_read_as_well() {
        for event in samples() {
            let whole = serde_json::to_string(&event).unwrap();
            assert_eq!(read(&mut row(&event, whole), 0).unwrap(), event);
        }
    }

    #[test]
    fn what_the_columns_say_is_not_in_the_body() {
        for event in samples() {
            let text = body(&event).unwrap();
            assert!(!text.contains(&event.id.to_string()), "{text}");
            if let Some(account) = event.subject.account() {
                assert!(!text.contains(&account.to_string()), "{text}");
            }
        }
    }

    #[test]
    fn a_body_that_is_no_event_is_a_fault() {
        let event = samples().remove(0);
        for text in ["", "{}", "[]", "{\"actor\":\"owner\"}"] {
            assert!(read(&mut row(&event, text.to_owned()), 0).is_err(), "{text}");
        }
    }
}
