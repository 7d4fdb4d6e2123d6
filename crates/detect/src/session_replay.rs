//! Is a session used by somebody who did not begin it? A cookie or a token was stolen, or a proxy stood between when it was
//! begun.
//!
//! A session that changes its network says little: people go home, telephones roam, tunnels are switched on. So what else
//! changes with it is scored, against the beginning of the session and against what is usual for the user; 50 points are a
//! finding. Device codes are `device_code_phishing`'s.
//!
//! Implements: detection.md §5 D7 and D11 (a journey nobody makes is a clue here, and no finding by itself). ATT&CK T1539
//! (steal web session cookie). Known limit: a copy that is used from a house in the same country, with the same browser and
//! no registered device on either side, differs in the network alone; unless both are used in turn, nothing tells. The same
//! out of a network that people's private tunnels end in is not told from a tunnel.

use std::time::Duration;

use model::event::Event;
use model::event::imported::{Handle, Imported, Protocol};
use model::finding::{Benign, Fact, Reason, Severity, Step};
use model::time::{DAY, HOUR, MINUTE, Time};

use crate::book::{Alarm, Book, Kind, Proof};
use crate::foreign::person;
use crate::foreign::sight::{App, Resource, Sight, name};
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, both};
use crate::{Around, Detector, Watcher};

mod ours;
mod travel;
use ours::Ours;
use travel::is_too_far;

/// Sessions that are remembered.
const SESSIONS: usize = 786_432;
/// A session that was not used for so long is another one.
const LIFE: i64 = 7 * DAY;
/// From so many points on it is a finding.
const FINDING: i32 = 50;
/// Two sign-ins by hand so close, one of them from a rented server, are one that went through a proxy.
const TOGETHER: i64 = MINUTE;
/// The usual place is in use at the same time when it was used within that.
const SAME_TIME: i64 = 10 * MINUTE;
/// So long nothing is heard of somebody who travels to another country.
const JOURNEY: i64 = 3 * HOUR;
/// Both networks are used in turn when one comes back within that, so often.
const TURN: i64 = 2 * HOUR;
const TURNS: u8 = 3;

pub(crate) const KIND: Kind = Kind {
    id: "session_replay",
    benign: &[Benign::Vpn, Benign::Roaming, Benign::Travel, Benign::NewDevice],
    next: &[
        Step::EndSessions,
        Step::AskPerson,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
        Step::WarnRecipients,
        Step::FindOthers,
    ],
    quiet: Duration::from_secs(7 * 24 * 60 * 60),
};

/// The same of sessions of our own.
const OURS: Kind = Kind {
    id: "session_replay",
    benign: &[Benign::Vpn, Benign::Roaming, Benign::Travel, Benign::NewDevice],
    next: &[
        Step::EndSessions,
        Step::AskPerson,
        Step::RemoveDevices,
        Step::RemoveMethods,
        Step::RemoveRules,
        Step::RevokeConsents,
        Step::ChangePassword,
        Step::WarnRecipients,
        Step::FindOthers,
    ],
    quiet: Duration::from_secs(24 * 60 * 60),
};

/// A clue and its points. Its number is its bit.
const POINTS: [(Fact, i16); 15] = [
    (Fact::NewNetwork, 25),
    (Fact::CountryChanged, 20),
    (Fact::HostingNetwork, 15),
    (Fact::BecameTool, 35),
    (Fact::SystemChanged, 30),
    (Fact::DeviceLost, 30),
    (Fact::BrowserChanged, 5),
    (Fact::SilentCopy, 15),
    (Fact::Interleaved, 20),
    (Fact::TwoPlacesAtOnce, 15),
    (Fact::TooFar, 10),
    (Fact::Relayed, 50),
    (Fact::ColleaguesNetwork, -20),
    (Fact::SameDevice, -40),
    // Behind the organisation's own addresses there is nobody else.
    (Fact::OfficeNetwork, -40),
];

/// Stands for a session that was told already.
const FOLLOWED: u16 = 1 << 15;

