//! Where random bytes come from: the operating system, or in tests a seed.

use aws_lc_rs::hmac;

/// A source of random bytes that is handed in (law 5). `System` never repeats; `Seeded` always does.
#[derive(Debug)]
pub struct Entropy(Kind);

#[derive(Debug)]
enum Kind {
    System,
    Seeded { key: Box<hmac::Key>, counter: u64 },
}

/// The system gave no random bytes. Nothing secret can be made; callers answer with a fault.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoEntropy;

impl Entropy {
    /// The operating system's generator (through AWS-LC's approved DRBG).
    #[must_use]
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A stream that depends on `seed` alone: HMAC-SHA-256 in counter mode. For tests and simulations.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Kind::Seeded {
            key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes())),
            counter: 0,
        })
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`NoEntropy`] when the operating system's generator fails.
    pub fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        match &mut self.0 {
            Kind::System =>
            {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place that asks the system for chance"
                )]
                aws_lc_rs::rand::fill(bytes).map_err(|_| NoEntropy)
            }
            Kind::Seeded { key, counter } => {
                for chunk in bytes.chunks_mut(32) {
                    let block = hmac::sign(key, &counter.to_be_bytes());
                    *counter += 1;
                    for (to, from) in chunk.iter_mut().zip(block.as_ref()) {
                        *to = *from;
                    }
                }
                Ok(())
            }
        }
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// [`NoEntropy`] when the operating system's generator fails.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], NoEntropy> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_the_system_does_not() {
        let draw = |mut entropy: Entropy| entropy.bytes::<40>().unwrap();
        assert_eq!(draw(Entropy::seeded(7)), draw(Entropy::seeded(7)));
        assert_ne!(draw(Entropy::seeded(7)), draw(Entropy::seeded(8)));
        assert_ne!(draw(Entropy::system()), draw(Entropy::system()));
    }
}
