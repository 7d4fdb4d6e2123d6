//! What an account can prove itself with: list it, name it, take it away; and cancel what was just added.
//!
//! Implements: OWASP ASVS 5.0 6.3.7, 7.5.1; NIST SP 800-63B-4 §4.1.2, §4.4.

pub mod bind;

use model::authenticator::{Authenticator, AuthenticatorKind, BESIDE};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, Removal, Subject};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::refusal::{Refusal, Verdict};
use model::source::Source;
use store::{Store, Tx, accounts, authenticators};
use wire::invisible::is_invisible;

use crate::session::Visitor;
use crate::{Outcome, attempts};

/// How many authenticators an account can have.
pub const MOST: usize = 25;

/// The longest name of an authenticator, in characters.
pub const LONGEST_NAME: usize = 60;

/// A name as its owner typed it; `default` where nothing was typed.
///
/// # Errors
/// [`Refusal::NameUnfit`] for more than [`LONGEST_NAME`] characters, or one that nobody sees.
pub fn name(typed: &str, default: &str) -> Verdict<String> {
    let typed = typed.trim();
    let name = if typed.is_empty() { default } else { typed };
    let fits = name.chars().count() <= LONGEST_NAME && !name.is_empty() && !name.chars().any(is_invisible);
    if fits { Ok(name.to_owned()) } else { Err(Refusal::NameUnfit) }
}

/// The digest of the secret in the link that takes a new authenticator away again.
#[must_use]
pub fn cancel_digest(keys: &Keys, id: AuthenticatorId, secret: &[u8; 16]) -> Digest {
    keys.digest(Of::Token, &[b"cancel authenticator", id.bytes(), secret])
}

/// Says that one was added: the event, for whoever adds it to record.
///
/// # Errors
/// A fault of the store.
pub(crate) fn added(
    _tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    (_cancel, source): (&[u8; 16], Source),
) -> Result<Event, Fault> {
    let usable_at = (!own.is_usable(cx.now)).then_some(own.usable_at);
    let kind = EventKind::AuthenticatorAdded { authenticator: own.id, kind: own.kind, usable_at };
    let event = Event::new(cx, Subject::Account(own.account), kind)?;
    let event = event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses)));
    Ok(match own.session {
        Some(session) => event.within(session),
        None => event,
    })
}

/// Says that one is gone: the event, for whoever takes it away to sign and record.
///
/// # Errors
/// A fault of the store.
pub(crate) fn removed(
    _tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    (why, _source): (Removal, Source),
) -> Result<Event, Fault> {
    let kind = EventKind::AuthenticatorRemoved { authenticator: own.id, kind: own.kind, why };
    Event::new(cx, Subject::Account(own.account), kind).map_err(Fault::from)
}

/// All of an account, the oldest first.
///
/// # Errors
/// A fault of the store.
pub fn list(store: &Store, account: AccountId) -> Result<Vec<Authenticator>, Fault> {
    let kept = store.read(|reader| authenticators::list(reader, account))?;
    Ok(kept.into_iter().map(|kept| kept.authenticator).collect())
}

/// Gives one of the visitor's another name, after [`name`].
///
/// # Errors
/// A fault of the store.
pub fn rename(tx: &mut Tx<'_>, by: &Visitor, id: AuthenticatorId, name: &str) -> Outcome<()> {
    let renamed = authenticators::claim_rename(tx, by.account.id, id, name)?;
    let outcome = if renamed { Ok(()) } else { Err(Refusal::AuthenticatorUnknown) };
    Ok(tx.unrecorded("a name is a note of its owner's and decides nothing", outcome))
}

/// Takes one of the visitor's away, and what cannot be without it ([`goes_with`]).
///
/// # Errors
/// A fault of the store.
pub fn remove(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (id, source): (AuthenticatorId, Source),
) -> Outcome<()> {
    // Held, so that it does not go while somebody signs in with it.
    accounts::ask_held(tx, by.account.id)?.get(tx)?;
    let all: Vec<Authenticator> =
        authenticators::list(tx, by.account.id)?.into_iter().map(|kept| kept.authenticator).collect();
    let Some(own) = all.iter().find(|own| own.id == id) else {
        return Ok(tx.unrecorded("there is none", Err(Refusal::AuthenticatorUnknown)));
    };
    if !authenticators::claim_remove(tx, by.account.id, id)? {
        return Ok(tx.unrecorded("gone meanwhile", Err(Refusal::AuthenticatorUnknown)));
    }
    let mut gone = vec![own];
    if let Some(with) = goes_with(own, &all)
        && authenticators::claim_remove(tx, by.account.id, with.id)?
    {
        gone.push(with);
    }
    let mut events = Vec::with_capacity(gone.len());
    for own in gone {
        attempts::forget(tx, own.account, own.kind.method())?;
        let event = removed(tx, cx, own, (Removal::ByOwner, source))?;
        let kept = Some(source.kept(cx.policy.keep_addresses));
        events.push(event.by(Actor::Owner, kept).within(by.session.id));
    }
    tx.record(&events, Ok(()))
}

/// What goes together with one of these: with the app the password that was taken only beside it, since nobody may be let
/// in by that alone (NIST SP 800-63B-4 §3.1.1.2).
#[must_use]
pub fn goes_with<'a>(own: &Authenticator, all: &'a [Authenticator]) -> Option<&'a Authenticator> {
    let beside =
        |other: &&Authenticator| other.kind == AuthenticatorKind::Password && other.counter == BESIDE;
    all.iter().filter(|_| own.kind == AuthenticatorKind::Totp).find(beside)
}

/// Takes a new one away by the link of the notice about it: whoever reads the account's mail may do that, signed in or
/// not.
///
/// # Errors
/// A fault of the store.
pub fn cancel(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (id, secret): (AuthenticatorId, &[u8; 16]),
    source: Source,
) -> Outcome<()> {
    let digest = cancel_digest(tx.keys(), id, secret);
    let Some((account, kind)) = authenticators::claim_cancel(tx, id, &digest)? else {
        return Ok(tx.unrecorded("no such link, or followed before", Err(Refusal::LinkUnknown)));
    };
    let kind = EventKind::AuthenticatorRemoved { authenticator: id, kind, why: Removal::Cancelled };
    let event = Event::new(cx, Subject::Account(account), kind)?
        .by(Actor::Visitor, Some(source.kept(cx.policy.keep_addresses)));
    tx.record(&[event], Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_read_and_is_not_endless() {
        assert_eq!(name("  My phone ", "Firefox"), Ok("My phone".to_owned()));
        assert_eq!(name(" ", "Firefox on Linux"), Ok("Firefox on Linux".to_owned()));
        assert_eq!(name(&"ä".repeat(60), ""), Ok("ä".repeat(60)));
        for bad in ["a\u{202e}b", "a\u{0}", &"a".repeat(61)] {
            assert_eq!(name(bad, "Firefox"), Err(Refusal::NameUnfit));
        }
        assert_eq!(name("", ""), Err(Refusal::NameUnfit));
    }
}
