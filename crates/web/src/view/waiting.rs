//! Ways in that open later: the page of the browser that asked, and the pages that the links of notices lead to.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::passkey::Offer;
use crate::view::source::SourceLine;

/// GET `/entry`: what waits in this browser.
#[derive(Debug, Template)]
#[template(path = "entry.html", whitespace = "minimize")]
pub struct EntryPage<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What waits, if anything does.
    pub entry: Option<Waits>,
    /// Whether what was to be used is not open.
    pub closed: bool,
    /// The account, masked.
    pub account: String,
    /// What else waits in this browser: each path, with when it was asked for.
    pub others: Vec<(String, Moment)>,
    /// Whether a passkey can be used here.
    pub passkey: Offer,
}

/// A way in that waits, or is open.
#[derive(Clone, Debug)]
pub struct Waits {
    /// Its identifier, as in the path that uses it.
    pub id: String,
    /// Of which kind.
    pub kind: Kind,
    /// When it was asked for.
    pub asked: Moment,
    /// When it opens; none once it is open.
    pub opens: Option<Moment>,
    /// When it closes again.
    pub closes: Moment,
    /// Until when a second proof would open it at once.
    pub second: Option<Moment>,
    /// Whether it could not be opened at once, because the account has one address only.
    pub alone: bool,
    /// What its owner may still have, to be kept.
    pub own: Vec<Own>,
}

/// Of which kind a way in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A recovery.
    Recovery,
    /// A sign-in without the passkey, in a browser that is new to the account.
    SignIn,
}

/// An authenticator of the account.
#[derive(Clone, Debug)]
pub struct Own {
    /// Its identifier.
    pub id: String,
    /// What it is.
    pub thing: Thing,
    /// What its owner calls it.
    pub name: String,
    /// Whether it was used for this recovery: whoever did that has it.
    pub used: bool,
}

/// What an authenticator is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A passkey.
    Passkey,
    /// A password.
    Password,
    /// An app that shows codes.
    App,
    /// A device that approves.
    Approver,
}

impl Thing {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passkey => "thing-passkey",
            Self::Password => "thing-password",
            Self::App => "thing-app",
            Self::Approver => "thing-approver",
        }
    }
}

impl EntryPage<'_> {
    const fn heading(&self) -> &'static str {
        match &self.entry {
            None => "entry-none-heading",
            Some(Waits { kind: Kind::SignIn, opens: Some(_), .. }) => "entry-sign-in-heading",
            Some(Waits { kind: Kind::SignIn, opens: None, .. }) => "entry-sign-in-open-heading",
            Some(Waits { kind: Kind::Recovery, opens: Some(_), .. }) => "entry-recovery-heading",
            Some(Waits { kind: Kind::Recovery, opens: None, .. }) => "entry-recovery-open-heading",
        }
    }

    const fn lead(&self) -> &'static str {
        match &self.entry {
            None => "entry-none-lead",
            Some(Waits { kind: Kind::SignIn, opens: Some(_), .. }) => "entry-sign-in-lead",
            Some(Waits { kind: Kind::SignIn, opens: None, .. }) => "entry-sign-in-open-lead",
            Some(Waits { kind: Kind::Recovery, opens: Some(_), .. }) => "entry-recovery-lead",
            Some(Waits { kind: Kind::Recovery, opens: None, .. }) => "entry-recovery-open-lead",
        }
    }
}

impl Waits {
    fn is_recovery(&self) -> bool {
        self.kind == Kind::Recovery
    }

    const fn button(&self) -> &'static str {
        match self.kind {
            Kind::Recovery => "entry-recovery-button",
            Kind::SignIn => "entry-sign-in-button",
        }
    }
}

/// GET `/entry/cancel/<token>` and `/authenticator/<token>`: what the link of a notice leads to. Showing it changes nothing.
#[derive(Debug, Template)]
#[template(path = "cancel.html", whitespace = "minimize")]
pub struct Cancel<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where the button leads.
    pub action: String,
    /// What is cancelled.
    pub what: Cancelled,
    /// When it was asked for, or added.
    pub asked: Moment,
    /// From when on it can be used.
    pub opens: Moment,
    /// From where.
    pub source: Option<SourceLine>,
}

/// POST to the same: it is done.
#[derive(Debug, Template)]
#[template(path = "cancel_done.html", whitespace = "minimize")]
pub struct CancelDone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// What was cancelled.
    pub what: Cancelled,
}

/// The link leads to nothing that could be cancelled.
#[derive(Debug, Template)]
#[template(path = "cancel_gone.html", whitespace = "minimize")]
pub struct CancelGone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
}

/// What a link cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// A way in that waits.
    Entry(Kind),
    /// An authenticator that is held.
    Held(Thing),
    /// A permission of an app.
    App,
}

impl Cancelled {
    const fn heading(self) -> &'static str {
        match self {
            Self::Entry(Kind::Recovery) => "cancel-recovery-heading",
            Self::Entry(Kind::SignIn) => "cancel-sign-in-heading",
            Self::Held(Thing::Passkey) => "cancel-passkey-heading",
            Self::Held(Thing::Password) => "cancel-password-heading",
            Self::Held(Thing::App) => "cancel-app-heading",
            Self::Held(Thing::Approver) => "cancel-approver-heading",
            Self::App => "app-not-mine-heading",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::Entry(_) => "cancel-entry-lead",
            Self::Held(_) => "cancel-held-lead",
            Self::App => "app-not-mine-lead",
        }
    }

    const fn opens(self) -> &'static str {
        match self {
            Self::Entry(_) => "cancel-entry-opens",
            Self::Held(_) => "cancel-held-opens",
            Self::App => "grant-given",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Entry(_) => "cancel-entry-button",
            Self::Held(_) => "cancel-held-button",
            Self::App => "app-not-mine-button",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Entry(_) => "cancel-entry-done",
            Self::Held(_) => "cancel-held-done",
            Self::App => "app-not-mine-done",
        }
    }
}
