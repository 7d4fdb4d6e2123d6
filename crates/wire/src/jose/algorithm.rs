//! Signature algorithms. `none` and the symmetric ones have no value here, so they cannot be meant by mistake.
//!
//! Implements: RFC 7518 §3.3 to §3.5 (RS256, ES256, PS256), RFC 8037 §3.1 (EdDSA, here with Ed25519 only), RFC 8725 §3.1
//! (the caller says what may be used).

/// An asymmetric algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    Ps256,
}

impl Algorithm {
    /// All of them, the best liked first.
    pub const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Ps256, Self::Rs256];

    /// As it stands in `alg`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    /// Reads [`Self::name`]; the case matters (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Algorithm;

    #[test]
    fn only_the_four_have_a_value() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        for name in ["none", "None", "HS256", "HS512", "es256", "ES384", "RS1", "RSA-OAEP", "", "ES256 "] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }
}
