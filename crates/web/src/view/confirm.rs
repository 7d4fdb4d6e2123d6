//! The page that asks once more who is there.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::passkey::{Offer, PasskeyRefused};

/// GET `/account/confirm`.
#[derive(Debug, Template)]
#[template(path = "confirm.html", whitespace = "minimize")]
pub struct Confirm<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where it goes on to.
    pub to: &'a str,
    /// The account's address.
    pub address: &'a str,
    /// Why it is asked for.
    pub why: Why,
    /// Whether the account has a passkey that can be used.
    pub has_passkey: bool,
    /// The form for it, or where it could be had.
    pub passkey: Offer,
    /// Why the passkey that was used was refused.
    pub refused: Option<PasskeyRefused>,
    /// Whether a password can be used; together with an app's code where the account has both.
    pub password: bool,
    /// Whether an app's code is asked for beside the password.
    pub totp: bool,
    /// Whether a code can be mailed.
    pub code: bool,
    /// The telephone to which a code can be sent, where none can be mailed.
    pub phone: Option<String>,
}

/// Why somebody is asked once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Something that decides over the account is about to change.
    Change,
    /// The operator's pages ask for more than a code by mail.
    Operator,
}

impl Confirm<'_> {
    const fn lead(&self) -> &'static str {
        match self.why {
            Why::Change => "confirm-lead-change",
            Why::Operator => "confirm-lead-operator",
        }
    }

    const fn by_passkey(&self) -> bool {
        self.has_passkey
    }

    /// Whether there is any way on.
    const fn has_way(&self) -> bool {
        match self.why {
            Why::Change => self.has_passkey || self.password || self.code || self.phone.is_some(),
            Why::Operator => self.has_passkey || (self.password && self.totp),
        }
    }
}
