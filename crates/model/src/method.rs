//! The ways to prove who one is, and who decides which of them are open.
//!
//! A policy has layers: the installation, the tenant, the client, the account. Each can only take away: what is open is
//! what all of them leave open. It is evaluated in one place, `flow::methods`, for issuing and for verifying
//! (`threats.md` §5.2 row 43, OWASP ASVS 5.0 6.3.4).

mod flaw;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use flaw::Flaw;

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A passkey (WebAuthn), with user verification.
    Passkey,
    /// A password (NIST SP 800-63B-4 §3.1.1).
    Password,
    /// A single-use code by mail. At no level an authenticator in the sense of NIST (§3.1.3.1): see docs/decisions/0010.
    MailCode,
    /// A single-use code by SMS: restricted (NIST SP 800-63B-4 §3.2.9).
    SmsCode,
    /// A time-based one-time password (RFC 6238).
    Totp,
    /// An approval on another device that is signed in.
    Approval,
    /// A saved recovery code (NIST SP 800-63B-4 §4.2.1.1).
    RecoveryCode,
}

/// What a proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// To begin a browser session.
    SignIn,
    /// To reach a higher level within one, or to prove once more who is there.
    StepUp,
    /// To get back into an account whose authenticators are lost.
    Recovery,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Passkey,
        Self::Password,
        Self::MailCode,
        Self::SmsCode,
        Self::Totp,
        Self::Approval,
        Self::RecoveryCode,
    ];

    /// As stored, published and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::MailCode => "mail_code",
            Self::SmsCode => "sms_code",
            Self::Totp => "totp",
            Self::Approval => "approval",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }

    /// Its values for the claim `amr` (RFC 8176 §2, and `email` of our own for what that list lacks).
    #[must_use]
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Passkey => &["pop", "user"],
            Self::Password => &["pwd"],
            Self::MailCode => &["otp", "email"],
            Self::SmsCode => &["otp", "sms"],
            Self::Totp => &["otp"],
            Self::Approval => &["mca"],
            Self::RecoveryCode => &["kba"],
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Passkey => 1,
            Self::Password => 1 << 1,
            Self::MailCode => 1 << 2,
            Self::SmsCode => 1 << 3,
            Self::Totp => 1 << 4,
            Self::Approval => 1 << 5,
            Self::RecoveryCode => 1 << 6,
        }
    }
}

impl Use {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::StepUp, Self::Recovery];

    /// As stored, published and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::StepUp => "step_up",
            Self::Recovery => "recovery",
        }
    }

    /// What can serve for it at all, whatever anybody sets. Codes by mail and SMS never raise a level
    /// (NIST SP 800-63B-4 §3.1.3.1, OWASP ASVS 5.0 6.3.6); a recovery code opens an account again and no more; a code
    /// out of an app is never the only proof.
    #[must_use]
    pub const fn possible(self) -> MethodSet {
        match self {
            Self::SignIn => MethodSet(0b0011_1111),
            Self::StepUp => MethodSet(0b0011_0011),
            Self::Recovery => MethodSet(0b0101_1101),
        }
    }
}

/// Some of the methods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MethodSet(u8);

impl MethodSet {
    /// None.
    pub const NONE: Self = Self(0);
    /// All.
    pub const ALL: Self = Self(0b0111_1111);

    /// These.
    #[must_use]
    pub fn of(methods: &[Method]) -> Self {
        methods.iter().fold(Self::NONE, |set, method| set.with(*method))
    }

    /// Whether `method` is one of them.
    #[must_use]
    pub const fn has(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// These and `method`.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    /// These without `method`.
    #[must_use]
    pub const fn without(self, method: Method) -> Self {
        Self(self.0 & !method.bit())
    }

    /// What is in one of them.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Method::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.has(*method))
    }

    /// As stored: the codes with a space between them.
    #[must_use]
    pub fn text(self) -> String {
        self.iter().map(Method::code).collect::<Vec<_>>().join(" ")
    }

    /// Reads [`Self::text`]; none if there is a word in it that is no method.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .try_fold(Self::NONE, |set, word| Method::from_code(word).map(|method| set.with(method)))
    }
}

impl fmt::Debug for MethodSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for MethodSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for MethodSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::<Method>::deserialize(from).map(|methods| Self::of(&methods))
    }
}

/// One layer of the policy: what it leaves open for each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodPolicy {
    sign_in: MethodSet,
    step_up: MethodSet,
    recovery: MethodSet,
}

impl MethodPolicy {
    /// Everything that is possible.
    pub const OPEN: Self = Self {
        sign_in: Use::SignIn.possible(),
        step_up: Use::StepUp.possible(),
        recovery: Use::Recovery.possible(),
    };

    /// What is open for `use_`.
    #[must_use]
    pub const fn open(&self, use_: Use) -> MethodSet {
        match use_ {
            Use::SignIn => self.sign_in,
            Use::StepUp => self.step_up,
            Use::Recovery => self.recovery,
        }
    }

