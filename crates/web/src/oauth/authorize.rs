//! `/oauth/authorize`: a client sends a person here. A request that can be answered at once is; any other has a page of its
//! own, `/oauth/authorize/<reference>`, to which the sign-in leads back.
//!
//! Implements: OpenID Connect Core §3.1.2.1 (GET and POST), OAuth 2.0 Form Post Response Mode §2, RFC 9700 §4.12 (303).
//! What goes out by GET: docs/decisions/0017.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use flow::oauth::authorize::{self, Due};
use flow::oauth::keys::Keyring;
use flow::oauth::request::{self, Answer, Asked, Refused, Waits};
use flow::session;
use http::StatusCode;
use http::header::{self, HeaderValue};
use model::client::{Client, Registered, ShownName};
use wire::http::cookie::{SameSite, SetCookie};
use wire::http::url::Url;
use wire::oauth::authorization::ResponseMode;
use wire::oauth::error::OauthError;
use wire::oauth::parameters::{LARGEST, Parameters};
use wire::oauth::scope::Scopes;

use crate::app::App;
use crate::error::Trouble;
use crate::headers::policy_towards;
use crate::page::{self, small};
use crate::pages::confirm;
use crate::posted::{Posted, collect};
use crate::segment::Segment;
use crate::view::codes_off::Way;
use crate::view::frame::Place;
use crate::view::oauth::{Consent, FormPost, Lacking, Onward, RequestRefused, Wanted};
use crate::visit::{REQUEST, SESSION, Visit};

/// Where a request that waits has its page.
pub(crate) fn page_of(reference: &str) -> String {
    format!("/oauth/authorize/{reference}")
}

/// The client whose kept request has its page at `to`, if that is what it is.
///
/// # Errors
/// A fault of the store.
pub(crate) fn client_towards(visit: &Visit, to: &str) -> Result<Option<Registered>, Trouble> {
    let Some(reference) = to.strip_prefix("/oauth/authorize/") else { return Ok(None) };
    let app = &visit.app;
    let read = request::read_kept(&app.store, &visit.cx, &app.provider, reference)?;
    Ok(read.ok().map(|asked| asked.registered))
}

/// A request as a browser brings it.
pub(crate) struct Brought {
    pub(super) visit: Visit,
    pub(super) parameters: Result<Parameters, OauthError>,
    posted: bool,
}

impl FromRequest<Arc<App>> for Brought {
    type Rejection = Trouble;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let mut visit = Visit::read(app, &parts)?;
        let posted = parts.method == http::Method::POST;
        // Cookies do not come along with what another site posts, so that none must take the place of those that there are.
        visit.fresh &= !posted;
        let parameters = if posted {
            Parameters::parse(&collect(body, LARGEST).await?)
        } else {
            Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes())
        };
        Ok(Self { visit, parameters, posted })
    }
}

/// `GET` and `POST /oauth/authorize`
pub(crate) async fn begin(brought: Brought) -> Result<Response, Trouble> {
    let Brought { mut visit, parameters, posted } = brought;
    let app = Arc::clone(&visit.app);
    let ring = app.keys().ok_or(Trouble::NotFound)?;
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(error) => return Ok(refused(&visit, &error)),
    };
    // What names no client, or two, is refused below.
    if let Ok(Some(client)) = parameters.one("client_id") {
        app.meet(client).await?;
    }
    let asked = match request::read(&app.store, &visit.cx, &app.provider, parameters)? {
        Ok(asked) => asked,
        Err(Refused::Person(error)) => return Ok(refused(&visit, &error)),
        Err(Refused::Client(answer)) => return Ok(send(&visit, &answer)),
    };
    // Cookies did not come along with what was posted: who is there is seen on the request's own page.
    let next = if posted { None } else { Some(next(&visit, &ring, &asked)?) };
    match next {
        Some(Due::Refuse(error)) => refuse(&visit, asked, error).await.map(|answer| send(&visit, &answer)),
        Some(Due::Give) => match give(&mut visit, asked, true).await? {
            Ok(answer) => Ok(send(&visit, &answer)),
            Err(error) => Ok(refused(&visit, &error)),
        },
        Some(Due::SignIn | Due::Confirm | Due::Lacking | Due::Ask) | None => {
            match request::wait(&app.store, &mut visit.cx, &asked)? {
                Ok(Waits::Sealed(reference)) => Ok(page::redirect(&page_of(&reference), &visit.cookies())),
                Ok(Waits::Kept(keeping)) => {
                    let to = page_of(keeping.reference());
                    match app.write(app.cx(), move |tx, cx| request::keep(tx, cx, &keeping)).await? {
                        Ok(()) => Ok(page::redirect(&to, &visit.cookies())),
                        Err(error) => Ok(refused(&visit, &error)),
                    }
                }
                Err(error) => Ok(send(&visit, &asked.refusal(&app.provider, &error))),
            }
        }
    }
}

