//! How surely somebody is who he or she claims to be: what was proved, and when.
//!
//! Implements: NIST SP 800-63B-4 §2.1–2.3 (levels), OWASP ASVS 5.0 7.5.1, 7.5.3; OpenID Connect Core §2 (`auth_time`,
//! `amr`), RFC 8176.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::method::{Method, MethodSet};
use crate::proofs::Proofs;
use crate::time::Time;

/// How long ago the last proof may be before something that decides over the account is changed (ASVS 7.5.1).
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// An authenticator assurance level of NIST SP 800-63B-4. The third asks for hardware that we cannot tell, and is not
/// claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aal {
    /// One factor; also whatever NIST counts as no authenticator at all, such as a code by mail.
    Aal1,
    /// Two factors, or one authenticator that holds two: a passkey with user verification.
    Aal2,
}

impl Aal {
    /// As stored.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Aal1 => 1,
            Self::Aal2 => 2,
        }
    }

    /// Reads [`Self::number`]; what is not known is the lowest.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        if number == 2 { Self::Aal2 } else { Self::Aal1 }
    }

    /// The value of the claim `acr`, as NIST names its levels.
    #[must_use]
    pub const fn acr(self) -> &'static str {
        match self {
            Self::Aal1 => "http://idmanagement.gov/ns/assurance/aal/1",
            Self::Aal2 => "http://idmanagement.gov/ns/assurance/aal/2",
        }
    }

    /// Reads [`Self::acr`].
    #[must_use]
    pub fn from_acr(acr: &str) -> Option<Self> {
        [Self::Aal1, Self::Aal2].into_iter().find(|level| level.acr() == acr)
    }

    /// What these proofs together reach. Something known and something had: a password, and a code out of an app or an
    /// approval. Two of the same kind are one factor, and a code by mail or SMS is none.
    #[must_use]
    pub const fn of(methods: MethodSet) -> Self {
        let held = methods.has(Method::Totp) || methods.has(Method::Approval);
        if methods.has(Method::Passkey) || (methods.has(Method::Password) && held) {
            Self::Aal2
        } else {
            Self::Aal1
        }
    }
}

/// How long ago the second level may have been proved for what only it may do, such as the operator's pages. NIST SP
/// 800-63B-4 §2.2.3 asks for 24 hours at the most.
pub const STRONG: Duration = Duration::from_secs(12 * 60 * 60);

/// What was proved in a browser session, and when last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// What was proved in it, and when each.
    pub proofs: Proofs,
    /// When the last proof was given (`auth_time`).
    pub at: Time,
    /// When the second level was last proved; a weaker proof given later does not renew it.
    pub strong_at: Option<Time>,
}

impl Assurance {
    /// What a session begins with: these proofs, given at `now`.
    #[must_use]
    pub fn of(methods: MethodSet, now: Time) -> Self {
        let strong_at = (Aal::of(methods) == Aal::Aal2).then_some(now);
        Self { proofs: Proofs::of(methods, now), at: now, strong_at }
    }

    /// Every method that was proved in it.
    #[must_use]
    pub fn methods(&self) -> MethodSet {
        self.proofs.methods()
    }

    /// What it is worth to whoever takes no other proofs than by `taken`, and for the second level none but by `strong`;
    /// none where nothing of it counts. The second level counts where its last proof was one that is taken: of an earlier
    /// one nobody knows any more what it reached.
    #[must_use]
    pub fn counted(&self, taken: MethodSet, strong: MethodSet) -> Option<Self> {
        let proofs = self.proofs.only(taken);
        let at = proofs.latest()?;
        let proved = |time: &Time| Aal::of(proofs.only(strong).at(*time)) == Aal::Aal2;
        Some(Self { proofs, at, strong_at: self.strong_at.filter(proved) })
    }

    /// The same after further proofs, given together at `now`: only what they reach by themselves is proved anew.
    #[must_use]
    pub fn and(self, methods: MethodSet, now: Time) -> Self {
        let strong_at = Self::of(methods, now).strong_at.or(self.strong_at);
        Self { proofs: self.proofs.and(methods, now), at: now, strong_at }
    }

    /// The level, as it was reached at some time.
    #[must_use]
    pub const fn aal(&self) -> Aal {
        match self.strong_at {
            Some(_) => Aal::Aal2,
            None => Aal::Aal1,
        }
    }

