//! `/approve/doorbell`: an approver's doorbell is switched; and what makes its page one that can be installed: the manifest, the
//! worker, the page that the worker shows where there is no connection.
//!
//! Implements: Web App Manifest §1 (members), Service Workers §4.1 (`Service-Worker-Allowed`), threats.md §5.2 row 18 (what rings
//! has nothing to press).

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use flow::doorbell::{self, Here};
use http::header::{self, HeaderName, HeaderValue};
use model::digest::Of;
use serde_json::json;
use wire::push::subscription::Subscription;

use crate::app::App;
use crate::error::Trouble;
use crate::headers::let_install;
use crate::page;
use crate::pages::approve;
use crate::posted::Posted;
use crate::view::assets;
use crate::view::doorbell::{Bell, DoorbellPage, OfflinePage, Still, notice};
use crate::view::frame::Place;
use crate::view::moment::Moment;
use crate::visit::Visit;

const HERE: &str = "/approve/doorbell";
/// The page that the worker belongs to: whatever it sees and shows is there or below.
const PAGE: &str = "/approve";
/// The page that the worker keeps.
const OFFLINE: &str = "/approve/offline";
/// What the worker's answer may fetch: files of ours, and nothing from elsewhere.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; img-src 'self'";

/// The colours behind the page, as the style has them (`--page`).
const LIGHT: &str = "#f3f5f4";

/// Whose browser it is: an approver of each account that it answers for. One subscription serves them all.
fn here(visit: &Visit) -> Result<Vec<(Here, String)>, Trouble> {
    let (all, _) = approve::holders(visit)?;
    let here = |account, approver| Here { account, approver, source: visit.source };
    let all = all.into_iter().map(|one| (here(one.account.id, one.own().id), one.account.address.clone()));
    let all: Vec<_> = all.collect();
    // Whoever is no approver finds out on the page itself how to become one.
    if all.is_empty() { Err(Trouble::NotFound) } else { Ok(all) }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let (now, calendar) = (visit.cx.now, page::calendar(&visit));
    let (mut key, mut bells, mut rings, mut refused) = (None, Vec::new(), Vec::new(), None);
    for (here, address) in here(&visit)? {
        let standing = doorbell::standing(&visit.app.store, &visit.cx, (here.account, here.approver))?;
        let since = standing.doorbell.as_ref().and_then(|set| set.refused_at);
        refused = refused.or(since.map(|since| calendar.moment(since)));
        rings.push(standing.doorbell.map(|set| (set.service, calendar.moment(set.made_at))));
        let still = match standing.quiet_since {
            Some(since) => Some(Still::QuietSince(calendar.moment(since))),
            None if standing.free_at > now => Some(Still::Until(calendar.moment(standing.free_at))),
            None => None,
        };
        bells.extend(still.map(|still| Bell { address, still }));
        key = standing.key;
    }
    // An account that came later makes it one that can be switched on again, for all of them.
    let on: Option<Vec<(String, Moment)>> = rings.into_iter().collect();
    let mut answer = page::show(&visit, Place::Elsewhere, |frame| {
        DoorbellPage {
            frame,
            notice: visit.query.get("notice").and_then(notice),
            key: key.as_deref(),
            on: on
                .as_ref()
                .and_then(|all| all.first())
                .map(|(service, since)| (service.as_str(), since.clone())),
            refused,
            bells,
        }
        .render()
    });
    let_install(&mut answer);
    Ok(answer)
}

fn done(visit: &Visit, word: &str) -> Response {
    page::redirect(&format!("{HERE}?notice={word}"), &visit.cookies())
}