    /// The same with `methods` open for `use_`, as far as they are possible for it.
    #[must_use]
    pub const fn with(mut self, use_: Use, methods: MethodSet) -> Self {
        let methods = methods.and(use_.possible());
        match use_ {
            Use::SignIn => self.sign_in = methods,
            Use::StepUp => self.step_up = methods,
            Use::Recovery => self.recovery = methods,
        }
        self
    }

    /// The same without `method`, for any use.
    #[must_use]
    pub fn without(self, method: Method) -> Self {
        Use::ALL.into_iter().fold(self, |policy, use_| policy.with(use_, policy.open(use_).without(method)))
    }

    /// The same with no other methods than these.
    #[must_use]
    pub fn only(self, methods: MethodSet) -> Self {
        Use::ALL.into_iter().fold(self, |policy, use_| policy.with(use_, policy.open(use_).and(methods)))
    }

    /// What both layers leave open.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        Use::ALL
            .into_iter()
            .fold(self, |policy, use_| policy.with(use_, policy.open(use_).and(other.open(use_))))
    }

    /// As stored: `sign_in: … ; step_up: … ; recovery: …`.
    #[must_use]
    pub fn text(&self) -> String {
        Use::ALL.map(|use_| format!("{}: {}", use_.code(), self.open(use_).text())).join("; ")
    }

    /// Reads [`Self::text`]. What is not named is not open, and what cannot be read is nothing: a layer that is damaged
    /// opens nothing.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let nothing = Self { sign_in: MethodSet::NONE, step_up: MethodSet::NONE, recovery: MethodSet::NONE };
        text.split(';').try_fold(nothing, |policy, part| {
            let (name, methods) = part.split_once(':')?;
            let use_ = Use::ALL.into_iter().find(|use_| use_.code() == name.trim())?;
            Some(policy.with(use_, MethodSet::from_text(methods.trim())?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_by_mail_and_sms_and_recovery_codes_never_raise_a_level() {
        for method in [Method::MailCode, Method::SmsCode, Method::RecoveryCode] {
            let everything = MethodPolicy::OPEN.with(Use::StepUp, MethodSet::ALL);
            assert!(!everything.open(Use::StepUp).has(method), "{method:?}");
        }
        assert!(!MethodPolicy::OPEN.open(Use::SignIn).has(Method::RecoveryCode));
        assert!(!MethodPolicy::OPEN.open(Use::Recovery).has(Method::Password));
    }

    #[test]
    fn a_policy_survives_its_text_and_damage_opens_nothing() {
        let policy = MethodPolicy::OPEN.without(Method::MailCode).with(Use::Recovery, MethodSet::NONE);
        assert_eq!(MethodPolicy::from_text(&policy.text()), Some(policy));
        for text in ["", "sign_in", "sign_in: telepathy", "entry: passkey"] {
            assert_eq!(MethodPolicy::from_text(text), None, "{text}");
        }
        let part = MethodPolicy::from_text("sign_in: passkey").unwrap();
        assert_eq!(part.open(Use::SignIn), MethodSet::of(&[Method::Passkey]));
        assert!(part.open(Use::StepUp).is_empty() && part.open(Use::Recovery).is_empty());
    }

    #[test]
    fn every_method_has_a_bit_and_a_code_of_its_own() {
        let all = MethodSet::of(&Method::ALL);
        assert_eq!(all, MethodSet::ALL);
        assert_eq!(all.iter().count(), Method::ALL.len());
        for method in Method::ALL {
            assert_eq!(Method::from_code(method.code()), Some(method));
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{}\"", method.code()));
            assert!(!all.without(method).has(method));
        }
    }

    proptest! {
        /// threats.md §5.2 row 43: a layer takes away and never adds, in whatever order the layers come.
        #[test]
        fn row_43_a_layer_takes_away_and_never_adds(layers in prop::collection::vec(any::<[u8; 3]>(), 1..5)) {
            let layer = |bits: &[u8; 3]| Use::ALL.into_iter().zip(bits).fold(MethodPolicy::OPEN, |policy, (use_, bits)| {
                policy.with(use_, MethodSet(*bits & 0x7f))
            });
            let layers: Vec<MethodPolicy> = layers.iter().map(layer).collect();
            let together = layers.iter().fold(MethodPolicy::OPEN, MethodPolicy::and);
            let backwards = layers.iter().rev().fold(MethodPolicy::OPEN, MethodPolicy::and);
            prop_assert_eq!(together, backwards);
            for use_ in Use::ALL {
                for method in Method::ALL {
                    let open = use_.possible().has(method) && layers.iter().all(|layer| layer.open(use_).has(method));
                    prop_assert_eq!(together.open(use_).has(method), open);
                }
            }
        }
    }
}
