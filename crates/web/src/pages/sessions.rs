//! `/account/sessions`: the browsers that are signed in. Looking needs a session; ending another one, a fresh proof of who
//! is there (OWASP ASVS 5.0 7.5.2), so that a stranger at an open screen signs nobody else out.

use askama::Template;
use axum::response::Response;
use flow::reauth::{self, Needed};
use flow::response::doubt;
use flow::session::{self, Mine, Visitor};
use model::id::SessionId;
use model::refusal::Refusal;
use model::session::Session;
use wire::http::cookie::SetCookie;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::sessions::{KnownBrowser, SessionConfirm, SessionLine, Sessions};
use crate::visit::{SESSION, Visit};

const HERE: &str = "/account/sessions";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let mut mine = session::mine(&visit.app.store, &visit.cx, visitor.account.id)?;
    // One's own first, so that nobody looks for it among the others.
    mine.sessions.sort_by_key(|one| one.id != visitor.session.id);
    let needed = Needed::to_change(reauth::ways(&visit.app.store, &visit.cx, visitor)?);
    let calendar = page::calendar(&visit);
    Ok(page::show(&visit, Place::Account, |frame| {
        Sessions {
            frame,
            ended: visit.query.get("ended").and_then(|n| n.parse().ok()),
            said_mine: visit.query.get("confirmed").is_some(),
            confirmed: needed.is_met(visitor, &visit.cx),
            sessions: mine.sessions.iter().map(|one| line(one, &mine, visitor, &calendar)).collect(),
            browsers: browsers(&mine, visitor, &calendar),
        }
        .render()
    }))
}

fn line(session: &Session, mine: &Mine, visitor: &Visitor, calendar: &Calendar<'_>) -> SessionLine {
    let browser = mine.browsers.iter().find(|known| known.id == session.browser);
    let first = browser.map(|known| calendar.moment(known.first_used));
    SessionLine { this: session.id == visitor.session.id, first, ..bare(session, calendar) }
}

/// A session of which is said what stands in it alone.
fn bare(session: &Session, calendar: &Calendar<'_>) -> SessionLine {
    SessionLine {
        id: session.id.to_string(),
        this: false,
        first: None,
        started: calendar.moment(session.started_at),
        last_used: calendar.moment(session.used_at),
        doubted: session.doubted_at.map(|since| calendar.moment(since)),
        approved: session.began_provisional(),
        ends: calendar.moment(session.expires_at),
        source: page::source_line(&session.source, None),
    }
}

fn browsers(mine: &Mine, visitor: &Visitor, calendar: &Calendar<'_>) -> Vec<KnownBrowser> {
    let line = |known: &session::KnownBrowser| KnownBrowser {
        browser: page::browser_name(known.browser),
        this: known.id == visitor.session.browser,
        first: calendar.moment(known.first_used),
        last: calendar.moment(known.last_used),
    };
    mine.browsers.iter().map(line).collect()
}

/// `GET /account/sessions/<id>/confirm`: one that is provisional. Its owner proves who is there before, and answers here.
pub(crate) async fn doubted(Segment(id): Segment, visit: Visit) -> Result<Response, Trouble> {
    let id: SessionId = page::id(&id)?;
    let visitor = visit.signed_in()?;
    let Some(found) = doubt::find(&visit.app.store, &visit.cx, visitor, id)? else {
        return Ok(page::redirect(HERE, &[]));
    };
    if !found.proved {
        return Err(Trouble::ConfirmFirst(format!("{HERE}/{id}/confirm")));
    }
    let calendar = page::calendar(&visit);
    Ok(page::show(&visit, Place::Account, |frame| {
        let session = bare(&found.session, &calendar);
        SessionConfirm { frame, session, browser_new: found.browser_new }.render()
    }))
}

/// `POST /account/sessions/<id>/confirm`
pub(crate) async fn confirm(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: SessionId = page::id(&id)?;
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| doubt::confirm(tx, cx, &visitor, (id, source))).await?;
    match outcome {
        Ok(()) => Ok(page::redirect(&format!("{HERE}?confirmed=1"), &[])),
        Err(Refusal::DeviceUnproved) => Err(Trouble::ConfirmFirst(format!("{HERE}/{id}/confirm"))),
        Err(Refusal::BrowserNew) => Ok(page::redirect(&format!("{HERE}/{id}/confirm"), &[])),
        // Said twice, or ended meanwhile: the page of sessions says how it is.
        Err(_) => Ok(page::redirect(HERE, &[])),
    }
}

/// `POST /account/sessions/<id>/end`. One's own is ended by signing out, which asks for nothing.
pub(crate) async fn end(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: SessionId = page::id(&id)?;
    let visit = posted.visit;
    let this = visit.signed_in()?.session.id == id;
    let visitor = if this { visit.signed_in()? } else { visit.confirmed(HERE)? }.clone();
    end_one(&visit, visitor, id).await?;
    if this { Ok(signed_out(&visit)) } else { Ok(page::redirect("/account/sessions?ended=1", &[])) }
}

/// `POST /account/sessions/end-others`
pub(crate) async fn end_others(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let visitor = visit.confirmed(HERE)?.clone();
    let source = visit.source;
    let count =
        visit.app.write(visit.app.cx(), move |tx, cx| session::end_others(tx, cx, &visitor, source)).await?;
    Ok(page::redirect(&format!("{HERE}?ended={count}"), &[]))
}

/// `POST /sign-out`
pub(crate) async fn sign_out(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    if let Some(visitor) = visit.visitor.clone() {
        let id = visitor.session.id;
        end_one(&visit, visitor, id).await?;
    }
    Ok(signed_out(&visit))
}

async fn end_one(visit: &Visit, visitor: Visitor, id: SessionId) -> Result<(), Trouble> {
    let source = visit.source;
    // A session that is over already needs no second end: two clicks are no error.
    let _ = visit.app.write(visit.app.cx(), move |tx, cx| session::end(tx, cx, &visitor, id, source)).await?;
    Ok(())
}

fn signed_out(visit: &Visit) -> Response {
    let mut cookies = visit.cookies();
    cookies.push(SetCookie::removal(SESSION).to_header());
    page::redirect("/sign-in?notice=signed-out", &cookies)
}
