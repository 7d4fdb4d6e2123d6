//! `/account/authenticators/password` and `/account/authenticators/app`: set a password, change it, add an app.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use flow::authenticator;
use flow::password::choose::Weakness;
use flow::password::set::{self, Against, Set, Wanted};
use flow::password::{self, MOST_CHARACTERS, Password, Unusable};
use flow::session::Visitor;
use flow::totp::{self, add};
use http::StatusCode;
use model::authenticator::AuthenticatorKind;
use model::refusal::Refusal;

use crate::app::App;
use crate::error::Trouble;
use crate::page::{self, small};
use crate::pages::password::{app_problem, line_of, pooled, problem};
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::password::{AppProblem, PasswordProblem};
use crate::view::qr::Qr;
use crate::view::set_password::{AddApp, AppSecret, NewProblem, SetPassword, SetProblem, Unable};
use crate::visit::Visit;

const HERE: &str = "/account/authenticators/password";
const APP: &str = "/account/authenticators/app";

/// `GET /.well-known/change-password`: where whatever keeps passwords sends people to change one.
pub(crate) async fn well_known(State(_): State<Arc<App>>) -> Response {
    page::redirect(HERE, &[])
}

/// `GET /account/authenticators/password`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let anew = visit.query.get("why") == Some("anew");
    let visitor =
        visit.confirmed(if anew { "/account/authenticators/password?why=anew" } else { HERE })?.clone();
    draw(&visit, &visitor, (anew, None))
}

fn draw(
    visit: &Visit,
    visitor: &Visitor,
    (anew, problem): (bool, Option<SetProblem>),
) -> Result<Response, Trouble> {
    let asked = set::asked(&visit.app.store, &visit.cx, visitor)?;
    let open = password::is_open(&visit.app.policy, &visitor.account);
    Ok(page::show(visit, Place::Account, |frame| {
        SetPassword {
            frame,
            address: &visitor.account.address,
            current: asked.current,
            least: asked.least,
            anew,
            problem,
            open,
        }
        .render()
    }))
}

