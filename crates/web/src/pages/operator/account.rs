//! `/operator/accounts/<id>`: one account, and what an operator does to it, always with a reason.

use askama::Template;
use axum::response::Response;
use flow::account::facts::{self, Facts};
use flow::account::{self, Change, LONGEST_REASON};
use flow::by::By;
use flow::undo::{self, Seen};
use flow::{gate, tenant};
use http::StatusCode;
use model::account::Role;
use model::authenticator::Authenticator;
use model::gate::Gate;
use model::id::AccountId;
use model::method::{Method, Use};
use model::refusal::Refusal;
use model::undo::Reach;

use super::accounts::{PATH, state};
use crate::error::Trouble;
use crate::page;
use crate::pages::undo as undoing;
use crate::posted::Posted;
use crate::segment::{Segment, Segments};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::operator::account::{Act, AuthenticatorLine, GateFacts, OneAccount, Said, SessionLine};
use crate::view::undo::{First, Problem};
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit, Segment(id): Segment) -> Result<Response, Trouble> {
    let id: AccountId = page::id(&id)?;
    visit.operating(&format!("{PATH}/{id}"))?;
    let said = visit.query.get("done").and_then(Act::from_word).map(Said::Done);
    show(&visit, id, (said, None))
}

fn show(
    visit: &Visit,
    id: AccountId,
    (said, words): (Option<Said>, Option<&str>),
) -> Result<Response, Trouble> {
    let facts = facts::find(&visit.app.store, &visit.cx, id)?.ok_or(Trouble::NotFound)?;
    let tenants = tenant::list(&visit.app.store)?;
    let layers = gate::of_account(&visit.app.store, &visit.cx, id)?;
    let calendar = page::calendar(visit);
    let account = &facts.account;
    let lately =
        facts.lately.iter().map(|event| super::line(event, &std::collections::HashMap::new(), &calendar));
    let lately = lately.collect();
    Ok(page::show(visit, Place::Operator, |frame| {
        OneAccount {
            frame,
            said,
            id: account.id.to_string(),
            address: &account.address,
            state: state(account.state),
            operator: account.role == Role::Operator,
            tenant: account.tenant.as_ref().map(|tenant| tenant.code.as_str()),
            tenants: tenants.iter().map(|shown| shown.tenant.code.clone()).collect(),
            opened: calendar.moment(account.opened_at),
            confirmed: calendar.moment(account.confirmed_at),
            open: Use::ALL.map(|use_| (use_.code(), codes(&facts, use_))),
            codes_open: facts.open.open(Use::SignIn).has(Method::MailCode),
            gate: GateFacts {
                installation: layers.installation.code(),
                tenant: layers.tenant.map(Gate::code),
                own: layers.own.map(Gate::code),
                in_force: layers.gate().code(),
            },
            words,
            sessions: sessions(&facts, &calendar),
            authenticators: facts
                .authenticators
                .iter()
                .map(|own| authenticator(own, visit, &calendar))
                .collect(),
            lately,
        }
        .render()
    }))
}

fn codes(facts: &Facts, use_: Use) -> Vec<&'static str> {
    facts.open.open(use_).iter().map(Method::code).collect()
}

fn sessions(facts: &Facts, calendar: &Calendar<'_>) -> Vec<SessionLine> {
    let line = |session: &model::session::Session| SessionLine {
        started: calendar.moment(session.started_at),
        used: calendar.moment(session.used_at),
        ends: calendar.moment(session.expires_at),
        proved: session.assurance.methods().iter().map(Method::code).collect(),
        level: session.assurance.aal().number(),
        source: page::source_line(&session.source, None),
    };
    facts.sessions.iter().map(line).collect()
}

fn authenticator(own: &Authenticator, visit: &Visit, calendar: &Calendar<'_>) -> AuthenticatorLine {
    AuthenticatorLine {
        kind: own.kind.code(),
        name: own.name.clone(),
        added: calendar.moment(own.added_at),
        used: own.used_at.map(|at| calendar.moment(at)),
        held_until: (!own.is_usable(visit.cx.now)).then(|| calendar.moment(own.usable_at)),
    }
}

const fn change(act: Act) -> Option<Change> {
    match act {
        Act::EndSessions => Some(Change::EndSessions),
        Act::Lock => Some(Change::Lock),
        Act::Unlock => Some(Change::Unlock),
        Act::Reset => Some(Change::Reset),
        Act::Close => Some(Change::Close),
        Act::Admit | Act::Move | Act::Undo => None,
    }
}

