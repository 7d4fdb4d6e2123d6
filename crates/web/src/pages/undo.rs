//! `/account/undo`: everything that came about since a moment, by a session or by a grant is undone. What goes is shown first.

use std::time::Duration;

use askama::Template;
use axum::response::Response;
use flow::undo::{self, May, Seen, Shown};
use http::StatusCode;
use model::authenticator::AuthenticatorKind;
use model::event::{AddressKind, AddressRole};
use model::id::{GrantId, SessionId};
use model::refusal::Refusal;
use model::time::Time;
use model::undo::{Kind, Lost, Plan, Reach, Setting, Stays, Thing};

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::undo::{First, Problem, SettingLine, Thing as Shape, ThingLine, Undo, UndoSince};
use crate::visit::Visit;

const HERE: &str = "/account/undo";

/// How far it reaches, as the query or the form says it; none where nothing is said that could be meant.
pub(crate) fn reach<'a>(get: impl Fn(&str) -> Option<&'a str>, now: Time) -> Option<Reach> {
    read(get, now).map(whole)
}

fn read<'a>(get: impl Fn(&str) -> Option<&'a str>, now: Time) -> Option<Reach> {
    let hours = |count: u64| Reach::Since(now - Duration::from_secs(count * 60 * 60));
    match (get("span"), get("since"), get("session"), get("grant")) {
        (Some("hour"), ..) => Some(hours(1)),
        (Some("day"), ..) => Some(hours(24)),
        (Some("week"), ..) => Some(hours(7 * 24)),
        (Some("month"), ..) => Some(hours(30 * 24)),
        (None, Some(since), ..) => {
            let since = Time::from_micros(wire::rfc3339::parse(since).ok()?);
            (since <= now).then_some(Reach::Since(since))
        }
        (None, None, Some(id), _) => id.parse::<SessionId>().ok().map(Reach::Session),
        (None, None, None, Some(id)) => id.parse::<GrantId>().ok().map(Reach::Grant),
        _ => None,
    }
}

/// The field that says how far, to the second: the page and the form mean the same moment.
fn field(reach: &Reach) -> (&'static str, String) {
    match reach {
        Reach::Since(time) => ("since", time.to_string()),
        Reach::Session(id) => ("session", id.to_string()),
        Reach::Grant(id) => ("grant", id.to_string()),
    }
}

/// Cut off to the second, as the form says it.
fn whole(reach: Reach) -> Reach {
    match reach {
        Reach::Since(time) => Reach::Since(Time::from_micros(
            time.micros().div_euclid(model::time::SECOND).saturating_mul(model::time::SECOND),
        )),
        Reach::Session(_) | Reach::Grant(_) => reach,
    }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.signed_in()?;
    match reach(|name| visit.query.get(name), visit.cx.now) {
        Some(reach) => draw(&visit, &reach, None),
        None => {
            let done = visit.query.get("done").and_then(|done| done.parse().ok());
            Ok(page::show(&visit, Place::Account, |frame| UndoSince { frame, done }.render()))
        }
    }
}

fn draw(visit: &Visit, reach: &Reach, problem: Option<Problem>) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let shown = undo::look(&visit.app.store, &visit.cx, (visitor, reach))?;
    let page = Page { action: HERE.to_owned(), of: None, reach, problem, place: Place::Account };
    Ok(page.show(visit, (&shown.plan, shown.digest.bytes()), (Some(visitor.session.id), first(&shown))))
}

/// The page, for whoever it is.
pub(crate) struct Page<'a> {
    pub(crate) action: String,
    pub(crate) of: Option<&'a str>,
    pub(crate) reach: &'a Reach,
    pub(crate) problem: Option<Problem>,
    pub(crate) place: Place,
}

impl Page<'_> {
    pub(crate) fn show(
        self,
        visit: &Visit,
        (plan, digest): (&Plan, &[u8; 16]),
        (here, first): (Option<SessionId>, First),
    ) -> Response {
        let calendar = page::calendar(visit);
        let Lines { goes, set, stays, lost } = lines(plan, here, &calendar);
        let Page { action, of, reach, problem, place } = self;
        page::show(visit, place, |frame| {
            Undo {
                frame,
                action,
                of,
                since: since(reach, &calendar),
                reach: field(reach),
                plan: wire::token::encode(digest),
                goes,
                set,
                stays,
                lost,
                more: plan.more,
                first,
                problem,
            }
            .render()
        })
    }
}

