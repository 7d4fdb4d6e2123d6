//! What is usual among colleagues: which networks and which addresses several of them use.

use super::sight::Sight;
use crate::kept::{Kept, Memory};
use crate::mark::{Mark, both, short};

const NETWORKS: usize = 16_384;
const ADDRESSES: usize = 32_768;
/// From so many colleagues on it is usual.
pub(crate) const SEVERAL: usize = 5;

/// The first few who were there.
#[derive(Clone, Copy, Debug, Default)]
struct Crowd([u32; 6]);

impl Crowd {
    fn join(&mut self, user: u32) {
        if self.0.contains(&user) {
            return;
        }
        if let Some(room) = self.0.iter_mut().find(|room| **room == 0) {
            *room = user;
        }
    }

    /// How many of them are not this one.
    fn others(&self, user: u32) -> usize {
        self.0.iter().filter(|other| **other != 0 && **other != user).count()
    }
}

/// Who is seen where.
#[derive(Debug)]
pub(crate) struct Tenant {
    addresses: Kept<Crowd>,
    networks: Kept<Crowd>,
    codes: Kept<Crowd>,
}

impl Default for Tenant {
    fn default() -> Self {
        Self { addresses: Kept::new(ADDRESSES), networks: Kept::new(NETWORKS), codes: Kept::new(NETWORKS) }
    }
}

impl Tenant {
    /// Takes a success into account about which no detector has an alarm.
    pub(crate) fn learn(&mut self, sight: &Sight<'_>) {
        let user = short(sight.user) | 1;
        self.networks.entry(network(sight), Crowd::default).join(user);
        // A rented server is nobody's office, however many were lured to it; nor is a mast.
        if sight.from.near != 0 && !sight.from.hosting && !sight.agent.phone {
            self.addresses.entry(sight.from.near, Crowd::default).join(user);
        }
    }

    /// That a user is used to device codes by this app from this network.
    pub(crate) fn learn_code(&mut self, sight: &Sight<'_>) {
        self.codes.entry(code(sight), Crowd::default).join(short(sight.user) | 1);
    }

    /// Whether several colleagues use the network.
    pub(crate) fn is_colleagues(&self, sight: &Sight<'_>) -> bool {
        others(&self.networks, network(sight), sight) >= SEVERAL
    }

    /// Whether several colleagues sign in at the same addresses.
    pub(crate) fn is_office(&self, sight: &Sight<'_>) -> bool {
        !sight.from.hosting && others(&self.addresses, sight.from.near, sight) >= SEVERAL
    }

    /// How many colleagues are used to device codes by this app from this network.
    pub(crate) fn code_users(&self, sight: &Sight<'_>) -> usize {
        others(&self.codes, code(sight), sight)
    }

    /// How much that is.
    pub(crate) fn memory(&self) -> Memory {
        self.addresses.memory().and(self.networks.memory()).and(self.codes.memory())
    }
}

fn others(of: &Kept<Crowd>, mark: Mark, sight: &Sight<'_>) -> usize {
    of.peek(mark).map_or(0, |crowd| crowd.others(short(sight.user) | 1))
}

fn network(sight: &Sight<'_>) -> Mark {
    both(1, u64::from(sight.from.network))
}

fn code(sight: &Sight<'_>) -> Mark {
    both(both(3, u64::from(sight.from.network)), u64::from(sight.app_mark))
}
