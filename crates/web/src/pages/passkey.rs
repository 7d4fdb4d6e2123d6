//! Passkeys where they are used and made: `/sign-in/passkey`, `/account/confirm/passkey`, `/recover/passkey`, and the page
//! that adds one.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::authenticator;
use flow::passkey::add::{self, Made};
use flow::passkey::answer::{self, Answer, Asked};
use flow::passkey::{RelyingParty, challenge, is_open, recovers, signs_in};
use flow::recover;
use flow::session::Visitor;
use flow::sign_in::finish::Started;
use http::StatusCode;
use model::refusal::Refusal;
use wire::form::Form;

use crate::app::App;
use crate::error::Trouble;
use crate::page;
use crate::pages::confirm::{self, destination};
use crate::pages::recover as recover_page;
use crate::pages::sign_in as sign_in_page;
use crate::posted::Posted;
use crate::view::authenticators::NewPasskey;
use crate::view::frame::Place;
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyForm, PasskeyRefused};
use crate::visit::{Visit, session_cookie};

/// The page that adds a passkey.
const NEW: &str = "/account/authenticators/passkeys/new";

/// A form for this browser, if it reached the site by the name that passkeys belong to.
pub(crate) fn offer(
    visit: &mut Visit,
    deed: PasskeyDeed,
    ask: impl FnOnce(&mut Visit, &RelyingParty) -> Result<Asked, Trouble>,
) -> Result<Offer, Trouble> {
    let app = Arc::clone(&visit.app);
    let Some((party, origin)) = &app.passkeys else { return Ok(Offer::Nowhere) };
    if !visit.host.as_ref().is_some_and(|host| origin.is_host(host)) {
        return Ok(Offer::Elsewhere(origin.to_string()));
    }
    let Asked { options, challenge } = ask(visit, party)?;
    let seconds = challenge::LIFETIME.as_secs();
    Ok(Offer::Here(PasskeyForm {
        deed,
        options,
        challenge,
        seconds,
        to: None,
        name: None,
        quiet: false,
        unknown: None,
        about: String::new(),
        number: None,
    }))
}

/// What the sign-in page offers: quietly after a refusal; `unknown` is the identifier of a passkey that nobody has.
pub(crate) fn offer_sign_in(
    visit: &mut Visit,
    (quiet, unknown): (bool, Option<String>),
) -> Result<Offer, Trouble> {
    if !signs_in(&visit.app.policy) {
        return Ok(Offer::Nowhere);
    }
    let offered = offer(visit, PasskeyDeed::SignIn, |visit, party| {
        let (half, app) = (visit.half, Arc::clone(&visit.app));
        Ok(answer::ask(&app.store, party, &mut visit.cx, &half)?)
    })?;
    Ok(match offered {
        Offer::Here(form) => Offer::Here(PasskeyForm { quiet, unknown, ..form }),
        other => other,
    })
}

/// What the page that asks once more who is there offers.
pub(crate) fn offer_confirm(visit: &mut Visit, visitor: &Visitor, to: &str) -> Result<Offer, Trouble> {
    let offered = offer(visit, PasskeyDeed::Confirm, |visit, party| {
        let (half, app) = (visit.half, Arc::clone(&visit.app));
        Ok(answer::ask_within(&app.store, party, &mut visit.cx, (visitor, &half))?)
    })?;
    Ok(match offered {
        Offer::Here(form) => Offer::Here(PasskeyForm { to: Some(to.to_owned()), ..form }),
        other => other,
    })
}

/// What the page for whoever has lost other ways in offers; `entry` is what waits in this browser already.
pub(crate) fn offer_recovery(visit: &mut Visit, entry: Option<String>) -> Result<Offer, Trouble> {
    if !recovers(&visit.app.policy) {
        return Ok(Offer::Nowhere);
    }
    let offered = offer(visit, PasskeyDeed::Recover, |visit, party| {
        let (half, app) = (visit.half, Arc::clone(&visit.app));
        Ok(answer::ask_recovery(&app.store, party, &mut visit.cx, &half)?)
    })?;
    Ok(match offered {
        Offer::Here(form) => Offer::Here(PasskeyForm { to: entry, ..form }),
        other => other,
    })
}

/// What became of an answer: a session, or why not, and the identifier of a passkey that nobody has.
type Answered = Result<Started, (Refusal, Option<String>)>;

fn read(visit: &Visit, form: &Form) -> Result<Answer, Trouble> {
    Ok(Answer {
        challenge: form.get("challenge").unwrap_or_default().to_owned(),
        assertion: wire::passkey::assertion(form.get("credential").unwrap_or_default())?,
        browser_half: visit.half,
        current: visit.visitor.clone(),
        source: visit.source,
    })
}

async fn answered(visit: &mut Visit, form: &Form) -> Result<Answered, Trouble> {
    let app: Arc<App> = Arc::clone(&visit.app);
    let Some((party, _)) = &app.passkeys else { return Err(Trouble::NotFound) };
    let answer = read(visit, form)?;
    let id = wire::token::encode(&answer.assertion.raw_id);
    let prepared = match answer::prepare(&app.store, party, &mut visit.cx, answer)? {
        Ok(prepared) => prepared,
        Err(refusal) => return Ok(Err((refusal, None))),
    };
    // A device is told to forget a passkey only where nobody has it, not where an account is locked.
    let unknown = prepared.is_nobodys().then_some(id);
    let outcome = app.write(app.cx(), move |tx, cx| answer::commit(tx, cx, &prepared)).await?;
    Ok(outcome.map_err(|refusal| (refusal, unknown)))
}

