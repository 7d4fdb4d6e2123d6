//! `/operator`: the whole record, what is on its way out, what was found. For operators.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod clients;
mod gate;
pub(crate) mod invitations;
pub(crate) mod settings;
pub(crate) mod tenants;
pub(crate) mod waiting;
pub(crate) mod watch;

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use flow::operator::{self, Rows, Show as Filter};
use flow::watching;
use model::event::{Event, EventKind, Subject};
use model::id::{AccountId, EventId};
use model::time::Time;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::operator::{
    EventLine, Operator, OperatorShow, OutboxLine, RowCount, StoreSize, TableLine, Today,
};
use crate::visit::Visit;

/// How many events one page has.
const LINES: usize = 100;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let strong = visit.overseeing("/operator")?;
    let store = &visit.app.store;
    let show = OperatorShow::from_query(visit.query.get("show"));
    let before = visit.query.get("before").map(cursor).transpose()?;
    let found = operator::page(store, filter(show), before, LINES)?;
    let addresses = operator::addresses(store, &found.events)?;
    let findings = watching::newest(store, 5)?;
    let (waiting, waiting_count) = operator::outbox(store, 20)?;
    let today = today(&visit)?;
    let calendar = page::calendar(&visit);
    let outbox = waiting
        .into_iter()
        .map(|message| OutboxLine {
            queued: calendar.moment(message.queued_at),
            to: message.to,
            attempts: small(message.attempts),
            next: calendar.moment(message.next_at),
            obstacle: None,
        })
        .collect();
    let findings = watch::lines(&visit, &findings, &calendar)?;
    let sizes = sizes(&visit, &calendar)?;
    let all = flow::ledger::of_all(store, &visit.cx)?;
    let told_at = visit.app.policy.alarm_at;
    let older =
        found.older.map(|(at, id)| format!("/operator?show={}&before={}-{id}", show.query(), at.micros()));
    Ok(page::show(&visit, Place::Operator, |frame| {
        Operator {
            frame,
            strong,
            today,
            outbox,
            outbox_waiting: small(waiting_count),
            ledger: page::ledger(&all),
            alarm: (all.chance() >= told_at).then(|| told_at.odds().unwrap_or(i64::MAX)),
            store: sizes,
            findings,
            show,
            events: found.events.iter().map(|event| line(event, &addresses, &calendar)).collect(),
            older,
        }
        .render()
    }))
}

const fn filter(show: OperatorShow) -> Filter {
    match show {
        OperatorShow::All => Filter::All,
        OperatorShow::Asked => Filter::Asked,
        OperatorShow::Mailed => Filter::Mailed,
        OperatorShow::Suppressed => Filter::Suppressed,
        OperatorShow::Redeemed => Filter::Redeemed,
        OperatorShow::Unused => Filter::Unused,
        OperatorShow::Unknown => Filter::Unknown,
        OperatorShow::Findings => Filter::Findings,
    }
}

/// Reads `<microseconds>-<event>`.
fn cursor(text: &str) -> Result<(Time, EventId), Trouble> {
    let (at, id) = text.split_once('-').ok_or(Trouble::NotFound)?;
    Ok((Time::from_micros(page::id(at)?), page::id(id)?))
}

fn today(visit: &Visit) -> Result<Today, Trouble> {
    let counts = operator::counts(&visit.app.store, &visit.cx)?;
    let of = |kind: &str| counts.iter().find(|(name, _)| name == kind).map_or(0, |(_, n)| small(*n));
    Ok(Today {
        asked: of("sign_in_code_requested"),
        mailed: of("message_handed_over"),
        suppressed: small(operator::suppressed(&visit.app.store, &visit.cx)?),
        redeemed: of("sign_in_code_redeemed"),
        unused: of("sign_in_code_expired"),
    })
}

fn sizes(visit: &Visit, calendar: &Calendar<'_>) -> Result<StoreSize, Trouble> {
    let figures = operator::figures(&visit.app.store)?;
    let tables = figures.tables.into_iter().map(|table| TableLine {
        name: table.name,
        rows: match table.rows {
            Rows::Exactly(count) => RowCount::Exactly(small(count)),
            Rows::About(count) => RowCount::About(small(count)),
            Rows::MoreThan(count) => RowCount::MoreThan(small(count)),
        },
        size: table.bytes.map(operator::size).unwrap_or_default(),
    });
    Ok(StoreSize {
        size: operator::size(figures.bytes),
        log: figures.log.map(operator::size),
        oldest: figures.oldest.map(|at| calendar.moment(at)),
        tables: tables.collect(),
    })
}

fn line(event: &Event, addresses: &HashMap<AccountId, String>, calendar: &Calendar<'_>) -> EventLine {
    let subject = match &event.subject {
        Subject::Account(id) => match (addresses.get(id), &event.kind) {
            (Some(address), _) => address.clone(),
            // An account that was to be opened and never was.
            (None, EventKind::SignInCodeRequested { address: Some(masked), .. }) => masked.clone(),
            (None, _) => id.to_string(),
        },
        Subject::Address { masked, destination } if masked.is_empty() => destination.clone(),
        Subject::Address { masked, .. } => masked.clone(),
        Subject::Foreign { user, .. } => user.to_string(),
        Subject::Site => String::new(),
    };
    EventLine {
        id: event.id.to_string(),
        at: calendar.moment(event.at),
        kind: event.kind.name().to_owned(),
        subject,
        unknown: matches!(event.subject, Subject::Address { .. }),
        source: event.source.as_ref().map(|source| page::source_line(source, None)),
        detail: flow::operator::detail(&event.kind),
    }
}
