//! Somebody who is signed in, and has just proved it again, sets a password, or another one.
//!
//! 1. Before: which password there is, what the new one is for, and what would be guessed first about its owner ([`prepare`]).
//! 2. Whoever has one types it as well, and that is an attempt like any other ([`reserve`]).
//! 3. On the hashing pool: compare the one, judge and hash the other ([`Prepared::judge`]).
//! 4. Write it down ([`commit`]): a first one from a browser that the account has not known for a day is held for a day;
//!    another one is not, since the one before it was proved. It gets an identifier of its own, so that what was begun with
//!    the one before does not go on.
//!
//! Implements: OWASP ASVS 5.0 6.2.2, 6.2.3, 6.2.12; NIST SP 800-63B-4 §3.1.1.2, §4.1.2.

use model::authenticator::{AuthenticatorKind, BESIDE};
use model::cx::Cx;
use model::event::{NotProved, Subject};
use model::fault::Fault;
use model::grant::GrantEnd;
use model::id::AuthenticatorId;
use model::policy::Policy;
use model::refusal::Refusal;
use model::source::Source;
use store::{Recorded, Store, Tx, addresses, authenticators};
use wire::password_hash::PasswordHash;

use super::attempt::{self, Compared, Typed, Whom, seal};
use super::breached::{self, Breached};
use super::choose::{self, Use, Weakness};
use super::hash::{self, Salt, Scratch, Unverifiable};
use super::strength::About;
use super::{Password, is_open};
use crate::Outcome;
use crate::attempts::{self, Turn};
use crate::authenticator::{
    self,
    bind::{self, Added, Binding},
};
use crate::methods;
use crate::oauth::ending::of_account;
use crate::session::Visitor;

/// What somebody wants.
pub struct Wanted {
    /// The new password.
    pub new: Password,
    /// The one that the account has, where it has one.
    pub current: Option<Password>,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in.
    pub visitor: Visitor,
    /// From where.
    pub source: Source,
}

/// A wish with everything that can be found out before anything is compared.
pub struct Prepared {
    new: Password,
    /// The one that was typed as the current one.
    attempt: Option<attempt::Prepared>,
    role: Use,
    addresses: Vec<String>,
    salt: Salt,
    id: AuthenticatorId,
    cancel: [u8; 16],
    visitor: Visitor,
    source: Source,
}

/// What came of step 3; only [`Prepared::judge`] makes one.
pub struct Judged(Found);

enum Found {
    /// The current one is another.
    Wrong,
    /// Somebody should not have this one.
    Weak(Weakness),
    /// It can be taken; only beside an app, if that is set.
    Good { hash: PasswordHash, beside: bool },
}

/// Nothing could be found out. No password is to blame.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum Broken {
    /// The hash could not be computed.
    #[error(transparent)]
    Hash(#[from] Unverifiable),
    /// The list of breached passwords could not be read.
    #[error("the list of breached passwords could not be read")]
    Breached,
}

impl From<breached::Unusable> for Broken {
    fn from(_: breached::Unusable) -> Self {
        Self::Breached
    }
}

/// What the pages need to know before anybody types: whether there is a password, and how long a new one must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether the account has one already, which is asked for then.
    pub current: bool,
    /// How many characters a new one has at least.
    pub least: u16,
}

/// What is asked of whoever is signed in.
///
/// # Errors
/// A fault of the store.
pub fn asked(store: &Store, cx: &Cx, visitor: &Visitor) -> Result<Asked, Fault> {
    let own = crate::authenticator::list(store, visitor.account.id)?;
    let least = match role(cx, visitor, &own) {
        Use::Alone => cx.policy.password_length_alone,
        Use::BesideAnother => cx.policy.password_length,
    };
    Ok(Asked { current: own.iter().any(|own| own.kind == AuthenticatorKind::Password), least })
}

/// What a password of this account is for at present.
fn role(cx: &Cx, visitor: &Visitor, own: &[model::authenticator::Authenticator]) -> Use {
    let open = methods::of_account(&cx.policy, &visitor.account);
    if super::sign_in::app(cx, &open, own).is_some() { Use::BesideAnother } else { Use::Alone }
}

