//! A private name to sign in by, in place of an address that others know.

use unicode_security::confusable_detection::skeleton;
use wire::name::Name;

use crate::digest::{Digest, Keys, Of};
use crate::entropy::{Entropy, NoEntropy};
use crate::reference;

/// A name with its keyed digest. Names that look alike (UTS 39) are one: the second is refused as taken.
#[derive(Clone, Debug)]
pub struct PrivateName {
    name: Name,
    identity: Digest,
    destination: Digest,
}

impl PrivateName {
    /// Computes the digests of `name`, apart from those of all addresses.
    #[must_use]
    pub fn new(name: Name, keys: &Keys) -> Self {
        let plain: String = skeleton(name.as_str()).collect::<String>().to_lowercase();
        let identity = keys.digest(Of::Identity, &[b"name", plain.as_bytes()]);
        let destination = keys.digest(Of::Destination, &[b"name", plain.as_bytes()]);
        Self { name, identity, destination }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.name.as_str()
    }

    /// Which account is meant.
    #[must_use]
    pub const fn identity(&self) -> Digest {
        self.identity
    }

    /// Whose budget is spent where nobody has this name: nobody's.
    #[must_use]
    pub const fn destination(&self) -> Digest {
        self.destination
    }

    /// `a…`
    #[must_use]
    pub fn masked(&self) -> String {
        masked(self.as_str())
    }
}

/// See [`PrivateName::masked`].
#[must_use]
pub fn masked(name: &str) -> String {
    format!("{}…", name.chars().take(1).collect::<String>())
}

/// Draws a name: two words and six digits, one of four thousand million.
///
/// # Errors
/// [`NoEntropy`] when the system gives no random bytes.
pub fn draw(entropy: &mut Entropy) -> Result<String, NoEntropy> {
    let words = reference::draw(entropy)?;
    let number = u32::from_be_bytes(entropy.bytes()?) % 1_000_000;
    Ok(format!("{words}-{number:06}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PrivateName {
        PrivateName::new(Name::parse(text).unwrap(), &Keys::simulated().unwrap())
    }

    #[test]
    fn names_that_look_alike_are_one_and_no_name_is_an_address() {
        let one = name("amber-falcon");
        for alike in ["Amber-Falcon", "аmber-falcon", "arnber-falcon"] {
            assert!(one.identity().matches(&name(alike).identity()), "{alike}");
        }
        assert!(!one.identity().matches(&name("amber-falcons").identity()));
        let keys = Keys::simulated().unwrap();
        assert!(!one.identity().matches(&keys.digest(Of::Identity, &[b"amber-falcon"])));
    }

    #[test]
    fn a_drawn_name_can_be_typed() {
        for seed in 0..50 {
            let drawn = draw(&mut Entropy::seeded(seed)).unwrap();
            assert_eq!(Name::parse(&drawn).unwrap().as_str(), drawn);
        }
    }
}
