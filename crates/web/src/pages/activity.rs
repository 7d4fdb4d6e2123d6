//! `/account/activity`: every request that was ever made for the account, also the ones nobody used.

pub(crate) mod export;

use std::time::Duration;

use askama::Template;
use axum::response::Response;
use flow::activity::{self, Filter, Show as Group};
use flow::not_me::{self, By};
use model::id::{EventId, RequestId};
use model::time::{DAY, Time};

use crate::error::Trouble;
use crate::page::{self, small};
use crate::pages::entries;
use crate::posted::Posted;
use crate::segment::Segment;
use crate::view::activity::{Activity, ActivityNotice, Day, Show, Span, query};
use crate::view::chart::{Chart, ChartDay};
use crate::view::frame::Place;
use crate::visit::Visit;

/// How many lines one page has.
const LINES: usize = 50;
/// How many days the chart shows.
const CHART_DAYS: i64 = 30;

pub(crate) async fn get(visit: Visit) -> Result<Response, Trouble> {
    let visitor = visit.signed_in()?;
    let account = visitor.account.id;
    let (show, span) = asked(&visit);
    let filter = filter(show, span, visit.cx.now);
    let before: Option<EventId> = visit.query.get("before").map(page::id).transpose()?;
    let found = activity::page(&visit.app.store, account, filter, before, LINES)?;
    let counts = activity::chart(&visit.app.store, account, visit.cx.now, CHART_DAYS)?;
    let calendar = page::calendar(&visit);
    let names = entries::names(&visit, &found.entries)?;
    let policy = &visit.app.policy;

    let mut days: Vec<(String, Day)> = Vec::new();
    for entry in &found.entries {
        let shown = (&calendar, &names);
        let (Some(at), Some(line)) = (entry.at(), entries::line(entry, policy.code_guesses, shown)) else {
            continue;
        };
        let key = calendar.day_key(at);
        match days.last_mut() {
            Some((last, day)) if *last == key => day.entries.push(line),
            _ => {
                let day = Day { label: calendar.day(at), near: calendar.near(at), entries: vec![line] };
                days.push((key, day));
            }
        }
    }
    let chart = Chart {
        days: counts
            .iter()
            .map(|count| ChartDay {
                label: calendar.short_day(Time::from_micros(count.day.saturating_mul(DAY))),
                asked: count.asked,
                used: count.used,
            })
            .collect(),
    };
    let older = found.older.map(|id| format!("/account/activity?{}&before={id}", query(show, span)));
    Ok(page::show(&visit, Place::Activity, |frame| {
        Activity {
            frame,
            notice: (visit.query.get("notice") == Some("not-me")).then_some(ActivityNotice::NotMeRecorded),
            chart,
            days: days.into_iter().map(|(_, day)| day).collect(),
            show,
            span,
            paged: before.is_some(),
            older,
            retention_days: small(policy.retention.as_secs() / 86_400),
            mute_days: small(policy.mute.as_secs() / 86_400),
        }
        .render()
    }))
}

/// The filter in the address of the page.
fn asked(visit: &Visit) -> (Show, Span) {
    (Show::from_query(visit.query.get("show")), Span::from_query(visit.query.get("days")))
}

fn filter(show: Show, span: Span, now: Time) -> Filter {
    let group = match show {
        Show::All => Group::All,
        Show::Unused => Group::Unused,
        Show::SignIns => Group::SignIns,
        Show::Changes => Group::Changes,
    };
    let since = span.days().map(|days| now - Duration::from_secs(u64::from(days) * 24 * 60 * 60));
    Filter { show: group, since }
}

/// `POST /account/activity/<request>/not-me`
pub(crate) async fn not_me(Segment(request): Segment, posted: Posted) -> Result<Response, Trouble> {
    let request: RequestId = page::id(&request)?;
    let visit = posted.visit;
    let owner = By::Owner(visit.signed_in()?.account.id);
    let source = visit.source;
    let outcome =
        visit.app.write(visit.app.cx(), move |tx, cx| not_me::commit(tx, cx, request, owner, source)).await?;
    match outcome {
        Ok(_) => Ok(page::redirect(&format!("/account/activity?notice=not-me#{request}"), &[])),
        Err(_) => Err(Trouble::NotFound),
    }
}