fn next(visit: &Visit, ring: &Keyring, asked: &Asked) -> Result<Due, Trouble> {
    let app = &visit.app;
    let context = (ring, &app.provider);
    Ok(authorize::decide(&app.store, &visit.cx, context, (asked, visit.visitor.as_ref()))?)
}

async fn give(
    visit: &mut Visit,
    asked: Asked,
    remembered: bool,
) -> Result<Result<Answer, OauthError>, Trouble> {
    let visitor = visit.signed_in()?.clone();
    let app = Arc::clone(&visit.app);
    let giving = (asked, visitor, visit.source, remembered);
    let giving = authorize::prepare(&app.store, &mut visit.cx, &app.provider, giving)?;
    app.write(app.cx(), move |tx, cx| authorize::commit(tx, cx, &giving)).await
}

/// The answer that says no, once.
async fn refuse(visit: &Visit, asked: Asked, error: OauthError) -> Result<Answer, Trouble> {
    let app = Arc::clone(&visit.app);
    let provider = app.provider.clone();
    let again = asked.refusal(&provider, &error);
    let outcome =
        app.write(app.cx(), move |tx, cx| authorize::refuse(tx, cx, &provider, (&asked, &error))).await?;
    // Whoever reloads gets the same no: there is nothing in it that could be used twice.
    Ok(outcome.unwrap_or(again))
}

/// Reads the kept request and where it stands; or the page that is shown in its place.
fn look(visit: &Visit, reference: &str) -> Result<Result<(Asked, Due), Response>, Trouble> {
    let app = &visit.app;
    let ring = app.keys().ok_or(Trouble::NotFound)?;
    match request::read_kept(&app.store, &visit.cx, &app.provider, reference)? {
        Ok(asked) => {
            let next = next(visit, &ring, &asked)?;
            Ok(Ok((asked, next)))
        }
        Err(Refused::Person(error)) => Ok(Err(done(refused(visit, &error)))),
        Err(Refused::Client(answer)) => Ok(Err(lead(visit, &answer))),
    }
}

/// `GET /oauth/authorize/<reference>`
pub(crate) async fn get(Segment(reference): Segment, mut visit: Visit) -> Result<Response, Trouble> {
    let (asked, next) = match look(&visit, &reference)? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    match next {
        Due::SignIn => {
            let mut cookies = visit.cookies();
            cookies.push(request_cookie(&reference));
            Ok(page::redirect("/sign-in?notice=client", &cookies))
        }
        Due::Confirm => Ok(page::redirect(&confirm::href(&page_of(&reference)), &visit.cookies())),
        Due::Lacking => Ok(lacking(&visit, &reference, &asked)),
        Due::Ask => Ok(ask(&visit, &reference, &asked)),
        Due::Give => match give(&mut visit, asked, true).await? {
            Ok(answer) => Ok(lead(&visit, &answer)),
            Err(error) => Ok(done(refused(&visit, &error))),
        },
        Due::Refuse(error) => {
            let answer = refuse(&visit, asked, error).await?;
            Ok(lead(&visit, &answer))
        }
    }
}

/// `POST /oauth/authorize/<reference>`: the person answers.
pub(crate) async fn post(Segment(reference): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let (asked, next) = match look(&visit, &reference)? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    if !matches!(next, Due::Ask | Due::Give | Due::Lacking) {
        return Ok(page::redirect(&page_of(&reference), &visit.cookies()));
    }
    match form.get("answer") {
        Some("allow") if next == Due::Lacking => Ok(lacking(&visit, &reference, &asked)),
        Some("allow") => match give(&mut visit, asked, false).await? {
            Ok(answer) => Ok(done(send(&visit, &answer))),
            Err(error) => Ok(done(refused(&visit, &error))),
        },
        Some("deny") => {
            let app = Arc::clone(&visit.app);
            let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
            let provider = app.provider.clone();
            let denied = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| {
                authorize::deny(tx, cx, &provider, (&asked, &visitor, source))
            };
            match app.write(app.cx(), denied).await? {
                Ok(answer) => Ok(done(send(&visit, &answer))),
                Err(error) => Ok(done(refused(&visit, &error))),
            }
        }
        Some("other") => {
            let (visitor, source) = (visit.signed_in()?.clone(), visit.source);
            let id = visitor.session.id;
            let app = Arc::clone(&visit.app);
            // A session that is over already needs no second end.
            let _ = app.write(app.cx(), move |tx, cx| session::end(tx, cx, &visitor, id, source)).await?;
            let mut cookies = visit.cookies();
            cookies.push(SetCookie::removal(SESSION).to_header());
            cookies.push(request_cookie(&reference));
            Ok(page::redirect("/sign-in?notice=client", &cookies))
        }
        _ => Err(Trouble::Malformed),
    }
}

