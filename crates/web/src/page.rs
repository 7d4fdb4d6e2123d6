//! Drawing a page and answering with it.

pub(crate) mod download;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{self, HeaderValue};
use model::account::Role;
use model::budget::Chance;
use model::source::Source;
use wire::http::user_agent::{Browser, Family, System};

use crate::app::App;
use crate::error::Trouble;
use crate::view::frame::{AccountBadge, Frame, Place};
use crate::view::ledger::{LedgerFacts, LedgerLine};
use crate::view::moment::Calendar;
use crate::view::source::{BrowserName, SourceLine};
use crate::visit::Visit;

/// Draws a page for `visit` (or for nobody): `fill` is given the frame and renders its template with it.
pub(crate) fn draw(
    app: &Arc<App>,
    visit: Option<&Visit>,
    place: Place,
    fill: impl FnOnce(&Frame<'_>) -> askama::Result<String>,
) -> Response {
    let csrf = visit.map(Visit::csrf).unwrap_or_default();
    let visitor = visit.and_then(|visit| visit.visitor.as_ref());
    let frame = Frame {
        voice: &app.voice,
        site_name: &app.site.name,
        site_host: app.host(),
        css_href: &app.hrefs.style,
        script_href: &app.hrefs.script,
        passkey_href: &app.hrefs.passkey,
        doorbell_href: &app.hrefs.doorbell,
        icon_href: &app.hrefs.icon,
        operator_css: app.hrefs.operator.as_deref(),
        logo: app.hrefs.logo.as_deref(),
        signed_in: visitor.map(|visitor| AccountBadge {
            address: &visitor.account.address,
            operator: visitor.account.role == Role::Operator,
            waiting: visit.map_or(0, |visit| visit.waiting),
        }),
        csrf: &csrf,
        place,
        atlas: &*app.atlas,
    };
    match fill(&frame) {
        Ok(html) => {
            let mut answer = html_answer(html, &app.voice);
            if let Some(visit) = visit {
                set_cookies(&mut answer, &visit.cookies());
            }
            answer
        }
        Err(error) => {
            tracing::error!(%error, "a template");
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            answer
        }
    }
}

/// Draws a page of `visit`.
pub(crate) fn show(
    visit: &Visit,
    place: Place,
    fill: impl FnOnce(&Frame<'_>) -> askama::Result<String>,
) -> Response {
    draw(&visit.app, Some(visit), place, fill)
}

fn html_answer(html: String, voice: &model::voice::Voice) -> Response {
    let mut answer = Response::new(Body::from(html));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(language) = HeaderValue::from_str(voice.language()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    answer
}

/// Sets a status on an answer: a form that is shown again with an error is no success.
pub(crate) fn with_status(mut answer: Response, status: StatusCode) -> Response {
    *answer.status_mut() = status;
    answer
}

/// "See other": the answer to every form that was accepted, so that reloading repeats nothing.
pub(crate) fn redirect(to: &str, cookies: &[String]) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    match HeaderValue::from_str(to) {
        Ok(location) => {
            answer.headers_mut().insert(header::LOCATION, location);
        }
        Err(_) => *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    set_cookies(&mut answer, cookies);
    answer
}

/// Adds cookies to an answer.
pub(crate) fn set_cookies(answer: &mut Response, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// Times as this site shows them, seen from the moment of the visit.
pub(crate) fn calendar(visit: &Visit) -> Calendar<'_> {
    Calendar::new(&visit.app.voice, &visit.app.site.zone, visit.cx.now)
}

/// A browser in words, where its kind is known.
pub(crate) fn browser_name(browser: Browser) -> BrowserName {
    BrowserName {
        family: (browser.family != Family::Other).then(|| browser.family.name()),
        system: (browser.system != System::Other).then(|| browser.system.name()),
    }
}

/// A source in words.
pub(crate) fn source_line(source: &Source, known: Option<bool>) -> SourceLine {
    SourceLine { address: source.address, browser: browser_name(source.browser), known }
}

/// A count as pages show it.
pub(crate) fn small<T: TryInto<u32>>(count: T) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

/// A guess ledger as pages show it.
pub(crate) fn ledger(ledger: &flow::ledger::Ledger) -> LedgerFacts {
    // What is more than certain is certain.
    let odds = |chance: Chance| chance.odds().map(|odds| odds.max(1));
    LedgerFacts {
        odds: odds(ledger.chance()),
        lines: ledger
            .lines
            .iter()
            .map(|line| LedgerLine {
                known: line.known,
                letters: line.letters,
                codes: small(line.codes),
                guesses: small(line.guesses),
                odds: odds(line.chance),
            })
            .collect(),
        limit: odds(ledger.limit).unwrap_or(i64::MAX),
        limit_known: odds(ledger.limit_known).unwrap_or(i64::MAX),
    }
}

/// An identifier in a path.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|_| Trouble::NotFound)
}