/// `POST /operator/accounts/<id>/<act>`
pub(crate) async fn post(Segments([id, act]): Segments<2>, posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let id: AccountId = page::id(&id)?;
    let act = Act::from_word(&act).ok_or(Trouble::NotFound)?;
    let by = By::page(&visit.cx, visit.operating(&format!("{PATH}/{id}"))?, visit.source);
    let outcome = match change(act) {
        Some(change) => {
            let typed = form.get("reason").unwrap_or_default();
            let Ok(reason) = wire::line::parse(typed, LONGEST_REASON) else {
                return refuse(&visit, id, Said::NoReason);
            };
            let act = (change, Some(reason));
            visit
                .app
                .write(visit.app.cx(), move |tx, cx| account::act(tx, cx, id, (act.0, act.1.as_deref()), &by))
                .await?
        }
        None if act == Act::Admit => Ok(()),
        None => {
            let to = form.get("to").unwrap_or_default().to_owned();
            let work = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| {
                tenant::move_account(tx, cx, id, Some(to.as_str()).filter(|to| !to.is_empty()), &by)
            };
            visit.app.write(visit.app.cx(), work).await?
        }
    };
    let admits = match act {
        Act::Admit => true,
        // Whoever has nothing left but an address can bring nothing else either.
        Act::Reset => gate::of_account(&visit.app.store, &visit.cx, id)?.gate() != Gate::Open,
        _ => false,
    };
    match outcome {
        Ok(()) if admits => admit(&mut visit, id, act).await,
        Ok(()) => Ok(page::redirect(&format!("{PATH}/{id}?done={}", act.word()), &visit.cookies())),
        Err(Refusal::AccountUnknown | Refusal::TenantUnknown) => Err(Trouble::NotFound),
        Err(_) => refuse(&visit, id, Said::NotInThatState),
    }
}

/// Lets a code through. Only the answer to this shows the words that have to be typed for it.
async fn admit(visit: &mut Visit, id: AccountId, act: Act) -> Result<Response, Trouble> {
    let by = By::page(&visit.cx, visit.operating(&format!("{PATH}/{id}"))?, visit.source);
    let words = gate::draw_words(&visit.app.store, &mut visit.cx, id)?;
    let digest = words.digest;
    let work = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| gate::admit(tx, cx, id, &digest, &by);
    match visit.app.write(visit.app.cx(), work).await? {
        Ok(_) => show(visit, id, (Some(Said::Done(act)), Some(words.text.expose()))),
        Err(_) => Err(Trouble::NotFound),
    }
}

fn refuse(visit: &Visit, id: AccountId, said: Said) -> Result<Response, Trouble> {
    Ok(page::with_status(show(visit, id, (Some(said), None))?, StatusCode::UNPROCESSABLE_ENTITY))
}

/// `GET /operator/accounts/<id>/undo`: what would go of an account.
pub(crate) async fn undo(visit: Visit, Segment(id): Segment) -> Result<Response, Trouble> {
    let id: AccountId = page::id(&id)?;
    let reach = undoing::reach(|name| visit.query.get(name), visit.cx.now);
    visit.operating(&format!("{PATH}/{id}"))?;
    match reach {
        Some(reach) => plan(&visit, id, (&reach, None)),
        None => Ok(page::redirect(&format!("{PATH}/{id}"), &visit.cookies())),
    }
}

fn plan(
    visit: &Visit,
    id: AccountId,
    (reach, problem): (&Reach, Option<Problem>),
) -> Result<Response, Trouble> {
    let store = &visit.app.store;
    let account = account::find_by_id(store, id)?.ok_or(Trouble::NotFound)?;
    let (plan, digest) = undo::look_as_operator(store, &visit.cx, (id, reach))?;
    let (action, of) = (format!("{PATH}/{id}/undo"), Some(account.address.as_str()));
    let page = undoing::Page { action, of, reach, problem, place: Place::Operator };
    Ok(page.show(visit, (&plan, digest.bytes()), (None, First::Nothing)))
}

/// `POST /operator/accounts/<id>/undo`
pub(crate) async fn carry_out(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let id: AccountId = page::id(&id)?;
    let by = By::page(&visit.cx, visit.operating(&format!("{PATH}/{id}"))?, visit.source);
    let reach = undoing::reach(|name| form.get(name), visit.cx.now).ok_or(Trouble::NotFound)?;
    let shown = form.get("plan").and_then(|plan| wire::token::decode::<16>(plan).ok());
    let mut seen = Seen::Plan(shown.unwrap_or_default());
    loop {
        let step = visit
            .app
            .write(visit.app.cx(), move |tx, cx| undo::by_operator(tx, cx, (id, &reach, seen), &by))
            .await?;
        match step {
            Ok(done) if done.more => seen = Seen::Before,
            Ok(_) => {
                let to = format!("{PATH}/{id}?done={}", Act::Undo.word());
                return Ok(page::redirect(&to, &visit.cookies()));
            }
            Err(Refusal::AccountUnknown) => return Err(Trouble::NotFound),
            Err(_) => {
                let answer = plan(&visit, id, (&reach, Some(Problem::Changed)))?;
                return Ok(page::with_status(answer, StatusCode::CONFLICT));
            }
        }
    }
}