/// One session.
#[derive(Clone, Copy, Debug, Default)]
struct Live {
    last: i64,
    /// How it began.
    network: u32,
    country: u32,
    device: u32,
    family: u32,
    /// The other network, and when it and the first were last used.
    other: u32,
    seen: [i64; 2],
    system: u8,
    turns: u8,
    tool: bool,
    phone: bool,
    hosting: bool,
    /// The stranger's network, once it was told; 0 before.
    stranger: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct SessionReplay {
    sessions: Kept<Live>,
    ours: Ours,
}

impl Default for SessionReplay {
    fn default() -> Self {
        Self { sessions: Kept::new(SESSIONS), ours: Ours::default() }
    }
}

impl Detector for SessionReplay {
    fn id(&self) -> &'static str {
        KIND.id
    }

    fn question(&self) -> &'static str {
        "Is a session used by somebody who did not begin it?"
    }

    fn technique(&self) -> &'static str {
        "T1539"
    }

    fn horizon(&self) -> Duration {
        ours::HORIZON
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "imported" || Ours::wants(kind)
    }

    fn memory(&self) -> Memory {
        self.sessions.memory().and(self.ours.memory())
    }
}

impl Watcher for SessionReplay {
    fn observe(&mut self, event: &Event, book: &mut Book) {
        self.ours.observe(event, book);
    }

    fn sign_in(&mut self, sight: &Sight<'_>, around: &mut Around<'_>) {
        if !sight.succeeded() || sight.of_device_code() || sight.sign_in.protocol == Some(Protocol::Ropc) {
            return;
        }
        let found = if sight.session == 0 {
            if sight.interactive() { begins(sight, around) } else { 0 }
        } else {
            self.within(sight, around)
        };
        if found != 0 {
            self.judge(found, sight, around);
        }
    }
}

impl SessionReplay {
    /// What is remarkable about a use of a session.
    fn within(&mut self, sight: &Sight<'_>, around: &Around<'_>) -> u16 {
        let now = sight.at.micros();
        let mark = both(sight.user, sight.session);
        let live = self.sessions.entry(mark, Live::default);
        if live.last == 0 || now.saturating_sub(live.last) > LIFE {
            *live = Live::begun(sight);
            return if sight.interactive() { begins(sight, around) } else { 0 };
        }
        let clues =
            live.compare(sight, around) | if sight.interactive() { relayed(sight, around) } else { 0 };
        live.last = live.last.max(now);
        // A session that was told is followed, also where a use of it is not remarkable by itself.
        if live.stranger == 0 { clues } else { clues | FOLLOWED }
    }

    fn judge(&mut self, clues: u16, sight: &Sight<'_>, around: &mut Around<'_>) {
        let score = score(clues);
        let mark = both(sight.user, sight.session);
        let incident = Book::mark(&KIND, &name(sight.subject));
        if clues & FOLLOWED != 0 {
            // The owner goes on with the session as well: only what the stranger does belongs to it.
            let stranger = self.sessions.peek(mark).map_or(0, |live| live.stranger);
            if sight.from.network == stranger {
                around.doubtful = true;
                around.book.grow(incident, (Severity::High, score), Vec::new(), Proof::of(around.event));
                strange(sight.from.network, incident, sight, around);
            }
            return;
        }
        if score < FINDING {
            return;
        }
        around.doubtful = true;
        let hand = around.person.by_hand;
        // Of two sign-ins in the same minute, the one from the rented server is the stranger's.
        let relayed = clues & bit(Fact::Relayed) != 0;
        let network = if relayed && hand.hosting { hand.network } else { sight.from.network };
        let before = hand.record.filter(|_| relayed).map(|record| {
            let (at, record) = (Time::from_micros(hand.at), Handle::Guid(record));
            Proof { at, id: Imported::event_id_of(&record, at), record: Some(record) }
        });
        around.book.raise(Alarm {
            kind: &KIND,
            subject: sight.subject.clone(),
            key: name(sight.subject),
            severity: Severity::High,
            score: u16::try_from(score).unwrap_or(0),
            reasons: reasons(clues, sight),
            proofs: before.into_iter().chain([Proof::of(around.event)]).collect(),
        });
        if let Some(live) = self.sessions.get(mark).filter(|_| sight.session != 0) {
            live.stranger = network;
        }
        strange(network, incident, sight, around);
    }
}