/// What people are told a client is called, and whether somebody vouches for that.
pub(crate) fn name_of(client: &Client) -> (&str, bool) {
    match client.shown_name() {
        ShownName::Verified(name) => (name, true),
        ShownName::SelfChosen(name) => (name, false),
    }
}

/// The page for whoever has nothing that the client takes.
fn lacking(visit: &Visit, reference: &str, asked: &Asked) -> Response {
    let (name, verified) = name_of(&asked.registered.client);
    let mut answer = page::show(visit, Place::Elsewhere, |frame| {
        Lacking {
            frame,
            reference,
            name,
            verified,
            address: visit.visitor.as_ref().map_or("", |visitor| visitor.account.address.as_str()),
            takes: Way::all(asked.registered.takes()),
            doubted: visit.visitor.as_ref().is_some_and(|visitor| visitor.session.doubted_at.is_some()),
            approved: visit.visitor.as_ref().is_some_and(|visitor| visitor.session.began_provisional()),
        }
        .render()
    });
    towards(&mut answer, asked.redirect());
    answer
}

/// The page that asks.
fn ask(visit: &Visit, reference: &str, asked: &Asked) -> Response {
    let client = &asked.registered.client;
    let (name, verified) = name_of(client);
    let days = |length: std::time::Duration| small(length.as_secs().div_ceil(24 * 60 * 60));
    let mut answer = page::show(visit, Place::Elsewhere, |frame| {
        Consent {
            frame,
            reference,
            name,
            verified,
            host: asked.redirect_host(),
            address: visit.visitor.as_ref().map_or("", |visitor| visitor.account.address.as_str()),
            wanted: all_wanted(&asked.reach()),
            resources: asked.request.resources.iter().map(|one| one.as_str().to_owned()).collect(),
            idle_days: days(client.lifetimes.idle),
            absolute_days: days(client.lifetimes.absolute),
        }
        .render()
    });
    towards(&mut answer, asked.redirect());
    answer
}

/// What scopes mean, the most personal first.
pub(crate) fn all_wanted(scopes: &Scopes) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = scopes.iter().map(wanted).collect();
    all.sort();
    all
}

fn wanted(scope: &str) -> Wanted {
    match scope {
        "openid" => Wanted::Identity,
        "profile" => Wanted::Profile,
        "email" => Wanted::Mail,
        "phone" => Wanted::Phone,
        "offline_access" => Wanted::Offline,
        other => Wanted::Other(other.to_owned()),
    }
}

/// Lets the forms of a page lead to where answers of this client go (CSP §6.3.1 follows redirects of a form).
pub(super) fn towards(answer: &mut Response, redirect: &str) {
    let origin = match (Url::parse(redirect), redirect.split_once(':')) {
        // CSP has no way to write an IPv6 address.
        (Ok(url), _) if redirect.contains('[') => format!("{}:", url.origin().scheme().name()),
        (Ok(url), _) => url.origin().to_string(),
        (Err(_), Some((scheme, _))) => format!("{scheme}:"),
        (Err(_), None) => return,
    };
    if let Ok(value) = HeaderValue::from_str(&policy_towards(&origin)) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

fn request_cookie(reference: &str) -> String {
    let max_age = Some(request::WAITS.as_secs());
    SetCookie { name: REQUEST, value: reference.to_owned(), max_age, same_site: SameSite::Lax }.to_header()
}

/// The request is over: nothing leads back to it.
fn done(mut answer: Response) -> Response {
    page::set_cookies(&mut answer, &[SetCookie::removal(REQUEST).to_header()]);
    answer
}

/// An answer on its way to the client: as a redirect, or as a form that the browser posts.
fn send(visit: &Visit, answer: &Answer) -> Response {
    match answer.mode {
        ResponseMode::Query => page::redirect(&answer.location(), &visit.cookies()),
        ResponseMode::FormPost => form_post(visit, answer),
    }
}

/// The same from a page that a form of ours led to: a redirect would be one of that form, which may only lead to pages of
/// ours. So a page of ours leads on.
fn lead(visit: &Visit, answer: &Answer) -> Response {
    done(match answer.mode {
        ResponseMode::Query => {
            let location = answer.location();
            page::show(visit, Place::Elsewhere, |frame| Onward { frame, location: &location }.render())
        }
        ResponseMode::FormPost => form_post(visit, answer),
    })
}

fn form_post(visit: &Visit, answer: &Answer) -> Response {
    let mut page = page::show(visit, Place::Elsewhere, |frame| {
        FormPost { frame, action: &answer.redirect, fields: &answer.parameters }.render()
    });
    towards(&mut page, &answer.redirect);
    page
}

/// The page for a request that nobody but the person can be told about.
pub(super) fn refused(visit: &Visit, error: &OauthError) -> Response {
    let page = page::show(visit, Place::Elsewhere, |frame| {
        RequestRefused { frame, code: error.code.code(), sentence: &error.description }.render()
    });
    page::with_status(page, StatusCode::BAD_REQUEST)
}
