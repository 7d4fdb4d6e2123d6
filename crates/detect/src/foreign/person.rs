//! What is usual for one user: networks, devices, programs, device codes. Learned from what succeeded; an event that a
//! detector has an alarm about counts a third, so that nobody teaches it quickly what to overlook.

use model::event::imported::Handle;
use model::time::{HOUR, MINUTE, Time};

use super::sight::{App, Sight};

/// What a clean event counts.
const CLEAN: u16 = 3;
/// What an event counts that is part of an incident.
const DOUBTFUL: u16 = 1;
/// So long a network has to have been used before it counts as the user's own.
const SETTLED: i64 = 6 * HOUR;
/// From so many sign-ins on it is known what is usual.
pub(crate) const WARM: u32 = 15;

/// A network that the user came from.
#[derive(Clone, Copy, Debug, Default)]
struct Network {
    number: u32,
    weight: u16,
    /// First and last, in minutes since the epoch.
    first: u32,
    last: u32,
}

/// A use of device codes: which app, from where.
#[derive(Clone, Copy, Debug, Default)]
struct CodeUse {
    what: u32,
    weight: u16,
}

/// The last sign-in that somebody made by hand or at a desk.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Last {
    /// When, in microseconds.
    pub(crate) at: i64,
    /// In which network.
    pub(crate) network: u32,
    /// Where.
    pub(crate) place: Option<(i32, i32)>,
    /// Whether the network hosts servers.
    pub(crate) hosting: bool,
    /// Which record, where it is named by a GUID.
    pub(crate) record: Option<[u8; 16]>,
}

/// An alarm about the user.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Alarm {
    /// When it last was so.
    pub(crate) at: i64,
    /// From which network the stranger came.
    pub(crate) network: u32,
    /// In which session, as a mark; 0 where none is known.
    pub(crate) session: u64,
    /// Which incident, by its mark.
    pub(crate) incident: u64,
}

/// One user.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    /// How many sign-ins succeeded.
    pub(crate) sign_ins: u32,
    networks: [Network; 8],
    devices: [u32; 4],
    agents: [u32; 6],
    countries: [u32; 4],
    systems: u8,
    /// At desks: sign-ins in all, and those on a registered device; halved when they grow large.
    desk: (u16, u16),
    codes: [CodeUse; 4],
    /// When the first device code was used; 0 for never.
    pub(crate) first_code: i64,
    /// How often tools of developers were used by hand.
    pub(crate) develops: u16,
    /// The last sign-in by hand.
    pub(crate) by_hand: Last,
    /// The last use at a desk, in a network of the user's own.
    pub(crate) at_desk: Last,
    /// The last alarm.
    pub(crate) alarm: Alarm,
}

fn minutes(at: Time) -> u32 {
    u32::try_from(at.micros().div_euclid(MINUTE)).unwrap_or(0)
}

impl Person {
    /// Whether enough is known of what is usual.
    pub(crate) const fn is_warm(&self) -> bool {
        self.sign_ins >= WARM
    }

    /// Whether the network is the user's own: used before, and not only since a moment ago.
    pub(crate) fn is_home(&self, network: u32, at: Time) -> bool {
        network != 0
            && self.networks.iter().any(|known| {
                known.number == network
                    && known.weight >= CLEAN
                    && i64::from(minutes(at).saturating_sub(known.first)) * MINUTE >= SETTLED
            })
    }

    /// Whether the network was ever used and nothing was doubtful about it.
    pub(crate) fn has_used(&self, network: u32) -> bool {
        network != 0 && self.networks.iter().any(|known| known.number == network && known.weight >= CLEAN)
    }

    /// Whether the program was used before, in whatever version.
    pub(crate) fn has_agent(&self, family: u32) -> bool {
        self.agents.contains(&family)
    }

    /// Whether somebody signed in from the country lately, and nothing was doubtful about it.
    pub(crate) fn has_country(&self, country: u32) -> bool {
        self.countries.contains(&country)
    }

    /// Whether the system was used before.
    pub(crate) const fn has_system(&self, bit: u8) -> bool {
        bit == 0 || self.systems & bit != 0
    }

