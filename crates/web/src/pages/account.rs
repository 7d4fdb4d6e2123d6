//! `/account`: what protects the account, what waits, what changed; its sessions, and how to end them.

use askama::Template;
use axum::response::Response;
use flow::activity::{End, Entry};
use flow::session::{self, Visitor};
use flow::{overview, overview::Overview as Facts};
use model::address::{CONFIRMED_FOR, counts_for_recovery};
use model::authenticator::recovery_code::COUNT;
use model::id::{EntryId, SessionId};
use model::time::Time;
use wire::http::cookie::SetCookie;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::pages::cancel::{kind, thing};
use crate::pages::entries;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::account::{
    AddressLine, CodeFacts, KnownBrowser, Overview, OverviewNotice, SessionLine, Waiting,
};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::visit::{SESSION, Visit};

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    if session::touch_due(&visitor.session, visit.cx.now) {
        let id = visitor.session.id;
        visit.app.write(visit.app.cx(), move |tx, cx| session::touch(tx, cx, id)).await?;
    }
    let facts = overview::find(&visit.app.store, &visit.cx, visitor)?;
    let calendar = page::calendar(&visit);
    let policy = &visit.app.policy;
    let muted_until = facts.muted_until.map(|until| calendar.moment(until));
    let notice = match visit.query.get("notice") {
        Some("opened") => Some(OverviewNotice::Opened),
        Some("entry-cancelled") => Some(OverviewNotice::EntryCancelled),
        Some("session-ended") => Some(OverviewNotice::SessionEnded),
        Some("sessions-ended") => {
            let count = visit.query.get("n").and_then(|n| n.parse().ok());
            Some(OverviewNotice::SessionsEnded(count.unwrap_or_default()))
        }
        _ => None,
    };
    Ok(page::show(&visit, Place::Account, |frame| {
        Overview {
            frame,
            notice,
            address: &visitor.account.address,
            tenant: visitor.account.tenant.as_ref().map(|tenant| tenant.name.as_str()),
            code: CodeFacts {
                letters: policy.code_length,
                minutes: small(policy.code_lifetime.as_secs() / 60),
                guesses: policy.code_guesses,
            },
            odds: facts.guessed.odds(),
            passkeys: small(facts.passkeys),
            offer_passkey: facts.no_passkey && facts.passkeys_open && visit.app.passkeys.is_some(),
            waiting: waiting(&facts, &calendar, visit.cx.now),
            latest: facts
                .lately
                .iter()
                .filter_map(|entry| entries::line(entry, policy.code_guesses, &calendar))
                .take(4)
                .collect(),
            sessions: sessions(&facts, visitor, &calendar),
            browsers: browsers(&facts, visitor, &calendar),
            addresses: facts
                .addresses
                .sign_in
                .iter()
                .map(|kept| AddressLine {
                    address: kept.shown.clone(),
                    confirmed: calendar.moment(kept.confirmed_at),
                    muted_until: muted_until.clone().filter(|_| kept.main),
                })
                .collect(),
        }
        .render()
    }))
}

fn waiting(facts: &Facts, calendar: &Calendar<'_>, now: Time) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    for entry in &facts.entries {
        waiting.push(Waiting::Entry {
            id: entry.id.to_string(),
            kind: kind(entry.kind),
            opens: calendar.moment(entry.opens_at),
            source: page::source_line(&entry.source, None),
        });
    }
    for held in &facts.held {
        waiting.push(Waiting::Held {
            id: held.id.to_string(),
            thing: thing(held.kind),
            until: calendar.moment(held.usable_at),
        });
    }
    if let Some(left) = facts.recovery_codes.filter(|left| left.count < small(COUNT)) {
        waiting.push(Waiting::RecoveryCodes(left.count));
    }
    for entry in &facts.lately {
        if let Entry::Request { id, end: End::Waiting, steps, .. } = entry
            && let Some((asked, source)) =
                steps.first().and_then(|asked| Some((asked, asked.source.as_ref()?)))
        {
            waiting.push(Waiting::LiveCode {
                asked: calendar.moment(asked.at),
                source: page::source_line(source, None),
                href: format!("/account/activity#{id}"),
            });
        }
    }
    let unused = facts.unused_this_week;
    if unused > 0 {
        waiting.push(Waiting::UnusedCodes(unused));
    }
    if let Some(until) = facts.muted_until {
        waiting.push(Waiting::MailMuted(calendar.moment(until)));
    }
    for kept in &facts.addresses.recovery {
        let until = kept.confirmed_at + CONFIRMED_FOR;
        if !counts_for_recovery(kept.confirmed_at, now) {
            waiting.push(Waiting::RecoveryAddress(calendar.moment(until)));
        }
    }
    let bounced = facts.lately.iter().find(|entry| matches!(entry, Entry::Request { end: End::Bounced, .. }));
    if let Some(at) = bounced.and_then(Entry::at) {
        waiting.push(Waiting::MailBounces(calendar.moment(at)));
    }
    waiting
}

