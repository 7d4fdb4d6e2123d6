//! The account page: what protects the account, what waits for its owner, what changed, and where the rest is.

use askama::Template;

use crate::view::entry::Entry;
use crate::view::frame::Frame;
use crate::view::ledger::LedgerFacts;
use crate::view::moment::Moment;
use crate::view::source::SourceLine;
use crate::view::waiting::{Kind, Thing};

/// GET `/account`.
#[derive(Debug, Template)]
#[template(path = "overview.html", whitespace = "minimize")]
pub struct Overview<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What happened before this page was shown.
    pub notice: Option<OverviewNotice>,
    /// The account's address.
    pub address: &'a str,
    /// The organisation that it belongs to; none means that it is personal.
    pub tenant: Option<&'a str>,
    /// What a sign-in code is like here.
    pub code: CodeFacts,
    /// The chance that anybody guessed a code within 365 days, and what it is made of.
    pub ledger: LedgerFacts,
    /// How many passkeys can be used.
    pub passkeys: u32,
    /// Whether one could be added, and there is none.
    pub offer_passkey: bool,
    /// Whether a password can be used.
    pub password: bool,
    /// Whether a code out of an app is asked for beside it.
    pub app: bool,
    /// Whether an approval on a device is.
    pub approver: bool,
    /// What waits for the owner.
    pub waiting: Vec<Waiting>,
    /// What changed lately, the newest first; a handful.
    pub latest: Vec<Entry>,
    /// How many browsers are signed in.
    pub sessions: u32,
    /// What apps call the owner.
    pub name: Option<&'a str>,
    /// How many apps may use the account.
    pub apps: u32,
    /// How many addresses there are to sign in by.
    pub addresses: u32,
    /// How many there are for recovery.
    pub recovery: u32,
}

/// What happened before the account page was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverviewNotice {
    /// The account was opened just now.
    Opened,
    /// A way in that waited was cancelled.
    EntryCancelled,
}

/// What a sign-in code is like on this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeFacts {
    /// Letters.
    pub letters: u8,
    /// Minutes that it lives.
    pub minutes: u32,
    /// Guesses that it allows.
    pub guesses: u8,
}

/// Something that waits for the owner of the account.
#[derive(Clone, Debug)]
pub enum Waiting {
    /// A code that was asked for can still be used.
    LiveCode {
        /// When it was asked for.
        asked: Moment,
        /// From where.
        source: SourceLine,
        /// The entry on the activity page.
        href: String,
    },
    /// A way in waits that somebody asked for.
    Entry {
        /// Its identifier, as in the path that cancels it.
        id: String,
        /// Of which kind.
        kind: Kind,
        /// When it opens.
        opens: Moment,
        /// From where it was asked for.
        source: SourceLine,
    },
    /// Something was added in a new browser and is held.
    Held {
        /// Its identifier, as in the path that takes it back.
        id: String,
        /// What it is.
        thing: Thing,
        /// From when on it can be used.
        until: Moment,
    },
    /// A browser session is provisional.
    Session {
        /// Until when.
        until: Moment,
        /// Whether that is so because of the approval by which it began.
        approved: bool,
    },
    /// Some of the recovery codes were used; so many are left.
    RecoveryCodes(u32),
    /// So many codes of the last seven days were never used, and nothing was said about them.
    UnusedCodes(u32),
    /// So many findings.
    Findings(u32),
    /// Mail asked for by unknown browsers is off, until then.
    MailMuted(Moment),
    /// A recovery address counts for nothing since then, until it is confirmed again.
    RecoveryAddress(Moment),
    /// Mail to the address comes back, since then.
    MailBounces(Moment),
}

impl Overview<'_> {
    fn chance(&self) -> String {
        self.ledger.chance(self.frame, ("protect-chance", "protect-chance-none"))
    }

    fn facts(&self) -> String {
        self.frame.fill(
            "protect-facts",
            &[
                ("letters", self.code.letters.into()),
                ("minutes", self.code.minutes.into()),
                ("guesses", self.code.guesses.into()),
            ],
        )
    }

    /// "2 addresses to sign in by, 1 for recovery".
    fn address_counts(&self) -> String {
        let counts = [("n", self.addresses.into()), ("recovery", self.recovery.into())];
        self.frame.fill("account-addresses", &counts)
    }

    fn notice_text(&self, notice: &OverviewNotice) -> String {
        match notice {
            OverviewNotice::Opened => self.frame.of_site("notice-opened"),
            OverviewNotice::EntryCancelled => self.frame.say("notice-entry-cancelled").into_owned(),
        }
    }
}
