//! A quick way to spread keys that are spread already: identifiers, and digests of them.
//!
//! Whoever chooses identifiers can make some of them share a place, and a table of a few thousand entries slower; that is the
//! worst of it, since every table here is bounded.

use std::hash::{BuildHasherDefault, Hasher};

/// For tables whose keys are identifiers.
pub(super) type Quick = BuildHasherDefault<Mixer>;

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<8>();
        for chunk in whole {
            self.write_u64(u64::from_le_bytes(*chunk));
        }
        for byte in rest {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = folded(self.0 ^ number);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Both halves of a product: every bit in it depends on every bit of the number.
fn folded(number: u64) -> u64 {
    let product = u128::from(number ^ 0x2545_f491_4f6c_dd1d).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (low, high) = (product & u128::from(u64::MAX), product >> 64);
    u64::try_from(low ^ high).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn identifiers_that_count_are_spread() {
        let places: HashSet<u64> =
            (0..4096_u128).map(|n| Quick::default().hash_one(n.to_be_bytes()) >> 40).collect();
        assert!(places.len() > 4000, "{}", places.len());
    }
}
