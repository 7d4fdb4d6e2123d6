//! `/welcome/<link>`: open an account by the set-up link or an invitation.

use askama::Template;
use axum::response::Response;
use flow::invitation::{self, Link};
use flow::sign_in::ask::Door;
use http::StatusCode;
use model::address::Address;
use model::invitation::{Invitation, Opening};
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::{issue, read_address, shown_again};
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::sign_in::FieldError;
use crate::view::welcome::{Gone, Welcome, WelcomeGone, WelcomeKind};
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit, Segment(token): Segment) -> Result<Response, Trouble> {
    Ok(match find(&visit, &token)? {
        Ok(invitation) => form(&visit, &token, &invitation, (None, Vec::new())),
        Err(refusal) => gone(&visit, refusal),
    })
}

fn find(visit: &Visit, token: &str) -> Result<Result<Invitation, Refusal>, Trouble> {
    match Link::parse(token) {
        Some(link) => Ok(invitation::find(&visit.app.store, &visit.cx, &link)?),
        None => Ok(Err(Refusal::LinkUnknown)),
    }
}

fn form(
    visit: &Visit,
    token: &str,
    invitation: &Invitation,
    (typed, errors): (Option<&str>, Vec<FieldError>),
) -> Response {
    let kind = match invitation.opening {
        Opening::SetUp => WelcomeKind::SetUp,
        Opening::Invitation | Opening::Registration | Opening::Import => WelcomeKind::Invitation,
    };
    let address = typed.or(invitation.address.as_deref()).unwrap_or_default();
    let expires = page::calendar(visit).moment(invitation.expires_at);
    page::show(visit, Place::Elsewhere, |frame| {
        Welcome { frame, token, kind, address, expires, errors }.render()
    })
}

/// The page for a link that opens no account (any more).
pub(crate) fn gone(visit: &Visit, refusal: Refusal) -> Response {
    let why = match refusal {
        Refusal::InvitationUsed => Gone::Used,
        Refusal::InvitationExpired { at } => Gone::Expired(page::calendar(visit).moment(at)),
        Refusal::RegistrationClosed => Gone::Closed,
        _ => Gone::Unknown,
    };
    let answer = page::show(visit, Place::Elsewhere, |frame| WelcomeGone { frame, why }.render());
    page::with_status(answer, StatusCode::GONE)
}

pub(crate) async fn post(Segment(token): Segment, posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form: fields } = posted;
    let invitation = match find(&visit, &token)? {
        Ok(invitation) => invitation,
        Err(refusal) => return Ok(gone(&visit, refusal)),
    };
    let typed = fields.get("address").unwrap_or_default();
    let wrong = |visit: &Visit, error| {
        let shown = shown_again(typed);
        let again = form(visit, &token, &invitation, (Some(&shown), vec![error]));
        Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let mailbox = match read_address(typed) {
        Ok(mailbox) => mailbox,
        Err(error) => return wrong(&visit, error),
    };
    let keys = visit.app.store.keys();
    if invitation::fits(&invitation, &Address::new(mailbox.clone(), keys), keys).is_err() {
        return wrong(&visit, FieldError::AddressElsewhere);
    }
    issue(visit, mailbox, Door::Invitation(invitation.id, invitation.opening)).await
}
