//! "I did not ask for this": what is known about one request, and the button that ends it.

use askama::Template;

use crate::view::entry::{End, Mail, spent};
use crate::view::frame::Frame;
use crate::view::moment::Moment;
use crate::view::sign_in::Purpose;
use crate::view::source::SourceLine;

/// GET `/not-me/<token>`. Showing it changes nothing.
#[derive(Debug, Template)]
#[template(path = "not_me.html", whitespace = "minimize")]
pub struct NotMe<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// The secret part of the link, as in the path.
    pub token: &'a str,
    /// What the code is for.
    pub purpose: Purpose,
    /// The address it was asked for, masked.
    pub account: String,
    /// When it was asked for.
    pub asked: Moment,
    /// From where.
    pub source: SourceLine,
    /// The two words on the page that asked and in the mail.
    pub reference: String,
    /// How it ended, or that it did not yet.
    pub end: End,
    /// Guesses spent.
    pub guesses: u8,
    /// Guesses that there were.
    pub guesses_allowed: u8,
    /// What became of the mail.
    pub mail: Mail,
    /// How many days mail asked for by unknown browsers will be off.
    pub mute_days: u32,
}

/// POST `/not-me/<token>`: it is recorded.
#[derive(Debug, Template)]
#[template(path = "not_me_done.html", whitespace = "minimize")]
pub struct NotMeDone<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
    /// Whether it had been said before.
    pub already: bool,
    /// Whether the code had been used before this was said.
    pub was_used: bool,
    /// Until when mail asked for by unknown browsers is off.
    pub muted_until: Moment,
}

/// The link belongs to no request, or to one that is no longer on the record.
#[derive(Debug, Template)]
#[template(path = "not_me_unknown.html", whitespace = "minimize")]
pub struct NotMeUnknown<'a> {
    /// What all pages share.
    pub frame: &'a Frame<'a>,
}

impl NotMe<'_> {
    fn asked_text(&self) -> String {
        let id = match self.purpose {
            Purpose::SignIn | Purpose::SignInOrOpen => "not-me-asked-sign-in",
            Purpose::OpenAccount => "not-me-asked-open",
            Purpose::Confirm => "not-me-asked-confirm",
            Purpose::AddAddress | Purpose::AddRecovery => "not-me-asked-address",
            Purpose::Recovery => "not-me-asked-recovery",
        };
        self.frame.fill(
            id,
            &[
                ("account", self.account.as_str().into()),
                ("site", self.frame.site_name.into()),
                ("at", self.asked.local.as_str().into()),
            ],
        )
    }

    fn spent(&self) -> String {
        spent(self.frame, self.guesses, self.guesses_allowed)
    }

    const fn need(&self) -> &'static str {
        match self.end {
            End::Used => "not-me-need-used",
            End::Waiting(_) => "not-me-need-waiting",
            End::NotYou => "not-me-need-said",
            End::NeverUsed | End::WrongCodes | End::NotSent(_) | End::Bounced => "not-me-need-nothing",
        }
    }
}
