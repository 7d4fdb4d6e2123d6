//! `/operator/invitations`: who was invited and has not come yet; invite somebody, take an invitation back.

use askama::Template;
use axum::response::Response;
use flow::by::By;
use flow::invitation::{self, Link};
use http::StatusCode;
use model::account::Role;
use model::address::Address;
use model::id::InvitationId;
use model::refusal::Refusal;

use crate::error::Trouble;
use crate::page;
use crate::pages::sign_in::{read_address, shown_again};
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::operator::invitations::{InvitationLine, Invitations, Said};
use crate::view::sign_in::FieldError;
use crate::visit::Visit;

const PATH: &str = "/operator/invitations";
/// How many are shown.
const LINES: i64 = 200;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    visit.operating(PATH)?;
    let said = (visit.query.get("done") == Some("taken-back")).then_some(Said::TakenBack);
    show(&visit, said, "", Vec::new())
}

fn show(
    visit: &Visit,
    said: Option<Said>,
    address: &str,
    errors: Vec<FieldError>,
) -> Result<Response, Trouble> {
    let open = invitation::list(&visit.app.store, &visit.cx, LINES)?;
    let calendar = page::calendar(visit);
    let lines = open.into_iter().map(|invitation| InvitationLine {
        id: invitation.id.to_string(),
        address: invitation.address.unwrap_or_default(),
        operator: invitation.role == Role::Operator,
        ends: calendar.moment(invitation.expires_at),
    });
    let lines = lines.collect();
    Ok(page::show(visit, Place::Operator, |frame| {
        Invitations { frame, said, address, errors, invitations: lines }.render()
    }))
}

/// `POST /operator/invitations`: the link is shown once, on the page that answers.
pub(crate) async fn post(posted: Posted) -> Result<Response, Trouble> {
    let Posted { visit, form } = posted;
    let by = By::page(&visit.cx, visit.operating(PATH)?, visit.source);
    let typed = form.get("address").unwrap_or_default();
    let role = if form.get("operator").is_some() { Role::Operator } else { Role::Member };
    let wrong = |visit: &Visit, said, errors| {
        let again = show(visit, said, &shown_again(typed), errors)?;
        Ok(page::with_status(again, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let mailbox = match read_address(typed) {
        Ok(mailbox) => mailbox,
        Err(error) => return wrong(&visit, None, vec![error]),
    };
    let address = Address::new(mailbox, visit.app.store.keys());
    let shown = address.as_str().to_owned();
    let work = move |tx: &mut flow::Tx<'_>, cx: &mut model::cx::Cx| {
        invitation::invite_by(tx, cx, &address, role, &by)
    };
    let outcome: Result<Link, Refusal> = visit.app.write(visit.app.cx(), work).await?;
    match outcome {
        Ok(link) => {
            let link = format!("{}/welcome/{}", visit.app.site.public_url, link.expose());
            show(&visit, Some(Said::Made { address: shown, link }), "", Vec::new())
        }
        Err(Refusal::AddressTaken) => wrong(&visit, None, vec![FieldError::AddressTaken]),
        Err(_) => wrong(&visit, Some(Said::Closed), Vec::new()),
    }
}

/// `POST /operator/invitations/<id>/take-back`
pub(crate) async fn take_back(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let id: InvitationId = page::id(&id)?;
    let by = By::page(&visit.cx, visit.operating(PATH)?, visit.source);
    // One that was used or has ended meanwhile needs no taking back.
    let _ = visit.app.write(visit.app.cx(), move |tx, cx| invitation::take_back(tx, cx, id, &by)).await?;
    Ok(page::redirect(&format!("{PATH}?done=taken-back"), &visit.cookies()))
}
