//! `/account/authenticators`: what an account can prove itself with; names, and taking one away.

use askama::Template;
use axum::response::Response;
use flow::recover::codes;
use flow::{authenticator, passkey};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::id::AuthenticatorId;
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::authenticators::{
    Authenticators, AuthenticatorsNotice, PasskeyLine, PasskeySection, RemovePasskey,
};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::recover::CodesSection;
use crate::visit::Visit;

const HERE: &str = "/account/authenticators";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let own = authenticator::list(&visit.app.store, visitor.account.id)?;
    let open = visit.app.passkeys.is_some() && passkey::is_open(&visit.app.policy, &visitor.account);
    let calendar = page::calendar(&visit);
    let notice = match visit.query.get("notice") {
        Some("added") => Some(AuthenticatorsNotice::Added),
        Some("held") => Some(AuthenticatorsNotice::AddedHeld),
        Some("renamed") => Some(AuthenticatorsNotice::Renamed),
        Some("removed") => Some(AuthenticatorsNotice::Removed),
        Some("name") => Some(AuthenticatorsNotice::NameUnfit),
        Some("recovered") => Some(AuthenticatorsNotice::Recovered),
        Some("cancelled") => Some(AuthenticatorsNotice::Cancelled),
        _ => None,
    };
    let lines = of_kind(&own).map(|own| line(own, &calendar)).collect();
    let passkeys = PasskeySection { lines, open };
    let left = codes::left(&visit.app.store, visitor.account.id)?;
    let codes = CodesSection {
        left: left.map(|left| (left.count, calendar.moment(left.made_at))),
        open: codes::is_open(&visit.app.policy, visitor),
    };
    Ok(page::show(&visit, Place::Account, |frame| Authenticators { frame, notice, passkeys, codes }.render()))
}

fn of_kind(own: &[Authenticator]) -> impl Iterator<Item = &Authenticator> {
    own.iter().filter(|own| own.kind == AuthenticatorKind::Passkey)
}

fn line(own: &Authenticator, calendar: &Calendar<'_>) -> PasskeyLine {
    PasskeyLine {
        id: own.id.to_string(),
        name: own.name.clone(),
        added: calendar.moment(own.added_at),
        used: own.used_at.map(|at| calendar.moment(at)),
        held: (!own.is_usable(calendar.now())).then(|| calendar.moment(own.usable_at)),
    }
}

/// `POST /account/authenticators/<id>/name`: a name decides nothing, so no proof is asked for.
pub(crate) async fn rename(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: AuthenticatorId = page::id(&id)?;
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let Ok(name) = authenticator::name(form.get("name").unwrap_or_default(), "") else {
        return Ok(page::redirect("/account/authenticators?notice=name", &visit.cookies()));
    };
    let app = &visit.app;
    match app.write(app.cx(), move |tx, _| authenticator::rename(tx, &visitor, id, &name)).await? {
        Ok(()) => Ok(page::redirect("/account/authenticators?notice=renamed", &visit.cookies())),
        Err(_) => Err(Trouble::NotFound),
    }
}

/// `GET /account/authenticators/<id>/remove`
pub(crate) async fn ask_remove(visit: Visit, Segment(id): Segment) -> Result<Response, Trouble> {
    let id: AuthenticatorId = page::id(&id)?;
    let visitor = visit.confirmed(&format!("{HERE}/{id}/remove"))?;
    let own = authenticator::list(&visit.app.store, visitor.account.id)?;
    let Some(it) = of_kind(&own).find(|own| own.id == id) else { return Err(Trouble::NotFound) };
    let (last, text) = (of_kind(&own).count() == 1, id.to_string());
    Ok(page::show(&visit, Place::Account, |frame| {
        RemovePasskey { frame, id: &text, name: &it.name, last }.render()
    }))
}

/// `POST /account/authenticators/<id>/remove`
pub(crate) async fn remove(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: AuthenticatorId = page::id(&id)?;
    let visit = posted.visit;
    let visitor = visit.confirmed(&format!("{HERE}/{id}/remove"))?.clone();
    let (app, source) = (&visit.app, visit.source);
    match app.write(app.cx(), move |tx, cx| authenticator::remove(tx, cx, &visitor, (id, source))).await? {
        // Gone already: two clicks are no error.
        Ok(()) | Err(Refusal::AuthenticatorUnknown) => {
            Ok(page::redirect("/account/authenticators?notice=removed", &visit.cookies()))
        }
        Err(_) => Err(Trouble::NotFound),
    }
}

/// `POST /account/authenticators/<id>/cancel`: takes one back that is held. It could not be used yet, so that no proof is
/// asked for.
pub(crate) async fn cancel(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: AuthenticatorId = page::id(&id)?;
    let visit = posted.visit;
    let visitor = visit.signed_in()?.clone();
    let (app, source) = (&visit.app, visit.source);
    let outcome =
        app.write(app.cx(), move |tx, cx| authenticator::cancel_own(tx, cx, &visitor, (id, source))).await?;
    let on = if outcome.is_ok() { "?notice=cancelled" } else { "" };
    Ok(page::redirect(&format!("{HERE}{on}"), &visit.cookies()))
}
