//! `/operator/clients`: what asks for tokens here, whether somebody vouches for it, and its end.
//!
//! Names of clients may hold anything that can be seen, slashes as well, so that they travel as parameters.

use askama::Template;
use axum::response::Response;
use flow::by::By;
use flow::oauth::{client, clients};
use http::StatusCode;
use model::client::{ClientOrigin, Registered};
use model::method::{Method, MethodPolicy};
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::view::operator::clients::{ClientLine, Clients, OneClient, Origin, Said, SecretLine};
use crate::visit::Visit;

const PATH: &str = "/operator/clients";
/// How many one page has.
const LINES: i64 = 100;

fn href(id: &str) -> String {
    format!("{PATH}/one?{}", wire::form::encode([("client", id)]))
}

fn line(client: &Registered) -> ClientLine {
    ClientLine {
        href: href(&client.client.id),
        id: client.client.id.clone(),
        name: client.client.name.clone(),
        origin: match client.client.origin {
            ClientOrigin::Configuration => Origin::Configuration,
            ClientOrigin::Operator => Origin::Operator,
            ClientOrigin::Registration => Origin::Registration,
            ClientOrigin::Document => Origin::Document,
        },
        verified: client.client.verified,
        authentication: client.client.authentication.name(),
    }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating(PATH)?;
    let found = clients::list(&visit.app.store, visit.query.get("after"), LINES)?;
    let full = i64::try_from(found.len()).is_ok_and(|count| count == LINES);
    let next = found
        .last()
        .filter(|_| full)
        .map(|last| format!("{PATH}?{}", wire::form::encode([("after", last.client.id.as_str())])));
    let removed = visit.query.get("done") == Some("removed");
    Ok(page::show(&visit, Place::Operator, |frame| {
        Clients { frame, removed, clients: found.iter().map(line).collect(), next }.render()
    }))
}

/// `GET /operator/clients/one?client=…`
pub(crate) async fn one(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.query.get("client").unwrap_or_default().to_owned();
    visit.operating(&href(&id))?;
    let said = match visit.query.get("done") {
        Some("verify") => Some(Said::Verified),
        Some("unverify") => Some(Said::Unverified),
        _ => None,
    };
    show(&visit, &id, said)
}

fn show(visit: &Visit, id: &str, said: Option<Said>) -> Result<Response, Trouble> {
    let client = client::find(&visit.app.store, id)?.ok_or(Trouble::NotFound)?;
    let calendar: Calendar<'_> = page::calendar(visit);
    let secret = |secret: &model::client::ClientSecret| SecretLine {
        made: calendar.moment(secret.made_at),
        until: secret.expires_at.map(|at| calendar.moment(at)),
    };
    let secrets = client.secrets.iter().map(secret).collect();
    let (made, changed) = (calendar.moment(client.made_at), calendar.moment(client.changed_at));
    Ok(page::show(visit, Place::Operator, |frame| {
        OneClient {
            frame,
            said,
            line: line(&client),
            redirect_uris: client.client.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
            pages: pages(&client),
            grant_types: client.client.grant_types.iter().map(|kind| kind.name()).collect(),
            scopes: client.client.scopes.iter().map(str::to_owned).collect(),
            resources: client.client.resources.iter().map(|one| one.as_str().to_owned()).collect(),
            takes: takes(&client),
            secrets,
            made,
            changed,
        }
        .render()
    }))
}

/// The ways of signing in that count at a client, where not all do.
fn takes(client: &Registered) -> Vec<&'static str> {
    if client.methods == MethodPolicy::OPEN {
        return Vec::new();
    }
    client.takes().iter().map(Method::code).collect()
}

/// The pages that a client names.
fn pages(client: &Registered) -> Vec<String> {
    let pages = &client.pages;
    let all = [&pages.home, &pages.policy, &pages.terms, &pages.logo, &pages.initiate_login];
    all.into_iter().flatten().cloned().collect()
}

/// `POST /operator/clients/<act>`
pub(crate) async fn act(Segment(act): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let id = form.get("client").unwrap_or_default().to_owned();
    let by = By::page(&visit.cx, visit.operating(&href(&id))?, visit.source);
    let own = id.clone();
    let outcome = match act.as_str() {
        "verify" | "unverify" => {
            let verified = act == "verify";
            let work = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| {
                clients::verify(tx, cx, (&own, verified), &by)
            };
            visit.app.write(visit.app.cx(), work).await?
        }
        "remove" => visit.app.write(visit.app.cx(), move |tx, cx| clients::remove(tx, cx, &own, &by)).await?,
        _ => return Err(Trouble::NotFound),
    };
    let to = match act.as_str() {
        "remove" => format!("{PATH}?done=removed"),
        done => format!("{}&done={done}", href(&id)),
    };
    match outcome {
        Ok(()) => Ok(page::redirect(&to, &visit.cookies())),
        Err(Refusal::ClientDeclared) => {
            let again = show(&visit, &id, Some(Said::Declared))?;
            Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(_) => Err(Trouble::NotFound),
    }
}
