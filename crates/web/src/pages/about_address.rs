//! `/about-this-address`: what is held about an address. The answer goes to the address itself; looking changes nothing.

use askama::Template;
use axum::response::Response;
use flow::holdings::{self, Link, Wish};
use http::StatusCode;
use model::address::Address;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::{read_address, shown_again};
use crate::posted::{Posted, PostedByAnybody};
use crate::segment::{Segment, Segments};
use crate::view::addresses::{self, AboutAddress, HoldingsGone, HoldingsPage, Recovers, SignsIn};
use crate::view::frame::Place;
use crate::view::sign_in::FieldError;
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Response {
    form(&visit, "", Vec::new(), visit.query.get("asked").is_some())
}

fn form(visit: &Visit, address: &str, errors: Vec<FieldError>, asked: bool) -> Response {
    page::show(visit, Place::Elsewhere, |frame| AboutAddress { frame, address, errors, asked }.render())
}

/// Asks. One answer, whatever the address is.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form: fields } = posted;
    let typed = fields.get("address").unwrap_or_default();
    let mailbox = match read_address(typed) {
        Ok(mailbox) => mailbox,
        Err(error) => {
            let again = form(&visit, &shown_again(typed), vec![error], false);
            return Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let app = std::sync::Arc::clone(&visit.app);
    let cookies = visit.cookies();
    let address = Address::new(mailbox, app.store.keys());
    let prepared = holdings::prepare(&app.store, &mut visit.cx, address, visit.source)?;
    app.write(visit.cx, move |tx, cx| holdings::commit(tx, cx, &prepared)).await?;
    Ok(page::redirect("/about-this-address?asked=1", &cookies))
}

fn gone(visit: &Visit) -> Response {
    let answer = page::show(visit, Place::Elsewhere, |frame| HoldingsGone { frame }.render());
    page::with_status(answer, StatusCode::NOT_FOUND)
}

/// `GET /about-this-address/<link>`
pub(crate) async fn held(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    let Some(link) = Link::open(visit.app.store.keys(), &visit.cx, &token) else { return Ok(gone(&visit)) };
    let facts = holdings::find(&visit.app.store, &link)?;
    let calendar = page::calendar(&visit);
    let notice = visit.query.get("done").and_then(addresses::done);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        HoldingsPage {
            frame,
            token: &token,
            notice,
            signs_in: facts.signs_in.map(|it| SignsIn {
                called: it.called,
                main: it.main,
                sign_in: it.sign_in,
                confirmed: calendar.moment(it.confirmed_at),
            }),
            recovers: facts
                .recovers
                .into_iter()
                .map(|it| Recovers {
                    account: it.account.to_string(),
                    called: it.called,
                    confirmed: calendar.moment(it.confirmed_at),
                    goes: it.detach_at.map(|at| calendar.moment(at)),
                })
                .collect(),
            refused: facts.refused.map(|since| calendar.moment(since)),
            until: calendar.moment(link.until),
        }
        .render()
    }))
}

/// `POST /about-this-address/<link>/refuse`
pub(crate) async fn refuse(Segment(token): Segment, posted: PostedByAnybody) -> Result<Response, Trouble> {
    wish(posted.visit, &token, ("refuse", Wish::Refuse)).await
}

/// `POST /about-this-address/<link>/accept`
pub(crate) async fn accept(Segment(token): Segment, posted: PostedByAnybody) -> Result<Response, Trouble> {
    wish(posted.visit, &token, ("accept", Wish::Accept)).await
}

/// `POST /about-this-address/<link>/detach/<account>`
pub(crate) async fn detach(
    Segments([token, account]): Segments<2>,
    posted: PostedByAnybody,
) -> Result<Response, Trouble> {
    let account = page::id(&account)?;
    wish(posted.visit, &token, ("detach", Wish::Detach(account))).await
}

/// `POST /about-this-address/<link>/stay/<account>`
pub(crate) async fn stay(
    Segments([token, account]): Segments<2>,
    posted: PostedByAnybody,
) -> Result<Response, Trouble> {
    let account = page::id(&account)?;
    wish(posted.visit, &token, ("stay", Wish::Stay(account))).await
}

async fn wish(visit: Visit, token: &str, (word, wish): (&str, Wish)) -> Result<Response, Trouble> {
    let Some(link) = Link::open(visit.app.store.keys(), &visit.cx, token) else { return Ok(gone(&visit)) };
    let source = visit.source;
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| holdings::wish(tx, cx, &link, wish, source)).await?;
    let done = outcome.map_or_else(|_| String::new(), |()| format!("?done={word}"));
    Ok(page::redirect(&format!("/about-this-address/{token}{done}"), &visit.cookies()))
}
