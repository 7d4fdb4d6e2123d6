//! Halfway: the password was right, the code out of the app is still to come. A sealed value that the browser holds.
//!
//! It is bound to the browser half and to the password that was right, and ends after five minutes: what follows has to be proved
//! by then. An approval that was given by then may be taken for two minutes more. There is no row: what nobody goes on with leaves
//! nothing but its event. Implements: OWASP ASVS 5.0 6.6.2.

use std::time::Duration;

use model::approval::TAKE;
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId, TenantId};
use model::refusal::{Refusal, Verdict};
use model::time::Time;
use store::seal;

use crate::sign_in::ask::browser_digest;

/// How long the code, or the answer to an approval, may take.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How long a browser holds it: an approval that was given in the last moment is taken after it.
pub const HELD: Duration = Duration::from_secs(LIFETIME.as_secs() + TAKE.as_secs());

const PLACE: &[u8] = b"halfway";
/// Account, password, tenant of the address, browser, what makes it differ from others, end, flags.
const PLAIN: usize = 16 + 16 + 16 + 16 + 16 + 8 + 1;
/// With nonce and tag of AES-256-GCM.
const SEALED: usize = PLAIN + 12 + 16;

/// A flag: its owner should choose another password.
const ANEW: u8 = 1;
/// A flag: a code out of an app does.
const APP: u8 = 2;
/// A flag: an approval does.
const APPROVAL: u8 = 4;
/// In the place of a tenant where there is none.
const NONE: [u8; 16] = [0; 16];

/// What follows after the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Then {
    /// Its owner should choose another password.
    pub anew: bool,
    /// A code out of the app does as the second step.
    pub app: bool,
    /// An approval does.
    pub approval: bool,
}

impl Then {
    const fn flags(self) -> u8 {
        (if self.anew { ANEW } else { 0 })
            | (if self.app { APP } else { 0 })
            | (if self.approval { APPROVAL } else { 0 })
    }

    const fn of(flags: u8) -> Self {
        Self { anew: flags & ANEW != 0, app: flags & APP != 0, approval: flags & APPROVAL != 0 }
    }
}

/// Somebody whose password was right.
#[derive(Clone, Copy, Debug)]
pub struct Halfway {
    pub(crate) account: AccountId,
    /// The password: one that was changed meanwhile has another identifier.
    pub(crate) password: AuthenticatorId,
    /// Whose policy binds whoever signs in by the address that was typed.
    pub(crate) tenant: Option<TenantId>,
    browser: Digest,
    number: [u8; 16],
    pub(crate) expires_at: Time,
    /// What follows.
    pub then: Then,
}

impl Halfway {
    pub(crate) fn new(
        cx: &mut Cx,
        (account, password): (AccountId, AuthenticatorId),
        tenant: Option<TenantId>,
        (browser, then): (Digest, Then),
    ) -> Result<Self, Fault> {
        let expires_at = cx.now + LIFETIME;
        Ok(Self { account, password, tenant, browser, number: cx.entropy.bytes()?, expires_at, then })
    }

    /// What the browser holds. Not within a transaction.
    ///
    /// # Errors
    /// A fault of sealing.
    pub fn seal(&self, keys: &Keys, cx: &mut Cx) -> Result<String, Fault> {
        let mut plain = Vec::with_capacity(PLAIN);
        plain.extend(self.account.bytes());
        plain.extend(self.password.bytes());
        plain.extend(self.tenant.as_ref().map_or(&NONE, TenantId::bytes));
        plain.extend(self.browser.bytes());
        plain.extend(self.number);
        plain.extend(self.expires_at.micros().to_be_bytes());
        plain.push(self.then.flags());
        let sealed = seal::seal(keys, &mut cx.entropy, PLACE, &plain)?;
        Ok(wire::token::encode(&sealed))
    }