/// `POST /account/authenticators/password`
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    let typed = (form.get("password").unwrap_or_default(), form.get("new").unwrap_or_default());
    match change(&mut visit, &visitor, typed).await? {
        Ok(notice) => {
            Ok(page::redirect(&format!("/account/authenticators?notice={notice}"), &visit.cookies()))
        }
        Err(problem) => {
            let again = draw(&visit, &visitor, (false, Some(problem)))?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// Sets it; the word for what happened, or why nothing did.
async fn change(
    visit: &mut Visit,
    visitor: &Visitor,
    (current, new): (&str, &str),
) -> Result<Result<&'static str, SetProblem>, Trouble> {
    let app = Arc::clone(&visit.app);
    let current = match Password::read(current) {
        Ok(current) => Some(current),
        Err(Unusable::Empty) => None,
        Err(_) => return Ok(Err(SetProblem::Current(PasswordProblem::Wrong))),
    };
    let new = match Password::read(new) {
        Ok(new) => new,
        Err(unusable) => return Ok(Err(SetProblem::New(unusable_problem(unusable)))),
    };
    let wanted =
        Wanted { new, current, browser_half: visit.half, visitor: visitor.clone(), source: visit.source };
    let Some(prepared) = set::prepare(&app.store, &mut visit.cx, wanted)? else {
        return Ok(Err(SetProblem::Current(PasswordProblem::Missing)));
    };
    let prepared = Arc::new(prepared);
    let ahead = Arc::clone(&prepared);
    let turn = app.write(app.cx(), move |tx, cx| set::reserve(tx, cx, &ahead)).await?;
    let (ahead, inside) = (Arc::clone(&prepared), Arc::clone(&app));
    let asker = line_of(visit, (*visitor.session.id.bytes(), true));
    let judge = move |scratch: &mut password::hash::Scratch| {
        let against = Against {
            policy: &inside.policy,
            breached: inside.breached().map(AsRef::as_ref),
            site: (&inside.site.name, inside.host()),
        };
        ahead.judge(turn.as_ref(), &against, scratch)
    };
    let (judged, _) = pooled(visit, (asker, turn), judge).await?;
    let ready = set::ready(&app.store, &mut visit.cx, &prepared, judged)?;
    let outcome =
        app.write(app.cx(), move |tx, cx| set::commit(tx, cx, &prepared, (turn.as_ref(), &ready))).await?;
    Ok(match outcome {
        Ok(Set::Added(added)) => Ok(if added.held { "password-held" } else { "password-set" }),
        Ok(Set::Changed) => Ok("password-changed"),
        Ok(Set::Weak(weakness)) => Err(SetProblem::New(weak(weakness))),
        Err(Refusal::TooMany | Refusal::AuthenticatorUnknown) => Err(SetProblem::Over),
        Err(Refusal::AccountState) => return Err(Trouble::SignInFirst),
        Err(refusal) => Err(SetProblem::Current(problem(visit, refusal))),
    })
}

fn unusable_problem(unusable: Unusable) -> NewProblem {
    match unusable {
        Unusable::Empty => NewProblem::Missing,
        Unusable::TooLong => NewProblem::TooLong { most: small(MOST_CHARACTERS) },
        Unusable::Control => NewProblem::Control,
    }
}

fn weak(weakness: Weakness) -> NewProblem {
    match weakness {
        Weakness::TooShort { has, needs } => NewProblem::TooShort { has: small(has), needs: small(needs) },
        Weakness::Breached => NewProblem::Breached,
        Weakness::Common => NewProblem::Common,
        Weakness::Personal => NewProblem::Personal,
        Weakness::Word => NewProblem::Word,
        Weakness::Name => NewProblem::Name,
        Weakness::Keys => NewProblem::Keys,
        Weakness::Repeated => NewProblem::Repeated,
        Weakness::Sequence => NewProblem::Sequence,
        Weakness::Date => NewProblem::Date,
        Weakness::Guessable => NewProblem::Guessable,
    }
}

/// Why no app can be added.
fn unable(visit: &Visit, visitor: &Visitor) -> Result<Option<Unable>, Trouble> {
    let own = authenticator::list(&visit.app.store, visitor.account.id)?;
    let has = |kind| own.iter().any(|own| own.kind == kind);
    Ok(if !totp::is_open(&visit.app.policy, &visitor.account) {
        Some(Unable::Off)
    } else if has(AuthenticatorKind::Totp) {
        Some(Unable::Has)
    } else if !has(AuthenticatorKind::Password) && totp::is_beside(&visit.app.policy, &visitor.account) {
        Some(Unable::NoPassword)
    } else {
        None
    })
}

/// `GET /account/authenticators/app`: a fresh secret each time, of which nothing is kept.
pub(crate) async fn app(mut visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.confirmed(APP)?.clone();
    fresh(&mut visit, &visitor, false)
}

fn fresh(visit: &mut Visit, visitor: &Visitor, over: bool) -> Result<Response, Trouble> {
    if let Some(unable) = unable(visit, visitor)? {
        return Ok(page::show(visit, Place::Account, |frame| {
            AddApp { frame, secret: None, unable: Some(unable), problem: None, over: false }.render()
        }));
    }
    let (app, half) = (Arc::clone(&visit.app), visit.half);
    let offered = add::offer(&app.store, &mut visit.cx, (visitor, &half))?;
    Ok(show_secret(visit, visitor, offered, (None, over)))
}

fn show_secret(
    visit: &Visit,
    visitor: &Visitor,
    offered: add::Offered,
    (problem, over): (Option<AppProblem>, bool),
) -> Response {
    let uri = offered.totp.uri(&visit.app.site.name, &visitor.account.address);
    let secret = AppSecret {
        qr: Qr::of(uri.expose()).ok(),
        key: offered.totp.key().expose().clone(),
        sealed: offered.sealed,
        uri: uri.expose().clone(),
    };
    page::show(visit, Place::Account, |frame| {
        AddApp { frame, secret: Some(secret), unable: None, problem, over }.render()
    })
}

/// `POST /account/authenticators/app`
pub(crate) async fn add_app(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(APP)?.clone();
    let app = Arc::clone(&visit.app);
    let sealed = form.get("secret").unwrap_or_default().to_owned();
    let code = form.get("code").unwrap_or_default().to_owned();
    let missing = code.trim().is_empty();
    let made = add::Made {
        sealed: sealed.clone(),
        code,
        browser_half: visit.half,
        visitor: visitor.clone(),
        source: visit.source,
    };
    let outcome = match add::prepare(&app.store, &mut visit.cx, made)? {
        Err(refusal) => Err(refusal),
        Ok(prepared) => app.write(app.cx(), move |tx, cx| add::commit(tx, cx, &prepared)).await?,
    };
    let refusal = match outcome {
        Ok(added) => {
            let notice = if added.held { "app-held" } else { "app-added" };
            return Ok(page::redirect(&format!("/account/authenticators?notice={notice}"), &visit.cookies()));
        }
        Err(refusal) => refusal,
    };
    let problem = if missing { Some(AppProblem::Missing) } else { app_problem(&visit, refusal) };
    let again = match problem {
        Some(problem) => {
            let carried = (sealed.as_str(), &visit.half);
            match add::reopen(app.store.keys(), visit.cx.now, carried, &visitor) {
                Ok(offered) => show_secret(&visit, &visitor, offered, (Some(problem), false)),
                Err(_) => fresh(&mut visit, &visitor, true)?,
            }
        }
        None => fresh(&mut visit, &visitor, true)?,
    };
    Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
}