    /// The values of the claim `amr`, with `mfa` where two factors were proved one by one.
    #[must_use]
    pub fn amr(&self) -> Vec<&'static str> {
        let mut values = Vec::new();
        for value in self.methods().iter().flat_map(|method| method.amr()) {
            if !values.contains(value) {
                values.push(*value);
            }
        }
        if self.aal() == Aal::Aal2 && !self.methods().has(Method::Passkey) {
            values.push("mfa");
        }
        values
    }

    /// Whether `level` was proved no longer than `within` ago.
    #[must_use]
    pub fn reaches(&self, level: Aal, within: Duration, now: Time) -> bool {
        let proved = match level {
            Aal::Aal1 => Some(self.at),
            Aal::Aal2 => self.strong_at,
        };
        proved.is_some_and(|at| now < at + within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aal(methods: &[Method]) -> Aal {
        Aal::of(MethodSet::of(methods))
    }

    #[test]
    fn only_a_passkey_or_two_different_factors_reach_the_second_level() {
        use Method::{Approval, MailCode, Passkey, Password, RecoveryCode, SmsCode, Totp};
        for enough in [&[Passkey][..], &[Password, Totp], &[Password, Approval], &[MailCode, Passkey]] {
            assert_eq!(aal(enough), Aal::Aal2, "{enough:?}");
        }
        for little in [
            &[][..],
            &[MailCode],
            &[Password],
            &[Totp],
            &[Password, MailCode],
            &[Password, SmsCode],
            &[MailCode, SmsCode, RecoveryCode],
            &[Totp, MailCode],
            &[Totp, Approval],
        ] {
            assert_eq!(aal(little), Aal::Aal1, "{little:?}");
        }
    }

    #[test]
    fn a_proof_is_fresh_for_five_minutes() {
        let at = Time::from_micros(1_000_000_000);
        let proved = Assurance::of(MethodSet::of(&[Method::MailCode]), at);
        let after = |seconds| at + Duration::from_secs(seconds);
        assert!(proved.reaches(Aal::Aal1, FRESH, after(299)));
        assert!(!proved.reaches(Aal::Aal1, FRESH, after(300)));
        assert!(!proved.reaches(Aal::Aal2, FRESH, after(1)));
    }

    #[test]
    fn a_code_by_mail_does_not_renew_what_a_passkey_proved() {
        let at = Time::from_micros(1_000_000_000);
        let hour = Duration::from_secs(3600);
        let proved = Assurance::of(MethodSet::of(&[Method::Passkey]), at);
        let later = proved.and(MethodSet::of(&[Method::MailCode]), at + hour);
        assert!(later.reaches(Aal::Aal1, FRESH, at + hour) && !later.reaches(Aal::Aal2, FRESH, at + hour));
        assert!(later.reaches(Aal::Aal2, STRONG, at + hour) && later.aal() == Aal::Aal2);
        // A password now and a code out of an app an hour ago are not two factors at once.
        let half = Assurance::of(MethodSet::of(&[Method::Password]), at)
            .and(MethodSet::of(&[Method::Totp]), at + hour);
        assert_eq!(half.aal(), Aal::Aal1);
    }

    #[test]
    fn row_43_what_is_not_taken_counts_for_nothing_neither_as_proof_nor_as_its_time() {
        use Method::{MailCode, Passkey, Password, Totp};
        let set = |methods: &[Method]| MethodSet::of(methods);
        let at = |seconds| Time::from_micros(1_000_000_000) + Duration::from_secs(seconds);
        let all = MethodSet::ALL;
        let session =
            Assurance::of(set(&[MailCode]), at(0)).and(set(&[Passkey]), at(10)).and(set(&[MailCode]), at(20));
        assert_eq!(session.counted(all, all), Some(session));
        let by_passkey = session.counted(set(&[Passkey]), all).unwrap();
        assert_eq!((by_passkey.at, by_passkey.strong_at), (at(10), Some(at(10))));
        assert_eq!(by_passkey.amr(), ["pop", "user"]);
        let by_mail = session.counted(set(&[MailCode]), all).unwrap();
        assert_eq!((by_mail.at, by_mail.aal()), (at(20), Aal::Aal1));
        assert_eq!(session.counted(set(&[Password]), all), None);
        assert_eq!(session.counted(all, set(&[Password, Totp])).unwrap().aal(), Aal::Aal1);
        // Both factors, at once: the second level is counted where both are taken.
        let both = Assurance::of(set(&[Password, Totp]), at(0));
        assert_eq!(both.counted(set(&[Password, Totp]), all).unwrap().aal(), Aal::Aal2);
        assert_eq!(both.counted(set(&[Password]), all).unwrap().aal(), Aal::Aal1);
        // Of a passkey that opened an account again, and of a level that was proved by another way since, nothing comes.
        let recovered = Assurance { strong_at: None, ..Assurance::of(set(&[Passkey]), at(0)) };
        assert_eq!(recovered.counted(set(&[Passkey]), all).unwrap().aal(), Aal::Aal1);
        let since = recovered.and(set(&[Password, Totp]), at(10));
        assert_eq!(since.counted(set(&[Passkey]), all).unwrap().aal(), Aal::Aal1);
    }

    #[test]
    fn amr_names_each_method_once_and_two_factors_as_such() {
        let amr = |methods: &[Method]| Assurance::of(MethodSet::of(methods), Time::from_micros(0)).amr();
        assert_eq!(amr(&[Method::MailCode]), ["otp", "email"]);
        assert_eq!(amr(&[Method::Passkey]), ["pop", "user"]);
        assert_eq!(amr(&[Method::Password, Method::Totp]), ["pwd", "otp", "mfa"]);
        assert_eq!(amr(&[Method::MailCode, Method::Totp]), ["otp", "email"]);
    }
}
