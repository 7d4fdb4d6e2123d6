//! Who works there: everything about a person at the beginning follows from the seed and the person's number.

use super::chance::Chance;
use super::world::{Agent, CLOUDS, Net, OFFICE_LINE, OFFICES, PLACES, place};

/// What somebody does all day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// Comes to the office on most days.
    #[default]
    Office,
    /// Works at home.
    Remote,
    /// Works with command lines, some of them in a cloud.
    Developer,
    /// A meeting room with a screen.
    Room,
    /// A program of the organisation's own.
    Script,
}

/// Somebody, as they are now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    pub(crate) role: Role,
    /// The town.
    pub(crate) place: u8,
    /// The line at home, and the mast nearby.
    pub(crate) home: Net,
    pub(crate) mast: Net,
    /// The machine in a developer's or a program's cloud.
    pub(crate) cloud: Net,
    /// The browser at the desk, the registered device that it runs on (0 for none), whether the tenant manages it.
    pub(crate) agent: Agent,
    pub(crate) device: u32,
    pub(crate) managed: bool,
    /// The telephone.
    pub(crate) phone: Agent,
    /// When the day begins, in minutes after local midnight.
    pub(crate) begins: i64,
    /// Where the desk is today, and until when that day lasts.
    pub(crate) desk: Net,
    pub(crate) until: i64,
    /// The sessions of desk and telephone.
    pub(crate) session: u64,
    pub(crate) session_until: i64,
    pub(crate) phone_session: u64,
    /// Where somebody is who travels, and until when.
    pub(crate) away: Net,
    pub(crate) away_until: i64,
    /// Until when a private tunnel is on.
    pub(crate) tunnel: Net,
    pub(crate) tunnel_until: i64,
    /// How often the present step was repeated.
    pub(crate) repeats: u8,
    /// Whether the developer has used a device code before.
    pub(crate) coded: bool,
}

/// Everybody, and where the organisation itself is.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) seed: u64,
    pub(crate) all: Vec<Person>,
    /// What the offices show to the world: two addresses each.
    offices: Vec<[Net; 2]>,
    /// What the organisation's own tunnel shows.
    gateways: [Net; 2],
}

impl People {
    /// So many people.
    #[must_use]
    pub(crate) fn new(seed: u64, many: u32) -> Self {
        let mut chance = Chance::new(seed, 1);
        let offices = (0..u8::try_from(OFFICES).unwrap_or(1)).map(|place| {
            let first = Net::drawn(&mut chance, OFFICE_LINE, place);
            [first, Net { ip: first.ip ^ 1, ..first }]
        });
        let offices: Vec<[Net; 2]> = offices.collect();
        let gateway = Net::drawn(&mut chance, OFFICE_LINE, 0);
        let gateways = [gateway, Net { ip: gateway.ip ^ 2, place: 2, ..gateway }];
        Self { seed, all: (0..many).map(|number| born(seed, number)).collect(), offices, gateways }
    }

    /// How many.
    pub(crate) fn many(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Somebody.
    pub(crate) fn get(&self, number: u32) -> Person {
        usize::try_from(number).ok().and_then(|at| self.all.get(at)).copied().unwrap_or_default()
    }

    /// Somebody, as they are from now on.
    pub(crate) fn put(&mut self, number: u32, person: Person) {
        if let Some(one) = usize::try_from(number).ok().and_then(|at| self.all.get_mut(at)) {
            *one = person;
        }
    }

    /// The office of a town, or the nearest one.
    pub(crate) fn office(&self, place: u8, chance: &mut Chance) -> Net {
        let number = usize::from(place) % self.offices.len().max(1);
        let pair = self.offices.get(number).copied().unwrap_or_default();
        chance.pick(&pair)
    }

    /// The organisation's own tunnel.
    pub(crate) fn gateway(&self, chance: &mut Chance) -> Net {
        chance.pick(&self.gateways)
    }
}

fn born(seed: u64, number: u32) -> Person {
    let mut chance = Chance::new(seed, 1 << 40 | u64::from(number));
    let role = match chance.below(1000) {
        0..=549 => Role::Office,
        550..=919 => Role::Remote,
        920..=969 => Role::Developer,
        970..=989 => Role::Room,
        _ => Role::Script,
    };
    let town = if role == Role::Remote {
        chance.below(u32::try_from(PLACES.len()).unwrap_or(1))
    } else {
        chance.below(OFFICES)
    };
    let town = u8::try_from(town).unwrap_or(0);
    let Place { houses, masts } = Place::of(town);
    let (house, mast) = (chance.pick(houses), chance.pick(masts));
    let managed = chance.in_thousand(620);
    let agent = match (role, chance.below(100)) {
        (Role::Room, _) => Agent::TeamsRoom,
        (Role::Script, _) => Agent::Python,
        (_, 0..=49) => Agent::Edge,
        (_, 50..=64) => Agent::Chrome,
        (_, 65..=69) => Agent::Firefox,
        (_, 70..=92) => Agent::SafariMac,
        _ => Agent::ChromeMac,
    };
    let cloud = chance.pick(&CLOUDS);
    Person {
        role,
        place: town,
        home: Net::drawn(&mut chance, house, town),
        mast: Net::drawn(&mut chance, mast, town),
        cloud: Net::rented(&mut chance, cloud),
        agent,
        device: if managed && role != Role::Script { number + 1 } else { 0 },
        managed,
        phone: if chance.in_thousand(700) { Agent::IPhone } else { Agent::Android },
        begins: 420 + i64::from(chance.below(150)),
        coded: chance.in_thousand(800),
        ..Person::default()
    }
}

/// Whose lines are where somebody lives.
struct Place {
    houses: &'static [u32],
    masts: &'static [u32],
}

impl Place {
    fn of(number: u8) -> Self {
        let place = place(number);
        Self { houses: place.houses, masts: place.masts }
    }
}
