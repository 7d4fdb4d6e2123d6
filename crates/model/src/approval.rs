//! A question to the approvers of an account: is it you who signs in over there?
//!
//! Implements: OWASP ASVS 5.0 6.6.4, NIST SP 800-63B-4 §3.1.3.2 (nothing is approved without a secret that is carried over),
//! threats.md §5.1 "Prompts", §5.2 rows 15–19, §6 idea 18.
//!
//! 1. A browser asks, and shows a number. Nothing rings: the owner opens the page of an approver, and finds what waits.
//! 2. The owner types the number there, and confirms it by the approver's passkey; or says "that is not me". There is one try.
//! 3. The browser that asked takes what was approved: once, and within two minutes.
//!
//! What nobody should see is a decoy: it has a number and waits like any other, in a place where no approver looks.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Keys, Of};
use crate::id::{AccountId, ApprovalId, AuthenticatorId, SessionId};
use crate::nearness::Nearness;
use crate::secret::Secret;
use crate::source::Source;
use crate::time::Time;

/// How long an answer can be given (NIST SP 800-63B-4 §3.1.3.2 allows ten minutes).
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How long the browser that asked has, once it was approved.
pub const TAKE: Duration = Duration::from_secs(2 * 60);

/// How long a session is provisional that began with an approval which may have been relayed. It ends then, unless its owner said in
/// another one that it is theirs.
pub const PROVISIONAL: Duration = Duration::from_secs(24 * 60 * 60);

/// How many digits the number has. Whoever types one blindly, to be left in peace, is right once in a million times.
pub const DIGITS: usize = 6;

/// How many numbers there are.
const NUMBERS: u128 = 1_000_000;

/// What an approval is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// To sign in by it alone, from a browser that the account knows.
    SignIn,
    /// To sign in, after a password that was right.
    SecondStep,
    /// To prove within a session who is there.
    StepUp,
}

impl Wanted {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::SecondStep, Self::StepUp];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SecondStep => "second_step",
            Self::StepUp => "step_up",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.code() == code)
    }
}

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody has answered.
    Waiting,
    /// The owner said yes; the browser that asked has not come for it.
    Approved,
    /// The browser that asked has taken it.
    Used,
    /// The owner said "that is not me".
    Denied,
    /// Another number was typed.
    WrongNumber,
    /// Its time passed.
    Lapsed,
    /// The browser that asked gave it up, or asked anew.
    Withdrawn,
}

impl ApprovalState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Approved,
        Self::Used,
        Self::Denied,
        Self::WrongNumber,
        Self::Lapsed,
        Self::Withdrawn,
    ];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Used => "used",
            Self::Denied => "denied",
            Self::WrongNumber => "wrong_number",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether something may still come of it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Approved)
    }
}

/// Why no approver sees what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotShown {
    /// There is no account with this address.
    NoAccount,
    /// The account is locked.
    Locked,
    /// The method is off.
    MethodOff,
    /// The account has no approver that can be used.
    NoApprover,
    /// The browser is unknown to the account, and no password was typed.
    UnknownBrowser,
    /// Another browser waits for an answer.
    Taken,
}

/// Why an answer of an approver came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotApproved {
    /// It was answered before, withdrawn, or too late.
    Over,
    /// It is a question to another account.
    Foreign,
    /// The passkey's proof does not hold.
    Unproved,
    /// The approver is held still.
    Held,
    /// The approver was taken away meanwhile.
    Removed,
    /// The method is off.
    MethodOff,
    /// The account is locked.
    Locked,
}

