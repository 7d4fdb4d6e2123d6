//! `/account/grants`: the apps that may use the account. Ending one takes nothing away but from them, and asks for no proof.
//!
//! An app is found by any grant that it has or had: `client_id` may be a URL, and would make a strange path.

use askama::Template;
use axum::response::Response;
use flow::device;
use flow::oauth::ending;
use flow::oauth::mine::{self, Kept, Mine};
use flow::provisional as doubts;
use model::grant::{Grant, GrantOrigin};
use model::id::GrantId;
use model::nearness::Nearness;
use model::provisional::Standing;
use model::refusal::Refusal;
use model::time::Time;

use crate::error::Trouble;
use crate::oauth::authorize::{all_wanted, name_of};
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::grants::{AppLine, Came, GrantLine, Grants, GrantsOfApp, Near, Origin, Provisional};
use crate::view::moment::Calendar;
use crate::view::undo::GrantConfirm;
use crate::visit::Visit;

const HERE: &str = "/account/grants";

/// The page that is asked for; the first is 0, and in the address 1.
fn page_of(visit: &Visit) -> u32 {
    let asked = visit.query.get("page").and_then(|text| text.parse::<u32>().ok());
    asked.unwrap_or(1).clamp(1, 10_000) - 1
}

/// Where the page before this one is, and the next one.
fn pager(here: &str, page: u32, more: bool) -> (Option<String>, Option<String>) {
    let newer = (page > 0).then(|| format!("{here}?page={page}"));
    (newer, more.then(|| format!("{here}?page={}", page + 2)))
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let page = page_of(&visit);
    let found = mine::apps(&visit.app.store, &visit.cx, visitor.account.id, page)?;
    let calendar = page::calendar(&visit);
    let apps: Vec<AppLine> = found.lines.iter().map(|one| app(&visit, one, &calendar)).collect();
    let (newer, older) = pager(HERE, page, found.more);
    let (ended, confirmed) = (visit.query.get("ended").is_some(), visit.query.get("confirmed").is_some());
    Ok(page::show(&visit, Place::Account, |frame| {
        Grants { frame, ended, confirmed, apps, newer, older }.render()
    }))
}

/// `GET /account/grants/<id>`
pub(crate) async fn one(Segment(id): Segment, visit: Visit) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visitor = visit.signed_in()?;
    let page = page_of(&visit);
    let found = mine::of(&visit.app.store, &visit.cx, (visitor.account.id, id), page)?;
    let Some((mine, found)) = found else { return Err(Trouble::NotFound) };
    let calendar = page::calendar(&visit);
    let client = &mine.client.client;
    let grants: Vec<GrantLine> = found
        .lines
        .iter()
        .map(|kept| {
            let Kept { grant, claims, .. } = kept;
            let scopes = mine::reach(client, &grant.scopes, claims.as_deref());
            GrantLine {
                id: grant.id.to_string(),
                wanted: all_wanted(&scopes),
                resources: grant.resources.iter().map(|resource| resource.as_str().to_owned()).collect(),
                came: came(&visit, kept),
                given: calendar.moment(grant.granted_at),
                used: calendar.moment(grant.used_at),
                ends: calendar.moment(grant.ends_at()),
                provisional: provisional(grant, visit.cx.now, &calendar),
            }
        })
        .collect();
    let (newer, older) = pager(&format!("{HERE}/{id}"), page, found.more);
    let (ended, app) = (visit.query.get("ended").is_some(), app(&visit, &mine, &calendar));
    Ok(page::show(&visit, Place::Account, |frame| {
        GrantsOfApp { frame, ended, app, grants, newer, older }.render()
    }))
}

const fn near(nearness: Nearness) -> Near {
    match nearness {
        Nearness::Nearby => Near::Here,
        Nearness::Unknown => Near::Unknown,
        Nearness::Elsewhere => Near::Elsewhere,
    }
}

fn provisional(grant: &Grant, now: Time, calendar: &Calendar<'_>) -> Option<Provisional> {
    match grant.standing(now) {
        Standing::Whole => None,
        Standing::Provisional { until } => {
            Some(Provisional { id: grant.id.to_string(), until: until.map(|at| calendar.moment(at)) })
        }
    }
}

