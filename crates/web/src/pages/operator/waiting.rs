//! `/operator/outbox`: the mails and rings that wait to be handed over, and the clients and services that have yet to be told
//! something.

use askama::Template;
use axum::response::Response;
use flow::{operator, webhook};

use crate::error::Trouble;
use crate::page::{self, small};
use crate::view::frame::Place;
use crate::view::operator::OutboxLine;
use crate::view::operator::outbox::{LogoutLine, Outbox};
use crate::visit::Visit;

/// How many are shown.
const LINES: i64 = 200;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating("/operator/outbox")?;
    let (waiting, count) = operator::outbox(&visit.app.store, LINES)?;
    let calendar = page::calendar(&visit);
    let lines = waiting.into_iter().map(|message| OutboxLine {
        queued: calendar.moment(message.queued_at),
        to: message.to,
        attempts: small(message.attempts),
        next: calendar.moment(message.next_at),
        obstacle: Some(message.kind.code().to_owned()),
    });
    let mails = lines.collect();
    let line = |client, attempts, (queued, next)| LogoutLine {
        queued: calendar.moment(queued),
        client,
        attempts: small(attempts),
        next: calendar.moment(next),
    };
    let (untold, untold_count) = operator::logouts(&visit.app.store, LINES)?;
    let logouts = untold
        .into_iter()
        .map(|logout| line(logout.client, logout.attempts, (logout.queued_at, logout.next_at)));
    let (logouts, logouts_waiting) = (logouts.collect(), small(untold_count));
    let (waiting, webhooks_waiting) = webhook::waiting(&visit.app.store, LINES)?;
    let webhooks =
        waiting.into_iter().map(|call| line(call.url, call.attempts, (call.queued_at, call.next_at)));
    let (webhooks, webhooks_waiting) = (webhooks.collect(), small(webhooks_waiting));
    let (waiting, rings_waiting) = operator::rings(&visit.app.store, LINES)?;
    let rings =
        waiting.into_iter().map(|ring| line(ring.service, ring.attempts, (ring.queued_at, ring.next_at)));
    let (rings, rings_waiting) = (rings.collect(), small(rings_waiting));
    Ok(page::show(&visit, Place::Operator, |frame| {
        let waiting = small(count);
        Outbox {
            frame,
            mails,
            waiting,
            logouts,
            logouts_waiting,
            webhooks,
            webhooks_waiting,
            rings,
            rings_waiting,
        }
        .render()
    }))
}
