//! Getting back into an account whose authenticators are lost.
//!
//! 1. Somebody names an account and proves one thing: that an address of it can be read ([`mailed`]), or a code that was
//!    saved ([`saved`]), or has a passkey that is left ([`passkey`]). That makes a way in that opens after three days
//!    ([`crate::entry`]), and everybody is told.
//! 2. A second proof of another class within half an hour opens it at once: one of those, or a code out of an app ([`app`]).
//! 3. Whoever uses it is in; whatever was in before is out, and what was lost goes ([`restore`]).
//!
//! A passkey that is left needs no recovery where it is open for signing in. However much was proved, a recovery reaches no
//! more than the first level: it opens the account, and what is kept raises it.
//!
//! Implements: NIST SP 800-63B-4 §4.2, §4.2.3; `threats.md` §5.2 rows 13, 32, 42.

pub mod app;
pub mod codes;
pub mod mailed;
pub mod passkey;
pub mod saved;

use model::account::Account;
use model::address::{Address, counts_for_recovery};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, AddressKind, Event, EventKind, NotSent, Removal, Subject};
use model::fault::Fault;
use model::id::{AuthenticatorId, EntryId};
use model::name::PrivateName;
use model::session::SessionEnd;
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, accounts, authenticators, browsers, entries, recovery_codes};
use wire::mail::mailbox::Mailbox;
use wire::name::Name;

use crate::account::end_codes;
use crate::address::Addresses;
use crate::entry;
use crate::session::end_all;
use crate::sign_in::ask::browser_digest;
use crate::sign_in::named;

/// An account as somebody named it.
#[derive(Clone)]
pub struct Named(Address);

impl Named {
    /// By one of its addresses.
    #[must_use]
    pub fn by_mailbox(keys: &Keys, mailbox: Mailbox) -> Self {
        Self(Address::new(mailbox, keys))
    }

    /// By its private name. The same work whether or not anybody has it.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn by_name(store: &Store, name: Name) -> Result<Self, Fault> {
        named::resolve(store, &PrivateName::new(name, store.keys())).map(Self)
    }

    /// By what waits for this browser: whoever proved one thing need not name it again.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn by_entry(store: &Store, now: Time, id: EntryId, half: &[u8; 16]) -> Result<Option<Self>, Fault> {
        let browser = browser_digest(store.keys(), half);
        let account = store.read(|reader| {
            let own = |entry: &model::entry::Entry| entry.is_waiting(now) && entry.browser.matches(&browser);
            let Some(entry) = entries::find(reader, id)?.filter(own) else { return Ok(None) };
            accounts::find(reader, entry.account)
        })?;
        let mailbox = account.and_then(|account| Mailbox::parse(&account.address).ok());
        Ok(mailbox.map(|mailbox| Self::by_mailbox(store.keys(), mailbox)))
    }

    /// The address itself, for whoever wants the code there.
    #[must_use]
    pub fn address(&self) -> Address {
        self.0.clone()
    }

    /// Which account is meant.
    #[must_use]
    pub const fn identity(&self) -> Digest {
        self.0.identity()
    }
}

/// Under what a recovery code is kept: one for this account at this address is nothing for another account, and is not sent
/// again for another.
#[must_use]
pub(crate) fn pair(keys: &Keys, named: &Digest, address: &Digest) -> Digest {
    keys.digest(Of::Identity, &[b"recovery", named.bytes(), address.bytes()])
}

/// Whether a recovery code may go to this address of an account: one to sign in by, the main one, or one for recovery that
/// was confirmed lately (`threats.md` §5.2 row 42).
pub(crate) fn carries(own: &Addresses, address: &Digest, now: Time) -> Result<(), NotSent> {
    let signs_in = own.sign_in.iter().find(|kept| kept.identity.matches(address));
    if signs_in.is_some_and(|kept| kept.kind != AddressKind::Phone && (kept.main || kept.sign_in)) {
        return Ok(());
    }
    match own.recovery.iter().find(|kept| kept.identity.matches(address)) {
        Some(kept) if counts_for_recovery(kept.confirmed_at, now) => Ok(()),
        Some(_) => Err(NotSent::AddressStale),
        None => Err(NotSent::NoAccount),
    }
}

/// Step 3: what a recovery does to the account beside letting its owner in. All that let somebody in before ends, but for
/// the authenticators that its owner still has.
pub(crate) fn restore(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    events: &mut Vec<Event>,
    (account, keep, source): (&Account, &[AuthenticatorId], Source),
) -> Result<(), Fault> {
    let id = account.id;
    // And with the sessions all grants (`threats.md` §5.2 row 32).
    events.extend(end_all(tx, cx, id, (None, SessionEnd::Recovered))?);
    end_codes(tx, cx, id, events)?;
    events.extend(entry::close_all(tx, cx, id)?);
    browsers::forget_all(tx, id)?;
    recovery_codes::forget(tx, id)?;
    for kept in authenticators::list(tx, id)? {
        let own = kept.authenticator;
        if !keep.contains(&own.id) && authenticators::claim_remove(tx, id, own.id)? {
            let (authenticator, kind, why) = (own.id, own.kind, Removal::ByRecovery);
            let kind = EventKind::AuthenticatorRemoved { authenticator, kind, why };
            events.push(Event::new(cx, Subject::Account(id), kind)?.by(Actor::Owner, Some(source)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{RecoveryAddress, SignInAddress};
    use model::address::CONFIRMED_FOR;
    use model::id::AccountId;

    fn sign_in(identity: Digest, (kind, main, sign_in): (AddressKind, bool, bool)) -> SignInAddress {
        let confirmed_at = Time::from_micros(0);
        SignInAddress {
            identity,
            destination: identity,
            kind,
            shown: String::new(),
            main,
            sign_in,
            confirmed_at,
            session: None,
        }
    }

    #[test]
    fn row_42_a_recovery_address_that_was_confirmed_too_long_ago_carries_nothing() {
        let [main, off, name, recovery, other] = [1, 2, 3, 4, 5].map(|n| Digest::from_bytes([n; 16]));
        let own = Addresses {
            sign_in: vec![
                sign_in(main, (AddressKind::Mail, true, false)),
                sign_in(off, (AddressKind::Mail, false, false)),
                sign_in(name, (AddressKind::Name, false, true)),
            ],
            recovery: vec![RecoveryAddress {
                account: AccountId::from_bytes([9; 16]),
                identity: recovery,
                destination: recovery,
                kind: AddressKind::Mail,
                shown: String::new(),
                confirmed_at: Time::from_micros(0),
                added_at: Time::from_micros(0),
                detach_at: None,
                session: None,
            }],
        };
        let (fresh, stale) = (Time::from_micros(1), Time::from_micros(0) + CONFIRMED_FOR);
        for now in [fresh, stale] {
            assert_eq!(carries(&own, &main, now), Ok(()), "the main one, even where sign-in by it is off");
            assert_eq!(carries(&own, &name, now), Ok(()));
            assert_eq!(carries(&own, &off, now), Err(NotSent::NoAccount));
            assert_eq!(carries(&own, &other, now), Err(NotSent::NoAccount));
        }
        assert_eq!(carries(&own, &recovery, fresh), Ok(()));
        assert_eq!(carries(&own, &recovery, stale), Err(NotSent::AddressStale));
    }
}
