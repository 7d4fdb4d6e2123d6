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
}

impl Cx {
    /// A context for tests and simulations: a fixed time, chance from a seed, the default policy.
    #[must_use]
    pub fn simulated(now: Time, seed: u64) -> Self {
        Self { now, entropy: Entropy::seeded(seed), policy: Arc::new(Policy::default()) }
    }
}