/// A question to the approvers of an account.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Its identifier.
    pub id: ApprovalId,
    /// Whose number it shows: its own, or that of the one in whose place the same browser asked.
    pub drawn: ApprovalId,
    /// Whose approvers are asked; of a decoy nobody's.
    pub account: AccountId,
    /// What for.
    pub wanted: Wanted,
    /// The client that sent the person here, if one did.
    pub client: Option<String>,
    /// The digest of the half of the browser that asked.
    pub browser: Digest,
    /// Whether that browser had signed in to the account before.
    pub known: bool,
    /// The session in which it was asked, for [`Wanted::StepUp`].
    pub session: Option<SessionId>,
    /// From where it was asked, as far as that is kept.
    pub source: Source,
    /// The whole address that it was asked from, for as long as this is kept.
    pub asked_from: Option<IpAddr>,
    /// When it was asked.
    pub asked_at: Time,
    /// When its time is over: for an answer at first, then for the browser that asked.
    pub expires_at: Time,
    /// How it stands.
    pub state: ApprovalState,
    /// When an approver first looked at it.
    pub opened_at: Option<Time>,
    /// The approver that answered.
    pub approver: Option<AuthenticatorId>,
    /// Where the browser is that asked, seen from the approver that answered.
    pub nearness: Option<Nearness>,
    /// Whether no approver sees it.
    pub decoy: bool,
}

impl Approval {
    /// How it stands at `now`: time ends it even before the sweep has seen it.
    #[must_use]
    pub fn state_at(&self, now: Time) -> ApprovalState {
        if self.state.is_live() && now >= self.expires_at { ApprovalState::Lapsed } else { self.state }
    }

    /// When it was approved, of one that was: its time ends [`TAKE`] after that.
    #[must_use]
    pub fn approved_at(&self) -> Time {
        self.expires_at - TAKE
    }
}

/// Whose number one shows that `browser` asks for at `now`, after these, the newest first: as long as nobody answers, a browser draws
/// another number every five minutes at most. Otherwise whoever asks could draw until it is one that somebody may type without
/// looking, or that stands on another screen.
#[must_use]
pub fn draw(id: ApprovalId, before: &[Approval], (browser, now): (&Digest, Time)) -> ApprovalId {
    let last = before.iter().find(|one| !one.decoy && one.browser.matches(browser));
    let unanswered = last.filter(|one| one.approver.is_none() && now < one.asked_at + LIFETIME);
    unanswered.map_or(id, |one| one.drawn)
}

/// The number that the asking browser shows. It follows from the approval and the keys of the installation: nothing of it is
/// kept, and who reads the database alone cannot know it.
#[must_use]
pub fn number(keys: &Keys, id: ApprovalId) -> Secret<String> {
    let drawn = keys.digest(Of::Token, &[b"number of an approval", id.bytes()]);
    // Of 2¹²⁸ values a million shares without a difference that anybody could use: below 10⁻³².
    Secret::new(format!("{:06}", u128::from_be_bytes(*drawn.bytes()) % NUMBERS))
}

/// Whether `typed` is the number of this approval; compared in constant time.
#[must_use]
pub fn is_number(keys: &Keys, id: ApprovalId, typed: &str) -> bool {
    let of = |digits: &str| keys.digest(Of::Token, &[b"number as typed", id.bytes(), digits.as_bytes()]);
    of(number(keys, id).expose()).matches(&of(typed))
}

/// What the passkey of an approver signs beside chance: which approval, what its page showed, and what was typed there.
#[must_use]
pub fn consent(keys: &Keys, approval: &Approval, (approver, typed): (AuthenticatorId, &str)) -> Digest {
    let shown = format!(
        "{} {} {:?} {:?} {:?} {}",
        approval.wanted.code(),
        approval.client.as_deref().unwrap_or_default(),
        approval.source,
        approval.asked_from,
        approval.known,
        approval.asked_at.micros()
    );
    let parts: [&[u8]; 6] = [
        b"consent of an approver",
        approval.id.bytes(),
        approval.account.bytes(),
        approver.bytes(),
        typed.as_bytes(),
        shown.as_bytes(),
    ];
    keys.digest(Of::Token, &parts)
}

#[cfg(test)]
mod tests;
