//! The operator's page: the events of the whole site, what is on its way out, and what was found.

pub mod account;
pub mod accounts;
pub mod clients;
pub mod invitations;
pub mod outbox;
pub mod settings;
pub mod tenants;
pub mod watch;

use askama::Template;

use self::watch::FoundLine;
use crate::view::frame::Frame;
use crate::view::ledger::{LedgerFacts, in_words};
use crate::view::moment::Moment;
use crate::view::source::SourceLine;

/// GET `/operator`.
#[derive(Debug, Template)]
#[template(path = "operator.html", whitespace = "minimize")]
pub struct Operator<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether the reader has proved what the other pages ask for; if not, nobody can yet.
    pub strong: bool,
    /// The numbers of today.
    pub today: Today,
    /// Mails that wait to be handed over, the oldest first.
    pub outbox: Vec<OutboxLine>,
    /// How many mails wait in all.
    pub outbox_waiting: u32,
    /// The chance that anybody guessed any code within 365 days, and what it is made of.
    pub ledger: LedgerFacts,
    /// It has come to the one in so many at which operators want to be told.
    pub alarm: Option<i64>,
    /// How large the store is.
    pub store: StoreSize,
    /// What detectors concluded, the newest first.
    pub findings: Vec<FoundLine>,
    /// Which events are shown.
    pub show: OperatorShow,
    /// The events, the newest first.
    pub events: Vec<EventLine>,
    /// Where the older events are, if there are any.
    pub older: Option<String>,
}

/// What happened since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// Codes asked for.
    pub asked: u32,
    /// Mails handed over.
    pub mailed: u32,
    /// Requests that led to no mail.
    pub suppressed: u32,
    /// Codes used.
    pub redeemed: u32,
    /// Codes that ended unused.
    pub unused: u32,
}

/// A mail that waits to be handed over.
#[derive(Clone, Debug)]
pub struct OutboxLine {
    /// When it was queued.
    pub queued: Moment,
    /// Whom it is for, masked.
    pub to: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next: Moment,
    /// What stood in the way at the last attempt: our own code for it.
    pub obstacle: Option<String>,
}

/// How large the store is.
#[derive(Clone, Debug)]
pub struct StoreSize {
    /// Bytes of all of it, in words.
    pub size: String,
    /// Bytes of its log, in words, where it has one beside it.
    pub log: Option<String>,
    /// When the oldest event happened.
    pub oldest: Option<Moment>,
    /// Its tables.
    pub tables: Vec<TableLine>,
}

/// A table of the store.
#[derive(Clone, Debug)]
pub struct TableLine {
    /// Its name.
    pub name: &'static str,
    /// How many rows.
    pub rows: RowCount,
    /// Bytes, in words; empty where the database does not say that at a glance.
    pub size: String,
}

/// How many rows a table has, as far as a glance tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowCount {
    /// So many.
    Exactly(u32),
    /// About so many.
    About(u32),
    /// More than so many.
    MoreThan(u32),
}

impl Operator<'_> {
    fn chance(&self) -> String {
        self.ledger.chance(self.frame, ("operator-chance", "operator-chance-none"))
    }

    fn alarm(&self, one_in: &i64) -> String {
        self.frame.with("operator-chance-alarm", "odds", in_words(self.frame, *one_in))
    }
}

impl StoreSize {
    /// Whether the sizes of single tables are known.
    fn has_sizes(&self) -> bool {
        self.tables.iter().any(|table| !table.size.is_empty())
    }
}

impl RowCount {
    fn text(self, frame: &Frame<'_>) -> String {
        match self {
            Self::Exactly(count) => count.to_string(),
            Self::About(count) => frame.count("operator-store-about", count),
            Self::MoreThan(count) => frame.count("operator-store-more", count),
        }
    }
}

/// One event.
#[derive(Clone, Debug)]
pub struct EventLine {
    /// The event.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Its stable name.
    pub kind: String,
    /// Whom it concerns: an account's address or a masked address; nothing for the site itself.
    pub subject: String,
    /// Whether no account has that address.
    pub unknown: bool,
    /// From where.
    pub source: Option<SourceLine>,
    /// What else there is to it, in our own codes.
    pub detail: String,
}

/// Which events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorShow {
    /// All of them.
    All,
    /// Codes asked for.
    Asked,
    /// Mails handed over.
    Mailed,
    /// Requests that led to no mail.
    Suppressed,
    /// Codes used.
    Redeemed,
    /// Codes that ended unused.
    Unused,
    /// Requests for addresses without an account.
    Unknown,
    /// Findings.
    Findings,
}

impl OperatorShow {
    const EVERY: [Self; 8] = [
        Self::All,
        Self::Asked,
        Self::Mailed,
        Self::Suppressed,
        Self::Redeemed,
        Self::Unused,
        Self::Unknown,
        Self::Findings,
    ];

    /// The word in the query (`?show=…`).
    #[must_use]
    pub const fn query(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Asked => "asked",
            Self::Mailed => "mailed",
            Self::Suppressed => "suppressed",
            Self::Redeemed => "redeemed",
            Self::Unused => "unused",
            Self::Unknown => "unknown",
            Self::Findings => "findings",
        }
    }

    /// Reads [`Self::query`]; anything else shows everything.
    #[must_use]
    pub fn from_query(word: Option<&str>) -> Self {
        Self::EVERY.into_iter().find(|show| Some(show.query()) == word).unwrap_or(Self::All)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::All => "operator-show-all",
            Self::Asked => "operator-show-asked",
            Self::Mailed => "operator-show-mailed",
            Self::Suppressed => "operator-show-suppressed",
            Self::Redeemed => "operator-show-redeemed",
            Self::Unused => "operator-show-unused",
            Self::Unknown => "operator-show-unknown",
            Self::Findings => "operator-show-findings",
        }
    }
}

impl Today {
    const fn counts(&self) -> [(OperatorShow, u32); 5] {
        [
            (OperatorShow::Asked, self.asked),
            (OperatorShow::Mailed, self.mailed),
            (OperatorShow::Suppressed, self.suppressed),
            (OperatorShow::Redeemed, self.redeemed),
            (OperatorShow::Unused, self.unused),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_query_and_nonsense_shows_everything() {
        for show in OperatorShow::EVERY {
            assert_eq!(OperatorShow::from_query(Some(show.query())), show);
        }
        assert_eq!(OperatorShow::from_query(Some("nonsense")), OperatorShow::All);
    }
}
