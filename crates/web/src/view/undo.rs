//! What would go if it were undone, and what somebody wanted no part in.

use askama::Template;

use crate::view::frame::Frame;
use crate::view::grants::Came;
use crate::view::moment::Moment;

/// GET `/account/undo` without a reach: since when?
#[derive(Clone, Debug, Template)]
#[template(path = "undo_since.html", whitespace = "minimize")]
pub struct UndoSince<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// How many things were undone before this page was shown.
    pub done: Option<u32>,
}

impl UndoSince<'_> {
    /// The spans that are offered, as in the query, and their texts.
    pub(crate) const SPANS: [(&'static str, &'static str); 4] = [
        ("hour", "undo-span-hour"),
        ("day", "undo-span-day"),
        ("week", "undo-span-week"),
        ("month", "undo-span-month"),
    ];
}

/// What it is that goes, stays, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A browser session.
    Session,
    /// A browser that counts as known.
    Browser,
    /// A window for a device.
    Window,
    /// A device that waits.
    Device,
    /// A permission of an app.
    Grant,
    /// A way in that waits.
    Entry,
    /// A passkey.
    Passkey,
    /// The password.
    Password,
    /// An authenticator app.
    App,
    /// A device that approves.
    Approver,
    /// The recovery codes.
    RecoveryCodes,
    /// What must be brought before a code is mailed.
    Gate,
    /// An address to sign in by.
    Address,
    /// A private name.
    Name,
    /// A recovery address.
    RecoveryAddress,
}

impl Thing {
    /// Its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Session => "undo-thing-session",
            Self::Browser => "undo-thing-browser",
            Self::Window => "undo-thing-window",
            Self::Device => "undo-thing-device",
            Self::Grant => "undo-thing-grant",
            Self::Entry => "undo-thing-entry",
            Self::Passkey => "undo-thing-passkey",
            Self::Password => "undo-thing-password",
            Self::App => "undo-thing-app",
            Self::Approver => "undo-thing-approver",
            Self::RecoveryCodes => "undo-thing-codes",
            Self::Gate => "undo-thing-gate",
            Self::Address => "undo-thing-address",
            Self::Name => "undo-thing-name",
            Self::RecoveryAddress => "undo-thing-recovery",
        }
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub struct ThingLine {
    /// What it is.
    pub thing: Thing,
    /// What it is called, if anything.
    pub name: String,
    /// When it came about, or was taken away.
    pub at: Moment,
    /// Whether it came about in the session that reads the page.
    pub here: bool,
    /// The text of why it stays.
    pub why: Option<&'static str>,
}

/// A setting that is set as it was before.
#[derive(Clone, Debug)]
pub struct SettingLine {
    /// Its text.
    pub text: &'static str,
    /// The address that it is about.
    pub address: String,
}

/// What whoever reads the page has to do first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing.
    Nothing,
    /// Prove once more who is there.
    Confirm,
    /// Sign in by something that is older.
    Older,
}

/// What was wrong with what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// What would go is not what was shown.
    Changed,
    /// Not enough was proved.
    Unproved,
}

/// GET `/account/undo` with a reach.
#[derive(Clone, Debug, Template)]
#[template(path = "undo.html", whitespace = "minimize")]
pub struct Undo<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The page itself, and where the form leads.
    pub action: String,
    /// Whose account it is, for an operator.
    pub of: Option<&'a str>,
    /// Since when, where it is since a time.
    pub since: Option<Moment>,
    /// The field of the form that says how far it reaches, and its value.
    pub reach: (&'static str, String),
    /// What tells this plan from another.
    pub plan: String,
    /// What goes.
    pub goes: Vec<ThingLine>,
    /// What is set.
    pub set: Vec<SettingLine>,
    /// What stays.
    pub stays: Vec<ThingLine>,
    /// What is gone and does not come back.
    pub lost: Vec<ThingLine>,
    /// Whether there is more.
    pub more: bool,
    /// What has to be done first.
    pub first: First,
    /// What was wrong.
    pub problem: Option<Problem>,
}

impl Undo<'_> {
    fn lead(&self) -> &'static str {
        match self.reach.0 {
            "session" => "undo-lead-session",
            "grant" => "undo-lead-grant",
            _ => "undo-lead-since",
        }
    }

    fn nothing(&self) -> bool {
        self.goes.is_empty() && self.set.is_empty()
    }

    fn count(&self) -> u32 {
        u32::try_from(self.goes.len().saturating_add(self.set.len())).unwrap_or(u32::MAX)
    }

    fn confirm(&self) -> String {
        let (field, value) = &self.reach;
        let here = format!("{}?{}", self.action, wire::form::encode([(*field, value.as_str())]));
        format!("/account/confirm?{}", wire::form::encode([("to", here.as_str())]))
    }
}

/// GET `/account/grants/<id>/confirm`: is it yours?
#[derive(Clone, Debug, Template)]
#[template(path = "grant_confirm.html", whitespace = "minimize")]
pub struct GrantConfirm<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Its identifier.
    pub id: String,
    /// What the client is called.
    pub name: String,
    /// How it came about.
    pub came: Came,
    /// When it was given.
    pub given: Moment,
    /// When it becomes whole by itself.
    pub until: Option<Moment>,
    /// Whether the browser is new to the account.
    pub browser_new: bool,
}

/// GET `/app/<link>`: a permission that whoever got the notice may end.
#[derive(Clone, Debug, Template)]
#[template(path = "app_not_mine.html", whitespace = "minimize")]
pub struct AppNotMine<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Where the button leads.
    pub action: String,
    /// What the client is called.
    pub name: String,
    /// Whether an operator vouches for the name.
    pub verified: bool,
    /// How it came about.
    pub came: Came,
    /// When it was given.
    pub given: Moment,
    /// When it was last used.
    pub used: Moment,
}
