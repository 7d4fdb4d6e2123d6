//! Is somebody making us mail codes? One mailbox flooded, or one network asking for many mailboxes.
//!
//! Recipient: four requests in ten minutes or ten in 24 hours whose codes nobody used. Source: 25 different
//! recipients in ten minutes with hardly any code used. An impatient owner who presses "send again" and then
//! signs in is nobody's flood: a used code takes its request back.
//! ATT&CK T1621 (multi-factor authentication request generation), T1087 (account discovery).

use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Benign, Fact, Reason, Severity, Step};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, line, subject_mark};
use crate::window::Recent;
use crate::{Detector, Watcher};

const SHORT: Duration = Duration::from_secs(10 * 60);
const LONG: Duration = Duration::from_secs(24 * 60 * 60);
const RECIPIENT_SHORT: usize = 4;
const RECIPIENT_LONG: usize = 10;
const SOURCE_RECIPIENTS: usize = 25;
/// One code in so many is used at the most, or it is no flood.
const USED: usize = 50;
const KEYS: usize = 50_000;
const SOURCES: usize = 4096;
const RING: usize = 16;
const SOURCE_RING: usize = 64;

const KIND: Kind = Kind {
    id: "code_flood",
    benign: &[Benign::Impatience, Benign::Invitations],
    next: &[Step::Watch, Step::RaiseGate, Step::BlockNetwork],
    quiet: LONG,
};

/// See the module.
#[derive(Debug)]
pub(crate) struct CodeFlood {
    recipients: Kept<Recent<Proof>>,
    sources: Kept<Network>,
}

/// What one network asked for lately.
#[derive(Debug, Default)]
struct Network {
    asked: Recent<(Mark, Proof)>,
    used: Recent<()>,
}

impl Default for CodeFlood {
    fn default() -> Self {
        Self { recipients: Kept::new(KEYS), sources: Kept::new(SOURCES) }
    }
}

impl Detector for CodeFlood {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Is somebody making us mail codes?"
    }

    fn technique(&self) -> &'static str {
        "T1621"
    }

    fn horizon(&self) -> Duration {
        LONG + LONG
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_requested" | "sign_in_code_redeemed")
    }

    fn memory(&self) -> Memory {
        self.recipients.memory().and(self.sources.memory())
    }
}

impl Watcher for CodeFlood {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        match &event.kind {
            // A browser that has signed in before is its owner's.
            EventKind::SignInCodeRequested { known: false, .. } => {
                self.recipient(event, book);
                self.source(event, book);
            }
            EventKind::SignInCodeRedeemed => {
                if let Some(recent) = self.recipients.get(subject_mark(&event.subject)) {
                    recent.take_back();
                }
                let address = event.source.and_then(|source| source.address);
                if let Some(network) = address.and_then(|address| self.sources.get(line(address))) {
                    network.used.insert(event.at, (), SOURCE_RING);
                }
            }
            _ => {}
        }
    }
}

impl CodeFlood {
    fn recipient(&mut self, event: &Event, book: &mut Book) {
        let recent = self.recipients.entry(subject_mark(&event.subject), Recent::default);
        recent.forget(event.at, LONG + SHORT);
        let Some(place) = recent.insert(event.at, Proof::of(event), RING) else { return };
        let short = recent.windows(place, SHORT).find(|window| window.len() >= RECIPIENT_SHORT);
        let long = || recent.windows(place, LONG).find(|window| window.len() >= RECIPIENT_LONG);
        let Some(found) = short.or_else(long) else { return };
        let proofs: Vec<Proof> = found.iter().map(|(_, proof)| proof.clone()).collect();
        book.raise(Alarm {
            kind: &KIND,
            subject: event.subject.clone(),
            key: format!("recipient {:016x}", subject_mark(&event.subject)),
            severity: Severity::Info,
            score: 0,
            reasons: vec![Reason::counted(Fact::ManyRequests, proofs.len())],
            proofs,
        });
    }

