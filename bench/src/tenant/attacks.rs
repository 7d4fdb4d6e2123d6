//! What is done to the tenant, and by which variants, in two sets.

mod bombing;
mod devicecode;
mod guessing;
mod replay;
mod spray;

use model::time::{DAY, HOUR, MINUTE, SECOND};

use super::chance::Chance;
use super::draft::{Change, Deed, Detail, Draft, Line, Token};
use super::people::{People, Person, Role};
use super::world::{Agent, App, HOSTING, Net, PLACES, Resource, TOOLS, place};

/// Which variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Set {
    /// The first ones: to write rules by.
    Dev,
    /// Others; they were looked at too, see docs/detection.md.
    Test,
    /// All of them.
    All,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    DeviceCode,
    Bombing,
    Spray,
    Guessing,
    Replay,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::DeviceCode, Self::Bombing, Self::Spray, Self::Guessing, Self::Replay];

    /// As in labels.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::DeviceCode => "devicecode",
            Self::Bombing => "mfabomb",
            Self::Spray => "spray",
            Self::Guessing => "guess",
            Self::Replay => "replay",
        }
    }
}

/// Kind, name, whether it is one to tune on, and in how many of them a device is registered, of a thousand.
const VARIANTS: [(Kind, &str, bool, u32); 29] = [
    (Kind::DeviceCode, "classic", true, 500),
    (Kind::DeviceCode, "mab", true, 700),
    (Kind::DeviceCode, "fast", true, 200),
    (Kind::DeviceCode, "no50199", false, 400),
    (Kind::DeviceCode, "devbaseline", false, 200),
    (Kind::DeviceCode, "consent", false, 200),
    (Kind::DeviceCode, "sameip", false, 300),
    (Kind::DeviceCode, "residential", false, 300),
    (Kind::DeviceCode, "samenetwork", false, 300),
    (Kind::DeviceCode, "forgedbrowser", false, 300),
    (Kind::DeviceCode, "campaign", false, 100),
    (Kind::Bombing, "fast", true, 300),
    (Kind::Bombing, "short", false, 300),
    (Kind::Bombing, "slow", false, 200),
    (Kind::Bombing, "rotating", false, 0),
    (Kind::Bombing, "number", false, 0),
    (Kind::Bombing, "two", false, 0),
    (Kind::Spray, "single", true, 0),
    (Kind::Spray, "onetwo", false, 0),
    (Kind::Spray, "lowslow", false, 0),
    (Kind::Spray, "distributed", false, 0),
    (Kind::Guessing, "burst", true, 0),
    (Kind::Guessing, "totp", true, 0),
    (Kind::Guessing, "distributed", false, 0),
    (Kind::Replay, "cookie", true, 300),
    (Kind::Replay, "aitm", true, 300),
    (Kind::Replay, "relayed", false, 200),
    (Kind::Replay, "sameua", false, 0),
    (Kind::Replay, "residential", false, 0),
];

/// One incident.
#[derive(Clone, Debug)]
pub(crate) struct Incident {
    /// From 1.
    pub(crate) number: u32,
    /// What.
    pub(crate) kind: Kind,
    /// How.
    pub(crate) variant: &'static str,
    /// When it begins.
    pub(crate) at: i64,
    /// Whom it is done to.
    pub(crate) users: Vec<u32>,
    /// Whether a device is registered.
    pub(crate) device: bool,
}

impl Incident {
    /// Its name in labels.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        format!("{}-{}-{:04}", self.kind.code(), self.variant, self.number)
    }
}

/// What is done to these people from `from` on for so many days, `each` times by each variant, in the order of time.
#[must_use]
pub(crate) fn plan(people: &People, set: Set, (from, days): (i64, u32), each: u32) -> Vec<Incident> {
    let mut chance = Chance::new(people.seed, 3);
    let mut planned = Vec::new();
    for (kind, variant, dev, device) in VARIANTS {
        let wanted = match set {
            Set::Dev => dev,
            Set::Test => !dev,
            Set::All => true,
        };
        for _ in 0..if wanted { each } else { 0 } {
            let users = victims(people, kind, variant, &mut chance);
            let Some(first) = users.first() else { continue };
            let at = office_hour(people.get(*first), (from, days), &mut chance);
            planned.push(Incident {
                number: 0,
                kind,
                variant,
                at,
                users,
                device: chance.in_thousand(device),
            });
        }
    }
    planned.sort_by_key(|incident| incident.at);
    for (incident, number) in planned.iter_mut().zip(1..) {
        incident.number = number;
    }
    planned
}

/// A time at which somebody is at work.
fn office_hour(person: Person, (from, days): (i64, u32), chance: &mut Chance) -> i64 {
    let zone = place(person.place).ahead * HOUR;
    let days = i64::from(days.max(2));
    loop {
        let day = from.div_euclid(DAY) + chance.between(1, days);
        // The epoch was a Thursday.
        if (day + 3).rem_euclid(7) < 5 {
            return day * DAY - zone + chance.between(10 * HOUR, 16 * HOUR) / 1000 * 1000;
        }
        if days <= 2 {
            return day * DAY - zone + 11 * HOUR;
        }
    }
}

