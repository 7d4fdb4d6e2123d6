//! What an account's owner takes along, and how the account ends.

use askama::Template;

use crate::view::frame::Frame;

/// GET `/account/data`: what is held about the account, and the button that hands it over.
#[derive(Clone, Debug, Template)]
#[template(path = "data.html", whitespace = "minimize")]
pub struct Data<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How many days what happened is kept.
    pub retention_days: u32,
    /// Whether there are proofs of it.
    pub proofs: bool,
}

/// GET `/account/close`: what closing does, and the button that does it.
#[derive(Clone, Debug, Template)]
#[template(path = "close.html", whitespace = "minimize")]
pub struct Close<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What the account is called.
    pub address: &'a str,
    /// How many browsers are signed in.
    pub sessions: u32,
    /// How many days what happened is kept.
    pub retention_days: u32,
    /// Whether it is the last account that can operate the site, so that it cannot be closed.
    pub last_operator: bool,
}