/// Step 1. `Ok(None)` where the account has a password and none was typed as the current one.
///
/// # Errors
/// A fault of the store.
pub fn prepare(store: &Store, cx: &mut Cx, wanted: Wanted) -> Result<Option<Prepared>, Fault> {
    let Wanted { new, current, browser_half, visitor, source } = wanted;
    let own = crate::authenticator::list(store, visitor.account.id)?;
    let has = own.iter().any(|own| own.kind == AuthenticatorKind::Password);
    let attempt = match current {
        _ if !has => None,
        None => return Ok(None),
        Some(password) => {
            let (whom, current) = (Whom::Visitor(Box::new(visitor.clone())), Some(visitor.clone()));
            Some(attempt::prepare(store, cx, Typed { whom, password, browser_half, current, source })?)
        }
    };
    let all = store.read(|reader| addresses::list(reader, visitor.account.id))?;
    Ok(Some(Prepared {
        new,
        attempt,
        role: role(cx, &visitor, &own),
        addresses: all.into_iter().map(|kept| kept.shown).collect(),
        salt: Salt::draw(&mut cx.entropy)?,
        id: AuthenticatorId::new(cx)?,
        cancel: cx.entropy.bytes()?,
        visitor,
        source,
    }))
}

/// Step 2; nothing where there is no password yet.
///
/// # Errors
/// A fault of the store.
pub fn reserve(tx: &mut Tx<'_>, cx: &Cx, wanted: &Prepared) -> Result<Recorded<Option<Turn>>, Fault> {
    match &wanted.attempt {
        None => Ok(tx.unrecorded("there is nothing to be guessed", None)),
        Some(attempt) => {
            let turn = *attempt::reserve(tx, cx, attempt)?.value();
            Ok(tx.unrecorded("an attempt; what comes of it will be on the record", Some(turn)))
        }
    }
}

/// What a new password is judged by beside itself.
pub struct Against<'a> {
    /// The rules.
    pub policy: &'a Policy,
    /// The list of breached passwords.
    pub breached: Option<&'a Breached>,
    /// The name of the site, and its host.
    pub site: (&'a str, &'a str),
}

impl Prepared {
    /// Step 3.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn judge(
        &self,
        turn: Option<&Turn>,
        against: &Against<'_>,
        scratch: &mut Scratch,
    ) -> Result<Judged, Broken> {
        if let (Some(attempt), Some(turn)) = (&self.attempt, turn) {
            let compared: Compared = attempt.compare(turn, scratch)?;
            if !compared.is_right() {
                return Ok(Judged(Found::Wrong));
            }
        }
        let addresses: Vec<&str> = self.addresses.iter().map(String::as_str).collect();
        let (site_name, site_host) = against.site;
        let about = About { site_name, site_host, addresses: &addresses };
        let check = |role| choose::check(&self.new, role, &about, against.policy, against.breached);
        if let Err(weakness) = check(self.role)? {
            return Ok(Judged(Found::Weak(weakness)));
        }
        let beside = self.role == Use::BesideAnother && check(Use::Alone)?.is_err();
        let hash = hash::hash(&self.new, &self.salt, scratch)?;
        Ok(Judged(Found::Good { hash, beside }))
    }
}

/// Step 3 with what can be made of it before the transaction.
pub struct Ready {
    found: Found,
    sealed: Vec<u8>,
}

/// Seals the hash.
///
/// # Errors
/// A fault of sealing.
pub fn ready(store: &Store, cx: &mut Cx, wanted: &Prepared, judged: Judged) -> Result<Ready, Fault> {
    let sealed = match &judged.0 {
        Found::Good { hash, .. } => seal(store.keys(), cx, wanted.id, hash)?,
        Found::Wrong | Found::Weak(_) => Vec::new(),
    };
    Ok(Ready { found: judged.0, sealed })
}

