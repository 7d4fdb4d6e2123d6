//! The apps that may use the account.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::oauth::Wanted;
use crate::view::source::SourceLine;

/// GET `/account/grants`.
#[derive(Clone, Debug, Template)]
#[template(path = "grants.html", whitespace = "minimize")]
pub struct Grants<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether one was ended before this page was shown.
    pub ended: bool,
    /// What was allowed, the newest first.
    pub grants: Vec<GrantLine>,
}

/// How a grant came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a browser that was signed in.
    Browser,
    /// For a device elsewhere.
    Device,
}

/// One grant.
#[derive(Clone, Debug)]
pub struct GrantLine {
    /// Its identifier, as in the path that ends it.
    pub id: String,
    /// What the client is called.
    pub name: String,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// The host that it is at; none for an app on a device.
    pub host: Option<String>,
    /// What it may do.
    pub wanted: Vec<Wanted>,
    /// At which services.
    pub resources: Vec<String>,
    /// How it came about.
    pub origin: Origin,
    /// Whether it was given in the session that reads the page.
    pub this: bool,
    /// When it was given.
    pub given: Moment,
    /// When it was last used.
    pub used: Moment,
    /// When it ends if it is not used any more.
    pub ends: Moment,
    /// Where it was given.
    pub source: Option<SourceLine>,
}
