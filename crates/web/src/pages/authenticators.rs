//! `/account/authenticators`: what an account can prove itself with; names, and taking one away.

use askama::Template;
use axum::response::Response;
use flow::recover::codes;
use flow::{approval, authenticator, passkey, password, session, totp};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::id::AuthenticatorId;
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::approve::ApproverSection;
use crate::view::authenticators::{
    Authenticators, AuthenticatorsNotice, PasskeyLine, PasskeySection, RemovePasskey,
};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::recover::CodesSection;
use crate::view::set_password::{AppSection, AuthenticatorLine, PasswordSection, RemoveAuthenticator, Which};
use crate::visit::Visit;

const HERE: &str = "/account/authenticators";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let (app, id) = (&visit.app, visitor.account.id);
    let own = authenticator::list(&app.store, id)?;
    let calendar = page::calendar(&visit);
    let notice = visit.query.get("notice").and_then(AuthenticatorsNotice::from_word);
    let changed = notice.as_ref().is_some_and(AuthenticatorsNotice::is_change);
    let others = changed && session::list(&app.store, &visit.cx, id)?.len() > 1;
    let all = |kind| of_kind(&own, kind).map(|own| line(own, &calendar)).collect();
    let approvers = ApproverSection {
        lines: all(AuthenticatorKind::Approver),
        open: app.passkeys.is_some() && approval::is_open(&app.policy, &visitor.account),
    };
    let passkeys = PasskeySection {
        lines: all(AuthenticatorKind::Passkey),
        open: app.passkeys.is_some() && passkey::is_open(&app.policy, &visitor.account),
    };
    let only = |kind| own.iter().find(|own| own.kind == kind).map(|own| only(own, &calendar));
    let password = PasswordSection {
        line: only(AuthenticatorKind::Password),
        open: password::is_open(&app.policy, &visitor.account),
    };
    let app = AppSection {
        line: only(AuthenticatorKind::Totp),
        open: totp::is_open(&app.policy, &visitor.account),
        password: password.line.is_some() || !totp::is_beside(&app.policy, &visitor.account),
    };
    let left = codes::left(&visit.app.store, visitor.account.id)?;
    let codes = CodesSection {
        left: left.map(|left| (left.count, calendar.moment(left.made_at))),
        open: codes::is_open(&visit.app.policy, visitor),
    };
    Ok(page::show(&visit, Place::Account, |frame| {
        Authenticators { frame, notice, others, passkeys, password, app, approvers, codes }.render()
    }))
}

fn of_kind(own: &[Authenticator], kind: AuthenticatorKind) -> impl Iterator<Item = &Authenticator> {
    own.iter().filter(move |own| own.kind == kind)
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

fn only(own: &Authenticator, calendar: &Calendar<'_>) -> AuthenticatorLine {
    AuthenticatorLine {
        id: own.id.to_string(),
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
    let Some(it) = own.iter().find(|own| own.id == id) else { return Err(Trouble::NotFound) };
    let text = id.to_string();
    let has = |kind| own.iter().any(|own| own.kind == kind);
    let which = match it.kind {
        AuthenticatorKind::Passkey => {
            let last = of_kind(&own, AuthenticatorKind::Passkey).count() == 1;
            return Ok(page::show(&visit, Place::Account, |frame| {
                RemovePasskey { frame, id: &text, name: &it.name, last }.render()
            }));
        }
        AuthenticatorKind::Password if has(AuthenticatorKind::Totp) => Which::PasswordWithApp,
        AuthenticatorKind::Password => Which::Password,
        AuthenticatorKind::Totp if authenticator::goes_with(it, &own).is_some() => Which::AppAndPassword,
        AuthenticatorKind::Totp => Which::App,
        AuthenticatorKind::Approver => Which::Approver,
    };
    Ok(page::show(&visit, Place::Account, |frame| RemoveAuthenticator { frame, id: &text, which }.render()))
}

/// `POST /account/authenticators/<id>/remove`
pub(crate) async fn remove(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: AuthenticatorId = page::id(&id)?;
    let visit = posted.visit;
    let visitor = visit.confirmed(&format!("{HERE}/{id}/remove"))?.clone();
    let (app, source) = (&visit.app, visit.source);
    let own = authenticator::list(&app.store, visitor.account.id)?;
    let kind = own.iter().find(|own| own.id == id).map(|own| own.kind);
    let notice = match kind {
        Some(AuthenticatorKind::Password) => "password-removed",
        Some(AuthenticatorKind::Totp) => "app-removed",
        Some(AuthenticatorKind::Approver) => "approver-removed",
        Some(AuthenticatorKind::Passkey) | None => "removed",
    };
    match app.write(app.cx(), move |tx, cx| authenticator::remove(tx, cx, &visitor, (id, source))).await? {
        // Gone already: two clicks are no error.
        Ok(()) | Err(Refusal::AuthenticatorUnknown) => {
            Ok(page::redirect(&format!("/account/authenticators?notice={notice}"), &visit.cookies()))
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
