//! Codes out of an app: added to an account, asked for beside a password, and one proof of a recovery
//! ([`crate::recover::app`]). Never the only proof.
//!
//! Implements: RFC 6238 §5.2 (a code works once), NIST SP 800-63B-4 §3.1.4, §3.2.2, OWASP ASVS 5.0 6.5.1.

pub mod add;
pub mod sign_in;

use model::account::Account;
use model::authenticator::totp::{Algorithm, DRAWN, Digits, Step, Totp};
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::Keys;
use model::event::{Event, NotProved, Subject};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::method::{Method, Use};
use model::policy::Policy;
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::source::Source;
use model::time::Time;
use store::attempts::Place;
use store::authenticators::{self, Kept};
use store::{Store, Tx};

use wire::account_file::Shared;

use crate::{attempts, methods};

/// Whether an app of this account could be used for anything: beside a password, or to get back in.
#[must_use]
pub fn is_open(policy: &Policy, account: &Account) -> bool {
    let open = methods::of_account(policy, account);
    is_beside(policy, account) || methods::permit(&open, Use::Recovery, Method::Totp).is_ok()
}

/// Whether its codes could be asked for beside a password.
#[must_use]
pub fn is_beside(policy: &Policy, account: &Account) -> bool {
    let open = methods::of_account(policy, account);
    [Use::SignIn, Use::StepUp].into_iter().any(|use_| {
        let both =
            [Method::Password, Method::Totp].map(|method| methods::permit(&open, use_, method).is_ok());
        both == [true, true]
    })
}

/// What is kept of an app: which hash function, how many digits, the secret.
pub(crate) fn write(totp: &Totp) -> Vec<u8> {
    let algorithm = match totp.algorithm() {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    let mut plain = vec![algorithm, totp.digits().count()];
    plain.extend(totp.secret().expose());
    plain
}

/// Reads what [`write`] gave. Not within a transaction.
pub(crate) fn read(plain: &Secret<Vec<u8>>) -> Option<Totp> {
    let [algorithm, digits, secret @ ..] = plain.expose().as_slice() else { return None };
    let algorithm = match algorithm {
        1 => Algorithm::Sha1,
        2 => Algorithm::Sha256,
        3 => Algorithm::Sha512,
        _ => return None,
    };
    Totp::from_parts(Secret::new(secret.to_vec()), algorithm, Digits::from_count(*digits)?)
}

/// The secret of an app as a file of accounts has it, whose reader holds it to the same bounds.
pub(crate) fn of_file(shared: &Shared) -> Option<Totp> {
    let (algorithm, digits) = (Algorithm::from_code(shared.algorithm)?, Digits::from_count(shared.digits)?);
    Totp::from_parts(Secret::new(shared.secret.clone()), algorithm, digits)
}

fn open(keys: &Keys, kept: &Kept) -> Result<Totp, Fault> {
    read(&kept.open(keys)?).ok_or(Fault::plain("the secret of an app cannot be read"))
}

/// A code that was typed, compared with the secret; what it proves is looked at only where it is its turn ([`judge`]).
#[derive(Clone, Copy)]
pub struct Shown {
    pub(crate) id: AuthenticatorId,
    step: Option<Step>,
}

impl Shown {
    /// Whether the app that was found before is one of these still, and can be used.
    pub(crate) fn is_usable(&self, all: &[Authenticator], now: Time) -> bool {
        all.iter().any(|own| own.id == self.id && own.is_usable(now))
    }
}

/// Reads what was typed as a code of the account's app, and finds out of which half minute it is. Nothing is told by that:
/// not within a transaction, and looked at only once the attempt was counted.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::CodeMalformed`] for what is no code at all, which is no attempt.
pub fn show(
    store: &Store,
    cx: &Cx,
    account: AccountId,
    typed: &str,
) -> Result<Verdict<Option<Shown>>, Fault> {
    let kept = store.read(|reader| authenticators::list(reader, account))?;
    let kept = kept.into_iter().find(|kept| kept.authenticator.kind == AuthenticatorKind::Totp);
    let Some(kept) = kept else {
        spend(typed, cx.now);
        return Ok(Ok(None));
    };
    let totp = open(store.keys(), &kept)?;
    let Ok(typed) = totp.read(typed) else { return Ok(Err(Refusal::CodeMalformed)) };
    Ok(Ok(Some(Shown { id: kept.authenticator.id, step: totp.accept(&typed, cx.now, None) })))
}

/// Spends on an account without an app what is spent on one that has one.
fn spend(typed: &str, now: Time) {
    let nobody = Totp::from_parts(Secret::new(vec![0; DRAWN]), Algorithm::Sha1, Digits::Six);
    let typed = nobody.as_ref().and_then(|totp| totp.read(typed).ok());
    if let Some((totp, typed)) = nobody.zip(typed) {
        std::hint::black_box(totp.accept(&typed, now, None));
    }
}

/// Whose code it is.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    pub(crate) account: AccountId,
    pub(crate) known: bool,
    pub(crate) source: Source,
}

/// Counts the attempt, and only then looks whether the code was right and new; `all` are the account's authenticators as
/// they are now.
pub(crate) fn judge(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    who: Who,
    (all, shown): (&[Authenticator], Option<&Shown>),
) -> Result<Result<(), (Vec<Event>, Refusal)>, Fault> {
    let place = Place { account: who.account, method: Method::Totp, known: who.known };
    let turn = attempts::reserve(tx, cx.now, place)?;
    let now = all.iter().find(|own| shown.is_some_and(|shown| shown.id == own.id));
    let step = shown.and_then(|shown| shown.step).and_then(|step| i64::try_from(step.number()).ok());
    let why = match (turn.blocked(), now, step) {
        (Some(until), ..) => Some((NotProved::Blocked, Refusal::AttemptsBlocked { until })),
        (None, Some(now), _) if !now.is_usable(cx.now) => {
            Some((NotProved::Held, Refusal::AuthenticatorHeld { at: now.usable_at }))
        }
        (None, Some(now), Some(step)) => {
            let fresh =
                step > now.counter && authenticators::claim_use(tx, now.id, (now.counter, step), cx.now)?;
            (!fresh).then_some((NotProved::Repeated, Refusal::AppCodeRepeated))
        }
        (None, _, None) | (None, None, _) => Some((NotProved::Mismatch, Refusal::AppCodeWrong)),
    };
    let Some((because, refusal)) = why else {
        attempts::succeeded(tx, cx.now, &turn)?;
        return Ok(Ok(()));
    };
    let subject = Subject::Account(who.account);
    let events = attempts::failed(tx, cx, &turn, (&subject, who.source, because))?;
    Ok(Err((events, refusal)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::entropy::Entropy;

    #[test]
    fn an_app_is_read_back_as_it_was_written_and_damage_is_no_app() {
        let drawn = Totp::draw(&mut Entropy::seeded(1)).unwrap();
        let written = write(&drawn);
        let again = read(&Secret::new(written.clone())).unwrap();
        assert_eq!(again.key().expose(), drawn.key().expose());
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let other = Totp::from_parts(Secret::new(vec![7; 32]), algorithm, Digits::Eight).unwrap();
            let again = read(&Secret::new(write(&other))).unwrap();
            assert_eq!((again.algorithm(), again.digits()), (algorithm, Digits::Eight));
        }
        for bad in [&[][..], &[1], &[1, 6], &[9; 22], &written[..10]] {
            assert!(read(&Secret::new(bad.to_vec())).is_none(), "{bad:?}");
        }
    }
}
