//! Hashes passwords with argon2id, and verifies against that and against what was imported.
//!
//! Implements: RFC 9106 (argon2), RFC 8018 §5.2 (PBKDF2), RFC 7914 (scrypt); NIST SP 800-63B-4 §3.1.1.2 (salted, a suitable
//! password hashing scheme), OWASP ASVS 5.0 11.4.2 (parameters of the OWASP password storage cheat sheet).

use std::num::NonZeroU32;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2;
use model::entropy::{Entropy, NoEntropy};
use subtle::ConstantTimeEq;
use wire::Malformed;
use wire::password_hash::{Argon2 as Variant, Method, PasswordHash, Sha};
use zeroize::{Zeroize, Zeroizing};

use crate::password::Password;

/// Memory of argon2id, in KiB: 19 MiB.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
pub const PASSES: u32 = 2;
/// Lanes: one, because the pool runs one password on each core.
pub const LANES: u32 = 1;
/// Bytes of output.
const OUTPUT: usize = 32;
/// Bytes that bcrypt looks at; what follows it never sees.
const BCRYPT_SEES: usize = 72;

/// How all new hashes are made.
const CURRENT: Method =
    Method::Argon2 { variant: Variant::Id, memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };

/// What an account without a password is verified against. No password is known to have this hash: its output was drawn,
/// and not computed.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$jH5tLw0QmnB2qkYyq8Jv6Q$Wm7b0yXvE5y1dZQp3cT8sJ4uKfR2aNhG6xLo9iVtBqU";

/// Sixteen bytes that make a hash differ from all others. Drawn where there is a `Cx`, used where there is none.
pub struct Salt([u8; 16]);

impl Salt {
    /// Draws one.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn draw(entropy: &mut Entropy) -> Result<Self, NoEntropy> {
        entropy.bytes().map(Self)
    }
}

/// The memory that argon2 fills: kept by a thread from one password to the next, wiped when it is dropped.
#[derive(Default)]
pub struct Scratch(Vec<Block>);

impl Scratch {
    /// At least `count` blocks.
    fn blocks(&mut self, count: usize) -> Result<&mut [Block], Unverifiable> {
        let missing = count.saturating_sub(self.0.len());
        self.0.try_reserve_exact(missing).map_err(|_| Unverifiable::Memory)?;
        self.0.resize(self.0.len().max(count), Block::new());
        self.0.get_mut(..count).ok_or(Unverifiable::Memory)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Something about a hash could not be computed. No password is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverifiable {
    /// The system gave no memory.
    #[error("there is not enough memory to hash a password")]
    Memory,
    /// Parameters that were read are not those of the method, which the reader rules out.
    #[error("the parameters of a password hash are out of its method's range")]
    Parameters,
}

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password, or there is none.
    Wrong,
    /// It is the password; and what should happen to its hash.
    Right(Upkeep),
}

/// What should happen to a hash that matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Nothing: it is ours, as we make them today.
    None,
    /// Hash what was typed anew ([`hash`]) and keep that: this one was imported, or is of an older version.
    Rehash,
    /// Ask for a new password. bcrypt compared the first 72 bytes only, so that nobody knows whether the rest of what was
    /// typed is what was once chosen; to hash it would make a slip the new password.
    ChooseAnew,
}

/// Hashes a password as new ones are.
///
/// # Errors
/// [`Unverifiable::Memory`].
pub fn hash(password: &Password, salt: &Salt, scratch: &mut Scratch) -> Result<PasswordHash, Unverifiable> {
    let mut output = [0; OUTPUT];
    let cost = (MEMORY_KIB, PASSES, LANES);
    argon2(Variant::Id, cost, (password.expose().as_bytes(), &salt.0), &mut output, scratch)?;
    PasswordHash::argon2id(cost, &salt.0, &output).map_err(|_| Unverifiable::Parameters)
}

/// Verifies a password against what is kept for an account; an account for which nothing is kept takes as long as one
/// with a hash of ours.
///
/// Every spelling of the password is compared, and none is left out because another has matched: the time depends on the
/// hash and on what was typed, and not on what came of it.
///
/// # Errors
/// [`Unverifiable`].
pub fn verify(
    kept: Option<&PasswordHash>,
    password: &Password,
    scratch: &mut Scratch,
) -> Result<Verdict, Unverifiable> {
    let nobodys = if kept.is_none() { Some(nobodys()?) } else { None };
    let Some(hash) = kept.or(nobodys.as_ref()) else { return Err(Unverifiable::Parameters) };
    let mut verdict = Verdict::Wrong;
    for (n, text) in password.spellings().enumerate() {
        if matches(hash, text.as_bytes(), scratch)? && verdict == Verdict::Wrong {
            verdict = Verdict::Right(upkeep(hash, text, n == 0));
        }
    }
    Ok(if kept.is_some() { verdict } else { Verdict::Wrong })
}

