//! The addresses of the account, and the page that answers what is held about an address.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::FieldError;

/// GET `/account/addresses`.
#[derive(Clone, Debug, Template)]
#[template(path = "addresses.html", whitespace = "minimize")]
pub struct Addresses<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The text that says what happened before this page was shown, and whether it was done.
    pub notice: Option<(&'static str, bool)>,
    /// Whether it was proved lately who is there; otherwise nothing can be changed yet.
    pub confirmed: bool,
    /// The addresses to sign in by, the main one first, and a private name.
    pub sign_in: Vec<SignIn>,
    /// The addresses for recovery.
    pub recovery: Vec<Recovery>,
    /// Whether a telephone number can be added as well.
    pub phones: bool,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// What can have happened before the page was shown: the word in the address of the page, the text, whether it was done.
pub const NOTICES: [(&str, &str, bool); 12] = [
    ("added", "addresses-notice-added", true),
    ("recovery-added", "addresses-notice-recovery-added", true),
    ("changed", "addresses-notice-changed", true),
    ("named", "addresses-notice-named", true),
    ("taken", "addresses-notice-taken", false),
    ("full", "addresses-notice-full", false),
    ("main", "addresses-notice-main", false),
    ("last", "addresses-notice-last", false),
    ("off", "addresses-notice-off", false),
    ("gone", "addresses-notice-gone", false),
    ("name-taken", "addresses-notice-name-taken", false),
    ("name-malformed", "addresses-notice-name-malformed", false),
];

/// The text for a word, and whether it was done.
#[must_use]
pub fn notice(word: &str) -> Option<(&'static str, bool)> {
    NOTICES.iter().find(|(known, ..)| *known == word).map(|(_, text, good)| (*text, *good))
}

/// The same for the page that says what is held.
pub const DONE: [(&str, &str); 4] = [
    ("detach", "holdings-notice-detaching"),
    ("stay", "holdings-notice-staying"),
    ("refuse", "holdings-notice-refused"),
    ("accept", "holdings-notice-accepted"),
];

/// The text for a word.
#[must_use]
pub fn done(word: &str) -> Option<&'static str> {
    DONE.iter().find(|(known, _)| *known == word).map(|(_, text)| *text)
}

/// An address to sign in by.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// It.
    pub address: String,
    /// Whether it is a private name.
    pub name: bool,
    /// Whether mail can go to it.
    pub takes_mail: bool,
    /// Whether it is the main one.
    pub main: bool,
    /// Whether the account can be signed in to by it.
    pub sign_in: bool,
    /// Whether it is the only one of which that is true.
    pub last: bool,
    /// When it was confirmed.
    pub confirmed: Moment,
}

/// An address for recovery.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// It.
    pub address: String,
    /// When it was confirmed last.
    pub confirmed: Moment,
    /// Since when it counts for nothing until it is confirmed once more.
    pub again: Option<Moment>,
    /// When it goes, because whoever reads its mail wants that.
    pub goes: Option<Moment>,
}

/// GET and POST `/about-this-address`: asks for an address; the answer is always the same.
#[derive(Debug, Template)]
#[template(path = "about_address.html", whitespace = "minimize")]
pub struct AboutAddress<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was typed before, or nothing.
    pub address: &'a str,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// Whether an answer is on its way, if there may be one.
    pub asked: bool,
}

/// GET `/about-this-address/<link>`: what is held. Showing it changes nothing.
#[derive(Clone, Debug, Template)]
#[template(path = "holdings.html", whitespace = "minimize")]
pub struct HoldingsPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The secret part of the link, as in the path.
    pub token: &'a str,
    /// The text that says what was done before this page was shown.
    pub notice: Option<&'static str>,
    /// The account that it signs in to.
    pub signs_in: Option<SignsIn>,
    /// The accounts that it is a recovery address of.
    pub recovers: Vec<Recovers>,
    /// Since when all mail is refused, if it is.
    pub refused: Option<Moment>,
    /// Until when the link works.
    pub until: Moment,
}

/// The account that an address signs in to.
#[derive(Clone, Debug)]
pub struct SignsIn {
    /// What the account is called, masked unless the address is it.
    pub called: String,
    /// Whether the address is its main one.
    pub main: bool,
    /// Whether sign-in by it is on.
    pub sign_in: bool,
    /// When it was confirmed.
    pub confirmed: Moment,
}

/// An account that an address is a recovery address of.
#[derive(Clone, Debug)]
pub struct Recovers {
    /// The account, as in the path that detaches the address from it.
    pub account: String,
    /// What it is called, masked.
    pub called: String,
    /// When the address was confirmed last.
    pub confirmed: Moment,
    /// When it goes.
    pub goes: Option<Moment>,
}

/// The link is none of ours, or too old.
#[derive(Debug, Template)]
#[template(path = "holdings_gone.html", whitespace = "minimize")]
pub struct HoldingsGone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
}
