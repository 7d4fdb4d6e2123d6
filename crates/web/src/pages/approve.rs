//! `/approve`: the page of an approver. What waits is looked at, answered by number and passkey, or turned away.
//!
//! Implements: OWASP ASVS 5.0 6.6.4; threats.md §5.2 rows 15, 16, 18 and 48. The cookie of an approver opens these pages and no
//! others, and a look at them changes nothing.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use flow::approval::answer::{self, Answer};
use flow::approval::approver::{self, Approver as Holder, Cookie};
use flow::oauth::clients;
use http::StatusCode;
use model::approval::{Approval, ApprovalState};
use model::id::{ApprovalId, AuthenticatorId};
use model::nearness::nearness;
use model::refusal::Refusal;
use wire::http::cookie::{SameSite, SetCookie};

use crate::error::Trouble;
use crate::headers::let_install;
use crate::page;
use crate::pages::passkey;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::approve::{
    AnswerStep, Approve, ApproveDenied, ApproveNotice, ApproveOne, Approver, Question,
};
use crate::view::frame::{Frame, Place};
use crate::view::passkey::{Offer, PasskeyDeed, PasskeyForm};
use crate::visit::{APPROVER, BROWSER_AGE, Visit};

const HERE: &str = "/approve";

/// For how many accounts one browser can answer.
const MOST: usize = 4;

/// What the cookie names: a pair of identifier and secret for each account, with dots between them.
pub(crate) fn held(visit: &Visit) -> Vec<Cookie> {
    let all = visit.approver.as_deref().unwrap_or_default().split('.').take(MOST);
    all.filter_map(|pair| wire::token::decode_pair(pair).ok())
        .map(|(id, secret)| (AuthenticatorId::from_bytes(id), secret))
        .collect()
}

/// The cookie for these, the newest last.
pub(crate) fn cookie(all: &[Cookie]) -> String {
    let kept = all.iter().rev().take(MOST).rev();
    let value: Vec<String> = kept.map(|(id, secret)| wire::token::pair(id.bytes(), secret)).collect();
    let (value, max_age) = (value.join("."), Some(BROWSER_AGE));
    SetCookie { name: APPROVER, value, max_age, same_site: SameSite::Lax }.to_header()
}

/// Whoever holds this browser, for each account that it answers for; and whether one of them was taken away.
pub(crate) fn holders(visit: &Visit) -> Result<(Vec<Holder>, bool), Trouble> {
    let cookies = held(visit);
    let mut all = Vec::with_capacity(cookies.len());
    for one in &cookies {
        all.extend(approver::find(&visit.app.store, one)?);
    }
    let gone = all.len() < cookies.len();
    Ok((all, gone))
}

/// `GET /approve`
pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let (all, gone) = holders(&visit)?;
    let mut approvers = Vec::with_capacity(all.len());
    for one in &all {
        let waits = approver::waiting(&visit.app.store, &visit.cx, one)?;
        approvers.push(card(&visit, one, waits.as_ref())?);
    }
    let said = visit.query.get("notice").and_then(ApproveNotice::from_word);
    let notice = said.or(gone.then_some(ApproveNotice::Removed));
    let draw = |frame: &Frame<'_>| Approve { frame, approvers, notice }.render();
    let mut answer = page::show(&visit, Place::Elsewhere, draw);
    let_install(&mut answer);
    Ok(answer)
}

fn card(visit: &Visit, by: &Holder, waits: Option<&Approval>) -> Result<Approver, Trouble> {
    let (own, calendar) = (by.own(), page::calendar(visit));
    Ok(Approver {
        address: by.account.address.clone(),
        name: own.name.clone(),
        held: (!own.is_usable(visit.cx.now)).then(|| calendar.moment(own.usable_at)),
        question: waits.map(|waits| question(visit, waits)).transpose()?,
    })
}

fn question(visit: &Visit, waits: &Approval) -> Result<Question, Trouble> {
    let calendar = page::calendar(visit);
    let client = match &waits.client {
        Some(id) => {
            let mut names = clients::names(&visit.app.store, std::iter::once(id.as_str()))?;
            let shown = names.remove(id);
            Some(shown.map_or_else(|| (id.clone(), false), |shown| (shown.name, shown.verified)))
        }
        None => None,
    };
    Ok(Question {
        id: waits.id.to_string(),
        wanted: waits.wanted,
        client,
        asked: calendar.moment(waits.asked_at),
        until: calendar.moment(waits.expires_at),
        source: page::source_line(&waits.source, Some(waits.known)),
        nearness: nearness(visit.source.address, waits.asked_from, &visit.app.policy.nearby_networks),
        approved: waits.state == ApprovalState::Approved,
    })
}

/// The approver of this browser that a question is for, and the question while it waits.
fn asked(visit: &Visit, id: ApprovalId) -> Result<Option<(Holder, Approval)>, Trouble> {
    for one in holders(visit)?.0 {
        if let Some(found) = approver::look(&visit.app.store, &one, id)? {
            return Ok(Some((one, found)));
        }
    }
    Ok(None)
}

fn back(visit: &Visit, notice: ApproveNotice) -> Response {
    page::redirect(&format!("{HERE}?notice={}", notice.word()), &visit.cookies())
}

/// `POST /approve/<id>/open`
pub(crate) async fn open(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&id)?;
    let visit = posted.visit;
    let Some((by, _)) = asked(&visit, id)? else { return foreign(&visit, id).await };
    let (app, source) = (&visit.app, visit.source);
    let opened = app.write(app.cx(), move |tx, cx| answer::open(tx, cx, (&by, id, source))).await?;
    match opened {
        Ok(()) => Ok(page::redirect(&format!("{HERE}/{id}"), &visit.cookies())),
        Err(_) => Ok(back(&visit, ApproveNotice::Over)),
    }
}

