//! What an account can prove itself with: list it, name it, take it away; and cancel what was just added.
//!
//! Whoever adds, changes or removes one, of whatever kind, says so by [`added`], [`changed`] or [`removed`].
//!
//! Implements: OWASP ASVS 5.0 6.3.7, 7.5.1; NIST SP 800-63B-4 §4.1.2, §4.4, §4.6; `threats.md` §5.2 row 27.

pub mod bind;

use model::authenticator::{Authenticator, AuthenticatorKind, BESIDE};
use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::event::{Actor, Event, EventKind, OperatorAct, Removal, Subject};
use model::fault::Fault;
use model::grant::GrantEnd;
use model::id::{AccountId, AuthenticatorId};
use model::notice::What;
use model::refusal::{Refusal, Verdict};
use model::session::{Session, SessionEnd};
use model::source::Source;
use model::time::Time;
use store::{Store, Tx, accounts, authenticators, sessions};
use wire::invisible::is_invisible;

use crate::by::By;
use crate::notice::{self, Telling, Whom};
use crate::oauth::ending::of_account;
use crate::session::{Visitor, ended};
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

/// Says everywhere that one was added: the event, for whoever adds it to record, and a notice to every mailbox of the
/// account. One that is held can be taken away by the link in the notice until it can be used.
///
/// # Errors
/// A fault of the store.
pub(crate) fn added(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    (cancel, source): (&[u8; 16], Source),
) -> Result<Event, Fault> {
    let usable_at = (!own.is_usable(cx.now)).then_some(own.usable_at);
    let what = What::AuthenticatorAdded { kind: own.kind, usable_at };
    let kind = EventKind::AuthenticatorAdded { authenticator: own.id, kind: own.kind, usable_at };
    say(tx, cx, own, (what, kind), (cancel, source))
}

/// Says everywhere that another secret took the place of the one before, which is gone with the link to it: as [`added`].
///
/// # Errors
/// A fault of the store.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    of: (&[u8; 16], Source),
) -> Result<Event, Fault> {
    let what = What::AuthenticatorChanged { kind: own.kind };
    let kind = EventKind::AuthenticatorChanged { authenticator: own.id, kind: own.kind };
    say(tx, cx, own, (what, kind), of)
}

fn say(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    (what, kind): (What, EventKind),
    (cancel, source): (&[u8; 16], Source),
) -> Result<Event, Fault> {
    let mut telling = Telling::of(what).from(source);
    if !own.is_usable(cx.now) {
        telling = telling.with_link(format!("/authenticator/{}", wire::token::pair(own.id.bytes(), cancel)));
    }
    notice::tell(tx, cx, own.account, telling, Whom::Everybody)?;
    let event = Event::new(cx, Subject::Account(own.account), kind)?;
    let event = event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses)));
    Ok(match own.session {
        Some(session) => event.within(session),
        None => event,
    })
}

/// Says everywhere that one is gone: the event, for whoever takes it away to sign and record, and a notice to every
/// mailbox of the account.
///
/// # Errors
/// A fault of the store.
pub(crate) fn removed(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    own: &Authenticator,
    (why, source): (Removal, Source),
) -> Result<Event, Fault> {
    let telling = Telling::of(What::AuthenticatorRemoved { kind: own.kind, why }).from(source);
    notice::tell(tx, cx, own.account, telling, Whom::Everybody)?;
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
    events.extend(of_account(tx, cx, (by.account.id, Some(by.session.id), GrantEnd::CredentialChanged))?);
    tx.record(&events, Ok(()))
}

