//! `/account/gate`: what a new browser must bring before a code is mailed. Looking, and saying that one will ask, needs a
//! session; changing, a fresh proof of who is there.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::gate::{self, Choice};
use flow::reauth::{self, Needed};
use model::gate::Gate;
use model::reference;
use model::refusal::Refusal;
use wire::gate_word::GateWord;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::gate::{GatePage, notice};
use crate::visit::Visit;

const HERE: &str = "/account/gate";

/// The word for what was refused, as the address of the page carries it.
const fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::GateLoose => "loose",
        Refusal::GateNameless => "nameless",
        Refusal::GateWordless => "wordless",
        Refusal::GateWordNeeded => "needed",
        _ => "locks-out",
    }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    show(&visit, (None, None))
}

fn show(visit: &Visit, (drawn, announced): (Option<&str>, Option<&str>)) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let app = &visit.app;
    let needed = Needed::to_change(reauth::ways(&app.store, &visit.cx, visitor)?);
    let shown = gate::find(&app.store, &visit.cx, visitor)?;
    let calendar = page::calendar(visit);
    Ok(page::show(visit, Place::Account, |frame| {
        GatePage {
            frame,
            notice: visit.query.get("notice").and_then(notice),
            confirmed: needed.is_met(visitor, &visit.cx),
            gate: shown.layers.gate(),
            own: shown.layers.own,
            allowed: Gate::ALL.into_iter().filter(|gate| shown.layers.allows(*gate)).collect(),
            word_since: shown.word_since.map(|since| calendar.moment(since)),
            drawn,
            announced,
            name: shown.name,
            open_until: shown.open_until.map(|until| calendar.moment(until)),
            passkey: shown.beside.passkey,
            password: shown.beside.password,
            recovery_codes: shown.beside.recovery_codes,
        }
        .render()
    }))
}

fn done(visit: &Visit, word: &str) -> Response {
    page::redirect(&format!("{HERE}?notice={word}"), &visit.cookies())
}

/// `POST /account/gate`: chooses.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    let chosen = match form.get("gate") {
        Some("default") => None,
        Some(code) => Some(Gate::from_code(code).ok_or(Trouble::Malformed)?),
        None => return Err(Trouble::Malformed),
    };
    let choice = Choice { gate: chosen, anyway: form.get("anyway").is_some() };
    let source = visit.source;
    let work =
        move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| gate::choose(tx, cx, &visitor, choice, source);
    let outcome = visit.app.write(visit.app.cx(), work).await?;
    Ok(done(&visit, outcome.map_or_else(word, |()| "changed")))
}

/// `POST /account/gate/word`: sets the gate word, as it was typed or a drawn one. Only the answer to this shows a drawn one.
pub(crate) async fn set_word(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    let drawn = match form.get("draw") {
        Some(_) => Some(reference::draw(&mut visit.cx.entropy)?),
        None => None,
    };
    let typed = drawn.as_deref().or(form.get("word")).unwrap_or_default();
    let Ok(new) = GateWord::parse(typed) else { return Ok(done(&visit, "malformed")) };
    let app = Arc::clone(&visit.app);
    let (digest, source) = (gate::prepare_word(&app.store, visitor.account.id, &new), visit.source);
    let outcome =
        app.write(app.cx(), move |tx, cx| gate::set_word(tx, cx, &visitor, &digest, source)).await?;
    match (outcome, drawn) {
        (Ok(()), Some(drawn)) => show(&visit, (Some(&drawn), None)),
        (outcome, _) => Ok(done(&visit, outcome.map_or_else(word, |()| "word-set"))),
    }
}

/// `POST /account/gate/word/remove`
pub(crate) async fn remove_word(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let (visitor, source) = (visit.confirmed(HERE)?.clone(), visit.source);
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| gate::remove_word(tx, cx, &visitor, source)).await?;
    Ok(done(&visit, outcome.map_or_else(word, |()| "word-removed")))
}

/// `POST /account/gate/announce`. Only the answer to this shows the word.
pub(crate) async fn announce(posted: Posted) -> Result<Response, Trouble> {
    let mut visit = posted.visit;
    let (visitor, source) = (visit.undoubted(HERE)?.clone(), visit.source);
    let words = gate::draw_words(&visit.app.store, &mut visit.cx, visitor.account.id)?;
    let digest = words.digest;
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| gate::announce(tx, cx, &visitor, &digest, source))
        .await?;
    match outcome {
        Ok(_) => show(&visit, (None, Some(words.text.expose()))),
        Err(refusal) => Ok(done(&visit, word(refusal))),
    }
}

/// `POST /account/gate/take-back`
pub(crate) async fn take_back(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| gate::take_back(tx, cx, &visitor, source)).await?;
    Ok(done(&visit, outcome.map_or_else(word, |()| "taken-back")))
}
