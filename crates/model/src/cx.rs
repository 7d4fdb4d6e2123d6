//! What a decision may know of the world: the time, some chance, and the policy in force (law 5).

use std::sync::Arc;

use crate::entropy::Entropy;
use crate::policy::Policy;
use crate::time::Time;

/// The context of one decision. One request has one `Cx`, so it sees one `now`.
#[derive(Debug)]
pub struct Cx {
    /// When the request arrived, from a clock that never goes back.
    pub now: Time,
    /// The source of every random byte.
    pub entropy: Entropy,
    /// The rules in force.
    pub policy: Arc<Policy>,
    /// How many identifiers were made so far: it keeps those of one decision in the order of their making.
    made: u16,
}

impl Cx {
    /// A context at `now`.
    #[must_use]
    pub const fn new(now: Time, entropy: Entropy, policy: Arc<Policy>) -> Self {
        Self { now, entropy, policy, made: 0 }
    }

    /// A context for tests and simulations: a fixed time, chance from a seed, the default policy.
    #[must_use]
    pub fn simulated(now: Time, seed: u64) -> Self {
        Self::new(now, Entropy::seeded(seed), Arc::new(Policy::default()))
    }

    /// The next number for an identifier.
    pub(crate) const fn number(&mut self) -> u16 {
        self.made = self.made.wrapping_add(1);
        self.made
    }
}
