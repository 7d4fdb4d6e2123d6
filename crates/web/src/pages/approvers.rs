//! `/account/authenticators/approvers` shows another device a code, and `/approve/join/<code>` is where that device becomes an
//! approver by it.
//!
//! Implements: NIST SP 800-63B-4 §4.1.2.2; threats.md §5.2 row 27. The code is in the browser that shows it, in a cookie, and
//! nowhere else; a look at a page changes nothing.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::approval::enrol::{self, Made};
use flow::authenticator;
use flow::reauth::{self, Needed};
use http::StatusCode;
use model::enrolment::LIFETIME;
use model::id::EnrolmentId;
use model::refusal::Refusal;
use wire::http::cookie::{SameSite, SetCookie};
use wire::token;

use crate::error::Trouble;
use crate::headers;
use crate::page;
use crate::pages::approve::{cookie, held};
use crate::pages::passkey::{offer, refused};
use crate::pages::{confirm, sign_in as sign_in_page};
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::approve::{ApproveNotice, Join, NewApprover, Showing, key_name};
use crate::view::frame::Place;
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyForm, PasskeyRefused};
use crate::view::qr::Qr;
use crate::visit::{ENROLMENT, Visit};

const HERE: &str = "/account/authenticators/approvers";

fn own(visit: &Visit) -> Option<(EnrolmentId, [u8; 16])> {
    let (id, code) = token::decode_pair(visit.enrolment.as_deref()?).ok()?;
    Some((EnrolmentId::from_bytes(id), code))
}

/// `GET /account/authenticators/approvers`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let (store, now) = (&visit.app.store, visit.cx.now);
    let calendar = page::calendar(&visit);
    let shown = match own(&visit).filter(|_| visit.query.get("again").is_none()) {
        Some((id, code)) => enrol::look(store, visitor, id)?.map(|seen| (seen, code)),
        None => None,
    };
    let stands = match shown {
        Some(((_, Some(made)), _)) => Showing::Made {
            held: (!made.is_usable(now)).then(|| calendar.moment(made.usable_at)),
            name: made.name,
            id: made.id.to_string(),
        },
        Some(((enrolment, None), code)) if enrolment.is_open(now) => {
            let href = format!("{}/approve/join/{}", visit.app.site.public_url, token::encode(&code));
            Showing::Open { qr: Qr::of(&href).ok(), href, until: calendar.moment(enrolment.expires_at) }
        }
        Some(_) => Showing::Over,
        None => {
            let needed = Needed::to_change(reauth::ways(store, &visit.cx, visitor)?);
            Showing::None((!needed.is_met(visitor, &visit.cx)).then(|| confirm::href(HERE)))
        }
    };
    let mut answer = page::show(&visit, Place::Account, |frame| NewApprover { frame, stands }.render());
    headers::let_look_again(&mut answer);
    Ok(answer)
}

/// `POST /account/authenticators/approvers`: shows a code.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let mut visit = posted.visit;
    let visitor = visit.confirmed(HERE)?.clone();
    let app = Arc::clone(&visit.app);
    let opening = enrol::prepare_open(&app.store, &mut visit.cx, (visitor, visit.source))?;
    match app.write(app.cx(), move |tx, cx| enrol::open(tx, cx, &opening)).await? {
        Ok(opened) => {
            let value = token::pair(opened.id.bytes(), opened.code.expose());
            // A while longer than the code, so that the page can say what became of it.
            let max_age = Some((LIFETIME + LIFETIME).as_secs());
            let mut cookies = visit.cookies();
            cookies.push(SetCookie { name: ENROLMENT, value, max_age, same_site: SameSite::Lax }.to_header());
            Ok(page::redirect(HERE, &cookies))
        }
        Err(Refusal::DeviceUnproved) => Err(Trouble::ConfirmFirst(HERE.to_owned())),
        Err(Refusal::MethodOff) => Err(Trouble::NotFound),
        // Somebody was faster, or there are as many as there can be: the page says how it stands.
        Err(_) => Ok(page::redirect("/account/authenticators", &visit.cookies())),
    }
}

fn code(segment: &str) -> Option<[u8; 16]> {
    token::decode::<16>(segment).ok()
}

/// `GET /approve/join/<code>`
pub(crate) async fn join(visit: Visit, Segment(text): Segment) -> Result<Response, Trouble> {
    draw(visit, &text, (None, None))
}

fn draw(
    mut visit: Visit,
    text: &str,
    (name, why): (Option<String>, Option<PasskeyRefused>),
) -> Result<Response, Trouble> {
    let found = match code(text) {
        Some(code) => enrol::find(&visit.app.store, &visit.cx, &code)?.map(|(_, account)| (code, account)),
        None => None,
    };
    let Some((code, account)) = found else {
        let gone = page::show(&visit, Place::Elsewhere, |frame| {
            Join { frame, address: None, passkey: Offer::Nowhere, refused: why }.render()
        });
        return Ok(page::with_status(gone, StatusCode::NOT_FOUND));
    };
    let called = key_name(&visit.app.voice, &account.address);
    let mut over = false;
    let offered = offer(&mut visit, PasskeyDeed::Enrol, |visit, party| {
        let (half, app) = (visit.half, Arc::clone(&visit.app));
        match enrol::offer(&app.store, party, &mut visit.cx, (&code, &half), &called)? {
            Ok(asked) => Ok(asked),
            Err(_) => {
                over = true;
                Err(Trouble::NotFound)
            }
        }
    });
    let passkey = match offered? {
        Offer::Here(form) => {
            let name = name.or_else(|| Some(page::browser_name(visit.source.browser).system_or_family()));
            Offer::Here(PasskeyForm { about: text.to_owned(), name, ..form })
        }
        other => other,
    };
    debug_assert!(!over, "it was open a moment ago");
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        Join { frame, address: Some(&account.address), passkey, refused: why }.render()
    }))
}

/// `POST /approve/join/<code>`
pub(crate) async fn enrol(Segment(text): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let app = Arc::clone(&visit.app);
    let Some((party, _)) = &app.passkeys else { return Err(Trouble::NotFound) };
    let typed = form.get("name").unwrap_or_default();
    let again = |visit: Visit, refusal| {
        let why = refused(&visit, refusal);
        let name = Some(sign_in_page::shown_again(typed));
        let page = draw(visit, &text, (name, Some(why)))?;
        Ok(page::with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let Some(code) = code(&text) else { return draw(visit, &text, (None, None)) };
    let name = match authenticator::name(typed, "") {
        Ok(name) => name,
        Err(refusal) => return again(visit, refusal),
    };
    let made = Made {
        code,
        challenge: form.get("challenge").unwrap_or_default().to_owned(),
        attestation: wire::passkey::attestation(form.get("credential").unwrap_or_default())?,
        name,
        browser_half: visit.half,
        source: visit.source,
    };
    let outcome = match enrol::prepare(&app.store, party, &mut visit.cx, made)? {
        Ok(prepared) => app.write(app.cx(), move |tx, cx| enrol::commit(tx, cx, &prepared)).await?,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(enrolled) => {
            let mut all = held(&visit);
            all.push((enrolled.approver.id, *enrolled.cookie.expose()));
            let mut cookies = visit.cookies();
            cookies.push(cookie(&all));
            let notice = if enrolled.held { ApproveNotice::EnrolledHeld } else { ApproveNotice::Enrolled };
            Ok(page::redirect(&format!("/approve?notice={}", notice.word()), &cookies))
        }
        Err(Refusal::EnrolmentOver) => draw(visit, &text, (None, None)),
        Err(refusal) => again(visit, refusal),
    }
}
