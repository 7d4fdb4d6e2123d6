//! Public rules, written anew from what detection.md §2 says about them, to be measured on the same events. They keep
//! everything that they need, without a bound: they are here to be compared with, not to be run.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use model::event::Event;
use model::event::imported::{Handle, Imported, Outcome, Protocol, SignIn, Transfer, Word};
use model::time::{DAY, HOUR, MINUTE, SECOND};

use crate::tenant::attacks::Kind;

/// Each rule, and what it is against.
pub(crate) const RULES: [(&str, Kind); 15] = [
    ("Elastic: concurrent device-code sign-ins", Kind::DeviceCode),
    ("Elastic: device code, first in 7 days", Kind::DeviceCode),
    ("reprise99: 50199, then 0", Kind::DeviceCode),
    ("Elastic, Panther: device code and broker", Kind::DeviceCode),
    ("BertJanP: device code, no managed device", Kind::DeviceCode),
    ("Splunk: more than 10 failed MFA in 10 min", Kind::Bombing),
    ("Sentinel: more than 10 denied, then in", Kind::Bombing),
    ("reprise99: more than 3 denied in 60 min", Kind::Bombing),
    ("Splunk: session on more than one address", Kind::Replay),
    ("LETHAL: two successes within 30 s", Kind::Replay),
    ("Sentinel: 5 users, address and app, 20 min", Kind::Spray),
    ("Splunk: more than 30 users, address, 5 min", Kind::Spray),
    ("Elastic: 15 users in a bucket of 15 min", Kind::Spray),
    ("Splunk: more than 20 wrong in 10 min", Kind::Guessing),
    ("Elastic: one user, 30 in 5 min", Kind::Guessing),
];

const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";

/// An alarm of a rule: which rule, and the incident of one of the events that it rests on, 0 for none.
pub(crate) type Alarm = (usize, u32);

/// What happened for a key within a window, with what is counted and the incident.
#[derive(Debug)]
struct Windows<K, V>(HashMap<K, VecDeque<(i64, V, u32)>>);

impl<K, V> Default for Windows<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq, V> Windows<K, V> {
    fn push(&mut self, key: K, (at, what, incident): (i64, V, u32), length: i64) -> &VecDeque<(i64, V, u32)> {
        let window = self.0.entry(key).or_default();
        window.push_back((at, what, incident));
        while window.front().is_some_and(|(then, ..)| at - then > length) {
            window.pop_front();
        }
        window
    }
}

fn incident<V>(window: &VecDeque<(i64, V, u32)>) -> u32 {
    window.iter().map(|(.., incident)| *incident).find(|incident| *incident > 0).unwrap_or(0)
}

type Address = Option<std::net::IpAddr>;

/// One user's address, program, and whether the protocol was that of device codes.
type Leg = (Address, Option<Word>, bool);

/// All rules at once.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    told: HashMap<(usize, String), i64>,
    concurrent: Windows<(Word, Handle), Leg>,
    coded: HashMap<Word, i64>,
    asked: HashMap<Handle, u32>,
    failed: Windows<(Word, Option<Word>, Option<Word>, Outcome), ()>,
    denied: Windows<(Word, Address), ()>,
    declined: Windows<Word, ()>,
    sessions: HashMap<Handle, Address>,
    last: HashMap<Word, (i64, Address)>,
    by_app: Windows<(Address, Option<Handle>), (Word, bool)>,
    by_address: Windows<Address, Word>,
    bucket: (i64, HashMap<Outcome, HashSet<Word>>, u32),
    wrong: Windows<Word, ()>,
    wrong_short: Windows<Word, ()>,
}

/// A sign-in as the rules look at it.
struct Seen<'a> {
    at: i64,
    user: Word,
    address: Address,
    record: &'a Imported,
    sign_in: &'a SignIn,
    incident: u32,
    ok: bool,
    protocol: bool,
    code: bool,
}

impl Rules {
    /// What the rules say to the next event. The same about the same is said once a day.
    pub(crate) fn observe(&mut self, event: &Event, incident: u32) -> Vec<Alarm> {
        let Some(record) = event.record() else { return Vec::new() };
        let Some(sign_in) = record.sign_in() else { return Vec::new() };
        let model::event::Subject::Foreign { user, .. } = &event.subject else { return Vec::new() };
        let protocol = sign_in.protocol == Some(Protocol::DeviceCode);
        let seen = Seen {
            at: event.at.micros(),
            user: user.clone(),
            address: event.address(),
            record,
            sign_in,
            incident,
            ok: sign_in.succeeded(),
            protocol,
            code: protocol || sign_in.transfer == Some(Transfer::DeviceCode),
        };
        let mut said = Vec::new();
        self.device_codes(&seen, &mut said);
        self.prompts(&seen, &mut said);
        self.sessions(&seen, &mut said);
        self.sprays(&seen, &mut said);
        self.guesses(&seen, &mut said);
        said.retain(|(rule, key, _)| {
            let last = self.told.insert((*rule, key.clone()), seen.at);
            last.is_none_or(|last| seen.at - last > DAY)
        });
        said.into_iter().map(|(rule, _, incident)| (rule, incident)).collect()
    }

