//! `/account/close`: the owner closes the account for good.

use askama::Template;
use axum::response::Response;
use flow::account::close;
use flow::session;
use http::StatusCode;
use model::refusal::Refusal;
use wire::http::cookie::SetCookie;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::posted::Posted;
use crate::view::data::Close;
use crate::view::frame::Place;
use crate::visit::{SESSION, Visit};

const HERE: &str = "/account/close";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let account = &visit.confirmed(HERE)?.account;
    let last = close::is_last_operator(&visit.app.store, account)?;
    draw(&visit, last)
}

fn draw(visit: &Visit, last_operator: bool) -> Result<Response, Trouble> {
    let account = &visit.signed_in()?.account;
    let sessions = session::list(&visit.app.store, &visit.cx, account.id)?;
    Ok(page::show(visit, Place::Account, |frame| {
        Close {
            frame,
            address: &account.address,
            sessions: small(sessions.len()),
            retention_days: small(visit.app.policy.retention.as_secs() / 86_400),
            last_operator,
        }
        .render()
    }))
}

pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let (visitor, source) = (visit.confirmed(HERE)?.clone(), visit.source);
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| close::by_owner(tx, cx, &visitor, source)).await?;
    match outcome {
        // Closed meanwhile: two clicks are no error.
        Ok(()) | Err(Refusal::AccountState) => {
            let mut cookies = visit.cookies();
            cookies.push(SetCookie::removal(SESSION).to_header());
            Ok(page::redirect("/sign-in?notice=closed", &cookies))
        }
        Err(Refusal::LastOperator) => Ok(page::with_status(draw(&visit, true)?, StatusCode::CONFLICT)),
        Err(_) => Err(Trouble::NotFound),
    }
}