pub(crate) fn came(visit: &Visit, kept: &Kept) -> Came {
    let session = visit.visitor.as_ref().map(|visitor| visitor.session.id);
    Came {
        origin: match (kept.grant.origin, kept.grant.context) {
            (GrantOrigin::Browser | GrantOrigin::Client, None) => Origin::Browser,
            (GrantOrigin::Browser | GrantOrigin::Client, Some(nearness)) => Origin::Loopback(near(nearness)),
            (GrantOrigin::Device, nearness) => Origin::Device(near(nearness.unwrap_or(Nearness::Unknown))),
        },
        this: kept.grant.session.is_some() && kept.grant.session == session,
        source: kept.source.as_ref().map(|source| page::source_line(source, None)),
    }
}

fn app(visit: &Visit, mine: &Mine, calendar: &Calendar<'_>) -> AppLine {
    let client = &mine.client.client;
    let (name, verified) = name_of(client);
    AppLine {
        id: mine.newest.grant.id.to_string(),
        name: name.to_owned(),
        verified,
        host: client.host().map(str::to_owned),
        wanted: all_wanted(&mine.scopes),
        resources: mine.resources.iter().map(|resource| resource.as_str().to_owned()).collect(),
        came: came(visit, &mine.newest),
        grants: u32::try_from(mine.app.grants).unwrap_or(u32::MAX),
        given: calendar.moment(mine.app.granted_at),
        used: calendar.moment(mine.app.used_at),
        ends: calendar.moment(mine.app.ends_at),
        provisional: provisional(&mine.newest.grant, visit.cx.now, calendar),
    }
}

/// `GET /account/grants/<id>/confirm`: one that is provisional. Its owner proves who is there before, and answers here.
pub(crate) async fn doubted(Segment(id): Segment, visit: Visit) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visitor = visit.signed_in()?;
    let store = &visit.app.store;
    let Some(found) = doubts::find(store, &visit.cx, visitor, id)? else {
        return Ok(page::redirect(HERE, &[]));
    };
    let grant = &found.kept.grant;
    if !found.browser_new && !device::is_proved(store, &visit.cx, (visitor, grant.granted_at))? {
        return Err(Trouble::ConfirmFirst(format!("{HERE}/{id}/confirm")));
    }
    let calendar = page::calendar(&visit);
    let until = provisional(grant, visit.cx.now, &calendar).and_then(|doubted| doubted.until);
    Ok(page::show(&visit, Place::Account, |frame| {
        GrantConfirm {
            frame,
            id: id.to_string(),
            name: found.client.client.name.clone(),
            came: came(&visit, &found.kept),
            given: calendar.moment(grant.granted_at),
            until,
            browser_new: found.browser_new,
        }
        .render()
    }))
}

/// `POST /account/grants/<id>/confirm`
pub(crate) async fn confirm(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| doubts::confirm(tx, cx, &visitor, (id, source)))
        .await?;
    match outcome {
        Ok(()) => Ok(page::redirect(&format!("{HERE}?confirmed=1"), &[])),
        Err(Refusal::DeviceUnproved) => Err(Trouble::ConfirmFirst(format!("{HERE}/{id}/confirm"))),
        Err(Refusal::BrowserNew) => Ok(page::redirect(&format!("{HERE}/{id}/confirm"), &[])),
        Err(_) => Err(Trouble::NotFound),
    }
}

/// `POST /account/grants/<id>/end`
pub(crate) async fn end(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    let account = visitor.account.id;
    // What is over already needs no second end: two clicks are no error.
    let _ = visit
        .app
        .write(visit.app.cx(), move |tx, cx| ending::by_owner(tx, cx, &visitor, (id, source)))
        .await?;
    let left = mine::of(&visit.app.store, &visit.cx, (account, id), 0)?;
    let to = left.map_or_else(|| HERE.to_owned(), |_| format!("{HERE}/{id}"));
    Ok(page::redirect(&format!("{to}?ended=1"), &[]))
}

/// `POST /account/grants/<id>/end-all`: all that the app of this grant was allowed.
pub(crate) async fn end_all(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    loop {
        let by = visitor.clone();
        let step =
            visit.app.write(visit.app.cx(), move |tx, cx| ending::app_by_owner(tx, cx, &by, (id, source)));
        if step.await? != Ok(true) {
            return Ok(page::redirect(&format!("{HERE}?ended=1"), &[]));
        }
    }
}
