//! `/not-me/<link>`: what is known about one request, and "I did not ask for this". Looking changes nothing; only the button
//! does.

use askama::Template;
use axum::response::Response;
use flow::not_me::{self, By};
use http::StatusCode;
use model::id::RequestId;
use model::invitation::Opening;
use model::sign_in_code::Purpose as Kind;

use crate::error::Trouble;
use crate::page;
use crate::pages::entries;
use crate::posted::PostedByAnybody;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::not_me::{NotMe, NotMeDone, NotMeUnknown, Standing, Used};
use crate::view::sign_in::Purpose;
use crate::visit::Visit;

/// What the link carries: the request and a secret, sixteen bytes each.
fn read(token: &str) -> Option<(RequestId, [u8; 16])> {
    let bytes = wire::token::decode::<32>(token).ok()?;
    let (id, secret) = bytes.split_first_chunk::<16>()?;
    Some((RequestId::from_bytes(*id), secret.try_into().ok()?))
}

fn unknown(visit: &Visit) -> Response {
    let answer = page::show(visit, Place::Elsewhere, |frame| NotMeUnknown { frame }.render());
    page::with_status(answer, StatusCode::NOT_FOUND)
}

pub(crate) async fn get(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    let Some((request, secret)) = read(&token) else { return Ok(unknown(&visit)) };
    let Some(known) = not_me::find(&visit.app.store, &visit.cx, request, &secret)? else {
        return Ok(unknown(&visit));
    };
    let (end, _, mail) = flow::activity::judge(&known.steps);
    let used = known.used();
    let code = &known.kept.code;
    let calendar = page::calendar(&visit);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        NotMe {
            frame,
            token: &token,
            purpose: match (code.purpose, known.kept.opening) {
                (Kind::OpenAccount, Some(Opening::SetUp | Opening::Invitation)) => Purpose::OpenAccount,
                (Kind::OpenAccount, _) => Purpose::SignInOrOpen,
                (Kind::SignIn, _) => Purpose::SignIn,
                (Kind::Confirm, _) => Purpose::Confirm,
                (Kind::AddAddress, _) => Purpose::AddAddress,
                (Kind::AddRecovery, _) => Purpose::AddRecovery,
                (Kind::Recovery, _) => Purpose::Recovery,
            },
            account: known.kept.masked.clone(),
            asked: calendar.moment(code.asked_at),
            source: page::source_line(&known.kept.source, Some(code.known)),
            reference: code.reference.clone(),
            end: entries::end(end, code.expires_at, &calendar),
            guesses: code.guesses.saturating_sub(code.guesses_left),
            guesses_allowed: code.guesses,
            mail: entries::mail(mail, &known.steps, &calendar),
            mute_days: page::small(visit.app.policy.mute.as_secs() / 86_400),
            muted: known.muted_until.map(|until| calendar.moment(until)),
            standing: match known.standing {
                not_me::Standing::SignsIn => Standing::SignsIn,
                not_me::Standing::Recovers => Standing::Recovers,
                not_me::Standing::Wanted => Standing::Wanted,
                not_me::Standing::NoAccount => Standing::NoAccount,
                not_me::Standing::NoMore => Standing::NoMore,
            },
            used: used.map(|used| Used { at: calendar.moment(used.at), same_network: used.same_network }),
            in_other_browsers: page::small(known.in_other_browsers()),
            kept_until: calendar.moment(known.kept_until),
        }
        .render()
    }))
}

pub(crate) async fn post(Segment(token): Segment, posted: PostedByAnybody) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let Some((request, secret)) = read(&token) else { return Ok(unknown(&visit)) };
    let source = visit.source;
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| not_me::commit(tx, cx, request, By::Recipient(secret), source))
        .await?;
    let Ok(denied) = outcome else { return Ok(unknown(&visit)) };
    let muted_until = page::calendar(&visit).moment(denied.muted_until);
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        NotMeDone { frame, already: denied.already, was_used: denied.was_used, muted_until }.render()
    }))
}