fn since(reach: &Reach, calendar: &Calendar<'_>) -> Option<crate::view::moment::Moment> {
    match reach {
        Reach::Since(time) => Some(calendar.moment(*time)),
        Reach::Session(_) | Reach::Grant(_) => None,
    }
}

const fn first(shown: &Shown) -> First {
    match (shown.may, shown.fresh) {
        (May::All | May::Passing, _) => First::Nothing,
        (May::Nothing, false) => First::Confirm,
        (May::Nothing, true) => First::Older,
    }
}

/// A plan in lines.
struct Lines {
    goes: Vec<ThingLine>,
    set: Vec<SettingLine>,
    stays: Vec<ThingLine>,
    lost: Vec<ThingLine>,
}

fn lines(plan: &Plan, here: Option<SessionId>, calendar: &Calendar<'_>) -> Lines {
    let line = |thing: &Thing, why| ThingLine {
        thing: shape(thing.kind),
        name: thing.name.clone(),
        at: calendar.moment(thing.made_at),
        here: here.is_some() && (thing.session == here || here.is_some_and(|own| *own.bytes() == thing.id)),
        why,
    };
    let gone = |lost: &Lost| ThingLine {
        thing: shape(lost.kind),
        name: lost.name.clone(),
        at: calendar.moment(lost.at),
        here: false,
        why: None,
    };
    let called = |id: &[u8; 16]| {
        plan.about.iter().find(|thing| thing.id == *id).map(|thing| thing.name.clone()).unwrap_or_default()
    };
    let set = plan.set.iter().map(|setting| match setting {
        Setting::Main(id) => SettingLine { text: "undo-set-main", address: called(id) },
        Setting::SignIn(id, true) => SettingLine { text: "undo-set-on", address: called(id) },
        Setting::SignIn(id, false) => SettingLine { text: "undo-set-off", address: called(id) },
    });
    Lines {
        goes: plan.goes.iter().map(|thing| line(thing, None)).collect(),
        set: set.collect(),
        stays: plan.stays.iter().map(|(thing, why)| line(thing, Some(stays(*why)))).collect(),
        lost: plan.lost.iter().map(gone).collect(),
    }
}

const fn stays(why: Stays) -> &'static str {
    match why {
        Stays::Here => "undo-stays-here",
        Stays::LastWayIn => "undo-stays-last",
        Stays::Surer => "undo-stays-surer",
    }
}

const fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Session => Shape::Session,
        Kind::Browser => Shape::Browser,
        Kind::Window => Shape::Window,
        Kind::Device => Shape::Device,
        Kind::Grant => Shape::Grant,
        Kind::Entry => Shape::Entry,
        Kind::Authenticator(AuthenticatorKind::Passkey) => Shape::Passkey,
        Kind::Authenticator(AuthenticatorKind::Password) => Shape::Password,
        Kind::Authenticator(AuthenticatorKind::Totp) => Shape::App,
        Kind::Authenticator(AuthenticatorKind::Approver) => Shape::Approver,
        Kind::RecoveryCodes => Shape::RecoveryCodes,
        Kind::Gate => Shape::Gate,
        Kind::Address(AddressKind::Name, _) => Shape::Name,
        Kind::Address(_, AddressRole::SignIn) => Shape::Address,
        Kind::Address(_, AddressRole::Recovery) => Shape::RecoveryAddress,
    }
}

pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    let reach = reach(|name| form.get(name), visit.cx.now).ok_or(Trouble::NotFound)?;
    let plan = form.get("plan").and_then(|plan| wire::token::decode::<16>(plan).ok());
    let (mut seen, mut gone) = (Seen::Plan(plan.unwrap_or_default()), 0_u32);
    loop {
        let by = visitor.clone();
        let step = visit
            .app
            .write(visit.app.cx(), move |tx, cx| undo::by_owner(tx, cx, &by, (&reach, seen, source)));
        match step.await? {
            Ok(done) => {
                gone = gone.saturating_add(done.gone);
                if !done.more {
                    return Ok(page::redirect(&format!("{HERE}?done={gone}"), &[]));
                }
                seen = Seen::Before;
            }
            Err(Refusal::UndoUnproved) => {
                let answer = draw(&visit, &reach, Some(Problem::Unproved))?;
                return Ok(page::with_status(answer, StatusCode::FORBIDDEN));
            }
            Err(_) => {
                let answer = draw(&visit, &reach, Some(Problem::Changed))?;
                return Ok(page::with_status(answer, StatusCode::CONFLICT));
            }
        }
    }
}
