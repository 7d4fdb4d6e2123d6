//! A challenge: a sealed value that the page carries and the browser brings back, so that nothing is kept for whoever
//! never answers.
//!
//! It is bound to the browser half, to what it is for, to the account and the session where there is one, and it ends
//! after five minutes. Implements: WebAuthn Level 3 §13.4.3 (at least 16 bytes, used once).

use std::time::Duration;

use model::cx::Cx;
use model::digest::{Digest, Keys, Of};
use model::fault::Fault;
use model::id::{AccountId, AuthenticatorId};
use model::refusal::{Refusal, Verdict};
use model::time::Time;
use store::{Store, seal};

use crate::session::Visitor;
use crate::sign_in::ask::browser_digest;

/// How long a challenge can be answered.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);

const PLACE: &[u8] = b"passkey challenge";
/// Purpose, challenge, browser, account, session, end.
const PLAIN: usize = 1 + 32 + 16 + 16 + 16 + 8;
/// With nonce and tag of AES-256-GCM.
const SEALED: usize = PLAIN + 12 + 16;

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// Proving within a session who is there.
    StepUp,
    /// Adding a passkey.
    Add,
    /// Getting back into an account.
    Recovery,
    /// Becoming an approver.
    Enrol,
    /// Answering as an approver.
    Approve,
}

impl Purpose {
    const ALL: [Self; 6] =
        [Self::SignIn, Self::StepUp, Self::Add, Self::Recovery, Self::Enrol, Self::Approve];

    const fn code(self) -> u8 {
        match self {
            Self::SignIn => 1,
            Self::StepUp => 2,
            Self::Add => 3,
            Self::Recovery => 4,
            Self::Enrol => 5,
            Self::Approve => 6,
        }
    }
}

/// A challenge, open.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    pub(super) bytes: [u8; 32],
    pub(super) purpose: Purpose,
    /// For whom it was made: an account, and the session or the approver.
    pub(super) held: Option<(AccountId, [u8; 16])>,
    pub(super) expires_at: Time,
}

/// A challenge, sealed: for the page.
pub(super) struct Drawn {
    pub(super) bytes: [u8; 32],
    /// What the page carries.
    pub(super) sealed: String,
}

/// Draws a challenge for this browser.
pub(super) fn draw(
    store: &Store,
    cx: &mut Cx,
    (purpose, half): (Purpose, &[u8; 16]),
    visitor: Option<&Visitor>,
) -> Result<Drawn, Fault> {
    let bytes = cx.entropy.bytes()?;
    let held = visitor.map(|visitor| (visitor.account.id, *visitor.session.id.bytes()));
    seal_up(store, cx, (purpose, half), (bytes, held))
}

/// Draws a challenge for an approver of this account; half of what is signed is `about`, so that the answer is an answer to that
/// and to nothing else (16 bytes of chance are left, as WebAuthn §13.4.3 asks for).
pub(super) fn draw_about(
    store: &Store,
    cx: &mut Cx,
    (purpose, half): (Purpose, &[u8; 16]),
    (about, account, approver): (&Digest, AccountId, AuthenticatorId),
) -> Result<Drawn, Fault> {
    let mut bytes: [u8; 32] = cx.entropy.bytes()?;
    for (to, from) in bytes.iter_mut().skip(16).zip(about.bytes()) {
        *to = *from;
    }
    seal_up(store, cx, (purpose, half), (bytes, Some((account, *approver.bytes()))))
}

fn seal_up(
    store: &Store,
    cx: &mut Cx,
    (purpose, half): (Purpose, &[u8; 16]),
    (bytes, held): ([u8; 32], Option<(AccountId, [u8; 16])>),
) -> Result<Drawn, Fault> {
    let mut plain = Vec::with_capacity(PLAIN);
    plain.push(purpose.code());
    plain.extend(bytes);
    plain.extend(browser_digest(store.keys(), half).bytes());
    match held {
        Some((account, holder)) => {
            plain.extend(account.bytes());
            plain.extend(holder);
        }
        None => plain.extend([0; 32]),
    }
    plain.extend((cx.now + LIFETIME).micros().to_be_bytes());
    let sealed = seal::seal(store.keys(), &mut cx.entropy, PLACE, &plain)?;
    Ok(Drawn { bytes, sealed: wire::token::encode(&sealed) })
}

impl Challenge {
    /// Opens what [`draw`] sealed, if it is for this browser and these purposes, and not over.
    pub(super) fn open(
        keys: &Keys,
        now: Time,
        (sealed, half): (&str, &[u8; 16]),
        purposes: &[Purpose],
    ) -> Verdict<Self> {
        let over = Refusal::ChallengeOver;
        let sealed = wire::token::decode::<SEALED>(sealed).map_err(|_| over)?;
        let plain = seal::open(keys, PLACE, &sealed).map_err(|_| over)?;
        let mut rest = plain.expose().as_slice();
        let code = take::<1>(&mut rest).ok_or(over)?;
        let bytes = take::<32>(&mut rest).ok_or(over)?;
        let browser = Digest::from_bytes(take(&mut rest).ok_or(over)?);
        let (account, holder) = (take(&mut rest).ok_or(over)?, take(&mut rest).ok_or(over)?);
        let expires_at = Time::from_micros(i64::from_be_bytes(take(&mut rest).ok_or(over)?));
        let purpose = Purpose::ALL.into_iter().find(|purpose| [purpose.code()] == code).ok_or(over)?;
        let held = (account != [0; 16]).then(|| (AccountId::from_bytes(account), holder));
        let own = browser.matches(&browser_digest(keys, half));
        if !own || !purposes.contains(&purpose) || now >= expires_at {
            return Err(over);
        }
        Ok(Self { bytes, purpose, held, expires_at })
    }

    /// Under what its answer is remembered.
    pub(super) fn digest(&self, keys: &Keys) -> Digest {
        keys.digest(Of::Token, &[b"challenge", &self.bytes])
    }

    /// Whether it was made for this visitor.
    pub(super) fn is_of(&self, visitor: &Visitor) -> bool {
        self.held == Some((visitor.account.id, *visitor.session.id.bytes()))
    }

    /// The approver that it was made for, if it is this account's and about that.
    pub(super) fn approver(&self, account: AccountId, about: &Digest) -> Option<AuthenticatorId> {
        let (owner, approver) = self.held?;
        let (_, signed) = self.bytes.split_last_chunk::<16>()?;
        let own = owner == account && Digest::from_bytes(*signed).matches(about);
        own.then(|| AuthenticatorId::from_bytes(approver))
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}
