//! `/account`: what protects the account, what waits, what changed; and the way to everything else.

use askama::Template;
use axum::response::Response;
use flow::activity::{End, Entry};
use flow::{overview, overview::Overview as Facts, session};
use model::address::{CONFIRMED_FOR, counts_for_recovery};
use model::authenticator::recovery_code::COUNT;
use model::id::EntryId;
use model::time::Time;

use crate::error::Trouble;
use crate::page::{self, small};
use crate::pages::cancel::{kind, thing};
use crate::pages::entries;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::account::{CodeFacts, Overview, OverviewNotice, Waiting};
use crate::view::frame::Place;
use crate::view::moment::Calendar;
use crate::visit::Visit;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    if session::touch_due(&visitor.session, visit.cx.now) {
        let id = visitor.session.id;
        visit.app.write(visit.app.cx(), move |tx, cx| session::touch(tx, cx, id)).await?;
    }
    let facts = overview::find(&visit.app.store, &visit.cx, visitor)?;
    let calendar = page::calendar(&visit);
    let names = entries::names(&visit, &facts.lately)?;
    let policy = &visit.app.policy;
    let notice = match visit.query.get("notice") {
        Some("opened") => Some(OverviewNotice::Opened),
        Some("entry-cancelled") => Some(OverviewNotice::EntryCancelled),
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
            ledger: page::ledger(&facts.guessed),
            passkeys: small(facts.passkeys),
            offer_passkey: facts.no_passkey && facts.passkeys_open && visit.app.passkeys.is_some(),
            password: facts.password,
            app: facts.app,
            approver: facts.approver,
            waiting: waiting(&facts, &calendar, visit.cx.now),
            latest: facts
                .lately
                .iter()
                .filter_map(|entry| entries::line(entry, policy.code_guesses, (&calendar, &names)))
                .take(4)
                .collect(),
            sessions: small(facts.sessions.len()),
            name: facts.profile.name.as_deref(),
            apps: facts.apps,
            addresses: small(facts.addresses.sign_in.len()),
            recovery: small(facts.addresses.recovery.len()),
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
    for session in facts.sessions.iter().filter(|session| session.doubted_at.is_some()) {
        let (until, approved) = (calendar.moment(session.expires_at), session.began_provisional());
        waiting.push(Waiting::Session { until, approved });
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