/// From now on what is done from there is doubtful.
fn strange(network: u32, incident: Mark, sight: &Sight<'_>, around: &mut Around<'_>) {
    around.person.alarm = person::Alarm { at: sight.at.micros(), network, session: sight.session, incident };
}

/// The bit of a clue.
fn bit(fact: Fact) -> u16 {
    POINTS.iter().position(|(known, _)| *known == fact).map_or(0, |place| 1 << place)
}

fn score(clues: u16) -> i32 {
    POINTS.iter().filter(|(fact, _)| clues & bit(*fact) != 0).map(|(_, points)| i32::from(*points)).sum()
}

fn reasons(clues: u16, sight: &Sight<'_>) -> Vec<Reason> {
    let found = POINTS.iter().filter(|(fact, _)| clues & bit(*fact) != 0);
    found
        .map(|(fact, points)| {
            let value = match fact {
                Fact::NewNetwork | Fact::HostingNetwork => sight.from.name(),
                _ => None,
            };
            Reason { fact: *fact, points: *points, value }
        })
        .collect()
}

/// The page, and in the same minute the page again, one of them from a rented server: a proxy stood between.
fn relayed(sight: &Sight<'_>, around: &Around<'_>) -> u16 {
    let hand = around.person.by_hand;
    let together = hand.at != 0 && sight.at.micros().saturating_sub(hand.at) <= TOGETHER;
    let two = hand.network != 0 && hand.network != sight.from.network && hand.hosting != sight.from.hosting;
    if together && two { bit(Fact::Relayed) } else { 0 }
}

/// What is remarkable about a sign-in by hand, against what is usual for the user.
fn begins(sight: &Sight<'_>, around: &Around<'_>) -> u16 {
    let person = &*around.person;
    let now = sight.at.micros();
    let hand = person.by_hand;
    let mut clues = relayed(sight, around);
    if sight.from.hosting && !person.is_home(sight.from.network, sight.at) {
        clues |= bit(Fact::HostingNetwork);
    }
    // A developer's command line is a tool that people sign in with by hand.
    let tool = sight.agent.tool && sight.app != App::Developer && !person.has_agent(sight.agent.family);
    if !person.is_warm() {
        // Of a user of whom little is known, only what nobody does is remarkable.
        // Where the log does not tell programs with a password of their own apart, they look like this as well.
        return if tool && clues != 0 && sight.sign_in.protocol.is_some() {
            clues | bit(Fact::BecameTool)
        } else {
            clues & bit(Fact::Relayed)
        };
    }
    if person.is_home(sight.from.network, sight.at) {
        return clues;
    }
    clues |= bit(Fact::NewNetwork);
    let desk = person.at_desk;
    let at_once =
        desk.at != 0 && now.saturating_sub(desk.at) < SAME_TIME && desk.network != sight.from.network;
    if at_once && !sight.agent.phone {
        clues |= bit(Fact::TwoPlacesAtOnce);
    }
    if is_too_far(hand.place, hand.at, sight.place(), now) {
        clues |= bit(Fact::TooFar);
    }
    if around.tenant.is_colleagues(sight) {
        clues |= bit(Fact::ColleaguesNetwork);
    }
    if around.tenant.is_office(sight) {
        clues |= bit(Fact::OfficeNetwork);
    }
    // Another computer in another house is a journey; on a rented server, or in two places at once, it is somebody else's.
    let doubtful = sight.from.hosting || clues & (bit(Fact::TwoPlacesAtOnce) | bit(Fact::TooFar)) != 0;
    if tool {
        clues |= bit(Fact::BecameTool);
    } else if doubtful && !sight.agent.phone && !person.has_system(sight.agent.system.bit()) {
        clues |= bit(Fact::SystemChanged);
    } else if !sight.agent.tool && !person.has_agent(sight.agent.family) {
        clues |= bit(Fact::BrowserChanged);
    }
    if person.has_device(sight.device) {
        clues |= bit(Fact::SameDevice);
    } else if sight.resource == Resource::Registration {
        // Whoever sets a computer up has no device yet.
    } else if doubtful && sight.device == 0 && !sight.agent.phone && person.keeps_to_devices() {
        clues |= bit(Fact::DeviceLost);
    }
    clues
}

