//! Texts that are drawn, handed out once and kept as keyed digests: codes, tokens and secrets of clients.
//!
//! Implements: RFC 6749 §10.10 (guessing: at most 2⁻¹²⁸, here 2⁻²⁵⁶), RFC 9126 §2.2, RFC 8628 §5.2. Each kind begins with
//! its own letters, so that whoever scans for lost secrets finds them, and has its own digests, so that none passes for
//! another.

use wire::token;

use crate::digest::{Digest, Keys, Of};
use crate::entropy::{Entropy, NoEntropy};
use crate::secret::Secret;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BearerKind {
    /// An authorization code.
    AuthorizationCode,
    /// An access token that says nothing by itself.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// The reference to a pushed request.
    RequestUri,
    /// A device code.
    DeviceCode,
    /// The secret of a client.
    ClientSecret,
    /// What opens the registration of new clients.
    InitialAccessToken,
    /// What opens the registration of one client to changes.
    RegistrationToken,
}

impl BearerKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AuthorizationCode,
        Self::AccessToken,
        Self::RefreshToken,
        Self::RequestUri,
        Self::DeviceCode,
        Self::ClientSecret,
        Self::InitialAccessToken,
        Self::RegistrationToken,
    ];

    /// What it begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "bidden_ac_",
            Self::AccessToken => "bidden_at_",
            Self::RefreshToken => "bidden_rt_",
            Self::RequestUri => "bidden_ru_",
            Self::DeviceCode => "bidden_dc_",
            Self::ClientSecret => "bidden_cs_",
            Self::InitialAccessToken => "bidden_ia_",
            Self::RegistrationToken => "bidden_ra_",
        }
    }
}

/// A text as it is handed out.
#[derive(Clone)]
pub struct Bearer {
    kind: BearerKind,
    text: Secret<String>,
}

impl Bearer {
    /// Draws a text of 256 bits.
    ///
    /// # Errors
    /// [`NoEntropy`] when the system gives no random bytes.
    pub fn draw(entropy: &mut Entropy, kind: BearerKind) -> Result<Self, NoEntropy> {
        let text = format!("{}{}", kind.prefix(), token::encode(&entropy.bytes::<32>()?));
        Ok(Self { kind, text: Secret::new(text) })
    }

    /// Takes what a client brought, if it can be one of ours of this kind. Nothing else is worth a look into the store.
    #[must_use]
    pub fn read(kind: BearerKind, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(kind.prefix())?;
        token::decode::<32>(rest).ok().map(|_| Self { kind, text: Secret::new(text.to_owned()) })
    }

    /// The text, for the one answer that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self, keys: &Keys) -> Digest {
        keys.digest(Of::Token, &[self.kind.prefix().as_bytes(), self.expose().as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_back_as_its_own_kind_only() {
        let (mut entropy, keys) = (Entropy::seeded(1), Keys::simulated().unwrap());
        for kind in BearerKind::ALL {
            let drawn = Bearer::draw(&mut entropy, kind).unwrap();
            assert_eq!(drawn.expose().len(), 53);
            for other in BearerKind::ALL {
                let read = Bearer::read(other, drawn.expose());
                assert_eq!(read.is_some(), other == kind);
                assert!(read.is_none_or(|read| read.digest(&keys).matches(&drawn.digest(&keys))));
            }
        }
        for text in ["", "bidden_at_", "bidden_at_AAAA", &format!("bidden_at_{}", "!".repeat(43))] {
            assert!(Bearer::read(BearerKind::AccessToken, text).is_none(), "{text}");
        }
    }
}
