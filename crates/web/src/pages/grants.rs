//! `/account/grants`: the apps that may use the account. Ending one takes nothing away but from them, and asks for no proof.

use askama::Template;
use axum::response::Response;
use flow::oauth::{ending, mine};
use model::client::ShownName;
use model::grant::GrantOrigin;
use model::id::GrantId;

use crate::error::Trouble;
use crate::oauth::authorize::wanted;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::grants::{GrantLine, Grants, Origin};
use crate::visit::Visit;

const HERE: &str = "/account/grants";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let all = mine::list(&visit.app.store, &visit.cx, visitor.account.id)?;
    let calendar = page::calendar(&visit);
    let line = |one: &mine::Mine| {
        let client = &one.client.client;
        let (name, verified) = match client.shown_name() {
            ShownName::Verified(name) => (name.to_owned(), true),
            ShownName::SelfChosen(name) => (name.to_owned(), false),
        };
        GrantLine {
            id: one.grant.id.to_string(),
            name,
            verified,
            host: client.redirect_uris.iter().find_map(|uri| uri.host().map(str::to_owned)),
            wanted: one.grant.scopes.iter().map(wanted).collect(),
            resources: one.grant.resources.iter().map(|resource| resource.as_str().to_owned()).collect(),
            origin: match one.grant.origin {
                GrantOrigin::Browser | GrantOrigin::Client => Origin::Browser,
                GrantOrigin::Device => Origin::Device,
            },
            this: one.grant.session == Some(visitor.session.id),
            given: calendar.moment(one.grant.granted_at),
            used: calendar.moment(one.grant.used_at),
            ends: calendar.moment(one.grant.ends_at()),
            source: one.source.as_ref().map(|source| page::source_line(source, None)),
        }
    };
    Ok(page::show(&visit, Place::Account, |frame| {
        Grants { frame, ended: visit.query.get("ended").is_some(), grants: all.iter().map(line).collect() }
            .render()
    }))
}

/// `POST /account/grants/<id>/end`
pub(crate) async fn end(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: GrantId = page::id(&id)?;
    let visit = posted.visit;
    let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
    // What is over already needs no second end: two clicks are no error.
    let _ = visit
        .app
        .write(visit.app.cx(), move |tx, cx| ending::by_owner(tx, cx, &visitor, (id, source)))
        .await?;
    Ok(page::redirect(&format!("{HERE}?ended=1"), &[]))
}
