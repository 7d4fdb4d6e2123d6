//! Somebody who is signed in, and has just proved it again, adds a passkey.
//!
//! 1. The page carries what the browser is asked, and which credentials are there already ([`offer`]).
//! 2. Before the transaction: open the challenge, verify what was made, seal what verifies it ([`prepare`]).
//! 3. Claim the challenge, write it down unless it belongs to somebody already ([`commit`]). From a browser that the
//!    account has not known for a day it is held for a day, and whoever has the link of the notice can cancel it.
//!
//! Implements: WebAuthn Level 3 §7.1; NIST SP 800-63B-4 §4.1.2 (binding, and notice of it).

use model::account::AccountState;
use model::authenticator::{Authenticator, AuthenticatorKind};
use model::cx::Cx;
use model::digest::Digest;
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::refusal::{Refusal, Verdict};
use model::secret::Secret;
use model::source::Source;
use model::time::Time;
use store::authenticators::{self, New};
use store::{Reader, Store, Tx, accounts, answered_challenges, browsers};
use wire::passkey::{Attestation, Creation};

use super::answer::{Asked, credential_digest};
use super::challenge::{self, Challenge, Purpose};
use super::{HOLD, RelyingParty, read, timeout, write};
use crate::Outcome;
use crate::authenticator::{self, MOST, cancel_digest};
use crate::session::Visitor;

/// Step 1.
///
/// # Errors
/// A fault of the store.
pub fn offer(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (visitor, half): (&Visitor, &[u8; 16]),
) -> Result<Asked, Fault> {
    let own = own_ids(store, visitor.account.id, None)?;
    let drawn = challenge::draw(store, cx, (Purpose::Add, half), Some(visitor))?;
    let creation = Creation {
        relying_party: (&party.id, &party.name),
        user: visitor.account.id.bytes(),
        user_name: &visitor.account.address,
        challenge: &drawn.bytes,
        exclude: &own,
        timeout: timeout(),
        discoverable: true,
    };
    Ok(Asked { options: creation.json(), challenge: drawn.sealed })
}

/// The identifiers of an account's passkeys: all, or those that can be used at a time.
pub(super) fn own_ids(store: &Store, account: AccountId, at: Option<Time>) -> Result<Vec<Vec<u8>>, Fault> {
    let kept = store.read(|reader| authenticators::list(reader, account))?;
    kept.iter()
        .filter(|kept| kept.authenticator.kind == AuthenticatorKind::Passkey)
        .filter(|kept| at.is_none_or(|at| kept.authenticator.is_usable(at)))
        .map(|kept| read(store.keys(), kept).map(|credential| credential.cred_id))
        .collect()
}

/// What a browser brought back.
pub struct Made {
    /// The challenge, as the page carried it.
    pub challenge: String,
    /// What the authenticator made.
    pub attestation: Attestation,
    /// What its owner calls it, after [`crate::authenticator::name`].
    pub name: String,
    /// The half that the browser holds.
    pub browser_half: [u8; 16],
    /// Whoever is signed in.
    pub visitor: Visitor,
    /// From where.
    pub source: Source,
}

/// A new passkey with everything that can be made before the transaction.
pub struct Prepared {
    challenge: Challenge,
    answered: Digest,
    id: AuthenticatorId,
    name: String,
    credential: Digest,
    sealed: Vec<u8>,
    cancel: [u8; 16],
    visitor: Visitor,
    source: Source,
}

/// A passkey that was added.
pub struct Added {
    /// It.
    pub authenticator: Authenticator,
    /// Whether it is held at first.
    pub held: bool,
    /// The secret of the link that takes it away again, for the notice ([`crate::authenticator::cancel`]).
    pub cancel: Secret<[u8; 16]>,
}

/// Step 2.
///
/// # Errors
/// A fault of the store. The refusals are [`Refusal::ChallengeOver`] and [`Refusal::PasskeyUnfit`].
pub fn prepare(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    made: Made,
) -> Result<Verdict<Prepared>, Fault> {
    let keys = store.keys();
    let carried = (made.challenge.as_str(), &made.browser_half);
    let challenge = match Challenge::open(keys, cx.now, carried, &[Purpose::Add]) {
        Ok(challenge) if challenge.is_of(&made.visitor) => challenge,
        Ok(_) | Err(_) => return Ok(Err(Refusal::ChallengeOver)),
    };
    let Some(credential) = party.register(&made.attestation, &challenge)? else {
        return Ok(Err(Refusal::PasskeyUnfit));
    };
    let id = AuthenticatorId::new(cx)?;
    Ok(Ok(Prepared {
        answered: challenge.digest(keys),
        credential: credential_digest(keys, &credential.cred_id),
        sealed: authenticators::seal(keys, &mut cx.entropy, id, &write(&credential)?)?,
        cancel: cx.entropy.bytes()?,
        name: made.name,
        visitor: made.visitor,
        source: made.source.kept(cx.policy.keep_addresses),
        challenge,
        id,
    }))
}

/// Step 3.
///
/// # Errors
/// A fault of the store.
pub fn commit(tx: &mut Tx<'_>, cx: &mut Cx, made: &Prepared) -> Outcome<Added> {
    let owner = made.visitor.account.id;
    let account = accounts::ask_held(tx, owner)?.get(tx)?;
    let fresh = cx.now < made.challenge.expires_at
        && answered_challenges::claim(tx, &made.answered, made.challenge.expires_at)?;
    if !fresh {
        return Ok(tx.unrecorded("answered before", Err(Refusal::ChallengeOver)));
    }
    let Some(account) = account.filter(|account| account.state == AccountState::Open) else {
        return Ok(tx.unrecorded("locked or closed meanwhile", Err(Refusal::AccountState)));
    };
    if !super::is_open(&cx.policy, &account) {
        return Ok(tx.unrecorded("it could be used for nothing", Err(Refusal::MethodOff)));
    }
    if authenticators::list(tx, owner)?.len() >= MOST {
        return Ok(tx.unrecorded("nothing was added", Err(Refusal::TooMany)));
    }
    let held = !is_browser_known(tx, cx.now, &made.visitor)?;
    let authenticator = Authenticator {
        id: made.id,
        account: owner,
        kind: AuthenticatorKind::Passkey,
        name: made.name.clone(),
        added_at: cx.now,
        usable_at: if held { cx.now + HOLD } else { cx.now },
        used_at: None,
        session: Some(made.visitor.session.id),
        counter: 0,
    };
    let new = New {
        authenticator: &authenticator,
        credential: Some(made.credential),
        sealed: &made.sealed,
        cancel: held.then(|| cancel_digest(tx.keys(), made.id, &made.cancel)),
        cookie: None,
    };
    if !authenticators::claim_insert(tx, &new)? {
        return Ok(tx.unrecorded("it is somebody's already", Err(Refusal::PasskeyKnown)));
    }
    let event = authenticator::added(tx, cx, &authenticator, (&made.cancel, made.source))?;
    tx.record(&[event], Ok(Added { authenticator, held, cancel: Secret::new(made.cancel) }))
}

/// Whether the browser of the session is one that the owner of the account is used to: it opened the account, or it
/// first signed in a day ago or more. Signing in twice in a row does not make it so.
pub(crate) fn is_browser_known(reader: &mut Reader<'_>, now: Time, visitor: &Visitor) -> Result<bool, Fault> {
    let all = browsers::list(reader, visitor.account.id)?;
    let own = all.into_iter().find(|browser| browser.id == visitor.session.browser);
    Ok(own.is_some_and(|browser| {
        browser.first_used <= visitor.account.opened_at || browser.first_used + HOLD <= now
    }))
}
