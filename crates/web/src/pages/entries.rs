//! Turns what `flow::activity` worked out into the lines that pages show. Every event kind is named here.

use flow::activity::{End, Entry, Mail};
use flow::oauth::clients;
use model::event::{Event, EventKind, NotSent, WrongBecause};
use model::invitation::Opening;
use model::session::SessionEnd;
use model::sign_in_code::Purpose as Kind;
use model::time::Time;

use crate::error::Trouble;
use crate::page;
use crate::view::change::{self, ClientNames};
use crate::view::entry::{
    Details, End as EndShown, Entry as Line, Mail as MailShown, NotMeOffer, NotSent as NotSentShown, Opened,
    SessionOver, Step, StepKind, What,
};
use crate::view::finding::Words;
use crate::view::moment::Calendar;
use crate::view::sign_in::Purpose;
use crate::visit::Visit;

/// What people know the clients by that these lines are about.
pub(crate) fn names(visit: &Visit, entries: &[Entry]) -> Result<ClientNames, Trouble> {
    let others = entries.iter().filter_map(|entry| match entry {
        Entry::Other(event) => change::client_of(&event.kind),
        Entry::Request { .. } => None,
    });
    let shown = clients::names(&visit.app.store, others)?;
    Ok(ClientNames::of(&visit.app.voice, &shown))
}