    /// Whether the device was used before.
    pub(crate) fn has_device(&self, device: u32) -> bool {
        device != 0 && self.devices.contains(&device)
    }

    /// Whether nearly every sign-in at a desk is on a registered device.
    pub(crate) fn keeps_to_devices(&self) -> bool {
        let (all, registered) = self.desk;
        all >= 10 && u32::from(registered) * 10 >= u32::from(all) * 9
    }

    /// How often this app used device codes from this network, in thirds.
    pub(crate) fn code_weight(&self, app: u32, network: u32) -> u16 {
        let what = code(app, network);
        self.codes.iter().find(|known| known.what == what).map_or(0, |known| known.weight)
    }

    /// Takes a success into account.
    pub(crate) fn learn(&mut self, sight: &Sight<'_>, doubtful: bool) {
        self.sign_ins = self.sign_ins.saturating_add(1);
        self.learn_network(sight.from.network, sight.at, if doubtful { DOUBTFUL } else { CLEAN });
        if doubtful {
            return;
        }
        if !sight.agent.tool {
            self.systems |= sight.agent.system.bit();
        }
        to_front(&mut self.agents, sight.agent.family);
        to_front(&mut self.devices, sight.device);
        to_front(&mut self.countries, sight.country);
        if sight.app == App::Developer && !sight.of_device_code() {
            self.develops = self.develops.saturating_add(1);
        }
        if !sight.agent.phone && !sight.agent.tool {
            let (all, registered) = &mut self.desk;
            *all += 1;
            *registered += u16::from(sight.device != 0);
            if *all >= 200 {
                (*all, *registered) = (*all / 2, *registered / 2);
            }
            if self.is_home(sight.from.network, sight.at) {
                self.at_desk = last(sight);
            }
        }
        if sight.interactive() {
            self.by_hand = last(sight);
        }
    }

    /// Takes a use of a device code into account.
    pub(crate) fn learn_code(&mut self, sight: &Sight<'_>, doubtful: bool) {
        if self.first_code == 0 {
            self.first_code = sight.at.micros();
        }
        let (what, weight) =
            (code(sight.app_mark, sight.from.network), if doubtful { DOUBTFUL } else { CLEAN });
        if let Some(known) = self.codes.iter_mut().find(|known| known.what == what) {
            known.weight = known.weight.saturating_add(weight);
        } else if let Some(least) = self.codes.iter_mut().min_by_key(|known| known.weight) {
            *least = CodeUse { what, weight };
        }
    }

    fn learn_network(&mut self, number: u32, at: Time, weight: u16) {
        if number == 0 {
            return;
        }
        let now = minutes(at);
        if let Some(known) = self.networks.iter_mut().find(|known| known.number == number) {
            // What was only doubtful until now is new from its first clean use on.
            if known.weight < CLEAN && weight >= CLEAN {
                known.first = now;
            }
            known.weight = known.weight.saturating_add(weight);
            known.last = now;
            return;
        }
        // The one that was not used for longest makes room; one that was hardly ever used before one that often was.
        let least = self
            .networks
            .iter_mut()
            .min_by_key(|known| u64::from(known.last) + u64::from(known.weight.min(300)) * 60);
        if let Some(least) = least {
            *least = Network { number, weight, first: now, last: now };
        }
    }
}

const fn code(app: u32, network: u32) -> u32 {
    app.rotate_left(7) ^ network.wrapping_mul(0x9e37_79b9)
}

fn last(sight: &Sight<'_>) -> Last {
    Last {
        at: sight.at.micros(),
        network: sight.from.network,
        place: sight.place(),
        hosting: sight.from.hosting,
        record: match &sight.record.record {
            Handle::Guid(bytes) => Some(*bytes),
            Handle::Text(_) => None,
        },
    }
}

/// Moves something to the front of a short list, the last one falls off.
fn to_front<const N: usize>(list: &mut [u32; N], one: u32) {
    if one == 0 {
        return;
    }
    let at = list.iter().position(|known| *known == one).unwrap_or(N.saturating_sub(1));
    if let Some(head) = list.get_mut(..=at) {
        head.rotate_right(1);
        if let Some(first) = head.first_mut() {
            *first = one;
        }
    }
}