/// What is no question to this browser: it is told no more than of one that is over.
async fn foreign(visit: &Visit, id: ApprovalId) -> Result<Response, Trouble> {
    let source = visit.source;
    if let Some(by) = holders(visit)?.0.into_iter().next() {
        let app = &visit.app;
        let refused =
            app.write(app.cx(), move |tx, cx| answer::refuse_foreign(tx, cx, (&by, id, source))).await?;
        debug_assert!(refused.is_err(), "nothing is answered by it");
    }
    Ok(back(visit, ApproveNotice::Over))
}

/// `GET /approve/<id>`
pub(crate) async fn one(visit: Visit, Segment(id): Segment) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&id)?;
    match asked(&visit, id)? {
        Some((by, found)) if found.state_at(visit.cx.now) == ApprovalState::Waiting => {
            draw(&visit, (&by, &found), AnswerStep::Number { malformed: false })
        }
        Some(_) | None => Ok(back(&visit, ApproveNotice::Over)),
    }
}

fn draw(visit: &Visit, (by, found): (&Holder, &Approval), step: AnswerStep<'_>) -> Result<Response, Trouble> {
    let approver = card(visit, by, Some(found))?;
    let Some(question) = &approver.question else { return Err(Trouble::NotFound) };
    Ok(page::show(visit, Place::Elsewhere, |frame| {
        ApproveOne { frame, approver: &approver, question, step }.render()
    }))
}

/// `POST /approve/<id>/number`: what was typed is shown once more, for the passkey to sign. Nothing is compared yet.
pub(crate) async fn number(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&id)?;
    let Posted { mut visit, form } = posted;
    let Some((by, found)) = asked(&visit, id)? else { return foreign(&visit, id).await };
    let typed = form.get("number").unwrap_or_default();
    let mut refused = None;
    let mut number = String::new();
    let passkey = passkey::offer(&mut visit, PasskeyDeed::Approve, |visit, party| {
        let (half, app) = (visit.half, Arc::clone(&visit.app));
        match answer::ask(&app.store, party, &mut visit.cx, &half, (&by, id, typed))? {
            Ok(signing) => {
                number = signing.number;
                Ok(signing.asked)
            }
            Err(refusal) => {
                refused = Some(refusal);
                Err(Trouble::Malformed)
            }
        }
    });
    let passkey = match (passkey, refused) {
        (Err(_), Some(Refusal::CodeMalformed)) => {
            let again = draw(&visit, (&by, &found), AnswerStep::Number { malformed: true })?;
            return Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY));
        }
        (Err(_), Some(_)) => return Ok(back(&visit, ApproveNotice::Over)),
        (passkey, _) => passkey?,
    };
    let passkey = match passkey {
        Offer::Here(form) => {
            Offer::Here(PasskeyForm { about: id.to_string(), number: Some(number.clone()), ..form })
        }
        other => other,
    };
    let shown = grouped(&number);
    draw(&visit, (&by, &found), AnswerStep::Sign { number: &shown, passkey })
}

/// `480 213`
pub(crate) fn grouped(number: &str) -> String {
    let (first, rest) = number.split_at_checked(number.len() / 2).unwrap_or((number, ""));
    format!("{first} {rest}").trim().to_owned()
}

/// `POST /approve/<id>/answer`
pub(crate) async fn answer(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&id)?;
    let Posted { mut visit, form } = posted;
    let Some((by, _)) = asked(&visit, id)? else { return foreign(&visit, id).await };
    let app = Arc::clone(&visit.app);
    let Some((party, _)) = &app.passkeys else { return Err(Trouble::NotFound) };
    let brought = Answer {
        by,
        id,
        typed: form.get("number").unwrap_or_default().to_owned(),
        challenge: form.get("challenge").unwrap_or_default().to_owned(),
        assertion: wire::passkey::assertion(form.get("credential").unwrap_or_default())?,
        browser_half: visit.half,
        source: visit.source,
    };
    let outcome = match answer::prepare(&app.store, party, &mut visit.cx, brought)? {
        Ok(prepared) => app.write(app.cx(), move |tx, cx| answer::commit(tx, cx, &prepared)).await?,
        Err(refusal) => Err(refusal),
    };
    Ok(back(
        &visit,
        match outcome {
            Ok(_) => ApproveNotice::Approved,
            Err(Refusal::ApprovalNumberWrong) => ApproveNotice::WrongNumber,
            Err(Refusal::PasskeyUnknown | Refusal::PasskeyCopied | Refusal::ChallengeOver) => {
                ApproveNotice::Unproved
            }
            Err(Refusal::ApproverUnknown) => ApproveNotice::Removed,
            Err(_) => ApproveNotice::Over,
        },
    ))
}

/// `POST /approve/<id>/deny`: "that is not me".
pub(crate) async fn deny(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: ApprovalId = page::id(&id)?;
    let visit = posted.visit;
    let Some((by, _)) = asked(&visit, id)? else { return foreign(&visit, id).await };
    let (app, source) = (&visit.app, visit.source);
    let denied = app.write(app.cx(), move |tx, cx| answer::deny(tx, cx, (&by, id, source))).await?;
    match denied {
        Ok(wanted) => {
            Ok(page::show(&visit, Place::Elsewhere, |frame| ApproveDenied { frame, wanted }.render()))
        }
        Err(Refusal::ApproverUnknown) => Ok(back(&visit, ApproveNotice::Removed)),
        Err(_) => Ok(back(&visit, ApproveNotice::Over)),
    }
}