/// What was decided.
pub enum Set {
    /// There was none before.
    Added(Added),
    /// It took the place of the one before.
    Changed,
    /// Nothing was changed: somebody should choose another one.
    Weak(Weakness),
}

/// Step 4.
///
/// # Errors
/// A fault of the store. Refused: [`Refusal::PasswordWrong`] and [`Refusal::AttemptsBlocked`] for the current one,
/// [`Refusal::AccountState`], [`Refusal::MethodOff`], [`Refusal::TooMany`] where there is one meanwhile.
pub fn commit(
    tx: &mut Tx<'_>,
    cx: &mut Cx,
    wanted: &Prepared,
    (turn, ready): (Option<&Turn>, &Ready),
) -> Outcome<Set> {
    let account = match bind::owner(tx, &wanted.visitor)? {
        Ok(account) => account,
        Err(refusal) => return Ok(tx.unrecorded("locked or closed meanwhile", Err(refusal))),
    };
    if let Some(turn) = turn {
        if let Some(until) = turn.blocked() {
            return Ok(tx.unrecorded("nothing was compared", Err(Refusal::AttemptsBlocked { until })));
        }
        if matches!(ready.found, Found::Wrong) {
            let subject = Subject::Account(account.id);
            let why = (&subject, wanted.source.kept(cx.policy.keep_addresses), NotProved::Mismatch);
            let events = attempts::failed(tx, cx, turn, why)?;
            return tx.record(&events, Err(Refusal::PasswordWrong));
        }
        attempts::succeeded(tx, cx.now, turn)?;
    }
    let counter = match &ready.found {
        Found::Wrong => {
            return Ok(tx.unrecorded("there was none to compare with", Err(Refusal::PasswordWrong)));
        }
        Found::Weak(weakness) => return Ok(tx.unrecorded("nothing was changed", Ok(Set::Weak(*weakness)))),
        Found::Good { beside, .. } => {
            if *beside {
                BESIDE
            } else {
                0
            }
        }
    };
    if !is_open(&cx.policy, &account) {
        return Ok(tx.unrecorded("it could be used for nothing", Err(Refusal::MethodOff)));
    }
    let binding = Binding {
        id: wanted.id,
        kind: AuthenticatorKind::Password,
        counter,
        sealed: &ready.sealed,
        cancel: &wanted.cancel,
        by: &wanted.visitor,
        source: wanted.source,
    };
    let before = wanted.attempt.as_ref().and_then(|attempt| attempt.own.as_ref()).map(|own| own.id);
    match before {
        Some(before) => change(tx, cx, &binding, before),
        None => match bind::add(tx, cx, &binding)? {
            Ok((added, event)) => tx.record(&[event], Ok(Set::Added(added))),
            Err(refusal) => Ok(tx.unrecorded("nothing was added", Err(refusal))),
        },
    }
}

/// Puts it in the place of the one that was typed as the current one.
fn change(tx: &mut Tx<'_>, cx: &mut Cx, binding: &Binding<'_>, before: AuthenticatorId) -> Outcome<Set> {
    let account = binding.by.account.id;
    // One that is held stays held.
    let mut all = authenticators::list(tx, account)?.into_iter().map(|kept| kept.authenticator);
    let Some(wait) = all.find(|own| own.id == before).map(|own| own.usable_at.since(cx.now)) else {
        return Ok(tx.unrecorded("gone meanwhile", Err(Refusal::AuthenticatorUnknown)));
    };
    if !authenticators::claim_remove(tx, account, before)? {
        return Ok(tx.unrecorded("gone meanwhile", Err(Refusal::AuthenticatorUnknown)));
    }
    let Some(own) = bind::insert(tx, cx, binding, wait)? else {
        return Err(Fault::plain("a password beside the one that was changed").conflict());
    };
    let mut events = vec![authenticator::changed(tx, cx, &own, (binding.cancel, binding.source))?];
    let spared = Some(binding.by.session.id);
    events.extend(of_account(tx, cx, (account, spared, GrantEnd::CredentialChanged))?);
    tx.record(&events, Ok(Set::Changed))
}
