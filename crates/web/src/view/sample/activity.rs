//! Samples of the activity page: a full one, the filters, the empty states.

use model::finding::Attack;

use super::{DAY, Drawn, HOUR, MINUTE, NOTHING, SAFARI, SECOND, Stage, before, home, put, source, stranger};
use crate::view::activity::{Activity, ActivityNotice, Day, Show, Span};
use crate::view::chart::{Chart, ChartDay};
use crate::view::entry::{
    Details, End, Entry, Mail, NotMeOffer, NotSent, Opened, SessionOver, Step, StepKind, What,
};
use crate::view::finding::Words;
use crate::view::frame::{Frame, Place};
use crate::view::sign_in::Purpose;
use crate::view::source::SourceLine;

pub(super) fn draw(stage: &Stage<'_>, pages: &mut Vec<Drawn>) {
    let frame = &stage.inside(Place::Activity);
    let full = || Activity { days: days(stage), chart: chart(stage), ..empty(stage, frame, Show::All) };
    put(
        pages,
        "activity",
        &Activity { older: Some("/account/activity?before=0196c1d2".to_owned()), ..full() },
    );
    put(
        pages,
        "activity-noted",
        &Activity { notice: Some(ActivityNotice::NotMeRecorded), span: Span::Month, paged: true, ..full() },
    );
    for (name, show) in [
        ("activity-empty", Show::All),
        ("activity-empty-unused", Show::Unused),
        ("activity-empty-sign-ins", Show::SignIns),
        ("activity-empty-changes", Show::Changes),
    ] {
        put(pages, name, &empty(stage, frame, show));
    }
    let found =
        |(minute, attack): (i64, Attack)| line(stage, minute * MINUTE, What::Finding(Words::of(attack)));
    let findings = (1_i64..).zip(Attack::ALL).map(found).collect();
    let mut changes = super::changes::lines(stage);
    let mut later = changes.split_off(changes.len() / 4);
    let mut still_later = later.split_off(later.len() / 3);
    let last = still_later.split_off(still_later.len() / 2);
    let (mut rest, requests) = (rest(stage), requests(stage));
    let mut rest_later = rest.split_off(rest.len() / 3);
    let rest_last = rest_later.split_off(rest_later.len() / 2);
    for (name, entries) in [
        ("activity-rest", rest),
        ("activity-rest-more", rest_later),
        ("activity-findings", findings),
        ("activity-rest-last", rest_last),
        ("activity-requests", requests),
        ("activity-changes", changes),
        ("activity-changes-more", later),
        ("activity-changes-still-more", still_later),
        ("activity-changes-last", last),
    ] {
        let day = Day { label: stage.calendar.day(before(0)), near: None, entries };
        put(pages, name, &Activity { days: vec![day], ..empty(stage, frame, Show::Changes) });
    }
}

fn empty<'a>(stage: &Stage<'_>, frame: &'a Frame<'a>, show: Show) -> Activity<'a> {
    let quiet = |day: i64| ChartDay { label: stage.calendar.short_day(before(day * DAY)), asked: 0, used: 0 };
    Activity {
        frame,
        notice: None,
        chart: Chart { days: (0..30).rev().map(quiet).collect() },
        days: Vec::new(),
        show,
        span: Span::All,
        paged: false,
        older: None,
        retention_days: 400,
        mute_days: 30,
    }
}

fn chart(stage: &Stage<'_>) -> Chart {
    let counts: [(u32, u32); 30] = [
        (1, 1),
        (0, 0),
        (2, 2),
        (1, 1),
        (0, 0),
        (0, 0),
        (1, 1),
        (3, 2),
        (1, 1),
        (0, 0),
        (1, 1),
        (2, 2),
        (0, 0),
        (1, 0),
        (1, 1),
        (0, 0),
        (0, 0),
        (2, 1),
        (1, 1),
        (1, 1),
        (0, 0),
        (1, 1),
        (0, 0),
        (4, 1),
        (1, 1),
        (0, 0),
        (2, 1),
        (1, 1),
        (47, 1),
        (4, 1),
    ];
    let day = |(back, (asked, used)): (i64, (u32, u32))| ChartDay {
        label: stage.calendar.short_day(before(back * DAY)),
        asked: asked.min(12),
        used,
    };
    Chart { days: (0..30).rev().zip(counts).map(day).collect() }
}

