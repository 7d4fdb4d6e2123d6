//! `/recover`: for whoever has lost every way in. The answer is the same, in the same time, whatever was typed.

use askama::Template;
use axum::response::Response;
use flow::entry;
use flow::recover::Named;
use flow::recover::app::{self as by_app, Typed as TypedApp};
use flow::recover::saved::{self as by_code, Typed};
use flow::sign_in::ask::Door;
use http::StatusCode;
use model::authenticator::recovery_code::{LENGTH, RecoveryCode};
use model::entry::{Entry, missing};
use model::event::EntryKind;
use model::id::EntryId;
use model::method::{Method, Use};
use model::refusal::Refusal;
use wire::form::Form;

use crate::error::Trouble;
use crate::page;
use crate::pages::passkey;
use crate::pages::sign_in::{issue_with, read_address, read_name, read_sendable, read_word, shown_again};
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::passkey::{Offer, PasskeyRefused};
use crate::view::password::AppProblem;
use crate::view::recover::{Recover, RecoverError};
use crate::view::sign_in::FieldError;
use crate::visit::Visit;

/// What the page shows beside the ways that are open.
#[derive(Default)]
struct Shown {
    account: String,
    address: String,
    error: Option<RecoverError>,
    refused: Option<PasskeyRefused>,
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let entry = visit.query.get("entry").map(str::to_owned);
    draw(visit, entry.as_deref(), Shown::default())
}

/// The recovery that waits in this browser. Where nothing waits any more the account is to be named.
fn waiting(visit: &Visit, id: Option<&str>) -> Result<Option<Entry>, Trouble> {
    let Some(id) = id.and_then(|id| id.parse::<EntryId>().ok()) else { return Ok(None) };
    let all = entry::list_of_browser(&visit.app.store, visit.cx.now, &visit.half)?;
    Ok(all.into_iter().find(|entry| entry.id == id && entry.kind == EntryKind::Recovery))
}

/// The page, with the ways that count: beside what was proved already only those of another class.
fn draw(mut visit: Visit, id: Option<&str>, shown: Shown) -> Result<Response, Trouble> {
    let waits = waiting(&visit, id)?;
    let open = visit.app.policy.methods.open(Use::Recovery);
    let open = waits.as_ref().map_or(open, |entry| missing(entry.proofs, open));
    let entry = waits.map(|entry| entry.id.to_string());
    let passkey = if open.has(Method::Passkey) {
        passkey::offer_recovery(&mut visit, entry.clone())?
    } else {
        Offer::Nowhere
    };
    let Shown { account, address, error, refused } = shown;
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        Recover {
            frame,
            account: &account,
            address: &address,
            entry: entry.as_deref(),
            mailed: open.has(Method::MailCode),
            saved: open.has(Method::RecoveryCode),
            passkey,
            refused,
            app: entry.is_some() && open.has(Method::Totp),
            error,
            letters: LENGTH,
        }
        .render()
    }))
}

/// The page again, with what was typed.
fn again(visit: Visit, form: &Form, error: RecoverError) -> Result<Response, Trouble> {
    let typed = |field| shown_again(form.get(field).unwrap_or_default());
    let (account, address) = (typed("account"), typed("address"));
    let shown = Shown { account, address, error: Some(error), refused: None };
    Ok(page::with_status(draw(visit, form.get("entry"), shown)?, StatusCode::UNPROCESSABLE_ENTITY))
}

/// The page again, after a passkey that did not do.
pub(crate) fn refused(visit: Visit, entry: Option<&str>, why: PasskeyRefused) -> Result<Response, Trouble> {
    let shown = Shown { refused: Some(why), ..Shown::default() };
    Ok(page::with_status(draw(visit, entry, shown)?, StatusCode::UNPROCESSABLE_ENTITY))
}

/// The account that a form names, or what is wrong with the name.
fn named(visit: &Visit, form: &Form) -> Result<Result<Named, FieldError>, Trouble> {
    let store = &visit.app.store;
    if let Some(id) = form.get("entry").and_then(|id| id.parse().ok()) {
        let found = Named::by_entry(store, visit.cx.now, id, &visit.half)?;
        return Ok(found.ok_or(FieldError::AddressMissing));
    }
    let typed = form.get("account").unwrap_or_default();
    Ok(match read_name(typed) {
        Some(name) => Ok(Named::by_name(store, name)?),
        None => read_address(typed).map(|mailbox| Named::by_mailbox(store.keys(), mailbox)),
    })
}

/// `POST /recover`: has a recovery code mailed.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let named = match named(&visit, &form)? {
        Ok(named) => named,
        Err(_) if form.get("entry").is_some() => return Ok(page::redirect("/entry", &visit.cookies())),
        Err(error) => return again(visit, &form, RecoverError::Account(error)),
    };
    let typed = form.get("address").unwrap_or_default();
    let address = if typed.trim().is_empty() {
        named.address()
    } else {
        match read_sendable(&visit, typed) {
            Ok(address) => address,
            Err(error) => return again(visit, &form, RecoverError::Address(error)),
        }
    };
    let word = read_word(&form);
    issue_with(visit, (address, word), Door::Recovery(named.identity()), None).await
}

/// `POST /recover/saved`: takes a code that was saved.
pub(crate) async fn saved(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let named = match named(&visit, &form)? {
        Ok(named) => named,
        Err(_) if form.get("entry").is_some() => return Ok(page::redirect("/entry", &visit.cookies())),
        Err(error) => return again(visit, &form, RecoverError::Whose(error)),
    };
    let Ok(code) = RecoveryCode::parse(form.get("code").unwrap_or_default()) else {
        return again(visit, &form, RecoverError::Malformed);
    };
    let app = std::sync::Arc::clone(&visit.app);
    let typed = Typed { named, code, browser_half: visit.half, source: visit.source };
    let prepared = by_code::prepare(&app.store, &mut visit.cx, typed)?;
    match app.write(app.cx(), move |tx, cx| by_code::commit(tx, cx, &prepared)).await? {
        Ok(_) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(_) => again(visit, &form, RecoverError::Wrong),
    }
}

/// `POST /recover/app`: takes a code out of an app, beside what was proved in this browser before.
pub(crate) async fn app(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let nothing = |visit: &Visit| Ok(page::redirect("/entry", &visit.cookies()));
    let Some(entry) = waiting(&visit, form.get("entry"))? else { return nothing(&visit) };
    let code = form.get("code").unwrap_or_default();
    if code.trim().is_empty() {
        return again(visit, &form, RecoverError::App(AppProblem::Missing));
    }
    let app = std::sync::Arc::clone(&visit.app);
    let (browser_half, source) = (visit.half, visit.source);
    let typed = TypedApp { entry: entry.id, code: code.to_owned(), browser_half, source };
    let outcome = match by_app::prepare(&app.store, &visit.cx, &typed)? {
        Ok(prepared) => app.write(app.cx(), move |tx, cx| by_app::commit(tx, cx, &prepared)).await?,
        Err(refusal) => Err(refusal),
    };
    let problem = match outcome {
        Ok(_) | Err(Refusal::EntryClosed) => return nothing(&visit),
        Err(Refusal::CodeMalformed) => AppProblem::Malformed,
        Err(Refusal::AppCodeRepeated) => AppProblem::Repeated,
        Err(Refusal::AttemptsBlocked { until }) => AppProblem::Blocked(page::calendar(&visit).moment(until)),
        Err(_) => AppProblem::Wrong,
    };
    again(visit, &form, RecoverError::App(problem))
}
