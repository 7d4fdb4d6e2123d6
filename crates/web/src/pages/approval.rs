//! `/sign-in/approval` and `/approval/<id>`: the browser that asks its owner's approver, and what it takes.
//!
//! The answer to an address is the same whatever the address is: a number, and a page that waits.
//!
//! Implements: threats.md §5.2 rows 12, 16 and 17; OWASP ASVS 5.0 6.6.4.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::approval::ask::{self, Ask, Door};
use flow::approval::signs_in;
use flow::approval::take::{self, Standing, Taking};
use flow::oauth::request;
use flow::reauth;
use flow::session::Visitor;
use http::StatusCode;
use model::approval::Wanted;
use model::id::ApprovalId;
use model::method::Method;
use model::refusal::Refusal;
use wire::http::cookie::SetCookie;

use crate::error::Trouble;
use crate::headers;
use crate::oauth::authorize::client_towards;
use crate::page;
use crate::pages::approve::grouped;
use crate::pages::confirm::{self, destination};
use crate::pages::passkey::into;
use crate::pages::password::{ANEW, over};
use crate::pages::sign_in::{read_whose, shown_again};
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::approve::{ApprovalAsk, ApprovalPage, Asked};
use crate::view::frame::Place;
use crate::view::sign_in::FieldError;
use crate::visit::{HALFWAY, Visit};

/// `GET /sign-in/approval`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    if visit.visitor.is_some() {
        return Ok(page::redirect(&visit.onward("/account")?, &visit.cookies()));
    }
    if !signs_in(&visit.app.policy) {
        return Err(Trouble::NotFound);
    }
    Ok(form(&visit, "", Vec::new()))
}

fn form(visit: &Visit, address: &str, errors: Vec<FieldError>) -> Response {
    page::show(visit, Place::Elsewhere, |frame| ApprovalAsk { frame, address, errors }.render())
}

