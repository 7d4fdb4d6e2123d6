//! A password hash as it is stored or as another system exports it: method, salt and output.
//!
//! Implements: the PHC string format of argon2id, argon2i, PBKDF2 and scrypt; the modular crypt format of
//! bcrypt; and the spellings of Passlib and Django.
//!
//! The parameters have upper bounds, because a hash that comes from outside also says how much work its
//! verification is: whatever is read here takes at most [`MOST_MEMORY_KIB`] of memory and about a second or two.

mod read;
mod write;

use std::fmt;

use crate::Malformed;

/// Longest text of a hash, in bytes.
pub const LONGEST: usize = 512;
/// Most memory that a verification may take, in KiB.
pub const MOST_MEMORY_KIB: u32 = 256 * 1024;
/// Most memory that argon2 may fill, in KiB: its memory times its passes.
pub const MOST_FILLED_KIB: u32 = 1024 * 1024;
/// Most lanes of argon2 and of scrypt.
pub const MOST_LANES: u32 = 16;
/// Most memory that scrypt may fill, in KiB: that of one lane times its lanes.
pub const MOST_MIXED_KIB: u32 = 512 * 1024;
/// Highest cost of bcrypt: two to this power are its rounds.
pub const HIGHEST_COST: u32 = 14;
/// Most rounds of PBKDF2 with SHA-1 and SHA-256, those for each block of the output counted.
pub const MOST_ROUNDS: u32 = 4_000_000;
/// The same with SHA-512, whose rounds take four times as long.
pub const MOST_ROUNDS_512: u32 = 1_000_000;

/// The least and the most bytes of an output. A shorter one would be a hash that too many passwords have.
const OUTPUT: (usize, usize) = (16, 64);
/// The least and the most bytes of a salt.
const SALT: (usize, usize) = (1, 64);

/// A hash that was read, within the bounds of this module. Its `Debug` shows the method only.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    method: Method,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// How a hash was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Argon2 (RFC 9106).
    Argon2 {
        /// Which of its variants.
        variant: Argon2,
        /// Memory, in KiB.
        memory_kib: u32,
        /// How often the memory is filled.
        passes: u32,
        /// Into how many lanes it is divided.
        lanes: u32,
    },
    /// bcrypt; `$2a$`, `$2b$` and `$2y$` are the same for passwords that people have.
    Bcrypt {
        /// Two to this power are the rounds.
        cost: u32,
    },
    /// PBKDF2 (RFC 8018 §5.2) with an HMAC.
    Pbkdf2 {
        /// Its hash function.
        digest: Sha,
        /// Its rounds.
        rounds: u32,
    },
    /// scrypt (RFC 7914).
    Scrypt {
        /// Two to this power is its cost N.
        log_n: u8,
        /// Its block size r.
        block: u32,
        /// Its parallelisation p.
        lanes: u32,
    },
}

/// A variant and version of argon2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argon2 {
    /// argon2id, version 1.3: ours.
    Id,
    /// argon2i, version 1.3.
    I,
    /// argon2i, version 1.0, as it was before 2016.
    OldI,
}

/// A hash function below PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sha {
    /// SHA-1.
    One,
    /// SHA-256.
    Two256,
    /// SHA-512.
    Two512,
}

impl Sha {
    /// The bytes of its output.
    pub const fn size(self) -> usize {
        match self {
            Self::One => 20,
            Self::Two256 => 32,
            Self::Two512 => 64,
        }
    }
}

impl PasswordHash {
    /// Reads the text of a hash.
    ///
    /// # Errors
    /// [`Malformed`] for a method, a spelling or a parameter that is not taken. It repeats nothing of the text.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        read::hash(text)
    }

    /// A hash of argon2id that was just made.
    ///
    /// # Errors
    /// [`Malformed`] when it is beyond the bounds of this module.
    pub fn argon2id(
        (memory_kib, passes, lanes): (u32, u32, u32),
        salt: &[u8],
        output: &[u8],
    ) -> Result<Self, Malformed> {
        let method = Method::Argon2 { variant: Argon2::Id, memory_kib, passes, lanes };
        Self { method, salt: salt.to_vec(), output: output.to_vec() }.bounded(0)
    }

    /// How it was made.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// What makes it differ from the hashes of the same password.
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// What came out.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Itself, if verifying it is work that can be borne; `at` is where its parameters stood.
    fn bounded(self, at: usize) -> Result<Self, Malformed> {
        let refuse = |expected| Err(Malformed { what: WHAT, at, expected });
        if !(OUTPUT.0..=OUTPUT.1).contains(&self.output.len()) {
            return refuse("an output of 16 to 64 bytes");
        }
        if !(SALT.0..=SALT.1).contains(&self.salt.len()) {
            return refuse("a salt of 1 to 64 bytes");
        }
        match self.method {
            Method::Argon2 { memory_kib, passes, lanes, .. } => {
                // RFC 9106 §3.1: at least 8 KiB a lane, and a salt of 8 bytes.
                let least = lanes.saturating_mul(8);
                if self.salt.len() < 8 {
                    return refuse("a salt of at least 8 bytes");
                }
                if !(1..=MOST_LANES).contains(&lanes) {
                    return refuse("1 to 16 lanes");
                }
                if !(least..=MOST_MEMORY_KIB).contains(&memory_kib) {
                    return refuse("a memory of 8 KiB a lane to 256 MiB");
                }
                if passes == 0 || memory_kib.saturating_mul(passes) > MOST_FILLED_KIB {
                    return refuse("1 or more passes that fill at most 1 GiB in all");
                }
            }
            Method::Bcrypt { cost } => {
                if !(4..=HIGHEST_COST).contains(&cost) {
                    return refuse("a cost from 4 to 14");
                }
            }
            Method::Pbkdf2 { digest, rounds } => {
                let blocks = self.output.len().div_ceil(digest.size());
                let all = rounds.saturating_mul(u32::try_from(blocks).unwrap_or(u32::MAX));
                let (most, expected) = match digest {
                    Sha::One | Sha::Two256 => (MOST_ROUNDS, "1 to 4,000,000 rounds"),
                    Sha::Two512 => (MOST_ROUNDS_512, "1 to 1,000,000 rounds"),
                };
                if rounds == 0 || all > most {
                    return refuse(expected);
                }
            }
            Method::Scrypt { log_n, block, lanes } => {
                let one = 1_u32.checked_shl(u32::from(log_n)).unwrap_or(u32::MAX).saturating_mul(block) / 8;
                if log_n == 0 || block == 0 || one > MOST_MEMORY_KIB {
                    return refuse("N and r of at most 256 MiB");
                }
                if !(1..=MOST_LANES).contains(&lanes) {
                    return refuse("p from 1 to 16");
                }
                // Each lane has 128 r bytes of its own besides.
                let beside = block.saturating_mul(lanes) / 8;
                if one.saturating_mul(lanes) > MOST_MIXED_KIB || beside > MOST_MEMORY_KIB {
                    return refuse("N, r and p of at most 512 MiB in all");
                }
            }
        }
        Ok(self)
    }
}

const WHAT: &str = "password hash";

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?})", self.method)
    }
}

#[cfg(test)]
mod tests;
