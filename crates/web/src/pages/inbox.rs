//! `/inbox`: what would have been mailed, where no mail server is set up. On this machine only.

use askama::Template;
use axum::response::{IntoResponse, Response};
use flow::deliver;
use model::id::MessageId;

use crate::error::Trouble;
use crate::page;
use crate::plain_letter::PlainLetter;
use crate::segment::Segment;
use crate::view::frame::Place;
use crate::view::inbox::{Inbox, InboxLine, InboxMail};
use crate::visit::Visit;

fn allowed(visit: &Visit) -> Result<(), Trouble> {
    if visit.app.site.inbox && visit.is_local() { Ok(()) } else { Err(Trouble::NotFound) }
}

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    allowed(&visit)?;
    let calendar = page::calendar(&visit);
    let mails = deliver::inbox(&visit.app.store, 50)?
        .iter()
        .filter_map(|kept| {
            let letter = PlainLetter::read(&kept.content)?;
            Some(InboxLine {
                href: format!("/inbox/{}", kept.id),
                subject: letter.subject,
                to: letter.to,
                at: calendar.moment(kept.at),
            })
        })
        .collect();
    Ok(page::show(&visit, Place::Elsewhere, |frame| Inbox { frame, mails }.render()))
}

pub(crate) async fn mail(visit: Visit, Segment(id): Segment) -> Result<Response, Trouble> {
    allowed(&visit)?;
    let id: MessageId = page::id(&id)?;
    let kept = deliver::inbox(&visit.app.store, 200)?.into_iter().find(|kept| kept.id == id);
    let Some((kept, letter)) =
        kept.and_then(|kept| PlainLetter::read(&kept.content).map(|letter| (kept, letter)))
    else {
        return Err(Trouble::NotFound);
    };
    let at = page::calendar(&visit).moment(kept.at);
    let ours = format!("{}/", visit.app.site.public_url);
    let links = letter
        .text
        .split_whitespace()
        .filter(|word| word.starts_with(&ours))
        .map(|word| word.trim_end_matches(['.', ',', ')', '>']).to_owned())
        .collect();
    Ok(page::show(&visit, Place::Elsewhere, |frame| {
        InboxMail { frame, subject: letter.subject, to: letter.to, at, text: letter.text, links }.render()
    }))
}

/// `GET /inbox/newest?to=…`: the text of the newest mail to one address, for scripts on this machine.
pub(crate) async fn newest(visit: Visit) -> Result<Response, Trouble> {
    allowed(&visit)?;
    let to = visit.query.get("to").ok_or(Trouble::Malformed)?;
    deliver::newest_to(&visit.app.store, to)?
        .and_then(|content| PlainLetter::read(&content))
        .map(|letter| letter.text.into_response())
        .ok_or(Trouble::NotFound)
}
