//! `/device`: somebody types the code that a device shows; `/device/asked`: and answers for it.
//!
//! Implements: RFC 8628 §3.3, threats.md §5.2 rows 22 to 24. What the browser has before it is named by a cookie of its own and
//! never by an address, and a look at a page changes nothing.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::device::{self, Before, Entered, Held};
use flow::oauth::provider::USER_CODE_PAGE;
use flow::oauth::request;
use http::StatusCode;
use model::device_authorization::{DeviceState, WAITS};
use model::id::DeviceId;
use model::nearness::Nearness;
use model::refusal::Refusal;
use wire::base20;
use wire::http::cookie::{SameSite, SetCookie};
use wire::oauth::device::USER_CODE;
use wire::token;

use crate::error::Trouble;
use crate::oauth::authorize::{all_wanted, name_of};
use crate::oauth::device::UserCodes;
use crate::page::{self, small};
use crate::pages::confirm;
use crate::pages::sign_in::shown_again;
use crate::posted::Posted;
use crate::view::device::{CodeProblem, DeviceAsked, DeviceCode, Sides, Stands};
use crate::view::frame::Place;
use crate::visit::{DEVICE, REQUEST, Visit};

/// The page that asks.
pub(crate) const ASKED: &str = "/device/asked";

/// What the cookie of whoever has to sign in first says, in place of the reference of a request.
pub(crate) const WAITS_HERE: &str = "device";

/// `GET /device`
pub(crate) async fn get(_: UserCodes, visit: Visit) -> Result<Response, Trouble> {
    if visit.visitor.is_none() {
        let max_age = Some(request::WAITS.as_secs());
        let cookie =
            SetCookie { name: REQUEST, value: WAITS_HERE.to_owned(), max_age, same_site: SameSite::Lax };
        let mut cookies = visit.cookies();
        cookies.push(cookie.to_header());
        return Ok(page::redirect("/sign-in?notice=device", &cookies));
    }
    // Only what can be a code stands in the field: what a link says is nobody's text on a page of ours.
    let brought = visit.query.get("user_code").and_then(|code| base20::parse(code, USER_CODE).ok());
    let code = brought.map(|code| base20::group(&code)).unwrap_or_default();
    let gone = visit.query.get("gone").is_some();
    let mut answer = draw(&visit, code, (None, gone))?;
    if visit.request.as_deref() == Some(WAITS_HERE) {
        page::set_cookies(&mut answer, &[SetCookie::removal(REQUEST).to_header()]);
    }
    Ok(answer)
}

fn draw(
    visit: &Visit,
    code: String,
    (problem, gone): (Option<CodeProblem>, bool),
) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    Ok(page::show(visit, Place::Elsewhere, |frame| {
        DeviceCode { frame, address: &visitor.account.address, code, problem, gone }.render()
    }))
}

/// `POST /device`
pub(crate) async fn post(_: UserCodes, posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let typed = form.get("user_code").unwrap_or_default().to_owned();
    let app = Arc::clone(&visit.app);
    let typing = (visitor, visit.source, typed.as_str());
    let outcome = match device::prepare_entry(&app.store, &mut visit.cx, typing)? {
        Ok(entering) => app.write(app.cx(), move |tx, cx| device::enter(tx, cx, &entering)).await?,
        Err(refusal) => Err(refusal),
    };
    let problem = match outcome {
        Ok(entered) => {
            let mut cookies = visit.cookies();
            cookies.push(cookie(&entered));
            return Ok(page::redirect(ASKED, &cookies));
        }
        Err(Refusal::CodeMalformed) => CodeProblem::Malformed,
        Err(Refusal::GuessesHeldBack { until }) => {
            CodeProblem::HeldBack(page::calendar(&visit).moment(until))
        }
        Err(_) => CodeProblem::Unknown,
    };
    let answer = draw(&visit, shown_again(&typed), (Some(problem), false))?;
    Ok(page::with_status(answer, StatusCode::UNPROCESSABLE_ENTITY))
}

fn cookie(entered: &Entered) -> String {
    let mut bytes = [0; 48];
    for (to, from) in bytes.iter_mut().zip(entered.device.bytes().iter().chain(&entered.secret)) {
        *to = *from;
    }
    let max_age = Some(WAITS.as_secs());
    SetCookie { name: DEVICE, value: token::encode(&bytes), max_age, same_site: SameSite::Lax }.to_header()
}