impl Live {
    fn begun(sight: &Sight<'_>) -> Self {
        Self {
            last: sight.at.micros(),
            network: sight.from.network,
            country: sight.country,
            device: sight.device,
            family: sight.agent.family,
            system: sight.agent.system.bit(),
            tool: sight.agent.tool,
            phone: sight.agent.phone,
            hosting: sight.from.hosting,
            seen: [sight.at.micros(), 0],
            ..Self::default()
        }
    }

    /// What is remarkable about a use, against how the session began.
    fn compare(&mut self, sight: &Sight<'_>, around: &Around<'_>) -> u16 {
        let person = &*around.person;
        let mut clues = 0;
        if self.device == 0 && sight.from.network == self.network {
            self.device = sight.device;
        }
        let elsewhere = self.network != 0 && sight.from.network != 0 && sight.from.network != self.network;
        let strange = elsewhere && person.is_warm() && !person.is_home(sight.from.network, sight.at);
        if strange {
            clues |= bit(Fact::NewNetwork);
            if sight.from.hosting && !self.hosting {
                clues |= bit(Fact::HostingNetwork);
            }
        }
        let abroad = self.country != 0 && sight.country != 0 && sight.country != self.country;
        // Whoever was silent for as long as a journey takes may have made one; nobody travels to a rented server.
        let silent = sight.at.micros().saturating_sub(self.last) >= JOURNEY;
        let journey = silent || person.has_country(sight.country);
        if elsewhere && abroad && (!journey || sight.from.hosting) {
            clues |= bit(Fact::CountryChanged);
        }
        if sight.agent.tool && !self.tool && sight.agent.mark.is_some() {
            clues |= bit(Fact::BecameTool);
        }
        let system = sight.agent.system.bit();
        if system != 0 && self.system != 0 && system != self.system && !sight.agent.tool {
            clues |= bit(Fact::SystemChanged);
        }
        if self.device != 0 && sight.device == 0 && elsewhere {
            clues |= bit(Fact::DeviceLost);
        }
        let same_program = sight.agent.family == self.family;
        if !same_program
            && !sight.agent.tool
            && clues & bit(Fact::SystemChanged) == 0
            && sight.agent.family != 0
        {
            clues |= bit(Fact::BrowserChanged);
        }
        let turns = self.take_turns(sight, strange);
        let copy = strange && same_program && !self.phone && !sight.interactive() && sight.device == 0;
        // People's tunnels carry a part of what a computer does, or all of it, by turns.
        if copy && !sight.from.tunnel {
            clues |= bit(Fact::SilentCopy);
        }
        if elsewhere && same_program && (!abroad || sight.from.tunnel) && around.tenant.is_colleagues(sight) {
            clues |= bit(Fact::ColleaguesNetwork);
        }
        if elsewhere && around.tenant.is_office(sight) {
            clues |= bit(Fact::OfficeNetwork);
        }
        if sight.device != 0 && (sight.device == self.device || person.has_device(sight.device)) {
            clues |= bit(Fact::SameDevice);
        }
        if turns >= TURNS && !sight.from.tunnel && sight.from.is_numbered() {
            clues |= bit(Fact::Interleaved);
        }
        // What speaks against it holds only for this use, what speaks for it only where it is another place or program.
        if elsewhere || clues & (bit(Fact::BecameTool) | bit(Fact::SystemChanged)) != 0 { clues } else { 0 }
    }

    /// How often the first network and this strange one were used in turn until now, at a desk; 0 in the first.
    fn take_turns(&mut self, sight: &Sight<'_>, strange: bool) -> u8 {
        let now = sight.at.micros();
        let place = usize::from(sight.from.network != self.network);
        if place == 1 && sight.from.network != self.other {
            if !strange || self.phone || sight.agent.phone {
                return 0;
            }
            (self.other, self.turns) = (sight.from.network, 0);
        }
        let [first, other] = &mut self.seen;
        let (own, opposite) = if place == 0 { (first, *other) } else { (other, *first) };
        // A turn: the opposite place was used since this one was last.
        if self.other != 0 && opposite > *own && *own != 0 && now.saturating_sub(*own) < TURN {
            self.turns = self.turns.saturating_add(1);
        }
        *own = now;
        if place == 1 { self.turns } else { 0 }
    }
}

#[cfg(test)]
mod tests;