/// Whom it is done to.
fn victims(people: &People, kind: Kind, variant: &str, chance: &mut Chance) -> Vec<u32> {
    let many = match (kind, variant) {
        (Kind::Spray, "single") => 50,
        (Kind::Spray, "onetwo") => 14,
        (Kind::Spray, "lowslow") => 30,
        (Kind::Spray, "distributed") => 60,
        (Kind::DeviceCode, "campaign") => 5,
        _ => 1,
    };
    let wanted = |role: Role| match variant {
        "devbaseline" => role == Role::Developer,
        _ => matches!(role, Role::Office | Role::Remote),
    };
    let mut users = Vec::new();
    for _ in 0..20_000 {
        let user = chance.below(people.many());
        if wanted(people.get(user).role) && !users.contains(&user) {
            users.push(user);
        }
        if users.len() == many {
            break;
        }
    }
    users
}

/// The attacker's side of an incident.
struct Attack<'a> {
    incident: &'a Incident,
    people: &'a People,
    chance: Chance,
    out: &'a mut Vec<Line>,
}

/// What happens in an incident, not in the order of time.
pub(crate) fn carry_out(incident: &Incident, people: &People, out: &mut Vec<Line>) {
    let chance = Chance::new(people.seed, 4 << 40 | u64::from(incident.number));
    let mut attack = Attack { incident, people, chance, out };
    match incident.kind {
        Kind::DeviceCode => devicecode::carry_out(&mut attack),
        Kind::Bombing => bombing::carry_out(&mut attack),
        Kind::Spray => spray::carry_out(&mut attack),
        Kind::Guessing => guessing::carry_out(&mut attack),
        Kind::Replay => replay::carry_out(&mut attack),
    }
}

impl Attack<'_> {
    /// The victim.
    fn victim(&self) -> (u32, Person) {
        let user = self.incident.users.first().copied().unwrap_or(0);
        (user, self.people.get(user))
    }

    fn sign_in(&mut self, draft: Draft) {
        self.out.push(Line::SignIn(Draft { incident: self.incident.number, ..draft }));
    }

    /// A server that was rented for it.
    fn rented(&mut self) -> Net {
        let asn = self.chance.pick(&HOSTING);
        Net::rented(&mut self.chance, asn)
    }

    /// A proxy in somebody's house: in the victim's town, or anywhere.
    fn house(&mut self, near: Option<u8>) -> Net {
        let towns = u32::try_from(PLACES.len()).unwrap_or(1);
        let town = near.unwrap_or(u8::try_from(self.chance.below(towns)).unwrap_or(0));
        let asn = self.chance.pick(place(town).houses);
        Net::drawn(&mut self.chance, asn, town)
    }

    fn tool(&mut self) -> Agent {
        self.chance.pick(&TOOLS)
    }

    /// What is done with the tokens for some hours, and what is left behind.
    fn uses(&mut self, from: Draft, many: u32) {
        let mut at = from.at;
        for _ in 0..many {
            at += self.chance.between(4 * MINUTE, 70 * MINUTE);
            let app = self.chance.pick(&[App::Office, App::Office, App::Teams, App::OfficeHome]);
            let resource = self.chance.pick(&[
                Resource::Exchange,
                Resource::Exchange,
                Resource::Graph,
                Resource::SharePoint,
            ]);
            let correlation = self.chance.next();
            self.sign_in(Draft {
                at,
                app,
                resource,
                correlation,
                token: Token::Refresh,
                detail: Detail::None,
                interactive: false,
                ..from
            });
        }
        if self.incident.device {
            self.registers(from);
        }
        if self.chance.in_thousand(350) {
            self.leaves(from, Deed::InboxRuleMade, 25 * MINUTE);
        }
        if self.chance.in_thousand(150) {
            self.leaves(from, Deed::MethodRegistered, 40 * MINUTE);
        }
    }

    /// A device, and the token that it vouches for.
    fn registers(&mut self, from: Draft) {
        let at = from.at + self.chance.between(3 * MINUTE, 40 * MINUTE);
        let correlation = self.chance.next();
        let asks = Draft {
            at,
            app: App::Broker,
            resource: Resource::Registration,
            token: Token::Refresh,
            correlation,
            ..from
        };
        self.sign_in(Draft { interactive: false, detail: Detail::DeviceRegistration, ..asks });
        self.leaves(from, Deed::DeviceRegistered { by_tool: true }, at - from.at + 12 * SECOND);
        let device = u32::try_from(self.chance.next() >> 33).unwrap_or(0) | 3 << 29;
        let correlation = self.chance.next();
        let vouched = Draft {
            at: at + 70 * SECOND,
            token: Token::Primary,
            device,
            agent: Agent::Chrome,
            correlation,
            ..from
        };
        self.sign_in(Draft { interactive: true, detail: Detail::None, managed: false, ..vouched });
    }

    fn leaves(&mut self, from: Draft, deed: Deed, after: i64) {
        let change = Change {
            at: from.at + after,
            user: from.user,
            deed,
            net: from.net,
            chance: self.chance.next(),
            incident: self.incident.number,
        };
        self.out.push(Line::Change(change));
    }
}

/// Where the victim is.
fn desk(person: &Person) -> Net {
    if person.desk.asn == 0 { person.home } else { person.desk }
}
