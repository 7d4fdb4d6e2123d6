//! The record of a store that has been in use for thirteen months: requests with all that came of them, in the order
//! of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use model::account::Role;
use model::digest::Digest;
use model::entropy::Entropy;
use model::event::{Actor, Event, EventKind, NotSent, Origin, Subject, WrongBecause};
use model::id::{EventId, MessageId, RequestId, SessionId};
use model::invitation::Opening;
use model::message::MessageKind;
use model::method::{Method, MethodSet};
use model::reference;
use model::session::SessionEnd;
use model::sign_in_code::Purpose;
use model::source::Source;
use model::time::{DAY, SECOND, Time};

use super::people::{
    CODE_LIFETIME, People, SESSION_LENGTH, identifier, mix, part_of, signed, sixteen, source,
};
use crate::trouble::Trouble;

/// What happens to somebody, as far as it is told apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Asked { known: bool },
    AskedByNobody,
    HandedOver,
    AskedAgain,
    Refused,
    Redeemed,
    Started { known: bool },
    Ended,
    Expired,
    Opened,
}

/// Something that is to happen. In the order of time, and then of its making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Coming {
    at: i64,
    number: u64,
    fact: Fact,
    /// Whom it concerns: the number of an account.
    who: u64,
    /// What everything about the request is drawn from.
    request: u64,
    asked_at: i64,
}

/// All events, the oldest first.
pub(crate) struct Record {
    people: People,
    whole: u64,
    made: u64,
    number: u64,
    opened: u64,
    coming: BinaryHeap<Reverse<Coming>>,
    references: Vec<String>,
}

/// How many different references are drawn.
const REFERENCES: u64 = 512;

impl Record {
    /// A record of `whole` events of `people`.
    ///
    /// # Errors
    /// None in practice: chance from a seed does not run out.
    pub(crate) fn new(people: People, whole: u64) -> Result<Self, Trouble> {
        let mut entropy = Entropy::seeded(people.seed);
        let references: Result<Vec<String>, _> =
            (0..REFERENCES).map(|_| reference::draw(&mut entropy)).collect();
        let references = references.map_err(|error| Trouble::Unexpected(error.to_string()))?;
        let opened = people.opened_by(people.record_begins());
        Ok(Self { people, whole, made: 0, number: 0, opened, coming: BinaryHeap::new(), references })
    }

    fn draw(&mut self) -> u64 {
        self.number += 1;
        mix(mix(self.people.seed) ^ self.number)
    }

    fn plan(&mut self, at: i64, fact: Fact, of: &Coming) {
        self.number += 1;
        self.coming.push(Reverse(Coming { at, number: self.number, fact, ..*of }));
    }

    /// Somebody asks for a code at `at`: what comes of it.
    fn ask(&mut self, at: i64) {
        let chance = self.draw();
        let opened = self.people.opened_by(Time::from_micros(at));
        let who = if chance % 100 < 4 { self.people.busy(chance >> 16) } else { (chance >> 8) % opened };
        let request = self.draw();
        let one = Coming { at, number: 0, fact: Fact::HandedOver, who, request, asked_at: at };
        let after = |seconds: u64| at + signed(seconds) * SECOND;
        let typed = 8 + (request >> 20) % 90;
        let known = (request >> 12) % 100 < 80;
        match (request >> 40) % 100 {
            0..8 => return self.plan(at, Fact::AskedByNobody, &one),
            8..28 => {
                self.plan(at, Fact::Asked { known: known && request & 1 == 0 }, &one);
                self.plan(after(1), Fact::HandedOver, &one);
                return self.plan(at + CODE_LIFETIME, Fact::Expired, &one);
            }
            28..34 => {
                self.plan(at, Fact::Asked { known }, &one);
                self.plan(after(1), Fact::HandedOver, &one);
                self.plan(after(typed / 2 + 2), Fact::Refused, &one);
            }
            34..37 => {
                self.plan(at, Fact::Asked { known }, &one);
                self.plan(after(1), Fact::HandedOver, &one);
                self.plan(after(40), Fact::AskedAgain, &one);
                self.plan(after(41), Fact::HandedOver, &one);
                return self.enter(after(45 + typed), known, &one);
            }
            _ => {
                self.plan(at, Fact::Asked { known }, &one);
                self.plan(after(1), Fact::HandedOver, &one);
            }
        }
        self.enter(after(typed + 4), known, &one);
    }

    fn enter(&mut self, at: i64, known: bool, one: &Coming) {
        self.plan(at, Fact::Redeemed, one);
        self.plan(at, Fact::Started { known }, one);
        if one.request & 7 != 0 {
            let length = part_of(2 * SESSION_LENGTH, mix(one.request));
            self.plan(at + length.min(7 * DAY), Fact::Ended, one);
        }
    }

    /// Who joins by `at`.
    fn open(&mut self, at: i64) {
        while self.opened < self.people.opened_by(Time::from_micros(at)) {
            let request = self.draw();
            let when = self.people.opened_at(self.opened).micros();
            let one =
                Coming { at: when, number: 0, fact: Fact::Opened, who: self.opened, request, asked_at: when };
            self.plan(when.max(at), Fact::Opened, &one);
            self.opened += 1;
        }
    }

