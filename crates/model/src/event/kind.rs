//! Table: one variant per fact, in the past tense.

use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::finding::Finding;
use crate::id::MessageId;
use crate::invitation::Opening;
use crate::message::{MessageKind, Obstacle};
use crate::session::SessionEnd;
use crate::sign_in_code::Purpose;
use crate::time::Time;

/// Why a request was not answered by a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The destination has had as many mails as it may get.
    MailBudget,
    /// The guess ledger of the account or the destination is full for the year.
    GuessLedger,
    /// The owner said "I did not ask for this", and the asking browser is unknown.
    Muted,
    /// The same code left moments ago.
    JustSent,
    /// The account is locked.
    Locked,
    /// There is no account with this address.
    NoAccount,
}

/// Why a submitted code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongBecause {
    /// It did not match.
    Mismatch,
    /// It came from another browser than the one that asked.
    ForeignBrowser,
    /// All guesses were spent before.
    UsedUp,
    /// Its time had passed.
    Expired,
    /// It had been used.
    Spent,
    /// The request had been denied.
    Denied,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "details", rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody asked for a code.
    SignInCodeRequested {
        /// What it would be for.
        purpose: Purpose,
        /// Whether the browser had signed in to the account before.
        known: bool,
        /// The two words on the page and in the mail.
        reference: String,
        /// The address, masked, where there is no account yet that would name it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        address: Option<String>,
        /// Why no mail leaves, if none does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_sent: Option<NotSent>,
        /// When the code ends.
        expires_at: Time,
    },
    /// The same browser asked again while the code was live: the same code was sent again, or not.
    SignInCodeAskedAgain {
        /// Why no mail leaves, if none does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_sent: Option<NotSent>,
    },
    /// So many further requests were counted and not mailed; they are summed up here.
    SignInCodesSuppressed {
        /// How many.
        count: u32,
        /// The first of them.
        since: Time,
    },
    /// A code was typed and refused.
    SignInCodeRefused {
        /// Why.
        because: WrongBecause,
        /// Guesses left.
        guesses_left: u8,
    },
    /// A code was used.
    SignInCodeRedeemed,
    /// A code's time passed.
    SignInCodeExpired {
        /// Whether nobody ever typed anything.
        unused: bool,
        /// How many wrong guesses there were.
        guesses: u8,
    },
    /// A person said "I did not ask for this".
    SignInCodeDenied,
    /// Mail asked for by unknown browsers is off for a while.
    MailMuted {
        /// Until when.
        until: Time,
    },
    /// The mail server took a message.
    MessageHandedOver {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
    },
    /// A message could not be handed over yet.
    MessageDeferred {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
        /// What stood in the way.
        why: Obstacle,
        /// Which attempt it was, from 1.
        attempt: u32,
    },
    /// A message was refused for good, or given up.
    MessageBounced {
        /// Which.
        message: MessageId,
        /// Of what kind.
        what: MessageKind,
        /// What stood in the way.
        why: Obstacle,
    },
    /// A browser session started.
    SessionStarted {
        /// Whether this browser had signed in to the account before.
        known: bool,
    },
    /// A browser session ended.
    SessionEnded {
        /// Why.
        why: SessionEnd,
    },
    /// Somebody was invited (or the set-up link was made).
    InvitationCreated {
        /// Which of the two.
        opening: Opening,
        /// What the new account may do.
        role: Role,
        /// Whom it is for, masked.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        address: Option<String>,
    },
    /// An account was opened.
    AccountOpened {
        /// How.
        opening: Opening,
        /// What it may do.
        role: Role,
    },
    /// An operator locked the account.
    AccountLocked,
    /// An operator unlocked the account.
    AccountUnlocked,
    /// The account was closed for good.
    AccountClosed,
    /// A detector concluded something.
    FindingRaised {
        /// What.
        finding: Finding,
    },
}

impl EventKind {
    /// The stable name of the kind, as in its JSON form.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignInCodeRequested { .. } => "sign_in_code_requested",
            Self::SignInCodeAskedAgain { .. } => "sign_in_code_asked_again",
            Self::SignInCodesSuppressed { .. } => "sign_in_codes_suppressed",
            Self::SignInCodeRefused { .. } => "sign_in_code_refused",
            Self::SignInCodeRedeemed => "sign_in_code_redeemed",
            Self::SignInCodeExpired { .. } => "sign_in_code_expired",
            Self::SignInCodeDenied => "sign_in_code_denied",
            Self::MailMuted { .. } => "mail_muted",
            Self::MessageHandedOver { .. } => "message_handed_over",
            Self::MessageDeferred { .. } => "message_deferred",
            Self::MessageBounced { .. } => "message_bounced",
            Self::SessionStarted { .. } => "session_started",
            Self::SessionEnded { .. } => "session_ended",
            Self::InvitationCreated { .. } => "invitation_created",
            Self::AccountOpened { .. } => "account_opened",
            Self::AccountLocked => "account_locked",
            Self::AccountUnlocked => "account_unlocked",
            Self::AccountClosed => "account_closed",
            Self::FindingRaised { .. } => "finding_raised",
        }
    }
}