/// One line of the time line; none for events that no owner needs a line for.
pub(crate) fn line(
    entry: &Entry,
    guesses: u8,
    (calendar, names): (&Calendar<'_>, &ClientNames),
) -> Option<Line> {
    match entry {
        Entry::Request { id, end, wrong, mail, steps } => {
            let asked = steps.first()?;
            let EventKind::SignInCodeRequested { purpose, known, reference, expires_at, by_text, .. } =
                &asked.kind
            else {
                return None;
            };
            let said = steps.iter().find(|event| matches!(event.kind, EventKind::SignInCodeDenied));
            let wrong = u8::try_from(*wrong).unwrap_or(u8::MAX);
            let not_me = match (said, end) {
                (Some(event), _) => NotMeOffer::Said(calendar.moment(event.at)),
                (None, End::NotSent(_)) => NotMeOffer::No,
                (None, _) => NotMeOffer::Yes,
            };
            Some(Line {
                id: id.to_string(),
                at: calendar.moment(asked.at),
                clock: calendar.clock(asked.at),
                what: What::CodeAsked(match purpose {
                    Kind::SignIn => Purpose::SignIn,
                    Kind::OpenAccount => Purpose::OpenAccount,
                    Kind::Confirm => Purpose::Confirm,
                    Kind::AddAddress => Purpose::AddAddress,
                    Kind::AddRecovery => Purpose::AddRecovery,
                    Kind::Recovery => Purpose::Recovery,
                }),
                end: Some(self::end(*end, *expires_at, calendar)),
                wrong,
                source: asked.source.as_ref().map(|source| page::source_line(source, Some(*known))),
                details: Some(Details {
                    request_id: id.to_string(),
                    reference: reference.clone(),
                    by_text: *by_text,
                    mail: self::mail(*mail, steps, calendar),
                    guesses: wrong.saturating_add(u8::from(*end == End::Used)),
                    guesses_allowed: guesses,
                    steps: steps.iter().filter_map(|event| step(event, calendar)).collect(),
                    not_me,
                }),
            })
        }
        Entry::Other(event) => other(event, (calendar, names)),
    }
}

fn other(event: &Event, (calendar, names): (&Calendar<'_>, &ClientNames)) -> Option<Line> {
    let mut known_browser = None;
    let what = match &event.kind {
        EventKind::SignInCodesSuppressed { count, .. } => What::MoreRequests(*count),
        EventKind::MailMuted { until } => What::MailMuted(calendar.moment(*until)),
        EventKind::SessionStarted { known, .. } => {
            known_browser = Some(*known);
            What::SessionStarted
        }
        EventKind::SessionEnded { why } => What::SessionEnded(match why {
            SessionEnd::SignedOut => SessionOver::SignedOut,
            SessionEnd::EndedByOwner => SessionOver::EndedByOwner,
            SessionEnd::Replaced => SessionOver::Replaced,
            SessionEnd::Idle => SessionOver::Idle,
            SessionEnd::Absolute => SessionOver::Absolute,
            SessionEnd::AccountUnavailable => SessionOver::AccountUnavailable,
            SessionEnd::EndedByOperator => SessionOver::EndedByOperator,
            SessionEnd::Recovered => SessionOver::Recovered,
            SessionEnd::Undone => SessionOver::Undone,
            SessionEnd::Suspected => SessionOver::Suspected,
        }),
        EventKind::AccountOpened { opening, .. } => What::AccountOpened(match opening {
            Opening::SetUp => Opened::SetUp,
            Opening::Invitation => Opened::Invitation,
            Opening::Registration => Opened::Registration,
            Opening::Import => Opened::Import,
        }),
        EventKind::AccountLocked => What::AccountLocked,
        EventKind::AccountUnlocked => What::AccountUnlocked,
        EventKind::AccountClosed => What::AccountClosed,
        EventKind::InvitationCreated { address, .. } => What::Invited(address.clone()),
        EventKind::FindingRaised { finding } => What::Finding(Words::of(finding.attack())),
        // These stand inside the line of their request; one whose request has left the record has no line.
        EventKind::SignInCodeRequested { .. }
        | EventKind::SignInCodeAskedAgain { .. }
        | EventKind::SignInCodeRefused { .. }
        | EventKind::SignInCodeRedeemed
        | EventKind::SignInCodeExpired { .. }
        | EventKind::SignInCodeDenied
        | EventKind::MessageHandedOver { .. }
        | EventKind::MessageDeferred { .. }
        | EventKind::MessageBounced { .. } => return None,
        changed => change::what(changed, calendar, names)?,
    };
    Some(Line {
        id: event.id.to_string(),
        at: calendar.moment(event.at),
        clock: calendar.clock(event.at),
        what,
        end: None,
        wrong: 0,
        source: event.source.as_ref().map(|source| page::source_line(source, known_browser)),
        details: None,
    })
}

/// How a request ended, in the words of the pages.
pub(crate) fn end(end: End, expires_at: Time, calendar: &Calendar<'_>) -> EndShown {
    match end {
        End::Used => EndShown::Used,
        End::Denied => EndShown::NotYou,
        End::WrongCode => EndShown::WrongCodes,
        End::NotSent(why) => EndShown::NotSent(not_sent(why)),
        End::Bounced => EndShown::Bounced,
        End::NeverUsed => EndShown::NeverUsed,
        End::Waiting => EndShown::Waiting(calendar.moment(expires_at)),
    }
}

const fn not_sent(why: NotSent) -> NotSentShown {
    match why {
        NotSent::MailBudget => NotSentShown::MailLimit,
        NotSent::GuessLedger => NotSentShown::GuessLimit,
        NotSent::Muted => NotSentShown::Muted,
        NotSent::JustSent => NotSentShown::JustSent,
        NotSent::Locked => NotSentShown::Locked,
        NotSent::NoAccount => NotSentShown::NoAccount,
        NotSent::MethodOff => NotSentShown::MethodOff,
        NotSent::AddressOff => NotSentShown::AddressOff,
        NotSent::MailRefused => NotSentShown::MailRefused,
        NotSent::SmsBudget => NotSentShown::SmsLimit,
        NotSent::AddressStale => NotSentShown::AddressStale,
        NotSent::HeldBack => NotSentShown::HeldBack,
    }
}

/// What became of the mail, with the time or the number of attempts from the events.
pub(crate) fn mail(mail: Mail, steps: &[Event], calendar: &Calendar<'_>) -> MailShown {
    let newest = |matches: fn(&EventKind) -> bool| steps.iter().rev().find(|event| matches(&event.kind));
    match mail {
        Mail::Waiting => MailShown::Waiting,
        Mail::Bounced => MailShown::Bounced,
        Mail::Deferred => {
            let attempts = steps.iter().rev().find_map(|event| match event.kind {
                EventKind::MessageDeferred { attempt, .. } => Some(attempt),
                _ => None,
            });
            MailShown::Delayed { attempts: attempts.unwrap_or(1) }
        }
        Mail::HandedOver => match newest(|kind| matches!(kind, EventKind::MessageHandedOver { .. })) {
            Some(event) => MailShown::HandedOver(calendar.moment(event.at)),
            None => MailShown::Waiting,
        },
        Mail::None => MailShown::None(
            steps
                .iter()
                .find_map(|event| match event.kind {
                    EventKind::SignInCodeRequested { not_sent, .. } => not_sent.map(self::not_sent),
                    _ => None,
                })
                .unwrap_or(NotSentShown::NoAccount),
        ),
    }
}

fn step(event: &Event, calendar: &Calendar<'_>) -> Option<Step> {
    let what = match &event.kind {
        EventKind::SignInCodeRequested { not_sent: None, .. } => StepKind::Asked,
        EventKind::SignInCodeRequested { not_sent: Some(_), .. } => StepKind::NotSent,
        EventKind::SignInCodeAskedAgain { not_sent: None } => StepKind::SentAgain,
        EventKind::SignInCodeAskedAgain { not_sent: Some(_) } => StepKind::NotSentAgain,
        EventKind::MessageHandedOver { .. } => StepKind::HandedOver,
        EventKind::MessageDeferred { .. } => StepKind::Delayed,
        EventKind::MessageBounced { .. } => StepKind::Bounced,
        EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left } => {
            StepKind::Wrong(*guesses_left)
        }
        EventKind::SignInCodeRefused { because: WrongBecause::ForeignBrowser, .. } => StepKind::OtherBrowser,
        EventKind::SignInCodeRefused { .. } => StepKind::TooLate,
        EventKind::SignInCodeRedeemed => StepKind::Used,
        EventKind::SignInCodeExpired { .. } => StepKind::Expired,
        EventKind::SignInCodeDenied => StepKind::NotYou,
        _ => return None,
    };
    Some(Step { at: calendar.moment(event.at), what })
}
