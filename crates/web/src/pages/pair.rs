//! `/account/devices/pair`: a window for a device, from here.
//!
//! Implements: threats.md §5.2 rows 20, 21 and 24, §6 ideas 1 and 2. The code is in the browser that opened the window, in a
//! cookie, and nowhere else; a look at the page changes nothing.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::device::Before;
use flow::pairing::{self, Window as Seen};
use flow::reauth::{self, Needed};
use http::StatusCode;
use model::id::PairingId;
use model::pairing::{ANSWERED, OPEN, PairingState};
use model::refusal::Refusal;
use wire::base20;
use wire::http::cookie::{SameSite, SetCookie};
use wire::oauth::device::{PAIRING_CODE, pairing_uri};
use wire::token;

use crate::error::Trouble;
use crate::headers;
use crate::page;
use crate::pages::confirm;
use crate::pages::device::sides;
use crate::posted::Posted;
use crate::view::device::{DigitsProblem, Ended, Pair, Sides, Window};
use crate::view::frame::Place;
use crate::view::qr::Qr;
use crate::visit::{PAIRING, Visit};

const HERE: &str = "/account/devices/pair";

/// Bytes of the cookie: which window, and its code.
const BYTES: usize = 16 + PAIRING_CODE;

/// A window, and its code.
struct Own {
    id: PairingId,
    code: String,
}

fn own(visit: &Visit) -> Option<Own> {
    let bytes = token::decode::<BYTES>(visit.pairing.as_deref()?).ok()?;
    let (id, code) = bytes.split_first_chunk::<16>()?;
    let code = base20::parse(str::from_utf8(code).ok()?, PAIRING_CODE).ok()?;
    Some(Own { id: PairingId::from_bytes(*id), code })
}

fn cookie(opened: &pairing::Opened) -> String {
    let mut bytes = [0; BYTES];
    let all = opened.pairing.bytes().iter().chain(opened.text.expose().as_bytes());
    for (to, from) in bytes.iter_mut().zip(all) {
        *to = *from;
    }
    // A while longer than the window, so that the page can say what became of it.
    let max_age = Some((OPEN + ANSWERED + ANSWERED).as_secs());
    SetCookie { name: PAIRING, value: token::encode(&bytes), max_age, same_site: SameSite::Lax }.to_header()
}

/// `GET /account/devices/pair`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    draw(&visit, None)
}

fn draw(visit: &Visit, problem: Option<DigitsProblem>) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let (store, now) = (&visit.app.store, visit.cx.now);
    let calendar = page::calendar(visit);
    let own = own(visit);
    let seen = match &own {
        Some(own) => pairing::look(store, visitor, own.id)?.map(|seen| (own, seen)),
        None => None,
    };
    let before: Option<&Before> = seen.as_ref().and_then(|(_, seen)| seen.before.as_ref());
    let both: Option<Sides> = before.map(|before| sides(visit, before));
    let stands = match (&seen, &both) {
        (Some((own, Seen { pairing, .. })), both) => match (pairing.state_at(now), both) {
            (PairingState::Open, _) => Window::Open {
                code: base20::group(&own.code),
                qr: Qr::of(&pairing_uri(&visit.app.site.public_url, &base20::group(&own.code))).ok(),
                until: calendar.moment(pairing.expires_at),
            },
            (PairingState::Answered, Some(sides)) => Window::Answered {
                sides,
                until: calendar.moment(pairing.expires_at),
                tries: pairing.tries_left,
                problem,
            },
            (PairingState::Approved, Some(sides)) => Window::Allowed(sides),
            (PairingState::Denied, _) => Window::Over(Ended::Denied),
            (PairingState::WrongDigits, _) => Window::Over(Ended::WrongDigits),
            (PairingState::Expired, _) => Window::Over(Ended::Late),
            (PairingState::Closed | PairingState::Answered | PairingState::Approved, _) => {
                Window::Over(Ended::Closed)
            }
        },
        (None, _) => match pairing::live(store, &visit.cx, visitor)? {
            Some(live) => Window::Elsewhere(calendar.moment(live.opened_at)),
            None => {
                let needed = Needed::to_change(reauth::ways(store, &visit.cx, visitor)?);
                Window::None((!needed.is_met(visitor, &visit.cx)).then(|| confirm::href(HERE)))
            }
        },
    };
    let mut answer = page::show(visit, Place::Account, |frame| Pair { frame, stands }.render());
    headers::let_look_again(&mut answer);
    Ok(answer)
}

/// `POST /account/devices/pair`: opens a window.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let mut visit = posted.visit;
    let visitor = visit.confirmed(HERE)?.clone();
    let app = Arc::clone(&visit.app);
    let opening = pairing::prepare(&app.store, &mut visit.cx, (visitor, visit.source))?;
    match app.write(app.cx(), move |tx, cx| pairing::open(tx, cx, &opening)).await? {
        Ok(opened) => {
            let mut cookies = visit.cookies();
            cookies.push(cookie(&opened));
            Ok(page::redirect(HERE, &cookies))
        }
        Err(Refusal::DeviceUnproved) => Err(Trouble::ConfirmFirst(HERE.to_owned())),
        // Somebody was faster; the page says who.
        Err(_) => Ok(page::redirect(HERE, &visit.cookies())),
    }
}

/// `POST /account/devices/pair/answer`: yes by the digits, no, or the end of a window that somebody else opened.
pub(crate) async fn answer(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let (app, source) = (Arc::clone(&visit.app), visit.source);
    let own = own(&visit);
    match (form.get("answer"), own) {
        (Some("confirm"), Some(own)) => {
            let typed = (own.id, form.get("digits").unwrap_or_default());
            let said = match pairing::prepare_confirm(&app.store, (visitor, source), typed)? {
                Ok(typed) => app.write(app.cx(), move |tx, cx| pairing::confirm(tx, cx, &typed)).await?,
                Err(refusal) => Err(refusal),
            };
            let problem = match said {
                Err(Refusal::CodeMalformed) => DigitsProblem::Malformed,
                Err(Refusal::DigitsWrong { left: 1.. }) => DigitsProblem::Wrong,
                Err(Refusal::MethodOff) => return Err(Trouble::OtherWay),
                // What became of it says the page itself.
                Ok(_) | Err(_) => return Ok(page::redirect(HERE, &visit.cookies())),
            };
            Ok(page::with_status(draw(&visit, Some(problem))?, StatusCode::UNPROCESSABLE_ENTITY))
        }
        (Some("deny"), Some(own)) => {
            let who = (visitor, source, own.id);
            let denied = app.write(app.cx(), move |tx, cx| {
                let (by, source, id) = &who;
                pairing::deny(tx, cx, (by, *source, *id))
            });
            let _ = denied.await?;
            Ok(page::redirect(HERE, &visit.cookies()))
        }
        (Some("close"), _) => {
            let _ = app.write(app.cx(), move |tx, cx| pairing::close(tx, cx, (&visitor, source))).await?;
            Ok(page::redirect(HERE, &visit.cookies()))
        }
        (Some("confirm" | "deny"), None) => Ok(page::redirect(HERE, &visit.cookies())),
        _ => Err(Trouble::Malformed),
    }
}