pub(super) fn line(stage: &Stage<'_>, micros: i64, what: What) -> Entry {
    let at = before(micros);
    Entry {
        id: format!("e{micros}"),
        at: stage.calendar.moment(at),
        clock: stage.calendar.clock(at),
        what,
        end: None,
        wrong: 0,
        source: None,
        details: None,
    }
}

/// A request for a sign-in code, so long ago.
pub(super) fn asked(stage: &Stage<'_>, micros: i64, end: End, from: SourceLine) -> Entry {
    let mail = match end {
        End::Waiting(_) => Mail::Waiting,
        End::Bounced => Mail::Bounced,
        End::NotSent(why) => Mail::None(why),
        _ => Mail::HandedOver(stage.ago(micros - SECOND)),
    };
    let last = match end {
        End::Waiting(_) => StepKind::Delayed,
        End::Used => StepKind::Used,
        End::NeverUsed => StepKind::Expired,
        End::WrongCodes => StepKind::Wrong(0),
        End::NotSent(_) => StepKind::NotSent,
        End::NotYou => StepKind::NotYou,
        End::Bounced => StepKind::Bounced,
    };
    let not_me = match end {
        End::NotYou => NotMeOffer::Said(stage.ago(micros - 3 * MINUTE)),
        End::NotSent(_) => NotMeOffer::No,
        _ => NotMeOffer::Yes,
    };
    let step = |after: i64, what| Step { at: stage.ago(micros - after), what };
    let details = Details {
        request_id: format!("0196c1d2-7a3e-7c11-9d20-{:012x}", micros.unsigned_abs() & 0xffff_ffff_ffff),
        reference: "amber-falcon".to_owned(),
        by_text: false,
        mail,
        guesses: u8::from(matches!(end, End::Used)),
        guesses_allowed: 3,
        steps: vec![step(0, StepKind::Asked), step(SECOND, StepKind::HandedOver), step(2 * MINUTE, last)],
        not_me,
    };
    Entry {
        end: Some(end),
        source: Some(from),
        details: Some(details),
        ..line(stage, micros, What::CodeAsked(Purpose::SignIn))
    }
}

fn days(stage: &Stage<'_>) -> Vec<Day> {
    let here = || home(Some(true));
    let phone = || source(SAFARI, "198.51.100.23", Some(true));
    let night = 6 * HOUR + 6 * MINUTE;
    let yesterday = 21 * HOUR;
    let earlier = 6 * DAY;
    let today = vec![
        asked(stage, 2 * MINUTE, End::Waiting(stage.ahead(8 * MINUTE)), stranger()),
        Entry { source: Some(here()), ..line(stage, 40 * MINUTE, What::SessionStarted) },
        Entry { wrong: 1, ..asked(stage, 41 * MINUTE, End::Used, here()) },
        asked(stage, night, End::NeverUsed, stranger()),
    ];
    let before_that = vec![
        line(stage, yesterday - HOUR, What::MoreRequests(41)),
        asked(stage, yesterday, End::NotSent(NotSent::MailLimit), stranger()),
        Entry { wrong: 3, ..asked(stage, yesterday + MINUTE, End::WrongCodes, stranger()) },
        asked(stage, yesterday + 30 * MINUTE, End::NotYou, stranger()),
        asked(stage, yesterday + HOUR, End::Bounced, phone()),
    ];
    let long_ago = vec![
        line(stage, earlier, What::MailMuted(stage.ahead(24 * DAY))),
        Entry {
            wrong: 2,
            ..asked(stage, earlier + HOUR, End::NeverUsed, source(NOTHING, "192.0.2.200", Some(false)))
        },
        Entry {
            source: Some(phone()),
            ..line(stage, earlier + 2 * HOUR, What::SessionEnded(SessionOver::EndedByOwner))
        },
        Entry {
            source: Some(here()),
            ..line(stage, earlier + 9 * HOUR, What::AccountOpened(Opened::Invitation))
        },
    ];
    [(2 * MINUTE, today), (yesterday, before_that), (earlier, long_ago)]
        .into_iter()
        .map(|(back, entries)| Day {
            label: stage.calendar.day(before(back)),
            near: stage.calendar.near(before(back)),
            entries,
        })
        .collect()
}

