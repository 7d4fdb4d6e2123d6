//! `/account/profile`: what apps call the owner. It opens nothing, and asks for no proof.

use askama::Template;
use axum::response::Response;
use flow::profile;
use http::StatusCode;
use model::account::Profile;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::profile::ProfilePage;
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let found = profile::find(&visit.app.store, visit.signed_in()?.account.id)?;
    let saved = visit.query.get("saved").is_some();
    Ok(draw(&visit, (saved, false), &found.name.unwrap_or_default()))
}

fn draw(visit: &Visit, (saved, wrong): (bool, bool), name: &str) -> Response {
    page::show(visit, Place::Account, |frame| ProfilePage { frame, saved, wrong, name }.render())
}

/// `POST /account/profile`
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let (visitor, source) = (visit.undoubted("/account/profile")?.clone(), visit.source);
    let typed = form.get("name").unwrap_or_default();
    let name = match typed.trim() {
        "" => None,
        typed => match wire::line::parse(typed, Profile::LONGEST_NAME) {
            Ok(name) => Some(name),
            Err(_) => {
                let again = draw(&visit, (false, true), typed);
                return Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY));
            }
        },
    };
    // It is never refused.
    let _ = visit
        .app
        .write(visit.app.cx(), move |tx, cx| profile::set(tx, cx, &visitor, (name.as_deref(), source)))
        .await?;
    Ok(page::redirect("/account/profile?saved=1", &visit.cookies()))
}
