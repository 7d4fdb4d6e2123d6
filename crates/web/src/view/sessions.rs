//! The browsers that are signed in to the account, and those that signed in before.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::source::{BrowserName, SourceLine};

/// GET `/account/sessions`.
#[derive(Clone, Debug, Template)]
#[template(path = "sessions.html", whitespace = "minimize")]
pub struct Sessions<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How many sessions were ended before this page was shown, if that is what happened.
    pub ended: Option<u32>,
    /// Whether one was said to be the owner's before this page was shown.
    pub said_mine: bool,
    /// Whether it was proved lately who is there; otherwise that is asked for before a session is ended.
    pub confirmed: bool,
    /// The browser sessions, the newest first.
    pub sessions: Vec<SessionLine>,
    /// The browsers that signed in before.
    pub browsers: Vec<KnownBrowser>,
}

/// One browser session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Its identifier, as in the path that ends it.
    pub id: String,
    /// Whether it is the one that reads the page.
    pub this: bool,
    /// When its browser first signed in to the account.
    pub first: Option<Moment>,
    /// When it started.
    pub started: Moment,
    /// When it was last used.
    pub last_used: Moment,
    /// Since when it is provisional, if it is.
    pub doubted: Option<Moment>,
    /// Whether that is so because of the approval by which it began, and not of another browser that used it.
    pub approved: bool,
    /// When it ends at the latest.
    pub ends: Moment,
    /// From where it started.
    pub source: SourceLine,
}

/// GET `/account/sessions/<id>/confirm`: one that is provisional.
#[derive(Clone, Debug, Template)]
#[template(path = "session_confirm.html", whitespace = "minimize")]
pub struct SessionConfirm<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The session.
    pub session: SessionLine,
    /// Whether the browser that looks is too new to say anything.
    pub browser_new: bool,
}

impl SessionLine {
    /// Why it is provisional, for somebody in it or in another one.
    const fn doubt(&self) -> &'static str {
        match (self.this, self.approved) {
            (true, false) => "session-provisional-this",
            (true, true) => "session-unsure-this",
            (false, false) => "session-provisional-text",
            (false, true) => "session-unsure-text",
        }
    }
}

impl SessionConfirm<'_> {
    const fn lead(&self) -> &'static str {
        if self.session.approved { "session-unsure-lead" } else { "session-confirm-lead" }
    }

    const fn warning(&self) -> &'static str {
        if self.session.approved { "session-unsure-warning" } else { "session-confirm-warning" }
    }

    const fn yes(&self) -> &'static str {
        if self.session.approved { "session-unsure-yes" } else { "session-confirm-yes" }
    }
}

/// A browser that signed in before.
#[derive(Clone, Debug)]
pub struct KnownBrowser {
    /// Which kind.
    pub browser: BrowserName,
    /// Whether it is the one that reads the page.
    pub this: bool,
    /// When it first signed in.
    pub first: Moment,
    /// When it last signed in.
    pub last: Moment,
}

impl Sessions<'_> {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.this)
    }

    /// Whether the one that reads the page is provisional, so that nothing is decided in it.
    fn is_doubted(&self) -> bool {
        self.sessions.iter().any(|session| session.this && session.doubted.is_some())
    }

    /// Whether a place is shown, which needs a word on what it is worth.
    fn has_places(&self) -> bool {
        self.sessions.iter().any(|session| session.source.place(self.frame).is_some())
    }
}
