//! All detectors over one stream of events.

use std::time::Duration;

use model::event::imported::Imported;
use model::event::{Event, EventKind, Subject};
use model::finding::Finding;

use crate::address_enumeration::AddressEnumeration;
use crate::after_access::AfterAccess;
use crate::approval_bombing::ApprovalBombing;
use crate::book::Book;
use crate::code_flood::CodeFlood;
use crate::code_guessing::CodeGuessing;
use crate::code_spraying::CodeSpraying;
use crate::completion_ratio::CompletionRatio;
use crate::consent_phishing::ConsentPhishing;
use crate::device_code_phishing::DeviceCodePhishing;
use crate::foreign::agent::Agents;
use crate::foreign::person::Person;
use crate::foreign::sight::{From, Sight, user};
use crate::foreign::tenant::Tenant;
use crate::kept::Kept;
use crate::mark::handle;
use crate::message_pumping::MessagePumping;
use crate::password_guessing::PasswordGuessing;
use crate::password_spray::PasswordSpray;
use crate::persistence_after_alarm::PersistenceAfterAlarm;
use crate::refresh_replay::RefreshReplay;
use crate::rogue_device::RogueDevice;
use crate::session_replay::SessionReplay;
use crate::{Around, Deed, Detector, Memory, Watcher};

/// Users of other systems that are remembered.
const PEOPLE: usize = 131_072;

fn watchers() -> Vec<Box<dyn Watcher + Send>> {
    vec![
        Box::new(AddressEnumeration::default()),
        Box::new(CodeFlood::default()),
        Box::new(CodeGuessing::default()),
        Box::new(CodeSpraying::default()),
        Box::new(CompletionRatio::default()),
        Box::new(ConsentPhishing::default()),
        Box::new(MessagePumping::default()),
        Box::new(RefreshReplay),
        Box::new(PersistenceAfterAlarm::default()),
        Box::new(PasswordSpray::default()),
        Box::new(PasswordGuessing::default()),
        Box::new(ApprovalBombing::default()),
        Box::new(DeviceCodePhishing::default()),
        Box::new(SessionReplay::default()),
        Box::new(RogueDevice),
        // Last: it adds to what those before it have found.
        Box::new(AfterAccess),
    ]
}

/// Every detector there is.
#[must_use]
pub fn all() -> Vec<Box<dyn Detector>> {
    watchers().into_iter().map(|watcher| -> Box<dyn Detector> { watcher }).collect()
}

/// The detectors, and what they share.
pub struct Bench {
    watchers: Vec<(Box<dyn Watcher + Send>, bool)>,
    agents: Agents,
    people: Kept<Person>,
    tenant: Tenant,
    book: Book,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new(false)
    }
}

impl Bench {
    fn new(to_the_end: bool) -> Self {
        let watchers = watchers().into_iter().map(|watcher| {
            let foreign = watcher.wants("imported");
            (watcher, foreign)
        });
        Self {
            watchers: watchers.collect(),
            agents: Agents::default(),
            people: Kept::new(PEOPLE),
            tenant: Tenant::default(),
            book: Book::new(to_the_end),
        }
    }

    /// For records that are read from their beginning to their end: an incident that has grown is told once more when it is
    /// over, or by [`Self::finish`].
    #[must_use]
    pub fn investigating() -> Self {
        Self::new(true)
    }

    /// Whether any detector looks at events of this kind.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.watchers.iter().any(|(watcher, _)| watcher.wants(kind))
    }

    /// How far back any detector remembers.
    #[must_use]
    pub fn horizon(&self) -> Duration {
        self.watchers.iter().map(|(watcher, _)| watcher.horizon()).max().unwrap_or_default()
    }

    /// Shows all detectors the next event. What is new or has become worse is told.
    pub fn observe(&mut self, event: &Event) -> Vec<(Subject, Finding)> {
        self.book.pass(event.at);
        if let EventKind::Imported { record } = &event.kind {
            self.imported(event, record);
        } else {
            let kind = event.kind.name();
            for (watcher, _) in self.watchers.iter_mut().filter(|(watcher, _)| watcher.wants(kind)) {
                watcher.observe(event, &mut self.book);
            }
        }
        if self.book.has_news() { self.book.drain() } else { Vec::new() }
    }

    /// The end of what there is to be seen: every incident that has grown since it was told.
    pub fn finish(&mut self) -> Vec<(Subject, Finding)> {
        self.book.finish()
    }

    /// How much each detector remembers, and how much it had to forget before its time.
    #[must_use]
    pub fn memory(&self) -> Vec<(&'static str, Memory)> {
        let watchers = self.watchers.iter().map(|(watcher, _)| (watcher.id(), watcher.memory()));
        let shared = [
            ("users", self.people.memory()),
            ("networks", self.tenant.memory()),
            ("programs", self.agents.memory()),
            ("incidents", self.book.memory()),
        ];
        watchers.chain(shared).collect()
    }

    fn imported(&mut self, event: &Event, record: &Imported) {
        let Some(whose) = user(&event.subject) else { return };
        let mut around = Around {
            event,
            person: self.people.entry(whose, Person::default),
            tenant: &self.tenant,
            book: &mut self.book,
            doubtful: false,
            learns_code: false,
        };
        let watchers = self.watchers.iter_mut().filter(|(_, foreign)| *foreign).map(|(watcher, _)| watcher);
        if let Some(sight) = Sight::new(event, record, &mut self.agents) {
            for watcher in watchers {
                watcher.sign_in(&sight, &mut around);
            }
            let (doubtful, learns_code) = (around.doubtful, around.learns_code);
            if sight.succeeded() {
                around.person.learn(&sight, doubtful);
                if !doubtful {
                    self.tenant.learn(&sight);
                }
                if learns_code {
                    self.tenant.learn_code(&sight);
                }
            }
        } else if let Some(act) = record.act() {
            let deed = Deed {
                act,
                from: From::new(event.address(), record.asn, record.hosting),
                session: record.session.as_ref().map_or(0, handle),
            };
            for watcher in watchers {
                watcher.act(&deed, &mut around);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detector_wants_only_kinds_that_exist() {
        let names = include_str!("../../model/src/event/kind.rs");
        let mut wanted = 0;
        for name in names.split('"').filter(|name| name.contains('_') && !name.contains(char::is_whitespace))
        {
            wanted += usize::from(Bench::default().wants(name));
        }
        assert!(wanted >= 2, "the kinds that the detectors name are not the record's");
        assert!(!Bench::default().wants("nonsense"));
    }

    #[test]
    fn each_detector_has_a_name_of_its_own() {
        let mut names: Vec<&str> = all().iter().map(|detector| detector.id()).collect();
        let many = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), many);
    }
}
