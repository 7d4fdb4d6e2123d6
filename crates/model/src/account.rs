//! What an account is.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::method::MethodPolicy;
use crate::tenant::Tenant;
use crate::time::Time;

/// What an account may do on the operator's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Its own pages only.
    Member,
    /// The operator's pages as well.
    Operator,
}

/// Whether an account can be signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It can.
    Open,
    /// An operator has locked it; requests are recorded, nothing is mailed.
    Locked,
    /// It was closed for good; its address may open another one.
    Closed,
}

impl Role {
    /// As stored and as written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Operator => "operator",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Member, Self::Operator].into_iter().find(|role| role.code() == code)
    }
}

impl AccountState {
    /// As stored and as printed.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Closed => "closed",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Locked, Self::Closed].into_iter().find(|state| state.code() == code)
    }
}

/// What apps are told about the owner of an account.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Profile {
    /// What the owner wants to be called; none is nobody's business.
    pub name: Option<String>,
    /// When that changed last.
    pub named_at: Option<Time>,
}

impl Profile {
    /// The longest name, in characters.
    pub const LONGEST_NAME: usize = 80;
}

/// An account and its main address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// Whether it can be signed in to.
    pub state: AccountState,
    /// What it may do.
    pub role: Role,
    /// The main address as its owner typed it: what the account is called, and where mail goes.
    pub address: String,
    /// When the address was confirmed by a code.
    pub confirmed_at: Time,
    /// When it was opened.
    pub opened_at: Time,
    /// The organisation it belongs to; a personal account belongs to none.
    pub tenant: Option<Tenant>,
    /// What its owner leaves open, where anything was switched off.
    pub methods: Option<MethodPolicy>,
}