fn entered(visit: &Visit) -> Option<Entered> {
    let bytes = token::decode::<48>(visit.device.as_deref()?).ok()?;
    let (mut device, mut secret) = ([0; 16], [0; 32]);
    for (to, from) in device.iter_mut().chain(secret.iter_mut()).zip(bytes) {
        *to = from;
    }
    Some(Entered { device: DeviceId::from_bytes(device), secret })
}

/// The start of it all, for whoever has nothing before them.
fn start(visit: &Visit) -> Response {
    let mut cookies = visit.cookies();
    if visit.device.is_some() {
        cookies.push(SetCookie::removal(DEVICE).to_header());
    }
    page::redirect(&format!("{USER_CODE_PAGE}?gone=1"), &cookies)
}

/// `GET /device/asked`
pub(crate) async fn asked(_: UserCodes, visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let Some(entered) = entered(&visit) else { return Ok(start(&visit)) };
    let Held::Device(before) = device::before(&visit.app.store, visitor, &entered)? else {
        return Ok(start(&visit));
    };
    let stands = match before.device.state_at(visit.cx.now) {
        DeviceState::Entered => {
            let since = before.device.holder.map_or(visit.cx.now, |holder| holder.since);
            let proved = device::is_proved(&visit.app.store, &visit.cx, (visitor, since))?;
            if proved { Stands::Asked } else { Stands::Unproved }
        }
        DeviceState::Approved | DeviceState::Redeemed => Stands::Allowed,
        DeviceState::Denied => Stands::Denied,
        DeviceState::Asked | DeviceState::Expired | DeviceState::PolledOut => Stands::Over,
    };
    let sides = sides(&visit, &before);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        DeviceAsked { frame, sides: &sides, stands, confirm: confirm::href(ASKED) }.render()
    }))
}

/// `POST /device/asked`
pub(crate) async fn answer(_: UserCodes, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?.clone();
    let app = Arc::clone(&visit.app);
    let source = visit.source;
    let Some(entered) = entered(&visit) else { return Ok(start(&visit)) };
    let before = match device::before(&app.store, &visitor, &entered)? {
        Held::Device(before) => before,
        Held::Nothing => return Ok(start(&visit)),
        Held::Elsewhere(account) => {
            let foreign = (account, source);
            let _ = app.write(app.cx(), move |tx, cx| device::refuse_foreign(tx, cx, foreign)).await?;
            return Ok(start(&visit));
        }
    };
    match form.get("answer") {
        Some("allow") => {
            let said = app.write(app.cx(), move |tx, cx| device::allow(tx, cx, (&visitor, source, &before)));
            match said.await? {
                Err(Refusal::DeviceUnproved) => Err(Trouble::ConfirmFirst(ASKED.to_owned())),
                Err(Refusal::MethodOff) => Err(Trouble::OtherWay),
                // What became of it says the page itself.
                Ok(_) | Err(_) => Ok(page::redirect(ASKED, &visit.cookies())),
            }
        }
        Some("deny") => {
            let id = before.device.id;
            let _ = app.write(app.cx(), move |tx, cx| device::deny(tx, cx, (&visitor, source, id))).await?;
            Ok(page::redirect(ASKED, &visit.cookies()))
        }
        _ => Err(Trouble::Malformed),
    }
}

/// Both ends, as they are at this moment.
pub(crate) fn sides(visit: &Visit, before: &Before) -> Sides {
    let (client, device) = (&before.client.client, &before.device);
    let (name, verified) = name_of(client);
    let days = |length: std::time::Duration| small(length.as_secs().div_ceil(24 * 60 * 60));
    Sides {
        name: name.to_owned(),
        verified,
        kind: device.kind,
        asked: page::calendar(visit).moment(device.asked_at),
        device: page::source_line(&before.source, None),
        nearness: nearness(visit, before),
        address: visit.visitor.as_ref().map(|visitor| visitor.account.address.clone()).unwrap_or_default(),
        you: page::source_line(&visit.source, None),
        wanted: all_wanted(&device.scopes),
        resources: device.resources.iter().map(|one| one.as_str().to_owned()).collect(),
        idle_days: days(client.lifetimes.idle),
        absolute_days: days(client.lifetimes.absolute),
    }
}

/// Where the device is: seen from the person now, or from where they were when they answered.
fn nearness(visit: &Visit, before: &Before) -> Nearness {
    let device = &before.device;
    let answered = matches!(device.state, DeviceState::Approved | DeviceState::Redeemed);
    let then = device.holder.and_then(|holder| holder.from).filter(|_| answered);
    device.nearness_to(then.or(visit.source.address), &visit.app.policy.nearby_networks)
}
