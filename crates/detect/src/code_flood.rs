//! Is somebody making us mail codes? One mailbox flooded, or one network asking for many mailboxes.
//!
//! Recipient: four requests in ten minutes or ten in 24 hours whose codes nobody used. Source: 25 different
//! recipients in ten minutes with hardly any code used. An impatient owner who presses "send again" and then
//! signs in is nobody's flood: a used code takes its request back.
//! ATT&CK T1621 (multi-factor authentication request generation), T1087 (account discovery).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use model::event::{Event, EventKind, Subject};
use model::finding::{Finding, Severity};
use model::time::Time;

use crate::Detector;
use crate::window::Recent;

const SHORT: Duration = Duration::from_secs(10 * 60);
const LONG: Duration = Duration::from_secs(24 * 60 * 60);
const RECIPIENT_SHORT: usize = 4;
const RECIPIENT_LONG: usize = 10;
const SOURCE_RECIPIENTS: usize = 25;
const KEYS: usize = 50_000;
const SOURCES: usize = 2_000;

/// See the module.
#[derive(Debug)]
pub struct CodeFlood {
    recipients: Recent<Subject>,
    told: HashMap<Subject, Time>,
    sources: HashMap<IpAddr, Network>,
}

/// What one network asked for within the short window.
#[derive(Debug)]
struct Network {
    asked: Vec<(Time, Subject, model::id::EventId)>,
    used: usize,
    told: Option<Time>,
}

impl Default for CodeFlood {
    fn default() -> Self {
        Self { recipients: Recent::new(KEYS, 16), told: HashMap::new(), sources: HashMap::new() }
    }
}

impl Detector for CodeFlood {
    fn id(&self) -> &'static str {
        "code_flood"
    }

    fn question(&self) -> &'static str {
        "Is somebody making us mail codes?"
    }

    fn technique(&self) -> &'static str {
        "T1621"
    }

    fn horizon(&self) -> Duration {
        LONG
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sign_in_code_requested" | "sign_in_code_redeemed")
    }

    fn observe(&mut self, event: &Event) -> Vec<(Subject, Finding)> {
        match &event.kind {
            // A browser that has signed in before is its owner's.
            EventKind::SignInCodeRequested { known: false, .. } => {
                let mut findings = Vec::new();
                findings.extend(self.recipient(event));
                findings.extend(self.source(event));
                findings
            }
            EventKind::SignInCodeRedeemed => {
                self.recipients.forget_one(&event.subject);
                let network = event
                    .source
                    .and_then(|source| source.address)
                    .and_then(|address| self.sources.get_mut(&address));
                if let Some(network) = network {
                    network.used += 1;
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

impl CodeFlood {
    fn recipient(&mut self, event: &Event) -> Option<(Subject, Finding)> {
        let subject = &event.subject;
        self.recipients.push(subject, event.at, event.id);
        let short = self.recipients.since(subject, event.at - SHORT);
        let long = self.recipients.since(subject, event.at - LONG);
        if short.len() < RECIPIENT_SHORT && long.len() < RECIPIENT_LONG {
            return None;
        }
        // One finding a day for each recipient: the next ones would say the same.
        if self.told.get(subject).is_some_and(|told| event.at < *told + LONG) {
            return None;
        }
        if self.told.len() >= KEYS {
            self.told.retain(|_, told| event.at < *told + LONG);
        }
        self.told.insert(subject.clone(), event.at);
        let evidence = if short.len() >= RECIPIENT_SHORT { short } else { long };
        Some((subject.clone(), finding("recipient", Severity::Info, evidence)))
    }

    fn source(&mut self, event: &Event) -> Option<(Subject, Finding)> {
        let address = event.source.and_then(|source| source.address)?;
        if self.sources.len() >= SOURCES && !self.sources.contains_key(&address) {
            self.sources
                .retain(|_, network| network.asked.last().is_some_and(|(at, ..)| *at > event.at - SHORT));
            // Still full: a distributed attack; the recipients are watched all the same.
            if self.sources.len() >= SOURCES {
                return None;
            }
        }
        let network =
            self.sources.entry(address).or_insert_with(|| Network { asked: Vec::new(), used: 0, told: None });
        if network.asked.first().is_some_and(|(at, ..)| *at <= event.at - SHORT) {
            network.asked.retain(|(at, ..)| *at > event.at - SHORT);
            network.used = 0;
        }
        let new = network.asked.iter().all(|(_, subject, _)| *subject != event.subject);
        if new && network.asked.len() < SOURCE_RECIPIENTS * 2 {
            network.asked.push((event.at, event.subject.clone(), event.id));
        }
        let told = network.told.is_some_and(|told| event.at < told + LONG);
        if told || network.asked.len() < SOURCE_RECIPIENTS || network.used * 50 > network.asked.len() {
            return None;
        }
        network.told = Some(event.at);
        let evidence = network.asked.iter().map(|(.., id)| *id).collect();
        Some((Subject::Site, finding(&format!("source {address}"), Severity::High, evidence)))
    }
}

fn finding(key: &str, severity: Severity, evidence: Vec<model::id::EventId>) -> Finding {
    let count = u32::try_from(evidence.len()).unwrap_or(u32::MAX);
    let newest = evidence.len().saturating_sub(16);
    Finding {
        detector: "code_flood".to_owned(),
        severity,
        key: key.to_owned(),
        count,
        evidence: evidence.into_iter().skip(newest).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cx::Cx;
    use model::digest::Digest;
    use model::event::Actor;
    use model::sign_in_code::Purpose;
    use model::source::{Source, browser_from_code};

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
        let mut detector = CodeFlood::default();
        events.iter().flat_map(|event| detector.observe(event)).collect()
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
