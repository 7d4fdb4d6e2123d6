//! What makes a policy one that cannot work.

use super::{Method, MethodPolicy, MethodSet, Use};

/// Why a policy cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing is open by which anybody could sign in.
    NoSignIn,
    /// A code out of an app is open for signing in, and the password that it stands beside is not.
    TotpAlone,
    /// For step-up a password is open without a code out of an app, or the other way round: neither reaches the second
    /// level by itself.
    HalfStepUp,
}

impl Flaw {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoSignIn => "no_sign_in",
            Self::TotpAlone => "totp_alone",
            Self::HalfStepUp => "half_step_up",
        }
    }
}

/// What suffices by itself to begin a session.
const ENOUGH: [Method; 5] =
    [Method::Passkey, Method::Password, Method::MailCode, Method::SmsCode, Method::Approval];

impl MethodPolicy {
    /// Whether whoever is under it can sign in at all, and whether each method in it can be of use. `self` is what all
    /// layers leave open together.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        let (sign_in, step_up) = (self.open(Use::SignIn), self.open(Use::StepUp));
        if sign_in.and(MethodSet::of(&ENOUGH)).is_empty() {
            Some(Flaw::NoSignIn)
        } else if sign_in.has(Method::Totp) && !sign_in.has(Method::Password) {
            Some(Flaw::TotpAlone)
        } else if step_up.has(Method::Totp) != step_up.has(Method::Password) && !step_up.has(Method::Approval)
        {
            Some(Flaw::HalfStepUp)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(use_: Use, methods: &[Method]) -> Option<Flaw> {
        MethodPolicy::OPEN.with(use_, MethodSet::of(methods)).flaw()
    }

    #[test]
    fn a_policy_that_lets_nobody_in_or_holds_half_of_two_factors_cannot_work() {
        use Method::{Approval, MailCode, Passkey, Password, Totp};
        assert_eq!(MethodPolicy::OPEN.flaw(), None);
        assert_eq!(of(Use::SignIn, &[]), Some(Flaw::NoSignIn));
        assert_eq!(of(Use::SignIn, &[Totp]), Some(Flaw::NoSignIn));
        assert_eq!(of(Use::SignIn, &[MailCode, Totp]), Some(Flaw::TotpAlone));
        assert_eq!(of(Use::SignIn, &[Password, Totp]), None);
        assert_eq!(of(Use::StepUp, &[Passkey, Totp]), Some(Flaw::HalfStepUp));
        assert_eq!(of(Use::StepUp, &[Password]), Some(Flaw::HalfStepUp));
        assert_eq!(of(Use::StepUp, &[Password, Approval]), None);
        for works in [&[][..], &[Passkey], &[Password, Totp]] {
            assert_eq!(of(Use::StepUp, works), None, "{works:?}");
        }
    }
}