/// `POST /approve/doorbell`: this browser rings from now on, by the subscription that it brings.
pub(crate) async fn on(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let subscription = Subscription::parse(form.get("subscription").unwrap_or_default())?;
    let app = Arc::clone(&visit.app);
    for (here, _) in here(&visit)? {
        let prepared = doorbell::prepare(&app.store, &mut visit.cx, &here, &subscription)?;
        let switched =
            app.write(app.cx(), move |tx, cx| doorbell::switch_on(tx, cx, &here, &prepared)).await?;
        // An approver that was taken away meanwhile, or an operator who wants no doorbells.
        if switched.is_err() {
            return Err(Trouble::NotFound);
        }
    }
    Ok(done(&visit, "on"))
}

/// `POST /approve/doorbell/off`
pub(crate) async fn off(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    for (here, _) in here(&visit)? {
        let app = &visit.app;
        app.commit(app.cx(), move |tx, cx| doorbell::switch_off(tx, cx, &here)).await?;
    }
    Ok(done(&visit, "off"))
}

/// `POST /approve/doorbell/again`: the bells that fell quiet are wanted back.
pub(crate) async fn again(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    for (here, _) in here(&visit)? {
        let app = &visit.app;
        app.commit(app.cx(), move |tx, cx| doorbell::want_back(tx, cx, &here)).await?;
    }
    Ok(done(&visit, "again"))
}

/// `GET /approve.webmanifest`: by what name and with which icons a browser installs the page.
pub(crate) async fn manifest(State(app): State<Arc<App>>) -> Response {
    let [small, large, maskable] = &app.hrefs.icons;
    let icon = |href: &str, sizes, purpose| json!({ "src": href, "sizes": sizes, "type": "image/png", "purpose": purpose });
    let manifest = json!({
        "id": PAGE,
        "name": app.voice.fill("doorbell-app-name", &[("site", app.site.name.as_str().into())]),
        "short_name": app.site.name,
        "lang": app.voice.language(),
        "start_url": PAGE,
        "scope": PAGE,
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [icon(small, "192x192", "any"), icon(large, "512x512", "any"), icon(maskable, "512x512", "maskable")],
    });
    answer("application/manifest+json", manifest.to_string())
}

/// `GET /approve/worker.js`: the worker, behind its words.
pub(crate) async fn worker(State(app): State<Arc<App>>) -> Response {
    let said = json!({
        "title": app.voice.fill("doorbell-ring-title", &[("site", app.site.name.as_str().into())]),
        "body": app.voice.say("doorbell-ring-text"),
        "language": app.voice.language(),
        "icon": app.hrefs.icons.first(),
        "page": PAGE,
        "doorbell": HERE,
        "offline": OFFLINE,
        "kept": kept(&app),
        "version": version(&app),
    });
    let mut answer =
        answer("text/javascript; charset=utf-8", format!("var SAID = {said};\n{}", assets::WORKER));
    let headers = answer.headers_mut();
    headers.insert(HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static(PAGE));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    answer
}

/// `GET /approve/offline`: drawn for nobody, whoever asks.
pub(crate) async fn offline(State(app): State<Arc<App>>) -> Response {
    page::draw(&app, None, Place::Elsewhere, |frame| OfflinePage { frame }.render())
}

/// What the worker keeps: the page, and what it looks like.
fn kept(app: &App) -> Vec<&str> {
    let hrefs = &app.hrefs;
    let files = [Some(&hrefs.style), hrefs.operator.as_ref(), hrefs.logo.as_ref(), Some(&hrefs.icon)];
    std::iter::once(OFFLINE).chain(files.into_iter().flatten().map(String::as_str)).collect()
}

/// Another one as soon as anything is another that the worker keeps or says.
fn version(app: &App) -> String {
    let kept = kept(app).join(" ");
    let parts: [&[u8]; 5] = [
        b"approve worker",
        assets::WORKER.as_bytes(),
        assets::ENGLISH.as_bytes(),
        app.site.name.as_bytes(),
        kept.as_bytes(),
    ];
    wire::token::hex(app.store.keys().digest(Of::Form, &parts).bytes())
}

/// An answer that is asked for again each time, and is the same for everybody.
fn answer(kind: &'static str, content: String) -> Response {
    let mut answer = Response::new(Body::from(content));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}
