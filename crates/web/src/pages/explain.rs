//! `/explain`: what a message with a code means. It is read and answered; nothing of it is kept, and nobody is asked about it.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use wire::mail::mailbox::Mailbox;

use crate::error::Trouble;
use crate::page;
use crate::posted::PostedFile;
use crate::view::explain::{ExplainPage, Explained, Problem};
use crate::view::frame::Place;
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    if visit.app.explaining.is_none() {
        return Err(Trouble::NotFound);
    }
    Ok(draw(&visit, "", None, None))
}

fn draw(visit: &Visit, address: &str, problem: Option<Problem>, explained: Option<&Explained>) -> Response {
    page::show(visit, Place::Elsewhere, |frame| ExplainPage { frame, address, problem, explained }.render())
}

/// Explains what was pasted, or the file that was chosen in its place.
pub(crate) async fn post(posted: PostedFile) -> Result<Response, Trouble> {
    let PostedFile { visit, form } = posted;
    let Some(explaining) = &visit.app.explaining else { return Err(Trouble::NotFound) };
    let again = |address: &str, problem| {
        let answer = draw(&visit, address, Some(problem), None);
        Ok(page::with_status(answer, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let typed = form.text("address").trim();
    let recipient = match (typed, Mailbox::parse(typed)) {
        ("", _) => None,
        (_, Ok(mailbox)) => Some(mailbox.as_str().to_owned()),
        (_, Err(_)) => return again(&crate::pages::sign_in::shown_again(typed), Problem::Address),
    };
    let chosen = form.get("file").filter(|file| !file.is_empty());
    let message = chosen.or(form.get("message")).unwrap_or_default();
    if message.iter().all(u8::is_ascii_whitespace) {
        return again(typed, Problem::Empty);
    }
    match explaining.of(message.to_vec(), recipient).await? {
        Some(explained) => Ok(draw(&visit, typed, None, Some(&explained))),
        None => again(typed, Problem::NoMessage),
    }
}
