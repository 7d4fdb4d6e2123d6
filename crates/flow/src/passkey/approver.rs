//! The passkey of an approver: made in the browser that becomes one, and used for nothing but what that is asked.
//!
//! It is not discoverable, where the device has a choice, and no browser offers it for signing in. Its user handle is the approver's
//! own: one with the account's would take the place of a passkey that the same device has for the account (WebAuthn Level 3
//! §6.3.2 step 7).
//!
//! Implements: WebAuthn Level 3 §7.1, §7.2, §13.4.3; `threats.md` §5.2 rows 16 and 18.

use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::refusal::{Refusal, Verdict};
use model::time::Time;
use store::authenticators::{self, Kept};
use store::{Store, Tx, answered_challenges};
use wire::passkey::{Assertion, Attestation, Creation, Request};

use super::answer::{Asked, credential_digest};
use super::challenge::{self, Challenge, Purpose};
use super::{RelyingParty, Shown, read, timeout, write};

/// A challenge that was answered, to be claimed.
pub(crate) struct Answered {
    digest: Digest,
    expires_at: Time,
}

impl Answered {
    fn of(challenge: &Challenge, keys: &Keys) -> Self {
        Self { digest: challenge.digest(keys), expires_at: challenge.expires_at }
    }

    /// Claims it; `false` where it was answered before, or too late.
    pub(crate) fn claim(&self, tx: &mut Tx<'_>, now: Time) -> Result<bool, Fault> {
        Ok(now < self.expires_at && answered_challenges::claim(tx, &self.digest, self.expires_at)?)
    }
}

/// What a browser is asked that is to become an approver; `about` is what it becomes one by, and `called` what its device shows.
pub(crate) fn offer(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    half: &[u8; 16],
    (about, account, called): (&Digest, AccountId, &str),
) -> Result<Asked, Fault> {
    let approver = AuthenticatorId::new(cx)?;
    let drawn = challenge::draw_about(store, cx, (Purpose::Enrol, half), (about, account, approver))?;
    let creation = Creation {
        relying_party: (&party.id, &party.name),
        user: approver.bytes(),
        user_name: called,
        challenge: &drawn.bytes,
        exclude: &[],
        timeout: timeout(),
        discoverable: false,
    };
    Ok(Asked { options: creation.json(), challenge: drawn.sealed })
}

/// A passkey that was made for an approver.
pub(crate) struct New {
    pub(crate) answered: Answered,
    pub(crate) id: AuthenticatorId,
    pub(crate) credential: Digest,
    pub(crate) sealed: Vec<u8>,
}

/// Verifies what was made. Not within a transaction.
pub(crate) fn made(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (sealed, half, attestation): (&str, &[u8; 16], &Attestation),
    (about, account): (&Digest, AccountId),
) -> Result<Verdict<New>, Fault> {
    let keys = store.keys();
    let opened = Challenge::open(keys, cx.now, (sealed, half), &[Purpose::Enrol]);
    let own = opened.ok().and_then(|open| open.approver(account, about).map(|id| (open, id)));
    let Some((challenge, id)) = own else { return Ok(Err(Refusal::ChallengeOver)) };
    let Some(credential) = party.register(attestation, &challenge)? else {
        return Ok(Err(Refusal::PasskeyUnfit));
    };
    Ok(Ok(New {
        answered: Answered::of(&challenge, keys),
        id,
        credential: credential_digest(keys, &credential.cred_id),
        sealed: authenticators::seal(keys, &mut cx.entropy, id, &write(&credential)?)?,
    }))
}

/// What an approver is asked to sign, beside chance: `about`.
pub(crate) fn ask(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    half: &[u8; 16],
    (about, approver): (&Digest, &Kept),
) -> Result<Asked, Fault> {
    let own = &approver.authenticator;
    let drawn = challenge::draw_about(store, cx, (Purpose::Approve, half), (about, own.account, own.id))?;
    let allow = [read(store.keys(), approver)?.cred_id];
    let request =
        Request { relying_party: &party.id, challenge: &drawn.bytes, allow: &allow, timeout: timeout() };
    Ok(Asked { options: request.json(), challenge: drawn.sealed })
}

/// What was found out about an answer before the transaction.
pub(crate) struct Proof {
    pub(crate) answered: Answered,
    /// What the passkey counts; none where its proof does not hold.
    pub(crate) counter: Option<i64>,
    /// What verifies it from now on, where that changed.
    pub(crate) sealed: Option<Vec<u8>>,
}

/// Verifies what the passkey of an approver signed. Not within a transaction.
pub(crate) fn prove(
    store: &Store,
    party: &RelyingParty,
    cx: &mut Cx,
    (sealed, half, assertion): (&str, &[u8; 16], &Assertion),
    (about, approver): (&Digest, &Kept),
) -> Result<Verdict<Proof>, Fault> {
    let (keys, own) = (store.keys(), &approver.authenticator);
    let opened = Challenge::open(keys, cx.now, (sealed, half), &[Purpose::Approve]);
    let fit = |open: &Challenge| open.approver(own.account, about) == Some(own.id);
    let Some(challenge) = opened.ok().filter(fit) else { return Ok(Err(Refusal::ChallengeOver)) };
    let mut credential = read(keys, approver)?;
    let answered = Answered::of(&challenge, keys);
    let named = assertion.get_user_unique_id().is_none_or(|named| named == own.id.bytes());
    let shown = party.verify(assertion, &credential, &challenge)?;
    let right = |_: &Shown| named && assertion.raw_id == credential.cred_id;
    let Some(Shown { counter, backed_up }) = shown.filter(right) else {
        return Ok(Ok(Proof { answered, counter: None, sealed: None }));
    };
    let sealed = if backed_up == credential.backup_state {
        None
    } else {
        credential.backup_state = backed_up;
        Some(authenticators::seal(keys, &mut cx.entropy, own.id, &write(&credential)?)?)
    };
    Ok(Ok(Proof { answered, counter: Some(counter), sealed }))
}
