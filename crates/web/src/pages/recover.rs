//! `/recover`: for whoever has lost every way in. The answer is the same, in the same time, whatever was typed.

use askama::Template;
use axum::response::Response;
use flow::recover::Named;
use flow::recover::saved::{self as by_code, Typed};
use flow::sign_in::ask::Door;
use http::StatusCode;
use model::authenticator::recovery_code::{LENGTH, RecoveryCode};
use model::id::EntryId;
use model::method::{Method, Use};
use wire::form::Form;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::{issue_to, read_address, read_name, read_sendable, shown_again};
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::recover::{Recover, RecoverError};
use crate::view::sign_in::FieldError;
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let entry = visit.query.get("entry").and_then(|id| id.parse::<EntryId>().ok());
    // Where nothing waits any more the account is to be named.
    let entry = match entry {
        Some(id) => Named::by_entry(&visit.app.store, visit.cx.now, id, &visit.half)?.map(|_| id.to_string()),
        None => None,
    };
    Ok(show(&visit, ("", "", entry.as_deref()), None))
}

fn show(
    visit: &Visit,
    (account, address, entry): (&str, &str, Option<&str>),
    error: Option<RecoverError>,
) -> Response {
    let open = visit.app.policy.methods.open(Use::Recovery);
    page::show(visit, Place::Elsewhere, |frame| {
        Recover {
            frame,
            account,
            address,
            entry,
            mailed: open.has(Method::MailCode),
            saved: open.has(Method::RecoveryCode),
            error,
            letters: LENGTH,
        }
        .render()
    })
}

/// The page again, with what was typed.
fn again(visit: &Visit, form: &Form, error: RecoverError) -> Response {
    let typed = |field| shown_again(form.get(field).unwrap_or_default());
    let (account, address) = (typed("account"), typed("address"));
    let entry = form.get("entry").and_then(|id| id.parse::<EntryId>().ok()).map(|id| id.to_string());
    let answer = show(visit, (&account, &address, entry.as_deref()), Some(error));
    page::with_status(answer, StatusCode::UNPROCESSABLE_ENTITY)
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
        Err(error) => return Ok(again(&visit, &form, RecoverError::Account(error))),
    };
    let typed = form.get("address").unwrap_or_default();
    let address = if typed.trim().is_empty() {
        named.address()
    } else {
        match read_sendable(&visit, typed) {
            Ok(address) => address,
            Err(error) => return Ok(again(&visit, &form, RecoverError::Address(error))),
        }
    };
    issue_to(visit, address, Door::Recovery(named.identity()), None).await
}

/// `POST /recover/saved`: takes a code that was saved.
pub(crate) async fn saved(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let named = match named(&visit, &form)? {
        Ok(named) => named,
        Err(_) if form.get("entry").is_some() => return Ok(page::redirect("/entry", &visit.cookies())),
        Err(error) => return Ok(again(&visit, &form, RecoverError::Whose(error))),
    };
    let Ok(code) = RecoveryCode::parse(form.get("code").unwrap_or_default()) else {
        return Ok(again(&visit, &form, RecoverError::Malformed));
    };
    let app = std::sync::Arc::clone(&visit.app);
    let typed = Typed { named, code, browser_half: visit.half, source: visit.source };
    let prepared = by_code::prepare(&app.store, &mut visit.cx, typed)?;
    match app.write(app.cx(), move |tx, cx| by_code::commit(tx, cx, &prepared)).await? {
        Ok(_) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(_) => Ok(again(&visit, &form, RecoverError::Wrong)),
    }
}
