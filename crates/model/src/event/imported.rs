//! A record of another sign-in system: one sign-in, or one act in a directory, a mailbox or a store of files.
//!
//! One shape for every export, so that a detector reads facts and not formats. What an export does not tell is `None`, which
//! is never the same as "no". Times are the other system's, as is every name in it: text of strangers.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
pub use wire::foreign::{Access, Operation, Outcome, Presented, Protocol, Risk, System, Transfer};

use crate::id::EventId;
use crate::source::Source;
use crate::time::Time;

use super::{Actor, Event, EventKind, Origin, Subject};

mod common;
mod row;
mod word;
mod words;
pub use common::Common;
pub use row::row;
pub use word::{Handle, Word};
pub use words::Words;

/// One record of another system. Who it is about is the event's subject, from where the event's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Its identifier over there: how a report names it.
    pub record: Handle,
    /// The user's identifier over there; the subject carries the name.
    pub user_id: Option<Handle>,
    /// The session: everything that came of one interactive sign-in.
    pub session: Option<Handle>,
    /// What joins the steps of one sign-in, the two people of a device-code sign-in among them.
    pub correlation: Option<Handle>,
    /// The token that came of it; what is done with that token later names it.
    pub token: Option<Handle>,
    /// The application that asked.
    pub app: Option<Handle>,
    /// What the application is called.
    pub app_name: Option<Word>,
    /// What it wants to get at.
    pub resource: Option<Handle>,
    /// What that is called.
    pub resource_name: Option<Word>,
    /// What the program called itself: free text of whoever asked.
    pub agent: Option<Word>,
    /// The network of the address, by its number.
    pub asn: Option<u32>,
    /// Whether that network hosts servers, or hides who uses it; only a policy or the export itself says so.
    pub hosting: Option<bool>,
    /// Where the other system thinks the address is.
    pub place: Option<Common<Place>>,
    /// The device.
    pub device: Option<Common<Device>>,
    /// What happened.
    pub what: Did,
}

/// An estimate of where a network address is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The country, by its ISO 3166-1 code where the export has one.
    pub country: Option<Word>,
    /// The town.
    pub city: Option<Word>,
    /// Latitude and longitude in thousandths of a degree.
    pub at: Option<(i32, i32)>,
}

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its identifier, where the directory knows it.
    pub id: Option<Handle>,
    /// What it is called.
    pub name: Option<Word>,
    /// Its operating system, as the other system has it.
    pub system: Option<Word>,
    /// Its browser, as the other system has it.
    pub browser: Option<Word>,
    /// Whether the organisation manages it.
    pub managed: Option<bool>,
    /// Whether it keeps the organisation's rules.
    pub compliant: Option<bool>,
    /// How the directory knows it: registered, joined.
    pub trust: Option<Word>,
}

/// What a record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// Somebody signed in, or tried to, or a token was asked for.
    SignIn(SignIn),
    /// Something was done.
    Act(Act),
}

/// A sign-in, or one step of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// How it ended.
    pub outcome: Outcome,
    /// The other system's number for that.
    pub code: Option<u32>,
    /// What it says about it beside the number.
    pub detail: Option<Word>,
    /// Whether a person was there, rather than a program with a token.
    pub interactive: Option<bool>,
    /// By which protocol; `None` where the export does not say.
    pub protocol: Option<Protocol>,
    /// How the session once got from one device to another; `None` where the export does not say.
    pub transfer: Option<Transfer>,
    /// What was presented; `None` where the export does not say.
    pub presented: Option<Presented>,
    /// Whether the password that was given was right; `None` where none was given, or nothing is told.
    pub password: Option<bool>,
    /// How the second factor was given or asked for, in the other system's words.
    pub factor: Option<Word>,
    /// What the rules of access came to.
    pub access: Option<Access>,
    /// How doubtful the other system held it to be.
    pub risk: Option<Risk>,
    /// How many alike are summed up in this record; 1 for itself alone.
    pub times: u32,
}

/// Something that was done in a directory, a mailbox or a store of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What.
    pub operation: Operation,
    /// What the other system calls it.
    pub name: Word,
    /// Whether it was done, and not only tried.
    pub done: bool,
    /// What it was done to: a device, an application, a rule, a file.
    pub target: Option<Word>,
    /// The user it was done to, where that is not the one who did it.
    pub target_user: Option<Word>,
    /// What was changed, as name and new value; at most sixteen.
    pub modified: Vec<(Word, Word)>,
}

impl Imported {
    /// A record of which nothing more is known than this.
    #[must_use]
    pub const fn new(record: Handle, what: Did) -> Self {
        Self {
            record,
            user_id: None,
            session: None,
            correlation: None,
            token: None,
            app: None,
            app_name: None,
            resource: None,
            resource_name: None,
            agent: None,
            asn: None,
            hosting: None,
            place: None,
            device: None,
            what,
        }
    }