/// An operator takes one of an account's approvers away, for an owner who cannot. `reason` is a line of [`wire::line`]. What was let
/// in by it stays: [`crate::account::act`] ends sessions, [`crate::undo`] takes back what came about.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AuthenticatorUnknown`] also for what is no approver.
pub fn remove_approver(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    (account, id): (AccountId, AuthenticatorId),
    (reason, by): (&str, &By),
) -> Outcome<()> {
    accounts::ask_held(tx, account)?.get(tx)?;
    let all = authenticators::list(tx, account)?.into_iter().map(|kept| kept.authenticator);
    let own = all.into_iter().find(|own| own.id == id && own.kind == AuthenticatorKind::Approver);
    let Some(own) = own else {
        return Ok(tx.unrecorded("there is no such approver", Err(Refusal::AuthenticatorUnknown)));
    };
    if !authenticators::claim_remove(tx, account, id)? {
        return Ok(tx.unrecorded("gone meanwhile", Err(Refusal::AuthenticatorUnknown)));
    }
    let telling = Telling::of(What::AuthenticatorRemoved { kind: own.kind, why: Removal::ByOperator });
    notice::tell(tx, cx, account, telling, Whom::Everybody)?;
    let act = EventKind::OperatorActed { act: OperatorAct::RemoveApprover, reason: reason.to_owned() };
    let gone =
        EventKind::AuthenticatorRemoved { authenticator: own.id, kind: own.kind, why: Removal::ByOperator };
    let mut events = Vec::new();
    for kind in [act, gone] {
        events.push(by.sign(Event::new(cx, Subject::Account(account), kind)?));
    }
    events.extend(of_account(tx, cx, (account, None, GrantEnd::CredentialChanged))?);
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

/// What a link of a notice carries: an authenticator and a secret.
pub type Link = (AuthenticatorId, [u8; 16]);

/// What the link of a notice about a new one leads to, with the browser session that added it, while it is held. Looking
/// changes nothing.
///
/// # Errors
/// A fault of the store.
pub fn find_by_link(
    store: &Store,
    now: Time,
    (id, secret): &Link,
) -> Result<Option<(Authenticator, Option<Session>)>, Fault> {
    let digest = cancel_digest(store.keys(), *id, secret);
    store.read(|reader| {
        let found = authenticators::find_with_cancel(reader, *id)?;
        let own = found.filter(|(own, cancel)| {
            !own.is_usable(now) && cancel.as_ref().is_some_and(|cancel| cancel.matches(&digest))
        });
        let Some((own, _)) = own else { return Ok(None) };
        let session = own.session.map(|session| sessions::find(reader, session)).transpose()?.flatten();
        Ok(Some((own, session.map(|(session, _)| session))))
    })
}

/// Takes a new one away while it is held, by the link of the notice about it, and ends the session in which it was added:
/// whoever reads the account's mail may do that, signed in or not.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::LinkUnknown`].
pub fn cancel(tx: &mut Tx<'_>, cx: &mut Cx, (id, secret): &Link, source: Source) -> Outcome<()> {
    let digest = cancel_digest(tx.keys(), *id, secret);
    let Some(own) = authenticators::claim_cancel(tx, *id, &digest, cx.now)? else {
        return Ok(tx.unrecorded("no such link, followed before, or too late", Err(Refusal::LinkUnknown)));
    };
    let kept = Some(source.kept(cx.policy.keep_addresses));
    let mut events = vec![removed(tx, cx, &own, (Removal::Cancelled, source))?.by(Actor::Recipient, kept)];
    if let Some(session) = own.session
        && sessions::claim_end(tx, own.account, session)?
    {
        let ended = ended(tx, cx, own.account, (session, SessionEnd::EndedByOwner))?;
        events.extend(ended.into_iter().map(|event| event.by(Actor::Recipient, kept)));
    }
    tx.record(&events, Ok(()))
}

/// Takes one of the visitor's own away while it is held. It could not be used yet, so that no proof is asked for: whoever
/// is signed in in another browser can do it at once.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::AuthenticatorUnknown`].
pub fn cancel_own(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    by: &Visitor,
    (id, source): (AuthenticatorId, Source),
) -> Outcome<()> {
    let Some(own) = authenticators::claim_cancel_own(tx, by.account.id, id, cx.now)? else {
        return Ok(tx.unrecorded("gone, or not held any more", Err(Refusal::AuthenticatorUnknown)));
    };
    let event = removed(tx, cx, &own, (Removal::ByOwner, source))?;
    let event = event.by(Actor::Owner, Some(source.kept(cx.policy.keep_addresses))).within(by.session.id);
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
