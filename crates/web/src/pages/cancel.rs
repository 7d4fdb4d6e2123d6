//! `/entry/cancel/<link>`, `/authenticator/<link>` and `/app/<link>`: "this was not me", by whoever got the notice. Looking changes nothing;
//! only the button does.

use askama::Template;
use axum::response::Response;
use flow::{authenticator, entry, provisional};
use http::StatusCode;
use model::authenticator::AuthenticatorKind;
use model::event::EntryKind;
use model::id::{AuthenticatorId, EntryId, GrantId};

use crate::error::Trouble;
use crate::page;
use crate::pages::grants;
use crate::posted::PostedByAnybody;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::undo::AppNotMine;
use crate::view::waiting::{Cancel, CancelDone, CancelGone, Cancelled, Kind, Thing};
use crate::visit::Visit;

/// A way in, as pages name it.
pub(crate) const fn kind(kind: EntryKind) -> Kind {
    match kind {
        EntryKind::Recovery => Kind::Recovery,
        EntryKind::SignIn => Kind::SignIn,
    }
}

/// An authenticator, as pages name it.
pub(crate) const fn thing(kind: AuthenticatorKind) -> Thing {
    match kind {
        AuthenticatorKind::Passkey => Thing::Passkey,
        AuthenticatorKind::Password => Thing::Password,
        AuthenticatorKind::Totp => Thing::App,
        AuthenticatorKind::Approver => Thing::Approver,
    }
}

fn entry_link(token: &str) -> Option<entry::Link> {
    let (id, secret) = wire::token::decode_pair(token).ok()?;
    Some((EntryId::from_bytes(id), secret))
}

fn held_link(token: &str) -> Option<authenticator::Link> {
    let (id, secret) = wire::token::decode_pair(token).ok()?;
    Some((AuthenticatorId::from_bytes(id), secret))
}

fn gone(visit: &Visit) -> Response {
    let answer = page::show(visit, Place::Elsewhere, |frame| CancelGone { frame }.render());
    page::with_status(answer, StatusCode::NOT_FOUND)
}

fn done(visit: &Visit, what: Cancelled) -> Response {
    page::show(visit, Place::Elsewhere, |frame| CancelDone { frame, what }.render())
}

/// `GET /entry/cancel/<link>`
pub(crate) async fn entry(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    let Some(link) = entry_link(&token) else { return Ok(gone(&visit)) };
    let Some(found) = entry::find_by_link(&visit.app.store, visit.cx.now, &link)? else {
        return Ok(gone(&visit));
    };
    let calendar = page::calendar(&visit);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        Cancel {
            frame,
            action: format!("/entry/cancel/{token}"),
            what: Cancelled::Entry(kind(found.kind)),
            asked: calendar.moment(found.asked_at),
            opens: calendar.moment(found.opens_at),
            source: Some(page::source_line(&found.source, None)),
        }
        .render()
    }))
}

/// `POST /entry/cancel/<link>`
pub(crate) async fn cancel_entry(
    Segment(token): Segment,
    posted: PostedByAnybody,
) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let Some(link) = entry_link(&token) else { return Ok(gone(&visit)) };
    let Some(found) = entry::find_by_link(&visit.app.store, visit.cx.now, &link)? else {
        return Ok(gone(&visit));
    };
    let source = visit.source;
    let outcome = visit.app.write(visit.app.cx(), move |tx, cx| entry::cancel(tx, cx, link, source)).await?;
    Ok(match outcome {
        Ok(()) => done(&visit, Cancelled::Entry(kind(found.kind))),
        Err(_) => gone(&visit),
    })
}

fn app_link(token: &str) -> Option<provisional::Link> {
    let (id, secret) = wire::token::decode_pair(token).ok()?;
    Some((GrantId::from_bytes(id), secret))
}

/// `GET /app/<link>`
pub(crate) async fn app(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    let Some(link) = app_link(&token) else { return Ok(gone(&visit)) };
    let Some(found) = provisional::find_by_link(&visit.app.store, &visit.cx, &link)? else {
        return Ok(gone(&visit));
    };
    let calendar = page::calendar(&visit);
    let (client, grant) = (&found.client.client, &found.kept.grant);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        AppNotMine {
            frame,
            action: format!("/app/{token}"),
            name: client.name.clone(),
            verified: client.verified,
            came: grants::came(&visit, &found.kept),
            given: calendar.moment(grant.granted_at),
            used: calendar.moment(grant.used_at),
        }
        .render()
    }))
}

/// `POST /app/<link>`
pub(crate) async fn end_app(Segment(token): Segment, posted: PostedByAnybody) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let Some(link) = app_link(&token) else { return Ok(gone(&visit)) };
    let source = visit.source;
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| provisional::not_mine(tx, cx, &link, source)).await?;
    Ok(match outcome {
        Ok(()) => done(&visit, Cancelled::App),
        Err(_) => gone(&visit),
    })
}

/// `GET /authenticator/<link>`
pub(crate) async fn held(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    let Some(link) = held_link(&token) else { return Ok(gone(&visit)) };
    let Some((own, session)) = authenticator::find_by_link(&visit.app.store, visit.cx.now, &link)? else {
        return Ok(gone(&visit));
    };
    let calendar = page::calendar(&visit);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        Cancel {
            frame,
            action: format!("/authenticator/{token}"),
            what: Cancelled::Held(thing(own.kind)),
            asked: calendar.moment(own.added_at),
            opens: calendar.moment(own.usable_at),
            source: session.map(|session| page::source_line(&session.source, None)),
        }
        .render()
    }))
}

/// `POST /authenticator/<link>`
pub(crate) async fn cancel_held(
    Segment(token): Segment,
    posted: PostedByAnybody,
) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let Some(link) = held_link(&token) else { return Ok(gone(&visit)) };
    let Some((own, _)) = authenticator::find_by_link(&visit.app.store, visit.cx.now, &link)? else {
        return Ok(gone(&visit));
    };
    let source = visit.source;
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| authenticator::cancel(tx, cx, &link, source)).await?;
    Ok(match outcome {
        Ok(()) => done(&visit, Cancelled::Held(thing(own.kind))),
        Err(_) => gone(&visit),
    })
}
