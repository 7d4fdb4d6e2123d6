//! `/account/authenticators/recovery-codes`: how many are left, and a new set, which is shown once.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use flow::address;
use flow::recover::codes::{self, Left};
use http::StatusCode;
use http::header::{self, HeaderValue};
use model::authenticator::recovery_code::{COUNT, RecoveryCode};
use model::refusal::Refusal;
use model::time::Time;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::posted::Posted;
use crate::view::frame::Place;
use crate::view::recover::{NewRecoveryCodes, RecoveryCodes};
use crate::visit::Visit;

const HERE: &str = "/account/authenticators/recovery-codes";

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    show(&visit, false)
}

/// Which set the form replaces: when it was made, in microseconds.
fn seen(left: Option<Left>) -> String {
    left.map_or_else(String::new, |left| left.made_at.micros().to_string())
}

fn show(visit: &Visit, stale: bool) -> Result<Response, Trouble> {
    let visitor = visit.confirmed(HERE)?;
    if !codes::is_open(&visit.app.policy, visitor) {
        return Err(Trouble::NotFound);
    }
    let left = codes::left(&visit.app.store, visitor.account.id)?;
    let own = address::list(&visit.app.store, visitor.account.id)?;
    let alone = own.mailboxes() < 2;
    let calendar = page::calendar(visit);
    Ok(page::show(visit, Place::Account, |frame| {
        RecoveryCodes {
            frame,
            left: left.map(|left| (left.count, calendar.moment(left.made_at))),
            seen: seen(left),
            stale,
            alone,
            count: small(COUNT),
        }
        .render()
    }))
}

/// Makes a new set. The answer is the only page that shows it: loaded again it makes nothing new.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { mut visit, form } = posted;
    let visitor = visit.confirmed(HERE)?.clone();
    let field = form.get("seen").unwrap_or_default();
    let seen = field.parse().ok().map(Time::from_micros);
    let app = std::sync::Arc::clone(&visit.app);
    let drawn = codes::draw(&app.store, &mut visit.cx, visitor.account.id)?;
    let (digests, source, by) = (drawn.digests(), visit.source, visitor.clone());
    let cx = app.cx();
    let made = cx.now;
    let outcome = app.write(cx, move |tx, cx| codes::replace(tx, cx, &by, (&digests, seen), source)).await?;
    match outcome {
        Ok(()) => {
            let shown: Vec<String> = drawn.codes.iter().map(RecoveryCode::grouped).collect();
            let made = page::calendar(&visit).moment(made);
            Ok(page::show(&visit, Place::Account, |frame| {
                NewRecoveryCodes { frame, codes: &shown, made, address: &visitor.account.address }.render()
            }))
        }
        Err(Refusal::MethodOff) => Err(Trouble::NotFound),
        Err(_) => Ok(page::with_status(show(&visit, true)?, StatusCode::CONFLICT)),
    }
}

/// `POST /account/authenticators/recovery-codes/text`: the codes of the page before, as a file. They come from that page and
/// are kept nowhere.
pub(crate) async fn text(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let visitor = visit.signed_in()?;
    let mut lines =
        vec![visit.app.site.name.clone(), visit.app.host().to_owned(), visitor.account.address.clone()];
    lines.push(String::new());
    for n in 1..=COUNT {
        let code = RecoveryCode::parse(form.get(&format!("code.{n}")).unwrap_or_default())?;
        lines.push(code.grouped());
    }
    lines.push(String::new());
    let mut answer = Response::new(Body::from(lines.join("\r\n")));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"recovery-codes.txt\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}