/// The answer to a proof that held: the session, and the way on.
pub(crate) fn into(visit: &Visit, started: &Started, to: &str) -> Response {
    let seconds = visit.app.policy.session_absolute.as_secs();
    let mut cookies = visit.cookies();
    cookies.push(session_cookie(started.session.id, started.secret.expose(), seconds));
    page::redirect(to, &cookies)
}

pub(crate) fn refused(visit: &Visit, refusal: Refusal) -> PasskeyRefused {
    match refusal {
        Refusal::PasskeyHeld { at } => PasskeyRefused::Held(page::calendar(visit).moment(at)),
        Refusal::PasskeyCopied => PasskeyRefused::Copied,
        Refusal::PasskeyUnfit => PasskeyRefused::Unfit,
        Refusal::PasskeyKnown => PasskeyRefused::Known,
        Refusal::MethodOff => PasskeyRefused::Off,
        Refusal::TooMany => PasskeyRefused::TooMany,
        Refusal::NameUnfit => PasskeyRefused::Name,
        Refusal::ChallengeOver | Refusal::SessionUnknown => PasskeyRefused::Over,
        _ => PasskeyRefused::Unknown,
    }
}

/// `POST /sign-in/passkey`
pub(crate) async fn sign_in(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    match answered(&mut visit, &form).await? {
        Ok(started) => Ok(into(&visit, &started, &visit.onward("/account")?)),
        Err((refusal, unknown)) => {
            let why = refused(&visit, refusal);
            sign_in_page::refused(visit, why, unknown)
        }
    }
}

/// `POST /account/confirm/passkey`
pub(crate) async fn confirm(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    visit.signed_in()?;
    let to = destination(form.get("to")).to_owned();
    match answered(&mut visit, &form).await? {
        Ok(started) => Ok(into(&visit, &started, &to)),
        Err((refusal, _)) => {
            let why = refused(&visit, refusal);
            let again = confirm::draw(visit, &to, (Some(why), None))?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// `POST /recover/passkey`: one proof, and nobody is signed in by it.
pub(crate) async fn recover(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let app: Arc<App> = Arc::clone(&visit.app);
    let Some((party, _)) = &app.passkeys else { return Err(Trouble::NotFound) };
    let answer = read(&visit, &form)?;
    let outcome = match recover::passkey::prepare(&app.store, party, &mut visit.cx, answer)? {
        Ok(prepared) => {
            app.write(app.cx(), move |tx, cx| recover::passkey::commit(tx, cx, &prepared)).await?
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(page::redirect("/entry", &visit.cookies())),
        Err(refusal) => {
            let why = refused(&visit, refusal);
            recover_page::refused(visit, form.get("to"), why)
        }
    }
}

/// `GET /account/authenticators/passkeys/new`
pub(crate) async fn new(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.confirmed(NEW)?.clone();
    draw_new(visit, &visitor, (None, None))
}

fn draw_new(
    mut visit: Visit,
    visitor: &Visitor,
    (name, why): (Option<String>, Option<PasskeyRefused>),
) -> Result<Response, Trouble> {
    let offered = if is_open(&visit.app.policy, &visitor.account) {
        offer(&mut visit, PasskeyDeed::Add, |visit, party| {
            let (half, app) = (visit.half, Arc::clone(&visit.app));
            Ok(add::offer(&app.store, party, &mut visit.cx, (visitor, &half))?)
        })?
    } else {
        Offer::Nowhere
    };
    let refused = match &offered {
        Offer::Nowhere => Some(PasskeyRefused::Off),
        Offer::Here(_) | Offer::Elsewhere(_) => why,
    };
    Ok(page::show(&visit, Place::Account, |frame| {
        let passkey = match offered {
            Offer::Here(form) => {
                let name = name.unwrap_or_else(|| page::browser_name(visit.source.browser).words(frame));
                Offer::Here(PasskeyForm { name: Some(name), ..form })
            }
            other => other,
        };
        NewPasskey { frame, passkey, refused }.render()
    }))
}

/// `POST /account/authenticators/passkeys`
pub(crate) async fn add(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(NEW)?.clone();
    let app: Arc<App> = Arc::clone(&visit.app);
    let Some((party, _)) = &app.passkeys else { return Err(Trouble::NotFound) };
    let typed = form.get("name").unwrap_or_default();
    let again = |visit: Visit, refusal| {
        let why = refused(&visit, refusal);
        let name = sign_in_page::shown_again(typed);
        let page = draw_new(visit, &visitor, (Some(name), Some(why)))?;
        Ok(page::with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let name = match authenticator::name(typed, "") {
        Ok(name) => name,
        Err(refusal) => return again(visit, refusal),
    };
    let made = Made {
        challenge: form.get("challenge").unwrap_or_default().to_owned(),
        attestation: wire::passkey::attestation(form.get("credential").unwrap_or_default())?,
        name,
        browser_half: visit.half,
        visitor: visitor.clone(),
        source: visit.source,
    };
    let prepared = match add::prepare(&app.store, party, &mut visit.cx, made)? {
        Ok(prepared) => prepared,
        Err(refusal) => return again(visit, refusal),
    };
    match app.write(app.cx(), move |tx, cx| add::commit(tx, cx, &prepared)).await? {
        Ok(added) => {
            let notice = if added.held { "held" } else { "added" };
            Ok(page::redirect(&format!("/account/authenticators?notice={notice}"), &visit.cookies()))
        }
        Err(refusal) => again(visit, refusal),
    }
}