/// Whether a hash is one that [`hash`] would not make today.
#[must_use]
pub fn needs_rehash(hash: &PasswordHash) -> bool {
    hash.method() != CURRENT || hash.salt().len() != 16 || hash.output().len() != OUTPUT
}

fn upkeep(hash: &PasswordHash, text: &str, normal: bool) -> Upkeep {
    if matches!(hash.method(), Method::Bcrypt { .. }) && text.len() > BCRYPT_SEES {
        Upkeep::ChooseAnew
    } else if needs_rehash(hash) || !normal {
        Upkeep::Rehash
    } else {
        Upkeep::None
    }
}

fn nobodys() -> Result<PasswordHash, Unverifiable> {
    PasswordHash::parse(NOBODYS).map_err(|_: Malformed| Unverifiable::Parameters)
}

/// Whether `text` has this hash, in constant time.
fn matches(hash: &PasswordHash, text: &[u8], scratch: &mut Scratch) -> Result<bool, Unverifiable> {
    let salt = hash.salt();
    let mut output = Zeroizing::new(vec![0; hash.output().len()]);
    match hash.method() {
        Method::Argon2 { variant, memory_kib, passes, lanes } => {
            argon2(variant, (memory_kib, passes, lanes), (text, salt), &mut output, scratch)?;
        }
        Method::Bcrypt { cost } => bcrypt(cost, salt, text, &mut output)?,
        Method::Pbkdf2 { digest, rounds } => {
            let algorithm = match digest {
                Sha::One => pbkdf2::PBKDF2_HMAC_SHA1,
                Sha::Two256 => pbkdf2::PBKDF2_HMAC_SHA256,
                Sha::Two512 => pbkdf2::PBKDF2_HMAC_SHA512,
            };
            let rounds = NonZeroU32::new(rounds).ok_or(Unverifiable::Parameters)?;
            pbkdf2::derive(algorithm, rounds, salt, text, &mut output);
        }
        Method::Scrypt { log_n, block, lanes } => {
            let params = scrypt::Params::new(log_n, block, lanes).map_err(|_| Unverifiable::Parameters)?;
            scrypt::scrypt(text, salt, &params, &mut output).map_err(|_| Unverifiable::Parameters)?;
        }
    }
    Ok(output.ct_eq(hash.output()).into())
}

fn argon2(
    variant: Variant,
    (memory_kib, passes, lanes): (u32, u32, u32),
    (text, salt): (&[u8], &[u8]),
    output: &mut [u8],
    scratch: &mut Scratch,
) -> Result<(), Unverifiable> {
    let (algorithm, version) = match variant {
        Variant::Id => (Algorithm::Argon2id, Version::V0x13),
        Variant::I => (Algorithm::Argon2i, Version::V0x13),
        Variant::OldI => (Algorithm::Argon2i, Version::V0x10),
    };
    let params = Params::new(memory_kib, passes, lanes, Some(output.len()));
    let params = params.map_err(|_| Unverifiable::Parameters)?;
    let count = params.block_count();
    let made = Argon2::new(algorithm, version, params);
    // A larger imported hash gets memory of its own, so that no thread keeps a quarter of a gigabyte for it.
    let mut own = Scratch::default();
    let scratch = if memory_kib > MEMORY_KIB { &mut own } else { scratch };
    let blocks = scratch.blocks(count)?;
    made.hash_password_into_with_memory(text, salt, output, blocks).map_err(|_| Unverifiable::Parameters)
}

/// bcrypt sees the first 72 bytes of a password and the zero byte after it (there is none within ours).
fn bcrypt(cost: u32, salt: &[u8], text: &[u8], output: &mut [u8]) -> Result<(), Unverifiable> {
    let salt: [u8; 16] = salt.try_into().map_err(|_| Unverifiable::Parameters)?;
    let seen: Vec<u8> = text.iter().copied().chain([0]).take(BCRYPT_SEES).collect();
    let seen = Zeroizing::new(seen);
    let made = Zeroizing::new(::bcrypt::bcrypt(cost, salt, &seen));
    for (to, from) in output.iter_mut().zip(made.iter()) {
        *to = *from;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
