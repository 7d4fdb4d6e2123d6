//! The page of an approver's doorbell, and the one that its worker shows where there is no connection.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;

/// GET `/approve/doorbell`.
#[derive(Clone, Debug, Template)]
#[template(path = "doorbell.html", whitespace = "minimize")]
pub struct DoorbellPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The text that says what happened before this page was shown.
    pub notice: Option<&'static str>,
    /// The key that the browser subscribes with; none where no doorbell rings here.
    pub key: Option<&'a str>,
    /// The push service of this browser, and since when it rings; none where it does not.
    pub on: Option<(&'a str, Moment)>,
    /// Since when the push service refuses rings to this browser, if it does.
    pub refused: Option<Moment>,
    /// The bells of this browser's accounts that do not ring now, if there are any.
    pub bells: Vec<Bell>,
}

impl DoorbellPage<'_> {
    fn is_quiet(&self) -> bool {
        self.bells.iter().any(|bell| matches!(bell.still, Still::QuietSince(_)))
    }
}

/// The bell of an account that does not ring now.
#[derive(Clone, Debug)]
pub struct Bell {
    /// The account's address.
    pub address: String,
    /// How long.
    pub still: Still,
}

/// For how long a bell does not ring.
#[derive(Clone, Debug)]
pub enum Still {
    /// It fell quiet then, until its owner wants it back.
    QuietSince(Moment),
    /// Until then it rings in vain no more.
    Until(Moment),
}

/// GET `/approve/offline`: for nobody, since it is kept on the device.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "offline.html", whitespace = "minimize")]
pub struct OfflinePage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
}

/// What can have happened before the page was shown: the word in the address of the page, and the text.
pub const NOTICES: [(&str, &str); 3] =
    [("on", "doorbell-notice-on"), ("off", "doorbell-notice-off"), ("again", "doorbell-notice-again")];

/// The text for a word.
#[must_use]
pub fn notice(word: &str) -> Option<&'static str> {
    NOTICES.iter().find(|(known, _)| *known == word).map(|(_, text)| *text)
}
