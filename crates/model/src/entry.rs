//! A way in that opens later: a recovery with one proof, or a sign-in by code from an unknown browser to an account that
//! has a passkey. Everybody concerned is told at once, and anybody of them can close it before it is used.
//!
//! Implements: NIST SP 800-63B-4 §4.2.2.2 (recovery), §4.6 (notices, and how to repudiate); `threats.md` §5.2 rows 13 and 19.

use std::time::Duration;

use crate::digest::Digest;
use crate::event::EntryKind;
use crate::id::{AccountId, EntryId};
use crate::method::{Method, MethodSet};
use crate::source::Source;
use crate::time::Time;

/// How long a recovery with one proof waits.
pub const RECOVERY: Duration = Duration::from_secs(72 * 60 * 60);
/// How long a sign-in by code from an unknown browser waits, where the account has a passkey.
pub const SIGN_IN: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it stays open once it has opened.
pub const OPEN: Duration = Duration::from_secs(48 * 60 * 60);
/// How long whoever proved a first time has to add a second proof, which opens a recovery at once; and how long it is then
/// open.
pub const SECOND: Duration = Duration::from_secs(30 * 60);

/// How it stands. All but `Waiting` are ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// It waits, or is open.
    Waiting,
    /// It was used.
    Used,
    /// Somebody closed it.
    Cancelled,
    /// Its time passed.
    Expired,
}

impl EntryState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Used, Self::Cancelled, Self::Expired];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Used => "used",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A way in that opens later.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its identifier.
    pub id: EntryId,
    /// Into which account.
    pub account: AccountId,
    /// Of which kind.
    pub kind: EntryKind,
    /// How it stands.
    pub state: EntryState,
    /// The digest of the half of the one browser that can use it.
    pub browser: Digest,
    /// What was proved.
    pub proofs: MethodSet,
    /// From where it was asked for.
    pub source: Source,
    /// When it was asked for.
    pub asked_at: Time,
    /// When the first of what counts together was proved: a second proof has to follow within [`SECOND`].
    pub proved_at: Time,
    /// When it opens.
    pub opens_at: Time,
    /// When it closes again.
    pub expires_at: Time,
}

impl Entry {
    /// Whether it can be used at `now`.
    #[must_use]
    pub fn is_open(&self, now: Time) -> bool {
        self.is_waiting(now) && now >= self.opens_at
    }

    /// Whether it waits, or is open, at `now`.
    #[must_use]
    pub fn is_waiting(&self, now: Time) -> bool {
        self.state == EntryState::Waiting && now < self.expires_at
    }
}

/// Of what class a proof is: two of one class are one proof (NIST SP 800-63B-4 §4.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A code that was issued to an address, of mail or telephone.
    Issued,
    /// A recovery code that was saved.
    Saved,
    /// An authenticator that is still there.
    Bound,
}

const fn class(method: Method) -> Class {
    match method {
        Method::MailCode | Method::SmsCode => Class::Issued,
        Method::RecoveryCode => Class::Saved,
        Method::Passkey | Method::Password | Method::Totp | Method::Approval => Class::Bound,
    }
}

/// Whether a code that was sent to somebody is among them: the one who reads there must not be the only one who is told
/// (NIST SP 800-63B-4 §4.6).
#[must_use]
pub fn was_sent(proofs: MethodSet) -> bool {
    proofs.iter().any(|proof| class(proof) == Class::Issued)
}

/// What would open a recovery at once beside these proofs: of what is open, all of another class.
#[must_use]
pub fn missing(proofs: MethodSet, open: MethodSet) -> MethodSet {
    let counts = |method: &Method| proofs.iter().all(|proof| class(proof) != class(*method));
    open.iter().filter(counts).fold(MethodSet::NONE, MethodSet::with)
}

/// Whether these proofs are of two classes at least, and open a recovery at once.
#[must_use]
pub fn is_enough(proofs: MethodSet) -> bool {
    let mut classes = proofs.iter().map(class);
    classes.next().is_some_and(|first| classes.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_proofs_of_one_class_are_one() {
        use Method::{MailCode, RecoveryCode, SmsCode, Totp};
        for one in [&[][..], &[MailCode], &[RecoveryCode], &[Totp], &[MailCode, SmsCode]] {
            assert!(!is_enough(MethodSet::of(one)), "{one:?}");
        }
        for two in [&[MailCode, RecoveryCode][..], &[MailCode, Totp], &[RecoveryCode, Totp]] {
            assert!(is_enough(MethodSet::of(two)), "{two:?}");
        }
    }

    #[test]
    fn what_is_missing_is_open_and_of_another_class() {
        use Method::{MailCode, Passkey, RecoveryCode, Totp};
        let of = MethodSet::of;
        let open = of(&[MailCode, Passkey, RecoveryCode, Totp]);
        assert_eq!(missing(of(&[MailCode]), open), of(&[Passkey, RecoveryCode, Totp]));
        assert_eq!(missing(of(&[Passkey]), open), of(&[MailCode, RecoveryCode]));
        assert_eq!(missing(of(&[Totp, RecoveryCode]), open), of(&[MailCode]));
        assert_eq!(missing(of(&[RecoveryCode]), of(&[RecoveryCode])), MethodSet::NONE);
        for method in missing(of(&[MailCode]), open).iter() {
            assert!(is_enough(of(&[MailCode, method])));
        }
    }

    #[test]
    fn a_state_survives_its_code() {
        for state in EntryState::ALL {
            assert_eq!(EntryState::from_code(state.code()), Some(state));
        }
    }
}