    /// The sign-in, where it is one.
    #[must_use]
    pub const fn sign_in(&self) -> Option<&SignIn> {
        match &self.what {
            Did::SignIn(sign_in) => Some(sign_in),
            Did::Act(_) => None,
        }
    }

    /// The act, where it is one.
    #[must_use]
    pub const fn act(&self) -> Option<&Act> {
        match &self.what {
            Did::Act(act) => Some(act),
            Did::SignIn(_) => None,
        }
    }

    /// The identifier of the event that this record becomes: the same each time that it is read, in the order of time.
    #[must_use]
    pub fn event_id(&self, at: Time) -> EventId {
        Self::event_id_of(&self.record, at)
    }

    /// The same by the record's identifier alone.
    #[must_use]
    pub fn event_id_of(record: &Handle, at: Time) -> EventId {
        let mut bytes = *EventId::at(at).bytes();
        for (to, from) in bytes.iter_mut().skip(6).zip(record.mark()) {
            *to = from;
        }
        EventId::from_bytes(bytes)
    }
}

impl SignIn {
    /// A sign-in of which nothing more is known than how it ended.
    #[must_use]
    pub const fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            code: None,
            detail: None,
            interactive: None,
            protocol: None,
            transfer: None,
            presented: None,
            password: None,
            factor: None,
            access: None,
            risk: None,
            times: 1,
        }
    }

    /// Whether it succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Success
    }

    /// Whether whoever it was knows the password: it was right, and something else stood in the way. A program that
    /// presents a token gets the same answers, and they say nothing of a password there.
    #[must_use]
    pub fn knew_password(&self) -> bool {
        self.interactive != Some(false) && self.password == Some(true) && !self.succeeded()
    }
}

impl Event {
    /// The event that a record of another system becomes. Such an event is never recorded in a store of ours.
    #[must_use]
    pub fn imported(
        at: Time,
        (system, user): (System, Word),
        source: Option<Source>,
        record: Imported,
    ) -> Self {
        Self {
            id: record.event_id(at),
            at,
            origin: Origin::Imported { system },
            subject: Subject::Foreign { system, user },
            actor: Actor::Visitor,
            source,
            request: None,
            session: None,
            kind: EventKind::Imported { record: Box::new(record) },
        }
    }

    /// The record of another system, where the event is one.
    #[must_use]
    pub fn record(&self) -> Option<&Imported> {
        match &self.kind {
            EventKind::Imported { record } => Some(record),
            _ => None,
        }
    }

    /// The network address, where it is known.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.source.and_then(|source| source.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str) -> Imported {
        Imported::new(Handle::new(id), Did::SignIn(SignIn::new(Outcome::Success)))
    }

    #[test]
    fn a_record_becomes_the_same_event_each_time_in_the_order_of_time() {
        let at = |seconds: i64| Time::from_micros(1_795_297_599_000_000 + seconds * 1_000_000);
        let whose = || (System::Microsoft, Word::new("user@contoso.example"));
        let event = |id, seconds| Event::imported(at(seconds), whose(), None, record(id));
        assert_eq!(event("a", 0), event("a", 0));
        assert_ne!(event("a", 0).id, event("b", 0).id);
        assert!(event("z", 0).id < event("a", 1).id);
        let guid = "9c10cbc2-5649-4a4e-828b-acfac231cc17";
        assert_eq!(event(guid, 0).id, event(&guid.to_uppercase(), 0).id);
    }

    #[test]
    fn a_record_survives_its_json() {
        let mut record = record("9c10cbc2-5649-4a4e-828b-acfac231cc17");
        record.session = Some(Handle::new("mob2c2b"));
        let place = Place { country: Some(Word::new("AT")), at: Some((48_200, 16_300)), city: None };
        record.place = Some(place.into());
        let event = Event::imported(Time::from_micros(1), (System::Okta, Word::new("u")), None, record);
        let text = serde_json::to_string(&event).unwrap();
        #[expect(clippy::disallowed_methods, reason = "our own text, read back")]
        let back: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(back, event);
    }

    #[test]
    fn a_right_password_that_was_stopped_is_known_only_where_a_person_typed_it() {
        let mut one = SignIn::new(Outcome::Interrupt);
        assert!(!one.knew_password());
        one.password = Some(true);
        assert!(one.knew_password());
        one.interactive = Some(false);
        assert!(!one.knew_password());
        one = SignIn { password: Some(true), ..SignIn::new(Outcome::Success) };
        assert!(!one.knew_password());
    }
}