fn sessions(facts: &Facts, visitor: &Visitor, calendar: &Calendar<'_>) -> Vec<SessionLine> {
    let line = |session: &model::session::Session| SessionLine {
        id: session.id.to_string(),
        this: session.id == visitor.session.id,
        started: calendar.moment(session.started_at),
        last_used: calendar.moment(session.used_at),
        ends: calendar.moment(session.expires_at),
        source: page::source_line(&session.source, None),
    };
    facts.sessions.iter().map(line).collect()
}

fn browsers(facts: &Facts, visitor: &Visitor, calendar: &Calendar<'_>) -> Vec<KnownBrowser> {
    let line = |known: &flow::overview::Browser| KnownBrowser {
        browser: page::browser_name(known.browser),
        this: known.id == visitor.session.browser,
        first: calendar.moment(known.first_used),
        last: calendar.moment(known.last_used),
    };
    facts.browsers.iter().map(line).collect()
}

/// `POST /account/sessions/<id>/end`
pub(crate) async fn end_session(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: SessionId = page::id(&id)?;
    let visit = posted.visit;
    let visitor = visit.signed_in()?.clone();
    let this = visitor.session.id == id;
    end(&visit, visitor, id).await?;
    if this { Ok(signed_out(&visit)) } else { Ok(page::redirect("/account?notice=session-ended", &[])) }
}

/// `POST /account/entries/<id>/cancel`
pub(crate) async fn cancel_entry(Segment(id): Segment, posted: Posted) -> Result<Response, Trouble> {
    let id: EntryId = page::id(&id)?;
    let visit = posted.visit;
    let visitor = visit.signed_in()?.clone();
    let source = visit.source;
    let outcome = visit
        .app
        .write(visit.app.cx(), move |tx, cx| flow::entry::cancel_own(tx, cx, &visitor, id, source))
        .await?;
    // Closed already: two clicks are no error.
    let on = if outcome.is_ok() { "?notice=entry-cancelled" } else { "" };
    Ok(page::redirect(&format!("/account{on}"), &visit.cookies()))
}

/// `POST /account/sessions/end-others`
pub(crate) async fn end_others(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    let visitor = visit.signed_in()?.clone();
    let source = visit.source;
    let count =
        visit.app.write(visit.app.cx(), move |tx, cx| session::end_others(tx, cx, &visitor, source)).await?;
    Ok(page::redirect(&format!("/account?notice=sessions-ended&n={count}"), &[]))
}

/// `POST /sign-out`
pub(crate) async fn sign_out(posted: Posted) -> Result<Response, Trouble> {
    let visit = posted.visit;
    if let Some(visitor) = visit.visitor.clone() {
        let id = visitor.session.id;
        end(&visit, visitor, id).await?;
    }
    Ok(signed_out(&visit))
}

async fn end(visit: &Visit, visitor: Visitor, id: SessionId) -> Result<(), Trouble> {
    let source = visit.source;
    // A session that is over already needs no second end: two clicks are no error.
    let _ = visit.app.write(visit.app.cx(), move |tx, cx| session::end(tx, cx, &visitor, id, source)).await?;
    Ok(())
}

fn signed_out(visit: &Visit) -> Response {
    let mut cookies = visit.cookies();
    cookies.push(SetCookie::removal(SESSION).to_header());
    page::redirect("/sign-in?notice=signed-out", &cookies)
}
