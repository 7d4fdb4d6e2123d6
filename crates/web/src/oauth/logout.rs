//! `/oauth/logout`: a client sends a person here to sign out. The request is verified, and what it comes to has a page of its own,
//! `/oauth/logout/<wish>`, which asks.
//!
//! Implements: OpenID Connect RP-Initiated Logout §2 (GET and POST; the person is asked) and §3. Why nobody is signed out
//! unasked: docs/decisions/0019.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::oauth::client;
use flow::oauth::logout::{self, Wish};
use wire::http::cookie::SetCookie;
use wire::http::url::Url;

use super::authorize::{Brought, name_of, refused, towards};
use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::oauth::{Back, Logout};
use crate::visit::{SESSION, Visit};

/// Where whoever is signed out goes when no client gets them back.
const SIGNED_OUT: &str = "/sign-in?notice=signed-out";

/// `GET` and `POST /oauth/logout`
pub(crate) async fn begin(brought: Brought) -> Result<Response, Trouble> {
    let Brought { mut visit, parameters, .. } = brought;
    let app = Arc::clone(&visit.app);
    let ring = app.keys().ok_or(Trouble::NotFound)?;
    let context = (&*ring, &app.provider);
    let wish = match parameters {
        Ok(parameters) => logout::read(&app.store, &visit.cx, context, &parameters)?,
        Err(error) => Err(error),
    };
    match wish {
        Ok(wish) => {
            let wish = wish.seal(app.store.keys(), &mut visit.cx)?;
            Ok(page::redirect(&page_of(&wish), &visit.cookies()))
        }
        Err(error) => Ok(refused(&visit, &error)),
    }
}

fn page_of(wish: &str) -> String {
    format!("/oauth/logout/{wish}")
}

/// `GET /oauth/logout/<wish>`
pub(crate) async fn get(Segment(sealed): Segment, visit: Visit) -> Result<Response, Trouble> {
    let wish = match Wish::open(visit.app.store.keys(), visit.cx.now, &sealed) {
        Ok(wish) => wish,
        Err(error) => return Ok(refused(&visit, &error)),
    };
    let Some(visitor) = &visit.visitor else { return Ok(gone(&visit, &wish)) };
    let client = match &wish.client {
        Some(id) => client::find(&visit.app.store, id)?,
        None => None,
    };
    let client = client.as_ref().map(|registered| name_of(&registered.client));
    // What a client has registered, without its `state`, which may be long.
    let place = wish.to.as_deref().and_then(|to| to.split('?').next());
    let (address, back) = (&visitor.account.address, place.map(back));
    let mut answer = page::show(&visit, Place::Elsewhere, |frame| {
        Logout { frame, wish: &sealed, client, address, back }.render()
    });
    if let Some(place) = place {
        towards(&mut answer, place);
    }
    Ok(answer)
}

/// Nobody is signed in, or not any more.
fn gone(visit: &Visit, wish: &Wish) -> Response {
    page::redirect(wish.to.as_deref().unwrap_or(SIGNED_OUT), &visit.cookies())
}

fn back(to: &str) -> Back {
    match Url::parse(to).ok().as_ref().map(|url| url.origin().host()) {
        Some(host) if host.domain().is_some_and(|name| name != "localhost") => Back::Host(host.to_string()),
        Some(_) | None => Back::Device,
    }
}

/// `POST /oauth/logout/<wish>`: the person signs out.
pub(crate) async fn post(Segment(sealed): Segment, posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let wish = match Wish::open(visit.app.store.keys(), visit.cx.now, &sealed) {
        Ok(wish) => wish,
        Err(error) => return Ok(refused(&visit, &error)),
    };
    if let Some(visitor) = visit.visitor.clone() {
        let (source, wish) = (visit.source, wish.clone());
        // A session that is over already needs no second end: two clicks are no error.
        let _ = visit
            .app
            .write(visit.app.cx(), move |tx, cx| logout::commit(tx, cx, &visitor, (&wish, source)))
            .await?;
    }
    let mut answer = gone(&visit, &wish);
    page::set_cookies(&mut answer, &[SetCookie::removal(SESSION).to_header()]);
    Ok(answer)
}