    fn event(&mut self, one: &Coming) -> Event {
        let at = Time::from_micros(one.at);
        let (kind, actor, source) = self.told(one);
        let request = RequestId::from_bytes(request(one));
        let session = match one.fact {
            Fact::Started { .. } | Fact::Ended => {
                Some(SessionId::from_bytes(identifier(at, one.request ^ 5)))
            }
            _ => None,
        };
        let subject = match one.fact {
            Fact::AskedByNobody => {
                Subject::address(&Digest::from_bytes(sixteen(one.request ^ 3)), "n…@post.example".to_owned())
            }
            _ => Subject::Account(self.people.account(one.who)),
        };
        Event {
            id: EventId::from_bytes(identifier(at, self.draw())),
            at,
            origin: Origin::Here,
            subject,
            actor,
            source,
            request: (one.fact != Fact::Ended).then_some(request),
            session,
            kind,
        }
    }

    fn told(&self, one: &Coming) -> (EventKind, Actor, Option<Source>) {
        let from = if one.request & 3 == 0 { source(one.request) } else { self.people.source(one.who) };
        let (message, what) = (
            MessageId::from_bytes(identifier(Time::from_micros(one.asked_at), one.request ^ 9)),
            MessageKind::SignInCode,
        );
        let asked = |known, not_sent| EventKind::SignInCodeRequested {
            purpose: Purpose::SignIn,
            known,
            reference: self.reference(one.request),
            address: None,
            by_text: false,
            not_sent,
            expires_at: Time::from_micros(one.asked_at + CODE_LIFETIME),
        };
        match one.fact {
            Fact::Asked { known } => (asked(known, None), Actor::Visitor, Some(from)),
            Fact::AskedByNobody => (asked(false, Some(NotSent::NoAccount)), Actor::Visitor, Some(from)),
            Fact::HandedOver => (EventKind::MessageHandedOver { message, what }, Actor::Server, None),
            Fact::AskedAgain => {
                (EventKind::SignInCodeAskedAgain { not_sent: None }, Actor::Visitor, Some(from))
            }
            Fact::Refused => {
                let kind = EventKind::SignInCodeRefused { because: WrongBecause::Mismatch, guesses_left: 2 };
                (kind, Actor::Visitor, Some(from))
            }
            Fact::Redeemed => (EventKind::SignInCodeRedeemed, Actor::Owner, Some(from)),
            Fact::Started { known } => {
                let methods = MethodSet::of(&[Method::MailCode]);
                (EventKind::SessionStarted { known, methods }, Actor::Owner, Some(from))
            }
            Fact::Ended if one.request & 8 == 0 => {
                (EventKind::SessionEnded { why: SessionEnd::SignedOut }, Actor::Owner, Some(from))
            }
            Fact::Ended => (EventKind::SessionEnded { why: SessionEnd::Idle }, Actor::Server, None),
            Fact::Expired => (EventKind::SignInCodeExpired { unused: true, guesses: 0 }, Actor::Server, None),
            Fact::Opened => {
                let kind = EventKind::AccountOpened { opening: Opening::Registration, role: Role::Member };
                (kind, Actor::Owner, Some(from))
            }
        }
    }

    fn reference(&self, chance: u64) -> String {
        let at = usize::try_from(mix(chance) % REFERENCES).unwrap_or(0);
        self.references.get(at).cloned().unwrap_or_default()
    }
}

/// The identifier of the request that something belongs to.
fn request(one: &Coming) -> [u8; 16] {
    identifier(Time::from_micros(one.asked_at), one.request)
}

impl Iterator for Record {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.made >= self.whole {
            return None;
        }
        // Until the next of what is to come is before the next that somebody asks.
        let clock = self.people.recorded_at(self.made, self.whole).micros();
        let next = loop {
            match self.coming.peek() {
                Some(Reverse(next)) if next.at <= clock => break self.coming.pop()?.0,
                _ => {
                    self.open(clock);
                    self.ask(clock);
                }
            }
        };
        self.made += 1;
        Some(self.event(&next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const NOW: Time = Time::from_micros(1_795_297_599_123_456);

    fn record(seed: u64) -> Vec<Event> {
        let people = People { seed, count: 5_000, now: NOW };
        Record::new(people, 50_000).unwrap().collect()
    }

    #[test]
    fn a_record_is_in_the_order_of_time_and_of_thirteen_months() {
        let all = record(1);
        assert_eq!(all.len(), 50_000);
        assert!(all.is_sorted_by_key(|event| event.at));
        let (first, last) = (all.first().unwrap().at, all.last().unwrap().at);
        assert!(last <= NOW && NOW.since(last) < std::time::Duration::from_secs(2 * 24 * 60 * 60));
        let days = last.since(first).as_secs() / (24 * 60 * 60);
        assert!((390..=395).contains(&days), "{days}");
    }

    #[test]
    fn the_same_seed_gives_the_same_record_and_another_another() {
        assert_eq!(record(1), record(1));
        assert_ne!(record(1), record(2));
    }

    #[test]
    fn what_stands_on_it_is_in_proportion_and_of_the_usual_length() {
        let all = record(1);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bytes = 0;
        for event in &all {
            *kinds.entry(event.kind.name()).or_default() += 1;
            bytes += store::events::body(event).unwrap().len();
        }
        assert!(kinds.len() >= 9, "{kinds:?}");
        let of = |kind| kinds.get(kind).copied().unwrap_or(0);
        assert!(of("sign_in_code_requested") > of("sign_in_code_redeemed"), "{kinds:?}");
        assert!(of("sign_in_code_redeemed").abs_diff(of("session_started")) < 3, "{kinds:?}");
        assert!((100..250).contains(&(bytes / all.len())), "{}", bytes / all.len());
        let mut each: BTreeMap<_, usize> = BTreeMap::new();
        for account in all.iter().filter_map(|event| event.subject.account()) {
            *each.entry(account).or_default() += 1;
        }
        assert!(each.values().max().unwrap() > &500 && each.len() > 4_000, "{}", each.len());
    }
}