    fn source(&mut self, event: &Event, book: &mut Book) {
        let Some(address) = event.source.and_then(|source| source.address) else { return };
        let network = self.sources.entry(line(address), Network::default);
        network.asked.forget(event.at, SHORT + SHORT);
        network.used.forget(event.at, SHORT + SHORT);
        let one = (subject_mark(&event.subject), Proof::of(event));
        let Some(place) = network.asked.insert(event.at, one, SOURCE_RING) else { return };
        let used = network.used.all().len();
        let found = network.asked.windows(place, SHORT).find(|window| {
            let mut recipients: Vec<Mark> = window.iter().map(|(_, (recipient, _))| *recipient).collect();
            recipients.sort_unstable();
            recipients.dedup();
            recipients.len() >= SOURCE_RECIPIENTS && used * USED <= recipients.len()
        });
        let Some(found) = found else { return };
        let proofs: Vec<Proof> = found.iter().map(|(_, (_, proof))| proof.clone()).collect();
        book.raise(Alarm {
            kind: &KIND,
            subject: Subject::Site,
            key: format!("source {address}"),
            severity: Severity::High,
            score: 0,
            reasons: vec![
                Reason::counted(Fact::ManyRecipients, proofs.len()),
                Reason::counted(Fact::FewUsed, used),
            ],
            proofs,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use model::cx::Cx;
    use model::digest::Digest;
    use model::event::Actor;
    use model::finding::Finding;
    use model::sign_in_code::Purpose;
    use model::source::{Source, browser_from_code};
    use model::time::Time;

    const START: i64 = 1_795_297_599_000_000;

    fn subject(n: u8) -> Subject {
        Subject::address(&Digest::from_bytes([n; 16]), "a…@example.com".to_owned())
    }

    fn asked(seconds: i64, n: u8, from: &str) -> Event {
        let now = Time::from_micros(START + seconds * 1_000_000);
        let source = Source { address: from.parse().ok(), browser: browser_from_code("firefox/linux") };
        let kind = EventKind::SignInCodeRequested {
            purpose: Purpose::SignIn,
            known: false,
            reference: "amber-fox".to_owned(),
            address: None,
            by_text: false,
            not_sent: None,
            expires_at: now,
        };
        let mut cx = Cx::simulated(now, u64::from(n) + seconds.unsigned_abs());
        Event::new(&mut cx, subject(n), kind).unwrap().by(Actor::Visitor, Some(source))
    }

    fn run(events: &[Event]) -> Vec<(Subject, Finding)> {
        testing::run(&mut CodeFlood::default(), events)
    }

    #[test]
    fn the_fourth_request_in_ten_minutes_is_a_flood_and_the_third_is_not() {
        let times = [0, 100, 200, 599];
        let events: Vec<Event> = times.iter().map(|at| asked(*at, 1, "192.0.2.1")).collect();
        assert!(run(&events[..3]).is_empty());
        let found = run(&events);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.count, 4);
        assert_eq!(found[0].0, subject(1));
    }

    #[test]
    fn four_requests_in_more_than_ten_minutes_are_none() {
        let events: Vec<Event> = [0, 100, 200, 601].iter().map(|at| asked(*at, 1, "192.0.2.1")).collect();
        assert!(run(&events).is_empty());
    }

    #[test]
    fn ten_requests_in_a_day_are_a_flood_however_slow() {
        let events: Vec<Event> = (0..10).map(|n| asked(n * 8000, 1, "192.0.2.1")).collect();
        assert!(run(&events[..9]).is_empty());
        assert_eq!(run(&events).len(), 1);
    }

    #[test]
    fn an_impatient_owner_who_signs_in_is_no_flood() {
        let mut events: Vec<Event> = [0, 20, 40].iter().map(|at| asked(*at, 1, "192.0.2.1")).collect();
        let mut used = asked(50, 1, "192.0.2.1");
        used.kind = EventKind::SignInCodeRedeemed;
        events.push(used);
        events.push(asked(60, 1, "192.0.2.1"));
        assert!(run(&events).is_empty());
    }

    #[test]
    fn one_network_asking_for_many_mailboxes_is_found_once() {
        let events: Vec<Event> = (0..60).map(|n| asked(i64::from(n), n, "192.0.2.1")).collect();
        assert!(run(&events[..24]).is_empty());
        let found = run(&events);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.key, "source 192.0.2.1");
        assert_eq!(found[0].1.severity, Severity::High);
    }

    #[test]
    fn a_quiet_office_behind_one_address_is_no_flood() {
        let mut events = Vec::new();
        for n in 0..60 {
            events.push(asked(i64::from(n), n, "192.0.2.1"));
            let mut used = asked(i64::from(n), n, "192.0.2.1");
            used.kind = EventKind::SignInCodeRedeemed;
            events.push(used);
        }
        assert!(run(&events).is_empty());
    }
}
