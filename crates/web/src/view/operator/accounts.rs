//! The operator's list of accounts.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/operator/accounts`.
#[derive(Debug, Template)]
#[template(path = "operator_accounts.html", whitespace = "minimize")]
pub struct Accounts<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed into the search field.
    pub typed: &'a str,
    /// Whether it names nothing that can be looked for.
    pub unreadable: bool,
    /// The accounts.
    pub accounts: Vec<AccountLine>,
    /// Where it goes on, if there may be more.
    pub next: Option<String>,
}

/// One account.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Its identifier.
    pub id: String,
    /// Its address; masked when it is closed.
    pub address: String,
    /// Whether it can be signed in to.
    pub state: State,
    /// Whether the operator's pages are open to it.
    pub operator: bool,
    /// Its tenant's short name.
    pub tenant: Option<String>,
    /// The kinds of authenticators that it owns, in our own codes.
    pub owns: Vec<&'static str>,
    /// When somebody last signed in to it.
    pub signed_in: Option<Moment>,
    /// When it was opened.
    pub opened: Moment,
}

/// Whether an account can be signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can.
    Open,
    /// It is locked.
    Locked,
    /// It is closed for good.
    Closed,
}

impl State {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Open => "operator-state-open",
            Self::Locked => "operator-state-locked",
            Self::Closed => "operator-state-closed",
        }
    }
}
