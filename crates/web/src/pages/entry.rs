//! `/entry`: what waits in this browser, until when, and how to use it once it has opened.

use askama::Template;
use axum::response::Response;
use flow::entry::{self, Entering, Facts};
use flow::session::Visitor;
use http::StatusCode;
use model::entry::{Entry, SECOND};
use model::event::EntryKind;
use model::id::EntryId;
use model::method::Method;

use crate::error::Trouble;
use crate::page;
use crate::pages::cancel::{kind, thing};
use crate::pages::passkey;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::passkey::Offer;
use crate::view::waiting::{EntryPage, Own, Second, Waits, Wants};
use crate::visit::{Visit, session_cookie};

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.query.get("id").and_then(|id| id.parse().ok());
    show(visit, id, false)
}

/// Shows one of what waits in this browser: the one that is asked for, or the newest.
fn show(mut visit: Visit, id: Option<EntryId>, closed: bool) -> Result<Response, Trouble> {
    let now = visit.cx.now;
    let all = entry::list_of_browser(&visit.app.store, now, &visit.half)?;
    let chosen = all.iter().find(|entry| Some(entry.id) == id).or_else(|| all.first()).cloned();
    let facts = match &chosen {
        Some(entry) => entry::facts(&visit.app.store, &visit.cx, entry)?,
        None => Facts::default(),
    };
    let by_passkey =
        chosen.as_ref().is_some_and(|entry| entry.kind == EntryKind::SignIn && !entry.is_open(now));
    let passkey = if by_passkey { passkey::offer_sign_in(&mut visit, (true, None))? } else { Offer::Nowhere };
    let calendar = page::calendar(&visit);
    let others = all.iter().filter(|other| chosen.as_ref().is_some_and(|entry| entry.id != other.id));
    let others = others.map(|other| (other.id.to_string(), calendar.moment(other.asked_at))).collect();
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        EntryPage {
            frame,
            account: facts.account.clone(),
            entry: chosen.as_ref().map(|entry| waits(&visit, entry, &facts)),
            closed,
            others,
            passkey,
        }
        .render()
    }))
}

fn waits(visit: &Visit, entry: &Entry, facts: &Facts) -> Waits {
    let (calendar, now) = (page::calendar(visit), visit.cx.now);
    let recovery = entry.kind == EntryKind::Recovery;
    let until = entry.proved_at + SECOND;
    let (mailed, saved) = (entry.proofs.has(Method::MailCode), entry.proofs.has(Method::RecoveryCode));
    let wants = match (mailed, saved) {
        (true, false) => Some(Wants::Saved),
        (false, true) => Some(Wants::Mailed),
        (true, true) | (false, false) => None,
    };
    // Both kinds of code together name the mailbox that one of them went to: somebody else has to be told as well.
    let opens_at_once = facts.told_elsewhere;
    let second = wants.filter(|_| recovery && opens_at_once && !entry.is_open(now) && now < until);
    let own = |own: &model::authenticator::Authenticator| Own {
        id: own.id.to_string(),
        thing: thing(own.kind),
        name: own.name.clone(),
    };
    Waits {
        id: entry.id.to_string(),
        kind: kind(entry.kind),
        asked: calendar.moment(entry.asked_at),
        opens: (!entry.is_open(now)).then(|| calendar.moment(entry.opens_at)),
        closes: calendar.moment(entry.expires_at),
        second: second.map(|wants| Second { wants, until: calendar.moment(until) }),
        alone: recovery && !opens_at_once && !entry.is_open(now),
        own: facts.own.iter().map(own).collect(),
    }
}

/// `POST /entry/<id>`: uses it. After a recovery whatever was not ticked is gone.
pub(crate) async fn post(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let id: EntryId = page::id(&id)?;
    let all = entry::list_of_browser(&visit.app.store, visit.cx.now, &visit.half)?;
    let Some(found) = all.into_iter().find(|entry| entry.id == id) else { return closed(visit, id) };
    let own = entry::facts(&visit.app.store, &visit.cx, &found)?.own;
    let kept = own.iter().filter(|own| form.get(&format!("keep.{}", own.id)).is_some());
    let entering = Entering {
        id,
        browser_half: visit.half,
        current: visit.visitor.as_ref().map(Visitor::held),
        keep: kept.map(|own| own.id).collect(),
        source: visit.source,
    };
    let outcome = visit.app.write(visit.app.cx(), move |tx, cx| entry::enter(tx, cx, &entering)).await?;
    let Ok(started) = outcome else { return closed(visit, id) };
    let seconds = visit.app.policy.session_absolute.as_secs();
    let mut cookies = visit.cookies();
    cookies.push(session_cookie(started.session.id, started.secret.expose(), seconds));
    let to = match found.kind {
        EntryKind::Recovery => "/account/authenticators?notice=recovered".to_owned(),
        EntryKind::SignIn => visit.onward("/account")?,
    };
    Ok(page::redirect(&to, &cookies))
}

fn closed(visit: Visit, id: EntryId) -> Result<Response, Trouble> {
    Ok(page::with_status(show(visit, Some(id), true)?, StatusCode::CONFLICT))
}
