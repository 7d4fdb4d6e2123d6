//! Everything we say to somebody by mail or text message: which kinds there are and what each one needs to be written.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, MessageId, RequestId};
use crate::notice::Notice;
use crate::secret::Secret;
use crate::sign_in_code::{CodeText, Purpose};
use crate::source::Source;
use crate::time::Time;

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Carries a sign-in code.
    SignInCode,
    /// Says how many requests were not mailed.
    Digest,
    /// Says what happened to an account.
    Notice,
}

impl MessageKind {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignInCode => "sign_in_code",
            Self::Digest => "digest",
            Self::Notice => "notice",
        }
    }

    /// As a receipt says it; never another one for the same kind.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::SignInCode => 1,
            Self::Digest => 2,
            Self::Notice => 3,
        }
    }

    /// Reads [`Self::number`].
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::SignInCode, Self::Digest, Self::Notice].into_iter().find(|kind| kind.number() == number)
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::SignInCode, Self::Digest, Self::Notice].into_iter().find(|kind| kind.code() == code)
    }
}

/// A message on its way out, with everything needed to write it.
pub struct Message {
    /// Its identifier; also the left part of the Message-ID field, so that a second copy is recognised.
    pub id: MessageId,
    /// Whom it is for.
    pub to: String,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The name of the organisation that the account belongs to, or would; none means that it is personal.
    pub tenant: Option<String>,
    /// When it was queued.
    pub queued_at: Time,
    /// The two lines that prove that it is ours; none in a text message, where there is no room, and where the record is
    /// not sealed.
    pub receipt: Option<String>,
    /// What it says.
    pub body: Body,
}

/// What a message says. Nothing in here is in the words of whoever asked.
pub enum Body {
    /// A sign-in code.
    SignInCode {
        /// The request it belongs to.
        request: RequestId,
        /// What the code is for.
        purpose: Purpose,
        /// The code.
        code: CodeText,
        /// The two words that the waiting page shows too.
        reference: String,
        /// When it was asked for.
        asked_at: Time,
        /// When it ends.
        expires_at: Time,
        /// From where.
        source: Source,
        /// Whether the asking browser had signed in to the account before.
        known: bool,
        /// The secret part of the link "I did not ask for this".
        not_me: String,
        /// What the account is called, where the address that the code goes to need not be its own: for a recovery.
        called: Option<String>,
    },
    /// A digest of requests that were not mailed.
    Digest {
        /// How many.
        count: u32,
        /// Since when.
        since: Time,
        /// Until when mail asked for by unknown browsers is muted, if it is.
        muted_until: Option<Time>,
    },
    /// What happened to an account.
    Notice {
        /// It.
        notice: Notice,
        /// What the account is called: its main address, masked where the recipient may be somebody else.
        called: Option<String>,
        /// The path of the page on which something can be done about it; a secret stands in it.
        link: Option<Secret<String>>,
    },
}

/// What became of one attempt to hand a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server or gateway took it.
    HandedOver,
    /// Not now; `why` is a code of ours, never the server's text.
    Deferred {
        /// What stood in the way.
        why: Obstacle,
    },
    /// The mail server or gateway refused it for good.
    Bounced {
        /// What stood in the way.
        why: Obstacle,
    },
}

/// What stood in the way of a message, or of a word to a client. The own words of whoever was asked go to the log only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The mail server, gateway or client could not be reached.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// TLS could not be established.
    Tls,
    /// It refused our name or password.
    NotAuthorised,
    /// It said "try again later" (SMTP 4yz, as greylisting does; HTTP 429 and 5xx).
    TryLater,
    /// It said no (SMTP 5yz, HTTP 4xx).
    Refused,
    /// The code ended before the mail could leave.
    TooLate,
    /// The message could not be written.
    Unwritable,
    /// It is for a telephone, and there is no gateway for text messages.
    NoGateway,
}