/// `POST /sign-in/approval`
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form: fields } = posted;
    if !signs_in(&visit.app.policy) {
        return Err(Trouble::NotFound);
    }
    let typed = fields.get("address").unwrap_or_default();
    match read_whose(&visit, typed)? {
        Ok(address) => {
            let client = client(&visit)?;
            asked(visit, (Door::SignIn(address), client), None).await
        }
        Err(error) => {
            let again = form(&visit, &shown_again(typed), vec![error]);
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// The client that sent the person here, if one waits.
fn client(visit: &Visit) -> Result<Option<String>, Trouble> {
    let Some(reference) = &visit.request else { return Ok(None) };
    let app = &visit.app;
    let read = request::read_kept(&app.store, &visit.cx, &app.provider, reference)?;
    Ok(read.ok().map(|asked| asked.registered.client.id.clone()))
}

/// Asks, and leads to the page that waits: the one answer there is.
async fn asked(
    mut visit: Visit,
    (door, client): (Door, Option<String>),
    to: Option<&str>,
) -> Result<Response, Trouble> {
    let app = Arc::clone(&visit.app);
    let asking = Ask { door, client, browser_half: visit.half, source: visit.source };
    let prepared = match ask::prepare(&app.store, &mut visit.cx, asking)? {
        Ok(prepared) => prepared,
        Err(_) => return Ok(over(&visit)),
    };
    match app.write(app.cx(), move |tx, cx| ask::commit(tx, cx, &prepared)).await? {
        Ok(id) => {
            let on = to.map_or_else(String::new, |to| format!("?{}", wire::form::encode([("to", to)])));
            Ok(page::redirect(&format!("/approval/{id}{on}"), &visit.cookies()))
        }
        Err(_) => Ok(over(&visit)),
    }
}

/// `POST /sign-in/second/approval`: after a password that was right.
pub(crate) async fn second(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let Some(held) = visit.halfway.clone() else { return Ok(over(&visit)) };
    let client = client(&visit)?;
    asked(visit, (Door::SecondStep(held), client), None).await
}

/// Asks at once, after a password in this very request: what the browser will hold.
pub(crate) async fn ask_second(visit: Visit, held: String) -> Result<Response, Trouble> {
    let client = client(&visit)?;
    asked(visit, (Door::SecondStep(held), client), None).await
}

/// The same within a session, where `held` is what that browser holds of a password.
pub(crate) async fn ask_confirm(
    visit: Visit,
    (visitor, held): (Visitor, Option<String>),
    to: &str,
) -> Result<Response, Trouble> {
    let client = client_towards(&visit, to)?.map(|client| client.client.id);
    asked(visit, (Door::StepUp(Box::new(visitor), held), client), Some(to)).await
}

/// `POST /account/confirm/approval`: within a session.
pub(crate) async fn confirm(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let to = destination(form.get("to")).to_owned();
    let ways = reauth::ways(&visit.app.store, &visit.cx, &visitor)?;
    // Where two factors are to be had, the password comes first: see `/account/confirm/password`.
    if !ways.methods.has(Method::Approval) || ways.is_strong() {
        return Err(Trouble::NotFound);
    }
    ask_confirm(visit, (visitor, None), &to).await
}

/// Where another way begins.
fn other(visit: &Visit, (wanted, to): (Wanted, Option<&str>)) -> String {
    match wanted {
        Wanted::StepUp => confirm::href(destination(to)),
        Wanted::SecondStep if visit.halfway.is_some() => "/sign-in/totp".to_owned(),
        Wanted::SignIn | Wanted::SecondStep => "/sign-in".to_owned(),
    }
}

/// `GET /approval/<id>`
pub(crate) async fn wait(visit: Visit, Segment(text): Segment) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&text)?;
    let calendar = page::calendar(&visit);
    let seen = take::look(&visit.app.store, visit.cx.now, (id, &visit.half))?;
    let (stands, wanted) = match seen {
        Some((Standing::Waiting { number, until }, wanted)) => {
            (Asked::Waiting { number: grouped(number.expose()), until: calendar.moment(until) }, wanted)
        }
        Some((Standing::Approved, wanted)) => (Asked::Approved, wanted),
        Some((Standing::Over, wanted)) => (Asked::Over, wanted),
        // Forgotten, or another browser's: the same words.
        None => (Asked::Over, Wanted::SignIn),
    };
    let to = visit.query.get("to").map(|to| destination(Some(to)));
    let other = other(&visit, (wanted, to));
    let mut answer = page::show(&visit, Place::Elsewhere, |frame| {
        ApprovalPage { frame, id: &text, to, stands, other: &other }.render()
    });
    headers::let_look_again(&mut answer);
    Ok(answer)
}

/// `POST /approval/<id>/take`
pub(crate) async fn take(Segment(text): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&text)?;
    let Posted { visit, form } = posted;
    let app = Arc::clone(&visit.app);
    let taking = Taking {
        id,
        halfway: visit.halfway.clone(),
        browser_half: visit.half,
        current: visit.visitor.clone(),
        source: visit.source,
    };
    let prepared = take::prepare(&app.store, &visit.cx, taking);
    let anew = prepared.choose_anew();
    let outcome = app.write(app.cx(), move |tx, cx| take::commit(tx, cx, &prepared)).await?;
    match outcome {
        Ok(started) => {
            let to = match form.get("to") {
                Some(to) => destination(Some(to)).to_owned(),
                None if anew => ANEW.to_owned(),
                None => visit.onward("/account")?,
            };
            let mut answer = into(&visit, &started, &to);
            if visit.halfway.is_some() {
                page::set_cookies(&mut answer, &[SetCookie::removal(HALFWAY).to_header()]);
            }
            Ok(answer)
        }
        Err(Refusal::EntryWaits { .. }) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(Refusal::ChallengeOver) => Ok(over(&visit)),
        Err(Refusal::SessionUnknown) => Err(Trouble::SignInFirst),
        // What became of it says the page itself.
        Err(_) => Ok(page::redirect(&format!("/approval/{id}"), &visit.cookies())),
    }
}

/// `POST /approval/<id>/withdraw`
pub(crate) async fn withdraw(Segment(text): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&text)?;
    let visit = posted.visit;
    let (app, half, source) = (Arc::clone(&visit.app), visit.half, visit.source);
    let _ = app.write(app.cx(), move |tx, cx| take::withdraw(tx, cx, (id, &half, source))).await?;
    Ok(page::redirect(&format!("/approval/{id}"), &visit.cookies()))
}
