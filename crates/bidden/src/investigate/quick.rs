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
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        // The table takes some of its bits from the upper end.
        self.0 ^ self.0.rotate_left(32)
    }
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