/// What the full page does not show.
fn rest(stage: &Stage<'_>) -> Vec<Entry> {
    let whats = [
        What::SessionEnded(SessionOver::SignedOut),
        What::SessionEnded(SessionOver::Replaced),
        What::SessionEnded(SessionOver::Idle),
        What::SessionEnded(SessionOver::Absolute),
        What::SessionEnded(SessionOver::AccountUnavailable),
        What::SessionEnded(SessionOver::EndedByOperator),
        What::SessionEnded(SessionOver::Recovered),
        What::SessionEnded(SessionOver::Undone),
        What::SessionEnded(SessionOver::Suspected),
        What::AccountOpened(Opened::SetUp),
        What::AccountOpened(Opened::Registration),
        What::AccountOpened(Opened::Import),
        What::AccountLocked,
        What::AccountUnlocked,
        What::AccountClosed,
        What::Invited(Some("b•••n@linden.example".to_owned())),
        What::Invited(None),
        What::MoreRequests(1),
        What::CodeAsked(Purpose::OpenAccount),
        What::CodeAsked(Purpose::Confirm),
        What::CodeAsked(Purpose::AddAddress),
        What::CodeAsked(Purpose::AddRecovery),
        What::CodeAsked(Purpose::Recovery),
    ];
    let mut entries: Vec<_> =
        (1_i64..).zip(whats).map(|(minute, what)| line(stage, minute * MINUTE, what)).collect();
    let reasons = [
        NotSent::GuessLimit,
        NotSent::Muted,
        NotSent::JustSent,
        NotSent::Locked,
        NotSent::NoAccount,
        NotSent::MethodOff,
        NotSent::AddressOff,
        NotSent::MailRefused,
        NotSent::SmsLimit,
        NotSent::AddressStale,
        NotSent::HeldBack,
        NotSent::NameMissing,
        NotSent::WordMissing,
        NotSent::WordWrong,
        NotSent::WordsSpent,
        NotSent::Unannounced,
    ];
    for (minute, why) in (60_i64..).zip(reasons) {
        entries.push(asked(stage, minute * MINUTE, End::NotSent(why), stranger()));
    }
    entries
}

/// One request with every step, and requests whose code went to a telephone, in every state of the message.
fn requests(stage: &Stage<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut every = asked(stage, 90 * MINUTE, End::Waiting(stage.ahead(MINUTE)), stranger());
    if let Some(details) = &mut every.details {
        details.mail = Mail::Delayed { attempts: 2 };
        let at = || stage.ago(90 * MINUTE);
        let kinds = [StepKind::SentAgain, StepKind::NotSentAgain, StepKind::OtherBrowser, StepKind::TooLate];
        details.steps.extend(kinds.map(|what| Step { at: at(), what }));
        details.steps.extend([2, 1].map(|left| Step { at: at(), what: StepKind::Wrong(left) }));
    }
    entries.push(every);
    let became = [
        Mail::Waiting,
        Mail::Delayed { attempts: 1 },
        Mail::HandedOver(stage.ago(100 * MINUTE)),
        Mail::Bounced,
    ];
    for (minute, mail) in (100_i64..).zip(became) {
        let mut by_text = asked(stage, minute * MINUTE, End::NeverUsed, stranger());
        if let Some(details) = &mut by_text.details {
            (details.by_text, details.mail) = (true, mail);
        }
        entries.push(by_text);
    }
    entries
}