    fn device_codes(&mut self, seen: &Seen<'_>, said: &mut Vec<(usize, String, u32)>) {
        if seen.sign_in.outcome == Outcome::ConfirmApp
            && let Some(correlation) = &seen.record.correlation
        {
            self.asked.insert(correlation.clone(), seen.incident);
        }
        if seen.ok
            && let Some(asked) =
                seen.record.correlation.as_ref().and_then(|correlation| self.asked.get(correlation))
        {
            said.push((2, seen.user.to_string(), (*asked).max(seen.incident)));
        }
        if !seen.code {
            return;
        }
        if let Some(session) = &seen.record.session {
            let leg = (seen.address, seen.record.agent.clone(), seen.protocol);
            let key = (seen.user.clone(), session.clone());
            let legs = self.concurrent.push(key, (seen.at, leg, seen.incident), 9 * MINUTE);
            let addresses: HashSet<Address> = legs.iter().map(|(_, (address, ..), _)| *address).collect();
            let agents: HashSet<&Option<Word>> = legs.iter().map(|(_, (_, agent, _), _)| agent).collect();
            let protocol = legs.iter().any(|(_, (.., protocol), _)| *protocol);
            if legs.len() >= 2 && protocol && (addresses.len() >= 2 || agents.len() >= 2) {
                said.push((0, seen.user.to_string(), incident(legs)));
            }
        }
        if !seen.ok {
            return;
        }
        let broker = seen.record.app.as_ref().is_some_and(|app| app.is(BROKER));
        if !broker
            && self.coded.insert(seen.user.clone(), seen.at).is_none_or(|last| seen.at - last > 7 * DAY)
        {
            said.push((1, seen.user.to_string(), seen.incident));
        }
        if broker {
            said.push((3, seen.user.to_string(), seen.incident));
        }
        let managed = seen.record.device.as_ref().is_some_and(|device| device.managed == Some(true));
        if seen.protocol && !managed {
            said.push((4, seen.user.to_string(), seen.incident));
        }
    }

    fn prompts(&mut self, seen: &Seen<'_>, said: &mut Vec<(usize, String, u32)>) {
        let user = || seen.user.clone();
        if seen.sign_in.outcome.is_factor() {
            let app = seen.record.app.as_ref().map(|app| Word::new(&app.to_string()));
            let key = (user(), app, seen.record.agent.clone(), seen.sign_in.outcome);
            let window = self.failed.push(key, (seen.at, (), seen.incident), 10 * MINUTE);
            if window.len() > 10 {
                said.push((5, seen.user.to_string(), incident(window)));
            }
            if seen.sign_in.outcome != Outcome::FactorWrongCode {
                self.denied.push((user(), seen.address), (seen.at, (), seen.incident), HOUR);
                let window = self.declined.push(user(), (seen.at, (), seen.incident), HOUR);
                if window.len() > 3 {
                    said.push((7, seen.user.to_string(), incident(window)));
                }
            }
        } else if seen.ok
            && let Some(window) = self.denied.0.get(&(user(), seen.address))
        {
            let lately = window.iter().filter(|(at, ..)| seen.at - at <= 15 * MINUTE).count();
            let just_now = window.back().is_some_and(|(at, ..)| seen.at - at <= 5 * MINUTE);
            if lately > 10 && just_now {
                said.push((6, seen.user.to_string(), incident(window)));
            }
        }
    }

    fn sessions(&mut self, seen: &Seen<'_>, said: &mut Vec<(usize, String, u32)>) {
        if !seen.ok {
            return;
        }
        if let Some(session) = &seen.record.session
            && let Some(before) = self.sessions.insert(session.clone(), seen.address)
            && before != seen.address
        {
            said.push((8, session.to_string(), seen.incident));
        }
        let last = self.last.insert(seen.user.clone(), (seen.at, seen.address));
        if last.is_some_and(|(at, address)| seen.at - at <= 30 * SECOND && address != seen.address) {
            said.push((9, seen.user.to_string(), seen.incident));
        }
    }

    fn sprays(&mut self, seen: &Seen<'_>, said: &mut Vec<(usize, String, u32)>) {
        let wrong = seen.sign_in.outcome.is_guess();
        if !(wrong || seen.ok && seen.sign_in.interactive == Some(true)) {
            return;
        }
        let key = (seen.address, seen.record.app.clone());
        let one = (seen.at, (seen.user.clone(), wrong), seen.incident);
        let window = self.by_app.push(key, one, 20 * MINUTE);
        let users = |failed: bool| {
            let of = window.iter().filter(|(_, (_, wrong), _)| *wrong == failed);
            of.map(|(_, (user, _), _)| user).collect::<HashSet<_>>().len()
        };
        if wrong && users(true) >= 5 && users(true) > users(false) {
            said.push((10, format!("{:?}", seen.address), incident(window)));
        }
        if !wrong {
            return;
        }
        let window =
            self.by_address.push(seen.address, (seen.at, seen.user.clone(), seen.incident), 5 * MINUTE);
        let users: HashSet<&Word> = window.iter().map(|(_, user, _)| user).collect();
        if users.len() > 30 {
            said.push((11, format!("{:?}", seen.address), incident(window)));
        }
        let now = seen.at.div_euclid(15 * MINUTE);
        let (bucket, by_error, of) = &mut self.bucket;
        if *bucket != now {
            (*bucket, *of) = (now, 0);
            by_error.clear();
        }
        *of = (*of).max(seen.incident);
        let users = by_error.entry(seen.sign_in.outcome).or_default();
        users.insert(seen.user.clone());
        if users.len() >= 15 {
            said.push((12, format!("{now}"), *of));
        }
    }

    fn guesses(&mut self, seen: &Seen<'_>, said: &mut Vec<(usize, String, u32)>) {
        if !matches!(
            seen.sign_in.outcome,
            Outcome::WrongPassword | Outcome::LockedOut | Outcome::FactorWrongCode
        ) {
            return;
        }
        let one = || (seen.at, (), seen.incident);
        let window = self.wrong.push(seen.user.clone(), one(), 10 * MINUTE);
        if window.len() > 20 {
            said.push((13, seen.user.to_string(), incident(window)));
        }
        let window = self.wrong_short.push(seen.user.clone(), one(), 5 * MINUTE);
        if window.len() >= 30 {
            said.push((14, seen.user.to_string(), incident(window)));
        }
    }
}