    /// Opens what [`Self::seal`] made, if it is this browser's and not over.
    ///
    /// # Errors
    /// [`Refusal::ChallengeOver`].
    pub fn open(keys: &Keys, now: Time, held: (&str, &[u8; 16])) -> Verdict<Self> {
        Self::read(keys, held)
            .and_then(|own| if own.is_fresh(now) { Ok(own) } else { Err(Refusal::ChallengeOver) })
    }

    /// Whether the password counted at `at`: whatever stands on it must have been proved then.
    pub(crate) fn is_fresh(&self, at: Time) -> bool {
        at < self.expires_at
    }

    /// Until when it is remembered that it was used: as long as anything could come of it.
    pub(crate) fn used_until(&self) -> Time {
        self.expires_at + TAKE
    }

    /// Opens what [`Self::seal`] made, if it is this browser's; whether it is over says [`Self::is_fresh`].
    ///
    /// # Errors
    /// [`Refusal::ChallengeOver`].
    pub(crate) fn read(keys: &Keys, (sealed, half): (&str, &[u8; 16])) -> Verdict<Self> {
        let over = Refusal::ChallengeOver;
        let sealed = wire::token::decode::<SEALED>(sealed).map_err(|_| over)?;
        let plain = seal::open(keys, PLACE, &sealed).map_err(|_| over)?;
        let mut rest = plain.expose().as_slice();
        let account = AccountId::from_bytes(take(&mut rest).ok_or(over)?);
        let password = AuthenticatorId::from_bytes(take(&mut rest).ok_or(over)?);
        let tenant = take(&mut rest).ok_or(over)?;
        let tenant = (tenant != NONE).then(|| TenantId::from_bytes(tenant));
        let browser = Digest::from_bytes(take(&mut rest).ok_or(over)?);
        let number = take(&mut rest).ok_or(over)?;
        let expires_at = Time::from_micros(i64::from_be_bytes(take(&mut rest).ok_or(over)?));
        let [flags] = take(&mut rest).ok_or(over)?;
        let then = Then::of(flags);
        let halfway = Self { account, password, tenant, browser, number, expires_at, then };
        if browser.matches(&browser_digest(keys, half)) { Ok(halfway) } else { Err(over) }
    }

    /// Under what it is remembered once it was used.
    pub(crate) fn digest(&self, keys: &Keys) -> Digest {
        keys.digest(Of::Token, &[b"halfway", &self.number])
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_in_its_browser_and_in_its_time_and_nowhere_else() {
        let keys = Keys::simulated().unwrap();
        let mut cx = Cx::simulated(Time::from_micros(1_795_297_599_123_456), 1);
        let (own, other) = ([1; 16], [2; 16]);
        let of = (AccountId::new(&mut cx).unwrap(), AuthenticatorId::new(&mut cx).unwrap());
        let then = Then { anew: true, app: false, approval: true };
        let made = Halfway::new(&mut cx, of, None, (browser_digest(&keys, &own), then)).unwrap();
        let sealed = made.seal(&keys, &mut cx).unwrap();
        let open = |now, half: &[u8; 16]| Halfway::open(&keys, now, (&sealed, half)).map(|open| open.account);
        let end = cx.now + LIFETIME;
        assert_eq!(open(cx.now, &own), Ok(of.0));
        assert_eq!(open(end - Duration::from_micros(1), &own), Ok(of.0));
        assert_eq!(open(end, &own), Err(Refusal::ChallengeOver));
        assert_eq!(open(cx.now, &other), Err(Refusal::ChallengeOver));
        // What was approved in time is taken later, and until then nobody uses it twice.
        let read = Halfway::read(&keys, (&sealed, &own)).unwrap();
        assert!(!read.is_fresh(end) && Halfway::read(&keys, (&sealed, &other)).is_err());
        assert_eq!(read.used_until(), cx.now + HELD);
        for bad in ["", "AAAA", sealed.get(1..).unwrap()] {
            assert!(Halfway::open(&keys, cx.now, (bad, &own)).is_err());
        }
        let again = Halfway::open(&keys, cx.now, (&sealed, &own)).unwrap();
        assert!(again.then == then && again.digest(&keys).matches(&made.digest(&keys)));
    }
}
